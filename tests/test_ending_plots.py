"""Pictures of how runs end: the numbers in them, and their looks."""

import numpy as np
import pytest

from ganlab import plots
from ganlab.ending_plots import bars, curves

ORDER = ["close", "narrow", "lost"]
STEPS = [0, 10, 20]
VALUES = np.arange(12.0).reshape(3, 4)
WORDS = np.array(["narrow", "close", "lost", "narrow"])


def test_every_seed_is_a_line_in_the_look_of_its_ending():
    _, ax = plots.figure()
    curves(ax, STEPS, VALUES, WORDS, ORDER, floor=(0.5, 1.0), reference={"the data": 3.0})
    drawn = {tuple(line.get_ydata()): line for line in ax.lines if len(line.get_xdata()) == 3}
    assert set(drawn) == {tuple(column) for column in VALUES.T}
    looks = [
        (drawn[tuple(column)].get_color(), drawn[tuple(column)].get_linestyle())
        for column in VALUES.T
    ]
    assert looks[0] == looks[3] and len({*looks}) == 3
    told = ax.get_legend_handles_labels()[1]
    assert {*told} == {
        "a perfect sampler",
        "the data",
        "close: 1 of 4",
        "narrow: 2 of 4",
        "lost: 1 of 4",
    }


def test_looks_are_those_of_the_panels():
    _, axes = plots.figure(4)
    grid = np.linspace(0, 1, 5)
    plots.ensemble_densities(axes, grid, grid, np.ones((4, 5)), outcome=WORDS, order=ORDER)
    _, ax = plots.figure()
    curves(ax, STEPS, VALUES, WORDS, ORDER)
    drawn = {tuple(line.get_ydata()): line for line in ax.lines if len(line.get_xdata()) == 3}
    for panel, column in zip(axes, VALUES.T, strict=True):
        line, other = panel.lines[0], drawn[tuple(column)]
        assert (
            line.get_color() == other.get_color() and line.get_linestyle() == other.get_linestyle()
        )


def test_bars_are_as_long_as_their_counts_and_stand_end_to_end():
    _, ax = plots.figure()
    counts = [[20, 10, 2], [0, 1, 31]]
    bars(ax, counts, ["without", "with"], ORDER, label="runs of 32")
    lengths = [[patch.get_width() for patch in container] for container in ax.containers]
    starts = [[patch.get_x() for patch in container] for container in ax.containers]
    assert np.transpose(lengths).tolist() == counts
    assert np.transpose(starts).tolist() == [[0, 20, 30], [0, 0, 1]]
    assert [text.get_text() for text in ax.texts] == ["20", "10", "1", "2", "31"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["without", "with"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is the top one


def test_what_does_not_fit_is_refused():
    _, ax = plots.figure()
    with pytest.raises(ValueError, match=r"values have shape \(3, 4\): wanted .* 2 words"):
        curves(ax, STEPS, VALUES, WORDS[:2], ORDER)
    with pytest.raises(ValueError, match="words have 'lost', which order lacks: it has close"):
        curves(ax, STEPS, VALUES, WORDS, ORDER[:2])
    with pytest.raises(ValueError, match=r"counts have shape \(1, 3\): wanted \(2, 3\)"):
        bars(ax, [[1, 2, 3]], ["a", "b"], ORDER)
