"""Real digits with something wrong with them, and what the scores say: nothing is trained.

The two halves of the 600 test digits, drawn anew for each seed, are pictures and what they are
compared with. Then the pictures are harmed in one way, and scored again.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import correlate1d

from ganlab import images

NUMBER, SIZE = 300, 8  # pictures of a score; pixels of a side
NOISE = 0.1  # deviation, of pixels from -1 to 1
OTHERS = 100  # draws that are not harmed, beside one that is
COPIED = 2  # pictures of each digit that are left, and stand for all 300


class Harmed(NamedTuple):
    """Scores of the pictures as they are and as they are harmed: a number for each seed."""

    inception: np.ndarray
    inception_harmed: np.ndarray
    frechet: np.ndarray  # to the other half
    frechet_harmed: np.ndarray


def harm_digits(seeds, *, fault):
    """`fault` is "noise", "blur", "dropped" (a digit) or "copies" (of two pictures a digit)."""
    judge, digits, found = images.digit_judge(), images.digits("test"), []
    for seed in seeds:
        rng = np.random.default_rng([NUMBER, int(seed)])  # the same halves for each fault
        order = rng.permutation(2 * NUMBER)
        first, other = order[:NUMBER], digits.array[order[NUMBER:]]
        pictures = digits.array[first].astype(float)
        harmed = FAULTS[fault](pictures, digits.labels[first], rng)
        both = [judge.inception(each) for each in (pictures, harmed)]
        found.append((*both, *(judge.frechet(each, other) for each in (pictures, harmed))))
    return Harmed(*np.transpose(found))


class BesideOthers(NamedTuple):
    """Scores of harmed pictures, (seeds,), and of as many others unharmed, (seeds, OTHERS)."""

    inception_harmed: np.ndarray
    frechet_harmed: np.ndarray
    inception: np.ndarray
    frechet: np.ndarray


def harm_beside_others(seeds, *, fault):
    """One half of the digits is harmed; whole are halves drawn anew, each beside its other half."""
    judge, digits, found = images.digit_judge(), images.digits("test"), []
    for seed in seeds:
        rng = np.random.default_rng([NUMBER, OTHERS, int(seed)])
        orders = [rng.permutation(2 * NUMBER) for _ in range(OTHERS + 1)]
        halves = [(digits.array[order[:NUMBER]], digits.array[order[NUMBER:]]) for order in orders]
        (pictures, other), *unharmed = halves
        labels = digits.labels[orders[0][:NUMBER]]
        harmed = FAULTS[fault](pictures.astype(float), labels, rng)
        usual = [(judge.inception(x), judge.frechet(x, y)) for x, y in unharmed]
        found.append((judge.inception(harmed), judge.frechet(harmed, other), *np.transpose(usual)))
    return BesideOthers(*(np.array(values) for values in zip(*found, strict=True)))


def _noisy(pictures, labels, rng):
    return np.clip(pictures + rng.normal(0.0, NOISE, pictures.shape), -1, 1)


def _blurred(pictures, labels, rng):
    """Each pixel is a quarter of itself and the rest of its neighbours, 1-2-1 both ways."""
    x = pictures.reshape(-1, SIZE, SIZE)
    for axis in (1, 2):
        x = correlate1d(x, [0.25, 0.5, 0.25], axis=axis, mode="nearest")
    return x.reshape(pictures.shape)


def _dropped(pictures, labels, rng):
    """One digit is gone; others, twice there, stand in its place."""
    kept = np.flatnonzero(labels != rng.integers(10))
    twice = rng.choice(kept, NUMBER - len(kept), replace=False)
    return pictures[np.concatenate([kept, twice])]


def _copied(pictures, labels, rng):
    """Two pictures of each digit, each fifteen times."""
    some = [rng.choice(np.flatnonzero(labels == c), COPIED, replace=False) for c in range(10)]
    return pictures[np.resize(np.concatenate(some), NUMBER)]


FAULTS = {"noise": _noisy, "blur": _blurred, "dropped": _dropped, "copies": _copied}
