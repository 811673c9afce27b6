"""Is it the clamp that leaves runs stuck? Not a claim of the post: found while measuring it.

Where tanh of D's output lies beyond [0.01, 0.99], the sample gives no gradient, to G nor to D. A
sigmoid has no such places.
"""

from evidence.outcomes import is_stuck
from evidence.trainings.perspective2016 import train_post
from ganlab.evidence import Arm, Protocol, Setting

PROTOCOLS = (
    Protocol(
        id="B7",
        source="perspective2016",
        claim="With a sigmoid in place of the clamped tanh fewer runs get stuck far from the data. "
        "(Our question, not the post's.)",
        measured="Share of runs whose W1 at the end of 10,000 steps is above 1, the data's "
        "standard deviation: with D = tanh cut to [0.01, 0.99] minus with D = sigmoid; D "
        "pretrained in both.",
        notebook="02",
        metric="share of runs",
        kind="rate",
        worst=1,
        margin=0.02,
        settings={
            "the post": Setting(
                {
                    "clamped tanh": Arm(is_stuck, train_post),
                    "sigmoid": Arm(is_stuck, train_post, {"sigmoid": True}),
                }
            )
        },
    ),
)
