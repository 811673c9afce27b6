"""Data of the reader's own: drawn as strokes, or typed as text. No widgets.

Either becomes fields of `Settings`, or a ValueError of one line. Text is never evaluated.

>>> typed("1 0, -1 0")
{'target': 'typed', 'bells': ((1.0, 0.0), (-1.0, 0.0)), 'own': None}
>>> len(typed("-2: 0, 0: 1, 2: 0")["own"])  # a density on the line, as heights at points
1000
"""

import re

import numpy as np

RANGE = -3.0, 3.0  # of the pad
FURTHEST = 10.0  # that may be typed
MOST_BELLS, MOST_DRAWN = 64, 20_000
POINTS = 1000  # that are made of a drawing
BRUSH = 0.05  # standard deviation around a stroke
DOT = 0.3  # the length that a single dot counts for
WANTED = "wanted points as in '1 0, -1 0', or heights over the line as in '-2: 0, 0: 1, 2: 0'"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?"


def typed(text):
    """Fields of `Settings` from text: bells in the plane at "x y, x y, ...", bells on the line at
    "x, x, ...", or a density on the line through "x: height, x: height, ..."."""
    parts = [part.strip() for part in text.split(",")]
    if not text.strip():
        raise ValueError(f"nothing is typed: {WANTED}")
    forms = {"bells": rf"{NUMBER}(?:\s+{NUMBER})?", "heights": rf"{NUMBER}\s*:\s*{NUMBER}"}
    for form, pattern in forms.items():
        if all(re.fullmatch(pattern, part) for part in parts):
            rows = [[float(number) for number in re.findall(NUMBER, part)] for part in parts]
            return (_bells if form == "bells" else heights)(rows)
    bad = next((p for p in parts if not any(re.fullmatch(f, p) for f in forms.values())), parts[0])
    bad = bad if len(bad) <= 24 else f"{bad[:21]}..."
    raise ValueError(f"{bad!r}: {WANTED}" if bad else f"nothing between two commas: {WANTED}")


def _bells(rows):
    if len({len(row) for row in rows}) > 1:
        raise ValueError("some points have one number and some two: wanted all alike")
    if not 2 <= len(rows) <= MOST_BELLS:
        raise ValueError(f"{len(rows)} points: wanted 2 to {MOST_BELLS}")
    _near([number for row in rows for number in row])
    points = np.array(rows)
    apart = np.linalg.norm(points[:, None] - points, axis=-1)[~np.eye(len(points), dtype=bool)]
    if apart.min() < 0.1:
        raise ValueError(f"two points are {apart.min():.2g} apart: wanted 0.1 at least")
    return {"target": "typed", "bells": tuple(map(tuple, rows)), "own": None}


def bells_width(bells):
    """The standard deviation of typed bells: a tenth in the plane and a half on the line, less
    where they are near to each other, so that modes lie 6.5 of them apart."""
    points = np.array(bells)
    apart = np.linalg.norm(points[:, None] - points, axis=-1)[~np.eye(len(points), dtype=bool)]
    most = 0.1 if points.shape[1] == 2 else 0.5
    return float(f"{min(most, apart.min() / 6.5):.2g}")


def heights(rows):
    """Fields of `Settings` for a density on the line that goes straight from point to point:
    `rows` of (x, height). The data are its quantiles, evenly spaced."""
    x, height = np.array(sorted(rows)).T
    _near(x)
    if len(x) < 2 or np.ptp(x) < 0.1:
        raise ValueError("wanted heights at two points or more, 0.1 apart at least")
    if (np.diff(x) <= 0).any():
        raise ValueError("two heights at one point: wanted one at each")
    if (height < 0).any() or not 0 < height.max() < 1e6:
        raise ValueError("wanted heights of 0 or more, and one above 0")
    fine = np.linspace(x[0], x[-1], 4001)
    density = np.interp(fine, x, height)
    mass = np.r_[0, np.cumsum((density[1:] + density[:-1]) / 2)]
    keep = np.r_[True, np.diff(mass) > 0]
    u = (np.arange(POINTS) + 0.5) / POINTS
    quantiles = np.interp(u, mass[keep] / mass[-1], fine[keep])
    return _own(quantiles[:, None])


def drawn(strokes, line):
    """Fields of `Settings` from strokes [[[x, y], ...], ...]: points around them in the plane, or
    with `line` a density whose heights they are (where strokes overlap, the last)."""
    found = []
    try:
        found = [np.array(stroke, float).reshape(-1, 2) for stroke in strokes if len(stroke)]
    except (TypeError, ValueError):
        raise ValueError("the drawing cannot be read: wanted strokes of points (x, y)") from None
    if not found:
        raise ValueError("nothing is drawn: wanted a stroke")
    points = np.concatenate(found)
    if len(points) > MOST_DRAWN:
        raise ValueError(f"the drawing has {len(points)} points: wanted at most {MOST_DRAWN}")
    if not np.isfinite(points).all():
        raise ValueError("the drawing has a point that is not finite: wanted numbers")
    _near(points)
    return _heights_of(found) if line else _around(found)


def _heights_of(strokes):
    grid = np.linspace(*RANGE, 301)
    height = np.zeros(301)
    for stroke in strokes:
        x, y = stroke[np.argsort(stroke[:, 0], kind="stable")].T
        under = (grid >= x[0]) & (grid <= x[-1])
        height[under] = np.interp(grid[under], x, y)
    if not (height > 0).any():
        raise ValueError("the drawing has no height: wanted a line above the floor")
    return heights(np.stack([grid, np.maximum(height, 0)], -1).tolist())


def _around(strokes):
    """Points spread evenly along strokes, as wide as the brush."""
    rng, starts, ends = np.random.default_rng(0), [], []
    for stroke in strokes:
        starts.append(stroke if len(stroke) == 1 else stroke[:-1])
        ends.append(stroke if len(stroke) == 1 else stroke[1:])
    start, end = np.concatenate(starts), np.concatenate(ends)
    length = np.linalg.norm(end - start, axis=1)
    dots = np.repeat([len(one) == 1 for one in strokes], [len(one) for one in starts])
    length = np.where(dots, DOT, length)
    if length.sum() == 0:
        length = np.ones(len(length))
    places = np.searchsorted(np.cumsum(length), (np.arange(POINTS) + 0.5) / POINTS * length.sum())
    places = np.minimum(places, len(length) - 1)
    along = rng.random((POINTS, 1))
    points = start[places] + along * (end - start)[places]
    return _own(points + BRUSH * rng.standard_normal((POINTS, 2)))


def _own(points):
    """Rounded, for they are written into the code to take away."""
    rows = np.round(points, 3).tolist()
    return {"target": "own", "own": tuple(map(tuple, rows)), "bells": None}


def _near(numbers):
    if np.abs(numbers).max() > FURTHEST:
        raise ValueError(f"{np.abs(numbers).max():g} is too far out: wanted {FURTHEST:g} at most")
