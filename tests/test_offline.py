"""The tests themselves notice when something speaks to another machine (tests/offline)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.rest

ROOT = Path(__file__).resolve().parents[1]
AWAY = "192.0.2.1"  # an address that belongs to nobody, by RFC 5737

REACHES = {
    "connects": f"socket.create_connection(('{AWAY}', 9), timeout=0.2)",
    "connects by another call": f"socket.socket().connect_ex(('{AWAY}', 9))",
    "asks for an address": "socket.getaddrinfo('example.org', 80)",
    "sends": f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('{AWAY}', 9))",
    "swallows the error": f"""
    try:
        socket.create_connection(('{AWAY}', 9), timeout=0.2)
    except OSError:
        pass""",
    "opens a page": "import urllib.request; urllib.request.urlopen('https://example.org')",
    "does so in another process": (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        f"'import socket; socket.socket().connect_ex((\"{AWAY}\", 9))'])"
    ),
    "does so in a thread": (
        "import threading; thread = threading.Thread(target=lambda: "
        f"socket.socket().connect_ex(('{AWAY}', 9)))\n    thread.start(); thread.join()"
    ),
}
STAYS = {
    "nothing": "pass",
    "a server of its own": (
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "    socket.create_connection(('localhost', server.getsockname()[1])).close()"
    ),
    "its own address": "socket.getaddrinfo(socket.gethostname(), None)",
    "a pair": "socket.socketpair()",
}


def run_tests(path, *options):
    """Runs the tests of a file under the project's settings, in a process of their own."""
    command = [sys.executable, "-m", "pytest", "-q", "-c", "pyproject.toml", "-p", "conftest"]
    command += ["-p", "no:cacheprovider", "-W", "ignore", *options, str(path)]
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_whatever_reaches_out_fails_and_nothing_else(tmp_path):
    bodies = {**REACHES, **STAYS}
    lines = ["import socket\n"]
    for number, body in enumerate(bodies.values()):
        lines.append(f"def test_{number}():\n    {body.strip()}\n")
    file = tmp_path / "test_them.py"
    file.write_text("\n".join(lines))
    done = run_tests(file, "-rA")
    for number, what in enumerate(bodies):
        told = [line for line in done.stdout.splitlines() if f"::test_{number}" in line][-1]
        assert told.startswith("FAILED" if what in REACHES else "PASSED"), (what, done.stdout)
    assert done.stdout.count("not offline:") >= len(REACHES)


@pytest.mark.slow
def test_a_notebook_that_reaches_out_fails(tmp_path):
    away = f"import socket\ntry:\n    socket.create_connection(('{AWAY}', 9), 0.2)\nexcept OSError:"
    for source, code in ((away + "\n    pass", 1), ("pass", 0)):
        cell = nbformat.v4.new_code_cell(source, execution_count=1)
        notebook = nbformat.v4.new_notebook(cells=[cell])
        (tmp_path / "one.ipynb").write_text(json.dumps(notebook))
        done = run_tests(tmp_path / "one.ipynb", "--nbval", "--nbval-current-env")
        assert done.returncode == code, done.stdout
