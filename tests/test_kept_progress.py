"""What a reader has solved is kept, merged, shown and given back, and nothing of it is lost."""

import json
import os
import re
import stat
import subprocess
import sys
import time

import pytest

from ganlab.course import kept
from ganlab.course.exercises import _CHECKS, _questions, check, progress, quiz

fcntl = pytest.importorskip("fcntl")  # how these tests hold the lock


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where progress is kept during a test; nothing was said before."""
    monkeypatch.setenv("GANLAB_PROGRESS", str(tmp_path / "mine"))
    monkeypatch.setattr(kept, "_told", set())
    return tmp_path / "mine"


def best(p, q):
    return p / (p + q)


def stub(p, q): ...


def stored(folder):
    return json.loads((folder / "progress.json").read_text(encoding="utf-8"))


def test_tries_count_until_one_passes_and_its_code_is_kept_as_text(folder, capsys):
    check("00.1", stub)
    assert not folder.exists()  # a stub is no try
    check("00.1", lambda p, q: q / (p + q))
    check("00.1", lambda p, q: 0)
    assert stored(folder)["exercises"]["00.1"] == {"tries": 2, "passed": None, "code": ""}
    check("00.1", best)
    first = stored(folder)["exercises"]["00.1"]
    assert first["tries"] == 3 and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\+00:00", first["passed"])
    assert progress().code("00.1") == "def best(p, q):\n    return p / (p + q)\n"
    check("00.1", lambda p, q: 0)
    check("00.1", best)
    assert stored(folder)["exercises"]["00.1"] == first  # what passed stays passed
    assert capsys.readouterr().out.count("\n") == 6  # one line each, as ever


def test_a_question_is_scored_by_its_first_answer(folder):
    quiz("00.1").answer("b")
    quiz("00.1").answer("a")
    quiz("00.1").answer("c")
    entry = stored(folder)["questions"]["00.1"]
    assert entry["tries"] == 2 and entry["first"] == "b" and entry["right"]
    question = quiz("01.1")
    _, options, button, said = question.face.children
    options.value = question.correct
    button.click()
    assert stored(folder)["questions"]["01.1"]["tries"] == 1
    assert said.value == question.feedback(question.correct)
    of = len(_questions())
    assert f"2 of {of} questions answered rightly, 1 of them at once." in repr(progress())


def test_progress_is_a_table_of_marks(folder):
    empty = repr(progress())
    head, exercises, questions, told = empty.splitlines()
    asked = sorted({name[:2] for name in (*_CHECKS, *_questions())})
    assert head.split() == asked and {"00", "01", "09"} <= set(asked)
    assert exercises.split()[1:3] == ["○", "○○"] and "●" not in empty + progress()._repr_html_()
    assert told.startswith(f"0 of {len(_CHECKS)} exercises solved, 0 of {len(_questions())} quest")
    check("01.2", lambda fake: 0)
    check("00.1", best)
    quiz("00.1").answer("b")
    quiz("00.1").answer("a")
    shown = progress()
    _, exercises, questions, told = repr(shown).splitlines()
    assert exercises.split()[1:3] == ["●", "○○"] and questions.split()[1] == "◐"
    # a mark stands below its notebook's number
    assert all(len(row.split()[1]) == 1 and row[10] in "●◐" for row in (exercises, questions))
    html = shown._repr_html_()
    assert '<span title="00.1: done after 1 try">●</span>' in html
    assert '<span title="01.2: open after 1 try">○</span>' in html
    assert '<span title="00.1: right after 2 tries">◐</span>' in html


def test_nothing_is_kept_or_read_where_the_environment_says_so(folder, monkeypatch):
    check("00.1", best)
    monkeypatch.setenv("GANLAB_PROGRESS", "0")
    assert progress().path is None and repr(progress()).count("●") == 0
    before = stored(folder)
    quiz("00.1").answer("a")
    assert stored(folder) == before


def test_two_notebooks_at_once_lose_nothing(folder):
    code = (
        "import sys\n"
        "from ganlab.course import kept\n"
        "for i in range(40):\n"
        "    assert kept.tried(f'{sys.argv[1]}.{i}', i % 2 == 0, None) == ''\n"
        "    assert kept.answered('99.1', 'a', False) == ''\n"
    )
    start = [sys.executable, "-c", code]
    running = [subprocess.Popen([*start, name]) for name in ("10", "11", "12")]
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
    found = stored(folder)
    assert len(found["exercises"]) == 3 * 40
    assert sum(entry["passed"] is not None for entry in found["exercises"].values()) == 3 * 20
    assert found["questions"]["99.1"]["tries"] == 3 * 40
    assert {path.name for path in folder.iterdir()} == {"progress.json", "progress.json.lock"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[]",
        b'{"version": 1}',
        b'{"version": "1", "exercises": {}, "questions": {}}',
        b'{"version": 1, "exercises": {"00.1": {}}, "questions": {}}',
        b'{"version": 1, "exercises": {"00.1": {"tries": "3", "passed": null, "code": ""}},'
        b' "questions": {}}',
        b"cos\nsystem\n(S'true'\ntR.",  # a pickle
    ],
)
@pytest.mark.parametrize("first", ["shown", "solved"])
def test_a_damaged_file_is_put_aside_with_one_line(folder, capsys, content, first):
    folder.mkdir()
    for number in (1, 2):
        (folder / "progress.json").write_bytes(content)
        if first == "shown":
            assert repr(progress()).count("●") == 0
        check("00.1", best)
        *_, said = [line for line in capsys.readouterr().out.splitlines() if "damaged" in line]
        aside = folder / f"progress.damaged-{number}.json"
        assert aside.read_bytes() == content and f"it is {aside.name} now" in said
        assert stored(folder)["exercises"]["00.1"]["passed"]


def test_a_file_of_a_newer_ganlab_is_left_alone(folder, capsys):
    folder.mkdir()
    newer = b'{"version": 2, "something": "else"}'
    (folder / "progress.json").write_bytes(newer)
    check("00.1", best)
    check("00.1", best)
    progress()
    said = capsys.readouterr().out
    assert said.count("is not kept: a newer ganlab wrote") == 1
    (folder.parent / "other.json").write_bytes(newer)
    with pytest.raises(OSError, match=r"a newer ganlab wrote .*other\.json$"):
        progress().take_in(folder.parent / "other.json")
    assert (folder / "progress.json").read_bytes() == newer and len(list(folder.iterdir())) == 2


def blocked(folder):
    """Nothing can be written there: a file stands where the folder should be, which stops root,
    too."""
    folder.write_text("a file")


def test_where_nothing_can_be_written_the_exercise_goes_on_with_one_line(folder, capsys):
    blocked(folder)
    check("00.1", best)
    check("00.1", best)
    quiz("00.1").answer("a")
    right, note, again, answered = capsys.readouterr().out.splitlines()
    assert right == again and right.startswith("00.1: correct.") and answered.startswith("a: right")
    assert note.startswith(f"Your progress is not kept: {folder}")
    assert repr(progress()).count("●") == 0


def test_a_full_disk_leaves_the_file_of_before(folder, capsys, monkeypatch):
    check("00.1", best)
    before = stored(folder)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    quiz("00.1").answer("a")
    assert "not kept" in capsys.readouterr().out and stored(folder) == before


def test_a_notebook_that_holds_the_file_is_not_waited_for_for_ever(folder, capsys, monkeypatch):
    check("00.1", best)
    monkeypatch.setattr(kept, "WAIT", 0.2)
    with open(folder / "progress.json.lock", "ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        start = time.monotonic()
        quiz("00.1").answer("a")
        assert time.monotonic() - start < 5
        assert repr(progress()).count("●") == 1  # reading waits for nobody
    assert "another notebook has held the file" in capsys.readouterr().out
    quiz("00.1").answer("a")
    assert stored(folder)["questions"]["00.1"]["tries"] == 1


def test_what_is_exported_is_taken_in_elsewhere(folder, tmp_path, monkeypatch):
    check("00.1", lambda p, q: 0)
    check("00.1", best)
    quiz("00.1").answer("a")
    progress().export(tmp_path / "copy.json")
    monkeypatch.setenv("GANLAB_PROGRESS", str(tmp_path / "other"))
    quiz("00.1").answer("b")
    quiz("01.1").answer("b")
    shown = progress()
    shown.take_in(tmp_path / "copy.json")
    assert shown.code("00.1") == progress().code("00.1") != ""
    both = stored(tmp_path / "other")
    assert both["exercises"]["00.1"]["tries"] == 2
    assert both["questions"]["00.1"]["first"] == "a"  # the one that was right counts
    assert both["questions"]["01.1"]["tries"] == 1
    (tmp_path / "not.json").write_text("{}")
    with pytest.raises(ValueError, match=r"not.json is no progress: it says nothing of a version;"):
        progress().take_in(tmp_path / "not.json")
    with pytest.raises(FileNotFoundError):
        progress().take_in(tmp_path / "nowhere.json")
    with pytest.raises(OSError):
        progress().export(tmp_path / "nowhere" / "copy.json")


def entry(tries, passed):
    return {"tries": tries, "passed": passed, "code": ""}


def test_of_two_entries_the_one_that_was_solved_first_is_kept():
    cases = [
        (entry(3, "2026-01-02"), entry(1, "2026-01-01"), entry(1, "2026-01-01")),
        (entry(1, None), entry(5, "2026-01-01"), entry(5, "2026-01-01")),
        (entry(1, None), entry(5, None), entry(5, None)),
    ]
    for one, other, wanted in cases:
        for a, b in ((one, other), (other, one)):
            left, right = ({"exercises": {"x": e}, "questions": {}} for e in (a, b))
            assert kept.merged(left, right)["exercises"] == {"x": wanted}


def test_after_a_reset_the_file_of_before_is_still_there(folder):
    check("00.1", best)
    before = stored(folder)
    shown = progress()
    shown.reset()
    assert repr(shown) == repr(progress()) and repr(shown).count("●") == 0
    aside = folder / "progress.before-1.json"
    assert json.loads(aside.read_text()) == before
    progress().reset()  # nothing there: nothing to do
    progress().take_in(aside)
    assert stored(folder) == before


def test_code_in_the_file_is_never_run(folder, tmp_path, capsys):
    check("00.1", best)
    found, trace = stored(folder), tmp_path / "it ran"
    found["exercises"]["00.1"]["code"] = f"open({str(trace)!r}, 'w')"
    (folder / "progress.json").write_text(json.dumps(found))
    shown = progress()
    assert shown.code("00.1").startswith("open(") and repr(shown).count("●") == 1
    check("00.1", lambda p, q: 0)
    assert not trace.exists()
    kept_by = (kept.__file__, sys.modules["ganlab.course.solved"].__file__)
    for file in kept_by:
        with open(file, encoding="utf-8") as opened:
            assert not re.search(r"\b(exec|eval|pickle|compile)\b", opened.read())


def test_by_default_it_lies_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("GANLAB_PROGRESS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert kept.path() == tmp_path / "ganlab" / "progress.json" or sys.platform != "linux"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_only_be_read_is_shown_and_left(folder, capsys):
    check("00.1", best)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert repr(progress()).count("●") == 1
        quiz("00.1").answer("a")
        assert "Your progress is not kept" in capsys.readouterr().out
    finally:
        folder.chmod(stat.S_IRWXU)
