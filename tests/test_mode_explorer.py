import re

import numpy as np
import pytest

from ganlab import training
from ganlab.course import mode_explorer as explorer
from ganlab.course.mode_explorer import REMEDIES, TARGETS, draw_mode_runs, draw_modes
from ganlab.figures import render

FOUR = TARGETS["four points"]
KNOBS = {"target": "four points", "d_rate": 1e-3, "g_rate": 3e-2, "remedy": "none"}


class Ended:
    """A run of two seeds: one is on all four modes; the other on one at a time, each in turn."""

    steps = np.arange(0, 200, 50)
    samples = np.stack([[np.tile(FOUR.modes, (6, 1)), FOUR.modes[[k] * 24]] for k in range(4)])


@pytest.fixture
def trained(monkeypatch):
    calls = []

    def train(*networks, **arguments):
        calls.append((networks, arguments))
        return Ended()

    monkeypatch.setattr(training, "train", train)
    return calls


def test_a_sentence_says_who_holds_what():
    fig, sentence = draw_modes(Ended.steps, Ended.samples, FOUR)
    assert sentence == (
        "At the end 1 of 2 runs hold all 4 modes, 1 hold one or none. In 1 the majority hops at "
        "more than one record in ten."
    )
    majority, held = (ax.collections[0].get_array().filled(-1).tolist() for ax in fig.axes[1:3])
    assert majority == [[-1] * 4, [0, 1, 2, 3]]  # the seed that holds most comes first
    assert held == [[4] * 4, [1] * 4]


def test_every_target_is_one_that_endings_judge():
    for name, target in TARGETS.items():
        _, sentence = draw_modes([0, 1], np.tile(target.modes, (2, 1, 1, 1)), target)
        assert f"1 of 1 runs hold all {len(target.modes)} modes" in sentence, name


def test_the_knobs_reach_the_training(trained):
    app = explorer.mode_explorer(seeds=[3, 4], steps=20, **KNOBS)
    ((networks, arguments),) = trained  # once, with all knobs set
    generator, discriminator, real, latent = networks
    assert real is FOUR and latent.dim == 2
    assert (arguments["seeds"], arguments["steps"], arguments["batch_size"]) == ((3, 4), 20, 16)
    rates = [arguments[f"{player}_optimizer"] for player in "dg"]
    assert [float(adam.learning_rate) for adam in rates] == pytest.approx([1e-3, 3e-2])
    assert {adam.beta_1 for adam in rates} == {0.5}
    assert generator.input_shape == discriminator.input_shape == (None, 2)
    assert "Middle: which mode has the majority" in repr(app)


def test_a_remedy_reaches_the_training(trained):
    for remedy in REMEDIES:
        draw_mode_runs(**{**KNOBS, "remedy": remedy})
    seen = [(net[1].input_shape[1], args.get("shown"), args.get("added")) for net, args in trained]
    none, packs, little, much, layer = seen
    assert none == (2, None, None)
    assert packs[0] == 4 and packs[1] is not None
    assert [one[2].scalars["weight"] for one in (little, much)] == [0.1, 1.0]
    assert layer == none and type(trained[4][0][1].layers[1]).__name__ == "MinibatchDiscrimination"


@pytest.mark.parametrize("remedy", ["none", "packs of two", "minibatch discrimination"])
def test_it_trains_and_draws(remedy):
    figure, sentence = draw_mode_runs(**{**KNOBS, "remedy": remedy}, seeds=2, steps=10)
    assert re.match(r"At the end \d of 2 runs hold all 4 modes", sentence)
    assert render(figure).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"target": "five"}, "target='five': wanted one of two points, four points, ring of 8, g"),
        ({"remedy": "luck"}, "remedy='luck': wanted one of none, packs of two, R1"),
        ({"steps": 1}, "steps=1: wanted a whole number, at least 2"),
        ({"seeds": 0}, "seeds=0: wanted a whole number, at least 1"),
    ],
)
def test_a_wrong_setting_gets_one_line(wrong, told):
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        draw_mode_runs(**{**KNOBS, **wrong})


def test_an_unknown_knob_is_refused(trained):
    with pytest.raises(ValueError, match=r"^there is no knob 'batch'; there are: target, d_rate"):
        explorer.mode_explorer(batch=3)
    assert trained == []
