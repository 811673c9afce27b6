"""The autoencoder that the speed benchmark trains, and the systems that it compares at it.

A step moves encoder and decoder together, down the negative ELBO, and returns its two terms,
(reconstruction, kl), in nats and averaged over the batch. The code of the systems is what the
documentation of each would have one write; `parts.Kind` says what a system is.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from networks import (
    ensemble,
    fitted,
    jax_adam,
    jax_network,
    keras_adam,
    keras_network,
    torch_adam,
    torch_network,
)
from parts import Adam, Blocks, Kind, first_weights, glorot, products, stack, stacked

from ganlab import data

BATCHES = ("real", "noise")
QUANTITIES = ("reconstruction", "kl")


class Task(NamedTuple):
    """A VAE whose decoder gives the mean of x, with a `variance` that is fixed; `parts.Kind` says
    what `start` and `block` are."""

    real: data.Distribution
    encoder: tuple
    decoder: tuple
    latent_dim: int
    variance: float
    batch_size: int
    adam: Adam
    start: Callable
    block: int


TASKS = {
    "vae": Task(
        real=data.ring(8, radius=2.0, std=0.1),
        encoder=stack((2, 64, 64, 2 + 2), "leaky_relu"),
        decoder=stack((2, 64, 64, 2), "leaky_relu"),
        latent_dim=2,
        variance=0.1**2,
        batch_size=64,
        adam=Adam(1e-3),
        start=glorot,
        block=64,
    ),
}


def initial_weights(task, seed=0):
    """(encoder's, decoder's) weights of one seed: lists of float32 arrays."""
    return first_weights((task.encoder, task.decoder), task.start, seed)


def batches(task, rng, seeds=None):
    """A block of batches {"real", "noise"}: (block, batch, dim); with `seeds`, as many for each
    step: (block, seeds, batch, dim)."""
    shape = (task.block, *([seeds] if seeds else []), task.batch_size)
    noise = rng.standard_normal((*shape, task.latent_dim), dtype=np.float32)
    return {"real": task.real.sample(shape, rng), "noise": noise}


def multiplications(task):
    """Multiplications in the matrix products of one step, for one seed."""
    (encoder, first), (decoder, _) = products(task.encoder), products(task.decoder)
    return task.batch_size * (3 * encoder - first + 3 * decoder)  # the decoder's input is moved


# This engine -----------------------------------------------------------------------------------


def trainer(task, weights, seeds):
    """A `VaeTrainer` of this engine for the task."""
    from ganlab import vae

    return vae.VaeTrainer(
        *map(ensemble, (task.encoder, task.decoder), zip(*weights, strict=True)),
        task.real,
        latent_dim=task.latent_dim,
        likelihood=vae.gaussian(task.variance),
        optimizer=keras_adam(task.adam),
        seeds=seeds,
        batch_size=task.batch_size,
    )


def ganlab(task, weights, draw, seeds):
    """This engine. It draws its batches itself, by the same distributions."""
    made = trainer(task, weights, seeds)

    def run(steps):
        seen = made.advance(steps)
        return seen["reconstruction"][0], seen["kl"][0]

    return run


# TensorFlow, two ways ----------------------------------------------------------------------------


def _tf_terms(task, encoder, decoder, real, noise):
    """(reconstruction, kl), averaged over the batch."""
    from ganlab.backend import tf

    mean, log_variance = tf.split(encoder(real), 2, axis=1)
    outputs = decoder(mean + tf.exp(0.5 * log_variance) * noise)
    errors = tf.square(real - outputs) / task.variance + np.log(2 * np.pi * task.variance)
    kl = tf.square(mean) + tf.exp(log_variance) - log_variance - 1.0
    return (
        tf.reduce_mean(tf.reduce_sum(-0.5 * errors, axis=1)),
        tf.reduce_mean(tf.reduce_sum(0.5 * kl, axis=1)),
    )


def tf_function(task, weights, draw, seeds):
    """A step in Keras and GradientTape, one call of a `tf.function` per step."""
    from ganlab.backend import tf

    encoder, decoder = map(keras_network, (task.encoder, task.decoder), weights[0])
    adam, blocks = keras_adam(task.adam), Blocks(draw, BATCHES)
    moved = [*encoder.trainable_variables, *decoder.trainable_variables]

    @tf.function
    def step(real, noise):
        with tf.GradientTape() as tape:
            reconstruction, kl = _tf_terms(task, encoder, decoder, real, noise)
            loss = kl - reconstruction
        adam.apply(tape.gradient(loss, moved), moved)
        return reconstruction, kl

    def run(steps):
        for taken in blocks.steps(steps):
            reconstruction, kl = step(*map(tf.constant, taken))
        return float(reconstruction), float(kl)

    return run


def keras_fit(task, weights, draw, seeds):
    """A `keras.Model` with its own `train_step`, under `fit`."""
    from ganlab.backend import keras, tf

    blocks = Blocks(draw, BATCHES)

    class VAE(keras.Model):
        def __init__(self):
            super().__init__()
            networks = map(keras_network, (task.encoder, task.decoder), weights[0])
            self.encoder, self.decoder = networks

        def train_step(self, taken):
            with tf.GradientTape() as tape:
                reconstruction, kl = _tf_terms(task, self.encoder, self.decoder, *taken)
                loss = kl - reconstruction
            moved = self.trainable_weights
            self.optimizer.apply(tape.gradient(loss, moved), moved)
            return {"reconstruction": reconstruction, "kl": kl}

    model = VAE()
    model.compile(optimizer=keras_adam(task.adam))
    sizes = task.real.dim, task.latent_dim
    return fitted(model, blocks, sizes, task.batch_size, QUANTITIES)


# Other libraries -----------------------------------------------------------------------------


def pytorch(task, weights, draw, seeds):
    """PyTorch as its examples write it, without compiling."""
    import torch

    encoder, decoder = map(torch_network, (task.encoder, task.decoder), weights[0])
    adam = torch_adam(task.adam, [*encoder.parameters(), *decoder.parameters()])
    blocks, constant = Blocks(draw, BATCHES), np.log(2 * np.pi * task.variance)

    def run(steps):
        for real, noise in (map(torch.from_numpy, taken) for taken in blocks.steps(steps)):
            adam.zero_grad()
            mean, log_variance = encoder(real).chunk(2, dim=1)
            outputs = decoder(mean + torch.exp(0.5 * log_variance) * noise)
            errors = (real - outputs).square() / task.variance + constant
            reconstruction = (-0.5 * errors).sum(1).mean()
            kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(1).mean()
            (kl - reconstruction).backward()
            adam.step()
        return reconstruction.item(), kl.item()

    return run


def jax_scan(task, weights, draw, seeds):
    """JAX: a step under `jit` and `lax.scan`, over a block at once; seeds by `vmap`."""
    import jax
    import jax.numpy as jnp
    import optax

    def objective(networks, real, noise):
        encoder, decoder = networks
        mean, log_variance = jnp.split(jax_network(task.encoder, encoder, real), 2, axis=1)
        z = mean + jnp.exp(0.5 * log_variance) * noise
        outputs = jax_network(task.decoder, decoder, z)
        errors = jnp.square(real - outputs) / task.variance + np.log(2 * np.pi * task.variance)
        reconstruction = (-0.5 * errors).sum(1).mean()
        kl = 0.5 * (jnp.square(mean) + jnp.exp(log_variance) - log_variance - 1).sum(1).mean()
        return kl - reconstruction, (reconstruction, kl)

    adam = jax_adam(task.adam)

    def step(state, taken):
        networks, memory = state
        gradients, seen = jax.grad(objective, has_aux=True)(networks, **taken)
        changes, memory = adam.update(gradients, memory)
        return (optax.apply_updates(networks, changes), memory), seen

    if seeds == 1:
        networks = jax.tree.map(jnp.asarray, tuple(weights[0]))
        moving, start = step, adam.init
    else:
        networks = tuple(stacked(weights))
        moving, start = jax.vmap(step), jax.vmap(adam.init)
    play = jax.jit(lambda state, taken: jax.lax.scan(moving, state, taken))
    state, blocks = (networks, start(networks)), Blocks(draw, BATCHES)

    def run(steps):
        nonlocal state
        while steps:
            count, taken = blocks.take(steps)
            state, seen = play(state, taken)
            steps -= count
        return tuple(float(np.ravel(term[-1])[0]) for term in seen)

    return run


SYSTEMS = {
    "ganlab": (ganlab, ("tensorflow", "ganlab.vae"), (1, 8, 32)),
    "Keras fit": (keras_fit, ("tensorflow",), (1,)),
    "tf.function": (tf_function, ("tensorflow",), (1,)),
    "PyTorch eager": (pytorch, ("torch",), (1,)),
    "JAX scan": (jax_scan, ("jax", "optax"), (1,)),
    "JAX scan of vmap": (jax_scan, ("jax", "optax"), (8, 32)),
}

VAES = Kind(
    TASKS,
    SYSTEMS,
    QUANTITIES,
    trainer,
    initial_weights,
    batches,
    multiplications,
)
