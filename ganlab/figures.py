"""From an empty figure to a picture in the notebook: the course's style, films, `show`.

One style, in the colours of Okabe and Ito, which colour-blind readers tell apart. Figures are
plain objects that belong to no window; nothing is displayed before `show`, or a cell that ends
with them, nothing is written to disk, and matplotlib's global settings stay untouched.
"""

import base64
import dataclasses
import functools
import html
import inspect
import io
import re
import sys
import threading
import tomllib
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation
from PIL import Image

from ganlab.arguments import in_short, whole
from ganlab.guards import guard, told

# Okabe and Ito's colours, by the part they play
COLOUR = SimpleNamespace(
    **dict(real="#0072B2", fake="#D55E00", learned="#1a1a1a", computed="#009E73", exact="#CC79A7"),
    **dict(dot="#56B4E9", ink="#1a1a1a", quiet="#7a7a7a", failed="#D55E00"),
)
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#1a1a1a", "#E69F00"]
LINES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3))]
DPI = 110

_STYLE = {
    **{"figure.facecolor": "white", "axes.facecolor": "white", "font.size": 9.5},
    **{"axes.titlesize": 10.5, "axes.linewidth": 0.8},
    **{"axes.spines.top": False, "axes.spines.right": False, "lines.linewidth": 1.8},
    **{"legend.frameon": False, "legend.fontsize": 9, "legend.handlelength": 2.6},
    **dict.fromkeys(["text.color", "axes.labelcolor", "axes.edgecolor"], "#333333"),
    **dict.fromkeys(["xtick.color", "ytick.color"], "#333333"),
    "axes.prop_cycle": cycler(color=COLOURS, linestyle=LINES),
}
# matplotlib has one style for all threads, and a kernel draws in two: were one to leave the style
# after the other entered it, it would stay behind in the reader's own pictures.
_ONE_STYLE = threading.RLock()


def styled(function):
    """A decorator: each call draws in the course's style, and leaves matplotlib's as it was."""

    @functools.wraps(function)
    def drawn(*given, **named):
        with _ONE_STYLE, matplotlib.rc_context(_STYLE):
            return function(*given, **named)

    return drawn


def drawing(**kinds):
    """A decorator for what draws on `ax`, or on several `axes`: in the course's style, with what it
    is given looked at by `guards.guard`."""

    def styled_and_guarded(function):
        given = inspect.signature(function).parameters
        known = {name: kind for name, kind in _DRAWN_ON.items() if name in given}
        return told(guard(**{**known, **kinds})(styled(function)))

    return styled_and_guarded


def _axes(name, value):
    if not isinstance(value, Axes):
        raise TypeError(f"{name} is {in_short(value)}: wanted one of figure()")
    return value


def _panels(name, value):
    panels = np.asarray(value, object)
    if not all(isinstance(panel, Axes) for panel in panels.flat):
        raise TypeError(f"{name} is {in_short(value)}: wanted those of figure(8, 4), say")
    return value


_DRAWN_ON = {"ax": _axes, "axes": _panels}


class _Shown(Figure):
    """A figure that a cell shows which ends with it, as pyplot's are."""

    def _repr_png_(self):
        return render(self)


@styled
def figure(ncols=1, nrows=1, *, width=7.0, height=None, **subplots):
    """Return `(fig, axes)` in the course's style: one Axes, or an array of them.

    `width` and `height` are the whole figure's, in inches (3.3 a row unless told); the other
    arguments go to `Figure.subplots`. Nothing is displayed until the figure goes to `show`, or a
    cell ends with it.
    """
    fig = _Shown(figsize=(width, height or 3.3 * nrows), dpi=DPI, layout="constrained")
    return fig, fig.subplots(nrows, ncols, **subplots)


@styled
def legend(ax, *twins, ncols=None):
    """Put the legend of `ax` and its `twins` below the x label, where it covers no data."""
    handles = [handle for each in (ax, *twins) for handle in each.get_legend_handles_labels()[0]]
    width = ax.figure.get_figwidth() / ax.get_gridspec().ncols
    ncols = min(ncols or max(1, int(width / 2.1)), len(handles))
    down = ScaledTranslation(0, -(34 if ax.get_xlabel() else 20) / 72, ax.figure.dpi_scale_trans)
    place = dict(loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=ax.transAxes + down)
    ax.legend(handles=handles, ncols=ncols, borderaxespad=0, **place)
    return ax


@styled
def _pixels(fig, dpi):
    fig.set_dpi(dpi)
    canvas = FigureCanvasAgg(fig)  # `fig.savefig` would draw everything twice
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def _palette(pixels, colours):
    """Return the picture of these pixels in its best `colours`; paper white stays white."""
    palette = Image.fromarray(pixels).quantize(colours, dither=Image.Dither.NONE)
    table = np.reshape(palette.getpalette(), (-1, 3))
    table[(table > 245).all(1) | (table.sum(1) == table.sum(1).max())] = 255
    palette.putpalette(table.ravel().tolist())
    return palette


def places_of(fig):
    """Return where the axes of a drawn figure stand, for `put`."""
    return [ax.get_position() for ax in fig.axes]


def put(fig, places):
    """Put the axes of a figure where those of one like it stand: finding places is a third of the
    time that a picture takes."""
    fig.set_layout_engine("none")
    for ax, place in zip(fig.axes, places, strict=True):
        ax.set_position(place)


def render(fig):
    """Return a figure as PNG bytes with a palette of 256 colours: a third of the usual size."""
    buffer = io.BytesIO()
    _palette(_pixels(fig, DPI), 256).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@dataclasses.dataclass(frozen=True)
class Animation:
    """A film held in memory as the bytes of an animated PNG; `show` displays it."""

    png: bytes = dataclasses.field(repr=False)
    frames: int
    fps: float

    def _repr_png_(self):
        return self.png


def animate(draw, frames, *, figsize=(4.8, 3.2), fps=10, ncols=1, nrows=1):
    """Return the `Animation` of `draw(ax, i)`, called on an empty figure for each i < frames.

    `figsize` is in inches, of 100 pixels each. Fix the axes' limits in `draw`: the layout is
    that of the first frame. The film repeats for ever and rests on its last frame.
    """
    frames = whole("frames", frames, 1)
    pictures, places = [], None
    for i in range(frames):
        fig, axes = figure(ncols, nrows, width=figsize[0], height=figsize[1])
        draw(axes, i)
        if places is None:
            fig.draw_without_rendering()
            places = places_of(fig)
        put(fig, places)
        pictures.append(_pixels(fig, 100))
    return film(pictures, fps)


def film(pictures, fps=10):
    """The `Animation` of pictures (height, width, 3), uint8: all of one size, in 128 colours."""
    frames = len(pictures)
    few = np.concatenate(pictures[:: max(1, frames // 6)])
    look = dict(palette=_palette(few, 128), dither=Image.Dither.NONE)  # one for all: no flicker
    first, *others = (Image.fromarray(pixels).quantize(**look) for pixels in pictures)
    times = dict(duration=[1000 / fps] * (frames - 1) + [2000], loop=0)
    buffer = io.BytesIO()
    first.save(buffer, "PNG", optimize=True, save_all=True, append_images=others, **times)
    return Animation(buffer.getvalue(), frames, fps)


@functools.cache
def _captions(number):
    path = Path(__file__).with_name("captions") / f"{number}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def caption(alt):
    """The text that `show` puts below a picture: `alt` itself, or for "03.untrained", say, the
    caption of that name of notebook 03. Captions tell what is to be seen, so the notebooks keep
    them in `ganlab/captions`, where nobody reads them before the cell has run.
    """
    alt = " ".join(str(alt or "").split())
    if found := re.fullmatch(r"(\d\d)\.([a-z0-9-]+)", alt):
        alt = _captions(found[1]).get(found[2])
        if alt is None:
            path = f"ganlab/captions/{found[1]}.toml"
            raise ValueError(f"no caption {found[0]!r}: wanted a name that is in {path}")
    return alt


def show(figure, alt):
    """Display a figure or an `Animation` as one PNG, with `alt` as caption and description.

    `alt` says what is seen, in one line of at most 250 characters, or is the name of such a
    line in `ganlab/captions`, "03.untrained" say. It is the picture's alternative text and
    stands below it, so that every reader has it and tests compare it.
    """
    alt = caption(alt)
    if not 0 < len(alt) <= 250:
        raise ValueError(f"alt has {len(alt)} characters; describe the picture in 1 to 250")
    from IPython.display import display

    png = figure.png if isinstance(figure, Animation) else render(figure)
    picture = {"image/png": base64.b64encode(png).decode(), "text/plain": f"Figure: {alt}"}
    display(picture, raw=True, metadata={"image/png": {"alt": alt}})
    below = f"<small>{html.escape(alt)}</small>"
    display({"text/html": below, "text/plain": alt}, raw=True)
    if "matplotlib.pyplot" in sys.modules and isinstance(figure, Figure):
        sys.modules["matplotlib.pyplot"].close(figure)  # or pyplot displays it a second time
