"""What one step is made of: random numbers, the batches that become of them, and scalars."""

from typing import NamedTuple

import numpy as np

from ganlab.backend import tf


class Drawn(NamedTuple):
    """The random numbers of one player's step, (seeds, n, ...); None for what it does not need.

    real_noise, fake_noise  one for each `Shown`
    added_noise             one for each `Added`
    """

    z: tf.Tensor
    real: tf.Tensor | None
    real_noise: tuple
    fake_noise: tuple
    added_noise: tuple


class Scalars(NamedTuple):
    """The numbers of losses and extensions, dicts of tensors with one value per member."""

    losses: dict
    shown: tuple
    added: tuple
    replaced: tuple


class Batches(NamedTuple):
    """What a loss is made of: the batches as D is shown them, z, the step, and penalties' noise."""

    real: tf.Tensor | None
    fake: tf.Tensor
    z: tf.Tensor
    step: tf.Tensor
    noise: tuple


def drawing(gan, player, length, batch_size):
    """The function that draws `length` steps of one player: rng -> `Drawn`.

    What is drawn first must stay first, or all runs change.
    """
    shape = (length, batch_size, gan.real.dim)
    penalised = player + "d" * gan.foresees  # whose penalties this player's step computes

    def draw_real(rng):
        real = gan.real.sample(shape[:2], rng)
        return np.sort(real, axis=1) if gan.aligned else real

    def draw_noise(rng):
        return tuple(term.draw(rng, shape) if term.draw else None for term in gan.shown)

    def draw(rng):
        nothing = (None,) * len(gan.shown)
        real = draw_real(rng) if player == "d" else None
        z = gan.latent.sample(shape[:2], rng)
        fake_noise = draw_noise(rng)
        if player == "g" and gan.g_sees_real:
            real = draw_real(rng)
        real_noise = nothing if real is None else draw_noise(rng)
        added_noise = tuple(
            term.draw(rng, shape) if term.draw and set(penalised) & set(term.to) else None
            for term in gan.added
        )
        return Drawn(z, real, real_noise, fake_noise, added_noise)

    return draw


def numbers_drawn(gan, batch_size):
    """How many random numbers a step of both players takes for one seed, or somewhat fewer."""
    noise = sum(2 * bool(term.draw) for term in gan.shown)
    noise += sum(bool(term.draw) for term in gan.added)
    d_step = gan.latent.dim + gan.real.dim * (1 + noise)
    g_step = gan.latent.dim + gan.real.dim * bool(gan.g_sees_real)
    return batch_size * (gan.n_critic * d_step + g_step)


def drawn_at(blocks, i):
    """Step i of a block of random numbers."""
    return tf.nest.map_structure(lambda x: None if x is None else tf.gather(x, i), blocks)
