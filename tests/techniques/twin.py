"""A small GAN to try techniques on, and the same GAN once more as a loop in plain Keras."""

import numpy as np

from ganlab import data, latent
from ganlab.backend import keras, tf
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.training import Trainer

NORMAL = keras.initializers.RandomNormal(stddev=1.0)
RATE, MEMBER = 0.1, 1


def plain(inputs=1):
    return mlp((inputs, 4, 3, 1), "tanh", kernel=NORMAL)


def minibatch(inputs=1):
    layer = MinibatchDiscrimination(3, 2, kernel_initializer=NORMAL)
    return mlp((inputs, 4, layer, 1), "tanh", kernel=NORMAL)


DISCRIMINATORS = {"plain": plain, "minibatch": minibatch}


def trainer(discriminator=None, outputs=1, **changed):
    """Three GANs; `outputs` is the size of a sample, whose data have to be given with it."""
    arguments = {
        "real": data.Gaussian(1.0, 0.5),
        "latent": latent.Gaussian(2),
        "seeds": 3,
        "batch_size": 5,
        "d_optimizer": keras.optimizers.SGD(RATE),
        "g_optimizer": keras.optimizers.SGD(RATE),
        **changed,
    }
    generator = mlp((2, 3, outputs), "tanh", kernel=NORMAL)
    return Trainer(generator, discriminator or plain(outputs), **arguments)


def weights(one):
    """All weights as they are trained, generators' and discriminators', arrays (members, ...)."""
    return [np.asarray(weight) for player in "gd" for weight in one.weights(player)]


def near(left, right, of=slice(None)):
    """Whether two trainers have the same weights, but for rounding."""
    pairs = zip(weights(left), weights(right), strict=True)
    return all(np.allclose(a[of], b[of], rtol=1e-4, atol=1e-5) for a, b in pairs)


def equal(left, right, of=slice(None)):
    """Whether two trainers have the same weights, to the bit."""
    pairs = zip(weights(left), weights(right), strict=True)
    return all(np.array_equal(a[of], b[of]) for a, b in pairs)


entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def as_real(logits, label=1.0):
    return entropy(label * tf.ones_like(logits), logits)


def usual(real, fake):
    return as_real(real) + as_real(fake, 0.0)


class Twin:
    """One member's GAN in plain Keras, moved by gradient descent.

    shown      function of (batch, its noises, the step): what D is shown of a batch
    together   whether D is called once, on real and fake samples behind each other
    d_loss     function of the logits (real, fake)
    g_loss     function of D's logits of fake samples and of the outputs of its layer `layer`;
               with `relative` D's logits of real samples come first
    pull       weight of the square of each weight's way from its average
    d_penalty, g_penalty
               functions of (twin, D's weights, real, fake, z, noise), added to the losses
    used       function of D's variables: the weights that D computes with in their place
    unrolled   (steps, rate) of plain gradient descent that D is ahead when G plays against it
    clip       the bound that D's weights are cut to after its step
    after      function of the twin, called after each step of D
    """

    def __init__(self, one, shown=None, together=False, layer="output", d_loss=usual, g_loss=None,
                 relative=False, pull=0.0, d_penalty=None, g_penalty=None, used=list,
                 unrolled=(0, 0.0), clip=None, after=None):  # fmt: skip
        ensembles = zip(one._models, "gd", strict=True)
        self.g, self.d = (keras.models.clone_model(model) for model, _ in ensembles)
        for player in "gd":
            variables = getattr(self, player).trainable_variables
            for variable, value in zip(variables, one.weights(player), strict=True):
                variable.assign(value[MEMBER])
        seen = [self.d.get_layer(name).output for name in ("output", layer)]
        self.look = keras.Model(self.d.inputs[0], seen)
        self.shown = shown or (lambda x, noises, step: x)
        self.together, self.relative, self.pull = together, relative, pull
        self.d_loss, self.g_loss = d_loss, g_loss or (lambda logits, *_: as_real(logits))
        self.d_penalty, self.g_penalty = (p or (lambda *_: 0.0) for p in (d_penalty, g_penalty))
        self.used, self.unrolled, self.clip, self.after = used, unrolled, clip, after
        self.past = {"g": [], "d": []}

    def call_d(self, weights, x):
        """D's outputs, computed with these weights in place of its own."""
        return self.d.stateless_call(weights, [], x)[0]

    def judge(self, weights, real, fake):
        """(logits, outputs of the layer), each of (real, fake)."""

        def look(x):
            return (None, None) if x is None else self.look.stateless_call(weights, [], x)[0]

        if not self.together:
            return list(zip(look(real), look(fake), strict=True))
        n = len(real)
        return [(x[:n], x[n:]) for x in look(tf.concat([real, fake], 0))]

    def see(self, drawn, name, x, k, step):
        """What D is shown of a batch, with the noises drawn for "real", "g_fake" and so on."""
        names = [f"{name}_noise", *(f"{name}_noise{i}" for i in range(1, 9))]
        noises = [drawn[each][k] if each in drawn else None for each in names]
        return None if x is None else self.shown(x, noises, step)

    def whole_d_loss(self, variables, real, fake, z, noise):
        """D's loss and its penalty, for these weights of D."""
        weights = self.used(variables)
        logits, _ = self.judge(weights, real, fake)
        return self.d_loss(*logits) + self.d_penalty(self, weights, real, fake, z, noise)

    def ahead(self, loss):
        """D's weights after the imagined steps."""
        weights, (steps, rate) = [tf.identity(v) for v in self.d.trainable_variables], self.unrolled
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(weights)
                value = loss(weights)
            slopes = tape.gradient(value, weights, unconnected_gradients="zero")
            weights = [w - rate * slope for w, slope in zip(weights, slopes, strict=True)]
        return weights

    def descend(self, player, loss):
        variables = getattr(self, player).trainable_variables
        self.past[player].append([v.numpy().copy() for v in variables])
        means = [np.mean(values, axis=0) for values in zip(*self.past[player], strict=True)]
        with tf.GradientTape() as tape:
            apart = [tf.reduce_sum((v - m) ** 2) for v, m in zip(variables, means, strict=True)]
            value = loss() + self.pull * sum(apart)
        gradients = tape.gradient(value, variables, unconnected_gradients="zero")
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign_sub(RATE * gradient)
        return float(value)

    def d_step(self, drawn, k, step):
        z, noise = drawn["d_z"][k], drawn.get("added0", [None] * 9)[k]
        real = self.see(drawn, "real", drawn["real"][k], k, step)
        fake = self.see(drawn, "fake", self.g(z), k, step)
        variables = self.d.trainable_variables
        value = self.descend("d", lambda: self.whole_d_loss(variables, real, fake, z, noise))
        if self.clip is not None:
            for variable in variables:
                variable.assign(np.clip(variable, -self.clip, self.clip))
        if self.after:
            self.after(self)
        return value

    def g_step(self, drawn, step):
        z, noise = drawn["g_z"][0], drawn.get("g_added0", [None])[0]
        real = self.see(drawn, "g_real", drawn.get("g_real", [None])[0], 0, step)

        def loss():
            fake = self.see(drawn, "g_fake", self.g(z), 0, step)
            ahead = self.ahead(lambda w: self.whole_d_loss(w, real, fake, z, noise))
            opponent = self.used(ahead)
            logits, features = self.judge(opponent, real, fake)
            g_loss = self.g_loss(*(logits if self.relative else logits[1:]), *features)
            return g_loss + self.g_penalty(self, opponent, real, fake, z, noise)

        return self.descend("g", loss)


def follow(one, steps, n_critic=1, still=1, **options):
    """Asserts that the trainer does what its twin does, in losses and in weights; all but
    `still` of these move. An output's bias may stay where a loss looks at differences alone."""
    twin, start = Twin(one, **options), weights(one)
    for step in range(steps):
        drawn = one.batches(one.seeds[MEMBER])
        d_loss = [twin.d_step(drawn, k, step) for k in range(n_critic)][-1]
        wanted, seen = [d_loss, twin.g_step(drawn, step)], one.advance(1)
        found = [seen[name][MEMBER] for name in ("d_loss", "g_loss")]
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6, err_msg=f"step {step}")
    for found, wanted in zip(
        weights(one), (*twin.g.trainable_variables, *twin.d.trainable_variables), strict=True
    ):
        np.testing.assert_allclose(found[MEMBER], wanted, rtol=1e-4, atol=1e-5)
    moved = [not np.allclose(a, b, atol=1e-5) for a, b in zip(start, weights(one), strict=True)]
    assert sum(moved) >= len(moved) - still
    return twin
