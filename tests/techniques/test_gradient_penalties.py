"""Penalties on D's slope, against closed forms and against plain Keras."""

import numpy as np
import pytest
from scipy import stats

from ganlab import data
from ganlab.backend import keras, tf
from ganlab.networks import mlp
from ganlab.techniques import gradient_penalty, instance_noise, packing, r1, r2
from tests.techniques.twin import (
    DISCRIMINATORS,
    MEMBER,
    RATE,
    equal,
    follow,
    near,
    plain,
    trainer,
    weights,
)

pytestmark = pytest.mark.usefixtures("eager")
PLANE = {"outputs": 2, "real": data.ring(3, 1.0, 0.5)}


# Plain Keras --------------------------------------------------------------------------------


def slopes(twin, used, x):
    """The slope of the twin's D at each sample, (n, dim)."""
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = twin.call_d(used, x)
    return tape.gradient(logits, x)


def squares(twin, used, x):
    return tf.reduce_mean(tf.reduce_sum(slopes(twin, used, x) ** 2, axis=1))


def between(weight, target, above=False):
    def penalty(twin, used, real, fake, z, epsilon):
        epsilon = epsilon[: len(real)]
        steep = slopes(twin, used, epsilon * real + (1 - epsilon) * fake)
        away = tf.norm(steep, axis=1) - target
        return weight * tf.reduce_mean((tf.maximum(away, 0.0) if above else away) ** 2)

    return penalty


def at_real(weight):
    return lambda twin, used, real, *_: weight / 2 * squares(twin, used, real)


def at_fake(weight):
    return lambda twin, used, real, fake, *_: weight / 2 * squares(twin, used, fake)


KINDS = {
    "two-sided": (gradient_penalty(0.3, 0.5), between(0.3, 0.5)),
    "one-sided": (gradient_penalty(0.3, 0.5, one_sided=True), between(0.3, 0.5, above=True)),
    "r1": (r1(0.2), at_real(0.2)),
    "r2": (r2(0.2), at_fake(0.2)),
}


@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize("name", KINDS)
def test_d_pays_for_its_slope_and_g_does_not(name, kind):
    added, penalty = KINDS[name]
    # The length of a slope has a kink at 0, where rounding decides which way it grows. Some seeds'
    # D is nearly flat at a sample, and then two right answers differ; that of seed 6 is not.
    one = trainer(DISCRIMINATORS[kind](2), added=added, seeds=(0, 6, 2), **PLANE)
    follow(one, 3, d_penalty=penalty)


@pytest.mark.parametrize("name", KINDS)
def test_slopes_are_taken_where_d_is_shown_samples(name):
    added, penalty = KINDS[name]
    one = trainer(plain(4), shown=[instance_noise(0.5), packing(2)], added=added, batch_size=6,
                  n_critic=2, **PLANE)  # fmt: skip

    def shown(x, noises, step):
        return tf.reshape(x + 0.5 * noises[0], (3, 4))

    follow(one, 2, n_critic=2, shown=shown, d_penalty=penalty)


def test_each_member_has_its_own_weight_and_target():
    mixed = trainer(added=gradient_penalty([0.0, 0.3, 0.2], [1.0, 0.5, 0.0]), **PLANE)
    follow(mixed, 2, d_penalty=between(0.3, 0.5))
    for member, other in ((0, {}), (2, {"added": gradient_penalty(0.2, 0.0)})):
        one = trainer(**PLANE, **other)
        one.advance(2)
        assert near(one, mixed, member)
        assert not near(one, mixed)


# Closed forms -------------------------------------------------------------------------------

A = np.array([[[3.0], [4.0]], [[0.0], [0.5]], [[-0.3], [0.4]]])  # of length 5, 0.5, 0.5
LENGTH = np.array([5.0, 0.5, 0.5])


def paid(added, start, discriminator):
    """What a penalty costs each member and where it moves D from `start`: the difference to
    the same step without it, and the step's batches."""
    found = []
    for more in ((), added):
        one = trainer(discriminator(), added=more, **PLANE)
        one.begin("d", start)
        drawn = [one.batches(seed) for seed in one.seeds]
        d_loss = one.d_step()["d_loss"]
        found.append((d_loss, [np.asarray(weight) for weight in one.weights("d")]))
    (bare, still), (whole, moved) = found
    gradients = [(b - a) / -RATE for a, b in zip(still, moved, strict=True)]
    return whole - bare, gradients, drawn


@pytest.mark.parametrize("target", [0.0, 0.5, 1.0])
def test_the_penalty_of_a_linear_d_is_known_whatever_the_batch(target):
    linear = [A, np.array([[0.7], [-0.1], [0.0]])]
    away, weight = LENGTH - target, np.array([10.0, 1.0, 2.0])
    unit = A[..., 0] / LENGTH[:, None]
    for one_sided in (False, True):
        cost = np.maximum(away, 0) if one_sided else away
        added = gradient_penalty(weight, target, one_sided)
        value, (kernel, bias), _ = paid(added, linear, lambda: mlp((2, 1)))
        np.testing.assert_allclose(value, weight * cost**2, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(
            kernel[..., 0], (2 * weight * cost)[:, None] * unit, rtol=1e-3, atol=1e-4
        )
        np.testing.assert_allclose(bias, 0, atol=1e-5)
    for kind in (r1, r2):
        value, (kernel, _), _ = paid(kind(weight), linear, lambda: mlp((2, 1)))
        np.testing.assert_allclose(value, weight / 2 * LENGTH**2, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(kernel, weight[:, None, None] * A, rtol=1e-3, atol=1e-4)


def test_r1_in_the_first_numbers_leaves_the_others_free():
    linear, weight = [A, np.array([[0.7], [-0.1], [0.0]])], np.array([10.0, 1.0, 2.0])
    value, (kernel, _), _ = paid(r1(weight, first=1), linear, lambda: mlp((2, 1)))
    np.testing.assert_allclose(value, weight / 2 * A[:, 0, 0] ** 2, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(kernel[:, 0], weight[:, None] * A[:, 0], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(kernel[:, 1], 0, atol=1e-4)
    assert r1(1.0, first=1).function is r1(2.0, first=1).function is not r1(1.0, first=2).function
    with pytest.raises(ValueError, match="first=3: wanted at most 2, the size of a sample"):
        paid(r1(1.0, first=3), linear, lambda: mlp((2, 1)))
    with pytest.raises(ValueError, match="first"):
        r1(1.0, first=0)


class Quadratic(keras.layers.Layer):
    """c |x|^2, whose slope is 2 c x."""

    def build(self, shape):
        self.c = self.add_weight((1,), name="c")

    def call(self, x):
        return self.c * keras.ops.sum(x * x, axis=-1, keepdims=True)


def quadratic():
    return keras.Sequential([keras.Input((2,)), Quadratic()])


def test_the_penalties_of_a_quadratic_d_say_where_slopes_are_taken():
    c, weight = np.array([0.6, -0.4, 1.1]), np.array([3.0, 1.0, 0.5])
    start = [c[:, None]]
    for kind, which in ((r1, "real"), (r2, "fake")):
        value, (slope,), drawn = paid(kind(weight), start, quadratic)
        x = np.array([batches["real"][0] for batches in drawn])
        if which == "fake":
            x = fakes(drawn)
        square = (x**2).sum(-1).mean(-1)
        np.testing.assert_allclose(value, weight / 2 * 4 * c**2 * square, rtol=1e-4)
        np.testing.assert_allclose(slope[:, 0], weight * 4 * c * square, rtol=1e-3)
    value, (slope,), drawn = paid(gradient_penalty(weight, 0.7), start, quadratic)
    real, epsilon = (np.array([batches[n][0] for batches in drawn]) for n in ("real", "added0"))
    far = np.linalg.norm(epsilon * real + (1 - epsilon) * fakes(drawn), axis=-1)
    away = 2 * np.abs(c)[:, None] * far - 0.7
    np.testing.assert_allclose(value, weight * (away**2).mean(-1), rtol=1e-4)
    wanted = weight * (2 * away * 2 * far).mean(-1) * np.sign(c)
    np.testing.assert_allclose(slope[:, 0], wanted, rtol=1e-3)


def fakes(drawn):
    """What the generators make of the first batch of D's z, (members, n, 2)."""
    generators = trainer(quadratic(), **PLANE)._ensembles()[0]
    return np.array([generators.member(i)(drawn[i]["d_z"][0]) for i in range(3)])


def test_a_flat_d_pays_for_being_flat_and_stays_finite():
    flat = [A * [[[1.0]], [[0.0]], [[1.0]]], np.zeros((3, 1))]
    wanted = {"two-sided": 0.3 * 0.5**2, "one-sided": 0.0, "r1": 0.0, "r2": 0.0}
    for name, (added, _) in KINDS.items():
        value, (kernel, bias), _ = paid(added, flat, lambda: mlp((2, 1)))
        assert value[MEMBER] == pytest.approx(wanted[name], abs=1e-6)
        np.testing.assert_allclose(kernel[MEMBER], 0, atol=1e-6)
        np.testing.assert_allclose(bias, 0, atol=1e-5)
        assert np.abs(kernel[0]).max() > 0.1  # the others are as steep as before


def test_a_flat_layer_in_a_deep_d_stays_finite():
    for added, _ in KINDS.values():
        one = trainer(added=added)
        one.begin("d", [np.zeros_like(weight) for weight in one.weights("d")])
        seen = one.advance(2)
        assert np.isfinite(seen["d_loss"]).all()
        assert all(np.isfinite(weight).all() for weight in weights(one))
        assert not one.failed


# Epsilon ------------------------------------------------------------------------------------


def test_epsilon_is_uniform_one_for_each_pair_and_new_at_each_step():
    one = trainer(added=gradient_penalty(), n_critic=3, **PLANE)
    drawn = [one.batches(seed)["added0"] for seed in one.seeds]
    assert all(epsilon.shape == (*one.batches(0)["real"].shape[:2], 1) for epsilon in drawn)
    for epsilon in drawn:
        flat = epsilon.ravel()
        assert flat.size > 3000
        assert stats.kstest(flat, "uniform").pvalue > 0.001
        assert flat.min() >= 0 and flat.max() <= 1
        assert len(np.unique(flat)) > 0.99 * flat.size
        within = np.corrcoef(epsilon[:-1, :, 0].ravel(), epsilon[1:, :, 0].ravel())[0, 1]
        assert abs(within) < 0.06
    assert np.abs(np.corrcoef([epsilon.ravel() for epsilon in drawn]) - np.eye(3)).max() < 0.06


def test_what_else_is_drawn_does_not_depend_on_it():
    bare, penalised = trainer(**PLANE), trainer(added=gradient_penalty(), **PLANE)
    for name, values in bare.batches(1).items():
        np.testing.assert_array_equal(values, penalised.batches(1)[name])
    assert equal(bare, penalised)
    assert "g_added0" not in penalised.batches(1)


# Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gradient_penalty(-1.0), "weight is -1.0: wanted at least 0"),
        (lambda: gradient_penalty(1.0, -1.0), "target is -1.0: wanted at least 0"),
        (lambda: gradient_penalty([1.0, np.nan]), "weight is .*: wanted at least 0"),
        (lambda: r1(-0.1), "weight is -0.1: wanted at least 0"),
        (lambda: r2([0.1, -0.1]), r"weight is \[0.1, -0.1\]: wanted at least 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as info:
        make()
    assert "\n" not in str(info.value)
