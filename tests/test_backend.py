"""TensorFlow arrives without a word, and nothing but its start-up lines is lost."""

import os
import runpy
import subprocess
import sys
import warnings

import pytest

from ganlab import backend
from ganlab.backend import keras, tf

pytestmark = pytest.mark.rest


def python(code, **environment):
    """Runs code in a Python of its own, as a shell would: none of TensorFlow's switches set."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "KERAS_"))}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=own | environment, capture_output=True, text=True)


def test_importing_prints_nothing_and_afterwards_everything_is_heard():
    done = python(
        "import os, sys\n"
        "from ganlab.backend import keras, tf\n"
        "keras.layers.Dense(2)(tf.ones((3, 4)))\n"
        "tf.function(lambda x: x + 1, jit_compile=True)(tf.ones(2))\n"
        "os.write(2, b'raw\\n')\n"
        "print('printed', file=sys.stderr, flush=True)\n"
        "raise SystemExit('last words')\n"
    )
    assert done.stdout == ""
    assert done.stderr == "raw\nprinted\nlast words\n"
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_another_backend_is_refused_in_one_line(monkeypatch, name):
    monkeypatch.setattr(keras.backend, "backend", lambda: name)
    with pytest.raises(ImportError, match=f"Keras runs on '{name}' here.*KERAS_BACKEND=t") as info:
        runpy.run_path(backend.__file__)
    assert "\n" not in str(info.value)


def test_ones_own_settings_are_left_as_they_are(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "1")
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    runpy.run_path(backend.__file__)
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "1"
    assert os.environ["KERAS_BACKEND"] == "tensorflow"


def test_the_silence_ends_even_after_an_error_and_leaves_nothing_open():
    # In a process of its own: here, what other tests opened may be closed at any moment.
    done = python(
        "import os\n"
        "from ganlab.backend import _no_stderr\n"
        "def is_open(descriptor):\n"
        "    try:\n"
        "        return bool(os.fstat(descriptor))\n"
        "    except OSError:\n"
        "        return False\n"
        "before = [*map(is_open, range(200))]\n"
        "try:\n"
        "    with _no_stderr():\n"
        "        os.write(2, b'lost')\n"
        "        raise ZeroDivisionError\n"
        "except ZeroDivisionError:\n"
        "    os.write(2, b'heard')\n"
        "print([*map(is_open, range(200))] == before)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "heard")


def test_warnings_are_as_they_were():
    # Nothing that was imported has switched them off: this one arrives.
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", UserWarning, stacklevel=1)


def test_keras_and_tensorflow_are_the_ones_that_are_installed():
    assert keras is sys.modules["keras"]
    assert tf is sys.modules["tensorflow"]
    assert keras.backend.backend() == "tensorflow"


def test_a_loop_of_tiny_layers_becomes_one_kernel_for_32_seeds():
    """Two million bytes for each iteration, and not the 1,024 that XLA allows by itself."""
    code = """
import numpy as np
from ganlab.backend import tf

@tf.function(jit_compile=True, autograph=False)
def loop(x, steps):
    again = lambda i, x: (i + 1, tf.tanh(x + tf.reduce_sum(x, axis=1, keepdims=True)))
    return tf.while_loop(lambda i, x: i < steps, again, (tf.constant(0), x))[1]

for size in (10_000, 1_000_000):
    given = tf.ones((32, size // 32)), tf.constant(3)
    code = loop.experimental_get_compiler_ir(*given)(stage="optimized_hlo")
    print("xla_cpu_small_call" in code)
"""
    kept = {k: v for k, v in os.environ.items() if k != "XLA_FLAGS"}
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kept
    )
    assert found.stdout.split() == ["True", "False"]
    own = {**kept, "XLA_FLAGS": "--xla_cpu_max_isa=AVX2"}  # what else is set stays
    code = "import os, ganlab.backend; print(os.environ['XLA_FLAGS'])"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=own
    )
    assert found.stdout.startswith("--xla_cpu_max_isa=AVX2 --xla_backend_extra_options=")


def test_models_that_are_gone_leave_no_memory_behind():
    """Equal models, built anew each time: layers are numbered, and so each has other names."""
    done = python(
        "import gc, psutil\n"
        "from ganlab.initial import initial_weights\n"
        "from ganlab.networks import mlp\n"
        "def held(models):\n"
        "    for _ in range(models):\n"
        "        initial_weights(mlp((1, 8, 8, 1)), (0,), 1)\n"
        "    gc.collect()\n"
        "    return psutil.Process().memory_info().rss / 2**20\n"
        "before = held(64)\n"
        "print(held(128) - before)\n"
    )
    assert float(done.stdout) < 10, done.stderr  # MB; 27 if TensorFlow forgets nothing
