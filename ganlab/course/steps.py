"""The training step of notebook 02 in plain Keras: right, and with the mistakes that readers make.

D's outputs are read as in that notebook: tanh, cut to the range from 0.01 to 0.99. A reader's step
is tried on fixed numbers; if weights and losses are those of a known mistake, its hint says so.
"""

import functools
import itertools

import numpy as np

from ganlab.backend import keras, tf

D_RATE, G_RATE = 0.05, 0.02  # apart, so that the weights tell which optimizer has moved them

HINTS = {
    "labels": "D is told that real samples are fake and fake ones real: d_loss is "
    "-E log D(real) - E log(1 - D(fake)).",
    "sum": "The losses are sums over the batch: take means, or the step grows with the batch.",
    "half": "d_loss is the mean of its two halves: wanted is their sum.",
    "real only": "d_loss has the real samples only: where are the fake ones?",
    "fake only": "d_loss has the fake samples only: where are the real ones?",
    "uncut": "D's output is not cut: read it as clamp(D(x)).",
    "saturating": "G lowers E log(1 - D(fake)), the minimax loss: wanted is -E log D(fake).",
    "sign": "G raises -E log D(fake): wanted is that it lowers it.",
    "exchanged": "Each optimizer has moved the other's network: d_optimizer is D's.",
    "D's optimizer twice": "d_optimizer has moved G, too: G has an optimizer of its own.",
    "G's optimizer twice": "g_optimizer has moved D, too: D has an optimizer of its own.",
    "D's step moves G": "D's step moves G, too: give it the weights of D only.",
    "G's step moves D": "G's step moves D, too: give it the weights of G only.",
    "both": "Either step moves both players: give each the weights of its own player only.",
    "D's loss on G": "d_loss has moved G and not D: its gradient is wanted for D's weights.",
    "G's loss on D": "g_loss has moved D and not G: its gradient is wanted for G's weights.",
    "at once": "g_loss asks the D of before the step: D moves first, then G, with the new D.",
    "one batch": "G's step uses d_z: it has latents of its own, g_z.",
    "D alone": "G has not moved: its step is missing, or not applied.",
    "G alone": "D has not moved: its step is missing, or not applied.",
    "none": "Nothing has moved: are the gradients applied?",
}


def training_step(G, D, g_optimizer, d_optimizer, real, d_z, g_z, mistake=""):
    """One step of D, then one of G, with a mistake of `HINTS` or none: (d_loss, g_loss)."""
    reduce = tf.reduce_sum if mistake == "sum" else tf.reduce_mean
    d_mover, g_mover = {
        "exchanged": (g_optimizer, d_optimizer),
        "D's optimizer twice": (d_optimizer, d_optimizer),
        "G's optimizer twice": (g_optimizer, g_optimizer),
    }.get(mistake, (d_optimizer, g_optimizer))
    d_moves = {"D's step moves G": D.weights + G.weights, "D's loss on G": G.weights}
    g_moves = {"G's step moves D": G.weights + D.weights, "G's loss on D": D.weights}
    d_moves["both"] = g_moves["both"] = D.weights + G.weights
    d_moves = [] if mistake in ("G alone", "none") else d_moves.get(mistake, D.weights)
    g_moves = [] if mistake in ("D alone", "none") else g_moves.get(mistake, G.weights)

    with tf.GradientTape(persistent=True) as tape:
        d_loss = _d_loss(_said(D(real), mistake), _said(D(G(d_z)), mistake), reduce, mistake)
        g_loss = _g_loss(G, D, d_z if mistake == "one batch" else g_z, reduce, mistake)
    d_slopes, g_slopes = tape.gradient(d_loss, d_moves), tape.gradient(g_loss, g_moves)
    if d_moves:
        d_mover.apply(d_slopes, d_moves)
    if mistake != "at once":
        with tf.GradientTape() as tape:
            g_loss = _g_loss(G, D, d_z if mistake == "one batch" else g_z, reduce, mistake)
        g_slopes = tape.gradient(g_loss, g_moves)
    if g_moves:
        g_mover.apply(g_slopes, g_moves)
    return float(d_loss), float(g_loss)


def _said(outputs, mistake):
    said = tf.tanh(outputs)
    return said if mistake == "uncut" else tf.clip_by_value(said, 0.01, 0.99)


def _d_loss(real, fake, reduce, mistake):
    real, fake = (fake, real) if mistake == "labels" else (real, fake)
    halves = [-reduce(tf.math.log(real)), -reduce(tf.math.log(1 - fake))]
    if mistake in ("real only", "fake only"):
        return halves[mistake == "fake only"]
    return sum(halves) / (2 if mistake == "half" else 1)


def _g_loss(G, D, z, reduce, mistake):
    fake = _said(D(G(z)), mistake)
    if mistake == "saturating":
        return reduce(tf.math.log(1 - fake))
    return -reduce(tf.math.log(fake)) * (-1 if mistake == "sign" else 1)


def tried(step):
    """What `step` leaves of fixed networks, optimizers and batches.

    Returns (losses, weights of D, weights of G): arrays. The optimizers are plain gradient descent.
    """

    def network(*numbers):
        model = keras.Sequential(
            [keras.Input((1,)), keras.layers.Dense(2, "tanh"), keras.layers.Dense(1)]
        )
        shapes = [np.shape(weight) for weight in model.get_weights()]
        ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
        pieces = [np.array(numbers)[i:j] for i, j in itertools.pairwise(ends)]
        pairs = zip(pieces, shapes, strict=True)
        model.set_weights([piece.reshape(shape) for piece, shape in pairs])
        return model

    G, D = network(0.8, -0.5, 0.3, 0.1, 0.9, -0.7, 0.2), network(0.7, 0.4, -0.2, 0.5, 0.6, 0.5, 0.3)
    optimizers = keras.optimizers.SGD(G_RATE), keras.optimizers.SGD(D_RATE)
    for optimizer in optimizers:
        # For both players, or Keras would refuse the other's weights in its own words.
        optimizer.build(D.trainable_variables + G.trainable_variables)
    # The last real sample is one that D is cut at.
    real, d_z, g_z = (
        np.array(x, "float32")[:, None]
        for x in ([1.2, 0.4, 0.9, -9.0], [-0.5, 0.3, 1.1, 0.0], [0.7, -0.2, 0.4, 1.6])
    )
    losses = step(G, D, *optimizers, tf.constant(real), tf.constant(d_z), tf.constant(g_z))
    moved = [np.concatenate([np.ravel(w) for w in model.get_weights()]) for model in (D, G)]
    return np.array([float(loss) for loss in losses]), *moved


@functools.cache
def known(mistake=""):
    """What `tried` finds for the right step, or for one with a mistake of `HINTS`."""
    return tried(functools.partial(training_step, mistake=mistake))


def alike(one, other):
    """Whether two results of `tried` are the same but for rounding, losses and weights."""
    return all(
        np.allclose(a, b, atol=1e-5, equal_nan=True) for a, b in zip(one, other, strict=True)
    )


def hint(found):
    """The hint for what `tried` has found, None if all is right; "" if the mistake is not known."""
    right = known()
    if alike(found, right):
        return None
    if alike(found, (right[0][::-1], *right[1:])):
        return "The step is right; return d_loss first, then g_loss."
    for mistake, told in HINTS.items():
        if alike(found[1:], known(mistake)[1:]):
            return told
    return ""
