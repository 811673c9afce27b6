"""Generators asked backwards: against least squares, where there is a closed form."""

from types import SimpleNamespace

import numpy as np
import pytest

from ganlab import inversion, latent
from ganlab.backend import keras
from ganlab.ensemble import Ensemble
from ganlab.layers import MinibatchDiscrimination
from ganlab.networks import mlp


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture
def linear():
    """Generators 2 to 4 that are linear, and a D whose features are x itself, twice."""
    G = Ensemble.of(mlp((2, 4)), (5, 6))
    G.weights = [rng(1).normal(size=(2, 2, 4)), rng(2).normal(size=(2, 4))]
    G.weights = [weight.astype("float32") for weight in G.weights]
    D = Ensemble.of(keras.Sequential([keras.Input((4,)), keras.layers.Rescaling(2.0)]), (5, 6))
    D.model.add(keras.layers.Dense(1))
    D = Ensemble.of(D.model, (5, 6))
    return SimpleNamespace(
        generators=G, discriminators=D, latent=latent.Gaussian(2), seeds=[5, 6], failed={}
    )


def test_what_is_nearest_to_a_linear_generator_is_that_of_least_squares(linear):
    x = rng(3).normal(size=(7, 4))
    found = inversion.invert(linear, x, steps=800)
    for k in range(2):
        kernel, bias = (weight[k] for weight in linear.generators.weights)
        z = np.linalg.lstsq(kernel.T, (x - bias).T, rcond=None)[0].T
        away = np.mean((z @ kernel + bias - x) ** 2, axis=1)
        np.testing.assert_allclose(found.z[k], z, atol=2e-3)
        np.testing.assert_allclose(found.away[k], away, rtol=1e-4)
        np.testing.assert_allclose(found.features[k], 4 * away, rtol=1e-4)
        np.testing.assert_allclose(found.made[k], z @ kernel + bias, atol=1e-2)


def test_features_may_decide_where_pixels_say_nothing(linear):
    """With a D that sees the first number alone, a large weight brings that number nearest."""
    D = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1), keras.layers.Dense(1)])
    D.layers[0].set_weights([np.eye(4, 1), np.zeros(1)])
    linear.discriminators = Ensemble.of(D, (5, 6))
    x = rng(3).normal(size=(7, 4))
    none, much = (inversion.invert(linear, x, steps=800, weight=w) for w in (0.0, 1000.0))
    assert (much.away >= none.away - 1e-4).all() and much.features.max() < 1e-3
    np.testing.assert_allclose(none.features, (none.made[..., 0] - x[:, 0]) ** 2, rtol=1e-4)


def test_failed_members_are_nan_and_other_shapes_are_refused(linear):
    linear.failed = {1: 40}
    found = inversion.invert(linear, np.zeros((3, 4)), steps=2)
    assert all(np.isnan(part[1]).all() and np.isfinite(part[0]).all() for part in found)
    for x in (np.zeros((3, 5)), np.zeros((2, 3, 4))):
        with pytest.raises(ValueError, match=r"wanted \(n, 4\)$"):
            inversion.invert(linear, x)
    with pytest.raises(ValueError, match=r"^x holds 1e\+20: wanted numbers up to 1e\+09"):
        inversion.invert(linear, np.full((3, 4), 1e20))
    with pytest.raises(ValueError, match="steps"):
        inversion.invert(linear, np.zeros((3, 4)), steps=0)
    with pytest.raises(ValueError, match="weight"):
        inversion.invert(linear, np.zeros((3, 4)), weight=-1.0)


def test_runs_that_cannot_be_asked_are_refused(linear):
    x = np.zeros((3, 4))
    for layers, told in (
        ([keras.layers.Dense(1)], "has one layer, or is no Sequential and no graph"),
        ([MinibatchDiscrimination(2, 3), keras.layers.Dense(1)], "looks along its batch: wanted"),
    ):
        D = Ensemble.of(keras.Sequential([keras.Input((4,)), *layers]), (5, 6))
        run = SimpleNamespace(**{**vars(linear), "discriminators": D})
        with pytest.raises(ValueError, match=told):
            inversion.invert(run, x, steps=2)
    linear.latent = None
    with pytest.raises(ValueError, match="run was saved with a latent of its own class"):
        inversion.invert(linear, x)


def test_without_xla_it_runs_uncompiled(linear, monkeypatch):
    monkeypatch.setattr(inversion, "xla_works", lambda: False)
    inversion.invert(linear, np.zeros((3, 4)), steps=2)
    (key,) = [key for key in inversion._by_structure if not key[-1]]
    assert not inversion._by_structure[key]._jit_compile


def test_a_discriminator_of_packs_is_refused(linear):
    dim = linear.generators.model.output_shape[-1]
    packs = Ensemble.of(mlp((2 * dim, 3, 1)), len(linear.seeds))
    run = SimpleNamespace(**{**vars(linear), "discriminators": packs})
    with pytest.raises(ValueError, match=r"takes \d+ numbers, a sample has \d: wanted one that"):
        inversion.invert(run, np.zeros((2, dim)))


def test_a_latent_in_float64_is_as_good(linear):
    class Doubles:
        dim = linear.latent.dim

        def sample(self, n, rng):
            return linear.latent.sample(n, rng).astype(np.float64)

    run = SimpleNamespace(**{**vars(linear), "latent": Doubles()})
    x = np.zeros((2, linear.generators.model.output_shape[-1]))
    one, other = (inversion.invert(each, x, steps=3) for each in (run, linear))
    np.testing.assert_array_equal(one.z, other.z)
