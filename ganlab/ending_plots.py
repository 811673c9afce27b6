"""Pictures of how runs end: curves by ending, and how many end in each way. Arrays in, `ax` out.

A word has the colour and the line that `plots.ensemble_densities` gives it for the same `order`.
"""

import numpy as np

from ganlab.arguments import in_short
from ganlab.figures import COLOUR, COLOURS, LINES, drawing, legend
from ganlab.guards import a_number, several, text, two_numbers

__all__ = ["bars", "curves"]

HATCHES = ("", "///", "...", "", "xxx", "|||")  # so that bars are told apart in grey, too


def _levels(name, value):
    if not isinstance(value, dict):
        raise TypeError(f"{name} is {in_short(value)}: wanted {{label: number}}")
    return {text(name, label): a_number(name, level) for label, level in value.items()}


@drawing(
    steps=float, values=float, words=several, order=several, floor=two_numbers, reference=_levels
)
def curves(ax, steps, values, words, order, *, floor=None, reference=None):
    """Draw a line for each seed of `values` (records, seeds), by the word for how it ends.

    `words` is (seeds,), each one of `order`; the legend counts them. `floor`, a range (low, high),
    is what a perfect sampler shows; `reference`, {label: number}, is drawn as level lines.
    """
    values, words = np.asarray(values, float), np.ravel(words)
    if values.ndim != 2 or values.shape != (len(steps), len(words)):
        wanted = f"(records, seeds) with {len(steps)} records and {len(words)} words"
        raise ValueError(f"values have shape {values.shape}: wanted {wanted}")
    if unknown := sorted({*words.tolist()} - {*order}):
        raise ValueError(
            f"words have {unknown[0]!r}, which order lacks: it has {', '.join(map(str, order))}"
        )
    if floor is not None:
        ax.axhspan(*floor, color="#dddddd", lw=0, zorder=0, label="a perfect sampler")
    for label, value in (reference or {}).items():
        ax.axhline(value, color=COLOUR.quiet, lw=1.4, ls=(0, (1, 2)), label=label)
    for k, word in enumerate(order):
        one = words == word
        if one.any():
            look = dict(color=COLOURS[(k + 1) % 6], ls=LINES[k % 6])
            ax.plot(steps, values[:, one], lw=0.9, alpha=0.75, **look)
            ax.plot([], [], lw=1.6, label=f"{word}: {one.sum()} of {len(words)}", **look)
    ax.margins(x=0)
    ax.set_xlabel("training step")
    return legend(ax)


@drawing(counts=float, rows=several, order=several, label=text)
def bars(ax, counts, rows, order, *, label="runs"):
    """Draw a bar for each of `rows`, stacked of the `counts` (rows, words), in the words' `order`.

    Numbers are written into parts that are wide enough; `label` says what is counted.
    """
    counts = np.asarray(counts, float)
    if counts.shape != (len(rows), len(order)):
        wanted = f"({len(rows)}, {len(order)}), the rows and the words"
        raise ValueError(f"counts have shape {counts.shape}: wanted {wanted}")
    starts = np.cumsum(counts, axis=1) - counts
    for k, word in enumerate(order):
        look = dict(color=COLOURS[(k + 1) % 6], hatch=HATCHES[k % 6], edgecolor="white", lw=0.8)
        ax.barh(range(len(rows)), counts[:, k], left=starts[:, k], height=0.72, label=word, **look)
        for row, (count, start) in enumerate(zip(counts[:, k], starts[:, k], strict=True)):
            if count >= 0.03 * counts.sum(axis=1).max():
                box = dict(boxstyle="round,pad=0.12", fc="white", ec="none", alpha=0.9)
                at = start + count / 2, row
                ax.text(*at, f"{count:.0f}", ha="center", va="center", size=8.5, bbox=box)
    ax.set(xlim=(0, counts.sum(axis=1).max()), ylim=(len(rows) - 0.45, -0.55), xlabel=label)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(axis="y", length=0)
    return legend(ax, ncols=len(order))
