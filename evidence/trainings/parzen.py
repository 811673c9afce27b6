"""Kernel densities of samples whose true likelihood is known: no training, only draws."""

from typing import NamedTuple

import numpy as np

from ganlab.data import GaussianMixture
from ganlab.kernel_density import best_bandwidth, kernel_log_density

SAMPLES, HELD_OUT, TEST = 1000, 300, 300


class Judged(NamedTuple):
    """Mean log-likelihood of the test points, in nats, a number for each seed."""

    by_kernels: np.ndarray
    true: np.ndarray  # of the same points, by the density that they were drawn from


def judge_samples(seeds, *, dim, width=1.0):
    """1,000 samples of N(0, width^2 I) stand for data from N(0, I), in `dim` dimensions.

    The bandwidth is the best of 16 on 300 points of the data, and 300 others are judged. The width
    of a perfect sampler is 1; with width 0 all samples are the mean.
    """
    normal = GaussianMixture(np.zeros((1, dim)), np.eye(dim))
    found = []
    for seed in seeds:
        rng = np.random.default_rng([dim, seed])  # the same data for each width
        held_out, test = normal.sample(HELD_OUT, rng), normal.sample(TEST, rng)
        samples = width * normal.sample(SAMPLES, rng)
        bandwidth = best_bandwidth(samples, held_out)
        judged = kernel_log_density(samples, test, bandwidth).mean()
        found.append((judged, normal.log_density(test).mean()))
    return Judged(*np.transpose(found))
