"""Whether memory stays flat: 256 GANs of the task `plane`, the process's memory at each record.

python benchmarks/memory.py 10000     # steps; an hour and a half on two cores
python benchmarks/memory.py 400
"""

import sys

import peers
import psutil
import tasks

SEEDS, RECORDS = 256, 20


def main(steps):
    task = tasks.TASKS["plane"]
    trainer = peers.trainer(task, [tasks.initial_weights(task, s) for s in range(SEEDS)], SEEDS)
    kept = 4 * SEEDS * 500 * task.real.dim / 2**20
    print(f"A record of {SEEDS} seeds keeps {kept:.0f} MB of samples.")
    trainer.record()
    for i in range(RECORDS + 1):
        held = psutil.Process().memory_info().rss / 2**20
        print(f"step {trainer.step:6}: {held:6.0f} MB, {held - i * kept:6.0f} without records",
              flush=True)  # fmt: skip
        if i < RECORDS:
            trainer.record(trainer.advance(max(1, steps // RECORDS)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
