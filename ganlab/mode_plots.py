"""Pictures of modes: where samples lie, and who holds which mode when. Arrays in, `ax` out.

Modes have the same shade in every picture, dark to light in their order, so that they are told
apart in grey, too. Masses are those of `mode_metrics`: shares of all samples. Arrays may come from
a loop of your own; `panels` and `strips` take one run without the axis of seeds.
"""

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ganlab.arguments import whole
from ganlab.figures import COLOUR, drawing
from ganlab.guards import a_number, guard, several, text

__all__ = ["bands", "key", "panels", "shades", "strips", "table"]


MOST = 10_000  # shades
FEW = 0.05  # of a strip's places; with fewer it looks empty


def _count(name, value):
    if whole(name, value, 0) > MOST:
        raise ValueError(f"{name}={value}: wanted at most {MOST}")
    return value


@guard(count=_count)
def shades(count):
    """So many colours (count, 4), dark to light, which lie apart in grey."""
    return matplotlib.colormaps["cividis"](np.linspace(0.0, 0.93, count))


@drawing(fig=Figure, names=several)
def key(fig, names):
    """Put one legend below the whole figure: the shade of each of `names`, in their order."""
    patches = [
        Patch(facecolor=shade, label=name)
        for shade, name in zip(shades(len(names)), names, strict=True)
    ]
    return fig.legend(handles=patches, loc="outside lower center", ncols=min(len(names), 9))


@drawing(samples=float, centers=float, std=a_number, limits=a_number)
def panels(axes, samples, centers, std, *, titles=None, limits=None):
    """Draw a small panel for each seed: its samples over the modes, circles of 3 `std`.

    `axes` comes from `figure(8, 4)`; `samples` is (seeds, n, 2), or (n, 2) of one run, `centers`
    (modes, 2). `titles`, a
    word or two a seed, stands above the panel. `limits` is how far from 0 the panels reach; unless
    told, half as far again as the furthest center. A seed that is not finite says "failed".
    """
    axes, samples, centers = np.ravel(axes), np.asarray(samples, float), np.asarray(centers, float)
    samples = samples[None] if samples.ndim == 2 else samples
    if samples.ndim != 3 or samples.shape[2] != 2 or len(samples) > len(axes):
        wanted = f"(seeds, n, 2) and at most {len(axes)} seeds, one a panel"
        raise ValueError(f"samples has shape {samples.shape}: wanted {wanted}")
    if not np.isfinite(centers).all() or centers.shape[1:] != (2,):
        raise ValueError(f"centers has shape {centers.shape}: wanted finite numbers (modes, 2)")
    if titles is not None and len(titles) != len(samples):
        raise ValueError(f"there are {len(titles)} titles: wanted {len(samples)}, one a seed")
    limits = limits or 1.5 * np.abs(centers).max()
    angle = np.linspace(0, 2 * np.pi, 61)
    circle = 3 * std * np.stack([np.cos(angle), np.sin(angle)], -1)
    for ax in axes[len(samples) :]:
        ax.set_visible(False)
    for seed, (ax, one) in enumerate(zip(axes, samples, strict=False)):
        for center in centers:
            ax.plot(*(center + circle).T, color=COLOUR.quiet, ls="-", lw=0.7)
        ax.plot(*one.T, ls="", marker=".", ms=2.2, mew=0, color=COLOUR.fake, alpha=0.7)
        if not np.isfinite(one).all():
            ax.text(0.5, 0.5, "failed", transform=ax.transAxes, ha="center", va="center")
        ax.set(xticks=[], yticks=[], xlim=(-limits, limits), ylim=(-limits, limits), aspect="equal")
        ax.spines[["left", "bottom"]].set_color("#cccccc")
        if titles is not None:
            ax.set_title(titles[seed], size=8.5, pad=2)
    return axes


@drawing(steps=float, mass=float)
def bands(ax, steps, mass):
    """Draw how one seed divides its samples among the modes over time, as bands that stack up.

    `mass` is (records, modes), shares of all samples; what is left of 1 lies off the modes, and
    stays white. The first mode is lowest. Where a record is not finite the picture is white and
    says "failed". `key` says which shade is whose.
    """
    mass = np.asarray(mass, float)
    if mass.ndim != 2 or len(mass) != len(steps):
        raise ValueError(f"mass has shape {mass.shape}: wanted ({len(steps)}, modes)")
    finite = np.isfinite(mass).all(axis=1)
    tops = np.cumsum(np.where(finite[:, None], mass, 0.0), axis=1)
    bottoms = np.c_[np.zeros(len(mass)), tops[:, :-1]]
    for low, high, shade in zip(bottoms.T, tops.T, shades(mass.shape[1]), strict=True):
        look = dict(facecolor=shade, edgecolor="white", lw=0.4)
        ax.fill_between(steps, low, high, step="mid", **look)
    if not finite.all():
        ax.text(steps[np.argmin(finite)], 0.5, "failed", va="center")
    ax.set(xlim=(steps[0], steps[-1]), ylim=(0, 1), xlabel="training step")
    ax.set_ylabel("share of the samples")
    return ax


@drawing(steps=float, values=float, count=_count)
def strips(ax, steps, values, count):
    """Draw a row for each seed: which of `count` things it does, over time.

    `values` (records, seeds), or (records,) of one run, are whole numbers from 0 to count - 1, or
    -1 for nothing, which stays white, as does what is not finite. A record is drawn from halfway
    since the one before to halfway to the next. The order of the seeds is the caller's; `key` says
    which shade is what.
    """
    values = np.asarray(values, float)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or len(values) != len(steps) or len(steps) < 2:
        wanted = f"(records, seeds) with {len(steps)} records, of 2 or more"
        raise ValueError(f"values has shape {values.shape}: wanted {wanted}")
    gaps = np.diff(steps)
    if not (gaps > 0).all():
        raise ValueError("steps do not grow from each to the next: wanted records in order")
    known = values[np.isfinite(values)]
    if not np.isin(known, np.arange(-1, count)).all():
        raise ValueError(f"values reach from {known.min():g} to {known.max():g}: wanted whole "
                         f"numbers from -1 to {count - 1}, for count={count}")  # fmt: skip
    rows = np.ma.masked_where(~(values >= 0), values).T
    half = gaps.min() / 2
    edges = np.r_[steps[0] - half, steps[:-1] + gaps / 2, steps[-1] + half]
    look = dict(cmap=ListedColormap(shades(count)), vmin=-0.5, vmax=count - 0.5)
    ax.pcolormesh(edges, np.arange(len(rows) + 1) - 0.5, rows, **look)
    ax.invert_yaxis()
    if (shown := np.mean(values >= 0)) < FEW:  # an empty panel would look forgotten
        said = "hardly ever any" if shown else "none at any time"
        ax.text(0.5, 0.5, said, transform=ax.transAxes, ha="center", va="center")
    for row in range(1, len(rows)):
        ax.axhline(row - 0.5, color="white", lw=0.8, ls="-")
    ax.set(xlabel="training step", ylabel=f"{len(rows)} seeds", yticks=[])
    ax.spines[["left", "bottom"]].set_color("#cccccc")
    return ax


@drawing(values=float, rows=several, columns=several, form=text)
def table(ax, values, rows, columns, *, form="{:.2f}"):
    """Draw numbers (rows, columns) as a table, darker where larger within its column.

    What is not finite is white and says "none".
    """
    values = np.ma.masked_invalid(np.asarray(values, float))
    if values.shape != (len(rows), len(columns)):
        wanted = (len(rows), len(columns))
        raise ValueError(f"values has shape {values.shape}: wanted {wanted}")
    span = values.max(axis=0) - values.min(axis=0)
    shade = (values - values.min(axis=0)) / np.ma.where(span > 0, span, 1)
    ax.imshow(shade, cmap="Greys", vmin=0, vmax=2, aspect="auto")
    for (i, j), missing in np.ndenumerate(np.ma.getmaskarray(values)):
        ax.text(j, i, "none" if missing else form.format(values[i, j]), ha="center", va="center")
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax
