"""Walls of pictures: which pixel is drawn where, and what is refused."""

import numpy as np
import pytest

from ganlab import plots
from ganlab.picture_plots import nearest, nearest_wall, wall


def drawn(*arguments, **more):
    _, ax = plots.figure()
    wall(ax, *arguments, **more)
    return ax, np.asarray(ax.images[0].get_array())


def test_pictures_stand_in_rows_from_the_left_and_the_top():
    pictures = np.linspace(-1, 1, 5)[:, None] * np.ones((5, 6))
    _, canvas = drawn(pictures, (2, 3), columns=3)
    assert canvas.shape == (2 * 3 + 1, 3 * 4 + 1, 3)
    places = [(1, 1), (1, 5), (1, 9), (4, 1), (4, 5)]
    for (top, left), grey in zip(places, np.linspace(0, 1, 5), strict=True):
        np.testing.assert_allclose(canvas[top : top + 2, left : left + 3], grey)
    assert (canvas[4:6, 9:12] == 1).all()  # where there is no sixth
    assert (canvas[[0, 3, 6]] == 1).all() and (canvas[:, [0, 4, 8, 12]] == 1).all()


def test_each_picture_has_a_rim_around_its_pixels():
    ax, _ = drawn(np.ones((3, 6)), (2, 3), columns=2)
    rims = [path.vertices.tolist() for path in ax.collections[0].get_paths()]
    corners = np.array([(0, 0), (3, 0), (3, 2), (0, 2), (0, 0)])
    assert rims == [(corners + at).tolist() for at in ((0.5, 0.5), (4.5, 0.5), (0.5, 3.5))]


def test_a_picture_keeps_its_rows_and_its_colours_and_is_clipped():
    _, canvas = drawn([[-1, 0, 1, 7]], (2, 2))
    np.testing.assert_allclose(canvas[1:3, 1:3, 0], [[0, 0.5], [1, 1]])
    _, canvas = drawn([[1, -1, -1, -1, -1, 1]], (1, 2, 3))
    np.testing.assert_allclose(canvas[1, 1:3], [[1, 0, 0], [0, 0, 1]])


def test_one_that_is_not_finite_is_a_cross_in_its_place():
    ax, canvas = drawn([[0, 0, 0, 0], [0, np.nan, 0, 0]], (2, 2), columns=2)
    assert len(ax.lines) == 2 and (canvas[1:3, 4:6] == 0.85).all()
    ax, _ = drawn(np.zeros((2, 4)), (2, 2))
    assert len(ax.lines) == 0


def test_numbers_count_from_one_above_their_pictures():
    ax, canvas = drawn(np.full((3, 16), -1.0), (4, 4), columns=2, numbers=True)
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]
    dark = canvas[..., 0] == 0
    for text, (rows, columns) in zip(
        ax.texts, [((2, 6), (1, 5)), ((2, 6), (6, 10)), ((8, 12), (1, 5))], strict=True
    ):
        assert dark[slice(*rows), slice(*columns)].all()
        x, y = text.get_position()
        assert columns[0] <= x < columns[1] and rows[0] - 2 < y < rows[0]


def test_nearest_is_the_least_of_all_distances():
    rng = np.random.default_rng(0)
    pictures, real = rng.uniform(-1, 1, (2, 40, 9))
    away, which = nearest(pictures, real)
    table = np.linalg.norm(pictures[:, None] - real[None], axis=-1)
    np.testing.assert_array_equal(which, table.argmin(axis=1))
    np.testing.assert_allclose(away, table.min(axis=1))
    pictures[3, 0] = np.nan
    assert np.isnan(nearest(pictures, real)[0]).tolist() == [i == 3 for i in range(40)]


def test_below_each_stands_the_nearest():
    real = np.array([[1.0, 1.0], [-1.0, -1.0]])
    _, ax = plots.figure()
    nearest_wall(ax, [[-0.5, -0.5], [0.5, 0.5]], real, (1, 2))
    canvas = np.asarray(ax.images[0].get_array())[..., 0]
    np.testing.assert_allclose(canvas[1], [1, 0.25, 0.25, 1, 0.75, 0.75, 1])
    np.testing.assert_allclose(canvas[3], [1, 0, 0, 1, 1, 1, 1])
    _, ax = plots.figure()
    nearest_wall(ax, [[np.nan, 0.0], [0.5, 0.5]], real, (1, 2))
    _, other = plots.figure()
    wall(other, [[np.nan, 0.0], [0.5, 0.5], [np.nan, np.nan], [1.0, 1.0]], (1, 2), columns=2)
    for one, two in zip(ax.images, other.images, strict=True):
        np.testing.assert_array_equal(one.get_array(), two.get_array())
    assert len(ax.lines) == len(other.lines) > 0


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda ax: wall(ax, np.zeros((3, 5)), (2, 2)), r"shape \(3, 5\): wanted \(n, 4\)"),
        (lambda ax: wall(ax, np.zeros((2, 3, 4)), (2, 2)), r"shape \(2, 3, 4\): wanted \(n, 4\)"),
        (lambda ax: wall(ax, np.zeros((3, 4)), (2, 2, 1)), r"size is \(2, 2, 1\): wanted"),
        (lambda ax: nearest([[0.0]], [[0.0, 1.0]]), "wanted \\(n, pixels\\) and"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(call, told):
    _, ax = plots.figure()
    with pytest.raises(ValueError, match=told) as caught:
        call(ax)
    assert "\n" not in str(caught.value)
