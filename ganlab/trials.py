"""What a reader's functions do, tried before they are compiled.

A program holds what a function did once, when it was built: numbers that it drew are frozen in it.
A loss without a slope trains nothing, and one that is divided by the number of seeds trains each
of them the less, the more there are. None of these raises. So each function of the reader's is
asked about numbers of its kind: twice, for its slope, about one member alone and beside another.
"""

import contextlib
import random
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ganlab.backend import tf
from ganlab.lookups import content, name_of
from ganlab.own import say

MEMBERS = 2  # of which the first is asked about alone, too


class Trial(NamedTuple):
    """A function of the reader's, and what it is tried on.

    where     what it is for, in words
    function  the function itself, to be named
    ask       `ask(*given)` gives what the function does, numbers (members, ...) or a list of such
    given     numbers (members, ...), nested as `ask` wants them
    slopes    the place in `given` of what it should have a slope in; None if that does not matter
    learner   whom it would teach nothing without
    instead   what to use in the place of random numbers
    """

    where: str
    function: Callable
    ask: Callable
    given: tuple
    slopes: int | None = None
    learner: str = ""
    instead: str = "noise from the `draw` of a Shown or an Added, and `now.step`"


def try_out(trials):
    """Refuses functions that draw numbers of their own, and warns of those without a slope."""
    for trial in trials:
        with _own_numbers() as drawn_from:
            first, again = _found(trial, 1, sloped=True), _found(trial, 1)
        if first is None:  # it raises, which the training tells, or wants other numbers of members
            continue
        if drawn_from() or (again is not None and _differ(first[0], again[0])):
            raise ValueError(
                "a step gives other numbers when it is taken again, or the same random ones each "
                f"time: {trial.where} ({name_of(trial.function)}) draws numbers of its own, or "
                f"counts its calls; wanted {trial.instead}"
            )
        if trial.slopes is not None and _flat(trial, first):
            say(
                f"{trial.where} ({name_of(trial.function)}) has no slope, so it teaches the "
                f"{trial.learner} nothing: rounding, argmax, comparisons, constants and "
                "stop_gradient have none"
            )


def other_alone(trials):
    """The first function that gives a member other numbers, or slopes, beside another than alone,
    in words; None if there is none."""
    for trial in trials:
        alone, beside = _found(trial, 1, sloped=True), _found(trial, MEMBERS, sloped=True)
        if alone is None or beside is None:
            continue
        for one, other in zip(alone, beside, strict=True):
            if _differ(one, [x[:1] for x in other]):
                return f"{trial.where} ({name_of(trial.function)})"
    return None


def _found(trial, members, sloped=False):
    """([numbers], [slopes of their weighed sum]) for the first members; None where the function
    raises, or gives another number of members."""
    given = tf.nest.map_structure(
        lambda x: None if x is None else tf.constant(x)[:members], trial.given
    )
    wanted = [] if trial.slopes is None else tf.nest.flatten(given[trial.slopes])
    try:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(wanted)
            found = tf.nest.flatten(trial.ask(*given))
            total = tf.add_n([_weighed(x) for x in found])
        slopes = []
        if sloped and wanted:
            slopes = tape.gradient(total, wanted, unconnected_gradients="zero")
        found, slopes = ([np.asarray(x) for x in some] for some in (found, slopes))
    except Exception:  # the reader's code may raise anything
        return None
    return (found, slopes) if all(x.shape[:1] == (members,) for x in found) else None


def _weighed(x):
    """A sum in which every number of x (members, ...) counts otherwise: what centres a batch has a
    plain sum without a slope. The first member's numbers do not depend on how many there are."""
    x = tf.convert_to_tensor(x)
    size, members = int(np.prod(x.shape[1:])), np.arange(1.0, x.shape[0] + 1)
    factors = np.outer(members, np.cos(np.arange(size))).reshape(x.shape)
    return tf.reduce_sum(x * tf.constant(factors, x.dtype))


def _flat(trial, found):
    """Whether there is no slope anywhere. A penalty of 0 may have one elsewhere, as one-sided ones
    do: of weights ten times as large. What is 0 there, too, is not judged."""
    if any(x.any() for x in found[1]):
        return False
    penalty = trial.where.startswith("added")
    if penalty and any(x.any() for x in found[0]):
        return True
    farther = [lambda x: 10 * x] if penalty else [lambda x: 10 + abs(x), lambda x: -10 - abs(x)]
    for change in farther:
        moved = tf.nest.map_structure(change, trial.given[0])
        found = _found(trial._replace(given=(moved, *trial.given[1:])), MEMBERS, sloped=True)
        if found is None or any(x.any() for x in found[1]):
            return False
    return not penalty or any(x.any() for x in found[0])


def _differ(some, others):
    """Whether numbers are not the same, but for rounding."""
    for one, other in zip(some, others, strict=True):
        if one.shape != other.shape:
            return True
        size = np.abs(one[np.isfinite(one)]).max(initial=0.0)
        if not np.allclose(one, other, rtol=1e-4, atol=1e-5 * size, equal_nan=True):
            return True
    return False


@contextlib.contextmanager
def _own_numbers():
    """Gives a function that says whether anybody has drawn from NumPy's or Python's own random
    numbers meanwhile; afterwards they are where they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    np.random.seed(20161128)  # noqa: NPY002, where no seeding of the reader's leads
    random.seed(20161128)

    def states():
        kind, keys, *rest = np.random.get_state()  # noqa: NPY002
        return kind, keys.tobytes(), *rest, random.getstate()

    begun, ended = states(), []
    try:
        yield lambda: ended[0] != begun
    finally:
        ended.append(states())
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)


# What is tried ------------------------------------------------------------------------------


def written(function, within=()):
    """Whether a function is the reader's, or holds one that is."""
    function = getattr(function, "func", getattr(function, "python_function", function))
    if function is None or id(function) in within:  # functions may hold themselves
        return False
    library = (getattr(function, "__module__", None) or "").partition(".")[0]
    if library not in ("ganlab", "keras", "tensorflow"):
        return True
    held = [content(cell) for cell in getattr(function, "__closure__", None) or ()]
    within = (*within, id(function))
    return any(callable(part) and written(part, within) for part in held)


def wide(rng, *shape):
    """Numbers of all sizes from 0.01 to 10, so that a slope that is anywhere is found."""
    sizes = 10.0 ** rng.uniform(-2, 1, shape)
    return (rng.choice([-1.0, 1.0], shape) * sizes).astype("float32")


def of_loss(where, loss, batch_size):
    """The trial of a function of D's logits and targets between 0 and 1."""
    rng = np.random.default_rng(0)
    shape = (MEMBERS, batch_size)
    given = (wide(rng, *shape), rng.random(shape, dtype=np.float32))
    instead = "a function of logits and targets alone"
    trial = Trial(where, loss, loss, given, 0, "discriminator", instead)
    return [trial] if written(loss) else []


def of_likelihood(likelihood, scalars, real):
    """The trials of what a `Likelihood` is made of; `real` is one batch (n, dim) of samples."""
    rng, (n, dim) = np.random.default_rng(0), real.shape
    real = np.stack([real] * MEMBERS).astype("float32")
    outputs, noise = wide(rng, MEMBERS, n, likelihood.outputs * dim), wide(rng, *real.shape)
    scalars = some_of(scalars)

    def named(name, *given, slopes=None):
        function = getattr(likelihood, name)

        def ask(*given):
            return function(*given[:-1], **given[-1])

        if written(function):
            where, instead = f"likelihood.{name}", "the noise that `sample` is given"
            yield Trial(where, function, ask, (*given, scalars), slopes, "decoder", instead)

    return [
        *named("log_probability", outputs, real, slopes=0),
        *named("mean", outputs),
        *named("sample", outputs, noise),
    ]


def some_of(values, change=lambda x: x):
    """The values of as many members as are tried, which may be more than there are."""

    def of(x):
        x = np.asarray(x)
        return change(np.resize(x, (MEMBERS, *x.shape[1:]))).astype("float32")

    return tf.nest.map_structure(of, values)
