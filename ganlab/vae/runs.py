"""What a training of VAEs leaves behind: its records, and the networks of every seed."""

import numpy as np

from ganlab.backend import tf
from ganlab.guards import a_path, guard, random_numbers
from ganlab.latent import Gaussian
from ganlab.models import input_size
from ganlab.own import in_float32
from ganlab.runs import Recorded
from ganlab.vae.codes import code
from ganlab.vae.likelihoods import NAMED, Likelihood


class Sampler:
    """Decoders as generators: what they make of z and of their own noise, side by side.

    A model p(z) p(x|z) is a function of independent standard normal numbers, the latent_dim of z
    and then dim for the noise of p(x|z). So whatever asks a `Run` for `generators` and `latent`
    may ask a `VaeRun`, and gets what the model says, not its mean.
    """

    def __init__(self, decoders, likelihood):
        self.decoders, self.likelihood = decoders, likelihood

    def __call__(self, numbers, noise=True):
        """Samples (members, n, dim) of (n, latent_dim + dim), or (members, n, latent_dim + dim)
        numbers; the mean of p(x|z) with noise=False, for which the latent_dim first will do.
        ValueError for another width."""
        numbers, size = np.asarray(numbers, "float32"), input_size(self.decoders.model)
        outputs, scalars = tf.constant(self.decoders(numbers[..., :size])), self.likelihood.spread()
        mean = np.array(self.likelihood.asked("mean", outputs, **scalars))
        width = size + mean.shape[-1]
        if numbers.shape[-1] != width and (noise or numbers.shape[-1] != size):
            told = f"numbers have shape {numbers.shape}"
            raise ValueError(f"{told}: wanted {width} in a row, {size} of z and the rest of noise")
        if not noise:
            return mean
        noise = tf.constant(numbers[..., size:])
        return np.array(self.likelihood.asked("sample", outputs, noise, **scalars))


class VaeRun(Recorded):
    """32 autoencoders, say, side by side: arrays over (records, seeds), and the networks.

    steps         (records,) steps done at each record; the first is 0
    reconstruction, kl, elbo
                  (records, seeds) nats a sample, averaged over the steps since the record before,
                  at the first record over steps taken without moving: E log p(x|z) with its
                  constant; KL(q(z|x) || p(z)); and the first minus the second, whatever beta is,
                  which is at most log p(x) on average
    samples       (records, seeds, n, dim) drawn from p(z) and p(x|z), for the same z and the same
                  noise each time
    kept          (records, seeds, ...) what `Records.keep` made of them; None without it
    seeds         (seeds,) the random seeds
    failed        {member: step} members that stopped being finite; from there on their records
                  are NaN, and their networks are those of the last finite block
    encoders, decoders
                  `Ensemble`s of the final networks
    likelihood    the `Likelihood`, its scalars with one value for each member
    generators, latent
                  the decoders with their noise, a `Sampler`, and what it makes samples of: with
                  these, functions that draw what a `Run`'s generators make take a `VaeRun` too
    """

    quantities = ("reconstruction", "kl", "elbo")
    others = "likelihood "

    def __init__(self, records, seeds, failed, encoders, decoders, likelihood):
        super().__init__(records, seeds, failed)
        self.encoders, self.decoders = encoders, decoders
        self.likelihood = likelihood.of_members(len(self.seeds))
        self.generators = Sampler(decoders, self.likelihood)
        self.latent = Gaussian(self.latent_dim + input_size(encoders.model))

    @property
    def latent_dim(self):
        """How many numbers z has."""
        return input_size(self.decoders.model)

    @guard(rng=random_numbers)
    def generate(self, n, rng=0, noise=True):
        """Samples (seeds, n, dim) of the final decoders, all from the same z.

        With `noise` they are drawn from p(x|z), as the model says, whose density includes it;
        with noise=False they are the means of p(x|z), which often look better and are distributed
        otherwise. `rng` is a NumPy Generator or a seed for one; it draws the same z either way.
        """
        return self.generators(self.latent.sample(n, np.random.default_rng(rng)), noise)

    def encode(self, x):
        """(mean, standard deviation) of q(z|x), each (seeds, n, latent_dim), for x (n, dim), or
        (n,) in one dimension."""
        mean, log_variance = code(tf.constant(self.encoders(self._points(x))))
        return mean.numpy(), np.exp(0.5 * log_variance.numpy())

    @guard(rng=random_numbers)
    def reconstruct(self, x, rng=None):
        """x (n, dim), or (n,) in one dimension, there and back: (seeds, n, dim).

        Without `rng` the mean of p(x|z) at the mean of q(z|x). With `rng`, a NumPy Generator or a
        seed for one, z and then x are drawn from the two.
        """
        mean, std = self.encode(x)
        if rng is None:
            noise = np.zeros((mean.shape[1], self.latent.dim), "float32")
        else:
            noise = self.latent.sample(mean.shape[1], np.random.default_rng(rng))
        z = mean + std * noise[:, : self.latent_dim]
        beside = np.broadcast_to(noise[:, self.latent_dim :], (*z.shape[:2], self._dim))
        return self.generators(np.concatenate([z, beside], axis=-1), noise=rng is not None)

    @property
    def _dim(self):
        return input_size(self.encoders.model)

    def _points(self, x):
        """x as float32 (n, dim), refused where the likelihood has no probability for it."""
        x = in_float32("x", x)
        if x.size == 0 or x.ndim not in (1, 2) or (x.shape[1:] or (1,)) != (self._dim,):
            raise ValueError(f"x has shape {x.shape}: wanted (n, {self._dim}), not empty")
        self.likelihood.refuse("x", x)
        return x[:, None] if x.ndim == 1 else x

    def encoder(self, seed=None, *, member=None):
        """One seed's encoder as a plain Keras model: it saves, loads and predicts. Its outputs are
        means and log variances, which are clipped wherever this package uses them."""
        return self.encoders.member(self._member(seed, member))

    def decoder(self, seed=None, *, member=None):
        """One seed's decoder as a plain Keras model; its outputs are what the likelihood takes."""
        return self.decoders.member(self._member(seed, member))

    @guard(path=a_path)
    def save(self, path):
        """Everything into one .npz file, without pickle."""
        name = next((n for n, known in NAMED.items() if self._same_kind(known)), None)
        scalars = {f"{self.others}{n}": value for n, value in self.likelihood.scalars.items()}
        networks = {"encoder": self.encoders, "decoder": self.decoders}
        self._write(path, networks, {"likelihood": name}, scalars)

    def _same_kind(self, known):
        return known._replace(scalars=None) == self.likelihood._replace(scalars=None)

    @classmethod
    @guard(path=a_path)
    def load(cls, path, *, likelihood=None, custom_objects=None):
        """A saved run. `custom_objects` names layers of your own, as in Keras; a `Likelihood` of
        your own has to be given again, with its scalars or without."""
        roles = ("encoder", "decoder")
        arrays, about, failed, ensembles = cls._read(path, roles, custom_objects)
        before = cls.others
        scalars = {n[len(before) :]: v for n, v in arrays.items() if n.startswith(before)}
        if likelihood is None:
            if about["likelihood"] is None:
                raise ValueError(
                    "this run was saved with a likelihood of its own: load it with likelihood="
                )
            likelihood = NAMED[about["likelihood"]]
            if scalars.keys() != likelihood.scalars.keys():  # the archive has a damaged name
                raise ValueError(f"{path} is not a run: wanted a file that VaeRun.save wrote")
        elif not isinstance(likelihood, Likelihood):
            raise TypeError(f"likelihood is {likelihood!r}: wanted a Likelihood")
        likelihood = likelihood._replace(scalars=scalars)
        return cls(arrays, arrays["seeds"], failed, *ensembles, likelihood)
