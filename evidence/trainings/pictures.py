"""GANs that draw the 8 x 8 digits: of convolutions, and of dense layers with as many weights.

Both take 16 numbers to 64 pixels, by 19,266 weights in G and D together with convolutions, and by
17,793 with dense layers. The convolutions keep the guidelines of a DCGAN; each can be left out.
"""

from typing import NamedTuple

import numpy as np

from ganlab import images, latent, techniques
from ganlab.backend import keras
from ganlab.training import train

CHANNELS, UNITS, LATENT = 16, 64, 16
STEPS, BATCH, RATE = 1200, 32, 1e-3
MANY = 600  # pictures that a generator is judged by: as many as there are real ones to test with


class Drawn(NamedTuple):
    """What the generators of all seeds draw, and real pictures that they have not seen."""

    pictures: np.ndarray  # (seeds, MANY, 64), from z of each seed's own
    test: np.ndarray  # (600, 64)


def train_convolutions(seeds, *, r1=0.0, without=""):
    """`without` one of the guidelines: "transposed", "strides", "activations" or "tanh"."""
    return _drawn(seeds, _generator(without), _discriminator(without), r1)


def train_dense(seeds, *, r1=0.0):
    """Two hidden layers of 64 in each network."""
    layers = keras.layers
    hidden = [[layers.Dense(UNITS, "leaky_relu") for _ in range(2)] for _ in range(2)]
    generator = keras.Sequential(
        [keras.Input((LATENT,)), *hidden[0], layers.Dense(64, activation="tanh")]
    )
    discriminator = keras.Sequential([keras.Input((64,)), *hidden[1], layers.Dense(1)])
    return _drawn(seeds, generator, discriminator, r1)


def _generator(without):
    layers, c = keras.layers, CHANNELS
    rectified = "leaky_relu" if without == "activations" else "relu"
    if without == "transposed":
        larger = [
            layers.UpSampling2D(2),
            layers.Conv2D(c, 3, padding="same", activation=rectified),
            layers.UpSampling2D(2),
            layers.Conv2D(1, 3, padding="same"),
        ]
    else:
        larger = [
            layers.Conv2DTranspose(c, 4, strides=2, padding="same", activation=rectified),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same"),
        ]
    first = layers.Dense(4 * 2 * c, rectified)
    last = layers.Activation("linear" if without == "tanh" else "tanh")
    shapes = layers.Reshape((2, 2, 2 * c)), layers.Flatten()
    return keras.Sequential([keras.Input((LATENT,)), first, shapes[0], *larger, last, shapes[1]])


def _discriminator(without):
    layers, c = keras.layers, CHANNELS
    rectified = "relu" if without == "activations" else "leaky_relu"
    if without == "strides":
        smaller = [
            layers.Conv2D(c, 3, padding="same", activation=rectified),
            layers.AveragePooling2D(2),
            layers.Conv2D(2 * c, 3, padding="same", activation=rectified),
            layers.AveragePooling2D(2),
        ]
    else:
        smaller = [
            layers.Conv2D(c, 4, strides=2, padding="same", activation=rectified),
            layers.Conv2D(2 * c, 4, strides=2, padding="same", activation=rectified),
        ]
    ends = layers.Reshape((8, 8, 1)), layers.Flatten()
    return keras.Sequential([keras.Input((64,)), ends[0], *smaller, ends[1], layers.Dense(1)])


def _drawn(seeds, generator, discriminator, r1):
    run = train(
        generator,
        discriminator,
        images.digits("train"),
        latent.Gaussian(LATENT),
        steps=STEPS,
        seeds=seeds,
        batch_size=BATCH,
        d_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        added=techniques.r1(r1) if r1 else (),
        records=1,
    )
    streams = [np.random.default_rng([MANY, int(seed)]) for seed in run.seeds]
    z = np.stack([run.latent.sample(MANY, rng) for rng in streams])
    made = np.array(run.generators(z), dtype=float)
    made[list(run.failed)] = np.nan
    return Drawn(made, images.digits("test").array)
