"""Modes covered, their shares and hops between them, against sums by hand and closed forms."""

import doctest
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binom, chi2, entropy

from ganlab import data, mode_metrics
from ganlab.endings import measure
from ganlab.metrics import noise_floor
from ganlab.mode_metrics import (
    after_leaving,
    good_share,
    hops,
    modes_covered,
    reverse_kl_of_modes,
    total_variation_of_modes,
)

RING = data.ring()
UNEQUAL = data.points((0, 0), (0, 0), (3, 0), (0, 3), std=0.25)  # 1/2, 1/4, 1/4
ALL = (good_share, modes_covered, total_variation_of_modes, reverse_kl_of_modes)


def rng(seed=0):
    return np.random.default_rng(seed)


def placed(target, counts, bad=0):
    """Samples (n, dim) with so many on each distinct mode, and `bad` ones far from all."""
    centers, _ = data.due_shares(target)
    far = np.full((bad, target.dim), 50.0)
    return np.concatenate([np.repeat(centers, counts, axis=0), far])


# What is due


def test_due_shares_are_of_distinct_modes_in_the_targets_order():
    target = data.points((3, 0), (0, 0), (3, 0), (0, 3), (3, 0), std=0.25)
    centers, due = data.due_shares(target)
    assert centers.tolist() == [[3, 0], [0, 0], [0, 3]]
    np.testing.assert_allclose(due, [0.6, 0.2, 0.2], rtol=1e-15)
    centers, due = data.due_shares(RING)
    np.testing.assert_array_equal(centers, RING.modes)
    np.testing.assert_array_equal(due, np.full(8, 1 / 8))
    # Where endings counts them, they come in the same order.
    samples = placed(target, [6, 2, 0])
    np.testing.assert_allclose(measure(samples, target).shares, [6 / 8 / 0.6, 2 / 8 / 0.2, 0])


# Samples at one time


def test_good_is_within_three_standard_deviations_by_euclidean_distance():
    """Of (0.25, 0.25), a box of 3 standard deviations holds it, a disc does not."""
    samples = RING.modes[0] + np.array([[0.299, 0.0], [0.301, 0.0], [0.25, 0.25], [0.2, -0.2]])
    assert good_share(samples, RING) == 0.5


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_ceiling_of_good_samples(dim):
    """98.889 % in the plane, not 99.7."""
    centers = np.array([np.zeros(dim), np.full(dim, 5.0)])
    target = data.Mixture(centers, 0.1)
    n, wanted = 400_000, chi2.cdf(9, dim)
    if dim == 2:
        assert wanted == pytest.approx(0.98889, abs=5e-6)
    error = np.sqrt(wanted * (1 - wanted) / n)
    assert abs(good_share(target.sample(n, rng(dim)), target) - wanted) < 4 * error


def test_covered_is_a_share_of_all_samples():
    """Of 200: 2 are 1 %, and bad samples count among the 200 but for no mode."""
    samples = placed(RING, [60, 2, 1, 0, 50, 2, 5, 0], bad=80)
    assert len(samples) == 200
    assert modes_covered(samples, RING) == 5
    assert modes_covered(samples, RING, least=0) == 8
    assert modes_covered(samples, RING, least=0.025) == 3
    assert modes_covered(samples, RING, least=0.026) == 2
    assert measure(samples, RING).held == 2  # the course's own word asks for a sixteenth


@pytest.mark.parametrize("n", [100, 700, 3_000])
def test_exactly_the_least_share_is_covered(n):
    """0.07 x 100 is above 7, and shares of shares are off by a rounding error."""
    for percent in range(1, 50):
        samples = placed(RING, [n * percent // 100, 0, 0, 7, 11, 0, 0, 0], bad=n)[:n]
        assert modes_covered(samples[:n], RING, least=percent / 100) >= 1
        fewer = placed(RING, [n * percent // 100 - 1, 0, 0, 0, 0, 0, 0, 0], bad=n)[:n]
        assert modes_covered(fewer, RING, least=percent / 100) == 0


def test_total_variation_is_that_of_benchmark_a():
    """Half of the sum of |mass - 1/8| and of the invalid share, both of all samples."""
    counts, bad = np.array([60, 2, 1, 0, 50, 2, 5, 0]), 80
    wanted = 0.5 * (np.abs(counts / 200 - 1 / 8).sum() + bad / 200)
    samples = placed(RING, counts, bad)
    assert total_variation_of_modes(samples, RING) == pytest.approx(wanted, rel=1e-12)
    due = np.array([0.5, 0.25, 0.25])
    wanted = 0.5 * (np.abs(np.array([0.1, 0.3, 0.2]) - due).sum() + 0.4)
    assert total_variation_of_modes(placed(UNEQUAL, [1, 3, 2], 4), UNEQUAL) == pytest.approx(wanted)
    assert total_variation_of_modes(placed(UNEQUAL, [4, 2, 2]), UNEQUAL) == pytest.approx(0)
    assert total_variation_of_modes(placed(RING, [0] * 8, 5), RING) == pytest.approx(1)
    assert total_variation_of_modes(placed(RING, [9] + [0] * 7), RING) == pytest.approx(7 / 8)


def test_reverse_kl_of_a_collapse_is_the_logarithm():
    assert reverse_kl_of_modes(placed(RING, [0, 5] + [0] * 6), RING) == pytest.approx(np.log(8))
    half = placed(RING, [3, 0] * 4, bad=7)  # bad samples do not count
    assert reverse_kl_of_modes(half, RING) == pytest.approx(np.log(2))
    assert reverse_kl_of_modes(placed(RING, [4] * 8), RING) == pytest.approx(0, abs=1e-15)
    grid = data.grid()
    assert reverse_kl_of_modes(placed(grid, [1] + [0] * 24), grid) == pytest.approx(np.log(25))
    wanted = entropy([1 / 6, 3 / 6, 2 / 6], [0.5, 0.25, 0.25])
    assert reverse_kl_of_modes(placed(UNEQUAL, [1, 3, 2], 4), UNEQUAL) == pytest.approx(wanted)
    assert reverse_kl_of_modes(placed(UNEQUAL, [0, 0, 3]), UNEQUAL) == pytest.approx(np.log(4))
    assert np.isnan(reverse_kl_of_modes(placed(RING, [0] * 8, 5), RING))


def test_floors_are_those_of_the_docstrings():
    floor = noise_floor(reverse_kl_of_modes, RING, 2_000, rng(), repeats=1_000)
    # (K - 1) / 2n times the quantiles of chi-squared / (K - 1).
    wanted = chi2(7).ppf([0.5, 0.1, 0.9]) / (2 * 2_000 * 0.98889)
    np.testing.assert_allclose(floor, wanted, rtol=0.12)
    for n, wanted, atol in (
        (500, (0.052, 0.038, 0.069), 4e-3),
        (10_000, (0.017, 0.014, 0.021), 1e-3),
    ):
        floor = noise_floor(total_variation_of_modes, RING, n, rng(), repeats=150)
        np.testing.assert_allclose(floor, wanted, atol=atol)
    assert noise_floor(modes_covered, RING, 500, rng(), repeats=100) == (8, 8, 8)
    # That one mode of a grid has less than 5 of 500 samples, as `modes_covered` says.
    assert 25 * binom.cdf(4, 500, 0.98889 / 25) == pytest.approx(1 / 2_600, rel=0.05)


@pytest.mark.parametrize("score", ALL)
def test_entries_apart_and_not_finite_ones_nan(score):
    samples = RING.sample((3, 2, 60), rng()).astype(float)
    samples[1, 1] *= 0.3
    wanted = score(samples, RING)
    assert wanted.shape == (3, 2) and wanted.dtype == np.float64
    for i, j in np.ndindex(3, 2):
        np.testing.assert_equal(wanted[i, j], score(samples[i, j], RING))
    for bad in (np.nan, np.inf, -np.inf):
        dirty = samples.copy()
        dirty[2, 0, 5, 1] = bad
        expected = np.where(np.arange(6).reshape(3, 2) == 4, np.nan, wanted)
        np.testing.assert_array_equal(score(dirty, RING), expected)


# Records


def run_on(modes, target=RING, n=20):
    """Records (records, seeds, n, dim) all on the modes (records, seeds), far from all for -1."""
    centers, _ = data.due_shares(target)
    at = np.concatenate([centers, np.full((1, target.dim), 50.0)])[np.array(modes)]
    return np.repeat(at[:, :, None], n, axis=2)


def test_hops_by_hand():
    seeds = [
        [3, 3, 3, 3, 3, 3],  # collapsed, and stays
        [0, 1, 2, 3, 4, 5],  # another mode each time
        [0, 0, 5, 5, 0, 0],  # there and back: two hops
        [2, -1, 2, -1, -1, 2],  # lost in between, and back to where it was: none
        [2, -1, -1, 4, -1, 4],  # by way of nowhere: one
        [-1, -1, 1, -1, 6, -1],  # found late: one
        [-1] * 6,  # never anywhere
    ]
    modes = np.array(seeds).T
    result = hops(run_on(modes), RING)
    np.testing.assert_array_equal(result.majority, modes)
    np.testing.assert_allclose(result.rate, np.array([0, 5, 2, 0, 1, 1, 0]) / 5)
    wanted = np.mean(modes[..., None] == np.arange(8), axis=0)
    np.testing.assert_allclose(result.led, wanted)
    np.testing.assert_allclose(result.held, wanted)  # all good samples on one mode


def test_a_majority_is_more_than_half_of_all_samples():
    records = [
        placed(RING, [11, 9, 0, 0, 0, 0, 0, 0]),
        placed(RING, [9, 11, 0, 0, 0, 0, 0, 0]),
        placed(RING, [10, 10, 0, 0, 0, 0, 0, 0]),
        placed(RING, [0, 0, 10, 1, 0, 0, 0, 0], bad=9),
        placed(RING, [0, 0, 11, 0, 0, 0, 0, 0], bad=9),
    ]
    result = hops(np.array(records)[:, None], RING)
    assert result.majority[:, 0].tolist() == [0, 1, -1, -1, 2]
    assert result.rate.tolist() == [2 / 4]
    most = hops(np.array(records)[:, None], RING, least=0)
    assert most.majority[:, 0].tolist() == [0, 1, 0, 2, 2]
    assert most.rate.tolist() == [3 / 4]
    strict = hops(np.array(records)[:, None], RING, least=0.55)
    assert (strict.majority == -1).all() and strict.rate.tolist() == [0]
    # Held, with half of the due share of the good samples, in the course's words.
    shares = np.array([[11, 9, 0], [9, 11, 0], [10, 10, 0], [0, 0, 10], [0, 0, 11]]) > 0
    np.testing.assert_allclose(result.held[0, :3], shares.mean(axis=0))
    np.testing.assert_allclose(result.held[0, 3], 1 / 5)  # 1 of 11 is above a sixteenth
    few = np.array([placed(RING, [40, 2, 3, 0, 0, 0, 0, 0])] * 2)  # 2 of 45 is below, 3 is above
    assert hops(few, RING).held.tolist() == [1, 0, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("n", [100, 700, 1_100])
def test_exactly_the_least_share_is_no_majority(n):
    for percent in range(51, 98):
        count = n * percent // 100
        records = [placed(RING, [0, 0, k, 0, 0, 1, 0, 0], bad=n)[:n] for k in (count, count + 1)]
        majority = hops(np.array(records), RING, least=percent / 100).majority
        assert majority.tolist() == [-1, 2], percent


def test_of_modes_with_as_many_samples_the_first_has_the_most():
    """Also where their due shares differ, by which shares were divided."""
    for weights in ((1, 1, 5), (1, 3, 7), (5, 3, 3)):
        centers = np.repeat([(0, 0), (3, 0), (0, 3)], weights, axis=0)
        target = data.points(*centers, std=0.25)
        for count in range(1, 30):
            records = np.array([placed(target, [count] * 3)] * 2)
            assert hops(records, target, least=0).majority.tolist() == [0, 0], (weights, count)


def test_a_perfect_sampler_has_no_majority_and_without_a_least_share_hops_by_chance():
    samples = RING.sample((60, 20, 500), rng())
    result = hops(samples, RING)
    assert (result.majority == -1).all()
    assert (result.rate == 0).all() and (result.led == 0).all() and (result.held == 1).all()
    by_chance = hops(samples, RING, least=0)
    assert by_chance.rate.mean() == pytest.approx(7 / 8, abs=0.04)
    np.testing.assert_allclose(by_chance.led.mean(axis=0), 1 / 8, atol=0.04)


def test_hops_takes_the_samples_of_a_run_in_any_leading_shape():
    run = SimpleNamespace(samples=run_on([[0, 1], [1, 1], [2, 1]]).astype(np.float32))
    result = hops(run.samples, RING)
    assert [np.shape(field) for field in result] == [(3, 2), (2,), (2, 8), (2, 8)]
    one = hops(run.samples[:, 0], RING)
    assert [np.shape(field) for field in one] == [(3,), (), (8,), (8,)]
    assert one.rate == result.rate[0] == 1
    maps = hops(np.stack([run.samples] * 2, axis=1), RING)
    np.testing.assert_array_equal(maps.rate, [[1, 0]] * 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_seed_that_failed_has_no_rate(bad):
    samples = run_on([[0, 1, 2], [1, 1, 2], [2, 1, 2]]).astype(np.float32)
    samples[2, 1] = bad
    result = hops(samples, RING)
    np.testing.assert_array_equal(result.rate, [1, np.nan, 0])
    np.testing.assert_array_equal(np.isnan(result.led).all(axis=-1), [False, True, False])
    np.testing.assert_array_equal(np.isnan(result.held).any(axis=-1), [False, True, False])
    assert result.majority.tolist() == [[0, 1, 2], [1, 1, 2], [2, -1, 2]]


PLANE = np.zeros((5, 2))


@pytest.mark.parametrize("score", ALL)
@pytest.mark.parametrize(
    ("samples", "target", "words"),
    [
        (PLANE, data.points((0, 0), (1, 0)), "target has std = 0: wanted modes with a width"),
        (PLANE, data.ring(std=0.5), "wanted at least 6"),
        (np.zeros((5, 1)), data.points(1.0, 1.0, std=0.1), "wanted a Mixture of several modes"),
        (np.zeros((5, 1)), data.Gaussian(), r"target is Gaussian\(.*: wanted a Mixture of"),
        (np.zeros((5, 3)), RING, r"samples has shape \(5, 3\): wanted \(\.\.\., n, 2\)"),
    ],
)
def test_bad_input_gets_one_line(score, samples, target, words):
    with pytest.raises(ValueError, match=words) as caught:
        score(samples, target)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("call", [modes_covered, hops])
@pytest.mark.parametrize("least", [-0.1, 1, 5, np.nan, "half"])
def test_a_least_share_is_a_share(call, least):
    with pytest.raises(
        ValueError, match=r"^least is .*wanted a (share, below 1|finite number, at)"
    ):
        call(np.zeros((3, 5, 2)), RING, least=least)


@pytest.mark.parametrize("shape", [(5, 2), (1, 5, 2), (1, 3, 5, 2)])
def test_hops_needs_two_records(shape):
    with pytest.raises(ValueError, match=r"wanted \(records, \.\.\., n, dim\) with 2 records"):
        hops(np.zeros(shape), RING)


# After leaving


def after_leaving_by_hand(values, majority, records):
    """For one seed, by looking back from each record and mode."""
    found = [[] for _ in range(records + 1)]
    for record, mode in np.ndindex(values.shape):
        past = [now == mode for now in majority[: record + 1]]
        if any(past):
            ago = past[::-1].index(True)
            if ago <= records:
                found[ago].append(values[record, mode])
    return [np.mean(some) if some else np.nan for some in found]


def test_what_becomes_of_a_mode_that_was_left():
    values, majority = rng().random((40, 3, 4)), rng(1).integers(-1, 4, (40, 3))
    found = after_leaving(values, majority, records=60)
    assert found.shape == (61, 3) and np.isnan(found[-1]).all()
    for seed in range(3):
        wanted = after_leaving_by_hand(values[:, seed], majority[:, seed], 60)
        np.testing.assert_allclose(found[:, seed], wanted, rtol=1e-12)
    # Without seeds it is the same; a mode that was never led says nothing.
    alone = after_leaving(values[:, 0], majority[:, 0], 60)
    np.testing.assert_allclose(alone, found[:, 0], rtol=1e-12)
    assert np.isnan(after_leaving(values, np.full((40, 3), -1), 5)).all()


@pytest.mark.parametrize("shapes", [((5,), (5,)), ((5, 3), (4,)), ((5, 3), (5, 3))])
def test_after_leaving_wants_a_value_for_each_mode(shapes):
    with pytest.raises(
        ValueError, match=r"^values and majority: .* wanted \(records, ..., modes\)"
    ):
        after_leaving(*map(np.zeros, shapes))
    with pytest.raises(ValueError, match=r"^records=-1: wanted a whole number, at least 0"):
        after_leaving(np.zeros((5, 3)), np.zeros(5), records=-1)


def test_examples():
    names = {"np": np, "data": data}
    assert doctest.testmod(mode_metrics, extraglobs=names) == (0, 9)
