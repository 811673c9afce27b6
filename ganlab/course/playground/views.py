"""The playground's picture: the chosen seed large, all seeds small, losses, and the distance.

`Screen` holds one figure; `show(moment, ...)` brings it up to a moment. What is shown over D is an
entry of `OVERLAYS`.
"""

import numpy as np
from matplotlib.gridspec import GridSpec

from ganlab.course.playground.canvas import Canvas
from ganlab.course.playground.curves import Curves
from ganlab.course.playground.measures import measures as scene_measures
from ganlab.course.playground.mosaic import Mosaic
from ganlab.course.playground.stage import LineStage, PlaneStage
from ganlab.figures import figure, places_of, styled

WIDTH, HEIGHT = 9.0, 4.35  # inches


class Screen:
    """The picture of one training.

    scene    a `Line` or a `Plane`
    losses   the Gan's `Losses`
    seeds    their numbers (seeds,)
    lines    level lines in the picture of losses, {label: value}
    upper, lower
             what the two panels on the right show, of `curves.UPPER` and `curves.LOWER`; what a
             target has not, modes say, gives place to the distance
    """

    @styled
    def __init__(self, scene, losses, seeds, lines, upper="losses", lower="distance"):
        self.scene, self.losses, self.seeds = scene, losses, seeds
        fig, _ = figure(width=WIDTH, height=HEIGHT)
        fig.clear()
        rows = GridSpec(2, 3, figure=fig, width_ratios=[4.0, 3.3, 2.2])
        self.canvas = Canvas(fig)
        stage = PlaneStage if scene.target.dim == 2 else LineStage
        self.stage = stage(fig.add_subplot(rows[:, 0]), self.canvas, scene)
        self.mosaic = Mosaic(fig.add_subplot(rows[:, 1]), self.canvas, scene, seeds)
        top, bottom = (fig.add_subplot(rows[i, 2]) for i in range(2))
        found = scene_measures(scene)
        lower = lower if lower in (*found, "all seeds") else "distance"
        self.curves = Curves(top, bottom, self.canvas, lines, found, upper, lower)

    def show(self, moment, moments, member, overlay="D", words=None, part=None):
        """Brings the picture to a moment.

        moments  all that were noted, for the curves
        member   which seed is large, its place among the seeds
        overlay  a name of `OVERLAYS`
        words    how each seed stands, (seeds,); None leaves them out
        part     of a film the number of its picture: samples move in each, D in those of even
                 numbers and the curves in the others, which is hardly seen and half as much work
        """
        both = part is None
        note = self.stage.show(moment, member, overlay, self.losses, both or part % 2 == 0)
        title = f"step {moment.step:,}, seed {self.seeds[member]}"
        self.stage.title(title if words is None else f"{title}: {words[member]}", note)
        self.mosaic.show(moment, member, words)
        if both or part % 2:
            self.curves.show(moments, moment, member)

    def png(self, stored=False):
        """The picture as PNG bytes; `stored`: smaller, and slower to make."""
        return self.canvas.palette_png() if stored else self.canvas.png()

    @property
    def places(self):
        """Where its axes stand."""
        return places_of(self.canvas.fig)


def level_lines(losses):
    """{label: value} of a loss at which neither player can tell: D's and G's."""
    names = {"nonsaturating": ("2 log 2", "log 2"), "minimax": ("2 log 2", "-log 2")}
    function = losses.generator.__name__
    for name, (d_line, g_line) in names.items():
        if function == f"{name}_generator_loss":
            return {d_line: 2 * np.log(2), g_line: np.log(2) * (-1 if g_line[0] == "-" else 1)}
    return {}
