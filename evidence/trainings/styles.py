"""Small StyleGANs of rendered shapes of 8 x 8 pixels, and what their codes say of their pictures.

Settings are those of notebook 11: a z of 16 numbers beside the noise, three layers of mapping, R1
of weight 1, Adam at 1e-3 with beta_1 0.5, 1,000 steps in batches of 32. All have the same shapes.
"""

from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from ganlab import images, latent, techniques
from ganlab.backend import keras
from ganlab.disentangling import path_length
from ganlab.ensemble import Ensemble
from ganlab.initial import initial_weights
from ganlab.streams import GENERATOR
from ganlab.style_gan import Styles, style_gan
from ganlab.training import train

LATENT, SIDE, CHANNELS, SHAPES = 16, 8, 8, 3000
STEPS, BATCH, RATE, R1 = 1000, 32, 1e-3, 1.0
MANY = 1000  # codes that a line is fitted to and tested on, half and half
PAIRS = 500  # of styles that are mixed, and ends of paths
DISC = 0  # its number among `images.KINDS`


class Told(NamedTuple):
    """What the generators of all seeds make of codes of each seed's own.

    codes   {"z": of length 1, "w": its style, "untrained": the style of a mapping that nobody
            trained}, each (seeds, MANY, LATENT)
    seen    (seeds, MANY, pixels) the pictures of these codes, with noise
    coarse, fine, mixed
            (seeds, PAIRS, pixels) without noise: of one style, of another, and of both
    paths   {"z": along a sphere, "w": along a line}, (seeds,) lengths between the same pictures;
            "untrained z" and "untrained w", the same of generators that nobody trained
    """

    codes: dict
    seen: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    mixed: np.ndarray
    paths: dict


def train_styles(seeds, *, all_kinds=False):
    """StyleGANs of discs, or with `all_kinds` of discs, bars and crosses."""
    real = images.shapes(SHAPES, np.random.default_rng(SHAPES), SIDE)
    real = real if all_kinds else real[real.labels == DISC]
    G, D = style_gan(LATENT, (SIDE, SIDE), CHANNELS)
    run = train(
        G,
        D,
        real,
        latent.Gaussian(G.input_shape[-1]),
        steps=STEPS,
        seeds=seeds,
        batch_size=BATCH,
        d_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        added=techniques.r1(R1),
        records=1,
    )
    return _told(run, G)


def _told(run, template):
    first = Ensemble(template, run.seeds, initial_weights(template, run.seeds, GENERATOR))
    styles, untrained = Styles.of(run), Styles.of(SimpleNamespace(generators=first))
    streams = [np.random.default_rng([MANY, int(seed)]) for seed in run.seeds]
    z = np.stack([run.latent.sample(MANY, rng) for rng in streams])
    ends = [np.stack([rng.standard_normal((PAIRS, LATENT)) for rng in streams]) for _ in range(2)]
    one, other = (styles.w(end) for end in ends)
    paths = {}
    for name, each in {"": styles, "untrained ": untrained}.items():
        made = partial(_through, each)
        paths[f"{name}z"] = path_length(made, *ends, along="sphere")
        paths[f"{name}w"] = path_length(each.make, *map(each.w, ends))
    bare = z[..., :LATENT]
    codes = {
        "z": bare / np.linalg.norm(bare, axis=-1, keepdims=True),
        "w": styles.w(z),
        "untrained": untrained.w(z),
    }
    failed = list(run.failed)
    pictures = [run.generators(z), styles.make(one), styles.make(other), styles.make(one, other)]
    pictures = [np.array(each, dtype=float) for each in pictures]
    for each in (*pictures, *paths.values()):
        each[failed] = np.nan
    return Told(codes, *pictures, paths)


def _through(styles, code):
    """Pictures of z, by the mapping."""
    return styles.make(styles.w(code))
