"""What the reader has solved so far: a small JSON file of their own, kept from session to session.

The file is read, changed and written whole for each answer, by one notebook at a time, so that two
that are open at once lose nothing of each other's. Nothing in it is executed: the code of an answer
that passed is text. Nothing here stops an exercise: where the file cannot be read or written, a
line says so, once, and the course goes on.
"""

import contextlib
import inspect
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from ganlab.files import written_whole

VERSION = 1
WAIT = 5.0  # seconds that another notebook is given to write
LONGEST = 20_000  # letters of an answer's code that are kept
KINDS = {  # what the file has: {kind: {name of an entry's part: types}}
    "exercises": {"tries": (int,), "passed": (str, type(None)), "code": (str,)},
    "questions": {"tries": (int,), "right": (str, type(None)), "first": (str,)},
}
DONE = {"exercises": "passed", "questions": "right"}

_told = set()  # what was said in this process already


class NotKept(OSError):
    """Why nothing can be read or kept, where it is not the system that says so."""


def path():
    """The reader's file: in the folder of the environment's GANLAB_PROGRESS, else `ganlab` in the
    user's data folder; None where GANLAB_PROGRESS=0 says that nothing is kept."""
    given = os.environ.get("GANLAB_PROGRESS", "")
    if given == "0":
        return None
    folder = Path(given or platformdirs.user_data_dir("ganlab", appauthor=False)).expanduser()
    return folder / "progress.json"


def nothing():
    """What a reader has who begins."""
    return {kind: {} for kind in KINDS}


def tried(name, passed, answer):
    """Notes a try at an exercise, up to the first that passes, and its code; the newest code that
    passed is kept. Returns a line to print, "" if there is nothing to say."""

    def change(found):
        entry = found["exercises"].setdefault(name, {"tries": 0, "passed": None, "code": ""})
        entry["tries"] += entry["passed"] is None
        if passed:
            entry["passed"] = entry["passed"] or _now()
            entry["code"] = _code(answer) or entry["code"]

    return changed(change)


def answered(name, letter, right):
    """Notes an answer to a question, up to the first that is right. Returns as `tried` does."""

    def change(found):
        new = {"tries": 0, "right": None, "first": letter}
        entry = found["questions"].setdefault(name, new)
        entry["tries"] += entry["right"] is None
        if right:
            entry["right"] = entry["right"] or _now()

    return changed(change)


def merged(one, other):
    """What two files have together: of an entry in both the one that was solved first; if neither
    was, the one with more tries."""

    def rank(kind, entry):
        done = entry[DONE[kind]]
        return (done is None, done or "", -entry["tries"])

    both = nothing()
    for kind, found in both.items():
        for entries in (one[kind], other[kind]):
            for name, entry in entries.items():
                there = found.get(name, entry)
                found[name] = min(there, entry, key=lambda one: rank(kind, one))
    return both


def read():
    """(what was solved so far, a line to print): of a file that cannot be read, nothing."""
    if path() is None:
        return nothing(), ""
    try:
        with contextlib.suppress(ValueError):  # damaged: it is looked at again when nobody writes
            return parsed(path().read_bytes(), path()), ""
        with alone(path()):
            return _read(path())
    except FileNotFoundError:
        return nothing(), ""
    except OSError as error:
        return nothing(), _once(f"Your progress is not shown: {_why(error)}.")


# The file ----------------------------------------------------------------------------------


def changed(change):
    """Lets `change` change what is in the file; returns a line to print, "" if there is none."""
    if path() is None:
        return ""
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        with alone(path()):
            found, note = _read(path())
            before = text(found)
            change(found)
            if text(found) != before:
                with written_whole(path()) as file:
                    file.write(text(found))
        return note
    except OSError as error:
        return _once(f"Your progress is not kept: {_why(error)}.")


def _read(file):
    """(what is in the file, a line to print); one that is damaged is put aside."""
    try:
        return parsed(file.read_bytes(), file), ""
    except FileNotFoundError:
        return nothing(), ""
    except ValueError as error:
        aside = put_aside(file, "damaged")
        return nothing(), f"{file} was damaged ({error}): it is {aside.name} now, a new one begins."


def parsed(content, file):
    """What the bytes of a file say; ValueError for what was not written here, `NotKept` for what a
    newer ganlab wrote."""
    try:
        read = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    version = read.get("version") if isinstance(read, dict) else None
    if type(version) is not int or version < 1:
        raise ValueError("it says nothing of a version")
    if version > VERSION:
        raise NotKept(f"a newer ganlab wrote {file}")
    for kind, parts in KINDS.items():
        entries = read.get(kind)
        whole = isinstance(entries, dict) and all(
            isinstance(entry, dict)
            and entry.keys() == parts.keys()
            and all(type(entry[part]) in types for part, types in parts.items())
            for entry in entries.values()
        )
        if not whole:
            raise ValueError(f"its {kind} are not as they were written")
    return {kind: read[kind] for kind in KINDS}


def text(found):
    written = {"version": VERSION, **found}
    return (json.dumps(written, indent=1, sort_keys=True) + "\n").encode()


def put_aside(file, word):
    """Renames a file to the first free name of `progress.<word>-<number>.json`."""
    for number in range(1, 10_000):
        aside = file.with_name(f"{file.stem}.{word}-{number}{file.suffix}")
        if not aside.exists():
            os.rename(file, aside)
            return aside
    raise OSError(f"there are 9,999 files like {aside.name}")


@contextlib.contextmanager
def alone(file):
    """While this lasts, no other notebook changes the file: a lock that goes with the process."""
    with open(file.with_name(f"{file.name}.lock"), "ab") as held:
        until = time.monotonic() + WAIT
        while not _locked(held):
            if time.monotonic() > until:
                raise NotKept(f"another notebook has held the file for {WAIT:.0f} seconds")
            time.sleep(0.01)
        yield  # closing the file gives the lock back


def _locked(file):
    """Whether the lock could be had; where a file system has none, it counts as had."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


# Words -------------------------------------------------------------------------------------


def _now():
    return datetime.now(UTC).isoformat(timespec="seconds")


def _code(answer):
    """The source of an answer that is a function, as text."""
    try:
        return inspect.getsource(answer)[:LONGEST]
    except Exception:  # a value, or typed where nothing keeps the source
        return ""


def _why(error):
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or path()}: {error.strerror}"
    return str(error)


def _once(line):
    """The line, if it has not been said in this process."""
    new = line not in _told
    _told.add(line)
    return line if new else ""
