"""Does the plain GAN first approximate the Gaussian, and then narrow onto its mean?"""

import numpy as np
from aylien2016 import TRAIN, at_the_end, distance, width

from ganlab.evidence import Protocol, Setting

CLOSE = 0.125  # W1: a quarter of the data's standard deviation
NARROW = 0.4  # width: four fifths of it


def failed(run):
    """NaN for seeds that did not stay finite, else 0."""
    return np.where(np.isfinite(distance(run)[-1]), 0.0, np.nan)


def approximated(run):
    return np.nanmin(np.nan_to_num(distance(run), nan=np.inf), axis=0) <= CLOSE


def close(training):
    def arm(seeds):
        run = training(tuple(seeds))
        return approximated(run) + failed(run)

    return arm


def close_then(training, narrow):
    def arm(seeds):
        run = training(tuple(seeds))
        return (approximated(run) & ((at_the_end(width(run)) < NARROW) == narrow)) + failed(run)

    return arm


PROTOCOLS = (
    Protocol(
        id="C1a",
        source="aylien2016",
        claim="The plain GAN comes to approximate the Gaussian quite closely.",
        measured="Share of runs whose W1 to the data is at most 0.125 (a quarter of the data's "
        "standard deviation) at one record or more, against one half.",
        notebook="03",
        metric="share of runs",
        kind="rate",
        worst=0,
        reference=0.5,
        settings={
            name: Setting({"came close": close(training)}) for name, training in TRAIN.items()
        },
    ),
    Protocol(
        id="C1b",
        source="aylien2016",
        claim="Having approximated the Gaussian, the plain GAN narrows onto its mean.",
        measured="Share of runs that came close (as in C1a) and ended with a width below 0.4 "
        "(data: 0.5), minus the share that came close and ended at least that wide.",
        notebook="03",
        metric="difference of shares",
        kind="rate",
        worst=0,
        margin=0.1,
        settings={
            name: Setting(
                {
                    "close, then narrow": close_then(training, narrow=True),
                    "close, and stayed wide": close_then(training, narrow=False),
                }
            )
            for name, training in TRAIN.items()
        },
    ),
)
