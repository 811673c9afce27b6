"""Pictures of modes, read back from what was drawn."""

import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from ganlab import data, mode_plots, plots

FOUR = data.ring(4, radius=1.0, std=0.1)
STEPS = np.array([0, 10, 20, 30])


def grey(colour):
    return np.dot(to_rgb(colour), [0.299, 0.587, 0.114])


@pytest.mark.parametrize("count", [2, 4, 9])
def test_shades_lie_apart_in_grey(count):
    found = [grey(shade) for shade in mode_plots.shades(count)]
    assert np.diff(found).min() > 0.6 / count and max(found) < 0.95  # and from white


def test_a_panel_for_each_seed_with_circles_of_three_deviations():
    samples = np.random.default_rng(0).normal(size=(3, 50, 2))
    _, axes = plots.figure(2, 2)
    mode_plots.panels(axes, samples, FOUR.modes, FOUR.std, titles=["near", "lost", "lost"])
    assert [ax.get_title() for ax in axes.flat] == ["near", "lost", "lost", ""]
    assert [ax.get_visible() for ax in axes.flat] == [True] * 3 + [False]
    circles, dots = axes.flat[1].lines[:4], axes.flat[1].lines[4]
    for center, circle in zip(FOUR.modes, circles, strict=True):
        radius = np.linalg.norm(circle.get_xydata() - center, axis=1)
        np.testing.assert_allclose(radius, 0.3)
    np.testing.assert_array_equal(dots.get_xydata(), samples[1])
    assert axes.flat[0].get_xlim() == axes.flat[0].get_ylim() == (-1.5, 1.5)


def test_a_seed_that_failed_says_so():
    samples = np.zeros((2, 5, 2))
    samples[1, 3] = np.nan
    _, axes = plots.figure(2)
    mode_plots.panels(axes, samples, FOUR.modes, 0.1, limits=4)
    assert [[text.get_text() for text in ax.texts] for ax in axes] == [[], ["failed"]]
    assert axes[0].get_xlim() == (-4, 4)


def test_bands_stack_up_to_the_good_share():
    mass = np.array([[0.25, 0.25], [0.5, 0.0], [0.0, 1.0], [0.1, 0.2]])
    _, ax = plots.figure()
    mode_plots.bands(ax, STEPS, mass)
    low, high = (band.get_paths()[0].get_extents() for band in ax.collections)
    assert (low.y0, low.y1, high.y1) == (0, 0.5, 1)
    # At step 20, where the second has everything, it begins at 0.
    corners = ax.collections[1].get_paths()[0].vertices
    around = corners[(corners[:, 0] >= 15) & (corners[:, 0] <= 25)]
    assert around[:, 1].min() == 0 and around[:, 1].max() == 1
    assert ax.get_xlim() == (0, 30) and ax.get_ylim() == (0, 1) and not ax.texts
    mass[2, 0] = np.nan
    _, ax = plots.figure()
    mode_plots.bands(ax, STEPS, mass)
    assert ax.texts[0].get_text() == "failed" and ax.texts[0].get_position()[0] == 20


def test_strips_have_a_row_for_each_seed_and_white_for_nothing():
    values = np.array([[0, -1], [1, 2], [2, np.nan], [2, 2]])  # (records, seeds)
    _, ax = plots.figure()
    mode_plots.strips(ax, STEPS, values, 3)
    (picture,) = ax.collections
    shown = picture.get_array()
    assert shown.shape == (2, 4)
    assert shown.filled(-9).tolist() == [[0, 1, 2, 2], [-9, 2, -9, 2]]
    np.testing.assert_allclose(picture.to_rgba(shown)[0, 1], mode_plots.shades(3)[1], atol=0.005)
    assert edges_of(picture) == [-5, 5, 15, 25, 35] and ax.get_ylabel() == "2 seeds"
    assert ax.get_ylim() == (1.5, -0.5)  # the first seed is at the top


def edges_of(picture):
    return picture.get_coordinates()[0, :, 0].tolist()


def test_records_at_uneven_steps_are_drawn_where_they_are():
    _, ax = plots.figure()
    mode_plots.strips(ax, [0, 10, 100, 5000], np.zeros((4, 2)), 3)
    assert edges_of(ax.collections[0]) == [-5, 5, 55, 2550, 5005]
    with pytest.raises(ValueError, match="do not grow"):
        mode_plots.strips(ax, [0, 10, 10, 20], np.zeros((4, 2)), 3)


def test_a_key_names_the_shades():
    fig, _ = plots.figure(2)
    legend = mode_plots.key(fig, ["one", "two", "three"])
    assert [text.get_text() for text in legend.get_texts()] == ["one", "two", "three"]
    colours = [patch.get_facecolor() for patch in legend.get_patches()]
    np.testing.assert_allclose(colours, mode_plots.shades(3))


def test_a_table_is_darker_where_larger_in_its_column():
    values = [[1.0, 300.0], [3.0, 100.0], [np.nan, 200.0]]
    _, ax = plots.figure()
    mode_plots.table(ax, values, ["a", "b", "c"], ["x", "y"])
    assert [text.get_text() for text in ax.texts] == [
        "1.00", "300.00", "3.00", "100.00", "none", "200.00"
    ]  # fmt: skip
    shade = ax.images[0].get_array()
    assert shade.filled(-9).tolist() == [[0, 1], [1, 0], [-9, 0.5]]


@pytest.mark.parametrize(("values", "told"), [(-1.0, ["none at any time"]), (2.0, [])])
def test_a_strip_in_which_nothing_happens_says_so(values, told):
    _, ax = plots.figure()
    mode_plots.strips(ax, STEPS, np.full((4, 2), values), 3)
    assert [text.get_text() for text in ax.texts] == told
    _, ax = plots.figure()
    hardly = np.full((4, 20), -1.0)
    hardly[2, 5:8] = 1  # 3 places of 80
    mode_plots.strips(ax, STEPS, hardly, 3)
    assert [text.get_text() for text in ax.texts] == ["hardly ever any"]
    hardly[:, :2] = 0
    _, ax = plots.figure()
    mode_plots.strips(ax, STEPS, hardly, 3)
    assert not ax.texts


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda ax: mode_plots.panels([ax], np.zeros((2, 5, 2)), FOUR.modes, 0.1), "(2, 5, 2): w"),
        (lambda ax: mode_plots.panels([ax], np.zeros((1, 5, 3)), FOUR.modes, 0.1), "(1, 5, 3): w"),
        (
            lambda ax: mode_plots.panels([ax], np.zeros((1, 5, 2)), FOUR.modes, 0.1, titles="ab"),
            "there are 2 titles: wanted 1, one a seed",
        ),
        (lambda ax: mode_plots.bands(ax, STEPS, np.zeros((3, 2))), "(3, 2): wanted (4, modes)"),
        (lambda ax: mode_plots.strips(ax, STEPS, np.zeros((3, 2)), 4), "(3, 2): wanted (records"),
        (lambda ax: mode_plots.strips(ax, STEPS, np.full((4, 2), 3), 3), "reach from 3 to 3: wan"),
        (lambda ax: mode_plots.strips(ax, STEPS, np.full((4, 2), 0.5), 3), "from 0.5 to 0.5: wan"),
        (lambda ax: mode_plots.table(ax, np.zeros((2, 2)), ["a"], ["x", "y"]), "wanted (1, 2)"),
    ],
)
def test_a_wrong_shape_gets_one_line(call, told):
    _, ax = plots.figure()
    with pytest.raises(ValueError, match=re.escape(told)) as caught:
        call(ax)
    assert "\n" not in str(caught.value)
