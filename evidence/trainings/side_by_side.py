"""GANs and variational autoencoders of the same size on the same targets.

The GAN is a recipe of `ganlab.recipes`. The VAE's decoder is its generator, the encoder its
discriminator with other outputs; batch, optimizer and number of steps are the same. The decoder's
standard deviation is the noise around the ring, the circle and the moons, and half the bell's.
"""

from typing import NamedTuple

import numpy as np

from ganlab import recipes, vae
from ganlab.backend import keras
from ganlab.data import Circle, Gaussian, ring, two_moons
from ganlab.networks import mlp

RING, CIRCLE, MOONS, BELL = "ring of 8", "circle", "two moons", "N(4, 0.5)"
TARGETS = {
    RING: ring(8, radius=2.0, std=0.1),
    CIRCLE: Circle(2.0, 0.1),
    MOONS: two_moons(1.0, std=0.1),
    BELL: Gaussian(4.0, 0.5),
}
NOISE = 0.1  # of the targets in the plane
MANY = 2000  # samples that a model is judged by, and as many real points
BELL_STD = TARGETS[BELL].std
LAST = 10  # of the records, to see whether samples still move


class Generated(NamedTuple):
    """What the models of all seeds make, and real points of each seed's own."""

    samples: np.ndarray  # (seeds, MANY, dim), from fresh z
    means: np.ndarray  # the same without the decoder's noise; a GAN has none
    late: np.ndarray  # (LAST, seeds, 500, dim), from one z, over the last fifth of the run
    real: np.ndarray  # (seeds, MANY, dim)


def train_gans(seeds, *, target):
    """The recipe of the plane, and on the line that of notebook 03."""
    aim = TARGETS[target]
    recipe = recipes.ours_after_03() if aim.dim == 1 else recipes.ours_in_the_plane(aim)
    run = recipe.train(seeds=seeds, records=5 * LAST)
    return _generated(run, aim, lambda z: (run.generators(z),) * 2)


def train_remedied_gans(seeds, *, target, remedy):
    """The recipe of the plane with a remedy, a function of trainings/remedies.py."""
    aim = TARGETS[target]
    recipe = recipes.ours_in_the_plane(aim)
    gan = remedy(recipe.gan)
    recipe = recipe.changed(losses=gan.losses, added=gan.added)
    run = recipe.train(seeds=seeds, records=5 * LAST)
    return _generated(run, aim, lambda z: (run.generators(z),) * 2)


def train_vaes(seeds, *, target, learned=False):
    """`learned`: the decoder gives a variance for each number, at least a hundredth of the noise's;
    otherwise its variance is fixed."""
    aim = TARGETS[target]
    if aim.dim == 1:
        encoder, decoder = mlp((1, 8, 8, 8, 2), "tanh"), mlp((1, 4, 1), "softplus")
        likelihood, rate = vae.gaussian((BELL_STD / 2) ** 2), 2e-3
    else:
        encoder = mlp((2, 64, 64, 4), "leaky_relu")
        decoder = mlp((2, 64, 64, 4 if learned else 2), "leaky_relu")
        least = NOISE**2 / 100
        likelihood = vae.learned_gaussian(least) if learned else vae.gaussian(NOISE**2)
        rate = 1e-3
    run = vae.train_vae(
        encoder,
        decoder,
        aim,
        latent_dim=aim.dim,
        likelihood=likelihood,
        steps=5000,
        seeds=seeds,
        batch_size=64,
        optimizer=keras.optimizers.Adam(rate, beta_1=0.5),
        records=5 * LAST,
    )
    return _generated(run, aim, lambda z: (run.generators(z), run.generators(z, noise=False)))


def _generated(run, aim, make):
    """Each seed has its own z and its own real points, or all would share their luck."""
    streams = [np.random.default_rng([MANY, int(seed)]) for seed in run.seeds]
    z = np.stack([run.latent.sample(MANY, rng) for rng in streams])
    real = np.stack([aim.sample(MANY, rng) for rng in streams])
    made = [np.array(x, dtype=float) for x in make(z)]
    for x in made:
        x[list(run.failed)] = np.nan
    return Generated(*made, run.samples[-LAST:], real)
