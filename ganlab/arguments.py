"""Checks of what a reader passes in: one line, before anything compiles."""

import re
from textwrap import shorten

import numpy as np
import psutil


def first_line(error):
    """What an exception says, in a line, without what TensorFlow puts around it."""
    lines = re.sub(r"\x1b\[\d*m|\{\{.*?\}\} ?", "", str(error)).strip().splitlines()
    told = lines[0].partition(" [Op:")[0].strip() if lines else ""
    if told.startswith("Exception encountered when calling") and len(lines) > 2:
        told = lines[2].partition(" [Op:")[0].strip()  # Keras says first where, and then what
    told = told.partition(". You can attempt the following")[0]  # and then ten lines about `if`
    return told or type(error).__name__


def in_short(value):
    """What was given, in a line of at most 80 letters."""
    if hasattr(value, "shape") and hasattr(value, "dtype") and value.shape != ():
        return f"a {type(value).__name__} of shape {tuple(value.shape)}"
    value = value.item() if isinstance(value, np.ndarray) else value
    return shorten(repr(value), 80, placeholder="...")


def whole(name, value, least, below=2**31):
    """`value` as an int of at least `least`, and small enough to be a number of anything here."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name}={in_short(value)}: wanted a whole number, at least {least}")
    if value >= below:
        most = "2**31" if below == 2**31 else below
        raise ValueError(f"{name}={in_short(value)}: wanted a whole number below {most}")
    return int(value)


# What can be gone through, and is no list of things in an order: texts, and what has none.
UNORDERED = (str, bytes, bytearray, dict, set, frozenset)


def seed_tuple(seeds):
    """How many seeds (0, 1, ...), or which, as a tuple of ints; a seed may repeat."""
    if isinstance(seeds, (int, np.integer, bool)):
        fits_memory("seeds", whole("seeds", seeds, 1), 1000)  # a seed takes more than that anywhere
        return tuple(range(seeds))
    if isinstance(seeds, UNORDERED) or not np.iterable(seeds):
        raise TypeError(f"seeds={in_short(seeds)}: wanted how many, or a sequence of integers")
    given = tuple(seeds)
    if not given:
        raise ValueError("seeds is empty: wanted how many, or a sequence of integers")
    given = tuple(whole("each of seeds", seed, 0, np.inf) for seed in given)
    if max(given) >= 2**31:
        raise ValueError(f"seeds has {max(given)}: wanted numbers below 2**31")
    return given


def record_steps(records, steps):
    """The steps at which records are taken after the first: `records` of them evenly
    spaced, or those listed; the last step always."""
    if isinstance(records, (int, np.integer, bool)):
        whole("records", records, 1)
        return sorted({round(steps * (i + 1) / records) for i in range(records)} - {0})
    if isinstance(records, UNORDERED) or not np.iterable(records):
        raise TypeError(
            f"records={in_short(records)}: wanted how many, or the steps to take them at"
        )
    stops = {whole("each of records", stop, 0) for stop in records} | {steps}
    if max(stops) > steps:
        raise ValueError(f"records asks for step {max(stops)}: there are {steps} steps")
    return sorted(stops - {0})


def per_member(name, value, members):
    """A finite number, or one per member, as float32 (members,)."""
    try:
        array = np.asarray(value, "float32")
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} is {in_short(value)}: wanted a number, or one per member"
        ) from None
    if array.shape not in ((), (members,)):
        raise ValueError(
            f"{name} has shape {array.shape}: wanted a number, or one for each of {members} members"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity: wanted finite numbers")
    return np.broadcast_to(array, (members,))


def at_least(name, value, least, infinite=False):
    """`value`, a number or one per member, none of them below `least`, nor infinite unless they
    may be."""
    return _within(name, value, lambda v: v >= least, f"at least {least}", infinite)


def above(name, value, least):
    """`value`, a finite number or one per member, all of them above `least`."""
    return _within(name, value, lambda v: v > least, f"above {least}")


def below_one(name, value):
    """`value`, a number or one per member, all in [0, 1)."""
    return _within(name, value, lambda v: (v >= 0) & (v < 1), "at least 0 and below 1")


def _within(name, value, holds, wanted, infinite=False):
    try:
        kind = np.asarray(value).dtype.kind
        if np.ma.is_masked(value) or kind in "cmMSU":
            raise TypeError
        numbers = np.asarray(value, float)
        good = numbers.size and (holds(numbers) & (np.isfinite(numbers) | infinite)).all()
    except (TypeError, ValueError):
        good = False
    if not good or np.asarray(value).dtype == bool:
        given, kind = shorten(repr(value), 60, placeholder="..."), "" if infinite else "finite "
        raise ValueError(
            f"{name} is {given}: wanted {wanted}, a {kind}number or one for each member"
        )
    return value


SHARE = 0.5  # of the free memory that one thing may take


def fits_memory(what, count, each, power=1):
    """Refuses `count` things of `each` bytes that would take more than `SHARE` of the free memory;
    `what` is the name of the argument that says how many, with whose `power` memory grows."""
    free = psutil.virtual_memory().available
    if count * each > SHARE * free:
        most = int(count * (SHARE * free / (count * each)) ** (1 / power))
        raise ValueError(
            f"{what}={count} would need {count * each / 1e9:.1f} GB, more than {SHARE:.0%} of the "
            f"{free / 1e9:.1f} GB that are free: wanted at most {what}={most}"
        )
