"""One training step, compiled once, run over blocks of steps for all members at once.

A `Program` knows nothing of GANs: it is given players (stacked weights with the optimizer
that moves them) and a step that lets them move, and it runs that step as often as asked
inside one compiled function. It keeps no state between calls: weights and optimizer
variables go in and come out, so programs can be shared by any number of trainers.
"""

import concurrent.futures
import contextlib
import math
import threading

import numpy as np

from ganlab import cache
from ganlab.backend import keras, refuse_unusable, tf
from ganlab.compiling import compiles, warn_uncompiled
from ganlab.streams import stream

NEVER = np.iinfo(np.int32).max


class Player:
    """Stacked weights of one network, the optimizer that moves them, and, if `averaged`, the
    average of each weight over all steps.

    `kept` are shapes of what else goes from step to step, in lists; `Player.kept` holds it in
    lists alike, which only its owner reads and sets.
    """

    def __init__(self, model, members, recipe, averaged=False, kept=()):
        self.members = members
        shapes = [(members, *weight.shape) for weight in model.trainable_variables]
        self.weights = [keras.Variable(np.zeros(shape, "float32")) for shape in shapes]
        kind, config = recipe
        # Keras would number it, and the name is part of what is compiled.
        self.optimizer = kind.from_config({**config, "name": "optimizer"})
        self.optimizer.build(self.weights)
        self._averages = [keras.Variable(np.zeros(s, "float32")) for s in shapes if averaged]
        self.kept = [[keras.Variable(np.zeros(s, "float32")) for s in some] for some in kept]
        self.registers = [*self.weights, *self.optimizer.variables, *self._averages]
        self.registers += [register for some in self.kept for register in some]
        self.turns = threading.Lock()  # for whoever uses the registers as they are

    def values(self):
        return [tf.convert_to_tensor(weight.value) for weight in self.weights]

    def average(self):
        """What `descend` keeps if the player is averaged: what each weight was on average until
        now, its present value included; else None."""
        return [tf.convert_to_tensor(mean.value) for mean in self._averages] or None

    def one_per_member(self, what, values):
        """`values`, which have to be one for each member: a single one would mix the members."""
        if (shape := tuple(tf.convert_to_tensor(values).shape)) != (self.members,):
            raise ValueError(f"{what} shape {shape}: wanted ({self.members},), one for each seed")
        return values

    def descend(self, loss, rate):
        """One step on the sum of the members' losses, which keeps the members apart.

        `loss(weights)` returns (one loss per member, anything); `rate` (members,) scales
        each member's change: an update is linear in its learning rate, so this is a
        learning rate per member for an optimizer that knows only one.
        """
        before = self.values()
        share = 1.0 / (tf.cast(self.optimizer.iterations.value, tf.float32) + 1.0)
        for mean, value in zip(self._averages, before, strict=False):
            mean.assign_add(share * (value - mean.value))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(before)
            losses, report = loss(before)
            total = tf.reduce_sum(self.one_per_member("the loss has", losses))
        try:
            gradients = tape.gradient(total, before, unconnected_gradients="zero")
        except LookupError as error:
            raise ValueError(
                f"the loss has no slope, for it goes through an operation without: {error}"
            ) from error
        self.optimizer.apply(gradients, self.weights)
        for weight, old in zip(self.weights, before, strict=True):
            scale = tf.reshape(rate, [-1] + [1] * (old.shape.rank - 1))
            weight.assign(old + scale * (weight.value - old))
        return losses, report


class Program:
    """`step(i, data, scalars)` run for i = 0, 1, ... inside one compiled function.

    `step` lets the players move and returns what it saw, one row (members,) for each name
    in `quantities`. A member has failed when a row stops being finite, or a weight. `tiny`
    says that starting an operation costs more than doing it: then all steps together may
    become one kernel, which runs on one core without a break. `key` says what the function is:
    with it, what is compiled is kept for other processes.
    """

    def __init__(self, players, step, quantities, tiny=False, key=None):
        self._name = None if key is None else cache.name_of(key)
        self.quantities = tuple(quantities)
        self._registers = [register for player in players for register in player.registers]
        self._weights = [weight for player in players for weight in player.weights]
        self._step = step
        # Compiled, a call is one operation; uncompiled, two threads would share the registers.
        self._turns = players[0].turns
        self.apart = False  # whether its members have been seen to be, by `mixing`
        self.tried = False  # whether the reader's functions in it have been, by `trials`
        # The registers' values before any step: weights, then optimizer variables, player
        # after player. Taken now, for every call leaves its own values in the registers.
        self.initial_state = [tf.identity(register.value) for register in self._registers]
        self._build(compiles(), tiny)

    def _build(self, compiled, tiny=False):
        self._run = tf.function(self._loop, jit_compile=compiled, autograph=False)
        self._compiled, self._tiny, self.ready = compiled, tiny, False
        self._found = {}  # what was traced, by the shapes that it takes

    def _loop(self, state, data, scalars, count):
        for register, value in zip(self._registers, state, strict=True):
            register.assign(value)
        members = self._weights[0].shape[0]
        total = tf.zeros((len(self.quantities), members))
        failed = tf.fill((members,), NEVER)
        # Not a Python loop that TensorFlow rewrites: rewriting takes a second. And not over
        # tf.range(count): XLA would compile anew for every count.
        _, total, failed, largest = tf.while_loop(
            lambda i, *_: i < count,
            lambda i, *sums: self._once(i, data, scalars, *sums),
            (tf.constant(0), total, failed, tf.zeros(1)),
        )
        finite = [
            tf.reduce_all(tf.math.is_finite(tf.reshape(weight.value, (members, -1))), axis=1)
            for weight in self._weights
        ]
        all_finite = tf.reduce_all(tf.stack(finite), axis=0)
        failed = tf.where(all_finite, failed, tf.minimum(failed, count - 1))
        state = [tf.identity(register.value) for register in self._registers]
        return state, total, failed, largest

    def _once(self, i, data, scalars, total, failed, largest):
        seen = tf.stack(self._step(i, data, scalars))
        finite = tf.reduce_all(tf.math.is_finite(seen), axis=0)
        failed = tf.where(finite, failed, tf.minimum(failed, i))
        if not self._tiny:
            # Nobody wants the number. But XLA makes one kernel of a small loop
            # (`ganlab.backend`) only if no library is called in it, as it is here.
            largest = tf.math.top_k(seen[0], 1).values
        return i + 1, total + seen, failed, largest

    def __call__(self, state, data, scalars, count):
        """Runs `count` steps. Returns the new state, the sums (quantities, members) and the
        step at which each member failed, counted from 0 (`NEVER` for those that did not)."""
        refuse_unusable()
        with contextlib.nullcontext() if self._compiled and self.ready else self._turns:
            return self._called((state, data, scalars, tf.constant(count, tf.int32)))

    def _traced(self, arguments):
        """What `_run` would find for these arguments, which takes it longer than some steps do:
        registers do not change their shapes, so those of the data and the scalars tell. Where
        whoever looks for a fault has functions run eagerly, nothing is traced."""
        if tf.config.functions_run_eagerly():
            return self._run
        given = tf.nest.flatten(arguments[1:3])
        shapes = tuple(None if one is None else tuple(one.shape) for one in given)
        if shapes not in self._found:
            self._found[shapes] = self._run.get_concrete_function(*arguments)
        return self._found[shapes]

    def _called(self, arguments):
        refused = None
        while True:
            try:
                if self.ready:
                    result = self._traced(arguments)(*arguments)[:3]
                else:
                    with cache.named(self._name), _gradients_forgotten():
                        result = self._run(*arguments)[:3]
                break
            except tf.errors.OpError as error:
                if self.ready or not self._compiled:
                    raise
                # Some loops cannot become one kernel. And without a working XLA the same
                # function runs as an ordinary graph. An error that is not XLA's comes
                # again, and then it is the caller's to see.
                self._build(compiled=self._tiny)
                refused = error
        if refused is not None and not self._compiled:
            warn_uncompiled(refused)
        self.ready = True
        return result


@contextlib.contextmanager
def _gradients_forgotten():
    """Forgets the custom gradients of what is traced meanwhile. TensorFlow would keep them, and
    with each the whole graph that it stands in; but nobody differentiates a program."""
    from tensorflow.python.framework import ops  # after `ganlab.backend`

    known = getattr(getattr(ops, "gradient_registry", None), "_registry", {})
    before = set(known)
    try:
        yield
    finally:
        for name in set(known) - before:
            if name.startswith("CustomGradient-"):
                del known[name]


_kept = {}


def shared(key, make):
    """What `make()` built for an equal key before, else built now; the last 16 are kept."""
    found = _kept.pop(key, None) or make()
    _kept[key] = found
    while len(_kept) > 16:
        del _kept[next(iter(_kept))]
    return found


def blocks_of(seconds, members):
    """(steps in a block of random numbers, blocks handed to the program at once), where a step
    of one member takes about so many seconds, told from shapes alone.

    What a seed draws must depend neither on the machine nor on the other seeds. Both are meant to
    take at most about a quarter of a second on two cores: the first for 32 members, the second
    for those there are.
    """
    length, span = (
        2 ** int(np.clip(math.log2(0.25 / (many * seconds)), 0, most))
        for many, most in ((32, 8), (members, 11))
    )
    return length, max(1, span // length)


# Draws the next random numbers while a program runs on those before.
_ahead = concurrent.futures.ThreadPoolExecutor(1, "ganlab-draws")


class Supply:
    """Random numbers for every step and member, drawn in NumPy by blocks of `length` steps.

    `draw(rng)` gives one seed's block, arrays (length, ...) in a dict or in tuples, None for
    what there is not; the generator it is given depends on the seed, the `purpose` and the
    block's number alone. So what a seed draws does not depend on the other seeds, nor on where
    records are taken, also where a step takes several. `blocks` of them are handed out at once,
    and the next as many are drawn meanwhile.
    """

    def __init__(self, draw, seeds, purpose, length, blocks=1):
        self._draw, self._seeds, self._purpose = draw, tuple(seeds), purpose
        self._length, self._blocks = length, blocks
        self._number, self._now = None, None
        self._next = None, None  # its number, and what will be it
        self.used = 0

    def peek(self, at_least=1):
        """(blocks, index of the next unused step, steps left in them).

        A rest of a block with fewer than `at_least` steps is left unused. Where one will be left,
        these steps end with their block, so that it does not matter how many are handed out.
        """
        span = self._length * self._blocks
        rest = self._length - self.used % self._length
        if rest < at_least:
            self.used += rest
        left = span - self.used % span
        if (rest := self._length - self.used % self._length) % at_least:
            left = rest
        number = self.used // span
        if number != self._number:
            # In this order, each step whole: an interrupt in between leaves nothing wrong.
            ahead, drawn = self._next
            now = drawn.result() if ahead == number else self._drawn(number)
            self._number, self._now = None, now
            self._number = number
            self._next = number + 1, _ahead.submit(self._drawn, number + 1)
        return self._now, self.used % span, left

    def _drawn(self, number):
        structure, found = None, {}
        for seed in dict.fromkeys(self._seeds):
            members = [i for i, other in enumerate(self._seeds) if other == seed]
            for k in range(self._blocks):
                structure = self._draw(stream(seed, self._purpose, number * self._blocks + k))
                for place, block in enumerate(tf.nest.flatten(structure)):
                    if block is None:
                        continue
                    if place not in found:
                        shape = (self._blocks, self._length, len(self._seeds), *block.shape[1:])
                        found[place] = np.empty(shape, "float32")
                    found[place][k][:, members] = block[:, None]
        flat = [None] * len(tf.nest.flatten(structure))
        for place, values in found.items():
            flat[place] = tf.constant(values.reshape(-1, *values.shape[2:]))
        return tf.nest.pack_sequence_as(structure, flat)
