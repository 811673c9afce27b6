"""Solutions of the exercises in 04_let_it_see_the_batch."""

import numpy as np


def mean_closeness(m):
    closeness = np.exp(-abs(m[:, None] - m[None, :]).sum(-1))  # (n, n, kernels)
    return (closeness.sum(1) - 1) / (len(m) - 1)


SOLUTIONS = {"04.1": mean_closeness}
