"""Does scaling G's output to the range of the data make learning easier?"""

from functools import partial

from evidence.claims.pretraining import W1
from evidence.outcomes import STANDARD, w1_at_the_end
from evidence.trainings.perspective2016 import MOST, train_post
from ganlab.evidence import Arm, Protocol, Setting


def scaled_or_not(**settings):
    outcome = partial(w1_at_the_end, target=STANDARD)
    arms = {
        "times 5": Arm(outcome, train_post, settings),
        "bare": Arm(outcome, train_post, {**settings, "scale": 1.0}),
    }
    return Setting(arms, most=MOST)


PROTOCOLS = (
    Protocol(
        id="B3.2",
        source="perspective2016",
        claim="Scaling the generator's output to the range of the data makes learning easier.",
        measured="W1 at the end of 10,000 steps with the output times 5 against W1 with the output "
        "as it is; with the post's tanh at the end of G, which without the factor cannot leave "
        "[-1, 1], and with a linear end; a seed counts from 0.05.",
        notebook="02",
        says="With G's output scaled {won} of 100 runs end nearer to the data, {lost} further away "
        "({setting})",
        settings={
            "perspective2016, tanh end": scaled_or_not(),
            "linear end": scaled_or_not(output=None),
        },
        **W1,
    ),
)
