"""The league: its targets, and how a run on one of them is judged, one number a seed.

Words, thresholds and the end of a run are those of `ganlab.endings`: numbers are averaged over the
last tenth of the records up to some step, then judged. The circle has no modes. It is judged as a
ring of eight would be: a sample is good within 0.1 of the circle, an arc of an eighth of it is held
with half its due share of the good samples, and a run is close with nine tenths good and all
arcs held.
"""

from typing import NamedTuple

import numpy as np

from ganlab.data import Circle, Distribution, Gaussian, grid, points, ring, unequal_ring
from ganlab.endings import CLOSE_GOOD, HELD, Modes, at_the_end, last_tenth
from ganlab.metrics import wasserstein
from ganlab.streams import FRESH, stream

TARGETS = {
    "bell": Gaussian(4.0, 0.5),
    "three bumps": points(-2.0, 0.0, 2.0, std=0.2),
    "ring": ring(8),
    "grid": grid(5),
    "circle": Circle(1.0),
    "unequal ring": unequal_ring(),
}
STEPS, RECORDS, SAMPLES = 5000, 50, 2000
ARCS = 8
NEAR = 0.1  # of the circle
TRANSPORTED = 500  # samples whose distance to as many of the target is computed


class Played(NamedTuple):
    """What is left of a run: the step and the samples (records, seeds, n, dim) of each record."""

    steps: np.ndarray
    samples: np.ndarray
    target: Distribution


def close(played, steps):
    """1 for seeds that end close."""
    samples = _until(played, steps)
    finite = np.isfinite(samples[-1]).all(axis=(-2, -1))
    if isinstance(played.target, Circle):
        good, held = on_the_circle(samples)
        return np.where(finite, (good >= CLOSE_GOOD) & (held == ARCS), np.nan)
    return np.where(finite, at_the_end(samples, played.target).words() == "close", np.nan)


def holds_all(played, steps):
    """1 for seeds that end with every mode, or arc, held; on the bell, with nine tenths inside."""
    samples = _until(played, steps)
    finite = np.isfinite(samples[-1]).all(axis=(-2, -1))
    if isinstance(played.target, Circle):
        return np.where(finite, on_the_circle(samples)[1] == ARCS, np.nan)
    end = at_the_end(samples, played.target)
    all_there = end.dropped == 0 if isinstance(end, Modes) else end.inside >= 0.9
    return np.where(finite, all_there, np.nan)


def w1(played, steps):
    """Wasserstein-1 distance of the last 500 samples to the target, or to as many points of it."""
    samples, target = _until(played, steps)[-1, :, :TRANSPORTED], played.target
    fresh = target if target.dim == 1 else target.sample(TRANSPORTED, stream(0, FRESH))
    return wasserstein(samples, fresh)


def on_the_circle(samples):
    """Of samples (records, seeds, n, 2) at the end: the share good, the number of arcs held."""
    good = np.abs(np.linalg.norm(samples, axis=-1) - 1.0) <= NEAR
    angle = np.arctan2(samples[..., 1], samples[..., 0])
    arc = np.floor((np.nan_to_num(angle) + np.pi) / (2 * np.pi) * ARCS).astype(int) % ARCS
    counts = np.stack([(good & (arc == i)).sum(axis=-1) for i in range(ARCS)], axis=-1)
    shares = counts * ARCS / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    return last_tenth(good.mean(axis=-1)), (last_tenth(shares) >= HELD).sum(axis=-1)


def _until(played, steps):
    """The samples in the records up to a step, the untrained networks' apart."""
    return played.samples[1 : np.searchsorted(played.steps, steps, side="right")]
