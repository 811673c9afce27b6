"""Measuring: results that resume, expire and are told; from made-up protocols."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ganlab import evidence
from ganlab.evidence import Claim, EvidenceError, store, sweep

PROTOCOL = '''
"""A made-up claim."""
import numpy as np
from ganlab.evidence import Arm, Protocol, Setting

def draw(seeds, shift, key):
    """Outcomes around `shift`."""
    return np.array([shift + np.random.default_rng((key, s)).normal() for s in seeds])

def arm(shift, key):
    return Arm(np.asarray, draw, {"shift": shift, "key": key})

PROTOCOLS = (
    Protocol(
        id="T1", source="module", claim="A | is lower than B", measured="As made up.",
        notebook="03", metric="W1", unit="nats", direction=-1, margin=0.1, worst=np.inf,
        settings={"first": Setting({"A": arm(0.0, 1), "B": arm(2.0, 2)})},
    ),
)
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project of its own, with one protocol; modules loaded from it are forgotten."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "evidence" / "results").mkdir(parents=True)
    (tmp_path / "evidence" / "claims").mkdir()
    for package in (tmp_path / "evidence", tmp_path / "evidence" / "claims"):
        (package / "__init__.py").touch()
    forget()  # the project's own
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # files here change within a second
    monkeypatch.setenv("GANLAB_QUIET", "1")
    monkeypatch.setenv("GANLAB_TEST_LOG", str(tmp_path / "evidence" / "log.txt"))
    write(tmp_path / "evidence", "t1", PROTOCOL)
    yield tmp_path / "evidence"
    forget()


def forget():
    for name in list(sys.modules):
        if name.partition(".")[0] == "evidence":
            del sys.modules[name]


def write(folder, stem, text):
    (folder / "claims" / f"{stem}.py").write_text(textwrap.dedent(text))
    sys.modules.pop(f"evidence.claims.{stem}", None)


# The runner ----------------------------------------------------------------------------


def run(folder, *args):
    return evidence.main(list(args), folder)


def stored(folder, id="T1"):
    text = (folder / "results" / f"{id}.json").read_text()

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def assert_as_its_outcomes_say(result):
    claim = Claim(result)
    assert result["verdict"] == claim.verdict
    for setting, found in claim.estimates.items():
        for seeds, e in found.items():
            numbers = [float(result["estimates"][setting][seeds][k]) for k in e._fields]
            np.testing.assert_allclose(numbers, e, rtol=1e-4)


def test_a_run_stores_a_strict_small_result_and_the_ledger(folder, capsys):
    assert run(folder) == 0
    assert capsys.readouterr().out == "T1: supported\n"
    result = stored(folder)
    assert result["verdict"] == "supported" and result["worst"] == "inf"
    assert result["protocol"] == evidence.fingerprint(evidence.protocols(folder)["T1"][0])
    assert {"python", "numpy", "ganlab"} <= set(result["versions"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", result["date"])
    values = result["outcomes"]["first"]["A"]
    assert len(values["seeds"]) == 32 and len(values["confirm"]) == 64
    expected = np.random.default_rng((1, 33)).normal()
    assert values["confirm"][1] == float(f"{expected:.5g}")
    assert_as_its_outcomes_say(result)
    assert len((folder / "results" / "T1.json").read_text().splitlines()) < 90
    assert list((folder / "results").iterdir()) == [folder / "results" / "T1.json"]
    text = (folder.parent / "docs" / "claims.md").read_text()
    assert text == evidence.ledger(folder)
    assert (folder / "README.md").read_text() == evidence.readme(folder)
    assert evidence.readme(folder).splitlines()[-1] == (
        "| T1 | A \\| is lower than B | [t1](claims/t1.py) | supported |"
    )
    row = text.splitlines()[-1]
    assert row.startswith(
        "| T1 | A \\| is lower than B | module | As made up. | 32 + 64 | W1, margin 0.1<br>first: +"
    )
    assert re.search(r" nats \(supported\) \| first, A: .* \| supported \| 03 \|$", row)
    before = (folder / "results" / "T1.json").read_text()
    assert run(folder) == 0  # nothing is left to do
    assert capsys.readouterr().out == "T1: supported\n"
    assert (folder / "results" / "T1.json").read_text() == before


COUNTING = (
    PROTOCOL
    + """
import os
import pathlib

def counted(name, inner):
    def run(seeds):
        path = pathlib.Path(os.environ["GANLAB_TEST_LOG"])
        with path.open("a") as log:
            log.write(f"{name} {len(seeds)}\\n")
        if (stop := path.with_name("stop")).exists() and len(path.read_text().split("\\n")) == 4:
            stop.unlink()
            STOP
        return inner(seeds)
    return run

first = PROTOCOLS[0].settings["first"]
first.arms.update({name: counted(name, inner) for name, inner in first.arms.items()})
"""
)


def test_an_interrupted_run_goes_on_where_it_stopped(folder, capsys):
    # As training does: Ctrl-C is caught, and what there is so far is returned.
    stop = (
        "import signal\n            try: signal.raise_signal(signal.SIGINT)\n"
        "            except KeyboardInterrupt: return np.zeros(len(seeds))"
    )
    write(folder, "t1", COUNTING.replace("STOP", stop))
    assert run(folder) == 0
    whole = (folder / "results" / "T1.json").read_text()
    (folder / "results" / "T1.json").unlink()
    (folder / "log.txt").unlink()
    (folder / "stop").touch()
    done = command_line(folder)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
    partial = stored(folder)
    assert "verdict" not in partial
    done = {arm: list(row) for arm, row in partial["outcomes"]["first"].items()}
    assert done == {"A": ["seeds", "confirm"]}
    with pytest.raises(EvidenceError, match="not finished: run `make evidence ARGS=T1`"):
        evidence.claim("T1", folder)
    assert "| T1 |" not in evidence.ledger(folder)
    done = command_line(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "T1: supported\n", "")  # and quiet
    log = (folder / "log.txt").read_text().split("\n")
    assert log == ["A 32", "A 64", "B 32", "B 32", "B 64", ""]  # finished arms are not run again
    dates = re.compile(r'"date": "[-\d]+"|"versions": {[^}]*}')  # of what is loaded at the time
    text = (folder / "results" / "T1.json").read_text()
    assert dates.sub("", text) == dates.sub("", whole)


def test_a_file_that_is_edited_meanwhile_does_no_harm(folder, capsys):
    edit = """
import os
import pathlib

def edit(seeds):
    path = pathlib.Path(os.environ["GANLAB_TEST_LOG"]).with_name("claims") / "t2.py"
    path.write_text("\\n" + path.read_text().replace("margin=0.1", "margin=0.3"))
    return np.zeros(len(seeds))

PROTOCOLS[0].settings["first"].arms["A"] = edit
"""
    write(folder, "t1", PROTOCOL + edit)
    write(folder, "t2", PROTOCOL.replace("T1", "T2"))
    before = evidence.fingerprint(evidence.protocols(folder)["T2"][0])
    assert run(folder) == 0  # measured is what was imported, and this is what the result says
    assert stored(folder, "T2")["protocol"] == before and stored(folder, "T2")["margin"] == 0.1
    forget()
    assert run(folder) == 1 and "T2: margin (was 0.1, is 0.3) changed" in capsys.readouterr().err


def test_progress_counts_each_arm_on_each_seed_set(folder, monkeypatch):
    protocol, source = evidence.protocols(folder)["T1"]
    target, done = folder / "results" / "T1.json", []
    bar = SimpleNamespace(update=lambda: done.append(target.exists()))
    monkeypatch.setattr(sweep, "bar", lambda total, *_, **__: done.append(total) or closing(bar))
    bar.close = lambda: None
    for _ in range(2):  # measured, then found as it was
        assert evidence.measure(protocol, source) == stored(folder)
    assert done == [4, True, True, True, True] * 2


def test_saving_is_atomic(folder, monkeypatch):
    assert run(folder) == 0
    before = (folder / "results" / "T1.json").read_text()

    def full_disk(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        store.save({"half": "written"}, folder / "results" / "T1.json")
    assert (folder / "results" / "T1.json").read_text() == before


def test_a_changed_protocol_invalidates_its_result(folder, capsys):
    assert run(folder) == 0
    before = (folder / "results" / "T1.json").read_text()
    write(folder, "t1", PROTOCOL.replace("import numpy", "# why\nimport numpy"))
    assert run(folder) == 0 and evidence.claim("T1", folder).verdict == "supported"
    write(folder, "t1", PROTOCOL.replace("margin=0.1", "margin=0.2"))
    capsys.readouterr()
    for args in ((), ("T1",), ("T1", "--again")):
        assert run(folder, *args) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "T1" in error and "new id" in error
        assert "margin (was 0.1, is 0.2) changed after it was measured" in error
    # Reading holds nothing against the code: the result says in full what was measured.
    assert evidence.claim("T1", folder).result["margin"] == 0.1
    assert (folder / "results" / "T1.json").read_text() == before
    # To measure another claim does not hide it either.
    write(folder, "t2", PROTOCOL.replace("T1", "T2"))
    assert run(folder, "T2") == 1 and "T1: margin (was 0.1" in capsys.readouterr().err
    assert evidence.claim("T2", folder).verdict == "supported"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("margin=0.1", "margin=0.3", "margin (was 0.1, is 0.3)"),
        ("direction=-1", "direction=1", "direction (was -1, is 1)"),
        ("worst=np.inf", "worst=9.0", "worst (was inf, is 9.0)"),
        ("margin=0.1", "seeds=range(1, 32), margin=0.1", "seeds (was [0, 1, 2"),
        ('"first"', '"second"', "its settings or the names of their arms"),
        ('"A": arm', '"C": arm', "its settings or the names of their arms"),
        ("[shift +", "[2 * shift +", "what one of its arms trains or asks"),
    ],
)
def test_a_changed_protocol_is_refused_by_what_has_changed(folder, capsys, old, new, said):
    assert run(folder) == 0
    assert old in PROTOCOL
    write(folder, "t1", PROTOCOL.replace(old, new, 1))
    assert run(folder) == 1
    assert f"T1: {said}" in capsys.readouterr().err


def test_a_result_without_a_protocol_is_refused(folder, capsys):
    assert run(folder) == 0
    shutil.copy(folder / "results" / "T1.json", folder / "results" / "T9.json")
    capsys.readouterr()
    assert run(folder) == 1
    assert capsys.readouterr().err == (
        "T9.json has no protocol: wanted the one it was measured by\n"
    )


def test_texts_may_be_reworded_and_results_follow(folder):
    assert run(folder) == 0
    before = stored(folder)
    new = {"claim": "A is less", "measured": "By hand.", "notebook": "04", "metric": "W2"}
    text = PROTOCOL.replace('"nats"', '"bits"').replace('"module"', '"post"')
    for name, words in new.items():
        text = re.sub(f'{name}="[^"]*"', f'{name}="{words}"', text)
    write(folder, "t1", text)
    assert run(folder) == 0
    assert stored(folder) == before | new | {"unit": "bits", "source": "post"}
    assert "| T1 | A is less | post | By hand. |" in evidence.ledger(folder)


def test_a_claim_may_move_to_another_file(folder):
    assert run(folder) == 0
    before = stored(folder)
    assert before["file"] == "claims/t1.py"
    (folder / "claims" / "t1.py").rename(folder / "claims" / "moved.py")
    sys.modules.pop("evidence.claims.t1")
    assert run(folder) == 0
    assert stored(folder) == before | {"file": "claims/moved.py"}


def test_a_repeat_measures_anew_and_leaves_the_stored_result_alone(folder, capsys):
    write(folder, "t1", COUNTING.replace("STOP", "pass"))
    assert run(folder, "T1", "--again") == 1
    assert "no result" in capsys.readouterr().err and not (folder / "log.txt").exists()
    assert run(folder) == 0
    file = folder / "results" / "T1.json"
    right = file.read_text()
    other = json.loads(right)
    other["outcomes"]["first"]["A"] = other["outcomes"]["first"]["B"]
    file.write_text(json.dumps(other))
    wrong = file.read_text()
    capsys.readouterr()
    for times in (2, 3):
        assert run(folder, "T1", "--again") == 0
        assert capsys.readouterr().out == "T1: supported; stored: inconclusive\n"
        assert file.read_text() == wrong
        assert len((folder / "log.txt").read_text().split()) == times * 8
    # A stored verdict that is not what its outcomes say is set right, without measuring.
    file.write_text(right.replace('"verdict": "supported"', '"verdict": "inconclusive"'))
    assert run(folder) == 0 and file.read_text() == right
    assert len((folder / "log.txt").read_text().split()) == 24


def test_failed_seeds_and_failed_arms_are_stored_as_such(folder):
    text = PROTOCOL.replace('"A": arm(0.0, 1)', '"A": fail').replace(
        "PROTOCOLS",
        """
def fail(seeds):
    if len(seeds) == 32:
        return np.where(np.arange(32) < 20, np.nan, 0.0)
    raise FloatingPointError("every seed failed")

PROTOCOLS""",
        1,
    )
    write(folder, "t1", text)
    assert run(folder) == 0
    claim = evidence.claim("T1", folder)
    assert claim.verdict == "inconclusive"
    assert claim.estimates["first"]["confirm"].effect == -np.inf
    assert np.isnan(claim.outcomes["first"]["A"]["seeds"]).sum() == 20
    assert np.isnan(claim.outcomes["first"]["A"]["confirm"]).all()
    assert "-inf [-inf, -inf]" in evidence.ledger(folder)


@pytest.mark.parametrize(
    "arm, kind, wanted",
    [("lambda seeds: [1.0]", "median", "32 outcomes"), ("arm(0, 1)", "rate", "each 0 or 1")],
)
def test_outcomes_of_another_shape_or_kind_are_refused(folder, capsys, arm, kind, wanted):
    text = PROTOCOL.replace('"A": arm(0.0, 1)', f'"A": {arm}')
    write(
        folder, "t1", text.replace("worst=np.inf", f'worst={kind == "rate" or 9.0}, kind="{kind}"')
    )
    assert run(folder) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and wanted in error and "T1" in error
    assert not (folder / "results" / "T1.json").exists()


@pytest.mark.parametrize(
    "error, expected",
    [("1e-9", "identity"), ("1e-7", "contradicted"), ("float('nan')", "contradicted")],
)
def test_an_identity_is_checked_to_its_tolerance(folder, error, expected):
    write(
        folder,
        "t1",
        f"""
        from ganlab.evidence import Protocol
        PROTOCOLS = (Protocol(
            id="T1", source="module", claim="1 = 1", measured="By hand.", notebook="02",
            check=lambda: {error}, tolerance=1e-8,
        ),)
    """,
    )
    assert run(folder) == 0 and run(folder) == 0
    claim = evidence.claim("T1", folder)
    assert claim.verdict == expected
    assert claim.estimates == {} and f"\n{expected}; " in repr(claim)
    assert "| none | largest error " in evidence.ledger(folder)
    page = claim._repr_markdown_()
    assert page.startswith(f"**T1: {expected}.** 1 = 1 (module)\n") and "largest error" in page


def test_many_settings_are_counted_and_not_listed(folder):
    """Ten settings with A below B, and one, the source's own, where A is above."""
    settings = 'settings={"first": Setting({"A": arm(0.0, 1), "B": arm(2.0, 2)})}'
    many = """settings={
            "own": Setting({"A": arm(9.0, 1), "B": arm(2.0, 2)}),
            **{f"other {i}": Setting({"A": arm(0.0, 1), "B": arm(2.0, 2)}) for i in range(10)},
        }"""
    assert settings in PROTOCOL
    write(folder, "t1", PROTOCOL.replace(settings, many))
    protocol, file = evidence.protocols(folder)["T1"]
    found = Claim(evidence.measure(protocol, file))
    assert found.verdict == "depends"
    for text in (repr(found), found._repr_markdown_(), evidence.ledger(folder)):
        assert "own: " in text
        assert "all 11 settings: 10 supported, 1 contradicted" in text
        assert "other 1" not in text
    assert "own, A: " in evidence.ledger(folder)


def test_the_ledger_is_sorted_and_complete(folder):
    for stem in ("t10", "t2"):
        write(folder, stem, PROTOCOL.replace("T1", stem.upper()))
    assert run(folder, "T10") == 0 and run(folder) == 0
    ids = re.findall(r"^\| (T\d+) ", evidence.ledger(folder), flags=re.M)
    assert ids == ["T1", "T2", "T10"]


def command_line(folder):
    """`python -m ganlab.evidence` in a project of its own."""
    package, room = folder.parent / "ganlab", Path(evidence.__file__).parent
    shutil.copytree(room, package / "evidence", dirs_exist_ok=True)
    for name in ("__init__.py", "progress.py"):
        shutil.copy(room.parent / name, package)
    command = [sys.executable, "-m", "ganlab.evidence"]
    return subprocess.run(command, cwd=folder.parent, capture_output=True, text=True)


def test_an_error_in_a_process_of_its_own_is_one_line_too(folder):
    write(folder, "t2", PROTOCOL.replace("T1", "T2").replace("margin=0.1", "margin=-1"))
    done = command_line(folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "protocol 'T2': wanted direction 1 or -1, margin >= 0\n"


def test_mistakes_on_the_command_line_are_told_in_one_line(folder, capsys):
    assert run(folder, "X9") == 1
    assert capsys.readouterr().err == "no protocol X9: wanted one of T1\n"
    assert not (folder.parent / "docs" / "claims.md").exists()
    write(folder, "t2", PROTOCOL)
    assert run(folder) == 1
    assert capsys.readouterr().err == "t2.py: wanted new ids, got T1 again\n"


def test_evidence_that_was_loaded_from_elsewhere_is_refused(folder, tmp_path, capsys):
    assert run(folder) == 0
    other = tmp_path / "other" / "evidence"
    shutil.copytree(folder, other)
    assert evidence.main([], other) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "evidence is loaded from" in error and str(other) in error


# What notebooks read -------------------------------------------------------------------


def test_a_claim_tells_what_was_measured(folder):
    assert run(folder) == 0
    claim = evidence.claim("T1", folder)
    assert repr(claim) == (
        "T1 (module): A | is lower than B\n"
        'supported; measure it anew with: make evidence ARGS="T1 --again"'
    )
    assert claim.settings == ["first"] and list(claim.outcomes["first"]) == ["A", "B"]
    a, b = (claim.outcomes["first"][arm]["confirm"] for arm in "AB")
    assert a.dtype == float and a.shape == b.shape == (64,)
    found = claim.estimates["first"]["confirm"]
    assert found.effect == pytest.approx(np.median(b - a), rel=1e-3)
    assert found.low < found.effect < found.high
    assert claim.estimates["first"]["seeds"].coverage == pytest.approx(0.993, abs=1e-4)
    assert claim.verdicts == {"first": "supported"} and claim.result == stored(folder)
    page = claim._repr_markdown_()
    assert page.startswith("**T1: supported.** A | is lower than B (module)\n\nAs made up.\n")
    assert "32 + 64 seeds: W1, margin 0.1\n- first: +" in page and 'ARGS="T1 --again"' in page
    assert "| A \\| is lower than B |" in evidence.ledger(folder)


def test_reading_a_claim_runs_no_protocol_and_loads_no_tensorflow(folder):
    assert run(folder) == 0
    (folder / "claims" / "t3.py").write_text("raise SystemExit('protocols are not to be imported')")
    code = f"""
        import sys
        from pathlib import Path
        from ganlab.evidence import claim
        print(claim("T1", Path({str(folder)!r})).verdict)
        print("tensorflow" in sys.modules, "evidence" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.stdout == "supported\nFalse False\n", done.stderr


def test_without_a_clone_the_error_says_what_to_do(tmp_path, capsys):
    for args in ([], ["C1"], ["C1", "--again"]):
        assert evidence.main(args, tmp_path / "none") == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "clone" in error
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(EvidenceError, match="clone") as error:
            evidence.claim("C1", folder)
        assert "\n" not in str(error.value)
