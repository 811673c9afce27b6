"""Solutions of the exercises in 11_translate_and_style: its part on styles."""

import numpy as np


def modulated(kernel, scale):
    own = kernel * scale[:, None, None, :, None]
    return own / np.sqrt(np.sum(own**2, axis=(1, 2, 3), keepdims=True))


SOLUTIONS = {"11.2": modulated}
