"""The diagnosis's rules, each threshold on both its sides. Numbers stand here as they are told."""

import numpy as np
import pytest

from ganlab.course import faults
from ganlab.course.faults import LIMITS, RULES, UNKNOWN, first_that_hold
from ganlab.course.signs import Signs
from ganlab.endings import Bell, Modes

DROPPED = {  # of which nothing but its word is known to be wrong
    **{"whole": 0.0, "falls": 0, "least": 0.1, "hops": 0.0, "led": 1, "travelled": 1.0},
    **{"move": 0.1, "turn": -0.5, "straight": 0.1, "cycle": 0.3, "period": 5.0, "own": 1.0},
    **{"wander": 0.01, "gap": 0.0, "d_loss": 1.4, "g_rise": 0.0},
}
MODES, BELL = Modes(*np.ones((1, 1)), np.ones((1, 4)), np.ones(1)), Bell(*np.ones((3, 1)))


def told(word="dropped", end=MODES, finite=True, **changes):
    """(kind, because) of one seed with these signs."""
    numbers = {name: np.array([value]) for name, value in (DROPPED | changes).items()}
    found = Signs(np.array([finite]), word=np.array([word]), end=end, **numbers)
    ((rule, because),) = first_that_hold(found)
    return (rule.kind, because) if rule else (UNKNOWN, because)


def case(kind, inside, outside, other="dropped", **rest):
    """Signs of a kind, and how one of them is where it is not that any more, but the other."""
    return kind, rest | inside, rest | outside, other


STRONG = {"gap": 0.3, "move": 0.05}
SWINGING = {"move": 0.2, "wander": 0.25}
ON_A_BELL = {"word": "partly", "end": BELL, "other": "lost"}
CASES = (
    case("rate too high", {"g_rise": 5.1}, {"g_rise": 4.9}),
    case("rate too high", {"d_loss": 5.1}, {"d_loss": 4.9}),
    case("healthy", {"whole": 0.81}, {"whole": 0.79}, "unsteady", word="near", falls=9, least=1.0),
    case("healthy", {"whole": 0.21}, {"whole": 0.19}, "unsteady", word="near", falls=1),
    case("healthy", {"falls": 1}, {"falls": 2}, "unsteady", word="near", whole=0.5, least=1.0),
    case("chasing", {"hops": 0.11}, {"hops": 0.09}, led=3),
    case("chasing", {"led": 3}, {"led": 2}, hops=0.5),
    case("starving", {"travelled": 0.29}, {"travelled": 0.31}, "lost", word="lost", move=0.06),
    case("starving", {"move": 0.06}, {"move": 0.08}, "lost", word="lost", travelled=0.1),
    case("starving", {"move": 0.009}, {"move": 0.011}, "lost", word="lost"),
    case("G too strong", {"gap": -0.11}, {"gap": -0.09}),
    case("G too strong", {"gap": -0.11}, {"gap": -0.09}, "starving", word="lost", move=0.0),
    case("G too strong", {"own": 2.1}, {"own": 1.9}),
    case("G too strong", {"own": 2.1, "gap": 0.12}, {"own": 2.1, "gap": 0.14}),
    case("turning", {"turn": 0.31}, {"turn": 0.29}, **SWINGING),
    case("turning", {"wander": 0.21}, {"wander": 0.19}, turn=0.6, move=0.2),
    case("turning", {"move": 0.11}, {"move": 0.09}, turn=0.6, wander=0.25),
    case("turning", {"straight": 0.49}, {"straight": 0.51}, turn=0.6, **SWINGING),
    case("turning", {"gap": 0.29}, {"gap": 0.31}, "rate too high", turn=0.6, **SWINGING),
    case("turning", {"cycle": 0.56}, {"cycle": 0.54}, **SWINGING, gap=np.nan),
    case("turning", {"cycle": 0.56}, {"cycle": 0.54}, **SWINGING, **ON_A_BELL),
    case("turning", {"period": 4.1}, {"period": 3.9}, **SWINGING, **ON_A_BELL, cycle=0.8),
    case("D too strong", {"gap": 0.14}, {"gap": 0.12}, move=0.05),
    case("D too strong", {"move": 0.069}, {"move": 0.071}, gap=0.3),
    case("D too strong", {"whole": 0.19}, {"whole": 0.21}, "narrow", word="narrow", **STRONG),
    case("collapsed", {"gap": 0.14}, {"gap": 0.12}, "G too strong", word="collapsed", own=2.1),
    case("rate too high", {"move": 0.16}, {"move": 0.14}, gap=0.3),
    case("rate too high", {"gap": 0.14}, {"gap": 0.12}, move=0.3),
    case("rate too high", {"move": 0.41}, {"move": 0.39}, **ON_A_BELL),
    case("rate too high", {"wander": 0.41}, {"wander": 0.39}, **ON_A_BELL),
    case("rate too high", {"move": 0.41}, {"move": 0.39}, gap=0.06, wander=0.5),
    case("G too strong", {"wander": 0.31}, {"wander": 0.29}),
    case("G too strong", {"gap": 0.04}, {"gap": 0.06}, wander=0.5),
    case("G too strong", {"gap": 0.04}, {"gap": 0.06}, "rate too high", wander=0.5, move=0.5),
    case("G too strong", {"wander": 0.31}, {"wander": 0.29}, gap=np.nan),
    case("unsteady", {"least": 0.41}, {"least": 0.39}, whole=0.5, falls=9),
    case("unsteady", {"least": 0.41}, {"least": 0.39}, whole=0.1),
    case("unsteady", {"falls": 2}, {"falls": 1}, whole=0.5, least=1.0),
    case("unsteady", {"whole": 0.19}, {"whole": 0.21}, least=1.0),
)


@pytest.mark.parametrize(("kind", "inside", "outside", "other"), CASES)
def test_a_threshold_is_where_it_is_told_to_be(kind, inside, outside, other):
    assert told(**inside)[0] == kind
    assert told(**outside)[0] == other


PLAIN = (  # where no number has to be weighed against another
    ("rate too high", {"finite": False}),
    ("healthy", {"word": "close", "whole": np.nan}),
    ("unsteady", {"word": "near"}),
    ("narrow", {"word": "narrow", "whole": 1.0}),
    ("collapsed", {"word": "collapsed"}),
    ("dropped", {}),
    ("lost", {"word": "lost"}),
    ("lost", {"word": "partly", "end": BELL}),
)


@pytest.mark.parametrize(("kind", "signs"), PLAIN)
def test_a_word_that_is_all_there_is_to_say_is_said(kind, signs):
    assert told(**signs)[0] == kind


def everything():
    parts = [told(**signs) for _, signs in PLAIN]
    return parts + [told(**signs) for _, inside, outside, _ in CASES for signs in (inside, outside)]


def test_what_makes_it_so_is_told_with_its_threshold():
    because = [told(**inside)[1] for _, inside, _, _ in CASES]
    assert not [text for text in because if "nan" in text or "{" in text]
    assert all(any(part in text for part in ("from ", "below ", "at most ")) for text in because)


@pytest.mark.parametrize("name", LIMITS)
def test_every_threshold_is_of_some_rule(name, monkeypatch):
    before, moved = [kind for kind, _ in everything()], []
    for factor in (0.5, 2.0):
        monkeypatch.setattr(faults, name, LIMITS[name] * factor)
        moved.append([kind for kind, _ in everything()] != before)
    assert any(moved)


@pytest.mark.parametrize("place", range(len(RULES)))
def test_no_rule_is_idle(place, monkeypatch):
    before = everything()
    monkeypatch.setattr(faults, "RULES", RULES[:place] + RULES[place + 1 :])
    assert everything() != before


def test_of_the_losses_only_those_that_are_far_too_high_are_told():
    kind, because = told(word="collapsed", g_rise=5.3, d_loss=0.1)
    assert kind == "rate too high"
    assert because.endswith(": g_loss 5.3 above its start (from 5)")
    assert "d_loss 6" in told(g_rise=5.3, d_loss=6.0, gap=0.9)[1]
