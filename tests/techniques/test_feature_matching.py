"""Feature matching: G by what a layer of D puts out, D by the losses of its base."""

import pytest

from ganlab import losses
from ganlab.backend import keras, tf
from ganlab.networks import mlp
from ganlab.techniques import instance_noise
from tests.techniques.twin import DISCRIMINATORS, NORMAL, as_real, follow, minibatch, near, trainer

pytestmark = pytest.mark.usefixtures("eager")


def between_means(real, fake):
    return tf.reduce_sum((tf.reduce_mean(real, 0) - tf.reduce_mean(fake, 0)) ** 2)


def between_pairs(real, fake):
    return tf.norm(tf.reshape(real - fake, [-1]))


@pytest.mark.parametrize(("kind", "layer"), [("plain", "hidden_1"), ("minibatch", "hidden_2")])
def test_g_matches_the_features_of_the_layer_named(kind, layer):
    one = trainer(DISCRIMINATORS[kind](), losses=losses.feature_matching(layer))
    follow(one, 3, layer=layer, g_loss=lambda _, *features: between_means(*features))


def test_features_are_of_what_d_is_shown_one_batch_or_noise():
    one = trainer(
        minibatch(),
        losses=losses.feature_matching("hidden_2", distance=losses.paired_feature_distance),
        shown=instance_noise(0.5, together=True),
    )
    options = {"layer": "hidden_2", "g_loss": lambda _, *features: between_pairs(*features)}
    follow(one, 3, shown=lambda x, noises, step: x + 0.5 * noises[0], together=True, **options)


def test_a_weight_of_each_members_own_is_put_on_the_features():
    mixed = trainer(losses=losses.feature_matching("hidden_1", [0.0, 2.0, 5.0], [3.0, 1.0, 1.0]))

    def g_loss(logits, *features):
        return as_real(logits) + 2.0 * between_means(*features)

    follow(mixed, 3, layer="hidden_1", g_loss=g_loss)
    other = trainer(losses=losses.feature_matching("hidden_1", 5.0, 1.0))
    bare = trainer(losses=losses.feature_matching("hidden_1", 0.0, 3.0))
    for one, member in ((bare, 0), (other, 2)):
        one.advance(3)
        assert near(one, mixed, member)
        assert not near(one, mixed)


def clipped(logits):
    """log D, with D cut to [0.4, 1]."""
    return tf.math.log(tf.clip_by_value(tf.sigmoid(logits), 0.4, 1.0))


@pytest.mark.parametrize(
    ("factors", "base", "d_loss", "g_loss"),
    [
        (
            (1.0, 0.0),
            losses.smoothed(0.9),
            lambda real, fake: as_real(real, 0.9) + as_real(fake, 0.0),
            as_real,
        ),
        (
            (0.5, 2.0),
            losses.bounded(0.4),
            lambda real, fake: -tf.reduce_mean(clipped(real)) - tf.reduce_mean(clipped(-fake)),
            lambda fake: -tf.reduce_mean(clipped(fake)),
        ),
    ],
    ids=["smoothed", "bounded"],
)
def test_d_learns_by_the_base_and_g_as_far_as_it_is_asked_to(factors, base, d_loss, g_loss):
    one = trainer(losses=losses.feature_matching("hidden_2", *factors, base))

    def both(logits, *features):
        return factors[0] * between_means(*features) + factors[1] * g_loss(logits)

    follow(one, 2, layer="hidden_2", d_loss=d_loss, g_loss=both)


def test_layers_are_told_apart_where_discriminators_differ_in_names_alone():
    def crossed():
        layers = [keras.layers.Dense(4, "tanh", kernel_initializer=NORMAL, name="hidden_2")]
        layers += [keras.layers.Dense(4, "tanh", kernel_initializer=NORMAL, name="hidden_1")]
        return keras.Sequential([keras.Input((1,)), *layers, keras.layers.Dense(1, name="output")])

    straight, matching = mlp((1, 4, 4, 1), "tanh", kernel=NORMAL), losses.feature_matching
    one = trainer(straight, losses=matching("hidden_1"))
    other = trainer(crossed(), losses=matching("hidden_1"))
    same = trainer(crossed(), losses=matching("hidden_2"))
    assert same._game is one._game is not other._game  # it is the layer's place that counts
    options = {"layer": "hidden_1", "g_loss": lambda _, *features: between_means(*features)}
    follow(one, 2, **options)
    follow(other, 2, **options)
    follow(same, 2, **{**options, "layer": "hidden_2"})


def test_a_pretrained_discriminator_can_be_looked_into():
    fresh = trainer()
    ready = fresh._ensembles()[1]
    one = trainer(ready, losses=losses.feature_matching("hidden_1"))
    follow(one, 1, layer="hidden_1", g_loss=lambda _, *features: between_means(*features))
