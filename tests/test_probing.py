"""A model that would do something else in an ensemble is refused, or served rightly."""

import functools

import numpy as np
import pytest

from ganlab import data, latent
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble, call
from ganlab.models import clone
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.pretraining import pretrain
from ganlab.probing import refuse_bounded, refuse_trained, refuse_unfaithful
from ganlab.runs import Run
from ganlab.training import Trainer

pytestmark = pytest.mark.rest

layers, ops = keras.layers, keras.ops


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def stack(*parts, size=2):
    return keras.Sequential([keras.Input((size,)), *parts])


def graph(function, size=2):
    x = keras.Input((size,))
    return keras.Model(x, function(x))


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


# Gradients of the reader's own ----------------------------------------------------------------


@tf.custom_gradient
def reversed_gradient(x):
    return x, lambda slope: -slope


@tf.custom_gradient
def straight_through(x):
    return tf.sign(x), lambda slope: slope


class Reversing(layers.Layer):
    def call(self, x):
        return reversed_gradient(x)


@pytest.mark.parametrize(
    "make",
    [
        lambda: stack(layers.Dense(3), layers.Lambda(reversed_gradient), layers.Dense(1)),
        lambda: stack(layers.Dense(3, activation=straight_through), layers.Dense(1)),
        lambda: stack(layers.Dense(3), Reversing(), layers.Dense(1)),
        lambda: graph(lambda x: layers.Dense(1)(Reversing()(layers.Dense(3)(x)))),
    ],
)
def test_a_gradient_of_ones_own_is_that_of_a_model_alone(make):
    model, rng = make(), np.random.default_rng(0)
    refuse_unfaithful(model, "discriminator", 2)
    weights = [
        rng.standard_normal((3, *v.shape)).astype("float32") for v in model.trainable_variables
    ]
    x = rng.standard_normal((3, 5, 2)).astype("float32")
    tensors = [tf.constant(w) for w in weights]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        total = tf.reduce_sum(call(model, tensors, tf.constant(x)))
    found = tape.gradient(total, tensors)
    alone = clone(model)
    for i in range(3):
        for variable, value in zip(alone.trainable_variables, weights, strict=True):
            variable.assign(value[i])
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(alone(x[i]))
        wanted = tape.gradient(total, alone.trainable_variables)
        assert any(np.abs(w).max() > 0 for w in wanted[:2])
        for a, b in zip(found, wanted, strict=True):
            np.testing.assert_allclose(a[i], b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda: stack(
            layers.Reshape((2, 1, 1)),
            layers.Conv2D(3, (2, 1)),
            layers.Flatten(),
            layers.Dense(1),
        ),
        lambda: stack(
            layers.Reshape((2, 1)),
            layers.Conv1D(3, 2, padding="same", activation="tanh"),
            layers.Flatten(),
            layers.Dense(1),
        ),
        lambda: stack(
            layers.Dense(4),
            layers.Reshape((2, 2, 1)),
            layers.Conv2DTranspose(1, 2, strides=2),
            layers.Flatten(),
            layers.Dense(1),
        ),
    ],
)
def test_what_the_map_cannot_serve_is_called_member_by_member(make, capfd):
    model, rng = make(), np.random.default_rng(1)
    refuse_unfaithful(model, "discriminator", 2)
    x = rng.standard_normal((7, 2)).astype("float32")
    many = Ensemble.of(model, 2)
    many.weights = [w * np.arange(1, 3).reshape(-1, *[1] * (w.ndim - 1)) for w in many.weights]
    for i in range(2):
        np.testing.assert_allclose(many(x)[i], many.member(i)(x), rtol=1e-4, atol=1e-5)
    assert "pfor" not in "".join(capfd.readouterr())


def test_what_the_map_cannot_serve_can_be_called_though_it_was_never_trained(capfd):
    model = stack(layers.Reshape((2, 1)), layers.Conv1D(5, 2), layers.Flatten())
    x = np.random.default_rng(1).standard_normal((7, 2)).astype("float32")
    many = Ensemble.of(model, 2)
    for member in many(x):
        np.testing.assert_allclose(member, model(x), rtol=1e-4, atol=1e-5)
    assert "pfor" not in "".join(capfd.readouterr())


# Chance and training ----------------------------------------------------------------------------


class Drawing(layers.Layer):
    def call(self, x):
        return x + keras.random.normal(ops.shape(x))


class DrawingInNumPy(layers.Layer):
    def call(self, x):
        return x * np.random.default_rng().random()


class Counting(layers.Layer):
    calls = 0

    def call(self, x):
        self.calls += 1
        return x * self.calls


@pytest.mark.parametrize(
    "own", [Drawing, DrawingInNumPy, Counting, lambda: layers.Lambda(tf.random.shuffle)]
)
def test_a_layer_that_draws_is_refused(own):
    with refused("generator gives other numbers when it is called twice"):
        refuse_unfaithful(stack(own(), layers.Dense(1)), "generator", 2)


class DoubledInTraining(layers.Layer):
    def call(self, x, training=None):
        return 2 * x if training else x


class NoisyInTraining(layers.Layer):
    def call(self, x, training=False):
        return x + tf.random.normal(tf.shape(x)) if training else x


class CentredInTraining(layers.Layer):
    def call(self, x, training=False):
        return x - ops.mean(x, axis=0) if training else x


@pytest.mark.parametrize("own", [DoubledInTraining, NoisyInTraining, CentredInTraining])
def test_what_only_training_would_do_is_refused(own):
    with refused("generator does something else with training=True"):
        refuse_unfaithful(stack(own(), layers.Dense(1)), "generator", 2)


class FromNumPy(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return np.random.default_rng().standard_normal(shape).astype("float32")


class FromKeras(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return keras.random.normal(shape)


class SeedUnused(keras.initializers.Initializer):
    def __init__(self, seed=None):
        self.seed = seed

    def __call__(self, shape, dtype=None):
        return keras.random.uniform(shape)

    def get_config(self):
        return {"seed": self.seed}


class Seeded(SeedUnused):
    def __call__(self, shape, dtype=None):
        return np.random.default_rng(self.seed).standard_normal(shape).astype("float32")


class OwnWeight(layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight((shape[-1], 3), initializer=FromNumPy(), name="kernel")

    def call(self, x):
        return ops.matmul(x, self.kernel)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Dense(3, kernel_initializer=FromNumPy()),
        lambda: layers.Dense(3, kernel_initializer=FromKeras()),
        lambda: layers.Dense(3, bias_initializer=SeedUnused()),
        lambda: layers.Dense(3, kernel_initializer=lambda s, dtype=None: keras.random.normal(s)),
        OwnWeight,
    ],
)
def test_first_weights_that_no_seed_repeats_are_refused(layer):
    with refused("draws numbers that no seed of a run can repeat"):
        trainer(discriminator=stack(layer(), layers.Dense(1)))


def test_an_initializer_of_ones_own_with_a_seed_gives_each_member_its_own():
    one = trainer(
        discriminator=stack(layers.Dense(3, kernel_initializer=Seeded()), layers.Dense(1))
    )
    first = np.asarray(one.weights("d")[0])
    assert np.abs(first[0] - first[1]).min() > 0
    again = trainer(
        discriminator=stack(layers.Dense(3, kernel_initializer=Seeded()), layers.Dense(1))
    )
    np.testing.assert_array_equal(first, again.weights("d")[0])


# Copies -----------------------------------------------------------------------------------------


class Shifted(layers.Layer):
    def __init__(self, shift=1.0, **keywords):
        super().__init__(**keywords)
        self.shift = shift

    def call(self, x):
        return x + self.shift

    def get_config(self):
        return {"name": self.name}


class Powers(layers.Layer):
    def __init__(self, most=2, **keywords):
        super().__init__(**keywords)
        self.most = most

    def call(self, x):
        return ops.concatenate([x**k for k in range(1, self.most + 1)], -1)

    def get_config(self):
        return {"name": self.name}


class Widened(keras.Model):
    def __init__(self, units=3):
        super().__init__()
        self.hidden, self.out = layers.Dense(units, "tanh"), layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))

    def get_config(self):
        return {}


@pytest.mark.parametrize(
    "make",
    [
        lambda: stack(layers.Dense(2), Shifted(100.0)),
        lambda: stack(Powers(3), layers.Dense(1)),
        lambda: stack(layers.Dense(2), Powers(3)),  # as many weights, and another output
        lambda: Widened(units=5),
    ],
)
def test_a_model_whose_copy_is_another_is_refused(make):
    model = make()
    model(np.zeros((1, 2), "float32"))
    with refused("get_config", (TypeError, ValueError)):
        refuse_unfaithful(model, "generator", 2)


def scaled(factor):
    return lambda x: factor * x


def test_functions_that_keras_cannot_name_are_copied():
    rng = np.random.default_rng(0)
    model = stack(
        layers.Lambda(scaled(2.0)),
        layers.Lambda(scaled(3.0)),  # of the same name
        layers.Dense(
            3, activation=functools.partial(keras.activations.leaky_relu, negative_slope=0.3)
        ),
        layers.Dense(1, kernel_initializer=lambda shape, dtype=None: np.ones(shape, "float32")),
    )
    before = model.layers[0].function
    copy = clone(model)
    assert model.layers[0].function is before
    assert copy.layers[0].function is before
    for variable, value in zip(copy.trainable_variables, model.trainable_variables, strict=True):
        variable.assign(value)
    x = rng.standard_normal((4, 2)).astype("float32")
    np.testing.assert_allclose(copy(x), model(x), rtol=1e-6)
    np.testing.assert_allclose(Ensemble.of(model, 2)(x)[1], model(x), rtol=1e-5, atol=1e-6)


# One layer in several places ---------------------------------------------------------------------


class Turned(layers.Layer):
    """The kernel of another layer, turned: a tied autoencoder's."""

    def __init__(self, other, **keywords):
        super().__init__(**keywords)
        self.other = other

    def call(self, x):
        return ops.matmul(x, ops.transpose(self.other.kernel))

    def get_config(self):
        other = keras.saving.serialize_keras_object(self.other)
        return {**super().get_config(), "other": other}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "other": keras.saving.deserialize_keras_object(config["other"])})


def tied_stack():
    hidden = layers.Dense(3, "tanh")
    return stack(hidden, Turned(hidden), layers.Dense(1))


def calling(layer):
    """A graph that calls the layer of two outputs twice."""
    return graph(lambda x: layers.Dense(1)(layer(layers.Activation("tanh")(layer(x)))))


class TiedInCall(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(3, "tanh"), layers.Dense(1)

    def call(self, x):
        return self.out(ops.matmul(self.hidden(x), ops.transpose(self.hidden.kernel)))

    def get_config(self):
        return {}


@pytest.mark.parametrize(
    "make",
    [
        tied_stack,
        TiedInCall,
        lambda: calling(layers.Dense(2, use_bias=False)),
        lambda: calling(layers.PReLU("random_normal")),
        lambda: calling(stack(layers.Dense(3, "tanh"), layers.Dense(2))),
    ],
)
def test_a_layer_in_several_places_has_the_same_weights_in_all(make, tmp_path):
    one = trainer(discriminator=make())
    one.advance(2)
    run = one.run()
    run.save(tmp_path / "run.npz")
    own = {"Turned": Turned, "TiedInCall": TiedInCall}
    again = Run.load(tmp_path / "run.npz", custom_objects=own)
    x = np.random.default_rng(0).standard_normal((5, 2)).astype("float32")
    alone = make()
    alone(x)
    for i in range(2):
        weights = [np.asarray(w[i]) for w in run.discriminators.weights]
        for variable, value in zip(alone.trainable_variables, weights, strict=True):
            variable.assign(value)
        wanted = np.asarray(alone(x))
        for found in (run.discriminators(x)[i], run.discriminator(i)(x), again.discriminator(i)(x)):
            np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def twice(layer):
    return stack(layer, layers.Activation("tanh"), layer, layers.Dense(1))


def activated(layer):
    return stack(layers.Dense(2, layer), layers.Dense(2, layer), layers.Dense(1))


@pytest.mark.parametrize(
    ("make", "which"),
    [
        (lambda: twice(layers.Dense(2)), "Dense"),
        (lambda: twice(layers.PReLU()), "PReLU"),
        (lambda: activated(layers.PReLU()), "PReLU"),
        (lambda: twice(stack(layers.Dense(2))), "Sequential"),
    ],
)
def test_a_layer_in_several_places_that_no_copy_has_is_refused(make, which):
    with refused(rf"one layer in several places \({which} .*\).*wanted a keras.Model of inputs"):
        trainer(discriminator=make())


# The end of a discriminator ---------------------------------------------------------------------


def own_sigmoid(x):
    return 1 / (1 + ops.exp(-x))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: stack(layers.Dense(1, "sigmoid"), layers.Flatten()), "between 0 and 1"),
        (lambda: graph(lambda x: ops.sigmoid(layers.Dense(1)(x))), "between 0 and 1"),
        (lambda: stack(layers.Dense(1), layers.Lambda(own_sigmoid)), "between 0 and 1"),
        (lambda: graph(lambda x: ops.tanh(layers.Dense(1)(x))), "between -1 and 1"),
        (lambda: graph(lambda x: ops.softplus(layers.Dense(1)(x))), "never below"),
        (lambda: graph(lambda x: -ops.square(layers.Dense(1)(x))), "never above"),
        (lambda: stack(layers.Dense(1, "softsign")), "ends in a softsign"),
    ],
)
def test_an_end_that_squeezes_is_refused_by_what_it_does(make, told):
    with refused(f"discriminator .*{told}.*: wanted a logit"):
        trainer(discriminator=make())
    with refused(f"discriminator .*{told}.*: wanted a logit"):
        pretrain(make(), data.ring(), lambda x: x[..., 0], seeds=2, steps=1)


class ReluListedLast(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(1)
        self.hidden = layers.Dense(4, "relu")

    def call(self, x):
        return self.out(self.hidden(x))

    def get_config(self):
        return {}


@pytest.mark.parametrize(
    "make",
    [
        lambda: mlp((2, 8, 8, 1), "tanh"),
        lambda: mlp((2, 4, 1), "sigmoid"),
        lambda: mlp((2, 1, MinibatchDiscrimination(2, 2), 1), "tanh"),
        lambda: stack(layers.Dense(1, use_bias=False)),
        lambda: stack(layers.Dense(1)),
        lambda: stack(layers.Dense(4, "relu"), layers.Dense(1), layers.LeakyReLU()),
        lambda: stack(layers.Dense(4), layers.Lambda(lambda x: x[:, :1] - x[:, 1:2])),
        ReluListedLast,
    ],
)
def test_a_free_end_is_taken(make):
    model = make()
    model(np.zeros((1, 2), "float32"))
    refuse_bounded(model, "discriminator", 2, "a logit")


# Trained before ---------------------------------------------------------------------------------


def trainer(**changed):
    fields = {
        "generator": mlp((2, 3, 2)),
        "discriminator": mlp((2, 4, 1)),
        "real": data.ring(),
        "latent": latent.Gaussian(2),
        **changed,
    }
    return Trainer(**fields, seeds=2, batch_size=4)


def moved(model, by):
    for variable in model.trainable_variables:
        variable.assign(variable + by)
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda: moved(mlp((2, 3, 2)), 1e-3),  # biases start at zero
        lambda: moved(stack(layers.Dense(2, use_bias=False)), 2.0),  # uniform within bounds
        lambda: moved(mlp((2, 3, 2), kernel="pytorch", bias="pytorch"), 1.0),
        lambda: moved(stack(layers.Dense(2, kernel_initializer="ones", use_bias=False)), -0.5),
    ],
)
def test_weights_that_were_trained_are_not_drawn_anew_without_a_word(make):
    with refused("generator has been trained before.*Ensemble.of"):
        trainer(generator=make())
    one = trainer(generator=Ensemble.of(model := make(), 2))
    for mine, given in zip(one.weights("g"), model.trainable_variables, strict=True):
        np.testing.assert_array_equal(mine[0], given)
        np.testing.assert_array_equal(mine[1], given)


@pytest.mark.parametrize(
    "kernel", ["glorot_uniform", "he_normal", "random_normal", "orthogonal", "pytorch", "ones"]
)
def test_a_new_model_is_taken(kernel):
    for _ in range(5):
        refuse_trained(mlp((20, 50, 2), kernel=kernel, bias="zeros"), "generator")


def test_what_a_run_hands_out_is_trained():
    run = trainer().run()
    with refused("discriminator has been trained before"):
        one = trainer()
        one.advance(5)
        trainer(discriminator=one.run().discriminator(0))
    assert trainer(generator=run.generators).step == 0


# Kinds of numbers, and models that do not fit -----------------------------------------------------


def under(policy, make):
    try:
        keras.config.set_dtype_policy(policy)
        return make()
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: under("float64", lambda: mlp((2, 3, 2))), "float64"),
        (lambda: under("mixed_float16", lambda: mlp((2, 3, 2))), "float16"),
        (lambda: under("bfloat16", lambda: mlp((2, 3, 2))), "bfloat16"),
        (lambda: stack(layers.Dense(2, dtype="float64")), "float64"),
    ],
)
def test_numbers_of_another_kind_are_refused(make, told):
    with refused(f"generator computes in {told}: wanted float32"):
        trainer(generator=make())


def two_inputs():
    x, y = keras.Input((2,), name="x"), keras.Input((1,), name="label")
    return keras.Model([x, y], layers.Dense(1)(layers.Concatenate()([x, y])))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (two_inputs, r"takes 2 inputs \(x, label\): wanted one"),
        (lambda: graph(lambda x: [layers.Dense(1)(x)] * 2), "gives a list of 2: wanted one"),
        (
            lambda: graph(lambda x: {"a": layers.Dense(1)(x)}),
            "gives a dict of 1: wanted one",
        ),
        (
            lambda: stack(layers.Reshape((2, 1)), layers.LSTM(3), layers.Dense(1)),
            r"keeps state between calls \(LSTM",
        ),
        (
            lambda: stack(layers.Dense(3), layers.BatchNormalization(), layers.Dense(1)),
            r"keeps state between calls \(BatchNormalization ",
        ),
        (
            lambda: stack(layers.Dense(3), layers.GaussianNoise(1.0), layers.Dense(1)),
            r"keeps state between calls \(GaussianNoise ",
        ),
    ],
)
def test_models_that_no_ensemble_serves_get_one_line(make, told):
    with refused(f"discriminator {told}"):
        trainer(discriminator=make())


def test_a_model_that_cannot_be_called_says_why_in_one_line():
    class Picky(keras.Model):
        def call(self, x):
            return ops.matmul(x, np.ones((7, 1), "float32"))

    with refused(r"discriminator cannot be called on samples \(batch, 2\)"):
        trainer(discriminator=Picky())


def test_masks_are_refused():
    layers = keras.layers
    masked = stack(layers.Reshape((2, 1)), layers.Masking(), layers.GlobalAveragePooling1D())
    with pytest.raises(ValueError, match=r"\Adiscriminator has a mask, of layer '[^\n]+masks\Z"):
        refuse_unfaithful(masked, "discriminator", 2)
