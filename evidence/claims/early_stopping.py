"""Would early stopping at a similarity threshold help, and is the threshold ever reached?

C3a compares medians, and where most runs never reach the threshold the median difference is 0
whatever happens to the others. C3c counts runs instead. C3a's outcomes had been seen when it was
written, so it has seeds of its own.
"""

from functools import partial

from evidence import outcomes
from evidence.trainings.aylien2016 import TRAININGS
from ganlab.evidence import Arm, Protocol, Setting

PROTOCOLS = (
    Protocol(
        id="C3a",
        source="aylien2016",
        claim="Stopping as soon as the two distributions are similar enough helps.",
        measured="W1 to the data at the end minus W1 at the first record with W1 at most 0.125 "
        "(a quarter of the data's standard deviation); runs without one go on to the end.",
        notebook="03",
        metric="W1 to the data",
        margin=0.025,
        worst=float("inf"),
        settings={
            name: Setting(
                {
                    "trained to the end": Arm(outcomes.w1_at_the_end, training),
                    "stopped": Arm(outcomes.w1_when_stopped, training),
                }
            )
            for name, training in TRAININGS.items()
        },
    ),
    Protocol(
        id="C3b",
        source="aylien2016",
        claim="It is hard to guarantee that the threshold is ever reached.",
        measured="Share of runs that have W1 at most 0.125 at no record, against one in five.",
        notebook="03",
        metric="share of runs",
        kind="rate",
        worst=1,
        reference=0.2,
        settings={
            name: Setting({"never reached": Arm(outcomes.never_came_close, training)})
            for name, training in TRAININGS.items()
        },
    ),
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
            name: Setting(
                {
                    "better": Arm(partial(outcomes.changed_by_stopping, sign=1), training),
                    "worse": Arm(partial(outcomes.changed_by_stopping, sign=-1), training),
                }
            )
            for name, training in TRAININGS.items()
        },
    ),
)
