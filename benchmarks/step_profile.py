"""Where the time of a step goes, for each task of the speed benchmark with 32 seeds.

    python benchmarks/step_profile.py

Drawing the batches is timed apart. The program's own time is divided by kind of kernel, as
TensorFlow's profiler saw them. Tiny games are one kernel, into which it cannot look: they are
compiled operation by operation here, which takes longer but shows what there is to do.
"""

import functools
import glob
import os
import tempfile
import time
from collections import Counter

os.environ["XLA_FLAGS"] = "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=0"

import peers
import tasks

from ganlab.backend import tf

SEEDS = 32


def kernels(run):
    """{name of a kernel: (seconds, calls)} while `run()` runs."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    with tempfile.TemporaryDirectory() as folder:
        options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=3)
        tf.profiler.experimental.start(folder, options=options)
        run()
        tf.profiler.experimental.stop()
        (path,) = glob.glob(f"{folder}/**/*.xplane.pb", recursive=True)
        space = xplane_pb2.XSpace()
        with open(path, "rb") as file:
            space.ParseFromString(file.read())
    seconds, calls = Counter(), Counter()
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                seconds[name] += event.duration_ps * 1e-12
                calls[name] += 1
    return {name: (seconds[name], calls[name]) for name in seconds}


def kind(name):
    """What sort of kernel an instruction of XLA's is; None for what is not a kernel."""
    name = name.lower()
    if name.startswith(("dot", "matmul")):
        return "products"
    if "reduce" in name or name.startswith("sum"):
        return "sums"
    if "fusion" in name or name.startswith("wrapped"):
        return "elementwise"
    if name.startswith(("copy", "gather", "dynamic", "bitcast", "transpose", "broadcast")):
        return "copies"
    return None


def main():
    for name, task in tasks.TASKS.items():
        weights = [tasks.initial_weights(task, seed) for seed in range(SEEDS)]
        trainer = peers.trainer(task, weights, SEEDS)
        steps = 256 if task.batch_size < 100 else 16
        trainer.advance(steps)
        began, drawn = time.perf_counter(), 0
        for supply in trainer._supplies.values():
            supply._drawn(7)
            drawn += (time.perf_counter() - began) / (supply._length * supply._blocks)
            began = time.perf_counter()
        began = time.perf_counter()
        trainer.advance(steps)
        whole = (time.perf_counter() - began) / steps
        found, calls = Counter(), 0
        for kernel, (seconds, count) in kernels(functools.partial(trainer.advance, steps)).items():
            if kind(kernel):
                found[kind(kernel)] += seconds / steps
                calls += count / steps
        total = sum(found.values())
        shares = ", ".join(f"{what} {found[what] / total:.0%}" for what, _ in found.most_common())
        print(
            f"{name}: {1e6 * whole:,.0f} us a step; drawing {1e6 * drawn:,.0f} us on a thread of "
            f"its own; {calls:.0f} kernels: {shares}",
            flush=True,
        )


if __name__ == "__main__":
    main()
