"""One program that XLA refuses spoils no other; and where TensorFlow would hang, a line says so."""

import os
import subprocess
import sys
import textwrap
import threading
import warnings

import numpy as np
import pytest

from ganlab import compiling, data, latent, program
from ganlab.backend import refuse_unusable, tf
from ganlab.gan import Added
from ganlab.networks import mlp
from ganlab.training import Trainer

pytestmark = pytest.mark.rest


def trainer(**changed):
    fields = {
        "generator": mlp((2, 3, 1)),
        "discriminator": mlp((1, 4, 1), "tanh"),
        "real": data.Gaussian(1.0, 0.5),
        "latent": latent.Gaussian(2),
        "seeds": 2,
        "batch_size": 4,
        **changed,
    }
    return Trainer(**fields)


def sorted_in_numpy(now):
    ordered = tf.numpy_function(np.sort, [tf.stop_gradient(now.real)], tf.float32)
    return 0.0 * tf.reduce_sum(tf.reshape(ordered, now.real.shape), axis=[1, 2])


def printed(now):
    shown = tf.py_function(lambda x: x, [tf.stop_gradient(now.real)], tf.float32)
    return 0.0 * tf.reduce_sum(tf.reshape(shown, now.real.shape), axis=[1, 2])


def as_text(now):
    text = tf.strings.length(tf.strings.as_string(tf.stop_gradient(now.real)))
    return 0.0 * tf.reduce_sum(tf.cast(text, tf.float32), axis=[1, 2])


@pytest.mark.parametrize(
    ("penalty", "operation"),
    [(sorted_in_numpy, "PyFunc"), (printed, "EagerPyFunc"), (as_text, "AsString")],
)
def test_a_program_that_xla_refuses_runs_alone_uncompiled(monkeypatch, penalty, operation):
    monkeypatch.setattr(program, "_kept", {})
    monkeypatch.setenv("GANLAB_COMPILE", "1")
    told = rf"this training.*it has no {operation}, in {penalty.__name__}, line \d+$"
    with pytest.warns(RuntimeWarning, match=told) as caught:
        one = trainer(added=Added(penalty))
        one.advance(1)
    (ours,) = (one for one in caught if one.category is RuntimeWarning)
    assert "\n" not in str(ours.message)
    assert compiling.compiles()
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        one.advance(1)  # not told again
        plain = trainer()
        plain.advance(1)
    assert plain.parts["both"].program._compiled
    assert not one.parts["both"].program._compiled


def test_where_xla_compiles_nothing_it_is_said_once(monkeypatch):
    monkeypatch.setattr(compiling, "_without_xla", False)
    monkeypatch.setattr(compiling, "xla_works", lambda: False)
    error = tf.errors.UnimplementedError(None, None, "no XLA here\nat all")
    with pytest.warns(RuntimeWarning, match="cannot compile here.*no XLA here$") as caught:
        compiling.warn_uncompiled(error)
        compiling.warn_uncompiled(error)
    assert len(caught) == 1
    assert not compiling.compiles()


def test_xla_works_here():
    assert compiling.xla_works()


def test_threads_without_xla_get_what_each_gets_alone(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    given = [dict(real=data.Gaussian(mean, 0.5)) for mean in (-3.0, 0.0, 3.0)]
    wanted = []
    for one in given:
        alone = trainer(**one)
        alone.advance(60)
        wanted.append([np.array(w) for w in alone.weights("g")])
    together = [trainer(**one) for one in given]
    assert len({id(one._game) for one in together}) == 1  # they share their registers

    def run(one):
        for _ in range(30):
            one.advance(2)

    threads = [threading.Thread(target=run, args=(one,)) for one in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, weights in zip(together, wanted, strict=True):
        for a, b in zip(one.weights("g"), weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_eager_functions_are_refused_at_once(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "1")
    tf.config.run_functions_eagerly(True)
    try:
        with pytest.raises(RuntimeError, match=r"run_functions_eagerly\(True\) is on"):
            trainer()
    finally:
        tf.config.run_functions_eagerly(False)
    refuse_unusable()


FORKED = """
import os, sys
from ganlab.networks import mlp
from ganlab.training import train
from ganlab.ensemble import Ensemble
model = mlp((1, 2, 1))
child = os.fork()
if child == 0:
    for call in (lambda: mlp((1, 2, 1)), lambda: Ensemble.of(model, 2)([[1.0]])):
        try:
            call()
        except RuntimeError as error:
            print(str(error), flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_gets_a_line():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FORKED)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = done.stdout.strip().splitlines()
    assert len(lines) == 2
    assert all("was forked" in line and "'spawn'" in line for line in lines)
