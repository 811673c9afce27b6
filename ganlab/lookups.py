"""What a reader has written: which functions and classes are, and what they read.

A compiled program keeps what its functions looked up when it was built. So what they look up is
part of what decides whether a program may be used again: a changed global, attribute or cell of a
closure makes another program.
"""

import argparse
import collections
import functools
import hashlib
import sys
import types

import numpy as np

from ganlab.arguments import first_line

_LIBRARIES = {"ganlab", "keras", "tensorflow", "numpy", "scipy", *sys.stdlib_module_names}
_HOLDERS = {types.SimpleNamespace, argparse.Namespace}  # made by libraries, filled by readers
_MOST, _DEEPEST = 2_000, 12  # values, and steps from one to the next: beyond, identity has to do


def is_own(thing):
    """Whether a function or class is neither Keras's nor ganlab's, so that it may be redefined."""
    module = getattr(thing, "__module__", None) or ""
    return hasattr(thing, "__name__") and not module.startswith(("keras.", "ganlab."))


def name_of(thing):
    """How a message calls a function or class: a lambda by its line."""
    if isinstance(thing, functools.partial):
        return name_of(thing.func)
    name = getattr(thing, "__name__", type(thing).__name__)
    code = getattr(getattr(thing, "python_function", thing), "__code__", None)
    if name == "<lambda>" and code is not None:
        return f"a lambda in line {code.co_firstlineno}"
    return name


def asked(where, function, *arguments, hint="", **keywords):
    """What a function of the reader's gives; whatever it raises instead becomes one line, in which
    `where` says what the function is for, and `hint` what to look at."""
    try:
        found = function(*arguments, **keywords)
    except Exception as error:  # the reader's code may raise anything
        told = f"{type(error).__name__}: {first_line(error)}{hint}"
        raise ValueError(f"{where} ({name_of(function)}) fails: {told}") from error
    if found is None:
        raise ValueError(f"{where} ({name_of(function)}) returns None: is its `return` missing?")
    return found


def asked_numbers(where, function, *arguments, hint="", **keywords):
    """The same of a function that has to give one array of float32."""
    return one_array(where, function, asked(where, function, *arguments, hint=hint, **keywords))


def one_array(where, function, found, kind="float32"):
    """What a function gave, if it is one array of this kind: NumPy's and Python's numbers become
    it, another kind of tensor and lists of several are refused in one line."""
    if isinstance(found, (int, float, np.ndarray, np.generic)):
        found = np.asarray(found)
        if found.dtype.kind in "fiub":
            return found.astype(kind)
    given = getattr(found, "dtype", None)
    if given != kind:
        several = f" of {len(found)}" if isinstance(found, (list, tuple, dict)) else ""
        told = getattr(given, "name", given) or f"a {type(found).__name__}{several}"
        wanted = f"one tensor of {kind}" if given is None else f"{kind}, by tf.cast say"
        raise ValueError(f"{where} ({name_of(function)}) gives {told}: wanted {wanted}")
    return found


class _Same:
    """Equal to whatever holds the very same object, which it keeps from being forgotten."""

    __slots__ = ("thing",)

    def __init__(self, thing):
        self.thing = thing

    def __eq__(self, other):
        return type(other) is _Same and other.thing is self.thing

    def __hash__(self):
        return id(self.thing)


def reads(value):
    """What a function, a layer or a value amounts to now, as something to be compared: equal as
    long as it is the same object and all that it looks up is equal.

    Followed are closures, defaults, globals by the names in the code, attributes of objects and
    modules of the reader's own, and all of those in turn; numbers, arrays, texts and what holds
    them count by value, and what belongs to a library by identity. Not followed is what a function
    makes up as it runs: names in `globals()`, `os.environ`, files.
    """
    return _Reading().of(value)


class _Reading:
    def __init__(self):
        self.within, self.left = set(), _MOST

    def of(self, value, names=(), depth=0):
        if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
            return type(value).__name__, repr(value)
        self.left -= 1
        if id(value) in self.within or self.left < 0 or depth > _DEEPEST:
            return _Same(value)
        self.within.add(id(value))
        try:
            return self._of(value, names, depth + 1)
        finally:
            self.within.discard(id(value))

    def _of(self, value, names, depth):
        if isinstance(value, (np.ndarray, np.generic)):
            array = np.asarray(value)
            if array.dtype != object:
                digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
                return "array", array.shape, array.dtype.str, digest
            value = array.tolist()
        if isinstance(value, (list, tuple, collections.deque)):
            return type(value).__name__, *(self.of(part, names, depth) for part in value)
        if isinstance(value, (set, frozenset)):
            return "set", frozenset(self.of(part, names, depth) for part in value)
        if isinstance(value, dict):
            return "dict", *self._named(value, names, depth)
        if isinstance(value, functools.partial):
            parts = (value.func, value.args, value.keywords)
            return "partial", *(self.of(part, names, depth) for part in parts)
        if hasattr(value, "python_function"):  # of `tf.function`
            return _Same(value), self.of(value.python_function, (), depth)
        if isinstance(value, types.MethodType):
            return "method", self.of(value.__func__, (), depth), self.of(value.__self__, (), depth)
        if isinstance(value, types.FunctionType):
            return self._function(value, depth)
        if isinstance(value, types.ModuleType):
            there = vars(value)
            found = {} if _library(value.__name__) else {n: there[n] for n in names if n in there}
            return _Same(value), *self._named(found, names, depth)
        kind = value if isinstance(value, type) else type(value)
        if _library(kind.__module__) and kind not in _HOLDERS:
            return _Same(value)
        about = {
            n: v
            for n, v in _attributes(value).items()
            if not n.startswith("__") or isinstance(v, types.FunctionType)
        }
        of_class = () if kind is value else (self.of(kind, names, depth),)
        return _Same(value), *of_class, *self._named(about, names, depth)

    def _named(self, values, names, depth):
        return tuple((str(name), self.of(v, names, depth)) for name, v in values.items())

    def _function(self, function, depth):
        cells = [content(cell) for cell in function.__closure__ or ()]
        held = [*cells, function.__defaults__, function.__kwdefaults__]
        if _library(function.__module__):  # which reads its own library's globals
            return _Same(function), *(self.of(part, (), depth) for part in held)
        names = _names(function.__code__)
        read = {n: sys.modules[n] for n in names if n in sys.modules}  # imported inside
        read |= {n: function.__globals__[n] for n in names if n in function.__globals__}
        return (
            _Same(function),
            _Same(function.__code__),
            *(self.of(part, names, depth) for part in held),
            *self._named(read, names, depth),
        )


def content(cell):
    """What a cell of a closure holds; None if nothing yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _names(code):
    """The names that a piece of code looks up, and those inside it do."""
    names = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= dict.fromkeys(_names(constant))
    return tuple(names)


def _library(module):
    return (module or "").partition(".")[0] in _LIBRARIES


def _attributes(value):
    """An object's attributes; of a layer those that Keras does not give every layer."""
    found = dict(getattr(value, "__dict__", {}))
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    found |= {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return {name: v for name, v in found.items() if name not in layer_attributes()}


@functools.cache
def layer_attributes():
    """What Keras notes in every layer, which says nothing about what it computes."""
    from ganlab.backend import keras  # not before a layer is looked at

    common = set(vars(keras.layers.Layer())) | set(vars(keras.Model()))
    return frozenset(common | {"_functional", "_build_shapes_dict"})
