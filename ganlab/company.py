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

    Found by trying, once for each model: samples alone with copies of themselves and the same
    samples among others, with the weights of some members and with random ones, since a member may
    have learned not to look.
    """
    model = ensemble.model
    if model not in _found:
        _found[model] = not np.array_equal(*_alone_and_among(ensemble), equal_nan=True)
    return _found[model]


def _alone_and_among(ensemble):
    """Outputs (members, samples, out) of samples alone, and of the same samples among each other.

    Both have the same place in batches of the same shape, so where nothing looks along the batch
    they are the same to the last bit.
    """
    rng = np.random.default_rng(0)
    weights = [
        np.concatenate([own[:_OWN], _random(own.shape[1:], rng)]).astype("float32")
        for own in ensemble.weights
    ]
    members = min(_OWN, len(ensemble.seeds)) + _RANDOM
    weights = [tf.constant(np.repeat(weight, _SAMPLES, axis=0)) for weight in weights]
    # Near each other, for what compares samples may see nothing of one that is far away.
    x = rng.standard_normal((1, input_size(ensemble.model)))
    x = (x + 0.5 * rng.standard_normal((_SAMPLES, x.shape[1]))).astype("float32")
    own = np.arange(_SAMPLES)

    def called(batches):  # (samples, samples, in): batch k has sample k in its place
        found = call(ensemble.model, weights, tf.constant(np.tile(batches, (members, 1, 1))))
        return found.numpy().reshape(members, _SAMPLES, _SAMPLES, -1)[:, own, own]

    return called(np.repeat(x[:, None], _SAMPLES, axis=1)), called(np.stack([x] * _SAMPLES))


def _random(shape, rng):
    size = math.sqrt(max(1, math.prod(shape[:-1])))
    return rng.standard_normal((_RANDOM, *shape)) / size


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
