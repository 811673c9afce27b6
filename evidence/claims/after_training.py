"""After training, is D flat at 1/2, and does the histogram match?"""

from functools import partial

from evidence import outcomes
from evidence.trainings.perspective2016 import MOST, train_post
from ganlab.evidence import Arm, Protocol, Setting

protocol = partial(Protocol, source="perspective2016", notebook="02", reference=0.5, worst=0)


def settings(outcome):
    return {"perspective2016": Setting({"runs": Arm(outcome, train_post)}, most=MOST)}


PROTOCOLS = (
    protocol(
        id="B4a.2",
        claim="After training, the discriminator is flat at 1/2 where the data are.",
        measured="Share of runs whose D ends, after 10,000 steps, within 0.1 of 1/2 all over the "
        "middle 95 % of the data, against one half.",
        says="In {first} of 100 runs D ends flat at 1/2 where the data are",
        settings=settings(outcomes.flat_at_half),
    ),
    protocol(
        id="B4b.2",
        claim="After training, the generated histogram matches the data.",
        measured="Share of runs that end close after 10,000 steps, against one half.",
        says="{first} of 100 runs end close to the data",
        settings=settings(partial(outcomes.close, target=outcomes.STANDARD)),
    ),
)
