"""Many copies called as one: each is a plain Keras model, and none meets another."""

import random

import numpy as np
import pytest

from ganlab import ensemble
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble, call, call_layers, is_tiny, layer_place
from ganlab.initial import initial_weights
from ganlab.layers import TINY, MinibatchDiscrimination
from ganlab.models import build, clone, structure
from ganlab.networks import mlp

SEEDS = (4, 0, 9)
own = keras.saving.register_keras_serializable("test_ensemble")


@own
class Scale(keras.layers.Layer):
    """A layer whose weight names no initializer."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="random_normal", name="by")

    def call(self, x):
        return x * self.factor


@own
class Centred(keras.layers.Layer):
    """A layer through which the samples of a batch see each other."""

    def call(self, x):
        return x - keras.ops.mean(x, axis=0, keepdims=True)


@own
class Residual(keras.Model):
    """A model of one's own."""

    def __init__(self, units=3, **keywords):
        super().__init__(**keywords)
        self.units = units
        self.inner = keras.layers.Dense(units, "tanh")
        self.outer = keras.layers.Dense(2)

    def call(self, x):
        return self.outer(self.inner(x)) + x

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@own
def unit_length(x):
    """An activation of one's own that takes axis 1 for the features, as a plain model may."""
    return x / tf.norm(x, axis=1, keepdims=True)


@own
def centred(x):
    return x - tf.reduce_mean(x, axis=0)


NORMAL = keras.initializers.RandomNormal(stddev=1.0)


def stack(*layers, inputs=2):
    return keras.Sequential([keras.Input((inputs,)), *layers])


def with_skip():
    x = keras.Input((2,))
    hidden = keras.layers.Dense(5, "tanh")(x)
    return keras.Model(x, keras.layers.Dense(2)(keras.layers.concatenate([hidden, x])))


def joined():
    """A graph whose branches meet in each of the ways that serve all members at once."""
    x = keras.Input((2,))
    shared = keras.layers.Dense(3, "tanh", bias_initializer=NORMAL, name="shared")
    wide = keras.layers.Dense(3)(shared(x))
    parts = [
        keras.layers.add([wide, shared(x)]),
        keras.layers.multiply([wide, shared(keras.layers.Dense(2)(x))]),
        keras.layers.subtract([wide, shared(x)]),
    ]
    both = keras.layers.Concatenate(axis=1)(parts)
    return keras.Model(x, keras.layers.Dense(2)(keras.layers.LeakyReLU(0.2)(both)))


def with_operations():
    """A graph with operations that are no layers, on constants too."""
    x = keras.Input((2,))
    hidden = keras.layers.Dense(3, "tanh")(x)
    moved = keras.ops.concatenate([hidden * 2.0 + np.ones((1, 3), "float32"), x], axis=-1)
    return keras.Model(x, keras.layers.Dense(1)(moved - keras.ops.mean(moved, axis=0)))


def folded():
    """Samples given another shape and back, with a layer in between that sees that shape."""
    x = keras.Input((2,))
    square = keras.layers.Reshape((3, 2))(keras.layers.Dense(6)(x))
    square = keras.layers.Dense(4, "tanh")(square)
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(square)))


def graph_in_a_graph():
    x = keras.Input((2,))
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.concatenate([joined()(x), x])))


MODELS = {
    "joined": joined,
    "operations": with_operations,
    "folded": folded,
    "graph in a graph": graph_in_a_graph,
    "mlp": lambda: mlp((2, 5, 4, 1), "tanh", bias=NORMAL),
    "linear": lambda: mlp((2, 3), bias=NORMAL),
    "without bias": lambda: stack(keras.layers.Dense(3, "relu", use_bias=False)),
    "wide": lambda: mlp((2, 200, 100, 1), "tanh", bias=NORMAL),
    "softmax": lambda: stack(keras.layers.Dense(3, "softmax"), keras.layers.Activation("softmax")),
    "elementwise": lambda: stack(
        keras.layers.Rescaling(0.5, 1.0),
        keras.layers.Dense(4),
        keras.layers.LeakyReLU(0.2),
        keras.layers.Dense(4),
        keras.layers.Activation("tanh"),
        keras.layers.ELU(0.5),
        keras.layers.ReLU(negative_slope=0.1),
    ),
    "nested": lambda: stack(mlp((2, 3, 2), "tanh", bias=NORMAL), mlp((2, 4, 1), bias=NORMAL)),
    "skip": with_skip,
    "skip in a stack": lambda: stack(with_skip(), keras.layers.Dense(1)),
    "subclassed": Residual,
    "own layer": lambda: stack(Scale(), keras.layers.Dense(3)),
    "normalised": lambda: stack(
        keras.layers.Dense(3),
        keras.layers.LayerNormalization(beta_initializer=NORMAL, gamma_initializer=NORMAL),
    ),
    "parametric": lambda: stack(keras.layers.Dense(3), keras.layers.PReLU("random_normal")),
    "coupled": lambda: stack(keras.layers.Dense(3, "tanh"), Centred(), keras.layers.Dense(1)),
    "minibatch": lambda: stack(
        keras.layers.Dense(3, "tanh"),
        MinibatchDiscrimination(3, 2, kernel_initializer=NORMAL),
        keras.layers.Dense(1),
    ),
}


def make(model, seeds=SEEDS, inputs=2, stream=0):
    build(model, inputs, "model")
    return Ensemble(model, seeds, initial_weights(model, seeds, stream))


def points(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


# A member is a plain Keras model ------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_every_member_is_the_plain_keras_model(name):
    many = make(MODELS[name]())
    x = points(3, 6, 2)
    found = many(x)
    for i in range(3):
        # Not through `member`, which is tested below: the template itself, with these weights.
        for variable, weight in zip(many.model.trainable_variables, many.weights, strict=True):
            variable.assign(weight[i])
        np.testing.assert_allclose(found[i], many.model(x[i]), rtol=1e-4, atol=1e-5)
    assert not np.allclose(found[0], found[1])


@pytest.mark.parametrize("name", ["wide", "skip", "subclassed", "own layer", "coupled"])
def test_a_single_member_is_the_plain_keras_model(name):
    one = make(MODELS[name](), seeds=[5])
    x = points(6, 2)
    assert one(x).shape[:2] == (1, 6)
    np.testing.assert_allclose(one(x)[0], one.member(0)(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_run_eagerly_it_says_the_same(name, monkeypatch):
    many, x = make(MODELS[name]()), points(3, 6, 2)
    wanted = many(x)
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    tf.config.run_functions_eagerly(True)
    try:
        found = many(x)
    finally:
        tf.config.run_functions_eagerly(False)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["nested", "skip", "subclassed", "own layer"])
def test_member_hands_out_that_members_model(name, tmp_path):
    many = make(MODELS[name]())
    x = points(6, 2)
    found = many(x)
    models = [many.member(i) for i in range(3)]
    for i in (2, 0, 1):
        np.testing.assert_allclose(models[i].predict(x, verbose=0), found[i], rtol=1e-4, atol=1e-5)
    assert type(models[0]) is type(many.model)
    models[1].save(tmp_path / "member.keras")
    loaded = keras.saving.load_model(tmp_path / "member.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), found[1], rtol=1e-4, atol=1e-5)


def test_members_are_repeated_with_what_became_of_them():
    many = make(MODELS["mlp"]())
    many.failed = {1: 7}
    twice, x = many.repeated(2), points(6, 2)
    assert twice.seeds == (4, 0, 9, 4, 0, 9)
    assert twice.failed == {1: 7, 4: 7}
    np.testing.assert_array_equal(twice(x), np.concatenate([many(x), many(x)]))


def test_by_hand_in_numpy():
    many = make(mlp((2, 3, 1), "tanh", kernel=NORMAL, bias=NORMAL))
    w0, b0, w1, b1 = many.weights
    x = points(3, 4, 2)
    wanted = [np.tanh(x[i] @ w0[i] + b0[i]) @ w1[i] + b1[i] for i in range(3)]
    np.testing.assert_allclose(many(x), wanted, rtol=1e-5, atol=1e-6)


def test_tiny_and_large_batches_agree():
    """The two ways of multiplying: both are the same matrix product."""
    many = make(mlp((2, 16, 1), "tanh", kernel=NORMAL, bias=NORMAL))
    x = points(3, 2000, 2)
    in_one, in_parts = many(x), [many(x[:, i : i + 10]) for i in range(0, 100, 10)]
    np.testing.assert_allclose(in_one[:, :100], np.concatenate(in_parts, 1), rtol=1e-4, atol=1e-5)


def test_a_batch_is_one_for_all_or_one_each():
    many = make(MODELS["mlp"]())
    x = points(6, 2)
    assert many(x).shape == (3, 6, 1)
    np.testing.assert_array_equal(many(x), many(np.stack([x, x, x])))
    np.testing.assert_array_equal(many(x.tolist()), many(x))


def test_equal_ensembles_share_a_function_but_not_their_weights():
    first, second = make(MODELS["mlp"]()), make(MODELS["mlp"](), seeds=[1, 2, 3])
    x = points(6, 2)
    before = first(x)
    second(x)
    assert not np.allclose(second(x), before)
    np.testing.assert_array_equal(first(x), before)


def test_one_model_serves_any_number_of_members():
    model, x = MODELS["mlp"](), points(6, 2)
    many, one, more = (make(model, seeds) for seeds in ([4, 0], [4], [0, 1, 4]))
    assert many(x).shape[0] == 2
    np.testing.assert_allclose(one(x)[0], many(x)[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(more(x)[[2, 0]], many(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["mlp", "elementwise", "nested", "skip in a stack", "minibatch"])
def test_outputs_of_layers_are_those_that_keras_has(name):
    many = make(MODELS[name]())
    x = points(3, 6, 2)
    found = call_layers(many.model, [tf.constant(w) for w in many.weights], tf.constant(x))
    assert len(found) == len(many.model.layers)
    for i in range(3):
        value = x[i]
        for layer, outputs in zip(many.member(i).layers, found, strict=True):
            value = layer(value)
            np.testing.assert_allclose(outputs[i], value, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["skip", "folded"])
def test_outputs_of_layers_of_a_graph_are_those_that_keras_has(name):
    many = make(MODELS[name]())
    x = points(3, 6, 2)
    found = call_layers(many.model, [tf.constant(w) for w in many.weights], tf.constant(x))
    assert len(found) == len(many.model.layers)
    for i in range(3):
        member = many.member(i)
        wanted = keras.Model(member.inputs[0], [layer.output for layer in member.layers])(x[i])
        for outputs, value in zip(found, wanted, strict=True):
            np.testing.assert_allclose(outputs[i], value, rtol=1e-4, atol=1e-5)


def test_a_layer_of_a_graph_is_found_by_its_name():
    model = folded()
    names = [layer.name for layer in model.layers]
    assert [layer_place(model, name) for name in names] == list(range(len(names)))
    with refused("calls layer 'shared' 4 times: wanted once"):
        layer_place(joined(), "shared")
    with refused(f"no layer 'x': wanted one of {', '.join(names)}"):
        layer_place(model, "x")


def test_layers_in_a_graph_are_not_mapped(monkeypatch):
    """To map a graph took four times as long."""
    monkeypatch.setattr(ensemble, "_mapped", lambda *_: pytest.fail("mapped"))
    for name in ("skip", "joined", "graph in a graph", "skip in a stack"):
        make(MODELS[name]())(points(3, 6, 2))


def test_a_model_that_is_neither_stack_nor_graph_has_one_output():
    many = make(Residual())
    x = points(3, 6, 2)
    (found,) = call_layers(many.model, [tf.constant(w) for w in many.weights], tf.constant(x))
    np.testing.assert_allclose(found, many(x), rtol=1e-5, atol=1e-6)
    with refused("is Residual: to look at 'hidden_1', wanted a keras.Sequential, or", TypeError):
        layer_place(many.model, "hidden_1")


def test_a_layer_is_found_by_its_name():
    model = mlp((2, 5, MinibatchDiscrimination(3, 2), 4, 1))
    names = ["hidden_1", "hidden_2", "hidden_3", "output"]
    assert [layer_place(model, name) for name in names] == [0, 1, 2, 3]
    for wrong in ("hidden_4", "", "Output"):
        with refused(f"no layer '{wrong}': wanted one of hidden_1, hidden_2, hidden_3, output"):
            layer_place(model, wrong)


def test_what_was_called_before_changes_no_bit(monkeypatch):
    many = make(mlp((3, 7, 2), "tanh", kernel=NORMAL), inputs=3)
    x = points(50, 3)
    fresh = make(mlp((3, 7, 2), "tanh", kernel=NORMAL), inputs=3)(x)
    monkeypatch.setattr(ensemble, "_by_structure", {})
    for n in (7, 9, 11):
        many(points(n, 3))
    np.testing.assert_array_equal(many(x), fresh)


@pytest.mark.parametrize("kind", ["layer", "activation"])
def test_what_is_defined_in_a_notebook_needs_no_registering(kind):
    class Unregistered(Scale):
        pass

    def unregistered(x):
        return tf.square(x)

    Unregistered.__module__ = unregistered.__module__ = "__main__"
    last = Unregistered() if kind == "layer" else keras.layers.Activation(unregistered)
    many = make(stack(keras.layers.Dense(3), last))
    x = points(5, 2)
    np.testing.assert_allclose(many(x)[1], many.member(1)(x), rtol=1e-4, atol=1e-5)


def test_an_activation_may_have_weights():
    slopes = keras.layers.PReLU("random_normal")
    many = make(stack(keras.layers.Dense(3, activation=slopes)))
    x = points(5, 2)
    np.testing.assert_allclose(many(x)[1], many.member(1)(x), rtol=1e-4, atol=1e-5)


# Members do not meet ------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_nan_in_one_member_leaves_the_bits_of_the_others(name):
    many = make(MODELS[name]())
    x = points(3, 6, 2)
    before = many(x)
    for weight in many.weights:
        weight[1] = np.nan
    x[1] = np.nan
    after = many(x)
    assert np.isnan(after[1]).all()
    np.testing.assert_array_equal(after[[0, 2]], before[[0, 2]])


@pytest.mark.parametrize("name", ["mlp", "wide", "skip", "own layer", "coupled"])
def test_gradients_of_a_sum_are_those_of_each_member(name):
    many = make(MODELS[name]())
    x = points(3, 6, 2)

    def loss(outputs):
        return tf.reduce_sum(tf.square(outputs - 0.5), axis=[-2, -1])

    weights = [tf.constant(weight) for weight in many.weights]
    with tf.GradientTape() as tape:
        tape.watch(weights)
        total = tf.reduce_sum(loss(call(many.model, weights, tf.constant(x))))
    found = tape.gradient(total, weights)
    for i in range(3):
        model = many.member(i)
        with tf.GradientTape() as tape:
            alone = loss(model(x[i]))
        wanted = tape.gradient(alone, model.trainable_variables)
        for stacked, one in zip(found, wanted, strict=True):
            np.testing.assert_allclose(stacked[i], one, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("activation", [unit_length, centred])
@pytest.mark.parametrize("as_layer", [False, True])
def test_an_activation_of_ones_own_may_look_along_a_batch(activation, as_layer):
    last = keras.layers.Activation(activation)
    layers = [keras.layers.Dense(3), last] if as_layer else [keras.layers.Dense(3, activation)]
    many = make(stack(*layers))
    x = points(3, 3, 2)
    for i in range(3):
        np.testing.assert_allclose(many(x)[i], many.member(i)(x[i]), rtol=1e-4, atol=1e-5)


# Initial weights ----------------------------------------------------------------------------

START = {
    "mlp": lambda: mlp((2, 3, 3, 3, 1), kernel=NORMAL, bias=NORMAL),
    "skip": with_skip,
    "subclassed": Residual,
    "own layer": lambda: stack(Scale(), Scale(), keras.layers.Dense(3)),
}


def built(model, inputs=2):
    build(model, inputs, "model")
    return model


@pytest.mark.parametrize("name", START)
def test_a_seed_starts_the_same_in_any_company_and_order(name):
    model = built(START[name]())
    together = initial_weights(model, [0, 1, 2], 0)
    other = initial_weights(built(START[name]()), [2, 7, 0, 2], 0)
    alone = initial_weights(model, [1], 0)
    for variable, a, b, c in zip(model.trainable_variables, together, other, alone, strict=True):
        assert a.shape == (3, *variable.shape)
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a[[2, 0, 2]], b[[0, 2, 3]])
        np.testing.assert_array_equal(a[1], c[0])


@pytest.mark.parametrize("name", START)
def test_another_seed_or_stream_starts_elsewhere(name):
    model = built(START[name]())
    random_ones = [i for i, v in enumerate(model.trainable_variables) if np.ptp(v.numpy()) > 0]
    assert len(random_ones) >= 2
    first, other = (initial_weights(model, [0, 1], stream) for stream in (0, 1))
    for i in random_ones:
        starts = [first[i][0], first[i][1], other[i][0], other[i][1]]
        for j, one in enumerate(starts):
            assert not any(np.allclose(one, another) for another in starts[:j])


@pytest.mark.parametrize("name", START)
def test_starting_is_apart_from_all_other_randomness(name):
    model = built(START[name]())
    keras.utils.set_random_seed(0)
    before = random.getstate()
    first = initial_weights(model, [0, 1], 0)
    assert random.getstate() == before
    keras.utils.set_random_seed(1)
    for a, b in zip(first, initial_weights(model, [0, 1], 0), strict=True):
        np.testing.assert_array_equal(a, b)


def test_no_two_weights_of_a_member_start_alike():
    for model in (built(START["mlp"]()), built(START["own layer"]())):
        weights = initial_weights(model, [3], 0)
        for i, one in enumerate(weights):
            for other in weights[:i]:
                if one.shape == other.shape:
                    assert not np.allclose(one, other)


def test_the_models_own_initializers_are_drawn_from():
    seeds = range(4)
    normal = initial_weights(built(mlp((64, 64, 64), kernel=NORMAL), 64), seeds, 0)
    for kernels in (normal[0], normal[2]):  # 16,384 numbers each; the bounds are 5 sigma
        assert abs(kernels.mean()) < 5 / 128
        assert abs(kernels.std() - 1) < 5 / 128 / np.sqrt(2)
    glorot = initial_weights(built(mlp((64, 32), bias="ones"), 64), seeds, 0)
    limit = np.sqrt(6 / (64 + 32))
    assert 0.999 * limit < np.abs(glorot[0]).max() <= limit * (1 + 1e-6)
    assert abs(glorot[0].std() - limit / np.sqrt(3)) < 0.02 * limit
    np.testing.assert_array_equal(glorot[1], 1.0)
    constant = mlp((2, 3), kernel=keras.initializers.Constant(0.25))
    np.testing.assert_array_equal(initial_weights(built(constant), seeds, 0)[0], 0.25)
    # Where no initializer is named: Keras's random_normal has a standard deviation of 0.05.
    wide = initial_weights(built(stack(Scale(), inputs=4000), 4000), seeds, 0)[0]
    assert abs(wide.std() - 0.05) < 0.002
    # Each member is as wide as all together: 4,096 and 4,000 numbers each.
    for member in normal[0]:
        assert abs(member.std() - 1) < 5 / 64 / np.sqrt(2)
    for member in wide:
        assert abs(member.std() - 0.05) < 0.005


def test_a_seed_in_the_initializer_does_not_make_members_alike():
    fixed = keras.initializers.RandomNormal(stddev=1.0, seed=3)
    first, second, third = initial_weights(
        built(stack(keras.layers.Dense(4, None, True, fixed))), range(3), 0
    )[0]
    assert not np.allclose(first, second)
    assert not np.allclose(second, third)


def test_the_template_is_left_as_it_was():
    for name in START:
        model = built(START[name]())
        before = [v.numpy() for v in model.trainable_variables]
        many = make(model)
        many(points(3, 2))
        many.member(1)
        for a, b in zip(before, model.trainable_variables, strict=True):
            np.testing.assert_array_equal(a, b)


# What may share a program -------------------------------------------------------------------


def same(one, other):
    return structure(built(one)) == structure(built(other))


def test_models_built_alike_are_equal_whatever_they_start_from():
    assert same(mlp((2, 4, 1), "tanh"), mlp((2, 4, 1), "tanh"))
    assert same(mlp((2, 4, 1), kernel=NORMAL), mlp((2, 4, 1), kernel="zeros", bias="ones"))
    assert same(MODELS["nested"](), MODELS["nested"]())
    assert same(MODELS["elementwise"](), MODELS["elementwise"]())
    assert hash(structure(built(mlp((2, 1))))) == hash(structure(built(mlp((2, 1)))))


@pytest.mark.parametrize(
    "other",
    [
        lambda: mlp((2, 5, 1), "tanh"),
        lambda: mlp((2, 4, 4, 1), "tanh"),
        lambda: mlp((2, 4, 1), "relu"),
        lambda: mlp((2, 4, 1), "tanh", "tanh"),
        lambda: mlp((3, 4, 1), "tanh"),
        lambda: stack(keras.layers.Dense(4, "tanh", use_bias=False), keras.layers.Dense(1)),
        lambda: stack(mlp((2, 4), output_activation="tanh"), mlp((4, 1))),
    ],
)
def test_models_that_differ_are_not_equal(other):
    model = other()
    build(model, model.input_shape[-1], "model")
    assert structure(model) != structure(built(mlp((2, 4, 1), "tanh")))


def test_settings_of_a_layer_count():
    slopes = [stack(keras.layers.Dense(4), keras.layers.LeakyReLU(s)) for s in (0.1, 0.2, 0.2)]
    assert not same(slopes[0], slopes[1])
    assert same(slopes[1], slopes[2])


@pytest.mark.parametrize("name", ["own layer", "subclassed", "coupled"])
def test_a_model_of_ones_own_is_only_equal_to_itself(name):
    model, twin = built(MODELS[name]()), built(MODELS[name]())
    assert structure(model) == structure(model)
    assert structure(model) != structure(twin)


@pytest.mark.parametrize("wrap", ["dense", "activation", "lambda", "nested"])
def test_an_activation_defined_anew_is_another(wrap):
    def defined(power):
        def activation(x):
            return x**power

        if wrap == "dense":
            layers = [keras.layers.Dense(3, activation)]
        elif wrap == "activation":
            layers = [keras.layers.Dense(3), keras.layers.Activation(activation)]
        elif wrap == "lambda":
            layers = [keras.layers.Dense(3), keras.layers.Lambda(activation)]
        else:
            layers = [stack(keras.layers.Dense(3, activation))]
        return stack(*layers)

    first, second = defined(2), defined(3)
    assert not same(first, second)
    # No stale function is used in its place.
    x = points(5, 2)
    for model in (first, second):
        many = make(model, seeds=[0])
        for variable, weight in zip(model.trainable_variables, many.weights, strict=True):
            variable.assign(weight[0])
        np.testing.assert_allclose(many(x)[0], model(x), rtol=1e-4, atol=1e-5)


def test_names_say_in_a_graph_what_is_joined_to_what():
    def joined(swapped):
        x = keras.Input((2,), name="x")
        a = keras.layers.Dense(3, "tanh", name="a")(x)
        b = keras.layers.Dense(3, "tanh", name="b")(x)
        one, two = (b, a) if swapped else (a, b)
        outputs = keras.layers.Subtract(name="minus")([one, two])
        return keras.Model(x, outputs, name="graph")

    assert same(joined(False), joined(False))
    assert not same(joined(False), joined(True))


def test_names_say_nothing_in_a_stack():
    first, second = (
        keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name=name)], name=f"of_{name}")
        for name in ("one", "two")
    )
    assert same(first, second)


# Copies and refusals ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mlp", "skip", "subclassed", "own layer"])
def test_a_clone_has_the_architecture_and_weights_of_its_own(name):
    model = built(MODELS[name]())
    copy = clone(model)
    assert copy is not model
    shapes = [v.shape for v in model.trainable_variables]
    assert [v.shape for v in copy.trainable_variables] == shapes
    before = model.trainable_variables[0].numpy()
    copy.trainable_variables[0].assign(before + 1)
    np.testing.assert_array_equal(model.trainable_variables[0], before)


class Unsaid(keras.Model):
    """A model whose configuration leaves out what its constructor needs."""

    def __init__(self, units):
        super().__init__()
        self.out = keras.layers.Dense(units)

    def call(self, x):
        return self.out(x)

    def get_config(self):
        return {}


def test_a_model_that_cannot_be_rebuilt_says_what_it_needs():
    with refused("Unsaid cannot be rebuilt.*get_config that returns its constructor", TypeError):
        clone(built(Unsaid(3)))


class Unnamed(keras.initializers.Initializer):
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, shape, dtype=None):
        return np.full(shape, self.scale, "float32")


class Untold(keras.layers.Layer):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def call(self, x):
        return x * self.scale


class Unasked(keras.layers.Layer):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    call = Untold.call

    def get_config(self):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (lambda: keras.layers.Dense(2, kernel_initializer=Unnamed(0.5)), "Unnamed"),
        (lambda: keras.layers.Dense(2, bias_initializer=Unnamed(0.5)), "Unnamed"),
        (lambda: Untold(0.5), "Untold"),
        (lambda: Unasked(0.5), "Unasked"),
        (lambda: keras.Sequential([Untold(0.5)]), "Untold"),
    ],
)
def test_what_cannot_be_rebuilt_is_named_and_not_the_model_around_it(layer, name):
    model = keras.Sequential([keras.Input((2,)), layer(), keras.layers.Dense(1)])
    with refused(f"{name} cannot be rebuilt.*get_config that returns its constructor", TypeError):
        clone(model)


def test_build_gives_the_size_of_the_output():
    assert build(mlp((2, 4, 3)), 2, "generator") == 3
    lazy = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(1)])
    assert build(lazy, 5, "discriminator") == 1
    assert lazy.built
    assert build(Residual(), 2, "generator") == 2


@pytest.mark.parametrize(
    "layer, message",
    [
        (
            lambda: keras.layers.BatchNormalization(),
            "keeps state.*batch_norm.*; LayerNormalization and GroupNorm.* are served$",
        ),
        (lambda: keras.layers.Dropout(0.5), r"keeps state between calls.*instance_noise\(std\)$"),
        (lambda: keras.layers.GaussianNoise(0.5), "keeps state between calls.*instance_noise"),
        (
            lambda: keras.layers.SpectralNormalization(keras.layers.Dense(3)),
            r"keeps state.*; techniques.spectral_normalisation\(\) is served$",
        ),
        (lambda: keras.layers.Dense(3, trainable=False), "keeps state.*frozen weights"),
        (lambda: keras.layers.Dense(3, kernel_regularizer="l2"), "regularizer.*`added`"),
        (lambda: keras.layers.Dense(3, bias_regularizer="l2"), "regularizer"),
        (lambda: keras.layers.Dense(3, activity_regularizer="l2"), "regularizer"),
        (lambda: keras.layers.Dense(3, kernel_constraint="non_neg"), "weight constraint"),
        (lambda: keras.layers.Reshape((2, 1)), r"outputs of shape \(2, 2, 1\): wanted \(batch"),
    ],
)
def test_what_would_be_left_out_is_refused(layer, message):
    with refused("generator .*" + message):
        build(stack(layer()), 2, "generator")
    with refused("generator .*" + message):
        build(stack(stack(layer())), 2, "generator")


def test_what_is_not_a_model_or_does_not_fit_is_refused():
    with refused("discriminator is Dense: wanted a Keras model", TypeError):
        build(keras.layers.Dense(1), 2, "discriminator")
    with refused("discriminator is function", TypeError):
        build(lambda x: x, 2, "discriminator")
    for model in (mlp((3, 4, 1)), with_skip(), stack(with_skip())):
        with refused("generator takes inputs of size [23]: it will be given size 5"):
            build(model, 5, "generator")


def test_a_model_with_several_outputs_is_refused():
    x = keras.Input((2,))
    with pytest.raises((AttributeError, ValueError)) as info:
        build(keras.Model(x, [keras.layers.Dense(1)(x), x]), 2, "generator")
    assert "\n" not in str(info.value)


# What is tiny --------------------------------------------------------------------------------


def test_tiny_is_told_by_the_largest_layer_and_the_batch():
    assert TINY == 4096
    assert is_tiny(mlp((1, 8, 8, 8, 1)), 64)
    assert not is_tiny(mlp((1, 8, 8, 8, 1)), 65)
    assert not is_tiny(mlp((1, 8, 65, 1)), 8)
    assert is_tiny(stack(mlp((2, 8, 2)), keras.layers.ReLU()), 256)
    assert not is_tiny(stack(mlp((2, 8, 2)), keras.layers.ReLU()), 257)
    assert not is_tiny(MODELS["normalised"](), 1)  # nobody can tell
    minibatch = stack(keras.layers.Dense(8), MinibatchDiscrimination(5, 3))
    assert is_tiny(minibatch, 16)  # 16 x 16 pairs of 15 numbers
    assert not is_tiny(minibatch, 17)


def test_channels_that_come_first_are_flattened_as_keras_does():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((12,)),
            layers.Reshape((3, 2, 2)),
            layers.Flatten(data_format="channels_first"),
            layers.Dense(1),
        ]
    )
    x = np.random.default_rng(0).normal(size=(5, 12)).astype("float32")
    found = Ensemble.of(model, 2)(x)
    assert found[1] == pytest.approx(np.asarray(model(x)), abs=1e-6)


@pytest.mark.parametrize("units", [4, 4 * TINY])
def test_a_dense_layer_of_more_inputs_takes_no_single_number(units):
    model = mlp((2, units, 1))
    weights = [tf.constant(np.stack([w] * 2)) for w in model.get_weights()]
    with pytest.raises(ValueError, match="layer 'hidden_1' is given 1 numbers a sample: wanted 2"):
        call(model, weights, tf.zeros((2, 8, 1)))


def test_a_model_with_weights_that_are_not_trained_is_no_ensemble():
    frozen = mlp((1, 4, 1))
    frozen.layers[0].trainable = False
    normal = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization()])
    for model in (frozen, normal):
        with pytest.raises(ValueError, match=r"\Amodel has a weight that is not trained, [^\n]+\Z"):
            Ensemble.of(model, 2)
