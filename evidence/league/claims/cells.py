"""Do more runs end close with a technique than with the plain GAN?"""

from functools import partial

from evidence.league.contestants import CONTESTANTS, REFERENCE
from evidence.league.training import play
from ganlab import league
from ganlab.evidence import Arm, Protocol, Setting
from ganlab.league import STEPS, TARGETS

FAMILY = 0.05  # the chance of one false firm statement in the whole league
ROOM = 400  # cells that it may have, those of contestants to come included
MOST = 256  # seeds of a cell: a block of 64 takes from half a minute to a quarter of an hour


def asked(outcome, entry, target, steps=STEPS):
    return Arm(partial(outcome, steps=steps), play, {"entry": entry, "target": target})


def cell(entry, target, steps):
    """An entry, judged after so many steps, against the plain GAN after all of its own."""
    return Setting(
        {
            "technique": asked(league.close, entry, target, steps),
            "plain": asked(league.close, REFERENCE, target),
        },
        most=MOST,
        also={
            "holds all": asked(league.holds_all, entry, target, steps),
            "W1": asked(league.w1, entry, target, steps),
            "plain holds all": asked(league.holds_all, REFERENCE, target),
            "plain W1": asked(league.w1, REFERENCE, target),
        },
    )


def cells(contestant, at_equal_cost):
    """{"target, way": Setting} of a contestant, for one of the two budgets.

    At equal cost there are cells of what costs more than the plain GAN, and of no other; the
    reference itself has none.
    """
    found = {}
    for target_name, target in TARGETS.items():
        for way, entry in contestant.entries().items():
            steps = contestant.equal_steps(entry) if at_equal_cost else STEPS
            if entry != REFERENCE and (steps < STEPS or not at_equal_cost):
                found[f"{target_name}, {way}"] = cell(entry, target, steps)
    return found


PROTOCOLS = tuple(
    Protocol(
        id=f"L{number}{letter}.1",
        source="ganlab",
        claim=f"With {contestant.name} more runs end close than with the plain GAN, {budget}.",
        measured=f"Share of runs that end close with {contestant.name} and with the plain GAN, "
        f"{budget}; evidence/league/contestants.py has what they are.",
        says=f"With {contestant.name} {{first}} of 100 runs end close, "
        "with the plain GAN {second} ({setting})",
        notebook="06",
        worst=0,
        level=FAMILY / ROOM,
        settings=settings,
    )
    for number, contestant in enumerate(CONTESTANTS, start=1)
    for letter, budget in (("a", "at equal steps"), ("b", "at equal cost"))
    if (settings := cells(contestant, at_equal_cost=letter == "b"))
)
