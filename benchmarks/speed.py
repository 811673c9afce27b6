"""What a training step costs here, beside what a reader would otherwise use.

    make bench            every task, system and number of seeds: about eleven minutes
    make bench QUICK=1    the rows that the targets need: about three minutes

Every row is a process of its own. The processes of a task take turns, a short run each, and
a row is the median of its runs, so that a machine that slows down slows all of them. Prints
one table, then what was aimed at, and writes results/speed.json (quick: speed-quick.json).
"""

import argparse
import importlib
import importlib.util
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import peers
import tasks

HERE = Path(__file__).resolve().parent
_AIM = ("what", "wanted", "found", "reached")
SEEDS, PRODUCTS = (1, 8, 32), "products"
TECHNIQUES = [(task, name, seeds) for name, (task, seeds, *_) in peers.TECHNIQUES.items()]
FULL = [
    (task, system, seeds)
    for task in tasks.TASKS
    for system, (_, _, allowed) in peers.SYSTEMS.items()
    for seeds in SEEDS
    if seeds in allowed and (task != tasks.LARGE_BATCH or seeds == max(allowed) > 1)
] + TECHNIQUES
QUICK = [
    ("gaussian", "ganlab", 1),
    ("gaussian", "ganlab", 32),
    ("gaussian", "TF1 session.run", 1),
    ("gaussian", "JAX scan", 1),
    ("gaussian", "JAX scan of vmap", 32),
    ("gaussian-minibatch", "ganlab", 32),
    ("plane", "ganlab", 1),
    ("plane", "ganlab", 32),
    ("ring", "ganlab", 1),
    *TECHNIQUES,
]


# In a process of its own -----------------------------------------------------------------------


def prepare(task, system, seeds):
    """(run, steps in a block) for one row."""
    import numpy as np

    described, make = tasks.TASKS[task], peers.ALL[system][0]
    weights = [tasks.initial_weights(described, seed) for seed in range(seeds)]
    rng, shape = np.random.default_rng(0), seeds if seeds > 1 else None

    def draw():
        return tasks.batches(described, rng, shape)

    return make(described, weights, draw, seeds), described.block


def products():
    """A function doing `steps` times 32 products of 500 x 50 and 50 x 50, compiled by XLA."""
    import numpy as np

    from ganlab.backend import tf

    rng = np.random.default_rng(0)
    x = tf.constant(rng.standard_normal((32, 500, 50)), tf.float32)
    turns = tf.constant(np.linalg.qr(rng.standard_normal((32, 50, 50)))[0], tf.float32)

    @tf.function(jit_compile=True, autograph=False)
    def turned(x, turns, steps):
        again = (lambda i, _: i < steps, lambda i, x: (i + 1, tf.matmul(x, turns)))
        return tf.while_loop(*again, (tf.constant(0), x))[1]

    return lambda steps: turned(x, turns, tf.constant(steps)).numpy(), 32


def felt():
    """Seconds of a notebook's cell: 32 GANs for 5,000 steps, first and with other rates."""
    from ganlab.backend import keras
    from ganlab.training import train

    task = tasks.TASKS["gaussian"]
    for rate in (1e-3, 2e-3, 5e-4):
        began = time.perf_counter()
        adams = [keras.optimizers.Adam(rate) for _ in range(2)]
        networks = (peers.keras_network(task.generator), peers.keras_network(task.discriminator))
        train(*networks, task.real, task.latent, steps=5000, seeds=32, batch_size=8,
              d_optimizer=adams[0], g_optimizer=adams[1])  # fmt: skip
        yield time.perf_counter() - began


def work(task, system, seeds):
    """Answers on stdout: the seconds before the first steps, then those of each run asked."""
    for package in peers.ALL["ganlab" if system == PRODUCTS else system][1]:
        importlib.import_module(package)
    began = time.perf_counter()
    run, block = products() if system == PRODUCTS else prepare(task, system, int(seeds))
    run(block)
    first = time.perf_counter() - began
    began = time.perf_counter()
    run(block)
    usual = time.perf_counter() - began
    print(json.dumps({"compile_s": max(0.0, first - usual), "block_s": usual, "block": block}))
    for line in sys.stdin:
        steps = int(line)
        began = time.perf_counter()
        run(steps)
        print(json.dumps({"seconds": time.perf_counter() - began, "peak_mb": peak_mb()}))


def peak_mb():
    """The most memory that this process has held."""
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


# The one that asks them ------------------------------------------------------------------------


class Worker:
    """One row: its process, and what it has answered."""

    def __init__(self, task, system, seeds, turn_s):
        self.row, self.times = (task, system, seeds), []
        command = [sys.executable, __file__, "--work", task, system, str(seeds)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, cwd=HERE,
        )  # fmt: skip
        ready = self._answer()
        self.compile_s, block = ready["compile_s"], ready["block"]
        self._steps = block * max(1, round(turn_s / ready["block_s"]))

    def _answer(self):
        while line := self._process.stdout.readline():
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"{', '.join(map(str, self.row))} stopped without an answer")

    def turn(self):
        print(self._steps, file=self._process.stdin, flush=True)
        answer = self._answer()
        self.times.append(answer["seconds"] / self._steps)
        self.peak_mb = answer["peak_mb"]

    def stop(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def result(self):
        task, system, seeds = self.row
        us = 1e6 * statistics.median(self.times)
        return {
            "task": task,
            "system": system,
            "seeds": seeds,
            "us_per_step": round(us, 2),
            "us_per_seed_step": round(us / seeds, 2),
            "compile_s": round(self.compile_s, 2),
            "peak_mb": round(self.peak_mb),
        }


def measure(wanted, repeats, turn_s):
    """(rows, the rate of products in GFLOP/s), task by task."""
    rows, rates = [], []
    for task in dict.fromkeys(task for task, _, _ in wanted):
        workers = []
        try:
            for row in [row for row in wanted if row[0] == task]:
                print(f"  {task}: {row[1]}, {row[2]}", file=sys.stderr, flush=True)
                workers.append(Worker(*row, turn_s))
            if task == "plane":
                workers.append(Worker(task, PRODUCTS, 32, turn_s))
            for _ in range(repeats):
                for worker in workers:
                    worker.turn()
        finally:
            for worker in workers:
                worker.stop()
        for worker in workers:
            if worker.row[1] == PRODUCTS:
                rates += [2 * 32 * 500 * 50 * 50 / seconds / 1e9 for seconds in worker.times]
            else:
                rows.append(worker.result())
    return rows, round(statistics.median(rates), 1) if rates else None


def gigaflops(row):
    return 2e-3 * tasks.multiplications(tasks.TASKS[row["task"]]) / row["us_per_seed_step"]


def targets(rows, rate, seconds):
    """[(what, wanted, found, whether it is reached)], of those whose rows are there."""
    found = {(row["task"], row["system"], row["seeds"]): row for row in rows}
    cost = {key: row["us_per_seed_step"] for key, row in found.items()}
    aims = []

    def aim(what, wanted, value, at_least=True):
        sign = ("at least" if at_least else "at most", "below" if at_least else "above")
        reached = value >= wanted if at_least else value <= wanted
        aims.append((what, f"{sign[0]} {wanted:g}", f"{value:.2f}", reached))

    def times_faster(ours, theirs, wanted):
        if ours in cost and theirs in cost:
            what = f"{ours[0]}, {ours[2]} seed{'s' * (ours[2] > 1)}: {theirs[1]} / ganlab"
            aim(what, wanted, cost[theirs] / cost[ours])

    one, many = ("gaussian", "ganlab", 1), ("gaussian", "ganlab", 32)
    times_faster(one, ("gaussian", "TF1 session.run", 1), 30)
    times_faster(one, ("gaussian", "JAX scan", 1), 1.5)
    times_faster(many, ("gaussian", "TF1 session.run", 1), 60)
    times_faster(many, ("gaussian", "JAX scan of vmap", 32), 1.3)
    batch = ("gaussian-minibatch", "ganlab", 32)
    if batch in cost and many in cost:
        aim("gaussian-minibatch / gaussian, 32 seeds", 5, cost[batch] / cost[many], False)
    for task, name, seeds in TECHNIQUES:
        bare = (task, "ganlab", seeds)
        if (task, name, seeds) in cost and bare in cost:
            ratio = cost[task, name, seeds] / cost[bare]
            what = f"{task}, {seeds} seed{'s' * (seeds > 1)}: {name} / bare"
            aim(what, peers.TECHNIQUES[name][2], ratio, False)
    plane = ("plane", "ganlab", 32)
    if plane in found and rate:
        aim("plane, 32 seeds: share of the products' rate", 0.6, gigaflops(found[plane]) / rate)
    for task in tasks.TASKS:
        several = [cost[task, "ganlab", n] for n in SEEDS[1:] if (task, "ganlab", n) in cost]
        if several and (task, "ganlab", 1) in cost:
            ratio = max(several) / cost[task, "ganlab", 1]
            aim(f"{task}: a seed among many / alone", 1, ratio, False)
    if seconds:
        aim("a fresh cell of 32 seeds and 5,000 steps, s", 4, seconds[0], False)
        aim("the same cell with another rate, s", 1.5, statistics.median(seconds[1:]), False)
    return aims


def table(head, lines):
    """Text in columns, numbers to the right."""
    lines = [[str(cell) for cell in line] for line in [head, *lines]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the rows the targets need")
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--felt", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        return work(*chosen.work)
    if chosen.felt:
        return print(json.dumps(list(felt())))
    needs = {system: packages for system, (_, packages, _) in peers.ALL.items()}
    missing = {p for used in needs.values() for p in used if not importlib.util.find_spec(p)}
    if missing:
        names = ", ".join(sorted(missing))
        print(f"Left out, for want of {names}: .venv/bin/pip install -e '.[bench]' brings them.")
    wanted = [
        row for row in (QUICK if chosen.quick else FULL) if not missing.intersection(needs[row[1]])
    ]
    rows, rate = measure(wanted, *((3, 0.2) if chosen.quick else (7, 0.5)))
    cells = subprocess.run(
        [sys.executable, __file__, "--felt"], cwd=HERE, capture_output=True, text=True, check=True
    )
    seconds = json.loads(cells.stdout.strip().splitlines()[-1])
    aims = targets(rows, rate, seconds)
    report = {
        "machine": f"{platform.platform()}, {cores()}",
        "matmul_gflops": rate,
        "rows": rows,
        "cell_s": [round(value, 2) for value in seconds],
        "targets": [
            dict(zip(("what", "wanted", "found", "reached"), a, strict=True)) for a in aims
        ],
    }
    out = HERE / "results" / ("speed-quick.json" if chosen.quick else "speed.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"\n{report['machine']}; products of 500 x 50 and 50 x 50: {rate} GFLOP/s\n")
    head = ("task", "system", "seeds", "us/step", "us/seed/step", "GFLOP/s", "compile s", "peak MB")
    table(
        head,
        [
            (r["task"], r["system"], r["seeds"], r["us_per_step"], r["us_per_seed_step"],
             f"{gigaflops(r):.1f}", r["compile_s"], r["peak_mb"])
            for r in rows
        ],
    )  # fmt: skip
    print()
    table(("aim", "wanted", "found", ""), [(*a[:3], "reached" if a[3] else "missed") for a in aims])
    print(f"\nWritten to {out.relative_to(HERE.parent)}")


def cores():
    """The processor's name, where it is told, and how many of them."""
    import os

    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        name = next(li.split(":")[1].strip() for li in text.splitlines() if "model name" in li)
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{os.cpu_count()} x {name}"


if __name__ == "__main__":
    main()
