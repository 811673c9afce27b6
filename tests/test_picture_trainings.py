"""The GANs of digits that claims compare: as many weights, and one guideline left out at a time."""

import numpy as np
import pytest

from evidence import outcomes_of_samples as outcomes
from evidence.trainings import pictures
from ganlab import images
from ganlab.networks import dcgan


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
