"""Functions of the reader's that draw, that have no slope, or that count the seeds are found."""

import random

import numpy as np
import pytest

from ganlab import data, latent, losses, own
from ganlab.backend import keras, tf
from ganlab.gan import Added, Replaced, Shown
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.techniques import gradient_penalty, instance_noise, packing, spectral_normalisation
from ganlab.training import Trainer
from ganlab.vae import VaeTrainer, gaussian

pytestmark = pytest.mark.rest

SEEDS = 3
NORMAL = gaussian(0.1).log_probability


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    own.say.cache_clear()  # what is told once has not been told yet


def mean(x):
    return tf.reduce_mean(x, axis=-1)


def trainer(seeds=SEEDS, **changed):
    fields = {
        "generator": mlp((2, 3, 2), "tanh"),
        "discriminator": mlp((2, 4, 1), "tanh"),
        "real": data.ring(),
        "latent": latent.Gaussian(2),
        **changed,
    }
    return Trainer(**fields, seeds=seeds, batch_size=4)


def of_losses(**changed):
    return {"losses": losses.nonsaturating._replace(**changed)}


def pretrained(loss, target=lambda x: x[..., 0] > 0):
    fields = {"loss": loss, "seeds": SEEDS, "batch_size": 4, "steps": 1}
    return pretrain(mlp((1, 4, 1)), data.Uniform(-1.0, 1.0), target, **fields)


def autoencoders(**changed):
    fields = {"latent_dim": 2, "likelihood": gaussian(0.1)._replace(**changed), "seeds": SEEDS}
    return VaeTrainer(mlp((2, 4, 4)), mlp((2, 4, 2)), data.ring(), **fields, batch_size=4)


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


# What counts the seeds --------------------------------------------------------------------------


def seeds_in(x):
    return tf.cast(tf.shape(x)[0], tf.float32)


@tf.custom_gradient
def shared_slope(logits):
    return mean(logits), lambda slope: slope[:, None] / seeds_in(logits) + 0.0 * logits


COUNTING = {
    "losses.generator": of_losses(generator=lambda f: -mean(f) / seeds_in(f)),
    "losses.discriminator": of_losses(
        discriminator=lambda r, f: tf.reduce_sum(f - r, -1) / tf.cast(tf.size(f), tf.float32)
    ),
    "losses.generator, its slope alone": of_losses(generator=shared_slope),
    "added": {"added": Added(lambda now: mean(now.discriminate(now.real) ** 2) / now.z.shape[0])},
    "added to G": {
        "added": Added(lambda now: mean(mean(now.fake**2)) / seeds_in(now.fake), to="g"),
    },
    "shown": {"shown": Shown(lambda x, now: x / x.shape[0])},
    "replaced": {"replaced": Replaced(in_use=lambda w, kept: [x / x.shape[0] for x in w])},
    "replaced after": {"replaced": Replaced(after_step=lambda w: [x / x.shape[0] for x in w])},
}


@pytest.mark.parametrize("who", COUNTING)
def test_a_function_that_counts_the_seeds_is_refused(who):
    where = who.partition(",")[0].partition(" ")[0]
    with refused(rf"the members are mixed: {where}\S* \(.*\) gives a seed other numbers among"):
        trainer(**COUNTING[who]).advance(1)


def test_so_it_is_in_pretraining_and_in_autoencoders():
    with refused("the members are mixed: loss .* gives a seed other numbers among others"):
        pretrained(lambda logits, y: mean((logits - y) ** 2) / logits.shape[0])
    with refused(r"the members are mixed: likelihood.log_probability .* among others"):
        autoencoders(
            log_probability=lambda o, x, variance: NORMAL(o, x, variance) / o.shape[0]
        ).advance(1)


def test_alone_nothing_is_among_others():
    one = trainer(seeds=1, **of_losses(generator=lambda f: -mean(f) / seeds_in(f)))
    one.advance(1)


# What draws -------------------------------------------------------------------------------------


def drawn(*shape):
    return np.random.default_rng().normal(size=shape).astype("float32")


def seldom(x):
    return x * (2.0 if random.random() < 1e-12 else 1.0)


def seeded(x):
    np.random.seed(0)  # noqa: NPY002
    return x + np.random.rand()  # noqa: NPY002


DRAWING = {
    "losses.generator": of_losses(generator=lambda f: -mean(f) + np.random.rand()),  # noqa: NPY002
    "losses.discriminator": of_losses(discriminator=lambda r, f: mean((f - r) * drawn(4))),
    "losses.generator, seldom": of_losses(generator=lambda f: seldom(-mean(f))),
    "losses.generator, the same": of_losses(generator=lambda f: seeded(-mean(f))),
    "losses.generator, within": {
        "losses": losses.feature_matching("hidden_1", distance=lambda r, f: drawn(r.shape[0])),
    },
    "added": {"added": Added(lambda now: mean(now.discriminate(now.real) * drawn(4)))},
    "shown": {"shown": Shown(lambda x, now: x * drawn(1))},
    "replaced": {"replaced": Replaced(after_step=lambda w: [x * (1 - 0.1 * drawn(1)) for x in w])},
    "replaced kept": {
        "replaced": Replaced(
            start=lambda w: [np.zeros((len(w[0]), 1))], keep=lambda k, w: [k[0] + drawn(1)]
        )
    },
}


@pytest.mark.parametrize("seeds", [1, SEEDS])
@pytest.mark.parametrize("who", DRAWING)
def test_random_numbers_that_a_program_would_freeze_are_refused(who, seeds):
    where = who.partition(",")[0].partition(" ")[0]
    with refused(rf"the same random ones each time: {where}\S* \(.*\) draws numbers of its own"):
        trainer(seeds, **DRAWING[who])


def test_so_they_are_in_pretraining_and_in_autoencoders():
    with refused(r"loss \(.*\) draws numbers of its own"):
        pretrained(lambda logits, y: mean((logits - y) ** 2 * drawn(4)))
    for part in ("sample", "mean"):
        noisy = {part: lambda outputs, *given, variance: outputs + drawn(1)}
        with refused(rf"likelihood.{part} \(.*\) draws .*; wanted the noise that"):
            autoencoders(**noisy)


@pytest.mark.parametrize(
    "target",
    [
        lambda x: np.random.rand(*x.shape[:-1]),  # noqa: NPY002
        lambda x: x[..., 0] + drawn(*x.shape[:-1]),
        lambda x: np.where(np.random.default_rng().random(x.shape[:-1]) < 0.1, 1.0, 0.0),
    ],
)
def test_a_target_that_draws_is_refused(target):
    with refused(r"target \(a lambda in line \d+\) gives other numbers for the same x: wanted"):
        pretrained(losses.squared_error, target)


# What has no slope ------------------------------------------------------------------------------

FLAT = {
    "losses.generator, the generator": of_losses(generator=lambda f: mean(tf.round(f))),
    "losses.discriminator, the discriminator": of_losses(
        discriminator=lambda r, f: tf.cast(tf.argmax(r, -1), tf.float32)
    ),
    "losses.generator constant, the generator": of_losses(generator=lambda f: tf.zeros(f.shape[0])),
    "losses.generator stopped, the generator": of_losses(
        generator=lambda f: -mean(tf.stop_gradient(f))
    ),
    "losses.generator of real ones, the generator": of_losses(
        generator=lambda r, f: mean(r), relative=True
    ),
    "losses.discriminator counted, the discriminator": of_losses(
        discriminator=lambda r, f: mean(tf.cast(f > r, tf.float32))
    ),
    "added, the discriminator": {"added": Added(lambda now: mean(mean(now.real**2)))},
    "added to G, the generator": {
        "added": Added(lambda now: mean(mean(tf.round(now.fake) ** 2)), to="g")
    },
    "shown, the generator": {"shown": Shown(lambda x, now: tf.round(x))},
    "replaced, the discriminator": {
        "replaced": Replaced(in_use=lambda w, kept: [tf.sign(x) for x in w])
    },
}


@pytest.mark.parametrize("who", FLAT)
def test_what_has_no_slope_is_told_once(who):
    where, _, learner = who.partition(", ")
    where = where.partition(" ")[0]
    told = rf"\A{where}\S* \(a lambda in line \d+\) has no slope, so it teaches {learner} nothing"
    with pytest.warns(UserWarning, match=told + r"[^\n]*\Z") as seen:
        trainer(**FLAT[who])
        trainer(**FLAT[who])
    assert len(seen) == 1
    assert seen[0].filename == __file__


def test_so_it_is_in_pretraining_and_in_autoencoders_too():
    with pytest.warns(UserWarning, match="loss .* has no slope, so it teaches the discriminator"):
        pretrained(lambda logits, y: mean((tf.round(logits) - y) ** 2))
    with pytest.warns(UserWarning, match="likelihood.log_probability .* so it teaches the decoder"):
        autoencoders(log_probability=lambda o, x, variance: NORMAL(tf.round(o), x, variance))


@pytest.mark.parametrize(
    "fields",
    [
        of_losses(generator=lambda f: tf.maximum(0.0, mean(f) - 5.0)),  # flat where most logits are
        of_losses(
            generator=lambda f, weight: -mean(weight * f),
            discriminator=lambda r, f, weight: mean(f - r),
            scalars={"weight": 0.0},
        ),
        {"added": Added(lambda now: tf.nn.relu(mean(now.discriminate(now.real)) - 50.0))},
        {"shown": Shown(lambda x, now: tf.where(x > 1.0, 1.0, x))},
        {"shown": Shown(lambda x, now: x - tf.reduce_mean(x, axis=1, keepdims=True))},
        {"replaced": Replaced(in_use=lambda w, k: [x - tf.reduce_mean(x) * 0.0 for x in w])},
        {"shown": Shown(lambda x, now: x + 0.1 * now.noise, lambda rng, s: rng.normal(size=s))},
        {"added": [gradient_penalty(), Added(lambda now: mean(now.discriminate(now.fake)) ** 2)]},
        {
            "replaced": [
                spectral_normalisation(),
                Replaced(after_step=lambda w: [0.9 * x for x in w]),
            ]
        },
        {
            "shown": [instance_noise(0.1), packing(2), Shown(lambda x, now: 2.0 * x)],
            "discriminator": mlp((4, 3, 1)),
        },
        {
            "losses": losses.feature_matching(
                "hidden_1", distance=lambda r, f: mean(mean(r - f)) ** 2
            )
        },
    ],
)
@pytest.mark.parametrize("seeds", [1, SEEDS])
def test_what_is_right_is_taken_without_a_word(fields, seeds):
    trainer(seeds, **fields).advance(2)


def test_numbers_of_ones_own_for_each_seed_are_taken():
    weights = tf.constant(np.arange(1.0, SEEDS + 1), tf.float32)
    trainer(**of_losses(generator=lambda f: -weights * mean(f))).advance(1)


def test_trying_leaves_random_numbers_where_they_were():
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    trainer(**of_losses(generator=lambda f: -mean(f))).advance(1)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_ganlabs_own_functions_cost_no_trial(monkeypatch):
    monkeypatch.setattr("ganlab.trials._found", None)
    trainer(added=gradient_penalty(), shown=instance_noise(0.1)).advance(1)


# What a function gives --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda x: tf.cast(x, tf.float64), "gives float64: wanted float32, by tf.cast say"),
        (lambda x: tf.cast(x, tf.int32), "gives int32: wanted float32"),
        (lambda x: tf.cast(x, tf.complex64), "gives complex64: wanted float32"),
        (lambda x: [x], "gives a list of 1: wanted one tensor of float32"),
        (lambda x: (x, x), "gives a tuple of 2: wanted one tensor of float32"),
        (lambda x: {"loss": x}, "gives a dict of 1: wanted one tensor of float32"),
        (lambda x: "loss", "gives a str: wanted one tensor of float32"),
    ],
)
@pytest.mark.parametrize("where", ["losses.generator", "losses.discriminator", "added", "shown"])
@pytest.mark.filterwarnings("ignore:.* has no slope")
def test_another_kind_of_numbers_is_refused_by_name(where, change, told):
    fields = {
        "losses.generator": of_losses(generator=lambda f: change(-mean(f))),
        "losses.discriminator": of_losses(discriminator=lambda r, f: change(mean(f - r))),
        "added": {"added": Added(lambda now: change(mean(now.discriminate(now.real))))},
        "shown": {"shown": Shown(lambda x, now: change(x))},
    }
    with refused(rf"{where}\S* \(a lambda in line \d+\) {told}"):
        trainer(**fields[where]).advance(1)


@pytest.mark.parametrize("part", ["log_probability", "mean", "sample"])
def test_a_likelihood_that_raises_or_gives_something_else_is_named(part):
    def raising(*given, **named):
        raise KeyError("no such\nthing")

    for wrong, told in (
        (raising, r"\(raising\) fails: KeyError"),
        (lambda *given, **named: [given[0]], r"\(a lambda .*\) gives a list of 1"),
        (lambda *given, **named: tf.cast(given[0], tf.float64), r"\(a lambda .*\) gives float64"),
    ):
        with refused(rf"likelihood.{part} {told}"):
            one = autoencoders(**{part: wrong})
            one.record()
            one.run().reconstruct(np.zeros((2, 2)))


# What G cannot reach ----------------------------------------------------------------------------


def squeezed(ending, size=2):
    return mlp((2, 3, size), "tanh", ending)


class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2.0 * keras.ops.tanh(x)


def lambda_ended():
    parts = [keras.layers.Dense(2), keras.layers.Lambda(lambda x: keras.ops.sigmoid(x))]
    return keras.Sequential([keras.Input((2,)), *parts])


@pytest.mark.parametrize(
    ("make", "real", "told"),
    [
        (lambda: squeezed("tanh", 1), data.Gaussian(4.0, 0.5), "never above 1 .* 100% of the data"),
        (lambda: squeezed("sigmoid"), data.ring(), "between 0 and 1 in column ., counted from 0,"),
        (lambda: squeezed("relu"), data.ring(), "never below 0 in column ., counted from 0,"),
        (lambda: squeezed("softplus"), data.ring(), "never below 0"),
        (lambda_ended, data.ring(), "between 0 and 1"),
        (
            lambda: keras.Sequential([keras.Input((2,)), keras.layers.Dense(1), Doubled()]),
            np.random.default_rng(0).normal(0.0, 9.0, (99, 1)),
            "between -2 and 2",
        ),
    ],
)
def test_a_generator_that_cannot_reach_the_data_is_told_once(make, real, told):
    size = 1 if make().output_shape[-1] == 1 else 2
    with pytest.warns(UserWarning, match=rf"\Agenerator gives numbers {told}[^\n]*\Z") as seen:
        trainer(generator=make(), real=real, discriminator=mlp((size, 1)))
        trainer(generator=make(), real=real, discriminator=mlp((size, 1)))
    assert len(seen) == 1


def test_so_is_a_decoder():
    decoder = mlp((2, 4, 2), "tanh", "sigmoid")
    with pytest.warns(UserWarning, match="decoder gives numbers between 0 and 1"):
        VaeTrainer(
            mlp((2, 4, 4)),
            decoder,
            data.ring(),
            latent_dim=2,
            likelihood=gaussian([0.1, 1.0] * 2),
            seeds=4,
        )


PICTURES = np.random.default_rng(0).random((50, 6))


@pytest.mark.parametrize(
    ("generator", "real"),
    [
        (lambda: squeezed("sigmoid", 6), PICTURES),
        (lambda: squeezed("tanh", 6), 2.0 * PICTURES - 1.0),
        (lambda: squeezed("relu", 6), 200.0 * PICTURES),
        (lambda: squeezed("sigmoid", 6), np.round(PICTURES)),
        (lambda: squeezed(None, 6), 1e6 * (PICTURES - 0.5)),
        (lambda: squeezed("leaky_relu", 1), data.Gaussian(-9.0, 4.0)),
        (lambda: squeezed("tanh", 1), data.Gaussian(0.0, 0.3)),  # a tail of 1 in 1,000
        (lambda: squeezed(None, 1), data.Gaussian(4.0, 0.5)),
    ],
)
@pytest.mark.filterwarnings("ignore:the data is far from")
def test_one_that_can_is_not(generator, real):
    size = generator().output_shape[-1]
    trainer(generator=generator(), real=real, discriminator=mlp((size, 1)))
