"""Metrics of a whole run: a tenth of 32 seeds, 50 records and 500 samples, in the plane."""

import time

import numpy as np
import pytest

from ganlab import data, distances, kernel_distances, mode_metrics, neighbours

pytestmark = pytest.mark.rest

RING = data.ring()
REAL = RING.sample(500, np.random.default_rng(0))
# Seconds for the tenth, three times or more what an otherwise idle core of 2.3 GHz takes.
CALLS = {
    "good": (0.25, lambda x: mode_metrics.good_share(x, RING)),
    "covered": (0.25, lambda x: mode_metrics.modes_covered(x, RING)),
    "total variation": (0.25, lambda x: mode_metrics.total_variation_of_modes(x, RING)),
    "reverse KL": (0.25, lambda x: mode_metrics.reverse_kl_of_modes(x, RING)),
    "hops": (0.25, lambda x: mode_metrics.hops(x, RING)),
    "precision": (0.5, lambda x: neighbours.precision(x, REAL)),
    "recall": (0.8, lambda x: neighbours.recall(x, REAL)),
    "density": (0.5, lambda x: neighbours.density(x, REAL)),
    "coverage": (0.5, lambda x: neighbours.coverage(x, REAL)),
    "frechet": (0.1, lambda x: distances.frechet(x, REAL)),
    "sliced": (0.4, lambda x: distances.sliced_wasserstein(x, REAL)),
    "kid": (0.3, lambda x: kernel_distances.kid(x, REAL)),
    "mmd": (1.2, lambda x: kernel_distances.mmd(x, REAL, 0.5)),
    "mmd, exact target": (0.8, lambda x: kernel_distances.mmd(x, RING, 0.5)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_a_run_takes_seconds(name):
    limit, call = CALLS[name]
    wide = np.random.default_rng(2).normal(size=(1, 5, 32, 500, 2))
    perfect = RING.sample((5 * 32, 500), np.random.default_rng(1)).reshape(1, 5, 32, 500, 2)
    one_mode = RING.modes[0] + 0.1 * wide
    seconds = []
    for samples in np.concatenate([perfect, wide, one_mode]):
        start = time.process_time()
        call(samples)
        seconds.append(time.process_time() - start)
    assert min(seconds) < limit
