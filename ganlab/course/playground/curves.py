"""The curves: both losses, and how far the samples are from the data, over the steps."""

import numpy as np
from matplotlib.collections import PolyCollection

from ganlab.figures import COLOUR

FIRST = 500  # steps that the axes hold at first; they double


class Band:
    """A median over seeds and the range from 10 to 90 %, which move."""

    def __init__(self, ax, canvas, colour, style, label):
        (line,) = ax.plot([], [], color=colour, ls=style, lw=1.6, label=label, zorder=3)
        self._line, look = canvas.moves(line), dict(facecolor=colour, alpha=0.2, lw=0, zorder=2)
        self._area = canvas.moves(ax.add_collection(PolyCollection([], **look), autolim=False))

    def show(self, steps, values):
        """Draws values (records, seeds); returns the least and the greatest that is seen."""
        rows = np.isfinite(values).any(axis=1)
        steps, values = np.asarray(steps, float)[rows], values[rows]
        if not len(steps):
            self._line.set_data([], [])
            self._area.set_verts([])
            return np.nan, np.nan
        low, middle, high = np.nanquantile(values, [0.1, 0.5, 0.9], axis=1)
        self._line.set_data(steps, middle)
        edge = np.r_[np.stack([steps, low], -1), np.stack([steps, high], -1)[::-1]]
        self._area.set_verts([edge])
        return low.min(), high.max()


class Curves:
    """Losses above, the distance below; an upright line marks the moment that is shown."""

    def __init__(self, top, bottom, canvas, scene, lines):
        self.top, self.bottom, self.canvas, self.scene = top, bottom, canvas, scene
        self._distances, self._reach, self._limits = {}, 0, (0.0, 2.0)
        for k, (label, value) in enumerate(lines.items()):
            look = dict(color=COLOUR.quiet, lw=1.2, ls=(0, (1, 2 + 2 * k)), zorder=1)
            top.axhline(value, **look)
            look = dict(transform=top.get_yaxis_transform(), size=8, color=COLOUR.quiet)
            top.text(1.0, value, f" {label}", va="center", ha="left", clip_on=False, **look)
        self._d = Band(top, canvas, COLOUR.ink, "-", "d_loss")
        self._g = Band(top, canvas, COLOUR.fake, "--", "g_loss")
        top.set_title(" ", loc="left", size=10.5)
        top.set_ylabel("loss")
        look = dict(loc="lower left", ncols=2, fontsize=9, handlelength=1.6, columnspacing=1.0)
        top.legend(bbox_to_anchor=(-0.04, 1.0), borderaxespad=0, **look)
        floor = scene.floor
        bottom.set_yscale("log")
        bottom.axhspan(floor.low, floor.high, color="#dddddd", lw=0, zorder=0)
        look = dict(transform=bottom.get_yaxis_transform(), size=8, color=COLOUR.quiet)
        bottom.text(0.98, floor.high, "a perfect sampler", va="bottom", ha="right", **look)
        self._w = Band(bottom, canvas, COLOUR.real, "-", None)
        (line,) = bottom.plot([], [], color=COLOUR.ink, lw=1.0, ls=":", zorder=4)
        self._one = canvas.moves(line)
        bottom.set_title(scene.metric, loc="left", size=10.5)
        span = float(np.max(scene.high - scene.low))
        bottom.set(xlabel="step", ylim=(0.5 * floor.low, max(span, 4 * floor.high)))
        look = dict(color=COLOUR.quiet, lw=0.9, ls="-", zorder=1)
        self._marks = [canvas.moves(ax.axvline(0, **look)) for ax in (top, bottom)]
        self._fit(0, (0.0, 2.0))

    def show(self, moments, moment, member):
        """Draws the curves of all moments, and marks one."""
        steps = [one.step for one in moments]
        ranges = [
            band.show(steps, np.stack([one.seen[name] for one in moments]))
            for band, name in ((self._d, "d_loss"), (self._g, "g_loss"))
        ]
        kept = {}
        for one in moments:  # a moment does not change, so its distance is measured once
            found = self._distances.get(id(one))
            if found is None or found[0] is not one:
                found = one, self.scene.distances(one.samples)
            kept[id(one)] = found
        self._distances = kept
        distances = np.stack([kept[id(one)][1] for one in moments])
        self._w.show(steps, distances)
        self._one.set_data(steps, distances[:, member])
        for mark in self._marks:
            mark.set_xdata([moment.step] * 2)
        self._fit(steps[-1], (np.nanmin(ranges), np.nanmax(ranges)) if _any(ranges) else (0, 2))

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
        if (reach, low, high) != (self._reach, *self._limits):
            self._reach, self._limits = reach, (low, high)
            self.top.set(xlim=(0, reach), ylim=(low, high))
            self.bottom.set_xlim(0, reach)
            for ax in (self.top, self.bottom):
                ax.set_xticks([0, reach / 2, reach])
            self.top.set_xticklabels([])
            self.canvas.stale()


def _any(values):
    return np.isfinite(values).any()
