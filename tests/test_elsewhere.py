"""The course from another place: a folder whose name has blanks and umlauts, one that may only be
read, another user's, and a machine without a network."""

import functools
import os
import shlex
import shutil
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.rest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = "00_start_here"
NOBODY = 65534  # by convention the user that owns nothing

TRAINS = """
from ganlab import data, latent
from ganlab.exercises import check, progress
from ganlab.evidence import claim
from ganlab.networks import mlp
from ganlab.training import train

import ganlab
run = train(mlp((1, 8, 1)), mlp((1, 8, 1)), data.Gaussian(4.0, 0.5), latent.Gaussian(), steps=20,
            seeds=2, records=1)
check("00.1", lambda p, q: p / (p + q))
print(progress())
print(sorted(set(claim("H1a").verdicts.values())))
print(ganlab.__file__)
"""


def copied(folder):
    """Copies what belongs to the project into `folder`."""
    tracked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(tracked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.split("\0")[:-1]:
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("project") / "Übungen mit Leerzeichen" / "GAN-Kurs")


def environment(project, home, packages=()):
    """What a command there sees: nothing is kept but below `home`."""
    ours = ("GANLAB_", "JUPYTER_", "XDG_", "PYTEST_", "MPLCONFIGDIR")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    paths = [
        str(project),
        os.environ["PYTHONPATH"].split(os.pathsep)[0],
        *packages,
    ]  # and no network
    return plain | {"HOME": str(home), "PYTHONPATH": os.pathsep.join(paths), "GANLAB_QUIET": "1"}


def run(project, home, *command, python=sys.executable, packages=(), **options):
    env = environment(project, home, packages)
    options |= dict(cwd=project, env=env, capture_output=True, text=True, timeout=600)
    return subprocess.run([python, *command], **options)


def trains_and_runs_a_notebook(project, home, **options):
    """A training, an exercise, a claim, and a notebook with its stored outputs."""
    done = run(project, home, "-c", TRAINS, **options)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "00.1: correct." in done.stdout and "['supported']" in done.stdout
    assert done.stdout.rstrip().endswith(str(project / "ganlab" / "__init__.py"))
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "120", "-n", "0"]
    pytest_ = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *nbval]
    again = run(project, home, *pytest_, f"notebooks/{NOTEBOOK}.ipynb", **options)
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-1000:]
    return done


@pytest.mark.slow
def test_in_a_path_with_blanks_and_umlauts(project):
    home = project.parent / "Zuhause für Übende"
    home.mkdir()
    done = trains_and_runs_a_notebook(project, home)
    assert "1 of 11 exercises solved" in done.stdout
    kept = {path.name for path in home.rglob("*")}
    assert "progress.json" in kept and any(name.endswith(".pb") for name in kept)  # programs


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("rule", ["help", "student", "notebooks", "playground", "test", "site"])
def test_commands_stand_blanks_in_a_path(project, rule):
    """`help` and `student` are run; of the others the lines are read as a shell would."""
    venv = project / ".venv"
    if not venv.exists():
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (venv / "bin" / "python").chmod(0o755)
        (venv / ".installed").touch()
    runs = rule in ("help", "student")
    command = ["make", rule] if runs else ["make", "--dry-run", rule]
    env = environment(project, project.parent)
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    words = shlex.split(done.stdout) if not runs else []
    assert all(str(project) in word for word in words if project.parent.name.split()[0] in word)


AS_NOBODY = dict(user=NOBODY, group=NOBODY, extra_groups=[])


@functools.cache
def python_of_nobody():
    """(a Python that the user may run who owns nothing, where it finds packages), or None: this
    one, or the system's of the same version where this lies in a folder of its owner's."""
    ours = sysconfig.get_paths()["purelib"]
    name = "python{}.{}".format(*sys.version_info)
    system = shutil.which(name, path="/usr/local/bin:/usr/bin")
    for python in filter(None, (sys.executable, system)):
        try:
            code, env = "import numpy, ipykernel", {"PYTHONPATH": ours}
            done = subprocess.run([python, "-c", code], env=env, cwd="/", **AS_NOBODY)
        except PermissionError:
            continue
        if done.returncode == 0:
            return python, ours
    return None


@pytest.fixture
def sealed(project, tmp_path):
    """The project, in which nobody may write; opened again afterwards."""
    folders = [project, *(path for path in project.rglob("*") if path.is_dir())]
    for parent in project.parents:  # pytest's folders are their owner's alone
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH | stat.S_IROTH)
    for folder in folders:
        folder.chmod(0o555)
    yield project
    for folder in folders:
        folder.chmod(0o755)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "setuid") or os.getuid() != 0, reason="wants to be root first")
def test_read_only_and_as_another_user(sealed, tmp_path_factory):
    if python_of_nobody() is None:
        pytest.skip("no Python of this version can be run by another user: they are their owner's")
    python, packages = python_of_nobody()
    home = sealed.parents[1] / "home of nobody"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    as_nobody = AS_NOBODY | dict(python=python, packages=[packages])
    before = sorted(path for path in sealed.rglob("*"))
    tries = run(sealed, home, "-c", "open('x', 'w')", **as_nobody)
    assert "Permission denied" in tries.stderr  # it may only be read, indeed
    done = trains_and_runs_a_notebook(sealed, home, **as_nobody)
    assert "1 of 11 exercises solved" in done.stdout
    assert sorted(path for path in sealed.rglob("*")) == before
    # and where the home may not be written either, with one line
    home.chmod(0o555)
    os.chown(home, 0, 0)
    for kept in home.rglob("*"):
        os.chown(kept, 0, 0)
    done = run(sealed, home, "-W", "error", "-c", TRAINS, **as_nobody)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("Your progress is not kept") == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("unshare") is None, reason="wants `unshare` of Linux")
def test_without_a_network(project, tmp_path):
    """In a namespace that has loopback and nothing else, for what is not Python, too."""
    alone = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this system gives no namespace without a network")
    away = "import socket; socket.create_connection(('1.1.1.1', 53), 5)"
    env = environment(project, tmp_path) | {"GANLAB_OFFLINE": ""}
    there = dict(cwd=project, env=env, capture_output=True, text=True, timeout=600)
    unplugged = subprocess.run([*alone, sys.executable, "-c", away], **there)
    assert "unreachable" in unplugged.stderr
    nbval = ["--nbval", "--nbval-current-env", "-n", "0", "-p", "no:cacheprovider"]
    for command in (["-c", TRAINS], ["-m", "pytest", "-q", *nbval, f"notebooks/{NOTEBOOK}.ipynb"]):
        done = subprocess.run([*alone, sys.executable, *command], **there)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
