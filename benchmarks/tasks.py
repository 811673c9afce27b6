"""The GANs that the speed benchmark trains, described without any framework as `parts` says."""

from collections.abc import Callable
from typing import NamedTuple

from parts import Adam, first_weights, glorot, normal, products, stack, torch_default

from ganlab import data, latent

LARGE_BATCH = "gaussian-minibatch-128"
SHALLOW = (1, ((8, "relu"), (8, "relu"), (13, "minibatch"), (1, "linear")))  # 8 and 5 kernels


class Task(NamedTuple):
    """A GAN; `parts.Kind` says what `start` and `block` are."""

    real: data.Distribution
    latent: data.Distribution
    generator: tuple
    discriminator: tuple
    batch_size: int
    adam: Adam
    start: Callable
    block: int


_small = dict(
    real=data.Gaussian(4.0, 0.5),
    latent=latent.Stratified(-8.0, 8.0, jitter=0.01),
    generator=stack((1, 4, 1), "softplus"),
    batch_size=8,
    adam=Adam(1e-3),
    start=normal,
    block=256,
)

TASKS = {
    # aylien2016, last code
    "gaussian": Task(discriminator=stack((1, 8, 8, 8, 1), "relu"), **_small),
    "gaussian-minibatch": Task(
        discriminator=SHALLOW,
        **_small,
    ),
    LARGE_BATCH: Task(
        discriminator=SHALLOW,
        **{**_small, "batch_size": 128, "block": 32},
    ),
    # deletang2018
    "plane": Task(
        real=data.Circle(),
        latent=latent.Gaussian(15),
        generator=stack((15, 50, 50, 50, 50, 2), "leaky_relu"),
        discriminator=stack((2, 100, 50, 50, 1), "leaky_relu"),
        batch_size=500,
        adam=Adam(1e-5),
        start=glorot,
        block=32,
    ),
    # brycesandlund/paired-discriminator, with PyTorch's default initial weights
    "ring": Task(
        real=data.ring(8, radius=2.0, std=0.1),
        latent=latent.Gaussian(16),
        generator=stack((16, 128, 128, 2), "leaky_relu"),
        discriminator=stack((2, 128, 128, 1), "leaky_relu"),
        batch_size=256,
        adam=Adam(2e-4, 0.5, epsilon=1e-8),
        start=torch_default,
        block=32,
    ),
}


def initial_weights(task, seed=0):
    """(generator's, discriminator's) weights of one seed: lists of float32 arrays."""
    return first_weights((task.generator, task.discriminator), task.start, seed)


def batches(task, rng, seeds=None):
    """A block of batches {"real", "d_z", "g_z"}: (block, batch, dim); with `seeds`, as many
    for each step: (block, seeds, batch, dim)."""
    shape = (task.block, *([seeds] if seeds else []), task.batch_size)
    return {
        "real": task.real.sample(shape, rng),
        "d_z": task.latent.sample(shape, rng),
        "g_z": task.latent.sample(shape, rng),
    }


def multiplications(task):
    """Multiplications in the matrix products of one step of D and one of G, for one seed."""
    (g, g_first), (d, d_first) = products(task.generator), products(task.discriminator)
    d_step = g + 2 * (3 * d - d_first)  # samples, then D on both batches and back
    g_step = (3 * g - g_first) + 2 * d  # both forward, back through D to G's weights
    return task.batch_size * (d_step + g_step)
