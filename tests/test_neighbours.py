"""Precision, recall, density and coverage against the package of their authors and closed forms."""

import contextlib
import doctest
import io
import warnings

import numpy as np
import prdc
import pytest

from ganlab import data, neighbours, own
from ganlab.metrics import noise_floor
from ganlab.neighbours import coverage, density, precision, recall

ALL = (precision, recall, density, coverage)


def rng(seed=0):
    return np.random.default_rng(seed)


def by_prdc(samples, real, k):
    with contextlib.redirect_stdout(io.StringIO()):  # it prints how many there are
        scores = prdc.compute_prdc(real, samples, nearest_k=k)
    return [scores[name] for name in ("precision", "recall", "density", "coverage")]


def cases():
    ring, near = data.ring(), rng(1)
    narrow = data.points(*ring.modes[:3], std=0.02)
    yield "ring", ring.sample(200, near), ring.sample(200, near)
    yield "three narrow modes", narrow.sample(150, near), ring.sample(220, near)
    yield "blob", near.normal(size=(170, 2)), ring.sample(130, near)
    yield "line", near.normal(size=(90, 1)), 0.3 + near.normal(size=(120, 1))
    yield "seven dimensions", near.normal(size=(80, 7)), near.normal(size=(110, 7)) - 0.2
    yield "far", near.normal(size=(60, 2)), near.normal(size=(70, 2)) + 50


CASES = {name: (samples.astype(float), real.astype(float)) for name, samples, real in cases()}


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("name", CASES)
def test_all_four_are_those_of_prdc(name, k):
    samples, real = CASES[name]
    ours = [score(samples, real, k) for score in ALL]
    np.testing.assert_allclose(ours, by_prdc(samples, real, k), rtol=1e-12, atol=1e-15)


def test_the_cases_tell_the_four_apart():
    """So that no metric could stand in for another in the test above."""
    scores = np.array([[score(*pair) for score in ALL] for pair in CASES.values()])
    assert (np.ptp(scores, axis=0) > 0.5).all()
    assert all(np.abs(scores[:, i] - scores[:, j]).max() > 0.1 for i in range(4) for j in range(i))


def test_by_hand_on_the_line():
    """Real points at 0, 1, 3, 7: with k = 1 their balls reach 1, 1, 2 and 4 far."""
    real = np.array([[0.0], [1.0], [3.0], [7.0]])
    samples = np.array([[0.5], [4.0], [20.0]])  # in balls of 0 and 1; of 3 and 7; of none
    assert precision(samples, real, 1) == pytest.approx(2 / 3)
    assert density(samples, real, 1) == pytest.approx(4 / 3)
    assert coverage(samples, real, 1) == 1
    # Balls of samples reach 3.5, 3.5 and 16 far: all but the last, whose distance is 13, hold 0.
    assert recall(samples, real, 1) == 1
    assert recall(samples[:2], real, 1) == 1
    assert recall(samples[:2] / 10, real, 1) == pytest.approx(1 / 4)
    assert coverage(samples[1:], real, 1) == pytest.approx(2 / 4)


@pytest.mark.parametrize("scale", [1.0, 0.1, 1e-6, 3e5])
def test_what_lies_at_the_very_distance_is_outside(scale):
    """Samples that are the real points: each lies in its own ball, and not in that of a point
    whose k-th neighbour it is."""
    real = scale * rng().normal(size=(300, 2)) + scale
    assert precision(real, real) == recall(real, real) == coverage(real, real) == 1
    for k in (1, 4):
        assert density(real, real, k) == pytest.approx(1, abs=1e-12)
    line = scale * np.arange(8.0)[:, None]
    assert precision(line[1:2], line[::2], 1) == 1
    assert precision(line[6:7] + 2 * scale, line[:7:2], 1) == 0  # at 8, the ball of 6 reaches 2


def test_points_that_coincide_have_empty_balls():
    real = np.repeat([[0.0, 0.0], [1.0, 0.0]], 6, axis=0)
    own.say.cache_clear()
    with pytest.warns(UserWarning, match="^100% of the real points have 5 others in the very same"):
        assert [score(real, real) for score in ALL] == [0, 0, 0, 0] == by_prdc(real, real, 5)
    assert coverage(real, real, 6) == 1
    own.say.cache_clear()
    with pytest.warns(UserWarning, match="in the very same place"):
        assert recall(real, real) == 0
    few, made = np.random.default_rng(0).normal(size=(100, 2)), np.zeros((30, 2))
    few[:6] = 0.0  # 6 of 100
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert precision(few, few) > 0.9 and recall(made, few) == 0  # a G that makes one point


@pytest.mark.parametrize(("n", "m", "k", "dim"), [(60, 60, 5, 2), (40, 80, 3, 1), (50, 30, 5, 6)])
def test_closed_forms_of_a_perfect_sampler(n, m, k, dim):
    real, samples = rng(2).normal(size=(1_500, m, dim)), rng(3).normal(size=(1_500, n, dim))
    i = np.arange(1, k + 1)
    for score, wanted in ((density, 1), (coverage, 1 - np.prod((m - i) / (m + n - i)))):
        scores = score(samples, real, k)
        assert abs(scores.mean() - wanted) < 4 * scores.std() / np.sqrt(len(scores)), score


def test_coverage_of_many_points_is_one_minus_half_to_the_k():
    i = np.arange(1, 6)
    assert 1 - np.prod((500 - i) / (1000 - i)) == pytest.approx(0.96922, abs=5e-6)  # the docstring
    floor = noise_floor(coverage, data.ring(), 2_000, rng(), repeats=20, two_sample=True)
    assert floor.median == pytest.approx(1 - 2.0**-5, abs=0.004)


def test_floor_on_the_ring_as_the_docstring_has_it():
    for score in (precision, recall):
        floor = noise_floor(score, data.ring(), 500, rng(4), repeats=60, two_sample=True)
        np.testing.assert_allclose(floor, (0.982, 0.972, 0.990), atol=0.004)


@pytest.mark.parametrize("score", ALL)
def test_leading_axes_broadcast(score):
    samples, real = rng(1).normal(size=(3, 2, 30, 2)), rng(2).normal(size=(2, 20, 2))
    result = score(samples, real)
    assert result.shape == (3, 2) and result.dtype == np.float64
    for i, j in np.ndindex(3, 2):
        assert result[i, j] == score(samples[i, j], real[j])
    assert score(samples, real[0])[1, 1] == score(samples[1, 1], real[0])
    points = data.Samples(real[0])
    assert score(samples[0, 0], points) == score(samples[0, 0], points.array)


@pytest.mark.parametrize("score", ALL)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_entry_that_is_not_finite_is_nan(score, bad):
    samples, real = rng(1).normal(size=(3, 20, 2)), rng(2).normal(size=(3, 20, 2))
    wanted = score(samples, real)
    samples[1, 3, 0], real[2, 0, 1] = bad, bad
    np.testing.assert_array_equal(score(samples, real), [wanted[0], np.nan, np.nan])


@pytest.mark.parametrize("score", ALL)
def test_blocks_of_points_change_nothing(score, monkeypatch):
    samples, real = rng(1).normal(size=(37, 2)), rng(2).normal(size=(29, 2))
    wanted = score(samples, real)
    monkeypatch.setattr(neighbours, "_BLOCK", 100)
    assert score(samples, real) == wanted


@pytest.mark.parametrize("score", ALL)
@pytest.mark.parametrize(
    ("real", "k", "words"),
    [
        (np.zeros((4, 2)), 4, "k=4: wanted below the number of points around which balls are, 4"),
        (np.zeros((4, 2)), 0, "k=0: wanted a whole number, at least 1"),
        (np.zeros((4, 3)), 1, "samples have dim 2, real has dim 3"),
        (data.ring(), 1, r"real is a Mixture: wanted points, such as real.sample\(n, rng\)"),
    ],
)
def test_bad_input_gets_one_line(score, real, k, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        score(np.zeros((4, 2)), real, k)


def test_examples():
    assert doctest.testmod(neighbours, extraglobs={"np": np}) == (0, 8)
