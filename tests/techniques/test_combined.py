"""Techniques with each other."""

import numpy as np
import pytest

from ganlab import losses
from ganlab.backend import keras
from ganlab.runs import RECORDS
from ganlab.techniques import instance_noise
from ganlab.training import Shown
from tests.techniques.twin import DISCRIMINATORS, near, trainer, weights

COMBINED = {
    "nothing": {},
    "noise": {"noise": True},
    "noise, features alone": {"noise": True, "factors": (1.0, 0.0)},
    "noise, features added": {"noise": True, "factors": (1.0, 1.0)},
}


def combined(kind, techniques, together):
    noise = instance_noise(0.5, 10, together) if "noise" in techniques else Shown(together=together)
    matching = {}
    if "factors" in techniques:
        matching = {"losses": losses.feature_matching("hidden_2", *techniques["factors"])}
    adam = {f"{role}_optimizer": keras.optimizers.Adam(1e-2) for role in "gd"}
    return trainer(DISCRIMINATORS[kind](), shown=noise, **matching, **adam)


def trains(one, steps):
    start, seen = weights(one), one.advance(steps)
    assert not one.failed
    assert all(np.isfinite(seen[name]).all() for name in RECORDS)
    assert all(np.isfinite(after).all() for after in weights(one))
    assert not np.allclose(start[0], weights(one)[0])


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("together", [False, True], ids=["apart", "together"])
@pytest.mark.parametrize("name", COMBINED)
@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_techniques_of_the_course_train_with_each_other(kind, name, together):
    trains(combined(kind, COMBINED[name], together), 4)


def test_all_of_them_compile(monkeypatch):
    slow = combined("minibatch", COMBINED["noise, features added"], True)
    monkeypatch.setenv("GANLAB_COMPILE", "1")
    fast = combined("minibatch", COMBINED["noise, features added"], True)
    slow.advance(3)
    fast.advance(3)
    assert fast._game is not slow._game
    assert near(slow, fast)
    trains(fast, 20)
