"""`draw_league`: stored rows, a recipe of one's own among them, and what the rules refuse."""

import json

import numpy as np
import pytest

from evidence.league.page import cells, rows
from ganlab import recipes
from ganlab.course import league
from ganlab.course.league import draw_league, stored_rows
from ganlab.league import SAMPLES, TARGETS, Played
from ganlab.losses import hinge
from ganlab.streams import FRESH, stream


def row(technique, way="course's rates", close=0, holds_all=0, w1=0.3, verdict="", seeds=100):
    told = {"target": "ring", "technique": technique, "way": way, "told": "", "seeds": seeds}
    return told | {"close": close, "holds_all": holds_all, "w1": w1, "verdict": verdict}


ROWS = [
    row("plain", holds_all=90, close=10),
    row("R1", holds_all=100, close=60, verdict="supported"),
    row("R1", "as published", holds_all=40, close=1, w1=np.inf, verdict="contradicted"),
    row("hinge loss", "as published", holds_all=95, close=12, verdict="undecided so far"),
]


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(league, "stored_rows", lambda target: list(ROWS))


def dots(ax):
    """{(x, marker)} of what is drawn as dots."""
    lines = (line for line in ax.lines if line.get_marker() != "None")
    return {(round(float(line.get_xdata()[0]), 6), line.get_marker()) for line in lines}


def test_stored_rows_are_those_of_the_measured_cells():
    stored = [each for target in TARGETS for each in stored_rows(target)]
    wanted = json.loads(json.dumps(rows(cells())))
    assert sorted(map(str, stored)) == sorted(map(str, wanted))
    assert {each["target"] for each in stored} == set(TARGETS)


def test_rows_stand_by_modes_held_with_their_shares_and_firm_marks(few):
    held, closeness, distance = draw_league("ring").axes
    assert [text.get_text() for text in held.get_yticklabels()] == ["R1", "hinge loss", "plain"]
    assert dots(held) == {(90, "o"), (100, "o"), (40, "o"), (95, "o")}
    assert dots(closeness) == {(10, "o"), (60, "^"), (1, "v"), (12, "o")}
    assert [text.get_text() for text in distance.texts] == ["half or more failed"]
    # Exact intervals: of 60 in 100, and the line of the plain GAN.
    ends = [tuple(np.round(line.get_xdata(), 1)) for line in closeness.lines]
    assert (49.7, 69.7) in ends and (10.0, 10.0) in ends


def test_a_legend_names_what_is_there_and_nothing_else(few):
    fig = draw_league("ring")
    words = [text.get_text() for text in fig.legends[0].get_texts()]
    assert words == [
        "course's rates",
        "as published",
        "more, firmly",
        "fewer, firmly",
        "plain",
        "a perfect sampler",
    ]


@pytest.mark.parametrize("target", TARGETS)
def test_ones_own_runs_are_judged_as_all_others(few, monkeypatch, target):
    real = TARGETS[target]
    perfect = np.stack([real.sample(SAMPLES, stream(seed, FRESH)) for seed in range(11)])
    samples = np.stack([perfect, 0 * perfect, perfect, np.nan * perfect], axis=1)
    run = Played(100 * np.arange(11), samples, real)
    monkeypatch.setattr(league, "played", lambda *given: run)
    held, closeness, _ = draw_league(target, {}, seeds=4).axes
    assert held.get_yticklabels()[0].get_text() == "yours"
    assert (50, "o") in dots(held) and (50, "o") in dots(closeness)


def test_a_recipe_changes_our_gan_and_its_rates(monkeypatch):
    seen = {}

    def train(recipe, *, seeds, records):
        seen.update(gan=recipe.gan, steps=recipe.steps, batch=recipe.batch_size, seeds=seeds)
        raise InterruptedError

    monkeypatch.setattr(recipes.Recipe, "train", train)
    mine = {"losses": hinge, "d_rate": 3e-3, "n_critic": 2}
    with pytest.raises(InterruptedError):
        draw_league("grid", mine, seeds=(3, 5))
    gan = seen.pop("gan")
    assert seen == {"steps": 5000, "batch": 64, "seeds": (3, 5)}
    assert gan.losses is hinge and gan.n_critic == 2 and gan.real == TARGETS["grid"]
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(3e-3)
    assert float(gan.g_optimizer.learning_rate) == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("star",), "target is 'star': wanted one of"),
        (("ring", 3), "mine is 3; wanted {field of a Gan: value}, or None"),
        (("ring", {"steps": 9}), "mine changes steps: the league's rules fix steps, batch_size"),
        (("ring", {"real": None}), "mine changes real: the league's rules fix"),
        (("ring", {"loses": hinge}), "'loses'"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_in_one_line(given, told):
    with pytest.raises((TypeError, ValueError), match=told) as info:
        draw_league(*given)
    assert "\n" not in str(info.value)


def test_before_anything_is_measured_there_is_a_line(monkeypatch):
    monkeypatch.setattr(league, "stored_rows", lambda target: [])
    with pytest.raises(ValueError, match="nothing is measured on 'ring' yet"):
        draw_league("ring")
