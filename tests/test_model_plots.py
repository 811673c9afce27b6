"""Pictures of models beside models: what is drawn where."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from ganlab.figures import COLOUR, figure, render
from ganlab.model_plots import beside, walk

RNG = np.random.default_rng(0)
REAL = {"near": RNG.normal(size=(30, 2)), "far": 9 * RNG.normal(size=(40, 2))}
MADE = {
    name: {"far": RNG.normal(size=(8, 2)), "near": RNG.normal(size=(9, 2))}
    for name in ("GAN", "VAE")
}


def drawn():
    fig, axes = figure(2, 2, width=9.0)
    return fig, beside(axes, REAL, MADE)


def test_a_panel_has_the_points_of_its_target_and_the_samples_of_its_model():
    _, axes = drawn()
    for i, samples in enumerate(MADE.values()):
        for j, target in enumerate(REAL):
            below, above = (line.get_xydata() for line in axes[i, j].lines)
            assert np.array_equal(below, REAL[target])
            assert np.array_equal(above, samples[target])
            assert to_hex(axes[i, j].lines[1].get_color()).upper() == COLOUR.fake.upper()


def test_models_are_named_at_the_left_and_targets_above():
    fig, axes = drawn()
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["GAN", "VAE"]
    assert [ax.get_title() for ax in axes[0]] == ["near", "far"]
    assert [ax.get_title() for ax in axes[1]] == ["", ""]
    assert len(render(fig)) > 1000


def test_panels_of_a_target_reach_equally_far():
    _, axes = drawn()
    for j, points in enumerate(REAL.values()):
        reach = 4 / 3 * np.abs(points).max()
        for ax in axes[:, j]:
            assert (*ax.get_xlim(), *ax.get_ylim()) == pytest.approx([-reach, reach] * 2)


def test_a_failed_seed_is_told():
    made = {"GAN": {**MADE["GAN"], "far": np.full((8, 2), np.nan)}}
    _, axes = figure(2, 1)
    axes = beside(axes, REAL, made)
    assert [[text.get_text() for text in ax.texts] for ax in axes] == [[], ["failed"]]


def test_one_model_on_one_target_is_one_panel():
    _, ax = figure()
    beside(ax, {"far": REAL["far"]}, {"GAN": {"far": MADE["GAN"]["far"]}})
    assert (ax.get_title(), ax.get_ylabel(), len(ax.lines)) == ("far", "GAN", 2)


def test_a_walk_is_shaded_in_its_order_over_the_real_points():
    _, ax = figure()
    points = RNG.normal(size=(50, 2))
    walk(ax, points, REAL["near"])
    assert [len(line.get_xydata()) for line in ax.lines] == [30, 50]
    (dots,) = ax.collections
    assert np.array_equal(dots.get_offsets(), points)
    assert (np.diff(dots.get_array()) > 0).all()
    grey = dots.to_rgba(dots.get_array())[:, :3] @ [0.299, 0.587, 0.114]
    assert grey[-1] - grey[0] > 0.5 and (np.diff(grey) > -1e-6).all()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda axes: beside(axes[:1], REAL, MADE), "there are 2 panels: wanted 2 x 2"),
        (
            lambda axes: beside(axes[:, 0], {"far": REAL["far"]}, MADE),
            r"'GAN' has samples of \['far', 'near'\]: wanted \['far'\]",
        ),
        (
            lambda axes: beside(axes, REAL, {**MADE, "VAE": dict.fromkeys(REAL, np.zeros((3, 3)))}),
            r"'near' has shape \(3, 3\): wanted \(n, 2\)",
        ),
        (lambda axes: walk(axes[0, 0], np.zeros(9)), r"'points' has shape \(9,\): wanted \(n, 2\)"),
    ],
)
def test_what_cannot_be_drawn_gets_one_line(call, told):
    _, axes = figure(2, 2)
    with pytest.raises(ValueError, match=told) as error:
        call(axes)
    assert "\n" not in str(error.value)
