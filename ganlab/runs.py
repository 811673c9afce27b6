"""What a training run leaves behind: its records, and the networks of every seed."""

import dataclasses
import json
import math
import re
from collections.abc import Callable, Sequence
from os import PathLike
from typing import NamedTuple

import numpy as np

import ganlab.latent
from ganlab.arguments import in_short
from ganlab.backend import keras, tf
from ganlab.company import outputs
from ganlab.ensemble import Ensemble
from ganlab.files import written_whole
from ganlab.guards import a_path, guard, random_numbers
from ganlab.lookups import asked
from ganlab.losses import clamped_tanh
from ganlab.models import input_size, keeping_ties
from ganlab.own import in_float32
from ganlab.step import QUANTITIES

RECORDS = QUANTITIES  # of a step, as `ganlab.step` reports them
# How `losses` read a logit as a score, by the names under which a run is saved.
SCORES = {"sigmoid": tf.sigmoid, "identity": tf.identity, "clamped_tanh": clamped_tanh}


class Records(NamedTuple):
    """When a training takes notes, and what it keeps of the samples.

    at       how many records to take after the first, evenly spaced; or the steps
    samples  how many generated samples each record makes of each seed, from the same z
    keep     `keep(samples)` returns what to keep of samples (seeds, n, dim) in their place, an
             array (seeds, ...): 500 pictures of every seed at every record would be gigabytes.
             It is found in `Run.kept`, and `Run.samples` is then empty
    checkpoint
             a path: at every record the training is saved there, whole; and if one is there
             already, this one goes on from it, bit for bit as if it had never stopped
    """

    at: int | Sequence[int] = 50
    samples: int = 500
    keep: Callable | None = None
    checkpoint: str | PathLike | None = None

    def bytes_each(self, members, dim):
        """How much memory a record takes of what it keeps of the samples."""
        shape = (members, self.samples, dim)
        if self.keep is None:
            return 4 * math.prod(shape)
        return self.kept(np.zeros(shape, "float32")).nbytes

    def kept(self, samples, before=()):
        """What `keep` makes of samples (seeds, n, dim), an array (seeds, ...), of the shape that it
        gave `before`; ValueError, in one line, for anything else."""
        found = asked("keep", self.keep, samples)
        try:
            found = np.asarray(found)
        except ValueError:  # lists of several lengths
            found = np.asarray(None)
        if found.dtype == object:
            raise ValueError("keep gives lists that make no array: wanted one, (seeds, ...)")
        if found.shape[:1] != samples.shape[:1]:
            wanted = f"wanted ({len(samples)}, ...), one per seed"
            raise ValueError(f"keep gives shape {found.shape}: {wanted}")
        if before and found.shape != before[0].shape:
            told = f"gives shape {found.shape}, and gave {before[0].shape} at the first record"
            raise ValueError(f"keep {told}: wanted the same at all")
        return found


class Recorded:
    """What every kind of run has: records of samples, and the networks of each seed.

    `records` maps "steps", "samples", perhaps "kept", and each of the class's `quantities` to a
    list with an entry for each record.
    """

    quantities = ()
    others = ""  # how names of further arrays in a file begin

    def __init__(self, records, seeds, failed):
        self.steps = np.asarray(records["steps"], int)
        for name in self.quantities:
            setattr(self, name, np.asarray(records[name], "float32"))
        self.samples = np.asarray(records["samples"], "float32")
        self.kept = np.asarray(records["kept"]) if "kept" in records else None
        self.seeds = np.asarray(seeds, int)
        self.failed = dict(failed)

    def __repr__(self):
        broken = f", {len(self.failed)} of them not finite to the end" if self.failed else ""
        kind = type(self).__name__
        return f"{kind} of {len(self.seeds)} seeds over {self.steps[-1]} steps{broken}"

    def _member(self, seed, member):
        if seed is not None and member is not None:
            raise ValueError(
                f"seed={in_short(seed)} and member={in_short(member)} are both given: wanted one"
            )
        if member is not None:
            if not isinstance(member, (int, np.integer)) or not 0 <= member < len(self.seeds):
                raise ValueError(f"member={in_short(member)}: wanted 0 to {len(self.seeds) - 1}")
            return int(member)
        known = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
        found = np.flatnonzero(self.seeds == seed) if known else []
        if len(found) == 1:
            return found[0]
        if len(found):
            raise ValueError(f"seed {seed} was trained {len(found)} times: name one by member=")
        raise ValueError(f"seed={in_short(seed)} is not in this run: it has {_short(self.seeds)}")

    def _write(self, path, networks, about, more=()):
        """The records, `networks` {role: Ensemble} and the arrays `more` into one .npz file."""
        names = ("steps", "samples", "seeds", *self.quantities)
        arrays = {name: getattr(self, name) for name in names} | dict(more)
        if self.kept is not None:
            arrays["kept"] = self.kept
        for role, ensemble in networks.items():
            arrays |= {f"{role[0]}{i}": weight for i, weight in enumerate(ensemble.weights)}
            with keeping_ties(ensemble.model):
                about[role] = keras.saving.serialize_keras_object(ensemble.model)
        about["failed"] = {str(member): step for member, step in self.failed.items()}
        with written_whole(path) as file:
            np.savez_compressed(file, about=json.dumps(about), **arrays)

    @classmethod
    def _read(cls, path, roles, custom_objects):
        """(arrays, about, failed, Ensembles of these roles) of what `_write` wrote."""
        no_run = f"{path} is not a run: wanted a file that {cls.__name__}.save wrote"
        with open(path, "rb") as opened:  # a file that is not there is told as that
            try:
                arrays = dict(np.load(opened, allow_pickle=False))
                about = json.loads(str(arrays.pop("about")))
                described = [about[role] for role in roles]
                failed = {int(member): step for member, step in about["failed"].items()}
                counts = cls._weights_in(arrays, roles)
            except Exception:  # a damaged archive may raise anything: lengths, codes, checksums
                raise ValueError(no_run) from None
        ensembles = []
        for role, description in zip(roles, described, strict=True):
            try:
                with keeping_ties():
                    model = keras.saving.deserialize_keras_object(description, custom_objects)
            except (TypeError, ValueError) as error:
                found = re.search(r"Could not locate (?:class|function) '(\w+)'", str(error))
                what = f"what {found[1]} is" if found else "its layers of your own"
                raise TypeError(
                    f"the {role} cannot be rebuilt: wanted custom_objects to say {what}"
                ) from None
            if counts[role] != len(model.trainable_variables):
                raise ValueError(no_run)
            weights = [arrays[f"{role[0]}{i}"] for i in range(counts[role])]
            ensembles.append(Ensemble(model, arrays["seeds"], weights, failed))
        return arrays, about, failed, ensembles

    @classmethod
    def _weights_in(cls, arrays, roles):
        """How many weights of each role there are; ValueError unless all names are those that
        `_write` gives: an archive does not check its names, and one that is damaged is lost."""
        counts = {
            role: sum(bool(re.fullmatch(rf"{role[0]}\d+", n)) for n in arrays) for role in roles
        }
        needed = {"steps", "samples", "seeds", *cls.quantities}
        needed |= {f"{role[0]}{i}" for role, count in counts.items() for i in range(count)}
        more = set(arrays) - needed - {"kept"}
        if needed - set(arrays) or any(
            not cls.others or not n.startswith(cls.others) for n in more
        ):
            raise ValueError
        return counts


class Run(Recorded):
    """32 training runs, say, side by side: arrays over (records, seeds), and the networks.

    steps         (records,) steps of the generator done at each record; the first is 0
    d_loss, g_loss, real_score, fake_score, accuracy
                  (records, seeds) what training saw, averaged over the steps since the
                  record before, of D's several for one of G the last of each; at the first
                  record over steps taken without moving.
                  Losses are in the units of the loss; scores are D's on real and fake
                  samples, accuracy the share of both that D puts on the right side of 1/2
    samples       (records, seeds, n, dim) the generator's output, for the same z each time
    kept          (records, seeds, ...) what `Records.keep` made of them; None without it
    seeds         (seeds,) the random seeds
    failed        {member: step} members that stopped being finite; from there on their
                  records are NaN, and their networks are those of the last finite block
    d_batch_size  how many samples D had before it at once in training, where real and fake ones
                  together or packs of samples count as it saw them; None in files from before it
                  was kept
    gan           the `Gan` that was trained; None in a run that was loaded, for it is not saved
    """

    quantities = RECORDS

    def __init__(
        self,
        records,
        seeds,
        failed,
        generators,
        discriminators,
        latent,
        score,
        d_batch_size=None,
        gan=None,
    ):
        super().__init__(records, seeds, failed)
        self.generators, self.discriminators = generators, discriminators
        self.latent, self.d_batch_size, self.gan = latent, d_batch_size, gan
        self._score = score

    @guard(rng=random_numbers)
    def generate(self, n, rng=0):
        """Samples (seeds, n, dim) of the final generators, all from the same z.

        `rng` is a NumPy Generator or a seed for one.
        """
        if self.latent is None:
            raise ValueError(
                "this run was saved with a latent of its own class: load it with latent="
            )
        return self.generators(self.latent.sample(n, np.random.default_rng(rng)))

    def discriminate(self, x):
        """The final discriminators' scores (seeds, n) of x (n, dim), (n,) in one dimension; the
        mean of several where D judges a sample by patches. A D that was shown packs of m samples
        is asked about packs, (n, m * dim).

        A D that looks along its batch, by minibatch discrimination say, has no score for a sample,
        only for a sample in company. It is asked by batches of `d_batch_size`, as in its training,
        in the order of x: a score is that of the sample beside those next to it in x. The last
        batch is filled up from the beginning of x, and the scores of what fills it are thrown away;
        fewer samples than a batch are repeated until they are one. So real or generated samples in
        random order are such batches as D knows; a grid, of points close together, is not. Where
        `d_batch_size` is None all of x is one batch, and ValueError is raised if that is too large.

            run.discriminate(run.generate(1000)[3])[3]  # member 3 on its own samples, in company

        A D that looks at each sample alone is asked about all of x in one go.
        """
        x = in_float32("x", x)
        dim = input_size(self.discriminators.model)
        if x.ndim not in (1, 2) or (x.shape[1:] or (1,)) != (dim,):
            raise ValueError(f"x has shape {x.shape}: wanted (n, {dim})")
        if self._score is None:
            raise ValueError("this run was saved with a score of its own: use run.discriminators")
        x = x[:, None] if x.ndim == 1 else x
        logits = outputs(self.discriminators, x, self.d_batch_size)
        if logits.shape[-1] == 1:
            return np.asarray(self._score(tf.constant(logits[..., 0])))
        return np.asarray(self._score(tf.constant(logits))).mean(axis=-1)

    def generator(self, seed=None, *, member=None):
        """One seed's generator as a plain Keras model: it saves, loads and predicts."""
        return self.generators.member(self._member(seed, member))

    def discriminator(self, seed=None, *, member=None):
        """One seed's discriminator as a plain Keras model; its output is a logit (with
        `losses.clamped` what goes into the tanh, with `losses.least_squares` the score)."""
        return self.discriminators.member(self._member(seed, member))

    @guard(path=a_path)
    def save(self, path):
        """Everything into one .npz file, without pickle. A file of before is replaced when the new
        one is whole, and stays if the writing is interrupted."""
        latent = None
        if type(self.latent).__module__ == "ganlab.latent":
            latent = [type(self.latent).__name__, dataclasses.asdict(self.latent)]
        score = next((name for name, f in SCORES.items() if f is self._score), None)
        networks = {"generator": self.generators, "discriminator": self.discriminators}
        size = None if self.d_batch_size is None else int(self.d_batch_size)
        about = {"latent": latent, "score": score, "d_batch_size": size}
        self._write(path, networks, about)

    @classmethod
    @guard(path=a_path)
    def load(cls, path, *, latent=None, custom_objects=None):
        """A saved run. `custom_objects` names layers of your own, as in Keras."""
        roles = ("generator", "discriminator")
        arrays, about, failed, ensembles = cls._read(path, roles, custom_objects)
        if latent is None and about["latent"]:
            name, fields = about["latent"]
            latent = getattr(ganlab.latent, name)(**fields)
        rest = latent, SCORES.get(about["score"]), about.get("d_batch_size")
        return cls(arrays, arrays["seeds"], failed, *ensembles, *rest)


def _short(seeds):
    listed = ", ".join(str(seed) for seed in seeds[:8])
    return f"seeds {listed}{', ...' if len(seeds) > 8 else ''}"
