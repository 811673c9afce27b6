"""Does the modern baseline hold more modes than each older remedy by itself, at equal cost?

Relativistic pairing with R1 and R2 (Huang and others 2024) was put forward as what makes the older
remedies needless. Each trains for as many steps as cost what 5,000 of the plain GAN do, on the
unequal ring: of the league's targets the one on which modes are dropped and samples are good. On
the ring nearly all hold all modes, and on the grid hardly a tenth of any GAN's samples is good.
"""

from functools import partial

from evidence.league.contestants import CONTESTANTS
from evidence.outcomes_of_modes import modes_held
from evidence.trainings.equal_cost import play_for
from ganlab.evidence import Arm, Protocol, Setting
from ganlab.league import TARGETS

MOST = 512  # seeds: 64 take from one minute to six
BASELINE = "relativistic, R1 and R2"
OLDER = (
    "WGAN-GP",
    "R1",
    "spectral normalisation",
    "minibatch discrimination",
    "feature matching",
    "packs of 2",
    "unrolled by 5",
)
BY_NAME = {contestant.name: contestant for contestant in CONTESTANTS}


def at_plain_cost(name, way):
    """An arm: the modes that an entry holds when it has cost what the plain GAN costs in full."""
    contestant = BY_NAME[name]
    entry = contestant.entries()[way]
    how = {
        "entry": entry, "target": TARGETS["unequal ring"], "steps": contestant.equal_steps(entry)
    }  # fmt: skip
    return Arm(modes_held, play_for, how)


PROTOCOLS = (
    partial(Protocol, kind="wins", least=1, worst=0)(
        id="F6f.1",
        source="ganlab",
        notebook="06",
        claim="Relativistic pairing with R1 and R2 holds more modes than each older remedy, at "
        "equal cost.",
        measured="How many of the unequal ring's eight modes are held at the end, by the league's "
        "entries, each after as many steps as cost what 5,000 of the plain GAN do (2,400 of the "
        "baseline's); a seed counts from one mode, and a run that is lost holds none. At the "
        "course's rates, and as published, both of a pair.",
        says="The modern baseline holds more modes on {won} of 100 seeds, fewer on {lost} "
        "({setting})",
        settings={
            f"against {name}, {told}": Setting(
                {"baseline": at_plain_cost(BASELINE, way), "older": at_plain_cost(name, way)},
                most=MOST,
            )
            for way, told in (
                ("course's rates", "at the course's rates"),
                ("as published", "as published"),
            )
            for name in OLDER
        },
    ),
)
