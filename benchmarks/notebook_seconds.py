"""Where a notebook's seconds go: import, compile, train, plot, and the rest.

    python benchmarks/notebook_seconds.py 03
    GANLAB_COMPILE=0 python benchmarks/notebook_seconds.py 03

The code cells run in one fresh process, as a kernel would run them. A program's first call
counts as compiling, later calls as training; `show` and drawing count as plotting.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path

os.environ["GANLAB_QUIET"] = "1"
ROOT = Path(__file__).resolve().parents[1]


def timed(seconds, kind, function, running):
    """The function with its time booked under `kind`, unless a booked one is running."""

    def call(*args, **kwargs):
        name = kind(*args) if callable(kind) else kind
        if running:
            return function(*args, **kwargs)
        running.append(name)
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds[name] += time.perf_counter() - began
            running.pop()

    return call


def main(prefix):
    import jupytext

    (text,) = (ROOT / "notebooks/text").glob(f"{prefix}*.py")
    cells = [cell.source for cell in jupytext.read(text).cells if cell.cell_type == "code"]
    seconds, running = Counter(), []
    start = time.perf_counter()
    import ganlab.widgets  # noqa: F401 - loads everything a notebook loads
    from ganlab import figures, metrics, plots, program
    from ganlab.course import explorer

    seconds["import"] = time.perf_counter() - start

    def stage(self, *_):
        return "train" if self.ready else "compile"

    program.Program.__call__ = timed(seconds, stage, program.Program.__call__, running)
    explorer.render = figures.render = timed(seconds, "plot", figures.render, running)
    plots.animate = timed(seconds, "plot", plots.animate, running)
    metrics.wasserstein = timed(seconds, "W1", metrics.wasserstein, running)
    names = {"display": lambda *_: None}
    for cell in cells:
        exec(compile(cell, text.name, "exec"), names)
    total = time.perf_counter() - start
    seconds["the rest"] = total - sum(seconds.values())
    how = "compiled" if program.compiles() else "uncompiled"
    print(f"{text.stem}, {how}, {total:.1f} s without starting the kernel:")
    for name, value in seconds.most_common():
        print(f"  {name:10} {value:6.1f} s")


if __name__ == "__main__":
    main(sys.argv[1])
