"""The curves: losses or D's scores above; below, how good the samples are, or all seeds in a strip.

What the two panels show is an entry of `UPPER` and of `LOWER`.
"""

import numpy as np
from matplotlib.collections import PolyCollection

from ganlab.figures import COLOUR
from ganlab.plots import swarm

FIRST = 500  # steps that the axes hold at first; they double
UPPER = ("losses", "D's scores")
LOWER = ("distance", "JS", "modes held", "all seeds")
ENDS = 0.1, 0.5, 0.9  # quantiles over seeds: the band and its middle
SCORES = {"real": "real_score", "generated": "fake_score"}
LOSSES = {"d_loss": "d_loss", "g_loss": "g_loss"}


class Kept:
    """A function of a moment, asked once for each: a moment does not change."""

    def __init__(self, of):
        self._of, self._found = of, {}

    def of(self, moment):
        """What it is of one moment, which may be one of those that are kept."""
        known = self._found.get(id(moment))
        return known[1] if known and known[0] is moment else self._of(moment)

    def __call__(self, moments):
        """[what it is of each moment]; of others nothing is kept."""
        found = {}
        for one in moments:
            known = self._found.get(id(one))
            found[id(one)] = known if known and known[0] is one else (one, self._of(one))
        self._found = found
        return [found[id(one)][1] for one in moments]


class Band:
    """A median over seeds and the range from 10 to 90 %, which move; `of` gives a moment's values
    (seeds,)."""

    def __init__(self, ax, canvas, of, colour, style, label):
        (line,) = ax.plot([], [], color=colour, ls=style, lw=1.6, label=label, zorder=3)
        self._line, look = canvas.moves(line), dict(facecolor=colour, alpha=0.2, lw=0, zorder=2)
        self._area = canvas.moves(ax.add_collection(PolyCollection([], **look), autolim=False))
        self._ends = Kept(lambda moment: _ends(of(moment)))

    def show(self, moments):
        """Draws the values of all moments; returns the least and the greatest that is seen."""
        steps, ends = np.array([one.step for one in moments], float), np.array(self._ends(moments))
        known = np.isfinite(ends[:, 1])
        if not known.any():
            self._line.set_data([], [])
            self._area.set_verts([])
            return np.nan, np.nan
        steps, (low, middle, high) = steps[known], ends[known].T
        self._line.set_data(steps, middle)
        edge = np.r_[np.stack([steps, low], -1), np.stack([steps, high], -1)[::-1]]
        self._area.set_verts([edge])
        return low.min(), high.max()


def _ends(values):
    """Quantiles (3,) over the seeds that are finite."""
    values = values[np.isfinite(values)]
    return np.quantile(values, ENDS) if values.size else np.full(3, np.nan)


class Curves:
    """Two panels beside the samples; an upright line marks the moment that is shown.

    lines    level lines among the losses, {label: value}
    found    the scene's `measures`
    """

    def __init__(self, top, bottom, canvas, lines, found, upper="losses", lower="distance"):
        self.top, self.bottom, self.canvas = top, bottom, canvas
        self._reach, self._limits = 0, (0.0, 1.0 if upper == "D's scores" else 2.0)
        scores = upper == "D's scores"
        _level_lines(top, {"1/2": 0.5} if scores else lines)
        names = SCORES if scores else LOSSES
        looks = ((COLOUR.real, "-"), (COLOUR.fake, "--")) if scores else (
            (COLOUR.ink, "-"), (COLOUR.fake, "--")
        )  # fmt: skip
        self._pair = [
            Band(top, canvas, lambda moment, n=name: moment.seen[n], *look, label)
            for (label, name), look in zip(names.items(), looks, strict=True)
        ]
        top.set_title(" ", loc="left", size=10.5)
        top.set_ylabel("D's score on" if scores else "loss")
        look = dict(loc="lower left", ncols=2, fontsize=9, handlelength=1.6, columnspacing=1.0)
        top.legend(bbox_to_anchor=(-0.04, 1.0), borderaxespad=0, **look)
        self._lower = (
            Strip(bottom, canvas, found["distance"])
            if lower == "all seeds"
            else Course(bottom, canvas, found[lower])
        )
        look = dict(color=COLOUR.quiet, lw=0.9, ls="-", zorder=1)
        marked = (top, bottom) if self._lower.over_steps else (top,)
        self._marks = [canvas.moves(ax.axvline(0, **look)) for ax in marked]
        top.set_xlabel("" if self._lower.over_steps else "step")
        self._fit(0, self._limits)
        self._drawn = None  # the last moment of the curves, how many there are, and the seed

    def show(self, moments, moment, member):
        """Draws the curves of all moments, and marks one."""
        for mark in self._marks:
            mark.set_xdata([moment.step] * 2)
        drawn = moments[-1], len(moments), member
        same = (
            self._drawn is not None and drawn[0] is self._drawn[0] and drawn[1:] == self._drawn[1:]
        )
        if not (same and self._lower.over_steps):
            self._lower.show(moments, moment, member)
        if same:  # a film has some pictures between two moments that are noted
            return
        self._drawn = drawn
        ranges = [band.show(moments) for band in self._pair]
        known = np.isfinite(ranges).any()
        seen = (np.nanmin(ranges), np.nanmax(ranges)) if known else self._limits
        self._fit(moments[-1].step, seen)

    def _fit(self, last, seen):
        """Widens the axes where something is outside of them, twice as far: so it is seldom."""
        low, high = self._limits
        while seen[1] > high and high < 1e6:
            high *= 2
        while seen[0] < low and low > -1e6:
            low = 2 * low - 1
        reach = self._reach or FIRST
        while last > reach:
            reach *= 2
        if (reach, low, high) == (self._reach, *self._limits):
            return
        self._reach, self._limits = reach, (low, high)
        self.top.set(ylim=(low, high))
        axes = (self.top, self.bottom) if self._lower.over_steps else (self.top,)
        for ax in axes:
            ax.set_xlim(0, reach)
            ax.set_xticks([0, reach / 2, reach])
        if self._lower.over_steps:
            self.top.set_xticklabels([])
        self.canvas.stale()


def _level_lines(ax, lines):
    for k, (label, value) in enumerate(lines.items()):
        look = dict(color=COLOUR.quiet, lw=1.2, ls=(0, (1, 2 + 2 * k)), zorder=1)
        ax.axhline(value, **look)
        look = dict(transform=ax.get_yaxis_transform(), size=8, color=COLOUR.quiet)
        ax.text(1.0, value, f" {label}", va="center", ha="left", clip_on=False, **look)


class Course:
    """A measure over the steps: the seeds' band, and the chosen seed dotted."""

    over_steps = True

    def __init__(self, ax, canvas, measure):
        self._values = Kept(measure.of)
        if measure.log:
            ax.set_yscale("log")
        low, high = measure.floor
        ax.axhspan(low, high, color="#dddddd", lw=0, zorder=0)
        look = dict(transform=ax.get_yaxis_transform(), size=8, color=COLOUR.quiet)
        free = measure.log or high > np.mean(measure.limits)  # below it
        place = dict(y=low, va="top") if free else dict(y=high, va="bottom")
        ax.text(x=0.98, s="a perfect sampler", ha="right", **place, **look)
        self._band = Band(ax, canvas, self._values.of, COLOUR.real, "-", None)
        (line,) = ax.plot([], [], color=COLOUR.ink, lw=1.0, ls=":", zorder=4)
        self._one = canvas.moves(line)
        ax.set_title(measure.label, loc="left", size=10.5)
        ax.set(xlabel="step", ylim=measure.limits)

    def show(self, moments, moment, member):
        """Draws the measure of all moments."""
        values = np.stack(self._values(moments))
        self._band.show(moments)
        self._one.set_data([one.step for one in moments], values[:, member])


class Strip:
    """All seeds as dots: at the start, half-way, and at the moment that is shown, with medians."""

    over_steps = False
    ROWS = ("now", "half", "start")

    def __init__(self, ax, canvas, measure):
        self._values = Kept(measure.of)
        ax.set_xscale("log")
        ax.axvspan(*measure.floor, color="#dddddd", lw=0, zorder=0)
        self._limits = np.log(measure.limits)
        look = dict(ls="", marker="o", ms=4.0, mew=0, alpha=0.75, color=COLOUR.real, zorder=3)
        (dots,) = ax.plot([], [], **look)
        (bars,) = ax.plot([], [], color=COLOUR.ink, lw=2.0, ls="-", zorder=4)
        look = dict(ls="", marker="o", ms=5.0, mew=0, color=COLOUR.fake, zorder=5)
        (one,) = ax.plot([], [], **look)
        self._dots, self._bars, self._one = map(canvas.moves, (dots, bars, one))
        rows = range(len(self.ROWS))
        ax.set(xlim=measure.limits, ylim=(len(rows) - 0.45, -0.55), xlabel=measure.label)
        ax.set_yticks(rows, self.ROWS)
        ax.tick_params(axis="y", length=0)

    def show(self, moments, moment, member):
        """Draws the rows; the chosen seed has a colour of its own."""
        half = min(moments, key=lambda one: abs(one.step - moment.step / 2))
        dots, bars, ones = [], [], []
        for row, values in enumerate(self._values([moment, half, moments[0]])):
            order = np.argsort(values)
            known = order[np.isfinite(values[order])]
            if not known.size:
                continue
            places = (np.log(values[known]) - self._limits[0]) / np.ptp(self._limits)
            lift = 0.09 * swarm(places, 0.035)
            lift *= min(1, 0.3 / np.abs(lift).max(initial=0.3))
            dots.append(np.stack([values[known], row + lift], -1))
            middle = np.median(values[known])
            bars.append([[middle, row - 0.38], [middle, row + 0.38], [np.nan, np.nan]])
            ones += [dots[-1][known == member]]
        nothing = np.zeros((0, 2))
        for line, parts in ((self._dots, dots), (self._bars, bars), (self._one, ones)):
            line.set_data(*np.concatenate([nothing, *parts]).T)
