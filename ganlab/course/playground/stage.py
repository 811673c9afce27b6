"""The large panel: one seed's samples, its D, and what may be laid over them."""

import numpy as np

from ganlab.course.playground.canvas import DIFFERENCE, SCORE, joined, level_line
from ganlab.course.playground.scenes import CELLS, pulls
from ganlab.figures import COLOUR, LINES

# What the menu offers: how D is shown, and what of G is laid over it.
OVERLAYS = {
    "D": "what D says: lighter is more real, the line is 1/2",
    "D*": "the best D for this G",
    "D - D*": "D less the best D; orange: D is above",
    "manifold": "a grid of latents, carried through G",
    "G's gradient": "where G's loss pulls",
}
STILL = ("D", "D*", "D - D*")  # with these samples alone may move from one picture to the next
IN_COMPANY = "D judges samples in company: no single point has a score"


class Stage:
    """What both stages share: a title and a note below it."""

    def __init__(self, ax, canvas, scene):
        self.ax, self.canvas, self.scene, self._told = ax, canvas, scene, ""
        look = dict(transform=ax.transAxes, va="bottom", ha="left", clip_on=False)
        self._title = canvas.moves(ax.text(0, 1.075, "", size=10.5, **look))
        self._note = canvas.moves(ax.text(0, 1.015, "", size=8.5, color=COLOUR.quiet, **look))
        # Room for both is kept by a title that is never seen.
        ax.set_title("M\nM", size=10.5, alpha=0, loc="left")

    def title(self, text, note):
        """Writes above the panel."""
        self._title.set_text(text)
        self._note.set_text(note)

    def _arrows(self, moment, member, losses):
        """(places, vectors, note) of G's gradient; vectors are at most a ninth of the panel."""
        found = pulls(moment, member, losses, self.scene.real)
        if found is None:
            return None, None, "no sample is pulled alone: by packs, batches or features"
        places, ways = found
        length = np.linalg.norm(ways, axis=1)
        most = np.max(length, initial=0.0, where=np.isfinite(length))
        reach = float(np.max(self.scene.high - self.scene.low)) / 9
        scale = reach / most if most > 0 else 0.0
        note = OVERLAYS["G's gradient"]
        return places, ways * scale, f"{note}; the steepest {most:.2g}"

    def _new_arrows(self, places, ways):
        self._pull.set_offsets(places)
        self._pull.N = len(places)
        self._pull.XY = places
        self._pull.set_UVC(*ways.T)


class PlaneStage(Stage):
    """Samples over D's heatmap in the plane."""

    def __init__(self, ax, canvas, scene):
        super().__init__(ax, canvas, scene)
        (x0, y0), (x1, y1) = scene.low, scene.high
        ax.set(xlim=(x0, x1), ylim=(y0, y1), aspect="equal", xlabel="x1", ylabel="x2")
        extent, look = (x0, x1, y0, y1), dict(origin="lower", interpolation="bilinear", zorder=0)
        blank = np.full((CELLS, CELLS), 0.5)
        moves = canvas.moves
        self._heat = moves(ax.imshow(blank, extent=extent, cmap=SCORE, vmin=0, vmax=1, **look))
        self._gap = moves(ax.imshow(blank, extent=extent, cmap=DIFFERENCE, vmin=-1, vmax=1, **look))
        (line,) = ax.plot([], [], color=COLOUR.ink, lw=1.3, ls="-", zorder=2)
        self._half = moves(line)
        look = dict(ls="", marker="o", ms=3.0, mew=0, alpha=0.4, color=COLOUR.real, zorder=3)
        (line,) = ax.plot(*scene.real[:400].T, label="real", **look)
        self._real = moves(line)
        look = dict(ls="", marker="x", ms=3.6, mew=1.0, alpha=0.85, color=COLOUR.fake, zorder=4)
        (line,) = ax.plot([], [], label="generated", **look)
        self._fake = moves(line)
        (line,) = ax.plot([], [], color=COLOUR.ink, lw=0.7, ls="-", alpha=0.8, zorder=5)
        self._grid = moves(line)
        look = dict(angles="xy", scale_units="xy", scale=1, width=0.006, color=COLOUR.ink)
        self._pull = moves(ax.quiver([0.0], [0.0], [0.0], [0.0], zorder=6, **look))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2, markerscale=1.6)

    def show(self, moment, member, overlay, losses, scored=True):
        """Draws one seed; returns a line about what is seen. D stays as it is if not `scored`."""
        scene, note = self.scene, OVERLAYS[overlay]
        self._fake.set_data(*moment.samples[member].T)
        if not scored and overlay in STILL:
            return self._told
        scores = None
        if overlay != "D*":
            scores = scene.scores(moment, member, losses.score)
            note = IN_COMPANY if scores is None and overlay in ("D", "D - D*") else note
        if overlay == "D*" or (overlay == "D - D*" and scores is not None):
            best = scene.best(moment, member)
            void = ", void elsewhere" * (overlay == "D*")  # p + q is as good as 0 there
            note = f"{note}; estimated{void}"
            scores = best if overlay == "D*" else scores - best
        self._heat.set_visible(scores is not None and overlay != "D - D*")
        self._gap.set_visible(scores is not None and overlay == "D - D*")
        self._half.set_visible(self._heat.get_visible())
        if scores is not None:
            values = np.reshape(scores, (CELLS, CELLS)).astype(float)
            (self._gap if overlay == "D - D*" else self._heat).set_data(values)
            self._half.set_data(*level_line(scene.x, scene.y, values, 0.5).T)
        self._grid.set_visible(overlay == "manifold")
        self._fake.set_visible(overlay != "manifold")
        if overlay == "manifold":
            self._grid.set_data(*joined(scene.manifold(moment, member)).T)
            if scene.latent.dim > 2:
                note = f"{note}: two of {scene.latent.dim} latents, the others 0"
        self._pull.set_visible(overlay == "G's gradient")
        if overlay == "G's gradient":
            places, ways, note = self._arrows(moment, member, losses)
            self._pull.set_visible(places is not None)
            if places is not None:
                self._new_arrows(places, ways)
        self._told = note
        return note


class LineStage(Stage):
    """Densities on the line, and D over them on an axis of its own."""

    def __init__(self, ax, canvas, scene):
        super().__init__(ax, canvas, scene)
        x, self._top = scene.at[:, 0], 2.2 * scene.p.max()
        ax.fill_between(x, scene.p, color=COLOUR.real, alpha=0.22, lw=0, label="target p")
        ax.plot(x, scene.p, color=COLOUR.real, lw=1.0, ls="-")
        ax.set(xlim=(x[0], x[-1]), ylim=(0, self._top), xlabel="x", ylabel="density")
        how = "computed" if scene.computed else "estimated"
        moves, label = canvas.moves, f"generator q ({how})"
        (line,) = ax.plot([], [], color=COLOUR.fake, lw=2.2, ls="-", label=label)
        self._q = moves(line)
        right = ax.twinx()
        right.set(ylim=(0, 1.05), ylabel="D: chance of being real")
        right.set_yticks([0, 0.5, 1], ["0", "1/2", "1"])
        right.spines["right"].set_visible(True)
        right.axhline(0.5, color=COLOUR.quiet, lw=0.8, ls=(0, (2, 3)), zorder=0)
        (line,) = right.plot([], [], color=COLOUR.learned, lw=1.4, ls="-", label="D (learned)")
        self._d = moves(line)
        how = how if scene.has_density else "estimated"
        look = dict(color=COLOUR.computed, lw=2.0, ls=LINES[1], label=f"D* ({how})")
        (line,) = right.plot([], [], **look)
        self._best = moves(line)
        look = dict(angles="xy", scale_units="xy", scale=1, width=0.006, color=COLOUR.ink)
        self._pull = moves(ax.quiver([0.0], [0.0], [0.0], [0.0], zorder=6, **look))
        handles = [h for one in (ax, right) for h in one.get_legend_handles_labels()[0]]
        place = dict(loc="upper center", bbox_to_anchor=(0.5, -0.13), handlelength=1.8)
        ax.legend(handles=handles, ncols=2, fontsize=8.5, columnspacing=1.2, **place)

    def show(self, moment, member, overlay, losses, scored=True):
        """Draws one seed; returns a line about what is seen. D stays as it is if not `scored`."""
        scene, x = self.scene, self.scene.at[:, 0]
        q = scene.density(moment, member)
        self._q.set_data(x, q)
        if not scored and overlay in STILL:
            return self._told
        scores = scene.scores(moment, member, losses.score)
        self._d.set_visible(scores is not None)
        if scores is not None:
            self._d.set_data(x, scores)
        self._best.set_data(x, scene.best(moment, member))
        note = "D beside the best D for this G" if scores is not None else IN_COMPANY
        self._pull.set_visible(False)
        if overlay == "G's gradient":
            places, ways, note = self._arrows(moment, member, losses)
            if places is not None:
                level = np.full((len(places), 1), 0.06 * self._top)
                self._pull.set_visible(True)
                self._new_arrows(np.hstack([places, level]), np.hstack([ways, 0 * level]))
        self._told = note
        return note
