"""What a function wants of its arguments, said above it; anything else is refused in one line.

@guard(log_p=float, log_q=float, w=float, alike=("log_p", "log_q", "w"))
def kl(log_p, log_q, w=1.0): ...
"""

import functools
import inspect
import os
import re
from pathlib import Path
from textwrap import shorten

import numpy as np

from ganlab.arguments import UNORDERED, first_line, in_short
from ganlab.own import numbers


def guard(alike=(), **kinds):
    """A decorator that looks at the arguments of these names before the function does.

    A kind is `float`, for numbers of any shape, which the function gets as a float64 array, NaN and
    infinity included; a class; or a function of (name, value), such as `text`, that gives the value
    or refuses it. Where None is the default, None is let through.
    Arrays of the names in `alike` have to broadcast against each other. TypeError or ValueError, in
    one line that names the argument, for anything else.

    >>> @guard(x=float)
    ... def twice(x):
    ...     return 2 * x
    >>> float(twice("3"))
    6.0
    >>> twice(None)
    Traceback (most recent call last):
    TypeError: x is None; wanted numbers
    """

    def guarded(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def looked_at(*given, **named):
            bound = signature.bind(*given, **named)
            for name, kind in kinds.items():
                if name in bound.arguments:
                    value, left_out = bound.arguments[name], signature.parameters[name].default
                    if value is not None or left_out is not None:
                        bound.arguments[name] = _of_kind(name, value, kind)
            _refuse_unlike({name: np.shape(bound.arguments.get(name, 0)) for name in alike})
            return function(*bound.args, **bound.kwargs)

        return looked_at

    return guarded


def _of_kind(name, value, kind):
    if kind is float:
        return numbers(name, value, "numbers")
    if not isinstance(kind, type):
        return kind(name, value)
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise TypeError(f"{name} is {in_short(value)}: wanted {article} {kind.__name__}")
    return value


def as_given(name, value):
    """A kind: numbers of any shape, which stay what they are."""
    numbers(name, value, "numbers")
    return value


def a_function(name, value):
    """A kind: what can be called, and is no class."""
    if not callable(value) or isinstance(value, type):
        raise TypeError(f"{name} is {in_short(value)}: wanted a function")
    return value


def text(name, value):
    """A kind: a text."""
    return _of_kind(name, value, str)


def a_path(name, value):
    """A kind: where a file is, as a Path."""
    known = isinstance(value, (str, os.PathLike)) and os.fspath(value)
    if not known or "\0" in os.fspath(value):
        raise TypeError(f"{name} is {in_short(value)}: wanted a path, as a text or a Path")
    return Path(value)


def several(name, value):
    """A kind: several things in an order, as a list."""
    if isinstance(value, UNORDERED) or not np.iterable(value) or not hasattr(value, "__len__"):
        raise TypeError(f"{name} is {in_short(value)}: wanted a list")
    return list(value)


def a_number(name, value):
    """A kind: one finite number, as a float."""
    found = numbers(name, value, "a number")
    if found.ndim or not np.isfinite(found):
        raise ValueError(f"{name} is {in_short(value)}: wanted a finite number")
    return float(found)


def two_numbers(name, value):
    """A kind: two finite numbers, as floats."""
    found = numbers(name, value, "two numbers")
    if found.shape != (2,) or not np.isfinite(found).all():
        raise ValueError(f"{name} is {in_short(value)}: wanted two finite numbers")
    return tuple(found.tolist())


def random_numbers(name, value):
    """A kind: a NumPy Generator, or a whole number that seeds one."""
    if isinstance(value, np.random.Generator):
        return value
    known = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not known or value < 0:
        wanted = "wanted a NumPy Generator, or a whole number of at least 0 as its seed"
        raise TypeError(f"{name} is {in_short(value)}: {wanted}")
    return np.random.default_rng(value)


def tensor(least, from_0=False):
    """A kind: floating-point numbers of so many axes or more, not empty, as TensorFlow's.

    Numbers of others become float32, unless they are float64; a single one, where it is allowed,
    stays a number, which goes with both. With `from_0` they are at least 0.
    """

    def floating(name, value):
        from ganlab.backend import tf  # here: others who want guards do not load it

        if not tf.is_tensor(value) and not isinstance(value, tf.Variable):
            kept = getattr(value, "dtype", None) == np.float64
            value = numbers(name, value, "numbers")
            if from_0 and (value < 0).any():
                raise ValueError(f"{name} has {np.nanmin(value):g}: wanted numbers from 0 on")
            if not least and not value.ndim:
                return float(value)
            value = tf.constant(value, None if kept else tf.float32)
        if not value.dtype.is_floating:
            raise TypeError(f"{name} is a tensor of {value.dtype.name}: wanted one of float32")
        shape = value.shape
        if shape.rank is not None and (shape.rank < least or 0 in shape[shape.rank - least :]):
            wanted = ", ".join(["...", "batch", "units"][: least + 1])
            raise ValueError(f"{name} has shape {tuple(shape)}: wanted ({wanted}), not empty")
        return value

    return floating


def one_of(*words):
    """A kind: one of these texts."""

    def chosen(name, value):
        if not isinstance(value, str) or value not in words:
            listed = ", ".join(map(repr, words))
            raise ValueError(f"{name} is {in_short(value)}: wanted one of {listed}")
        return value

    return chosen


def told(function):
    """A decorator: an error that names none of the arguments, or is not of one line, is told again
    in a line that says what all of them are."""
    signature = inspect.signature(function)
    named = re.compile(r"\b(" + "|".join(map(re.escape, signature.parameters)) + r")\b")

    @functools.wraps(function)
    def telling(*given, **keywords):
        try:
            return function(*given, **keywords)
        except Exception as error:
            line = str(error)
            ours = isinstance(error, (ValueError, TypeError)) and "\n" not in line
            if ours and named.search(line):
                raise
            try:
                arguments = signature.bind_partial(*given, **keywords).arguments
            except TypeError:  # too many of them, which Python tells well
                raise error from None
            short = (f"{name}={shorten(in_short(x), 60)}" for name, x in arguments.items())
            what = f"{function.__name__}({', '.join(short)})"
            raise ValueError(f"{what} does not go together: {first_line(error)}") from error

    return telling


def _refuse_unlike(shapes):
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        told = ", ".join(f"{name} has shape {shape}" for name, shape in shapes.items())
        raise ValueError(f"{told}: wanted shapes that go together") from None
