"""GANs that draw larger pictures: rendered digits of 16 x 16 pixels in six fonts, two of them bold.

All is known about these pictures, and there are as many as one asks for. Adam at 2e-3 with beta_1
0.5, 1,000 steps in batches of 32, R1 of weight 1 on D's slope in the picture: tried on seeds from
1,000,000 on, as were the networks.
"""

from typing import NamedTuple

import numpy as np

from ganlab import images, techniques
from ganlab.backend import keras
from ganlab.conditions import Conditioned, joint, one_hot
from ganlab.latent import Gaussian
from ganlab.networks import conditional_dcgan, dcgan, mlp
from ganlab.training import train

LATENT, PIXELS, SIZE = 16, 256, (16, 16)
DIGITS, FONTS, BOLD = 10, 6, (1, 5)  # and which of the fonts are bold
MANY = 600  # pictures that a generator is judged by, ten of each digit in each font


class Glyphs(NamedTuple):
    """Real ones, or those that generators drew and what each was asked to be."""

    pictures: np.ndarray  # (n, 256), or (seeds, n, 256)
    digits: np.ndarray  # (n,)
    fonts: np.ndarray  # (n,), numbers in images.drawn.FONTS


class Made(NamedTuple):
    """What generators drew, and real glyphs that they have not seen."""

    samples: np.ndarray  # (seeds, MANY, 256)
    real: np.ndarray  # (MANY, 256)


def real_glyphs(n, seed):
    drawn = images.glyphs(n, np.random.default_rng(seed))
    return Glyphs(drawn.array, drawn.factors["character"], drawn.factors["font"])


def train_on_fonts(seeds, *, bold_digits=DIGITS, one_of_sixty=False):
    """A conditional GAN that is told digit and font, and of the bold fonts is shown so many digits,
    from 0 on. The wish is a one in ten numbers and a one in six, or a one in sixty."""
    real = real_glyphs(3000, 0)
    shown = ~(np.isin(real.fonts, BOLD) & (real.digits >= bold_digits))
    wishes = _wishes(real.digits, real.fonts, one_of_sixty)[shown]
    z = Conditioned(Gaussian(LATENT), wishes)
    networks = conditional_dcgan(LATENT, SIZE, wishes.shape[1])
    run = _trained(networks, joint(real.pictures[shown], wishes), z, seeds)
    digits, fonts = np.arange(MANY) % DIGITS, np.arange(MANY) // DIGITS % FONTS
    wanted = _wishes(digits, fonts, one_of_sixty)
    return Glyphs(_made(run, lambda rng: z.given(wanted, rng)), digits, fonts)


def train_and_ask_by_a_sum(seeds):
    """As `train_on_fonts` with the 0 alone bold and one of sixty; but for another bold digit it is
    asked by a sum of what it has learned: that digit in the font before, which is the same but for
    its weight, and the bold 0, less the 0 of that font."""
    real = real_glyphs(3000, 0)
    shown = ~(np.isin(real.fonts, BOLD) & (real.digits > 0))
    wishes = _wishes(real.digits, real.fonts, one_of_sixty=True)[shown]
    z = Conditioned(Gaussian(LATENT), wishes)
    networks = conditional_dcgan(LATENT, SIZE, wishes.shape[1])
    run = _trained(networks, joint(real.pictures[shown], wishes), z, seeds)
    digits, fonts = np.arange(MANY) % DIGITS, np.arange(MANY) // DIGITS % FONTS
    wanted = _wishes(digits, fonts, one_of_sixty=True)
    hidden = np.isin(fonts, BOLD) & (digits > 0)
    digit, bold = digits[hidden], fonts[hidden]
    parts = ((digit, bold - 1, 1), (0, bold, 1), (0, bold - 1, -1))
    wanted[hidden] = sum(sign * _wishes(which, font, True) for which, font, sign in parts)
    return Glyphs(_made(run, lambda rng: z.given(wanted, rng)), digits, fonts)


def _wishes(digits, fonts, one_of_sixty):
    if one_of_sixty:
        return one_hot(FONTS * digits + fonts, DIGITS * FONTS)
    return np.concatenate([one_hot(digits, DIGITS), one_hot(fonts, FONTS)], axis=1)


def train_on_glyphs(seeds, *, dense=False):
    """Without a condition: a DCGAN, or dense networks of four times as many weights."""
    networks = dcgan(LATENT, SIZE)
    if dense:
        networks = (
            mlp((LATENT, 128, 128, PIXELS), "leaky_relu", "tanh"),
            mlp((PIXELS, 128, 128, 1), "leaky_relu"),
        )
    z = Gaussian(LATENT)
    run = _trained(networks, real_glyphs(3000, 0).pictures, z, seeds)
    return Made(_made(run, lambda rng: z.sample(MANY, rng)), real_glyphs(MANY, 2).pictures)


def _trained(networks, data, z, seeds):
    return train(
        *networks,
        data,
        z,
        seeds=seeds,
        steps=1000,
        batch_size=32,
        d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        added=techniques.r1(1.0, first=PIXELS),
        records=1,
    )


def _made(run, drawn):
    z = np.stack([drawn(np.random.default_rng([MANY, int(seed)])) for seed in run.seeds])
    made = np.array(run.generators(z)[..., :PIXELS], dtype=float)
    made[list(run.failed)] = np.nan
    return made
