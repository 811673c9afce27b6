"""The state of the playground: a training, what was recorded of it, and what was done to it.

No widgets and no pictures: a `Session` takes steps and notes `Moment`s; whoever shows them asks for
one of these. What was done is kept as `events`, from which `code` writes a script that does it
again.
"""

from typing import NamedTuple

import numpy as np

from ganlab.arguments import first_line
from ganlab.course.playground.calls import made
from ganlab.course.playground.settings import (
    gan_call,
    networks_calls,
    pretraining_call,
    target_call,
)

SAMPLES = 500  # of each seed at each moment, from the same z as ever
EVERY = 25  # steps from moment to moment; more once there are MOST of them
MOST = 240
CURVES = ("d_loss", "g_loss", "real_score", "fake_score", "accuracy")


class Moment(NamedTuple):
    """What is kept of one moment.

    step        steps of G until then
    by_hand     whether it was noted after a step by hand, out of the even spacing
    samples     (seeds, n, dim) of the generators, from the same z at every moment
    seen        {name: (seeds,)} losses and scores, averaged over the steps since the one before
    generators, discriminators
                the networks as they were, `Ensemble`s
    """

    step: int
    by_hand: bool
    samples: np.ndarray
    seen: dict
    generators: object
    discriminators: object


class Session:
    """One training of some seeds, from its first step on.

    settings  a `Settings`
    spaced    steps from moment to moment, to begin with

    `advance(steps)`, `d_step()` and `g_step()` move it and note moments; `change(settings)` takes
    over numbers while it runs. `trouble` is a line once all seeds have failed, else "".
    """

    def __init__(self, settings, spaced=EVERY):
        from ganlab.training import Trainer  # here, because it loads TensorFlow

        self.settings = self.first_settings = settings
        self.spaced = spaced
        self.target = made(target_call(settings))
        gan = made(gan_call(settings, self.target.dim))
        self.pretrained = pretrained(settings, self.target)
        if self.pretrained is not None:
            gan = gan.changed(discriminator=self.pretrained)
        self.trainer = Trainer(gan, seeds=settings.seed_numbers, batch_size=settings.batch_size)
        rng = np.random.default_rng(0)
        self.z = gan.latent.sample(SAMPLES, rng)
        self.trouble, self.events, self.moments = "", [], []
        self._gone = self._judged_from = 0  # steps of trainers before this one; see `judge_anew`
        self._sums, self._since = {}, 0  # of what was seen since the last moment
        self.note()

    @property
    def step(self):
        """Steps of G so far."""
        return self._gone + self.trainer.step

    def compiled(self, part="both"):
        """Whether a step of "both", or of "d" or "g" alone, can be taken at once."""
        return self.trainer.parts[part].program.ready

    # Moving ---------------------------------------------------------------------------------

    def advance(self, steps):
        """So many steps of both players, with a moment at every `spaced` of them."""
        end = self.step + steps
        while self.step < end and not self.trouble:
            until = min(end, (self.step // self.spaced + 1) * self.spaced)
            before = self.step
            self._try(lambda n=until - before: self._add(self.trainer.advance(n), n))
            self._happened("advance", self.step - before)
            if self.step % self.spaced == 0:
                self.note()

    def d_step(self):
        """One step of D alone: {name: (seeds,)} as it was seen before the step."""
        return self._by_hand("d_step")

    def g_step(self):
        """One step of G alone."""
        return self._by_hand("g_step")

    def _by_hand(self, which):
        found = {}
        self._try(lambda: found.update(getattr(self.trainer, which)()))
        if found:
            self._happened(which, 1)
            self.note({**self.moments[-1].seen, **found}, by_hand=True)
        return found

    def _try(self, move):
        try:
            move()
        except FloatingPointError as error:  # TrainingFailed: all seeds at once
            self.trouble = first_line(error)

    def _add(self, means, steps):
        for name, mean in means.items():
            self._sums[name] = self._sums.get(name, 0.0) + steps * mean
        self._since += steps

    def _happened(self, what, amount):
        if self.events and self.events[-1][0] == what:
            amount += self.events.pop()[1]
        if amount:
            self.events.append((what, amount))

    def change(self, settings):
        """Goes on with other numbers; ValueError where another program is wanted."""
        if not self.settings.numbers_only(settings):
            raise ValueError("these settings want another program: start anew")
        if settings != self.settings:
            new, gan = made(gan_call(settings, self.target.dim)), self.trainer.gan
            fields = ("losses", "d_optimizer", "g_optimizer", "shown", "added", "replaced")
            self.trainer.take_over(gan.changed(**{name: getattr(new, name) for name in fields}))
            self.settings = settings
            if self.events and self.events[-1][0] == "change":
                self.events.pop()
            self.events.append(("change", settings))

    def carry_on(self, settings):
        """Goes on with the networks as they are and other settings, in a new program: optimizers
        and batches begin anew, and D too where it is to be another.

        ValueError or TypeError, in one line, leaves all as it is; another G, target or latent, and
        other seeds, want a new session.
        """
        old, dim = self.settings, self.target.dim
        networks = [networks_calls(one, dim) for one in (old, settings)]
        same = ("target", "own", "bells", "latent", "latent_dim", "seeds", "first_seed")
        other = [name for name in same if getattr(old, name) != getattr(settings, name)]
        if other or networks[0][0] != networks[1][0]:
            raise ValueError(f"another {other[0] if other else 'G'}: begin anew")
        gan = made(gan_call(settings, dim))
        carried = {"generator": self.trainer.generators}
        if networks[0][1] == networks[1][1]:
            carried["discriminator"] = self.trainer.discriminators
        seeds, size = settings.seed_numbers, settings.batch_size
        from ganlab.training import Trainer

        trainer = Trainer(gan.changed(**carried), seeds=seeds, batch_size=size)
        self._gone += self.trainer.step
        self.trainer, self.settings = trainer, settings
        self.events.append(("carry on", (settings, tuple(carried))))

    def judge_anew(self):
        """Lets `run` have what is recorded from now on alone."""
        self._judged_from = self.step

    def repeat(self, events, at_once=200):
        """Does again what `events` of another session say; yields after each bit of it."""
        for what, value in events:
            if what == "advance":
                for begun in range(0, value, at_once):
                    self.advance(min(at_once, value - begun))
                    yield
            elif what == "change":
                self.change(value)
            elif what == "carry on":
                self.carry_on(value[0])
                self.judge_anew()
            else:
                for _ in range(value):
                    getattr(self, what)()
                    yield
            yield

    # What was recorded ----------------------------------------------------------------------

    def note(self, seen=None, by_hand=False):
        """Notes how things stand."""
        self.moments.append(self.now(seen, by_hand))
        if seen is None:
            self._sums, self._since = {}, 0
        if len(self.moments) > MOST:
            self._thin()

    def now(self, seen=None, by_hand=True):
        """How things stand, a `Moment` that is not kept."""
        if seen is None:
            seen = {name: total / self._since for name, total in self._sums.items()}
        nothing = np.full(len(self.trainer.seeds), np.nan)
        generators, discriminators = self.trainer.generators, self.trainer.discriminators
        samples = generators(self.z)
        samples[list(self.trainer.failed)] = np.nan
        seen = {name: np.asarray(seen.get(name, nothing)) for name in CURVES}
        return Moment(self.step, by_hand, samples, seen, generators, discriminators)

    def _thin(self):
        """Keeps every second of the even moments, so that memory stays as it is."""
        self.spaced *= 2
        last = self.moments[-1]
        self.moments = [m for m in self.moments if not m.by_hand and m.step % self.spaced == 0]
        if self.moments[-1] is not last:
            self.moments.append(last)

    def even(self):
        """The moments that are evenly spaced."""
        return [m for m in self.moments if not m.by_hand and m.step % self.spaced == 0]

    def judged(self):
        """The even moments that `run` has: those since `judge_anew`."""
        return [m for m in self.even() if m.step >= self._judged_from]

    def best(self, distances):
        """The moment at which the median over seeds of `distances(samples)` is least."""
        far = [np.median(np.nan_to_num(distances(m.samples), nan=np.inf)) for m in self.moments]
        return self.moments[int(np.argmin(far))]

    def run(self):
        """What was recorded as a `Run`, for whatever judges one."""
        from ganlab.runs import Run

        kept, gan = self.judged(), self.trainer.gan
        kept = [m for m in kept if m.step or len(kept) == 1]  # at 0 no loss has been seen
        records = {name: [m.seen[name] for m in kept] for name in CURVES}
        records |= {"steps": [m.step for m in kept], "samples": [m.samples for m in kept]}
        last, size = self.moments[-1], self.settings.batch_size // self.settings.packing
        networks = last.generators, last.discriminators
        rest = gan.latent, gan.losses.score, size, gan
        return Run(records, self.trainer.seeds, self.trainer.failed, *networks, *rest)


def pretrained(settings, target):
    """D's `Ensemble` after pretraining onto the target's density; None without."""
    given = pretraining_call(settings, target.dim)
    if given is None:
        return None
    from ganlab.pretraining import pretrain

    given = {name: made(value) for name, value in given.items()}
    network = made(networks_calls(settings, target.dim)[1])
    return pretrain(network, target=target.density, seeds=settings.seed_numbers, **given)[0]
