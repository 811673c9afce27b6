"""Is one D step per G step enough for a Gaussian, and do harder targets need about five?"""

from evidence import outcomes
from evidence.trainings.perspective2016 import BUMPS, train_one_and_five, train_post
from ganlab.evidence import Arm, Protocol, Setting


def on_bumps(n_critic):
    settings = {"source": BUMPS, "n_critic": n_critic, "steps": 5000}
    return Arm(outcomes.computed_w1_at_the_end, train_post, settings)


PROTOCOLS = (
    Protocol(
        id="B5a",
        source="perspective2016",
        claim="One D step per G step is enough for a Gaussian.",
        measured="W1 at the end of 10,000 G steps with one D step each minus W1 with five, against "
        "0.05, the most that may be lost.",
        notebook="02",
        metric="difference of W1",
        direction=-1,
        reference=0.05,
        worst=10.0,
        settings={
            "the post": Setting(
                {"one minus five": Arm(outcomes.difference_of_w1, train_one_and_five)}
            )
        },
    ),
    Protocol(
        id="B5b",
        source="perspective2016",
        claim="A harder target needs about five D steps per G step.",
        measured="The post's GAN on three narrow bumps (at -2, 0 and 2, standard deviation 0.2): "
        "W1 at the end of 5,000 G steps with one D step each minus W1 with five.",
        notebook="02",
        metric="W1 to the data",
        margin=0.05,
        worst=10.0,
        settings={"three bumps": Setting({"one": on_bumps(1), "five": on_bumps(5)})},
    ),
)
