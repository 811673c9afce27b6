"""The task as a judge: against votes counted one by one, and closed forms."""

import doctest

import numpy as np
import pytest
from scipy.stats import norm

from ganlab import data, labelled
from ganlab.labelled import task_accuracy, with_labels

RING = with_labels(data.ring(8), [1, -1] * 4)


def by_hand(samples, real, k):
    """Distances to all samples, sorted; the vote of the first k."""
    right = 0
    for *x, label in real:
        away = np.sqrt(np.sum((samples[:, :-1] - x) ** 2, axis=1))
        votes = [samples[i, -1] > 0 for i in np.argsort(away)[:k]]
        right += (sum(votes) > len(votes) - sum(votes)) == (label > 0)
    return right / len(real)


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("dim", [1, 2, 4])
def test_it_is_the_vote_of_the_nearest(k, dim):
    rng = np.random.default_rng(dim)
    samples, real = rng.normal(size=(60, dim + 1)), rng.normal(size=(80, dim + 1))
    wanted = by_hand(samples, real, k)
    assert task_accuracy(samples, real, k) == pytest.approx(wanted, abs=1e-12)
    assert 0.2 < wanted < 0.8


def test_leading_axes_are_those_of_other_metrics():
    rng = np.random.default_rng(0)
    samples, real = rng.normal(size=(2, 3, 40, 3)), rng.normal(size=(3, 50, 3))
    found = task_accuracy(samples, real)
    assert found.shape == (2, 3)
    assert found[1, 2] == task_accuracy(samples[1, 2], real[2])


def test_real_on_real_is_the_best_there_is():
    """Two bells at -1 and 1 of width 0.5 overlap: the best rule is wrong with Phi(-2), and the
    label itself, 1 or -1 with the same width, with Phi(-2) as well."""
    two = with_labels(data.points(-1, 1, std=0.5), (-1, 1))
    rng, wrong = np.random.default_rng(0), norm.cdf(-2)
    found = task_accuracy(two.sample(4000, rng), two.sample(20_000, rng), k=101)
    assert found == pytest.approx((1 - wrong) ** 2 + wrong**2, abs=0.006)
    assert task_accuracy(RING.sample(2000, rng), RING.sample(2000, rng)) == 1


def test_a_mode_left_out_is_taken_for_its_neighbours():
    rng = np.random.default_rng(0)
    samples, real = RING.sample(4000, rng), RING.sample(4000, rng)
    left = samples[np.linalg.norm(samples - RING.modes[0], axis=1) > 1]
    assert task_accuracy(left, real) == pytest.approx(7 / 8, abs=0.02)


def test_a_failed_seed_and_a_failed_test_set_are_nan():
    rng = np.random.default_rng(0)
    samples, real = RING.sample((2, 30), rng), RING.sample(30, rng)
    samples[1, 3, 0] = np.nan
    assert np.isnan(task_accuracy(samples, real)).tolist() == [False, True]
    assert np.isnan(task_accuracy(real, samples)).tolist() == [False, True]


def test_a_mode_that_is_given_twice_has_its_label_twice():
    unequal = data.unequal_ring((1, 2, 1))
    made = with_labels(unequal, (1, -1, 1))
    assert np.array(made.centers)[:, 2].tolist() == [1, -1, -1, 1]
    assert np.array_equal(np.array(made.centers)[:, :2], np.array(unequal.centers))
    assert made.std == unequal.std


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: with_labels(data.ring(8), [1, -1]), r"labels has shape \(2,\): wanted \(8,\)"),
        (lambda: task_accuracy(np.zeros((9, 3)), np.zeros((9, 3)), k=2), "k=2: wanted an odd"),
        (lambda: task_accuracy(np.zeros((3, 3)), np.zeros((9, 3))), "k=5: .* of samples, 3$"),
        (lambda: task_accuracy(np.zeros((9, 1)), np.zeros((9, 1))), "samples have dim 1: wanted"),
        (lambda: task_accuracy(np.zeros((9, 3)), np.zeros((9, 2))), "samples have dim 3, real"),
        (lambda: task_accuracy(np.zeros((9, 3)), RING), "real is a Mixture: wanted points"),
    ],
)
def test_what_does_not_fit_gets_one_line(call, told):
    with pytest.raises(ValueError, match=told) as error:
        call()
    assert "\n" not in str(error.value)


def test_examples():
    assert doctest.testmod(labelled) == (0, 4)
