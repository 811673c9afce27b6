"""Protocols and results as files: read whole or refused, written whole or not at all.

In the folder of the evidence: claims/ has the protocols, results/ one small file a claim,
runs/ the outcomes of single runs (`ganlab.evidence.runs`), history/ what was measured before
protocols of another form took their place.
"""

import importlib
import json
import re
import sys
from pathlib import Path

import numpy as np

from ganlab.evidence.claims import Claim
from ganlab.evidence.protocol import EvidenceError
from ganlab.files import written_whole

_INSTALLED = Path(__file__).resolve().parent / "stored"  # what setup.py puts into a wheel
FOLDER = _INSTALLED if _INSTALLED.exists() else Path(__file__).resolve().parents[2] / "evidence"
CLONE = "evidence is read from a clone of the project with `pip install -e .` run in it"


def protocols(folder=FOLDER):
    """Return every protocol, `{id: (Protocol, its file)}`; files are in `folder`/claims."""
    found, folder = {}, Path(folder).resolve()
    paths = sorted((folder / "claims").glob("[!_]*.py"))
    name, root = _package(folder)
    if paths:
        sys.path[:0] = [] if root in sys.path else [root]
        package = importlib.import_module(name)
        if Path(package.__path__[0]).resolve() != folder:
            wanted = f"wanted {folder}, in a Python of its own"
            raise EvidenceError(f"{name} is loaded from {package.__path__[0]}: {wanted}")
    for path in paths:
        module = importlib.import_module(f"{name}.claims.{path.stem}")
        for protocol in getattr(module, "PROTOCOLS", ()):
            if protocol.id in found:
                raise EvidenceError(f"{path.name}: wanted new ids, got {protocol.id} again")
            found[protocol.id] = protocol, path
    if not found:
        raise EvidenceError(f"no protocols in {folder / 'claims'}: {CLONE}")
    return dict(sorted(found.items(), key=lambda item: by_id(item[0])))


def _package(folder):
    """The name by which a folder is imported, and the folder that Python has to know for it."""
    name, root = folder.name, folder.parent
    while (root / "__init__.py").exists():
        name, root = f"{root.name}.{name}", root.parent
    return name, str(root)


def load_result(id, folder=FOLDER):
    """Return the stored result of a claim as a dict; `id` without a revision means the last.

    It says in full what was measured; whether its protocol changed since is not looked at.
    EvidenceError if there is none.
    """
    folder = Path(folder)
    names = [name for name in stored_ids(folder) if id in (name, name.partition(".")[0])]
    path = folder / "results" / f"{names[-1] if names else id}.json"
    if not names and (folder / "history" / f"{id}.json").exists():
        wanted = "evidence/dropped.md says what took its place"
        raise EvidenceError(f"{id} was measured by another kind of protocol: {wanted}")
    if not names:
        raise EvidenceError(f"no result {path}: wanted an id from docs/claims.md; {CLONE}")
    return json.loads(path.read_text(encoding="utf-8"))


def stored_ids(folder=FOLDER):
    """Return the ids of all stored results in order, C2 before C10."""
    return sorted((path.stem for path in (Path(folder) / "results").glob("*.json")), key=by_id)


def past_results(folder=FOLDER):
    """Return the results that others have taken the place of, as dicts, in order."""
    paths = sorted((Path(folder) / "history").glob("*.json"), key=lambda path: by_id(path.stem))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def by_id(id):
    """Return the key by which ids are sorted."""
    return [part.zfill(4) for part in re.split(r"(\d+)", id)]


def claim(id, folder=FOLDER):
    """Return the `Claim` measured under `id`: "C1.2", or "C9" for the last protocol of C9.

    EvidenceError says what to do if there is none.

    >>> claim("C2a").verdicts  # doctest: +SKIP
    {"aylien2016 (2016)": "undecided so far", ...}
    """
    return Claim(load_result(id, folder), Path(folder) / "runs")


def save(result, path):
    """Return `result` as it is stored, and store it in the file `path`, unless that is None.

    Numbers get five digits; "nan" and "inf" are strings, for strict JSON has neither.
    EvidenceError, in one line, if the disk does not take it.
    """
    result = json.loads(
        json.dumps(result, default=lambda array: np.asarray(array).tolist()),
        parse_float=lambda text: float(f"{float(text):.5g}"),
        parse_constant=lambda text: str(float(text)),
    )
    if path:
        text = json.dumps(result, indent=1, ensure_ascii=False)
        text = re.sub(r"[\[{][^][{}]*[\]}]", lambda row: re.sub(r"\n\s*", " ", row[0]), text)
        write(path, text + "\n")
    return result


def write(path, content):
    """Write text or bytes into a file that readers see old or new, but whole.

    EvidenceError, in one line, if the disk does not take it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as file:
            file.write(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise EvidenceError(f"{path} cannot be written: {error.strerror}") from None
