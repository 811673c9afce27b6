"""A setting as calls that can be made and can be written: so that what is trained on the screen
and the code that a reader takes away cannot differ.

>>> made(Call("data.ring", (8,), {"std": 0.1})).std
0.1
>>> written(Call("data.ring", (8,), {"std": 0.1}))
'data.ring(8, std=0.1)'
"""

import importlib
import math
from collections.abc import Mapping
from typing import NamedTuple

WIDTH = 100  # of a line of code

# Where names come from, by their first part: the module, or the module that has it.
PLACES = {
    "data": "ganlab",
    "latent": "ganlab",
    "losses": "ganlab",
    "techniques": "ganlab",
    "optimizers": "ganlab",
    "keras": "ganlab.backend",
    "mlp": "ganlab.networks",
    "MinibatchDiscrimination": "ganlab.layers",
    "Gan": "ganlab.gan",
    "pretrain": "ganlab.pretraining",
    "Trainer": "ganlab.training",
}


class Name(NamedTuple):
    """A thing that has a name: `losses.hinge`."""

    name: str


class Call(NamedTuple):
    """A function by its name, and what it is given: values, names, calls, lists and tuples."""

    name: str
    given: tuple = ()
    named: Mapping = {}


def made(thing):
    """What the calls give. Names are looked up in `PLACES` alone: no text is evaluated."""
    if isinstance(thing, Name):
        return _found(thing.name)
    if isinstance(thing, Call):
        named = {name: made(value) for name, value in thing.named.items()}
        return _found(thing.name)(*map(made, thing.given), **named)
    return type(thing)(map(made, thing)) if type(thing) in (list, tuple) else thing


def _found(name):
    first, *rest = name.split(".")
    module, place = PLACES[first], None
    try:
        place = getattr(importlib.import_module(module), first)
    except AttributeError:
        place = importlib.import_module(f"{module}.{first}")
    for part in rest:
        place = getattr(place, part)
    return place


def written(thing, indent=0, before=0):
    """The same as Python: one line where it fits behind `before` characters, or a line for each
    part, `indent` deep."""
    if isinstance(thing, Name):
        return thing.name
    if isinstance(thing, Call):
        head, tail = f"{thing.name}(", ")"
        parts = [("", value) for value in thing.given]
        parts += [(f"{name}=", value) for name, value in thing.named.items()]
    elif type(thing) in (list, tuple):
        head, tail = "[]" if type(thing) is list else ("(", ",)" if len(thing) == 1 else ")")
        parts = [("", value) for value in thing]
    else:
        return _number(thing) if isinstance(thing, float) else _quoted(thing)
    line = head + ", ".join(label + written(value, 0, -(10**6)) for label, value in parts) + tail
    if before + len(line) <= WIDTH or not parts:
        return line
    inner = " " * (indent + 4)
    lines = [
        f"{inner}{label}{written(value, indent + 4, indent + 5 + len(label))},"
        for label, value in parts
    ]
    return "\n".join([head, *lines, " " * indent + tail[-1]])


def _number(value):
    """A float without more digits than it needs: 0.001, 1e-05, float("inf")."""
    return repr(value) if math.isfinite(value) else f'float("{value}")'


def _quoted(value):
    return f'"{value}"' if isinstance(value, str) else repr(value)


def imports(*things):
    """The import lines that the code of these things needs, sorted as ruff sorts them."""
    wanted = {}
    for name in _names(things):
        first = name.split(".")[0]
        wanted.setdefault(PLACES[first], set()).add(first)
    return [f"from {place} import {', '.join(sorted(wanted[place]))}" for place in sorted(wanted)]


def _names(thing):
    if isinstance(thing, Name):
        yield thing.name
    elif isinstance(thing, Call):
        yield thing.name
        yield from _names((*thing.given, *thing.named.values()))
    elif type(thing) in (list, tuple):
        for part in thing:
            yield from _names(part)
