"""Does pretraining D onto the density let G train faster, or end nearer to the data?"""

from functools import partial

from evidence.outcomes import STANDARD, w1_at_the_end, w1_early
from evidence.trainings.perspective2016 import MOST, train_post
from ganlab.evidence import Arm, Protocol, Setting

W1 = {"kind": "wins", "direction": -1, "least": 0.05, "worst": float("inf")}
protocol = partial(Protocol, source="perspective2016", notebook="02", **W1)


def settings(outcome):
    outcome = partial(outcome, target=STANDARD)
    arms = {
        "pretrained": Arm(outcome, train_post),
        "not pretrained": Arm(outcome, train_post, {"pretraining": False}),
    }
    return {"perspective2016": Setting(arms, most=MOST)}


PROTOCOLS = (
    protocol(
        id="B1a.2",
        claim="Pretraining the discriminator on the density lets the generator train faster.",
        measured="W1 averaged over the first 2,500 of 10,000 steps, with D pretrained for 1,000 "
        "steps against without; a seed counts from 0.05.",
        says="With D pretrained {won} of 100 runs are nearer to the data in the first quarter, "
        "{lost} further away",
        settings=settings(w1_early),
    ),
    protocol(
        id="B1b.2",
        claim="Pretraining the discriminator on the density lets the generator end nearer to the "
        "data.",
        measured="W1 at the end of 10,000 steps, with D pretrained against without; a seed counts "
        "from 0.05.",
        says="With D pretrained {won} of 100 runs end nearer to the data, {lost} further away",
        settings=settings(w1_at_the_end),
    ),
)
