"""Initial weights drawn for all members at once, against those that Keras draws one by one."""

import numpy as np
import pytest
from scipy import stats

from ganlab.backend import keras
from ganlab.initial import QUANTILES, initial_weights
from ganlab.models import build
from ganlab.networks import mlp

KERAS = keras.initializers
SEEDS = range(40)

STOCK = {
    "RandomNormal": KERAS.RandomNormal(0.5, 2.0),
    "RandomUniform": KERAS.RandomUniform(-0.2, 0.7),
    "TruncatedNormal": KERAS.TruncatedNormal(-0.3, 0.4),
    "VarianceScaling, in, truncated": KERAS.VarianceScaling(2.5, "fan_in", "truncated_normal"),
    "VarianceScaling, out, uniform": KERAS.VarianceScaling(0.5, "fan_out", "uniform"),
    "VarianceScaling, mean, normal": KERAS.VarianceScaling(3.0, "fan_avg", "untruncated_normal"),
    **{
        name + kind: getattr(KERAS, name + kind)()
        for name in ("Glorot", "He", "Lecun")
        for kind in ("Normal", "Uniform")
    },
}


class Weight(keras.layers.Layer):
    """A layer with one weight of any shape, (batch, 2) -> (batch, 2)."""

    def __init__(self, shape, initializer):
        super().__init__()
        self.shape = shape
        self.kernel_initializer = initializer

    def build(self, _):
        self.kernel = self.add_weight(
            shape=self.shape, initializer=self.kernel_initializer, name="kernel"
        )

    def call(self, x):
        return x

    def get_config(self):
        return {"shape": self.shape, "initializer": self.kernel_initializer}


def drawn(initializer, shape, seeds=SEEDS):
    model = keras.Sequential([keras.Input((2,)), Weight(shape, initializer)])
    build(model, 2, "model")
    return initial_weights(model, seeds, 0)[0]


def test_every_initializer_drawn_here_is_tried():
    assert {type(initializer) for initializer in STOCK.values()} == set(QUANTILES)


@pytest.mark.parametrize("shape", [(150,), (9, 16), (3, 4, 12), (2, 3, 4, 6)], ids=str)
@pytest.mark.parametrize("name", STOCK)
def test_they_have_the_distribution_that_keras_has(name, shape):
    kind, config = type(STOCK[name]), STOCK[name].get_config()
    ours = drawn(STOCK[name], shape)
    theirs = np.stack(
        [np.asarray(kind.from_config({**config, "seed": k})(shape)) for k in range(len(SEEDS))]
    )
    assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    assert stats.ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-3
    # The tails, where a wrong cut would show, within five standard errors of a difference.
    assert ours.std() == pytest.approx(theirs.std(), rel=5 / np.sqrt(ours.size))
    if "Uniform" in name or "uniform" in name or "runcated" in name:
        for end in (np.min, np.max):
            assert end(ours) == pytest.approx(end(theirs), abs=0.03 * float(np.ptp(theirs)))


def test_bounds_are_exact():
    uniform = drawn(KERAS.GlorotUniform(), (40, 60), range(20))
    limit = np.sqrt(6 / (40 + 60))
    assert 0.9999 * limit < np.abs(uniform).max() <= limit * (1 + 1e-6)
    cut = drawn(KERAS.TruncatedNormal(0.0, 0.5), (40, 60), range(20))
    assert 0.995 < np.abs(cut).max() <= 1.0 + 1e-6
    assert cut.std() == pytest.approx(0.5 * 0.87962566, rel=0.01)


def test_a_member_has_the_same_numbers_in_any_company():
    model = mlp((2, 5, 3, 1), kernel=KERAS.HeNormal())
    build(model, 2, "model")
    many = initial_weights(model, [4, 9, 4, 0], 1)
    for member, seed in enumerate([4, 9, 4, 0]):
        for all_of_them, alone in zip(many, initial_weights(model, [seed], 1), strict=True):
            np.testing.assert_array_equal(all_of_them[member], alone[0])


def test_no_two_numbers_are_alike():
    """Over members, networks and weights, whatever their shapes."""
    model = mlp((4, 4, 4, 1), kernel=KERAS.RandomNormal())
    build(model, 4, "model")
    found = [
        values.ravel()
        for network in (0, 1)
        for values in initial_weights(model, range(5), network)
        if values.any()  # biases start at 0
    ]
    found = np.concatenate(found)
    assert len(found) == 2 * 5 * 36
    assert len(np.unique(found)) > 0.99 * len(found)


def test_other_initializers_are_asked_themselves():
    orthogonal = drawn(KERAS.Orthogonal(), (6, 6), range(3))
    for matrix in orthogonal:
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(6), atol=1e-5)
    assert not np.allclose(orthogonal[0], orthogonal[1])

    class Doubled(KERAS.RandomNormal):
        def __call__(self, shape, dtype=None):
            return 2.0 * super().__call__(shape, dtype)

    assert drawn(Doubled(stddev=1.0), (50, 50), range(8)).std() == pytest.approx(2.0, rel=0.05)
    np.testing.assert_array_equal(drawn(KERAS.Constant(0.25), (3,), range(2)), 0.25)
    np.testing.assert_array_equal(drawn(KERAS.Identity(), (2, 2), range(2)), [np.eye(2)] * 2)
