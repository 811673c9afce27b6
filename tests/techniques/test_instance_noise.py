"""Noise on what D sees, and real and fake samples seen as one batch."""

import numpy as np
import pytest
from scipy import stats

from ganlab import training
from ganlab.backend import keras
from ganlab.techniques import instance_noise
from ganlab.training import Shown
from tests.techniques.twin import DISCRIMINATORS, follow, minibatch, near, trainer


def blurred(*levels):
    """What the twin shows: noise of the first level at the first step, and the last for good."""
    return lambda x, noises, step: x + levels[min(step, len(levels) - 1)] * noises[0]


@pytest.mark.usefixtures("eager")
def test_d_sees_the_batches_with_noise_on_them():
    follow(trainer(shown=instance_noise(0.7)), 3, shown=blurred(0.7))


def test_the_noise_is_standard_normal_and_of_each_batch_its_own():
    drawn = trainer(shown=instance_noise(0.7)).batches(2)
    noise = [drawn[f"{name}_noise"].ravel() for name in ("real", "fake", "g_fake")]
    for one in noise:
        assert stats.kstest(one, "norm").pvalue > 0.001
    assert np.abs(np.corrcoef(noise) - np.eye(3)).max() < 0.05
    # Twice as large a level scales the same noise: what is drawn does not depend on it.
    np.testing.assert_array_equal(
        drawn["real_noise"], trainer(shown=instance_noise(1.4, 9)).batches(2)["real_noise"]
    )


@pytest.mark.usefixtures("eager")
def test_each_member_has_its_own_level_of_noise():
    mixed = trainer(shown=instance_noise([0.0, 0.7, 0.1]))
    follow(mixed, 3, shown=blurred(0.7))
    for member, other in ((0, {}), (2, {"shown": instance_noise(0.1)})):
        one = trainer(**other)
        one.advance(3)
        assert near(one, mixed, member)
        assert not near(one, mixed)


def test_noise_falls_evenly_to_nothing_over_steps_of_g(monkeypatch):
    monkeypatch.setattr(training, "_blocks", lambda *_: (2, 1))  # so that several are drawn

    def fading():
        noise = instance_noise(0.8, until=[np.inf, 4, 1])
        return trainer(shown=noise, n_critic=2)

    followed, at_once, by_hand = fading(), fading(), fading()
    levels = [0.8, 0.6, 0.4, 0.2, 0.0, 0.0, 0.0]
    follow(followed, 7, n_critic=2, shown=blurred(*levels))
    at_once.advance(4)
    at_once.advance(3)
    assert near(followed, at_once)
    for _ in range(7):
        by_hand.d_step()
        by_hand.d_step()
        by_hand.g_step()
    assert near(followed, by_hand)


def test_noise_is_whole_at_first_and_gone_from_the_step_named():
    """Of members that do not move, losses say how much noise there is at each step."""
    still = {f"{role}_optimizer": keras.optimizers.SGD(0.0) for role in "gd"}
    noises = {"bare": None, "whole": instance_noise(0.8), "fading": instance_noise(0.8, 4)}
    ones = {name: trainer(shown=noise, **still) for name, noise in noises.items()}
    for step in range(6):
        seen = {name: one.advance(1) for name, one in ones.items()}
        for name in ("d_loss", "g_loss", "real_score", "fake_score"):
            bare, whole, fading = (seen[one][name] for one in ("bare", "whole", "fading"))
            assert np.allclose(fading, whole, rtol=1e-5) == (step == 0)
            assert np.allclose(fading, bare, rtol=1e-5) == (step >= 4)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"std": -0.1}, "std is -0.1: wanted at least 0"),
        ({"std": np.linspace(0.1, -0.1, 32)}, r"std is array\(\[.*: wanted at least 0"),
        ({"std": 0.1, "until": 0}, "until is 0: wanted at least 1"),
        ({"std": 0.1, "until": -3}, "until is -3: wanted"),
        ({"std": 0.1, "until": [5, 0]}, r"until is \[5, 0\]: wanted"),
        ({"std": 0.1, "until": np.nan}, "until is nan: wanted"),
        ({"std": "a"}, "std is 'a': wanted at least 0"),
        ({"std": np.inf}, "std is inf: wanted at least 0, a finite number"),
        ({"std": True}, "std is True: wanted at least 0"),
        ({"std": [True, False]}, r"std is \[True, False\]: wanted at least 0"),
        ({"std": []}, r"std is \[\]: wanted"),
    ],
)
def test_noise_that_makes_no_sense_is_refused_in_one_line(wrong, message):
    with pytest.raises(ValueError, match=message) as info:
        instance_noise(**wrong)
    assert "\n" not in str(info.value)


# Real and fake together ---------------------------------------------------------------------


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize("together", [False, True])
def test_d_gets_one_batch_or_two(kind, together):
    one = trainer(DISCRIMINATORS[kind](), shown=Shown(together=together))
    follow(one, 3, together=together)


@pytest.mark.usefixtures("eager")
def test_together_matters_only_to_a_d_that_looks_along_the_batch():
    for kind, matters in (("plain", False), ("minibatch", True)):
        apart, both = (
            trainer(DISCRIMINATORS[kind](), shown=Shown(together=together))
            for together in (False, True)
        )
        seen = [one.advance(2) for one in (apart, both)]
        for name in ("d_loss", "g_loss", "real_score", "fake_score"):
            assert np.allclose(*(s[name] for s in seen), rtol=1e-4) != matters, name
        assert near(apart, both) != matters


@pytest.mark.usefixtures("eager")
def test_together_with_noise_shows_noise_on_real_and_on_fake():
    one = trainer(minibatch(), shown=instance_noise(0.5, until=2, together=True))
    assert set(one.batches(0)) >= {"g_real", "g_real_noise", "g_fake_noise"}
    follow(one, 3, shown=blurred(0.5, 0.25, 0.0), together=True)
