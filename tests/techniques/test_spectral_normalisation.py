"""Spectral normalisation: the kernels that D computes with stretch nothing by more than a norm."""

import numpy as np
import pytest

from ganlab import data
from ganlab.backend import keras, tf
from ganlab.networks import mlp
from ganlab.techniques import spectral_normalisation
from tests.techniques.twin import DISCRIMINATORS, MEMBER, equal, follow, minibatch, near, trainer

NORM = 1.7


def stretches(kernels):
    """The largest singular values (members,) of kernels (members, inputs, outputs)."""
    return np.linalg.svd(np.float64(kernels), compute_uv=False)[:, 0]


def pairs(one):
    """(own, in use) for each of D's weights."""
    used = one._ensembles()[1].weights
    return [(np.asarray(own), use) for own, use in zip(one.weights("d"), used, strict=True)]


class Followed:
    """Miyato's algorithm for the twin: a vector for each kernel, one round of iteration a step."""

    def __init__(self, one):
        kernels = [np.asarray(w)[MEMBER] for w in one.weights("d") if w.ndim == 3]
        self.right = [np.linalg.svd(kernel)[2][0] for kernel in kernels]

    def round(self, kernel, right):
        left = kernel @ right
        left /= np.linalg.norm(left)
        right = kernel.T @ left
        return left, right / np.linalg.norm(right)

    def used(self, variables):
        right, weights = iter(self.right), []
        for variable in variables:
            weight = tf.convert_to_tensor(variable)
            if len(weight.shape) == 2:
                left, along = self.round(weight.numpy(), next(right))
                weight = NORM * weight / tf.tensordot(left, tf.linalg.matvec(weight, along), 1)
            weights.append(weight)
        return weights

    def after(self, twin):
        kernels = [v.numpy() for v in twin.d.trainable_variables if len(v.shape) == 2]
        self.right = [self.round(*both)[1] for both in zip(kernels, self.right, strict=True)]


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("n_critic", [1, 2])
@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_gradients_go_through_the_division_with_its_vectors_taken_as_given(kind, n_critic):
    one = trainer(DISCRIMINATORS[kind](), replaced=spectral_normalisation(NORM), n_critic=n_critic)
    miyato = Followed(one)
    follow(one, 3, n_critic=n_critic, used=miyato.used, after=miyato.after)


@pytest.mark.usefixtures("eager")
def test_before_any_step_the_norm_is_exact_and_biases_are_as_they_are():
    norm = np.array([0.1, 1.0, 2.5])
    one = trainer(minibatch(), replaced=spectral_normalisation(norm))
    for k, (own, used) in enumerate(pairs(one)):
        if own.ndim == 3:
            np.testing.assert_allclose(stretches(used), norm, rtol=1e-5)
            wanted = (norm / stretches(own))[:, None, None] * own
            np.testing.assert_allclose(used, wanted, rtol=1e-5, atol=1e-7)
        else:
            np.testing.assert_array_equal(own, used, err_msg=f"weight {k}")
    assert equal(one, trainer(minibatch()))  # its own weights are those of any D


def test_fifty_steps_later_it_holds_to_about_one_percent():
    one = trainer(mlp((1, 8, 6, 1), "tanh"), replaced=spectral_normalisation(NORM))
    start = [np.asarray(weight) for weight in one.weights("d")]
    one.advance(50)
    for before, (own, used) in zip(start, pairs(one), strict=True):
        if own.ndim == 3:
            np.testing.assert_allclose(stretches(used), NORM, rtol=0.01)
        else:
            np.testing.assert_array_equal(own, used)
        assert not np.allclose(own, before, atol=1e-3)
    run = one.run()
    x = np.linspace(-3, 3, 50)
    logits = run.discriminators.member(MEMBER)(x[:, None]).numpy()[:, 0]
    np.testing.assert_allclose(run.discriminate(x)[MEMBER], 1 / (1 + np.exp(-logits)), rtol=1e-5)
    assert np.abs(np.diff(logits)).max() <= 1.05 * NORM**3 * (x[1] - x[0])


@pytest.mark.usefixtures("eager")
def test_each_member_has_its_own_norm():
    mixed = trainer(replaced=spectral_normalisation([0.5, 1.0, 2.0]))
    other = trainer(replaced=spectral_normalisation(2.0))
    for one in (mixed, other):
        one.advance(2)
    assert near(mixed, other, 2)
    assert not near(mixed, other)


class Places(keras.layers.Layer):
    """A weight of three axes of its own, (2, 2, 3): what is summed over stands before the last."""

    def build(self, shape):
        self.kernel = self.add_weight((2, 2, 3), "random_normal", name="kernel")

    def call(self, x):
        return tf.einsum("npq,pqr->nr", x, self.kernel)


LAYERS = {
    "two axes of places": ((4, 3, 1), lambda: keras.layers.Conv2D(5, (2, 3))),
    "one axis of places": ((6, 2), lambda: keras.layers.Conv1D(3, 2, padding="same")),
    "grouped": ((6, 2), lambda: keras.layers.Conv1D(4, 3, groups=2)),
    "no places": ((4, 3), lambda: keras.layers.EinsumDense("abc,cde->abde", (4, 2, 5))),
    "an own weight": ((2, 2), Places),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_kernels_of_more_axes_are_matrices_with_the_outputs_last(kind, request):
    # Uncompiled, only some processors have the gradients of grouped convolutions.
    if kind != "grouped":
        request.getfixturevalue("eager")
    shape, make = LAYERS[kind]
    size = int(np.prod(shape))
    parts = [keras.layers.Reshape(shape), make(), keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((size,)), *parts])
    real = data.Samples(np.random.default_rng(0).normal(size=(50, size)))
    slow = keras.optimizers.SGD(1e-4)  # one round of iteration a step follows small steps
    fields = {"real": real, "d_optimizer": slow, "replaced": spectral_normalisation(NORM)}
    one = trainer(model, size, **fields)
    for steps in range(2):
        used = [w for w in one._ensembles()[1].weights if w.ndim > 2]
        assert used[0].ndim > 3
        for weight in used:
            matrices = weight.reshape(3, -1, weight.shape[-1])
            np.testing.assert_allclose(stretches(matrices), NORM, rtol=0.05 * steps + 1e-5)
        one.advance(1)


def kernels(scale):
    rng = np.random.default_rng(3)
    return np.float32(rng.normal(size=(2, 4, 3)) * np.reshape(scale, (-1, 1, 1)))


def normalised(term, kernel, kept):
    norm = tf.constant([1.0, 2.0])
    return term.in_use([tf.constant(kernel)], kept, norm)[0].numpy()


@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1e4])
def test_kernels_of_any_size_are_normalised(scale):
    term, kernel = spectral_normalisation(), kernels(scale)
    used = normalised(term, kernel, term.start([kernel]))
    np.testing.assert_allclose(stretches(used), [1.0, 2.0], rtol=1e-5)


def test_iteration_finds_the_norm_of_another_kernel():
    term, kernel = spectral_normalisation(), kernels(1.0)
    kept = term.start([kernels(1.0)[:, ::-1, ::-1].copy()])
    for _ in range(100):
        kept = term.keep(kept, [tf.constant(kernel)], None)
    np.testing.assert_allclose(stretches(normalised(term, kernel, kept)), [1.0, 2.0], rtol=1e-4)


def test_a_kernel_of_zeros_stays_one_and_the_next_is_normalised():
    term, kernel, empty = spectral_normalisation(), kernels(1.0), kernels([1.0, 0.0])
    kept = term.start([empty])
    for _ in range(2):
        kept = term.keep(kept, [tf.constant(empty)], None)
        used = normalised(term, empty, kept)
        np.testing.assert_array_equal(used[1], 0)
        np.testing.assert_allclose(stretches(used)[0], 1.0, rtol=1e-4)
    for _ in range(100):
        kept = term.keep(kept, [tf.constant(kernel)], None)
    np.testing.assert_allclose(stretches(normalised(term, kernel, kept)), [1.0, 2.0], rtol=1e-4)


@pytest.mark.usefixtures("eager")
def test_a_kernel_that_was_zero_is_normalised_as_soon_as_it_is_not():
    one = trainer(replaced=spectral_normalisation(NORM))
    first, *others = one.weights("d")
    one.begin("d", [np.zeros_like(first), *others], one.kept("d"))
    for _ in range(2):
        assert np.isfinite(one.advance(1)["d_loss"]).all()
        np.testing.assert_allclose(stretches(pairs(one)[0][1]), NORM, rtol=1e-5)
    assert not one.failed


@pytest.mark.parametrize("norm", [-1.0, 0.0, [1.0, -0.1], [1.0, 0.0], np.nan, np.inf, True])
def test_a_norm_that_is_not_above_0_is_refused_in_one_line(norm):
    with pytest.raises(ValueError, match=r"norm is .*: wanted above 0") as info:
        spectral_normalisation(norm)
    assert "\n" not in str(info.value)
