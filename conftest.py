"""Settings for every test, and for the notebooks that pytest runs."""

import os

import hypothesis
import matplotlib

os.environ["GANLAB_QUIET"] = "1"  # progress bars would differ from run to run

# Not through MPLBACKEND: the kernels of the notebooks would inherit it and lose their figures.
matplotlib.use("agg")

# The same examples on every machine, and no limit on time, which depends on the machine.
hypothesis.settings.register_profile("ganlab", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ganlab")
