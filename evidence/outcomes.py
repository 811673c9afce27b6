"""How runs ended: each function makes of what a training returns one number a seed, (seeds,).

NaN stands for a seed that failed. Of a rate the number is 0 or 1. At the end means: averaged over
the last tenth of the records.
"""

import numpy as np
from scipy.spatial.distance import cdist

from evidence.trainings.aylien2016 import TARGET
from ganlab.metrics import wasserstein

CLOSE = TARGET.std / 4  # W1
NARROW = 0.8 * TARGET.std  # width
THIN = TARGET.std / 2  # width
REACH = 3 * TARGET.std  # around the mean is the bell
CHANGED = 0.025  # W1: less than that makes no difference


def at_the_end(values):
    """`values` (records, ...) averaged over the last tenth of the records."""
    return np.mean(values[-max(1, len(values) // 10) :], axis=0)


# Of a `Run` on N(4, 0.5), by the samples in its records ----------------------------------


def w1(run):
    """W1 to the data, (records, seeds)."""
    return wasserstein(run.samples, TARGET)


def width(run):
    """The standard deviation of the generated samples, (records, seeds)."""
    return run.samples[..., 0].std(axis=-1)


def inside(run):
    """Share of samples within three standard deviations of the mean, (records, seeds)."""
    return (abs(run.samples[..., 0] - TARGET.mean) < REACH).mean(axis=-1)


def if_finite(rate, run):
    """`rate` (seeds,) as numbers, NaN where W1 at the end is not finite."""
    return rate + 0.0 * w1_at_the_end(run)


def w1_at_the_end(run):
    return at_the_end(w1(run))


def width_at_the_end(run):
    return at_the_end(width(run))


def is_close(run):
    """1 for seeds that end close to the data."""
    return if_finite(w1_at_the_end(run) <= CLOSE, run)


def came_close(run):
    """1 for seeds that are close to the data at one record or more."""
    return if_finite((w1(run) <= CLOSE).any(axis=0), run)


def came_close_and_narrowed(run):
    return if_finite((w1(run) <= CLOSE).any(axis=0) & (width_at_the_end(run) < NARROW), run)


def came_close_and_stayed_wide(run):
    return if_finite((w1(run) <= CLOSE).any(axis=0) & ~(width_at_the_end(run) < NARROW), run)


def never_came_close(run):
    """1 for seeds that are close at no record, also for those that failed."""
    return ~(w1(run) <= CLOSE).any(axis=0)


def w1_when_stopped(run):
    """W1 at the first record that is close; for runs that have none, at the end."""
    found = w1(run)
    close = found <= CLOSE
    first = found[np.argmax(close, axis=0), np.arange(close.shape[1])]
    return np.where(close.any(axis=0), first, at_the_end(found))


def changed_by_stopping(run, sign):
    """1 for seeds that are better off stopped (`sign` 1), or worse off (-1)."""
    difference = w1_at_the_end(run) - w1_when_stopped(run)
    return np.where(np.isfinite(difference), sign * difference > CHANGED, np.nan)


def is_at_the_bell(run):
    """True for seeds that end with nine tenths of their samples at the bell."""
    return at_the_end(inside(run)) >= 0.9


def keeps_the_width(run):
    """1 for seeds that end at the bell with more than half its width."""
    return if_finite(is_at_the_bell(run) & (width_at_the_end(run) > THIN), run)


def is_narrow(run):
    """1 for seeds that end at the bell with at most half its width."""
    return if_finite(is_at_the_bell(run) & (width_at_the_end(run) <= THIN), run)


def is_elsewhere(run):
    """1 for seeds that end with less than nine tenths of their samples at the bell."""
    return if_finite(~is_at_the_bell(run), run)


def left_tail(run):
    """Share of samples more than three standard deviations below the mean, at the end."""
    return _tail(run, np.mean(run.samples[..., 0] < TARGET.mean - REACH, axis=-1))


def right_tail(run):
    """Share of samples as far above the mean, at the end."""
    return _tail(run, np.mean(run.samples[..., 0] > TARGET.mean + REACH, axis=-1))


def _tail(run, share):
    return at_the_end(np.where(np.isfinite(run.samples).all(axis=(-2, -1)), share, np.nan))


# Of a `Run` on whatever data, by D's scores ------------------------------------------------


def largest_early_gap(run):
    """Real minus fake score, the largest over the first half of the records."""
    return np.max((run.real_score - run.fake_score)[: len(run.steps) // 2], axis=0)


def score_off_half(run):
    """The larger distance from 1/2 of the scores on real and on fake samples, at the end."""
    scores = at_the_end(run.real_score), at_the_end(run.fake_score)
    return np.max([np.abs(score - 0.5) for score in scores], axis=0)


def accuracy_off_half(run):
    return np.abs(at_the_end(run.accuracy) - 0.5)


# Of perspective2016's `Followed`, whose W1 is computed at quantiles --------------------------


def computed_w1_early(run):
    """W1 averaged over the first quarter of the run: small where G was fast."""
    return np.mean(run.w1[: len(run.w1) // 4], axis=0)


def computed_w1_at_the_end(run):
    return at_the_end(run.w1)


def difference_of_w1(runs):
    """W1 at the end of the first of two runs, minus that of the second."""
    first, second = runs
    return at_the_end(first.w1) - at_the_end(second.w1)


def is_good(run):
    """1 for seeds whose W1 at the end is at most a quarter of the data's standard deviation."""
    return _good(at_the_end(run.w1))


def is_good_in_cell(w1, d_rate, g_rate):
    """The same in one cell of a map of rates, W1 (records, D rates, G rates, seeds)."""
    return _good(at_the_end(w1)[d_rate, g_rate])


def _good(w1):
    return np.where(np.isfinite(w1), w1 <= 0.25, np.nan)


def is_stuck(run):
    """1 for seeds whose W1 at the end is above the data's standard deviation."""
    w1 = at_the_end(run.w1)
    return np.where(np.isfinite(w1), w1 > 1.0, np.nan)


def largest_off_half(run):
    """The largest distance of D from 1/2 over the middle 95 % of the data, at the end."""
    return at_the_end(run.off_half)


# Of tables that were `Played` ------------------------------------------------------------


def total_variation(played):
    """Between G and the data's frequencies, at the end."""
    return 0.5 * np.abs(played.q - played.p[:, None]).sum(axis=-1).mean(axis=-1)


def mass_off_the_data(played):
    """The share of G that lies where there are no data, at the end."""
    return np.sum(played.q * (played.p == 0)[:, None], axis=-1).mean(axis=-1)


# Of GANs on a sample of the circle: `Sampled` ------------------------------------------------


def share_of_new_places(run, by_record=False):
    """Share of samples within 0.1 of the circle and further than 0.1 from every data point.

    by_record  averages the shares of the two records, which rounds otherwise
    """
    on_circle = np.abs(np.linalg.norm(run.samples, axis=-1) - 1) < 0.1
    pairs = [zip(record, run.data, strict=True) for record in run.samples]
    nearest = np.array([[cdist(x, data).min(axis=1) for x, data in seeds] for seeds in pairs])
    new = on_circle & (nearest > 0.1)
    return new.mean(axis=-1).mean(axis=0) if by_record else new.mean(axis=(0, -1))


def w1_to_the_circle(run):
    """W1 between the samples and as many fresh points of the circle."""
    return wasserstein(run.samples, run.fresh).mean(axis=0)


def w1_of_the_data(run):
    """W1 between draws from the data and as many fresh points of the circle."""
    return wasserstein(run.again, run.fresh)
