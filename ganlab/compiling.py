"""Whether XLA compiles: on this machine, and if it does, why not this program."""

import functools
import os
import re
import warnings
from pathlib import Path

from ganlab.arguments import first_line
from ganlab.backend import tf

_without_xla = False
_LIBRARIES = ("site-packages", "dist-packages", str(Path(__file__).parent))


def compiles():
    """Whether programs are compiled: GANLAB_COMPILE=0 turns it off, as does a missing XLA."""
    return os.environ.get("GANLAB_COMPILE", "1") != "0" and not _without_xla


@functools.cache
def xla_works():
    """Whether XLA compiles anything at all here, tried once with the addition of two numbers."""
    try:
        tf.function(lambda x: x + 1.0, jit_compile=True)(tf.constant(1.0))
    except Exception:  # whatever it is: nothing can be compiled
        return False
    return True


def warn_uncompiled(error):
    """Says in one line that XLA has refused a program, which therefore runs uncompiled. Where it
    refuses every program, this is said once, and none is tried again."""
    global _without_xla
    if xla_works():
        told = f"XLA cannot compile this training, which runs uncompiled and slower: {why(error)}"
    elif _without_xla:
        return
    else:
        _without_xla = True
        told = (
            "TensorFlow cannot compile here, so training runs uncompiled and slower: "
            f"{first_line(error)}"
        )
    warnings.warn(told, RuntimeWarning, stacklevel=3)


def why(error):
    """What XLA refused, in a line: the operation and the reader's function that it stands in, where
    the error tells them."""
    text = str(error)
    operation = re.search(r"unsupported operations[^\n]*?: (\w+) \(", text)
    if operation is None:
        return first_line(error)
    trace = text.partition("\n\t")[0]
    own = [
        (line, name)
        for file, line, name in re.findall(r'File "([^"\n]*)", line (\d+), in ([^\n]+)', trace)
        if not any(library in file for library in _LIBRARIES)
    ]
    # The last of them is the innermost. A cell or a script that calls `train` is none.
    inside = own and own[-1][1] != "<module>"
    where = f", in {own[-1][1]}, line {own[-1][0]}" if inside else ""
    return f"it has no {operation[1]}{where}"
