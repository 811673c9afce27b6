"""Whether members stay apart, and whether a step is the same when it is taken again.

A function that averages over the first axis, say, mixes all members and gives numbers of the right
shape. One that draws random numbers of its own, or counts its calls, gives a run that nobody can
repeat. Neither shows in shapes. So before a program is used, it takes a step from the same place
twice, and then with other numbers for one member: nothing else may change.
"""

import numpy as np

from ganlab.backend import tf


def refuse_mixing(program, arguments, seeds, frozen, suspects=(), alone=None):
    """Refuses a program in which members mix, or which is another at each call; tried once.

    arguments  (state, data, scalars) of a call that is about to be made
    frozen     (members,) who has failed already
    suspects   the reader's own functions and layers, in words
    alone      `alone()` names one that does otherwise for a member alone, if there is any
    """
    if program.apart:
        return
    apart, (state, data, scalars) = np.flatnonzero(~frozen), arguments
    whose = f"; yours are {', '.join(suspects)}" if suspects else ""

    def after(state, data):
        """All that a step leaves, each as (members, numbers)."""
        left, seen, _ = program(state, data, scalars, 1)
        found = [x.numpy() for x in left if x.shape.rank and x.shape[0] == len(seeds)]
        return [*(x.reshape(len(seeds), -1) for x in found), seen.numpy().T]

    wanted = after(state, data)
    if any(
        _differ(one, other).any() for one, other in zip(wanted, after(state, data), strict=True)
    ):
        raise ValueError(
            "a step gives other numbers when it is taken again: a function or layer draws random "
            "numbers of its own, or counts its calls; wanted noise from `draw`, and `now.step`"
            f"{whose}"
        )
    if len(apart) > 1:
        victim, others = apart[0], apart[1:]
        for change in (_as_another(apart[1]), _thrown(0), _thrown(1)):
            try:
                found = after(
                    [change(x, 0, victim) for x in state],
                    tf.nest.map_structure(lambda x: change(x, 1, victim), data),  # noqa: B023
                )
            except tf.errors.OpError:  # a check of the reader's, that such numbers do not pass
                continue
            reached = np.zeros(len(seeds), bool)
            for one, other in zip(wanted, found, strict=True):
                reached |= _differ(one, other)
            if reached[others].any():
                raise ValueError(
                    f"the members are mixed: what is done to seed {seeds[victim]} reaches "
                    f"{reached[others].sum()} of the {len(others)} others; wanted functions and "
                    f"layers that treat what stands on the first axis apart{whose}"
                )
        if alone is not None and (which := alone()):
            raise ValueError(
                f"the members are mixed: {which} gives a seed other numbers among others than "
                "alone; wanted functions that treat what stands on the first axis apart, and do "
                "not count it"
            )
    program.apart = True


def _differ(one, other):
    """(members,) whose numbers are not the same, but for what threads may round otherwise."""
    with np.errstate(over="ignore"):  # of members that are about to fail
        same = np.isclose(one, other, rtol=1e-5, atol=1e-7, equal_nan=True)
    return ~same.all(axis=1)


def _has_members(x, axis):
    return x is not None and x.shape.rank > axis and x.dtype.is_floating


def _as_another(which):
    """Numbers of another member's: as good as any."""

    def change(x, axis, victim):
        if not _has_members(x, axis):
            return x
        places = np.arange(x.shape[axis])
        places[victim] = which
        return tf.gather(x, places, axis=axis)

    return change


def _thrown(number):
    """Numbers thirty times as large, of any sign: a comparison may come out otherwise."""
    rng = np.random.default_rng(number)

    def change(x, axis, victim):
        if not _has_members(x, axis):
            return x
        factors = np.ones(x.shape, "float32")
        place = (slice(None),) * axis + (victim,)
        factors[place] = rng.choice([-30.0, 30.0], factors[place].shape)
        return x * factors

    return change
