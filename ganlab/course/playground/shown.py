"""What moves on a figure as a list of shapes in pixels, to be drawn elsewhere: by a browser, say.

One figure is all there is to look after: matplotlib draws it for what is stored, and `listed` says
what of it moves, for a canvas that has the rest as a picture. Lines, markers, areas, pictures,
arrows and texts are known, those that the playground's views are made of.
"""

import json
import struct

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver
from matplotlib.text import Text

SHRINK = {".": 0.5, "o": 1.0, "x": 1.0}  # matplotlib draws a point at half of its size


def listed(artists, height, kept=None):
    """(shapes, data): a dict for each visible artist, in the order of drawing, and the bytes that
    they point into.

    artists  matplotlib's, as `Canvas.moves` was given them
    height   of the figure in pixels; y counts from its top
    kept     a dict in which shapes are kept until matplotlib calls their artists stale: for whoever
             draws nothing by matplotlib between two calls, and empties it when axes change

    A shape has `k`, its kind, and `at` and `n`: where its numbers begin, in bytes, and how many
    they are: float32 pairs (x, y), and pairs of those of arrows; of a picture bytes, four a pixel.
    TypeError for an artist of another kind.
    """
    shapes, data = [], b""
    for artist in sorted(artists, key=lambda one: one.get_zorder()):
        shape, numbers = _kept(artist, height, kept) if artist.get_visible() else (None, None)
        if shape is not None:
            shapes.append({**shape, "at": len(data), "n": numbers.size})
            data += numbers.tobytes()
    return shapes, data


def packed(number, shapes, data):
    """A frame as bytes: how long its head is (uint32), the head as JSON, then the data.

    The head is {"number": ..., "shapes": [...]}, filled up with blanks to a multiple of four bytes.
    """
    head = json.dumps({"number": number, "shapes": shapes}, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 4)
    return struct.pack("<I", len(head)) + head + data


def unpacked(frame):
    """(number, shapes, data) of a frame's bytes."""
    (size,) = struct.unpack("<I", frame[:4])
    head = json.loads(frame[4 : 4 + size])
    return head["number"], head["shapes"], frame[4 + size :]


def _kept(artist, height, kept):
    if kept is None:
        return _shape(artist, height)
    if artist.stale or artist not in kept:
        kept[artist] = _shape(artist, height)
        artist.stale = False
    return kept[artist]


def _shape(artist, height):
    """(shape, numbers) of one artist; (None, None) where there is nothing to be seen."""
    for kind, made in KINDS.items():
        if isinstance(artist, kind):
            return made(artist, height)
    wanted = ", ".join(kind.__name__ for kind in KINDS)
    raise TypeError(f"a {type(artist).__name__} cannot be listed: wanted one of {wanted}")


def _turned(points, height):
    """Points in pixels (n, 2) as float32, with y from the top."""
    points = np.asarray(points, float).reshape(-1, 2)
    return np.stack([points[:, 0], height - points[:, 1]], -1).astype("<f4")


def _look(artist, height, colour):
    look = {"c": to_hex(colour), "a": 1.0 if artist.get_alpha() is None else artist.get_alpha()}
    if artist.get_clip_on():
        box = artist.axes.bbox
        look["clip"] = [round(v, 1) for v in (box.x0, height - box.y1, box.width, box.height)]
    return look


def _px(artist, points):
    """A length in points, in pixels."""
    return round(points * artist.figure.dpi / 72, 2)


def _line(line, height):
    xy = np.stack([np.ravel(data) for data in line.get_data(orig=False)], -1).astype(float)
    if not len(xy):
        return None, None
    xy = _turned(line.get_transform().transform(xy), height)
    look, marker = _look(line, height, line.get_color()), line.get_marker()
    if marker in SHRINK:
        kind = "crosses" if marker == "x" else "dots"
        size = _px(line, line.get_markersize()) * SHRINK[marker]
        return {"k": kind, "s": size, "w": _px(line, line.get_markeredgewidth()), **look}, xy
    dashes = [_px(line, dash) for dash in line._dash_pattern[1] or ()]
    return {"k": "line", "w": _px(line, line.get_linewidth()), "dash": dashes, **look}, xy


def _areas(areas, height):
    """All of them as one, with NaN between."""
    parts = [path.vertices for path in areas.get_paths() if len(path.vertices)]
    if not parts:
        return None, None
    gap = np.full((1, 2), np.nan)
    xy = [one for part in parts for one in (areas.axes.transData.transform(part), gap)]
    look = _look(areas, height, areas.get_facecolor()[0])
    return {"k": "area", **look}, _turned(np.concatenate(xy), height)


def _picture(image, height):
    x0, x1, y0, y1 = image.get_extent()
    corners = image.axes.transData.transform([[x0, y0], [x1, y1]])
    (left, low), (right, top) = _turned(corners, height).tolist()
    values = np.ma.masked_invalid(image.get_array())
    values = values[::-1] if image.origin == "lower" else values
    box = [round(v, 1) for v in (left, top, right - left, low - top)]
    shape = {"k": "picture", "box": box, "size": list(values.shape[::-1])}
    return shape, image.cmap(image.norm(values), bytes=True)


def _arrows(arrows, height):
    start = np.asarray(arrows.XY, float)
    end = start + np.stack([np.ravel(arrows.U), np.ravel(arrows.V)], -1)
    both = [_turned(arrows.axes.transData.transform(one), height) for one in (start, end)]
    return {"k": "arrows", **_look(arrows, height, arrows.get_facecolor()[0])}, np.hstack(both)


def _text(text, height):
    if not text.get_text():
        return None, None
    xy = _turned(text.get_transform().transform([text.get_position()]), height)
    look = _look(text, height, text.get_color()) | {"t": text.get_text()}
    look |= {"s": _px(text, text.get_fontsize()), "ha": text.get_ha(), "va": text.get_va()}
    return {"k": "text", **look}, xy


KINDS = {
    Line2D: _line,
    Quiver: _arrows,  # one of the next kind, too
    PolyCollection: _areas,
    AxesImage: _picture,
    Text: _text,
}
