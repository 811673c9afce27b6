"""The systems that the speed benchmark compares at GANs, all doing the same work.

A step is one of D and then one of G, and returns (d_loss, g_loss); `parts.Kind` says what a system
is. The code is what the documentation of each would have one write.

`TECHNIQUES` are this engine once more, doing more in each step than the bare GAN.
"""

import functools

import numpy as np
import tasks
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
from parts import KERNEL_DIM, KERNELS, Blocks, Kind, doing_more, stacked

BATCHES = ("real", "d_z", "g_z")
QUANTITIES = ("d_loss", "g_loss")

# This engine -------------------------------------------------------------------------------


def trainer(task, weights, seeds, packs=1, **more):
    """A `Trainer` of this engine for the task. A D that takes `packs` samples at a time starts by
    treating each as the D of one sample does."""
    from ganlab.training import Trainer

    inputs, layers = task.discriminator
    task = task._replace(discriminator=(packs * inputs, layers))
    weights = [(g, [np.tile(first, (packs, 1)), *rest]) for g, (first, *rest) in weights]
    descriptions = task.generator, task.discriminator
    networks = map(ensemble, descriptions, zip(*weights, strict=True))
    return Trainer(
        *networks,
        task.real,
        task.latent,
        seeds=seeds,
        batch_size=task.batch_size,
        d_optimizer=keras_adam(task.adam),
        g_optimizer=keras_adam(task.adam),
        **more,
    )


def ganlab(task, weights, draw, seeds, technique=dict):
    """This engine. It draws its batches itself, by the same distributions."""
    made = trainer(task, weights, seeds, **technique())

    def run(steps):
        seen = made.advance(steps)
        return seen["d_loss"][0], seen["g_loss"][0]

    return run


def _noise():
    from ganlab.techniques import instance_noise

    return {"shown": instance_noise(0.5, until=5000)}


def _together():
    from ganlab.training import Shown

    return {"shown": Shown(together=True)}


def _matching(distance="feature_distance"):
    from ganlab import losses

    return {"losses": losses.feature_matching("layer_3", distance=getattr(losses, distance))}


def _smoothed():
    from ganlab import losses

    return {"losses": losses.smoothed(0.9)}


def _technique(name, argument, *numbers):
    """What makes a technique the argument "added" or "replaced", by its name in the package."""

    def made():
        from ganlab import techniques

        return {argument: getattr(techniques, name)(*numbers)}

    return made


def _relativistic():
    from ganlab import losses

    return {"losses": losses.relativistic}


def _packing():
    from ganlab.techniques import packing

    return {"shown": packing(2), "packs": 2}


# name: (the task it is measured on, of how many seeds, how often the time of the bare GAN it may
# take at most, a function that gives the `Trainer`'s further arguments). The aims say what kind of
# work a technique is, with room for a busy machine: 2 is a few operations more, or real samples
# through D once more; 4 is a slope of D that is differentiated again, or one round of products
# with every kernel; 20 is five steps of D that G's gradient goes back through. Together there are
# 8/3 as many pairs.
TECHNIQUES = {
    "instance noise": ("gaussian", 32, 2, _noise),
    "feature matching": ("gaussian", 32, 2, _matching),
    "paired features": ("gaussian", 32, 2, lambda: _matching("paired_feature_distance")),
    "label smoothing": ("gaussian", 32, 2, _smoothed),
    "historical averaging": (
        "gaussian",
        32,
        2,
        _technique("historical_averaging", "added", 0.1),
    ),
    "relativistic": ("gaussian", 32, 2, _relativistic),
    "packing of 2": ("gaussian", 32, 2, _packing),
    "weight clipping": ("gaussian", 32, 2, _technique("weight_clipping", "replaced", 0.1)),
    "averaged generator": ("gaussian", 32, 2, _technique("averaged_generator", "replaced")),
    "r1": ("gaussian", 32, 4, _technique("r1", "added", 0.1)),
    "gradient penalty": ("gaussian", 32, 4, _technique("gradient_penalty", "added")),
    "spectral normalisation": ("gaussian", 32, 4, _technique("spectral_normalisation", "replaced")),
    "unrolled by 5 steps": ("gaussian", 32, 20, _technique("unrolled", "replaced", 5, 0.05)),
    "real and fake together": ("gaussian-minibatch", 32, 4, _together),
    "r1, large layers": ("ring", 1, 4, _technique("r1", "added", 0.1)),
}


# TensorFlow, three ways ----------------------------------------------------------------------


def session_run(task, weights, draw, seeds):
    """A static graph and `session.run` twice a step, as code for TensorFlow 1 had it."""
    import tensorflow as tf

    v1, blocks = tf.compat.v1, Blocks(draw, BATCHES)
    activations = {
        "relu": tf.nn.relu,
        "softplus": tf.nn.softplus,
        "leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.2),
        "linear": tf.identity,
    }

    def variables(arrays, scope):
        with v1.variable_scope(scope):
            return [v1.get_variable(f"w{i}", initializer=array) for i, array in enumerate(arrays)]

    def network(layers, variables, x):
        variables = iter(variables)
        for _, layer in layers:
            if layer == "minibatch":
                x = _tf_minibatch(x, next(variables))
            else:
                x = activations[layer](tf.matmul(x, next(variables)) + next(variables))
        return x[:, 0]

    def generate(variables, z):
        variables = iter(variables)
        for _, layer in task.generator[1]:
            z = activations[layer](tf.matmul(z, next(variables)) + next(variables))
        return z

    with tf.Graph().as_default() as graph:
        real = v1.placeholder(tf.float32, (task.batch_size, task.real.dim))
        z = v1.placeholder(tf.float32, (task.batch_size, task.latent.dim))
        g, d = (variables(w, name) for w, name in zip(weights[0], "gd", strict=True))
        fake = generate(g, z)
        real_logits, fake_logits = (network(task.discriminator[1], d, x) for x in (real, fake))
        d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(
            tf.nn.softplus(fake_logits)
        )
        g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
        train_d, train_g = (
            v1.train.AdamOptimizer(*task.adam).minimize(loss, var_list=moved)
            for loss, moved in ((d_loss, d), (g_loss, g))
        )
        session = v1.Session(graph=graph)
        session.run(v1.global_variables_initializer())

    def run(steps):
        for batch, d_z, g_z in blocks.steps(steps):
            seen_d, _ = session.run([d_loss, train_d], {real: batch, z: d_z})
            seen_g, _ = session.run([g_loss, train_g], {z: g_z})
        return seen_d, seen_g

    return run


def _tf_minibatch(x, kernel):
    import tensorflow as tf

    m = tf.reshape(tf.matmul(x, kernel), (-1, KERNELS, KERNEL_DIM))
    apart = tf.reduce_sum(tf.abs(m[:, None] - m[None]), axis=-1)
    return tf.concat([x, tf.reduce_sum(tf.exp(-apart), axis=1)], axis=1)


def _keras_networks(task, weights):
    return (
        keras_network(description, w)
        for description, w in zip((task.generator, task.discriminator), weights[0], strict=True)
    )


def tf_function(task, weights, draw, seeds):
    """A step in Keras and GradientTape, one call of a `tf.function` per step."""
    from ganlab.backend import keras, tf

    generator, discriminator = _keras_networks(task, weights)
    d_adam, g_adam = keras_adam(task.adam), keras_adam(task.adam)
    entropy, blocks = keras.losses.BinaryCrossentropy(from_logits=True), Blocks(draw, BATCHES)

    @tf.function
    def step(real, d_z, g_z):
        fake = generator(d_z)
        with tf.GradientTape() as tape:
            real_logits, fake_logits = discriminator(real), discriminator(fake)
            d_loss = entropy(tf.ones_like(real_logits), real_logits)
            d_loss += entropy(tf.zeros_like(fake_logits), fake_logits)
        moved = discriminator.trainable_variables
        d_adam.apply(tape.gradient(d_loss, moved), moved)
        with tf.GradientTape() as tape:
            fake_logits = discriminator(generator(g_z))
            g_loss = entropy(tf.ones_like(fake_logits), fake_logits)
        moved = generator.trainable_variables
        g_adam.apply(tape.gradient(g_loss, moved), moved)
        return d_loss, g_loss

    def run(steps):
        for batches in blocks.steps(steps):
            d_loss, g_loss = step(*map(tf.constant, batches))
        return float(d_loss), float(g_loss)

    return run


def keras_fit(task, weights, draw, seeds):
    """A `keras.Model` with its own `train_step`, under `fit`."""
    from ganlab.backend import keras, tf

    entropy, blocks = keras.losses.BinaryCrossentropy(from_logits=True), Blocks(draw, BATCHES)

    class GAN(keras.Model):
        def __init__(self):
            super().__init__()
            self.generator, self.discriminator = _keras_networks(task, weights)

        def compile(self, d_optimizer, g_optimizer):
            super().compile()
            self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

        def train_step(self, batches):
            real, d_z, g_z = batches
            fake = self.generator(d_z)
            with tf.GradientTape() as tape:
                real_logits, fake_logits = self.discriminator(real), self.discriminator(fake)
                d_loss = entropy(tf.ones_like(real_logits), real_logits)
                d_loss += entropy(tf.zeros_like(fake_logits), fake_logits)
            moved = self.discriminator.trainable_variables
            self.d_optimizer.apply(tape.gradient(d_loss, moved), moved)
            with tf.GradientTape() as tape:
                fake_logits = self.discriminator(self.generator(g_z))
                g_loss = entropy(tf.ones_like(fake_logits), fake_logits)
            moved = self.generator.trainable_variables
            self.g_optimizer.apply(tape.gradient(g_loss, moved), moved)
            return {"d_loss": d_loss, "g_loss": g_loss}

    gan = GAN()
    gan.compile(keras_adam(task.adam), keras_adam(task.adam))
    sizes = task.real.dim, task.latent.dim, task.latent.dim
    return fitted(gan, blocks, sizes, task.batch_size, QUANTITIES)


# Other libraries -----------------------------------------------------------------------------


def pytorch(task, weights, draw, seeds):
    """PyTorch as its tutorials write it, without compiling."""
    import torch

    generator, discriminator = map(torch_network, (task.generator, task.discriminator), weights[0])
    d_adam, g_adam = (
        torch_adam(task.adam, model.parameters()) for model in (discriminator, generator)
    )
    entropy, blocks = torch.nn.BCEWithLogitsLoss(), Blocks(draw, BATCHES)
    ones = torch.ones(task.batch_size, 1)
    zeros = torch.zeros(task.batch_size, 1)

    def run(steps):
        for real, d_z, g_z in (map(torch.from_numpy, batch) for batch in blocks.steps(steps)):
            d_adam.zero_grad()
            fake = generator(d_z).detach()
            d_loss = entropy(discriminator(real), ones) + entropy(discriminator(fake), zeros)
            d_loss.backward()
            d_adam.step()
            g_adam.zero_grad()
            g_loss = entropy(discriminator(generator(g_z)), ones)
            g_loss.backward()
            g_adam.step()
        return d_loss.item(), g_loss.item()

    return run


def jax_scan(task, weights, draw, seeds):
    """JAX: a step under `jit` and `lax.scan`, over a block at once; seeds by `vmap`."""
    import jax
    import jax.numpy as jnp
    import optax

    def generate(g, z):
        return jax_network(task.generator, g, z)

    def logits(d, x):
        return jax_network(task.discriminator, d, x)[:, 0]

    def d_objective(d, real, fake):
        return jax.nn.softplus(-logits(d, real)).mean() + jax.nn.softplus(logits(d, fake)).mean()

    def g_objective(g, d, z):
        return jax.nn.softplus(-logits(d, generate(g, z))).mean()

    adam = jax_adam(task.adam)

    def step(state, batches):
        g, d, g_state, d_state = state
        fake = generate(g, batches["d_z"])
        d_loss, gradients = jax.value_and_grad(d_objective)(d, batches["real"], fake)
        changes, d_state = adam.update(gradients, d_state)
        d = optax.apply_updates(d, changes)
        g_loss, gradients = jax.value_and_grad(g_objective)(g, d, batches["g_z"])
        changes, g_state = adam.update(gradients, g_state)
        g = optax.apply_updates(g, changes)
        return (g, d, g_state, d_state), (d_loss, g_loss)

    if seeds == 1:
        g, d = jax.tree.map(jnp.asarray, weights[0])
        moving, start = step, adam.init
    else:
        g, d = stacked(weights)
        moving, start = jax.vmap(step), jax.vmap(adam.init)
    play = jax.jit(lambda state, batches: jax.lax.scan(moving, state, batches))
    state, blocks = (g, d, start(g), start(d)), Blocks(draw, BATCHES)

    def run(steps):
        nonlocal state
        while steps:
            taken, batches = blocks.take(steps)
            state, (d_loss, g_loss) = play(state, batches)
            steps -= taken
        return float(np.ravel(d_loss[-1])[0]), float(np.ravel(g_loss[-1])[0])

    return run


SYSTEMS = {
    "ganlab": (ganlab, ("tensorflow", "ganlab.training"), (1, 8, 32)),
    "TF1 session.run": (session_run, ("tensorflow",), (1,)),
    "Keras fit": (keras_fit, ("tensorflow",), (1,)),
    "tf.function": (tf_function, ("tensorflow",), (1,)),
    "PyTorch eager": (pytorch, ("torch",), (1,)),
    "JAX scan": (jax_scan, ("jax", "optax"), (1,)),
    "JAX scan of vmap": (jax_scan, ("jax", "optax"), (8, 32)),
}

GANS = Kind(
    tasks.TASKS,
    SYSTEMS,
    QUANTITIES,
    trainer,
    tasks.initial_weights,
    tasks.batches,
    tasks.multiplications,
    doing_more(
        TECHNIQUES, SYSTEMS["ganlab"], lambda more: functools.partial(ganlab, technique=more)
    ),
)
