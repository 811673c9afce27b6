"""Results as files: read whole or refused, written whole or not at all."""

import json
import os
import re
from pathlib import Path

import numpy as np

from ganlab.evidence.claims import Claim
from ganlab.evidence.protocol import EvidenceError

FOLDER = Path(__file__).resolve().parents[2] / "evidence"
CLONE = "evidence is read from a clone of the project with `pip install -e .` run in it"


def load_result(id, folder=FOLDER):
    """Return the stored result of a claim as a dict; it has no verdict while unfinished.

    It says in full what was measured; whether its protocol changed since is not looked at.
    EvidenceError if there is none.
    """
    path = Path(folder) / "results" / f"{id}.json"
    if not path.exists():
        raise EvidenceError(f"no result {path}: wanted an id from docs/claims.md; {CLONE}")
    return json.loads(path.read_text(encoding="utf-8"))


def stored_ids(folder=FOLDER):
    """Return the ids of all stored results in order, C2 before C10."""
    return sorted((path.stem for path in (Path(folder) / "results").glob("*.json")), key=by_id)


def by_id(id):
    """Return the key by which ids are sorted."""
    return [part.zfill(4) for part in re.split(r"(\d+)", id)]


def claim(id, folder=FOLDER):
    """Return the `Claim` measured under `id`; EvidenceError says what to do if there is none."""
    result = load_result(id, folder)
    if "verdict" not in result:
        raise EvidenceError(f"{id} is not finished: run `make evidence ARGS={id}`")
    return Claim(result)


def save(result, path):
    """Return `result` as it is stored, and store it in the file `path`, unless that is None.

    Numbers get five digits; "nan" and "inf" are strings, for strict JSON has neither.
    """
    result = json.loads(
        json.dumps(result, default=lambda array: np.asarray(array).tolist()),
        parse_float=lambda text: float(f"{float(text):.5g}"),
        parse_constant=lambda text: str(float(text)),
    )
    if path:
        text = json.dumps(result, indent=1, ensure_ascii=False)
        text = re.sub(r"\[[^][{}]*\]", lambda row: re.sub(r"\n\s*", " ", row[0]), text)
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".part").write_text(text + "\n", encoding="utf-8")
        os.replace(path.with_suffix(".part"), path)  # readers see the old or the new, whole
    return result
