"""Does instance noise at a level that matters help? Chosen by a sweep over seeds from 1000 on."""

from functools import partial

from evidence.claims.noise_and_matching import NEARNESS
from evidence.outcomes import w1_at_the_end
from evidence.trainings.highdim2018 import train_2017_with, train_mended_with
from ganlab.evidence import Arm, Protocol, Setting

TRAININGS = {"the post's GAN": train_2017_with, "mended GAN": train_mended_with}
LARGE = 1.0  # twice the data's width


def against_none(std):
    return {
        name: Setting(
            {
                "noise": Arm(w1_at_the_end, training, {"std": std}),
                "none": Arm(w1_at_the_end, training, {"std": 0.0}),
            }
        )
        for name, training in TRAININGS.items()
    }


protocol = partial(
    Protocol,
    source="ganlab",
    notebook="05",
    direction=-1,
    **NEARNESS,
)

PROTOCOLS = (
    protocol(
        id="E6a",
        claim="Noise twice as wide as the data, on all that D sees, brings the generator nearer "
        "to them.",
        measured="W1 to the data at the end of a plain GAN whose D sees everything through normal "
        "noise of standard deviation 1, minus without noise.",
        settings=against_none(LARGE),
    ),
    protocol(
        id="E6b",
        claim="Noise at the post's level, put where it belongs, brings the generator nearer to "
        "the data.",
        measured="The same with a standard deviation of 0.001, a five-hundredth of the data's.",
        settings=against_none(0.001),
    ),
)
