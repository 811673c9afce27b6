"""How a training run ends, in the course's words, and the numbers behind them.

| word      | one bell on the line               | several modes                                 |
|-----------|------------------------------------|-----------------------------------------------|
| lost      | less than a tenth inside           | less than a tenth good                        |
| partly    | less than nine tenths inside       |                                               |
| collapsed |                                    | one mode held                                 |
| dropped   |                                    | some not held; `Modes.dropped` says how many  |
| narrow    | width below 0.8                    | median width inside the modes below 0.8       |
| close     | W1 at most a quarter               | nine tenths good                              |
| near      | none of these                      | none of these                                 |

The first word that fits, from the top. `Bell` and `Modes` define the numbers; widths and W1 are in
units of the target's standard deviation. A seed that failed is lost, the worst ending: one sample
that is NaN or infinite is enough.

The targets are a `data.Gaussian`, and a `data.Mixture` whose modes lie at least 6 standard
deviations apart, so that a good sample belongs to one mode. A mixture of one mode on the line is a
bell. Others have no modes, or modes without a width, and are refused.

Samples are arrays (..., n, dim), `Run.samples` or what a loop of your own has saved, in any
library: (records, n, dim) of one run, (records, seeds, n, dim) of several, as an array or a list.

>>> rng = np.random.default_rng(0)
>>> saved = [rng.normal(4 * record / 20, 0.5, (500, 1)) for record in range(21)]  # yours here
>>> str(endings(saved[-1], Gaussian(4.0, 0.5))), bool(unsteady(saved, Gaussian(4.0, 0.5)))
('close', False)
>>> endings(saved, Gaussian(4.0, 0.5))[[0, 12, 20]].tolist()  # record by record
['lost', 'partly', 'close']
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist, pdist

from ganlab.arguments import whole
from ganlab.data import Distribution, Gaussian, Mixture
from ganlab.metrics import wasserstein
from ganlab.own import plain
from ganlab.streams import FRESH, stream

WORDS = ("lost", "partly", "collapsed", "dropped", "narrow", "close", "near")
SAMPLES = 10_000  # on which a seed is judged
PARTS = 10  # the end of a run is the last of so many parts of its records

REACH = 3.0  # a sample is inside, or good, up to so many standard deviations away
LOST = 0.1  # share inside or good, below
PARTLY = 0.9  # share inside, below
HELD = 0.5  # a mode is held from this part of its due share on
NARROW = 0.8  # width, below
CLOSE_W1 = 0.25  # of a bell, at most
CLOSE_GOOD = 0.9  # share good, at least
MOST_DIM = 4  # of modes: in 5 a perfect sampler has 89 % of its samples within 3, in 20 1 %

_BLOCK = 2**22  # numbers that are looked at in one go: 32 MB
_POINTS = 2**19  # samples that all generators make in one go


class Bell(NamedTuple):
    """One bell: arrays (...), NaN where a seed failed. Lengths are in its standard deviations.

    inside  share of the samples within 3 of its mean; of a perfect sampler 99.73 %
    width   standard deviation of all samples, those outside included
    w1      Wasserstein-1 distance to the target, as `metrics.wasserstein` has it
    """

    inside: np.ndarray
    width: np.ndarray
    w1: np.ndarray

    def words(self) -> np.ndarray:
        """The word for each entry, an array of strings (...)."""
        return _first_that_fits(
            ("lost", ~(self.inside >= LOST)),  # so that NaN is lost
            ("partly", self.inside < PARTLY),
            ("narrow", self.width < NARROW),
            ("close", self.w1 <= CLOSE_W1),
        )


class Modes(NamedTuple):
    """Several modes: arrays (...), NaN where a seed failed. Lengths are in standard deviations.

    good    share of the samples within 3 of a mode, by Euclidean distance; of a perfect sampler
            99.73 % on the line, 1 - exp(-4.5) = 98.889 % in the plane
    shares  (..., modes) the part of the good samples that each mode gets, over what is due to
            it: 1 for a perfect sampler. Distinct modes, in the order of the target's
    width   median over the held modes of the standard deviation inside: of the mode's good samples
            about their own mean, squares averaged over the coordinates. Cut off at 3, it is 0.987
            for a perfect sampler on the line and 0.974 in the plane. NaN without good samples

    Shares are of the good samples, so a blurred ring drops no mode, and where any sample is good,
    at least one mode is held.
    """

    good: np.ndarray
    shares: np.ndarray
    width: np.ndarray

    @property
    def held(self) -> np.ndarray:
        """Number of modes with at least half their due share (...), 0 where a seed failed."""
        return np.sum(self.shares >= HELD, axis=-1)

    @property
    def dropped(self) -> np.ndarray:
        """Number of modes that are not held (...)."""
        return self.shares.shape[-1] - self.held

    def words(self) -> np.ndarray:
        """The word for each entry, an array of strings (...)."""
        return _first_that_fits(
            ("lost", ~(self.good >= LOST)),  # so that NaN is lost
            ("collapsed", self.held == 1),
            ("dropped", self.dropped > 0),
            ("narrow", self.width < NARROW),
            ("close", self.good >= CLOSE_GOOD),
        )


def _first_that_fits(*rows):
    words, conditions = zip(*rows, strict=True)
    return np.select(conditions, words, default="near")[()]


def measure(samples, target) -> Bell | Modes:
    """The numbers behind the words, arrays (...), from samples (..., n, dim).

    A `Bell` for a target with one mode, `Modes` for one with several. Raises TypeError or
    ValueError where the target has no modes to judge by, or another dim than the samples.
    """
    centers, std = _modes(target)
    samples = np.asarray(samples)
    if samples.ndim < 2 or samples.size == 0 or samples.shape[-1] != target.dim:
        wanted = f"wanted (..., n, {target.dim}), not empty"
        raise ValueError(f"samples has shape {samples.shape}: {wanted}")
    *leading, n, dim = samples.shape
    entries = samples.reshape(-1, n, dim)
    if len(centers) == 1:
        kind, one_block = Bell, lambda x: _bell(x, target, *centers[0], std)
    else:
        due = np.array(list(Counter(target.centers).values()))
        kind, one_block = Modes, lambda x: _several(x, centers, due, std)
    size = max(1, _BLOCK // (n * dim))
    blocks = [
        one_block(np.asarray(entries[i : i + size], dtype=np.float64))
        for i in range(0, len(entries), size)
    ]
    values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return kind(*(value.reshape((*leading, *value.shape[1:]))[()] for value in values))


def _modes(target):
    """The distinct modes (modes, dim) of a target, and their standard deviation."""
    if isinstance(target, Gaussian):
        return np.array([[target.mean]]), target.std
    if not isinstance(target, Mixture):
        kind = f"{type(target).__module__}.{type(target).__name__}"
        raise TypeError(f"target is a {kind}: wanted a Gaussian or a Mixture of ganlab.data")
    centers, std = np.array(list(Counter(target.centers))), target.std
    if std == 0:
        raise ValueError("target has std = 0: wanted modes with a width, which is what counts")
    if len(centers) == 1 and target.dim > 1:
        raise ValueError(f"target has one mode in dim {target.dim}: wanted dim 1, or more modes")
    # Rounding may take modes 0.6 apart with std = 0.1 for a little too near.
    if len(centers) > 1 and (apart := pdist(centers).min() / std) < 2 * REACH - 1e-6:
        wanted = f"wanted at least {2 * REACH:g}"
        raise ValueError(f"target has modes {apart:.3g} standard deviations apart: {wanted}")
    return centers, std


def _bell(x, target, mean, std):
    """The fields of `Bell` for entries x (entries, n, 1)."""
    failed = ~np.isfinite(x).all(axis=(1, 2))
    x = np.where(failed[:, None, None], np.nan, x)  # a copy: the samples are the caller's
    inside = np.where(failed, np.nan, np.mean(np.abs(x[..., 0] - mean) <= REACH * std, axis=-1))
    return inside, x[..., 0].std(axis=-1) / std, wasserstein(x, target) / std


def _several(x, centers, due, std):
    """The fields of `Modes` for entries x (entries, n, dim); `due` (modes,) are whole weights."""
    none = np.nan, np.full(len(centers), np.nan), np.nan
    entries = [_one(one, centers, due, std) if np.isfinite(one).all() else none for one in x]
    return [np.array(values) for values in zip(*entries, strict=True)]


def _one(x, centers, due, std):
    nearest = cdist(x, centers, "sqeuclidean").argmin(axis=-1)
    offset = (x - centers[nearest]) / std
    squared = np.sum(offset**2, axis=-1)
    good = squared <= REACH**2
    nearest, offset, squared = nearest[good], offset[good], squared[good]
    counts = np.bincount(nearest, minlength=len(centers))
    # Whole numbers up to the one division, so that exactly half a share is exactly 1/2.
    shares = counts * due.sum() / np.maximum(due * len(nearest), 1)
    held = shares >= HELD
    if not held.any():
        return good.mean(), shares, np.nan

    def mean(values):
        return np.bincount(nearest, values, len(centers))[held] / counts[held]

    variance = mean(squared) - sum(mean(line) ** 2 for line in offset.T)
    width = np.median(np.sqrt(np.maximum(variance, 0) / x.shape[-1]))
    return good.mean(), shares, width


def endings(samples, target) -> np.ndarray:
    """The word for how each seed ends, (...), from its samples (..., n, dim).

    The words are for 10,000 samples a seed. With few, chance decides: of a perfect sampler of 25
    equal modes it says at n = 500 in 12 % of cases that some are dropped, and at 10,000 never.
    """
    # Asked here, and not in `measure`, whose text results in the ledger are held against.
    if getattr(target, "dim", 0) > MOST_DIM:
        raise ValueError(
            f"target has dim {target.dim}: wanted at most {MOST_DIM}, for in more hardly a sample "
            "of a mode lies within 3 standard deviations of its centre; project samples and data "
            "onto the data's first two principal components, say"
        )
    return measure(plain("samples", samples), target).words()


def end_of(run, target, n: int = SAMPLES) -> np.ndarray:
    """The word for how each seed of a `runs.Run` ends, (seeds,), from `final_samples`.

    Where there is no run, `endings(samples, target)` says it of an array.
    """
    return endings(final_samples(run, n), target)


def final_samples(run, n: int = SAMPLES) -> np.ndarray:
    """What the final generators of a `runs.Run` produce, (seeds, n, dim); NaN for failed seeds.

    A generator with one input is followed along the latent's quantiles (i + 1/2) / n, each of which
    stands for 1/n of all it produces: shares and W1 have no sampling noise, and the width of a
    standard normal comes out as 0.99993. Other generators, and those whose latent has noise or no
    `quantile`, get one fresh z, which no record has seen, the same for all seeds: two seeds differ
    by their networks alone, and a share near 1/2 is off by 0.5 points (one standard error).
    """
    n = whole("n", n, 1)
    if not hasattr(run, "generators"):
        wanted = "wanted a Run; of an array, endings(samples, target) says how it ends"
        raise TypeError(f"run is a {type(run).__name__}: {wanted}")
    if run.latent is None:
        raise ValueError("this run was saved with a latent of its own class: load it with latent=")
    z = _latent_points(run.latent, n)
    # Few points at a time for many seeds: a wide layer's output for all would fill the memory.
    size = max(1, _POINTS // len(run.seeds))
    pieces = [run.generators(z[i : i + size]) for i in range(0, n, size)]
    samples = np.concatenate(pieces, axis=1)
    samples[list(run.failed)] = np.nan
    return samples


def _latent_points(latent, n):
    # A `Distribution` has `quantile` in name even where it was never told how to compute it.
    known = "_quantile" if isinstance(latent, Distribution) else "quantile"
    if latent.dim == 1 and hasattr(latent, known) and not getattr(latent, "noise", 0):
        return latent.quantile((np.arange(n) + 0.5) / n)[:, None]
    return latent.sample(n, stream(0, FRESH))


def unsteady(samples, target) -> np.ndarray:
    """Whether the last record and the last tenth of the records disagree on the word, bool (...).

    `samples` is (records, ..., n, dim), as `Run.samples`. Each number behind the words is averaged
    over the last tenth, then judged. With fewer than 20 records the last tenth is the last record,
    and nothing is unsteady. A run keeps 500 samples of each record, and with so few the word of the
    last record may be chance: of a perfect sampler of 25 modes in 12 % of cases.
    """
    samples = np.asarray(samples)
    if samples.ndim < 3:
        raise ValueError(f"samples has shape {samples.shape}: wanted (records, ..., n, dim)")
    return measure(samples[-1], target).words() != at_the_end(samples, target).words()


def at_the_end(samples, target) -> Bell | Modes:
    """The numbers behind the words, each averaged over the last tenth of the records: (...).

    `samples` is (records, ..., n, dim), as `Run.samples`; see `last_tenth`.
    """
    samples = np.asarray(samples)
    measured = measure(samples[-_length_of_end(samples) :], target)
    return type(measured)(*(np.mean(values, axis=0) for values in measured))


def last_tenth(values) -> np.ndarray:
    """One number for the end of a run: the average over the last tenth of the records.

    `values` is (records, ...), the result (...). A tenth is rounded down, to at least one record:
    of 25 records it is two. NaN where one of these is NaN.
    """
    values = np.asarray(values)
    if values.ndim == 0 or len(values) == 0:
        raise ValueError(f"values has shape {values.shape}: wanted (records, ...), not empty")
    return np.mean(values[-_length_of_end(values) :], axis=0)


def _length_of_end(values):
    return max(1, len(values) // PARTS)
