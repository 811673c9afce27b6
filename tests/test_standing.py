"""The picture of where the course's GAN stands."""

import numpy as np
import pytest

from ganlab.course import standing
from ganlab.course.standing import ROWS, draw_standing
from ganlab.data import ring
from ganlab.evidence import claim
from ganlab.recipes import repaired


def labels(fig):
    return [text.get_text() for text in fig.axes[0].get_yticklabels()]


def dots(fig, row):
    """The W1 of the dots of a row, sorted."""
    lines = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    return np.sort(lines[row].get_xdata())


def test_there_is_a_row_for_each_notebook_so_far_the_newest_on_top():
    fig = draw_standing("03")
    assert [label[:2] for label in labels(fig)] == ["03", "02", "02", "th"]
    low, high = fig.axes[0].get_ylim()
    assert low > high  # row 0 is the top one


def test_dots_are_the_stored_runs():
    fig = draw_standing("02")
    for row, stored in enumerate(
        (
            claim("H1b").outcomes("the sizes of aylien2016")["W1"],
            claim("E6a").outcomes("ours after 03")["none"],
            claim("H1b").outcomes("aylien2016 (2017)")["W1"],
        )
    ):
        stored = stored[: standing.SHOWN]
        np.testing.assert_array_equal(dots(fig, row), np.sort(stored[np.isfinite(stored)]))


def test_rows_are_of_the_same_seeds():
    assert len({claim(row.claim).result["first_seed"] for row in ROWS}) == 1


def test_a_run_of_now_stands_above_them():
    run = repaired().train(seeds=3, steps=20, records=10)
    fig = draw_standing("03", run)
    assert labels(fig)[0] == "now" and len(dots(fig, 0)) == 3


@pytest.mark.parametrize("notebook", ["", "01", "06", None, 3])
def test_another_notebook_is_refused(notebook):
    with pytest.raises(ValueError, match="wanted one of 02, 03, 04, 05"):
        draw_standing(notebook)


def test_on_the_ring_a_dot_is_a_run():
    target = ring(8)
    perfect = np.stack([target.sample(4000, np.random.default_rng(seed)) for seed in range(3)])
    center = target.modes[np.argmin(((perfect[..., None, :] - target.modes) ** 2).sum(-1), -1)]
    half = np.concatenate([perfect[:2, :500], np.tile(target.modes[:4], (2, 400, 1))], axis=1)
    fig = standing.draw_on_the_ring(
        {"perfect": perfect, "narrow": center + 0.5 * (perfect - center), "half": half}
    )
    assert labels(fig) == ["perfect", "narrow", "half"]
    left, right = fig.axes
    held, width = (
        [np.sort(line.get_xdata()) for line in ax.lines if line.get_marker() == "o"]
        for ax in (left, right)
    )
    assert [list(row) for row in held] == [[8, 8, 8], [8, 8, 8], [4, 4]]
    np.testing.assert_allclose(width[0], 1, atol=0.05)
    np.testing.assert_allclose(width[1], 0.5, atol=0.05)
