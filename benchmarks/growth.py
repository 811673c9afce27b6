"""How the cost of a step grows with seeds, batch and width: a picture for docs/performance.md.

    python benchmarks/growth.py           # measures: about four minutes
    python benchmarks/growth.py --draw    # draws what was measured before

Each point is a few runs of `speed.py`'s kind, in one process, the cheapest of five turns.
"""

import json
import sys
import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import peers
import tasks

from ganlab.figures import figure, legend

PICTURE = Path(__file__).resolve().parents[1] / "docs/images/growth.png"
NUMBERS = Path(__file__).resolve().parent / "results/growth.json"
SEEDS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
BATCHES = (4, 8, 16, 32, 64, 128, 256, 512)
WIDTHS = (4, 8, 16, 32, 64, 128)


def microseconds(task, seeds):
    """Of one step of all seeds."""
    trainer = peers.trainer(task, [tasks.initial_weights(task, s) for s in range(seeds)], seeds)
    trainer.advance(8)
    began = time.perf_counter()
    trainer.advance(8)
    steps = max(8, int(0.25 / ((time.perf_counter() - began) / 8)))
    turns = []
    for _ in range(5):
        began = time.perf_counter()
        trainer.advance(steps)
        turns.append((time.perf_counter() - began) / steps)
    return 1e6 * min(turns)


def wide(task, width):
    """The task with a discriminator of three hidden layers of this width."""
    inputs, ((_, activation), *_) = task.discriminator
    layers = (*((width, activation) for _ in range(3)), (1, "linear"))
    return task._replace(discriminator=(inputs, layers))


def measure():
    """{what grows: {line: {size: microseconds per seed and step}}}."""
    gaussian, plane = tasks.TASKS["gaussian"], tasks.TASKS["plane"]
    minibatch, batch_64 = tasks.TASKS["gaussian-minibatch"], gaussian._replace(batch_size=64)
    curves = {
        "seeds": (
            SEEDS,
            {
                "gaussian, batch 8": lambda n: microseconds(gaussian, n) / n,
                "plane, batch 500": lambda n: microseconds(plane, n) / n,
            },
        ),
        "batch": (
            BATCHES,
            {
                "gaussian": lambda n: microseconds(gaussian._replace(batch_size=n), 32) / 32,
                "with minibatch discrimination": lambda n: (
                    microseconds(minibatch._replace(batch_size=n), 32) / 32
                ),
            },
        ),
        "width": (
            WIDTHS,
            {
                "batch 8": lambda n: microseconds(wide(gaussian, n), 32) / 32,
                "batch 64": lambda n: microseconds(wide(batch_64, n), 32) / 32,
            },
        ),
    }
    found = {}
    for name, (sizes, lines) in curves.items():
        found[name] = {}
        for label, cost in lines.items():
            found[name][label] = {size: round(cost(size), 2) for size in sizes}
            print(f"{name}, {label}: {found[name][label]}", flush=True)
    return found


LABELS = {
    "seeds": "seeds trained at once",
    "batch": "batch size, 32 seeds",
    "width": "width of D's three hidden layers, 32 seeds",
}


def draw(found):
    fig, axes = figure(3, width=11.0, height=4.4)
    for ax, (name, lines) in zip(axes, found.items(), strict=True):
        for marker, (label, costs) in zip("os", lines.items(), strict=True):
            ax.loglog([int(size) for size in costs], costs.values(), marker=marker, label=label)
        sizes = [int(size) for size in costs][::2]
        ax.set_xticks(sizes, map(str, sizes))
        ax.minorticks_off()
        ax.set_xlabel(LABELS[name])
        legend(ax, ncols=1)
    axes[0].set_ylabel("µs per seed and step")
    fig.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    if "--draw" not in sys.argv:
        NUMBERS.write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")
    draw(json.loads(NUMBERS.read_text(encoding="utf-8")))
