"""Does more end close with a technique than with the plain GAN?"""

from functools import partial

from evidence.league import outcomes
from evidence.league.contestants import REFERENCE, STEPS, TARGETS, entries
from evidence.league.training import play
from ganlab.evidence import Arm, Protocol, Setting

FAMILY = 0.05  # the chance of one false firm statement in the whole league
MOST = 256  # seeds of a cell: a block of 64 takes from half a minute to a quarter of an hour


def asked(outcome, entry, target, steps=STEPS):
    return Arm(partial(outcome, steps=steps), play, {"entry": entry, "target": target})


def cell(entry, target, steps):
    """An entry, judged after so many steps, against the plain GAN after all of its own."""
    return Setting(
        {
            "technique": asked(outcomes.close, entry, target, steps),
            "plain": asked(outcomes.close, REFERENCE, target),
        },
        most=MOST,
        also={
            "holds all": asked(outcomes.holds_all, entry, target, steps),
            "W1": asked(outcomes.w1, entry, target, steps),
            "plain holds all": asked(outcomes.holds_all, REFERENCE, target),
            "plain W1": asked(outcomes.w1, REFERENCE, target),
        },
    )


def at_equal_steps(target):
    return {name: cell(entry, target, STEPS) for name, _, entry in entries()}


def at_equal_cost(target):
    """The cells of what costs more than the plain GAN."""
    return {
        name: cell(entry, target, contestant.equal_steps(entry))
        for name, contestant, entry in entries()
        if contestant.equal_steps(entry) < STEPS
    }


CELLS = {
    ("a", "at equal steps"): at_equal_steps,
    ("b", "at equal cost"): at_equal_cost,
}
NUMBER = len(TARGETS) * sum(len(cells(TARGETS["bell"])) for cells in CELLS.values())

PROTOCOLS = tuple(
    Protocol(
        id=f"L{number}{letter}.1",
        source="ganlab",
        claim=f"On the {name} more runs end close with the technique than without, {budget}.",
        measured="Share of runs that end close, with each technique and with the plain GAN, "
        f"{budget}; evidence/league/contestants.py has what they are.",
        says="With {setting} {first} of 100 runs end close, with the plain GAN {second}",
        notebook="06",
        worst=0,
        level=FAMILY / NUMBER,
        settings=cells(target),
    )
    for number, (name, target) in enumerate(TARGETS.items(), start=1)
    for (letter, budget), cells in CELLS.items()
)
