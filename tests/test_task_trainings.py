"""GANs and VAEs that learn points with labels, for a task: sizes, seeds, and what is scored."""

import numpy as np
import pytest

from evidence import outcomes_of_samples as outcomes
from evidence.trainings import labelled
from evidence.trainings.labelled import (
    Labelled,
    train_gans_on_a_line,
    train_labelled_gans,
    train_labelled_vaes,
    train_vaes_on_a_line,
)
from ganlab import recipes, vae
from ganlab.vae.training import VaeTrainer

pytestmark = pytest.mark.rest

PAIRS = {
    "ring": (train_labelled_vaes, train_labelled_gans, {"std": 0.4}, 3),
    "line": (train_vaes_on_a_line, train_gans_on_a_line, {"modes": 6}, 2),
}


@pytest.fixture
def begun(monkeypatch):
    """The settings of VAEs and the recipes of GANs, neither of which takes a step."""
    seen = {}

    def train_vae(*networks, original=vae.train_vae, **given):
        seen["vae"] = networks, given
        return original(*networks, **{**given, "steps": 0})

    def train(self, *, original=recipes.Recipe.train, **given):
        seen["recipe"] = self
        return original(self, steps=0, **given)

    monkeypatch.setattr(vae, "train_vae", train_vae)
    monkeypatch.setattr(recipes.Recipe, "train", train)
    monkeypatch.setattr(labelled, "MANY", 300)
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    return seen


def units(model):
    return [layer.units for layer in model.layers]


@pytest.mark.parametrize("name", PAIRS)
def test_the_vae_has_the_size_the_budget_and_the_data_of_the_gan(begun, name):
    train_vaes, train_gans, settings, dim = PAIRS[name]
    train_vaes((3, 5), **settings)
    train_gans((3, 5), **settings)
    (encoder, decoder, real), given = begun["vae"]
    recipe, gan = begun["recipe"], begun["recipe"].gan
    assert units(decoder) == units(gan.generator) == [64, 64, dim]
    assert units(encoder)[:-1] == units(gan.discriminator)[:-1]
    assert units(encoder)[-1] == 2 * given["latent_dim"] == 2 * gan.latent.dim
    assert real == gan.real and real.dim == dim
    assert (given["steps"], given["batch_size"]) == (recipe.steps, recipe.batch_size)
    for setting in ("learning_rate", "beta_1", "beta_2"):
        rate = given["optimizer"].get_config()[setting]
        assert rate == pytest.approx(gan.g_optimizer.get_config()[setting])
    assert given["likelihood"].scalars["variance"] == pytest.approx(real.std**2)
    labels = real.modes[:, -1]
    order = np.arange(len(labels)) if dim == 2 else np.argsort(np.arctan2(*real.modes.T[:2]))
    assert (np.diff(labels[order]) ** 2 == 4).all()  # 1 and -1 by turns


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("model", [0, 1])
def test_what_is_generated_is_of_each_seed_its_own(begun, name, model):
    train, settings, dim = PAIRS[name][model], *PAIRS[name][2:]
    both, alone = train((3, 5), **settings), train((5,), **settings)
    for field in Labelled._fields:
        two, one = getattr(both, field), getattr(alone, field)
        assert two.shape == (2, 300, dim)
        assert two[1] == pytest.approx(one[0], abs=1e-5)
        assert np.abs(two[0] - two[1]).max() > 0.01
    assert np.abs(both.real - both.test).max() > 0.1


def test_samples_and_real_points_are_scored_on_the_same_test():
    rng = np.random.default_rng(0)
    target = labelled._along_a_line(6)
    real, test = target.sample((2, 300), rng), target.sample((2, 300), rng)
    wrong = real * np.array([1, -1])  # each label turned round
    found = Labelled(samples=wrong, real=real, test=test)
    assert outcomes.solved(found).tolist() == [0, 0]
    assert outcomes.solved_by_real(found).tolist() == [1, 1]


def test_a_seed_that_failed_has_no_score(begun, monkeypatch):
    def failing(self, run=VaeTrainer.run):
        found = run(self)
        found.failed = {1: 7}
        return found

    monkeypatch.setattr(VaeTrainer, "run", failing)
    found = train_vaes_on_a_line((3, 5), modes=6)
    assert np.isnan(outcomes.solved(found)).tolist() == [False, True]
    assert np.isfinite(outcomes.solved_by_real(found)).all()
