"""Every public function, asked with one bad argument: refused in one line that names it, or right.

What is asked is found by looking (`tests/fuzz/found.py`), so a new function is here by itself; what
a valid argument is stands in `tests/fuzz/valid.py`, by its name. Hypothesis then puts something bad
in the place of one of them (`bad.py`). `asked.py` says what counts as a fault: an error of several
lines, or of another kind, or one that does not name the argument; something of a wrong type that is
taken without a word; NaN out of finite numbers; finite numbers out of NaN; more than a minute, or
6 GB.
"""

import functools
import importlib
import zlib
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from tests.fuzz import asked, bad, found, valid

pytestmark = pytest.mark.rest

FUNCTIONS = {name: (function, None) for name, function in found.functions().items()}
# Those that train take tenths of a second a call, so they are asked less often.
SLOW = ("train", "pretrain", "Trainer", "VaeTrainer", "shapes", "glyphs", "diagnose", "playground")
LONG = ("steps", "most", "draws", "repeats", "times")  # so many take as long as they say
FEW, MANY = 3, 60  # cases of a function in `make test-rest`, and in `make test-all`
OWN = ("data.", "latent.")


@functools.cache
def methods():
    """Made where they are asked for: what they are methods of is trained first."""
    return found.methods(valid.INSTANCES)


def few(name):
    """How many cases of a function are tried in `make test-rest`."""
    return 1 if name.rpartition(".")[2] in SLOW else FEW


def function_and_owner(name):
    return FUNCTIONS[name] if name in FUNCTIONS else methods()[name]


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where a file called "text" harms nobody


def offered(name):
    """Whether a method can be asked at all: a density of points, say, cannot."""
    function, owner = function_and_owner(name)
    needed, _ = asked.arguments(name, function)
    try:
        asked.call(function, {argument: make() for argument, make in needed.items()}, owner)
    except ValueError as error:
        assert name.startswith(OWN) and "\n" not in str(error), f"{name}: {error}"
        return False
    return True


def fuzz(name, cases, seed=0):
    """Asks a function so many times; the first fault fails."""
    function, owner = function_and_owner(name)
    needed, others = asked.arguments(name, function)
    if not (every := {**needed, **others}) or not offered(name):
        return 0
    counted = []

    @hypothesis.seed(seed + zlib.crc32(name.encode()))
    @hypothesis.settings(
        max_examples=cases,
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.data())
    def ask(data):
        argument = data.draw(st.sampled_from(sorted(every)))
        given = {name: make() for name, make in needed.items()}
        what, given[argument] = data.draw(bad.bad(every[argument]()))
        long = isinstance(given[argument], int) and 500 < given[argument] < 2**31
        hypothesis.assume(not (long and argument in LONG))
        counted.append(argument)
        usual = every[argument]()
        allowed = ("text",) if isinstance(usual, (str, Path)) else ()  # a text for a text
        if isinstance(usual, list) and all(isinstance(each, str) for each in usual):
            allowed = (
                "a list of text",
                "an array of objects",
                "complex numbers",
                "dates",
                "masked",
            )
            allowed += ("ragged lists",)  # what labels axes is written as it is
        if isinstance(usual, dict):
            allowed = ("a dict",)
        wrong = asked.fault(function, given, argument, what, owner, allowed, usual)
        assert wrong is None, f"{name}, {argument} is {what}: {wrong}"

    ask()
    return len(counted)


def test_all_that_is_public_is_found():
    """A handful of each kind, so that a mistake in the looking would show."""
    assert len(FUNCTIONS) > 100 and len(methods()) > 40
    for name in ("metrics.wasserstein", "training.train", "plots.band", "data.Gaussian"):
        assert f"ganlab.{name}" in FUNCTIONS
    assert {"runs.Run.generate", "data.Mixture.quantile"} <= set(methods())


def test_cases_do_not_depend_on_what_happens_to_be_loaded(tmp_path, monkeypatch):
    def drawn():
        found = []

        @hypothesis.seed(0)
        @hypothesis.settings(max_examples=200, derandomize=False, database=None)
        @hypothesis.given(st.integers(0, 1000))
        def take(value):
            found.append(value)

        take()
        return found

    before = drawn()
    numbers = "\n".join(f"N{n} = {n}" for n in range(100, 200))
    Path(tmp_path, "many_numbers.py").write_text(numbers, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("many_numbers")
    assert drawn() == before


def test_a_new_argument_has_to_be_known():
    def stranger(never_heard_of):
        pass

    with pytest.raises(LookupError, match="never_heard_of"):
        asked.arguments("ganlab.new.stranger", stranger)


@pytest.mark.parametrize(
    "wrong, told",
    [
        (lambda x: {}[x], "KeyError"),
        (lambda x: x + 1, "does not name `x`"),
        (lambda x: None, "taken without a word"),
    ],
)
def test_faults_are_seen(wrong, told):
    assert told in asked.fault(wrong, {"x": "text"}, "x", "text")


def test_numbers_that_are_silently_wrong_are_seen():
    nan, fine = float("nan"), 1.0
    assert "NaN comes" in asked.fault(lambda x: nan, {"x": fine}, "x", "1.0")
    assert "NaN is taken" in asked.fault(lambda x: fine, {"x": nan}, "x", "nan")
    assert asked.fault(lambda x: x, {"x": nan}, "x", "nan") is None


def test_what_is_no_count_and_is_taken_for_one_is_seen():
    take = {"function": lambda n: np.zeros(3), "argument": "n", "usual": 12}
    for wrong in (1.5, -1, float("nan"), float("inf"), np.float32(0.5)):
        assert "for a count" in asked.fault(given={"n": wrong}, what=repr(wrong), **take)
    for fine in (0, 3, 3.0, np.int64(3)):
        assert asked.fault(given={"n": fine}, what=repr(fine), **take) is None


def test_a_dict_of_numbers_is_looked_into():
    found = asked.fault(lambda x: {"a": [float("nan")]}, {"x": 1.0}, "x", "1.0")
    assert "NaN comes" in found


def test_the_name_is_told_whole():
    def refuse(n):
        raise ValueError("wanted a natural number")

    assert "does not name `n`" in asked.fault(refuse, {"n": -1}, "n", "-1")


def test_every_count_is_a_whole_number_from_0_on():
    """No case is drawn: each count of each function is asked with each of these."""
    cases = 0
    for name in (*FUNCTIONS, *methods()):
        function, owner = function_and_owner(name)
        needed, others = asked.arguments(name, function)
        for argument, make in {**needed, **others}.items():
            if not asked.counts(usual := make()) or not offered(name):
                continue
            for wrong in (1.5, -1, float("nan"), float("inf")):
                given = {name: make() for name, make in needed.items()} | {argument: wrong}
                found = asked.fault(function, given, argument, repr(wrong), owner, usual=usual)
                assert found is None, f"{name}, {argument} is {wrong}: {found}"
                cases += 1
    assert cases > 350


@pytest.mark.parametrize("room", sorted({name.split(".")[1] for name in FUNCTIONS} | {"methods"}))
def test_a_bad_argument_is_refused_in_one_line(room):
    names = methods() if room == "methods" else [n for n in FUNCTIONS if n.split(".")[1] == room]
    for name in names:
        cases = fuzz(name, few(name))
        assert cases == few(name) or cases == 0, f"{name}: {cases} cases of {few(name)} were tried"


def test_these_are_more_than_five_hundred():
    every = [*FUNCTIONS, *methods()]
    some = [name for name in every if any(asked.arguments(name, function_and_owner(name)[0]))]
    assert sum(map(few, some)) > 500


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted([*FUNCTIONS, *valid.INSTANCES]))
def test_many_bad_arguments_are_refused_in_one_line(name):
    """Sixty cases a function, or a method of an instance: over 10,000 in all."""
    names = [name] if name in FUNCTIONS else [n for n in methods() if n.startswith(f"{name}.")]
    assert names, (
        f"{name} has no public method that takes something: wanted it left out of INSTANCES"
    )
    for each in names:
        fuzz(each, 12 if each.rpartition(".")[2] in SLOW else MANY, seed=1)
