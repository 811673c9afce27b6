"""Historical averaging: both players are drawn back to where they were on average."""

import numpy as np
import pytest

from ganlab.techniques import historical_averaging
from tests.techniques.twin import equal, follow, near, trainer


def test_both_players_are_drawn_back_to_their_average():
    one = trainer(added=historical_averaging(0.8), n_critic=2)
    follow(one, 4, n_critic=2, pull=0.8)


def test_averages_go_on_from_call_to_call():
    at_once, by_hand = (trainer(added=historical_averaging(0.8)) for _ in range(2))
    at_once.advance(4)
    at_once.record()  # looks ahead, and leaves everything as it was
    at_once.advance(2)
    for _ in range(6):
        by_hand.d_step()
        by_hand.g_step()
    assert near(at_once, by_hand)


def test_each_member_has_its_own_weight_and_none_changes_nothing():
    mixed = trainer(added=historical_averaging([0.0, 0.8, 0.3]))
    follow(mixed, 4, pull=0.8)
    for member, other in ((0, {}), (2, {"added": historical_averaging(0.3)})):
        one = trainer(**other)
        one.advance(4)
        assert near(one, mixed, member)
        assert not near(one, mixed)


def test_a_member_that_fails_does_not_move_the_averages_of_others():
    clean, poisoned = (trainer(added=historical_averaging(0.8)) for _ in range(2))
    first, *others = poisoned.weights("d")
    first = np.array(first)
    first[2] = np.nan
    poisoned.begin("d", [first, *others])
    for one in (clean, poisoned):
        one.advance(4)
        one.advance(4)
    assert poisoned.failed == {2: 1}
    assert equal(clean, poisoned, slice(2))


@pytest.mark.parametrize("weight", [-1.0, [1.0, -0.1]])
def test_a_weight_below_nothing_is_refused_in_one_line(weight):
    with pytest.raises(ValueError, match=r"weight is .*: wanted at least 0") as info:
        historical_averaging(weight)
    assert "\n" not in str(info.value)
