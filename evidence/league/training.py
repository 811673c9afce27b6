"""The one training of the league: an entry on a target."""

import numpy as np

from ganlab.league import RECORDS, SAMPLES, Played
from ganlab.training import Records


def play(seeds, *, entry, target):
    """Train an `Entry` on a target, and look every 100 steps."""
    run = entry.recipe(target).train(seeds=seeds, records=Records(RECORDS, samples=SAMPLES))
    return Played(np.asarray(run.steps), run.samples, target)
