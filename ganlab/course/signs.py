"""What can be measured of a training from what it left behind: the signs that a diagnosis reads.

Samples, losses and scores over the records are enough; weights and gradients are not asked for. A
sign is an array (seeds,), or None where what is there does not tell it.
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

from ganlab.course.left import Left
from ganlab.data import Gaussian, Mixture, as_target, due_shares
from ganlab.endings import MOST_DIM, Bell, Modes, at_the_end, last_tenth, measure
from ganlab.metrics import is_distribution
from ganlab.mode_metrics import hops

WHOLE = ("narrow", "close", "near")  # the words of a run that holds all there is
FEW = 20  # records; with fewer nothing is said of how a run moves
ROUNDS = 25  # records in their second half; with fewer nothing is said of whether it goes round
POINTS = 2000  # of a target, to measure distances to
DIRECTIONS = 8
CLOSE, NARROW, COLLAPSED, LOST = 0.25, 0.8, 0.2, 1.0  # of data without modes, in its own spreads
BESIDE = 1.5  # ... from the nearest of them, a coordinate: in many dimensions all are far apart


class Signs(NamedTuple):
    """One number for each seed (seeds,), or None. Lengths are in spreads: the target's standard
    deviation, or without a target that of all samples in the second half of the records. Of a
    target without modes each column has its own.

    finite     whether samples and curves stayed finite
    word       how it ends, by `endings` where the target has modes
    end        the numbers behind the word, a `Bell` or `Modes`; None where it has none
    whole      share of the records in the second half that hold everything; a mode is missing at a
               record if its share is below what is held by more than a standard error
    falls      how often, from one of these records to the next, that is lost
    least      the smallest share of a mode in the second half, all its records taken together: 1
               where all get their due, below a half if one is missing for good
    hops, led  of the second half, as `mode_metrics.hops`: hops a record, modes that have led
    travelled  distance of the last tenth of the records from the first record, in terms of the
               distance from there to the target; without one, of the first record's spread
    move       mean distance between one record and the next in the second half
    turn       correlation of the centre's step with its next step, -1 to 1, in the second half:
               about -1/2 for noise about a place, near 1 on a smooth path
    straight   distance of the centre from where it was halfway, over the length of its way: 0 on a
               closed curve, 1 on a line
    cycle      share of the centre's variance about a straight line, in the second half, that has
               one period, give or take a step of 1 / records in frequency: of noise about 0.3 where
               that half has 50 records, 0.45 where it has 26; with fewer than `ROUNDS` NaN, for
               then noise looks like it
    period     that period, in records
    own        spread of the samples of one record, over that of the target
    slimmest   that of the column in which it is least, of a target without modes in few columns
    wander     share of the variance of all samples in the second half that is between records
    gap        D's mean score on real samples less that on fake ones, last tenth; scores in [0, 1]
    d_loss     last tenth
    g_rise     g_loss, last tenth, less what it was at first
    """

    finite: np.ndarray
    word: np.ndarray | None = None
    end: Bell | Modes | None = None
    whole: np.ndarray | None = None
    falls: np.ndarray | None = None
    least: np.ndarray | None = None
    hops: np.ndarray | None = None
    led: np.ndarray | None = None
    travelled: np.ndarray | None = None
    move: np.ndarray | None = None
    turn: np.ndarray | None = None
    straight: np.ndarray | None = None
    cycle: np.ndarray | None = None
    period: np.ndarray | None = None
    own: np.ndarray | None = None
    slimmest: np.ndarray | None = None
    wander: np.ndarray | None = None
    gap: np.ndarray | None = None
    d_loss: np.ndarray | None = None
    g_rise: np.ndarray | None = None

    @property
    def on_one_bell(self):
        """Whether the target is one bell; False, too, where its modes are not known."""
        return hasattr(self.end, "inside")


def signs(left: Left, target=None) -> Signs:
    """The signs of what a training left, against a target if there is one."""
    parts = [*left.curves.values()]
    finite = np.ones(len(left.seeds), bool)
    for values in parts:
        finite &= np.isfinite(values).all(axis=0)
    if left.samples is not None:
        finite &= np.isfinite(left.samples).all(axis=(0, 2, 3))
    found = Signs(finite)
    with np.errstate(all="ignore"):
        found = found._replace(**_of_curves(left.curves))
        if left.samples is not None:
            found = found._replace(**_of_samples(np.asarray(left.samples, float), target))
    return found


def _of_curves(curves):
    found = {}
    if "d_loss" in curves:
        found["d_loss"] = last_tenth(curves["d_loss"])
    if "g_loss" in curves:
        loss = curves["g_loss"]
        begin = loss[: max(1, len(loss) // 100)].mean(axis=0)  # of a loss step by step, more
        found["g_rise"] = last_tenth(loss) - begin
    scores = [curves.get(name) for name in ("real_score", "fake_score")]
    if all(s is not None and not np.any((s < 0) | (s > 1)) for s in scores):
        found["gap"] = last_tenth(scores[0]) - last_tenth(scores[1])
    return found


def _of_samples(samples, target):
    points = None if target is None else points_of(target, samples.shape[-1])
    if points is not None and not _has_modes(target):  # columns may have units of their own
        unit = points.std(axis=0)
        unit = np.where(unit > 0, unit, 1.0)
        points, samples = points / unit, samples / unit
    found, half = {}, samples[len(samples) // 2 :]
    across = np.mean(samples.std(axis=2) ** 2, axis=-1)  # (records, seeds)
    together = np.moveaxis(half, 1, 0).reshape(samples.shape[1], -1, samples.shape[-1])
    pooled = np.sqrt(np.mean(together.std(axis=1) ** 2, axis=-1))
    spread = pooled if points is None else np.sqrt(np.mean(points.std(axis=0) ** 2))
    moves = len(samples) >= FEW
    if moves:
        found |= _moves(samples, spread, points, across)
        between = np.mean(half.mean(axis=2).std(axis=0) ** 2, axis=-1)
        found["wander"] = between / pooled**2
    found["own"] = np.sqrt(last_tenth(across) if not moves else across[len(across) // 2 :].mean(0))
    found["own"] = found["own"] / spread
    if _has_modes(target):
        found["end"] = end = at_the_end(samples, target)
        found["word"] = end.words()
        whole = _is_whole(seen := measure(half, target), target, samples.shape[2])
        found["whole"], found["falls"] = whole.mean(axis=0), (whole[:-1] & ~whole[1:]).sum(axis=0)
        if isinstance(end, Modes) and moves:
            good = seen.good / np.maximum(seen.good.sum(axis=0), 1e-9)
            found["least"] = np.sum(seen.shares * good[..., None], axis=0).min(axis=-1)
        if isinstance(end, Modes) and moves:
            seen = hops(half, target)
            found |= {"hops": seen.rate, "led": np.sum(seen.led > 0, axis=-1)}
    elif points is not None:
        width = found["own"]
        if samples.shape[-1] <= MOST_DIM:  # of pictures some pixel is always too dark
            last = samples[-max(1, len(samples) // 10) :]
            columns = np.sqrt(np.mean(last.std(axis=2) ** 2, axis=0))  # (seeds, dim)
            due = points.std(axis=0)
            ratio = np.where(due > 0, columns / due, np.inf)
            width = found["slimmest"] = ratio.min(axis=-1)
        found["word"] = _word_of_points(samples, points, spread, found["own"], width)
    return found


def _is_whole(seen, target, n):
    """Whether records of n samples hold everything, bool (records, seeds).

    Of c samples that are due to a mode c / 2 are half its share, give or take the root of c / 2:
    with 500 samples of eight modes a mode that is held is below half at one record in ten.
    """
    if isinstance(seen, Bell):
        return np.isin(seen.words(), WHOLE)
    _, due = due_shares(target)
    number = np.maximum(seen.good[..., None] * due * n, 1e-9)
    shares = seen.shares + 1 / np.sqrt(2 * number)
    return np.isin(seen._replace(shares=shares, width=np.ones_like(seen.good)).words(), WHOLE)


def _moves(samples, spread, points, across):
    """How samples move from record to record, by distances of what their projections show."""
    ways = _directions(samples.shape[-1])
    first = before = np.sort(samples[0] @ ways, axis=1)
    lengths, half = [], len(samples) // 2
    for record in samples[1:]:
        now = np.sort(record @ ways, axis=1)
        lengths.append(np.abs(now - before).mean(axis=(1, 2)))
        before = now
    end = max(1, len(samples) // 10)
    gone = np.mean([_apart(np.sort(x @ ways, axis=1), first) for x in samples[-end:]], axis=0)
    if points is None:
        goal = np.sqrt(across[0])
    else:
        u = (np.arange(first.shape[1]) + 0.5) / first.shape[1]
        goal = _apart(np.quantile(points @ ways, u, axis=0), first)
    centres = samples[half:].mean(axis=2)
    step = np.diff(centres, axis=0)
    square = np.sum(step**2, axis=(0, 2))
    way = np.linalg.norm(step, axis=-1).sum(axis=0)
    cycle, period = _cycle(centres)
    return {
        "move": np.mean(lengths[half:], axis=0) / spread,
        "travelled": gone / goal,
        "turn": np.sum(step[1:] * step[:-1], axis=(0, 2)) / square,
        "straight": np.linalg.norm(centres[-1] - centres[0], axis=-1) / way,
        "cycle": cycle,
        "period": period,
    }


def _cycle(centres):
    """Of a centre's way (records, seeds, dim): the share of its variance about a line that lies in
    three neighbouring frequencies, those with the most, and their period in records."""
    records = len(centres)
    if records < ROUNDS:
        return np.full((2, centres.shape[1]), np.nan)
    time = (np.arange(records) - (records - 1) / 2)[:, None, None]
    away = centres - centres.mean(axis=0)
    away = away - time * (time * away).sum(axis=0) / np.sum(time**2)
    away = away * np.hanning(records)[:, None, None]  # so that a period need not fit in
    power = np.sum(np.abs(np.fft.rfft(away, axis=0)) ** 2, axis=-1)[1:]
    three = power[:-2] + power[1:-1] + power[2:]
    share = three.max(axis=0) / np.maximum(power.sum(axis=0), 1e-30)
    return share, records / (three.argmax(axis=0) + 2)


def _apart(a, b):
    """Sliced Wasserstein-1 distance of sorted projections (..., n, directions)."""
    return np.abs(a - b).mean(axis=(-1, -2))


def _directions(dim):
    """Unit vectors (dim, directions): the axis, a fan in the plane, random ones beyond."""
    if dim == 1:
        return np.ones((1, 1))
    if dim == 2:
        angle = np.arange(DIRECTIONS) * np.pi / DIRECTIONS
        return np.stack([np.cos(angle), np.sin(angle)])
    ways = np.random.default_rng(0).normal(size=(dim, 2 * DIRECTIONS))
    return ways / np.linalg.norm(ways, axis=0)


def _has_modes(target):
    """Whether `endings` has words for it."""
    if not isinstance(target, Gaussian | Mixture) or target.dim > MOST_DIM:
        return False
    try:
        measure(np.zeros((1, target.dim)), target)
    except ValueError:
        return False
    return True


def points_of(target, dim):
    """Points of a target (m, dim), a distribution or data."""
    target = as_target(target)
    if is_distribution(target):
        points = np.asarray(target.sample(POINTS, np.random.default_rng(0)), float)
    else:
        points = np.asarray(target.array, float)
    if points.shape[-1] != dim:
        given = f"samples have dim {dim}, target has dim {points.shape[-1]}"
        raise ValueError(f"{given}: wanted the same, pictures flattened to one row each")
    return points


def _word_of_points(samples, points, spread, own, width):
    """A word where the target has no modes: by distance and by width, in the data's spreads."""
    ways = _directions(samples.shape[-1])
    last = np.sort(samples[-max(1, len(samples) // 10) :] @ ways, axis=2)
    u = (np.arange(last.shape[2]) + 0.5) / last.shape[2]
    away = np.mean(_apart(last, np.quantile(points @ ways, u, axis=0)), axis=0) / spread
    # On one point of the data it is far from most of them, and yet not lost.
    centre = samples[-1].mean(axis=1)
    beside = cdist(centre, points).min(axis=1) / np.sqrt(points.shape[1]) / spread
    on_a_point = (own < COLLAPSED) & (beside <= BESIDE)
    conditions = [on_a_point, ~(away <= LOST), width < NARROW, away <= CLOSE]
    return np.select(conditions, ["collapsed", "lost", "narrow", "close"], default="partly")
