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
    half = getattr(probabilities, "dtype", None) == np.float16
    known, sums = np.isfinite(p).all(axis=-1), p.sum(axis=-1)
    bad = known & ((p < -1e-6).any(axis=-1) | (np.abs(sums - 1) > (1e-3 if half else 1e-4)))
    if bad.any():
        least, total = p[bad][0].min(), sums[bad][0]
        given = f"probabilities have a row that sums to {total:.6g}, its least {least:.3g}"
        raise ValueError(f"{given}: wanted rows of 0 to 1 that sum to 1")
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


def moments(pictures, size) -> dict:
    """Where the light of pictures (..., n, pixels) is, and how it lies: {name: (..., n)}.

    x, y       its middle; the picture reaches from -1 to 1, and y goes down
    spread     the root of its mean squared distance from there
    roundness  a / (2 pi spread^2), a being the area that is lit, of 4: of a disc 1, and of whatever
               else less, however large. Of a cross of `shapes` 0.70, of a bar 0.45; of pixels a
               tenth less where there are 16 x 16, a quarter where there are 8 x 8

    Light is (pixel + 1) / 2, spread evenly over its pixel, and none below -1 and no more above 1;
    `size` is (height, width). So these are known of any picture, of a made one as of a real one,
    and nothing is estimated. NaN where a pixel is not finite, or nothing is lit.

    >>> moments([[-1.0, -1.0, -1.0, 1.0]], (2, 2))["x"]
    array([0.5])
    """
    light = (np.clip(sample_array(pictures, "pictures", stacks=False), -1, 1) + 1) / 2
    size = tuple(whole("each of size", each, 1) for each in several("size", size))
    if len(size) != 2 or light.shape[-1] != np.prod(size):
        told = f"pictures have shape {light.shape}, size is {size}"
        raise ValueError(f"{told}: wanted (..., n, height * width)")
    down, right = (axis.ravel() for axis in np.meshgrid(*map(_middles, size), indexing="ij"))
    whole_light = light.sum(axis=-1)
    whole_light = np.where(whole_light > 0, whole_light, np.nan)
    x, y = light @ right / whole_light, light @ down / whole_light
    squares = light @ (right**2 + down**2) / whole_light - x**2 - y**2
    # A pixel is no point: within it light is spread evenly, which adds its own second moment.
    squares = squares + (1 / size[0] ** 2 + 1 / size[1] ** 2) / 3
    area = 4 * whole_light / np.prod(size)
    return {"x": x, "y": y, "spread": np.sqrt(squares), "roundness": area / (2 * np.pi * squares)}


def _middles(count):
    return (2 * np.arange(count) + 1) / count - 1
