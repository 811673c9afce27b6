"""Puts what was measured into a wheel, so that `claim` and `draw_league` work outside a clone.

The rest of what there is to say to setuptools stands in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithEvidence(build_py):
    """Copies the ledger's results and the outcomes of its runs to ganlab/evidence/stored."""

    def run(self):
        super().run()
        if not self.editable_mode:  # a clone reads its own
            stored = Path(self.build_lib, "ganlab", "evidence", "stored")
            for folder in ("results", "runs", "history"):
                shutil.copytree(Path("evidence", folder), stored / folder, dirs_exist_ok=True)
            (stored / "league").mkdir(exist_ok=True)
            shutil.copy(Path("evidence", "league", "rows.json"), stored / "league")


setup(cmdclass={"build_py": WithEvidence})
