"""The GANs of digits that claims compare: as many weights, and one guideline left out at a time."""

import numpy as np
import pytest

from evidence import outcomes_of_samples as outcomes
from evidence.league.contestants import ONE_PENALTY, PLAIN, TWO_PENALTIES
from evidence.trainings import picture_losses, pictures
from ganlab import images, techniques
from ganlab.losses import nonsaturating
from ganlab.networks import dcgan

pytestmark = pytest.mark.rest


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


def activations(model):
    found = (getattr(layer, "activation", None) for layer in model.layers)
    return [each.__name__ for each in found if each is not None]


def test_the_networks_are_those_of_the_course_and_as_large_as_is_said(monkeypatch):
    ours = pictures._generator(""), pictures._discriminator("")
    for mine, theirs in zip(ours, dcgan(16, (8, 8), 16), strict=True):
        shapes = [[tuple(v.shape) for v in model.trainable_variables] for model in (mine, theirs)]
        assert shapes[0] == shapes[1]
    seen = []
    monkeypatch.setattr(pictures, "_drawn", lambda seeds, G, D, r1: seen.extend((G, D)))
    pictures.train_convolutions((0,))
    pictures.train_dense((0,))
    sizes = [model.count_params() for model in seen]
    assert (sum(sizes[:2]), sum(sizes[2:])) == (19_266, 17_793)
    assert "19,266" in pictures.__doc__ and "17,793" in pictures.__doc__


@pytest.mark.parametrize("without", ["transposed", "strides", "activations", "tanh"])
def test_one_guideline_is_left_out_and_the_others_are_kept(without):
    G, D = pictures._generator(without), pictures._discriminator(without)
    transposed, pooled = "Conv2DTranspose" in kinds(G), "AveragePooling2D" in kinds(D)
    swapped = "leaky_relu" in activations(G), "relu" in activations(D)
    found = {
        "transposed": not transposed and "UpSampling2D" in kinds(G),
        "strides": pooled,
        "activations": all(swapped),
        "tanh": "tanh" not in activations(G),
    }
    assert found == {name: name == without for name in found}
    assert any(swapped) == all(swapped)


def test_real_digits_are_near_by_the_outcome_and_a_failed_seed_is_nan():
    real, test = images.digits("train").array[:600], images.digits("test").array
    noise = np.random.default_rng(0).uniform(-1, 1, real.shape)
    drawn = pictures.Drawn(np.stack([real, noise, np.full_like(real, np.nan)]), test)
    near, far, failed = outcomes.judged_distance(drawn)
    assert 0.5 < near < 2.5 and far > 100 and np.isnan(failed)


LOSSES = picture_losses.LOSSES


def test_losses_take_as_many_steps_as_cost_what_those_with_r1_do():
    kinds = {"hinge, spectral normalisation": PLAIN, "relativistic, R1 and R2": TWO_PENALTIES}
    for name, how in LOSSES.items():
        assert how.passes == kinds.get(name, ONE_PENALTY).passes(how.n_critic)
    steps = {name: how.steps for name, how in LOSSES.items()}
    assert steps["hinge, R1"] == pictures.STEPS == 1200
    assert steps["hinge, spectral normalisation"] == 1800  # 12 passes in place of 18
    assert steps["relativistic, R1 and R2"] == 860  # 25, so 864
    assert steps["WGAN-GP, five steps of D"] == 310  # 70, so 308.6


def test_a_loss_trains_with_what_it_is_said_to_have(monkeypatch):
    given = {}
    monkeypatch.setattr(picture_losses, "train", lambda *a, **how: given.update(how))
    monkeypatch.setattr(picture_losses, "_pictures", lambda run: None)
    for name, how in LOSSES.items():
        picture_losses.train_with_loss((0,), how=how)
        found = [each.scalars["weight"] for each in given["added"]]
        weights = [3.0] * (("R1" in name) + ("R2" in name)) or [10.0] * ("GP" in name)
        assert found == weights
        assert bool(given["replaced"]) == ("spectral" in name)
        assert given["n_critic"] == (5 if "five" in name else 1)
        assert given["steps"] == how.steps and given["losses"] is how.losses


def test_pictures_of_a_trained_gan_are_those_of_the_other_training(monkeypatch):
    """With the non-saturating loss and R1 it is I1b.1's own arm, to the last bit."""
    monkeypatch.setattr(pictures, "STEPS", 10)
    same = picture_losses.Loss(nonsaturating, (techniques.r1(3.0),))
    mine = picture_losses.train_with_loss((10_000, 10_001), how=same)
    theirs = pictures.train_convolutions((10_000, 10_001), r1=3.0)
    np.testing.assert_array_equal(mine.pictures, theirs.pictures)
