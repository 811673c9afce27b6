"""Variational autoencoders on the engine that trains GANs: all seeds of an experiment at once.

    from ganlab import data, vae
    from ganlab.networks import mlp

    run = vae.train_vae(mlp((2, 64, 4)), mlp((2, 64, 2)), data.ring(std=0.1), latent_dim=2,
                        likelihood=vae.gaussian(0.01), steps=5000, seeds=32)
    run.samples, run.elbo, run.encode(x), run.decoder(seed=3)
    vae.log_likelihood_bound(run, x, draws=100)

`autoencoder` has the value that is trained; `likelihoods` say what a decoder's outputs mean,
`codes` what an encoder's do; `step` is one step, `training` many, `runs` what they leave behind,
`bounds` what a run thinks of given points.
"""

from ganlab.vae.autoencoder import Vae
from ganlab.vae.bounds import Bounds, log_likelihood_bound
from ganlab.vae.codes import code, divergence
from ganlab.vae.likelihoods import Likelihood, bernoulli, gaussian, learned_gaussian
from ganlab.vae.runs import Sampler, VaeRun
from ganlab.vae.training import VaeTrainer, train_this_vae, train_vae

__all__ = [
    "Bounds",
    "Likelihood",
    "Sampler",
    "Vae",
    "VaeRun",
    "VaeTrainer",
    "bernoulli",
    "code",
    "divergence",
    "gaussian",
    "learned_gaussian",
    "log_likelihood_bound",
    "train_this_vae",
    "train_vae",
]
