"""The files that set the course up, held against each other."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distributions
from itertools import product
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import ganlab
from ganlab.course.league import stored_rows
from ganlab.evidence import claim

pytestmark = pytest.mark.rest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, BUILT_BY = PYPROJECT["project"], PYPROJECT["build-system"]["requires"]
WANTED = [
    Requirement(line)
    for lines in (
        PROJECT["dependencies"],
        PROJECT["optional-dependencies"]["test"],
        PROJECT["optional-dependencies"]["cluster"],
        PROJECT["optional-dependencies"]["site"],
    )
    for line in lines
]
PIN_LINES = [
    line.strip()
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
LIGHT = (  # no TensorFlow
    *("data", "latent", "games", "metrics", "endings", "evidence", "plots"),
    *("distances", "kernel_distances", "kernel_density", "neighbours", "mode_metrics"),
    *("course.exercises", "course.explorers", "exercises", "widgets", "images", "picture_plots"),
)


def systems():
    """Return the environments the pins are for, as markers see them."""
    machines = [
        ("linux", "Linux", "posix", "x86_64"),
        ("linux", "Linux", "posix", "aarch64"),
        ("darwin", "Darwin", "posix", "arm64"),
        ("win32", "Windows", "nt", "AMD64"),
    ]
    return [
        {
            "python_version": version,
            "python_full_version": f"{version}.0",
            "sys_platform": sys_platform,
            "platform_system": system,
            "os_name": os_name,
            "platform_machine": machine,
        }
        for version, (sys_platform, system, os_name, machine) in product(
            ("3.11", "3.12", "3.13"), machines
        )
    ]


SYSTEMS = systems()
SYSTEM_IDS = [f"{s['python_version']}-{s['sys_platform']}-{s['platform_machine']}" for s in SYSTEMS]


def pins(system):
    """Return {name: version} of what requirements.txt installs on `system`."""
    found = {}
    for line in PIN_LINES:
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate(system):
            name = canonicalize_name(pin.name)
            assert name not in found, f"{name} is pinned twice"
            found[name] = str(pin.specifier).removeprefix("==")
    return found


def name_of_pin(requirement, pinned):
    """Return the name `requirement` is pinned by: TensorFlow has two."""
    name = canonicalize_name(requirement.name)
    return "tensorflow-cpu" if name == "tensorflow" and name not in pinned else name


def test_pins_are_exact_versions_without_urls():
    for line in PIN_LINES:
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line), line
    assert "://" not in (ROOT / "requirements.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("system", SYSTEMS, ids=SYSTEM_IDS)
def test_pins_hold_everything_that_is_needed(system):
    """Follow the needs of each installed package: each has a pin, and the pin satisfies it."""
    pinned = pins(system)
    installed = {canonicalize_name(d.metadata["Name"]): d for d in distributions()}
    build_needs = [*map(Requirement, BUILT_BY), Requirement("wheel")]
    todo, seen, problems = [*WANTED, *build_needs], set(), set()
    while todo:
        need = todo.pop()
        if str(need) in seen:
            continue
        seen.add(str(need))
        name = name_of_pin(need, pinned)
        if name not in pinned:
            problems.add(f"{need} has no pin")
        elif not need.specifier.contains(pinned[name], prereleases=True):
            problems.add(f"{need} is pinned to {pinned[name]}")
        if name not in installed:
            continue  # of another system: its own needs cannot be read here
        for line in installed[name].requires or []:
            need_of_need = Requirement(line)
            marker = need_of_need.marker
            if marker is None or any(
                marker.evaluate({**system, "extra": extra}) for extra in ("", *need.extras)
            ):
                todo.append(need_of_need)
    assert sorted(problems) == []


def test_pins_exist_for_the_oldest_python_of_each_version():
    """Debian 12 has Python 3.11.2, so a package that asks for 3.11.5 is no use."""
    pinned = set().union(*(pins(system).items() for system in SYSTEMS))
    for package in distributions():
        needs = package.metadata.get("Requires-Python")
        if (canonicalize_name(package.metadata["Name"]), package.version) in pinned and needs:
            for version in ("3.11.0", "3.12.0", "3.13.0"):
                assert version in SpecifierSet(needs), f"{package.metadata['Name']} needs {needs}"


@pytest.mark.parametrize(
    ("sys_platform", "machine", "name"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("win32", "AMD64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("darwin", "arm64", "tensorflow"),
    ],
)
def test_one_tensorflow_is_pinned_and_the_small_one_where_it_exists(sys_platform, machine, name):
    for system in SYSTEMS:
        if (system["sys_platform"], system["platform_machine"]) == (sys_platform, machine):
            assert {pin for pin in pins(system) if pin.startswith("tensorflow")} == {name}


def test_environment_file_agrees_with_the_project():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    *conda, pip = environment["dependencies"]
    python, other = conda
    # Binder's repo2docker knows a version by `=` alone, else it begins with 3.10.
    version = re.fullmatch(r"python=(3\.\d+)", python)[1]
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert other == "pip"
    assert pip == {"pip": ["-e .[test,cluster,site,voila]"]}


def test_binder_would_take_the_environment_file():
    """repo2docker prefers a Dockerfile in the repository's folder, and whatever is in `binder`."""
    for name in ("Dockerfile", "binder", ".binder", "runtime.txt", "apt.txt"):
        assert not (ROOT / name).exists()


def test_makefile_takes_the_pythons_of_the_project():
    check = re.search(r"\((3), (\d+)\) <= v <= \(3, (\d+)\)", (ROOT / "Makefile").read_text())
    wanted = f">={check[1]}.{check[2]},<{check[1]}.{int(check[3]) + 1}"
    assert SpecifierSet(wanted) == SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_commands_of_the_documents_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL)
    lines = "\n".join(blocks).replace("`", "\n").splitlines()
    called = {
        word
        for line in lines
        if (command := re.match(r"\s*(?:\$ )?make((?:\s+[a-z-]+(?![\w=-]))+)", line))
        for word in command[1].split()
    }
    rules = re.findall(r"^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert called, f"{page} names no command"
    assert called <= set(rules)


def test_help_lists_every_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    help_text = subprocess.run(
        ["make", "--no-print-directory", "-C", str(ROOT)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split()[1] for line in help_text.splitlines()] == phony.split()


@pytest.mark.parametrize("module", LIGHT)
def test_module_does_not_load_tensorflow(module):
    code = (
        f"import sys, ganlab.{module}; "
        "print(*({'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []


def test_a_citation_names_the_version_that_there_is():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == ganlab.__version__ and cited["license"] == PROJECT["license"]
    assert cited["cff-version"] == "1.2.0" and cited["title"].startswith("ganlab: ")
    holder = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()[2]
    assert cited["authors"][0]["name"].lower() in holder.lower()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The folder into which a wheel is unpacked that was built from a copy of the project."""
    folder = tmp_path_factory.mktemp("wheel")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in tracked.stdout.split("\0")[:-1]:
        if name.startswith(("ganlab/", "evidence/")) or "/" not in name:
            copy = folder / "copy" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy)
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder), "."]
    done = subprocess.run(command, cwd=folder / "copy", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    (made,) = folder.glob("*.whl")
    zipfile.ZipFile(made).extractall(folder / "site")
    return folder / "site"


def test_a_wheel_has_the_package_and_what_was_measured_and_nothing_else(wheel):
    tops = {path.name for path in wheel.iterdir()}
    assert tops == {"ganlab", f"ganlab-{ganlab.__version__}.dist-info"}
    for kind in ("*.py", "*.toml", "*.npz"):
        there = {path.relative_to(ROOT) for path in (ROOT / "ganlab").rglob(kind)}
        assert there == {path.relative_to(wheel) for path in (wheel / "ganlab").rglob(kind)}


def test_claims_are_read_outside_a_clone(wheel, tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(wheel)!r})\n"
        "import ganlab; from ganlab.evidence import claim\n"
        "from ganlab.course.league import stored_rows\n"
        "found = claim('H1a')\n"
        "print(ganlab.__file__, *found.verdicts.values(), len(found.outcomes('repaired')['runs']), "
        "len(stored_rows('ring')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    here = claim("H1a")
    wanted = [*here.verdicts.values(), len(here.outcomes("repaired")["runs"])]
    wanted += [len(stored_rows("ring"))]
    assert done.stdout.split() == [str(wheel / "ganlab/__init__.py"), *map(str, wanted)], (
        done.stderr
    )


PYTHON_THAT_INSTALLS_NOTHING = """#!/bin/sh
case "$*" in
-m\\ venv\\ *) mkdir -p .venv/bin && cp "$0" .venv/bin/python;;
*pip\\ install*) [ ! -e broken ];;
esac
"""


@pytest.fixture
def installs(tmp_path):
    """A folder with the project's Makefile, and what installs there: (status, what was said)."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(PYTHON_THAT_INSTALLS_NOTHING)
    python.chmod(0o755)
    # Not with the options of the `make` that runs the tests.
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    env["LC_ALL"] = "C"  # `make` speaks the user's language

    def install():
        command = ["make", f"PYTHON={python}", ".venv/.installed"]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return tmp_path, install


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_an_interrupted_installation_is_begun_again(installs):
    folder, install = installs
    (folder / "broken").touch()
    status, _ = install()
    assert status and (folder / ".venv/.unfinished").exists()
    (folder / "broken").unlink()
    (folder / ".venv/left").touch()
    status, said = install()
    assert status == 0 and "was interrupted: starting again" in said
    assert {path.name for path in (folder / ".venv").iterdir()} == {"bin", ".installed"}
    assert install()[1].count("up to date") == 1


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_an_installation_that_is_under_way_is_left_alone(installs):
    folder, install = installs
    (folder / ".venv").mkdir()
    (folder / ".venv/.unfinished").write_text(f"{os.getpid()}\n")
    status, said = install()
    assert status and f"Another make (process {os.getpid()}) is installing" in said
    assert [path.name for path in (folder / ".venv").iterdir()] == [".unfinished"]
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    (folder / ".venv/.unfinished").write_text(f"{gone.pid}\n")
    assert install()[0] == 0
