"""Does early stopping help more runs than it hurts?

C3a compares medians, and where most runs never reach the threshold the median difference is 0
whatever happens to the others. This counts runs instead. C3a's outcomes had been seen when it
was written, so it has seeds of its own.
"""

import numpy as np
from aylien2016 import TRAIN
from c3 import at_end, stopped

from ganlab.evidence import Protocol, Setting

MARGIN = 0.025  # W1: less than that makes no difference


def changed(training, sign):
    def arm(seeds):
        difference = at_end(training)(seeds) - stopped(training)(seeds)
        return np.where(np.isfinite(difference), sign * difference > MARGIN, np.nan)

    return arm


PROTOCOLS = (
    Protocol(
        id="C3c",
        source="aylien2016",
        claim="Stopping as soon as the two distributions are similar enough helps more runs than "
        "it hurts.",
        measured="Share of runs whose W1 at the end is more than 0.025 above that at the first "
        "record with W1 at most 0.125, minus the share in which it is as much below; runs without "
        "such a record count as neither.",
        notebook="03",
        metric="difference of shares",
        kind="rate",
        worst=0,
        margin=0.05,
        seeds=range(96, 128),
        confirm=range(128, 192),
        settings={
            name: Setting({"better": changed(training, 1), "worse": changed(training, -1)})
            for name, training in TRAIN.items()
        },
    ),
)
