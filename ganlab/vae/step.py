"""One step of encoder and decoder, for all members at once: draw, encode, decode, descend."""

from types import SimpleNamespace
from typing import NamedTuple

from ganlab.backend import tf
from ganlab.ensemble import call
from ganlab.latent import Gaussian
from ganlab.program import Player, Program
from ganlab.vae.codes import code, divergence

QUANTITIES = ("reconstruction", "kl")  # of a step, averaged over the batch, in nats


class Drawn(NamedTuple):
    """The random numbers of one step: real samples (seeds, n, dim), and the noise in z (seeds, n,
    latent dim)."""

    real: tf.Tensor
    noise: tf.Tensor


def drawing(vae, length, batch_size):
    """The function that draws `length` steps: rng -> `Drawn`.

    What is drawn first must stay first, or all runs change.
    """
    latent = Gaussian(vae.latent_dim)

    def draw(rng):
        real = vae.real.sample((length, batch_size), rng)
        vae.likelihood.refuse("real", real)
        return Drawn(real, latent.sample((length, batch_size), rng))

    return draw


class Autoencoding(Program):
    """Both networks as one player: a step is a step of descent on beta KL - log p(x|z)."""

    def __init__(self, vae, models, recipe, members, tiny, key):
        encoder, decoder = models
        likelihood = vae.likelihood
        both = [*encoder.trainable_variables, *decoder.trainable_variables]
        self.player = Player(SimpleNamespace(trainable_variables=both), members, recipe)
        of_encoder = len(encoder.trainable_variables)

        def step(i, data, given):
            moving, (beta, scalars) = given
            drawn = tf.nest.map_structure(
                lambda block: tf.gather(block, i + moving.start["vae"]), data["vae"]
            )

            def objective(weights):
                mean, log_variance = code(call(encoder, weights[:of_encoder], drawn.real))
                z = mean + tf.exp(0.5 * log_variance) * drawn.noise
                outputs = call(decoder, weights[of_encoder:], z)
                each = likelihood.asked("log_probability", outputs, drawn.real, **scalars)
                reconstruction = self.player.one_per_member(
                    "log_probability, averaged over the batch, has", tf.reduce_mean(each, axis=-1)
                )
                kl = tf.reduce_mean(divergence(mean, log_variance), axis=-1)
                return beta * kl - reconstruction, (reconstruction, kl)

            return list(self.player.descend(objective, moving.rate["vae"])[1])

        super().__init__([self.player], step, QUANTITIES, tiny, key)
