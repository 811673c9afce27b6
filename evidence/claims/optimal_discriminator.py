"""What is the best discriminator, and the value of the game at it? Checked, not believed."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit

from ganlab.data import Gaussian, Uniform, points, ring
from ganlab.evidence import Protocol
from ganlab.games import cells, jensen_shannon, optimal_discriminator, optimal_logit, value

BELL = Gaussian(4.0, 0.5)
PAIRS = (
    (BELL, Gaussian(4.0, 0.25), [(-12.0, 12.0)]),
    (BELL, Gaussian(5.0, 0.5), [(-12.0, 12.0)]),
    (BELL, Gaussian(0.0, 1.0), [(-12.0, 12.0)]),
    (points(-1.0, 1.0, std=0.3), Uniform(-4.0, 4.0), [(-4.0, 4.0)]),
    (ring(8), Gaussian(0.0, 1.0), None),  # the ring beside itself turned; the Gaussian is not used
)


def log_densities(real, fake, sides):
    if sides is None:
        x, w = cells((-4.0, 4.0), (-4.0, 4.0))
        turned = x @ np.array([[np.cos(0.2), np.sin(0.2)], [-np.sin(0.2), np.cos(0.2)]])
        return real.log_density(x), real.log_density(turned), w
    x, w = cells(*sides)
    return real.log_density(x), fake.log_density(x), w


def best_by_search(p, q):
    """The D in (0, 1) with the largest p log D + q log(1 - D), found without its formula."""

    def loss(logit):
        D = expit(logit)
        return -(p * np.log(D) + q * np.log1p(-D))

    return expit(
        minimize_scalar(loss, bounds=(-12, 12), method="bounded", options={"xatol": 1e-9}).x
    )


def largest_error():
    rng, errors = np.random.default_rng(0), []
    for pair in PAIRS:
        log_p, log_q, w = log_densities(*pair)
        best = value(optimal_logit(log_p, log_q), log_p, log_q, w)
        errors.append(abs(best - (-np.log(4) + 2 * jensen_shannon(log_p, log_q, w))))
        shaken = optimal_logit(log_p, log_q) + rng.normal(0, 0.1, np.shape(log_p))
        errors.append(max(0.0, value(shaken, log_p, log_q, w) - best))
        errors.append(abs(value(np.zeros_like(log_p), log_p, log_p, w) + np.log(4)))
        errors.append(np.abs(optimal_discriminator(np.exp(log_p), np.exp(log_p)) - 0.5).max())
    for p, q in rng.uniform(0.01, 3.0, (50, 2)):
        errors.append(abs(best_by_search(p, q) - optimal_discriminator(p, q)))
    return max(errors)


PROTOCOLS = (
    Protocol(
        id="A1",
        source="deletang2018, module",
        claim="For a fixed generator the best discriminator is p/(p+q); at the optimum it is "
        "1/2 everywhere and the game's value is -log 4.",
        measured="Largest error over five pairs of densities, in one and two dimensions: D* "
        "against a search for the best D at 50 random p and q; V(D*) against -log 4 + 2 JS, both "
        "by quadrature; no shaken D may do better; V at p = q against -log 4.",
        notebook="01",
        check=largest_error,
        tolerance=1e-6,
    ),
)
