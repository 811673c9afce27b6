"""GANs and variational autoencoders that learn points with their labels, for a task.

The ring of 8, or modes along a line, with one number more: the label, 1 and -1 by turns from mode
to mode, which has the modes' own width. Sizes, batches, optimizers and steps are those of
`side_by_side`; the decoder is told that width.
"""

from typing import NamedTuple

import numpy as np

from ganlab import recipes, vae
from ganlab.backend import keras
from ganlab.data import points, ring
from ganlab.labelled import with_labels
from ganlab.networks import mlp

MANY = 2000  # samples to train on, and real points to test on
BY_TURNS = (1, -1) * 4


class Labelled(NamedTuple):
    """What the models of all seeds make, and real points of each seed's own: (seeds, MANY, dim)."""

    samples: np.ndarray
    real: np.ndarray  # to train on instead
    test: np.ndarray


def train_labelled_gans(seeds, *, std):
    """The recipe of the plane; `std` is the width of the modes."""
    target = with_labels(ring(8, std=std), BY_TURNS)
    return _labelled(recipes.ours_in_the_plane(target).train(seeds=seeds, records=2), target)


def train_labelled_vaes(seeds, *, std):
    target = with_labels(ring(8, std=std), BY_TURNS)
    run = vae.train_vae(
        mlp((3, 64, 64, 4), "leaky_relu"),
        mlp((2, 64, 64, 3), "leaky_relu"),
        target,
        latent_dim=2,
        likelihood=vae.gaussian(std**2),
        steps=5000,
        seeds=seeds,
        batch_size=64,
        optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        records=2,
    )
    return _labelled(run, target)


def train_gans_on_a_line(seeds, *, modes):
    """The recipe of the plane; so many modes on the line, ten widths apart."""
    target = _along_a_line(modes)
    return _labelled(recipes.ours_in_the_plane(target).train(seeds=seeds, records=2), target)


def train_vaes_on_a_line(seeds, *, modes):
    target = _along_a_line(modes)
    run = vae.train_vae(
        mlp((2, 64, 64, 4), "leaky_relu"),
        mlp((2, 64, 64, 2), "leaky_relu"),
        target,
        latent_dim=2,
        likelihood=vae.gaussian(target.std**2),
        steps=5000,
        seeds=seeds,
        batch_size=64,
        optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        records=2,
    )
    return _labelled(run, target)


def _along_a_line(modes):
    places = np.arange(modes) - (modes - 1) / 2
    return with_labels(points(*places, std=0.1), (-1.0) ** np.arange(modes))


def _labelled(run, target):
    """Each seed has its own z and its own real points, or all would share their luck."""
    streams = [np.random.default_rng([MANY, int(seed)]) for seed in run.seeds]
    z = np.stack([run.latent.sample(MANY, rng) for rng in streams])
    real, test = (np.stack([target.sample(MANY, rng) for rng in streams]) for _ in range(2))
    samples = np.array(run.generators(z), dtype=float)
    samples[list(run.failed)] = np.nan
    return Labelled(samples, real, test)
