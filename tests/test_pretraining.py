"""Discriminators alone, taught a target: against plain Keras, and against what is known."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from ganlab import data, latent, losses, program
from ganlab.backend import keras, tf
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.runs import Run
from ganlab.streams import PRETRAIN
from ganlab.training import Scaled, Trainer, TrainingFailed, train

NORMAL = keras.initializers.RandomNormal(stddev=1.0)
TARGET = data.Gaussian(1.0, 0.5)


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    """Compiling is not what is tested here, and takes most of the time."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def taught(**changed):
    arguments = {
        "discriminator": mlp((1, 8, 8, 8, 1), "tanh", kernel=NORMAL),
        "inputs": data.Uniform(-5.0, 5.0),
        "target": TARGET.density,
        "steps": 10,
        "seeds": 3,
        "batch_size": 16,
        "records": 1,
        **changed,
    }
    return pretrain(**arguments)


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


def equal(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.weights, other.weights, strict=True))


# What is learned ----------------------------------------------------------------------------


def test_squared_error_onto_a_density_arrives():
    adam = keras.optimizers.Adam(0.01)
    ensemble, steps, loss = taught(steps=1500, batch_size=64, optimizer=adam, records=15)
    x = np.linspace(-5, 5, 201)
    found = expit(ensemble(x[:, None])[..., 0])
    error = np.mean((found - norm(1.0, 0.5).pdf(x)) ** 2, axis=1)
    assert (error < 1e-3).all()  # 0.056 for a constant discriminator
    np.testing.assert_allclose(loss[-1], error, atol=1e-3)
    assert (loss[-1] < loss[0] / 20).all()
    assert steps.tolist() == list(range(100, 1501, 100))
    assert loss.shape == (15, 3)


def test_cross_entropy_onto_the_share_of_real_samples_gives_the_log_ratio():
    """p/(p+q) for N(4, 0.5) and N(5, 0.5), whose log p - log q is the straight line 18 - 4x."""
    p, q = norm(4.0, 0.5), norm(5.0, 0.5)
    ensemble, _, loss = taught(
        inputs=data.Uniform(3.0, 6.0),
        target=lambda x: (p.pdf(x) / (p.pdf(x) + q.pdf(x)))[..., 0],
        loss=losses.cross_entropy,
        steps=1500,
        batch_size=64,
        optimizer=keras.optimizers.Adam(0.01),
        records=15,
    )
    x = np.linspace(4, 5, 21)
    np.testing.assert_allclose(ensemble(x[:, None])[..., 0], [18 - 4 * x] * 3, atol=0.25)
    # The least that can be had is the mean entropy of the targets.
    share = expit(18 - 4 * np.linspace(3, 6, 2001))
    entropy = -np.mean(share * np.log(share) + (1 - share) * np.log(1 - share))
    np.testing.assert_allclose(loss[-1], entropy, atol=0.02)


# Against plain Keras ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loss, plain",
    [
        (losses.squared_error, lambda y, logits: tf.reduce_mean((tf.sigmoid(logits) - y) ** 2)),
        (losses.cross_entropy, keras.losses.BinaryCrossentropy(from_logits=True)),
    ],
    ids=["squared error", "cross-entropy"],
)
def test_ten_steps_are_those_of_a_plain_keras_loop(loss, plain):
    inputs = data.Uniform(-5.0, 5.0)
    start, _, _ = taught(loss=loss, steps=0)
    end, steps, found = taught(loss=loss, records=10)
    assert steps.tolist() == list(range(1, 11))
    for member, seed in enumerate((0, 1, 2)):
        model, optimizer = start.member(member), keras.optimizers.Adam(1e-3)
        batches = inputs.sample((100, 16), np.random.default_rng((seed, PRETRAIN, 0)))
        for step in range(10):
            x = batches[step]
            y = norm(1.0, 0.5).pdf(x).astype("float32")
            with tf.GradientTape() as tape:
                value = plain(y, model(x))
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(value, variables), variables)
            np.testing.assert_allclose(found[step, member], value, rtol=1e-4)
        for stacked, variable in zip(end.weights, model.trainable_variables, strict=True):
            np.testing.assert_allclose(stacked[member], variable, rtol=1e-3, atol=1e-5)


def test_it_goes_on_from_block_to_block():
    """250 steps need three blocks of random numbers, each used once."""
    seen = []

    def target(x):
        seen.append(x[..., 0])
        return TARGET.density(x)

    _, steps, _ = taught(target=target, steps=250, seeds=1, records=[20, 130])
    assert steps.tolist() == [20, 130, 250]
    # Before, it is asked twice about equal x; after, the next block may have been drawn ahead.
    seen = seen[2:5]
    assert [block.shape for block in seen] == [(100, 16)] * 3
    # float32 numbers between -5 and 5 do coincide now and then, blocks do not.
    assert len(np.unique(np.concatenate(seen))) > 0.99 * 3 * 1600


def test_losses_are_averages_over_the_steps_between_records():
    _, _, every = taught(steps=120, records=120)
    _, _, some = taught(steps=120, records=[30, 110])
    means = [every[:30].mean(0), every[30:110].mean(0), every[110:].mean(0)]
    np.testing.assert_allclose(some, means, rtol=1e-4)


# Arguments ----------------------------------------------------------------------------------


def test_seeds_are_those_of_train():
    discriminator = mlp((1, 8, 8, 8, 1), "tanh", kernel=NORMAL)
    start, _, _ = taught(steps=0, seeds=[5, 2, 5])
    one = Trainer(
        mlp((1, 2, 1)), discriminator, TARGET, latent.Gaussian(), seeds=[5, 2, 5], batch_size=4
    )
    assert equal(start, one._ensembles()[1])
    assert start.seeds == (5, 2, 5)
    together, _, _ = taught(seeds=[5, 2, 5])
    among, _, _ = taught(seeds=6)
    for a, b in zip(together.weights, among.weights, strict=True):
        np.testing.assert_array_equal(a[0], a[2])
        np.testing.assert_allclose(a[[0, 1]], b[[5, 2]], rtol=1e-4, atol=1e-6)


def test_the_same_arguments_give_the_same_bits_and_the_template_stays():
    template = mlp((1, 8, 8, 8, 1), "tanh", kernel=NORMAL)
    before = [v.numpy() for v in template.trainable_variables]
    (first, _, one), (second, _, other) = (taught(discriminator=template) for _ in range(2))
    assert equal(first, second)
    np.testing.assert_array_equal(one, other)
    for a, b in zip(before, template.trainable_variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_rate_per_member():
    adam = Scaled(keras.optimizers.Adam(1.0), [1e-3, 0.0, 1e-2])
    start, _, _ = taught(steps=0)
    end, _, _ = taught(optimizer=adam)
    plain, _, _ = taught()
    fast, _, _ = taught(optimizer=keras.optimizers.Adam(1e-2))
    for a, b, c, d in zip(start.weights, end.weights, plain.weights, fast.weights, strict=True):
        np.testing.assert_array_equal(a[1], b[1])
        np.testing.assert_allclose(c[0], b[0], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(d[2], b[2], rtol=1e-4, atol=1e-6)
        assert not np.array_equal(a[0], b[0])


def test_inputs_may_be_an_array_and_of_any_size():
    points = np.random.default_rng(0).normal(size=(50, 2))
    ensemble, _, loss = taught(
        discriminator=mlp((2, 4, 1)), inputs=points, target=lambda x: 0.5 + 0 * x[..., 0]
    )
    assert ensemble(points).shape == (3, 50, 1)
    assert np.isfinite(loss).all()


def test_one_program_serves_another_rate_target_and_seed(monkeypatch):
    taught()
    monkeypatch.setattr(program, "_kept", dict(program._kept))
    before = set(program._kept)
    taught(
        optimizer=keras.optimizers.Adam(0.1),
        target=lambda x: 0 * x[..., 0],
        seeds=[7, 8, 9],
        steps=5,
    )
    assert set(program._kept) == before
    for changed in (
        {"loss": losses.cross_entropy},
        {"discriminator": mlp((1, 7, 1))},
        {"optimizer": keras.optimizers.SGD(0.1)},
        {"optimizer": keras.optimizers.Adam(beta_1=0.5)},
    ):
        taught(**changed, batch_size=5)
    assert len(set(program._kept) - before) == 4


# Trouble ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target, shape",
    [
        (lambda x: x, r"\(100, 16, 1\)"),
        (lambda x: 0.5, r"\(\)"),
        (lambda x: np.ones(16), r"\(16,\)"),
    ],
)
def test_a_target_of_the_wrong_shape_is_refused(target, shape):
    with refused(rf"target gives shape {shape} for x \(100, 16, 1\): wanted \(100, 16\)"):
        taught(target=target)


@pytest.mark.parametrize(
    "changed, message, kind",
    [
        ({"discriminator": mlp((1, 4, 2))}, "discriminator gives several numbers", ValueError),
        ({"discriminator": mlp((2, 4, 1))}, "discriminator takes inputs of size 2", ValueError),
        ({"discriminator": "mlp"}, "discriminator is str: wanted a Keras model", TypeError),
        ({"steps": -1}, "steps=-1", ValueError),
        ({"seeds": []}, "seeds is empty", ValueError),
        ({"batch_size": 0}, "batch_size=0", ValueError),
        ({"records": [11]}, "records asks for step 11", ValueError),
        ({"optimizer": keras.optimizers.Lamb()}, "optimizer is Lamb", ValueError),
        ({"optimizer": "adam"}, "optimizer is 'adam'", TypeError),
        ({"optimizer": Scaled(keras.optimizers.SGD(), [1, 2])}, r"shape \(2,\)", ValueError),
        ({"target": TARGET}, r"target is Gaussian\(.*did you mean its .density", TypeError),
        ({"target": 0.5}, "target is 0.5: wanted a function of x$", TypeError),
        (
            {"loss": losses.clamped},
            "loss is a Losses: wanted a function of .logits, targets",
            TypeError,
        ),
        ({"target": lambda x: x[..., 0] * np.nan}, "target gives NaN", ValueError),
        ({"inputs": "uniform"}, "wanted", (TypeError, ValueError)),
    ],
)
def test_wrong_arguments_get_one_line(changed, message, kind, monkeypatch):
    monkeypatch.setattr(program.Program, "__call__", lambda *_: pytest.fail("something ran"))
    with refused(message, kind):
        taught(**changed)


@pytest.mark.parametrize("calls, wanted", [(2, [10, 20]), (4, [10, 20, 30, 40])])
def test_an_interruption_returns_what_there_is_and_says_so(capsys, monkeypatch, calls, wanted):
    done = []

    def interrupted(self, *arguments, original=program.Program.__call__):
        if len(done) == calls:
            raise KeyboardInterrupt
        done.append(1)
        return original(self, *arguments)

    monkeypatch.setattr(program.Program, "__call__", interrupted)
    ensemble, steps, loss = taught(steps=50, records=5)
    assert steps.tolist() == wanted
    assert loss.shape == (len(wanted), 3)
    assert f"Interrupted at step {wanted[-1]} of 50" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    assert equal(ensemble, taught(steps=wanted[-1])[0])


EXPLODING = Scaled(keras.optimizers.SGD(1.0), [1e-3, 1e38, 1e-3])


def test_a_seed_that_stops_being_finite_is_frozen_and_named(capsys):
    ensemble, _, loss = taught(optimizer=EXPLODING, records=10, loss=steep)
    assert "frozen there: seed 1 (step" in capsys.readouterr().out
    assert list(ensemble.failed) == [1]
    assert all(np.isfinite(weight).all() for weight in ensemble.weights)
    assert np.isnan(loss[-1, 1])
    assert np.isfinite(loss[:, [0, 2]]).all()
    among, _, _ = taught(optimizer=keras.optimizers.SGD(1e-3), records=10, loss=steep)
    for a, b in zip(ensemble.weights, among.weights, strict=True):
        np.testing.assert_allclose(a[[0, 2]], b[[0, 2]], rtol=1e-5)


def steep(logits, targets):
    return tf.reduce_mean(tf.square(logits - targets), axis=-1)


def test_a_seed_that_failed_in_pretraining_counts_as_failed_in_training():
    ensemble, _, _ = taught(optimizer=EXPLODING, loss=steep)
    one = Trainer(mlp((1, 2, 1)), ensemble, TARGET, latent.Gaussian(), seeds=3, batch_size=4)
    assert one.failed == {1: 0}
    before = [weight.numpy() for weight in one.weights("d")]
    seen = one.advance(3)
    one.record(seen)
    run = one.run()
    assert run.failed == {1: 0}
    assert np.isnan(seen["d_loss"]).tolist() == [False, True, False]
    assert np.isnan(run.samples[-1, 1]).all()
    assert np.isfinite(run.samples[-1, [0, 2]]).all()
    for old, new in zip(before, one.weights("d"), strict=True):
        np.testing.assert_array_equal(old[1], new[1])
        assert not np.array_equal(old[0], new[0])


@pytest.mark.parametrize("saved", [False, True])
def test_a_seed_that_failed_in_training_counts_as_failed_in_the_next(tmp_path, saved):
    """Its last finite weights are no start, and nothing in them tells that it failed."""
    sizes = {"seeds": 3, "steps": 4, "batch_size": 4, "records": 1}
    players = (mlp((1, 2, 1)), mlp((1, 3, 1)), TARGET, latent.Gaussian())
    run = train(*players, d_optimizer=EXPLODING, losses=losses.least_squares, **sizes)
    assert list(run.failed) == [1]
    if saved:
        run.save(tmp_path / "run.npz")
        run = Run.load(tmp_path / "run.npz")
    again = train(players[0], run.discriminators, *players[2:], **sizes)
    assert again.failed == {1: 0}


def test_when_all_have_failed_the_error_says_so_in_one_line():
    wanted = r"\Aall 3 seeds stopped being finite, .* learning rate: up to 1e\+38\Z"
    with pytest.raises(TrainingFailed, match=wanted):
        taught(optimizer=keras.optimizers.SGD(1e38), loss=steep)
    ensemble, _, _ = taught(optimizer=EXPLODING, loss=steep)
    ensemble.failed = {0: 3, 1: 1, 2: 5}
    with pytest.raises(TrainingFailed, match="all 3 seeds stopped being finite"):
        Trainer(mlp((1, 2, 1)), ensemble, TARGET, latent.Gaussian(), seeds=3, batch_size=4)
