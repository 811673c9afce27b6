"""Conditions as a part of the point: labels, latents, and the networks that hand them through."""

import types

import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

from ganlab import arguments, conditions, latent
from ganlab.backend import keras, tf
from ganlab.conditions import Conditioned, joint, one_hot
from ganlab.ensemble import Ensemble, call, mapped_parts
from ganlab.layers import Columns
from ganlab.networks import conditional_dcgan, dcgan
from ganlab.techniques import r1
from ganlab.training import Trainer

LABELS = [3, 0, 2, 3, 1]


def rng(seed=0):
    return np.random.default_rng(seed)


def test_one_hot_is_that_of_scikit_learn():
    theirs = OneHotEncoder(categories=[range(5)], sparse_output=False)
    theirs = theirs.fit_transform(np.array(LABELS)[:, None])
    np.testing.assert_array_equal(one_hot(LABELS, 5), theirs)
    assert one_hot(LABELS).shape == (5, 4) and one_hot(LABELS).dtype == np.float32


def test_classes_that_no_memory_holds_are_refused(monkeypatch):
    free = types.SimpleNamespace(available=1000)
    monkeypatch.setattr(arguments.psutil, "virtual_memory", lambda: free)
    assert one_hot([1], 100).sum() == 1
    with pytest.raises(ValueError, match=r"^classes=200 would need .* wanted at most classes=125$"):
        one_hot([1], 200)


@pytest.mark.parametrize(
    ("labels", "classes", "told"),
    [
        ([0, 5], 5, "labels hold 5: wanted 0 to 4, classes=5"),
        ([0, -1], None, "labels hold -1: wanted whole numbers from 0"),
        ([0, 0.5], None, "labels hold 0.5: wanted whole numbers from 0"),
        ([0, np.nan], 3, "labels hold nan: wanted whole numbers from 0"),
        ([[0, 1]], None, r"labels have shape \(1, 2\): wanted \(n,\)"),
        ([], None, r"labels have shape \(0,\): wanted \(n,\)"),
    ],
)
def test_labels_that_are_none_are_refused(labels, classes, told):
    with pytest.raises(ValueError, match=f"^{told}$"):
        one_hot(labels, classes)


def test_joint_points_keep_their_own_condition():
    x = rng().normal(size=(5, 3))
    both = joint(x, one_hot(LABELS))
    np.testing.assert_allclose(both[:, :3], x, rtol=1e-6)
    assert both[:, 3:].argmax(axis=1).tolist() == LABELS
    with pytest.raises(ValueError, match=r"^5 samples and 4 conditions: wanted one condition for"):
        joint(x, one_hot(LABELS[:4]))


def test_a_latent_asks_for_each_condition_as_often_as_the_data_have_it():
    z = Conditioned(latent.Gaussian(3), one_hot(LABELS))
    drawn = z.sample((40, 500), rng())
    assert drawn.shape == (40, 500, 7) and drawn.dtype == np.float32
    np.testing.assert_allclose(drawn[..., 3:].mean(axis=(0, 1)), [0.2, 0.2, 0.2, 0.4], atol=0.02)
    np.testing.assert_allclose(drawn[..., :3].std(axis=(0, 1)), 1, atol=0.02)
    np.testing.assert_array_equal(z.sample(9, rng(1)), z.sample(9, rng(1)))
    asked = z.given(one_hot([2, 2, 0], 4), rng())
    assert asked[:, 3:].argmax(axis=1).tolist() == [2, 2, 0]
    with pytest.raises(ValueError, match=r"^conditions have shape \(1, 3\): wanted \(n, 4\)$"):
        z.given(one_hot([2]), rng())
    with pytest.raises(TypeError, match=r"^noise is Gaussian: wanted one of ganlab.latent"):
        Conditioned(latent.Gaussian, one_hot(LABELS))
    with pytest.raises(TypeError, match=r"^noise is int: wanted one of ganlab.latent"):
        Conditioned(3, one_hot(LABELS))


def test_columns_are_a_slice_for_one_member_and_for_all():
    x = rng().normal(size=(2, 4, 5)).astype("float32")
    for layer, part in ((Columns(0, 3), slice(0, 3)), (Columns(2), slice(2, None))):
        np.testing.assert_array_equal(layer(x[0]), x[0][:, part])
        np.testing.assert_array_equal(layer.call_stacked([], tf.constant(x)), x[..., part])
        again = Columns.from_config(layer.get_config())
        np.testing.assert_array_equal(again(x[0]), x[0][:, part])
    for layer, told in (
        (Columns(3, 6), r"^Columns\(3, 6\) is given \(4, 5\): wanted \(n, 6\) at least$"),
        (Columns(5), r"^Columns\(5, None\) is given \(4, 5\): wanted \(n, 6\) at least$"),
    ):
        with pytest.raises(ValueError, match=told):
            layer(x[0])
    with pytest.raises(ValueError, match="stop"):
        Columns(3, 3)


def stacked(model, members=3):
    """An ensemble of this model whose members all differ, and one Keras model for each."""
    found = Ensemble.of(model, range(members))
    found.weights = [rng(k).normal(size=w.shape) / 4 for k, w in enumerate(found.weights)]
    found.weights = [weight.astype("float32") for weight in found.weights]
    return found, [found.member(k) for k in range(members)]


def test_the_generator_hands_conditions_through_and_makes_the_picture_of_both():
    G, _ = conditional_dcgan(6, (4, 8), 3, channels=2)
    G = Ensemble.of(G, (0, 1))
    z = rng().normal(size=(5, 9)).astype("float32")
    made = G(z)
    assert made.shape == (2, 5, 35) and np.abs(made[..., :32]).max() < 1
    np.testing.assert_array_equal(made[..., 32:], np.broadcast_to(z[:, 6:], (2, 5, 3)))
    for k in (0, 8):  # the picture depends on z and on the condition
        other = z.copy()
        other[:, k] += 1
        assert np.abs(G(other)[..., :32] - made[..., :32]).max() > 1e-4


def test_the_discriminator_projects_the_condition_on_its_features():
    """w f + b + c V f, by hand from the weights; f is what a `dcgan` of the same weights has."""
    _, D = conditional_dcgan(6, (4, 8), 3, channels=2)
    _, members = stacked(D)
    x = rng(9).normal(size=(5, 35)).astype("float32")
    for model in members:
        *convolutions, w, b, V = sorted(
            model.trainable_variables, key=lambda v: {(8, 1): 1, (1,): 2, (8, 3): 3}.get(v.shape, 0)
        )
        _, plain = dcgan(6, (4, 8), channels=2)
        plain.set_weights([*[v.numpy() for v in convolutions], np.eye(8, 1), np.zeros(1)])
        features = keras.Model(plain.inputs[0], plain.layers[-2].output)(x[:, :32]).numpy()
        wanted = features @ w.numpy() + b.numpy()
        wanted += np.sum(features @ V.numpy() * x[:, 32:], axis=1, keepdims=True)
        np.testing.assert_allclose(model(x), wanted, rtol=1e-4, atol=1e-5)


def test_all_members_at_once_do_what_each_does_alone_with_both_orders_of_slopes():
    for model in conditional_dcgan(6, (4, 8), 3, channels=2):
        assert mapped_parts(model) == []
        ensemble, members = stacked(model)
        x = rng(5).normal(size=(3, 4, model.input_shape[1])).astype("float32")

        def slopes(function, x):
            x = tf.constant(x)
            with tf.GradientTape() as second:
                second.watch(x)
                with tf.GradientTape() as first:
                    first.watch(x)
                    value = function(x)
                    total = tf.reduce_sum(value**2)
                slope = first.gradient(total, x)
                squared = tf.reduce_sum(slope**2)
            return value, slope, second.gradient(squared, x)

        weights = [tf.constant(weight) for weight in ensemble.weights]
        together = slopes(lambda x: call(model, weights, x), x)  # noqa: B023
        for k, member in enumerate(members):
            for ours, theirs in zip(together, slopes(member, x[k]), strict=True):
                scale = np.abs(theirs).max()
                np.testing.assert_allclose(ours[k] / scale, theirs / scale, atol=2e-5)


def test_a_dot_of_other_kinds_goes_member_by_member():
    x = keras.Input((6,))
    parts = Columns(0, 3)(x), Columns(3)(x)
    batch = rng().normal(size=(2, 4, 6)).astype("float32")
    for options in (dict(axes=1), dict(axes=-1), dict(axes=1, normalize=True), dict(axes=(1, 1))):
        model = keras.Model(x, keras.layers.Dot(**options)(parts))
        found = call(model, [], tf.constant(batch))
        for k in range(2):
            np.testing.assert_allclose(found[k], model(batch[k]), rtol=1e-5, atol=1e-6)


def test_a_conditional_gan_trains_as_any_other_and_members_stay_apart():
    labels = rng(1).integers(3, size=40)
    data = joint(rng(2).uniform(-1, 1, (40, 16)), one_hot(labels))
    z = Conditioned(latent.Gaussian(4), conditions.one_hot(labels))
    G, D = conditional_dcgan(4, (4, 4), 3, channels=2)

    def trained(weight):
        trainer = Trainer(G, D, data, z, seeds=2, batch_size=8, added=r1(np.array(weight)))
        assert np.isfinite(trainer.advance(3)["d_loss"]).all()
        return trainer.generators.weights

    for one, other in zip(trained([1.0, 1.0]), trained([1.0, 9.0]), strict=True):
        np.testing.assert_array_equal(one[0], other[0])
