"""Mixtures with weights and shapes of their own, against SciPy and what is due to each mode."""

import numpy as np
import pytest
from scipy import stats

from ganlab import data, endings

SLANTED = [[[0.04, 0.0], [0.0, 0.04]], [[1.0, 0.8], [0.8, 1.0]], [[0.5, -0.3], [-0.3, 0.25]]]
PLANE = data.GaussianMixture([(0, 0), (2, 2), (-1, 1)], SLANTED, (3, 1, 2))
LINE = data.GaussianMixture([4.0, -1.0, 0.5], [0.25, 4.0, 0.01], (1, 2, 5))


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_density_is_that_of_scipy():
    x = rng().normal(size=(4, 5, 2))
    parts = zip(PLANE.modes, SLANTED, (3, 1, 2), strict=True)
    wanted = sum(w / 6 * stats.multivariate_normal(m, c).pdf(x) for m, c, w in parts)
    np.testing.assert_allclose(PLANE.density(x), wanted, rtol=1e-10)
    far = stats.multivariate_normal([2, 2], SLANTED[1]).logpdf([300.0, 300.0]) + np.log(1 / 6)
    assert PLANE.log_density([300.0, 300.0]) == pytest.approx(far)


def test_on_the_line_density_cdf_and_quantile_are_those_of_scipy():
    x, u = np.linspace(-9, 9, 61), np.linspace(0.001, 0.999, 41)
    bells = [(1 / 8, stats.norm(4, 0.5)), (2 / 8, stats.norm(-1, 2)), (5 / 8, stats.norm(0.5, 0.1))]
    np.testing.assert_allclose(LINE.density(x), sum(w * bell.pdf(x) for w, bell in bells))
    np.testing.assert_allclose(LINE.cdf(x), sum(w * bell.cdf(x) for w, bell in bells))
    np.testing.assert_allclose(sum(w * bell.cdf(LINE.quantile(u)) for w, bell in bells), u)
    np.testing.assert_array_equal(LINE.quantile([0, 1, 2]), [-np.inf, np.inf, np.nan])


def test_samples_on_the_line_follow_the_cdf():
    drawn = LINE.sample((50, 100), rng(3)).ravel().astype(float)
    assert stats.kstest(drawn, lambda x: LINE.cdf(x[:, None])).pvalue > 0.01


def test_samples_in_the_plane_have_weights_and_shapes():
    far = data.GaussianMixture([(0, 0), (50, 0)], SLANTED[1:], (0.9, 0.3))
    drawn = far.sample(40_000, rng(1)).astype(float)
    right = drawn[:, 0] > 25
    assert right.mean() == pytest.approx(0.25, abs=0.0087)  # four standard errors
    for points, mean, covariance in ((drawn[~right], (0, 0), 1), (drawn[right], (50, 0), 2)):
        offset = points - mean
        squared = np.sum(offset @ np.linalg.inv(SLANTED[covariance]) * offset, axis=1)
        assert stats.kstest(squared, stats.chi2(2).cdf).pvalue > 0.01
        np.testing.assert_allclose(np.cov(points.T), SLANTED[covariance], atol=0.05)


def test_with_equal_weights_and_round_bells_it_is_a_mixture():
    ring, x = data.ring(5, 1.0, 0.3), rng().normal(size=(30, 2))
    twin = data.GaussianMixture(ring.modes, 0.09 * np.eye(2))
    np.testing.assert_allclose(twin.density(x), ring.density(x), rtol=1e-12)
    weighted = data.GaussianMixture(ring.modes, 0.09 * np.eye(2), (1, 1, 3, 1, 2))
    unequal = data.unequal_ring((1, 1, 3, 1, 2), 1.0, 0.3)
    np.testing.assert_allclose(weighted.density(x), unequal.density(x), rtol=1e-12)


@pytest.mark.parametrize("target", [PLANE, LINE, data.unequal_ring((2, 1))], ids=repr)
def test_they_compare_by_value_and_print_in_full(target):
    twin = eval(repr(target), vars(data).copy())
    assert twin == target and hash(twin) == hash(target)
    assert target != data.GaussianMixture([0.0], [[1.0]])
    assert target.sample((3, 7), rng()).shape == (3, 7, target.dim)
    assert target.sample(7, rng()).dtype == np.float32
    np.testing.assert_array_equal(target.sample(7, rng()), target.sample(7, rng()))


def test_a_mixture_tells_its_distinct_modes_and_how_often_each_is_given():
    target = data.points((5, 5), (0, 0), (5, 5), (5, 5), std=1.0)
    np.testing.assert_array_equal(target.modes, [[5, 5], [0, 0]])
    np.testing.assert_array_equal(target.weights, [3, 1])
    np.testing.assert_array_equal(data.ring().weights, [1] * 8)


# The unequal ring


def test_an_unequal_ring_has_the_modes_of_a_ring_and_its_weights():
    weights = (1, 2, 3, 4, 5, 6, 7, 8)
    target = data.unequal_ring()
    np.testing.assert_array_equal(target.modes, data.ring(8).modes)
    np.testing.assert_array_equal(target.weights, weights)
    drawn = target.sample(40_000, rng(2))
    nearest = np.linalg.norm(drawn[:, None] - target.modes, axis=-1).argmin(1)
    due = 40_000 * np.array(weights) / 36
    assert stats.chisquare(np.bincount(nearest, minlength=8), due).pvalue > 0.01
    assert data.unequal_ring((1, 1, 1), 3.0, 0.2) == data.ring(3, 3.0, 0.2)


def test_endings_judge_an_unequal_ring_by_what_is_due_to_each_mode():
    target = data.unequal_ring((1, 2, 3, 4))
    found = endings.measure(target.sample((5, 10_000), rng(4)), target)
    np.testing.assert_allclose(found.shares, 1.0, atol=0.15)
    assert found.shares.shape == (5, 4)
    assert found.good.mean() == pytest.approx(0.98889, abs=0.002)
    assert set(found.words()) == {"close"}
    # All modes alike: the rarest gets 2.5 of its due share, the most frequent 0.625.
    alike = endings.measure(data.ring(4).sample((3, 10_000), rng(5)), target)
    np.testing.assert_allclose(alike.shares, [[2.5, 1.25, 10 / 12, 0.625]] * 3, rtol=0.1)
    assert set(alike.words()) == {"close"}
    # Without the most frequent of the modes four tenths of the samples are missing.
    without = data.points(*np.repeat(data.ring(4).modes[:3], (1, 2, 3), axis=0), std=0.1)
    assert endings.endings(without.sample(10_000, rng(6)), target) == "dropped"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: data.GaussianMixture([0, 1], [1, 1], (1, 0)), ValueError, "wanted 2 positive"),
        (lambda: data.GaussianMixture([0, 1], [1, 1], (1, 2, 3)), ValueError, "wanted 2 positive"),
        (lambda: data.GaussianMixture([0, 1], [1, 1], "ab"), TypeError, "weights is a str"),
        (lambda: data.GaussianMixture([], [1]), ValueError, "means has shape"),
        (lambda: data.GaussianMixture([0, 1], [1, 0]), ValueError, r"covariances\[1\] is \[\[0"),
        (lambda: data.GaussianMixture([0, 1], 1.0), ValueError, r"shape \(\) for means of shape"),
        (
            lambda: data.GaussianMixture([(0, 1)], [[1, 0.5], [0, 1]]),
            ValueError,
            "wanted it symmetric, positive definite",
        ),
        (lambda: data.GaussianMixture([(0, 1)], [[1, 2], [2, 1]]), ValueError, "positive definite"),
        (lambda: data.GaussianMixture([(0, 1)], [[1, np.nan], [np.nan, 1]]), ValueError, "nan"),
        (lambda: data.GaussianMixture([(0, 1)], "x"), TypeError, "covariances is a str"),
        (lambda: PLANE.cdf([0, 0]), ValueError, "has dim 2; cdf wants dim 1"),
        (lambda: data.unequal_ring((1, 2.5)), ValueError, "each of weights=2.5: wanted a whole"),
        (lambda: data.unequal_ring((1, 0)), ValueError, "each of weights=0: wanted a whole number"),
        (lambda: data.unequal_ring(3), TypeError, "weights is 3; wanted a sequence of whole"),
        (
            lambda: endings.measure(PLANE.sample(9, rng()), PLANE),
            TypeError,
            "wanted a Gaussian or a Mixture",
        ),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
