"""Pictures that are rendered, so that what each was made from is known: simple shapes, and glyphs.

No data are needed for them, there are as many as one asks for, and what a generator leaves out can
be told exactly: a kind, a font, an angle.
"""

import functools
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from ganlab.arguments import fits_memory, in_short, whole
from ganlab.images.pictures import Pictures

KINDS = ("disc", "bar", "cross")
# Fonts that matplotlib brings along, by the names of their files.
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "DejaVuSerif")
FONTS += ("STIXGeneral", "STIXGeneralBol")
_LARGE = 96  # pixels of a side at which a glyph is rendered, before it is turned and made small
_FINE = 3  # and so many a side stand for one pixel of the result


def _generator(rng):
    if not isinstance(rng, np.random.Generator):
        kind = type(rng).__name__
        raise TypeError(f"rng is a {kind}: wanted a NumPy Generator: np.random.default_rng(0)")
    return rng


def _side(side, n):
    fits_memory("side", whole("side", side, 4), 100 * n * side, power=2)
    return side


def shapes(n, rng, side: int = 16) -> Pictures:
    """n discs, bars and crosses, white on black, of side x side pixels.

    Their factors, each uniform and independent of the others: `kind`, 0 to 2 as in `KINDS`, also
    the labels; `x` and `y`, the middle, from -0.4 to 0.4, where the picture reaches from -1 to 1
    and y goes down; `radius`, from 0.3 to 0.6, half the length of a bar; `angle`, from 0 to pi,
    which a disc does not show, and of a cross only its rest by pi / 2. A pixel at an edge is grey
    by how far its middle is from the edge.

    >>> shapes(100, np.random.default_rng(0))
    Pictures(100 of 16 x 16)
    """
    n, side, rng = whole("n", n, 2), _side(side, n), _generator(rng)
    kind = rng.integers(len(KINDS), size=n)
    x, y = rng.uniform(-0.4, 0.4, (2, n))
    radius, angle = rng.uniform(0.3, 0.6, n), rng.uniform(0, np.pi, n)
    middles = (2 * np.arange(side) + 1) / side - 1
    right = middles[None, None, :] - x[:, None, None]
    down = middles[None, :, None] - y[:, None, None]
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    along, across = cos * right + sin * down, cos * down - sin * right
    r = radius[:, None, None]
    bars = [_outside_bar(a, b, r) for a, b in ((along, across), (across, along))]
    outside = np.choose(
        kind[:, None, None], [np.hypot(right, down) - r, bars[0], np.minimum(*bars)]
    )
    # Half a pixel inside the edge white, half a pixel outside it black.
    pictures = np.clip(-outside * side, -1, 1)
    factors = {"kind": kind, "x": x, "y": y, "radius": radius, "angle": angle}
    return Pictures(pictures, labels=kind, factors=factors)


def _outside_bar(along, across, radius):
    """How far a place lies outside a bar of half length `radius` and a quarter of that half width;
    inside it is negative."""
    return np.maximum(np.abs(along) - radius, np.abs(across) - radius / 4)


def glyphs(n, rng, characters="0123456789", side: int = 16) -> Pictures:
    """n characters in fonts that matplotlib brings along, white on black, of side x side pixels.

    Their factors, each uniform and independent of the others: `character`, its number in
    `characters`, also the labels; `font`, its number in `FONTS`; `angle`, from -0.2 to 0.2, turned
    to the right; `scale`, from 0.8 to 1.1 of what fills the picture; `x` and `y`, the shift, from
    -0.15 to 0.15, where the picture reaches from -1 to 1 and y goes down.

    >>> glyphs(100, np.random.default_rng(0)).factors["font"].max()
    np.int64(5)
    """
    n, side, rng = whole("n", n, 2), _side(side, n), _generator(rng)
    if not isinstance(characters, str) or not characters.strip():
        raise ValueError(f"characters={in_short(characters)}: wanted a text, '0123456789' say")
    factors = {
        "character": rng.integers(len(characters), size=n),
        "font": rng.integers(len(FONTS), size=n),
        "angle": rng.uniform(-0.2, 0.2, n),
        "scale": rng.uniform(0.8, 1.1, n),
        "x": rng.uniform(-0.15, 0.15, n),
        "y": rng.uniform(-0.15, 0.15, n),
    }
    pictures = [
        _placed(_large(characters[i], FONTS[j]), side, *rest)
        for i, j, *rest in zip(*factors.values(), strict=True)
    ]
    return Pictures(np.stack(pictures), labels=factors["character"], factors=factors)


@functools.cache
def _large(character, font):
    """A character in the middle of a picture of `_LARGE` pixels a side, as high as fills most."""
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{font}.ttf"
    face = ImageFont.truetype(str(path), _LARGE)
    canvas = Image.new("L", (3 * _LARGE, 3 * _LARGE))
    ImageDraw.Draw(canvas).text((_LARGE, _LARGE), character, font=face, fill=255)
    known = FT2Font(str(path)).get_char_index(ord(character)) > 0
    if not known or canvas.getbbox() is None:
        raise ValueError(f"{character!r} shows nothing in {font}: wanted characters that are seen")
    picture = canvas.crop(canvas.getbbox())  # what is inked, which the font's own box is not
    factor = 0.8 * _LARGE / max(picture.size)
    width, height = (max(1, round(factor * length)) for length in picture.size)
    square = Image.new("L", (_LARGE, _LARGE))
    small = picture.resize((width, height), Image.Resampling.BOX)
    square.paste(small, ((_LARGE - width) // 2, (_LARGE - height) // 2))
    return square


def _placed(square, side, angle, scale, x, y):
    """The character turned, scaled, shifted and brought to (side, side), from -1 to 1."""
    fine = _FINE * side
    # From a place in the result to the place in the square that is seen there.
    factor = _LARGE / (fine * scale)
    cos, sin = factor * np.cos(angle), factor * np.sin(angle)
    middle, half = _LARGE / 2, fine / 2
    right, down = half * (1 + x), half * (1 + y)
    matrix = (cos, sin, middle - cos * right - sin * down)
    matrix += (-sin, cos, middle + sin * right - cos * down)
    picture = square.transform(
        (fine, fine), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )
    pixels = np.asarray(picture, np.float32).reshape(side, _FINE, side, _FINE)
    return pixels.mean(axis=(1, 3)) / 127.5 - 1
