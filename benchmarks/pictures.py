"""The GAN of convolutions that the speed benchmark trains, and the systems that it compares at it.

A step is one of D and then one of G, and returns (d_loss, g_loss). Pictures come flat. Weights are
as Keras has them: kernels (height, width, in, out), of transposed convolutions (height, width, out,
in). The code of the systems is what the documentation of each would have one write; `parts.Kind`
says what a system is.

`TECHNIQUES` are this engine once more, with more to do in each step than that GAN.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from networks import jax_adam, keras_adam, torch_adam
from parts import Adam, Blocks, Kind, doing_more, glorot, stacked
from tasks import batches

from ganlab import data, images, latent

BATCHES = ("real", "d_z", "g_z")
QUANTITIES = ("d_loss", "g_loss")


class Task(NamedTuple):
    """A DCGAN as `networks.dcgan` makes it; `parts.Kind` says what `start` and `block` are."""

    real: data.Distribution
    latent: data.Distribution
    side: int
    channels: int
    batch_size: int
    adam: Adam
    start: Callable
    block: int

    @property
    def small(self):
        """The picture that G's dense layer makes, and D's sees: (height, width, channels)."""
        return self.side // 4, self.side // 4, 2 * self.channels


DIGITS = Task(
    real=images.digits("train"),
    latent=latent.Gaussian(16),
    side=8,
    channels=32,
    batch_size=32,
    adam=Adam(1e-3, 0.5),
    start=glorot,
    block=32,
)


def larger(side):
    """The same networks for larger pictures. What is on them makes no difference to the time."""
    drawn = images.shapes(500, np.random.default_rng(0), side=side)
    return DIGITS._replace(real=drawn, side=side, block=8)


LARGER = {f"dcgan-{side}": larger(side) for side in (16, 28)}
TASKS = {"dcgan": DIGITS, **LARGER}


def initial_weights(task, seed=0):
    """(generator's, discriminator's) weights of one seed: lists of float32 arrays."""
    c, dim, small = task.channels, task.latent.dim, int(np.prod(task.small))
    rngs = [np.random.default_rng((seed, stream)) for stream in range(2)]

    def convolution(inputs, outputs, rng):
        kernel, bias = task.start(16 * inputs, outputs, rng)
        return kernel.reshape(4, 4, inputs, outputs), bias

    def transposed(inputs, outputs, rng):
        kernel, bias = convolution(inputs, outputs, rng)
        return np.swapaxes(kernel, 2, 3), bias

    generator = [(task.start, dim, small), (transposed, 2 * c, c), (transposed, c, 1)]
    discriminator = [(convolution, 1, c), (convolution, c, 2 * c), (task.start, small, 1)]
    return tuple(
        [np.asarray(array, "float32") for make, *sizes in network for array in make(*sizes, rng)]
        for network, rng in zip((generator, discriminator), rngs, strict=True)
    )


def multiplications(task):
    """Multiplications in the products of one step of D and one of G, for one seed."""
    c, small, places = task.channels, int(np.prod(task.small)), (task.side // 2) ** 2
    outer = 16 * c * places  # between the picture and the one half as large
    inner = 16 * c * 2 * c * places // 4
    g, g_first = task.latent.dim * small + inner + outer, task.latent.dim * small
    d, d_first = outer + inner + small, outer
    d_step = g + 2 * (3 * d - d_first)
    g_step = (3 * g - g_first) + 2 * d
    return task.batch_size * (d_step + g_step)


# This engine -----------------------------------------------------------------------------------


def trainer(task, weights, seeds, **more):
    """A `Trainer` of this engine for the task."""
    from ganlab.ensemble import Ensemble
    from ganlab.networks import dcgan

    templates = dcgan(task.latent.dim, (task.side, task.side), task.channels)
    networks = [
        Ensemble(model, range(len(weights)), arrays)
        for model, arrays in zip(templates, stacked(weights), strict=True)
    ]
    return _trainer(task, seeds, *networks, task.real, task.latent, **more)


def _trainer(task, seeds, *given, **more):
    from ganlab.training import Trainer

    return Trainer(
        *given,
        seeds=seeds,
        batch_size=task.batch_size,
        d_optimizer=keras_adam(task.adam),
        g_optimizer=keras_adam(task.adam),
        **more,
    )


def ganlab(task, weights, draw, seeds, made=trainer):
    """This engine. It draws its batches itself, by the same distributions."""
    training = made(task, weights, seeds)

    def run(steps):
        seen = training.advance(steps)
        return seen["d_loss"][0], seen["g_loss"][0]

    return run


def _with_r1(task, weights, seeds):
    from ganlab.techniques import r1

    return trainer(task, weights, seeds, added=r1(1.0))


def _styled(task, weights, seeds):
    from ganlab.style_gan import style_gan

    networks = style_gan(task.latent.dim, (task.side, task.side), task.channels)
    z_and_noise = latent.Gaussian(networks[0].input_shape[-1])
    return _trainer(task, seeds, *networks, task.real, z_and_noise)


def _both_ways(task, weights, seeds):
    from ganlab.techniques import cycle_consistency
    from ganlab.translation import Unpaired, cyclegan

    networks, (light, dark) = cyclegan((task.side, task.side), task.channels), _kinds()
    pairs = Unpaired(dark, light), Unpaired(light, dark)
    return _trainer(task, seeds, *networks, *pairs, added=cycle_consistency(10.0))


def _kinds():
    return images.domains(images.digits("train"), rng=np.random.default_rng(0))


# The most is from counting passes through networks of that size. The bare GAN takes some eight
# through D and four through G; R1 adds six through D, a slope that is differentiated again. A
# style-based G has twice the convolutions, and scales before and behind each. Translation has two
# of each player, and G once more for the way back.
TECHNIQUES = {
    "r1, pictures": ("dcgan", 8, 2, _with_r1),
    "style-based generator": ("dcgan", 8, 4, _styled),
    "both ways, cycle term": ("dcgan", 8, 4, _both_ways),
}


# TensorFlow ------------------------------------------------------------------------------------


def tf_function(task, weights, draw, seeds):
    """A step in Keras and GradientTape, one call of a `tf.function` per step."""
    from ganlab.backend import keras, tf
    from ganlab.networks import dcgan

    generator, discriminator = dcgan(task.latent.dim, (task.side, task.side), task.channels)
    for model, arrays in zip((generator, discriminator), weights[0], strict=True):
        model.set_weights(arrays)
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
        for taken in blocks.steps(steps):
            d_loss, g_loss = step(*map(tf.constant, taken))
        return float(d_loss), float(g_loss)

    return run


# Other libraries -------------------------------------------------------------------------------


def pytorch_grouped(task, weights, draw, seeds):
    """PyTorch, all seeds at once: the groups of a grouped convolution are the seeds."""
    import torch
    from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu, softplus

    high, wide, small = task.small
    halved = dict(stride=2, padding=1, groups=seeds)

    def parameter(array, order):
        """Of all seeds, in the order of axes that PyTorch has, the seeds first."""
        array = np.ascontiguousarray(np.transpose(array, (0, *order)))
        return torch.from_numpy(array.copy()).requires_grad_()

    orders = {3: (1, 2), 5: (4, 3, 1, 2), 2: (1,)}  # dense kernels, convolutions', biases
    g, d = ([parameter(array, orders[array.ndim]) for array in some] for some in stacked(weights))

    def kernel(weight):
        return weight.flatten(0, 1)

    def generate(z):  # (seeds, n, latent_dim) to (n, seeds, side, side)
        w0, b0, w1, b1, w2, b2 = g
        x = torch.baddbmm(b0[:, None], z, w0).relu().view(seeds, -1, high, wide, small)
        x = x.permute(1, 0, 4, 2, 3).flatten(1, 2)
        x = conv_transpose2d(x, kernel(w1), b1.flatten(), **halved).relu()
        return conv_transpose2d(x, kernel(w2), b2.flatten(), **halved).tanh()

    def logits(x):  # (n, seeds, side, side) to (seeds, n)
        w0, b0, w1, b1, w2, b2 = d
        x = leaky_relu(conv2d(x, kernel(w0), b0.flatten(), **halved), 0.2)
        x = leaky_relu(conv2d(x, kernel(w1), b1.flatten(), **halved), 0.2)
        x = x.view(-1, seeds, small, high, wide).permute(1, 0, 3, 4, 2).flatten(2)
        return torch.baddbmm(b2[:, None], x, w2)[..., 0]

    def mean(losses):
        return losses.mean(1)

    d_adam, g_adam = (torch_adam(task.adam, some) for some in (d, g))
    blocks = Blocks(draw, BATCHES)

    def given(batch):
        batch = torch.from_numpy(batch)
        return batch if batch.ndim == 3 else batch[None]

    def run(steps):
        for real, d_z, g_z in (map(given, batch) for batch in blocks.steps(steps)):
            real = real.view(seeds, -1, task.side, task.side).transpose(0, 1)
            d_adam.zero_grad()
            fake = generate(d_z).detach()
            d_loss = mean(softplus(-logits(real))) + mean(softplus(logits(fake)))
            d_loss.sum().backward()
            d_adam.step()
            g_adam.zero_grad()
            g_loss = mean(softplus(-logits(generate(g_z))))
            g_loss.sum().backward()
            g_adam.step()
        return d_loss[0].item(), g_loss[0].item()

    return run


def jax_scan(task, weights, draw, seeds):
    """JAX: a step under `jit` and `lax.scan`, over a block at once; seeds by `vmap`."""
    import jax
    import jax.numpy as jnp
    import optax
    from jax import lax

    numbers = ("NHWC", "HWIO", "NHWC")

    def generate(g, z):
        w0, b0, w1, b1, w2, b2 = g
        x = jax.nn.relu(z @ w0 + b0).reshape(-1, *task.small)
        up = dict(dimension_numbers=numbers, transpose_kernel=True)
        x = jax.nn.relu(lax.conv_transpose(x, w1, (2, 2), "SAME", **up) + b1)
        return jnp.tanh(lax.conv_transpose(x, w2, (2, 2), "SAME", **up) + b2).reshape(len(z), -1)

    def logits(d, x):
        w0, b0, w1, b1, w2, b2 = d
        x = x.reshape(-1, task.side, task.side, 1)
        for kernel, bias in ((w0, b0), (w1, b1)):
            x = lax.conv_general_dilated(x, kernel, (2, 2), "SAME", dimension_numbers=numbers)
            x = jax.nn.leaky_relu(x + bias, 0.2)
        return (x.reshape(len(x), -1) @ w2 + b2)[:, 0]

    def d_objective(d, real, fake):
        return jax.nn.softplus(-logits(d, real)).mean() + jax.nn.softplus(logits(d, fake)).mean()

    def g_objective(g, d, z):
        return jax.nn.softplus(-logits(d, generate(g, z))).mean()

    adam = jax_adam(task.adam)

    def step(state, taken):
        g, d, g_state, d_state = state
        fake = generate(g, taken["d_z"])
        d_loss, gradients = jax.value_and_grad(d_objective)(d, taken["real"], fake)
        changes, d_state = adam.update(gradients, d_state)
        d = optax.apply_updates(d, changes)
        g_loss, gradients = jax.value_and_grad(g_objective)(g, d, taken["g_z"])
        changes, g_state = adam.update(gradients, g_state)
        g = optax.apply_updates(g, changes)
        return (g, d, g_state, d_state), (d_loss, g_loss)

    if seeds == 1:
        g, d = jax.tree.map(jnp.asarray, tuple(weights[0]))
        moving, start = step, adam.init
    else:
        g, d = stacked(weights)
        moving, start = jax.vmap(step), jax.vmap(adam.init)
    play = jax.jit(lambda state, taken: lax.scan(moving, state, taken))
    state, blocks = (g, d, start(g), start(d)), Blocks(draw, BATCHES)

    def run(steps):
        nonlocal state
        while steps:
            count, taken = blocks.take(steps)
            state, (d_loss, g_loss) = play(state, taken)
            steps -= count
        return float(np.ravel(d_loss[-1])[0]), float(np.ravel(g_loss[-1])[0])

    return run


SYSTEMS = {
    "ganlab": (ganlab, ("tensorflow", "ganlab.training"), (1, 8)),
    "tf.function": (tf_function, ("tensorflow",), (1,)),
    "PyTorch": (pytorch_grouped, ("torch",), (1,)),
    "PyTorch grouped": (pytorch_grouped, ("torch",), (8,)),
    "JAX scan": (jax_scan, ("jax", "optax"), (1,)),
    "JAX scan of vmap": (jax_scan, ("jax", "optax"), (8,)),
}

PICTURES = Kind(
    TASKS,
    SYSTEMS,
    QUANTITIES,
    trainer,
    initial_weights,
    batches,
    multiplications,
    doing_more(TECHNIQUES, SYSTEMS["ganlab"], lambda made: functools.partial(ganlab, made=made)),
)
