"""A session as a small JSON file, and back: its first settings, and what was done since.

Weights are not in it: whoever loads it does everything again, to the last bit on the same machine.
Nothing of a file is evaluated: each setting is read as if it had been typed, and what does not
read is refused in one line.
"""

import json
from dataclasses import asdict, fields

from ganlab.course.playground import fields as typed
from ganlab.course.playground.settings import Settings

FORMAT = "ganlab playground 1"
MOST_BYTES, MOST_EVENTS = 300_000, 10_000
MOST_STEPS = 500_000_000  # six days at a thousand a second: nobody trains as many here
STEPS = ("advance", "d_step", "g_step")
SETTINGS = ("change", "carry on")


def saved(session):
    """The text of the file; every number is there in full.

    ValueError, in one line, where it could not be loaded again, for it has too much of something.
    """
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
    text = json.dumps(state, separators=(",", ":"), allow_nan=False) + "\n"
    loaded(text)  # whoever keeps it is told now, and not when all else is gone
    return text


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
    return typed.given(old, given)
