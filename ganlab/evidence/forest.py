"""Pictures of verdicts: a claim's settings as a forest plot, and all settings of the ledger.

A verdict has a colour, a marker and a line, so that pictures read in grey too.
"""

from textwrap import fill
from types import SimpleNamespace

import numpy as np
from matplotlib.transforms import ScaledTranslation

from ganlab.figures import COLOUR, figure, styled

FIRM = "-"
OPEN = (0, (2, 1.2))
# By verdict: colour, marker, size of the marker in points, filled, line of the interval.
MARKS = {
    word: SimpleNamespace(colour=colour, marker=marker, size=size, filled=filled, line=line)
    for word, colour, marker, size, filled, line in (
        ("supported", COLOUR.computed, "o", 7.5, True, FIRM),
        ("contradicted", COLOUR.failed, "D", 6.5, True, FIRM),
        ("no difference that matters", COLOUR.ink, "s", 5.5, True, FIRM),
        ("undecided", "#666666", "o", 6.5, False, OPEN),
        ("undecided so far", "#666666", "^", 6.5, False, OPEN),
        ("not measured yet", "#666666", "", 0, False, OPEN),
    )
}
BAND = "#dedede"
WIDTH, ROW = 8.8, 0.27  # inches; a row of two lines is half as high again
FEW = 6  # more rows than that get a thin line each, for the eye to follow
BESIDE = 20  # points between the plot and the words at its right
GAP = 3  # settings between two groups
NAME = 32  # characters of a setting's name in a line


def empty(names):
    """Return an Axes of the right size for a forest plot of settings called `names`."""
    lines = [len(fill(name, NAME).splitlines()) for name in names]
    height = sum(ROW * (1 + lines) / 2 for lines in lines)
    return figure(width=WIDTH, height=height + 1.15)[1]


@styled
def forest(ax, rows, *, margin, label, zero=0.0, direction=1):
    """Draw each of `rows`, `(name, Estimate or None, verdict, seeds)`, from the top down.

    An effect is drawn at `zero + direction * effect`: a dot, with its interval as a line. The
    grey band holds the effects too small to matter, those within `margin` of none. At the right
    stand verdict and seeds. `label` says what the axis shows: all of a share, or of a difference of
    shares, so that plots can be held beside each other.
    """
    lines = np.array([len(fill(name, NAME).splitlines()) for name, *_ in rows])
    heights = (1 + lines) / 2
    places = np.cumsum(heights) - heights / 2
    if len(rows) > FEW:
        look = dict(color="#ececec", ls="-", lw=0.7, zorder=-1)
        ax.hlines(places, 0, 1, transform=ax.get_yaxis_transform(), **look)
    if margin:
        ax.axvspan(zero - margin, zero + margin, color=BAND, lw=0, zorder=0)
    ax.axvline(zero, color=COLOUR.quiet, lw=1.0, ls="-", zorder=1)
    for place, (_, found, verdict, _) in zip(places, rows, strict=True):
        if found is not None:
            low, middle, high = (
                zero + direction * x for x in (found.low, found.effect, found.high)
            )
            _dot(ax, [low, high], [place] * 2, middle, place, MARKS[verdict])
    ax.set(xlim=(-0.02, 1.02) if zero else (-1.04, 1.04), ylim=(heights.sum(), 0), xlabel=label)
    ax.set_yticks(places, [fill(name, NAME) for name, *_ in rows])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="x", nbins=7)
    signed = "{:g}" if zero else "{:+g}"  # a difference has a sign, a share has none
    ax.xaxis.set_major_formatter(
        lambda x, _: signed.format(round(x, 10)).replace("-", "−") if abs(x) > 1e-9 else "0"
    )
    towards = dict(x=1, ha="right", s="as claimed →")
    if direction < 0:
        towards = dict(x=0, ha="left", s="← as claimed")
    look = dict(color="#555555", fontsize=9, va="bottom")
    ax.text(y=1, transform=_moved(ax, 0, 5), **towards, **look)
    _columns(ax, places, rows, look)
    return ax


def _dot(ax, xs, ys, x, y, mark):
    """Draw an interval from (xs[0], ys[0]) to (xs[1], ys[1]) and its estimate at (x, y)."""
    ax.plot(xs, ys, color=mark.colour, ls=mark.line, lw=1.6, solid_capstyle="butt", zorder=2)
    look = dict(mec=mark.colour, mfc=mark.colour if mark.filled else "white", mew=1.4)
    ax.plot(x, y, marker=mark.marker, ms=mark.size, ls="", zorder=3, **look)


def _moved(ax, across, up, where=None):
    """Return the coordinates `where` of `ax`, its own from 0 to 1, moved by points."""
    moved = ScaledTranslation(across / 72, up / 72, ax.figure.dpi_scale_trans)
    return (where or ax.transAxes) + moved


def _columns(ax, places, rows, look):
    """Write verdict and seeds at the right of the rows, under their headings."""
    beside, words = ax.get_yaxis_transform(), []
    for place, (*_, verdict, _) in zip(places, rows, strict=True):
        colour = MARKS[verdict].colour
        style = dict(va="center_baseline", color=colour, transform=_moved(ax, BESIDE, 0, beside))
        words.append(ax.text(1, place, verdict, **style))
    words.append(ax.text(1, 1, "verdict", transform=_moved(ax, BESIDE, 5), **look))
    wide = max(word.get_window_extent().width for word in words) / ax.figure.dpi * 72
    right = BESIDE + wide + 48  # where the numbers end
    for place, (*_, seeds) in zip(places, rows, strict=True):
        style = dict(
            va="center_baseline", ha="right", fontsize=9, transform=_moved(ax, right, 0, beside)
        )
        ax.text(1, place, f"{seeds:,}" if seeds else "", **style)
    ax.text(1, 1, "seeds", ha="right", transform=_moved(ax, right, 5), **look)


@styled
def overview(ax, groups):
    """Draw all settings of the ledger, those of a group beside each other, as claimed upwards.

    groups  {heading: [(Estimate, margin, verdict), ...]}; within a group settings stand in the
            order of their effects
    """
    start, dots, above = 0, {word: [] for word in MARKS}, ax.get_xaxis_transform()
    for heading, settings in groups.items():
        ranked = sorted(settings, key=lambda each: each[0])
        for x, (found, margin, verdict) in enumerate(ranked, start):
            ax.fill_between([x - 0.5, x + 0.5], -margin, margin, color=BAND, lw=0, zorder=0)
            dots[verdict].append((x, *found))
        end = start + len(ranked) - 0.5  # where a later heading ends, however few its settings
        side = dict(x=end, ha="right") if start else dict(x=-0.5, ha="left")
        start += len(ranked) + GAP
        ax.text(y=1.02, s=f"{heading} ({len(ranked)})", transform=above, **side)
    ax.axhline(0, color=COLOUR.quiet, lw=1.0, ls="-", zorder=1)
    for word in [word for word in MARKS if dots[word]]:
        mark, (xs, effects, lows, highs) = MARKS[word], np.transpose(dots[word])
        ax.vlines(xs, lows, highs, color=mark.colour, ls="-", lw=1.1, alpha=0.55, zorder=2)
        look = dict(mec=mark.colour, mfc=mark.colour if mark.filled else "white", mew=1.2)
        look |= dict(marker=mark.marker, ms=0.85 * mark.size, ls="", zorder=3)
        ax.plot(xs, effects, label=f"{word} ({len(xs)})", **look)
    ax.set(xlim=(-1.5, start - GAP + 0.5), ylim=(-1.05, 1.05), xticks=[])
    ax.set_yticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "+0.5", "+1"])
    ax.set_ylabel("effect, a difference of shares\n← against the claim     as claimed →")
    ax.set_xlabel("settings, in the order of their effects; grey: too small to matter")
    ax.spines["bottom"].set_visible(False)
    return ax
