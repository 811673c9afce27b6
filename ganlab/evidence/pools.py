"""Where units run: here, one after the other, or on a Dask cluster.

A pool takes units and gives back, one at a time and in whatever order, each with its answer or
with the error that it ended in.
"""

import contextlib
import hashlib
import os
import threading
from concurrent.futures import CancelledError

from ganlab.evidence.protocol import EvidenceError
from ganlab.evidence.unit import run_unit

LOST = 5  # seconds after which it is seen that a process is gone for good
START = 120  # seconds that a process may take to start anew before it counts as gone
DEATHS = 3  # so many workers may die of a unit before it is given up
# Dask has glibc hand memory back at once, and fetch each array above 128 KB anew. A training frees
# and fetches the same arrays at every step, which took it 1.7 times as long.
KEEP = {"MALLOC_TRIM_THRESHOLD_": 2**30, "MALLOC_MMAP_THRESHOLD_": 2**25}
FAILURES = (Exception, SystemExit)  # what a unit may end in


class Here:
    """Units run in this process, those first in line first."""

    told = "one after the other, in this process"

    def __init__(self):
        self._waiting = []

    def submit(self, units):
        self._waiting = sorted([*self._waiting, *units], key=lambda unit: unit.cost)

    def next(self):
        """Run a unit; return it with its answer, or with the error that it ended in."""
        unit = self._waiting.pop(0)
        try:
            return unit, run_unit(unit)
        except FAILURES as error:
            return unit, error

    def __len__(self):
        return len(self._waiting)

    def close(self):
        pass


class Cluster:
    """Units run on a Dask cluster: that of a scheduler's `address`, or one of this machine's cores.

    processes  of the cluster on this machine: one a core unless told
    EvidenceError if the scheduler is not to be had, or goes away.
    """

    def __init__(self, address=None, processes=None):
        try:
            import dask
            from distributed import Client, LocalCluster, as_completed
        except ImportError:
            wanted = "wanted `pip install dask distributed`, or --scheduler none"
            raise EvidenceError(f"units cannot be spread over processes: {wanted}") from None
        dask.config.set(
            {
                "distributed.scheduler.allowed-failures": DEATHS,
                "distributed.comm.retry.count": 0,
                "distributed.worker.memory.terminate": False,
                "distributed.deploy.lost-worker-timeout": f"{START}s",
                **{f"distributed.nanny.pre-spawn-environ.{name}": n for name, n in KEEP.items()},
            }
        )
        self._address, self._local, self._units = address, None, {}
        try:
            if address is None:
                self._local = LocalCluster(
                    n_workers=processes or cores(),
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    silence_logs=50,  # what matters is said in one line
                )
            self._client = Client(self._local or address, timeout=10, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise EvidenceError(f"no scheduler at {address or 'this machine'}: {reason}") from None
        self._done = as_completed(with_results=False, loop=self._client.loop)
        self._closed = threading.Event()
        if self._local:
            self._wanted = processes or cores()
            threading.Thread(target=self._replace_the_dead, daemon=True).start()

    def _replace_the_dead(self):
        """Start processes anew that Dask gave up, as it does where starting them took too long."""
        while not self._closed.wait(LOST):
            with contextlib.suppress(Exception):  # the cluster may be closing
                if len(self._local.scheduler_info["workers"]) < self._wanted:
                    self._local.scale(self._wanted)

    @property
    def told(self):
        workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
        where = f"on {self._address}" if self._address else "on this machine"
        dashboard = f"; watch them at {self._client.dashboard_link}" * bool(
            self._client.dashboard_link
        )
        return f"{workers} process{'es' * (workers != 1)} {where}{dashboard}"

    def submit(self, units):
        for unit in units:
            keys = "-".join(sorted(q.key for q in unit.questions))
            future = self._client.submit(
                run_unit,
                unit,
                key=f"{unit.training}-{unit.first_seed}-{_digest(keys)}",
                priority=-unit.cost,
                pure=False,
            )
            self._units[future.key] = unit, future
            self._done.add(future)

    def next(self):
        """Wait for a unit; return it with its answer, or with the error that it ended in."""
        future = next(self._done)
        unit, _ = self._units.pop(future.key)
        try:
            return unit, future.result()
        except CancelledError:
            raise EvidenceError(self._gone()) from None
        except FAILURES as error:
            if self._client.status != "running":
                raise EvidenceError(self._gone()) from None
            return unit, error

    def _gone(self):
        where = f"the scheduler at {self._address or 'this machine'}"
        return f"{where} went away: what was finished is stored; run it again to go on"

    def __len__(self):
        return len(self._units)

    def close(self):
        self._closed.set()
        with contextlib.suppress(Exception):  # all is stored, and this process ends soon
            self._client.close(timeout=2)
            if self._local:
                self._local.close(timeout=20)


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def cores(room=1.5):
    """Return the number of processes that this machine has cores and memory for, at least 1.

    room  GB that a process may take
    """
    import psutil

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    free = psutil.virtual_memory().available / 2**30
    return max(1, min(usable or 1, int(free / room)))
