"""deletang2018's thought experiment: tabular players on a finite set, instead of networks.

Seeds differ in the data's frequencies and in where the players start.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from ganlab.games import finite_game, play

PLACES, DRAWN, STEP, ROUNDS = 60, 30, 4.0, 20_000


class Played(NamedTuple):
    """Frequencies of the data (seeds, places), and of G over the last tenth of the records,
    (seeds, records, places)."""

    p: np.ndarray
    q: np.ndarray


def play_minimax(seeds, *, method):
    """Play the minimax game by `method`, one of the ways to play of `ganlab.games`.

    Of 60 places, data are 30 draws with replacement, so that about 36 places have none.
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    drawn = [np.bincount(rng.integers(PLACES, size=DRAWN), minlength=PLACES) for rng in rngs]
    p = np.array(drawn) / DRAWN
    g, d, q = np.array([rng.normal(size=PLACES) for rng in rngs]), np.zeros(p.shape), []
    for record in range(100):
        states = play(finite_game(p), g, d, method, step=STEP, steps=ROUNDS // 100)
        g, d = (player[-1] for player in states)
        q += [softmax(g, axis=-1)] * (record >= 90)
    return Played(p, np.stack(q, axis=1))
