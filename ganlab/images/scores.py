"""A number made of a classifier's probabilities."""

import numpy as np
from scipy.special import rel_entr

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
