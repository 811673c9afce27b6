"""Does instance noise at a level that matters help? Chosen by a sweep over seeds from 1000 on."""

from functools import partial

from evidence.claims.minibatch_discrimination import W1
from evidence.outcomes import w1_at_the_end
from evidence.trainings.bell import LAST, OURS, TRAININGS
from evidence.trainings.techniques import NOISE, train_last_with, train_ours_with
from ganlab.evidence import Arm, Protocol, Setting

LARGE = 1.0  # twice the data's width
WITH_TECHNIQUES = {LAST: train_last_with, OURS: train_ours_with}


def against_none(std, *names):
    return {
        name: Setting(
            {
                "noise": Arm(w1_at_the_end, WITH_TECHNIQUES[name], {"std": std}),
                "none": Arm(w1_at_the_end, TRAININGS[name]),
            }
        )
        for name in names
    }


protocol = partial(Protocol, source="ganlab", notebook="05", direction=-1, **W1)

PROTOCOLS = (
    protocol(
        id="E6a.2",
        claim="Noise twice as wide as the data, on all that D sees, brings the generator nearer "
        "to them.",
        measured="W1 at the end of a plain GAN whose D sees everything through normal noise of "
        "standard deviation 1, against W1 without noise; a seed counts from 0.05.",
        says="With wide noise on all that D sees {won} of 100 runs of {setting} end nearer to the "
        "data, {lost} further away",
        settings=against_none(LARGE, LAST, OURS),
    ),
    protocol(
        id="E6b.2",
        claim="Noise at the post's level, put where it belongs, brings the generator nearer to "
        "the data.",
        measured="The same with a standard deviation of 0.001, a five-hundredth of the data's.",
        says="With noise of 0.001 on all that D sees {won} of 100 runs of {setting} end nearer to "
        "the data, {lost} further away",
        settings=against_none(NOISE, LAST),
    ),
)
