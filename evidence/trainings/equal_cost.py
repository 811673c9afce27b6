"""Entries of the league for as many steps as they have at some cost, and no more."""

import numpy as np

from ganlab.league import SAMPLES, Played
from ganlab.training import Records

EVERY = 100  # steps between records, as in the league


def play_for(seeds, *, entry, target, steps):
    """Train an `Entry` of evidence/league on a target for `steps` steps of G."""
    records = Records(steps // EVERY, samples=SAMPLES)
    run = entry.recipe(target).train(seeds=seeds, steps=steps, records=records)
    return Played(np.asarray(run.steps), run.samples, target)
