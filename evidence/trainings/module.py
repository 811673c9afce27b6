"""The module's demo of a GAN in two dimensions."""

import keras

from ganlab.data import ring
from ganlab.latent import Gaussian
from ganlab.networks import mlp
from ganlab.training import train


def leaky():
    return keras.layers.LeakyReLU(negative_slope=0.2)


def train_demo(seeds):
    """Its data are not named: here a ring of 8 scaled into [-1, 1]."""
    discriminator = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(32),
            leaky(),
            keras.layers.Dense(16),
            leaky(),
            keras.layers.Dense(1),
        ]
    )
    return train(
        mlp((10, 64, 32, 2), "relu", "tanh"),
        discriminator,
        ring(8, radius=0.8, std=0.04),
        Gaussian(10),
        steps=5000,
        seeds=seeds,
        batch_size=64,
        d_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        records=100,
    )
