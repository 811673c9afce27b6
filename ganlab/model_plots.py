"""Pictures of models beside models: samples on several targets, and walks through z.

Arrays in, `ax` out. Real points are grey, samples orange; along a walk the colour says how far it
has gone, dark at its start and light at its end.
"""

import numpy as np

from ganlab.figures import COLOUR, drawing
from ganlab.own import numbers

__all__ = ["beside", "walk"]


@drawing(real=dict, made=dict)
def beside(axes, real, made):
    """Draw a panel for each model and target: its samples over the real points.

    `axes` comes from `figure(targets, models)`; `real` is {target: (m, 2)}, `made` {model:
    {target: (n, 2)}}, rows and columns in their order. All panels of a target reach as far as its
    real points, and a third further. Samples that are not finite say "failed".
    """
    axes = np.asarray(axes, object)
    if axes.size != len(made) * len(real):
        raise ValueError(f"there are {axes.size} panels: wanted {len(made)} x {len(real)}")
    for row, (model, samples) in zip(axes.reshape(len(made), -1), made.items(), strict=True):
        if set(samples) != set(real):
            raise ValueError(f"{model!r} has samples of {sorted(samples)}: wanted {sorted(real)}")
        for ax, (target, points) in zip(row, real.items(), strict=True):
            _panel(ax, _plane(target, points), _plane(target, samples[target]))
        row[0].set_ylabel(model)
    for ax, target in zip(axes.reshape(len(made), -1)[0], real, strict=True):
        ax.set_title(target)
    return axes


def _plane(name, x):
    x = numbers(name, x)
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"{name!r} has shape {x.shape}: wanted (n, 2)")
    return x


def _panel(ax, real, samples):
    reach = 4 / 3 * np.abs(real).max()
    ax.plot(*real.T, ls="", marker="o", ms=2.6, mew=0, color="#c8c8c8")
    ax.plot(*samples.T, ls="", marker=".", ms=2.4, mew=0, color=COLOUR.fake, alpha=0.7)
    if not np.isfinite(samples).all():
        ax.text(0.5, 0.5, "failed", transform=ax.transAxes, ha="center", va="center")
    ax.set(xticks=[], yticks=[], xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.spines[["left", "bottom"]].set_color("#cccccc")


@drawing(points=float, real=float)
def walk(ax, points, real=None):
    """Draw what a model makes along a path in z: `points` (steps, 2), in the order of the path.

    Where the steps in z are equally long, dots lie close where the model is slow, and far apart
    where it is quick. `real` (m, 2) is drawn below, in grey. What is not finite is left out.
    """
    points = _plane("points", points)
    if real is not None:
        ax.plot(*_plane("real", real).T, ls="", marker="o", ms=2.6, mew=0, color="#d4d4d4")
    ax.plot(*points.T, color=COLOUR.quiet, ls="-", lw=0.6)
    shade = np.linspace(0, 0.93, len(points))
    ax.scatter(*points.T, c=shade, cmap="cividis", vmin=0, vmax=1, s=11, lw=0, zorder=2)
    ax.set(aspect="equal")
    return ax
