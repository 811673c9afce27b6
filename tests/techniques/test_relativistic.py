"""Losses for which the engine gives G the logits of real samples too."""

import pytest

from ganlab import data, losses
from ganlab.backend import tf
from ganlab.techniques import instance_noise
from ganlab.training import Shown
from tests.techniques.twin import DISCRIMINATORS, follow, minibatch, trainer

pytestmark = pytest.mark.usefixtures("eager")


def paired(winner, loser):
    return -tf.reduce_mean(tf.math.log(tf.sigmoid(winner - loser)))


def averaged(winner, loser):
    above = tf.sigmoid(winner - tf.reduce_mean(loser))
    below = 1.0 - tf.sigmoid(loser - tf.reduce_mean(winner))
    return -tf.reduce_mean(tf.math.log(above)) - tf.reduce_mean(tf.math.log(below))


FORMULAS = {"relativistic": paired, "relativistic_average": averaged}


@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize("name", FORMULAS)
def test_g_gets_the_logits_of_the_real_samples_of_its_own_step(name, kind):
    one, formula = trainer(DISCRIMINATORS[kind](), losses=getattr(losses, name)), FORMULAS[name]
    assert "g_real" in one.batches(0)
    # Only differences of logits count: the bias of D's output stays where it is.
    follow(one, 3, relative=True, d_loss=formula, g_loss=lambda r, f, *_: formula(f, r))


def test_real_logits_are_of_what_d_is_shown_as_one_batch():
    shown = [Shown(together=True), instance_noise(0.4)]
    one = trainer(minibatch(), losses=losses.relativistic, shown=shown, n_critic=2)

    def blurred(x, noises, step):
        return x + 0.4 * noises[1]

    follow(one, 2, n_critic=2, relative=True, together=True, shown=blurred, d_loss=paired,
           g_loss=lambda r, f, *_: paired(f, r))  # fmt: skip


def test_features_beside_a_relative_base():
    pair = losses.feature_matching("hidden_1", 0.5, 1.0, losses.relativistic)
    one = trainer(outputs=2, real=data.ring(3, 1.0, 0.5), losses=pair)

    def g_loss(real, fake, real_features, fake_features):
        apart = tf.reduce_mean(real_features, 0) - tf.reduce_mean(fake_features, 0)
        return 0.5 * tf.reduce_sum(apart**2) + paired(fake, real)

    follow(one, 2, relative=True, layer="hidden_1", d_loss=paired, g_loss=g_loss)
