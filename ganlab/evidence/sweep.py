"""Measuring: every arm of a protocol on both seed sets, each part saved as soon as it is done."""

import importlib
import sys
from dataclasses import fields
from datetime import date
from pathlib import Path
from platform import python_version

import numpy as np

from ganlab.evidence.claims import Claim
from ganlab.evidence.fingerprint import fingerprint
from ganlab.evidence.protocol import SEED_SETS, EvidenceError
from ganlab.evidence.store import CLONE, FOLDER, load_result, save
from ganlab.progress import bar

# What a protocol says and its fingerprint leaves out: it may be reworded.
TEXTS = ("claim", "source", "measured", "notebook", "metric", "unit", "file")


def protocols(folder=FOLDER):
    """Return every protocol, `{id: (Protocol, its file)}`."""
    found = {}
    sys.path[:0] = [] if str(folder) in sys.path else [str(folder)]  # they may import each other
    for path in sorted(Path(folder).glob("*.py")):
        for protocol in getattr(importlib.import_module(path.stem), "PROTOCOLS", ()):
            if protocol.id in found or not protocol.id.lower().startswith(path.stem):
                raise EvidenceError(f"{path.name}: wanted new ids like its name, got {protocol.id}")
            found[protocol.id] = protocol, path
    if not found:
        raise EvidenceError(f"no protocols in {folder}: {CLONE}")
    return found


def check_result(result, protocol):
    """Hold a stored result against its protocol: EvidenceError if that was changed since."""
    if result["protocol"] != fingerprint(protocol):
        what = f"{protocol.id}: its definition was changed after its result was measured"
        raise EvidenceError(f"{what}; undo that, and give a new protocol a new id")


def check_results(known, folder=FOLDER):
    """Hold every stored result against its protocol in `known`, which is as `protocols` has it."""
    for path in sorted((Path(folder) / "results").glob("*.json")):
        if path.stem not in known:
            raise EvidenceError(f"{path.name} has no protocol: wanted the one it was measured by")
        check_result(load_result(path.stem, folder), known[path.stem][0])


def measure(protocol, file, again=False):
    """Return the finished result of `protocol`, which is in the evidence file `file`.

    Each arm on each seed set is saved as soon as it is done, and what is saved is not run
    again. With `again=True` everything is run, and nothing is read or saved. Texts are the
    protocol's of today.
    """
    target = None if again else file.parent / "results" / f"{protocol.id}.json"
    result = {f.name: getattr(protocol, f.name) for f in fields(protocol)}
    del result["settings"], result["check"]
    result |= {"file": file.name, "protocol": "", "outcomes": {}}
    if target and target.exists():
        stored = load_result(protocol.id, file.parent)
        check_result(stored, protocol)
        result = stored | {name: result[name] for name in TEXTS}
    else:
        result["protocol"] = fingerprint(protocol)
    arms = [(name, arm) for name, setting in protocol.settings.items() for arm in setting.arms]
    parts = [(*arm, s) for arm in arms for s in SEED_SETS] or [("identity", "check", "error")]
    with bar(len(parts), f"{protocol.id}, safe to interrupt", unit="part") as progress:
        for name, arm, seed_set in parts:
            done = result["outcomes"].setdefault(name, {}).setdefault(arm, {})
            if seed_set not in done:
                done[seed_set] = _outcomes(protocol, name, arm, seed_set)
                used = [x for x in ("ganlab", "tensorflow", "keras", "numpy") if x in sys.modules]
                versions = {name: sys.modules[name].__version__ for name in used}
                versions["python"] = python_version()
                result = save(result | {"date": str(date.today()), "versions": versions}, target)
            progress.update()
    found = Claim(result)
    numbers = {k: {s: e._asdict() for s, e in v.items()} for k, v in found.estimates.items()}
    return save(result | {"estimates": numbers, "verdict": found.verdict}, target)


def _outcomes(protocol, name, arm, seed_set):
    if protocol.check:
        return float(protocol.check())
    seeds, rate = getattr(protocol, seed_set), protocol.kind == "rate"
    try:
        values = np.asarray(protocol.settings[name].arms[arm](seeds), dtype=float)
    except FloatingPointError:  # TrainingFailed: no seed stayed finite
        values = np.full(len(seeds), np.nan)
    if values.shape != (len(seeds),) or (rate and {*values[np.isfinite(values)]} - {0, 1}):
        wanted = f"{len(seeds)} outcomes" + ", each 0 or 1" * rate
        raise EvidenceError(f"{protocol.id}, arm {arm!r}: wanted {wanted}, got {values.tolist()}")
    return values
