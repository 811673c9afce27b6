"""Plots: arrays in, `ax` out. No models, no files, and nothing is displayed before `show`.

Colour is never the only cue: fills, line styles and markers say the same, so every figure
also reads in grey. Curves are labelled with where they come from: *exact* (both densities
known), *computed* (by change of variables), *estimated* (from samples) or *learned* (by a
network). A seed that is not finite is counted, never dropped.

Arrays may come from a loop of your own, in any library. Where seeds are an axis, one run may do
without: (records,) for (records, seeds), a metric of samples (records, n, dim) say.

>>> from ganlab import data, metrics
>>> rng = np.random.default_rng(0)
>>> saved = [rng.normal(4 * record / 20, 0.5, (500, 1)) for record in range(21)]  # yours here
>>> fig, ax = figure()
>>> ax = band(ax, range(0, 2001, 100), metrics.wasserstein(saved, data.Gaussian()), "one run")
>>> ax.get_legend_handles_labels()[1]
['one run']
"""

import itertools

import numpy as np

from ganlab.arguments import in_short, whole
from ganlab.figures import COLOUR, COLOURS, LINES, animate, drawing, figure, legend, render, show
from ganlab.guards import a_number, several, text, two_numbers
from ganlab.own import numbers

__all__ = ["animate", "figure", "legend", "render", "show"]  # one import for all


def _place(name, value):
    return whole(name, value, 0)


def _count(name, value):
    return whole(name, value, 1)


def _words(name, value):
    return [value] if isinstance(value, str) else np.ravel(several(name, value)).tolist()


def _levels(name, value):
    """Where level lines are drawn: {label: number}, or a number."""
    named = value if isinstance(value, dict) else {name: value}
    if not all(isinstance(label, str) for label in named):
        raise TypeError(f"{name} is {in_short(value)}: wanted a number, or {{label: number}}")
    found = {label: a_number(name, level) for label, level in named.items()}
    return found if isinstance(value, dict) else found[name]


def _arms(name, value):
    """What several arms came to, {name: (seeds,)}."""
    if not isinstance(value, dict) or not value:
        raise TypeError(f"{name} is {in_short(value)}: wanted {{name: (seeds,)}}, one at least")
    return {arm: numbers(f"{name}[{arm!r}]", values) for arm, values in value.items()}


def _curves(ax, grid, values, highlight, **style):
    """Draw `(grid,)` as one line; `(seeds, grid)` as thin lines, seed `highlight` thick."""
    values = np.asarray(values, float)
    if values.ndim == 2:
        ax.plot(grid, values.T, color=style["color"], ls="-", lw=0.6, alpha=0.3, zorder=1)
        values = values[highlight]
    ax.plot(grid, values, **style)


@drawing(
    grid=float,
    target=float,
    generated=float,
    samples=float,
    learned=float,
    computed=float,
    exact=float,
    kind=text,
    highlight=_place,
    top=a_number,
    bins=_count,
)
def densities(
    ax,
    grid,
    target,
    *,
    generated=None,
    samples=None,
    learned=None,
    computed=None,
    exact=None,
    kind="computed",
    highlight=0,
    top=None,
    bins=60,
):
    """Draw a target density, a generator's, and the discriminator on a right axis of its own.

    `grid`, `target`: `(grid,)`. `generated` (the generator's density, found as `kind` says),
    `learned` (D's output), `computed` and `exact` (D* = p/(p+q)): `(grid,)`, or
    `(seeds, grid)` with seed `highlight` drawn thick. `samples`, `(n,)` or `(n, 1)`, become a
    histogram. `top` fixes the density axis, as animations need; without it a spike is cut off
    at three times the target's height, so that the target stays visible.
    """
    grid = np.asarray(grid, float)
    ax.fill_between(grid, target, color=COLOUR.real, alpha=0.22, lw=0, label="target p (exact)")
    ax.plot(grid, target, color=COLOUR.real, lw=1.0, ls="-")
    heights = [np.max(target)]
    if samples is not None:
        samples = np.asarray(samples, float).reshape(len(samples))
        counts, edges = np.histogram(samples, bins, (grid[0], grid[-1]))
        shares = counts / (len(samples) * np.diff(edges))  # samples off the grid count too
        ax.stairs(shares, edges, fill=True, color=COLOUR.fake, alpha=0.25)
        ax.stairs(shares, edges, color=COLOUR.fake, lw=1.3, label="generator q (estimated)")
        heights.append(shares.max())
    if generated is not None:
        look = dict(color=COLOUR.fake, lw=2.4, ls="-", label=f"generator q ({kind})")
        _curves(ax, grid, generated, highlight, **look)
        heights.append(np.max(generated, initial=0, where=np.isfinite(generated)))
    top = top or 1.05 * min(max(heights), 3 * heights[0])
    ax.set(xlim=(grid[0], grid[-1]), ylim=(0, top), xlabel="x", ylabel="density")
    if learned is None and computed is None and exact is None:
        return legend(ax)
    right = ax.twinx()
    right.axhline(0.5, color=COLOUR.quiet, lw=0.8, ls=(0, (2, 3)), zorder=0)
    for values, look in (
        (learned, dict(color=COLOUR.learned, ls="-", lw=1.3, label="D (learned)")),
        (computed, dict(color=COLOUR.computed, ls="--", lw=2.0, label="D* (computed)")),
        (exact, dict(color=COLOUR.exact, ls=":", lw=2.8, label="D* (exact)")),
    ):
        if values is not None:
            _curves(right, grid, values, highlight, **look)
    right.set(ylim=(0, 1.05), ylabel="D: chance of being real")
    right.set_yticks([0, 0.5, 1], ["0", "1/2", "1"])
    right.spines["right"].set_visible(True)
    return legend(ax, right)


def _references(reference):
    """Turn None, a number or `{label: number}` into pairs of a number and its line's look."""
    named = {"reference": reference} if np.isscalar(reference) else (reference or {})
    looks = ((0, (1, 2)), (0, (7, 2, 1, 2)), (0, (1, 6)))  # told apart in grey, and from losses
    for (label, value), look in zip(named.items(), itertools.cycle(looks), strict=False):
        yield value, dict(color=COLOUR.quiet, lw=1.4, ls=look, label=label, zorder=1)


@drawing(steps=float, values=float, label=text, floor=two_numbers, reference=_levels)
def band(ax, steps, values, label, *, floor=None, reference=None, **look):
    """Draw the median over seeds of `values` `(records, seeds)` and its 10-90 % band.

    Of one run, `(records,)`, it is one line. `floor`, a range `(low, high)`, is what a perfect
    sampler shows; `reference`, a number or `{label: number}`, is drawn as level lines. Where a
    seed is not finite the others make the median, and the legend says how many seeds failed.
    """
    values = np.asarray(values, float)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or len(values) != len(steps):
        wanted = f"(records, seeds) with {len(steps)} records, or (records,)"
        raise ValueError(f"values have shape {values.shape}; give {wanted}")
    if failed := np.sum(~np.isfinite(values).all(axis=0)):
        label = f"{label} ({failed} of {values.shape[1]} seeds failed)"
    rows = [row[np.isfinite(row)] if np.isfinite(row).any() else [np.nan] for row in values]
    low, middle, high = np.transpose([np.quantile(row, [0.1, 0.5, 0.9]) for row in rows])
    (line,) = ax.plot(steps, middle, label=label, **look)
    ax.fill_between(steps, low, high, color=line.get_color(), alpha=0.18, lw=0)
    if floor is not None:
        ax.axhspan(*floor, color="#dddddd", lw=0, zorder=0, label="a perfect sampler")
    for value, style in _references(reference):
        ax.axhline(value, **style)
    ax.margins(x=0)
    ax.set_xlabel(ax.get_xlabel() or "training step")
    return legend(ax)


@drawing(steps=float, d_loss=float, g_loss=float, reference=_levels)
def losses(ax, steps, d_loss, g_loss, *, reference=None):
    """Draw both players' losses, `(records, seeds)` each, as medians and 10-90 % bands; of one
    run, `(records,)` each, as lines."""
    band(ax, steps, d_loss, "d_loss", color=COLOUR.ink, ls="-")
    ax.set_ylabel("loss (nats)")
    return band(ax, steps, g_loss, "g_loss", color=COLOUR.fake, ls="--", reference=reference)


@drawing(places=float, size=a_number)
def swarm(places, size):
    """Heights, in dots, that keep sorted `places` from overlapping, as near to 0 as can be."""
    if places.ndim != 1 or not np.isfinite(places).all():
        raise ValueError(f"places has shape {places.shape}: wanted finite numbers (n,), sorted")
    heights = []
    for i, place in enumerate(places):
        near = {heights[j] for j in range(i) if place - places[j] < size}
        free = [height for height in range(-i, i + 1) if height not in near]
        heights.append(min(free, key=abs))
    return np.array(heights, float)


@drawing(arms=_arms, floor=float, reference=_levels, label=text)
def outcomes(ax, arms, *, floor=None, reference=None, label="", higher_is_better=False):
    """Draw a row for each arm of `{name: (seeds,) values}`: a dot per seed, median, spread.

    The upright bar is the median, the level one the 10-90 % range over seeds; one seed or two
    have neither. Seeds that are not finite count as the worst outcome: crosses at the worse
    edge, with their number. `floor`, a number or a range `(low, high)`, is what a perfect
    sampler scores at the same n;
    `reference` is a number or `{label: number}`. Set a logarithmic scale before the call.
    """
    arms = {name: np.ravel(np.asarray(values, float)) for name, values in arms.items()}
    good = {name: np.sort(values[np.isfinite(values)]) for name, values in arms.items()}
    failed = {name: arms[name].size - good[name].size for name in arms}
    marks = [value for value, _ in _references(reference)] + ([] if floor is None else [floor])
    seen = np.concatenate([*good.values(), *map(np.ravel, marks)])
    if not seen.size:
        raise ValueError("arms have no finite value; give at least one")
    scale, worst = ax.xaxis.get_transform(), (0 if higher_is_better else 1)
    ends = scale.transform(np.array([seen.min(), seen.max()]))
    ends += np.array([-0.04, 0.04]) * (np.ptp(ends) or 1)
    edge = ends[worst] + 0.12 * (ends[worst] - ends[1 - worst])  # where failed seeds stand
    if any(failed.values()):
        ends[worst] = edge + 0.2 * (edge - ends[worst])
    *limits, edge = scale.inverted().transform(np.append(ends, edge))
    if floor is not None:
        grey = dict(color="#dddddd", lw=2, zorder=0, label="a perfect sampler")
        ax.axvspan(*np.broadcast_to(floor, 2), **grey)
    for value, style in _references(reference):
        ax.axvline(value, **style)
    for row, name in enumerate(arms):
        lift = 0.075 * swarm((scale.transform(good[name]) - ends[0]) / np.ptp(ends), 0.014)
        lift *= min(1, 0.3 / np.abs(lift).max(initial=0.3))
        ax.plot(good[name], row + lift, "o", ms=4.4, mfc=COLOUR.dot, mec=COLOUR.real, mew=0.6)
        ranked = np.append(good[name], [edge] * failed[name])
        if ranked.size > 2:
            low, middle, high = np.quantile(ranked, [0.1, 0.5, 0.9])
            ax.plot([low, high], [row + 0.4] * 2, color=COLOUR.ink, ls="-", lw=1.4)
            ax.plot([middle] * 2, [row - 0.34, row + 0.4], color=COLOUR.ink, ls="-", lw=2.4)
        if failed[name]:
            heights = row + np.linspace(-0.2, 0.3, failed[name])
            ax.plot([edge] * failed[name], heights, "x", color=COLOUR.failed)
            note = dict(xytext=(8 - 16 * worst, 0), textcoords="offset points", va="center")
            note.update(ha=("left", "right")[worst], color=COLOUR.failed)
            ax.annotate(f"{failed[name]} failed", (edge, row), **note)
    ax.set(xlim=limits, ylim=(len(arms) - 0.45, -0.55), xlabel=label)
    ax.set_yticks(range(len(arms)), arms)
    ax.tick_params(axis="y", length=0)
    return legend(ax) if marks else ax


@drawing(
    values=float,
    rows=several,
    columns=several,
    label=text,
    names=several,
    form=text,
    limits=two_numbers,
)
def heatmap(ax, values, rows, columns, *, label="", names=("", ""), form="{:.2f}", limits=None):
    """Draw `values` `(rows, columns)` as coloured cells with their numbers written in.

    `rows` and `columns` label the cells, `names` the two directions (down, across); `limits`
    fixes the colour range. A cell that is not finite is white and says "failed".
    """
    values = np.ma.masked_invalid(np.asarray(values, float))
    if values.shape != (len(rows), len(columns)):
        wanted = (len(rows), len(columns))
        raise ValueError(f"values have shape {values.shape}; the labels want {wanted}")
    low, high = limits or (values.min(), values.max())
    picture = ax.imshow(values, cmap="cividis", vmin=low, vmax=high, aspect="auto")
    for (i, j), failed in np.ndenumerate(np.ma.getmaskarray(values)):
        light = 1 if failed else np.dot(picture.to_rgba(values[i, j])[:3], [0.299, 0.587, 0.114])
        # As in all of the course a half is rounded up, 0.125 to 0.13: Python takes the even one.
        text = "failed" if failed else form.format(values[i, j] * (1 + 1e-9))
        ax.text(j, i, text, ha="center", va="center", color="white" if light < 0.5 else "black")
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel=names[1], ylabel=names[0])
    ax.tick_params(length=0)
    ax.figure.colorbar(picture, ax=ax, label=label, pad=0.02)
    return ax


@drawing(
    grid=float,
    target=float,
    generated=float,
    outcome=_words,
    order=several,
    beyond=float,
    top=a_number,
)
def ensemble_densities(
    axes, grid, target, generated, *, outcome=None, order=None, beyond=None, top=None
):
    """Draw a small panel per seed: its generator's density over the target in blue.

    `axes` comes from `figure(8, 4)`; `generated` is `(seeds, grid)`, or `(grid,)` of one run.
    `outcome`, a word per seed, gives the curves a colour and a line style per word, and a legend
    that counts them; `order`, the words in a fixed order, keeps the colours alike from figure to
    figure. `beyond`, samples `(seeds, n)` or `(seeds, n, 1)`, marks at a panel's side what it does
    not show: an arrow with the share of the seed's samples that lie there, from a tenth on.
    """
    panels, generated = np.ravel(axes), np.asarray(generated, float)
    generated = generated[None] if generated.ndim == 1 else generated
    if generated.ndim != 2 or generated.shape[1] != len(grid) or len(generated) > len(panels):
        wanted = f"(seeds, {len(grid)}) and at most {len(panels)} seeds, one a panel"
        raise ValueError(f"generated has shape {generated.shape}; give {wanted}")
    words = ["generator"] * len(generated) if outcome is None else np.ravel(outcome).tolist()
    order = list(order or dict.fromkeys(words))
    lines = {}
    for panel in panels[len(words) :]:
        panel.set_visible(False)
    for seed, (panel, word) in enumerate(zip(panels, words, strict=False)):
        panel.set(xticks=[], yticks=[], xlim=(grid[0], grid[-1]), ylim=(0, top or 2 * max(target)))
        panel.spines["left"].set_visible(False)
        panel.fill_between(grid, target, color=COLOUR.real, alpha=0.3, lw=0)  # as in `densities`
        panel.set_title(seed, loc="left", size=7, color=COLOUR.quiet, y=1, pad=-8)
        k = order.index(word)
        look = dict(color=COLOURS[(k + 1) % 6], ls=LINES[k % 6], lw=1.5)
        look["label"] = f"{word}: {words.count(word)} of {len(words)}"
        (lines[k],) = panel.plot(grid, generated[seed], **look)
        if not np.isfinite(generated[seed]).all():
            panel.text(0.5, 0.6, "failed", transform=panel.transAxes, ha="center")
    if beyond is not None:
        samples = np.asarray(beyond, float).reshape(len(generated), -1)
        for panel, line in zip(panels, samples, strict=False):
            _mark_beyond(panel, np.mean(line < grid[0]), np.mean(line > grid[-1]))
    if outcome is not None:
        handles = [lines[k] for k in sorted(lines)]
        panels[0].figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return axes


def _mark_beyond(ax, left, right):
    """An arrow at either side of `ax` beyond which at least a tenth lies, with that share."""
    for side, share, arrow, align in (
        (0, left, "\u25c0 {}", "left"),
        (1, right, "{} \u25b6", "right"),
    ):
        if share >= 0.1:
            text, place = arrow.format(f"{share:.0%}"), (0.02 + 0.96 * side, 0.5)
            box = dict(boxstyle="round,pad=0.1", fc="white", ec="none", alpha=0.85)  # over curves
            ax.text(*place, text, transform=ax.transAxes, ha=align, va="center", size=8, bbox=box)


@drawing(real=float, fake=float)
def points(ax, real, fake):
    """Draw real and fake samples, `(n, 2)` each, in the plane, with equal scales."""
    looks = (
        (real, dict(marker="o", ms=3.6, alpha=0.45, color=COLOUR.real, mew=0, label="real")),
        (fake, dict(marker="x", ms=3.4, alpha=0.8, color=COLOUR.fake, mew=0.9, label="fake")),
    )
    for samples, look in looks:
        samples = np.asarray(samples, float)
        if samples.ndim != 2 or samples.shape[1] != 2:
            raise ValueError(f"{look['label']} has shape {samples.shape}; give (n, 2)")
        ax.plot(*samples.T, ls="", **look)
    ax.set(aspect="equal", xlabel="x1", ylabel="x2")
    return legend(ax, ncols=2)


@drawing(x=float, y=float, across=float, up=float, paths=dict)
def field(ax, x, y, across, up, *, paths=None):
    """Draw a field of directions as arrows, and paths through it.

    `x`, `y`, `across`, `up`, of one shape: the arrow at (x, y) points along (across, up). All
    arrows are equally long, and darker where that vector is longer. Each of `paths`, `{label:
    (x, y)}` with `(steps,)` each, runs from a ring to a dot; where it leaves the arrows' frame
    it is cut off.
    """
    shapes = [np.shape(part) for part in (x, y, across, up)]
    if len(set(shapes)) > 1:
        raise ValueError(f"x, y, across and up have shapes {shapes}; give one shape for all")
    length = np.hypot(across, up)
    unit = np.stack([across, up]) / np.where(length > 0, length, 1)
    looks = dict(cmap="Greys", clim=(-0.5 * length.max(), 1.2 * length.max()), pivot="mid")
    ax.quiver(x, y, *unit, length, angles="xy", width=0.004, scale=18, **looks, zorder=1)
    for k, (label, (xs, ys)) in enumerate((paths or {}).items()):
        look = dict(color=COLOURS[k % 6], lw=1.6)
        ax.plot(xs, ys, ls=LINES[k % 6], label=label, **look)
        ax.plot(xs[0], ys[0], "o", mfc="white", ms=7, **look)
        ax.plot(xs[-1], ys[-1], "o", ms=7, **look)
    ax.set(xlim=(np.min(x), np.max(x)), ylim=(np.min(y), np.max(y)), aspect="equal")
    return legend(ax, ncols=2) if paths else ax
