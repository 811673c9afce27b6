"""One call with one bad argument, and what became of it."""

import contextlib
import inspect
import io
import re
import resource
import signal
import warnings

import numpy as np

from ganlab.backend import tf
from tests.fuzz import bad, valid

SECONDS = 60
ROOM = 6 * 2**30  # bytes beyond what the process holds: a call that wants more is a fault
MISSING = inspect.Parameter.empty
# The same thing under the name that its owner uses: the words of `train` for what is learned.
ALSO_CALLED = {
    "array": ("the data",),
    "real": ("the data",),
    "target": ("the data",),
    "inputs": ("the data",),
    "pictures": ("the data", "pictures"),
    "paths": ("each of paths",),
}


# Functions whose docstrings say that NaN comes of such numbers.
NAN_IS_PROMISED = {("quantile", "u")}
NAN_IS_PROMISED |= {("after_leaving", name) for name in ("values", "majority", "records")}
NAN_IS_PROMISED |= {("reverse_kl_of_modes", name) for name in ("samples", "target")}
NAN_IS_PROMISED |= {
    (function, argument)
    for function in ("value", "kl", "jensen_shannon", "total_variation", "wasserstein")
    for argument in ("logit", "log_p", "log_q", "w")
}


NOT_LOOKED_AT = {("best_response", "d")}  # whose place the best D takes
NONE_IS_MEANT = {("mlp", "activation"), ("Gan", "shown")}  # linear, as in Keras; nothing
NONE_IS_MEANT |= {("Stratified", "jitter")}  # spread over all of its slot
UNUSED = {("smoothed_generator_loss", "real_label")}  # G's loss is the same with any
FUNCTIONS_ARE_MEANT = {("TorchAdam", "learning_rate")}  # which gives the rate
FUNCTIONS_ARE_MEANT |= {("mlp", "activation"), ("mlp", "output_activation")}
FUNCTIONS_ARE_MEANT |= {("MinibatchDiscrimination", "kernel_initializer")}
FUNCTIONS_ARE_MEANT |= {("LearnedConstant", "initializer")}
FUNCTIONS_ARE_MEANT |= {
    ("ModulatedConv2D", "activation"),
    ("ModulatedConv2D", "kernel_initializer"),
}
FUNCTIONS_ARE_MEANT |= {("finite_game", "cost"), ("feature_matching", "distance")}


class Hang(BaseException):
    """A call that takes too long."""


def of(name, argument):
    """What makes a valid value of an argument: the narrowest entry there is, None if none."""
    parts = name.removeprefix("ganlab.").split(".")
    for k in range(len(parts), -1, -1):
        if found := valid.VALID.get(".".join([*parts[:k], argument])):
            return found
    return None


def arguments(name, function):
    """{argument: how to make a valid value} of those needed, and of those that may be left out."""
    needed, others = {}, {}
    for parameter in inspect.signature(function).parameters.values():
        kind, argument = parameter.kind, parameter.name
        if argument == "self" or kind is parameter.VAR_KEYWORD:
            continue
        make = of(name, argument)
        if kind is parameter.VAR_POSITIONAL or parameter.default is MISSING:
            if make is None:
                raise LookupError(
                    f"nobody knows what a valid `{argument}` of {name} is: a line in VALID of "
                    "tests/fuzz/valid.py says it"
                )
            needed[argument] = make
        elif of(name, f"{argument}!") or (argument == "size" and "Pictures" in name):
            needed[argument] = make
        else:
            if make is None:
                make = lambda default=parameter.default: default  # noqa: E731
            others[argument] = make
    return needed, others


def call(function, given, owner=None):
    """Calls a function with arguments by name, those of `*name` one by one."""
    parameters = inspect.signature(function).parameters
    before, rest = ([owner()] if owner else []), {}
    for argument, value in given.items():
        if parameters[argument].kind is inspect.Parameter.VAR_POSITIONAL:
            before += list(value) if isinstance(value, (list, tuple)) else [value]
        elif parameters[argument].kind is inspect.Parameter.POSITIONAL_ONLY:
            before.append(value)
        else:
            rest[argument] = value
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UserWarning)  # how a reader is told
        warnings.simplefilter("ignore", RuntimeWarning)  # of overflow: what comes out is judged
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        return function(*before, **rest)


@contextlib.contextmanager
def limited():
    """Ends what takes too long, and what wants too much memory."""

    def stop(*_):
        raise Hang

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (held + ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def counts(usual):
    """Whether a valid value says that a count or a number of a seed is wanted, as 3 and not 3.0."""
    return isinstance(usual, (int, np.integer)) and not isinstance(usual, bool)


def a_count(value):
    """Whether a value is a whole number from 0 on, or none at all."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number)):
        return True
    return bool(np.isfinite(value)) and value >= 0 and value == int(value)


def fault(function, given, argument, what, owner=None, allowed=(), usual=None):
    """What is wrong with how a function takes a bad argument, in words; None if nothing is.

    usual  a valid value in its place, if it is known
    """
    value, left_out = given[argument], inspect.signature(function).parameters[argument].default
    if (function.__name__, argument) in NOT_LOOKED_AT or (what == "None" and left_out is None):
        return None
    if what == "None" and (function.__name__, argument) in NONE_IS_MEANT:
        return None
    if (function.__name__, argument) in FUNCTIONS_ARE_MEANT:
        allowed = (*allowed, "a function")
    if argument in ("records", "weights", "seeds"):  # a generator's are as good as a list's
        allowed = (*allowed, "a generator", "a set")
    if argument in ("titles", "outcome"):
        allowed = (*allowed, "a list of text")
    if (function.__name__, argument) in UNUSED:
        allowed = (*allowed, "swallows")
    if argument == "titles":  # which are written as they are
        allowed = (*allowed, "an array of objects", "complex numbers", "dates", "masked")
    if argument == "reference":  # {label: number}
        allowed = (*allowed, "a dict")
    if isinstance(left_out, bool):  # a flag: anything is true or false
        return None
    if (function.__name__, argument) in NAN_IS_PROMISED:
        allowed = (*allowed, "NaN")
    try:
        with limited():
            result = call(function, given, owner)
    except Hang:
        return f"takes more than {SECONDS} s"
    except (ValueError, TypeError) as error:
        told = str(error)
        names = (argument, *ALSO_CALLED.get(argument, ()))
        if "\n" in told:
            return f"{type(error).__name__} of several lines: {told[:300]}"
        if "shape" in told:  # of two that do not fit each other either may be named
            names = (*names, *given)
        if not any(re.search(rf"\b{re.escape(name)}\b", told) for name in names):
            return f"does not name `{argument}`: {type(error).__name__}: {told[:300]}"
        return None
    except (OSError, FloatingPointError) as error:
        if argument == "path" or type(error).__name__ == "TrainingFailed":
            return None
        return f"{type(error).__name__}: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    if what in bad.JUNK and what not in allowed:
        return f"{what} is taken without a word, and gives {str(result)[:80]!r}"
    if counts(usual) and not a_count(value):
        return f"{what} is taken for a count, and gives {str(result)[:80]!r}"
    if "NaN" not in allowed and bad.finite(value) and not finite_result(result):
        return f"NaN comes of finite numbers: {str(result)[:80]!r}"
    if "swallows" not in allowed and bad.holds_nan(value) and swallowed(result):
        return f"NaN is taken without a word, and gives {str(result)[:80]!r}"
    return None


def numbers_of(result):
    """The floating-point arrays of a result, of a dict's values too."""
    if isinstance(result, (tf.Tensor, np.ndarray, float, np.floating)):
        array = np.asarray(result)
        return [array] if array.dtype.kind == "f" else []
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)):
        return [array for each in result for array in numbers_of(each)]
    return []


def finite_result(result):
    return not any(np.isnan(array).any() for array in numbers_of(result))


def swallowed(result):
    """Whether there are numbers, and all are finite."""
    found = numbers_of(result)
    return bool(found) and all(np.isfinite(array).all() for array in found)
