"""Members that are mixed are found by a NaN, whoever mixes them."""

import numpy as np
import pytest

from ganlab import data, latent, losses, mixing
from ganlab.backend import keras, tf
from ganlab.gan import Added, Replaced, Shown
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.techniques import averaged_generator, gradient_penalty, packing, unrolled
from ganlab.training import Scaled, Trainer
from ganlab.vae import VaeTrainer, gaussian

pytestmark = pytest.mark.rest

SEEDS = 4  # as many as there are samples in a batch: shapes cannot tell them apart


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def trainer(batch_size=SEEDS, **changed):
    fields = {
        "generator": mlp((2, 3, 1)),
        "discriminator": mlp((1, 4, 1), "tanh"),
        "real": data.Gaussian(1.0, 0.5),
        "latent": latent.Gaussian(2),
        **changed,
    }
    return Trainer(**fields, seeds=SEEDS, batch_size=batch_size)


def over_members(x):
    return tf.reduce_mean(x, axis=0)


def standardised(x, now):
    return (x - tf.reduce_mean(x)) / tf.math.reduce_std(x)


def ranked(x, now):
    return tf.gather(x, tf.argsort(tf.reduce_sum(x, axis=[1, 2])), axis=0)


def centred(weights, *kept):
    return [w - tf.reduce_mean(w, axis=0) for w in weights]


class Mixing(keras.layers.Layer):
    def call(self, x):
        return x

    def call_stacked(self, weights, x):
        return x - 0.5 * tf.reduce_mean(x, axis=0, keepdims=True)


def plain(**changed):
    return losses.nonsaturating._replace(**changed)


MIXED = {
    "generator's loss": {
        "losses": plain(generator=lambda f: over_members(tf.nn.softplus(-f))),
    },
    "discriminator's loss": {
        "losses": plain(discriminator=lambda r, f: over_members(tf.nn.softplus(f) - r)),
    },
    "a relative loss": {
        "losses": plain(generator=lambda r, f: over_members(f - r), relative=True),
    },
    "a penalty on D": {"added": Added(lambda now: over_members(now.discriminate(now.real)))},
    "a penalty on G": {
        "added": Added(lambda now: over_members(now.fake[..., 0]), to="g"),
    },
    "what is shown": {"shown": Shown(standardised)},
    "weights after a step": {"replaced": Replaced(after_step=centred, to="g")},
    "weights in use": {"replaced": Replaced(in_use=centred)},
    "weights for the opponent": {
        "replaced": Replaced(for_opponent=lambda w, loss: centred(w)),
    },
}


@pytest.mark.parametrize("who", MIXED)
def test_what_mixes_the_members_is_refused(who):
    with pytest.raises(
        ValueError, match="the members are mixed: what is done to seed 0 reaches 3 of"
    ):
        trainer(**MIXED[who]).advance(1)


def test_the_message_names_the_readers_own_functions():
    with pytest.raises(ValueError, match=r"yours are standardised \(shown\[0\]\)$") as info:
        trainer(shown=Shown(standardised)).record()
    assert "\n" not in str(info.value)


def test_at_another_batch_size_too():
    with pytest.raises(ValueError, match="the members are mixed"):
        trainer(batch_size=7, shown=Shown(standardised)).d_step()


@pytest.mark.parametrize("role", ["discriminator", "generator"])
def test_a_layer_that_serves_all_members_wrongly_is_refused(role):
    sizes = {"discriminator": (1, 4), "generator": (2, 4)}[role]
    with pytest.raises(ValueError, match=f"{role} cannot be trained for several seeds at once"):
        trainer(**{role: mlp((*sizes, Mixing(), 1))})


def test_in_pretraining_and_in_autoencoders_too():
    with pytest.raises(ValueError, match="the members are mixed"):
        pretrain(
            mlp((1, 4, 1)),
            data.Uniform(-1.0, 1.0),
            lambda x: x[..., 0],
            loss=lambda logits, y: over_members(tf.square(logits - y)),
            seeds=SEEDS,
            batch_size=SEEDS,
            steps=1,
        )
    kind = gaussian(0.1)
    wrong = kind._replace(
        log_probability=lambda *a, **k: kind.log_probability(*a, **k) - tf.reduce_mean(a[0])
    )
    with pytest.raises(ValueError, match="the members are mixed"):
        VaeTrainer(
            mlp((1, 4, 2)),
            mlp((1, 4, 1)),
            data.Gaussian(),
            latent_dim=1,
            likelihood=wrong,
            seeds=SEEDS,
            batch_size=SEEDS,
        ).advance(1)


@pytest.mark.filterwarnings("ignore:.* has no slope")
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"added": gradient_penalty(1.0)},
        {"replaced": [unrolled(2, 0.1), averaged_generator(0.9)]},
        {"shown": packing(2), "discriminator": mlp((2, 4, 1))},
        {"added": Added(lambda now: tf.reduce_mean(tf.square(now.real), axis=[1, 2]))},
    ],
)
def test_what_keeps_them_apart_is_tried_once(fields, monkeypatch):
    tried = []
    real = mixing._as_another
    monkeypatch.setattr(mixing, "_as_another", lambda *a: tried.append(1) or real(*a))
    one = trainer(**fields)
    one.parts["both"].program.apart = False  # of an equal one, that another test has trained
    one.advance(2)
    assert one.parts["both"].program.apart and len(tried) == 1
    one.advance(2)
    trainer(**fields).advance(1)
    assert len(tried) == 1
    one.g_step()
    assert one.parts["g"].program.apart


def test_trying_moves_nothing():
    one, other = trainer(), trainer()
    for program in {id(p.program): p.program for p in one.parts.values()}.values():
        program.apart = False
    one.advance(3)
    other.advance(3)  # the same programs, tried by now
    for player in "gd":
        for a, b in zip(one.weights(player), other.weights(player), strict=True):
            np.testing.assert_array_equal(a, b)


def test_who_is_not_finite_anyway_was_not_mixed():
    rates = np.array([1e-2, 1e-2, 3e38, 1e-2])
    one = trainer(d_optimizer=Scaled(keras.optimizers.SGD(1.0), rates), losses=losses.least_squares)
    one.advance(1)
    assert list(one.failed) == [2]
    one = trainer(d_optimizer=keras.optimizers.SGD(1e-2))
    one.freeze({0: 0})
    one.parts["both"].program.apart = False
    one.advance(1)
    assert list(one.failed) == [0]


# What a NaN would not show, or would stumble over -------------------------------------------------


def gated(real, fake):
    plain = losses.nonsaturating.discriminator(real, fake)
    return plain * tf.cast(tf.reduce_mean(tf.cast(real > -5.0, tf.float32)) > 0.99, tf.float32)


def chosen(now):
    best = tf.argmax(tf.reduce_sum(tf.abs(now.real), axis=[1, 2]))
    return tf.one_hot(best, now.real.shape[0]) * tf.reduce_mean(now.discriminate(now.real), -1)


def ordered(x, now):
    return tf.gather(x, tf.argsort(tf.reduce_sum(tf.abs(x), axis=[1, 2])), axis=0)


@pytest.mark.parametrize(
    "fields",
    [
        {"losses": plain(discriminator=gated)},
        {"added": Added(chosen)},
        {"shown": Shown(ordered)},
    ],
)
def test_comparisons_and_orders_over_members_are_refused(fields):
    with pytest.raises(ValueError, match="the members are mixed"):
        trainer(**fields).advance(1)


def determinant(now):
    x = now.fake - tf.reduce_mean(now.fake, axis=1, keepdims=True)
    return tf.linalg.det(tf.matmul(x, x, transpose_a=True) + tf.eye(x.shape[-1]))


def checked(real, fake):
    tf.debugging.assert_all_finite(real, "a logit that is no number")
    return losses.nonsaturating.discriminator(real, fake)


def looked_up(now):
    place = tf.cast(tf.clip_by_value(tf.abs(now.real[..., 0]), 0.0, 3.0), tf.int32)
    return tf.reduce_mean(tf.gather(tf.constant([0.0, 1.0, 2.0, 3.0]), place), axis=1)


@pytest.mark.filterwarnings("ignore:.* has no slope")
@pytest.mark.parametrize(
    "fields",
    [
        {"added": Added(determinant, to="g")},
        {"losses": plain(discriminator=checked)},
        {"added": Added(looked_up)},
        {"added": Added(tf.function(lambda now: tf.reduce_mean(now.fake, axis=[1, 2])), to="g")},
    ],
)
def test_what_wants_proper_numbers_gets_them(fields):
    trainer(**fields).advance(1)


# Another at each call -----------------------------------------------------------------------------


def drawing_penalty(now):
    return tf.random.uniform(now.real.shape[:1]) * tf.reduce_mean(now.discriminate(now.real), -1)


def drawing_loss(fake):
    return tf.reduce_mean(-fake + tf.random.normal(fake.shape) * fake, -1)


def counting(counter):
    def loss(real, fake):
        factor = tf.minimum(1.0, counter.assign_add(0.1))
        return factor * losses.nonsaturating.discriminator(real, fake)

    return loss


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize(
    "fields",
    [
        lambda: {"added": Added(drawing_penalty)},
        lambda: {"losses": plain(generator=drawing_loss)},
        lambda: {"losses": plain(discriminator=counting(tf.Variable(0.0)))},
    ],
)
def test_a_step_that_is_another_each_time_is_refused(fields, seeds):
    one = {"generator": mlp((2, 3, 1)), "discriminator": mlp((1, 4, 1)), **fields()}
    with pytest.raises(ValueError, match="a step gives other numbers when it is taken again"):
        Trainer(
            **one, real=data.Gaussian(), latent=latent.Gaussian(2), seeds=seeds, batch_size=4
        ).advance(1)


def numpy_noise(x, now):
    return x + np.random.default_rng().normal(size=x.shape).astype("float32")


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (Shown(numpy_noise), r"shown\[0\] \(numpy_noise\) draws random numbers of its own"),
        (
            Shown(
                lambda x, now: x + now.noise, lambda rng, s: np.random.default_rng().normal(size=s)
            ),
            "draw .*the same rng gave other noise",
        ),
        (
            Shown(
                lambda x, now: x + now.noise,
                lambda rng, s: np.random.default_rng(0).normal(size=s),
            ),
            "draw .*another rng gave the same noise",
        ),
        (Shown(lambda x, now: x + now.noise, lambda rng, s: rng.normal(size=3)), "draw .*gives"),
        (Shown(lambda x, now: x + now.noise, lambda rng, s: 1j * rng.normal(size=s)), "complex"),
        (Shown(lambda x, now: None), "returns None"),
    ],
)
def test_noise_is_that_of_the_seed_or_refused(shown, told):
    with pytest.raises((TypeError, ValueError), match=told) as info:
        trainer(shown=shown)
    assert "\n" not in str(info.value)


def test_constant_noise_and_noise_of_another_width_are_taken():
    trainer(shown=Shown(lambda x, now: x + now.noise, lambda rng, s: np.zeros(s)))
    wide = Shown(
        lambda x, now: tf.concat([x, now.noise], -1), lambda r, s: r.normal(size=(*s[:2], 3))
    )
    trainer(shown=wide, discriminator=mlp((4, 1))).advance(1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda w: w[:1], "replaced .* gives shapes"),
        (lambda w: [x[:, :1] for x in w], "replaced .* gives shapes"),
    ],
)
@pytest.mark.parametrize("moment", ["after_step", "in_use"])
def test_weights_that_are_replaced_keep_their_shapes(moment, change, told):
    function = (lambda w: change(w)) if moment == "after_step" else (lambda w, kept: change(w))
    with pytest.raises(ValueError, match=told):
        trainer(replaced=Replaced(**{moment: function})).advance(1)
