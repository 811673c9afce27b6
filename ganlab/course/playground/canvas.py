"""A figure of which only what moves is drawn again: ten times as fast as drawing it all.

Axes, labels and what belongs to the target are drawn once and kept as pixels. Artists that were
handed to `Canvas.moves` are drawn over a copy of them each time.
"""

import io

import numpy as np
from contourpy import contour_generator
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.text import Text
from PIL import Image

from ganlab.course.playground.shown import listed
from ganlab.figures import styled

# D's score: lighter is more real, so that grey tells it too, and samples stand out everywhere.
SCORE = LinearSegmentedColormap.from_list("score", ["#b7a1cf", "#e9e4f1", "#f5fbf1"])
# Which is greater, D or D*: the middle is lightest, and signs are written on the picture.
DIFFERENCE = LinearSegmentedColormap.from_list("difference", ["#56B4E9", "#ffffff", "#E69F00"])


class Canvas:
    """A figure, what moves on it, and its picture as PNG."""

    def __init__(self, fig):
        self.fig, self._moving, self._still = fig, [], None
        self._texts = {}  # pixels of texts, which take longest and change seldom
        self._shapes = {}  # ... and the shapes of all that moves
        self._still_png = b""
        self._canvas = FigureCanvasAgg(fig)

    def moves(self, artist):
        """Notes that an artist changes from picture to picture, and returns it."""
        artist.set_animated(True)
        self._moving.append(artist)
        return artist

    def stale(self):
        """Says that what stood still has changed, limits of axes say."""
        self._still, self._still_png = None, b""
        self._texts.clear()
        self._shapes.clear()

    @styled
    def pixels(self):
        """The picture now, uint8 (height, width, 3)."""
        self._shapes.clear()  # what is drawn is not stale any more
        self._stand_still()
        self._canvas.restore_region(self._still)
        for artist in sorted(self._moving, key=lambda one: one.get_zorder()):
            if isinstance(artist, Text):
                self._write(artist)
            elif artist.get_visible():
                artist.axes.draw_artist(artist)
        return np.asarray(self._canvas.buffer_rgba())[..., :3]

    def _stand_still(self):
        if self._still is None:
            self._draw()

    @styled
    def _draw(self):
        self._canvas.draw()
        self.fig.set_layout_engine("none")  # axes stay where they were put
        self._still = self._canvas.copy_from_bbox(self.fig.bbox)

    def parts(self):
        """(what stands still as PNG bytes, the shapes that move, their data), as `shown.listed`
        has them: for whoever draws in this figure's place."""
        self._stand_still()
        if not self._still_png:
            self._canvas.restore_region(self._still)
            self._still_png = _png(np.asarray(self._canvas.buffer_rgba())[..., :3])
        return self._still_png, *listed(self._moving, self.fig.bbox.height, self._shapes)

    def _write(self, text):
        """Draws a text, which stands on white, or puts back the pixels that it had."""
        key = text, text.get_text()
        if key not in self._texts and key[1]:
            text.axes.draw_artist(text)
            box = text.get_window_extent(self._canvas.get_renderer()).padded(2)
            if len(self._texts) > 500:
                self._texts.clear()
            self._texts[key] = self._canvas.copy_from_bbox(box)
        elif key[1]:
            self._canvas.restore_region(self._texts[key])

    def png(self):
        """The picture now as PNG bytes: quick to make rather than small."""
        return _png(self.pixels())

    def palette_png(self):
        """The same with a palette, a third of the size, for what is stored."""
        buffer = io.BytesIO()
        picture = Image.fromarray(self.pixels()).quantize(256, dither=Image.Dither.NONE)
        picture.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def _png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def level_line(x, y, values, level):
    """Where values (len(y), len(x)) cross a level: points (n, 2), with NaN between pieces."""
    if not np.isfinite(values).all():
        return np.full((1, 2), np.nan)
    return joined(contour_generator(x, y, values).lines(level))


def joined(lines):
    """Lines [(points, 2)] as one (n, 2), with NaN between them, as `set_data` takes it."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)] or [gap])
