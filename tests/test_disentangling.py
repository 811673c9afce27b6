"""Measures of codes: against independent packages, and where there is a closed form."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from ganlab import images
from ganlab.disentangling import path_length, readability


def rng(seed=0):
    return np.random.default_rng(seed)


def test_readability_is_what_another_package_gives():
    codes, noise = rng(1).normal(size=(3, 200, 5)), rng(2).normal(size=(3, 200))
    codes[1] = 1e4 + 1e-3 * codes[1]  # no column's scale or place matters
    factor = codes[..., 0] / codes[..., 0].std(axis=-1, keepdims=True) + 0.5 * noise
    found = readability(codes, factor)
    for k in range(3):
        model = LinearRegression().fit(codes[k, :100], factor[k, :100])
        wanted = r2_score(factor[k, 100:], model.predict(codes[k, 100:]))
        assert found[k] == pytest.approx(wanted, abs=1e-6)
    both = np.stack([factor[0], 3 * noise[0]], axis=-1)
    prediction = LinearRegression().fit(codes[0, :100], both[:100]).predict(codes[0, 100:])
    wanted = r2_score(both[100:], prediction, multioutput="variance_weighted")
    assert readability(codes[0], both) == pytest.approx(wanted)


def test_known_shares_of_a_factor_are_read():
    """Of y = a + b, of equal variances, a linear function of a explains half; of a^2 nothing."""
    a, b = rng(1).normal(size=(2, 100_000, 1))
    assert readability(a, a + b) == pytest.approx(0.5, abs=0.01)
    assert readability(a, a**2) == pytest.approx(0, abs=0.01)
    # Of codes that say nothing: -dim / (n / 2) on average.
    codes, factor = rng(2).normal(size=(400, 400, 10)), rng(3).normal(size=(400, 400))
    assert np.mean(readability(codes, factor)) == pytest.approx(-10 / 200, abs=0.02)


def test_it_is_tested_on_what_it_was_not_fitted_on():
    codes, factor = rng(1).normal(size=(40, 5)), rng(2).normal(size=40)
    factor[:20] = codes[:20, 0]  # a line in the first half, and none in the second
    assert readability(codes, factor) < 0


def test_what_is_not_finite_or_does_not_go_together():
    codes, factor = rng(1).normal(size=(2, 40, 3)), rng(2).normal(size=(2, 40))
    factor[1, 7] = np.nan
    assert np.isnan(readability(codes, factor)).tolist() == [False, True]
    for same in (1.0, 0.1, 7.7, 1 / 3):  # means of which are rounded
        assert readability(codes[0], np.full(40, same)) == 0
    for bad in (factor[0], factor[:, :39], factor[..., None, None]):
        with pytest.raises(ValueError, match="wanted a number, or several, for each code"):
            readability(codes, bad)
    with pytest.raises(ValueError, match="wanted n of at least 16"):
        readability(codes[:, :15], factor[:, :15])


def test_a_path_through_a_linear_generator_is_as_long_as_its_chord():
    A, (start, end) = rng(1).normal(size=(3, 7)), rng(2).normal(size=(2, 4, 50, 3))
    found = path_length(lambda codes: codes @ A, start, end)
    np.testing.assert_allclose(found, np.mean(np.sum(((end - start) @ A) ** 2, -1), -1), rtol=1e-9)


def test_a_bent_path_is_longer_by_as_much_as_it_bends():
    """x = (cos u, sin u) from u = 0 to pi: speed pi all the way, where the chord has length 2;
    and x = u^2 from 0 to 1: the mean of (2u)^2 is 4 / 3."""
    ends = np.zeros((20_000, 1)), np.ones((20_000, 1))

    def around(u):
        return np.concatenate([np.cos(np.pi * u), np.sin(np.pi * u)], axis=-1)

    assert path_length(around, *ends, step=1e-3) == pytest.approx(np.pi**2, rel=1e-5)
    assert path_length(np.square, *ends, step=1e-3) == pytest.approx(4 / 3, rel=0.02)
    same = [path_length(np.square, *ends, rng=seed) for seed in (3, 3, 4)]
    assert same[0] == same[1] != same[2]


def test_along_a_sphere_a_sample_that_is_its_code_goes_its_angle():
    """At an even pace, so the mean square is the angle's, and twice the code four times that."""
    start, end = 7 * rng(1).normal(size=(3, 50, 4)), rng(2).normal(size=(3, 50, 4))
    lengths = [np.linalg.norm(x, axis=-1) for x in (start, end)]
    angles = np.arccos(np.sum(start * end, axis=-1) / lengths[0] / lengths[1])
    found = path_length(lambda codes: 2 * codes, start, end, along="sphere", step=1e-3)
    np.testing.assert_allclose(found, 4 * np.mean(angles**2, axis=-1), rtol=1e-5)
    assert path_length(np.asarray, start, 3 * start, along="sphere").max() < 1e-9
    # Between opposite ends any way is as short as any other.
    assert np.isnan(path_length(np.asarray, start, -start, along="sphere")).all()


def test_paths_that_are_none_are_refused():
    start = np.zeros((5, 2))
    for bad, told in (
        ((np.square, start, start[:4]), "as many codes of each"),
        ((lambda codes: codes[:3], start, start), "a sample for each code"),
    ):
        with pytest.raises(ValueError, match=told):
            path_length(*bad)
    with pytest.raises(TypeError, match="make"):
        path_length(3, start, start)
    for step in (0, 1):
        with pytest.raises(ValueError, match="step"):
            path_length(np.square, start, start, step=step)
    assert np.isnan(path_length(lambda codes: codes * np.nan, start, start))


def test_moments_tell_the_factors_of_shapes():
    for side, place, kinds in ((8, 0.02, 0.9), (16, 0.005, 0.98)):
        real = images.shapes(2000, rng(1), side)
        found = images.moments(real.array, real.size)
        for name in ("x", "y"):
            assert np.abs(found[name] - real.factors[name]).mean() < place
        for kind in range(3):
            own = real.labels == kind
            line = np.corrcoef(found["spread"][own], real.factors["radius"][own])[0, 1]
            assert line > 0.96
        # The kind by roundness: halfway between the means of neighbours in it.
        means = [found["roundness"][real.labels == kind].mean() for kind in range(3)]
        assert means[0] > means[2] > means[1]
        ends = (means[1] + means[2]) / 2, (means[0] + means[2]) / 2
        read = np.array([1, 2, 0])[np.digitize(found["roundness"], ends)]
        assert (read == real.labels).mean() > kinds


def test_of_large_pictures_roundness_is_that_of_the_figures():
    """Of a bar of r by r / 4: area r^2, mean squares r^2 (1 + 1 / 16) / 3. A cross is two of them
    but for the square in the middle."""
    real = images.shapes(60, rng(1), 128)
    found = images.moments(real.array, real.size)
    square = 2 / 3 * (1 / 4) ** 2 * (1 / 4)  # that of the middle: mean square times area, r = 1
    cross = 1.75**2 / (2 * np.pi * (2 * 17 / 48 - square))
    wanted = np.array([1.0, 48 / 17 / (2 * np.pi), cross])
    np.testing.assert_allclose(found["roundness"], wanted[real.labels], rtol=0.02)
    r = real.factors["radius"]
    spreads = np.array([0.5, 17 / 48, (2 * 17 / 48 - square) / 1.75]) ** 0.5
    np.testing.assert_allclose(found["spread"], spreads[real.labels] * r, rtol=0.02)


def test_moments_by_hand_and_of_what_has_none():
    right = images.moments([[[-1.0, 1.0, -1.0, 1.0]], [[-1.0] * 4]], (2, 2))
    assert right["x"].shape == (2, 1) and right["x"][0, 0] == 0.5 and right["y"][0, 0] == 0
    # A column of 1 x 2, all lit: 2 / (2 pi (1 / 12 + 4 / 12))
    assert right["roundness"][0, 0] == pytest.approx(2 / (2 * np.pi * 5 / 12))
    assert all(np.isnan(values[1]).all() for values in right.values())
    assert np.isnan(images.moments([[np.nan, 1.0]], (1, 2))["x"]).all()
    for size in ((3, 2), (2, 2, 3)):
        with pytest.raises(ValueError, match=r"wanted .*height"):
            images.moments([[0.0] * 4], size)


def test_a_code_of_zeros_lies_nowhere_on_the_sphere():
    with pytest.raises(ValueError, match="start holds a code of zeros"):
        path_length(lambda codes: codes, [[0.0, 0.0]], [[1.0, 0.0]], along="sphere")
