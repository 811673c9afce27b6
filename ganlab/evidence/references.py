"""What names stand for: followed to what they are bound to, through modules and imports.

Ours is what stands in evidence/, in `ganlab.recipes`, `ganlab.endings` and `ganlab.league`, or
anywhere else that is not installed. Ours is known by its content. What else `ganlab` and other
packages hold is known by the last part of its name, so that it may move.
"""

import builtins
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from ganlab.evidence import syntax
from ganlab.evidence.protocol import EvidenceError

OURS = ("ganlab.recipes", "ganlab.endings", "ganlab.league")
# Data of ganlab that are known by content, too.
PLAIN = (type(None), bool, int, float, complex, str, bytes, list, dict, set, frozenset, range)
PLAIN += (np.generic, np.ndarray)
ABSENT = object()


class Reference(NamedTuple):
    """What stands for a name: a name of others, or else a value to be defined by its content."""

    used: int  # how many of the attributes that are looked up on it are taken in
    name: tuple | None  # ("external", "Adam"), ("builtin", "max") or ("module", "numpy")
    value: Any = None
    called: str = ""  # for errors


class Names(NamedTuple):
    """The names that a function or a class finds outside: what it holds, then its module's."""

    owner: str
    cells: Mapping
    module: Mapping

    def look_up(self, name, attributes=(), imported=None):
        """Return the `Reference` for `name` and what is looked up on it.

        imported  (module, name there) if the code itself imports it. EvidenceError if the name
                  is bound to nothing, or to a whole module of ours.
        """
        called = f"{name} in {self.owner}"
        if imported:
            value, home = _imported(*imported, self.module.get("__package__"))
        elif name in self.cells:
            value, home = held(self.cells[name], called), None
        elif name in self.module:
            value, home = self.module[name], (self.module["__name__"], name)
        elif hasattr(builtins, name):
            return Reference(0, ("builtin", name))
        else:
            raise EvidenceError(f"{called} is not defined: wanted a name that is bound")
        return _followed(value, home, attributes, called)


def held(cell, called):
    """Return what a closure's cell holds."""
    try:
        return cell.cell_contents
    except ValueError:
        raise EvidenceError(f"{called} is not bound yet: wanted a value") from None


def is_ours(module):
    """Whether what stands in the module of that name is known by its content."""
    top = module.partition(".")[0]
    if top == "ganlab":
        return module in OURS
    if top in sys.stdlib_module_names:
        return False
    found = sys.modules.get(top)
    places = [getattr(found, "__file__", None) or "", *getattr(found, "__path__", ())]
    return not any("site-packages" in p or "dist-packages" in p for p in places)


def _followed(value, home, attributes, called):
    """The `Reference` for `attributes` of `value`.

    home  (module, name there) where the value was found; None if a function or a record holds it
    """
    used = 0
    while True:
        home = home and _origin(*home, value)
        ours = home is None or is_ours(home[0])
        if isinstance(value, ModuleType):
            if used == len(attributes):
                if is_ours(value.__name__):
                    raise EvidenceError(f"{called} is a whole module: wanted a name in it")
                return Reference(used, ("module", value.__name__.rpartition(".")[2]))
            home, called = (value.__name__, attributes[used]), f"{attributes[used]} of {called}"
            value = getattr(value, attributes[used], ABSENT)
            if value is ABSENT:
                raise EvidenceError(f"{called} is not defined: wanted a name that is bound")
        elif ours and used < len(attributes) and attributes[used] in field_names(value):
            value, home = getattr(value, attributes[used]), None
        else:
            break
        used += 1
    if not ours:  # of ganlab functions, classes and plain data are taken as they are now
        kept = isinstance(value, (type, FunctionType, *PLAIN)) or type(value) is tuple
        if not kept or home[0].partition(".")[0] != "ganlab":
            return Reference(used, ("external", home[1]))
    return Reference(used, None, value, called)


def field_names(value):
    """Return the names of the fields of a dataclass's instance or a named tuple, else ()."""
    if isinstance(value, type):
        return ()
    if is_dataclass(value):
        return tuple(f.name for f in fields(value))
    return value._fields if isinstance(value, tuple) and hasattr(value, "_fields") else ()


def _origin(module, name, value):
    """(module, name) where `value` was bound, imports of our own modules followed back."""
    while is_ours(module) or module.partition(".")[0] == "ganlab":
        found = sys.modules.get(module)
        file = getattr(found, "__file__", None)
        table = syntax.source_of(file).imports if file else {}
        source, there = table.get(name, (None, None))
        if there is None:
            break
        source = _absolute(source, getattr(found, "__package__", None))
        if getattr(sys.modules.get(source), there, ABSENT) is not value:
            break
        module, name = source, there
    return module, name


def _imported(module, name, package):
    """(value, home) of what an import statement inside a function binds."""
    found = importlib.import_module(_absolute(module, package))
    if name is None:
        return found, None
    if not hasattr(found, name):
        importlib.import_module(f"{found.__name__}.{name}")
    return getattr(found, name), (found.__name__, name)


def _absolute(module, package):
    return importlib.util.resolve_name(module, package) if module.startswith(".") else module
