"""The GAN of convolutions on the 8 x 8 digits, with one loss or another, at equal cost.

Networks, data, batches and Adam are those of trainings/pictures.py. Costs are counted in passes of
a batch through one network, as the league counts them (league/contestants.py); each loss is
trained for as many steps as cost what `pictures.STEPS` with R1 do.
"""

from typing import NamedTuple

import numpy as np

from evidence.trainings import pictures
from ganlab import images, latent, losses, techniques
from ganlab.backend import keras
from ganlab.gan import Added, Replaced
from ganlab.training import train

WEIGHT = 3.0  # of R1, in I1b.1 and here; and of R2 beside it
WITH_R1 = 18  # passes of a step


class Loss(NamedTuple):
    """A loss as it is used, with what is added to D's, or done to its weights.

    passes  what a step costs, with its `n_critic` steps of D
    """

    losses: losses.Losses
    added: tuple[Added, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    passes: int = WITH_R1
    n_critic: int = 1

    @property
    def steps(self):
        """Steps that cost what those with R1 do, to the next ten."""
        return round(pictures.STEPS * WITH_R1 / self.passes / 10) * 10


R1 = techniques.r1(WEIGHT)
SLOPE = techniques.gradient_penalty(10.0)  # the weight of its paper
LOSSES = {
    "least squares, R1": Loss(losses.least_squares, (R1,)),
    "hinge, R1": Loss(losses.hinge, (R1,)),
    "relativistic, R1 and R2": Loss(losses.relativistic, (R1, techniques.r2(WEIGHT)), passes=25),
    "hinge, spectral normalisation": Loss(
        losses.hinge, replaced=(techniques.spectral_normalisation(),), passes=12
    ),
    "WGAN-GP, one step of D": Loss(losses.wasserstein, (SLOPE,)),
    "WGAN-GP, five steps of D": Loss(losses.wasserstein, (SLOPE,), passes=70, n_critic=5),
}


def train_with_loss(seeds, *, how):
    """`how` a `Loss`; returns what trainings/pictures.py does."""
    run = train(
        pictures._generator(""),
        pictures._discriminator(""),
        images.digits("train"),
        latent.Gaussian(pictures.LATENT),
        losses=how.losses,
        added=how.added,
        replaced=how.replaced,
        n_critic=how.n_critic,
        steps=how.steps,
        seeds=seeds,
        batch_size=pictures.BATCH,
        d_optimizer=keras.optimizers.Adam(pictures.RATE, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(pictures.RATE, beta_1=0.5),
        records=1,
    )
    return pictures.Drawn(_pictures(run), images.digits("test").array)


# As in `pictures._drawn`, which has been measured with and so is not to be taken apart.
def _pictures(run):
    """`MANY` pictures of every seed, (seeds, MANY, 64), NaN for one that failed."""
    streams = [np.random.default_rng([pictures.MANY, int(seed)]) for seed in run.seeds]
    z = np.stack([run.latent.sample(pictures.MANY, rng) for rng in streams])
    made = np.array(run.generators(z), dtype=float)
    made[list(run.failed)] = np.nan
    return made
