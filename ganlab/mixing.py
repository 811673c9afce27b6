"""Whether members stay apart: a NaN put into one of them must not reach another.

A function that averages over the first axis, say, mixes all members and gives numbers of the right
shape. No shape tells; a NaN does, whatever it goes through: losses, penalties, what D is shown,
layers, what takes the place of weights.
"""

import numpy as np

from ganlab.backend import tf


def refuse_mixing(program, arguments, seeds, frozen, suspects=()):
    """Refuses a program in which a NaN goes from one member to others; tried once a program.

    arguments  (state, data, scalars) of a call that is about to be made
    frozen     (members,) who has failed already, and may be NaN itself
    suspects   the reader's own functions and layers, in words
    """
    apart = np.flatnonzero(~frozen)
    if program.apart or len(apart) < 2:
        return
    victim, others = apart[0], apart[1:]
    state, data, scalars = arguments
    members = len(seeds)
    poison = tf.constant(np.where(np.arange(members) == victim, np.nan, 0.0), tf.float32)

    def poisoned(x, axis):
        """x with NaN for one member, whose place is on this axis; x itself if it has none."""
        if x is None or x.shape.rank <= axis or not x.dtype.is_floating:
            return x
        return x + tf.reshape(poison, [*[1] * axis, -1, *[1] * (x.shape.rank - axis - 1)])

    def finite(state, data):
        """(members,) whose numbers are all finite after a step from there."""
        after, seen, _ = program(state, data, scalars, 1)
        found = [np.isfinite(seen.numpy()).all(axis=0)]
        for x in after:
            if x.shape.rank and x.shape[0] == members:
                found.append(np.isfinite(x.numpy()).reshape(members, -1).all(axis=1))
        return np.all(found, axis=0)

    spoilt = finite(
        [poisoned(x, 0) for x in state],
        tf.nest.map_structure(lambda x: poisoned(x, 1), data),
    )
    if not spoilt[others].all():
        spoilt |= ~finite(state, data)  # what is not finite anyway was not spoilt
        reached = [seeds[i] for i in others if not spoilt[i]]
        if reached:
            whose = f"; yours are {', '.join(suspects)}" if suspects else ""
            raise ValueError(
                f"the members are mixed: a NaN in seed {seeds[victim]} reaches "
                f"{len(reached)} of the {len(others)} others; wanted functions and layers that "
                f"treat what stands on the first axis apart{whose}"
            )
    program.apart = True
