"""How the cost of a step grows with seeds, batch and width: a picture for docs/performance.md.

    python benchmarks/growth.py

Each point is a few runs of `speed.py`'s kind, in one process, the cheapest of five turns.
"""

import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import peers
import tasks

from ganlab.figures import figure, legend

PICTURE = Path(__file__).resolve().parents[1] / "docs/images/growth.png"
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


def main():
    fig, axes = figure(3, width=11.0, height=4.2)
    gaussian, plane = tasks.TASKS["gaussian"], tasks.TASKS["plane"]
    minibatch = tasks.TASKS["gaussian-minibatch"]
    curves = (
        (
            "seeds",
            SEEDS,
            {
                "gaussian, batch 8": lambda n: microseconds(gaussian, n) / n,
                "plane, batch 500": lambda n: microseconds(plane, n) / n,
            },
        ),
        (
            "batch",
            BATCHES,
            {
                "gaussian": lambda n: microseconds(gaussian._replace(batch_size=n), 32) / 32,
                "the same with\nminibatch discrimination": lambda n: (
                    microseconds(minibatch._replace(batch_size=n), 32) / 32
                ),
            },
        ),
        (
            "width",
            WIDTHS,
            {
                "batch 8": lambda n: microseconds(wide(gaussian, n), 32) / 32,
                "batch 64": lambda n: (
                    microseconds(wide(gaussian._replace(batch_size=64), n), 32) / 32
                ),
            },
        ),
    )
    for ax, (name, sizes, lines) in zip(axes, curves, strict=True):
        for marker, (label, cost) in zip("os", lines.items(), strict=True):
            found = [cost(size) for size in sizes]
            print(name, label.replace("\n", " "), dict(zip(sizes, (round(f, 2) for f in found))))
            ax.loglog(sizes, found, marker=marker, label=label)
        ax.set_xticks(sizes[::2], [str(size) for size in sizes[::2]])
        ax.minorticks_off()
        legend(ax)
    axes[0].set(xlabel="seeds trained at once", ylabel="µs per seed and step")
    axes[1].set(xlabel="batch size, 32 seeds")
    axes[2].set(xlabel="width of D's three hidden layers, 32 seeds")
    fig.savefig(PICTURE, dpi=110)
    print(f"Written to {PICTURE.name}")


if __name__ == "__main__":
    main()
