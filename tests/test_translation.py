"""Pairs whose halves are independent, networks of two halves, and how many partners are found."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from ganlab import data, images
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble, call, mapped_parts
from ganlab.networks import dcgan
from ganlab.techniques import cycle_consistency
from ganlab.training import train
from ganlab.translation import Unpaired, cyclegan, partners_found, side_by_side

SMALL = {"size": (4, 4), "channels": 2}


def rng(seed=0):
    return np.random.default_rng(seed)


def test_halves_are_those_of_each_target_and_independent():
    first, second = data.ring(4, std=0.1), np.arange(30.0).reshape(10, 3)
    both = Unpaired(first, second)
    drawn = both.sample((40, 500), rng())
    assert drawn.shape == (40, 500, 5) and drawn.dtype == np.float32 and both.dim == 5
    rows = drawn[..., 2:].reshape(-1, 3)
    assert {tuple(row) for row in rows} == {tuple(row) for row in second}
    np.testing.assert_allclose(rows.mean(0), second.mean(0), atol=0.3)
    points = drawn[..., :2].reshape(-1, 2)
    np.testing.assert_allclose(np.hypot(*points.T).mean(), 2.0, atol=0.02)
    assert np.abs(np.corrcoef(points.T, rows[:, 0])[:2, 2]).max() < 0.03
    np.testing.assert_array_equal(both.sample(9, rng(1)), both.sample(9, rng(1)))
    pictures = images.digits("test")
    assert Unpaired(pictures, pictures).dim == 128


def test_an_array_that_is_none_is_refused_in_one_line():
    with pytest.raises((TypeError, ValueError), match=r"[:;] wanted") as info:
        Unpaired(data.Gaussian, np.zeros((5, 2)))
    assert "\n" not in str(info.value)


def halves(model, dim):
    """Which numbers of the output each half of the input moves: (first, second)."""
    x = rng().uniform(-1, 1, (3, 2 * dim)).astype(np.float32)
    found = []
    for half in (slice(0, dim), slice(dim, None)):
        other = x.copy()
        other[:, half] = rng(1).uniform(-1, 1, (3, dim))
        found.append(np.abs(np.asarray(model(other)) - np.asarray(model(x))).max(0) > 1e-6)
    return found


def test_the_two_networks_do_not_meet_and_each_has_weights_of_its_own():
    layers = keras.layers
    for model, dim in (
        (side_by_side(lambda: [layers.Dense(5, "tanh"), layers.Dense(3)], 4), 4),
        *zip(cyclegan((4, 4), 2), (16, 16), strict=True),
    ):
        first, second = halves(model, dim)
        half = model.output_shape[1] // 2
        assert first[:half].all() and not first[half:].any()
        assert second[half:].all() and not second[:half].any()
        same = np.tile(rng().uniform(-1, 1, (2, dim)).astype(np.float32), (1, 2))
        made = np.asarray(model(same))
        assert not np.allclose(made[:, :half], made[:, half:])


def test_its_shapes_and_its_weights():
    G, D = cyclegan((8, 8))
    assert (G.output_shape, D.output_shape) == ((None, 128), (None, 2))
    assert cyclegan((4, 8, 3), 2)[0].output_shape == (None, 192)
    # a convolution of 4 x 4 from 1 to 8, one of 3 x 3 from 8 to 16, one of 4 x 4 from 16 to 1
    assert G.count_params() == 2 * ((16 + 1) * 8 + (9 * 8 + 1) * 16 + 16 * 16 + 1)
    assert D.count_params() == 2 * dcgan(1, (8, 8), 8)[1].count_params()


def test_all_its_layers_serve_all_members_at_once():
    for model in cyclegan(**SMALL):
        assert not mapped_parts(model)
        ensemble = Ensemble.of(model, seeds=3)
        x = rng().uniform(-1, 1, (3, 5, 32)).astype(np.float32)
        found = call(model, [tf.constant(w) for w in ensemble.weights], tf.constant(x))
        for k in range(3):
            np.testing.assert_allclose(found[k], ensemble.member(k)(x[k]), atol=2e-6)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((6, 8), "multiples of 4"),
        ((8,), "multiples of 4"),
        ((8, 8, 0), "each of size=0"),
        ((8, 8, 2), "height, width, 3"),
    ],
)
def test_other_sizes_are_refused_in_one_line(size, told):
    with pytest.raises(ValueError, match=told) as info:
        cyclegan(size)
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    "given", [lambda: [], lambda: [3], lambda: keras.layers.Dense(2), lambda: None]
)
def test_what_gives_no_layers_is_refused_in_one_line(given):
    with pytest.raises(TypeError, match=r"layers\(\).*: wanted a list") as info:
        side_by_side(given, 3)
    assert "\n" not in str(info.value)


def test_partners_are_found_as_by_all_distances():
    partners = rng().normal(size=(40, 6))
    made = partners + 0.9 * rng(1).normal(size=(3, 40, 6))
    wanted = [(cdist(each, partners).argmin(1) == np.arange(40)).mean() for each in made]
    np.testing.assert_allclose(partners_found(made, partners), wanted)
    assert min(wanted) > 0.2 and max(wanted) < 0.9
    assert partners_found(partners, partners) == 1 and partners_found(-partners, partners) < 0.2
    made[1, 3, 2] = np.nan
    np.testing.assert_array_equal(np.isnan(partners_found(made, partners)), [False, True, False])
    assert partners_found(np.zeros((4, 2)), np.zeros((4, 2))) == 0  # four ties
    with pytest.raises(ValueError, match=r"made has shape \(4, 2\), partners \(3, 2\): wanted"):
        partners_found(np.zeros((4, 2)), np.zeros((3, 2)))


def test_a_cyclegan_trains_as_any_gan_does():
    """Light squares left or right, and dark ones: the cycle term brings pictures back."""
    light = rng().uniform(-1, 1, (64, 16)).astype(np.float32)
    weights = [0.0, 10.0]
    run = train(
        *cyclegan(**SMALL), Unpaired(-light, light), Unpaired(light, -light), steps=60, seeds=2,
        batch_size=16, records=1, added=cycle_consistency(weights),
        g_optimizer=keras.optimizers.Adam(1e-2), d_optimizer=keras.optimizers.Adam(1e-3),
    )  # fmt: skip
    z = np.concatenate([light, -light], axis=1)
    there = run.generators(z)
    again = run.generators(np.concatenate([there[..., 16:], there[..., :16]], axis=-1))
    off = np.abs(np.concatenate([again[..., 16:], again[..., :16]], axis=-1) - z).mean((1, 2))
    assert off[1] < 0.8 * off[0]


def test_far_from_zero_the_true_partner_is_found_and_a_tie_is_missed():
    partners = 1e8 + np.arange(6.0)[:, None] * np.ones((1, 4))
    assert partners_found(partners + 0.3, partners) == 1
    alike = np.broadcast_to(rng().normal(size=100), (33, 100))
    assert all(partners_found(alike + rng(s).normal(size=(33, 100)), alike) == 0 for s in range(20))
