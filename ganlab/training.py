"""The adversarial loop: one GAN per seed, all seeds at once, in one compiled program."""

from functools import partial

import numpy as np

from ganlab import losses as _losses
from ganlab.arguments import in_short, record_steps, seed_tuple, whole
from ganlab.backend import keras
from ganlab.blame import first_not_finite
from ganlab.drawn import drawing, numbers_drawn
from ganlab.ensemble import Ensemble, is_tiny, layer_place
from ganlab.fitting import fitting_networks, shown_shape, spread_scalars
from ganlab.gan import Added, Gan, Now, Replaced, Scaled, Shown
from ganlab.gan_trials import of_gan
from ganlab.interrupts import held_back
from ganlab.loop import Loop, Part, TrainingFailed
from ganlab.memory import needs_of
from ganlab.optimizers import followed, keeps_moves
from ganlab.program import Supply, blocks_of, shared
from ganlab.runs import RECORDS, Records, Run
from ganlab.step import Steps
from ganlab.streams import DISCRIMINATOR, GENERATOR, SHOW

__all__ = [
    "Added",
    "Gan",
    "Now",
    "Records",
    "Replaced",
    "Scaled",
    "Shown",
    "Trainer",
    "TrainingFailed",
    "train",
    "train_gan",
]


class Trainer(Loop):
    """Trains one GAN per seed by blocks of steps, or by one step of D or of G.

    `Trainer(gan, seeds=32, batch_size=64)`, or the fields of a `Gan` in place of it; of `records`,
    a `Records`, it heeds what to keep.
    `advance(steps)` takes steps of both players, `d_step()` and `g_step()` one of either;
    `record()` notes the state of things; `run()` gives a `Run` of what has been recorded, with
    the networks as they are now.
    """

    def __init__(self, *gan, seeds=32, batch_size=64, records=None, **fields):
        whole_gan = len(gan) == 1 and isinstance(gan[0], Gan) and not fields
        if len(gan) == 1 and not whole_gan and not fields:
            raise TypeError(f"gan is {in_short(gan[0])}: wanted a Gan, or its fields")
        self.gan = gan = gan[0] if whole_gan else Gan(*gan, **fields)
        seeds, self.batch_size = seed_tuple(seeds), whole("batch_size", batch_size, 1)
        recipes, rates = self._optimizers(len(seeds))
        scalars = spread_scalars(gan, len(seeds))
        records = Records() if records is None else records
        if not isinstance(records, Records):
            raise TypeError(f"records is {in_short(records)}: wanted a Records")
        whole("samples", records.samples, 1)
        samples, size = shown_shape(gan, len(seeds), self.batch_size, scalars)
        self._d_batch_size = samples * (1 + gan.together)
        self._models, weights, failed = fitting_networks(gan, seeds, size)
        length, blocks = _blocks(self._models, self.batch_size, gan.n_critic, len(seeds))
        drawn = blocks * length * numbers_drawn(gan, self.batch_size)
        sizes = self._models, self.batch_size, drawn, records
        self.needs = needs_of(len(seeds), *sizes, gan.real.dim, gan.latent.dim)
        kept = {
            player: [
                [np.asarray(value, "float32") for value in term.start(some)] if term.start else []
                for term in gan.replaced
                if player in term.to
            ]
            for player, some in zip("gd", weights, strict=True)
        }
        self._game = self._programs(recipes, kept, len(seeds))
        d_length = length * gan.n_critic
        supplies = {
            player: Supply(
                drawing(gan, player, steps, self.batch_size), seeds, purpose, steps, blocks
            )
            for player, purpose, steps in (
                ("g", GENERATOR, length),
                ("d", DISCRIMINATOR, d_length),
            )
        }
        programs = self._game.programs
        first = dict(zip("gd", weights, strict=True))
        tried = of_gan(gan, self._game, first, kept, scalars, self.batch_size)
        super().__init__(
            seeds,
            {
                "both": Part(programs["both"], {"g": 1, "d": gan.n_critic}),
                "d": Part(programs["d"], {"d": 1}, counts=False),
                "g": Part(programs["g"], {"g": 1}),
            },
            self._game.players,
            supplies,
            rates,
            scalars,
            names={"d": "discriminator", "g": "generator"},
            own=gan.own,
            trials=tried,
            real=gan.real,
            # All of the key but its end: compiled or not, a training may go on.
            made_of=(
                gan.losses.layer,
                gan.key(self._models, recipes, len(seeds), self.batch_size)[:-1],
            ),
        )
        for player, some in zip("gd", weights, strict=True):
            self.begin(player, some, kept[player])
        self._kept = records.kept if records.keep else None
        self._z = self._shown_latents(seeds, records.samples)
        names = ("steps", "samples", *["kept"] * (records.keep is not None), *RECORDS)
        self._records = {name: [] for name in names}
        if failed:
            self.freeze(failed)

    real = property(lambda self: self.gan.real)
    latent = property(lambda self: self.gan.latent)
    losses = property(lambda self: self.gan.losses)
    n_critic = property(lambda self: self.gan.n_critic)

    def _shown_latents(self, seeds, n):
        """What the samples of each record are made of, (seeds, n, latent dim)."""
        supply = Supply(lambda rng: {"z": self.gan.latent.sample(n, rng)}, seeds, SHOW, n)
        return np.swapaxes(supply.peek()[0]["z"], 0, 1)

    def _optimizers(self, members, gan=None):
        """[how to make G's, D's], {player: function that gives its rates}."""
        gan, recipes, rates = gan or self.gan, [], {}
        for role, given in (("g", gan.g_optimizer), ("d", gan.d_optimizer)):
            optimizer, factors = given if isinstance(given, Scaled) else (given, 1.0)
            optimizer = keras.optimizers.Adam(1e-3, beta_1=0.5) if optimizer is None else optimizer
            recipe, rates[role] = followed(optimizer, factors, f"{role}_optimizer", members)
            recipes.append(recipe)
        return recipes, rates

    def _programs(self, recipes, kept, members):
        gan, layer = self.gan, self._layer(self.gan)
        shapes = {player: [[v.shape for v in some] for some in kept[player]] for player in kept}
        batches = (self.batch_size, self.batch_size * (1 + gan.together))
        tiny = all(map(is_tiny, self._models, batches))
        key = (*gan.key(self._models, recipes, members, self.batch_size), layer, str(shapes))
        make = partial(Steps, gan, self._models, recipes, layer, shapes, members, tiny, key)
        return shared(key, make)

    def _layer(self, gan):
        """The place in D of the layer that a Gan's losses ask for, None if they ask for none."""
        layer = gan.losses.layer
        return None if layer is None else layer_place(self._models[1], layer)

    # Steps -----------------------------------------------------------------------------

    def d_step(self):
        """One step of the discriminators alone. Returns {name: (seeds,)}."""
        return dict(zip(("d_loss", *RECORDS[2:]), self._play("d", 1)[1], strict=True))

    def g_step(self):
        """One step of the generators alone. Returns {"g_loss": (seeds,)}."""
        return {"g_loss": self._play("g", 1)[1][0]}

    def take_over(self, gan):
        """Goes on with the numbers of another `Gan`, its rates and scalars, from the next step on.

            trainer.take_over(trainer.gan.changed(added=techniques.r1(1.0)))  # it was r1(0.1)

        Weights, optimizers and batches stay. ValueError where it differs in more than numbers.
        """
        if not isinstance(gan, Gan):
            raise TypeError(f"gan is {in_short(gan)}: wanted a Gan")
        same = ("generator", "discriminator", "real", "latent")
        other = [name for name in same if getattr(gan, name) is not getattr(self.gan, name)]
        keys, terms = [], []
        for one in (self.gan, gan):
            recipes, rates = self._optimizers(len(self.seeds), one)
            key = one.key(self._models, recipes, len(self.seeds), self.batch_size)
            keys.append((*key, self._layer(one)))
            terms.append([term.draw for term in (*one.shown, *one.added)])
        if other or keys[0] != keys[1] or terms[0] != terms[1]:
            what = f"another {other[0]}" if other else "another program"
            raise ValueError(
                f"gan has {what}: wanted other rates and scalars alone, else a Trainer"
            )
        for player, (now, new) in {p: (self._rate(p), rates[p]()) for p in rates}.items():
            optimizer = getattr(self.gan, f"{player}_optimizer")
            optimizer = optimizer[0] if isinstance(optimizer, Scaled) else optimizer
            kind = "" if optimizer is None else keeps_moves(optimizer)  # the default has none
            if kind and (now != new).any():
                raise ValueError(
                    f"{player}_optimizer is {kind} with momentum, which keeps what it moved by at "
                    "the rate it had: wanted the same rate"
                )
        self.gan, self._rates = gan, rates
        self._scalars = spread_scalars(gan, len(self.seeds))

    # What there is to see ----------------------------------------------------------------

    def _place(self, seed):
        if not isinstance(seed, (int, np.integer)) or seed not in self.seeds:
            raise ValueError(f"seed={in_short(seed)} is not trained here: wanted one of .seeds")
        return self.seeds.index(seed)

    def _set_weights(self, networks):
        for player, weights in zip("gd", networks, strict=True):
            self.begin(player, weights, self.kept(player))

    def _ensembles(self):
        """(generators, discriminators) with their weights as they are now, and as they are used:
        the generators as for samples."""
        finished = [
            self._game.for_samples(self.weights("g"), self._scalars, self.kept("g")),
            self._game.in_use("d", self.weights("d"), self._scalars, self.kept("d")),
        ]
        return tuple(
            Ensemble(model, self.seeds, weights, self.failed)
            for model, weights in zip(self._models, finished, strict=True)
        )

    def _shown_count(self):
        return self._z.shape[1]

    @property
    def generators(self):
        """The generators as they are now, as for samples: an `Ensemble`."""
        return self._ensembles()[0]

    @property
    def discriminators(self):
        """The discriminators as they are now, as they are used: an `Ensemble`."""
        return self._ensembles()[1]

    def batches(self, seed):
        """What is left of the current block for one seed: {name: (steps, batch, dim)}.

        "real" and "d_z" are what the next steps of D will see, "g_z" what those of G will;
        "g_real" is there if G's loss looks at real samples too. Noise is called "real_noise",
        "fake_noise" and "added0", with a "g_" before it for steps of G, and a number behind it
        from a second `Shown` on.
        """
        member, found = self._place(seed), {}
        for player, supply in self._supplies.items():
            block, start, _ = supply.peek()
            named = {"z": block.z, "real": block.real}
            for k, pair in enumerate(zip(block.real_noise, block.fake_noise, strict=True)):
                which = str(k) if k else ""
                named |= {f"real_noise{which}": pair[0], f"fake_noise{which}": pair[1]}
            named |= {f"added{k}": noise for k, noise in enumerate(block.added_noise)}
            for name, values in named.items():
                if values is not None:
                    key = name if player == "d" and name != "z" else f"{player}_{name}"
                    found[key] = np.asarray(values)[start:, member]
        return found

    def record(self, seen=None):
        """Notes the step, samples, and `seen` (what `advance` returned); without it, the
        averages over a few steps taken on the spot, after which nothing has moved."""
        if seen is None:
            steps, totals = self._play("both", 256, move=False)
            seen = dict(zip(RECORDS, totals / steps, strict=True))
        if not isinstance(seen, dict) or set(seen) != set(RECORDS):
            raise ValueError(f"seen is {in_short(seen)}: wanted what advance returns")
        samples = self._ensembles()[0](self._z)
        samples[self._frozen] = np.nan
        noted = {"steps": self.step, "samples": samples, **seen}
        if self._kept is not None:
            kept = self._kept(samples, self._records["kept"])
            noted |= {"samples": samples[:, :0], "kept": kept}
        with held_back():
            for name, value in noted.items():
                self._records[name].append(value)

    def run(self):
        """A `Run` of the records so far, with the networks as they are now."""
        if not self._records["steps"]:
            self.record()
        gan, ensembles = self.gan, self._ensembles()
        rest = gan.latent, gan.losses.score, self._d_batch_size, gan
        return Run(self._records, self.seeds, self.failed, *ensembles, *rest)

    def cause(self, name, before, data, given, failed):
        if "d" not in data:  # of a step of G alone there is no step of D to look at
            return None
        program = self.parts[name].program
        try:
            return first_not_finite(self._game, program, before, data, given, failed)
        except Exception:  # a function that runs in graphs only: the failure is told all the same
            return None

    def so_far(self):
        return self.run() if self._records["steps"] else None


def _blocks(models, batch_size, n_critic, members):
    """(steps in a block of random numbers, blocks handed to the program at once)."""
    generator, discriminator = (model.count_params() for model in models)
    work = 6 * batch_size * (2 * discriminator + generator) * (n_critic + 1)
    return blocks_of(4e-6 * n_critic + work / 8e10, members)


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
    replaced=(),
    records=50,
):
    """Trains one GAN per seed, all seeds at once, and returns a `Run`.

    generator      Keras model (batch, latent dim) -> (batch, dim); a template: each seed
                   draws its own initial weights from the model's initializers, so one that
                   was trained before is refused. Or an `Ensemble`, to go on from its weights
    discriminator  Keras model (batch, dim) -> (batch, 1), ending in a logit, or in several,
                   one for each patch; or an `Ensemble`, that which `pretrain` returns say
    real           a distribution of `ganlab.data`, or your own array (n, dim)
    latent         a distribution of `ganlab.latent`
    steps          steps of the generator
    seeds          how many (0, 1, ...), or which: a sequence of integers
    batch_size     samples of each kind in a batch
    losses         a `ganlab.losses.Losses`: what the players minimise
    d_optimizer, g_optimizer
                   Keras optimizers, Adam(1e-3, beta_1=0.5) if not given; also
                   `optimizers.TorchAdam`, with PyTorch's epsilon; or, for a learning rate of
                   each member's own, `Scaled(keras.optimizers.Adam(1.0), rates)` with
                   the `Scaled` of this module
    n_critic       steps of D for each step of G
    shown          a `Shown`, or several, one after the other: what D is shown instead of the
                   bare batches
    added          an `Added`, or several: penalties on the players' losses
    replaced       a `Replaced`, or several: weights that take the place of a player's own
    records        how many records to take after the first, evenly spaced; or the steps
                   at which to take them; or a `Records`, which also says what to keep, and
                   where the training is to be saved on its way

    Interrupting (Ctrl-C, Jupyter's stop button) returns what was recorded until then. A
    seed that stops being finite is frozen and named in `Run.failed`; when all have,
    `TrainingFailed` is raised, which carries the `Run`.

    Going on: `train(run.generators, run.discriminators, ...)` with the same seeds begins with
    the weights of a run; its optimizers begin anew, and its batches are again the first. A
    `Trainer` goes on as it stands, optimizers and batches included: `trainer.advance(1000)`; saved
    by `trainer.save(path)` it does so in another process too, by `resume`. With
    `records=Records(50, checkpoint=path)` the same call of `train`, in whatever process, goes on
    where the last one was killed.
    `Ensemble.of(model, seeds)` begins all seeds with the weights of one Keras model.

    Before anything is compiled, models, functions, data and optimizers are tried: what would
    be left out or would mix the seeds is refused in one line. A compiled program is used again
    while networks, functions, sizes and optimizers are the same, whatever rates and scalars
    are; a global, an attribute or a variable that a function of yours looks up belongs to it,
    and is looked up when the training begins. What it asks of `globals()`, of the environment or
    of a file is not followed, and stays as it was when the program was built: give it as a scalar,
    an argument or a variable. Other processes have to be spawned, not forked.
    """
    gan = Gan(
        generator,
        discriminator,
        real,
        latent,
        losses=losses,
        d_optimizer=d_optimizer,
        g_optimizer=g_optimizer,
        n_critic=n_critic,
        shown=shown,
        added=added,
        replaced=replaced,
    )
    return train_gan(gan, steps=steps, seeds=seeds, batch_size=batch_size, records=records)


def train_gan(gan, *, steps=5000, seeds=32, batch_size=64, records=50):
    """`train` for a `Gan` that is there already; the arguments are those of `train`."""
    steps = whole("steps", steps, 0)
    records = records if isinstance(records, Records) else Records(records)
    stops = record_steps(records.at, steps)
    trainer = Trainer(gan, seeds=seeds, batch_size=batch_size, records=records)
    return trainer.run_recorded(stops, RECORDS, "GAN", records.checkpoint)
