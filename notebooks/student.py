"""Copies of the course to hand out: student/, and the same packed as student.zip.

    python notebooks/student.py

Notebooks come without outputs, without the cells tagged "answer", which hold folded answers and
links to solutions, and without folded answers elsewhere. With them comes what they link to, and
what that links to in turn, and what it takes to run them: `make lab` works in student/ as it does
in the course. Both are made anew, and from the same course come the same bytes.
"""

import re
import shutil
import sys
import zipfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
ANSWER = "answer"
KEPT_BACK = ("notebooks/solutions", "docs/instructor.md")
# To run the notebooks it takes the package, what was measured, and how to install them.
TO_RUN = ("ganlab", "evidence", "Makefile", "pyproject.toml", "requirements.txt", "setup.py")
TO_RUN += ("LICENSE", "notebooks/voila")
LEFT = {
    ".venv",
    "ganlab.egg-info",
    "__pycache__",
    ".ipynb_checkpoints",
    ".ruff_cache",
}  # what using it leaves behind
README = """# A GAN course

You need Python 3.11, 3.12 or 3.13 and `make`; on Debian and Ubuntu `sudo apt install make
python3-venv` brings them (the Python of Ubuntu 22.04 is too old). In this folder:

    make lab     # installs everything into .venv, about two minutes, and opens the course

On Windows take WSL, where this works as on Linux. Natively, without `make`, these lines should do;
nobody has tried them there yet:

    python -m venv .venv
    .venv\\Scripts\\python -m pip install -r requirements.txt
    .venv\\Scripts\\python -m pip install --no-deps --no-build-isolation -e .
    .venv\\Scripts\\python -m jupyterlab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

On an Apple silicon Mac `make lab` should do, untested; for Intel Macs there is no TensorFlow 2.21.

Of the commands that `make` lists, `lab`, `playground` and, for whoever measures claims, `evidence`
and `league` are for this folder. Exercises check themselves. Begin with
notebooks/00_start_here.ipynb.
"""  # noqa: E501
FOLDED = re.compile(r"\n*<details><summary>(Answer|What we saw)</summary>.*?</details>", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"")
WRITTEN = (".md", ".ipynb")  # what is searched for links


class StudentError(Exception):
    """A link that would lead nowhere in the copies; the message names it."""


def stripped(notebook):
    """Take answers and outputs out of `notebook`, and return it."""
    notebook.cells = [c for c in notebook.cells if ANSWER not in c.metadata.get("tags", ())]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = FOLDED.sub("", cell.source)
    return notebook


def content(path):
    """Return what students get of the file at `path`, as bytes."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    return (nbformat.writes(stripped(nbformat.read(path, as_version=4))) + "\n").encode()


def targets(name, data):
    """Return the paths in the course, relative to its folder, to which a file of it links."""
    text = data.decode()
    if name.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    found = [(one or other).split("#")[0] for one, other in LINK.findall(text)]
    return [_joined(name.parent, link) for link in found if link and ":" not in link]


def _joined(folder, link):
    parts = []
    for part in (*folder.parts, *Path(link).parts):
        if part == ".." and not parts:
            raise StudentError(f"{link} in {folder} leads out of the course")
        parts = parts[:-1] if part == ".." else [*parts, part]
    return Path(*parts)


def collected(root):
    """Return {path: bytes} of all that students get of the course at `root`, in order."""
    waiting = sorted(path.relative_to(root) for path in (root / "notebooks").glob("*.ipynb"))
    waiting += [Path(name) for name in TO_RUN if (root / name).exists()]
    found = {Path("README.md"): README.encode()}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        if any(name.is_relative_to(kept) for kept in KEPT_BACK):
            raise StudentError(f"{name} is kept back, and is linked to outside of an answer")
        path = root / name
        if path.is_dir():
            inside = [each.relative_to(root) for each in path.rglob("*") if each.is_file()]
            waiting += [each for each in inside if not LEFT & set(each.parts)]
            continue
        if not path.exists():
            raise StudentError(f"{name} is linked to, and is not there")
        found[name] = content(path)
        if name.suffix in WRITTEN:
            waiting += targets(name, found[name])
    return dict(sorted(found.items()))


def write(root, folder):
    """Write the copies into `folder`, and beside it the same folder packed.

    Work of somebody's in an older `folder` is not overwritten: StudentError names it.
    """
    files, packed = collected(root), folder.with_suffix(".zip")
    if folder.exists():
        if own := _changed(folder, packed):
            raise StudentError(
                f"{folder.name}/{own} is not as it was handed out: wanted the folder {folder.name} "
                "moved to another place, or deleted, before new copies are written"
            )
        shutil.rmtree(folder)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as pack:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            entry = zipfile.ZipInfo(f"{folder.name}/{name.as_posix()}")  # of 1980: no date of now
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            pack.writestr(entry, data)
    return len(files), packed


def _changed(folder, packed):
    """A file in `folder` that is not in the pack made with it, or not the same; None if all are."""
    inside = {}
    if packed.exists():
        with zipfile.ZipFile(packed) as pack:
            inside = {name: pack.read(name) for name in pack.namelist()}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_dir() or LEFT & set(name.parts):
            continue
        if inside.get(f"{folder.name}/{name.as_posix()}") != path.read_bytes():
            return name.as_posix()
    return None


def main():
    try:
        count, packed = write(ROOT, ROOT / "student")
    except StudentError as error:
        sys.exit(str(error))
    size = packed.stat().st_size / 1e6
    print(f"student/ and {packed.name} ({size:.1f} MB) hold {count} files: the notebooks without")
    print(
        "outputs and answers, what they link to, and what it takes to run them. Solutions stay in"
    )
    print("notebooks/solutions.")


if __name__ == "__main__":
    main()
