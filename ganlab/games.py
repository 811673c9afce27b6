"""The theory made executable; so far the best discriminator, and a generator's own density.

Densities are arrays on any grid. Logarithms are natural.
"""

import numpy as np


def optimal_discriminator(p, q) -> np.ndarray:
    """D* = p / (p + q), the best answer to real p and fake q (Goodfellow et al. 2014).

    `p` and `q` are densities on the same points, any shapes that broadcast. Where both are 0 no
    point is ever seen and every answer is as good; 1/2 is returned, which says so. Far out, where
    densities underflow to 0, take the sigmoid of `optimal_logit` instead.
    """
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    total = p + q
    return np.where(total == 0, 0.5, p / np.where(total == 0, 1, total))


def optimal_logit(log_p, log_q) -> np.ndarray:
    """log p - log q, the logit of D*, from log densities; 0 where both densities are 0."""
    log_p, log_q = np.asarray(log_p, dtype=np.float64), np.asarray(log_q, dtype=np.float64)
    nowhere = np.isneginf(log_p) & np.isneginf(log_q)
    return np.where(nowhere, 0, log_p) - np.where(nowhere, 0, log_q)


def generator_density(x, edges) -> np.ndarray:
    """Density of G(z) for a latent of one variable, averaged over each bin: computed, not sampled.

    `x` (..., m + 1) holds the generator's outputs at the latent quantiles u = 0, 1/m, ..., 1. Each
    of the m cells between neighbours carries probability 1/m; G is taken as linear in u inside a
    cell, so the cell's mass is spread evenly between its two outputs, and the result is exact for
    such maps. `edges` (bins + 1,) increase. Returns float64 (..., bins), NaN where `x` is not
    finite. Mass outside the edges is left out, so `result @ diff(edges)` is the mass inside. A
    cell of no length is a point mass, put into the bin [left, right) that holds it, the last bin
    including its right edge. The quantiles of an unbounded latent are infinite at u = 0 and 1:
    clip u first, for instance to [1e-6, 1 - 1e-6].
    """
    x, edges = np.asarray(x, dtype=np.float64), np.asarray(edges, dtype=np.float64)
    if x.ndim == 0 or x.shape[-1] < 2:
        raise ValueError(f"x has shape {x.shape}; wanted (..., m + 1) with m at least 1")
    if edges.ndim != 1 or len(edges) < 2 or not np.all(np.diff(edges) > 0):
        raise ValueError(f"edges has shape {edges.shape}; wanted (bins + 1,), increasing")
    x = np.where(np.isfinite(x), x, np.nan)
    low = np.minimum(x[..., :-1], x[..., 1:])
    length = np.abs(np.diff(x))
    is_point = length == 0
    divisor = np.where(is_point, 1, length)
    below = []  # the mass below each edge; edge by edge, to need no (..., m, bins) array
    for edge in edges:
        point_below = low <= edge if edge == edges[-1] else low < edge
        share = np.clip(edge - low, 0, length) / divisor + (is_point & point_below)
        below.append(share.mean(axis=-1))
    return np.diff(np.stack(below, axis=-1)) / np.diff(edges)
