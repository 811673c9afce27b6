"""Numbers made of a classifier's probabilities, and of pixels."""

import numpy as np
from scipy.special import rel_entr

from ganlab.arguments import whole
from ganlab.guards import several
from ganlab.metrics import sample_array


def inception_score(probabilities) -> np.ndarray:
    """exp of the mean KL(p(y|x) || p(y)) of probabilities (..., n, classes): 1 to classes.

    It is high where each picture is surely of one class, and all classes come equally often. It
    sees nothing but that: one good picture a class, copied for ever, has the highest there is. T.
    Salimans and others, *Improved Techniques for Training GANs*, NeurIPS 2016. p(y) is the mean
    over the samples at hand, so where they are few the score is too small: where p(y|x) is sure, by
    (classes - 1) / 2n of itself, to first order. NaN where anything is not finite;
    ValueError for rows that are no probabilities.

    >>> float(inception_score([[1.0, 0.0], [0.0, 1.0]]).round(9))
    2.0
    """
    p = sample_array(probabilities, "probabilities", stacks=False)
    known = np.isfinite(p).all(axis=-1)
    bad = known & ((p < -1e-6).any(axis=-1) | (np.abs(p.sum(axis=-1) - 1) > 1e-4))
    if bad.any():
        raise ValueError(f"probabilities hold {p[bad][0]}: wanted rows of 0 to 1 that sum to 1")
    p = np.maximum(p, 0)
    each = rel_entr(p, p.mean(axis=-2, keepdims=True)).sum(axis=-1)
    return np.exp(each.mean(axis=-1))[()]


def sharpness(pictures, size) -> np.ndarray:
    """Mean squared difference of pixels beside and below each other (...), of pictures (..., n,
    pixels) of this `size`, (height, width) or in colour (height, width, 3).

    A number of no scale of its own: of made pictures as a multiple of that of real ones. A mean of
    several sharp pictures has less; noise has more than any. NaN where a pixel is not finite.

    >>> float(sharpness([[0.0, 1.0, 0.0, 1.0]], (2, 2)))  # two edges of 1, two of 0
    0.5
    """
    x = sample_array(pictures, "pictures", stacks=False)
    size = tuple(whole("each of size", each, 1) for each in several("size", size))
    if len(size) not in (2, 3) or x.shape[-1] != np.prod(size) or size[:2] == (1, 1):
        told = f"pictures have shape {x.shape}, size is {size}"
        raise ValueError(f"{told}: wanted (..., n, pixels), of more than one")
    x = x.reshape(*x.shape[:-1], *size[:2], -1)
    beside, below = (np.diff(x, axis=axis) ** 2 for axis in (-2, -3))
    count = np.prod(beside.shape[-3:]) + np.prod(below.shape[-3:])
    each = (beside.sum(axis=(-3, -2, -1)) + below.sum(axis=(-3, -2, -1))) / count
    return each.mean(axis=-1)[()]
