"""Do D's scores begin near 1 and 0 and end near 1/2, its accuracy near 50 %?"""

from evidence import outcomes
from evidence.trainings.aylien2016 import train_2017
from evidence.trainings.module import train_demo
from ganlab.evidence import Arm, Protocol, Setting

TRAININGS = {"module's demo": train_demo, "aylien2016, 2017 code": train_2017}


def settings(name, outcome):
    return {
        setting: Setting({name: Arm(outcome, training)}) for setting, training in TRAININGS.items()
    }


PROTOCOLS = (
    Protocol(
        id="A5a",
        source="module",
        claim="Training starts with D near 1 on real and near 0 on fake samples.",
        measured="Mean score on real minus mean score on fake samples, the largest over the first "
        "half of the records (untrained, D gives about 1/2 to both), against 1/2.",
        notebook="03",
        metric="difference of scores",
        reference=0.5,
        worst=0.0,
        settings=settings("early", outcomes.largest_early_gap),
    ),
    Protocol(
        id="A5b",
        source="module",
        claim="Training ends with D's scores near 1/2 on both.",
        measured="The larger distance from 1/2 of the mean score on real and on fake samples at "
        "the end, against 0.1.",
        notebook="03",
        metric="distance from 1/2",
        direction=-1,
        reference=0.1,
        worst=0.5,
        settings=settings("at the end", outcomes.score_off_half),
    ),
    Protocol(
        id="A5c",
        source="module",
        claim="D's accuracy ends near 50 %.",
        measured="Distance of D's accuracy on its training batches from 1/2 at the end, against "
        "0.1.",
        notebook="03",
        metric="distance from 1/2",
        direction=-1,
        reference=0.1,
        worst=0.5,
        settings=settings("at the end", outcomes.accuracy_off_half),
    ),
)
