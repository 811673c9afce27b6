"""Prints the oldest versions that pyproject.toml allows, as pip takes them: `name==version`.

`make test-oldest` installs them into .venv-oldest, and what they need in turn as new as they allow.
What the speed benchmark compares with is left out.
"""

import platform
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The smaller TensorFlow, where there is one, as in requirements.txt.
SMALL = sys.platform == "win32" or (sys.platform == "linux" and platform.machine() == "x86_64")


def bounds():
    """{name: lower bound} of everything that the course, its tests and its builds ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra, lines in project["project"]["optional-dependencies"].items():
        asked += lines if extra != "bench" else []
    found = {}
    for line in asked:
        name, bound = re.fullmatch(r"([\w.-]+)>=([\w.]+)(?:,.*)?", line).groups()
        found[name] = bound
    return found


if __name__ == "__main__":
    for name, bound in bounds().items():
        print(f"{name}-cpu=={bound}" if name == "tensorflow" and SMALL else f"{name}=={bound}")
