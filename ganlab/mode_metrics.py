"""Modes: how many are covered, how fairly, and whether the generator hops between them.

Beside `endings.measure`, whose words these are: a sample is *good* within 3 standard deviations of
its nearest mode, by Euclidean distance, and a mode is *held* with half its due share of the good
samples. `measure(samples, target).held` counts those; what follows are the counts of others, and
what becomes of modes over time.

Samples are (..., n, dim); the target is a `data.Mixture` of several modes at least 6 standard
deviations apart, as `endings` has it. Results are float64 (...), NaN for an entry that holds a NaN
or an infinity. *Mass* is a mode's share of all samples, good ones alone counted: masses and the
share of samples that are not good sum to 1.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import rel_entr

from ganlab.arguments import whole
from ganlab.data import due_shares, number
from ganlab.endings import HELD, Modes, measure
from ganlab.own import numbers, plain


def good_share(samples, target) -> np.ndarray:
    """Share of the samples within 3 standard deviations of the nearest mode, Euclidean (...).

    A perfect sampler scores 99.73 % on the line, 1 - exp(-4.5) = 98.889 % in the plane, with a
    standard error of 0.47 points at n = 500 and 0.10 at 10,000. Nothing scores better for lying at
    the middle of a mode, or in one mode only. It is `endings.measure(samples, target).good`.

    >>> float(good_share([[2.0, 0.0], [2.0, 0.31]], data.ring()))
    0.5
    """
    return np.asarray(_measured(samples, target).good)[()]


def modes_covered(samples, target, least: float = 0.01) -> np.ndarray:
    """Number of modes that have at least `least` of all samples, good ones alone counted (...).

    Published tables count so, whatever is due to a mode; this course counts what is *held*. With
    the usual 1 %, a mode of `ring()` is covered with a twelfth of its due share. A perfect sampler
    covers all, unless due share and `least` are near each other: of the 25 modes of `grid()`, 1 %
    is a quarter of the due share, and at n = 500 one is missing in 1 of 2,600 samples.

    >>> on = data.ring().modes[[0] * 98 + [1, 2]]  # one sample each on the modes 1 and 2
    >>> float(modes_covered(on, data.ring())), float(modes_covered(on, data.ring(), least=0.02))
    (3.0, 1.0)
    """
    least = _share("least", least)
    counts = _counts(samples, target)
    # Less a hair, for 0.07 x 100 is above 7 in floating point.
    covered = counts >= least * np.shape(samples)[-2] * (1 - 1e-12)
    return np.where(np.isnan(counts).any(axis=-1), np.nan, covered.sum(axis=-1))[()]


def total_variation_of_modes(samples, target) -> np.ndarray:
    """Half of (sum |mass - due share| + share of samples that are not good), 0 to 1 (...).

    The total variation between the target's mode shares and the samples', for which what is not
    good is one more mode, with nothing due: benchmark A of github.com/brycesandlund/paired-
    discriminator. K equal modes collapsed onto one: 1 - 1 / K. For a perfect sampler `noise_floor`
    gives, on `ring()`, 0.052 (0.038 to 0.069) at n = 500 and 0.017 (0.014 to 0.021) at 10,000; of
    either, 0.0056 is for the samples that are not good.

    >>> float(total_variation_of_modes(data.ring().modes[[0, 1, 2, 3]], data.ring()))
    0.5
    """
    mass = _counts(samples, target) / np.shape(samples)[-2]
    _, due = due_shares(target)
    missed = 1 - mass.sum(axis=-1)
    return (0.5 * (np.abs(mass - due).sum(axis=-1) + missed))[()]


def reverse_kl_of_modes(samples, target) -> np.ndarray:
    """KL(samples' mode shares, of the good samples, || due shares) in nats, 0 to ln(1/due) (...).

    Reverse, for in it the samples come first: a mode that gets nothing adds nothing. K equal modes
    collapsed onto one: ln K; evenly onto j of them: ln(K / j). A perfect sampler scores
    (K - 1) / 2n for n good samples, on average and to first order. NaN without a good sample.

    >>> bool(np.isclose(reverse_kl_of_modes(data.ring().modes[[3, 3]], data.ring()), np.log(8)))
    True
    """
    counts = _counts(samples, target)
    _, due = due_shares(target)
    good = counts.sum(axis=-1, keepdims=True)
    share = counts / np.where(good > 0, good, np.nan)
    return rel_entr(share, due).sum(axis=-1)[()]


class Hops(NamedTuple):
    """Which mode has the majority, record by record; made by `hops`.

    majority  (records, ...) the mode that has the majority, in the order of `data.due_shares`;
              -1 where none has
    rate      (...) hops per record: how often the majority passes to another mode, over the steps
              from record to record; 1 if each record has another
    led       (..., modes) share of the records at which each mode has the majority
    held      (..., modes) share of the records at which each mode is held, in the course's words
    """

    majority: np.ndarray
    rate: np.ndarray
    led: np.ndarray
    held: np.ndarray


def hops(samples, target, least: float = 0.5) -> Hops:
    """How a run moves between modes, from its records (records, ..., n, dim), `Run.samples` say.

    A mode has the majority if it has the most good samples, and more than `least` of all samples.
    With `least=0` that is whatever mode has the most. A run that is *chasing* has a majority that
    hops; one that is *collapsed* has one that stays. Records without a majority are passed over: a
    mode that loses it and gets it back is no hop, and from one mode by way of none to another is
    one. At least two records are needed; an entry with a record that is not finite has rate, led
    and held NaN.

    A perfect sampler of three or more equal modes has no majority, and rate and led are 0; held is
    1. With `least=0` chance decides between its modes, and the rate is 1 - 1 / modes for
    fresh samples at each record: the same as of a generator that picks a mode at random.

    >>> at = data.ring().modes[[0, 0, 3, 4, 4]]  # collapsed, in five records, of one sample each
    >>> float(hops(at[:, None], data.ring()).rate)
    0.5
    """
    least = _share("least", least)
    samples = plain("samples", samples)
    if samples.ndim < 3 or len(samples) < 2:
        wanted = "wanted (records, ..., n, dim) with 2 records or more"
        raise ValueError(f"samples has shape {samples.shape}: {wanted}")
    measured = _measured(samples, target)
    counts = _counts_of(measured, target, samples.shape[-2])
    failed = np.isnan(counts).any(axis=(0, -1))
    first = np.argmax(counts, axis=-1)
    # More by a hair, for 0.29 x 100 is below 29. NaN is not more.
    has = counts.max(axis=-1) > least * samples.shape[-2] * (1 + 1e-12)
    majority = np.where(has, first, -1)
    before, passed = majority[0], np.zeros(failed.shape)
    for now in majority[1:]:
        passed += (now >= 0) & (before >= 0) & (now != before)
        before = np.where(now >= 0, now, before)
    led = np.mean(majority[..., None] == np.arange(counts.shape[-1]), axis=0)
    held = np.mean(measured.shares >= HELD, axis=0)
    rate = np.where(failed, np.nan, passed / (len(samples) - 1))
    led, held = (np.where(failed[..., None], np.nan, share) for share in (led, held))
    return Hops(majority, rate[()], led, held)


def after_leaving(values, majority, records: int = 20) -> np.ndarray:
    """What becomes of something at the mode that lost the majority: (records + 1, ...).

    `values` is (records, ..., modes), D's score at each mode say, and `majority` (records, ...) is
    that of `Hops`. Entry i of the result is the mean over all modes that had the majority last i
    records ago, and over time: entry 0 is while they have it. NaN where that was never so.

    >>> scores = [[0.1, 0.9], [0.7, 0.2], [0.9, 0.4]]  # of two modes, the majority passes once
    >>> after_leaving(scores, [0, 1, 1], records=2).round(2).tolist()
    [0.23, 0.7, 0.9]
    """
    values, majority = numbers("values", values), numbers("majority", majority)
    if values.ndim < 2 or values.shape[:-1] != majority.shape:
        wanted = "wanted (records, ..., modes) and (records, ...)"
        raise ValueError(f"values and majority: {values.shape} and {majority.shape}, {wanted}")
    since = np.full(values.shape[1:], np.inf)
    ago = np.empty(values.shape)
    for record, now in enumerate(majority):
        since = np.where(now[..., None] == np.arange(values.shape[-1]), 0, since + 1)
        ago[record] = since
    found = [_mean_where(values, ago == i) for i in range(whole("records", records, 0) + 1)]
    return np.array(found)


def _mean_where(values, chosen):
    """Mean of values (records, ..., modes) over the chosen ones of each entry (...)."""
    count = chosen.sum(axis=(0, -1))
    total = np.where(chosen, values, 0).sum(axis=(0, -1))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _share(name, value):
    value = number(name, value, 0)
    if value >= 1:
        raise ValueError(f"{name} is {value}: wanted a share, below 1")
    return value


def _measured(samples, target) -> Modes:
    measured = measure(plain("samples", samples), target)
    if not isinstance(measured, Modes):
        raise ValueError(f"target is {target}: wanted a Mixture of several modes")
    return measured


def _counts(samples, target):
    """Number of good samples at each mode (..., modes), NaN for an entry that is not finite."""
    return _counts_of(_measured(samples, target), target, np.shape(samples)[-2])


def _counts_of(measured, target, n):
    _, due = due_shares(target)
    # Whole numbers again, which the divisions in `shares` and `good` have left by a rounding error.
    return np.rint(measured.shares * due * np.asarray(measured.good)[..., None] * n)
