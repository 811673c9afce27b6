"""What minibatch discrimination changes among the ends of runs: narrow ones, and lost ones.

Written after a look at seeds 0 to 31, so it has seeds of its own.
"""

from aylien2016 import at_the_end, distance, width
from d1 import pairs
from minibatch import HALF, RATE, inside

from ganlab.evidence import Protocol


def there(training, seeds, **how):
    run = training(tuple(seeds), **how)
    failed = 0.0 * at_the_end(distance(run))
    return at_the_end(inside(run)) >= 0.9, at_the_end(width(run)) <= HALF, failed


def narrow(training, seeds, **how):
    """1 for seeds that end at the bell with at most half its width; NaN if failed."""
    bell, thin, failed = there(training, seeds, **how)
    return (bell & thin) + failed


def elsewhere(training, seeds, **how):
    """1 for seeds that end with less than nine tenths at the bell; NaN if failed."""
    bell, _, failed = there(training, seeds, **how)
    return ~bell + failed


COMMON = {
    "source": "ganlab",
    "notebook": "04",
    "metric": "difference of shares",
    "seeds": range(96, 128),
    "confirm": range(128, 192),
    **RATE,
    "worst": 1,
}

PROTOCOLS = (
    Protocol(
        id="D6a",
        claim="With minibatch discrimination fewer runs end narrow at the bell.",
        measured="Share of runs that end with nine tenths of their samples within three standard "
        "deviations of the mean but at most half the data's width, with minibatch discrimination "
        "minus without.",
        direction=-1,
        margin=0.05,
        settings=pairs(narrow),
        **COMMON,
    ),
    Protocol(
        id="D6b",
        claim="With minibatch discrimination more runs end away from the bell.",
        measured="Share of runs that end with less than nine tenths of their samples within three "
        "standard deviations of the mean, with minibatch discrimination minus without.",
        margin=0.1,
        settings=pairs(elsewhere),
        **COMMON,
    ),
)
