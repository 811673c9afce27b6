"""What a reader may type or choose, read into `Settings` or refused in one line. No widgets.

`FIELDS` lists what there is, by the group in which it is shown. A `Choice` is one of some names, a
`Number` and a `Sizes` are typed: `read(text)` gives the value, or a ValueError that says what was
given and what is wanted. Text is never evaluated. `given` reads by the same bounds what a caller or
a file gives.
"""

import math
import re
from dataclasses import replace
from typing import NamedTuple

from ganlab.arguments import in_short
from ganlab.course.playground.drawing import FURTHEST, MOST_BELLS
from ganlab.course.playground.settings import (
    ACTIVATIONS,
    LATENTS,
    LIMITS,
    LOSSES,
    MOST_POINTS,
    OPTIMIZERS,
    OUTPUTS,
    PENALTIES,
    STARTS,
    TARGETS,
)

MOST_LAYERS, MOST_UNITS = 6, 512


class Choice(NamedTuple):
    """One of some names."""

    label: str
    options: tuple

    def read(self, text):
        """The name itself."""
        if text not in self.options:
            raise ValueError(f"{_short(text)}: wanted one of {', '.join(self.options)}")
        return text

    def told(self, value):
        """What is shown for a value."""
        return value


class Number(NamedTuple):
    """A number from `low` to `high`, `whole` or not."""

    label: str
    low: float
    high: float
    whole: bool = False

    def read(self, text):
        """The number; "1e-3" and " 64 " are numbers, "64,,x" is none."""
        wanted = (
            f"wanted {'a whole' if self.whole else 'a'} number from {self.low:g} to {self.high:g}"
        )
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"{_short(text)}: {wanted}") from None
        good = math.isfinite(value) and self.low <= value <= self.high
        if not good or (self.whole and value != int(value)):
            raise ValueError(f"{_short(text)}: {wanted}")
        return int(value) if self.whole else value

    def told(self, value):
        """What is shown for a value."""
        return f"{value:g}"


class Sizes(NamedTuple):
    """Sizes of hidden layers, "64, 32"."""

    label: str

    def read(self, text):
        """The sizes, a tuple of whole numbers."""
        wanted = f"wanted 1 to {MOST_LAYERS} whole numbers from 1 to {MOST_UNITS}, as in 64, 32"
        parts = [part.strip() for part in text.split(",")]
        good = 1 <= len(parts) <= MOST_LAYERS and all(re.fullmatch(r"\d{1,4}", p) for p in parts)
        if not good or not all(1 <= int(part) <= MOST_UNITS for part in parts):
            raise ValueError(f"{_short(text)}: {wanted}")
        return tuple(int(part) for part in parts)

    def told(self, value):
        """What is shown for a value."""
        return ", ".join(map(str, value))


def _short(text):
    text = " ".join(text.split())
    return repr(text if len(text) <= 24 else f"{text[:21]}...") if text else "nothing"


YES = ("no", "yes")

# Of settings by their names; `minibatch` is told as yes or no.
FIELDS = {
    "networks": {
        "g_hidden": Sizes("G's hidden layers"),
        "d_hidden": Sizes("D's hidden layers"),
        "g_activation": Choice("G's activation", ACTIVATIONS),
        "d_activation": Choice("D's activation", ACTIVATIONS),
        "g_output": Choice("G's output", OUTPUTS),
        "latent": Choice("latent", tuple(LATENTS)),
        "latent_dim": Number("latent dimension", 1, 64, whole=True),
        "start": Choice("initial weights", tuple(STARTS)),
    },
    "losses and remedies": {
        "losses": Choice("losses", tuple(LOSSES)),
        "matching": Number("feature matching, weight", 0, 100),
        "penalty": Choice("penalty on D", tuple(PENALTIES)),
        "weight": Number("its weight", 0, 1000),
        "limit": Choice("limit on D's weights", tuple(LIMITS)),
        "noise": Number("noise on what D sees", 0, 10),
        "until": Number("it fades until step", 0, 1_000_000, whole=True),
        "packing": Number("samples in a pack", 1, 8, whole=True),
        "minibatch": Choice("minibatch discrimination", YES),
        "decay": Number("averaged G, decay", 0, 0.9999),
    },
    "optimizer and batches": {
        "optimizer": Choice("optimizer", OPTIMIZERS),
        "beta_1": Number("beta_1, or momentum", 0, 0.999),
        "beta_2": Number("beta_2", 0, 0.9999),
        "batch_size": Number("batch size", 2, 1024, whole=True),
        "n_critic": Number("steps of D for one of G", 1, 20, whole=True),
        "pretraining": Number("steps of pretraining D", 0, 5000, whole=True),
        "seeds": Number("seeds", 1, 36, whole=True),
    },
}


def read(name, text):
    """The value of a setting from its field's text."""
    value = field(name).read(text)
    return value == "yes" if name == "minibatch" else value


def given(settings, values):
    """Settings with other values, {name: value}, as a caller or a file gives them: what can be set
    can be loaded, for both are read here, as if they had been typed.

    ValueError, in one line, says which it is, what was given and what is wanted.
    """
    new = replace(settings, **{name: _value(name, value) for name, value in values.items()})
    for name, data in (("own", new.own), ("typed", new.bells)):
        if new.target == name and not data:
            raise ValueError(f"target is {name!r}, and its points are not there")
    return new


def told(name, settings):
    """The text of a setting's field."""
    value = getattr(settings, name)
    return YES[value] if name == "minibatch" else field(name).told(value)


def field(name):
    """The field of this name."""
    return next(group[name] for group in FIELDS.values() if name in group)


def together(settings, name):
    """Settings in which what was just set by `name` brings with it what must go with it.

    A latent of slots has one dimension; on the line a pack counts its numbers as any other; what
    cannot go together is refused by whoever builds the Gan, in one line.
    """
    if name == "target" and settings.pretraining:
        return settings.changed(pretraining=0)  # onto a density that D was not to learn
    if name == "latent" and settings.latent.startswith("slots"):
        return settings.changed(latent_dim=1)
    if name == "optimizer" and settings.optimizer != "SGD":
        return settings.changed(falls=0)
    return settings


# What a caller or a file gives -----------------------------------------------------------------


def _value(name, value):
    """A setting's value as it is kept; ValueError where it is none."""
    value = _plain(value)
    try:
        if name in OTHERS:
            return OTHERS[name](value)
        return read(name, _text(name, value))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _plain(value, depth=2):
    """NumPy's numbers and arrays as Python's, and tuples as lists, as JSON has them."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if depth and isinstance(value, list | tuple):
        return [_plain(one, depth - 1) for one in value]
    return value


def _text(name, value):
    if name == "minibatch" and isinstance(value, bool):
        return YES[value]
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{str(value)[:24]!r}: wanted a number or a name")
    return str(value)


def _number(low, high, whole=False):
    def read(value):
        good = type(value) in ((int,) if whole else (int, float))
        if not good or not low <= value <= high:
            what = "a whole number" if whole else "a number"
            raise ValueError(f"{str(value)[:24]!r}: wanted {what} from {low:g} to {high:g}")
        return value if whole else float(value)

    return read


def _one_of(names):
    def read(value):
        if value not in names:
            raise ValueError(f"{str(value)[:24]!r}: wanted one of {', '.join(names)}")
        return value

    return read


def _points(most, furthest):
    number = _number(-furthest, furthest)

    def read(value):
        if value is None:
            return None
        good = isinstance(value, list) and 2 <= len(value) <= most
        if not good or not all(isinstance(row, list) for row in value):
            wanted = f"wanted 2 to {most} points, as in [[1, 0], [-1, 0]]"
            raise ValueError(f"{wanted}, not {in_short(value)}")
        if len({len(row) for row in value}) != 1 or len(value[0]) not in (1, 2):
            raise ValueError(f"wanted one number or two at each point, not {in_short(value)}")
        return tuple(tuple(map(number, row)) for row in value)

    return read


def _two_numbers(value):
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"wanted two numbers, not {in_short(value)}")
    low, high = map(_number(-1e3, 1e3), value)
    if low >= high:
        raise ValueError(f"wanted the lower number first, not {in_short(value)}")
    return low, high


# Of settings without a field; with FIELDS they are all there are.
OTHERS = {
    "target": _one_of((*TARGETS, "own", "typed")),
    "g_scale": _number(1e-6, 1e6),
    "d_rate": _number(0, 10),
    "g_rate": _number(0, 10),
    "falls": _number(0, 10**6, whole=True),
    "inputs": _two_numbers,
    "first_seed": _number(0, 2**31, whole=True),
    "own": _points(MOST_POINTS, 1e9),
    "bells": _points(MOST_BELLS, FURTHEST),
}
