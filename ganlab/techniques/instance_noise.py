"""Noise on all that D sees, so that real and fake samples overlap."""

import numpy as np

from ganlab.arguments import at_least
from ganlab.backend import tf
from ganlab.gan import Shown


def instance_noise(std, until=None, together=False):
    """Gaussian noise on all that D sees, real and fake alike.

    std       its standard deviation, in the data's units: a number, or one for each member
    until     the step of G by which it has fallen to 0, evenly; None: it stays as it is
    together  whether real and fake samples go through D as one batch, as in `Shown`

    Arjovsky and Bottou 2017, section 3; Sønderby and others 2017.
    """
    until = np.inf if until is None else until
    ends = np.minimum(at_least("until", until, 1, infinite=True), 1e30)  # scalars are finite
    scalars = {"std": at_least("std", std, 0), "until": ends}
    return Shown(_blurred, _standard_normal, scalars, bool(together))


def _blurred(batch, now, std, until):
    # A single pack, say, would be spread over all the noise without a word.
    if not batch.shape.is_compatible_with(now.noise.shape):
        shapes = f"of shape {tuple(now.noise.shape)} for batches of shape {tuple(batch.shape)}"
        raise ValueError(f"instance noise is {shapes}: wanted it before what packs them")
    return batch + std * tf.maximum(1.0 - now.step / until, 0.0) * now.noise


def _standard_normal(rng, shape):
    return rng.standard_normal(shape, dtype=np.float32)
