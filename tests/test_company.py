"""A D that looks along its batch is known by what it does, and asked by batches of its training."""

import json

import numpy as np
import pytest
from scipy.special import expit

from ganlab import company, data, latent, layers
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble
from ganlab.gan import Shown
from ganlab.initial import initial_weights
from ganlab.models import build
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.runs import RECORDS, Run
from ganlab.techniques import instance_noise, packing
from ganlab.training import Trainer

pytestmark = pytest.mark.rest

SEEDS = (7, 3, 8)


class Centred(keras.Model):
    """A model of one's own, which looks at the mean of its batch."""

    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.hidden, self.out = keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)

    def call(self, x):
        h = self.hidden(x)
        return self.out(h - tf.reduce_mean(h, axis=0, keepdims=True))


class Alone(Centred):
    """The same without the look."""

    def call(self, x):
        return self.out(self.hidden(x))


class Gated(keras.layers.Layer):
    """Looks at the batch by a weight that begins as 0."""

    def build(self, shape):
        self.gate = self.add_weight(shape=(1,), initializer="zeros")

    def call(self, x):
        return x + tf.sqrt(tf.abs(self.gate)) * tf.reduce_mean(x, axis=0, keepdims=True)


class Doubled(keras.layers.Layer):
    """A layer of one's own, which is mapped over the members and looks at each sample alone."""

    def call(self, x):
        return 2 * tf.sort(x, axis=-1)


def stack(*parts, inputs=1):
    return keras.Sequential([keras.Input((inputs,)), *parts, keras.layers.Dense(1)])


def less_the_mean(x):
    return x - tf.reduce_mean(x, axis=0)


def nearly_alone(x):
    return x - 1e-5 * tf.reduce_mean(x, axis=0)


def shown_what_came_before(x):
    return tf.cumsum(x, axis=0)


def in_twos(x):
    groups = tf.reshape(x, (2, -1, x.shape[-1]))
    return tf.reshape(groups - tf.reduce_mean(groups, axis=0), (-1, x.shape[-1]))


LOOKING = {
    "minibatch discrimination": lambda: mlp((1, 4, MinibatchDiscrimination(3, 2), 1), "tanh"),
    "a Lambda": lambda: stack(keras.layers.Lambda(less_the_mean)),
    "a subclass": Centred,
}
BY_BATCH = LOOKING | {
    "one neighbour": lambda: mlp((1, MinibatchDiscrimination(2, 2, neighbours=1), 1), "tanh"),
    "a gate that is shut": lambda: stack(Gated()),
    "what came before": lambda: stack(keras.layers.Lambda(shown_what_came_before)),
    "twos": lambda: stack(keras.layers.Lambda(in_twos)),
}
SINGLE = {
    "dense": lambda: mlp((1, 4, 1), "tanh"),
    "wide": lambda: mlp((1, 200, 200, 1), "relu"),
    "deep": lambda: mlp((1, *[50] * 6, 1), "leaky_relu"),
    "patches": lambda: mlp((1, 4, 3), "tanh"),
    "a layer of one's own": lambda: stack(keras.layers.Dense(3), Doubled()),
    "a subclass": Alone,
}


def ensemble(model, inputs=1, stream=0):
    build(model, inputs, "model")
    return Ensemble(model, SEEDS, initial_weights(model, SEEDS, stream))


def a_run(discriminator, d_batch_size=4, inputs=1):
    rng = np.random.default_rng(0)
    records = {name: rng.normal(size=(2, 3)) for name in RECORDS}
    records |= {"steps": [0, 10], "samples": rng.normal(size=(2, 3, 5, 1))}
    networks = ensemble(mlp((2, 4, 1)), 2), ensemble(discriminator, inputs, 1)
    return Run(records, SEEDS, {}, *networks, latent.Gaussian(2), tf.sigmoid, d_batch_size)


def points(n, dim=1):
    return np.random.default_rng(5).normal(size=(n, dim)).astype("float32")


def refused(message):
    return pytest.raises(ValueError, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


@pytest.fixture
def calls(monkeypatch):
    """How many samples each call of an ensemble was given."""
    seen, usual = [], Ensemble.__call__

    def counted(self, x):
        seen.append(np.shape(x)[-2])
        return usual(self, x)

    monkeypatch.setattr(Ensemble, "__call__", counted)
    return seen


# Whether it looks


@pytest.mark.parametrize("kind", BY_BATCH)
def test_what_looks_along_the_batch_is_found(kind):
    assert company.looks_along_batch(ensemble(BY_BATCH[kind]()))


@pytest.mark.parametrize("kind", SINGLE)
def test_what_looks_at_each_sample_alone_is_found(kind):
    assert not company.looks_along_batch(ensemble(SINGLE[kind]()))


def test_it_is_tried_once_for_a_model_whatever_its_members_have_learned(monkeypatch):
    tried, usual = [], company._alone_and_among
    monkeypatch.setattr(
        company, "_alone_and_among", lambda given: tried.append(given) or usual(given)
    )
    model = LOOKING["minibatch discrimination"]()
    blind = ensemble(model)
    blind.weights[-2][:, 4:] = 0  # the last layer's weights of what the layer says of the batch
    others = Ensemble(model, (1,), initial_weights(model, (1,), 0))
    assert company.looks_along_batch(blind)
    assert company.looks_along_batch(others)
    assert tried == [blind]
    assert company.looks_along_batch(ensemble(LOOKING["minibatch discrimination"]()))
    assert len(tried) == 2


def test_rounding_is_not_taken_for_a_look():
    """Large numbers that nearly cancel: other orders of summing would give another difference."""
    great = ensemble(SINGLE["wide"]())
    for weight in great.weights:
        weight *= 1e4
    great.weights[-2] -= great.weights[-2].mean(axis=1, keepdims=True)
    assert not company.looks_along_batch(great)


def test_a_faint_look_is_found():
    faint = keras.layers.Lambda(nearly_alone)
    assert company.looks_along_batch(ensemble(stack(faint)))


def test_members_that_are_not_finite_say_nothing():
    broken = [ensemble(make()) for make in (SINGLE["dense"], BY_BATCH["a subclass"])]
    for each in broken:
        each.weights[0][:] = np.nan
    assert [company.looks_along_batch(each) for each in broken] == [False, True]


# How it is asked


@pytest.mark.parametrize("kind", LOOKING)
@pytest.mark.parametrize("n", [10, 8, 3, 1])
def test_a_score_is_that_of_a_batch_of_the_training(kind, n):
    run, x = a_run(LOOKING[kind]()), points(n)
    wanted = np.empty((3, n))
    for member in range(3):
        judge = run.discriminator(member=member)
        for i in range(n):
            first = i - i % 4
            batch = x[[j % n for j in range(first, first + 4)]]
            wanted[member, i] = expit(np.asarray(judge(batch))[i - first, 0])
    np.testing.assert_allclose(run.discriminate(x), wanted, rtol=1e-4)
    np.testing.assert_array_equal(run.discriminate(x[:, 0]), run.discriminate(x))
    if n == 10:  # and the company counts
        alone = expit(run.discriminators(x)[..., 0])
        assert np.abs(alone - wanted).max() > 0.01


@pytest.mark.parametrize("kind", SINGLE)
def test_a_d_of_single_samples_gives_the_same_bits_in_one_go(kind, calls):
    run, x = a_run(SINGLE[kind]()), points(1000)
    found = run.discriminate(x)
    assert calls == [1000]
    logits = run.discriminators(x)
    if logits.shape[-1] == 1:
        np.testing.assert_array_equal(found, np.asarray(tf.sigmoid(logits[..., 0])))
    else:
        np.testing.assert_array_equal(found, np.asarray(tf.sigmoid(logits)).mean(axis=-1))


def test_ten_thousand_points_are_never_compared_all_with_all(monkeypatch):
    compared, usual = [], layers._closeness

    def counted(m, near):
        def note(m, near):
            compared.append((m[-1], *near))

        tf.py_function(note, [tf.shape(m), tf.shape(near)], [])
        return usual(m, near)

    monkeypatch.setattr(layers, "_closeness", counted)
    # Of a structure that no other test has, whose graph would be traced already.
    run = a_run(mlp((1, 3, MinibatchDiscrimination(2, 5), 1)), d_batch_size=100)
    company.looks_along_batch(run.discriminators)
    compared.clear()
    assert run.discriminate(points(10_000)).shape == (3, 10_000)
    assert np.array_equal(compared, [[100, 100, 100]] * 100)


def test_no_points_have_no_scores():
    for make in (LOOKING["a Lambda"], SINGLE["dense"]):
        assert a_run(make()).discriminate(np.zeros((0, 1))).shape == (3, 0)


@pytest.mark.parametrize("wrong", [0, -4, 2.5])
def test_a_size_that_is_none_is_refused(wrong):
    with refused("d_batch_size"):
        a_run(LOOKING["a Lambda"](), wrong).discriminate(points(4))


# Who knows the size


@pytest.mark.parametrize(
    ("shown", "inputs", "wanted"),
    [
        (None, 1, 6),
        (packing(2), 2, 3),
        (Shown(together=True), 1, 12),
        ([instance_noise(0.1), packing(3), Shown(together=True)], 3, 4),
    ],
)
def test_a_trainer_tells_how_many_its_d_sees_at_once(shown, inputs, wanted):
    seen = []

    class Noted(keras.layers.Layer):
        def call(self, x):
            seen.append(x.shape[0])
            return x

        def call_stacked(self, weights, x):
            seen.append(x.shape[1])
            return x

    d = stack(Noted(), MinibatchDiscrimination(2, 2), inputs=inputs)
    one = Trainer(
        mlp((2, 1)), d, data.Gaussian(), latent.Gaussian(2), seeds=2, batch_size=6, shown=shown
    )
    seen.clear()
    one.d_step()
    assert set(seen) == {wanted}
    run = one.run()
    assert run.d_batch_size == wanted
    x = points(13, inputs)
    scores = run.discriminate(x)
    judge = run.discriminator(member=1)
    np.testing.assert_allclose(scores[1, :wanted], expit(judge(x[:wanted]))[:, 0], rtol=1e-4)
    if inputs > 1:
        with refused(rf"x has shape \(13, 1\): wanted \(n, {inputs}\)"):
            run.discriminate(points(13))


def test_the_size_is_saved(tmp_path):
    run, x = a_run(LOOKING["minibatch discrimination"](), np.int64(4)), points(10)
    run.save(tmp_path / "run.npz")
    again = Run.load(tmp_path / "run.npz")
    assert again.d_batch_size == 4
    np.testing.assert_array_equal(again.discriminate(x), run.discriminate(x))
    again.save(tmp_path / "again.npz")
    assert Run.load(tmp_path / "again.npz").d_batch_size == 4


@pytest.mark.parametrize("kept", ["nothing", "None"])
def test_a_file_from_before_is_asked_as_before(tmp_path, kept):
    run, x = a_run(LOOKING["minibatch discrimination"](), None), points(10)
    run.save(tmp_path / "run.npz")
    if kept == "nothing":
        with np.load(tmp_path / "run.npz") as file:
            arrays = dict(file)
        about = json.loads(str(arrays["about"]))
        del about["d_batch_size"]
        np.savez(tmp_path / "run.npz", **arrays | {"about": json.dumps(about)})
    old = Run.load(tmp_path / "run.npz")
    assert old.d_batch_size is None
    logits = old.discriminators(x)[..., 0]
    np.testing.assert_array_equal(old.discriminate(x), np.asarray(tf.sigmoid(logits)))
    most = int((2**24 / 3) ** 0.5)
    with refused(f"x holds 10000 samples .*: wanted at most {most}, or run.d_batch_size"):
        old.discriminate(points(10_000))
    assert a_run(SINGLE["dense"](), None).discriminate(points(10_000)).shape == (3, 10_000)
    old.d_batch_size = 4
    wanted = a_run(LOOKING["minibatch discrimination"](), 4).discriminate(x)
    np.testing.assert_allclose(old.discriminate(x), wanted, rtol=1e-5)
