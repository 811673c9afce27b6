"""Variational autoencoders: one per seed, all seeds at once, on the loop that plays the game."""

from functools import partial

import numpy as np

from ganlab.arguments import in_short, per_member, record_steps, seed_tuple, whole
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble, is_tiny
from ganlab.gan import Scaled
from ganlab.interrupts import held_back
from ganlab.latent import Gaussian
from ganlab.loop import Loop, Part
from ganlab.memory import needs_of
from ganlab.optimizers import followed
from ganlab.program import Supply, blocks_of, shared
from ganlab.runs import Records
from ganlab.streams import SHOW, VAE
from ganlab.trials import of_likelihood
from ganlab.vae.autoencoder import Vae
from ganlab.vae.runs import Sampler, VaeRun
from ganlab.vae.step import QUANTITIES, Autoencoding, drawing


class VaeTrainer(Loop):
    """Trains one VAE per seed by blocks of steps.

    `VaeTrainer(vae, seeds=32, batch_size=64)`, or the fields of a `Vae` in place of it; of
    `records`, a `Records`, it heeds what to keep. `advance(steps)` takes steps and returns
    {"reconstruction": (seeds,), "kl": (seeds,)}; `record()` notes the state of things; `run()`
    gives a `VaeRun` of what has been recorded, with the networks as they are now.
    """

    def __init__(self, *vae, seeds=32, batch_size=64, records=None, **fields):
        whole_vae = len(vae) == 1 and isinstance(vae[0], Vae) and not fields
        if len(vae) == 1 and not whole_vae and not fields:
            raise TypeError(f"vae is {in_short(vae[0])}: wanted a Vae, or its fields")
        self.vae = vae = vae[0] if whole_vae else Vae(*vae, **fields)
        seeds, self.batch_size = seed_tuple(seeds), whole("batch_size", batch_size, 1)
        members, records = len(seeds), Records() if records is None else records
        if not isinstance(records, Records):
            raise TypeError(f"records is {in_short(records)}: wanted a Records")
        optimizer, factors = (
            vae.optimizer if isinstance(vae.optimizer, Scaled) else (vae.optimizer, 1.0)
        )
        optimizer = keras.optimizers.Adam(1e-3) if optimizer is None else optimizer
        recipe, rates = followed(optimizer, factors, "optimizer", members)
        self._likelihood = vae.likelihood.of_members(members)
        beta = tf.constant(per_member("beta", vae.beta, members))
        whole("samples", records.samples, 1)
        self._models, weights, failed = vae.networks(seeds)
        length, blocks = self._blocks(members)
        drawn = blocks * length * self.batch_size * (vae.real.dim + vae.latent_dim)
        sizes = self._models, self.batch_size, drawn, records
        self.needs = needs_of(members, *sizes, vae.real.dim, vae.latent_dim + vae.real.dim)
        tiny = all(is_tiny(model, self.batch_size) for model in self._models)
        key = vae.key(self._models, recipe, members, self.batch_size)
        make = partial(Autoencoding, vae, self._models, recipe, members, tiny, key)
        program = shared(key, make)
        draw = drawing(vae, length, self.batch_size)
        super().__init__(
            seeds,
            {"vae": Part(program, {"vae": 1})},
            {"vae": program.player},
            {"vae": Supply(draw, seeds, VAE, length, blocks)},
            {"vae": rates},
            (beta, self._likelihood.spread()),
            own=vae.own,
            trials=self._trials(),
            real=vae.real,
            made_of=key[:-1],  # compiled or not, it goes on
        )
        self.begin("vae", weights)
        self._shown = self._shown_latents(records.samples)
        self._kept = records.kept if records.keep else None
        names = ("steps", "samples", *["kept"] * (records.keep is not None), *VaeRun.quantities)
        self._records = {name: [] for name in names}
        if failed:
            self.freeze(failed)

    def _blocks(self, members):
        """(steps in a block of random numbers, blocks handed to the program at once)."""
        work = 6 * self.batch_size * sum(model.count_params() for model in self._models)
        return blocks_of(4e-6 + work / 8e10, members)

    def _trials(self):
        real = self.vae.real.sample(self.batch_size, np.random.default_rng(0))
        return of_likelihood(self.vae.likelihood, self._likelihood.spread(), real)

    def _shown_latents(self, n):
        """What the samples of each record are made of: z and the decoder's noise, side by side,
        (seeds, n, latent dim + dim)."""
        latent = Gaussian(self.vae.latent_dim + self.vae.real.dim)
        supply = Supply(lambda rng: {"z": latent.sample(n, rng)}, self.seeds, SHOW, n)
        return np.swapaxes(supply.peek()[0]["z"], 0, 1)

    def _shown_count(self):
        return self._shown.shape[1]

    def batches(self, seed):
        """What is left of the current block for one seed: {"real": (steps, batch, dim), "noise":
        (steps, batch, latent dim)}."""
        block, start, _ = self._supplies["vae"].peek()
        if not isinstance(seed, (int, np.integer)) or seed not in self.seeds:
            raise ValueError(f"seed={in_short(seed)} is not trained here: wanted one of .seeds")
        member = self.seeds.index(seed)
        return {name: np.asarray(x)[start:, member] for name, x in block._asdict().items()}

    def _ensembles(self):
        """(encoders, decoders) with their weights as they are now."""
        weights, found = self.weights("vae"), []
        for model in self._models:
            count = len(model.trainable_variables)
            found.append(Ensemble(model, self.seeds, weights[:count], self.failed))
            weights = weights[count:]
        return found

    def record(self, seen=None):
        """Notes the step, samples, and `seen` (what `advance` returned); without it, the averages
        over a few steps taken on the spot, after which nothing has moved."""
        if seen is None:
            steps, totals = self._play("vae", 256, move=False)
            seen = dict(zip(QUANTITIES, totals / steps, strict=True))
        if not isinstance(seen, dict) or set(seen) != set(QUANTITIES):
            raise ValueError(f"seen is {in_short(seen)}: wanted what advance returns")
        samples = Sampler(self._ensembles()[1], self._likelihood)(self._shown)
        samples[self._frozen] = np.nan
        elbo = seen["reconstruction"] - seen["kl"]
        noted = {"steps": self.step, "samples": samples, "elbo": elbo, **seen}
        if self._kept is not None:
            kept = self._kept(samples, self._records["kept"])
            noted |= {"samples": samples[:, :0], "kept": kept}
        with held_back():
            for name, value in noted.items():
                self._records[name].append(value)

    def run(self):
        """A `VaeRun` of the records so far, with the networks as they are now."""
        if not self._records["steps"]:
            self.record()
        return VaeRun(self._records, self.seeds, self.failed, *self._ensembles(), self._likelihood)

    def so_far(self):
        return self.run() if self._records["steps"] else None


def train_vae(
    encoder,
    decoder,
    real,
    *,
    latent_dim,
    likelihood,
    beta=1.0,
    steps=5000,
    seeds=32,
    batch_size=64,
    optimizer=None,
    records=50,
):
    """Trains one variational autoencoder per seed, all seeds at once, and returns a `VaeRun`.

    encoder     Keras model (batch, dim) -> (batch, 2 * latent_dim): the means of z and, behind
                them, its log variances, of a normal distribution q(z|x) with independent
                coordinates. It ends in no activation; log variances are clipped between -20 and 10
                (`codes.code`). A template: each seed draws its own initial weights
    decoder     Keras model (batch, latent_dim) -> (batch, dim), or (batch, 2 * dim) for
                `learned_gaussian`: what the likelihood makes p(x|z) of. Either may be an
                `Ensemble` instead, `run.encoders` of the same seeds say, to go on from there
    real        a distribution of `ganlab.data`, or your own array (n, dim)
    latent_dim  how many numbers z has; p(z) is N(0, I)
    likelihood  `gaussian(variance)`, `learned_gaussian()` or `bernoulli`: p(x|z)
    beta        how much the KL divergence weighs, at least 0: a number, or one for each member
                (Higgins et al. 2017; with 1 it is the ELBO that is maximised)
    steps, seeds, batch_size, records
                as in `training.train`
    optimizer   a Keras optimizer, Adam(1e-3) if not given, or `training.Scaled` for a learning
                rate of each member's own

    Minimises beta KL(q(z|x) || p(z)) - E log p(x|z), the mean over a batch, with one z for each
    sample, mean + standard deviation * noise, and the divergence in closed form (Kingma and
    Welling 2014, Rezende et al. 2014). Neither beta nor the likelihood's numbers need a new
    program: 32 seeds with four values of beta are

        run = train_vae(mlp((2, 64, 4)), mlp((2, 64, 2)), data.ring(), latent_dim=2,
                        likelihood=gaussian(0.01), beta=[0.5, 1, 2, 4] * 8)

    The decoder starts from the weights from which `train` would start a generator of the same
    architecture.

    Interrupting (Ctrl-C, Jupyter's stop button) returns what was recorded until then. A seed that
    stops being finite is frozen and named in `VaeRun.failed`; when all have, `TrainingFailed` is
    raised, which carries the run. TypeError or ValueError, in one line, before anything is
    compiled, for networks, numbers or data that do not fit.
    """
    vae = Vae(
        encoder,
        decoder,
        real,
        latent_dim=latent_dim,
        likelihood=likelihood,
        beta=beta,
        optimizer=optimizer,
    )
    return train_this_vae(vae, steps=steps, seeds=seeds, batch_size=batch_size, records=records)


def train_this_vae(vae, *, steps=5000, seeds=32, batch_size=64, records=50):
    """`train_vae` for a `Vae` that is there already; the arguments are those of `train_vae`."""
    steps = whole("steps", steps, 0)
    records = records if isinstance(records, Records) else Records(records)
    stops = record_steps(records.at, steps)
    trainer = VaeTrainer(vae, seeds=seeds, batch_size=batch_size, records=records)
    return trainer.run_recorded(stops, QUANTITIES, "VAE", records.checkpoint)
