"""How plainly a generator's code says what is in its sample: factors read off a code by a line, and
how far a sample travels while its code does.

A code is what a sample was made of, z, or the w of `ganlab.style_gan`; factors are numbers that are
known of each sample, or measured on it (`images.moments`). Both are small forms of what T. Karras
and others, *A Style-Based Generator Architecture for Generative Adversarial Networks*, CVPR 2019,
section 4, do with classes and with the features of a large network.
"""

import numpy as np

from ganlab.arguments import at_least
from ganlab.guards import a_function, guard, one_of, random_numbers
from ganlab.lookups import asked
from ganlab.metrics import sample_array
from ganlab.own import numbers


def readability(codes, factor) -> np.ndarray:
    """R^2 of a factor read off codes (..., n, dim) by a linear model: one for each (...).

    factor  (..., n), a number for each code; or (..., n, k), several to be read at once, whose
            errors and variances are summed

    The model is that of least squares with a constant, fitted on the first half of the n and tested
    on the others: 1 where the factor is a linear function of the code; 0 if the mean over the test
    half does as well. Codes that say nothing of the factor have about -(dim + 2) / (n / 2), where n
    is many times dim; with few codes far less: -0.1 for dim 16 and n 400, -1 for n 68, which is the
    least. NaN where anything is not finite; 0 where a factor is the same for all. ValueError, in
    one line, for fewer than 4 (dim + 1) codes.

    >>> codes = np.random.default_rng(0).normal(size=(40, 2))
    >>> float(readability(codes, 3 * codes[:, 0] - codes[:, 1] + 5).round(9))
    1.0
    """
    codes = sample_array(codes, "codes", stacks=False)
    factor = numbers("factor", factor, "numbers (..., n)")
    factor = factor[..., None] if factor.ndim == codes.ndim - 1 else factor
    if factor.shape[:-1] != codes.shape[:-1] or not factor.shape[-1]:
        told = f"codes have shape {codes.shape}, factor {np.shape(factor)}"
        raise ValueError(f"{told}: wanted a number, or several, for each code")
    n, dim = codes.shape[-2:]
    if n < 4 * (dim + 1):
        raise ValueError(f"codes have shape {codes.shape}: wanted n of at least {4 * (dim + 1)}")
    members = codes.shape[:-2]
    found = [
        _explained(x, y)
        for x, y in zip(
            codes.reshape(-1, n, dim), factor.reshape(-1, n, factor.shape[-1]), strict=True
        )
    ]
    return np.reshape(found, members)[()]


def _explained(codes, factor):
    """R^2 of one member's second half, by a model of its first half."""
    if not (np.isfinite(codes).all() and np.isfinite(factor).all()):
        return np.nan
    half = len(codes) // 2
    if not np.ptp(factor[half:], axis=0).any():  # exactly: a mean of equal numbers is rounded
        return 0.0
    middle, width = codes[:half].mean(axis=0), codes[:half].std(axis=0)
    x = (codes - middle) / np.where(width > 0, width, 1)  # so that no column's scale matters
    x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    model = np.linalg.lstsq(x[:half], factor[:half], rcond=None)[0]
    error = np.sum((factor[half:] - x[half:] @ model) ** 2)
    spread = np.sum((factor[half:] - factor[half:].mean(axis=0)) ** 2)
    return 1 - error / spread if spread > 0 else 0.0  # squares of tiny numbers are 0


@guard(make=a_function, rng=random_numbers, along=one_of("line", "sphere"))
def path_length(make, start, end, *, step=1e-2, along="line", rng=0) -> np.ndarray:
    """Mean squared speed of samples (...), while codes go from `start` to `end` at an even pace.

    make        gives samples (..., n, dim) of codes (..., n, code dim)
    start, end  codes (..., n, code dim): the ends of n paths
    step        of the way, in which a sample's move is measured, from a place that `rng`, a NumPy
                Generator or a seed for one, draws for each path
    along       the straight "line"; or a great circle of the "sphere" of radius 1 on which both
                ends are put, for a z of which the direction alone counts

    It is |x(t + step) - x(t)|^2 / step^2, summed over the numbers of a sample, averaged over the
    paths: of a linear generator |x(1) - x(0)|^2, and of any at least that, on average over many
    places, if a sample moves evenly over a step. So of two kinds of code with the same samples at
    the ends, the one with the smaller number goes the straighter way, at the evener speed. In the
    paper it is a distance of features. NaN where a sample is not finite, and on the sphere where
    ends lie opposite each other: no way between them is the shortest.

    >>> float(path_length(lambda codes: 3 * codes, [[0.0, 0.0]], [[1.0, 0.0]]).round(6))
    9.0
    """
    start, end = (
        sample_array(codes, name, stacks=False) for name, codes in (("start", start), ("end", end))
    )
    if start.shape != end.shape:
        told = f"start has shape {start.shape}, end {end.shape}"
        raise ValueError(f"{told}: wanted as many codes of each")
    step = float(at_least("step", step, 0))
    if not 0 < step < 1:
        raise ValueError(f"step={step:g}: wanted more than 0, and less than 1")
    t = np.random.default_rng(rng).uniform(0, 1 - step, (*start.shape[:-1], 1))
    way = _along_line if along == "line" else _along_sphere
    made = [asked("make", make, way(start, end, at)) for at in (t, t + step)]
    here, there = (sample_array(samples, "make", stacks=False) for samples in made)
    if here.shape[:-1] != start.shape[:-1]:
        told = f"make gives shape {here.shape} of codes {start.shape}"
        raise ValueError(f"{told}: wanted a sample for each code")
    return np.mean(np.sum(((there - here) / step) ** 2, axis=-1), axis=-1)[()]


def _along_line(start, end, t):
    return start + t * (end - start)


def _along_sphere(start, end, t):
    lengths = [np.linalg.norm(x, axis=-1, keepdims=True) for x in (start, end)]
    for name, length in zip(("start", "end"), lengths, strict=True):
        if (length == 0).any():
            raise ValueError(f"{name} holds a code of zeros: along the sphere it lies nowhere")
    start, end = (x / length for x, length in zip((start, end), lengths, strict=True))
    angle = np.arccos(np.clip(np.sum(start * end, axis=-1, keepdims=True), -1, 1))
    parts = np.sin((1 - t) * angle) * start + np.sin(t * angle) * end
    way = np.where(angle > 1e-6, parts / np.maximum(np.sin(angle), 1e-6), start)
    return np.where(angle < np.pi - 1e-6, way, np.nan)
