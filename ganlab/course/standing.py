"""Where the course's GAN stands: how its runs on the bell end, a row for each notebook so far."""

from ganlab import plots
from ganlab.endings import last_tenth
from ganlab.evidence import claim
from ganlab.metrics import noise_floor, wasserstein
from ganlab.recipes import repaired
from ganlab.streams import FRESH, stream

SHOWN = 64  # stored runs a row
# By notebook: the name of its row, and the claim and setting beside whose verdict W1 is kept.
ROWS = {
    "": ("the code of 2017", "H1b", "aylien2016 (2017)"),
    "02": ("02: D ten times as quick as G", "H1b", "the sizes of aylien2016"),
    "03": ("03: 16 units in G, 16-16 in D", "H1a", "repaired"),
    "04": ("04: and minibatch discrimination", "H1c", "minibatch discrimination"),
    "05": ("05: noise that fades instead", "H1c", "noise that fades"),
}


def draw_standing(notebook, run=None):
    """W1 at the end of 64 stored runs for each notebook up to this one, the newest on top.

    notebook  "02" to "05", a key of `ROWS`
    run       a `Run` on N(4, 0.5) trained just now, drawn above them; None: there is none

    Returns the figure. The grey stripe is what 500 samples of a perfect generator would show.
    Raises ValueError for another notebook.
    """
    if not notebook or notebook not in ROWS:
        raise ValueError(f"notebook is {notebook!r}: wanted one of {', '.join(list(ROWS)[1:])}")
    target = repaired().gan.real
    names = list(ROWS)[: list(ROWS).index(notebook) + 1]
    rows = {} if run is None else {"now": last_tenth(wasserstein(run.samples, target))}
    for name, id, setting in map(ROWS.get, reversed(names)):
        rows[name] = claim(id).outcomes(setting)["W1"][:SHOWN]
    floor = noise_floor(wasserstein, target, 500, stream(0, FRESH))
    fig, ax = plots.figure(width=8.5, height=0.75 + 0.55 * len(rows))
    ax.set_xscale("log")
    plots.outcomes(ax, rows, floor=(floor.low, floor.high), label="W1 to the data at the end")
    return fig
