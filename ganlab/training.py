"""The adversarial loop: one GAN per seed, all seeds at once, in one compiled program."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ganlab import losses as _losses
from ganlab.arguments import fits_memory, per_member, record_steps, seed_tuple, whole
from ganlab.backend import keras, tf
from ganlab.data import as_distribution
from ganlab.ensemble import Ensemble, build, call, call_layers, initial_weights, is_tiny, structure
from ganlab.program import NEVER, Player, Program, Supply, compiles, recipe_and_rates, shared
from ganlab.progress import bar
from ganlab.runs import RECORDS, Run

SAMPLES = 500  # generated samples kept per record and seed
# Streams of random numbers, one per purpose; the first two also tell the networks apart.
GENERATOR, DISCRIMINATOR, SHOW, PRETRAIN = range(4)


class Now(NamedTuple):
    """The step being taken, as the function of a `Shown` or an `Added` sees it.

    step         steps of G taken before this one, a float
    noise        what `draw` drew, (seeds, n, dim); None without a `draw`

    and for an `Added` also

    discriminate function giving D's logits (seeds, n) of x (seeds, n, dim)
    real, fake   the batches as D is shown them, (seeds, n, dim)
    weights      those of the player whose loss it is, arrays (seeds, *shape)
    averages     what each weight was on average until now, if `averaged`
    """

    step: tf.Tensor
    noise: tf.Tensor | None
    discriminate: Callable | None = None
    real: tf.Tensor | None = None
    fake: tf.Tensor | None = None
    weights: list | None = None
    averages: list | None = None


class Shown(NamedTuple):
    """What D is shown instead of the bare batches.

    function  `function(batch, now, **scalars)` returns what D sees of a batch (seeds, n, dim),
              real or fake; `now` is a `Now`, scalars come as (seeds, 1, 1)
              or of another length and width: packing gives (seeds, n / 2, 2 * dim)
    draw      `draw(rng, shape)` draws the noise the function wants for batches of shape
              (batches, n, dim), one seed at a time, in NumPy
    scalars   floats, or arrays with one value per member; another value needs no new program.
              What else a function looks up is read once, when its program is built
    together  whether D gets real and fake samples as one batch, real before fake, and not
              as two: to a D that looks along the batch it makes a difference
    """

    function: Callable | None = None
    draw: Callable | None = None
    scalars: Mapping = {}
    together: bool = False


class Added(NamedTuple):
    """A penalty added to D's loss, to G's, or to both.

    function  `function(now, **scalars)` returns a penalty (seeds,); `now` is a `Now`,
              scalars come as (seeds,)
    draw, scalars
              as in `Shown`
    to        whose losses: "d", "g" or "dg"
    averaged  whether it wants `now.averages`
    """

    function: Callable
    draw: Callable | None = None
    scalars: Mapping = {}
    to: str = "d"
    averaged: bool = False


class Scaled(NamedTuple):
    """An optimizer whose learning rate is multiplied by a factor of each member's own.

    `Scaled(keras.optimizers.Adam(1.0), rates)` gives member i the learning rate rates[i].
    """

    optimizer: keras.optimizers.Optimizer
    factors: np.ndarray


class TrainingFailed(FloatingPointError):
    """Every member stopped being finite; `run` holds what was recorded until then."""

    run = None


class _Game:
    """The two players and the programs that move them; equal games share one."""

    def __init__(self, models, recipes, losses, place, shown, added, n_critic, members, tiny):
        self.generator, self.discriminator = models
        self.losses, self.place, self.n_critic = losses, place, n_critic
        self.shown, self.added = shown, added
        self.g, self.d = (
            Player(model, members, recipe, any(t.averaged and player in t.to for t in added))
            for player, model, recipe in zip("gd", models, recipes, strict=True)
        )
        players = (self.g, self.d)
        self.programs = {
            "both": Program(players, self._both, RECORDS, tiny),
            "d": Program(players, self._d_step, ("d_loss", *RECORDS[2:]), tiny),
            "g": Program(players, self._g_step, ("g_loss",), tiny),
        }

    def _show(self, batch, noise, step, scalars):
        if batch is None or self.shown.function is None:
            return batch
        return self.shown.function(batch, Now(step, noise), **scalars["shown"])

    def _judge(self, weights, real, fake):
        """(real_logits, fake_logits), (real_features, fake_features): what D makes of the
        batches. None for what there is not: real ones, or a layer that the losses look at."""

        def judged(x):
            outputs = call_layers(self.discriminator, weights, x)
            return outputs[-1][..., 0], None if self.place is None else outputs[self.place]

        none = (None, None)
        if self.shown.together:
            found = judged(tf.concat([real, fake], axis=1))
            return [none if x is None else tf.split(x, 2, axis=1) for x in found]
        return list(zip(*(none if x is None else judged(x) for x in (real, fake)), strict=True))

    def _penalty(self, player, scalars, noise, step, **seen):
        """What is added to a player's losses, (seeds,) or 0."""
        total, averages = 0.0, {"g": self.g, "d": self.d}[player].average()
        for k, term in enumerate(self.added):
            if player in term.to:
                now = Now(step, noise.get(f"added{k}"), averages=averages, **seen)
                penalty = term.function(now, **scalars["added"][k])
                total += self.d.one_each("added function gives", penalty)
        return total

    def _d_step(self, i, data, scalars):
        step = scalars["step"] + scalars["move"] * tf.cast(i // self.n_critic, tf.float32)
        i += scalars["d_start"]
        noise = {name: tf.gather(block, i) for name, block in data["d"].items()}
        fake = call(self.generator, self.g.values(), noise["z"])
        real = self._show(noise["real"], noise.get("real_noise"), step, scalars)
        fake = self._show(fake, noise.get("fake_noise"), step, scalars)

        def loss(weights):
            def discriminate(x):
                return call(self.discriminator, weights, x)[..., 0]

            (real_logits, fake_logits), _ = self._judge(weights, real, fake)
            d_loss = self.losses.discriminator(real_logits, fake_logits, **scalars["losses"])
            seen = {"discriminate": discriminate, "real": real, "fake": fake, "weights": weights}
            d_loss += self._penalty("d", scalars, noise, step, **seen)
            return d_loss, (self.losses.score(real_logits), self.losses.score(fake_logits))

        d_loss, (real_score, fake_score) = self.d.descend(loss, scalars["d_rate"])
        right = tf.cast(real_score > 0.5, tf.float32) + tf.cast(fake_score < 0.5, tf.float32)
        means = [tf.reduce_mean(values, axis=-1) for values in (real_score, fake_score, right / 2)]
        return [d_loss, *means]

    def _g_step(self, i, data, scalars):
        step = scalars["step"] + scalars["move"] * tf.cast(i, tf.float32)
        i += scalars["g_start"]
        noise = {name: tf.gather(block, i) for name, block in data["g"].items()}
        real = self._show(noise.get("real"), noise.get("real_noise"), step, scalars)
        discriminator = self.d.values()

        def discriminate(x):
            return call(self.discriminator, discriminator, x)[..., 0]

        def loss(weights):
            fake = call(self.generator, weights, noise["z"])
            fake = self._show(fake, noise.get("fake_noise"), step, scalars)
            (_, fake_logits), features = self._judge(discriminator, real, fake)
            looked = () if self.place is None else features
            g_loss = self.losses.generator(fake_logits, *looked, **scalars["losses"])
            seen = {"discriminate": discriminate, "real": real, "fake": fake, "weights": weights}
            return g_loss + self._penalty("g", scalars, noise, step, **seen), None

        g_loss, _ = self.g.descend(loss, scalars["g_rate"])
        return [g_loss]

    def _both(self, i, data, scalars):
        start, step = i * self.n_critic, self._d_step
        d_loss, *means = step(start, data, scalars)
        if self.n_critic > 1:
            d_loss, *means = tf.while_loop(
                lambda k, *_: k < start + self.n_critic,
                lambda k, *_: (k + 1, *step(k, data, scalars)),
                (start + 1, d_loss, *means),
            )[1:]
        return [d_loss, *self._g_step(i, data, scalars), *means]


class Trainer:
    """Trains one GAN per seed by blocks of steps, or by one step of D or of G.

    The arguments are those of `train`. `advance(steps)` takes steps of both players,
    `d_step()` and `g_step()` one of either; `record()` notes the state of things;
    `run()` gives a `Run` of what has been recorded, with the networks as they are now.
    """

    def __init__(
        self,
        generator,
        discriminator,
        real,
        latent,
        *,
        seeds=32,
        batch_size=64,
        losses=_losses.nonsaturating,
        d_optimizer=None,
        g_optimizer=None,
        n_critic=1,
        shown=None,
        added=(),
    ):
        self.seeds = seed_tuple(seeds)
        self.batch_size = whole("batch_size", batch_size, 1)
        self.n_critic = whole("n_critic", n_critic, 1)
        self.real, self.latent = as_distribution(real), _check_latent(latent)
        self.losses, self.shown, self.added = _check_extensions(losses, shown, added)
        if self._aligned and self.real.dim != 1:
            raise ValueError(f"aligned latents want data of one dimension, not {self.real.dim}")
        members = len(self.seeds)
        recipes, self._rates = [], {}
        for role, given in (("g", g_optimizer), ("d", d_optimizer)):
            optimizer, factors = given if isinstance(given, Scaled) else (given, 1.0)
            optimizer = keras.optimizers.Adam(1e-3, beta_1=0.5) if optimizer is None else optimizer
            role_name = f"{role}_optimizer"
            recipe, self._rates[role] = recipe_and_rates(optimizer, factors, role_name, members)
            recipes.append(recipe)
        self._scalars = self._spread_scalars()
        self._models, weights = self._check_networks(generator, discriminator)
        layer = self.losses.layer
        place = None if layer is None else _layer_place(self._models[1], layer)
        key = (
            *(structure(model) for model in self._models),
            repr(recipes),
            (*self.losses[:3], *sorted(self.losses.scalars), place),
            *(
                term._replace(draw=None, scalars=tuple(sorted(term.scalars)))
                for term in (self.shown, *self.added)
            ),
            (self.n_critic, members, self.batch_size, self.real.dim, self.latent.dim),
            compiles(),
        )
        parts = (self._models, recipes, self.losses, place, self.shown, self.added, self.n_critic)
        batches = (self.batch_size, self.batch_size * (1 + self.shown.together))
        tiny = all(map(is_tiny, self._models, batches))
        self._game = shared(key, lambda: _Game(*parts, members, tiny))
        self._state = list(self._game.programs["both"].initial_state)
        self._set_weights(weights)
        length, blocks = _blocks(self._models, self.batch_size, self.n_critic, members)
        d_length = length * self.n_critic
        self._supplies = {
            "g": Supply(self._drawing("g", length), self.seeds, GENERATOR, length, blocks),
            "d": Supply(self._drawing("d", d_length), self.seeds, DISCRIMINATOR, d_length, blocks),
        }
        self.step = 0  # steps of the generator done
        self.failed = {}
        self._frozen = np.zeros(members, bool)
        self._records = {name: [] for name in ("steps", "samples", *RECORDS)}
        shown_z = Supply(
            lambda rng: {"z": self.latent.sample(SAMPLES, rng)}, self.seeds, SHOW, SAMPLES
        )
        self._z = np.swapaxes(shown_z.peek()[0]["z"], 0, 1)

    @property
    def _aligned(self):
        return getattr(self.latent, "aligned", False)

    @property
    def compiled(self):
        """Whether `advance` can start at once."""
        return self._game.programs["both"].ready

    # What the programs are given -------------------------------------------------------

    def _spread_scalars(self):
        def spread(name, extension, rank):
            shape = (len(self.seeds), *[1] * (rank - 1))
            return {
                key: tf.reshape(per_member(f"{name} {key}", value, len(self.seeds)), shape)
                for key, value in extension.scalars.items()
            }

        return {
            "losses": spread("losses", self.losses, 2),
            "shown": spread("shown", self.shown, 3),
            "added": [spread("added", term, 1) for term in self.added],
        }

    def _drawing(self, player, length):
        """The function that draws a block of steps for one player; what is drawn first must
        stay first, or all runs change."""
        shape = (length, self.batch_size, self.real.dim)
        looks = self.losses.layer is not None or self.shown.together
        looks = looks or any("g" in term.to for term in self.added)

        def draw_real(rng):
            real = self.real.sample(shape[:2], rng)
            return np.sort(real, axis=1) if self._aligned else real

        def draw(rng):
            drawn = {"real": draw_real(rng)} if player == "d" else {}
            drawn["z"] = self.latent.sample(shape[:2], rng)
            if self.shown.draw:
                drawn["fake_noise"] = self.shown.draw(rng, shape)
            if player == "g" and looks:
                drawn["real"] = draw_real(rng)
            if self.shown.draw and "real" in drawn:
                drawn["real_noise"] = self.shown.draw(rng, shape)
            for k, term in enumerate(self.added):
                if term.draw and player in term.to:
                    drawn[f"added{k}"] = term.draw(rng, shape)
            return drawn

        return draw

    # Steps -----------------------------------------------------------------------------

    def advance(self, steps):
        """`steps` steps of both players. Returns the averages {name: (seeds,)} over them."""
        totals = np.zeros((len(RECORDS), len(self.seeds)))
        end = self.step + whole("steps", steps, 1)
        while self.step < end:
            totals += self.advance_block(end - self.step)
        return dict(zip(RECORDS, totals / steps, strict=True))

    def advance_block(self, most):
        """At most `most` steps of both players, a quarter of a second's worth or so. Returns
        the sums (quantities of `RECORDS`, seeds); the steps taken show in `step`."""
        return self._play("both", most)[1]

    def d_step(self):
        """One step of the discriminators alone. Returns {name: (seeds,)}."""
        return dict(zip(("d_loss", *RECORDS[2:]), self._play("d", 1)[1], strict=True))

    def g_step(self):
        """One step of the generators alone. Returns {"g_loss": (seeds,)}."""
        return {"g_loss": self._play("g", 1)[1][0]}

    def _play(self, part, steps, move=True):
        """(steps taken, sums over them); with `move=False` nothing changes."""
        data, uses = {}, {}
        now = {"step": self.step, "move": move}
        scalars = self._scalars | {k: tf.constant(float(v)) for k, v in now.items()}
        for player, supply in self._supplies.items():
            rates = np.where(self._frozen, 0.0, self._rates[player]) * move
            scalars[f"{player}_rate"] = tf.constant(rates, tf.float32)
            if part in (player, "both"):
                uses[player] = self.n_critic if (part, player) == ("both", "d") else 1
                data[player], start, left = supply.peek(uses[player])
                scalars[f"{player}_start"] = tf.constant(start, tf.int32)
                steps = min(steps, left // uses[player])
        state, totals, failed = self._game.programs[part](self._state, data, scalars, steps)
        totals = totals.numpy()
        totals[:, self._frozen] = np.nan
        if move:
            self._freeze(failed.numpy(), state)
            for player, use in uses.items():
                self._supplies[player].used += steps * use
            self.step += steps if part != "d" else 0
            if self._frozen.all():
                raise self._all_failed()
        return steps, totals

    def _freeze(self, failed, state):
        """Members that failed go back to the state before this block and stay there."""
        new = (failed != NEVER) & ~self._frozen
        if new.any():

            def keep(old, value):  # optimizers also count steps, which belong to nobody
                if not value.shape.rank:
                    return value
                return tf.where(new.reshape(-1, *[1] * (value.shape.rank - 1)), old, value)

            state = [keep(old, value) for old, value in zip(self._state, state, strict=True)]
            steps = {
                int(member): self.step + int(failed[member]) + 1 for member in np.where(new)[0]
            }
            self.failed |= steps
            self._frozen |= new
        self._state = list(state)

    def _all_failed(self):
        first, last = min(self.failed.values()), max(self.failed.values())
        who = "the only seed" if len(self.seeds) == 1 else f"all {len(self.seeds)} seeds"
        error = TrainingFailed(
            f"{who} stopped being finite, between step {first} and step {last}; the likely cause "
            f"is too large a learning rate: up to {self._rates['d'].max():g} for the "
            f"discriminator, {self._rates['g'].max():g} for the generator"
        )
        error.run = self.run() if self._records["steps"] else None
        return error

    # What there is to see ----------------------------------------------------------------

    def _places(self):
        """Where in the state the weights are: (generator's, discriminator's)."""
        g, d, skip = len(self._game.g.weights), len(self._game.d.weights), self._game.g.registers
        return slice(0, g), slice(len(skip), len(skip) + d)

    def _set_weights(self, networks):
        for place, weights in zip(self._places(), networks, strict=True):
            self._state[place] = [tf.constant(weight) for weight in weights]

    def _ensembles(self):
        """(generators, discriminators) with their weights as they are now."""
        return tuple(
            Ensemble(model, self.seeds, self._state[place])
            for model, place in zip(self._models, self._places(), strict=True)
        )

    def batches(self, seed):
        """What is left of the current block for one seed: {name: (steps, batch, dim)}.

        "real" and "d_z" are what the next steps of D will see, "g_z" what those of G will;
        "g_real" is there if G's loss looks at real samples too.
        """
        member, found = self.seeds.index(seed), {}
        for player, supply in self._supplies.items():
            block, start, _ = supply.peek()
            for name, values in block.items():
                key = name if player == "d" and name != "z" else f"{player}_{name}"
                found[key] = np.asarray(values)[start:, member]
        return found

    def record(self, seen=None):
        """Notes the step, samples, and `seen` (what `advance` returned); without it, the
        averages over a few steps taken on the spot, after which nothing has moved."""
        if seen is None:
            steps, totals = self._play("both", 256, move=False)
            seen = dict(zip(RECORDS, totals / steps, strict=True))
        if set(seen) != set(RECORDS):
            raise ValueError(f"record got {sorted(seen)}: wanted what advance returns")
        samples = self._ensembles()[0](self._z)
        samples[self._frozen] = np.nan
        for name, value in {"steps": self.step, "samples": samples, **seen}.items():
            self._records[name].append(value)

    def run(self):
        """A `Run` of the records so far, with the networks as they are now."""
        if not self._records["steps"]:
            self.record()
        ensembles, score = self._ensembles(), self.losses.score
        return Run(self._records, self.seeds, self.failed, *ensembles, self.latent, score)

    def _check_networks(self, generator, discriminator):
        """((generator, discriminator) models, (their stacked weights)), checked to fit."""
        members, size = len(self.seeds), (self.batch_size, self.real.dim)
        batch, noise = tf.zeros((members, *size)), None
        if self.shown.draw:
            noise = self.shown.draw(np.random.default_rng(0), (1, *size))
            noise = tf.zeros((members, *np.shape(noise)[1:]))
        if self.shown.function:
            now = Now(tf.constant(0.0), noise)
            batch = self.shown.function(batch, now, **self._scalars["shown"])
            if batch.shape.rank != 3 or batch.shape[0] != members:
                shape = f"shown gives shape {tuple(batch.shape)} for {(members, *size)}"
                raise ValueError(f"{shape}: wanted ({members}, samples, numbers in each)")
        shown = batch.shape[-1]
        models, weights = [], []
        for stream, role, given, inputs, outputs in (
            (GENERATOR, "generator", generator, self.latent.dim, self.real.dim),
            (DISCRIMINATOR, "discriminator", discriminator, shown, 1),
        ):
            ready = isinstance(given, Ensemble)
            model = given.model if ready else given
            found = build(model, inputs, role)
            if found != outputs:
                what = "a logit" if role == "discriminator" else "the size of a real sample"
                raise ValueError(
                    f"{role} gives {found} numbers for each sample: wanted {outputs}, {what}"
                )
            if ready and given.seeds != self.seeds:
                raise ValueError(f"{role} was trained before for other seeds than those wanted now")
            models.append(model)
            weights.append(given.weights if ready else initial_weights(model, self.seeds, stream))
        last = models[1]
        while getattr(last, "layers", None):
            last = last.layers[-1]
        ending = getattr(last, "activation", keras.activations.linear)
        if ending is not keras.activations.linear:
            name = getattr(ending, "__name__", "function of its own")
            raise ValueError(
                f"discriminator ends in a {name}: wanted a logit, a last Dense(1) of no activation"
            )
        return tuple(models), weights


def _check_latent(latent):
    if isinstance(latent, type) or not (hasattr(latent, "sample") and hasattr(latent, "dim")):
        raise TypeError(f"latent is {latent!r}: wanted one of ganlab.latent, Gaussian(2) say")
    return latent


def _check_extensions(losses, shown, added):
    if not isinstance(losses, _losses.Losses):
        raise TypeError(f"losses is {losses!r}: wanted a Losses, ganlab.losses.minimax say")
    shown = Shown() if shown is None else shown
    if not isinstance(shown, Shown):
        raise TypeError(f"shown is {shown!r}: wanted None or a Shown")
    added = tuple(added) if type(added) in (list, tuple) else (added,)
    for term in added:
        if not isinstance(term, Added):
            raise TypeError(f"added holds {term!r}: wanted an Added")
        if term.to not in ("d", "g", "dg"):
            raise ValueError(f"to={term.to!r}: wanted 'd', 'g' or 'dg'")
    return losses, shown, added


def _layer_place(model, name):
    """Which of a Sequential's `call_layers` are those of the layer called `name`."""
    if type(model) is not keras.Sequential:
        kind = type(model).__name__
        raise TypeError(f"discriminator is {kind}: a look at {name!r} wants a keras.Sequential")
    names = [layer.name for layer in model.layers]
    if name not in names:
        raise ValueError(f"discriminator has no layer {name!r}: wanted one of {', '.join(names)}")
    return names.index(name)


def _blocks(models, batch_size, n_critic, members):
    """(steps in a block of random numbers, blocks handed to the program at once).

    The first is by shape alone, so that what a seed draws depends neither on the machine
    nor on the other seeds. Both are meant to take at most about a quarter of a second on
    two cores: the first for 32 members, the second for those there are.
    """
    generator, discriminator = (model.count_params() for model in models)
    work = 6 * batch_size * (2 * discriminator + generator) * (n_critic + 1)
    seconds = 4e-6 * n_critic + work / 8e10  # a step of one member
    length, span = (
        2 ** int(np.clip(math.log2(0.25 / (many * seconds)), 0, most))
        for many, most in ((32, 8), (members, 11))
    )
    return length, max(1, span // length)


def train(
    generator,
    discriminator,
    real,
    latent,
    *,
    steps=5000,
    seeds=32,
    batch_size=64,
    losses=_losses.nonsaturating,
    d_optimizer=None,
    g_optimizer=None,
    n_critic=1,
    shown=None,
    added=(),
    records=50,
):
    """Trains one GAN per seed, all seeds at once, and returns a `Run`.

    generator      Keras model (batch, latent dim) -> (batch, dim); a template: each seed
                   draws its own initial weights from the model's initializers
    discriminator  Keras model (batch, dim) -> (batch, 1), ending in a logit; or the
                   `Ensemble` that `pretrain` returns
    real           a distribution of `ganlab.data`, or your own array (n, dim)
    latent         a distribution of `ganlab.latent`
    steps          steps of the generator
    seeds          how many (0, 1, ...), or which: a sequence of integers
    batch_size     samples of each kind in a batch
    losses         a `ganlab.losses.Losses`: what the players minimise
    d_optimizer, g_optimizer
                   Keras optimizers, Adam(1e-3, beta_1=0.5) if not given; or `Scaled`, for a
                   learning rate per member
    n_critic       steps of D for each step of G
    shown          a `Shown`: what D is shown instead of the bare batches
    added          an `Added`, or several: penalties on the players' losses
    records        how many records to take after the first, evenly spaced; or the steps
                   at which to take them

    Interrupting (Ctrl-C, Jupyter's stop button) returns what was recorded until then. A
    seed that stops being finite is frozen and named in `Run.failed`; when all have,
    `TrainingFailed` is raised, which carries the `Run`.
    """
    steps = whole("steps", steps, 0)
    stops = record_steps(records, steps)
    trainer = Trainer(
        generator,
        discriminator,
        real,
        latent,
        seeds=seeds,
        batch_size=batch_size,
        losses=losses,
        d_optimizer=d_optimizer,
        g_optimizer=g_optimizer,
        n_critic=n_critic,
        shown=shown,
        added=added,
    )
    # Samples are kept as they come, and once more when the `Run` puts them side by side.
    fits_memory("records", len(stops), 2 * 4 * len(trainer.seeds) * SAMPLES * trainer.real.dim)
    what = f"{len(trainer.seeds)} GANs" if len(trainer.seeds) > 1 else "1 GAN"
    first = what if trainer.compiled else f"compiling, then training {what}"
    start, totals = 0, 0.0
    try:
        with bar(steps, first, delay=2.0 if trainer.compiled else 0.0) as progress:
            trainer.record()
            progress.set_description(what)
            for stop in stops:
                start, totals = trainer.step, 0.0
                while (before := trainer.step) < stop:
                    totals = totals + trainer.advance_block(stop - before)
                    progress.update(trainer.step - before)
                trainer.record(dict(zip(RECORDS, totals / (stop - start), strict=True)))
    except KeyboardInterrupt:
        if trainer.step > max(start, *trainer.run().steps):
            trainer.record(dict(zip(RECORDS, totals / (trainer.step - start), strict=True)))
        print(
            f"Interrupted at step {trainer.step} of {steps}: the run that is returned ends there."
        )
    run = trainer.run()
    if run.failed:
        names = ", ".join(f"{run.seeds[member]} (step {at})" for member, at in run.failed.items())
        print(f"Not finite to the end, and frozen there: seed {names}.")
    return run
