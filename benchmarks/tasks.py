"""What the speed benchmark trains: four GANs, described without any framework.

A network is a tuple of layers, named by their activations: "minibatch" stands for
minibatch discrimination, which has a kernel alone, any other for a dense layer. Weights
and batches are NumPy arrays, so that every system starts from the same numbers and sees
the same samples, whether or not it loads TensorFlow.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ganlab import data, latent

LARGE_BATCH = "gaussian-minibatch-128"
KERNELS, KERNEL_DIM = 5, 3  # minibatch discrimination as aylien2016 has it


class Adam(NamedTuple):
    rate: float
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7


class Task(NamedTuple):
    """`generator` and `discriminator` are (input size, ((size, layer), ...)). `start` draws
    (kernel, bias) of a dense layer from its sizes; `block` is how many steps' batches are
    drawn at once by the systems that have no rule of their own."""

    real: data.Distribution
    latent: data.Distribution
    generator: tuple
    discriminator: tuple
    batch_size: int
    adam: Adam
    start: Callable
    block: int


def normal(inputs, outputs, rng):
    return rng.standard_normal((inputs, outputs)), np.zeros(outputs)


def glorot(inputs, outputs, rng):
    limit = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, outputs)), np.zeros(outputs)


def torch_default(inputs, outputs, rng):
    limit = 1 / np.sqrt(inputs)
    return rng.uniform(-limit, limit, (inputs, outputs)), rng.uniform(-limit, limit, outputs)


def _layers(sizes, activation, last="linear"):
    inputs, *hidden, output = sizes
    return inputs, (*((size, activation) for size in hidden), (output, last))


_small = dict(
    real=data.Gaussian(4.0, 0.5),
    latent=latent.Stratified(-8.0, 8.0, jitter=0.01),
    generator=_layers((1, 4, 1), "softplus"),
    batch_size=8,
    adam=Adam(1e-3),
    start=normal,
    block=256,
)

TASKS = {
    # aylien2016, last code
    "gaussian": Task(discriminator=_layers((1, 8, 8, 8, 1), "relu"), **_small),
    "gaussian-minibatch": Task(
        discriminator=(1, ((8, "relu"), (8, "relu"), (8 + KERNELS, "minibatch"), (1, "linear"))),
        **_small,
    ),
    LARGE_BATCH: Task(
        discriminator=(1, ((8, "relu"), (8, "relu"), (8 + KERNELS, "minibatch"), (1, "linear"))),
        **{**_small, "batch_size": 128, "block": 32},
    ),
    # deletang2018
    "plane": Task(
        real=data.Circle(),
        latent=latent.Gaussian(15),
        generator=_layers((15, 50, 50, 50, 50, 2), "leaky_relu"),
        discriminator=_layers((2, 100, 50, 50, 1), "leaky_relu"),
        batch_size=500,
        adam=Adam(1e-5),
        start=glorot,
        block=32,
    ),
    # brycesandlund/paired-discriminator, with PyTorch's default initial weights
    "ring": Task(
        real=data.ring(8, radius=2.0, std=0.1),
        latent=latent.Gaussian(16),
        generator=_layers((16, 128, 128, 2), "leaky_relu"),
        discriminator=_layers((2, 128, 128, 1), "leaky_relu"),
        batch_size=256,
        adam=Adam(2e-4, 0.5, epsilon=1e-8),
        start=torch_default,
        block=32,
    ),
}


def initial_weights(task, seed=0):
    """(generator's, discriminator's) weights of one seed: lists of float32 arrays."""
    networks = []
    for stream, (inputs, layers) in enumerate((task.generator, task.discriminator)):
        rng, weights = np.random.default_rng((seed, stream)), []
        for outputs, layer in layers:
            if layer == "minibatch":
                weights.append(0.02 * rng.standard_normal((inputs, KERNELS * KERNEL_DIM)))
            else:
                weights.extend(task.start(inputs, outputs, rng))
            inputs = outputs
        networks.append([np.asarray(weight, "float32") for weight in weights])
    return tuple(networks)


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
    """Multiplications in the matrix products of one step of D and one of G, for one seed.

    A product forward costs as much as each of the two behind it, by the weights and by the
    input; the latter is not needed in a network's first layer.
    """
    cost = []
    for inputs, layers in (task.generator, task.discriminator):
        products = []
        for outputs, layer in layers:
            products.append(inputs * (KERNELS * KERNEL_DIM if layer == "minibatch" else outputs))
            inputs = outputs
        cost.append((sum(products), products[0]))
    (g, g_first), (d, d_first) = cost
    d_step = g + 2 * (3 * d - d_first)  # samples, then D on both batches and back
    g_step = (3 * g - g_first) + 2 * d  # both forward, back through D to G's weights
    return task.batch_size * (d_step + g_step)
