"""The one training of the league: an entry on a target."""

from typing import NamedTuple

import numpy as np

from ganlab.data import Distribution
from ganlab.training import Records

RECORDS, SAMPLES = 50, 2000


class Played(NamedTuple):
    """What is left of a run: the step and the samples (records, seeds, n, dim) of each record."""

    steps: np.ndarray
    samples: np.ndarray
    target: Distribution


def play(seeds, *, entry, target):
    """Train an `Entry` on a target, and look every 100 steps."""
    run = entry.recipe(target).train(seeds=seeds, records=Records(RECORDS, samples=SAMPLES))
    return Played(np.asarray(run.steps), run.samples, target)
