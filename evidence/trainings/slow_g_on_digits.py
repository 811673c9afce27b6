"""GANs that draw the 8 x 8 digits with a G far slower than D, and what mends them: dense layers.

`trainings/pictures.py` and `latent_dimensions.py` have one rate for both networks. Their code is
part of what stored results were measured with, so it cannot take another.
"""

import numpy as np

from evidence.trainings.pictures import BATCH, LATENT, MANY, STEPS, UNITS, Drawn
from ganlab import images, latent, techniques
from ganlab.backend import keras
from ganlab.networks import mlp
from ganlab.training import train

D_RATE = 5e-3
SLOW = D_RATE / 250
R1 = 3.0  # its weight, which the digits of notebook 09 need


def train_digits(seeds, *, g_rate, r1):
    """Two hidden layers of 64 in each network, as `pictures.train_dense` has them."""
    layers = keras.layers
    hidden = [layers.Dense(UNITS, "leaky_relu") for _ in range(2)]
    run = train(
        keras.Sequential([keras.Input((LATENT,)), *hidden, layers.Dense(64, "tanh")]),
        mlp((64, UNITS, UNITS, 1)),
        images.digits("train"),
        latent.Gaussian(LATENT),
        steps=STEPS,
        seeds=seeds,
        batch_size=BATCH,
        d_optimizer=keras.optimizers.Adam(D_RATE, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(g_rate, beta_1=0.5),
        added=techniques.r1(R1) if r1 else (),
        records=1,
    )
    streams = [np.random.default_rng([MANY, int(seed)]) for seed in run.seeds]
    z = np.stack([run.latent.sample(MANY, rng) for rng in streams])
    made = np.array(run.generators(z), dtype=float)
    made[list(run.failed)] = np.nan
    return Drawn(made, images.digits("test").array)
