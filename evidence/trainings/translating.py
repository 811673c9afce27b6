"""CycleGANs that translate digits of 8 x 8 where the true partner of every picture is known.

One half of the 1,197 pictures stands for the one kind, the translated other half for the other, so
none has its partner among the data; which half is the same for all seeds. 600 test pictures are
translated and compared with their true partners. Adam at 1e-3 with beta_1 0.5, 500 steps in batches
of 32, the non-saturating loss.
"""

from typing import NamedTuple

import numpy as np

from ganlab import images
from ganlab.backend import keras
from ganlab.conditions import joint
from ganlab.images.domains import TRANSLATIONS
from ganlab.techniques import cycle_consistency, identity_loss
from ganlab.training import train
from ganlab.translation import Unpaired, cyclegan, side_by_side

STEPS, BATCH, RATE, SIDE, HIDDEN = 500, 32, 1e-3, 8, 64
PIXELS = SIDE**2


class Translated(NamedTuple):
    """What generators made of the test pictures; NaN where a seed failed."""

    made: np.ndarray  # (seeds, 600, 64)
    undone: np.ndarray  # the same after the true way back, to be read as the digits they were
    back: np.ndarray  # what the other half made of them
    before: np.ndarray  # (600, 64), the test pictures
    partners: np.ndarray  # (600, 64), their true partners
    labels: np.ndarray  # (600,)


def train_translators(seeds, *, translation="negative", dense=False, cycle=0.0, identity=0.0):
    """`translation` is its own way back: "negative" or "mirrored". `cycle` and `identity` are the
    weights of the two terms; `dense` translators have a hidden layer of 64 in the place of
    convolutions."""
    one, other = images.domains(images.digits("train"), translation, np.random.default_rng(0))
    generator, discriminator = cyclegan((SIDE, SIDE))
    run = train(
        side_by_side(_dense, PIXELS) if dense else generator,
        discriminator,
        Unpaired(other, one),
        Unpaired(one, other),
        seeds=seeds,
        steps=STEPS,
        batch_size=BATCH,
        d_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        added=[cycle_consistency(cycle), identity_loss(identity)],
        records=1,
    )
    test, partners = images.domains(images.digits("test"), translation)
    there = np.array(run.generators(joint(test.array, partners.array)), dtype=float)
    again = run.generators(np.concatenate([there[..., PIXELS:], there[..., :PIXELS]], axis=-1))
    made, back = there[..., :PIXELS], np.array(again[..., PIXELS:], dtype=float)
    made[list(run.failed)] = back[list(run.failed)] = np.nan
    undone = TRANSLATIONS[translation](made.reshape(-1, SIDE, SIDE)).reshape(made.shape)
    return Translated(made, undone, back, test.array, partners.array, test.labels)


def _dense():
    return [keras.layers.Dense(HIDDEN, "relu"), keras.layers.Dense(PIXELS, "tanh")]
