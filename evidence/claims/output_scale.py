"""Does scaling G's output to the range of the data make learning easier?"""

from evidence import outcomes
from evidence.trainings.perspective2016 import train_post
from ganlab.evidence import Arm, Protocol, Setting


def arm(**settings):
    return Arm(outcomes.computed_w1_at_the_end, train_post, settings)


PROTOCOLS = (
    Protocol(
        id="B3",
        source="perspective2016",
        claim="Scaling the generator's output to the range of the data makes learning easier.",
        measured="W1 at the end of 10,000 steps with the output times 5 minus W1 with the output "
        "as it is; with the post's tanh at the end of G, which without the factor cannot leave "
        "[-1, 1], and with a linear end.",
        notebook="02",
        metric="W1 to the data",
        direction=-1,
        margin=0.05,
        worst=10.0,
        settings={
            "tanh end (the post)": Setting({"times 5": arm(), "bare": arm(scale=1.0)}),
            "linear end": Setting(
                {"times 5": arm(output=None), "bare": arm(output=None, scale=1.0)}
            ),
        },
    ),
)
