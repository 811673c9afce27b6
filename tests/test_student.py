"""`make student`: copies without outputs and answers, whose links lead somewhere."""

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location("notebooks_student", ROOT / "notebooks/student.py")
student = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(student)


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The folder that `make student` would write for the course as it is."""
    folder = tmp_path_factory.mktemp("handed_out") / "student"
    student.write(ROOT, folder)
    return folder


def notebooks(folder):
    paths = sorted((folder / "notebooks").glob("*.ipynb"))
    return {path.name: nbformat.read(path, as_version=4) for path in paths}


def test_make_student_calls_it():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^student: .*\n\t@\$\(PY\) notebooks/student\.py$", makefile, re.MULTILINE)


def test_copies_have_no_outputs_and_the_notebooks_keep_theirs(copies):
    made, kept = notebooks(copies), notebooks(ROOT)
    assert list(made) == list(kept)
    for name, notebook in made.items():
        assert not any(c.get("outputs") or c.get("execution_count") for c in notebook.cells), name
        assert any(c.get("outputs") for c in kept[name].cells)


def test_copies_lack_the_answers_and_nothing_else(copies):
    dropped = 0
    for name, notebook in notebooks(ROOT).items():
        answers = [c.source for c in notebook.cells if "answer" in c.metadata.get("tags", ())]
        others = [c.source for c in notebook.cells if "answer" not in c.metadata.get("tags", ())]
        folded = r"\n*<details><summary>(?:Answer|What we saw)</summary>[^<]*</details>"
        others = [re.sub(folded, "", source) for source in others]
        assert [c.source for c in notebooks(copies)[name].cells] == others
        dropped += len(answers)
    assert dropped
    for path in copies.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "<summary>" not in text and "solutions/" not in text, path.name


def test_solutions_and_the_page_for_teachers_stay_behind(copies):
    names = {path.relative_to(copies).as_posix() for path in copies.rglob("*") if path.is_file()}
    assert "docs/claims.md" in names and "docs/clinic.md" in names
    assert not [name for name in names if "solutions" in name or "instructor" in name]


def test_every_link_inside_leads_to_a_file_that_is_there(copies):
    followed = 0
    for path in (p for p in copies.rglob("*") if p.suffix in (".md", ".ipynb")):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = "\n".join(c.source for c in nbformat.reads(text, as_version=4).cells)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if ":" not in link and not link.startswith("#"):
                target = Path(os.path.normpath(path.parent / link.split("#")[0]))
                assert target.exists() and target.is_relative_to(copies), f"{path.name}: {link}"
                followed += 1
    assert followed > 100


def test_the_pack_holds_the_folder_and_is_the_same_twice(copies, tmp_path):
    packed = copies.with_suffix(".zip")
    with zipfile.ZipFile(packed) as pack:
        inside = {name: pack.read(name) for name in pack.namelist()}
        assert {entry.date_time for entry in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    files = [path for path in copies.rglob("*") if path.is_file()]
    assert inside == {
        path.relative_to(copies.parent).as_posix(): path.read_bytes() for path in files
    }
    student.write(ROOT, again := tmp_path / "student")
    assert again.with_suffix(".zip").read_bytes() == packed.read_bytes()


def test_work_in_older_copies_is_not_overwritten(tmp_path):
    root, folder = course(tmp_path / "course", "one"), tmp_path / "student"
    student.write(root, folder)
    (root / "docs/page.md").write_text("new", encoding="utf-8")
    (folder / "notebooks/.ipynb_checkpoints").mkdir()
    (folder / "notebooks/.ipynb_checkpoints/00.ipynb").write_text("kept by Jupyter")
    student.write(root, folder)  # nothing was done in them
    for name in ("notebooks/00.ipynb", "my own.txt"):
        path = folder / name
        before = path.read_bytes() if path.exists() else None
        path.write_text("an evening's work", encoding="utf-8")
        with pytest.raises(student.StudentError, match=f"student/{name} is not as it was handed"):
            student.write(root, folder)
        assert path.read_text(encoding="utf-8") == "an evening's work"
        path.unlink() if before is None else path.write_bytes(before)


def test_what_is_handed_out_runs_by_itself(copies):
    code = (
        "import ganlab\nfrom ganlab.evidence import claim\nprint(ganlab.__file__, claim('C1a').id)"
    )
    alone = {**os.environ, "PYTHONPATH": str(copies)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=copies / "notebooks",
        env=alone,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    where, id = done.stdout.split()
    assert Path(where).is_relative_to(copies) and id == "C1a.2"
    told = subprocess.run(["make", "-n", "lab"], cwd=copies, capture_output=True, text=True).stdout
    assert "-r requirements.txt" in told and "jupyterlab" in told
    lines = (copies / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"[\w/\\]+\.(?:ipynb|txt)", lines):
        assert (copies / name.replace("\\", "/").removeprefix("/lab/tree/")).exists(), name


def course(root, *sources, tags=()):
    """A course of one notebook with a page in docs/."""
    for folder in ("notebooks/solutions", "docs"):
        (root / folder).mkdir(parents=True)
    (root / "docs/page.md").write_text("A [table](../notebooks/table.txt).", encoding="utf-8")
    (root / "notebooks/table.txt").write_text("1", encoding="utf-8")
    (root / "notebooks/solutions/00.py").write_text("1", encoding="utf-8")
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    cells[-1].metadata["tags"] = list(tags)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "notebooks/00.ipynb")
    return root


def test_what_is_linked_to_comes_with_what_that_links_to(tmp_path):
    root = course(
        tmp_path, "See [a page](../docs/page.md#here).", "[It](solutions/00.py)", tags=["answer"]
    )
    names = [path.as_posix() for path in student.collected(root)]
    assert names == ["README.md", "docs/page.md", "notebooks/00.ipynb", "notebooks/table.txt"]


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("solutions/00.py", "kept back"),
        ("../docs/other.md", r"docs/other\.md is linked to, and is not there"),
        ("../../else.md", "leads out of the course"),
    ],
)
def test_a_link_that_would_lead_nowhere_is_refused(tmp_path, link, told):
    root = course(tmp_path, f"A [link]({link}).")
    with pytest.raises(student.StudentError, match=told):
        student.collected(root)
