"""After training, is D flat at 1/2, and does the histogram match?"""

from evidence import outcomes
from evidence.trainings.perspective2016 import JANG, POST, train_post
from ganlab.evidence import Arm, Protocol, Setting


def settings(outcome):
    return {
        name: Setting({"at the end": Arm(outcome, train_post, {"source": source})})
        for name, source in (("the post", POST), ("Jang's", JANG))
    }


PROTOCOLS = (
    Protocol(
        id="B4a",
        source="perspective2016",
        claim="After training, the discriminator is flat at 1/2 where the data are.",
        measured="The largest distance of D from 1/2 over the middle 95 % of the data, at the end "
        "of 10,000 steps, against 0.1.",
        notebook="02",
        metric="distance from 1/2",
        direction=-1,
        reference=0.1,
        worst=0.5,
        settings=settings(outcomes.largest_off_half),
    ),
    Protocol(
        id="B4b",
        source="perspective2016",
        claim="After training, the generated histogram matches the data.",
        measured="Share of runs whose W1 to the data at the end of 10,000 steps is at most 0.25, a "
        "quarter of the data's standard deviation, against one half.",
        notebook="02",
        metric="share of runs",
        kind="rate",
        worst=0,
        reference=0.5,
        settings=settings(outcomes.is_good),
    ),
)
