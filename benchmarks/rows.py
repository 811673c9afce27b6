"""One row of the speed benchmark: a task and a system, in a process of its own.

TensorFlow, PyTorch and Triton in one process get in each other's way, up to a segmentation fault.
So what is asked here is answered by a Python that loads what the system needs and no more.
"""

import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from kinds import kind_of

HERE = Path(__file__).resolve().parent
PRODUCTS = "products"

# In that process -------------------------------------------------------------------------------


def prepare(task, system, seeds):
    """(run, steps in a block) for one row."""
    kind = kind_of(task)
    described, make = kind.tasks[task], kind.system(system)[0]
    weights = [kind.initial_weights(described, seed) for seed in range(seeds)]
    rng, shape = np.random.default_rng(0), seeds if seeds > 1 else None

    def draw():
        return kind.batches(described, rng, shape)

    return make(described, weights, draw, seeds), described.block


def products():
    """A function doing `steps` times 32 products of 500 x 50 and 50 x 50, compiled by XLA."""
    from ganlab.backend import tf

    rng = np.random.default_rng(0)
    x = tf.constant(rng.standard_normal((32, 500, 50)), tf.float32)
    turns = tf.constant(np.linalg.qr(rng.standard_normal((32, 50, 50)))[0], tf.float32)

    @tf.function(jit_compile=True, autograph=False)
    def turned(x, turns, steps):
        again = (lambda i, _: i < steps, lambda i, x: (i + 1, tf.matmul(x, turns)))
        return tf.while_loop(*again, (tf.constant(0), x))[1]

    return lambda steps: turned(x, turns, tf.constant(steps)).numpy(), 32


def work(task, system, seeds):
    """Answers on stdout: the seconds before the first steps, then those of each run asked."""
    for package in kind_of(task).system("ganlab" if system == PRODUCTS else system)[1]:
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


def follow(task, system, file):
    """Answers on stdout: the quantities of every step, from the weights and batches in a file, as
    `follow_apart` writes it. The batches are those of each step, for one seed."""
    kind = kind_of(task)
    make, packages, allowed = kind.system(system)
    for package in packages:
        importlib.import_module(package)
    with np.load(file) as arrays:
        batches = {name.removeprefix("of "): arrays[name] for name in arrays if " " in name}
        weights = [
            [arrays[f"{network}.{i}"] for i in range(count)]
            for network, count in enumerate(arrays["counts"])
        ]
    seeds, steps = min(allowed), len(next(iter(batches.values())))
    if seeds > 1:
        batches = {name: np.stack([each] * seeds, axis=1) for name, each in batches.items()}
    run = make(kind.tasks[task], [weights] * seeds, lambda: batches, seeds)
    print(json.dumps({"quantities": [[float(x) for x in run(1)] for _ in range(steps)]}))


def peak_mb():
    """The most memory that this process has held."""
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


# The one that asks it --------------------------------------------------------------------------


def answer(lines):
    """What the next of a process's lines says that is an answer; None if it has stopped."""
    return next((json.loads(line) for line in lines if line.startswith("{")), None)


def follow_apart(task, system, weights, batches):
    """The quantities (steps, quantities) that a system sees in its first steps: one of each batch.

    `weights` are those of one seed; `batches` {name: (steps, batch, dim)}. The system runs in a
    process of its own, whose last words stand in a RuntimeError if it stops without an answer.
    """
    arrays = {f"of {name}": values for name, values in batches.items()}
    arrays["counts"] = [len(network) for network in weights]
    for k, network in enumerate(weights):
        arrays |= {f"{k}.{i}": weight for i, weight in enumerate(network)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given.npz"
        np.savez(file, **arrays)
        done = subprocess.run(
            [sys.executable, __file__, "follow", task, system, str(file)],
            capture_output=True, text=True, cwd=HERE,
        )  # fmt: skip
    found = answer(iter(done.stdout.splitlines()))
    if found is None:
        last = done.stderr.strip().splitlines()[-1:]
        raise RuntimeError(f"{task}, {system}: stopped with {done.returncode}: {''.join(last)}")
    return np.array(found["quantities"])


class Worker:
    """One row: its process, and what it has answered."""

    def __init__(self, task, system, seeds, turn_s):
        self.row, self.times = (task, system, seeds), []
        command = [sys.executable, __file__, "work", task, system, str(seeds)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, cwd=HERE,
        )  # fmt: skip
        ready = self._answer()
        self.compile_s, block = ready["compile_s"], ready["block"]
        self._steps = block * max(1, round(turn_s / ready["block_s"]))

    def _answer(self):
        found = answer(iter(self._process.stdout.readline, ""))
        if found is None:
            raise RuntimeError(f"{', '.join(map(str, self.row))} stopped without an answer")
        return found

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


if __name__ == "__main__":
    {"work": work, "follow": follow}[sys.argv[1]](*sys.argv[2:])
