"""A Gan as a value: changed without being touched, and trained as its fields would be."""

import gc
import weakref

import numpy as np
import pytest

from ganlab import data, latent, losses
from ganlab.backend import keras
from ganlab.gan import Added, Gan, Replaced, Shown
from ganlab.networks import mlp
from ganlab.techniques import averaged_generator, instance_noise, packing
from ganlab.training import Trainer, train, train_gan


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def gan(**changed):
    fields = {
        "generator": mlp((2, 3, 1)),
        "discriminator": mlp((1, 4, 1), "tanh"),
        "real": data.Gaussian(1.0, 0.5),
        "latent": latent.Gaussian(2),
        **changed,
    }
    return Gan(**fields)


def test_a_gan_is_trained_as_its_fields_are():
    one = gan(losses=losses.hinge, shown=instance_noise(0.1), n_critic=2)
    numbers = {"steps": 4, "seeds": 3, "batch_size": 6, "records": 2}
    wanted = train(
        mlp((2, 3, 1)),
        mlp((1, 4, 1), "tanh"),
        data.Gaussian(1.0, 0.5),
        latent.Gaussian(2),
        losses=losses.hinge,
        shown=instance_noise(0.1),
        n_critic=2,
        **numbers,
    )
    found = train_gan(one, **numbers)
    np.testing.assert_array_equal(found.samples, wanted.samples)
    np.testing.assert_array_equal(found.d_loss, wanted.d_loss)


def test_what_is_changed_is_another_gan():
    one = gan()
    other = one.changed(n_critic=3, losses=losses.minimax)
    assert (one.n_critic, other.n_critic) == (1, 3)
    assert (one.losses, other.losses) == (losses.nonsaturating, losses.minimax)
    assert other.generator is one.generator
    with pytest.raises(ValueError, match="n_critic=0"):
        one.changed(n_critic=0)


def test_a_gan_cannot_be_changed_in_place():
    with pytest.raises(AttributeError):
        gan().n_critic = 2


def test_one_extension_or_several():
    assert gan().shown == gan(shown=None).shown == ()
    noise, packs = instance_noise(0.1), packing(2)
    assert gan(shown=noise).shown == (noise,)
    assert gan(shown=[noise, packs]).shown == (noise, packs)
    average = averaged_generator(0.5)
    assert gan(replaced=average).replaced == gan(replaced=(average,)).replaced == (average,)


def keys(*gans, members=2, batch_size=4):
    """The keys of trainers' programs, models and optimizers built for each anew."""
    found = []
    for one in gans:
        models = (one.generator, one.discriminator)
        found.append(one.key(models, [("recipe",)], members, batch_size))
    return found


def test_numbers_are_no_part_of_the_key_and_functions_are():
    first, second = keys(
        *(
            gan(
                losses=losses.smoothed(label),
                shown=instance_noise(std),
                replaced=averaged_generator(decay),
            )
            for label, std, decay in ((0.9, 0.1, 0.0), (0.8, 0.2, 0.5))
        )
    )
    assert first == second
    assert hash(first) == hash(second)
    others = [
        gan(losses=losses.smoothed(0.9)),
        gan(losses=losses.hinge),
        gan(shown=Shown(together=True)),
        gan(shown=packing(1)),
        gan(shown=packing(2)),
        gan(added=Added(np.sum)),
        gan(added=Added(np.sum, to="g")),
        gan(replaced=Replaced(after_step=np.sum)),
        gan(replaced=Replaced(in_use=np.sum)),
        gan(n_critic=2),
        gan(discriminator=mlp((1, 5, 1), "tanh")),
        gan(latent=latent.Gaussian(1), generator=mlp((1, 3, 1))),
    ]
    assert len({*keys(gan(), *others)}) == len(others) + 1


def test_a_program_does_not_hold_on_to_the_data():
    own = np.random.default_rng(0).normal(size=(50, 1)).astype("float32")
    one = Trainer(gan(real=own), seeds=2, batch_size=3)
    held, steps = weakref.ref(one.gan.real), one._game
    one.advance(1)
    del one
    gc.collect()
    assert held() is None
    again = Trainer(gan(), seeds=2, batch_size=3)
    assert again._game is steps


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"replaced": 3}, "replaced holds 3: wanted a Replaced"),
        ({"shown": [instance_noise(0.1), np.sum]}, "shown holds <function sum.*: wanted a Shown"),
        ({"replaced": Replaced(to="")}, "to='': wanted 'd', 'g' or 'dg'"),
        ({"replaced": Replaced(keep=np.sum)}, "keep and no start"),
        ({"replaced": [averaged_generator(0.9), averaged_generator(0.5)]}, "several of replaced"),
        ({"replaced": averaged_generator}, r"wanted a Replaced, averaged_generator\(...\) say"),
        ({"replaced": Replaced(for_samples=np.sum)}, "for_samples with to='d': wanted 'g'"),
        ({"replaced": Replaced(for_opponent=np.sum, to="dg")}, "for_opponent with to='dg'"),
        ({"latent": latent.Gaussian}, "latent is <class"),
        (
            {"latent": np.zeros((99, 2))},
            r"latent is a ndarray of shape \(99, 2\): wanted one of .* or data.Samples\(array\)",
        ),
        ({"latent": [[0.5, 1.0]] * 99}, r"latent is \[\[0.5, .*\.\.\.: wanted .* or data.Samples"),
        ({"latent": np.zeros((99, 2)).tolist}, "latent is <built-in method .*: wanted one of"),
        ({"losses": "hinge"}, "losses is 'hinge': wanted a Losses"),
        ({"losses": np.zeros((99, 2))}, r"losses is a ndarray of shape \(99, 2\): wanted a Losses"),
        ({"real": 3}, "wanted"),
    ],
)
def test_what_is_no_gan_is_refused_in_one_line(wrong, message):
    with pytest.raises((TypeError, ValueError), match=message) as info:
        gan(**wrong)
    assert "\n" not in str(info.value) and len(str(info.value)) < 250


def test_rows_of_an_array_are_a_latent():
    latents = data.Samples(np.random.default_rng(0).standard_normal((50, 2)))
    run = train_gan(gan(latent=latents), steps=1, seeds=2, batch_size=4, records=1)
    assert np.isfinite(run.samples).all()


def test_the_optimizer_given_is_not_moved():
    adam = keras.optimizers.Adam(1e-2)
    train_gan(gan(d_optimizer=adam, g_optimizer=adam), steps=3, seeds=2, batch_size=4, records=1)
    assert int(adam.iterations) == 0
