"""Steps of compiled programs, block after block: who failed, what was seen, and a bar for it.

A `Loop` knows nothing of GANs. It moves players by the parts of its programs, puts members
that stop being finite back to where they were and keeps them there, and gives account of it.
"""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from ganlab import checkpoint as _checkpoint
from ganlab.arguments import whole
from ganlab.backend import tf
from ganlab.cache import name_of
from ganlab.guards import a_path
from ganlab.interrupts import held_back
from ganlab.mixing import refuse_mixing
from ganlab.program import NEVER, Program
from ganlab.progress import bar
from ganlab.trials import other_alone, try_out


class TrainingFailed(FloatingPointError):
    """Every member stopped being finite; `run` holds what was recorded until then, if anything."""

    run = None


class Part(NamedTuple):
    """A program, how many of each player's draws one of its steps takes, and whether its steps
    count as steps of the training."""

    program: Program
    draws: Mapping
    counts: bool = True


class Moving(NamedTuple):
    """Where a call of a program begins: numbers given at run time.

    step   steps counted before it; `move` is how many each step adds, 1 or 0
    start  for each player the place in its block of random numbers
    rate   for each player the learning rates (members,)
    """

    step: tf.Tensor
    move: tf.Tensor
    start: dict
    rate: dict


class Loop:
    """Members that are trained at once, as they stand.

    seeds     (members,) the random seeds
    parts     {name: Part}; the first is what `advance` runs
    players   {name: Player}, in the order in which the programs have them
    supplies  {player: Supply} of random numbers
    rates     {player: (members,)} learning rates, or functions that give them
    scalars   what else the programs are given: their steps get `(Moving, scalars)`
    names     {player: what it is called in a message}
    own       functions and layers of the reader's own, in words: who may have mixed members
    trials    what functions of the reader's are tried on
    real      what is learned, if anything is
    made_of   what else decides how it goes on, a key of plain values and functions
    """

    def __init__(
        self, seeds, parts, players, supplies, rates, scalars=(), names=None, own=(), trials=(),
        real=None, made_of=(),
    ):  # fmt: skip
        self._main = next(iter(parts))
        if not (program := parts[self._main].program).tried:
            try_out(trials)
            program.tried = True
        self._alone = partial(other_alone, trials)
        self.seeds, self.parts, self._players = seeds, parts, players
        self._supplies, self._rates, self._scalars = supplies, rates, scalars
        self._names, self.own = names or {}, own
        self._known_by = {
            "made_of": name_of(made_of),
            "data": _checkpoint.digest_of_data(real),
        }
        self.step = 0
        self.failed = {}  # {member: step}
        self._frozen = np.zeros(len(seeds), bool)
        self._state = list(parts[self._main].program.initial_state)

    @property
    def compiled(self):
        """Whether `advance` can start at once."""
        return self.parts[self._main].program.ready

    # What the players are -------------------------------------------------------------------

    def _registers(self, player):
        """Where in the state a player's registers are: (weights, [what each Replaced keeps])."""
        begin = 0
        for name, owner in self._players.items():
            if name == player:
                break
            begin += len(owner.registers)
        kept, end = [], begin + len(owner.registers)
        for some in reversed(owner.kept):
            kept.insert(0, slice(end - len(some), end))
            end -= len(some)
        return slice(begin, begin + len(owner.weights)), kept

    def weights(self, player):
        """A player's own weights as they are now, arrays (members, *shape)."""
        return self._state[self._registers(player)[0]]

    def kept(self, player):
        """What goes from step to step beside the player's weights, a list for each `Replaced`."""
        return [self._state[place] for place in self._registers(player)[1]]

    def begin(self, player, weights, kept=()):
        """Sets the weights that a player starts from, and what is kept beside them."""
        place, places = self._registers(player)
        for where, values in zip((place, *places), (weights, *kept), strict=True):
            self._state[where] = [tf.constant(value, tf.float32) for value in values]

    # Steps ----------------------------------------------------------------------------------

    def advance(self, steps):
        """`steps` steps of the first part. Returns the averages {name: (seeds,)} over them."""
        quantities = self.parts[self._main].program.quantities
        totals = np.zeros((len(quantities), len(self.seeds)))
        end = self.step + whole("steps", steps, 1)
        while self.step < end:
            totals += self.advance_block(end - self.step)
        return dict(zip(quantities, totals / steps, strict=True))

    def advance_block(self, most):
        """At most `most` steps of the first part, a quarter of a second's worth or so. Returns
        the sums (quantities, seeds); the steps taken show in `step`."""
        return self._play(self._main, whole("most", most, 1))[1]

    def _play(self, name, steps, move=True):
        """(steps taken, sums over them); with `move=False` nothing changes."""
        part, data, start, rate = self.parts[name], {}, {}, {}
        for player, supply in self._supplies.items():
            rates = np.where(self._frozen, 0.0, self._rate(player))
            rate[player] = tf.constant(rates, tf.float32)
            if draws := part.draws.get(player, 0):
                data[player], at, left = supply.peek(draws)
                start[player] = tf.constant(at, tf.int32)
                steps = min(steps, left // draws)
        moving = Moving(tf.constant(float(self.step)), tf.constant(1.0), start, rate)
        given = (self._state, data, (moving, self._scalars))
        refuse_mixing(part.program, given, self.seeds, self._frozen, self.own, self._alone)
        if not move:
            still = {player: tf.zeros_like(rates) for player, rates in rate.items()}
            moving = moving._replace(move=tf.constant(0.0), rate=still)
        state, totals, failed = part.program(self._state, data, (moving, self._scalars), steps)
        totals = totals.numpy()
        if move:
            before, failed = self._state, failed.numpy()
            with held_back():
                self._freeze(failed, state)
                for player, draws in part.draws.items():
                    self._supplies[player].used += steps * draws
                self.step += steps if part.counts else 0
            if self._frozen.all():
                given = (before, data, (moving, self._scalars))
                raise self._all_failed(self.cause(name, *given, failed))
        totals[:, self._frozen] = np.nan
        return steps, totals

    def _freeze(self, failed, state):
        """Members that failed go back to the state before this block and stay there."""
        new = (failed != NEVER) & ~self._frozen
        self.failed |= {int(i): self.step + int(failed[i]) + 1 for i in np.flatnonzero(new)}
        self._frozen |= new
        if self._frozen.any():

            def keep(old, value):  # optimizers also count steps, which belong to nobody
                if not value.shape.rank:
                    return value
                shape = (-1, *[1] * (value.shape.rank - 1))
                return tf.where(self._frozen.reshape(shape), old, value)

            state = [keep(old, value) for old, value in zip(self._state, state, strict=True)]
        self._state = list(state)

    def freeze(self, failed):
        """Keeps members where they are that failed before, {member: step}."""
        self.failed |= failed
        self._frozen[list(failed)] = True
        if self._frozen.all():
            raise self._all_failed()

    def _rate(self, player):
        """A player's learning rates (members,) as they are now."""
        rates = self._rates[player]
        return rates() if callable(rates) else rates

    def cause(self, name, before, data, given, failed):
        """What the members that have all stopped being finite in a call of the part `name` owe it
        to, in words; None if nothing is known."""

    def _all_failed(self, cause=None):
        first, last = min(self.failed.values()), max(self.failed.values())
        who = "the only seed" if len(self.seeds) == 1 else f"all {len(self.seeds)} seeds"
        each = [
            f"{self._rate(player).max():g}"
            + " times its schedule" * getattr(self._rates[player], "scheduled", False)
            + (f" for the {self._names[player]}" if self._names else "")
            for player in sorted(self._rates)
        ]
        likely = f"the likely cause is too large a learning rate: up to {', '.join(each)}"
        if cause:
            likely = f"the first thing that was not finite was {cause}"
        error = TrainingFailed(
            f"{who} stopped being finite, between step {first} and step {last}; {likely}"
        )
        error.run = self.so_far()
        return error

    # Saved, and gone on from --------------------------------------------------------------

    def save(self, path):
        """All that the training is now into one .npz file, without pickle: weights, what optimizers
        and techniques remember, the place in the random numbers, the records.

            trainer.save("half.npz")  # and in another process, for a Trainer of equal arguments:
            trainer.resume("half.npz")

        A file of before is replaced when the new one is whole, and stays if the writing is
        interrupted.
        """
        _checkpoint.write(path, self._state, self._records, self._about())

    def resume(self, path):
        """Goes on from what `save` wrote, as if it had never stopped: on the same machine every bit
        is that of a training left alone.

        The arguments are to be those of the training that was saved, in which rates may have been
        set on the way. ValueError, in one line, for a file that is none, and for one of another
        training: other seeds, networks, optimizers, data, losses or scalars.
        """
        state, records, about = _checkpoint.read(path)
        known = "kind", "seeds", "records", "samples"
        others = "rates", "numbers", "data", "drawn", "seen", "made_of"
        _checkpoint.refuse_others(path, about, self._about(), known)
        shapes = [list(value.shape) for value in self._state]
        if [list(value.shape) for value in state] != shapes or set(records) != set(self._records):
            raise ValueError(
                f"{path} holds {_checkpoint.OTHER}: wanted equal networks and optimizers"
            )
        before = self._state, self.step, self._frozen, self.failed
        used = {player: supply.used for player, supply in self._supplies.items()}
        self._state = [
            tf.constant(value, now.dtype) for value, now in zip(state, self._state, strict=True)
        ]
        self.step, self.failed = about["step"], dict(map(tuple, about["failed"]))
        self._frozen = np.isin(np.arange(len(self.seeds)), list(self.failed))
        for player, supply in self._supplies.items():
            supply.used = about["used"][player]
        try:
            _checkpoint.refuse_others(path, about, self._about(), others)
        except Exception:
            self._state, self.step, self._frozen, self.failed = before
            for player, supply in self._supplies.items():
                supply.used = used[player]
            raise
        self._records = records

    def _about(self):
        """What a saved training is known by, and where it stands. `seen` is what the next step
        would see: functions of equal names that do something else would see something else."""
        place = {name: supply.used for name, supply in self._supplies.items()}
        peeked = {name: supply.peek() for name, supply in self._supplies.items()}
        seen = self._play(self._main, 1, move=False)[1]
        for name, used in place.items():  # to look ahead may have passed over a rest
            self._supplies[name].used = used
        return {
            "kind": type(self).__name__,
            "seeds": list(self.seeds),
            "records": sorted(self._records),
            "samples": self._shown_count(),
            "step": self.step,
            "failed": list(self.failed.items()),
            "used": place,
            "rates": {name: np.float32(self._rate(name)).tolist() for name in self._supplies},
            "drawn": {name: _checkpoint.digest(*found) for name, found in peeked.items()},
            "seen": np.nan_to_num(seen, nan=-1e9, posinf=-1e9, neginf=-1e9).tolist(),
            "numbers": _checkpoint.numbers_in(self._scalars),
            **self._known_by,
        }

    # From record to record ------------------------------------------------------------------

    def run_recorded(self, stops, quantities, kind, checkpoint=None):
        """Steps to each of `stops` and records there, for a loop that has `record(seen)`, `run()`
        and `needs`, its `memory.Needs`; returns its run.

        `quantities` are those of `advance`, in order; `kind` names what a member is on the bar.
        With a `checkpoint`, a path, it saves itself there at every record, and goes on from what is
        there. ValueError, in one line, before the first step if the records would not fit
        the memory, or if the checkpoint is of another training.
        """
        self.needs.refuse_too_large(len(stops))
        members, left = len(self.seeds), stops
        if checkpoint is not None and (checkpoint := a_path("checkpoint", checkpoint)).exists():
            self.resume(checkpoint)
            if self.step > max(stops, default=0):
                told = f"checkpoint {checkpoint} is at step {self.step}"
                raise ValueError(f"{told}: wanted at least as many steps")
            left = [stop for stop in stops if stop > self.step]

        def note(means=None):
            if self.step in self._records["steps"][-1:]:  # an interrupt came just after it
                return
            self.record(means if means is None else dict(zip(quantities, means, strict=True)))
            # Where an interrupt makes a record, one that is left alone has none.
            if checkpoint is not None and self.step in (0, *stops):
                self.save(checkpoint)

        self.run_through(
            left,
            note,
            f"training {members} {kind}s" if members > 1 else f"training 1 {kind}",
            first=None if self._records["steps"] else note,
        )
        return self.run()

    def so_far(self):
        """What `TrainingFailed` hands out of what was recorded; None if nothing was."""

    def run_through(self, stops, record, what, first=None):
        """Steps to each of `stops`, with a bar; says in a line who failed or that it was stopped.

        `record(means)` is called at each with the averages (quantities, seeds) over the steps
        since the one before, and at an interruption; `first()` before any step. `what` says on
        the bar what is trained.
        """
        steps, recorded, totals = (stops[-1] if stops else self.step), self.step, 0.0
        begun = what if self.compiled else f"compiling, then {what}"
        try:
            with bar(steps - self.step, begun, delay=2.0 if self.compiled else 0.0) as progress:
                if first:
                    first()
                progress.set_description(what)
                for stop in stops:
                    recorded, totals = self.step, 0.0
                    while (before := self.step) < stop:
                        totals = totals + self.advance_block(stop - before)
                        progress.update(self.step - before)
                    record(totals / (stop - recorded))
                    recorded = self.step
        except KeyboardInterrupt:
            if self.step > recorded:
                record(totals / (self.step - recorded))
            print(f"Interrupted at step {self.step} of {steps}: what is returned ends there.")
        if self.failed:
            names = ", ".join(f"{self.seeds[i]} (step {at})" for i, at in self.failed.items())
            print(f"Not finite to the end, and frozen there: seed {names}.")
