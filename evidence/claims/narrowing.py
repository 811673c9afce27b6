"""Does the plain GAN first approximate the Gaussian, and then narrow onto its mean?"""

from functools import partial

from evidence import outcomes
from evidence.trainings.bell import FIRST, LAST, TRAININGS
from ganlab.evidence import Arm, Protocol, Setting

CODES = (FIRST, LAST)
protocol = partial(Protocol, source="aylien2016", notebook="03", worst=0)


def runs(outcome, names=CODES):
    return {name: Setting({"runs": Arm(outcome, TRAININGS[name])}) for name in names}


PROTOCOLS = (
    protocol(
        id="C1a.2",
        claim="The plain GAN comes to approximate the Gaussian quite closely.",
        measured="Share of runs that are close at one record or more, against one half.",
        says="{first} of 100 runs of {setting} come close to the data at some moment",
        reference=0.5,
        settings=runs(outcomes.came_close),
    ),
    protocol(
        id="C1b.2",
        claim="Having approximated the Gaussian, the plain GAN narrows onto its mean.",
        measured="Share of runs that are close at one record or more and end narrow, minus the "
        "share that are close at one and keep the width: end near or close. Both are shares of all "
        "runs: one that never comes close counts as neither.",
        says="Of 100 runs of {setting} {first} come close and end narrow, {second} come close and "
        "stay wide",
        settings={
            name: Setting(
                {
                    "close, then narrow": Arm(outcomes.came_close_ended_narrow, TRAININGS[name]),
                    "close, and stayed wide": Arm(outcomes.came_close_stayed_wide, TRAININGS[name]),
                }
            )
            for name in CODES
        },
    ),
    Protocol(
        id="C1c.2",
        source="ganlab",
        claim="At its end a run has come to rest: fewer than one in ten are unsteady.",
        measured="Share of runs whose last record and last tenth of records disagree on the word "
        "for the end, against 0.1.",
        notebook="03",
        says="{first} of 100 runs of {setting} are unsteady at their end",
        direction=-1,
        reference=0.1,
        worst=1,
        settings=runs(outcomes.not_steady, TRAININGS),
    ),
)
