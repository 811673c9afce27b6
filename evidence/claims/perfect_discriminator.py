"""What does a perfect discriminator leave for the generator to learn from?

D = D* is held fixed while G moves. Then the slope of E_q log(1 - D) is that of 2 JS(p, q), and
the slope of -E_q log D is that of KL(q || p) - 2 JS(p, q): M. Arjovsky, L. Bottou, "Towards
Principled Methods for Training Generative Adversarial Networks", ICLR 2017, theorem 2.5.
"""

import numpy as np
from scipy.special import expit

from ganlab.data import Gaussian
from ganlab.evidence import Protocol
from ganlab.games import cells, jensen_shannon, kl, optimal_logit

STD, DISTANCES = 0.5, (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
X, W = cells((-20.0, 20.0))
LOG_P = Gaussian(0.0, STD).log_density(X)


def log_q(distance):
    return Gaussian(distance, STD).log_density(X)


def slope(function, distance, h=1e-4):
    """By central differences; the divergences are even and smooth in the distance."""
    return (function(distance + h) - function(distance - h)) / (2 * h)


def felt(distance, of_logit):
    """E_q of the derivative of a cost along x, D held fixed: what a moving G feels."""
    logit = optimal_logit(LOG_P, log_q(distance))
    along_x = -distance / STD**2  # both bells have one width, so the logit is a line
    return np.sum(W * np.exp(log_q(distance)) * of_logit(logit) * along_x)


def minimax_error():
    """Also 1 if, sixteen widths away, anything above 1e-6 is left."""
    errors = []
    for distance in DISTANCES:
        exact = slope(lambda m: 2 * jensen_shannon(LOG_P, log_q(m), W), distance)
        errors.append(abs(felt(distance, lambda logit: -expit(logit)) - exact))
    far = abs(felt(16 * STD, lambda logit: -expit(logit)))
    return max(*errors, float(far > 1e-6))


def nonsaturating_error():
    """Also 1 if the slope does not grow with the distance."""
    errors, slopes = [], []
    for distance in DISTANCES:
        exact = slope(
            lambda m: kl(log_q(m), LOG_P, W) - 2 * jensen_shannon(LOG_P, log_q(m), W), distance
        )
        slopes.append(felt(distance, lambda logit: -(1 - expit(logit))))
        errors.append(abs(slopes[-1] - exact))
    return max(*errors, float(not np.all(np.diff(slopes) > 0)))


PROTOCOLS = (
    Protocol(
        id="A4a",
        source="deletang2018",
        claim="With the minimax loss a perfect discriminator gives the generator no gradient "
        "where data and samples do not overlap.",
        measured="Two bells of one width, six distances: the slope of E log(1 - D) with D = D* "
        "held fixed against the slope of 2 JS; sixteen widths apart it must be below 1e-6.",
        notebook="01",
        check=minimax_error,
        tolerance=1e-5,
    ),
    Protocol(
        id="A4b",
        source="deletang2018",
        claim="With the non-saturating loss it does: the further away, the larger the gradient.",
        measured="The same for -E log D, against the slope of KL(q || p) - 2 JS; it must grow with "
        "the distance.",
        notebook="01",
        check=nonsaturating_error,
        tolerance=1e-5,
    ),
)
