"""Frechet distance and sliced W1 against closed forms, POT and their versions on the line."""

import doctest

import numpy as np
import ot
import pytest
from scipy.linalg import sqrtm

from ganlab import data, distances
from ganlab.distances import frechet, frechet_of_moments, sliced_wasserstein
from ganlab.metrics import frechet_gaussian, noise_floor, wasserstein

RING = data.ring()


def rng(seed=0):
    return np.random.default_rng(seed)


def covariance(dim, seed, rank=None):
    factor = rng(seed).normal(size=(dim, rank or dim))
    return factor @ factor.T


# Frechet distance


@pytest.mark.parametrize("dim", [1, 2, 3, 10])
def test_frechet_of_moments_is_pots_distance_squared(dim):
    mean1, mean2 = rng(dim).normal(size=(2, dim))
    cov1, cov2 = covariance(dim, 20 + dim), covariance(dim, 40 + dim)
    wanted = ot.gaussian.bures_wasserstein_distance(mean1, mean2, cov1, cov2) ** 2
    assert frechet_of_moments(mean1, cov1, mean2, cov2) == pytest.approx(wanted, rel=1e-10)
    assert frechet_of_moments(mean2, cov2, mean1, cov1) == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize(("mean", "std"), [(4, 0.25), (5, 0.5), (0, 1)])
def test_frechet_of_moments_on_the_line_is_the_existing_one(mean, std):
    ours = frechet_of_moments([4.0], [[0.25]], [mean], [[std**2]])
    assert ours == pytest.approx(frechet_gaussian(4, 0.5, mean, std), abs=1e-14)


def test_frechet_of_covariances_that_commute_is_that_of_their_axes():
    """In a common basis: the difference of means squared, plus those of standard deviations."""
    basis, _ = np.linalg.qr(rng(3).normal(size=(4, 4)))
    std1, std2 = np.array([3.0, 1.0, 0.5, 0.0]), np.array([1.0, 1.0, 2.0, 0.1])
    cov1, cov2 = (basis @ np.diag(std**2) @ basis.T for std in (std1, std2))
    wanted = 9 + np.sum((std1 - std2) ** 2)
    ours = frechet_of_moments(np.zeros(4), cov1, [0, 3, 0, 0], cov2)
    assert ours == pytest.approx(wanted, rel=1e-12)


def test_frechet_of_covariances_without_full_rank():
    """A line at an angle to another: (a a')^1/2 (b b') (a a')^1/2 has the trace root |a.b|."""
    a, b = np.array([3.0, 4.0]), np.array([1.0, -0.5])
    ours = frechet_of_moments([0, 0], np.outer(a, a), [0, 0], np.outer(b, b))
    assert ours == pytest.approx(25 + 1.25 - 2 * abs(a @ b), rel=1e-12)
    assert frechet_of_moments([0, 0], np.zeros((2, 2)), [1, 0], np.eye(2)) == pytest.approx(3)
    # To the identity: sum of (root of an eigenvalue - 1)^2.
    for dim in (3, 20, 64):
        line = rng(dim).normal(size=dim)
        zero, one = np.zeros(dim), np.eye(dim)
        ours = frechet_of_moments(zero, np.outer(line, line), zero, one)
        assert ours == pytest.approx((np.linalg.norm(line) - 1) ** 2 + dim - 1, rel=1e-13)
    for rank in (1, 3, 6):
        same = covariance(6, rank, rank)
        distance = frechet_of_moments(np.zeros(6), same, np.zeros(6), same)
        assert 0 <= distance < 1e-13 * np.trace(same)


def test_frechet_of_points_takes_the_usual_moments():
    """As the code of FID does it: np.cov and a matrix square root of the product."""
    x, y = rng(1).normal(size=(50, 3)), rng(2).normal(size=(40, 3)) @ covariance(3, 5) + 1
    cov1, cov2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    means = np.sum((x.mean(axis=0) - y.mean(axis=0)) ** 2)
    wanted = means + np.trace(cov1 + cov2 - 2 * sqrtm(cov1 @ cov2).real)
    assert frechet(x, y) == pytest.approx(wanted, rel=1e-9)
    assert frechet(y, data.Samples(x)) == pytest.approx(wanted, rel=1e-5)  # float32
    assert frechet(x, x) == pytest.approx(0, abs=1e-13)


@pytest.mark.parametrize(
    "target",
    [
        data.Gaussian(4.0, 0.5),
        RING,
        data.points((0, 0), (0, 0), (3, 1), std=0.3),
        data.points(-1.0, -1.0, 2.0, std=0.2),
        data.points((0, 0, 1), (2, 0, 0)),
    ],
    ids=str,
)
def test_frechet_to_a_distribution_takes_its_exact_moments(target):
    many = target.sample(400_000, rng()).astype(float)
    samples = target.sample(50, rng(1)) * 0.5 + 1
    assert frechet(samples, target) == pytest.approx(frechet(samples, many), rel=0.01)
    assert frechet(many, target) < 1e-4


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_frechet_floor_of_a_round_gaussian(dim):
    """E |mean|^2 = s^2 dim / n; the rest is a sum over the covariance's noise, variance 2 s^4 / n
    on the diagonal and s^4 / n beside it, over 4 s^2."""
    target = data.points(np.zeros(dim), std=0.7) if dim > 1 else data.Gaussian(0.0, 0.7)
    scores = frechet(target.sample((4_000, 400), rng(dim)), target)
    wanted = 0.49 * (dim + dim * (dim + 1) / 4) / 400
    assert abs(scores.mean() - wanted) < 4 * scores.std() / np.sqrt(4_000) + 0.01 * wanted
    pairs = target.sample((2, 4_000, 400), rng(10 + dim))
    assert frechet(*pairs).mean() == pytest.approx(2 * wanted, rel=0.06)


def test_frechet_does_not_see_that_every_second_mode_is_missing():
    half = data.points(*RING.modes[::2], std=RING.std)
    assert frechet(half.sample(200_000, rng()), RING) < 1e-4


# Sliced W1


def lines(count):
    angles = np.pi * np.arange(count) / count
    return np.stack([np.cos(angles), np.sin(angles)])


@pytest.mark.parametrize(("n", "m"), [(40, 40), (30, 50), (7, 1), (12, 18)])
def test_sliced_is_pots_along_the_same_lines(n, m):
    x, y = rng(1).normal(size=(n, 2)), 2 * rng(2).normal(size=(m, 2)) + 1
    for count in (1, 2, 50):
        wanted = ot.sliced_wasserstein_distance(x, y, p=1, projections=lines(count))
        assert sliced_wasserstein(x, y[None], count) == pytest.approx(wanted, rel=1e-9)


def test_drawn_lines_are_uniform_and_the_generators():
    x, y = rng(1).normal(size=(30, 5)), rng(2).normal(size=(40, 5)) + 0.5
    drawn = rng(7).standard_normal((20, 5))
    projections = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).T
    wanted = ot.sliced_wasserstein_distance(x, y, p=1, projections=projections)
    assert sliced_wasserstein(x, y, 20, rng(7)) == pytest.approx(wanted, rel=1e-9)
    # A shift by d along any axis: d times the mean of |cos|, which is 1/2 in three dimensions.
    for axis in np.eye(3):
        points = rng(3).normal(size=(5, 3))
        shifted = sliced_wasserstein(points, points + 4 * axis, 20_000, rng(4))
        assert shifted == pytest.approx(2, abs=0.04)


def test_a_shift_in_the_plane_gives_two_over_pi():
    points = rng().normal(size=(20, 2))
    for angle in (0.0, 0.3, 2.0):
        moved = points + 3 * np.array([np.cos(angle), np.sin(angle)])
        assert sliced_wasserstein(moved, points) == pytest.approx(6 / np.pi, rel=1e-3)


@pytest.mark.parametrize("m", [25, 40])
def test_sliced_on_the_line_is_w1(m):
    x, y = rng(1).normal(size=(3, 25, 1)), rng(2).normal(size=(m, 1)) + 0.4
    np.testing.assert_allclose(sliced_wasserstein(x, y), wasserstein(x, y), rtol=1e-12)
    np.testing.assert_allclose(sliced_wasserstein(x, y[:, 0], 3, rng()), wasserstein(x, y))


def test_sliced_is_never_above_w1():
    x, y = RING.sample((6, 60), rng(1)), rng(2).normal(size=(60, 2))
    assert (sliced_wasserstein(x, y) < wasserstein(x, y)).all()


def test_sliced_floor_shrinks_like_one_over_the_root_of_n():
    few, many = (
        noise_floor(sliced_wasserstein, RING, n, rng(), repeats=100, two_sample=True)
        for n in (100, 900)
    )
    assert few.median / many.median == pytest.approx(3, rel=0.2)


# Both


@pytest.mark.parametrize("score", [frechet, sliced_wasserstein])
def test_leading_axes_broadcast(score):
    samples, target = rng(1).normal(size=(3, 2, 30, 2)), rng(2).normal(size=(2, 20, 2))
    result = score(samples, target)
    assert result.shape == (3, 2) and result.dtype == np.float64
    for i, j in np.ndindex(3, 2):
        assert result[i, j] == pytest.approx(score(samples[i, j], target[j]), rel=1e-12)
    assert np.ndim(score(samples[0, 0], target[0])) == 0


@pytest.mark.parametrize("score", [frechet, sliced_wasserstein])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_entry_that_is_not_finite_is_nan(score, bad):
    samples, target = rng(1).normal(size=(3, 20, 2)), rng(2).normal(size=(3, 20, 2))
    wanted = score(samples, target)
    samples[1, 3, 0], target[2, 0, 1] = bad, bad
    result = score(samples, target)
    np.testing.assert_allclose(result, [wanted[0], np.nan, np.nan], rtol=1e-12)


def test_moments_that_are_not_finite_are_nan():
    means, covs = np.zeros((3, 2)), np.tile(np.eye(2), (3, 1, 1))
    means[1, 0], covs[2, 0, 1] = np.inf, np.nan
    result = frechet_of_moments(means, covs, [3, 4], np.eye(2))
    np.testing.assert_allclose(result, [25, np.nan, np.nan])


PLANE, EYE = np.zeros((5, 2)), np.eye(2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: frechet(PLANE[None, :1], PLANE),
            "samples or target is 1 point: wanted at least 2",
        ),
        (lambda: frechet(PLANE, data.Gaussian()), "samples have dim 2, target has dim 1"),
        (lambda: frechet(PLANE, data.Circle()), "target is a Circle: wanted points, such as"),
        (lambda: frechet_of_moments([0, 0], EYE, [0], [[1]]), "mean1 has dim 2, mean2 1: wanted"),
        (lambda: frechet_of_moments([0], EYE, [0], [[1]]), r"mean1 has shape \(1,\), cov1"),
        (lambda: sliced_wasserstein(PLANE, RING), "target is a Mixture: wanted points"),
        (lambda: sliced_wasserstein(PLANE, np.zeros((5, 3))), "target has dim 3"),
        (lambda: sliced_wasserstein(PLANE, PLANE, 0), "directions=0: wanted a whole number"),
        (lambda: sliced_wasserstein(np.zeros((5, 3)), np.zeros((5, 3))), "rng is None in dim 3"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError, match=r"^rng is a int: wanted a NumPy Generator"):
        sliced_wasserstein(PLANE, PLANE, rng=3)


def test_examples():
    assert doctest.testmod(distances, extraglobs={"np": np}) == (0, 3)


def test_what_is_no_covariance_is_refused():
    zero, one = np.zeros(2), np.eye(2)
    with pytest.raises(ValueError, match="cov1 is not symmetric: wanted a covariance"):
        frechet_of_moments(zero, [[1.0, 5.0], [0.0, 1.0]], zero, one)
    with pytest.raises(ValueError, match=r"cov2 has a variance of -0\.5 in some direction"):
        frechet_of_moments(zero, one, zero, np.diag([1.0, -0.5]))
    stacks = np.stack([one, np.diag([2.0, -1.0])])
    with pytest.raises(ValueError, match="cov1 has a variance of -1 in some"):
        frechet_of_moments(zero, stacks, zero, one)
    singular = np.ones((2, 2))  # and rounding, in float32 say: still a covariance
    assert np.isfinite(frechet_of_moments(zero, singular - 1e-6 * one, zero, one))


def test_of_huge_points_the_distance_is_a_number():
    points = rng().normal(size=(10, 2))
    assert np.isfinite(frechet(points * 1e90, points))
