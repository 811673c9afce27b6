"""Which module may import which: one list, in the order in which data flow."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DESIGN = (ROOT / "docs/design.md").read_text(encoding="utf-8")


def rooms(design):
    """The rooms that the design lists, in order; a room is a module, or a folder of modules."""
    heading = "## Rooms, in the order in which data flow"
    section = re.search(rf"^{heading}\n(.*?)(?=^## |\Z)", design, re.DOTALL | re.MULTILINE)
    assert section, f"the design has no section {heading!r}"
    block = re.search(r"^```\n(.*?)^```", section[1], re.DOTALL | re.MULTILINE)
    assert block, f"the section {heading!r} has no block of code with the list"
    return block[1].split()


def room_of(path, package):
    """The room that a file belongs to; "" for the package's own __init__.py."""
    first = path.relative_to(package).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imported(path, package):
    """The (line, room) of everything of the package that a file imports or reaches for, wherever
    in the file it does so."""
    name, known = package.name, {room_of(file, package) for file in package.rglob("*.py")}
    inside = (name, *path.relative_to(package).parts[:-1])  # where a relative import starts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = inside[: len(inside) - node.level + 1] if node.level else ()
            module = [*start, *(node.module.split(".") if node.module else ())]
            found = [[*module, alias.name] for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = [[node.value.id, node.attr]]  # `ganlab.runs` after `import ganlab.latent`
        else:
            continue
        for parts in found:
            if len(parts) > 1 and parts[0] == name and parts[1] in known:
                yield node.lineno, parts[1]


def faults(package, listed):
    """What is wrong, a line each: a room that is not listed, or listed and not there, or listed
    twice; and an import of a room that does not stand before the importing one."""
    files = sorted(package.rglob("*.py"))
    there = {room_of(file, package) for file in files} - {""}
    said = [f"{room} is not listed" for room in sorted(there - set(listed))]
    said += [f"{room} is listed and not there" for room in listed if room not in there]
    said += [f"{room} is listed twice" for room in sorted(set(listed)) if listed.count(room) > 1]
    place = {room: i for i, room in enumerate(listed)} | {"": -1}
    for file in files:
        own = room_of(file, package)
        for line, room in sorted(imported(file, package)):
            if own in place and room in place and room != own and place[room] >= place[own]:
                where = f"{file.relative_to(package.parent).as_posix()}:{line}"
                said.append(f"{where} imports {room}, which does not stand before it")
    return said


def test_imports_run_backwards_along_the_list():
    assert faults(ROOT / "ganlab", rooms(DESIGN)) == []


# The test itself, on packages made up for it


@pytest.fixture
def package(tmp_path):
    """Makes a package of files {path: text}, with the rooms data, gan and the folder course."""

    def make(files):
        names = ("__init__.py", "data.py", "gan.py", "course/quiz.py", "course/checks.py")
        for name, text in {**dict.fromkeys(names, ""), **files}.items():
            path = tmp_path / "ganlab" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / "ganlab"

    return make


@pytest.mark.parametrize(
    "text",
    [
        "import ganlab.gan",
        "import numpy, ganlab.gan as g",
        "from ganlab import gan",
        "from ganlab import gan as other",
        "from ganlab.gan import train",
        "from ganlab.gan.steps import train",
        "from . import gan",
        "from .gan import train",
        "def f():\n    from ganlab.gan import train",
        "if False:\n    class A:\n        import ganlab.gan",
        "import ganlab\nganlab.gan.train()",
    ],
)
def test_a_forward_import_is_found_in_whatever_form(package, text):
    made = package({"data.py": text})
    line = 1 + text.count("\n") if "class" not in text else 3
    told = f"ganlab/data.py:{line} imports gan, which does not stand before it"
    assert faults(made, ["data", "gan", "course"]) == [told]
    assert faults(made, ["gan", "data", "course"]) == []


@pytest.mark.parametrize(
    "text", ["from ..gan import train", "from .. import gan", "import ganlab.gan"]
)
def test_a_file_of_a_folder_stands_where_its_room_does(package, text):
    made = package({"course/quiz.py": text})
    told = "ganlab/course/quiz.py:1 imports gan, which does not stand before it"
    assert faults(made, ["data", "course", "gan"]) == [told]
    assert faults(made, ["data", "gan", "course"]) == []


@pytest.mark.parametrize(
    "text", ["from . import quiz", "from .quiz import ask", "from ganlab.course import quiz"]
)
def test_files_of_a_room_may_import_each_other(package, text):
    made = package({"course/checks.py": text, "course/quiz.py": "import ganlab.course.checks"})
    assert faults(made, ["data", "gan", "course"]) == []


def test_a_module_may_name_itself(package):
    """As a module does that is run as a program, to be one module and not two."""
    made = package({"gan.py": "from ganlab.gan import main"})
    assert faults(made, ["data", "gan", "course"]) == []


def test_the_package_itself_imports_no_room(package):
    made = package({"__init__.py": "from ganlab import data"})
    told = ["ganlab/__init__.py:1 imports data, which does not stand before it"]
    assert faults(made, ["data", "gan", "course"]) == told


def test_what_is_no_room_is_not_taken_for_one(package):
    made = package(
        {
            "data.py": "import numpy\nfrom numpy import gan\nfrom ganlab import __version__\n"
            "x = numpy.gan\nfrom other.gan import y\n"
        }
    )
    assert faults(made, ["data", "gan", "course"]) == []


def test_the_list_and_the_folder_agree(package):
    made = package({})
    assert faults(made, ["data", "gan"]) == ["course is not listed"]
    assert faults(made, ["data", "loop", "gan", "course"]) == ["loop is listed and not there"]
    assert faults(made, ["data", "gan", "data", "course"]) == ["data is listed twice"]


def test_the_list_is_read_from_its_section_alone():
    design = "# Design\n```\na b\n```\n{}\nProse.\n\n```\nc d\ne\n```\n## Next\n```\nf\n```\n"
    assert rooms(design.format("## Rooms, in the order in which data flow")) == ["c", "d", "e"]
    with pytest.raises(AssertionError, match="has no section"):
        rooms(design.format("## Rooms"))
    with pytest.raises(AssertionError, match="has no block"):
        rooms("## Rooms, in the order in which data flow\n\n## Next\n```\nf\n```\n")


# What the notebooks import


def notebook_imports():
    """Every (notebook, module of ganlab, name) that a notebook or a solution imports."""
    for path in sorted((ROOT / "notebooks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ganlab"):
                yield from ((path.name, node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("name", ["exercises", "widgets"])
def test_the_names_that_notebooks_import_stay(name):
    module = __import__(f"ganlab.{name}", fromlist=["*"])
    wanted = {what for _, source, what in notebook_imports() if source == f"ganlab.{name}"}
    assert wanted and wanted <= set(module.__all__)
    for what in module.__all__:
        own = getattr(module, what)
        assert getattr(own, "__module__", "ganlab.course").startswith("ganlab.course")
