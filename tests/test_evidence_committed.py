"""What is committed: claims, their results, and the pages made of them."""

import importlib
import inspect
import re
import sys
from functools import partial

import numpy as np
import pytest

from ganlab import evidence
from ganlab.evidence import FOLDER, Arm, Claim, Protocol
from ganlab.loop import Loop

RESULTS = sorted((FOLDER / "results").glob("*.json"))


@pytest.fixture
def known(monkeypatch):
    """Every committed protocol and its file, by id."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "evidence"]:
        monkeypatch.delitem(sys.modules, name)  # those of made-up projects
    monkeypatch.setattr(sys, "path", list(sys.path))
    return evidence.protocols()


def test_every_protocol_is_sound_and_made_of_arms(known):
    for id, (protocol, path) in known.items():
        assert isinstance(protocol, Protocol) and protocol.id == id and path.exists()
        for setting in protocol.settings.values():
            for arm in setting.arms.values():
                assert isinstance(arm, Arm), f"{id}: {arm} is no Arm"


def test_every_result_fits_its_protocol(known):
    definitions = {id: evidence.fingerprint(protocol) for id, (protocol, _) in known.items()}
    evidence.sweep.check_results(known, definitions)  # refuses a changed protocol
    for path in RESULTS:
        result, (protocol, file) = evidence.load_result(path.stem), known[path.stem]
        assert "verdict" in result, f"{path.name} is not finished"
        for name in ("id", "claim", "source", "measured", "notebook", "metric", "unit"):
            assert result[name] == getattr(protocol, name), f"{path.name}: run `make evidence`"
        assert FOLDER / result["file"] == file, f"{path.name}: run `make evidence`"


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_is_what_its_outcomes_say(path):
    claim = Claim(result := evidence.load_result(path.stem))
    assert result["verdict"] == claim.verdict
    for setting, found in claim.estimates.items():
        for seeds, e in found.items():
            numbers = [float(result["estimates"][setting][seeds][k]) for k in e._fields]
            np.testing.assert_allclose(numbers, e, rtol=1e-4)


def test_outcomes_and_trainings_stand_in_their_rooms(known):
    for id, (protocol, _) in known.items():
        arms = [arm for setting in protocol.settings.values() for arm in setting.arms.values()]
        for arm in arms:
            outcome = arm.outcome.func if isinstance(arm.outcome, partial) else arm.outcome
            assert outcome.__module__ == "evidence.outcomes", f"{id}: {outcome.__name__}"
            room = arm.training.__module__.rpartition(".")[0]
            assert room == "evidence.trainings", f"{id}: {arm.training.__name__}"


def test_each_outcome_is_defined_once(known):
    outcomes, found = sys.modules["evidence.outcomes"], {}
    define = importlib.import_module("ganlab.evidence.fingerprint").define
    for name, function in inspect.getmembers(outcomes, inspect.isfunction):
        same = found.setdefault(repr(define(function)), name)
        assert same == name, f"{name} is what {same} is"
    assert len(found) > 30


def test_the_pages_are_up_to_date(known):
    ledger, readme = FOLDER.parent / "docs" / "claims.md", FOLDER / "README.md"
    assert ledger.read_text(encoding="utf-8") == evidence.ledger()
    assert readme.read_text(encoding="utf-8") == evidence.readme()
    linked = re.findall(r"\]\((claims/\w+\.py)\)", readme.read_text(encoding="utf-8"))
    assert len(linked) == len(RESULTS)
    assert {FOLDER / file for file in linked} == {file for _, file in known.values()}


@pytest.mark.parametrize("page", ["claims", "trainings"])
def test_every_file_of_a_room_says_what_it_is_about(page):
    for path in (FOLDER / page).glob("[!_]*.py"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith('"""'), f"{path.name} has no docstring"
        assert page != "claims" or "?" in first, f"{path.name} asks no question"


@pytest.fixture
def short(monkeypatch):
    """Trainings that take a step or two, uncompiled, and go through the motions of the rest."""
    taken = {}

    def play(self, name, steps, move=True, original=Loop._play):
        calls, seen = taken.get(id(self), (0, None))
        if calls < 2:
            steps, seen = original(self, name, 1, move)
        else:
            self.step += steps * move
        taken[id(self)] = calls + move, seen
        return steps, seen

    monkeypatch.setattr(Loop, "_play", play)
    monkeypatch.setenv("GANLAB_COMPILE", "0")


@pytest.mark.usefixtures("short")
def test_every_training_runs_and_every_outcome_takes_what_it_returns(known):
    """On today's package: a hash only says that the evidence itself has not changed."""
    trained, asked = {}, set()
    for id, (protocol, _) in known.items():
        for setting in protocol.settings.values():
            for name, arm in setting.arms.items():
                function = getattr(arm.outcome, "func", arm.outcome)
                if arm.training not in trained:
                    trained[arm.training] = arm.training((3,), **arm.settings)
                if (function, arm.training) not in asked:
                    asked.add((function, arm.training))
                    found = np.asarray(arm.outcome(trained[arm.training]))
                    assert found.shape == (1,), f"{id}, {name}: {found}"
    assert len(trained) >= 10
