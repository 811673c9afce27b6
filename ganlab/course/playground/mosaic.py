"""All seeds beside each other, a tile each, on one axes: sixteen would take longer to draw."""

import math

import numpy as np

from ganlab.course.playground.canvas import joined
from ganlab.figures import COLOUR

POINTS = 200  # of each seed's samples
GAP = 0.06  # between tiles, in tiles
HEAD = 0.17  # of a tile, for its word


class Mosaic:
    """A tile for each seed: its samples, or its density over the target's."""

    def __init__(self, ax, canvas, scene, seeds):
        self.ax, self.scene, self.seeds = ax, scene, seeds
        self.columns = max(1, math.ceil(math.sqrt(len(seeds))))
        rows = math.ceil(len(seeds) / self.columns)
        tall = 1 + HEAD + GAP
        across = np.arange(len(seeds)) % self.columns * (1 + GAP)
        down = -(np.arange(len(seeds)) // self.columns) * tall
        self.corners = np.stack([across, down], -1).astype(float)
        ax.set(xlim=(-0.02, self.columns * (1 + GAP) - GAP + 0.02), aspect="equal")
        ax.set(ylim=(-(rows - 1) * tall - 0.02, 1 + HEAD), xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_title(f"all {len(seeds)} seeds", loc="left", size=10.5)
        square = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], float)
        self._square, frames = square, [square + corner for corner in self.corners]
        ax.plot(*joined(frames).T, color="#cccccc", lw=0.8, ls="-", zorder=1)
        self._target(ax)
        moves = canvas.moves
        if scene.target.dim == 2:
            look = dict(ls="", marker=".", ms=2.2, mew=0, alpha=0.8)
        else:
            look = dict(ls="-", lw=1.2)
        (line,) = ax.plot([], [], color=COLOUR.fake, zorder=3, **look)
        self._fake = moves(line)
        (line,) = ax.plot([], [], color=COLOUR.ink, lw=1.8, ls="-", zorder=4)
        self._frame = moves(line)
        size = 7.5 if self.columns <= 4 else 6
        look = dict(va="bottom", color=COLOUR.ink)
        self._words = [moves(ax.text(x, y + 1.03, "", size=size, **look)) for x, y in self.corners]
        look = dict(ha="right", va="top", color=COLOUR.quiet, size=size - 1)
        for (x, y), seed in zip(self.corners, seeds, strict=True):
            ax.text(x + 0.97, y + 0.97, seed, **look)

    def _target(self, ax):
        scene = self.scene
        if scene.target.dim == 2:
            points = self._placed(np.broadcast_to(scene.real[:300], (len(self.seeds), 300, 2)))
            look = dict(ls="", marker=".", ms=1.6, mew=0, alpha=0.35, color=COLOUR.real, zorder=2)
            ax.plot(*points.T, **look)
            return
        x, height = self._line(scene.p)
        for left, low in self.corners:
            look = dict(color=COLOUR.real, alpha=0.25, lw=0)
            ax.fill_between(left + x, low, low + height, **look)

    def _line(self, density):
        """A density as (across, up) within a tile."""
        x = np.linspace(0, 1, len(density))
        return x, np.clip(density / (2.2 * self.scene.p.max()), 0, 1)

    def _placed(self, samples):
        """Samples (seeds, n, 2) at their tiles, (points, 2); those outside of theirs left out."""
        inside = (samples - self.scene.low) / (self.scene.high - self.scene.low)
        with np.errstate(invalid="ignore"):
            kept = ((inside >= 0) & (inside <= 1)).all(axis=-1)
        return (inside + self.corners[:, None])[kept]

    def show(self, moment, member, words=None):
        """Draws all seeds, frames the chosen one (None: none), and writes a word above each."""
        if self.scene.target.dim == 2:
            self._fake.set_data(*self._placed(moment.samples[:, :POINTS]).T)
        else:
            lines = []
            for corner, q in zip(self.corners, self.scene.densities(moment), strict=True):
                lines.append(np.stack(self._line(q), -1) + corner)
            self._fake.set_data(*joined(lines).T)
        self._frame.set_visible(member is not None)
        if member is not None:
            self._frame.set_data(*(self._square + self.corners[member]).T)
        for i, text in enumerate(self._words):
            text.set_text("" if words is None else words[i])
