"""Is one D step per G step enough for a Gaussian, and do harder targets need about five?"""

from functools import partial

from evidence.claims.pretraining import W1
from evidence.outcomes import STANDARD, w1_at_the_end, w1_to_bumps
from evidence.trainings.perspective2016 import train_post
from ganlab.evidence import Arm, Protocol, Setting


def five_and_one(outcome, most, **settings):
    arms = {
        "five": Arm(outcome, train_post, {**settings, "n_critic": 5}),
        "one": Arm(outcome, train_post, settings),
    }
    return Setting(arms, most=most)


PROTOCOLS = (
    Protocol(
        id="B5.2",
        source="perspective2016",
        claim="Five D steps for each of G bring the generator nearer to the data than one does.",
        measured="W1 at the end with five D steps for each of G against W1 with one; a seed counts "
        "from 0.05. On the post's N(0, 1), where the post finds one enough, 10,000 G steps; on a "
        "harder target, for which it wants five, three narrow bumps (at -2, 0 and 2, standard "
        "deviation 0.2; ours), 5,000.",
        notebook="02",
        says="With five D steps {won} of 100 runs end nearer to the data than with one, {lost} "
        "further away ({setting})",
        settings={
            "perspective2016": five_and_one(partial(w1_at_the_end, target=STANDARD), 512),
            "three bumps": five_and_one(w1_to_bumps, 1024, bumps=True, steps=5000),
        },
        **W1,
    ),
)
