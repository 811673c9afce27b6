"""How runs with several modes ended, and what the players' losses did: one number a seed, (seeds,).

As in `evidence.outcomes`, NaN stands for a seed that failed, outcomes of shares are 0 or 1, and
words, thresholds and the end of a run are those of `ganlab.endings`. Points without a width are
judged as modes of the width `STD`: a sample is on one within three of those.
"""

import numpy as np

from evidence.outcomes import where_finite
from evidence.trainings.plane import FOUR, TWO
from ganlab.endings import LOST, at_the_end, last_tenth, measure, unsteady
from ganlab.mode_metrics import hops, total_variation_of_modes

WHOLE = ("narrow", "close", "near")  # the words of a run that holds all modes
EVEN = 0.1  # in total variation, at most
HOPPING = 0.1  # of the steps from record to record, at least
PLACES = 3  # modes that have led, at least
SECTORS = 8  # of the circle
ON_CIRCLE = 0.1  # how near to it is on it, of a radius of 1
RISE, PEAK = 0.1, 0.5  # of a loss, in nats: at the end, and at a record
NEAR_ZERO = 0.1  # of a loss
EQUILIBRIUM = np.log(4)  # D's loss where it can tell nothing apart


# By the modes of its samples --------------------------------------------------------------------


def ended_with(run, words, target):
    """1 for seeds whose end one of `words` says."""
    end = at_the_end(run.samples, target)
    return where_finite(np.isin(end.words(), words), np.isfinite(end.good))


def holds_all(run, target=FOUR):
    """1 for seeds that are not lost and hold every mode at the end."""
    return ended_with(run, WHOLE, target)


def holds_all_at_last(run, target=FOUR):
    """1 for seeds that hold every mode at the last record, by itself.

    A run that hops through the modes within a tenth of its records holds them all on average.
    """
    last = measure(run.samples[-1], target)
    return where_finite(np.isin(last.words(), WHOLE), np.isfinite(last.good))


def holds_several(run, target=FOUR):
    """1 for seeds that are not lost and hold two modes or more at the end."""
    return ended_with(run, (*WHOLE, "dropped"), target)


def modes_held(played):
    """Modes that are held at the end of what the league trains, 0 if the run is lost.

    The untrained networks' record does not count.
    """
    end = at_the_end(played.samples[1:], played.target)
    return where_finite(np.where(end.good < LOST, 0, end.held), np.isfinite(end.good))


def keeps_width(run, target=FOUR):
    """1 for seeds that hold every mode at the end, as wide as it is: close or near."""
    return ended_with(run, ("close", "near"), target)


def collapsed(run, target=FOUR):
    return ended_with(run, ("collapsed",), target)


def not_steady(run, target=FOUR):
    """1 for seeds whose last record and last tenth disagree on the word."""
    end = at_the_end(run.samples, target)
    return where_finite(unsteady(run.samples, target), np.isfinite(end.good))


def chases(run, target=FOUR):
    """1 for seeds whose majority keeps passing on in the second half of the records.

    It passes to another mode in a tenth of the steps from record to record or more, and three modes
    or more have had it.
    """
    found = hops(run.samples[len(run.samples) // 2 :], target)
    several = np.sum(found.led > 0, axis=-1) >= PLACES
    return where_finite((found.rate >= HOPPING) & several, np.isfinite(found.rate))


def distance_of_modes(run, target=FOUR):
    """Total variation at the end: of the shares of modes, what is on none being one more."""
    return last_tenth(total_variation_of_modes(run.samples, target))


def on_the_points(run, target=TWO):
    """1 for seeds with nine tenths of their samples on the points at the end."""
    end = at_the_end(run.samples, target)
    return where_finite(end.good >= 0.9, np.isfinite(end.good))


def evenly_on_the_points(run, target=TWO):
    """1 for seeds that get there and whose shares are within 0.1 of what is due."""
    end = at_the_end(run.samples, target)
    apart = 0.5 * np.mean(np.abs(end.shares - 1), axis=-1)  # in total variation, of equal modes
    return where_finite((end.good >= 0.9) & (apart <= EVEN), np.isfinite(end.good))


def on_the_circle(run):
    """1 for seeds with nine tenths of their samples within 0.1 of the circle of radius 1."""
    off = np.abs(np.linalg.norm(run.samples, axis=-1) - 1)
    share = last_tenth(np.where(np.isnan(off), np.nan, off <= ON_CIRCLE).mean(axis=-1))
    return where_finite(share >= 0.9, np.isfinite(share))


def evenly_on_the_circle(run):
    """1 for seeds on the circle whose shares of eight equal sectors are within 0.1 of even.

    In total variation. Of 500 points that are uniform on the circle it is 0.047 on average.
    """
    x, y = np.moveaxis(run.samples, -1, 0)
    turn = np.arctan2(y, x) / (2 * np.pi) % 1  # % 1 may give 1 for a turn that is hardly below 0
    sector = np.where(np.isnan(turn), np.nan, np.floor(turn * SECTORS) % SECTORS)
    shares = np.stack([np.mean(sector == k, axis=-1) for k in range(SECTORS)], axis=-1)
    apart = 0.5 * np.abs(last_tenth(shares) - 1 / SECTORS).sum(axis=-1)
    return on_the_circle(run) * (apart <= EVEN)


# Of a run that had collapsed before, (before, after) ---------------------------------------------


def got_out(runs):
    """1 for seeds that had collapsed and hold two modes or more after."""
    before, after = runs
    return collapsed(before) * holds_several(after)


def got_all_back(runs):
    """1 for seeds that had collapsed and hold all modes after."""
    before, after = runs
    return collapsed(before) * holds_all(after)


def stayed_in(runs):
    """1 for seeds that had collapsed and do not."""
    before, after = runs
    return collapsed(before) * (1.0 - holds_several(after))


# By the players' losses --------------------------------------------------------------------------


def _rise(loss):
    """How far a loss ends above what it was before the first step."""
    return last_tenth(loss) - loss[0]


def g_loss_rises(run):
    """1 for seeds whose g_loss ends at least 0.1 above what it was untrained."""
    rise = _rise(run.g_loss)
    return where_finite(rise >= RISE, np.isfinite(rise))


def d_loss_rises(run):
    """1 for seeds whose d_loss ends at least 0.1 above what it was untrained."""
    rise = _rise(run.d_loss)
    return where_finite(rise >= RISE, np.isfinite(rise))


def d_loss_rose(run):
    """1 for seeds whose d_loss was 0.5 above what it was untrained at a record or more."""
    rise = np.max(run.d_loss - run.d_loss[0], axis=0)
    return where_finite(rise >= PEAK, np.isfinite(rise))


def d_loss_near_zero(run):
    """1 for seeds whose d_loss ends below 0.1."""
    end = last_tenth(run.d_loss)
    return where_finite(end < NEAR_ZERO, np.isfinite(end))


def d_loss_at_equilibrium(run):
    """1 for seeds whose d_loss ends within 0.1 of log 4, as if D told nothing apart."""
    off = np.abs(last_tenth(run.d_loss) - EQUILIBRIUM)
    return where_finite(off <= RISE, np.isfinite(off))
