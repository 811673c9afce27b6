"""Adam with PyTorch's epsilon, against the formula written out and against PyTorch itself."""

import numpy as np
import pytest

from ganlab import data, latent
from ganlab.backend import keras, tf
from ganlab.networks import mlp
from ganlab.optimizers import TorchAdam, recipe_and_rates
from ganlab.training import Trainer, train

RATE = 2.0**-9  # the same number in float32, in which Keras keeps it
# (beta_1, beta_2, epsilon, amsgrad); gradients are about as small as the largest epsilon
SETTINGS = [
    (0.9, 0.999, 1e-8, False),
    (0.5, 0.999, 1e-8, False),
    (0.5, 0.9, 1e-3, False),
    (0.0, 0.999, 1e-5, False),
    (0.9, 0.99, 1e-6, True),
]


def gradients(steps=60, seed=0):
    """Made up, (steps, 7): sizes from 1e-9 to 10, signs that stay a while."""
    rng = np.random.default_rng(seed)
    sizes = np.logspace(-9, 1, 7) * np.exp(0.3 * rng.standard_normal((steps, 7)))
    return sizes * np.where(np.sin(np.arange(steps)[:, None] / 20 + np.arange(7)) > -0.4, 1, -1)


def by_keras(optimizer, kind="float32", steps=60):
    """Where the weights are after each step, (steps, 7)."""
    weight = keras.Variable(np.linspace(-1, 1, 7), dtype=kind)
    found = []
    for gradient in gradients(steps):
        optimizer.apply([keras.ops.cast(gradient, kind)], [weight])
        found.append(weight.numpy())
    return np.array(found)


def written_out(beta_1, beta_2, epsilon, amsgrad, steps=60):
    """Algorithm 1 of Kingma and Ba 2015, in float64."""
    weight, m, v, largest, found = np.linspace(-1, 1, 7), 0.0, 0.0, 0.0, []
    for t, gradient in enumerate(gradients(steps), 1):
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta_2 * v + (1 - beta_2) * gradient**2
        largest = np.maximum(largest, v) if amsgrad else v
        deviation = np.sqrt(largest / (1 - beta_2**t)) + epsilon
        weight = weight - RATE * m / (1 - beta_1**t) / deviation
        found.append(weight)
    return np.array(found)


def torch_adam(setting):
    beta_1, beta_2, epsilon, amsgrad = setting
    return TorchAdam(RATE, beta_1, beta_2, epsilon, amsgrad=amsgrad)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_it_is_the_formula(setting):
    wanted = written_out(*setting)
    np.testing.assert_allclose(by_keras(torch_adam(setting), "float64"), wanted, rtol=0, atol=1e-13)
    # In float32 a weight of size 1 is rounded by up to 6e-8 at each of 60 steps.
    np.testing.assert_allclose(by_keras(torch_adam(setting)), wanted, rtol=0, atol=1e-6)
    assert np.abs(np.diff(wanted, axis=0)).max() > RATE / 2


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_it_is_pytorchs(setting, kind):
    torch = pytest.importorskip("torch")
    beta_1, beta_2, epsilon, amsgrad = setting
    weight = torch.tensor(np.linspace(-1, 1, 7), dtype=getattr(torch, kind), requires_grad=True)
    optimizer = torch.optim.Adam([weight], RATE, (beta_1, beta_2), epsilon, amsgrad=amsgrad)
    theirs = []
    for gradient in gradients():
        weight.grad = torch.tensor(gradient, dtype=weight.dtype)
        optimizer.step()
        theirs.append(weight.detach().numpy().copy())
    ours = by_keras(torch_adam(setting), kind)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-13 if kind == "float64" else 1e-6)


def test_keras_has_another_first_step_where_gradients_are_small():
    """Of a gradient of size epsilon: 1 / 2 of the rate here, 1 / (1 + 31.6) of it with Keras."""
    steps = []
    for make in (TorchAdam, keras.optimizers.Adam):
        weight = keras.Variable([0.0, 0.0])
        make(RATE, epsilon=1e-6).apply([keras.ops.array([1e-6, 1.0])], [weight])
        steps.append(weight.numpy() / -RATE)
    np.testing.assert_allclose(steps[0], [1 / 2, 1], rtol=1e-5)
    np.testing.assert_allclose(steps[1], [1 / (1 + 1 / np.sqrt(0.001)), 1], rtol=1e-4)
    # And at step 1,000 Keras's epsilon is still 1.26 times as large.
    assert 1 / np.sqrt(1 - 0.999**1000) == pytest.approx(1.26, abs=0.005)


def test_it_is_kept_and_made_again_by_its_configuration():
    given = TorchAdam(2e-4, beta_1=0.5, amsgrad=True)
    config = keras.optimizers.serialize(given)
    twin = keras.optimizers.deserialize(config)
    assert type(twin) is TorchAdam
    assert twin.get_config() == given.get_config()
    assert (twin.beta_1, twin.beta_2, twin.epsilon, twin.amsgrad) == (0.5, 0.999, 1e-8, True)
    assert TorchAdam().get_config()["learning_rate"] == pytest.approx(1e-3)


def test_training_with_it_differs_from_keras_by_epsilon_alone():
    """At step 1 an epsilon is Keras's divided by sqrt(1 - beta_2): a program with the one does
    what a program with the other does, and not what one with an equal epsilon does."""

    def after_one_step(make):
        run = train(
            mlp((2, 4, 1), "tanh"), mlp((1, 4, 1), "tanh"), data.Gaussian(), latent.Gaussian(2),
            steps=1, seeds=3, batch_size=8, records=1, d_optimizer=make(), g_optimizer=make(),
        )  # fmt: skip
        networks = (run.generators, run.discriminators)
        return np.concatenate([w.reshape(3, -1) for some in networks for w in some.weights], axis=1)

    ours = after_one_step(lambda: TorchAdam(0.01, epsilon=0.1))
    alike = after_one_step(lambda: keras.optimizers.Adam(0.01, epsilon=0.1 * np.sqrt(0.001)))
    other = after_one_step(lambda: keras.optimizers.Adam(0.01, epsilon=0.1))
    np.testing.assert_allclose(ours, alike, atol=2e-6)
    assert np.abs(ours - other).max() > 1e-3


# What would be lost -------------------------------------------------------------------------


def excluding(optimizer):
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def stepped(optimizer):
    variable = keras.Variable(np.ones(2, "float32"))
    optimizer.apply([tf.ones(2)], [variable])
    return optimizer


def patched(optimizer):
    optimizer.update_step = lambda *_: None
    return optimizer


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: excluding(keras.optimizers.AdamW(1e-3)), "has exclude_from_weight_decay.* set"),
        (lambda: excluding(keras.optimizers.SGD(1e-3)), "has exclude_from_weight_decay.* set"),
        (lambda: patched(keras.optimizers.RMSprop(1e-3)), "has update_step set"),
        (lambda: stepped(keras.optimizers.Adam(1e-3)), "has taken 1 steps before"),
        (lambda: stepped(TorchAdam(1e-3)), "has taken 1 steps before"),
        (lambda: keras.optimizers.Adam(loss_scale_factor=1024.0), "loss_scale_factor=1024.0"),
        (lambda: keras.optimizers.SGD(-0.1), "learning rate of -0.1: wanted none below 0"),
    ],
)
def test_what_a_new_optimizer_would_not_have_is_refused(make, told):
    with pytest.raises(ValueError, match=f"d_optimizer {told}|d_optimizer has a? ?{told}") as info:
        recipe_and_rates(make(), 1.0, "d_optimizer", 2)
    assert "\n" not in str(info.value)


def test_what_a_constructor_says_may_also_be_set_later():
    adam = keras.optimizers.Adam(1e-3)
    adam.beta_1, adam.epsilon, adam.learning_rate = 0.5, 1e-3, 0.25
    (_, config), rates = recipe_and_rates(adam, 1.0, "d_optimizer", 2)
    assert (config["beta_1"], config["epsilon"], rates[0]) == (0.5, 1e-3, 0.25)
    built = keras.optimizers.Adam(1e-3)
    built.build([keras.Variable(np.ones(2, "float32"))])
    recipe_and_rates(built, 1.0, "d_optimizer", 2)
    with pytest.raises(ValueError, match="below 0"):
        recipe_and_rates(adam, [1.0, -1.0], "d_optimizer", 2)


def test_a_rate_that_is_set_on_the_way_counts_and_nothing_else_may_be(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    sgd = keras.optimizers.SGD(0.0)
    one = Trainer(
        mlp((1, 3, 1)),
        mlp((1, 3, 1)),
        data.Gaussian(),
        latent.Gaussian(1),
        d_optimizer=sgd,
        seeds=2,
        batch_size=4,
    )
    before = [np.array(w) for w in one.weights("d")]
    one.advance(2)
    for a, b in zip(before, one.weights("d"), strict=True):
        np.testing.assert_array_equal(a, b)
    sgd.learning_rate = 0.1
    one.advance(1)
    assert any((a != np.asarray(b)).any() for a, b in zip(before, one.weights("d"), strict=True))
    sgd.momentum = 0.9
    with pytest.raises(ValueError, match=r"d_optimizer had momentum=0.0 .* and has 0.9 now"):
        one.advance(1)


def test_a_rate_of_momentum_may_not_be_set_on_the_way(monkeypatch):
    """Keras keeps the rate in the velocity; here it is given at each step."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    sgd = keras.optimizers.SGD(0.1, momentum=0.9)
    fields = (mlp((1, 3, 1)), mlp((1, 3, 1)), data.Gaussian(), latent.Gaussian(1))
    one = Trainer(*fields, g_optimizer=sgd, seeds=2, batch_size=4)
    one.advance(1)
    sgd.learning_rate = 0.01
    with pytest.raises(ValueError, match=r"g_optimizer is SGD with momentum.*stays 0\.1"):
        one.advance(1)
    rmsprop = keras.optimizers.RMSprop(0.1, momentum=0.9)
    one = Trainer(*fields, g_optimizer=rmsprop, seeds=2, batch_size=4)
    one.advance(1)
    rmsprop.learning_rate = 0.01
    with pytest.raises(ValueError, match=r"g_optimizer is RMSprop with momentum.*stays 0\.1"):
        one.advance(1)
