"""Several samples handed to D as one, so that it can see whether they differ."""

import functools

from ganlab.arguments import whole
from ganlab.backend import tf
from ganlab.gan import Shown


def packing(m):
    """D judges `m` samples at a time, laid side by side: real ones, or fake ones.

    D takes inputs of m times the data's size, and the batch size must be a multiple of m. D
    makes as many decisions as there are packs. What is blurred before goes into the pack:
    `shown=[instance_noise(0.1), packing(2)]`. Lin, Khetan, Fanti and Oh 2018 (PacGAN).
    """
    return Shown(_packs_of(whole("m", m, 1)))


@functools.cache  # the same function each time, so that it is not compiled anew
def _packs_of(m):
    def packed(batch, now):
        members, n, dim = batch.shape
        if n % m:
            raise ValueError(f"packing({m}) of batches of {n}: wanted a multiple of {m}")
        return tf.reshape(batch, (members, n // m, m * dim))

    return packed
