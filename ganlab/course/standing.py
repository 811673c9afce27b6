"""Where the course's GAN stands: how its runs end, on the bell a row for each notebook so far, and
on the ring of eight modes."""

from typing import NamedTuple

from ganlab import plots
from ganlab.data import ring
from ganlab.endings import CLOSE_W1, NARROW, last_tenth, measure
from ganlab.evidence import claim
from ganlab.metrics import noise_floor, wasserstein
from ganlab.recipes import repaired
from ganlab.streams import FRESH, stream

SHOWN = 64  # stored runs a row


class Row(NamedTuple):
    """A GAN on the bell as a notebook leaves it, and where the W1 of its runs is stored."""

    notebook: str
    name: str
    claim: str
    setting: str
    arm: str = "W1"  # kept beside the verdict; or an arm of a claim that is about W1


# Each row is the one before it with one thing more, but for the second: there all is changed that
# notebook 02 ends with, and the rates are equal still; and the last has noise and no layer.
ROWS = (
    Row("", "the code of 2017", "H1b", "aylien2016 (2017)"),
    Row("02", "02: logits, usual weights, larger batches", "E6a", "ours after 03", "none"),
    Row("02", "02: and D ten times as quick as G", "H1b", "the sizes of aylien2016"),
    Row("03", "03: and 16 units in G, 16-16 in D", "H1a", "repaired"),
    Row("04", "04: and minibatch discrimination", "H1c", "minibatch discrimination"),
    Row("05", "05: noise that fades instead", "H1c", "noise that fades"),
)


def draw_standing(notebook, run=None):
    """W1 at the end of 64 stored runs of each row up to this notebook's, the newest on top.

    notebook  "02" to "05"
    run       a `Run` on N(4, 0.5) trained just now, drawn above them; None: there is none

    Returns the figure. The grey stripe is what 500 samples of a perfect generator would show; left
    of the line runs are close.
    Raises ValueError for another notebook.
    """
    known = dict.fromkeys(row.notebook for row in ROWS[1:])
    if notebook not in known:
        raise ValueError(f"notebook is {notebook!r}: wanted one of {', '.join(known)}")
    target = repaired().gan.real
    rows = {} if run is None else {"now": last_tenth(wasserstein(run.samples, target))}
    for row in reversed([row for row in ROWS if row.notebook <= notebook]):
        rows[row.name] = claim(row.claim).outcomes(row.setting)[row.arm][:SHOWN]
    floor = noise_floor(wasserstein, target, 500, stream(0, FRESH))
    fig, ax = plots.figure(width=8.5, height=0.75 + 0.55 * len(rows))
    ax.set_xscale("log")
    found = {"floor": (floor.low, floor.high), "reference": {"close": CLOSE_W1 * target.std}}
    plots.outcomes(ax, rows, **found, label="W1 to the data at the end")
    return fig


def draw_on_the_ring(arms):
    """Modes held, and the width inside them, of each run of some GANs on the ring of eight.

    arms  {name: samples (seeds, n, 2)}, as `endings.final_samples` gives them

    Returns the figure. A width is in units of the modes', 1 is right, and below 0.8 it is narrow.
    """
    measured = {name: measure(samples, ring(8)) for name, samples in arms.items()}
    fig, (left, right) = plots.figure(2, width=9.0, height=1.5 + 0.5 * len(arms), sharey=True)
    held = {name: found.held for name, found in measured.items()}
    plots.outcomes(left, held, label="modes held at the end, of 8", higher_is_better=True)
    left.set_xlim(-0.4, 8.4)
    width = {name: found.width for name, found in measured.items()}
    levels = {"as wide as the modes": 1.0, "narrow below": NARROW}
    label = "median width inside the modes"
    plots.outcomes(right, width, reference=levels, label=label, higher_is_better=True)
    return fig
