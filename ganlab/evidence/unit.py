"""The smallest part of a measurement: one training on one block of seeds, and what is asked of it.

A unit is only numbers and texts. Whoever runs it, here or on another machine, looks up its arms
among its own protocols, and refuses it if they are defined otherwise there.
"""

import os
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganlab.evidence.protocol import BLOCK, EvidenceError
from ganlab.evidence.runs import rounded, versions
from ganlab.evidence.trained import forget

# A small program keeps one core busy; more threads would only be in the way of other units.
THREADS = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


class Question(NamedTuple):
    """One arm, by where it stands, and the key of its runs."""

    protocol: str
    setting: str
    arm: str
    key: str


class Unit(NamedTuple):
    """Trainings are the same in all questions of a unit.

    folder  of the evidence, "" for the project's own, wherever that is on the machine that runs it
    name    what is trained on which seeds, in words
    cost    seconds until the look that it is wanted for, the least first in line
    """

    folder: str
    training: str
    first_seed: int
    questions: tuple[Question, ...]
    name: str
    cost: float

    @property
    def seeds(self):
        return tuple(range(self.first_seed, self.first_seed + BLOCK))


class Answer(NamedTuple):
    """outcomes {key of runs: (BLOCK,)}; the seconds that training and questions took."""

    outcomes: dict
    seconds: float
    versions: str


def run_unit(unit):
    """Return the `Answer` to a unit. EvidenceError, in one line, if an arm is not the one meant."""
    for name, value in THREADS.items():  # counts if TensorFlow is not here yet
        os.environ.setdefault(name, value)
    os.environ["GANLAB_QUIET"] = "1"
    arms = [_arm(unit.folder, question) for question in unit.questions]
    start, outcomes = time.perf_counter(), {}
    try:
        for question, (arm, kind) in zip(unit.questions, arms, strict=True):
            outcomes[question.key] = _outcomes(arm, unit.seeds, kind, question)
    finally:
        forget()
    return Answer(outcomes, time.perf_counter() - start, versions())


def _outcomes(arm, seeds, kind, question):
    try:
        values = np.asarray(arm(seeds), dtype=float)
    except FloatingPointError:  # TrainingFailed: no seed stayed finite
        values = np.full(len(seeds), np.nan)
    share = kind == "share"
    if values.shape != (len(seeds),) or (share and {*values[np.isfinite(values)]} - {0, 1}):
        wanted = f"{len(seeds)} outcomes" + ", each 0 or 1" * share
        got = f"shape {values.shape}" if values.shape != (len(seeds),) else str(values.tolist())
        raise EvidenceError(
            f"{question.protocol}, {question.setting}, arm {question.arm!r}: wanted {wanted}, "
            f"got {got if len(got) < 200 else got[:200] + '...'}"
        )
    return rounded(values)


def _arm(folder, question):
    known, keys = _known(folder)
    where = (question.protocol, question.setting, question.arm)
    if keys.get(where) != question.key:
        what = f"{question.protocol}, {question.setting}, arm {question.arm!r}"
        state = "is defined otherwise" if where in keys else "is not known"
        raise EvidenceError(f"{what} {state} where it is run: wanted the same code on all machines")
    protocol = known[question.protocol][0]
    setting = protocol.settings[question.setting]
    return setting.asked[question.arm], protocol.kind if question.arm in setting.arms else ""


@lru_cache(maxsize=4)
def _known(folder):
    """The protocols in a folder, and {(protocol, setting, arm): key}; looked up once a process."""
    from ganlab.evidence.fingerprint import arm_key, remembering
    from ganlab.evidence.store import FOLDER, protocols

    known = protocols(Path(folder) if folder else FOLDER)
    with remembering():
        keys = {
            (id, name, arm): arm_key(what)
            for id, (protocol, _) in known.items()
            for name, setting in protocol.settings.items()
            for arm, what in setting.asked.items()
        }
    return known, keys
