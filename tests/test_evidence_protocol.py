"""Protocols that are sound, and arms that share what was trained."""

import numpy as np
import pytest

from ganlab.evidence import BLOCK, LOOKS, Arm, EvidenceError, Protocol, Setting, trained

pytestmark = pytest.mark.rest

ARM = Arm(np.asarray, lambda seeds: seeds)
GOOD = {
    "id": "T1.1",
    "source": "module",
    "claim": "c",
    "measured": "m",
    "notebook": "03",
    "says": "{first} of 100, against {second}; {setting}",
    "worst": 0,
    "settings": {"s": Setting({"A": ARM, "B": ARM})},
}
IDENTITY = {"settings": {}, "check": float, "tolerance": 0.1}
ALONE = {"settings": {"s": Setting({"A": ARM})}, "reference": 0.5, "says": "{first} of 100"}


@pytest.mark.parametrize(
    "change, wanted",
    [
        ({"id": "../T1.1"}, "an id like 'C1.2' or 'C1b.2'"),
        ({"id": "T1"}, "an id like 'C1.2' or 'C1b.2'"),
        (IDENTITY | {"id": "T1.1"}, "an id like 'A1' for an identity"),
        ({"settings": {}}, "settings, or a check"),
        ({"check": float}, "settings, or a check"),
        ({"settings": {}, "check": float}, "a check and a tolerance"),
        ({"settings": {"s": Setting({"A": ARM})}}, "two arms"),
        ({"reference": 0.5}, "two arms, or one and a reference"),
        ({"kind": "mean"}, "'share' or 'wins'"),
        (ALONE | {"kind": "wins", "least": 0.1, "worst": 9}, "no reference for net wins"),
        ({"kind": "wins"}, "the least difference that counts"),
        ({"kind": "wins", "least": -0.1}, "the least difference that counts"),
        ({"least": 0.1}, "the least difference that counts"),
        ({"beyond": 1.0}, "beyond for net wins alone"),
        ({"kind": "wins", "least": 0.1, "beyond": 0.1}, "above the least difference"),
        ({"kind": "wins", "least": 0.1, "beyond": float("nan")}, "above the least difference"),
        ({"direction": 0}, "direction"),
        ({"margin": -1.0}, "margin"),
        ({"worst": None}, "worst"),
        ({"kind": "wins", "least": 0.1, "worst": None}, "worst"),
        ({"worst": np.inf}, "worst"),
        ({"settings": {"s": Setting({"A": ARM, "B": ARM}, most=96)}}, "most: one of"),
        ({"settings": {"s": Setting({"A": ARM, "B": ARM}, also={"B": ARM})}}, "in also that no"),
        ({"level": 0.0}, "a level above 0"),
        ({"level": 0.01}, "at most 0.001"),
        ({"first_seed": 999_000}, "seeds below 1,000,000"),
        ({"says": ""}, "a sentence to say aloud"),
        ({"says": "{share} of 100"}, "a sentence to say aloud"),
        (ALONE | {"says": "{second} of 100"}, "a sentence to say aloud"),
        ({"kind": "wins", "least": 0.1, "says": "{first}"}, "a sentence to say aloud"),
    ],
)  # fmt: skip
def test_an_unsound_protocol_is_refused_in_one_line(change, wanted):
    Protocol(**GOOD)
    Protocol(**GOOD | ALONE)
    Protocol(**GOOD | IDENTITY | {"id": "T1"})
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


def test_only_the_last_4_trainings_are_kept(calls):
    training = counting(calls)
    for seed in range(4):
        Arm(np.negative, training)([seed])
    Arm(np.negative, training)([0])  # used again, and so the last
    assert len(calls) == 4
    Arm(np.negative, training)([4])  # and 1 is forgotten
    for seed, count in ((0, 5), (3, 5), (1, 6)):
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


def test_the_margin_is_a_tenth_but_nothing_at_a_reference():
    assert Protocol(**GOOD).margin == 0.1
    assert Protocol(**GOOD | {"margin": 0.05}).margin == 0.05
    assert Protocol(**GOOD | ALONE).margin == 0.0


def test_seeds_come_in_blocks_that_make_up_the_looks():
    protocol = Protocol(**GOOD | {"first_seed": 500})
    assert protocol.seeds(0) == tuple(range(500, 564)) and protocol.seeds(2)[0] == 500 + 128
    assert LOOKS == (64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)
    assert all(look % BLOCK == 0 for look in LOOKS)
