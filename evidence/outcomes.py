"""How runs ended: each function makes of what a training returns one number a seed, (seeds,).

NaN stands for a seed that failed. Outcomes of shares are 0 or 1. Words, thresholds and the end of
a run, the average over the last tenth of its records, are those of `ganlab.endings`.
"""

import numpy as np
from scipy.spatial.distance import cdist

from evidence.trainings.perspective2016 import BUMPS
from ganlab.data import Gaussian
from ganlab.endings import CLOSE_W1, PARTS, REACH, at_the_end, last_tenth, measure, unsteady
from ganlab.metrics import wasserstein

BELL = Gaussian(4.0, 0.5)  # what the GANs of evidence/trainings/bell.py are to learn
STANDARD = Gaussian(0.0, 1.0)  # and that of perspective2016
NEAR_HALF = 0.1  # scores and accuracy
APART = 0.5  # scores on real and on fake samples, D being sure of both
SETTLED = 0.1  # of the first distance between the means
NEW = 0.1  # distance from every data point; and how near to the circle is on it


def where_finite(values, finite):
    """`values` (seeds,) as numbers, NaN for the seeds that are not `finite`."""
    return np.where(finite, values, np.nan)


# Of runs on one bell, by the `samples` in their records: in the course's words -----------------


def ended(run, words, target):
    """1 for seeds whose end one of `words` says."""
    end = at_the_end(run.samples, target)
    return where_finite(np.isin(end.words(), words), np.isfinite(end.w1))


def close(run, target=BELL):
    return ended(run, ("close",), target)


def narrow(run, target=BELL):
    return ended(run, ("narrow",), target)


def partly(run, target=BELL):
    return ended(run, ("partly",), target)


def lost(run, target=BELL):
    return ended(run, ("lost",), target)


def missed(run, target=BELL):
    """1 for seeds that end lost or partly."""
    return ended(run, ("lost", "partly"), target)


def wide(run, target=BELL):
    """1 for seeds that end with nine tenths at the bell and its width: near or close."""
    return ended(run, ("near", "close"), target)


def within_a_quarter(run, target=BELL):
    """1 for seeds whose W1 at the end is that of close runs, whatever their width."""
    end = at_the_end(run.samples, target)
    return where_finite(end.w1 <= CLOSE_W1, np.isfinite(end.w1))


def came_close(run, target=BELL):
    """1 for seeds that are close at one record or more."""
    end = at_the_end(run.samples, target)
    return where_finite(_close_at(run, target).any(axis=0), np.isfinite(end.w1))


def came_close_ended_narrow(run, target=BELL):
    return came_close(run, target) * narrow(run, target)


def came_close_stayed_wide(run, target=BELL):
    return came_close(run, target) * wide(run, target)


def not_steady(run, target=BELL):
    """1 for seeds whose last record and last tenth disagree on the word."""
    end = at_the_end(run.samples, target)
    return where_finite(unsteady(run.samples, target), np.isfinite(end.w1))


def settles(run, target=BELL):
    """1 for seeds whose samples' mean, at each record of the last tenth, is nearer to the data's
    than a tenth of what it was at first."""
    off = np.abs(run.samples.mean(axis=(-2, -1)) - target.mean)  # (records, seeds)
    last = off[-max(1, len(off) // PARTS) :].max(axis=0)
    return where_finite(last < SETTLED * off[0], np.isfinite(last))


def close_in_cell(run, d_rate, g_rate, target=BELL):
    """1 for seeds that end close in one cell of a map, samples (records, D, G, seeds, n, 1)."""
    end = at_the_end(run[:, d_rate, g_rate], target)
    return where_finite(end.words() == "close", np.isfinite(end.w1))


def _close_at(run, target):
    """Whether a seed is close, (records, seeds)."""
    return measure(run.samples, target).words() == "close"


# The same runs, by numbers; lengths are in the units of the data ------------------------------


def w1_at_the_end(run, target=BELL):
    return target.std * at_the_end(run.samples, target).w1


def w1_to_bumps(run):
    """W1 at the end to the harder target of `train_post`."""
    return last_tenth(wasserstein(run.samples, BUMPS))


def w1_early(run, target=BELL):
    """W1 averaged over the first quarter of the run: small where G was fast."""
    return np.mean(wasserstein(run.samples[: len(run.samples) // 4], target), axis=0)


def w1_when_stopped(run, target=BELL):
    """W1 at the first record that is close; for runs that have none, at the end."""
    close = _close_at(run, target)
    first = run.samples[np.argmax(close, axis=0), np.arange(close.shape[1])]
    return np.where(close.any(axis=0), wasserstein(first, target), w1_at_the_end(run, target))


def width_at_the_end(run, target=BELL):
    """The standard deviation of the samples."""
    return target.std * at_the_end(run.samples, target).width


def left_tail(run, target=BELL):
    """Share of samples more than three standard deviations below the mean, at the end."""
    return _share(run.samples, run.samples[..., 0] < target.mean - REACH * target.std)


def right_tail(run, target=BELL):
    """Share of samples as far above the mean, at the end."""
    return _share(run.samples, run.samples[..., 0] > target.mean + REACH * target.std)


def _share(samples, which):
    finite = np.isfinite(samples).all(axis=(-2, -1))
    return last_tenth(where_finite(which.mean(axis=-1), finite))


# Of a `Run` on whatever data, by D's scores ----------------------------------------------------


def sure_early(run):
    """1 for seeds whose D tells real from fake at a record of the first half."""
    gap = (run.real_score - run.fake_score)[: len(run.steps) // 2].max(axis=0)
    return where_finite(gap >= APART, np.isfinite(gap))


def scores_at_half(run):
    """1 for seeds whose mean scores on real and on fake samples end near 1/2."""
    off = [np.abs(last_tenth(score) - 0.5) for score in (run.real_score, run.fake_score)]
    return where_finite(np.max(off, axis=0) <= NEAR_HALF, np.isfinite(off).all(axis=0))


def accuracy_at_half(run):
    """1 for seeds whose D ends with an accuracy near 1/2 on its training batches."""
    off = np.abs(last_tenth(run.accuracy) - 0.5)
    return where_finite(off <= NEAR_HALF, np.isfinite(off))


def at_half_and_close(run):
    return scores_at_half(run) * close(run)


def at_half_and_not_close(run):
    return scores_at_half(run) * (1.0 - close(run))


def flat_at_half(run):
    """1 for perspective2016's `Followed` whose D ends near 1/2 over the middle 95 % of the data."""
    off = last_tenth(run.off_half)
    return where_finite(off <= NEAR_HALF, np.isfinite(off))


# Of tables that were `Played` ------------------------------------------------------------------


def same_frequencies(played):
    """1 for seeds whose G ends within 0.05 of the data's frequencies in total variation."""
    apart = 0.5 * np.abs(played.q - played.p[:, None]).sum(axis=-1).mean(axis=-1)
    return where_finite(apart <= 0.05, np.isfinite(apart))


# Of GANs on a sample of the circle: `Sampled` --------------------------------------------------


def makes_new_places(run):
    """1 for seeds with more than 5 % of samples on the circle and near no data point."""
    on_circle = np.abs(np.linalg.norm(run.samples, axis=-1) - 1) < NEW
    pairs = [zip(record, run.data, strict=True) for record in run.samples]
    nearest = np.array([[cdist(x, data).min(axis=1) for x, data in seeds] for seeds in pairs])
    share = (on_circle & (nearest > NEW)).mean(axis=(0, -1))
    return where_finite(share > 0.05, np.isfinite(run.samples).all(axis=(0, 2, 3)))


def w1_to_the_circle(run):
    """W1 between the samples and as many fresh points of the circle."""
    return wasserstein(run.samples, run.fresh).mean(axis=0)


def w1_of_the_data(run):
    """W1 between draws from the data and as many fresh points of the circle."""
    return wasserstein(run.again, run.fresh)
