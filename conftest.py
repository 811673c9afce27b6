"""Settings for every test, and for the notebooks that pytest runs."""

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

import hypothesis
import matplotlib
import platformdirs
import psutil
import pytest
from hypothesis.internal.conjecture import providers

os.environ["GANLAB_QUIET"] = "1"  # progress bars would differ from run to run

# What is compiled is kept for the other processes and kernels of a run, and for the next run;
# not where the reader's own programs are, whom those of the tests would push out.
CACHE = platformdirs.user_cache_dir("ganlab-tests", appauthor=False)
os.environ.setdefault("GANLAB_CACHE", CACHE)

# What a reader has solved is shown in notebook 00: here nothing is, and nothing is kept.
os.environ["GANLAB_PROGRESS"] = "0"

# POT would load every framework there is, TensorFlow before `ganlab.backend` has set its options.
for framework in ("TENSORFLOW", "PYTORCH", "JAX", "CUPY"):
    os.environ[f"POT_BACKEND_DISABLE_{framework}"] = "1"

# Not through MPLBACKEND: the kernels of the notebooks would inherit it and lose their figures.
matplotlib.use("agg")

# The same examples on every machine, and no limit on time, which depends on the machine.
hypothesis.settings.register_profile("ganlab", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ganlab")
# It would take numbers that stand in the project's code for some of its examples: of the modules
# that are loaded by then, which differ from one process of the tests to the next.
providers._get_local_constants = lambda: providers.Constants()


# No test speaks to another machine, nor does any Python that it starts: all of them import
# tests/offline/sitecustomize.py, which refuses it and writes down that it was tried.
TRIED = Path(tempfile.mkdtemp(prefix="ganlab-offline-"), "tried")
OFFLINE = str(Path(__file__).parent / "tests" / "offline")
os.environ["GANLAB_OFFLINE"] = str(TRIED)
os.environ["PYTHONPATH"] = os.pathsep.join(
    dict.fromkeys([OFFLINE, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))])
)
if "tests_offline" not in sys.modules:  # a hook stays for good
    spec = importlib.util.spec_from_file_location("tests_offline", f"{OFFLINE}/sitecustomize.py")
    sys.modules["tests_offline"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["tests_offline"])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test fails if another machine was to be reached in it, whoever swallowed the error."""
    report = yield
    if TRIED.exists() and (tried := TRIED.read_text(encoding="utf-8")):
        TRIED.write_text("", encoding="utf-8")
        report.outcome, report.longrepr = "failed", f"not offline:\n{tried}"
    return report


def pytest_unconfigure(config):
    shutil.rmtree(TRIED.parent, ignore_errors=True)


def pytest_xdist_auto_num_workers(config):
    """One process for each core, as far as there are 3 GB for each: it has a TensorFlow of its
    own, and so has the kernel of the notebook that it runs."""
    cores = psutil.cpu_count(logical=False) or 1
    return max(1, min(cores, int(psutil.virtual_memory().available / 3e9)))
