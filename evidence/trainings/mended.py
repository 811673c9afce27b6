"""The GAN of aylien2016 mended, as notebook 03 has it: other latents, starts, batch and Adam."""

import keras

from evidence.trainings.aylien2016 import ALL, LARGE, SMALL, TARGET, with_minibatch
from ganlab.latent import Gaussian
from ganlab.losses import nonsaturating
from ganlab.networks import mlp
from ganlab.training import train


def train_mended(
    seeds,
    *,
    minibatch=False,
    neighbours=ALL,
    shown=None,
    losses=nonsaturating,
    batch_size=64,
):
    """Gaussian latents, Keras's own starts, a tanh D, Adam at 2e-3 with beta_1 0.5, 5,000 steps."""
    d_sizes = with_minibatch(LARGE, neighbours, "glorot_uniform") if minibatch else LARGE
    return train(
        mlp(SMALL, "softplus"),
        mlp(d_sizes, "tanh"),
        TARGET,
        Gaussian(),
        steps=5000,
        seeds=seeds,
        batch_size=batch_size,
        losses=losses,
        d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        shown=shown,
        records=100,
    )
