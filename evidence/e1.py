"""highdim2018: what its six pictures were taken to show."""

from functools import partial

from aylien2016 import at_the_end, distance, width
from highdim2018 import MATCHING, NOISE, NOTHING, TRAIN, finite, left, right

from ganlab.evidence import Protocol, Setting

CLOSE = 0.125  # W1: a quarter of the data's standard deviation


def ends(training, minibatch, technique, seeds):
    return at_the_end(distance(training(tuple(seeds), minibatch, technique)))


def close(training, minibatch, technique, seeds):
    w1 = ends(training, minibatch, technique, seeds)
    return (w1 <= CLOSE) + 0.0 * w1


def tail(side, training, minibatch, technique, seeds):
    run = training(tuple(seeds), minibatch, technique)
    return at_the_end(finite(side(run), run))


def wide(training, minibatch, technique, seeds):
    return at_the_end(width(training(tuple(seeds), minibatch, technique)))


def cells(outcome, *arms):
    """A setting for each training, with arms (name, minibatch, technique)."""
    return {
        setting: Setting(
            {name: partial(outcome, training, mini, technique) for name, mini, technique in arms}
        )
        for setting, training in TRAIN.items()
    }


def tails(minibatch, technique):
    return {
        setting: Setting(
            {
                "left": partial(tail, left, training, minibatch, technique),
                "right": partial(tail, right, training, minibatch, technique),
            }
        )
        for setting, training in TRAIN.items()
    }


PLAIN = [(f"plain, {technique}", False, technique) for technique in (NOTHING, NOISE, MATCHING)]
MINI = [(f"minibatch, {technique}", True, technique) for technique in (NOTHING, NOISE, MATCHING)]

RATE = {"kind": "rate", "worst": 0, "metric": "share of runs", "reference": 0.5}
NEARNESS = {"metric": "W1 to the data", "margin": 0.05, "worst": float("inf")}
TAIL = {"margin": 0.01, "worst": 1.0}
protocol = partial(Protocol, source="highdim2018", notebook="05")

PROTOCOLS = (
    protocol(
        id="E1a",
        claim="With noise and without minibatch discrimination most runs match the bell.",
        measured="Share of runs whose W1 at the end is at most 0.125, a quarter of the data's "
        "standard deviation, against one half.",
        settings=cells(close, PLAIN[1]),
        **RATE,
    ),
    protocol(
        id="E1b",
        claim="With noise and without minibatch discrimination a long tail is left on the left.",
        measured="Share of samples more than three standard deviations below the mean minus the "
        "share as far above it.",
        metric="left tail minus right tail",
        settings=tails(False, NOISE),
        **TAIL,
    ),
    protocol(
        id="E1c",
        claim="Noise brings the generator without minibatch discrimination nearer to the data.",
        measured="W1 to the data at the end, with noise minus without.",
        direction=-1,
        settings=cells(ends, PLAIN[1], PLAIN[0]),
        **NEARNESS,
    ),
)
