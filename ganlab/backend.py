"""TensorFlow and Keras, imported once and quietly.

TensorFlow writes start-up lines to file descriptor 2 that no setting removes, and in a
notebook they land in the first cell's output. So that descriptor points nowhere during
the import and the first operation; Python's own warnings and errors are not touched.
"""

import contextlib
import itertools
import os

from ganlab import cache

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

# XLA makes one kernel of a whole loop if an iteration touches less than so many bytes, by
# its own setting 1,024. Two million take in 32 small GANs, whose steps then cost half
# (docs/performance.md). The setting counts if nothing has been compiled before.
_ONE_KERNEL = "xla_cpu_small_while_loop_byte_threshold"
if _ONE_KERNEL not in (_flags := os.environ.get("XLA_FLAGS", "")):
    os.environ["XLA_FLAGS"] = f"{_flags} --xla_backend_extra_options={_ONE_KERNEL}={2**21}".strip()

cache.prepare()  # after all other flags, for what they are belongs to what is compiled


@contextlib.contextmanager
def _no_stderr():
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


with _no_stderr():
    import keras
    import tensorflow as tf

    tf.constant(0.0) + 1.0

# Every shape of network is traced once, which TensorFlow takes for a mistake and says so.
tf.get_logger().setLevel("ERROR")

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"Keras runs on {keras.backend.backend()!r} here; ganlab wants tensorflow: "
        "set KERAS_BACKEND=tensorflow before Python starts"
    )

_process = os.getpid()


def refuse_unusable():
    """One line where TensorFlow would hang, or take an hour, and say nothing."""
    if os.getpid() != _process:
        raise RuntimeError(
            "this process was forked from one in which TensorFlow runs, and would hang: wanted "
            "one of multiprocessing.get_context('spawn')"
        )
    if tf.config.functions_run_eagerly() and os.environ.get("GANLAB_COMPILE", "1") != "0":
        raise RuntimeError(
            "tf.config.run_functions_eagerly(True) is on, with which a training takes hours: "
            "wanted False; a few steps can be watched so with GANLAB_COMPILE=0 in the environment"
        )


_MODELS = 64  # that are built before TensorFlow's kernels are forgotten
_built = itertools.count(1)


def model_was_built():
    """Let TensorFlow forget its kernels from time to time.

    It keeps one for the making of each variable of another name, 35 kB, and Keras numbers the
    layers that names are made of. Forgotten kernels come back when they are asked for, programs
    that are compiled in milliseconds.
    """
    if next(_built) % _MODELS == 0:
        from tensorflow.python.eager import context

        getattr(context.context(), "clear_kernel_cache", lambda: None)()


__all__ = ["keras", "model_was_built", "refuse_unusable", "tf"]
