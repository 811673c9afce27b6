"""D kept from being steep by dividing its kernels by what they stretch most."""

import numpy as np

from ganlab.arguments import above
from ganlab.backend import tf
from ganlab.gan import Replaced
from ganlab.techniques.weights import along


def spectral_normalisation(norm=1.0):
    """D computes with kernels whose largest singular value is `norm`; biases stay as they are.

    The largest singular value of a kernel (inputs, outputs) is followed by one round of power
    iteration for each step of D, from the exact one of the initial weights, and by one more, which
    is not kept, wherever it is used; the slope of the loss takes its vectors as given. It acts on
    every weight of two axes or more; of a convolution's kernel (height, width, inputs, outputs) all
    axes but the last are taken for one, as in the paper, so its norm is that of the matrix and not
    of the convolution, which may stretch more.
    `norm` is a number, or one for each member. Miyato, Kataoka, Koyama and Yoshida 2018, section
    2.1, algorithm 1 and, for convolutions, section 4.
    """
    scalars = {"norm": above("norm", norm, 0)}
    return Replaced(in_use=_normalised, start=_right_vectors, keep=_next_vectors, scalars=scalars)


def _kernels(weights):
    """The matrices (seeds, inputs, outputs) of all weights of two axes or more."""
    return [_as_matrix(weight) for weight in weights if len(weight.shape) > 2]


def _as_matrix(weight):
    if len(weight.shape) == 3:
        return weight
    if isinstance(weight, np.ndarray):
        return weight.reshape(len(weight), -1, weight.shape[-1])
    return tf.reshape(weight, (weight.shape[0], -1, weight.shape[-1]))


def _right_vectors(weights):
    """For each kernel the unit vector (seeds, outputs) that it stretches most."""
    return [np.linalg.svd(kernel, full_matrices=False)[2][:, 0] for kernel in _kernels(weights)]


def _unit(vector):
    """The vector (seeds, n) of length 1, however short it was; 0 stays 0."""
    length = tf.norm(vector, axis=1, keepdims=True)
    return vector / tf.where(length > 0, length, 1.0)


def _iterated(kernel, right):
    """One round of power iteration: (left, right) unit vectors, (seeds, inputs or outputs)."""
    left = _unit(tf.linalg.matvec(kernel, right))
    return left, _unit(tf.linalg.matvec(kernel, left, transpose_a=True))


def _next_vectors(kept, weights, norm):
    found = [
        (_iterated(kernel, right)[1], right)
        for kernel, right in zip(_kernels(weights), kept, strict=True)
    ]
    # A kernel that stretches a vector to nothing leaves it for the kernels that follow.
    return [
        tf.where(tf.reduce_any(right != 0, axis=1, keepdims=True), right, before)
        for right, before in found
    ]


def _normalised(weights, kept, norm):
    kept, used = iter(kept), []
    for weight in weights:
        if len(weight.shape) > 2:
            kernel = _as_matrix(weight)
            left, right = map(tf.stop_gradient, _iterated(kernel, next(kept)))
            value = tf.reduce_sum(left * tf.linalg.matvec(kernel, right), axis=1)
            # A kernel of zeros stretches nothing, and stays one.
            value = tf.where(value > 0, value, 1.0)
            weight = along(norm / value, weight) * weight
        used.append(weight)
    return used
