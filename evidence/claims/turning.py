"""Does a real pair of networks go round its data like the Dirac-GAN, and does R1 stop it?"""

from functools import partial

from evidence.outcomes import settles
from evidence.trainings.turning import train_linear, train_pair
from ganlab.evidence import Arm, Protocol, Setting

WEIGHT = 1.0
# How both players move, and against which D. Of a momentum of 0.9 about half of the runs settle,
# on seeds from 1,000,000 on: no number of seeds would tell that from one half.
TURNING = {
    "Wasserstein, D one line": (train_linear, {}),
    "gradient descent": (train_pair, {}),
    "Adam, beta_1 0.9": (train_pair, {"beta_1": 0.9}),
    "Adam, beta_1 0.5": (train_pair, {"beta_1": 0.5}),
}
PAIRS = {**TURNING, "momentum 0.9": (train_pair, {"momentum": 0.9})}


def damped(training, how):
    """With R1 against without."""
    arms = {
        "R1": Arm(settles, training, {**how, "weight": WEIGHT}),
        "none": Arm(settles, training, how),
    }
    return Setting(arms)


share = partial(Protocol, source="ganlab", notebook="01", worst=0)

PROTOCOLS = (
    share(
        id="A6a.1",
        claim="A real pair of networks does not settle on its data without damping: the distance "
        "does not shrink.",
        measured="Share of runs that settle: at each record of the last tenth of 4,000 steps the "
        "mean of the samples is nearer to the data's than a tenth of what it was at first; against "
        "one half. G has 8 hidden units, D two layers of 16, but for the first setting.",
        says="{first} of 100 runs settle ({setting})",
        reference=0.5,
        direction=-1,
        settings={
            name: Setting({"runs": Arm(settles, training, how)})
            for name, (training, how) in TURNING.items()
        },
    ),
    share(
        id="A6b.1",
        claim="With R1 more runs settle.",
        measured="Share of the same runs that settle with R1 of weight 1, minus the share without.",
        says="With R1 {first} of 100 runs settle, without {second} ({setting})",
        settings={name: damped(training, how) for name, (training, how) in PAIRS.items()},
    ),
)
