"""Settings for every test, before anything is imported."""

import os

os.environ["GANLAB_QUIET"] = "1"  # progress bars would differ from run to run
os.environ.setdefault("MPLBACKEND", "agg")  # figures are drawn, not shown
