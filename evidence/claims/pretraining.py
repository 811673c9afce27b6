"""Does pretraining D onto the density let G train faster, or end nearer to the data?"""

from functools import partial

from evidence import outcomes
from evidence.trainings.perspective2016 import JANG, POST, train_post
from ganlab.evidence import Arm, Protocol, Setting


def settings(outcome):
    return {
        name: Setting(
            {
                "pretrained": Arm(outcome, train_post, {"source": source}),
                "not pretrained": Arm(
                    outcome, train_post, {"source": source, "pretraining": False}
                ),
            }
        )
        for name, source in (("the post", POST), ("Jang's", JANG))
    }


protocol = partial(
    Protocol,
    source="perspective2016",
    notebook="02",
    metric="W1 to the data",
    direction=-1,
    margin=0.05,
    worst=10.0,
)

PROTOCOLS = (
    protocol(
        id="B1a",
        claim="Pretraining the discriminator on the density lets the generator train faster.",
        measured="W1 averaged over the first 2,500 of 10,000 steps, with D pretrained for 1,000 "
        "steps minus without.",
        settings=settings(outcomes.computed_w1_early),
    ),
    protocol(
        id="B1b",
        claim="Pretraining the discriminator on the density lets the generator end nearer to the "
        "data.",
        measured="W1 at the end of 10,000 steps, with D pretrained minus without.",
        settings=settings(outcomes.computed_w1_at_the_end),
    ),
)
