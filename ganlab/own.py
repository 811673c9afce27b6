"""What a reader hands over: numbers of their own, and distributions of their own.

A guard stands here once for its kind, and tries what it is given rather than ask what it is
called. Each refuses in one line that says what was given and what is wanted.
"""

import functools
import sys
import warnings
from datetime import date, timedelta

import numpy as np

from ganlab.arguments import whole

# Least squares takes the square of what D makes of x, Adam the square of that loss's slope: the
# fourth power of x has to fit into float32, whose largest number is (4.3e9)^4.
LARGEST = 1e9
STEPS = 100  # float32's steps in a standard deviation, at least: a point moves by 1/200 of it
# In 3,000 steps at the usual rates, G 2-16-16-1 came this near to N(mean, std), as W1 in standard
# deviations, median of 8 seeds: N(0, 1) 0.11, the course's N(4, 0.5) 0.34, N(12, 3) 0.38, N(40, 15)
# 0.21; but N(10, 1) 1.1, N(20, 1) 4, N(50, 1) 9: the further away in spreads, the worse. Spreads
# from 1 to 300 hardly mattered; 0.3 gave 0.31, 0.1 gave 0.67, and 1,000 was lost by some seeds.
NEAR, SPREADS = 3.0, 4.0  # a mean is far beyond NEAR and so many standard deviations
NARROW, WIDE = 0.2, 300.0
# Of two columns, one so many times as narrow as the other, the narrow one came this near, in its
# own deviations, in the same setting (a parabola, and two independent normals): 1 0.15 and 0.20,
# 10 0.26 and 0.77, 100 0.40 and 0.94, 300 2.1 and 2.6, 1,000 4.1 and 6.5. Pixels at a rim are as
# narrow, and no matter: more columns than FEW are not asked.
UNEVEN, FEW = 100.0, 10

FURTHEST = 1e100  # beyond it a power of a distance is no number in float64 either
SMALLEST = 1e-36  # float32 has fewer and fewer digits below 1e-38, and compiled programs none
_BLOCK = 2**22  # numbers that are looked at in one go: 32 MB
_DATES = (np.datetime64, np.timedelta64, date, timedelta)  # a datetime is a date


# Numbers ------------------------------------------------------------------------------------


def as_float32(array):
    """Numbers as data are kept; those that are too large for it become infinite, in silence."""
    with np.errstate(over="ignore"):
        return np.asarray(array, np.float32)


def numbers(name, value, wanted="numbers, (n,) or (n, dim)"):
    """`value` as a float64 array of its own shape, which may hold NaN and infinity.

    TypeError or ValueError, in one line, for what `plain` refuses, and for what is not numbers.
    """
    if value is None:
        raise TypeError(f"{name} is None; wanted {wanted}")
    raw = _as_it_is(name, value, wanted)
    try:
        array = np.asarray(raw, dtype=np.float64)
    except Exception:
        where = _which(value, raw, _is_no_number)
        what = f"holds text, or what is missing,{where}" if where else ""
        raise TypeError(
            f"{name} {what or f'is a {type(value).__name__}'}; wanted {wanted}"
        ) from None
    if raw.dtype not in (np.float32, np.float16) and (far := _far(array)).any():
        largest = np.abs(array[far]).max()
        raise ValueError(f"{name} holds {largest:.3g}; wanted numbers up to {FURTHEST:.0e}")
    return array


def plain(name, value, wanted="numbers, (..., n, dim)"):
    """`value` as an array of numbers of their own kind, float32 say; texts of numbers as float64.

    TypeError or ValueError, in one line, for what is no numbers, for masked values, dates and
    complex numbers.
    """
    raw = _as_it_is(name, value, wanted)
    return raw if raw.dtype.kind in "fiub" else numbers(name, value, wanted)


def _as_it_is(name, value, wanted):
    """`value` as an array, without what would become other numbers without a word."""
    _refuse_masked(name, value)
    try:
        raw = np.asarray(value)
    except Exception:  # ragged lists, tensors that refuse: whatever a stranger's class raises
        if unlike := _unlike(value):
            raise ValueError(f"{name} has parts of {unlike}; wanted {wanted}") from None
        raise TypeError(f"{name} is a {type(value).__name__}; wanted {wanted}") from None
    for what, cure, has in (
        ("dates", "numbers, such as days since the first", _has_dates),
        ("complex numbers", "real ones, such as both parts side by side", _has_complex),
    ):
        if has(raw):
            raise TypeError(f"{name} holds {what}{_which(value, raw, has)}; wanted {cure}")
    return raw


def in_float32(name, value):
    """Numbers as float32, of their own shape; ValueError, in one line, for those it cannot hold."""
    array = numbers(name, value)
    if (np.isfinite(array) & (np.abs(array) > np.finfo(np.float32).max)).any():
        largest = np.nanmax(np.abs(array))
        raise ValueError(f"{name} holds {largest:.3g}: wanted numbers that float32 can hold")
    return array.astype(np.float32)


def rows(name, value, least, dtype):
    """Numbers (n,) or (n, dim), n at least `least`, as a read-only copy (n, dim) of `dtype`."""
    array = numbers(name, value)
    if array.ndim not in (1, 2) or array.size == 0 or len(array) < least:
        raise ValueError(f"{name} has shape {array.shape}; wanted (n,) or (n, dim), n >= {least}")
    array = array.reshape(len(array), -1)
    bad = ~(np.abs(array) <= np.finfo(np.float32).max)
    if count := np.sum(bad):
        where = _columns(value, bad.any(axis=0))
        raise ValueError(f"{name} has {count} values that are NaN or infinite in float32{where}")
    refuse_sizes(name, array, value, rounded=dtype == np.float32)
    array = array.astype(dtype)
    array.flags.writeable = False
    return array


def refuse_sizes(name, array, value=None, rounded=True):
    """Refuses points (n, dim) that are too large to train on and, if they are to be `rounded` to
    float32, those that it cannot tell apart."""
    _, std, largest = _sizes(array)
    if rounded and (bad := (std > 0) & (largest < SMALLEST)).any():
        i = np.argmax(bad)
        raise ValueError(
            f"{name} has values of at most {largest[i]:.3g}{_columns(value, bad)}, which are 0 in "
            "float32, or nearly; wanted them divided by their standard deviation"
        )
    steps = np.spacing(largest.astype(np.float32)).astype(np.float64)
    # A column that differs from a constant by the rounding of float64 counts as one.
    bad = (std > 16 * np.spacing(largest)) & (std < STEPS * steps)
    if rounded and bad.any():
        i = np.argmax(bad)
        raise ValueError(
            f"{name} has values near {largest[i]:.3g}{_columns(value, bad)}, which float32 rounds "
            f"to steps of {steps[i]:.3g}, and a standard deviation of {std[i]:.3g}; wanted the "
            "mean subtracted"
        )
    if (bad := largest > LARGEST).any():
        raise ValueError(
            f"{name} has values up to {largest.max():.3g}{_columns(value, bad)}, whose fourth "
            f"power, which training takes, overflows float32; wanted at most {LARGEST:.0e}, say "
            "the mean subtracted and divided by the standard deviation"
        )


def scale_note(array, value=None):
    """One line about columns of points (n, dim) too far from 0, or too wide; about narrow ones
    where all are, or where there are few and another is far wider (of many, pixels, some are at the
    rim). "" if all is well."""
    mean, std, _ = _sizes(array)
    varied, size = std > 0, np.maximum(np.abs(mean), std)
    bad = varied & ((np.abs(mean) > NEAR + SPREADS * std) | (size > WIDE))
    if std.max() < NARROW:
        bad |= varied
    if len(std) <= FEW:
        bad |= varied & (std * UNEVEN < std.max())
    if not bad.any():
        return ""
    i = np.argmax(bad)
    return (
        f"the data is far from mean 0 and standard deviation 1{_columns(value, bad)}: "
        f"{mean[i]:.3g} and {std[i]:.3g}{', in the first' if bad.sum() > 1 else ''}; GANs train "
        "better on "
        "(x - x.mean(0)) / x.std(0), undone afterwards by made * x.std(0) + x.mean(0)"
    )


@functools.cache
def say(note):
    """Warns of `note`, once for each, at the reader's own line."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("ganlab."):
        level, frame = level + 1, frame.f_back
    warnings.warn(note, UserWarning, stacklevel=level)


def _sizes(array):
    """(mean, standard deviation, largest size) of each column of points (n, dim), in float64."""
    width = max(1, _BLOCK // len(array))
    parts = []
    for i in range(0, array.shape[1], width):
        x = np.asarray(array[:, i : i + width], np.float64)
        offset = x - x[0]  # so that a constant has exactly no spread
        parts.append((x[0] + offset.mean(axis=0), offset.std(axis=0), np.abs(x).max(axis=0)))
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def _refuse_masked(name, value):
    parts = value if isinstance(value, list | tuple) else [value]
    masks = [np.ma.getmaskarray(x) for x in parts if isinstance(x, np.ma.MaskedArray)]
    if count := sum(map(np.sum, masks)):
        table = parts[0] is value and value.ndim == 2
        where = _columns(value, masks[0].any(axis=0)) if table else ""
        wanted = "wanted them filled in, or their rows left out"
        raise ValueError(f"{name} has {count} masked values{where}; {wanted}")


def _unlike(value):
    """Which lengths differ in nested lists, in words; "" where none do."""
    level = [value]
    while level and all(map(_has_parts, level)):
        lengths = list(dict.fromkeys(map(len, level)))
        if len(lengths) > 1:
            return f"lengths {lengths[0]} and {lengths[1]}"
        level = [one for part in level for one in part]
    return ""


def _has_parts(value):
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _far(array):
    return np.isfinite(array) & (np.abs(array) > FURTHEST)


def _has_dates(raw):
    return raw.dtype.kind in "mM" or _holds(raw, _DATES)


def _has_complex(raw):
    return raw.dtype.kind == "c" or _holds(raw, (complex, np.complexfloating))


def _holds(raw, kinds):
    return raw.dtype == object and any(issubclass(k, kinds) for k in set(map(type, raw.flat)))


def _is_no_number(raw):
    try:
        raw.astype(np.float64)
    except (TypeError, ValueError):
        return True
    return False


def _which(value, raw, has):
    """In which columns of `raw` something is, if they may be of several kinds."""
    if raw.ndim != 2 or raw.dtype.kind not in "OUS":
        return ""
    return _columns(value, np.array([has(column) for column in raw.T]))


def _columns(value, bad):
    """Which columns are bad, in words: by their names where they have names."""
    places = np.flatnonzero(bad)
    if len(bad) < 2 or not len(places):
        return ""
    names = getattr(value, "columns", ())
    names = list(names) if np.iterable(names) else []
    known = len(names) == len(bad)
    shown = ", ".join(repr(names[i]) if known else str(i) for i in places[:3])
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    plural = "columns" if len(places) > 1 else "column"
    return f" in {plural} {shown}{more}{'' if known else ', counted from 0'}"


# Distributions ------------------------------------------------------------------------------


def probe(name, given):
    """Tries what is promised by whatever has `dim` and `sample(n, rng)`.

    `sample` gives finite numbers (n, dim), and (batches, n, dim) for n = (batches, n); the same for
    the same state of `rng`, and others as it goes on. A distribution may be a single point.
    TypeError or ValueError, in one line, if not. ganlab's own are tried by its tests.
    """
    if type(given).__module__.startswith("ganlab."):
        refuse_sizes(f"{name}.sample", given.sample(64, np.random.default_rng(0)))
        return
    dim = whole(f"{name}.dim", given.dim, 1)
    rng = np.random.default_rng(0)
    batches = [_drawn(name, given, (4, 64), dim, rng) for _ in range(3)]
    _drawn(name, given, 5, dim, rng)
    again = _drawn(name, given, (4, 64), dim, np.random.default_rng(0))
    if not np.array_equal(batches[0], again):
        raise ValueError(
            f"{name}.sample gives other points for the same state of rng; wanted all chance to "
            "come from rng, so that runs can be repeated"
        )
    calls = np.stack(batches)  # (calls, batches, n, dim)
    by_call, by_batch, at_all = (np.ptp(calls, axis=axis).any() for axis in (0, 1, (0, 1, 2)))
    if at_all and not (by_call and by_batch):
        raise ValueError(
            f"{name}.sample gives the same points again and again; wanted fresh ones from rng, or "
            "every batch is equal"
        )
    refuse_sizes(f"{name}.sample", calls.reshape(-1, dim))


def _drawn(name, given, n, dim, rng):
    """Points of `given` as float64, refused if they are not what was asked for."""
    shape, call = (*np.atleast_1d(n).tolist(), dim), f"{name}.sample({n}, rng)"
    try:
        points = given.sample(n, rng)
    except Exception as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())
        wanted = f"wanted points {shape}, drawn with rng, a NumPy Generator"
        raise TypeError(f"{call} raises {told}; {wanted}") from error
    points = numbers(call, points, f"points {shape}")
    if points.shape != shape:
        raise ValueError(f"{call} has shape {points.shape}; wanted {shape}, for dim is {dim}")
    if count := np.sum(~np.isfinite(points)):
        raise ValueError(f"{call} has {count} values that are NaN or infinite; wanted finite ones")
    return points
