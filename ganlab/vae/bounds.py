"""How probable a VAE thinks given points are: bounds from below on log p(x)."""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from ganlab.arguments import whole
from ganlab.backend import tf
from ganlab.guards import guard, random_numbers
from ganlab.vae.codes import code, divergence
from ganlab.vae.runs import VaeRun

_POINTS = 2**19  # pairs of a point and a z, over all members, that are looked at in one go


class Bounds(NamedTuple):
    """Bounds on log p(x) in nats, each (seeds, n), float64; NaN for seeds that failed.

    elbo                 E log p(x|z) - KL(q(z|x) || p(z)), the first term estimated
    importance_weighted  log of the mean of p(x, z) / q(z|x) over as many z as were drawn
    """

    elbo: np.ndarray
    importance_weighted: np.ndarray


@guard(run=VaeRun, rng=random_numbers)
def log_likelihood_bound(run, x, draws=1, rng=0):
    """Two bounds on log p(x) of each seed of a `VaeRun`: the ELBO and the importance-weighted one.

    x      (n, dim), or (n,) in one dimension: test points, not those of the training
    draws  how many z are drawn from q(z|x) for each point
    rng    a NumPy Generator or a seed for one; all seeds get the same noise

    Returns `Bounds` of arrays (seeds, n): *estimated*, since z is drawn, but for the divergence in
    the ELBO, which is in closed form. Both are bounds in expectation, over z: more draws only make
    the ELBO's estimate better, while the importance-weighted bound rises with them to log p(x)
    itself. The mean over x of either is at most minus the entropy of the data, in expectation.
    Neither depends on the beta of the training. Burda, Grosse and Salakhutdinov 2016.

        bounds = log_likelihood_bound(run, data.ring().sample(1000, rng), draws=100)
        bounds.importance_weighted.mean(axis=1)  # for each seed, nats a sample

    A `bernoulli` likelihood has probabilities and no densities: for x of 0 and 1 its bounds are at
    most 0, the ELBO always, the other in expectation. ValueError for x of a wrong shape, or with
    numbers that the likelihood has no probability for.
    """
    x, draws = run._points(x), whole("draws", draws, 1)
    rng, members = np.random.default_rng(rng), len(run.seeds)
    at_once = max(1, _POINTS // members)  # pairs of a point and a z for each member
    pieces = [
        _bounds(run, x[begin : begin + at_once], draws, rng, at_once)
        for begin in range(0, len(x), at_once)
    ]
    found = [np.concatenate(values, axis=1) for values in zip(*pieces, strict=True)]
    for values in found:
        values[list(run.failed)] = np.nan
    return Bounds(*found)


def _bounds(run, x, draws, rng, at_once):
    """(elbo, importance-weighted bound) for so few points that some draws of all fit at once."""
    mean, log_variance = (
        part.numpy()[:, None] for part in code(tf.constant(run.encoders(x), tf.float64))
    )  # (seeds, 1, n, latent dim)
    kl = divergence(mean, log_variance).numpy()[:, 0]
    reconstruction, weights = [], []
    while (left := draws - sum(part.shape[1] for part in weights)) > 0:
        some = min(left, max(1, at_once // len(x)))
        noise = rng.standard_normal((some, *mean.shape[2:]))
        z = mean + np.exp(0.5 * log_variance) * noise  # (seeds, some, n, latent dim)
        log_p_x = _log_probability(run, z, x)
        # log p(z) - log q(z|x), whose constants are the same
        log_ratio = -0.5 * np.sum(z**2 - noise**2 - log_variance, axis=-1)
        reconstruction.append(log_p_x)
        weights.append(log_p_x + log_ratio)
    log_weights = np.concatenate(weights, axis=1)
    elbo = np.concatenate(reconstruction, axis=1).mean(axis=1) - kl
    return elbo, logsumexp(log_weights, axis=1) - np.log(draws)


def _log_probability(run, z, x):
    """log p(x|z) (seeds, draws, n) of z (seeds, draws, n, latent dim) and x (n, dim), in float64:
    weights are exponentials of it."""
    members, draws, n, size = z.shape
    outputs = run.decoders(z.reshape(members, draws * n, size)).astype(float)
    repeated = np.tile(x.astype(float), (draws, 1))[None]
    scalars = run.likelihood.spread(tf.float64)
    given = tf.constant(outputs), tf.constant(repeated)
    each = run.likelihood.asked("log_probability", *given, **scalars)
    return np.asarray(each).reshape(members, draws, n)
