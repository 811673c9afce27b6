"""Measuring: the same table whatever happens on the way; from made-up protocols."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from ganlab.evidence import LOOKS, Arm, EvidenceError, Protocol, Setting, share_interval
from ganlab.evidence.command import _otherwise
from ganlab.evidence.fingerprint import arm_key
from ganlab.evidence.runs import Runs, versions
from ganlab.evidence.sweep import Sweep

pytestmark = pytest.mark.rest

PROTOCOLS = '''
"""Is A lower than B?

More about it.
"""
import os, time
import numpy as np
from ganlab.evidence import Arm, Protocol, Setting

def draw(seeds, shift, key, fault="", pause=0.0):
    """Numbers around `shift`, and what goes wrong on the way there."""
    with open(os.environ["GANLAB_TEST_LOG"], "a") as log:
        log.write(f"{key} {seeds[0]}\\n")
    try:
        time.sleep(pause)
    except KeyboardInterrupt:  # as `train` does: what there is
        return np.zeros(len(seeds))
    if fault == "dies" or fault == "dies once" and seeds[0] == 10_064 and once():
        os._exit(7)
    if fault == "fails":
        raise ValueError("no luck\\nat all")
    return np.array([shift + np.random.default_rng((key, s)).normal() for s in seeds])

def once():
    try:
        open(os.environ["GANLAB_TEST_LOG"] + ".once", "x").close()
        return True
    except FileExistsError:
        return False

def value(drawn):
    return drawn

def is_low(drawn):
    return drawn < 0

def arm(outcome, shift, key, **more):
    return Arm(outcome, draw, {"shift": shift, "key": key, **more})

A, B, C = (arm(value, shift, key) for shift, key in ((0.0, 1), (0.5, 2), (0.55, 3)))
COMMON = {"source": "module", "measured": "As made up.", "notebook": "03"}
PROTOCOLS = (
    Protocol(
        id="T1.2", claim="A is lower than B", kind="wins", direction=-1, least=0.2, worst=np.inf,
        says="{setting}: {won} of 100 are lower, {lost} higher", **COMMON,
        settings={"B": Setting({"A": A, "B": B}), "C": Setting({"C": C, "B": B}, most=512)},
    ),
    Protocol(
        id="T2.1", claim="Most of A are low", reference=0.5, worst=0,
        says="{first} of 100 are low", **COMMON,
        settings={"A": Setting({"A": arm(is_low, -0.7, 4)}, also={"D": arm(value, -0.7, 4)})},
    ),
)
'''
# The seeds of the looks that decide, or of the last: 512 for T1's C. Blocks of A, B, C and T2's.
WHOLE = {"here": ("--scheduler", "none"), "two processes": ("--processes", "2")}


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path)


def project(tmp_path):
    """The folder of the evidence in a project of its own, with the protocols above."""
    folder = tmp_path / "evidence"
    (tmp_path / "docs").mkdir()
    (folder / "claims").mkdir(parents=True)
    for package in (folder, folder / "claims"):
        (package / "__init__.py").touch()
    write(folder)
    return folder


def write(folder, old="", new=""):
    """The protocols, with `new` in the place of `old`."""
    assert old in PROTOCOLS
    (folder / "claims" / "made_up.py").write_text(PROTOCOLS.replace(old, new) if old else PROTOCOLS)


CODE = (
    "import sys, pathlib\n"
    "from ganlab.evidence import main\n"
    "if __name__ == '__main__':\n"
    "    sys.exit(main(sys.argv[2:], pathlib.Path(sys.argv[1])))\n"
)


def environment(folder):
    own = {
        "GANLAB_TEST_LOG": str(folder / "log.txt"),
        "PYTHONPATH": os.pathsep.join([str(folder.parent), *sys.path]),
    }
    return os.environ | own | {"GANLAB_QUIET": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def start(folder, *args, **options):
    script = folder.parent / "measure.py"
    script.write_text(CODE)
    command = [sys.executable, str(script), str(folder), *args]
    out = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(folder))
    return subprocess.Popen(command, **out, **options)


def run(folder, *args, **options):
    """Measure in a Python of its own: (exit status, what was printed, errors)."""
    process = start(folder, *args, **options)
    printed, errors = process.communicate(timeout=120)
    return process.returncode, printed, errors


def table(folder):
    """Everything that is stored, but for dates, times and versions."""
    results = {path.stem: json.loads(path.read_text()) for path in folder.glob("results/*.json")}
    for result in results.values():
        del result["date"], result["versions"]
    runs = {}
    for path in folder.glob("runs/*.txt"):
        runs[path.stem] = {seed: x.tolist() for seed, (x, _) in Runs(path).blocks().items()}
    return results, {key: dict(sorted(blocks.items())) for key, blocks in runs.items()}


def log(folder):
    return sorted((folder / "log.txt").read_text().split("\n")[:-1])


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The table of a run in one process that nothing happened to, and what was trained for it."""
    folder = project(tmp_path_factory.mktemp("plain"))
    status, printed, errors = run(folder, "--scheduler", "none")
    assert (status, errors) == (0, "")
    return table(folder), log(folder), printed, folder


def test_a_setting_is_measured_until_a_look_decides(plain):
    (results, runs), trained, printed, _ = plain
    first, second = results["T1.2"]["settings"].values()
    assert first["verdict"] == "supported" and second["verdict"] == "undecided"
    assert [look["seeds"] for look in second["looks"]] == [64, 128, 256, 512]
    assert all(look["low"] < 0.1 for look in first["looks"][:-1])
    assert first["looks"][-1]["low"] > 0.1
    assert results["T2.1"]["settings"]["A"]["verdict"] == "supported"
    # By hand: won if A is lower by more than 0.2.
    last = first["looks"][-1]
    a, b = (np.concatenate([*runs[first["arms"][arm]].values()])[: last["seeds"]] for arm in "AB")
    assert (last["won"], last["lost"]) == (np.sum(b - a > 0.2), np.sum(a - b > 0.2))
    assert f"T1.2, B: supported ({last['seeds']:,} seeds)" in printed
    assert results["T1.2"]["question"] == "Is A lower than B?"
    # B is trained once for both settings, and no further than the longer of them.
    assert len(trained) == len(set(trained))
    counts = {key: sum(line.startswith(key) for line in trained) for key in "123"}
    assert counts["3"] == 512 // 64 and counts["1"] == last["seeds"] // 64
    assert counts["2"] == max(counts.values())


def test_what_is_stored_is_not_measured_again(plain):
    _, trained, _, folder = plain
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}
    status, printed, errors = run(folder, "--scheduler", "none")
    assert (status, printed, errors) == (0, "", "")
    assert log(folder) == trained
    assert {path: path.read_bytes() for path in folder.rglob("*.json")} == before


def test_two_processes_give_the_same_table(folder, plain):
    status, printed, errors = run(folder, "--processes", "2")
    assert (status, errors) == (0, "")
    assert "2 processes on this machine; watch them at http://127.0.0.1:" in printed
    assert table(folder) == plain[0]
    assert log(folder) == plain[1]


def test_a_worker_that_dies_is_replaced(folder, plain):
    """One dies in mid-sweep; the table is that of the protocols without the fault, key aside."""
    write(folder, '"key": key, **more}', '"key": key, "fault": "dies once", **more}')
    status, _, errors = run(folder, "--processes", "2")
    assert status == 0, errors
    assert (folder / "log.txt.once").exists()
    looks = [[s["looks"] for s in r["settings"].values()] for r in table(folder)[0].values()]
    assert looks == [[s["looks"] for s in r["settings"].values()] for r in plain[0][0].values()]


@pytest.mark.parametrize(
    ("fault", "pool", "reason"),
    [
        ("fails", "here", "ValueError: no luck at all"),
        ("fails", "two processes", "ValueError: no luck at all"),
        ("dies", "two processes", "KilledWorker: "),
    ],
)
def test_a_unit_that_always_fails_is_named_and_the_others_finish(
    folder, plain, fault, pool, reason
):
    write(folder, "arm(is_low, -0.7, 4)", f'arm(is_low, -0.7, 4, fault="{fault}")')
    status, _, errors = run(folder, *WHOLE[pool])
    assert status == 1
    named = f"failed: draw(shift=-0.7, key=4, fault='{fault}'), seeds 10000 to 10063: {reason}"
    assert errors.startswith(named) and errors.count("\n") == 1
    results = table(folder)[0]
    assert results["T1.2"] == plain[0][0]["T1.2"]
    setting = results["T2.1"]["settings"]["A"]
    found = {name: setting[name] for name in setting.keys() - {"arms", "also"}}
    assert found == {"most": 16384, "looks": [], "verdict": ""}


def test_a_client_that_is_killed_loses_nothing_that_was_finished(folder, plain):
    write(folder, "pause=0.0", "pause=0.1")
    process = start(folder, "--scheduler", "none")
    wait_for(lambda: len(lines(folder)) >= 5)
    process.kill()
    process.communicate()
    done = lines(folder)
    write(folder, "pause=0.0", "pause=0.0 ")  # the default is part of what is trained
    write(folder, "pause=0.0", "pause=0.1")
    status, _, errors = run(folder, "--scheduler", "none")
    assert (status, errors) == (0, "")
    assert set(done) <= set(lines(folder)) and len(lines(folder)) == len(set(lines(folder)))
    again = len(log(folder)) - len(set(log(folder)))
    assert again <= 1  # the one that was under way
    assert outcomes(folder) == outcomes(plain[3])


def test_an_interrupted_client_says_so_in_one_line(folder):
    write(folder, "pause=0.0", "pause=0.1")
    process = start(folder, "--scheduler", "none")
    wait_for(lambda: len(lines(folder)) >= 2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    told = "Interrupted. What was finished is stored; run it again to go on.\n"
    assert (process.returncode, errors) == (130, told)
    runs = [x for path in folder.glob("runs/*.txt") for x, _ in Runs(path).blocks().values()]
    assert len(runs) >= 2 and all(x.any() for x in runs)  # nothing that was cut short


def test_two_clients_at_once_share_a_store(folder, plain):
    both = [start(folder, "--scheduler", "none") for _ in range(2)]
    ends = [(process.communicate(timeout=120), process.returncode)[::-1] for process in both]
    assert [status for status, _ in ends] == [0, 0], ends
    assert table(folder) == plain[0]


def test_a_cluster_of_others_and_the_loss_of_its_scheduler(folder, plain):
    """A real scheduler and worker: the same table; and one line once the scheduler is killed."""
    write(folder, "pause=0.0", "pause=0.2")
    with cluster(environment(folder)) as (address, scheduler):
        status, printed, errors = run(folder, "T2", "--scheduler", address)
        assert (status, errors) == (0, "")
        assert f"1 process on {address}" in printed
        process = start(folder, "T1", "--scheduler", address)
        wait_for(lambda: len(lines(folder)) > 6)
        scheduler.kill()
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    lost = f"the scheduler at {address} went away: what was finished is stored; run it again"
    assert errors.split("\n")[-2].startswith(lost)
    status, _, errors = run(folder, "T1", "--scheduler", "none")
    assert (status, errors) == (0, "")
    assert outcomes(folder) == outcomes(plain[3])


def test_a_machine_with_other_code_refuses(folder):
    with cluster(environment(folder)) as (address, _):
        assert run(folder, "T2", "--scheduler", address)[0] == 0
        shutil.rmtree(folder / "results")
        write(folder, "-0.7, 4", "-0.8, 4")
        status, _, errors = run(folder, "T2", "--scheduler", address)
    told = "T2.1, A, arm 'A' is defined otherwise where it is run: wanted the same code on all"
    assert status == 1 and told in errors


def test_no_scheduler_is_said_in_one_line(folder):
    status, _, errors = run(folder, "--scheduler", "tcp://127.0.0.1:1")
    assert status == 1
    assert re.fullmatch(r"no scheduler at tcp://127.0.0.1:1: .*\n", errors)


@pytest.mark.parametrize("size", [20, 1000], ids=["in the first line", "in the second block"])
def test_a_full_disk_is_said_in_one_line_and_spoils_nothing(folder, plain, size):
    limit = (size, size)  # bytes of a file
    full = dict(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    status, _, errors = run(folder, "--scheduler", "none", **full)
    assert status == 1
    assert re.fullmatch(r"\S+\.txt cannot be written: .*\n", errors)
    cut = [not path.read_text().endswith("\n") for path in folder.glob("runs/*.txt")]
    assert any(cut) if size == 1000 else cut == [True]
    status, _, errors = run(folder, "--scheduler", "none")
    assert (status, errors) == (0, "")
    assert table(folder) == plain[0]


def test_a_store_of_another_version_is_refused(plain, tmp_path):
    folder = copy(plain, tmp_path)
    path = min(folder.glob("runs/*.txt"))
    path.write_text(path.read_text().replace("format 1", "format 2"))
    status, _, errors = run(folder)
    assert status == 1
    assert errors.startswith(f"{path} begins with '# ganlab runs, format 2: ")
    assert errors.endswith(": wanted 'ganlab runs, format 1', another version wrote it\n")


def test_a_damaged_line_is_said_and_measured_again(plain, tmp_path):
    folder = copy(plain, tmp_path)
    path = min(folder.glob("runs/*.txt"))
    text = path.read_text().split("\n")
    number = next(i for i, line in enumerate(text) if line.startswith("10000 "))
    text[number] = text[number].replace(".", "\udcff", 5)  # bytes that no text has
    path.write_bytes("\n".join(text).encode("utf-8", "surrogateescape"))
    status, printed, errors = run(folder, "--scheduler", "none")
    assert (status, errors) == (0, "")
    assert f"{path.name} has damaged lines: those blocks are measured again\n" in printed
    assert table(folder) == plain[0]
    assert len(log(folder)) == len(plain[1]) + 1


def test_the_plan_says_what_it_would_take_and_measures_nothing(folder):
    status, printed, errors = run(folder, "--plan")
    assert (status, errors) == (0, "")
    assert printed == (
        "3 of 3 settings have looks before them.\n"
        "so far: 0 units of 64 seeds, 0.0 core-hours\n"
        "at the next look: 4 units of 64 seeds, 0.0 core-hours and those of 4 trainings not timed "
        "yet, 0.0 MB of disk\n"
        "at the most: 776 units of 64 seeds, 0.0 core-hours and those of 4 trainings not timed "
        "yet, 0.7 MB of disk\n"
    )
    assert not (folder / "log.txt").exists() and not (folder / "runs").exists()


def trained_so_long(seeds, seconds):
    return seeds


def test_what_else_is_asked_may_be_any_numbers_and_goes_with_the_arms(plain):
    (results, runs), *_ = plain
    setting = results["T2.1"]["settings"]["A"]
    low, drawn = (runs[setting[where][arm]] for where, arm in (("arms", "A"), ("also", "D")))
    assert low.keys() == drawn.keys() != set()
    for first, values in drawn.items():
        assert [float(value < 0) for value in values] == low[first]


def test_protocols_may_stand_in_a_folder_within(tmp_path):
    inner = tmp_path / "outer_evidence" / "inner"
    (inner / "claims").mkdir(parents=True)
    for folder in (inner.parent, inner, inner / "claims"):
        (folder / "__init__.py").touch()
    (inner / "claims" / "made_up.py").write_text(PROTOCOLS)
    command = "import sys; from ganlab.evidence import protocols; known = protocols(sys.argv[1]);"
    command += " print(*known, *sorted(m for m in sys.modules if 'made_up' in m))"
    done = subprocess.run(
        [sys.executable, "-c", command, inner], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["T1.2", "T2.1", "outer_evidence.inner.claims.made_up"]


def test_the_look_that_takes_least_comes_first(tmp_path):
    """Eight blocks of a second each are wanted before one of a hundred, whatever the look."""
    settings, half = {}, np.arange(64.0) % 2
    for seconds, blocks in ((100.0, 1), (1.0, 8)):
        arm = Arm(np.sign, trained_so_long, {"seconds": seconds})
        settings[f"{seconds:g} s"] = Setting({"runs": arm})
        runs = Runs(tmp_path / "runs" / f"{arm_key(arm)}.txt", "an arm")
        for block in range(blocks):
            runs.add(10_000 + 64 * block, half, seconds, "x")
    told = dict(source="module", claim="c", measured="m", notebook="03", says="{first}", worst=0)
    protocol = Protocol(id="T1.1", settings=settings, reference=0.5, **told)
    sweep = Sweep({"T1.1": (protocol, tmp_path)}, folder=tmp_path, runs=tmp_path / "runs")
    units = sweep.wanted()
    assert [unit.cost for unit in units] == [8.0] * 8 + [100.0]
    assert [unit.first_seed for unit in units] == [*range(10_512, 11_024, 64), 10_064]
    assert sweep.wanted() == []  # all given out


UNTIMED_FIRST = (("not timed", 1.0), ("timed", 2.0))


def test_what_was_never_timed_keeps_nothing_else_waiting(tmp_path):
    arms = {name: Arm(np.sign, trained_so_long, {"seconds": s}) for name, s in UNTIMED_FIRST}
    runs = Runs(tmp_path / "runs" / f"{arm_key(arms['timed'])}.txt", "an arm")
    runs.add(10_000, np.arange(64.0) % 2, 1e5, "x")
    told = dict(source="module", claim="c", measured="m", notebook="03", says="{first}", worst=0)
    settings = {name: Setting({"runs": arm}) for name, arm in arms.items()}
    protocol = Protocol(id="T1.1", settings=settings, reference=0.5, **told)
    sweep = Sweep({"T1.1": (protocol, tmp_path)}, folder=tmp_path, runs=tmp_path / "runs")
    assert [unit.first_seed for unit in sweep.wanted()] == [10_064, 10_000]


def plus_one(seeds):
    return 1.0 + np.asarray(seeds)


def test_what_else_is_asked_is_measured_on_the_same_seeds_and_compared_with_nothing(tmp_path):
    low = Arm(np.sign, trained_so_long, {"seconds": 1.0})
    more = Arm(plus_one, trained_so_long, {"seconds": 1.0})
    told = dict(source="module", claim="c", measured="m", notebook="03", says="{first}", worst=0)
    settings = {"a": Setting({"runs": low}, also={"more": more})}
    protocol = Protocol(id="T1.1", settings=settings, reference=0.5, level=1e-4, **told)
    known, runs = {"T1.1": (protocol, tmp_path / "claims" / "t.py")}, tmp_path / "runs"
    (unit,) = Sweep(known, folder=tmp_path, runs=runs).wanted()
    assert [question.arm for question in unit.questions] == ["runs", "more"]
    half = np.arange(64.0) % 2
    Runs(runs / f"{arm_key(low)}.txt", "an arm").add(10_000, half, 1.0, "x")
    sweep = Sweep(known, folder=tmp_path, runs=runs)
    assert not sweep.settings[0].looks  # for nothing is told of these seeds yet
    (unit,) = sweep.wanted()
    assert [question.arm for question in unit.questions] == ["more"]
    Runs(runs / f"{arm_key(more)}.txt", "an arm").add(10_000, 7 * half, 1.0, "x")
    sweep = Sweep(known, folder=tmp_path, runs=runs)
    (look,) = sweep.settings[0].looks
    assert (look["seeds"], look["first"]) == (64, 32)
    expected = share_interval(32, 64, 1e-4 / len(LOOKS))
    assert (look["low"], look["high"]) == (expected.low - 0.5, expected.high - 0.5)


def test_the_plan_says_what_was_spent_and_counts_a_training_once(plain):
    """T2 asks the same training of A as T1 does: log.txt has a line for each unit."""
    folder, units = plain[3], len(plain[1])
    status, printed, _ = run(folder, "--plan")
    assert status == 0
    assert f"so far: {units} units of 64 seeds, " in printed


def test_a_bound_for_now_and_a_bound_lifted(folder, plain):
    status, _, errors = run(folder, "T1", "--scheduler", "none", "--upto", "128")
    assert (status, errors) == (0, "")
    settings = table(folder)[0]["T1.2"]["settings"]
    assert [look["seeds"] for look in settings["C"]["looks"]] == [64, 128]
    assert settings["C"]["verdict"] == ""  # there are looks to come
    run(folder, "T1", "--scheduler", "none", "--lift", "--upto", "256")
    settings = table(folder)[0]["T1.2"]["settings"]
    assert settings["C"]["looks"][-1]["seeds"] == 256
    status, _, _ = run(folder, "T1", "--scheduler", "none", "--lift")
    settings = table(folder)[0]["T1.2"]["settings"]
    assert settings["B"] == plain[0][0]["T1.2"]["settings"]["B"]
    assert settings["C"]["looks"][-1]["seeds"] > 512
    assert settings["C"]["verdict"] == "no difference that matters"
    # And what was decided by more seeds stays decided.
    status, _, _ = run(folder, "T1", "--scheduler", "none")
    assert table(folder)[0]["T1.2"]["settings"] == settings


def test_measured_again_it_is_compared_and_left_as_it_was(plain, tmp_path):
    folder = copy(plain, tmp_path)
    before = {path: path.read_bytes() for path in folder.glob("*/*.*")}
    status, printed, errors = run(folder, "T2", "--again", "--scheduler", "none")
    assert (status, errors) == (0, "")
    last = table(folder)[0]["T2.1"]["settings"]["A"]["looks"][-1]
    told = f"supported, 0 of {last['seeds']} runs came out otherwise\n"
    assert f"T2.1, A: supported; stored: {told}" in printed
    assert {path: path.read_bytes() for path in folder.glob("*/*.*")} == before


def test_runs_that_came_out_otherwise_are_counted(tmp_path):
    values = np.arange(64.0)
    values[5] = np.nan
    for folder, shift in (("now", 1.0), ("then", 0.0)):
        runs = Runs(tmp_path / folder / "key.txt", "an arm")
        runs.add(10_000, values + np.where(values < 3, shift, 0.0), 1.0, "x")
        runs.add(10_064 if shift else 10_128, values, 1.0, "x")  # the other has not
    found = _otherwise(["key"], tmp_path / "now", tmp_path / "then")
    assert found == (3, 64)
    assert _otherwise(["other"], tmp_path / "now", tmp_path / "then") == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("least=0.2", "least=0.3", "least (was 0.2, is 0.3)"),
        ("direction=-1", "direction=1", "direction (was -1, is 1)"),
        ("least=0.2", "least=0.2, beyond=0.5", "beyond (was None, is 0.5)"),
        ("((0.0, 1),", "((0.1, 1),", "what arm 'A' of 'B' trains or asks"),
        ("return drawn < 0", "return drawn <= 0", None),
        ('"C": Setting', '"D": Setting', "its settings or the names of their arms"),
    ],
)
def test_a_changed_protocol_is_refused_and_says_what_changed(plain, tmp_path, old, new, told):
    folder = copy(plain, tmp_path)
    write(folder, old, new)
    status, _, errors = run(folder, "--scheduler", "none")
    assert status == 1
    id, told = ("T1.2", told) if told else ("T2.1", "what arm 'A' of 'A' trains or asks")
    undo = "undo that, and give a new protocol a new id"
    assert errors == f"{id}: {told} changed after it was measured; {undo}\n"


def test_prose_and_bounds_may_change(plain, tmp_path):
    folder = copy(plain, tmp_path)
    write(folder, "most=512", "most=256")
    text = (folder / "claims" / "made_up.py").read_text()
    (folder / "claims" / "made_up.py").write_text(text.replace("A is lower", "A lies lower"))
    status, _, errors = run(folder, "--scheduler", "none")
    assert (status, errors) == (0, "")
    assert table(folder)[0]["T1.2"]["claim"] == "A lies lower than B"
    assert log(folder) == plain[1]


def test_an_unknown_claim_is_named(folder):
    assert run(folder, "T9") == (1, "", "no protocol T9: wanted one of T1.2, T2.1\n")


def test_runs_hold_what_was_added(tmp_path):
    runs = Runs(tmp_path / "some" / "a.txt", "x of y(z=1)")
    x = np.r_[np.nan, np.inf, -0.00012346, 1e9, np.arange(60.0)]
    assert runs.blocks() == {}
    runs.add(10_000, x, 1.5, "made here")
    runs.add(10_064, x[::-1], 2.5, "made here")
    for found in (runs, Runs(tmp_path / "some" / "a.txt")):
        assert list(found.blocks()) == [10_000, 10_064]
        np.testing.assert_array_equal(found.blocks()[10_000][0], x)
        assert found.blocks()[10_064][1] == 2.5
    text = (tmp_path / "some" / "a.txt").read_text().split("\n")
    assert text[:2] == ["# ganlab runs, format 1: x of y(z=1)", "# from here on: made here"]
    assert len(text) == 5
    runs.add(10_128, x, 1.5, versions())
    assert "python" in (tmp_path / "some" / "a.txt").read_text().split("\n")[4]


def test_a_line_that_was_cut_off_spoils_neither_itself_nor_the_next(tmp_path):
    runs = Runs(tmp_path / "a.txt")
    for first in (0, 64):
        runs.add(first, np.arange(64.0), 1.0, "here")
    whole = (tmp_path / "a.txt").read_bytes()
    for cut in (1, 40, 180):
        (tmp_path / "a.txt").write_bytes(whole[:-cut])
        runs = Runs(tmp_path / "a.txt")
        assert list(runs.blocks()) == [0, 64][: 2 if cut == 1 else 1]
        runs.add(128, np.arange(64.0), 1.0, "here")
        assert list(runs.blocks()) == [0, *[64] * (cut == 1), 128]


def test_a_file_that_a_full_disk_left_empty_is_begun_as_a_new_one(tmp_path):
    (tmp_path / "a.txt").touch()
    Runs(tmp_path / "a.txt").add(0, np.arange(64.0), 1.0, "here")
    assert list(Runs(tmp_path / "a.txt").blocks()) == [0]


def test_a_file_that_two_began_at_once_is_whole(tmp_path):
    for name in "ab":
        Runs(tmp_path / name).add(ord(name), np.arange(64.0), 1.0, "here")
    (tmp_path / "a").write_text((tmp_path / "a").read_text() + (tmp_path / "b").read_text())
    runs = Runs(tmp_path / "a")
    assert list(runs.blocks()) == [ord("a"), ord("b")] and not runs.damaged


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "runs").touch()
    with pytest.raises(EvidenceError, match=r"^\S+/a.txt cannot be written: "):
        Runs(tmp_path / "runs" / "a.txt").add(0, np.arange(64.0), 1.0, "here")


def copy(plain, tmp_path):
    shutil.copytree(plain[3].parent, tmp_path / "copy")
    return tmp_path / "copy" / "evidence"


def lines(folder):
    """The blocks that are stored: (key of runs, first seed)."""
    found = [(p.stem, seed) for p in folder.glob("runs/*.txt") for seed in Runs(p).blocks()]
    return sorted(found)


def outcomes(folder):
    """Looks and verdicts by claim and setting."""
    return {
        (id, name): (setting["looks"], setting["verdict"])
        for id, result in table(folder)[0].items()
        for name, setting in result["settings"].items()
    }


def wait_for(happened, seconds=60):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@contextmanager
def cluster(env):
    """A scheduler and a worker of Dask's own: (address, the scheduler's process)."""
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env)
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    scheduler = subprocess.Popen(
        [*dask, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"], **quiet
    )
    for line in scheduler.stderr:
        if found := re.search(r"tcp://127\.0\.0\.1:\d+", line):
            break
    threading.Thread(target=scheduler.stderr.read, daemon=True).start()  # or it waits to be read
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", found[0], "--nthreads", "1"]
        + ["--nworkers", "1", "--no-dashboard", "--host", "127.0.0.1"],
        **quiet | {"stderr": subprocess.DEVNULL},
        cwd=Path(__file__).parent,
    )
    try:
        yield found[0], scheduler
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.communicate()


def test_processes_of_this_machine_keep_the_memory_that_a_step_frees():
    """Dask's own threshold, 64 KB, has a training fetch its arrays anew at each step."""
    script = (
        "import os; from ganlab.evidence.pools import Cluster; pool = Cluster(None, 1); "
        "print([pool._client.submit(os.getenv, f'MALLOC_{name}_THRESHOLD_').result()"
        " for name in ('TRIM', 'MMAP')]); pool.close()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == str([str(2**30), str(2**25)]), done.stderr
