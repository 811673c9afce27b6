"""One row of the speed benchmark: a task and a system, in a process of its own.

TensorFlow, PyTorch and JAX in one process get in each other's way, as far as a segmentation fault.
So what is asked here is answered by a Python that loads one of them.
"""

import importlib
import json
import statistics
import subprocess
import sys
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


class Worker:
    """One row: its process, and what it has answered."""

    def __init__(self, task, system, seeds, turn_s):
        self.row, self.times = (task, system, seeds), []
        command = [sys.executable, __file__, task, system, str(seeds)]
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


if __name__ == "__main__":
    work(*sys.argv[1:])
