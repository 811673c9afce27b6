"""An interrupt, or a kill, at any moment: what was recorded is usable, what was saved is whole."""

import _thread
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import ganlab
from ganlab import data, latent
from ganlab.interrupts import held_back
from ganlab.networks import mlp
from ganlab.program import Supply
from ganlab.runs import RECORDS, Records, Run
from ganlab.training import Trainer, train

pytestmark = pytest.mark.rest

ROOT = Path(__file__).parents[1]
FEW, MANY = 20, 200  # interrupts, in `make test-rest` and in `make test-all`
STEPS = 400


def gan(checkpoint=None, **changes):
    records = Records(40, checkpoint=checkpoint)
    given = {"steps": STEPS, "seeds": 3, "batch_size": 8, "records": records} | changes
    return train(mlp((1, 4, 1)), mlp((1, 4, 1)), data.Gaussian(), latent.Gaussian(), **given)


@pytest.fixture(scope="module")
def alone():
    """(a run that nobody interrupted, the seconds that one takes once its program is there)."""
    run = gan()
    begun = time.perf_counter()
    gan()
    return run, time.perf_counter() - begun


def interrupted(after, call):
    """What `call` gives where an interrupt comes after so many seconds; None if it raises one."""
    timer = threading.Timer(after, _thread.interrupt_main)
    try:
        timer.start()
        found = call()
        timer.join()  # or the interrupt would hit whoever comes next
        time.sleep(0.001)
        return found
    except KeyboardInterrupt:
        return None
    finally:
        timer.cancel()


def begins_like(run, whole):
    """A run's records are the first of another's, and one more where it was interrupted."""
    n = len(run.steps)
    assert 1 <= n <= len(whole.steps)
    assert {len(getattr(run, name)) for name in (*RECORDS, "samples")} == {n}
    full = n if run.steps[-1] == whole.steps[n - 1] else n - 1
    assert run.steps[:full].tolist() == whole.steps[:full].tolist()
    for name in (*RECORDS, "samples"):
        np.testing.assert_array_equal(getattr(run, name)[:full], getattr(whole, name)[:full])
    assert np.isfinite(run.samples).all() and np.isfinite(run.generate(5)).all()


# An interrupt between `open` and `with` leaves the closing of a file to Python, which says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
# And one in a bare `except:` of Keras's is lost, for which Keras warns of something else.
@pytest.mark.filterwarnings("ignore:The structure of `inputs`:UserWarning")
@pytest.mark.parametrize("times", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_an_interrupted_training_leaves_what_it_recorded_and_goes_on(
    tmp_path, capsys, alone, times
):
    """At random moments; then from its checkpoint to the end, where every bit is as if nothing had
    been."""
    whole, seconds = alone
    draw, returned, path = random.Random(0), 0, tmp_path / "half.npz"
    for i in range(times):
        run = interrupted(draw.uniform(0, 1.1 * seconds), lambda: gan(checkpoint=path))
        if run is not None:
            returned += 1
            begins_like(run, whole)
            run.save(tmp_path / "run.npz")
            assert Run.load(tmp_path / "run.npz").steps.tolist() == run.steps.tolist()
        if i % 3 == 2:  # the others go on from what was interrupted before
            begins_like(gan(checkpoint=path), whole)
            np.testing.assert_array_equal(gan(checkpoint=path).samples, whole.samples)
            path.unlink()
        assert {p.name for p in tmp_path.iterdir()} <= {"half.npz", "run.npz"}
    assert returned > times / 4


def test_a_trainer_that_was_interrupted_goes_on_as_if_it_had_not(alone):
    """Whatever step it had come to: the next are those of a trainer that nobody stopped."""
    arguments = mlp((1, 4, 1)), mlp((1, 4, 1)), data.Gaussian(), latent.Gaussian()
    draw, stopped = random.Random(1), Trainer(*arguments, seeds=3, batch_size=8)
    for _ in range(10):
        interrupted(draw.uniform(0, alone[1]), lambda: stopped.advance(STEPS))
    end = stopped.step + 10
    stopped.advance(10)
    other = Trainer(*arguments, seeds=3, batch_size=8)
    other.advance(end)
    for one, two in zip(stopped._state, other._state, strict=True):
        np.testing.assert_array_equal(one, two)


def test_an_interrupt_between_two_blocks_of_random_numbers_repeats_none(monkeypatch):
    """At every place in `peek` at which one may come."""
    wanted = [_numbers(Supply(_draw, (0, 1), 5, 2), 8)]
    for line in range(30):
        supply, count = Supply(_draw, (0, 1), 5, 2), [0]

        def trace(frame, event, _, line=line, count=count):
            if frame.f_code is Supply.peek.__code__ and event == "line":
                count[0] += 1
                if count[0] == line:
                    raise KeyboardInterrupt
            return trace

        found = []
        before = sys.gettrace()
        for _ in range(8):
            sys.settrace(trace)
            try:
                found += _numbers(supply, 1)
            except KeyboardInterrupt:
                sys.settrace(before)
                found += _numbers(supply, 1)
            finally:
                sys.settrace(before)
        np.testing.assert_array_equal(found, wanted[0])


def _draw(rng):
    return {"x": rng.random((2, 3), dtype=np.float32)}


def _numbers(supply, steps):
    found = []
    for _ in range(steps):
        block, at, _ = supply.peek()
        found.append(block["x"][at].numpy())
        supply.used += 1
    return found


@pytest.fixture
def usual():
    """Python's own handler, also where whoever started the tests has interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_that_is_held_back_comes_afterwards(usual):
    done = []
    with pytest.raises(KeyboardInterrupt), held_back():
        _thread.interrupt_main()
        time.sleep(0.01)
        done.append("all of it")
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_elsewhere_than_in_the_main_thread_nothing_is_held_back():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(held_back().__enter__()))
    thread.start()
    thread.join()
    assert seen == [None]


# A kill, which nobody can hold back ---------------------------------------------------------

WRITER = """
import sys
import numpy as np
from ganlab.files import written_whole
i = 0
while True:
    with written_whole(sys.argv[1]) as file:
        np.savez(file, number=i, array=np.full(200_000, float(i)))
    print(i, flush=True)
    i += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("kills", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_a_killed_writer_leaves_a_whole_file(tmp_path, kills):
    draw, path = random.Random(2), tmp_path / "file.npz"
    for _ in range(kills):
        command = [sys.executable, "-c", WRITER, str(path)]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        first = int(writer.stdout.readline())
        time.sleep(draw.uniform(0, 0.1))
        writer.kill()
        last = [first, *map(int, writer.communicate()[0].split())][-1]
        with np.load(path) as found:
            assert found["number"] in (last, last + 1)
            assert (found["array"] == found["number"]).all() and len(found["array"]) == 200_000


TRAINING = """
import sys
from tests.test_interrupts import gan
print("imported", flush=True)
gan(checkpoint=sys.argv[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_training_goes_on_bit_for_bit(tmp_path, alone):
    draw, path = random.Random(3), tmp_path / "half.npz"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(4):
        command = [sys.executable, "-c", TRAINING, str(path)]
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        training = subprocess.Popen(command, cwd=ROOT, env=environment, **told)
        training.stdout.readline()
        while not path.exists() and training.poll() is None:
            time.sleep(0.001)
        time.sleep(draw.uniform(0, 0.3))
        training.kill()
        training.communicate()
    run = gan(checkpoint=path)
    np.testing.assert_array_equal(run.samples, alone[0].samples)
    np.testing.assert_array_equal(run.d_loss, alone[0].d_loss)


# Files of others ----------------------------------------------------------------------------


def test_nothing_is_unpickled():
    """Nobody in the package loads a pickle, or an array that may hold one."""
    for path in sorted(Path(ganlab.__file__).parent.rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        wanted = (
            r"allow_pickle\s*=\s*True|^\s*(import|from) (pickle|cloudpickle|dill|joblib|shelve)\b"
        )
        assert not re.search(wanted, code, re.MULTILINE), path
        for call in re.findall(r"np\.load\([^)]*\)", code):
            assert "allow_pickle=False" in call, f"{path}: {call}"


@pytest.mark.parametrize(("usual", "status"), [("SIG_DFL", -signal.SIGINT), ("SIG_IGN", 0)])
def test_an_interrupt_that_was_held_back_does_what_it_was_to_do(usual, status):
    code = (
        "import signal\nfrom ganlab.interrupts import held_back\n"
        f"signal.signal(signal.SIGINT, signal.{usual})\n"
        "with held_back():\n    signal.raise_signal(signal.SIGINT)\n    print('held', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "held\n" and done.returncode == status
