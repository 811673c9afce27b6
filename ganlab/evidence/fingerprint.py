"""The hash of what determines the outcomes of a protocol: definitions, not files and not prose.

A function of ours enters by its code, in which each name from outside is replaced by the
definition of what it is bound to; a value enters by its content; what stands elsewhere enters by
the last part of its name. So names, places, comments and claims may change; numbers may not.
"""

import functools
import hashlib
import sys
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from types import FunctionType, ModuleType

import numpy as np

from ganlab.evidence import syntax
from ganlab.evidence.protocol import BLOCK, ERROR, LOOKS, Arm, EvidenceError
from ganlab.evidence.references import Names, held, is_ours

ATOMS = (type(None), bool, int, float, complex, str, bytes)
WANTED = "numbers, texts, arrays, containers, dataclasses, Keras objects, functions or classes"


def fingerprint(protocol):
    """Return 16 hexadecimal digits for what determines the result of a `Protocol`.

    It depends on kind, direction, margin, reference, least, worst, tolerance, level, beyond and
    first seed, on the check, and on the names and arms of the settings in their order; not on id,
    texts or place, and not on how many seeds are the most. EvidenceError, in one line, names what
    has no definition.
    """
    numbers = [protocol.margin, protocol.reference, protocol.least, protocol.worst]
    numbers += [protocol.tolerance]
    numbers += [protocol.level] if protocol.level != ERROR else []
    numbers += ["beyond", protocol.beyond] if protocol.beyond is not None else []
    parts = [
        protocol.kind,
        int(protocol.direction),
        [n if n is None or isinstance(n, str) else float(n) + 0.0 for n in numbers],  # no -0.0
        [int(protocol.first_seed), BLOCK, list(LOOKS)],
    ]
    try:
        parts.append(define(protocol.check, called="the check"))
        for name, setting in protocol.settings.items():
            arms = setting.arms.items()
            parts.append([name, [[arm, define(run, called=f"arm {arm!r}")] for arm, run in arms]])
    except EvidenceError as error:
        raise EvidenceError(f"{protocol.id}: {error}") from None
    return _digest(parts)[:16]


def arm_key(arm):
    """Return 16 hexadecimal digits for what determines the outcomes of an `Arm` on any seeds."""
    return _digest(define(arm, called="an arm"))[:16]


def training_key(arm):
    """Return 16 hexadecimal digits for what an `Arm` trains, whatever is asked of it."""
    given = _given(arm.training, arm.settings, (), "a training")
    return _digest([BLOCK, *given])[:16]


def define(value, within=(), called="a value"):
    """Return what `value` is, as nested lists of texts and numbers.

    within  ids of what is being defined, the innermost last: functions may call each other
    called  what it is called in an error
    """
    if type(value) in ATOMS:
        return [type(value).__name__, repr(value)]
    if isinstance(value, (np.number, np.bool_)):
        return define(value.item())
    if id(value) in within:
        steps = within[::-1].index(id(value))
        _memory.goes_back_to(len(within) - 1 - steps)
        return ["again", steps]
    known = _memory.recall(value, within)
    if known is None:
        with _memory.at(value, within):
            known = _memory.keep(value, within, _define(value, (*within, id(value)), called))
    return known


def _define(value, within, called):
    for kinds, describe in KINDS:
        if isinstance(value, kinds):
            return describe(value, within, called)
    if is_dataclass(value):
        return _record(value, within, called)
    bound_to = getattr(value, "__self__", None)
    if callable(value) and hasattr(value, "__name__") and isinstance(bound_to, ModuleType | None):
        return ["external", value.__name__]
    if hasattr(value, "get_config") and not getattr(value, "weights", None):
        config = {key: part for key, part in value.get_config().items() if key != "name"}
        return ["configured", _class(type(value), within, called), _dict(config, within, called)]
    raise EvidenceError(f"{called} is a {type(value).__name__}: wanted {WANTED}")


class _Memory:
    """Definitions of functions, classes and records, kept while many arms are defined in a row.

    A definition says "again" of what it is part of, so it depends on where it is asked for. It is
    kept only if all that it says "again" of lies within it, and recalled only where nothing that
    it mentions is being defined.
    """

    def __init__(self):
        self._kept, self._open, self._depth = {}, [], 0

    @contextmanager
    def remembering(self):
        """While this is open what is defined must not change; outside nothing is remembered."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._kept.clear()

    @contextmanager
    def at(self, value, within):
        """While `value` is being defined, (what it mentions, how far out it goes back) are open."""
        self._open.append([{id(value)}, len(within)])
        try:
            yield
        finally:
            mentioned, furthest = self._open.pop()
            if self._open:
                self._open[-1][0] |= mentioned
                self._open[-1][1] = min(self._open[-1][1], furthest)

    def goes_back_to(self, place):
        if self._open:
            self._open[-1][1] = min(self._open[-1][1], place)

    def keep(self, value, within, definition):
        mentioned, furthest = self._open[-1]
        lasting = isinstance(value, (FunctionType, type)) or is_dataclass(value)
        if self._depth and lasting and furthest >= len(within):
            # With the value itself, whose id is then not given to another one.
            self._kept[id(value)] = value, definition, frozenset(mentioned)
        return definition

    def recall(self, value, within):
        """The definition of `value` if it is known and may stand here, else None."""
        _, definition, mentioned = self._kept.get(id(value), (None, None, ()))
        if definition is None or not mentioned.isdisjoint(within):
            return None
        if self._open:
            self._open[-1][0] |= mentioned
        return definition


_memory = _Memory()
remembering = _memory.remembering


def _digest(definition):
    return hashlib.sha256(repr(definition).encode()).hexdigest()


# Values ----------------------------------------------------------------------------------


def _sequence(value, within, called):
    if hasattr(value, "_fields"):
        return _record(value, within, called)
    parts = [define(part, within, called) for part in value]
    ordered = not isinstance(value, (set, frozenset))
    return [type(value).__name__, parts if ordered else sorted(parts, key=repr)]


def _dict(value, within, called):  # equal whatever the order of its keys, as Python has it
    pairs = [[define(k, within, called), define(v, within, called)] for k, v in value.items()]
    return ["dict", sorted(pairs, key=repr)]


def _range(value, within, called):
    return ["range", value.start, value.stop, value.step]


def _array(value, within, called):
    if value.dtype.kind not in "biufc":
        raise EvidenceError(f"{called} is an array of {value.dtype}: wanted numbers")
    return ["array", value.dtype.name, list(value.shape), value.ravel().tolist()]


def _record(value, within, called):
    """A dataclass or a named tuple. A field that has its default is left out, so that a class
    may gain fields."""
    if is_dataclass(value):
        made = {f.name: f.default_factory for f in fields(value)}
        defaults = {
            f.name: f.default if made[f.name] is MISSING else made[f.name]() for f in fields(value)
        }
    else:
        defaults = {name: value._field_defaults.get(name, MISSING) for name in value._fields}
    found = []
    for name, default in defaults.items():
        given = getattr(value, name)
        what = define(given, within, f"{name} of {called}")
        usual = given is default or (default is not MISSING and define(default, within) == what)
        found += [] if usual else [[name, what]]
    return ["record", _class(type(value), within, called), found]


# Functions and classes -------------------------------------------------------------------


def _partial(value, within, called):
    parts = [define(part, within, called) for part in value.args]
    return ["partial", parts, *_given(value.func, value.keywords, within, called)]


def _arm(value, within, called):
    outcome = define(value.outcome, within, called)
    return ["arm", outcome, *_given(value.training, value.settings, within, called)]


def _given(function, keywords, within, called):
    """A function and keywords for it, which take the place of its defaults."""
    if isinstance(function, FunctionType):
        what = _function(function, (*within, id(function)), called, given=keywords)
    else:
        what = define(function, within, called)
    return what, _dict(keywords, within, called)


def _function(value, within, called, given=()):
    """A function, without the defaults of parameters that are `given`."""
    code, names = value.__code__, value.__globals__
    cells = dict(zip(code.co_freevars, value.__closure__ or (), strict=True))
    if not is_ours(names.get("__name__", "")):
        # A wrapper of one of our functions, or what a function made: what it holds belongs to it.
        if not is_ours(value.__module__) and "<locals>" not in value.__qualname__:
            return ["external", value.__name__]
        holds = {name: held(cell, f"{name} in {code.co_name}") for name, cell in cells.items()}
        return ["external", code.co_name, _dict(holds, within, called)]
    node = syntax.function_node(code)
    body = _reader(Names(code.co_name, cells, names), within).function(node)
    defaults = {k: v for k, v in _defaults(value).items() if k not in given}
    return ["function", _digest([type(node).__name__, _dict(defaults, within, called), body])]


def _defaults(function):
    code, values = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(values) : code.co_argcount]
    return dict(zip(names, values, strict=True)) | (function.__kwdefaults__ or {})


def _class(value, within, called):
    if not is_ours(value.__module__):
        return ["external", value.__name__]
    module = sys.modules.get(value.__module__)
    node = syntax.class_node(value, getattr(module, "__file__", None) or value.__module__)
    return ["class", _digest(_reader(Names(value.__name__, {}, vars(module)), within).class_(node))]


def _reader(names, within):
    def resolve(name, attributes, imported):
        found = names.look_up(name, attributes, imported)
        meaning = list(found.name or ()) or define(found.value, within, found.called)
        return meaning, found.used

    return syntax.Reader(resolve)


KINDS = (
    ((tuple, list, set, frozenset), _sequence),
    (dict, _dict),
    (range, _range),
    (np.ndarray, _array),
    (functools.partial, _partial),
    (Arm, _arm),
    (functools._lru_cache_wrapper, lambda value, *more: define(value.__wrapped__, *more)),
    (FunctionType, _function),
    (type, _class),
)
