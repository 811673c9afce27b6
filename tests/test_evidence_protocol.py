"""Protocols that are sound, and arms that share what was trained."""

import numpy as np
import pytest

from ganlab.evidence import Arm, EvidenceError, Protocol, Setting, trained

ARM = Arm(np.asarray, lambda seeds: seeds)
GOOD = {
    "id": "T1",
    "source": "module",
    "claim": "c",
    "measured": "m",
    "notebook": "03",
    "worst": 0.0,
    "settings": {"s": Setting({"A": ARM, "B": ARM})},
}


@pytest.mark.parametrize(
    "change, wanted",
    [
        ({"id": "../T1"}, "an id like"),
        ({"settings": {}}, "settings, or a check"),
        ({"check": float}, "settings, or a check"),
        ({"settings": {}, "check": float}, "a check and a tolerance"),
        ({"settings": {"s": Setting({"A": ARM})}}, "two arms"),
        ({"reference": 1.0}, "two arms, or one and a reference"),
        ({"kind": "mean"}, "'median' or 'rate'"),
        ({"direction": 0}, "direction"),
        ({"margin": -1.0}, "margin"),
        ({"worst": None}, "worst"),
        ({"kind": "rate", "worst": np.inf}, "worst"),
        ({"confirm": range(31, 95)}, "fresh seeds"),
        ({"seeds": [1, 1, 2]}, "none used twice"),
    ],
)  # fmt: skip
def test_an_unsound_protocol_is_refused_in_one_line(change, wanted):
    Protocol(**GOOD)
    with pytest.raises(EvidenceError, match=wanted) as error:
        Protocol(**GOOD | change)
    assert "\n" not in str(error.value)


@pytest.fixture
def calls(monkeypatch):
    """What `training` was called with, while nothing is kept from before."""
    monkeypatch.setattr(trained, "_kept", type(trained._kept)(maxlen=trained._kept.maxlen))
    return []


def counting(calls):
    def training(seeds, power=1):
        calls.append((seeds, power))
        return np.array(seeds) ** power

    return training


def test_an_arm_asks_a_training_for_its_outcome(calls):
    training = counting(calls)
    arm = Arm(np.negative, training, {"power": 2})
    assert arm([1, 2, 3]).tolist() == [-1, -4, -9]
    assert calls == [((1, 2, 3), 2)]


def test_arms_that_ask_for_the_same_training_share_it(calls):
    training = counting(calls)
    for outcome in (np.negative, np.sqrt):
        Arm(outcome, training, {"power": 2})(range(3))
    assert len(calls) == 1
    others = (
        Arm(np.negative, training, {"power": 3}),
        Arm(np.negative, training),
        Arm(np.negative, counting(calls), {"power": 2}),
    )
    for arm in others:
        arm(range(3))
    Arm(np.negative, training, {"power": 2})(range(4))
    assert len(calls) == 5


def test_only_the_last_32_trainings_are_kept(calls):
    training = counting(calls)
    for seed in range(32):
        Arm(np.negative, training)([seed])
    Arm(np.negative, training)([0])  # used again, and so the last
    assert len(calls) == 32
    Arm(np.negative, training)([32])  # and 1 is forgotten
    for seed, count in ((0, 33), (31, 33), (1, 34)):
        assert Arm(np.negative, training)([seed]) == [-seed]
        assert len(calls) == count


def test_one_training_asked_for_often_does_not_push_out_the_others(calls):
    training = counting(calls)
    for seed in [0, *[1] * 40, 0]:
        Arm(np.negative, training)([seed])
    assert len(calls) == 2


def test_a_training_that_failed_is_tried_again(calls):
    def training(seeds):
        calls.append(seeds)
        raise FloatingPointError("no seed stayed finite")

    for _ in range(2):
        with pytest.raises(FloatingPointError):
            Arm(np.negative, training)([0])
    assert len(calls) == 2
