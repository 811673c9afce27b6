"""What samples came to, in any dimension: one number a seed, (seeds,), NaN for one that failed.

Of the `Generated` of trainings/side_by_side.py, each seed's samples against real points of its own,
of the `Labelled` of trainings/labelled.py, of the `Judged` of trainings/parzen.py, of the `Drawn`
of trainings/pictures.py, what trainings/harmed.py returns, and of what trainings/glyphs.py,
trainings/put_to_use.py and trainings/translating.py return.
`outcomes` has those of runs on the line.
"""

import numpy as np

from evidence.trainings.glyphs import BOLD, real_glyphs
from ganlab import images, neighbours
from ganlab.distances import sliced_wasserstein
from ganlab.labelled import task_accuracy
from ganlab.picture_plots import nearest
from ganlab.translation import partners_found

A_NAT = 1.0
LUCK = 0.1  # of draws that are not harmed
CLOSE_BACK = 0.2  # of pixels from -1 to 1


def covered(made):
    """Share of the real points that have a sample near."""
    return neighbours.coverage(made.samples, made.real)


def precise(made):
    """Share of the samples that lie where the real points are."""
    return neighbours.precision(made.samples, made.real)


def precise_means(made):
    """The same of a decoder's means, without its noise."""
    return neighbours.precision(made.means, made.real)


def apart(made):
    """Sliced W1 between samples and real points; on the line W1."""
    return sliced_wasserstein(made.samples, made.real)


def restless(made):
    """How far the sliced W1 to the real points ranges over the last records."""
    return np.ptp(sliced_wasserstein(made.late, made.real), axis=0)


def off_by_a_nat(judged):
    """1 for seeds whose kernel density misses the true log-likelihood by more than a nat."""
    return (np.abs(judged.by_kernels - judged.true) > A_NAT).astype(float)


def likelihood_by_kernels(judged):
    """Mean log-likelihood of the test points, by the kernel density of the samples."""
    return judged.by_kernels


def solved(made):
    """Share of the real points that a classifier trained on the samples gets right."""
    return task_accuracy(made.samples, made.test)


def solved_by_real(made):
    """The same of a classifier trained on real points: the ceiling."""
    return task_accuracy(made.real, made.test)


def judged_distance(drawn):
    """Frechet distance of drawn digits to test digits, in the judge's features; of real ones it is
    1 to 2."""
    return images.digit_judge().frechet(drawn.pictures, drawn.test)


def covered_digits(drawn):
    """Share of the test digits that have a drawn one near, in the judge's features."""
    judge = images.digit_judge()
    return neighbours.coverage(judge.features(drawn.pictures), judge.features(drawn.test))


def noticed_by_inception(harmed):
    """1 for draws in which the inception score is lower for what is wrong."""
    return (harmed.inception_harmed < harmed.inception).astype(float)


def noticed_by_frechet(harmed):
    """1 for draws in which the Frechet distance is larger for it."""
    return (harmed.frechet_harmed > harmed.frechet).astype(float)


def beyond_luck_by_inception(beside):
    """1 for draws whose inception score is lower than nine tenths of those that are not harmed."""
    usual = np.quantile(beside.inception, LUCK, axis=1)
    return (beside.inception_harmed < usual).astype(float)


def beyond_luck_by_frechet(beside):
    """1 for draws whose Frechet distance is larger than nine tenths of theirs."""
    return (beside.frechet_harmed > np.quantile(beside.frechet, 1 - LUCK, axis=1)).astype(float)


def as_asked(asked):
    """Share of the pictures that the judge reads as the digit they were to be."""
    read = images.digit_judge().labels(asked.pictures)
    return np.where(np.isnan(asked.pictures).any((1, 2)), np.nan, (read == asked.labels).mean(1))


def bold_as_asked(wished, *, digit=True):
    """Share of the pictures asked to be a bold digit from 1 to 9 whose nearest glyph of 6,000 is
    bold, and if `digit` that digit; of other real ones 99 in 100 are."""
    return _bold(wished, np.isin(wished.fonts, BOLD), digit)


def bold_unasked(wished):
    """Share of the pictures asked to be a digit from 1 to 9, not bold, whose nearest glyph is."""
    return _bold(wished, ~np.isin(wished.fonts, BOLD), digit=False)


def _bold(wished, asked, digit):
    known, asked = real_glyphs(6000, 1), asked & (wished.digits > 0)
    made = wished.pictures[:, asked]
    found = np.full(len(made), np.nan)
    for seed in np.flatnonzero(np.isfinite(made).all((1, 2))):
        twin = nearest(made[seed], known.pictures)[1]
        right = np.isin(known.fonts[twin], BOLD)
        if digit:
            right &= known.digits[twin] == wished.digits[asked]
        found[seed] = right.mean()
    return found


def named_of_the_rare(helped, *, remedy):
    """Share of the rare digit's test pictures that a classifier names rightly."""
    return helped[remedy][:, 0]


def named_of_all(helped, *, remedy):
    """The same of all test pictures."""
    return helped[remedy][:, 1]


def told_apart(areas, *, detector):
    """Area under the curve of a detector of the digit that was never seen."""
    return areas[detector]


def off_the_truth(enlarged):
    """Root mean squared error, over pixels and pictures."""
    return np.sqrt(np.mean((enlarged.pictures - enlarged.truth) ** 2, axis=(1, 2)))


def sharp(enlarged):
    """Sharpness as a share of that of the true pictures."""
    real = images.sharpness(enlarged.truth, (8, 8))
    return images.sharpness(enlarged.pictures, (8, 8)) / real


def off_real_ones(enlarged):
    """Frechet distance to the true pictures, in the judge's features, as sets: which was made of
    which does not count. Of other real ones it is 1 to 2."""
    return images.digit_judge().frechet(enlarged.pictures, enlarged.truth)


def with_their_partner(translated):
    """Share of the translations that are nearer to their true partner than to any other."""
    return partners_found(translated.made, translated.partners)


def still_the_digit(translated):
    """Share of the translations that the judge reads, after the true way back, as they were."""
    read = images.digit_judge().labels(translated.undone)
    failed = np.isnan(translated.undone).any((1, 2))
    return np.where(failed, np.nan, (read == translated.labels).mean(axis=1))


def brought_back(translated):
    """Mean absolute difference of pixels after there and back: the cycle error."""
    return np.abs(translated.back - translated.before).mean(axis=(1, 2))


def back_by_a_wrong_way(translated):
    """1 where there and back costs at most 0.2 a pixel, and most digits have become others."""
    off, right = brought_back(translated), still_the_digit(translated)
    wrong = (off <= CLOSE_BACK) & (right < 0.5)
    return np.where(np.isnan(off), np.nan, wrong)
