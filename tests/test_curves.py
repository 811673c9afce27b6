"""Targets along curves, against closed forms and integrals along them."""

import itertools

import numpy as np
import pytest
from scipy import stats

from ganlab import data
from ganlab.data import Curve

CURVES = {
    "line": data.line(),
    "two moons": data.two_moons(),
    "spiral": data.spiral(),
    "own": Curve([[(0, 0, 0), (1, 0, 0), (1, 2, 0)], [(3, 3, 3), (3, 3, 2)]], 0.3),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def along(curve, points=4000):
    """(points on the curve, how much of its length each stands for): a midpoint rule."""
    places, weights = [], []
    for path in curve.paths:
        path = np.array(path)
        for start, end in itertools.pairwise(path):
            t = (np.arange(points) + 0.5) / points
            places.append(start + t[:, None] * (end - start))
            weights.append(np.full(points, np.linalg.norm(end - start) / points))
    weights = np.concatenate(weights)
    return np.concatenate(places), weights / weights.sum()


@pytest.mark.parametrize("name", CURVES)
def test_the_density_is_the_noise_averaged_along_the_curve(name):
    curve = CURVES[name]
    places, weights = along(curve, 400)
    points = curve.sample(12, rng(1)).astype(float)
    for x in (*points, points[0] + 8 * curve.std):
        noise = stats.multivariate_normal(x, curve.std**2).logpdf(places)
        wanted = np.logaddexp.reduce(noise + np.log(weights))
        assert curve.log_density(x) == pytest.approx(wanted, abs=1e-4)


def test_a_line_is_the_product_of_a_blurred_uniform_and_a_normal():
    curve = data.line((-2.0, 0.0), (2.0, 0.0), 0.5)
    x = np.stack(np.meshgrid(np.linspace(-5, 5, 21), np.linspace(-2, 2, 9)), -1)
    sides = stats.norm.cdf((x[..., 0] + 2) / 0.5) - stats.norm.cdf((x[..., 0] - 2) / 0.5)
    wanted = sides / 4 * stats.norm(0, 0.5).pdf(x[..., 1])
    np.testing.assert_allclose(curve.density(x), wanted, rtol=1e-7, atol=1e-300)
    drawn = curve.sample((50, 100), rng(2)).reshape(-1, 2).astype(float)
    assert stats.kstest(drawn[:, 1], stats.norm(0, 0.5).cdf).pvalue > 0.01
    # Without its noise along the line, which is drawn apart, it would be too narrow.
    assert drawn[:, 0].std() == pytest.approx(np.sqrt(16 / 12 + 0.25), rel=0.03)
    assert stats.kstest(data.line(std=0.0).sample(5000, rng(3))[:, 0].astype(float),
                        stats.uniform(-2, 4).cdf).pvalue > 0.01  # fmt: skip


def test_a_line_may_lie_anywhere_and_be_seen_from_far_away():
    """Turned and moved, it has the turned and moved density; and no logarithm underflows."""
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    x = rng().normal(size=(40, 2)) * 3
    here = data.line((0, 0), (5, 0), 0.3)
    there = data.line((1, -1), np.array([5.0, 0.0]) @ turn + [1, -1], 0.3)
    np.testing.assert_allclose(there.log_density(x @ turn + [1, -1]), here.log_density(x))
    # Far beyond either end: log of (Phi(-a) - Phi(-b)) is near that of Mills' phi(a) / a.
    for far in ([1000.0, 0.0], [-995.0, 0.0]):
        a = 995 / 0.3
        wanted = -0.5 * a**2 - np.log(a) - 2 * 0.5 * np.log(2 * np.pi) - np.log(0.3 * 5)
        assert here.log_density(far) == pytest.approx(wanted, rel=1e-7)


@pytest.mark.parametrize("name", ["line", "two moons", "spiral"])
def test_the_density_integrates_to_one(name):
    side = np.linspace(-3.2, 3.2, 321)
    density = CURVES[name].density(np.stack(np.meshgrid(side, side), -1))
    assert density.sum() * (side[1] - side[0]) ** 2 == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", CURVES)
def test_samples_have_the_entropy_of_the_density(name):
    """The mean of log p over samples is its integral along the curve, within 4 standard errors."""
    curve = CURVES[name]
    found = curve.log_density(curve.sample(4000, rng(5)))
    places, _ = along(curve, 50)
    # Samples of other hands: places along the curve, evenly, and SciPy's noise.
    _, weights = along(curve, 50)
    chosen = np.searchsorted(np.cumsum(weights), (np.arange(4000) + 0.5) / 4000)
    noise = stats.norm(0, curve.std).rvs((4000, curve.dim), random_state=6)
    wanted = curve.log_density(places[chosen] + noise)
    error = np.hypot(found.std(), wanted.std()) / np.sqrt(4000)
    assert abs(found.mean() - wanted.mean()) < 4 * error


def test_two_moons_are_two_half_circles_of_equal_weight():
    drawn = data.two_moons(2.0, 0.0).sample(8000, rng(7)).astype(float)
    upper = np.linalg.norm(drawn - [-1.0, -0.5], axis=1)
    lower = np.linalg.norm(drawn - [1.0, 0.5], axis=1)
    on_upper = (np.abs(upper - 2) < 0.003) & (drawn[:, 1] > -0.501)
    on_lower = (np.abs(lower - 2) < 0.003) & (drawn[:, 1] < 0.501)
    assert np.all(on_upper | on_lower)
    assert on_upper.mean() == pytest.approx(0.5, abs=0.025)
    angle = np.arctan2(drawn[on_upper, 1] + 0.5, drawn[on_upper, 0] + 1)
    assert stats.kstest(angle, stats.uniform(0, np.pi).cdf).pvalue > 0.01
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.1)


def test_a_spiral_winds_outwards_evenly_along_its_length():
    drawn = data.spiral(1.5, 2.0, 0.0).sample(8000, rng(8)).astype(float)
    r, angle = np.linalg.norm(drawn, axis=1), np.arctan2(drawn[:, 1], drawn[:, 0])
    # r = 2 t / 1.5 at the angle 2 pi t: the turn that fits best has to fit.
    t = 1.5 * r / 2
    away = np.abs((angle / (2 * np.pi) - t + 0.5) % 1 - 0.5)
    assert (2 / 1.5 * away).max() < 0.02  # across, the chords are within 0.12 %
    assert r.max() == pytest.approx(2.0, abs=0.01)
    # The length up to the angle s is (a / 2)(s sqrt(1 + s^2) + asinh s), with r = a s.
    s = 2 * np.pi * t
    length = s * np.sqrt(1 + s**2) + np.arcsinh(s)
    end = 3 * np.pi
    whole = end * np.sqrt(1 + end**2) + np.arcsinh(end)
    assert stats.kstest(length / whole, stats.uniform.cdf).pvalue > 0.01
    turns = Curve(data.spiral(2.5).paths, 0.1)
    assert len(turns.paths[0]) == 161


def test_longer_paths_get_more_of_the_points():
    curve = Curve([[(0, 0), (3, 0)], [(0, 5), (1, 5)]], 0.0)
    drawn = curve.sample((40, 500), rng())
    assert drawn.shape == (40, 500, 2) and drawn.dtype == np.float32
    assert (drawn[..., 1] == 0).mean() == pytest.approx(0.75, abs=0.0125)


@pytest.mark.parametrize("name", CURVES)
def test_they_compare_by_value_and_repeat(name):
    curve = CURVES[name]
    twin = Curve(curve.paths, curve.std)
    assert twin == curve and hash(twin) == hash(curve) and len(repr(curve)) < 60
    assert twin != Curve(curve.paths, 0.7) and twin != data.line((0, 0), (1, 1))
    np.testing.assert_array_equal(curve.sample(9, rng(1)), twin.sample(9, rng(1)))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: Curve(3), TypeError, "paths is a int; wanted a list of paths"),
        (lambda: Curve([]), ValueError, r"dim \[\]; wanted one dim, at least 2"),
        (lambda: Curve([[(0, 0)]]), ValueError, r"each of paths has shape \(1, 2\).* n >= 2"),
        (lambda: Curve([[0, 1]]), ValueError, r"dim \[1\]; wanted one dim, at least 2"),
        (lambda: Curve([[(0, 0), (1, 0)], [(0, 0, 0), (1, 0, 0)]]), ValueError, r"dim \[2, 3\]"),
        (lambda: Curve([[(0, 0), (0, 0), (1, 0)]]), ValueError, "a corner twice in a row"),
        (lambda: data.line((0, 0), (1, 1), -1), ValueError, "std is -1; wanted .* at least 0"),
        (lambda: data.line((0, 0), (1, 1, 1)), ValueError, "start is .* two different points"),
        (lambda: data.spiral(0), ValueError, "turns is 0; wanted a finite number above 0"),
        (lambda: data.two_moons("1"), ValueError, "radius is '1'"),
        (lambda: data.spiral(std=0.0).density([0, 0]), ValueError, "std = 0 has no density"),
        (lambda: data.spiral().density([0, 0, 0]), ValueError, r"x has shape \(3,\)"),
        (lambda: data.spiral().quantile(0.5), ValueError, "has dim 2; quantile wants dim 1"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
