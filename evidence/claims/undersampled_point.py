"""Is an under-sampled point pulled up? Against the best discriminator, by hand and by play."""

import numpy as np

from ganlab.evidence import Protocol
from ganlab.games import best_response, finite_game, minimax_cost, nonsaturating_cost, play


def largest_error():
    """For random games in which one point is sampled too rarely and the others in proportion.

    With c the cost of a point and q what G samples, G's logits move by -q (c - sum q c), so q
    changes at the rate q * (v - sum q v), v being that move. An error of 1 is noted wherever D
    does not score the rare point above 1/2 and all others below, or its share does not rise.
    """
    rng, errors = np.random.default_rng(0), []
    for _ in range(100):
        k = rng.integers(2, 12)
        p, factor = rng.dirichlet(np.ones(k)), rng.uniform(0.05, 0.95)
        q = np.append(p[0] * factor, p[1:] * (1 - p[0] * factor) / (1 - p[0]))
        for cost, slope in ((minimax_cost, np.log(q / (p + q))), (nonsaturating_cost, None)):
            costs = -np.log(p / (p + q)) if slope is None else slope
            move = -q * (costs - q @ costs)
            wanted = q * (move - q @ move)
            logits, d = play(
                finite_game(p, cost), np.log(q), 0 * q, best_response, step=1e-5, steps=1
            )
            shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
            errors.append(np.abs((shares[1] - shares[0]) / 1e-5 - wanted).max())
            errors.append(float(not (d[1, 0] > 0 > d[1, 1:].max())))
            errors.append(float(not shares[1, 0] > shares[0, 0]))
    return max(errors)


PROTOCOLS = (
    Protocol(
        id="A3",
        source="deletang2018",
        claim="A generator that under-samples a point is pulled towards it by the discriminator's "
        "score.",
        measured="100 random games on a finite set, one point sampled too rarely, the others in "
        "proportion, both losses: the best D scores that point above 1/2 and the others below, and "
        "the change of G's frequencies in one step equals its formula and is positive there.",
        notebook="01",
        check=largest_error,
        tolerance=1e-4,
    ),
)
