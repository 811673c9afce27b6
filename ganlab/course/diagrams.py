"""Diagrams: who gets what from whom. Drawn in inches, with words, shapes and line styles that
tell the same without colour."""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from ganlab import plots
from ganlab.figures import COLOUR, styled

WIDTH, HEIGHT = 9.0, 3.4
_FORWARD = dict(arrowstyle="-|>", mutation_scale=15, lw=1.6, color=COLOUR.ink)
_BACK = _FORWARD | dict(ls=(0, (4, 2)), color="#555555")


@styled
def draw_gan():
    """The figure of a GAN: G turns z into fake samples, D judges them beside real ones, and both
    learn from what D said (dashed)."""
    fig, ax = plots.figure(width=WIDTH, height=HEIGHT)
    ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    ax.set_axis_off()
    _box(ax, 3.05, 1.05, "G", "the generator", fill="#f6dcc8")
    _box(ax, 6.5, 1.8, "D", "the discriminator", fill="#d7e6f2")
    _heap(ax, 0.85, 1.05, "z", "random numbers", marker=".", colour=COLOUR.quiet, shape="flat")
    _heap(ax, 4.75, 1.05, "fake", "samples that G made", marker="x", colour=COLOUR.fake)
    _heap(ax, 3.05, 2.55, "real", "samples of the data", marker="o", colour=COLOUR.real)
    ax.text(8.3, 1.98, "real?", size=13, weight="bold", ha="center", va="center")
    ax.text(8.3, 1.76, "a number for\neach sample", ha="center", va="top", linespacing=1.15)
    for start, end in (
        ((1.35, 1.05), (2.33, 1.05)),  # z to G
        ((3.77, 1.05), (4.2, 1.05)),  # G to fake
        ((5.35, 1.2), (5.78, 1.5)),  # fake to D
        ((3.7, 2.55), (5.78, 2.05)),  # real to D
        ((7.22, 1.8), (7.85, 1.9)),  # D to what it says
    ):
        ax.annotate("", end, start, arrowprops=_FORWARD)
    _way_back(ax, [(8.3, 1.2), (8.3, 0.25), (3.05, 0.25), (3.05, 0.62)])
    _way_back(ax, [(8.3, 2.2), (8.3, 2.95), (6.5, 2.95), (6.5, 2.24)])
    note = dict(ha="center", va="center", color="#333333", backgroundcolor="white")
    ax.text(5.7, 0.25, "G learns to have its samples called real", **note)
    ax.text(7.4, 3.15, "D learns to tell them apart", ha="center", va="center")
    return fig


def _box(ax, x, y, letter, name, fill):
    corner, look = (x - 0.65, y - 0.38), dict(boxstyle="round,pad=0.04,rounding_size=0.1")
    ax.add_patch(FancyBboxPatch(corner, 1.3, 0.76, fc=fill, ec=COLOUR.ink, lw=1.6, **look))
    ax.text(x, y + 0.1, letter, size=17, weight="bold", ha="center", va="center")
    ax.text(x, y - 0.24, name, ha="center", va="center")


def _heap(ax, x, y, name, what, marker, colour, shape="bell"):
    """A handful of samples, their name above them and what they are below."""
    across = np.linspace(-1, 1, 11)
    up = (np.arange(11) * 7 % 11 / 10 - 0.5) * (1 if shape == "flat" else 1.1 - np.abs(across))
    look = dict(ms=5 if marker != "." else 6, mew=1.3, mfc="none", color=colour)
    ax.plot(x + 0.42 * across, y + 0.34 * up, marker, ls="", **look)
    ax.text(x, y + 0.36, name, size=13, weight="bold", ha="center", va="center")
    ax.text(x, y - 0.32, what, ha="center", va="center")


def _way_back(ax, corners):
    """A dashed way along `corners`, with a tip at its end."""
    ax.plot(*np.transpose(corners[:-1]), ls=_BACK["ls"], lw=_BACK["lw"], color=_BACK["color"])
    ax.annotate("", corners[-1], corners[-2], arrowprops=_BACK)
