"""notebooks/build.py: what it stores, what it refuses, and what it leaves as it was."""

import importlib.util
import json
import sys
from pathlib import Path

import nbformat
import pytest

BUILD = Path(__file__).resolve().parents[1] / "notebooks/build.py"

TEXT = """\
# %% [markdown]
# # A title
#
# With a sentence.

# %%
import os
import sys

print(sys.prefix, os.environ["GANLAB_QUIET"])

# %% tags=["kept"]
import ipywidgets

ipywidgets.IntSlider(value=3)
"""


@pytest.fixture
def build(tmp_path, monkeypatch):
    """The module, working on a course of its own with the one text above."""
    spec = importlib.util.spec_from_file_location("build_under_test", BUILD)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    (tmp_path / "text").mkdir()
    (tmp_path / "text/00_a.py").write_text(TEXT, encoding="utf-8")
    return module


def call(build, monkeypatch, *arguments):
    """Run build.py's command line and return its exit status."""
    monkeypatch.setattr(sys, "argv", ["build.py", *arguments])
    with pytest.raises(SystemExit) as exit:
        build.main()
    return exit.value.code


def test_text_is_read_into_cells_with_lasting_ids(build, tmp_path):
    notebook = build.read_text(tmp_path / "text/00_a.py")
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert [cell.id for cell in notebook.cells] == ["cell-001", "cell-002", "cell-003"]
    assert notebook.cells[0].source == "# A title\n\nWith a sentence."
    assert [cell.metadata for cell in notebook.cells] == [{}, {}, {"tags": ["kept"]}]
    assert build.words(notebook) == 6


def test_differences_name_the_cell_and_the_line(build, tmp_path):
    text = build.read_text(tmp_path / "text/00_a.py")
    other = build.read_text(tmp_path / "text/00_a.py")
    assert build.differences(text, other) == []
    other.cells[1].source = other.cells[1].source.replace("import sys", "import time")
    assert build.differences(text, other) == ["cell 2 differs: 'import sys' | 'import time'"]
    other.cells[1].source = text.cells[1].source
    other.cells[2].metadata["tags"] = ["answer"]
    assert build.differences(text, other) == ["cell 3 has other tags: ['kept'] | ['answer']"]
    del other.cells[1:]
    assert build.differences(text, other) == [
        "cell 2 is missing from the notebook",
        "cell 3 is missing from the notebook",
    ]
    other.cells[0].cell_type = "raw"
    assert build.differences(other, text)[0] == "cell 1 differs: 'raw' | 'markdown'"
    assert build.differences(other, text)[1] == "cell 2 is missing from the text"


def test_build_runs_this_python_and_stores_the_same_bytes_again(
    build, tmp_path, monkeypatch, capsys
):
    # A kernel of the same name that the user has elsewhere must not be the one that runs.
    kernel = tmp_path / "kernels/python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["false", "{connection_file}"], "display_name": "?", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.delenv("GANLAB_QUIET")

    assert not call(build, monkeypatch)
    assert "00_a.ipynb" in capsys.readouterr().out
    first = (tmp_path / "00_a.ipynb").read_bytes()
    assert not call(build, monkeypatch, "00")
    assert (tmp_path / "00_a.ipynb").read_bytes() == first
    assert not call(build, monkeypatch, "--check")

    notebook = nbformat.read(tmp_path / "00_a.ipynb", as_version=4)
    assert notebook.metadata == build.METADATA
    assert notebook.cells[1].outputs[0].text == f"{sys.prefix} 1\n"
    assert notebook.cells[2].outputs[0].data == {"text/plain": "IntSlider(value=3)"}
    assert [cell.get("execution_count") for cell in notebook.cells] == [None, 1, 2]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("1 / 0", "00_a: cell 2: An error occurred"),
        ("import sys\nsys.stderr.write('careful')", "00_a: cell 2 writes to stderr:\ncareful"),
    ],
)
def test_failed_build_names_the_cell_and_leaves_the_old_notebook(
    build, tmp_path, monkeypatch, capsys, source, complaint
):
    (tmp_path / "00_a.ipynb").write_text("old", encoding="utf-8")
    (tmp_path / "text/00_a.py").write_text(f"# %%\n1\n\n# %%\n{source}\n", encoding="utf-8")
    assert call(build, monkeypatch) == 1
    assert complaint in capsys.readouterr().err
    assert (tmp_path / "00_a.ipynb").read_text(encoding="utf-8") == "old"
    assert not list(tmp_path.glob("*.unfinished"))


def test_check_fails_before_the_build_and_after_an_edit(build, tmp_path, monkeypatch, capsys):
    assert call(build, monkeypatch, "--check") == 1
    assert "not built yet" in capsys.readouterr().err
    nbformat.write(build.read_text(tmp_path / "text/00_a.py"), tmp_path / "00_a.ipynb")
    assert not call(build, monkeypatch, "--check")
    (tmp_path / "text/00_a.py").write_text(TEXT.replace("value=3", "value=4"), encoding="utf-8")
    assert call(build, monkeypatch, "--check") == 1
    assert "value=4" in capsys.readouterr().err


def test_unknown_name_is_refused(build, monkeypatch):
    assert "No text begins with '77'" in call(build, monkeypatch, "77")
