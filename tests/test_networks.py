"""Networks: the sizes, activations and initial values asked for, and no two layers alike."""

import numpy as np
import pytest

from ganlab.backend import keras
from ganlab.networks import mlp


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
