"""Bad values: wrong types, shapes and ranges, NaN and infinity, empty and huge."""

import datetime

import numpy as np
from hypothesis import strategies as st

from ganlab.backend import tf


class Strange:
    """Something that no function here wants."""

    def __repr__(self):
        return "a Strange\nof two lines"


JUNK = {
    "None": lambda: None,
    "text": lambda: "text",
    "bytes": lambda: b"bytes",
    "complex": lambda: 1j,
    "a date": lambda: datetime.date(2026, 1, 1),
    "an object": Strange,
    "a class": lambda: Strange,
    "a dict": lambda: {"a": 1},
    "a set": lambda: {1, 2},
    "an ellipsis": lambda: ...,
    "a generator": lambda: (i for i in range(3)),
    "a function": lambda: lambda: None,
    "a list of text": lambda: ["a", "b"],
    "ragged lists": lambda: [[1.0, 2.0], [3.0]],
    "an array of objects": lambda: np.array([Strange(), None], object),
    "complex numbers": lambda: np.array([1j, 2.0]),
    "dates": lambda: np.array(["2026-01-01"], "datetime64[D]"),
    "masked": lambda: np.ma.masked_equal([1.0, 2.0], 2.0),
}
NUMBERS = [0, -1, 0.5, -0.5, 1.5, 1e-300, 1e300, -1e300, 10**12, 10**30, True]
NUMBERS += [float("nan"), float("inf"), -float("inf"), np.float32(0.25), np.int64(3)]
EMPTY = {"[]": list, "()": tuple, "''": str, "{}": dict, "an empty array": lambda: np.zeros(0)}

SHAPES = {
    "empty": lambda x: x[:0],
    "no columns": lambda x: x[..., :0],
    "one axis more": lambda x: x[None],
    "one axis less": lambda x: x[..., 0],
    "flat": lambda x: x.ravel(),
    "one row": lambda x: x[:1],
    "one row less": lambda x: x[:-1],
    "transposed": lambda x: x.T,
    "a number": lambda x: x.ravel()[0],
}
CONTENT = {
    "with NaN": lambda x: _with(x, np.nan),
    "with infinity": lambda x: _with(x, np.inf),
    "all NaN": lambda x: np.full(x.shape, np.nan),
    "huge": lambda x: x * 1e200,
    "too large": lambda x: x * 1e30,
    "tiny": lambda x: x * 1e-200,
    "all alike": lambda x: np.full(x.shape, 1.0),
    "zeros": lambda x: np.zeros(x.shape),
    "negative": lambda x: -np.abs(x) - 1,
    "complex": lambda x: x + 1j,
    "of text": lambda x: np.full(x.shape, "a"),
    "of objects": lambda x: np.full(x.shape, None, object),
    "partly masked": lambda x: np.ma.masked_array(x, np.arange(x.size).reshape(x.shape) == 0),
    "float16": lambda x: x.astype("float16"),
    "a list": lambda x: x.tolist(),
    "in a tuple": lambda x: (x,),
}


def _with(x, value):
    x = np.array(x, float)
    if x.size:
        x[(0,) * x.ndim] = value
    return x


def array_of(value):
    """`value` as an array of numbers, if it is one and there are any; None if not."""
    if isinstance(value, (tf.Tensor, np.ndarray, list, tuple)):
        try:
            array = np.asarray(value)
        except Exception:
            return None
        return array if array.dtype.kind in "fiu" and array.ndim and array.size else None
    return None


@st.composite
def bad(draw, valid):
    """(what it is in words, a bad value) in the place of a valid one."""
    array = array_of(valid)
    kinds = ["junk", "junk", "number", "empty"] + ["shape", "content", "content", "any"] * (
        array is not None
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "junk":
        name = draw(st.sampled_from(sorted(JUNK)))
        return name, JUNK[name]()
    if kind == "empty":
        name = draw(st.sampled_from(sorted(EMPTY)))
        return name, EMPTY[name]()
    if kind == "number":
        value = draw(st.sampled_from(NUMBERS) | st.floats() | st.integers())
        return repr(value), value
    if kind == "any":
        shape = tuple(draw(st.lists(st.integers(0, 4), max_size=4)))
        numbers = st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, 1e300])
        size = int(np.prod(shape))
        value = draw(st.lists(numbers, min_size=size, max_size=size))
        return f"an array {shape}", np.reshape(np.array(value, float), shape)
    changes = SHAPES if kind == "shape" else CONTENT
    name = draw(st.sampled_from(sorted(changes)))
    array = array if kind == "shape" else array.astype(float)
    changed = changes[name](array)
    if isinstance(valid, tf.Tensor) and getattr(changed, "dtype", None) == np.float64:
        with np.errstate(over="ignore"):
            changed = tf.constant(changed, tf.float32)
    return name, changed


def finite(value):
    """Whether a value holds nothing missing, no NaN and no infinity, as far as can be told."""
    return all(np.isfinite(array).all() for array in _floats(value))


def holds_nan(value):
    """Whether there is a NaN in a value, or something missing."""
    return any(np.isnan(array).any() for array in _floats(value))


def _floats(value):
    if isinstance(value, dict):
        return [array for each in value.values() for array in _floats(each)]
    try:
        array = np.asarray(value)
        array = array.astype(float) if array.dtype.kind in "fO" else np.zeros(0)
        return [array]
    except Exception:
        return []
