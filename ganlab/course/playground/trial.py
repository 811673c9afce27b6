"""Before and after: what became of all seeds when something was tried."""

import numpy as np
from matplotlib.gridspec import GridSpec

from ganlab import plots
from ganlab.course.playground import words
from ganlab.course.playground.canvas import Canvas
from ganlab.course.playground.measures import measures
from ganlab.course.playground.mosaic import Mosaic
from ganlab.figures import figure, styled

STEPS = 1000  # for which a remedy is tried on a GAN that is running
LONGEST = 5000  # for which it is tried from the beginning


class Trial:
    """What is tried, how things stood before, and at which step it is over.

    what    the change in words
    before  a `Moment`
    ends    a step
    anew    whether it was begun anew, and not on the networks as they were
    """

    def __init__(self, what, before, ends, anew):
        self.what, self.before, self.ends, self.anew = what, before, ends, anew

    def told(self, after, scene):
        """Three sentences."""
        way = "from step 0, with the same seeds" if self.anew else "on the networks as they were"
        parts = [f"Tried {way}: {self.what}."]
        found = measures(scene)["distance"]
        for name, moment in (("Before", self.before), ("After", after)):
            standing = words.standing(moment.samples, scene.target)
            each = "" if standing is None else f"{words.counted(standing)}; "
            far = found.of(moment)
            far = far[np.isfinite(far)]
            middle = f"{np.median(far):.2g}" if far.size else "none"
            parts.append(f"{name}, at step {moment.step:,}: {each}median distance {middle}.")
        low, high = found.floor
        return " ".join([*parts, f"A perfect sampler has {low:.2g} to {high:.2g}."])

    @styled
    def png(self, after, scene, seeds):
        """The picture: all seeds before and after, and their distances as a strip plot."""
        fig, _ = figure(width=9.0, height=3.6)
        fig.clear()
        grid = GridSpec(1, 3, figure=fig, width_ratios=[3, 3, 3.4])
        canvas, moments = Canvas(fig), {"before": self.before, "after": after}
        for place, (name, moment) in enumerate(moments.items()):
            mosaic = Mosaic(fig.add_subplot(grid[0, place]), canvas, scene, seeds)
            mosaic.ax.set_title(f"{name}, step {moment.step:,}", loc="left", size=10.5)
            mosaic.show(moment, None, words.standing(moment.samples, scene.target))
        ax, found = fig.add_subplot(grid[0, 2]), measures(scene)["distance"]
        ax.set_xscale("log")
        arms = {name: found.of(moment) for name, moment in reversed(moments.items())}
        if any(np.isfinite(values).any() for values in arms.values()):
            plots.outcomes(ax, arms, floor=found.floor, label=found.label)
        return canvas.png()
