"""GANs of the 8 x 8 digits that are put to use: for a rare digit, for unseen ones, to enlarge.

Of the first two uses each seed has data of its own, or all would share the luck of a few pictures:
which 600 of the 1,797 digits are the test, and which pictures of a rare digit are left. The digit
that is rare, or unseen, is the last figure of the seed. Networks and settings are those of the
course: Adam at 1e-3 with beta_1 0.5, 800 steps in batches of 32, R1 of weight 3 on D's slope in the
picture.
"""

import warnings
from typing import NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPRegressor
from sklearn.svm import OneClassSVM

from ganlab import images, inversion, techniques
from ganlab.backend import keras, tf
from ganlab.conditions import Conditioned, joint, one_hot
from ganlab.latent import Gaussian
from ganlab.layers import Columns
from ganlab.losses import (
    Losses,
    nonsaturating_discriminator_loss,
    nonsaturating_generator_loss,
)
from ganlab.networks import conditional_dcgan, dcgan
from ganlab.picture_plots import nearest
from ganlab.training import Added, TrainingFailed, train

LATENT, NOISE, STEPS, BATCH, RATE, R1 = 16, 4, 800, 32, 1e-3, 3.0
PIXELS, SMALL, CLASSES, SIDE = 64, 16, 10, 8
LEFT = 6  # pictures of the rare digit: 5 % of 120
MANY = 600  # pictures to test with, or to judge a generator by
FEATURES = 0.1  # the weight of D's features beside pixels
WIDTHS = (0.03, 0.1, 0.3, 1.0)  # gammas to choose from; scikit-learn's own is about the first
SHARPENED = 0.8  # of the difference to the mean around: then training pictures are as sharp as real


def _trained(networks, data, z, seeds, **more):
    return train(
        *networks,
        data,
        z,
        seeds=seeds,
        batch_size=BATCH,
        d_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(RATE, beta_1=0.5),
        records=1,
        **{"steps": STEPS, "added": techniques.r1(R1, PIXELS), **more},
    )


def _split(seed):
    """(pictures to learn from, pictures to test with, rng) of this seed's own."""
    rng, whole = np.random.default_rng([MANY, int(seed)]), images.digits("all")
    order = rng.permutation(len(whole))
    return whole[order[MANY:]], whole[order[:MANY]], rng


# A digit on demand --------------------------------------------------------------------------------


class Asked(NamedTuple):
    """What generators drew, and the digit that each picture was asked to be."""

    pictures: np.ndarray  # (seeds, MANY, 64)
    labels: np.ndarray  # (MANY,)


def train_conditional(seeds, *, projected=True, label_priced=False):
    """Without `projected` D's first layer takes picture and label at once; with `label_priced` R1
    is on the slope in the label as well."""
    real = images.digits("train")
    labels = one_hot(real.labels)
    z = Conditioned(Gaussian(LATENT), labels)
    G, D = conditional_dcgan(LATENT, (SIDE, SIDE), CLASSES)
    networks, data = (G, D if projected else _told_at_once()), joint(real.array, labels)
    run = _trained(
        networks, data, z, seeds, added=techniques.r1(R1, None if label_priced else PIXELS)
    )
    wanted = np.arange(MANY) % CLASSES
    streams = [np.random.default_rng([MANY, int(seed)]) for seed in run.seeds]
    drawn = np.stack([z.given(one_hot(wanted), rng) for rng in streams])
    made = np.array(run.generators(drawn)[..., :PIXELS], dtype=float)
    made[list(run.failed)] = np.nan
    return Asked(made, wanted)


def _told_at_once():
    """A D as large as the other whose label is laid beside the picture: ten more channels."""
    layers, halved = keras.layers, dict(kernel_size=4, strides=2, padding="same")
    point = keras.Input((PIXELS + CLASSES,))
    label = layers.Reshape((1, 1, CLASSES))(Columns(PIXELS)(point))
    x = layers.Reshape((SIDE, SIDE, 1))(Columns(0, PIXELS)(point))
    x = layers.Concatenate()([x, layers.UpSampling2D(SIDE)(label)])
    x = layers.Conv2D(16, activation="leaky_relu", **halved)(x)
    x = layers.Conv2D(32, activation="leaky_relu", **halved)(x)
    return keras.Model(point, layers.Dense(1)(layers.Flatten()(x)))


# A rare digit -------------------------------------------------------------------------------------


def train_for_a_rare_digit(seeds):
    """{remedy: (seeds, 2)}: the share of the rare digit's test pictures that a classifier names
    rightly, and the share of all, by what was done for it."""
    found = [_helped(int(seed)) for seed in seeds]
    return {remedy: np.array([each[remedy] for each in found]) for remedy in found[0]}


def _helped(seed):
    whole, test, rng = _split(seed)
    rare = seed % CLASSES
    own = np.flatnonzero(whole.labels == rare)
    few = whole[np.concatenate([np.flatnonzero(whole.labels != rare), own[:LEFT]])]
    missing, last = len(own) - LEFT, few.array[-LEFT:]
    made = _made(few, rare, missing, seed, rng)
    chosen = last[np.arange(missing) % LEFT]
    more = {
        "nothing": chosen[:0],
        "copies": chosen,
        "noise": chosen + 0.3 * rng.standard_normal(chosen.shape),
        "shifts": shifted(chosen, rng),
        "made": made,
    }
    found = {}
    for remedy, pictures in more.items():
        if np.isnan(pictures).any():
            found[remedy] = (np.nan, np.nan)
            continue
        x = np.concatenate([few.array, pictures])
        y = np.append(few.labels, [rare] * len(pictures))
        right = _classifier().fit(x, y).predict(test.array) == test.labels
        found[remedy] = right[test.labels == rare].mean(), right.mean()
    return found


def _classifier():
    return LogisticRegression(C=0.1, max_iter=300)


def _made(few, rare, many, seed, rng):
    """So many pictures of the rare digit, by a conditional GAN that sees each digit as often; NaN
    where it failed."""
    each = [np.resize(np.flatnonzero(few.labels == k), MANY // 5) for k in range(CLASSES)]
    even = few[np.concatenate(each)]
    labels = one_hot(even.labels, CLASSES)
    z = Conditioned(Gaussian(LATENT), labels)
    networks = conditional_dcgan(LATENT, (SIDE, SIDE), CLASSES)
    try:
        run = _trained(networks, joint(even.array, labels), z, [seed])
    except TrainingFailed:
        return np.full((many, PIXELS), np.nan)
    return run.generators(z.given(one_hot([rare] * many, CLASSES), rng))[0, :, :PIXELS]


def shifted(pictures, rng):
    """Each picture (n, 64) moved by up to a pixel each way, round the edge."""
    moves = rng.integers(-1, 2, size=(len(pictures), 2))
    pairs = zip(pictures.reshape(-1, SIDE, SIDE), moves, strict=True)
    return np.reshape([np.roll(picture, move, (0, 1)) for picture, move in pairs], (-1, PIXELS))


def train_with_shifts_to_the_side(seeds):
    """The same for copies that are moved to the side alone: a digit fills all rows, and hardly ever
    the outer columns, so that it stays whole."""
    found = [_helped_by_shifts_to_the_side(int(seed)) for seed in seeds]
    return {"shifts to the side": np.array(found)}


def _helped_by_shifts_to_the_side(seed):
    whole, test, rng = _split(seed)
    rare = seed % CLASSES
    own = np.flatnonzero(whole.labels == rare)
    few = whole[np.concatenate([np.flatnonzero(whole.labels != rare), own[:LEFT]])]
    missing = len(own) - LEFT
    moved = shifted_to_the_side(few.array[-LEFT:][np.arange(missing) % LEFT], rng)
    x, y = np.concatenate([few.array, moved]), np.append(few.labels, [rare] * missing)
    right = _classifier().fit(x, y).predict(test.array) == test.labels
    return right[test.labels == rare].mean(), right.mean()


def shifted_to_the_side(pictures, rng):
    """Each picture (n, 64) moved by up to a pixel to the left or to the right."""
    pairs = zip(pictures.reshape(-1, SIDE, SIDE), rng.integers(-1, 2, len(pictures)), strict=True)
    return np.reshape([np.roll(picture, move, axis=1) for picture, move in pairs], (-1, PIXELS))


# A digit never seen -------------------------------------------------------------------------------


def train_on_nine_digits(seeds):
    """{detector: (seeds,)}: the area under the curve by which it tells test pictures of a digit
    that it never saw from those of the others."""
    found = [_told_apart(int(seed)) for seed in seeds]
    return {name: np.array([each[name] for each in found]) for name in found[0]}


def _told_apart(seed):
    whole, test, rng = _split(seed)
    x, odd = whole[whole.labels != seed % CLASSES].array, test.labels == seed % CLASSES
    components = PCA(LATENT).fit(x)
    coder = MLPRegressor(
        hidden_layer_sizes=(64, LATENT, 64),
        activation="tanh",
        max_iter=60,
        learning_rate_init=2e-3,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 60 rounds are what is asked for
        coder.fit(x, x)

    def off(again):
        return np.mean((again - test.array) ** 2, axis=1)

    scores = _by_gan(x, test.array, seed, rng) | {
        "PCA": off(components.inverse_transform(components.transform(test.array))),
        "autoencoder": off(coder.predict(test.array)),
        "one-class SVM": -OneClassSVM(nu=0.1).fit(x).decision_function(test.array),
        "nearest": nearest(test.array, x)[0],
    }
    known = {name: np.isfinite(score).all() for name, score in scores.items()}
    return {name: roc_auc_score(odd, s) if known[name] else np.nan for name, s in scores.items()}


def _by_gan(x, shown, seed, rng):
    """Two scores of the pictures that are shown, by a GAN that learned from x; NaN if it failed."""
    try:
        run = _trained(dcgan(LATENT, (SIDE, SIDE)), x, Gaussian(LATENT), [seed])
    except TrainingFailed:
        return dict.fromkeys(("G and D", "D alone"), np.full(len(shown), np.nan))
    closest = inversion.invert(run, shown, weight=FEATURES, rng=rng)
    by_both = closest.away[0] + FEATURES * closest.features[0]
    return {"G and D": by_both, "D alone": -run.discriminate(shown)[0]}


def train_svms_on_nine_digits(seeds):
    """The same by a one-class SVM whose width was chosen without the digit, `chosen_width`."""
    return {"one-class SVM, width chosen": np.array([_told_by_svm(int(seed)) for seed in seeds])}


def _told_by_svm(seed):
    whole, test, _ = _split(seed)
    known, odd = whole[whole.labels != seed % CLASSES], test.labels == seed % CLASSES
    width = chosen_width(known.array, known.labels)
    return roc_auc_score(odd, _oddity(width, known.array, test.array))


def chosen_width(pictures, labels):
    """The gamma of WIDTHS that tells best a digit among these labels (n,) that it did not see: each
    is left out in turn. Every second picture is learned from, the others are told."""
    learned, told = (pictures[::2], labels[::2]), (pictures[1::2], labels[1::2])
    return max(
        WIDTHS,
        key=lambda width: np.mean(
            [
                roc_auc_score(
                    told[1] == digit, _oddity(width, learned[0][learned[1] != digit], told[0])
                )
                for digit in np.unique(labels)
            ]
        ),
    )


def _oddity(width, known, asked):
    return -OneClassSVM(nu=0.1, gamma=width).fit(known).decision_function(asked)


# Larger pictures ----------------------------------------------------------------------------------


class Enlarged(NamedTuple):
    """What generators made of the test pictures' halves, and the test pictures."""

    pictures: np.ndarray  # (seeds, 600, 64)
    truth: np.ndarray  # (600, 64)


def train_to_enlarge(seeds, *, fooling=1.0, error=0.0):
    """From 4 x 4 to 8 x 8 pixels: G's loss is `fooling` times the usual one, and `error` times the
    mean squared error to the picture that a small one was made of."""
    real, test = images.digits("train").array, images.digits("test").array
    z = Conditioned(Gaussian(NOISE), smaller(real))
    run = _trained(
        conditional_dcgan(NOISE, (SIDE, SIDE), SMALL),
        joint(real, smaller(real)),
        z,
        seeds,
        losses=Losses(_d_loss, _g_loss, scalars={"fooling": fooling}),
        added=[
            techniques.r1(R1, PIXELS),
            Added(_squared_error, scalars={"weight": error}, to="g"),
        ],
    )
    streams = [np.random.default_rng([MANY, int(seed)]) for seed in run.seeds]
    drawn = np.stack([z.given(smaller(test), rng) for rng in streams])
    made = np.array(run.generators(drawn)[..., :PIXELS], dtype=float)
    made[list(run.failed)] = np.nan
    return Enlarged(made, test)


def enlarge_by_a_line(seeds, *, sharpened=True):
    """The same by a linear regression, and if `sharpened` by an unsharp mask upon it. Nothing is
    drawn: all seeds are alike."""
    real, test = images.digits("train").array, images.digits("test").array
    made = Ridge(1.0).fit(smaller(real), real).predict(smaller(test))
    if sharpened:
        around = uniform_filter(made.reshape(-1, SIDE, SIDE), (1, 3, 3)).reshape(-1, PIXELS)
        made = made + SHARPENED * (made - around)
    return Enlarged(np.repeat(np.clip(made, -1, 1)[None], len(seeds), axis=0), test)


def smaller(pictures):
    """The mean of each 2 x 2 pixels: (n, 64) to (n, 16)."""
    half = SIDE // 2
    return pictures.reshape(-1, half, 2, half, 2).mean(axis=(2, 4)).reshape(-1, SMALL)


def _d_loss(real_logits, fake_logits, fooling):
    return nonsaturating_discriminator_loss(real_logits, fake_logits)


def _g_loss(fake_logits, fooling):
    return (fooling * nonsaturating_generator_loss(fake_logits)[..., None])[..., 0]


def _squared_error(now, weight):
    z = tf.concat([now.z[..., :NOISE], now.real[..., PIXELS:]], axis=-1)
    return weight * tf.reduce_mean((now.generate(z) - now.real)[..., :PIXELS] ** 2, axis=(1, 2))
