"""Unrolling: G plays against what D will be, and its gradient goes through D's steps."""

import numpy as np
import pytest

from ganlab import data, latent, losses
from ganlab.backend import keras, tf
from ganlab.networks import mlp
from ganlab.techniques import gradient_penalty, packing, spectral_normalisation, unrolled
from ganlab.training import Added, Trainer
from tests.techniques.twin import (
    DISCRIMINATORS,
    NORMAL,
    RATE,
    equal,
    follow,
    near,
    plain,
    trainer,
)

pytestmark = pytest.mark.usefixtures("eager")


@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize(("steps", "n_critic"), [(1, 1), (3, 2)])
def test_g_plays_against_d_some_steps_ahead(kind, steps, n_critic):
    one = trainer(DISCRIMINATORS[kind](), replaced=unrolled(steps, 0.3), n_critic=n_critic)
    follow(one, 2, n_critic=n_critic, unrolled=(steps, 0.3))


def test_the_steps_are_of_ds_whole_loss_on_what_it_is_shown():
    """Its penalty with an epsilon of G's own step, on packs, under losses with a number."""
    one = trainer(
        plain(2),
        replaced=unrolled(2, 0.2),
        added=gradient_penalty(0.5, 1.0),
        shown=packing(2),
        losses=losses.smoothed(0.8),
        batch_size=4,
    )

    def penalty(twin, used, real, fake, z, epsilon):
        x = epsilon[:2] * real + (1 - epsilon[:2]) * fake
        with tf.GradientTape() as tape:
            tape.watch(x)
            logits = twin.call_d(used, x)
        return 0.5 * tf.reduce_mean((tf.norm(tape.gradient(logits, x), axis=1) - 1.0) ** 2)

    def d_loss(real, fake):
        real = 0.8 * tf.nn.softplus(-real) + 0.2 * tf.nn.softplus(real)
        return tf.reduce_mean(real) + tf.reduce_mean(tf.nn.softplus(fake))

    def shown(x, *_):
        return tf.reshape(x, (2, 2))

    follow(one, 2, unrolled=(2, 0.2), d_penalty=penalty, d_loss=d_loss, shown=shown)


def test_gradients_go_through_what_a_penalty_generates_too():
    """D's penalty looks at samples that it makes itself: G moves them in the imagined steps."""

    def confidence(now):
        return tf.reduce_mean(now.discriminate(2.0 * now.generate(now.z)) ** 2, axis=1)

    def penalty(twin, used, real, fake, z, noise):
        return tf.reduce_mean(twin.call_d(used, 2.0 * twin.g(z)) ** 2)

    one = trainer(replaced=unrolled(2, 0.3), added=Added(confidence))
    follow(one, 2, unrolled=(2, 0.3), d_penalty=penalty)


def test_the_steps_are_of_d_as_it_is_used():
    """Of a kernel (2, 1) the largest singular value is its length, along itself."""
    one = trainer(
        mlp((2, 1)),
        replaced=[spectral_normalisation(2.0), unrolled(2, 0.3)],
        outputs=2,
        real=data.ring(3, 1.0, 0.5),
    )

    def used(variables):
        kernel, bias = (tf.convert_to_tensor(variable) for variable in variables)
        along = tf.stop_gradient(kernel / tf.norm(kernel))
        return [2.0 * kernel / tf.reduce_sum(along * kernel), bias]

    follow(one, 2, unrolled=(2, 0.3), used=used)


# By hand ------------------------------------------------------------------------------------


def linear(**changed):
    """D is w x and G is g z; the losses are quadratic."""

    def line():
        layer = keras.layers.Dense(1, use_bias=False, kernel_initializer=NORMAL, name="output")
        return keras.Sequential([keras.Input((1,)), layer])

    sgd = {f"{role}_optimizer": keras.optimizers.SGD(RATE) for role in "gd"}
    real, z = data.Gaussian(1.0, 0.5), latent.Gaussian(1)
    arguments = {"losses": losses.least_squares, "seeds": 3, "batch_size": 5, **sgd, **changed}
    return Trainer(line(), line(), real, z, **arguments)


def loss_ahead(g, w, z, real, steps, rate):
    """G's loss in float64, D's steps written out from the slope of its quadratic loss."""
    fake = g * z
    for _ in range(steps):
        w = w - rate * (w * np.mean(real**2) - np.mean(real) + w * np.mean(fake**2))
    return np.mean((w * fake - 1) ** 2) / 2


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_gs_gradient_is_that_of_its_loss_after_ds_steps(steps):
    rates = np.array([0.0, 0.2, 0.5])
    one = linear(replaced=unrolled(steps, rates))
    drawn = [one.batches(seed) for seed in one.seeds]
    (g,), (w,) = ([np.float64(v).ravel() for v in one.weights(player)] for player in "gd")
    seen = one.g_step()
    (after,) = (np.float64(v).ravel() for v in one.weights("g"))
    through = []
    for i, rate in enumerate(rates):
        z, real = (np.float64(drawn[i][name][0]) for name in ("g_z", "g_real"))

        def loss(at, w=w[i], z=z, real=real, rate=rate):
            return loss_ahead(at, w, z, real, steps, rate)

        slope = (loss(g[i] + 1e-5) - loss(g[i] - 1e-5)) / 2e-5
        assert seen["g_loss"][i] == pytest.approx(loss(g[i]), rel=1e-4)
        assert (g[i] - after[i]) / RATE == pytest.approx(slope, rel=1e-3, abs=1e-5)
        fake, ahead = g[i] * z, w[i]  # the slope if D's steps were taken as given
        for _ in range(steps):
            ahead -= rate * (ahead * np.mean(real**2) - np.mean(real) + ahead * np.mean(fake**2))
        through.append(abs(np.mean((ahead * fake - 1) * ahead * z) - slope))
    assert through[0] < 1e-6
    assert max(through[1:]) > 1e-2  # so the test would see if they were


# What does not change -----------------------------------------------------------------------


def test_a_rate_of_nothing_is_no_unrolling_and_each_member_has_its_own():
    mixed = trainer(replaced=unrolled(2, [0.0, 0.3, 0.1]))
    bare, other = trainer(), trainer(replaced=unrolled(2, 0.1))
    for one in (mixed, bare, other):
        one.advance(2)
    assert equal(bare, mixed, slice(0, 1))
    assert near(other, mixed, 2)
    assert not near(bare, mixed)
    assert not near(other, mixed)


def test_d_learns_as_ever_and_is_left_as_it_is_by_gs_step():
    bare, ahead = trainer(), trainer(replaced=unrolled(5, 0.5))
    for one in (bare, ahead):
        one.d_step()
    assert equal(bare, ahead)
    before = [np.asarray(weight) for weight in ahead.weights("d")]
    ahead.g_step()
    bare.g_step()
    for old, new in zip(before, ahead.weights("d"), strict=True):
        np.testing.assert_array_equal(old, new)
    assert not near(bare, ahead)


def test_equal_steps_are_the_same_function():
    assert unrolled(3, 0.1)[:-2] == unrolled(3, [0.1, 0.2])[:-2] != unrolled(2, 0.1)[:-2]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ((0, 0.1), "steps=0: wanted a whole number, at least 1"),
        ((2.5, 0.1), "steps=2.5: wanted a whole number"),
        ((2, -0.1), "rate is -0.1: wanted at least 0"),
        ((2, [0.1, np.nan]), "rate is .*: wanted at least 0"),
    ],
)
def test_steps_that_make_no_sense_are_refused_in_one_line(wrong, message):
    with pytest.raises(ValueError, match=message) as info:
        unrolled(*wrong)
    assert "\n" not in str(info.value)
