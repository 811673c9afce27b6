"""Compiled programs, kept on disk from one Python to the next.

XLA's compiler takes most of the time before a first step. TensorFlow can keep what it has compiled
in a folder and find it again, by the program and by the names of its functions; but those count
all functions that the process has made so far, so that only a process which does all the same
things in the same order finds anything. Here a program's functions are named after the program.

What is loaded from the folder is executed. So the folder belongs to the user alone, and files in
it that this module did not seal, or that have changed since, are removed before TensorFlow looks.

Nothing here imports TensorFlow: `prepare` has to come before it.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import threading
import warnings
from pathlib import Path
from types import FunctionType

import numpy as np
import platformdirs

MOST = 256 * 2**20  # bytes that are kept
_FLAG = "tf_xla_persistent_cache_directory"
_OURS = re.compile(rf"--{_FLAG}='[^']*programs-[0-9a-f]{{12}}'")
_SEAL = ".seal"

_folder = None  # where programs are kept in this process
_checking = None  # the thread that looks through it
_of_program = {}  # {name of a program: files that it was loaded from or kept in}
_times_named = {}
_lock = threading.Lock()


def root():
    """The folder of all kept programs, or None if GANLAB_CACHE=0 says that none are; another
    value of GANLAB_CACHE is taken for the folder."""
    given = os.environ.get("GANLAB_CACHE", "")
    if given == "0":
        return None
    return Path(given or platformdirs.user_cache_dir("ganlab", appauthor=False)).expanduser()


def prepare():
    """Tells TensorFlow where to keep programs, by a flag that it reads when it first compiles.

    A folder that the user has set stays, and then nothing is done here.
    """
    global _folder, _checking
    # Without what the process that started this one has set.
    flags = _OURS.sub("", os.environ.get("TF_XLA_FLAGS", "")).strip()
    folder = None
    if _FLAG not in flags and (base := root()) is not None:
        folder = base / f"programs-{_machine(flags)}"
    if folder is not None and _own(folder):
        _folder = folder
        _checking = threading.Thread(target=_look_through, args=(folder,), daemon=True)
        _checking.start()
        flags = f"{flags} --{_FLAG}='{folder}'".strip()
    if flags or "TF_XLA_FLAGS" in os.environ:
        os.environ["TF_XLA_FLAGS"] = flags


def _machine(flags):
    """Stands for all that decides what a program is compiled to, beside the program."""
    parts = [platform.system(), platform.machine(), flags, os.environ.get("XLA_FLAGS", "")]
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        wanted = ("model name", "flags", "Features", "CPU part")
        parts += sorted({line for line in lines if line.startswith(wanted)})
    except OSError:
        parts.append(platform.processor())
    for package in ("tensorflow", "tensorflow-cpu"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            parts.append(importlib.metadata.version(package))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _own(folder):
    """Makes the folder, and says whether it is the user's alone: others' is left alone."""
    try:
        for part in (folder.parent, folder):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False  # a home that cannot be written to
    if hasattr(os, "getuid"):
        kind = "a link" if folder.is_symlink() else "another user's" * (found.st_uid != os.getuid())
        kind = kind or "open to others" * bool(found.st_mode & 0o022)
        if kind:
            told = f"{folder} is {kind}: compiled programs are neither read from it nor kept"
            warnings.warn(told, RuntimeWarning, stacklevel=4)
            return False
    # On a full disk TensorFlow would not compile at all.
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2 * MOST


# Files and their seals ----------------------------------------------------------------------


def _look_through(folder):
    """Removes what has no seal or not its own, and notes which program each file is of."""
    for path in _within(folder):
        if path.name.endswith(_SEAL):
            if not path.with_name(path.name.removesuffix(_SEAL)).exists():
                _remove(path)
            continue
        name = _sealed(path)
        if name is None:
            _remove(path, _seal_of(path))
        else:
            _of_program.setdefault(name, set()).add(path)


def _seal_of(path):
    return path.with_name(path.name + _SEAL)


def _sealed(path):
    """The program's name in the file's seal, or None if the two do not belong together."""
    try:
        digest, name = _seal_of(path).read_text(encoding="utf-8").split()
        return name if digest == _digest(path) else None
    except (OSError, ValueError):
        return None


def _digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(*paths):
    for path in paths:
        with contextlib.suppress(OSError):  # another process was quicker, or it is a folder
            path.unlink()


def _seal(name, before):
    """Seals the files that have come since `before` was the folder's content."""
    for path in set(_files()) - before:
        with contextlib.suppress(OSError):
            part = _seal_of(path).with_suffix(f".{os.getpid()}")
            part.write_text(f"{_digest(path)} {name}\n", encoding="utf-8")
            os.replace(part, _seal_of(path))
            _of_program.setdefault(name, set()).add(path)
    for path in _of_program.get(name, ()):
        with contextlib.suppress(OSError):
            os.utime(path)  # it was used now
    _trim()


def _within(folder):
    """What is in the folder; nothing if somebody has deleted it."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _files():
    return [path for path in _within(_folder) if path.suffix == ".pb"]


def _trim():
    """Removes what has not been used for longest, until the rest is as small as it has to be;
    also of other versions and flags."""
    found = []
    for path in _folder.parent.glob("programs-*/*.pb"):
        with contextlib.suppress(OSError):
            found.append((path.stat().st_mtime, path.stat().st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= MOST:
            break
        _remove(path, _seal_of(path))
        total -= size


# Names --------------------------------------------------------------------------------------


def name_of(key):
    """A name for the program of this key, the same in every process: the key's functions enter
    by where they are defined and what they hold, other objects by their kind. Programs of equal
    names need not be equal: TensorFlow compares what they compute."""
    return hashlib.sha256(repr(_plain(key)).encode()).hexdigest()[:16]


def _plain(value, within=()):
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if id(value) in within:  # functions may hold themselves
        return "again"
    within = (*within, id(value))
    if isinstance(value, functools.partial):
        parts = [value.func, value.args, value.keywords]
    elif isinstance(value, FunctionType):
        held = [cell.cell_contents for cell in value.__closure__ or ()]
        parts = [value.__module__, value.__qualname__, *held]
    elif isinstance(value, dict):
        parts = [part for pair in value.items() for part in pair]
    elif isinstance(value, (tuple, list)):
        parts = value
    else:
        named = value if hasattr(value, "__qualname__") else type(value)
        parts = [str(named.__module__), named.__qualname__]
    return [_plain(part, within) for part in parts]


@contextlib.contextmanager
def named(name):
    """While this lasts, functions that TensorFlow traces are named after the program `name`, and
    what it compiles is kept. Of several programs of one name each counts as the next."""
    makers = _name_makers() if _folder is not None and name else None
    if makers is None:
        yield
        return
    with _lock:
        _checking.join()
        # Somebody may have deleted it since, and without it TensorFlow would not compile at all.
        _folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        time = _times_named[name] = _times_named.get(name, -1) + 1
        count = iter(range(10**9))
        before, originals = set(_files()), [getattr(*maker) for maker in makers]

        def make(*parts):
            return "_".join(["ganlab", *map(str, parts), name, str(time), str(next(count))])

        try:
            for module, attribute in makers:
                setattr(module, attribute, lambda *parts: make(*parts).replace("/", "_"))
            yield
        finally:
            for (module, attribute), original in zip(makers, originals, strict=True):
                setattr(module, attribute, original)
        _seal(name, before)


def _name_makers():
    """[(module, attribute)] of the functions by which TensorFlow names what it traces; None if
    this TensorFlow has others."""
    try:
        from tensorflow.python.eager.polymorphic_function import concrete_function
        from tensorflow.python.ops import control_flow_util_v2
    except ImportError:
        return None
    makers = [
        (concrete_function, "_inference_name"),
        (control_flow_util_v2, "unique_fn_name"),
    ]
    return makers if all(hasattr(*maker) for maker in makers) else None
