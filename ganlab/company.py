"""Networks that look along their batch: whether one does, and how it is asked about many points.

Such a network has no output for a sample, only for a sample in company: minibatch discrimination,
a mean or a standard deviation over the batch, whatever a reader's own layer may do.
"""

import math
import weakref

import numpy as np

from ganlab.arguments import whole
from ganlab.backend import tf
from ganlab.ensemble import call
from ganlab.models import input_size

PAIRS = 2**24  # of samples, over all members: with five kernels of size three they take 1 GB
_OWN, _RANDOM, _SAMPLES = 4, 8, 8  # members and samples that the question is put to

_found = weakref.WeakKeyDictionary()


def looks_along_batch(ensemble):
    """Whether what the ensemble's model makes of a sample depends on the others of its batch.

    Found by trying, once for each model: samples alone and the same samples side by side, with the
    weights of some members and with random ones, since a member may have learned not to look. A
    model that cannot take a sample alone looks at the others too.
    """
    model = ensemble.model
    if model not in _found:
        _found[model] = _differ(*_alone_and_together(ensemble))
    return _found[model]


def _alone_and_together(ensemble):
    """Outputs (members, samples, out) of samples one by one, NaN if it takes none alone, and as one
    batch."""
    rng = np.random.default_rng(0)
    weights = [
        np.concatenate([own[:_OWN], _random(own.shape[1:], rng)]).astype("float32")
        for own in ensemble.weights
    ]
    members = min(_OWN, len(ensemble.seeds)) + _RANDOM
    # Near each other, for what compares samples may see nothing of one that is far away.
    x = rng.standard_normal((1, input_size(ensemble.model)))
    x = x + 0.5 * rng.standard_normal((_SAMPLES, x.shape[1]))
    x = x.astype("float32")
    together = _called(ensemble.model, weights, np.stack([x] * members))
    repeated = [np.repeat(weight, _SAMPLES, axis=0) for weight in weights]
    try:
        alone = _called(ensemble.model, repeated, np.tile(x, (members, 1))[:, None])
    except (ValueError, tf.errors.InvalidArgumentError):
        return np.full_like(together, np.nan), together
    return alone.reshape(together.shape), together


def _called(model, weights, x):
    return call(model, [tf.constant(weight) for weight in weights], tf.constant(x)).numpy()


def _random(shape, rng):
    size = math.sqrt(max(1, math.prod(shape[:-1])))
    return rng.standard_normal((_RANDOM, *shape)) / size


def _differ(alone, together):
    """Whether two arrays differ by more than rounding; what both lack says nothing."""
    finite = np.isfinite(alone), np.isfinite(together)
    if (finite[0] != finite[1]).any():
        return True
    alone, together = (np.where(finite[0], values, 0.0) for values in (alone, together))
    size = np.abs(together).max(axis=(1, 2), keepdims=True)
    return bool((np.abs(alone - together) > 1e-4 * size).any())


def outputs(ensemble, x, batch_size):
    """An ensemble's outputs (members, n, out) for x (n, in), in company where that counts.

    All of x in one go, unless the model looks along its batch: then batch after batch of
    `batch_size`, in the order of x, and the last is filled up from the beginning of x. With a
    `batch_size` of None x is one batch; ValueError where that would not fit into memory.
    """
    n = len(x)
    if n == 0 or not looks_along_batch(ensemble):
        return ensemble(x)
    if batch_size is None:
        most = math.isqrt(PAIRS // len(ensemble.seeds))
        if n > most:
            raise ValueError(
                f"x holds {n} samples for a D that looks along its batch, in a run that does not "
                f"know how large that was: wanted at most {most}, or run.d_batch_size"
            )
        return ensemble(x)
    batch_size = whole("d_batch_size", batch_size, 1)
    filled = np.resize(x, (-(-n // batch_size) * batch_size, x.shape[1]))
    parts = [
        ensemble(filled[begin : begin + batch_size]) for begin in range(0, len(filled), batch_size)
    ]
    return np.concatenate(parts, axis=1)[:, :n]
