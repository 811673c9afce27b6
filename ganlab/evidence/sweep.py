"""Measuring: every arm of a protocol on both seed sets, each part saved as soon as it is done."""

import importlib
import sys
from dataclasses import fields
from datetime import date
from pathlib import Path
from platform import python_version
from textwrap import shorten

import numpy as np

from ganlab.evidence.claims import Claim
from ganlab.evidence.fingerprint import fingerprint
from ganlab.evidence.protocol import SEED_SETS, EvidenceError
from ganlab.evidence.store import CLONE, FOLDER, by_id, load_result, save, stored_ids
from ganlab.progress import bar

# What a protocol says and its fingerprint leaves out: it may be reworded.
TEXTS = ("claim", "source", "measured", "notebook", "metric", "unit", "file")


def protocols(folder=FOLDER):
    """Return every protocol, `{id: (Protocol, its file)}`; files are in `folder`/claims."""
    found, folder = {}, Path(folder).resolve()
    paths = sorted((folder / "claims").glob("[!_]*.py"))
    if paths:
        root = str(folder.parent)
        sys.path[:0] = [] if root in sys.path else [root]
        package = importlib.import_module(folder.name)
        if Path(package.__path__[0]).resolve() != folder:
            wanted = f"wanted {folder}, in a Python of its own"
            raise EvidenceError(f"{folder.name} is loaded from {package.__path__[0]}: {wanted}")
    for path in paths:
        module = importlib.import_module(f"{folder.name}.claims.{path.stem}")
        for protocol in getattr(module, "PROTOCOLS", ()):
            if protocol.id in found:
                raise EvidenceError(f"{path.name}: wanted new ids, got {protocol.id} again")
            found[protocol.id] = protocol, path
    if not found:
        raise EvidenceError(f"no protocols in {folder / 'claims'}: {CLONE}")
    return dict(sorted(found.items(), key=lambda item: by_id(item[0])))


def check_result(result, protocol, definition):
    """Hold a stored result against its protocol and the fingerprint that has today.

    EvidenceError if they differ; it names what has changed, as far as the result tells.
    """
    if result["protocol"] != definition:
        what = f"{result['id']}: {_changed(result, protocol)} changed after it was measured"
        raise EvidenceError(f"{what}; undo that, and give a new protocol a new id")


def _changed(result, protocol):
    """What differs between a stored result and its protocol, in words."""
    arms = {name: list(setting.arms) for name, setting in protocol.settings.items()}
    if not protocol.check and arms != {k: list(v) for k, v in result["outcomes"].items()}:
        return "its settings or the names of their arms"
    texts = (*TEXTS, "id", "settings", "check")
    for name in (f.name for f in fields(protocol) if f.name not in texts):
        given = save({name: getattr(protocol, name)}, None)[name]  # as it would be stored
        if name in result and result[name] != given:
            was, now = (shorten(str(value), 40) for value in (result[name], given))
            return f"{name} (was {was}, is {now})"
    return "what its check does" if protocol.check else "what one of its arms trains or asks"


def check_results(known, definitions, folder=FOLDER):
    """Hold every stored result against its protocol: EvidenceError if they differ.

    known        {id: (Protocol, its file)}
    definitions  {id: fingerprint}
    """
    for id in stored_ids(folder):
        if id not in known:
            raise EvidenceError(f"{id}.json has no protocol: wanted the one it was measured by")
        check_result(load_result(id, folder), known[id][0], definitions[id])


def measure(protocol, file, again=False, definition=None):
    """Return the finished result of `protocol`, which is in the file `file` of claims.

    Each arm on each seed set is saved as soon as it is done, and what is saved is not run
    again. Texts are the protocol's of today.

    again       everything is run, and nothing is read or saved
    definition  the protocol's fingerprint, if it was taken before
    """
    folder, definition = file.parents[1], definition or fingerprint(protocol)
    target = None if again else folder / "results" / f"{protocol.id}.json"
    result = {f.name: getattr(protocol, f.name) for f in fields(protocol)}
    del result["settings"], result["check"]
    result |= {"file": file.relative_to(folder).as_posix(), "protocol": definition, "outcomes": {}}
    if target and target.exists():
        stored = load_result(protocol.id, folder)
        check_result(stored, protocol, definition)
        result = stored | {name: result[name] for name in TEXTS}
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
