"""What the codes of StyleGANs came to, one number a seed, (seeds,), NaN for one that failed: of the
`Told` of trainings/styles.py. Factors are measured on each picture: `images.moments`."""

import numpy as np

from evidence.trainings.styles import SIDE
from ganlab.disentangling import readability
from ganlab.images import moments

FACTORS = {"place": ("x", "y"), "size": ("spread",), "kind": ("roundness",)}
SHORTEST = 1e-6  # the path of a generator that makes one picture only has none


def _factor(pictures, factor):
    """(seeds, n, numbers) of a factor; 0 for a picture on which nothing is lit."""
    known = np.isfinite(pictures).all(axis=-1)
    found = moments(pictures, (SIDE, SIDE))
    values = np.stack([found[name] for name in FACTORS[factor]], axis=-1)
    return np.where(known[..., None], np.nan_to_num(values), np.nan)


def readable(told, *, code, factor):
    """R^2 of a factor read off a code by a line."""
    return readability(told.codes[code], _factor(told.seen, factor))


def follows(told, *, parent, factor):
    """Share of mixed pictures whose factor is nearer to that of this parent than to the other's."""
    mixed, coarse, fine = (_factor(x, factor) for x in (told.mixed, told.coarse, told.fine))
    away = {
        name: np.sum((mixed - other) ** 2, axis=-1)
        for name, other in (("coarse", coarse), ("fine", fine))
    }
    other = away["fine" if parent == "coarse" else "coarse"]
    share = np.mean(away[parent] < other, axis=-1)
    return np.where(np.isnan(other).any(axis=-1), np.nan, share)


def w_beside_z(told, *, trained):
    """Logarithm, to base 10, of the path length in w over that in z, between the same pictures."""
    which = "" if trained else "untrained "
    w, z = (np.maximum(told.paths[f"{which}{code}"], SHORTEST) for code in "wz")
    return np.log10(w / z)
