"""Packing: D judges several samples at once, real with real and fake with fake."""

import numpy as np
import pytest

from ganlab import data
from ganlab.backend import keras, tf
from ganlab.losses import feature_matching
from ganlab.techniques import instance_noise, packing, r1
from ganlab.training import Added, Shown
from tests.techniques.twin import equal, follow, minibatch, plain, trainer

pytestmark = pytest.mark.usefixtures("eager")
PLANE = {"outputs": 2, "real": data.ring(3, 1.0, 0.5)}


def side_by_side(m):
    """Each m rows as one, written out by hand."""
    return lambda x, *_: tf.stack(
        [tf.concat([x[i + k] for k in range(m)], 0) for i in range(0, len(x), m)]
    )


@pytest.mark.parametrize(("m", "batch_size"), [(2, 6), (3, 6), (4, 4)])
def test_d_judges_packs_of_samples(m, batch_size):
    one = trainer(plain(2 * m), shown=packing(m), batch_size=batch_size, **PLANE)
    follow(one, 3, shown=side_by_side(m))


def test_a_pack_of_one_is_the_bare_batch():
    bare, packed = trainer(**PLANE), trainer(shown=packing(1), **PLANE)
    for one in (bare, packed):
        one.advance(2)
    assert equal(bare, packed)


def test_a_pack_holds_samples_of_one_kind_in_the_order_of_the_batch():
    kept = {}

    def look(now):
        kept.update(real=now.real.numpy(), fake=now.fake.numpy(), z=now.z.numpy())
        return tf.zeros(3)

    one = trainer(plain(6), shown=packing(3), added=Added(look), batch_size=6, **PLANE)
    drawn, generators = one.batches(2), one._ensembles()[0]
    one.d_step()
    assert kept["real"].shape == kept["fake"].shape == (3, 2, 6)
    np.testing.assert_array_equal(kept["real"][2], drawn["real"][0].reshape(2, 6))
    np.testing.assert_array_equal(kept["z"][2], drawn["d_z"][0])  # one for each sample
    fake = generators.member(2)(drawn["d_z"][0]).numpy()
    for pack, row in ((0, 0), (0, 2), (1, 1)):
        found = kept["fake"][2, pack, 2 * row : 2 * row + 2]
        np.testing.assert_allclose(found, fake[3 * pack + row], rtol=1e-5)


def test_packs_of_what_was_blurred_and_features_of_packs():
    def shown(x, noises, step):
        return side_by_side(2)(x + 0.3 * noises[0])

    one = trainer(minibatch(4), shown=[instance_noise(0.3), packing(2)], batch_size=6,
                  losses=feature_matching("hidden_2"), **PLANE)  # fmt: skip

    def g_loss(_, real, fake):
        return tf.reduce_sum((tf.reduce_mean(real, 0) - tf.reduce_mean(fake, 0)) ** 2)

    follow(one, 2, shown=shown, layer="hidden_2", g_loss=g_loss)


def test_packs_of_real_and_of_fake_as_one_batch():
    shown = [Shown(together=True), packing(2)]
    one = trainer(minibatch(4), shown=shown, batch_size=6, **PLANE)
    follow(one, 2, shown=side_by_side(2), together=True)


def test_the_scores_are_of_packs():
    one = trainer(plain(4), shown=packing(2), batch_size=4, **PLANE)
    drawn, discriminators = one.batches(1), one._ensembles()[1]
    seen = one.d_step()
    logits = discriminators.member(1)(drawn["real"][0].reshape(2, 4)).numpy()
    np.testing.assert_allclose(seen["real_score"][1], (1 / (1 + np.exp(-logits))).mean(), rtol=1e-5)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"shown": packing(2), "batch_size": 5}, r"packing\(2\) of batches of 5: wanted a multi"),
        ({"shown": packing(4), "batch_size": 2}, r"packing\(4\) of batches of 2: wanted a multi"),
        (
            {"shown": [packing(2), instance_noise(0.1)], "batch_size": 4},
            r"noise is of shape \(3, 4, 1\) for batches of shape \(3, 2, 2\): wanted it before",
        ),
        (
            {"shown": [packing(4), instance_noise(0.1)], "batch_size": 4},
            r"noise is of shape \(3, 4, 1\) for batches of shape \(3, 1, 4\): wanted it before",
        ),
        (
            {"shown": packing(3), "batch_size": 6},
            "discriminator takes inputs of size 2: it will be given size 3, made by `shown` of "
            "samples of size 1$",
        ),
    ],
)
def test_packs_that_do_not_fit_are_refused_in_one_line(changed, message):
    with pytest.raises(ValueError, match=message) as info:
        trainer(plain(2), **changed)
    assert "\n" not in str(info.value)


@pytest.mark.parametrize("m", [0, -1, 2.0, True, "2"])
def test_a_pack_is_a_whole_number_of_samples(m):
    with pytest.raises(ValueError, match=r"m=.*: wanted a whole number, at least 1"):
        packing(m)


def test_a_penalty_on_the_first_numbers_is_of_each_sample_of_a_pack():
    """With a linear D on packs of two (x, c) it is that of both x, and of neither c."""
    seen = {}

    def look(now):
        seen["kernel"] = now.weights[0].numpy()
        seen["cost"] = r1(2.0, first=1).function(now, tf.constant(2.0)).numpy()
        return tf.zeros(3)

    linear = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    one = trainer(linear, shown=packing(2), added=Added(look), batch_size=6, **PLANE)
    one.d_step()
    squares = np.square(seen["kernel"][..., 0])
    np.testing.assert_allclose(seen["cost"], squares[:, 0] + squares[:, 2], rtol=1e-5)
    with pytest.raises(ValueError, match="first=3: wanted at most 2, the size of a sample"):
        trainer(linear, shown=packing(2), added=r1(1.0, first=3), batch_size=6, **PLANE).d_step()
