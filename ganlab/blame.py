"""What stopped being finite first: one step of a Gan, part after part, for one member.

A step that gives NaN is over before anyone has seen it. Here it is taken again, uncompiled, and
each part is looked at: samples, what D is shown, its outputs, losses, penalties, their slopes.
"""

import numpy as np

from ganlab.backend import tf
from ganlab.drawn import drawn_at
from ganlab.ensemble import call
from ganlab.lookups import name_of

_LARGE = 1e3  # weights beyond it were on their way to infinity, whoever arrived first


def first_not_finite(game, program, before, data, given, failed):
    """The first part that was not finite, in words; None if it is not found, or if weights had
    grown so large before that the learning rate is more likely to be the cause.

    game      the `Steps` whose `program` took steps of both players, or of D
    before    the state from which it did, and `data` and `given` what it was given
    failed    (members,) at which of those steps each member stopped being finite
    """
    member, last = int(np.argmin(failed)), int(failed.min())
    registers = [*game.g.registers, *game.d.registers]
    # What G's step spoils is seen in the step after it.
    for step in range(max(0, last - 1), last + 1):
        state = program(before, data, given, step)[0] if step else before
        for register, value in zip(registers, state, strict=True):
            register.assign(value)
        weights = [np.asarray(w)[member] for w in (*game.g.values(), *game.d.values())]
        if not max(np.abs(w).max(initial=0.0) for w in weights) <= _LARGE:
            return None
        for what, value in _parts(game, step, data, given):
            values = value if isinstance(value, list) else [value]
            if not all(np.isfinite(np.asarray(v)[member]).all() for v in values):
                return what
    return None


def _parts(game, step, data, given):
    """(what, its numbers (members, ...) or a list of such) in the order in which a step has them,
    of D's first step at least, then of G's."""
    moving, scalars = given
    now = moving.step + float(step)
    drawn = drawn_at(data["d"], step * game.n_critic + moving.start["d"])
    fake = call(game.generator, game.in_use("g", game.g.values(), scalars), drawn.z)
    yield "what the generator makes", fake
    batches = game.show(drawn, fake, now, scalars)
    yield "what D is shown", [batches.real, batches.fake]

    weights = game.d.values()
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(weights)
        used = game.in_use("d", weights, scalars)
        logits, _ = game.judge(used, batches)
        loss = game.losses.discriminator(*logits, **scalars.losses)
        penalties = list(game.penalties("d", weights, used, game.g.values(), batches, scalars))
    yield "what the discriminator puts out", logits
    name = f"losses.discriminator ({name_of(game.losses.discriminator)})"
    yield from _value_and_slope(tape, name, loss, weights)
    for k, penalty in penalties:
        name = f"added[{k}] ({name_of(game.added[k].function)})"
        yield from _value_and_slope(tape, name, penalty, weights)

    if "g" not in data:
        return
    drawn = drawn_at(data["g"], step + moving.start["g"])
    weights = game.g.values()
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(weights)
        fake = call(game.generator, game.in_use("g", weights, scalars), drawn.z)
        batches = game.show(drawn, fake, now, scalars)
        loss, opponent = game.g_loss(weights, batches, scalars)
        penalties = list(game.penalties("g", weights, opponent, weights, batches, scalars))
    name = f"losses.generator ({name_of(game.losses.generator)})"
    yield from _value_and_slope(tape, name, loss, weights)
    for k, penalty in penalties:
        name = f"added[{k}] ({name_of(game.added[k].function)})"
        yield from _value_and_slope(tape, name, penalty, weights)


def _value_and_slope(tape, name, value, weights):
    yield name, value
    found = tape.gradient(value, weights, unconnected_gradients="zero")
    yield f"the slope of {name}", [tf.convert_to_tensor(slope) for slope in found]
