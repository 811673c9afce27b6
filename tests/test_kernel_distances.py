"""Kernel distances against sums by hand, scikit-learn's kernels and closed forms."""

import doctest

import numpy as np
import pytest
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel

from ganlab import data, kernel_distances
from ganlab.kernel_distances import kid, mmd
from ganlab.metrics import noise_floor

RING = data.ring()
WIDTH = 0.6


def rng(seed=0):
    return np.random.default_rng(seed)


def unbiased(kernel, x, y):
    """The U-statistic of Gretton and others, from matrices of all pairs."""
    n, m, xx, yy = len(x), len(y), kernel(x, x), kernel(y, y)
    pairs = (xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1))
    return pairs - 2 * kernel(x, y).mean()


def cubic(x, y):
    return polynomial_kernel(x, y, degree=3, gamma=1 / x.shape[1], coef0=1)


def gaussian(x, y):
    return rbf_kernel(x, y, gamma=1 / (2 * WIDTH**2))


def test_kid_by_hand():
    """In the plane k(x, y) = (x.y / 2 + 1)^3, so k((2, 0), (2, 0)) = 27 and k((2, 0), (0, 4)) = 1;
    k((2, 0), (1, 1)) = 8, k((0, 4), (1, 1)) = 27, k((1, 1), (-1, 1)) = 1."""
    x, y = [[2.0, 0.0], [0.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]
    assert kid(x, y) == pytest.approx(1 + 8 - 2 * (8 + 8 + 27 + 27) / 4)
    assert kid(x, x) == pytest.approx(1 + 1 - 2 * (27 + 1 + 1 + 729) / 4)  # below 0: unbiased
    # Three samples: the pairs are (2, 0) twice with (0, 4), and (2, 0) with itself elsewhere.
    assert kid([x[0], *x], y) == pytest.approx((27 + 1 + 1) / 3 + 8 - 2 * (4 * 8 + 2 * 27) / 6)


def test_mmd_by_hand():
    x, y = [[0.0], [1.0]], [[0.0], [0.0], [3.0]]
    e = {d: np.exp(-(d**2) / 2) for d in (0, 1, 2, 3)}
    wanted = e[1] + (e[0] + 2 * e[3]) / 3 - 2 * (2 * e[0] + 2 * e[1] + e[3] + e[2]) / 6
    assert mmd(x, y, 1.0) == pytest.approx(wanted, abs=1e-7)
    assert mmd(2 * np.array(x), 2 * np.array(y), 2.0) == pytest.approx(wanted, abs=1e-7)


@pytest.mark.parametrize(("n", "m", "dim"), [(30, 40, 1), (50, 20, 2), (20, 30, 8), (25, 25, 9)])
def test_both_are_the_sums_over_scikit_learns_kernels(n, m, dim):
    x, y = rng(1).normal(size=(n, dim)), 1.5 * rng(2).normal(size=(m, dim)) + 0.3
    assert kid(x, y) == pytest.approx(unbiased(cubic, x, y), rel=1e-9)
    assert mmd(x, y, WIDTH) == pytest.approx(unbiased(gaussian, x, y), abs=2e-7)


@pytest.mark.parametrize("few", [0, 8])
def test_pairs_and_products_of_coordinates_give_the_same(few, monkeypatch):
    x, y = rng(1).normal(size=(3, 30, 3)), rng(2).normal(size=(40, 3))
    monkeypatch.setattr(kernel_distances, "_FEW", few)
    wanted = [unbiased(cubic, entry, y) for entry in x]
    np.testing.assert_allclose(kid(x, y), wanted, rtol=1e-9)


@pytest.mark.parametrize("score", [kid, lambda x, y: mmd(x, y, WIDTH)], ids=["kid", "mmd"])
def test_blocks_of_points_change_nothing(score, monkeypatch):
    x, y = rng(1).normal(size=(37, 12)), rng(2).normal(size=(29, 12))
    wanted = score(x, y)
    monkeypatch.setattr(kernel_distances, "_BLOCK", 100)
    assert score(x, y) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(
    "target",
    [
        data.Gaussian(4.0, 0.5),
        RING,
        data.points((0, 0), (0, 0), (3, 1), std=0.3),
        data.points(-1.0, 2.0, std=0.0),
        data.points((0, 0, 1), (2, 0, 0), std=0.4),
    ],
    ids=str,
)
def test_mmd_to_a_distribution_is_that_to_all_its_points(target):
    samples = target.sample(60, rng(1)) * 0.5 + 1
    exact = mmd(samples, target, WIDTH)
    to_points = [mmd(samples, target.sample(2_000, rng(i)), WIDTH) for i in range(20)]
    error = np.std(to_points, ddof=1) / np.sqrt(20)
    assert 0 < error < 0.01
    assert abs(np.mean(to_points) - exact) < 4 * error
    assert exact > 0.05


def test_mmd_of_two_gaussians_is_the_closed_form():
    """For N(0, s) and N(d, s) on the line: 2 h (1 - exp(-d^2 / 2 v)) / sqrt(v), v = h^2 + 2 s^2."""
    s, d, h = 0.5, 1.2, 0.8
    v = h**2 + 2 * s**2
    wanted = 2 * h / np.sqrt(v) * (1 - np.exp(-(d**2) / (2 * v)))
    samples = data.Gaussian(d, s).sample((400, 100), rng())
    scores = mmd(samples, data.Gaussian(0.0, s), h)
    assert abs(scores.mean() - wanted) < 4 * scores.std() / 20


@pytest.mark.parametrize("n", [2, 5, 50])
def test_a_perfect_sampler_scores_zero_on_average(n):
    x, y = RING.sample((2, 4_000, n), rng(n))
    wider = data.ring(std=0.5).sample((4_000, n), rng(n + 1))
    for score in (kid, lambda a, b: mmd(a, b, WIDTH)):
        scores = score(x, y)
        assert abs(scores.mean()) < 4 * scores.std() / np.sqrt(len(scores))
        assert np.median(scores) < 0 or n == 2
    exact = mmd(x, RING, WIDTH)
    assert abs(exact.mean()) < 4 * exact.std() / np.sqrt(len(exact))
    if n == 50:
        assert mmd(wider, RING, WIDTH).mean() > 10 * exact.std() / np.sqrt(len(exact))


def test_kid_is_blind_to_every_second_mode_and_mmd_is_not():
    half = data.points(*RING.modes[::2], std=RING.std).sample((50, 500), rng(1))
    kid_floor = noise_floor(kid, RING, 500, rng(2), two_sample=True)
    assert kid_floor.low < np.median(kid(half, RING.sample((50, 500), rng(3)))) < kid_floor.high
    mmd_floor = noise_floor(lambda x, y: mmd(x, y, WIDTH), RING, 500, rng(2), repeats=50)
    assert mmd(half, RING, WIDTH).min() > 20 * mmd_floor.high


@pytest.mark.parametrize("score", [kid, lambda x, y: mmd(x, y, WIDTH)], ids=["kid", "mmd"])
@pytest.mark.parametrize("dim", [2, 12])
def test_leading_axes_broadcast_and_bad_entries_are_nan(score, dim):
    samples, target = rng(1).normal(size=(3, 2, 30, dim)), rng(2).normal(size=(2, 20, dim))
    result = score(samples, target)
    assert result.shape == (3, 2) and result.dtype == np.float64
    for i, j in np.ndindex(3, 2):
        assert result[i, j] == pytest.approx(score(samples[i, j], target[j]), rel=1e-9, abs=1e-12)
    assert np.ndim(score(samples[0, 0], data.Samples(target[0]))) == 0
    for bad in (np.nan, np.inf, -np.inf):
        dirty = samples.copy()
        dirty[1, 0, 3, 1] = bad
        wanted = np.where(np.arange(6).reshape(3, 2) == 2, np.nan, result)
        np.testing.assert_allclose(score(dirty, target), wanted, rtol=1e-9)
    target[1, 4, 0] = np.inf
    np.testing.assert_array_equal(np.isnan(score(samples, target)), [[False, True]] * 3)


def test_mmd_to_a_distribution_leaves_bad_entries_nan_and_far_ones_alone():
    samples = RING.sample((3, 20), rng()).astype(float)
    samples[1, 0, 0], samples[2, :, 0] = np.nan, np.arange(1, 21) * 1e25
    result = mmd(samples, RING, WIDTH)
    np.testing.assert_array_equal(np.isnan(result), [False, True, False])
    # Far from each other and from the target: what is left is the target's own mean.
    to_each = np.sum((RING.modes[:, None] - RING.modes) ** 2, axis=-1)
    variance = WIDTH**2 + 2 * RING.std**2
    alone = WIDTH**2 / variance * np.exp(-0.5 * to_each / variance).mean()
    assert result[2] == pytest.approx(alone, rel=1e-9)


PLANE = np.zeros((5, 2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: kid(PLANE[None, :1], PLANE), "samples or target is 1 point: wanted"),
        (lambda: kid(PLANE, PLANE[None, :1]), "samples or target is 1 point: wanted"),
        (lambda: kid(PLANE, RING), "target is a Mixture: wanted points"),
        (lambda: kid(PLANE, np.zeros((5, 3))), "samples have dim 2, target has dim 3"),
        (
            lambda: mmd(PLANE[None, :1], RING, 1.0),
            "samples or target is 1 point: wanted",
        ),
        (
            lambda: mmd(PLANE, PLANE[None, :1], 1.0),
            "samples or target is 1 point: wanted",
        ),
        (lambda: mmd(PLANE, data.Gaussian(), 1.0), "samples have dim 2, target has dim 1"),
        (lambda: mmd(PLANE, data.Circle(), 1.0), "target is a Circle: wanted points"),
        (lambda: mmd(PLANE, RING, 0.0), "bandwidth is 0.0: wanted above 0"),
        (lambda: mmd(PLANE, RING, 2e154), "bandwidth is 2e.154: wanted numbers from 1e-15"),
        (lambda: mmd(PLANE, RING, [1.0]), r"bandwidth is \[1.0\]; wanted a finite number"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_examples():
    assert doctest.testmod(kernel_distances, extraglobs={"np": np}) == (0, 2)


def test_numbers_whose_sixth_power_is_none_are_refused():
    points = rng().normal(size=(10, 2))
    for given, name in (((points * 1e60, points), "samples"), ((points, points * 1e60), "target")):
        with pytest.raises(ValueError, match=rf"\A{name} hold .*e\+60: wanted at most 1e\+40"):
            kid(*given)
    points[0] = np.inf
    assert np.isnan(kid(points, rng(1).normal(size=(10, 2))))
