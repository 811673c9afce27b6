"""Networks: the sizes, activations and initial values asked for, and no two layers alike."""

import numpy as np
import pytest

from ganlab.backend import keras, tf
from ganlab.networks import MinibatchDiscrimination, dcgan, mlp


def dense(model):
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]


def test_sizes_are_those_of_the_layers():
    model = mlp((3, 7, 5, 2))
    assert [tuple(layer.kernel.shape) for layer in dense(model)] == [(3, 7), (7, 5), (5, 2)]
    assert [tuple(layer.bias.shape) for layer in dense(model)] == [(7,), (5,), (2,)]
    assert model(np.zeros((4, 3))).shape == (4, 2)
    assert mlp([2, 1]).count_params() == 3


def test_hidden_layers_have_the_activation_and_the_last_is_linear():
    model = mlp((2, 4, 4, 1), "tanh")
    assert [layer.activation for layer in dense(model)] == [
        keras.activations.tanh,
        keras.activations.tanh,
        keras.activations.linear,
    ]
    assert dense(mlp((2, 4, 1)))[0].activation is keras.activations.relu
    ended = dense(mlp((2, 4, 1), "tanh", "softplus"))
    assert ended[0].activation is keras.activations.tanh
    assert ended[1].activation is keras.activations.softplus


def test_an_output_is_what_the_weights_say():
    model = mlp((2, 3, 1), "tanh", kernel="random_normal", bias="random_normal")
    w0, b0, w1, b1 = (np.asarray(weight) for weight in model.trainable_variables)
    x = np.array([[1.0, -2.0], [0.5, 3.0]], "float32")
    np.testing.assert_allclose(model(x), np.tanh(x @ w0 + b0) @ w1 + b1, rtol=1e-5, atol=1e-7)


def test_the_initializers_given_are_used():
    model = mlp((50, 50, 50), kernel=keras.initializers.RandomUniform(2.0, 3.0), bias="ones")
    for layer in dense(model):
        kernel = np.asarray(layer.kernel)
        assert 2.0 <= kernel.min() < 2.05 < 2.95 < kernel.max() <= 3.0
        np.testing.assert_array_equal(layer.bias, 1.0)
    limit = np.sqrt(6 / 100)  # Glorot and Bengio 2010, for 50 inputs and 50 outputs
    for layer in dense(mlp((50, 50, 50))):
        assert 0.98 * limit < np.abs(layer.kernel).max() <= limit
        np.testing.assert_array_equal(layer.bias, 0.0)


@pytest.mark.parametrize("kernel", ["glorot_uniform", keras.initializers.RandomNormal(stddev=1.0)])
def test_no_two_layers_start_equal(kernel):
    kernels = [np.asarray(layer.kernel) for layer in dense(mlp((4, 4, 4, 4), kernel=kernel))]
    kernels += [np.asarray(layer.kernel) for layer in dense(mlp((4, 4, 4), kernel=kernel))]
    for i, one in enumerate(kernels):
        assert not any(np.allclose(one, other) for other in kernels[:i])


def test_no_two_biases_start_equal():
    normal = keras.initializers.RandomNormal(stddev=1.0)
    first, second = dense(mlp((4, 4, 4), kernel=normal, bias=normal))
    assert not np.allclose(first.bias, second.bias)
    assert not np.allclose(first.kernel, second.kernel)


@pytest.mark.parametrize("sizes", [(), (3,), (3, 0), (3, -1, 2), (3, 2.5), [3, 0.0, 1]])
def test_wrong_sizes_get_one_line(sizes):
    with pytest.raises(ValueError, match=r"sizes=\(.*\): wanted the input, hidden and") as info:
        mlp(sizes)
    assert "\n" not in str(info.value)


def test_sizes_may_be_numpy_numbers():
    assert mlp(np.array([2, 3, 1])).count_params() == 2 * 3 + 3 + 3 + 1


def test_layers_are_named_by_their_places():
    names = [layer.name for layer in mlp((2, 5, 4, 1)).layers]
    assert names == ["hidden_1", "hidden_2", "output"]
    assert [layer.name for layer in mlp((2, 1)).layers] == ["output"]


def test_a_size_may_be_a_layer_which_is_copied():
    layer = MinibatchDiscrimination(3, 2, neighbours=4, kernel_initializer="he_normal")
    model = mlp((1, 8, layer, 6, layer, 1), "tanh")
    assert [made.name for made in model.layers] == [
        "hidden_1",
        "hidden_2",
        "hidden_3",
        "hidden_4",
        "output",
    ]
    assert [made.units for made in dense(model)] == [8, 6, 1]
    assert model.output_shape == (None, 1)
    first, second = model.layers[1], model.layers[3]
    assert not layer.built
    assert layer is not first is not second
    for copy, features in ((first, 8), (second, 6)):
        settings = (copy.kernels, copy.kernel_dim, copy.neighbours, tuple(copy.kernel.shape))
        assert settings == (3, 2, 4, (features, 6))
        assert isinstance(copy.kernel_initializer, keras.initializers.HeNormal)
    assert not np.allclose(first.kernel[:6], second.kernel)
    x = np.random.default_rng(0).standard_normal((5, 1)).astype("float32")
    w, b = (np.asarray(weight) for weight in model.layers[0].weights)
    hidden = by_hand(first, np.tanh(x @ w + b), 4, True)
    for made in model.layers[2:]:
        if made is second:
            hidden = by_hand(second, hidden, 4, True)
            continue
        w, b = (np.asarray(weight) for weight in made.weights)
        hidden = hidden @ w + b
        hidden = hidden if made.name == "output" else np.tanh(hidden)
    np.testing.assert_allclose(model(x), hidden, rtol=1e-4, atol=1e-5)


def test_a_stack_that_holds_a_layer_is_saved_and_loaded(tmp_path):
    model = mlp((2, 8, MinibatchDiscrimination(5, 3), 1), "tanh")
    model.save(tmp_path / "d.keras")
    loaded = keras.saving.load_model(tmp_path / "d.keras")
    x = np.random.default_rng(0).standard_normal((6, 2)).astype("float32")
    np.testing.assert_array_equal(loaded(x), model(x))
    assert [layer.name for layer in loaded.layers] == ["hidden_1", "hidden_2", "output"]


@pytest.mark.parametrize("place", [0, 2])
def test_a_layer_in_place_of_the_input_or_output_gets_one_line(place):
    sizes = [2, 4, 1]
    sizes[place] = MinibatchDiscrimination(5, 3)
    with pytest.raises(ValueError, match=r"sizes=\(.*\): wanted the input, hidden and") as info:
        mlp(sizes)
    assert "\n" not in str(info.value)


# Minibatch discrimination -----------------------------------------------------------------------


def layered(n=6, features=4, kernels=3, kernel_dim=2, **options):
    """A layer with weights, and a batch for it."""
    layer = MinibatchDiscrimination(kernels, kernel_dim, kernel_initializer="normal", **options)
    x = np.random.default_rng(0).standard_normal((n, features)).astype("float32")
    layer(x)
    layer.kernel.assign(np.random.default_rng(1).standard_normal(layer.kernel.shape))
    return layer, x


def by_hand(layer, x, neighbours, include_self):
    """Salimans et al. 2016, 3.2, one pair after the other."""
    kernel = np.asarray(layer.kernel).reshape(x.shape[1], layer.kernels, layer.kernel_dim)
    m = np.einsum("na,abc->nbc", x, kernel)
    o = np.zeros((len(x), layer.kernels))
    for i in range(len(x)):
        others = [(i + step) % len(x) for step in range(1, len(x))][:neighbours]
        for j in others + [i] * include_self:
            o[i] += np.exp(-np.abs(m[i] - m[j]).sum(-1))
    return np.concatenate([x, o], axis=1)


@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("neighbours", [None, 1, 3, 5, 50])
@pytest.mark.parametrize("n", [1, 6, 40])
def test_minibatch_discrimination_is_the_sum_over_pairs(n, neighbours, include_self):
    layer, x = layered(n, neighbours=neighbours, include_self=include_self)
    wanted = by_hand(layer, x, neighbours, include_self)
    np.testing.assert_allclose(layer(x), wanted, rtol=2e-5, atol=2e-6)
    kernel, many = np.asarray(layer.kernel), np.stack([x, 2 * x])
    stacked = layer.call_stacked([tf.constant(np.stack([kernel, kernel]))], tf.constant(many))
    np.testing.assert_allclose(stacked[0], wanted, rtol=2e-5, atol=2e-6)
    doubled = by_hand(layer, 2 * x, neighbours, include_self)
    np.testing.assert_allclose(stacked[1], doubled, rtol=2e-5, atol=2e-6)


def test_an_identical_batch_of_n_gives_n():
    x = np.ones((7, 4), "float32")
    for options, wanted in (
        ({}, 7),
        ({"include_self": False}, 6),
        ({"neighbours": 3}, 4),
        ({"neighbours": 3, "include_self": False}, 3),
    ):
        np.testing.assert_array_equal(np.asarray(layered(7, **options)[0](x))[:, 4:], wanted)


def test_permuting_the_batch_permutes_the_output():
    layer, x = layered(9)
    order = np.random.default_rng(2).permutation(9)
    np.testing.assert_allclose(layer(x[order]), np.asarray(layer(x))[order], rtol=1e-5)


def test_turning_the_batch_turns_the_output_with_neighbours():
    layer, x = layered(9, neighbours=2)
    found = np.asarray(layer(x))
    np.testing.assert_allclose(layer(np.roll(x, 4, 0)), np.roll(found, 4, 0), rtol=1e-5)
    order = np.r_[1, 0, 2:9]  # other neighbours, other sums
    assert not np.allclose(np.asarray(layer(x[order])), found[order], rtol=1e-3)


@pytest.mark.parametrize("options", [{}, {"neighbours": 2}, {"include_self": False}])
@pytest.mark.parametrize("n", [5, 40])  # a tiny batch and one that is not
def test_gradients_are_finite_differences(n, options):
    layer, x = layered(n, **options)
    rng = np.random.default_rng(3)
    upstream = rng.standard_normal((n, 7))
    kernel = tf.convert_to_tensor(layer.kernel)[None]
    with tf.GradientTape() as tape:
        batch = tf.constant(x)[None]
        tape.watch([batch, kernel])
        total = tf.reduce_sum(layer.call_stacked([kernel], batch)[0] * upstream.astype("float32"))
    found = [np.asarray(g)[0] for g in tape.gradient(total, [batch, kernel])]

    def value(x, kernel):
        other, _ = layered(n, **options)
        other.kernel = kernel
        wanted = (options.get("neighbours"), options.get("include_self", True))
        return (by_hand(other, x, *wanted) * upstream).sum()

    arrays = [x.astype(float), np.asarray(layer.kernel, float)]
    for which, gradient in enumerate(found):
        for place in rng.permutation(arrays[which].size)[:8]:
            step = np.zeros(arrays[which].size)
            step[place] = 1e-5
            moved = [a + (step.reshape(a.shape) if i == which else 0) for i, a in enumerate(arrays)]
            back = [a - (step.reshape(a.shape) if i == which else 0) for i, a in enumerate(arrays)]
            wanted = (value(*moved) - value(*back)) / 2e-5
            assert gradient.flat[place] == pytest.approx(wanted, rel=1e-3, abs=1e-3)


def test_minibatch_discrimination_serializes(tmp_path):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            MinibatchDiscrimination(3, 2, neighbours=4, include_self=False),
            keras.layers.Dense(1),
        ]
    )
    model.save(tmp_path / "d.keras")
    loaded = keras.saving.load_model(tmp_path / "d.keras")
    x = np.random.default_rng(0).standard_normal((6, 4)).astype("float32")
    np.testing.assert_array_equal(loaded(x), model(x))
    layer = loaded.layers[0]
    assert (layer.kernels, layer.kernel_dim, layer.neighbours, layer.include_self) == (
        3,
        2,
        4,
        False,
    )
    assert model.output_shape == (None, 1)


def test_wrong_numbers_of_kernels_or_neighbours_get_one_line():
    for wrong, message in (
        ({"kernels": 0, "kernel_dim": 2}, "kernels=0: wanted a whole number, at least 1"),
        ({"kernels": 2, "kernel_dim": 1.5}, "kernel_dim=1.5: wanted a whole number"),
        ({"kernels": 2, "kernel_dim": 2, "neighbours": 0}, "neighbours=0: wanted a whole"),
    ):
        with pytest.raises(ValueError, match=message):
            MinibatchDiscrimination(**wrong)


def test_a_dcgan_halves_twice_and_doubles_twice():
    G, D = dcgan(5, (8, 12), 3)
    shapes = [tuple(layer.output.shape[1:]) for layer in G.layers]
    assert shapes == [(36,), (2, 3, 6), (4, 6, 3), (8, 12, 1), (96,)]
    shapes = [tuple(layer.output.shape[1:]) for layer in D.layers]
    assert shapes == [(8, 12, 1), (4, 6, 3), (2, 3, 6), (36,), (1,)]
    # kernels and biases, by hand
    assert G.count_params() == 5 * 36 + 36 + 16 * 6 * 3 + 3 + 16 * 3 + 1
    assert D.count_params() == 16 * 3 + 3 + 16 * 3 * 6 + 6 + 36 + 1
    z = np.random.default_rng(0).standard_normal((50, 5)).astype("float32")
    pictures = np.asarray(G(100 * z))
    assert np.abs(pictures).max() <= 1 and np.abs(pictures).min() < 0.1
    assert [layer.activation.__name__ for layer in D.layers if hasattr(layer, "activation")] == [
        "leaky_relu",
        "leaky_relu",
        "linear",
    ]


def test_a_dcgan_in_colour_and_what_sizes_it_refuses():
    G, D = dcgan(2, (4, 4, 3), 1)
    assert G.output_shape == D.input_shape == (None, 48)
    for size in ((8, 6), (8,), (8, 8, 3, 1)):
        with pytest.raises(ValueError, match=r"size=\(8.*: wanted \(height, width\) or"):
            dcgan(2, size)
    with pytest.raises(ValueError, match="channels=0: wanted a whole number, at least 1"):
        dcgan(2, (8, 8), 0)
