"""Do samples concentrate on two points, half each, and spread uniformly over a circle?"""

from functools import partial

from evidence.outcomes_of_modes import (
    evenly_on_the_circle,
    evenly_on_the_points,
    on_the_circle,
    on_the_points,
)
from evidence.trainings.plane import CIRCLE, OURS, POST, TWO_POINTS, train_ours, train_post
from ganlab.evidence import LOOKS, Arm, Protocol, Setting

MOST_POST = 64  # seeds: they take hours


def on(target, outcome, there):
    """A setting for each GAN; beside it the share that is there, evenly or not."""
    found = {}
    for name, training, most in ((POST, train_post, MOST_POST), (OURS, train_ours, LOOKS[-1])):
        runs, wherever = (Arm(asked, training, {"target": target}) for asked in (outcome, there))
        found[name] = Setting({"runs": runs}, most=most, also={"evenly or not": wherever})
    return found


protocol = partial(Protocol, source="deletang2018", notebook="06", reference=0.5, worst=0)

PROTOCOLS = (
    protocol(
        id="F1.1",
        claim="On two points the samples concentrate on both, half on each.",
        measured="Share of runs that end with nine tenths of the samples within 0.3 of one of the "
        "points (-1, 0) and (1, 0), and with four to six tenths of those on each, against one "
        "half; over the last tenth of the records together. The post's GAN takes 20,000 steps, for "
        "the post does not say how many it took; ours 5,000.",
        says="In {first} of 100 runs the samples end on both points, about half on each "
        "({setting})",
        settings=on(TWO_POINTS, evenly_on_the_points, on_the_points),
    ),
    protocol(
        id="F2.1",
        claim="On a circle the samples spread uniformly over it.",
        measured="Share of runs that end with nine tenths of the samples within 0.1 of the circle "
        "of radius 1, and whose shares of eight equal sectors are within 0.1 of even in total "
        "variation, against one half; steps and records as in F1.1.",
        says="In {first} of 100 runs the samples end on the circle and evenly around it "
        "({setting})",
        settings=on(CIRCLE, evenly_on_the_circle, on_the_circle),
    ),
)
