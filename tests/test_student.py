"""`make student`: copies without outputs, and the notebooks themselves left alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]


def test_copies_have_no_outputs_and_the_notebooks_keep_theirs(tmp_path):
    (recipe,) = re.findall(r"^student:.*\n\t@(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe.endswith("$(sort $(wildcard notebooks/*.ipynb))")
    (tmp_path / "notebooks").mkdir()
    path = shutil.copy(ROOT / "notebooks" / "00_start_here.ipynb", tmp_path / "notebooks")
    before = Path(path).read_bytes()
    command = (
        recipe.replace("$(PY)", f'"{sys.executable}"').split("$(sort")[0] + "notebooks/*.ipynb"
    )
    subprocess.run(command, shell=True, check=True, cwd=tmp_path, env=os.environ)
    assert Path(path).read_bytes() == before
    told = nbformat.read(path, as_version=4)
    made = nbformat.read(tmp_path / "student" / "00_start_here.ipynb", as_version=4)
    assert any(cell.get("outputs") for cell in told.cells)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in made.cells)
    assert [cell.source for cell in made.cells] == [cell.source for cell in told.cells]
