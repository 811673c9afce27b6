"""What a training step costs here, beside what a reader would otherwise use.

    make bench            every task, system and number of seeds: about eleven minutes
    make bench QUICK=1    the rows that the targets need: about three minutes
    make bench ONLY=vae   the rows of one task, written to results/speed-vae.json

Every row is a process of its own. The processes of a task take turns, a short run each, and
a row is the median of its runs, so that a machine that slows down slows all of them. Prints
one table, then what was aimed at, and writes results/speed.json (quick: speed-quick.json).
"""

import argparse
import importlib.util
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import tasks
from kinds import KINDS, TASKS, kind_of
from rows import PRODUCTS, Worker

HERE = Path(__file__).resolve().parent
SEEDS = (1, 8, 32)
TECHNIQUES = [
    (task, name, seeds) for kind in KINDS for name, (task, seeds, *_) in kind.techniques.items()
]
FULL = [
    (task, system, seeds)
    for kind in KINDS
    for task in kind.tasks
    for system, (_, _, allowed) in kind.systems.items()
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
    ("dcgan", "ganlab", 8),
    *TECHNIQUES,
]


def felt():
    """Seconds of a notebook's cell: 32 GANs for 5,000 steps, first and with other rates."""
    from networks import keras_network

    from ganlab.backend import keras
    from ganlab.training import train

    task = TASKS["gaussian"]
    for rate in (1e-3, 2e-3, 5e-4):
        began = time.perf_counter()
        adams = [keras.optimizers.Adam(rate) for _ in range(2)]
        networks = (keras_network(task.generator), keras_network(task.discriminator))
        train(*networks, task.real, task.latent, steps=5000, seeds=32, batch_size=8,
              d_optimizer=adams[0], g_optimizer=adams[1])  # fmt: skip
        yield time.perf_counter() - began


def cell_seconds():
    """What `felt` says in a process of its own."""
    cells = subprocess.run(
        [sys.executable, __file__, "--felt"], cwd=HERE, capture_output=True, text=True, check=True
    )
    return json.loads(cells.stdout.strip().splitlines()[-1])


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


def chosen_rows(quick=False, only=None):
    """All rows, or those that the targets need; of all tasks, or of one."""
    return [row for row in (QUICK if quick else FULL) if only in (None, row[0])]


def there(wanted):
    """Those of the rows whose packages are installed, and a word about the others."""
    needs = {row: kind_of(row[0]).system(row[1])[1] for row in wanted}
    used = {package for packages in needs.values() for package in packages}
    missing = {package for package in used if not importlib.util.find_spec(package)}
    if missing:
        names = ", ".join(sorted(missing))
        print(f"Left out, for want of {names}: .venv/bin/pip install -e '.[bench]' brings them.")
    return [row for row in wanted if not missing.intersection(needs[row])]


def gigaflops(row):
    task = row["task"]
    return 2e-3 * kind_of(task).multiplications(TASKS[task]) / row["us_per_seed_step"]


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
            aim(what, kind_of(task).techniques[name][2], ratio, False)
    drawn = ("dcgan", "ganlab", 8)
    times_faster(drawn, ("dcgan", "PyTorch grouped", 8), 3)
    times_faster(drawn, ("dcgan", "JAX scan of vmap", 8), 8)
    if drawn in found and rate:
        aim("dcgan, 8 seeds: share of the products' rate", 0.6, gigaflops(found[drawn]) / rate)
    plane = ("plane", "ganlab", 32)
    if plane in found and rate:
        aim("plane, 32 seeds: share of the products' rate", 0.6, gigaflops(found[plane]) / rate)
    for task in TASKS:
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
    parser.add_argument("--only", choices=TASKS, help="only the rows of this task")
    parser.add_argument("--felt", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.felt:
        return print(json.dumps(list(felt())))
    wanted = chosen_rows(chosen.quick, chosen.only)
    if not wanted:
        parser.error(f"--quick has no rows of {chosen.only}: wanted --only {chosen.only} alone")
    wanted = there(wanted)
    rows, rate = measure(wanted, *((3, 0.2) if chosen.quick else (7, 0.5)))
    seconds = [] if chosen.only else cell_seconds()
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
    parts = ["speed", *["quick"] * chosen.quick, *([chosen.only] if chosen.only else [])]
    out = HERE / "results" / f"{'-'.join(parts)}.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    rate_said = f"; products of 500 x 50 and 50 x 50: {rate} GFLOP/s" if rate else ""
    print(f"\n{report['machine']}{rate_said}\n")
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
    if aims:
        table(
            ("aim", "wanted", "found", ""),
            [(*a[:3], "reached" if a[3] else "missed") for a in aims],
        )
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
