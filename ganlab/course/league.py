"""The league: techniques on six targets, and where a recipe of your own stands.

`draw_league("ring")` shows what was measured (docs/league.md has all of it), and trains a recipe
of yours by the same rules if it is given one: the same networks, batches and number of steps
unless the recipe says otherwise, judged as all others were.
"""

import json
from collections.abc import Mapping

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ganlab import recipes
from ganlab.arguments import in_short, seed_tuple
from ganlab.evidence.statistics import share_interval
from ganlab.evidence.store import FOLDER
from ganlab.figures import COLOUR, figure, styled
from ganlab.guards import guard, one_of
from ganlab.league import (
    RECORDS,
    SAMPLES,
    STEPS,
    TARGETS,
    TRANSPORTED,
    Played,
    close,
    holds_all,
    w1,
)
from ganlab.metrics import noise_floor, wasserstein
from ganlab.streams import FRESH, stream
from ganlab.training import Records

ERROR = 0.05  # of the intervals that are drawn
FIXED = "steps", "batch_size", "pretraining", "real"  # what the rules fix


def played(target, mine, seeds):
    """Train `recipes.ours_in_the_plane` as `mine` changes it, by the league's rules."""
    rates = {name: value for name, value in mine.items() if name in ("d_rate", "g_rate")}
    fields = {name: value for name, value in mine.items() if name not in rates}
    recipe = recipes.ours_in_the_plane(target, **rates).changed(**fields, steps=STEPS)
    run = recipe.train(seeds=seeds, records=Records(RECORDS, samples=SAMPLES))
    return Played(np.asarray(run.steps), run.samples, target)


@guard(target=one_of(*TARGETS))
def stored_rows(target):
    """What was measured on a target: dicts, one for each technique and way to play it.

    technique, way ("course's rates" or "as published"), seeds; of these runs, how many end `close`
    and how many `hold_all`, and the median of `w1`; told: numbers and optimizer; the `verdict` on
    whether more end close than with the plain GAN.
    """
    path = FOLDER / "league" / "rows.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [row for row in rows if row["target"] == target]


@guard(target=one_of(*TARGETS))
def draw_league(target="ring", mine=None, *, seeds=16):
    """Where the techniques stand on a target of the league, and yours among them.

    target  a name in `TARGETS`: "bell", "three bumps", "ring", "grid", "circle", "unequal ring"
    mine    what you change about `recipes.ours_in_the_plane`, {field of a `Gan`, or "d_rate" or
            "g_rate": value}; None: only what is stored is shown
    seeds   how many runs of yours, or a sequence of seeds; 16 take about half a minute

    Returns the figure: runs that hold all modes and runs that end close, of 100, with intervals of
    95 %, and the median W1; the techniques that hold most on top.
    Raises TypeError or ValueError for another target, and for a `mine` that changes what the
    rules fix: steps, batch size, pretraining and target.

    >>> draw_league("ring", {"added": techniques.r1(0.1)})  # doctest: +SKIP
    """
    rows, members = stored_rows(target), len(seed_tuple(seeds))
    if mine is not None:
        if not isinstance(mine, Mapping):
            raise TypeError(f"mine is {in_short(mine)}; wanted {{field of a Gan: value}}, or None")
        if fixed := [name for name in FIXED if name in mine]:
            raise ValueError(f"mine changes {fixed[0]}: the league's rules fix {', '.join(FIXED)}")
        rows.append(_row(played(TARGETS[target], mine, seeds), members))
    if not rows:
        raise ValueError(f"nothing is measured on {target!r} yet, and mine is None: wanted either")
    return _drawn(target, rows)


def _row(run, seeds):
    """A row as they are stored, of runs just trained."""
    last, found = run.steps[-1], {}
    for name, outcome in {"close": close, "holds_all": holds_all}.items():
        found[name] = int(np.nansum(outcome(run, last)))
    distance = float(np.median(np.nan_to_num(w1(run, last), nan=np.inf)))
    return {"technique": "yours", "way": "yours", "seeds": seeds, "w1": distance, **found}


# The picture -------------------------------------------------------------------------------------

COURSE, PUBLISHED, YOURS = "course's rates", "as published", "yours"
WAYS = {  # way to play: how far below the middle of its row, and how it looks
    COURSE: (-0.15, {"color": COLOUR.real, "mfc": COLOUR.real}),
    PUBLISHED: (0.15, {"color": COLOUR.fake, "mfc": "white"}),
    YOURS: (0.0, {"color": COLOUR.ink, "mfc": COLOUR.ink}),
}
FIRM = {"supported": "^", "contradicted": "v", "no difference that matters": "s"}


@styled
def _drawn(target, rows):
    names = _in_order(rows)
    fig, axes = figure(3, width=9.0, height=1.7 + 0.25 * len(names), sharey=True)
    labels = "runs of 100 that hold all", "runs of 100 that end close", "median W1 to the data"
    for ax, quantity, label in zip(axes, ("holds_all", "close", "w1"), labels, strict=True):
        for row in rows:
            _mark(ax, row, names.index(row["technique"]), quantity)
        ax.set_xlabel(label)
        ax.tick_params(axis="y", length=0)
        if quantity == "w1":
            _from_floor_to_worst(ax, _floor(TARGETS[target]), [row["w1"] for row in rows])
        else:
            ax.set_xlim(-5, 105)
    axes[0].set(ylim=(len(names) - 0.5, -0.5))
    axes[0].set_yticks(range(len(names)), names)
    handles = [
        *(_handle(way, "o", **look) for way, (_, look) in WAYS.items() if _has(rows, "way", way)),
        *(
            _handle(f"{word}, firmly", mark, color="#777777")
            for word, (verdict, mark) in zip(
                ("more", "fewer", "the same"), FIRM.items(), strict=True
            )
            if _has(rows, "verdict", verdict)
        ),
        Line2D([], [], color="#999999", ls=":", lw=1.2, label="plain"),
        Patch(color="#dddddd", label="a perfect sampler"),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return fig


def _in_order(rows):
    """Names from the top down: yours, then by runs that hold all, that end close, and W1."""

    def place(name):
        some = [row for row in rows if row["technique"] == name]
        row = next((row for row in some if row["way"] == COURSE), some[0])
        shares = (row[quantity] / row["seeds"] for quantity in ("holds_all", "close"))
        return name != YOURS, *(-share for share in shares), row["w1"]

    return sorted({row["technique"] for row in rows}, key=place)


def _mark(ax, row, place, quantity):
    """A row's dot, with its interval where it is a share, and a line down where it is plain's."""
    below, look = WAYS[row["way"]]
    if quantity == "w1":
        middle = row["w1"]
        if not np.isfinite(middle):
            how = dict(transform=ax.get_yaxis_transform(), ha="right", va="center", fontsize=8)
            ax.text(0.98, place + below, "half or more failed", color=look["color"], **how)
    else:
        found = share_interval(row[quantity], row["seeds"], ERROR)
        middle = 100 * found.effect
        ends = 100 * found.low, 100 * found.high
        ax.plot(ends, [place + below] * 2, "-", color=look["color"], lw=1.2, alpha=0.6)
    marker = FIRM.get(row.get("verdict"), "o") if quantity == "close" else "o"
    ax.plot(middle, place + below, marker, ms=5.5, **look)
    if (row["technique"], row["way"]) == ("plain", COURSE):
        ax.axvline(middle, color="#999999", ls=":", lw=1.2, zorder=0)


def _from_floor_to_worst(ax, floor, seen):
    """A logarithmic axis with a few plain numbers at it."""
    ax.axvspan(*floor, color="#dddddd", lw=0, zorder=0)
    finite = [*filter(np.isfinite, seen)]
    low, high = floor[0] / 1.15, 1.15 * max(*floor, *finite)
    ax.set(xscale="log", xlim=(low, high))
    levels = [step * 10.0**power for power in range(-3, 4) for step in (1, 2, 5)]
    shown = [level for level in levels if low <= level <= high]
    ax.set_xticks(shown, [f"{level:g}" for level in shown])
    ax.set_xticks([], minor=True)


def _floor(target):
    """W1 of as many samples of the target itself, between its 10th and 90th hundredths."""
    two = {"two_sample": True, "repeats": 20} if target.dim > 1 else {}
    floor = noise_floor(wasserstein, target, TRANSPORTED, stream(0, FRESH), **two)
    return floor.low, floor.high


def _handle(label, marker, **look):
    return Line2D([], [], ls="", marker=marker, ms=5.5, label=label, **look)


def _has(rows, field, value):
    return any(row.get(field) == value for row in rows)
