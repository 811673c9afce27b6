"""Would early stopping at a similarity threshold help, and is the threshold ever reached?"""

import numpy as np
from aylien2016 import TRAIN, at_the_end, distance

from ganlab.evidence import Protocol, Setting

THRESHOLD = 0.125  # W1: a quarter of the data's standard deviation


def at_end(training):
    def arm(seeds):
        return at_the_end(distance(training(tuple(seeds))))

    return arm


def stopped(training):
    """W1 at the first record that reaches the threshold; for runs that never do, at the end."""

    def arm(seeds):
        run = training(tuple(seeds))
        reached = distance(run) <= THRESHOLD
        first = distance(run)[np.argmax(reached, axis=0), np.arange(reached.shape[1])]
        return np.where(reached.any(axis=0), first, at_the_end(distance(run)))

    return arm


def never(training):
    def arm(seeds):
        return ~(distance(training(tuple(seeds))) <= THRESHOLD).any(axis=0)

    return arm


PROTOCOLS = (
    Protocol(
        id="C3a",
        source="aylien2016",
        claim="Stopping as soon as the two distributions are similar enough helps.",
        measured="W1 to the data at the end minus W1 at the first record with W1 at most 0.125 "
        "(a quarter of the data's standard deviation); runs without one go on to the end.",
        notebook="03",
        metric="W1 to the data",
        margin=0.025,
        worst=float("inf"),
        settings={
            name: Setting({"trained to the end": at_end(training), "stopped": stopped(training)})
            for name, training in TRAIN.items()
        },
    ),
    Protocol(
        id="C3b",
        source="aylien2016",
        claim="It is hard to guarantee that the threshold is ever reached.",
        measured="Share of runs that have W1 at most 0.125 at no record, against one in five.",
        notebook="03",
        metric="share of runs",
        kind="rate",
        worst=1,
        reference=0.2,
        settings={
            name: Setting({"never reached": never(training)}) for name, training in TRAIN.items()
        },
    ),
)
