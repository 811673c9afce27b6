"""Data that a reader draws or types."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import triang

from ganlab.course.playground.calls import made
from ganlab.course.playground.drawing import BRUSH, bells_width, drawn, typed
from ganlab.course.playground.settings import Settings, changed, target_call
from ganlab.course.playground.words import judged
from ganlab.data import Mixture


def target(fields):
    return made(target_call(Settings().changed(**fields)))


@pytest.mark.parametrize(
    ("text", "places", "std"),
    [
        ("1 0, -1 0,0 1e-1", [[1, 0], [-1, 0], [0, 0.1]], 0.1),
        (" -2,0 , 2.", [[-2], [0], [2]], 0.31),
        ("-.2 0, .1 0", [[-0.2, 0], [0.1, 0]], 0.046),
    ],
)
def test_typed_points_are_bells(text, places, std):
    found = target(typed(text))
    assert isinstance(found, Mixture) and judged(found)
    np.testing.assert_array_equal(found.modes, places)
    assert found.std == pytest.approx(std)


def test_typed_heights_are_a_density_on_the_line():
    found = target(typed("-2: 0, 0: 1, 2: 0")).array[:, 0]
    expected = triang(0.5, -2, 4).ppf((np.arange(1000) + 0.5) / 1000)
    np.testing.assert_allclose(np.sort(found), expected, atol=0.002)
    steps = target(typed("0: 0, 1: 2, 1.5: 0, 2: 0, 3: 4")).array[:, 0]
    assert np.mean(steps < 1.5) == pytest.approx(1.5 / 3.5, abs=0.01)
    assert not ((steps > 1.51) & (steps < 1.99)).any()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "^nothing is typed: wanted points as in"),
        ("64,,x", "^nothing between two commas: wanted points"),
        ("1 2 3", "^'1 2 3': wanted points"),
        ("__import__('os')", "^\"__import__\\('os'\\)\": wanted points"),
        ("1 0, 2", "^some points have one number and some two"),
        ("1: 2, 3", "^'1: 2': wanted points"),
        ("1, 1", "^two points are 0 apart: wanted 0.1 at least"),
        ("99, 1", "^99 is too far out: wanted 10 at most"),
        ("1", "^1 points: wanted 2 to 64"),
        ("0: 0, 1: 0", "^wanted heights of 0 or more, and one above 0"),
        ("0: 1, 0: 2", "^wanted heights at two points or more"),
        ("0: 1, 1: -2", "^wanted heights of 0 or more"),
        ("1e99 0, 0 0", "too far out"),
    ],
)
def test_what_cannot_be_typed_gets_one_line(text, told):
    with pytest.raises(ValueError, match=told) as error:
        typed(text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 200


@given(st.text(alphabet="0123456789 ,:.-+e\nx", max_size=40))
def test_whatever_is_typed_is_read_or_refused_in_a_line(text):
    try:
        fields = typed(text)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert target(fields).dim in (1, 2)


def test_strokes_become_points_along_them():
    points = target(drawn([[[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]], [[-2.0, -2.0]]], False)).array
    assert points.shape == (1000, 2)
    first, second = (np.abs(points[:, 1]) < 0.3) & (points[:, 0] > -1), points[:, 0] < -1
    assert np.mean(second) == pytest.approx(0.3 / 3.3, abs=0.02)  # a dot counts as 0.3
    assert np.mean(first) == pytest.approx(2.15 / 3.3, abs=0.05)
    assert points[first, 1].std() < 4 * BRUSH
    assert points[second].std(axis=0) == pytest.approx([BRUSH] * 2, rel=0.3)
    again = target(drawn([[[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]], [[-2.0, -2.0]]], False)).array
    np.testing.assert_array_equal(points, again)


def test_strokes_over_the_line_are_heights_and_the_last_one_counts():
    up, over = [[-2.0, 0.0], [0.0, 1.0], [2.0, 0.0]], [[-0.5, 0.0], [2.5, 0.0]]
    found = np.sort(target(drawn([up], True)).array[:, 0])
    expected = triang(0.5, -2, 4).ppf((np.arange(1000) + 0.5) / 1000)
    np.testing.assert_allclose(found, expected, atol=0.03)
    assert target(drawn([up, over], True)).array.max() < -0.45
    back = target(drawn([up[::-1]], True)).array[:, 0]  # drawn from the right
    np.testing.assert_allclose(np.sort(back), expected, atol=0.03)


@pytest.mark.parametrize(
    ("strokes", "told"),
    [
        ([], "^nothing is drawn: wanted a stroke"),
        ([[]], "^nothing is drawn"),
        ([["a"]], "^the drawing cannot be read"),
        ([[[1, 2, 3]]], "^the drawing cannot be read"),
        (None, "^the drawing cannot be read"),
        ([[[99, 1]]], "^99 is too far out"),
        ([[[float("nan"), 1]]], "^the drawing has a point that is not finite"),
        ([[[0, 0]] * 20_001], "^the drawing has 20001 points: wanted at most 20000"),
    ],
)
def test_what_cannot_be_drawn_gets_one_line(strokes, told):
    with pytest.raises(ValueError, match=told):
        drawn(strokes, False)


def test_a_flat_drawing_has_no_height():
    with pytest.raises(ValueError, match="no height"):
        drawn([[[-1, 0], [1, 0]]], True)


def test_bells_are_apart_enough_to_be_counted():
    assert bells_width(((0.0, 0.0), (0.3, 0.0))) <= 0.3 / 6


def test_a_large_array_is_refused_before_it_is_copied():
    huge = np.broadcast_to(np.zeros(2), (2**28, 2))  # of 2 GB in float32, of 16 bytes here
    with pytest.raises(ValueError, match=r"own has shape \(268435456, 2\): wanted at most 2000"):
        changed(Settings(), {"own": huge})
