"""What is trained, as a value: a `Vae`. Nothing here is compiled."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ganlab.arguments import at_least, in_short, whole
from ganlab.backend import keras, tf
from ganlab.compiling import compiles
from ganlab.data import Distribution, Samples, as_distribution
from ganlab.ensemble import Ensemble
from ganlab.fitting import starting
from ganlab.gan import Scaled
from ganlab.latent import Gaussian
from ganlab.lookups import is_own, name_of, reads
from ganlab.models import own_parts, structure
from ganlab.probing import refuse_bounded, warn_out_of_reach
from ganlab.streams import GENERATOR, VAE
from ganlab.vae.likelihoods import Likelihood


@dataclass(frozen=True)
class Vae:
    """Two networks, what they learn, and how they move: all that a seed has to do with.

    The fields are the arguments of `train_vae`, which documents them. Wrong ones are refused in one
    line.
    """

    encoder: Any  # a keras.Model, or an Ensemble that was trained before; the decoder too
    decoder: Any
    real: Distribution
    latent_dim: int
    likelihood: Likelihood
    beta: Any = 1.0
    optimizer: keras.optimizers.Optimizer | Scaled | None = None

    def __post_init__(self):
        if not isinstance(self.likelihood, Likelihood):
            wanted = "wanted a Likelihood, vae.gaussian(0.1) or vae.bernoulli say"
            raise TypeError(f"likelihood is {in_short(self.likelihood)}: {wanted}")
        for role in ("encoder", "decoder"):
            if not isinstance(given := getattr(self, role), (keras.Model, Ensemble)):
                raise TypeError(f"{role} is {type(given).__name__}: wanted a Keras model")
        given = self.optimizer
        bare = given.optimizer if isinstance(given, Scaled) else given
        if bare is not None and not isinstance(bare, keras.optimizers.Optimizer):
            wanted = "wanted a Keras optimizer, Adam(1e-3) say"
            raise TypeError(f"optimizer is {in_short(bare)}: {wanted}")
        vars(self).update(
            real=as_distribution(self.real),
            latent_dim=whole("latent_dim", self.latent_dim, 1),
            beta=at_least("beta", self.beta, 0),
        )
        if isinstance(self.real, Samples):
            self.likelihood.refuse("real", self.real.array)

    def changed(self, **fields):
        """The same Vae with other values for some of its fields."""
        return replace(self, **fields)

    def networks(self, seeds):
        """((encoder, decoder) models, their stacked weights, {members that failed before: step}),
        checked to fit."""
        dim, each = self.real.dim, self.likelihood.outputs
        why = f"a mean and a log variance for each number of z, latent_dim={self.latent_dim}"
        encoder = self._network("encoder", self.encoder, VAE, seeds, dim, 2 * self.latent_dim, why)
        why = f"{each} for each number of a real sample"
        decoder = self._network(
            "decoder", self.decoder, GENERATOR, seeds, self.latent_dim, each * dim, why
        )
        models, weights, failed = zip(encoder, decoder, strict=True)
        return models, [*weights[0], *weights[1]], failed[0] | failed[1]

    def _network(self, role, given, network, seeds, inputs, outputs, why):
        model, size, weights, failed = starting(given, seeds, role, network, inputs)
        if size != outputs:
            raise ValueError(
                f"{role} gives {size} numbers for each sample: wanted {outputs}, {why}"
            )
        if role == "encoder" or self.likelihood.free:
            wanted = "numbers of any size, a last layer of no activation"
            refuse_bounded(model, role, inputs, wanted)
        if role == "decoder" and self.likelihood.between is None:  # else the data are refused
            warn_out_of_reach(model, role, Gaussian(inputs), self.real, self._mean)
        return model, weights, failed

    def _mean(self, outputs):
        """What samples are around, of one decoder's outputs (n, outputs)."""
        scalars = {name: np.ravel(value)[:1] for name, value in self.likelihood.scalars.items()}
        likelihood = self.likelihood._replace(scalars=scalars)
        return likelihood.asked("mean", tf.convert_to_tensor(outputs)[None], **likelihood.spread())[
            0
        ]

    @property
    def own(self):
        """What the Vae holds of functions and layers that are the reader's, in words."""
        found = [("likelihood", part) for part in self.likelihood if callable(part)]
        for role in ("encoder", "decoder"):
            model = getattr(self, role)
            model = model.model if isinstance(model, Ensemble) else model
            found += [(f"in the {role}", part) for part in own_parts(model)]
        return [f"{name_of(what)} ({where})" for where, what in found if is_own(what)]

    def key(self, models, recipe, members, batch_size):
        """What decides which program trains the Vae: equal keys may share one."""
        names = tuple(sorted(self.likelihood.scalars))
        return (
            "vae",
            *(structure(model) for model in models),
            reads(recipe),
            self.likelihood._replace(scalars=names),
            reads(self.likelihood._replace(scalars=names)),
            (members, batch_size, self.real.dim, self.latent_dim),
            compiles(),
        )
