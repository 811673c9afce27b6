"""The cycle term and the identity loss of a CycleGAN, against the same in plain Keras."""

import numpy as np
import pytest

from ganlab import data, latent
from ganlab.backend import tf
from ganlab.networks import mlp
from ganlab.techniques import cycle_consistency, identity_loss, instance_noise
from ganlab.training import Trainer
from tests.techniques.twin import MEMBER, equal, follow, near, plain, trainer

PAIRS = {"outputs": 2, "real": data.ring(4, std=0.5)}  # z and samples of two numbers: two halves


def back(weight):
    """The cycle term by hand: two translators, each asked for its half."""

    def penalty(twin, weights, real, fake, z, noise):
        made = twin.g(z)
        b_like, a_like = made[:, :1], made[:, 1:]
        again = twin.g(tf.concat([a_like, b_like], 1))
        b_again, a_again = again[:, :1], again[:, 1:]
        a, b = z[:, :1], z[:, 1:]
        sums = tf.reduce_mean(tf.abs(a_again - a)) + tf.reduce_mean(tf.abs(b_again - b))
        return weight / 2 * sums

    return penalty


def kept(weight):
    def penalty(twin, weights, real, fake, z, noise):
        a, b = z[:, :1], z[:, 1:]
        made = twin.g(tf.concat([b, a], 1))
        sums = tf.reduce_mean(tf.abs(made[:, :1] - b)) + tf.reduce_mean(tf.abs(made[:, 1:] - a))
        return weight / 2 * sums

    return penalty


KINDS = {"cycle": (cycle_consistency, back), "identity": (identity_loss, kept)}


@pytest.mark.parametrize("name", KINDS)
def test_g_pays_and_d_does_not(name):
    kind, penalty = KINDS[name]
    follow(trainer(added=kind(0.7), **PAIRS), 3, g_penalty=penalty(0.7))


def test_both_at_once_and_noise_that_d_alone_is_shown():
    def both(*given):
        return back(0.7)(*given) + kept(0.4)(*given)

    one = trainer(plain(2), added=[cycle_consistency(0.7), identity_loss(0.4)],
                  shown=instance_noise(0.5), **PAIRS)  # fmt: skip
    follow(one, 2, g_penalty=both, shown=lambda x, noises, step: x + 0.5 * noises[0])


@pytest.mark.parametrize("name", KINDS)
def test_each_member_has_its_own_weight_and_none_changes_nothing(name):
    kind, penalty = KINDS[name]
    mixed = trainer(added=kind([0.0, 0.7, 0.2]), **PAIRS)
    follow(mixed, 2, g_penalty=penalty(0.7))
    for member, other in ((0, {}), (2, {"added": kind(0.2)})):
        one = trainer(**PAIRS, **other)
        one.advance(2)
        assert near(one, mixed, member) and not near(one, mixed)


def test_what_they_cost_a_linear_g_is_known():
    """(2 a + 1, b / 2 - 1 / 2) is its own way back; what needs no translation is moved."""
    kernel, bias = np.diag([2.0, 0.5])[None], np.array([[1.0, -0.5]])
    for kind, wanted in ((cycle_consistency, 0.0), (identity_loss, None)):
        found = []
        for weight in (0.0, 3.0):
            one = Trainer(mlp((2, 2)), mlp((2, 1)), PAIRS["real"], latent.Gaussian(2), seeds=1,
                          batch_size=5, added=kind(weight))  # fmt: skip
            one.begin("g", [kernel, bias])
            z = one.batches(0)["g_z"][0]
            found.append(one.g_step()["g_loss"][0])
        moved = (np.abs(z[:, 1] + 1) + np.abs(-z[:, 0] / 2 - 0.5)).mean() / 2
        wanted = 3 * moved if wanted is None else wanted
        assert found[1] - found[0] == pytest.approx(wanted, abs=1e-5)


def test_a_member_that_fails_leaves_the_others_as_they_are():
    clean, poisoned = (trainer(added=cycle_consistency(0.7), **PAIRS) for _ in range(2))
    first, *others = (np.array(weight) for weight in poisoned.weights("g"))
    first[2] = np.nan
    poisoned.begin("g", [first, *others])
    for one in (clean, poisoned):
        one.advance(4)
    assert set(poisoned.failed) == {2} and MEMBER not in poisoned.failed
    assert equal(clean, poisoned, slice(2))


@pytest.mark.parametrize("kind", [cycle_consistency, identity_loss])
def test_what_makes_no_sense_is_refused_in_one_line(kind):
    with pytest.raises(ValueError, match=r"^weight is -1.0: wanted at least 0"):
        kind(-1.0)
    with pytest.raises(ValueError, match=r"G makes 1 numbers of 2: wanted two halves") as info:
        trainer(added=kind(1.0)).advance(1)
    assert "\n" not in str(info.value)
