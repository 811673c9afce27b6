"""When all seeds have stopped being finite, the message says what was not finite first; and what a
function of the reader's raises is one line that says which function it was."""

import numpy as np
import pytest

from ganlab import data, latent, losses
from ganlab.backend import keras, tf
from ganlab.gan import Added, Replaced, Shown
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.techniques import packing
from ganlab.training import Trainer, TrainingFailed

pytestmark = pytest.mark.rest

layers = keras.layers


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def trainer(**changed):
    fields = {
        "generator": mlp((2, 3, 2)),
        "discriminator": mlp((2, 4, 1), "tanh"),
        "real": data.ring(),
        "latent": latent.Gaussian(2),
        "batch_size": 4,
        **changed,
    }
    return Trainer(**fields, seeds=2)


def steep(now):
    """A gradient penalty whose root has no slope where D is flat."""
    with tf.GradientTape() as tape:
        tape.watch(now.real)
        outputs = now.discriminate(now.real)
    slopes = tape.gradient(outputs, now.real)
    length = tf.sqrt(tf.reduce_sum(tf.square(slopes), -1))
    return tf.reduce_mean(tf.square(length - 1.0), -1)


def apart(now):
    return tf.reduce_sum(tf.sqrt(now.fake - now.fake), [1, 2])


def log_of_logits(fake):
    return tf.reduce_mean(tf.math.log(fake - 100.0), -1)


def reciprocal(x, now):
    return x / (x - x)


def flat():
    zero = layers.Dense(4, "relu", kernel_initializer="zeros")
    return keras.Sequential([keras.Input((2,)), zero, layers.Dense(1)])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"added": Added(steep), "discriminator": flat()}, r"the slope of added\[0\] \(steep\)"),
        ({"added": Added(apart, to="g")}, r"the slope of added\[0\] \(apart\)"),
        (
            {"losses": losses.nonsaturating._replace(generator=log_of_logits)},
            r"losses.generator \(log_of_logits\)",
        ),
        ({"shown": Shown(reciprocal)}, "what D is shown"),
        (
            {"added": [Added(lambda now: tf.zeros(2)), Added(steep)], "discriminator": flat()},
            r"the slope of added\[1\] \(steep\)",
        ),
    ],
)
def test_the_first_part_that_was_not_finite_is_named(fields, told):
    one = trainer(**fields)
    with pytest.raises(TrainingFailed, match=f"the first thing that was not finite was {told}$"):
        one.advance(5)


def test_where_weights_have_grown_the_rate_is_named():
    one = trainer(d_optimizer=keras.optimizers.SGD(1e6), losses=losses.least_squares)
    with pytest.raises(TrainingFailed, match="too large a learning rate: up to 1e"):
        one.advance(50)


def undefined(*_, **__):
    return nobody_has_made_this  # noqa: F821


def misshapen(now):
    return tf.reshape(now.real, (3, 5, 7))


def test_a_step_of_g_alone_and_what_cannot_be_looked_at_fail_as_ever():
    with pytest.raises(TrainingFailed, match="too large a learning rate"):
        trainer(added=Added(apart, to="g")).g_step()

    def in_graphs_only(now):
        assert not tf.executing_eagerly()
        return apart(now)

    with pytest.raises(TrainingFailed, match="too large a learning rate"):
        trainer(added=Added(in_graphs_only, to="g")).advance(5)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"added": Added(undefined)}, r"added\[0\] \(undefined\) fails: NameError: name 'nobody"),
        ({"added": Added(misshapen)}, r"added\[0\] \(misshapen\) fails: .*reshape"),
        ({"shown": Shown(undefined)}, r"shown\[0\] \(undefined\) fails: NameError"),
        ({"shown": packing(2), "discriminator": mlp((4, 1)), "batch_size": 5}, "batch_size=5"),
        ({"shown": packing(2), "discriminator": mlp((2, 1))}, "size 4, made by `shown`"),
        (
            {"losses": losses.nonsaturating._replace(generator=lambda real, fake: fake - real)},
            "losses.generator .*real logits come with relative=True alone",
        ),
        (
            {"losses": losses.nonsaturating._replace(discriminator=lambda fake: fake)},
            r"losses.discriminator \(a lambda in line \d+\) fails: TypeError",
        ),
        ({"replaced": Replaced(after_step=undefined)}, r"replaced \(undefined\) fails: NameError"),
        (
            {"losses": losses.nonsaturating._replace(generator=lambda fake: 0.0 * _unique(fake))},
            "the loss has no slope, for it goes through an operation without: .*Unique",
        ),
    ],
)
def test_what_a_function_raises_is_one_line_that_names_it(fields, told):
    with pytest.raises(ValueError, match=told) as info:
        trainer(**fields).advance(1)
    assert "\n" not in str(info.value)


def _unique(fake):
    return tf.reduce_sum(tf.unique(tf.reshape(fake, [-1]))[0]) * tf.ones(2)


def test_the_loss_of_a_pretraining_too():
    with pytest.raises(ValueError, match=r"loss \(undefined\) fails: NameError"):
        pretrain(mlp((2, 1)), data.ring(), lambda x: x[..., 0], loss=undefined, seeds=2, steps=1)


def test_looking_for_the_cause_leaves_finite_members_alone():
    one, other = trainer(), trainer()
    one.advance(3)
    other.advance(3)
    for a, b in zip(one.weights("g"), other.weights("g"), strict=True):
        np.testing.assert_array_equal(a, b)
