"""A session as a small JSON file, and back: its first settings, and what was done since.

Weights are not in it: whoever loads it does everything again, to the last bit on the same machine.
Nothing of a file is evaluated: each setting is read as if it had been typed, and what does not
read is refused in one line.
"""

import json
from dataclasses import asdict, fields, replace

from ganlab.course.playground import fields as typed
from ganlab.course.playground.drawing import FURTHEST, MOST_BELLS
from ganlab.course.playground.settings import MOST_POINTS, OUTPUTS, TARGETS, Settings

FORMAT = "ganlab playground 1"
MOST_BYTES, MOST_EVENTS, MOST_STEPS = 300_000, 10_000, 1_000_000
STEPS = ("advance", "d_step", "g_step")
SETTINGS = ("change", "carry on")


def saved(session):
    """The text of the file; every number is there in full."""
    now, events = session.first_settings, []
    for what, value in session.events:
        if what in STEPS:
            events.append([what, value])
            continue
        new = value[0] if what == "carry on" else value
        events.append([what, _changes(now, new)])
        now = new
    start = _changes(Settings(), session.first_settings)
    state = {"format": FORMAT, "settings": start, "events": events}
    return json.dumps(state, separators=(",", ":"), allow_nan=False) + "\n"


def _changes(old, new):
    old, new = asdict(old), asdict(new)
    return {name: value for name, value in new.items() if value != old[name]}


def loaded(text):
    """(settings to begin with, events as `Session.repeat` takes them); ValueError, in one line."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"the file has {len(text):,} bytes: wanted {MOST_BYTES:,} at most")
    try:
        state = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ValueError("the file is no JSON: wanted one that was saved here") from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"the file is none of the playground's: wanted format {FORMAT!r}")
    if not isinstance(state.get("settings"), dict) or not isinstance(state.get("events"), list):
        raise ValueError("the file lacks settings or events: wanted both")
    if len(state["events"]) > MOST_EVENTS:
        given = f"the file has {len(state['events']):,} events"
        raise ValueError(f"{given}: wanted {MOST_EVENTS:,} at most")
    first = now = _settings(Settings(), state["settings"])
    events, steps = [], 0
    for event in state["events"]:
        what, value = event if isinstance(event, list) and len(event) == 2 else (event, None)
        if what in SETTINGS and isinstance(value, dict):
            now = _settings(now, value)
            value = (now, ()) if what == "carry on" else now
        elif what in STEPS and type(value) is int and value > 0:
            steps += value
        else:
            raise ValueError(f"{str(event)[:60]!r} is no event: wanted steps or settings")
        events.append((what, value))
    if steps > MOST_STEPS:
        raise ValueError(f"the file has {steps:,} steps: wanted {MOST_STEPS:,} at most")
    return first, events


def _refuse_constant(name):
    raise ValueError(name)


def _settings(old, given):
    known = {one.name for one in fields(Settings)}
    if unknown := sorted(set(given) - known):
        raise ValueError(f"there is no setting {unknown[0][:40]!r}")
    values = {name: _value(name, value) for name, value in given.items()}
    new = replace(old, **values)
    for name, data in (("own", new.own), ("typed", new.bells)):
        if new.target == name and not data:
            raise ValueError(f"target is {name!r}, and its points are not there")
    return new


def _value(name, value):
    """A setting's value as it is kept; ValueError where it is none."""
    group = next((group for group in typed.FIELDS.values() if name in group), None)
    try:
        if group is not None:
            return typed.read(name, _text(name, value))
        return OTHERS[name](value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _text(name, value):
    if name == "minibatch" and isinstance(value, bool):
        return typed.YES[value]
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
            raise ValueError(f"wanted 2 to {most} points")
        if len({len(row) for row in value}) != 1 or len(value[0]) not in (1, 2):
            raise ValueError("wanted one number or two at each point")
        return tuple(tuple(map(number, row)) for row in value)

    return read


def _two_numbers(value):
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("wanted two numbers")
    low, high = map(_number(-1e3, 1e3), value)
    if low >= high:
        raise ValueError("wanted the lower number first")
    return low, high


OTHERS = {
    "target": _one_of((*TARGETS, "own", "typed")),
    "g_output": _one_of(OUTPUTS),
    "g_scale": _number(1e-6, 1e6),
    "d_rate": _number(0, 10),
    "g_rate": _number(0, 10),
    "falls": _number(0, 10**6, whole=True),
    "inputs": _two_numbers,
    "first_seed": _number(0, 2**31, whole=True),
    "own": _points(MOST_POINTS, 1e9),
    "bells": _points(MOST_BELLS, FURTHEST),
}
