"""Solutions of the exercises in 11_translate_and_style."""

import numpy as np

from ganlab.backend import keras


def cycle_error(generate, z):
    there = keras.ops.roll(generate(z), 64, axis=-1)  # halves exchanged: (like a, like b)
    back = keras.ops.roll(generate(there), 64, axis=-1)
    return keras.ops.mean(keras.ops.abs(back - z), axis=(1, 2))


def modulated(kernel, scale):
    own = kernel * scale[:, None, None, :, None]
    return own / np.sqrt(np.sum(own**2, axis=(1, 2, 3), keepdims=True))


SOLUTIONS = {"11.1": cycle_error, "11.2": modulated}
