"""Solutions of the exercises in 01_play_the_minimax_game."""

import numpy as np


def js_divergence(p, q):
    m = (p + q) / 2
    in_p, in_q = p > 0, q > 0
    there = np.sum(p[in_p] * np.log(p[in_p] / m[in_p]))
    back = np.sum(q[in_q] * np.log(q[in_q] / m[in_q]))
    return (there + back) / 2


SOLUTIONS = {"01.1": js_divergence}
