"""Is it the clamp that leaves runs stuck? Not a claim of the post: found while measuring it.

Where tanh of D's output lies beyond [0.01, 0.99], the sample gives no gradient, to G nor to D. A
sigmoid has no such places.
"""

from functools import partial

from evidence.outcomes import STANDARD, missed
from evidence.trainings.perspective2016 import MOST, train_post
from ganlab.evidence import Arm, Protocol, Setting

STUCK = partial(missed, target=STANDARD)

PROTOCOLS = (
    Protocol(
        id="B7.2",
        source="ganlab",
        claim="With a sigmoid in place of the clamped tanh fewer runs miss the data.",
        measured="Share of runs that end lost or partly after 10,000 steps: with D = tanh cut to "
        "[0.01, 0.99] minus with D = sigmoid; D pretrained in both. The margin is 0.02, for few "
        "runs can miss the data at all.",
        notebook="02",
        says="With the clamped tanh {first} of 100 runs end lost or partly, with a sigmoid "
        "{second}",
        margin=0.02,
        worst=1,
        settings={
            "perspective2016": Setting(
                {
                    "clamped tanh": Arm(STUCK, train_post),
                    "sigmoid": Arm(STUCK, train_post, {"sigmoid": True}),
                },
                most=MOST,
            )
        },
    ),
)
