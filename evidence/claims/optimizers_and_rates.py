"""Is the result fragile to the optimizer and its rates, and which rates work from any start?"""

from functools import partial

from evidence import outcomes
from evidence.trainings.bell import OURS, train_ours
from evidence.trainings.perspective2016 import (
    MOST,
    MOST_MAPS,
    RATES,
    adam,
    momentum,
    sgd,
    train_map,
    train_post,
)
from ganlab.evidence import Arm, Protocol, Setting

CELLS = [(i, j) for i in range(len(RATES)) for j in range(len(RATES))]
OWN = (1, 1)  # the cell of the post's rates
QUICKER = {"D's rate up": (2, 1), "G's rate down": (1, 0)}  # D's is then ten times G's
CELLS.sort(key=lambda cell: cell != OWN)


def ends_close(optimizer):
    close = partial(outcomes.close, target=outcomes.STANDARD)
    return Arm(close, train_post, {} if optimizer is momentum else {"optimizer": optimizer})


def in_cell(optimizer, cell):
    d_rate, g_rate = cell
    close = partial(outcomes.close_in_cell, d_rate=d_rate, g_rate=g_rate, target=outcomes.STANDARD)
    return Arm(close, train_map, {"optimizer": optimizer})


def over_the_map(optimizer):
    """A setting for each pair of rates, the post's own first."""
    return {
        f"D {RATES[d]:g}, G {RATES[g]:g}": Setting(
            {"runs": in_cell(optimizer, (d, g))}, most=MOST_MAPS
        )
        for d, g in CELLS
    }


def quicker_with_adam():
    return {
        f"perspective2016 with Adam, {how}": Setting(
            {"D ten times G": in_cell(adam, cell), "equal": in_cell(adam, OWN)},
            most=MOST_MAPS,
        )
        for how, cell in QUICKER.items()
    }


def ours_quicker(how, **rates):
    arms = {
        "D ten times G": Arm(outcomes.close, train_ours, rates),
        "equal": Arm(outcomes.close, train_ours),
    }
    return {f"{OURS}, {how}": Setting(arms)}


protocol = partial(Protocol, source="perspective2016", notebook="02", worst=0)
mapped = partial(
    protocol,
    source="ganlab",
    measured="Share of runs that end close after 2,000 steps, against one half, for nine pairs of "
    "constant rates; D is pretrained as in the post, which says that its GAN is fragile.",
    reference=0.5,
)

PROTOCOLS = (
    protocol(
        id="B6a.2",
        claim="Another optimizer, at the same rates, spoils the result.",
        measured="Share of runs that end close after 10,000 steps with the post's momentum minus "
        "the share with another optimizer.",
        says="With the post's momentum {first} of 100 runs end close, with {setting} {second}",
        settings={
            name: Setting({"momentum": ends_close(momentum), name: ends_close(other)}, most=MOST)
            for name, other in (("plain SGD", sgd), ("Adam", adam))
        },
    ),
    mapped(
        id="B6b.2",
        claim="With momentum most runs end close, at whatever rates within a factor of ten of the "
        "post's.",
        says="With momentum and rates {setting} {first} of 100 runs end close",
        settings=over_the_map(momentum),
    ),
    mapped(
        id="B6c.2",
        claim="With Adam most runs end close, at whatever of these rates.",
        says="With Adam and rates {setting} {first} of 100 runs end close",
        settings=over_the_map(adam),
    ),
    protocol(
        id="B6d.2",
        source="ganlab",
        claim="With Adam and D's rate ten times G's more runs end close than with equal rates.",
        measured="Share of runs that end close with D's rate ten times as high, or G's a tenth, "
        "minus the share with equal rates: of 0.001 in the map of B6c.2, and the recipe's own "
        "0.002 on N(4, 0.5).",
        says="With D's rate ten times G's {first} of 100 runs end close, with equal rates {second} "
        "({setting})",
        settings={
            **quicker_with_adam(),
            **ours_quicker("D's rate up", d_rate=2e-2),
            **ours_quicker("G's rate down", g_rate=2e-4),
        },
    ),
)
