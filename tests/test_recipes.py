"""The named settings: what they train is what the sources' code says."""

import numpy as np
import pytest

from ganlab import recipes
from ganlab.backend import keras
from ganlab.data import points
from ganlab.ensemble import Ensemble
from ganlab.gan import Gan
from ganlab.networks import MinibatchDiscrimination
from ganlab.recipes import RECIPES
from ganlab.training import Trainer, train


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def sizes(model):
    return [(*v.shape,) for v in model.trainable_variables if len(v.shape) == 2]


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_trains(name):
    run = RECIPES[name]().train(seeds=2, steps=3, records=1)
    assert np.isfinite(run.samples).all()
    assert run.steps[-1] == 3


def test_a_recipe_is_the_training_written_out():
    run = recipes.ours_after_03().train(seeds=3, steps=5, records=1)
    gan = recipes.ours_after_03().gan
    adam = keras.optimizers.Adam(2e-3, beta_1=0.5)
    again = train(
        gan.generator,
        gan.discriminator,
        gan.real,
        gan.latent,
        steps=5,
        seeds=3,
        batch_size=64,
        d_optimizer=adam,
        g_optimizer=adam,
        records=1,
    )
    np.testing.assert_array_equal(run.samples, again.samples)


@pytest.mark.parametrize(
    ("name", "generator", "discriminator", "batch", "steps"),
    [
        ("aylien2016 (2016)", [(1, 4), (4, 1)], [(1, 8), (8, 8), (8, 8), (8, 1)], 12, 1200),
        ("aylien2016 (2017)", [(1, 4), (4, 1)], [(1, 8), (8, 8), (8, 8), (8, 1)], 8, 5000),
        (
            "perspective2016",
            [(1, 10), (10, 10), (10, 1)],
            [(1, 10), (10, 10), (10, 1)],
            200,
            10_000,
        ),
        (
            "deletang2018",
            [(15, 50), (50, 50), (50, 50), (50, 50), (50, 2)],
            [(2, 100), (100, 50), (50, 50), (50, 1)],
            500,
            20_000,
        ),
        ("module", [(10, 64), (64, 32), (32, 2)], [(2, 32), (32, 16), (16, 1)], 64, 5000),
    ],
)
def test_sizes_are_those_of_the_sources(name, generator, discriminator, batch, steps):
    recipe = RECIPES[name]()
    assert sizes(recipe.gan.generator) == generator
    assert sizes(recipe.gan.discriminator) == discriminator
    assert (recipe.batch_size, recipe.steps) == (batch, steps)


@pytest.mark.parametrize("make", [recipes.aylien2016_first, recipes.aylien2016_last])
def test_minibatch_discrimination_takes_the_place_of_the_last_hidden_layer(make):
    layers = make(minibatch=True).gan.discriminator.layers
    assert [isinstance(layer, MinibatchDiscrimination) for layer in layers] == [0, 0, 1, 0]
    assert layers[2].kernel_initializer.stddev == 0.02
    assert make().gan.discriminator.layers[2].units == 8


def test_the_rate_of_the_first_code_is_lower_with_minibatch_discrimination():
    for minibatch, rate in ((False, 0.03), (True, 0.005)):
        recipe = recipes.aylien2016_first(minibatch)
        for optimizer in (recipe.gan.d_optimizer, recipe.pretraining["optimizer"]):
            schedule = optimizer._learning_rate
            falls = [float(schedule(step)) for step in (0, 149, 150)]
            np.testing.assert_allclose(falls, [rate, rate, 0.95 * rate], rtol=1e-6)


def test_pretraining_is_part_of_the_recipe(monkeypatch):
    seen = []

    def noted(gan, **given):
        seen.append((gan, given))

    monkeypatch.setattr(recipes, "train_gan", noted)
    recipe = recipes.perspective2016()
    recipe.train(seeds=[4, 5], records=3)
    ((gan, given),) = seen
    assert isinstance(gan, Gan) and isinstance(gan.discriminator, Ensemble)
    assert gan.discriminator.seeds == (4, 5)
    assert given == {"seeds": [4, 5], "batch_size": 200, "steps": 10_000, "records": 3}
    recipes.module().train()
    assert isinstance(seen[1][0].discriminator, keras.Model)


def test_deletang2018_has_several_targets():
    two = points(-1.0, 1.0, std=0.1)
    assert recipes.deletang2018(two).gan.real is two


@pytest.mark.parametrize(
    ("name", "d_rate", "g_rate", "d_hidden"),
    [
        ("ours on four points", 1e-3, 1e-3, [16, 16]),
        ("chasing", 1e-3, 3e-2, [16, 16]),
        ("collapsing", 1e-2, 3e-2, [16, 16]),
        ("D too strong", 1e-2, 1e-4, [16, 16]),
        ("G too strong", 3e-4, 3e-3, [8]),
    ],
)
def test_what_goes_wrong_is_four_points_with_other_rates_or_a_smaller_d(
    name, d_rate, g_rate, d_hidden
):
    recipe = RECIPES[name]()
    assert recipe.gan.real.modes.tolist() == [[1, 0], [0, 1], [-1, 0], [0, -1]]
    assert recipe.gan.real.std == 0.1
    for optimizer, rate in ((recipe.gan.d_optimizer, d_rate), (recipe.gan.g_optimizer, g_rate)):
        assert float(optimizer.learning_rate) == pytest.approx(rate)
        assert optimizer.beta_1 == 0.5
    assert sizes(recipe.gan.generator) == [(2, 16), (16, 16), (16, 2)]
    assert [out for _, out in sizes(recipe.gan.discriminator)] == [*d_hidden, 1]
    assert (recipe.batch_size, recipe.steps) == (16, 5000)


def test_faults_of_one_size_share_a_program():
    """So that a notebook compiles once for all of them."""
    keys = set()
    for name in ("ours on four points", "chasing", "collapsing", "D too strong"):
        trainer = Trainer(RECIPES[name]().gan, seeds=2, batch_size=16)
        keys.add(id(trainer.parts["both"].program))
    assert len(keys) == 1
