"""A task as a judge: train a classifier on what was generated, and test it on what is real.

A labelled point is a point with one number more, its label: above 0 for one class, not above 0 for
the other. So whatever learns a distribution learns labels with it, as one more dimension.
"""

import numpy as np
from scipy.spatial import cKDTree

from ganlab.arguments import whole
from ganlab.guards import guard
from ganlab.metrics import points_beside, sample_array
from ganlab.mixtures import Mixture
from ganlab.own import LARGEST


@guard(mixture=Mixture, labels=float)
def with_labels(mixture: Mixture, labels) -> Mixture:
    """The mixture in one dimension more: behind each of its modes stands its label.

    `labels` has one number for each mode, in the order of `mixture.modes`, 1 or -1 say. The label
    has the width of the modes, as every other number does.

    >>> from ganlab.data import points
    >>> with_labels(points((2, 0), (0, 2), std=0.1), (1, -1)).modes.tolist()
    [[2.0, 0.0, 1.0], [0.0, 2.0, -1.0]]
    """
    if labels.shape != (len(mixture.modes),):
        wanted = f"wanted ({len(mixture.modes)},), one label a mode"
        raise ValueError(f"labels has shape {labels.shape}: {wanted}")
    if not (np.abs(labels) <= LARGEST).all():
        raise ValueError("labels hold NaN, or numbers beyond 1e9: wanted 1 or -1, say")
    behind = dict(zip(map(tuple, mixture.modes), labels, strict=True))
    centers = [(*center, behind[tuple(center)]) for center in np.array(mixture.centers, float)]
    return Mixture(centers, mixture.std)


def task_accuracy(samples, real, k: int = 5) -> np.ndarray:
    """Share of the real points that a classifier trained on the samples gets right (...).

    `samples` is (..., n, dim + 1) with n at least k, `real` (..., m, dim + 1): the last number is
    the label, and only whether it is above 0 counts. The classifier asks the k nearest samples,
    k odd, and takes the label of most. NaN for an entry with a NaN. Other real points in place of
    samples give the ceiling. S. Ravuri and O. Vinyals, *Classification Accuracy Score for
    Conditional Generative Models*, NeurIPS 2019.

    >>> made = [[0.0, 1], [0.1, 1], [2.0, -1]]  # on the line: labels 1, 1 and -1
    >>> float(task_accuracy(made, [[0.4, 1], [0.9, 1], [1.2, 1], [3.0, -1]], k=1))
    0.75
    """
    samples = sample_array(samples)
    real = points_beside(samples, real, "real")
    k, n = whole("k", k, 1), samples.shape[-2]
    if k % 2 == 0 or k > n:
        raise ValueError(f"k={k}: wanted an odd number, at most the number of samples, {n}")
    if samples.shape[-1] < 2:
        raise ValueError("samples have dim 1: wanted at least 2, of which the last is the label")

    if max(np.nanmax(np.abs(x), initial=0) for x in (samples, real)) > 1e150:
        raise ValueError("samples or real hold numbers above 1e150: wanted such as have squares")

    def one(made, test):
        if np.isnan(made).any() or np.isnan(test).any():
            return np.nan
        nearest = cKDTree(made[:, :-1]).query(test[:, :-1], range(1, k + 1))[1]
        votes = np.sum(made[nearest, -1] > 0, axis=1)
        return np.mean((2 * votes > k) == (test[:, -1] > 0))

    return np.vectorize(one, signature="(n,d),(m,d)->()", otypes=[np.float64])(samples, real)[()]
