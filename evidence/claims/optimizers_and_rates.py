"""Is the result fragile to the optimizer and its settings?"""

from functools import partial

import keras

from evidence import outcomes
from evidence.trainings.perspective2016 import RATES, adam, momentum, sgd, train_map, train_post
from ganlab.evidence import Arm, Protocol, Setting


def good(optimizer):
    return Arm(outcomes.is_good, train_post, {"optimizer": optimizer})


def cells(optimizer):
    """A setting for each pair of rates, the post's own first."""
    places = [(i, j) for i in range(len(RATES)) for j in range(len(RATES))]
    places.sort(key=lambda place: place != (2, 2))
    return {
        f"D {RATES[i]:g}, G {RATES[j]:g}": Setting(
            {
                "good": Arm(
                    partial(outcomes.is_good_in_cell, d_rate=i, g_rate=j),
                    train_map,
                    {"optimizer": optimizer},
                )
            }
        )
        for i, j in places
    }


protocol = partial(
    Protocol,
    source="perspective2016",
    notebook="02",
    metric="share of runs",
    kind="rate",
    worst=0,
)
mapped = partial(
    protocol,
    measured="Share of runs with W1 at most 0.25 at the end of 2,000 steps, against one half, for "
    "25 pairs of constant rates; D is pretrained as in the post.",
    reference=0.5,
)

PROTOCOLS = (
    protocol(
        id="B6a",
        claim="Another optimizer, at the same rates, spoils the result.",
        measured="Share of runs with W1 at most 0.25 at the end of 10,000 steps with the post's "
        "momentum minus the share with another optimizer.",
        margin=0.1,
        settings={
            "plain SGD": Setting({"momentum": good(momentum), "plain SGD": good(sgd)}),
            "Adam": Setting({"momentum": good(momentum), "Adam": good(adam)}),
        },
    ),
    mapped(
        id="B6b",
        claim="With momentum, most runs end well, at whatever rates within a factor of ten of the "
        "post's.",
        settings=cells(partial(keras.optimizers.SGD, momentum=0.6)),
    ),
    mapped(
        id="B6c",
        claim="With plain gradient descent, most runs end well at all of these rates.",
        settings=cells(keras.optimizers.SGD),
    ),
    mapped(
        id="B6d",
        claim="With Adam, most runs end well at all of these rates.",
        settings=cells(keras.optimizers.Adam),
    ),
)
