"""A program is used again if nothing that it read has changed, and only then."""

import numpy as np
import pytest

from ganlab import data, latent, losses, program
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble
from ganlab.gan import Added, Replaced, Shown
from ganlab.networks import mlp
from ganlab.training import Trainer

pytestmark = pytest.mark.rest

layers = keras.layers


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    monkeypatch.setattr(program, "_kept", {})


def trained(**changed):
    """G's and D's weights after three steps, and the program they came from."""
    fields = {
        "generator": mlp((2, 3, 1)),
        "discriminator": mlp((1, 4, 1), "tanh"),
        "real": data.Gaussian(1.0, 0.5),
        "latent": latent.Gaussian(2),
        "g_optimizer": keras.optimizers.SGD(0.1),
        "d_optimizer": keras.optimizers.SGD(0.1),
        **changed,
    }
    one = Trainer(**fields, seeds=2, batch_size=4)
    one.advance(3)
    return np.concatenate([np.ravel(w) for player in "gd" for w in one.weights(player)]), one._game


weight = 1.0


def penalty(now):
    return weight * tf.reduce_mean(tf.square(now.discriminate(now.real)), -1)


def shown(x, now):
    return weight * x


def generator_loss(fake):
    return weight * tf.reduce_mean(-fake, -1)


def clipped(weights):
    return [tf.clip_by_value(w, -weight / 3, weight / 3) for w in weights]


class Scaling(layers.Layer):
    def __init__(self, factor=1.0, **keywords):
        super().__init__(**keywords)
        self.factor = factor

    def call(self, x):
        return self.factor * x

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


class Outer(layers.Layer):
    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.inner = Scaling()

    def call(self, x):
        return self.inner(x)


@pytest.mark.parametrize(
    "fields",
    [
        {"added": Added(penalty)},
        {"shown": Shown(shown)},
        {"losses": losses.nonsaturating._replace(generator=generator_loss)},
        {"replaced": Replaced(after_step=clipped)},
    ],
)
def test_a_global_that_is_set_anew_counts_in_the_next_training(fields, monkeypatch):
    first, game = trained(**fields)
    again, same = trained(**fields)
    np.testing.assert_array_equal(first, again)
    assert same is game
    monkeypatch.setitem(globals(), "weight", 3.0)
    other, another = trained(**fields)
    assert another is not game
    assert np.abs(other - first).max() > 1e-3
    monkeypatch.setitem(globals(), "weight", 1.0)
    np.testing.assert_array_equal(trained(**fields)[0], first)


@pytest.mark.parametrize("wrap", [lambda layer: layer, layers.TimeDistributed])
def test_an_attribute_of_a_layer_that_is_set_anew_counts(wrap):
    inside = Scaling()
    parts = (layers.Reshape((1, 1)), wrap(inside), layers.Flatten())
    model = keras.Sequential([keras.Input((1,)), *parts, layers.Dense(1)])
    first, game = trained(discriminator=model)
    assert trained(discriminator=model)[1] is game
    many, x = Ensemble.of(model, 2), np.ones((3, 1), "float32")
    before = many(x)
    inside.factor = 5.0
    assert trained(discriminator=model)[1] is not game
    assert np.abs(trained(discriminator=model)[0] - first).max() > 1e-3
    np.testing.assert_allclose(many(x)[0], model(x), rtol=1e-5)
    assert np.abs(many(x) - before).max() > 0


def test_one_that_no_copy_would_have_is_refused():
    outer = Outer()
    model = keras.Sequential([keras.Input((1,)), outer, layers.Dense(1)])
    trained(discriminator=model)
    outer.inner.factor = 5.0
    with pytest.raises(ValueError, match="rebuilt from its get_config is another function"):
        trained(discriminator=model)


def test_kerass_own_layers_count_by_their_attributes_too():
    model = mlp((1, 4, 1), "tanh")
    _, game = trained(discriminator=model)
    many, x = Ensemble.of(model, 2), np.full((3, 1), 2.0, "float32")
    many(x)
    model.layers[0].activation = keras.activations.relu
    _, another = trained(discriminator=model)
    assert another is not game
    np.testing.assert_allclose(many(x)[1], model(x), rtol=1e-5, atol=1e-6)


def test_a_layer_that_is_defined_anew_inside_a_wrapper_counts():
    def made(factor):
        class Inner(layers.Layer):
            def call(self, x):
                return factor * x

        parts = (layers.Reshape((1, 1)), layers.TimeDistributed(Inner()), layers.Flatten())
        return keras.Sequential([keras.Input((1,)), *parts, layers.Dense(1)])

    first, other = (trained(discriminator=made(factor))[0] for factor in (1.0, 5.0))
    assert np.abs(first - other).max() > 1e-3
