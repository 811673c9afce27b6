"""Settings for every test, and for the notebooks that pytest runs."""

import os

import hypothesis
import matplotlib
import platformdirs
import psutil

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


def pytest_xdist_auto_num_workers(config):
    """One process for each core, as far as there are 3 GB for each: it has a TensorFlow of its
    own, and so has the kernel of the notebook that it runs."""
    cores = psutil.cpu_count(logical=False) or 1
    return max(1, min(cores, int(psutil.virtual_memory().available / 3e9)))
