"""Does the plain GAN first approximate the Gaussian, and then narrow onto its mean?"""

from evidence import outcomes
from evidence.trainings.aylien2016 import TRAININGS
from ganlab.evidence import Arm, Protocol, Setting

PROTOCOLS = (
    Protocol(
        id="C1a",
        source="aylien2016",
        claim="The plain GAN comes to approximate the Gaussian quite closely.",
        measured="Share of runs whose W1 to the data is at most 0.125 (a quarter of the data's "
        "standard deviation) at one record or more, against one half.",
        notebook="03",
        metric="share of runs",
        kind="rate",
        worst=0,
        reference=0.5,
        settings={
            name: Setting({"came close": Arm(outcomes.came_close, training)})
            for name, training in TRAININGS.items()
        },
    ),
    Protocol(
        id="C1b",
        source="aylien2016",
        claim="Having approximated the Gaussian, the plain GAN narrows onto its mean.",
        measured="Share of runs that came close (as in C1a) and ended with a width below 0.4 "
        "(data: 0.5), minus the share that came close and ended at least that wide.",
        notebook="03",
        metric="difference of shares",
        kind="rate",
        worst=0,
        margin=0.1,
        settings={
            name: Setting(
                {
                    "close, then narrow": Arm(outcomes.came_close_and_narrowed, training),
                    "close, and stayed wide": Arm(outcomes.came_close_and_stayed_wide, training),
                }
            )
            for name, training in TRAININGS.items()
        },
    ),
)
