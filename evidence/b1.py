"""Does pretraining D onto the density let G train faster?"""

from functools import partial

import numpy as np
from perspective2016 import SOURCES, at_the_end, train

from ganlab.evidence import Protocol, Setting


def early(source, pretraining):
    """W1 averaged over the first quarter of the run: small where G was fast."""

    def arm(seeds):
        return np.mean(train(tuple(seeds), source, pretraining).w1[:25], axis=0)

    return arm


def late(source, pretraining):
    def arm(seeds):
        return at_the_end(train(tuple(seeds), source, pretraining).w1)

    return arm


def settings(outcome):
    return {
        name: Setting(
            {"pretrained": outcome(source, True), "not pretrained": outcome(source, False)}
        )
        for name, source in SOURCES.items()
    }


protocol = partial(
    Protocol,
    source="perspective2016",
    notebook="02",
    metric="W1 to the data",
    direction=-1,
    margin=0.05,
    worst=10.0,
)

PROTOCOLS = (
    protocol(
        id="B1a",
        claim="Pretraining the discriminator on the density lets the generator train faster.",
        measured="W1 averaged over the first 2,500 of 10,000 steps, with D pretrained for 1,000 "
        "steps minus without.",
        settings=settings(early),
    ),
    protocol(
        id="B1b",
        claim="Pretraining the discriminator on the density lets the generator end nearer to the "
        "data.",
        measured="W1 at the end of 10,000 steps, with D pretrained minus without.",
        settings=settings(late),
    ),
)
