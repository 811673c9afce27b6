"""What a sample is to be like, as a part of the sample: the condition of a conditional GAN.

A condition, a label say, stands behind the numbers of its sample. Data are then joint points
(x, c); a generator is given (z, c), makes x of both, and hands c through; a discriminator sees
joint points. So a conditional GAN is a GAN like any other: it needs no argument and no other
loss. But D has to be free to be steep in c, so a price on its slope is for the slope in x alone.
M. Mirza and S. Osindero, *Conditional Generative Adversarial Nets*, 2014.

    real = images.digits()
    labels = one_hot(real.labels)
    z = Conditioned(latent.Gaussian(16), labels)
    G, D = networks.conditional_dcgan(16, (8, 8), conditions=10)
    run = train(G, D, joint(real.array, labels), z, added=r1(3.0, first=64), ...)
    sevens = run.generators(z.given(one_hot([7] * 20, 10), rng))[..., :64]
"""

import numpy as np

from ganlab.arguments import fits_memory, whole
from ganlab.data import Distribution
from ganlab.own import numbers, rows


def one_hot(labels, classes=None) -> np.ndarray:
    """Labels (n,), whole numbers from 0, as rows (n, classes) with a 1 at the label, float32.

    Without `classes` there are as many as the largest label asks for. ValueError, in one line, for
    labels that are not whole, or not from 0 to classes - 1.

    >>> one_hot([2, 0]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    found = numbers("labels", labels, "whole numbers (n,), from 0")
    if found.ndim != 1 or not len(found):
        raise ValueError(f"labels have shape {found.shape}: wanted (n,)")
    most = None if classes is None else whole("classes", classes, 1)
    if not np.isfinite(found).all() or (found != np.round(found)).any() or found.min() < 0:
        bad = found[~((found >= 0) & (found == np.round(found)) & np.isfinite(found))][0]
        raise ValueError(f"labels hold {bad:g}: wanted whole numbers from 0")
    most = int(found.max()) + 1 if most is None else most
    if found.max() >= most:
        raise ValueError(f"labels hold {found.max():g}: wanted 0 to {most - 1}, classes={most}")
    fits_memory("classes", most, 4 * len(found))
    encoded = np.zeros((len(found), most), np.float32)
    encoded[np.arange(len(found)), found.astype(int)] = 1
    return encoded


def joint(samples, conditions) -> np.ndarray:
    """Joint points (n, dim + size): samples (n, dim), each with its condition (n, size) behind it.

    ValueError, in one line, where they are not as many.

    >>> joint([[0.5, 0.1], [0.7, 0.2]], one_hot([1, 0])).shape
    (2, 4)
    """
    samples = rows("samples", samples, least=1, dtype=np.float32)
    conditions = rows("conditions", conditions, least=1, dtype=np.float32)
    if len(samples) != len(conditions):
        told = f"{len(samples)} samples and {len(conditions)} conditions"
        raise ValueError(f"{told}: wanted one condition for each sample")
    return np.concatenate([samples, conditions], axis=1)


class Conditioned(Distribution):
    """A latent: z of `noise`, and behind it a row of `conditions` (n, size), with replacement.

    noise       one of `ganlab.latent`
    conditions  those of the data, so that G is asked for each as often as the data have it

    >>> from ganlab.latent import Gaussian
    >>> z = Conditioned(Gaussian(3), one_hot([0, 1, 1]))
    >>> z.dim, z.sample(4, np.random.default_rng(0)).shape
    (5, (4, 5))
    """

    def __init__(self, noise, conditions):
        if isinstance(noise, type) or not (hasattr(noise, "sample") and hasattr(noise, "dim")):
            kind = noise.__name__ if isinstance(noise, type) else type(noise).__name__
            raise TypeError(f"noise is {kind}: wanted one of ganlab.latent, Gaussian(2) say")
        self.noise = noise
        self.conditions = rows("conditions", conditions, least=1, dtype=np.float32)
        self.dim = whole("noise.dim", noise.dim, 1) + self.conditions.shape[1]

    def __repr__(self):
        return f"Conditioned({self.noise!r}, conditions of shape {self.conditions.shape})"

    def _draw(self, shape, rng):
        z = self.noise.sample(shape[:-1], rng)
        which = rng.integers(len(self.conditions), size=shape[:-1])
        return np.concatenate([z, self.conditions[which]], axis=-1)

    def given(self, conditions, rng) -> np.ndarray:
        """z for these conditions (n, size), one for each, in their order: (n, dim)."""
        conditions = rows("conditions", conditions, least=1, dtype=np.float32)
        if conditions.shape[1] != self.conditions.shape[1]:
            wanted = f"wanted (n, {self.conditions.shape[1]})"
            raise ValueError(f"conditions have shape {conditions.shape}: {wanted}")
        return joint(self.noise.sample(len(conditions), rng), conditions)
