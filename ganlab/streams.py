"""Random numbers: a stream for each seed, purpose and number, and none of them twice."""

import numpy as np

# What numbers are drawn for. The first two also tell the networks of one run apart. Not from 0 on:
# NumPy takes (seed, 0, 0) for the seed alone, and `default_rng(seed)` is the reader's.
GENERATOR, DISCRIMINATOR, SHOW, PRETRAIN, WEIGHTS, FRESH, VAE = range(1, 8)


def stream(seed, purpose, number=0):
    """NumPy's generator for one seed, one of the purposes and, within it, a number."""
    return np.random.default_rng((int(seed), purpose, number))
