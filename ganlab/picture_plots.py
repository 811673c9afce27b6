"""Pictures of pictures: a wall of samples, films of them, and each beside what it is nearest to.

Arrays in, `ax` out. Pictures come flat, (n, pixels), as every target and every `Run` has them, with
their size, (height, width) or in colour (height, width, 3). -1 is black and 1 is white; what lies
beyond is drawn as these. A picture that is not finite is a red cross, and is never left out.
"""

import math

import numpy as np
from matplotlib.collections import LineCollection
from scipy.spatial import cKDTree

from ganlab.arguments import whole
from ganlab.figures import COLOUR, drawing
from ganlab.metrics import sample_array

__all__ = ["nearest", "nearest_wall", "wall"]

GAP = 1  # pixels between two pictures of a wall


@drawing()
def wall(ax, pictures, size, *, columns=None, numbers=False):
    """Draw `pictures` (n, pixels) of this `size` in rows, from the left and from the top.

    `columns` is how many stand in a row; without it the wall is about square. With `numbers` each
    has its number, from 1, in the gap above it, which is wider then. Of a run's samples the same z
    stand in the same place at every record, so that a film of walls shows what becomes of each.

    >>> from ganlab.plots import figure
    >>> fig, ax = figure()
    >>> len(wall(ax, np.zeros((5, 4)), (2, 2), columns=3).images)
    1
    """
    pictures, size = _flat(pictures, size)
    n, (height, width) = len(pictures), size[:2]
    columns = math.ceil(math.sqrt(n)) if columns is None else whole("columns", columns, 1)
    rows, above = -(-n // columns), max(2, height // 2) if numbers else GAP
    canvas = np.ones((rows * (height + above) + GAP, columns * (width + GAP) + GAP, 3))
    rims = []  # or a picture that is white at its rim would have no end
    for k, picture in enumerate(pictures):
        top = (k // columns) * (height + above) + above
        left = (k % columns) * (width + GAP) + GAP
        (x, y), (right, bottom) = (left - 0.5, top - 0.5), (left + width - 0.5, top + height - 0.5)
        rims.append([(x, y), (right, y), (right, bottom), (x, bottom), (x, y)])
        if np.isfinite(picture).all():
            grey = np.clip((picture.reshape(size) + 1) / 2, 0, 1)
            canvas[top : top + height, left : left + width] = grey.reshape(height, width, -1)
        else:
            canvas[top : top + height, left : left + width] = 0.85
            for down in ((y, bottom), (bottom, y)):
                ax.plot((x, right), down, color=COLOUR.failed, ls="-", lw=1.2)
        if numbers:
            where = ((x + right) / 2, y + 0.2 - GAP / 2)
            ax.text(*where, str(k + 1), ha="center", va="bottom", fontsize=8)
    ax.imshow(canvas, interpolation="nearest", aspect="equal")
    ax.add_collection(LineCollection(rims, colors="0.75", linewidths=0.5), autolim=False)
    ax.set(xticks=[], yticks=[])
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


def nearest(pictures, real):
    """(distances (n,), which (n,)): how far from each of `pictures` (n, pixels) the nearest of
    `real` (m, pixels) is, as the root of the sum of squares, and its number. NaN and 0 where a
    picture is not finite.

    >>> nearest([[0.0, 3.0]], [[9.0, 9.0], [4.0, 0.0]])
    (array([5.]), array([1]))
    """
    pictures = sample_array(pictures, "pictures", stacks=False)
    real = sample_array(real, "real", stacks=False)
    if pictures.ndim != 2 or real.shape[1:] != pictures.shape[1:] or np.isnan(real).any():
        raise ValueError(
            f"pictures have shape {pictures.shape}, real {real.shape}: wanted (n, pixels) and "
            "(m, pixels), real ones finite"
        )
    broken = np.isnan(pictures).any(axis=1)
    away, which = cKDTree(real).query(np.where(broken[:, None], 0, pictures))
    return np.where(broken, np.nan, away), np.where(broken, 0, which)


@drawing()
def nearest_wall(ax, pictures, real, size):
    """Draw `pictures` (n, pixels) in a row, and below each the one of `real` (m, pixels) that is
    nearest to it; a cross below one that is not finite."""
    away, which = nearest(pictures, real)
    below = np.where(np.isnan(away)[:, None], np.nan, np.asarray(real)[which])
    both = np.concatenate([np.asarray(pictures), below])
    return wall(ax, both, size, columns=len(which))


def _flat(pictures, size):
    size = tuple(whole("each of size", each, 1) for each in size)
    if len(size) not in (2, 3) or size[2:] not in ((), (3,)):
        raise ValueError(f"size is {size}: wanted (height, width) or (height, width, 3)")
    pictures = sample_array(pictures, "pictures", stacks=False)
    if pictures.ndim != 2 or pictures.shape[1] != math.prod(size):
        raise ValueError(f"pictures have shape {pictures.shape}: wanted (n, {math.prod(size)})")
    return pictures, size
