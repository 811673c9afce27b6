"""The playground without widgets: settings, presets, what is typed, the session, the code."""

import re

import numpy as np
import pytest

from ganlab.course.playground import fields, words
from ganlab.course.playground.calls import Call, Name, imports, made, written
from ganlab.course.playground.code import script
from ganlab.course.playground.model import MOST, Session
from ganlab.course.playground.presets import PRESETS, of_recipe, preset
from ganlab.course.playground.settings import (
    LOSSES,
    NUMBERS,
    TARGETS,
    Settings,
    changed,
    gan_call,
    target_call,
)
from ganlab.data import points, ring
from ganlab.losses import hinge
from ganlab.recipes import RECIPES
from ganlab.techniques import r1
from ganlab.training import Trainer

SMALL = Settings(g_hidden=(4,), d_hidden=(4,), batch_size=4, seeds=2)


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")  # nothing here takes more than some steps


# Calls that are made and written ---------------------------------------------------------------


def test_a_call_is_made_and_written_alike():
    call = Call("data.ring", (8,), {"std": 0.2})
    assert (
        made(call)
        == ring(8, std=0.2)
        == eval(written(call), {"data": __import__("ganlab.data").data})
    )
    assert made(Name("losses.hinge")) is hinge
    assert made([Call("techniques.r1", (0.5,))])[0].scalars == r1(0.5).scalars


def test_what_does_not_fit_a_line_is_written_part_by_part():
    long = Call("Gan", tuple(Call("data.ring", (8,), {"radius": 1.0}) for _ in range(5)))
    text = written(long)
    assert text.splitlines()[1] == "    data.ring(8, radius=1.0)," and text.endswith("\n)")
    assert written((1,)) == "(1,)" and written([]) == "[]" and written("tanh") == '"tanh"'


def test_imports_are_those_of_the_names():
    lines = imports(Call("mlp", ((1, 1),)), [Name("losses.hinge"), Call("data.ring")])
    assert lines == ["from ganlab import data, losses", "from ganlab.networks import mlp"]


# Settings and presets --------------------------------------------------------------------------


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_on_the_line_or_in_the_plane(name):
    assert made(TARGETS[name]).dim in (1, 2)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_trains_as_its_recipe_does(name):
    recipe, settings = RECIPES[name](), preset(name, seeds=2)
    assert settings.pretraining == recipe.pretraining.get("steps", 0)
    settings = settings.changed(pretraining=0)
    assert settings.batch_size == recipe.batch_size
    gan = made(gan_call(settings, recipe.gan.real.dim))
    told = [Trainer(one, seeds=2, batch_size=recipe.batch_size) for one in (gan, recipe.gan)]
    seen = [trainer.advance(2) for trainer in told]
    for key in seen[0]:
        np.testing.assert_array_equal(seen[0][key], seen[1][key])
    z = recipe.gan.latent.sample(5, np.random.default_rng(0))
    np.testing.assert_array_equal(*(trainer.generators(z) for trainer in told))


def test_the_menu_of_presets_is_all_recipes():
    assert sorted(PRESETS) == sorted(RECIPES)
    with pytest.raises(ValueError, match=r"^preset='chase': wanted one of ours on four points, "):
        preset("chase")


def test_a_recipe_with_what_no_setting_says_is_refused():
    recipe = RECIPES["chasing"]()
    with pytest.raises(ValueError, match="techniques"):
        of_recipe(recipe.changed(added=r1(1.0)))
    with pytest.raises(ValueError, match="wanted one of"):
        of_recipe(recipe.changed(real=ring(5)))


def test_numbers_that_a_running_training_takes_over():
    base = SMALL.changed(penalty="R1", noise=0.1, matching=1.0, decay=0.9)
    for name in NUMBERS:
        assert base.numbers_only(base.changed(**{name: 0.5})), name
    assert not base.numbers_only(base.changed(noise=0.0))  # without noise it is another program
    assert not base.numbers_only(base.changed(batch_size=8, noise=0.2))
    falling = base.changed(optimizer="SGD", falls=100)
    assert not falling.numbers_only(falling.changed(d_rate=0.5))


def test_own_points_and_unknown_names():
    own = changed(SMALL, {"own": [[0, 1], [2, 3.5]]})
    assert own.target == "own"
    np.testing.assert_array_equal(made(target_call(own)).array, [[0, 1], [2, 3.5]])
    for values, told in (
        ({"own": np.zeros((5, 3))}, r"^own has shape \(5, 3\): wanted 1 or 2 columns"),
        ({"own": np.zeros((2001, 2))}, "at most 2000 rows"),
        ({"colour": 3}, "^there is no setting 'colour'; there are: target, g_hidden"),
    ):
        with pytest.raises(ValueError, match=told):
            changed(SMALL, values)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"target": "spirals"}, "target: 'spirals': wanted one of bell, bell around 0, two bells"),
        ({"target": None}, "target: 'None': wanted one of bell"),
        ({"target": "own"}, "target is 'own', and its points are not there"),
        ({"losses": "lsgan"}, "losses: 'lsgan': wanted one of non-saturating, minimax"),
        ({"penalty": "r1"}, "penalty: 'r1': wanted one of none, R1, R2"),
        ({"penalty": None}, "penalty: 'None': wanted a number or a name"),
        ({"d_hidden": (16, 0)}, "d_hidden: '16,0': wanted 1 to 6 whole numbers from 1 to 512"),
        ({"d_hidden": ()}, "d_hidden: nothing: wanted 1 to 6 whole numbers"),
        ({"d_hidden": {16}}, "d_hidden: '{16}': wanted a number or a name"),
        ({"seeds": "x"}, "seeds: 'x': wanted a whole number from 1 to 36"),
        ({"seeds": 2.5}, "seeds: '2.5': wanted a whole number from 1 to 36"),
        ({"seeds": True}, "seeds: 'True': wanted a number or a name"),
        ({"noise": np.nan}, "noise: 'nan': wanted a number from 0 to 10"),
        ({"minibatch": 1}, "minibatch: '1': wanted one of no, yes"),
        ({"d_rate": "fast"}, "d_rate: 'fast': wanted a number from 0 to 10"),
        ({"inputs": 3}, "inputs: wanted two numbers, not 3"),
        ({"inputs": (3, 1)}, "inputs: wanted the lower number first, not [3, 1]"),
        ({"bells": (-2, 2)}, "bells: wanted 2 to 64 points, as in [[1, 0], [-1, 0]], not [-2, 2]"),
        ({"bells": [[1], [2, 3]]}, "bells: wanted one number or two at each point, not [[1], [2"),
        ({"losses": "x" * 10_000}, "losses: 'xxxxxxxxxxxxxxxxxxxxx...': wanted one of"),
    ],
)
def test_a_wrong_value_is_told_in_a_line_with_its_name(values, told):
    with pytest.raises(ValueError, match=f"^{re.escape(told)}") as error:
        changed(SMALL, values)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


def test_a_value_may_be_given_as_python_and_numpy_have_it():
    given = {
        "seeds": np.int64(3),
        "noise": np.float32(0.5),
        "g_hidden": [8, 8],
        "d_hidden": np.array([16]),
        "minibatch": np.True_,
        "d_rate": np.float64(0.01),
        "inputs": np.array([-1, 1]),
        "bells": np.array([[1, 0], [-1, 0]]),
        "target": "typed",
        "own": None,
    }
    wanted = {"seeds": 3, "noise": 0.5, "g_hidden": (8, 8), "d_hidden": (16,), "minibatch": True}
    wanted |= {"d_rate": 0.01, "inputs": (-1.0, 1.0), "bells": ((1.0, 0.0), (-1.0, 0.0))}
    assert changed(SMALL, given) == SMALL.changed(**wanted, target="typed")
    assert changed(SMALL, {"d_hidden": 16}).d_hidden == (16,)


# What is typed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("g_hidden", "64, 32", (64, 32)),
        ("g_hidden", "8", (8,)),
        ("batch_size", " 64 ", 64),
        ("noise", "1e-1", 0.1),
        ("minibatch", "yes", True),
        ("losses", "hinge", "hinge"),
    ],
)
def test_what_is_typed_is_read(name, text, value):
    assert fields.read(name, text) == value
    assert fields.read(name, fields.told(name, SMALL.changed(**{name: value}))) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("g_hidden", "64,,x"),
        ("g_hidden", ""),
        ("g_hidden", "0"),
        ("g_hidden", "-4"),
        ("g_hidden", "9999"),
        ("g_hidden", "1,1,1,1,1,1,1"),
        ("g_hidden", "__import__('os')"),
        ("noise", "-1"),
        ("noise", "nan"),
        ("noise", "inf"),
        ("noise", ""),
        ("batch_size", "2.5"),
        ("seeds", "1000000"),
        ("losses", "luck"),
        ("noise", "x" * 1000),
    ],
)
def test_what_cannot_be_read_gets_one_line(name, text):
    with pytest.raises(ValueError, match="wanted") as error:
        fields.read(name, text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


def test_every_field_is_a_setting_that_can_be_told():
    for group in fields.FIELDS.values():
        for name in group:
            assert fields.read(name, fields.told(name, SMALL)) == getattr(SMALL, name)


# The session -----------------------------------------------------------------------------------


def test_moments_are_evenly_spaced_and_hold_what_was_seen():
    session = Session(SMALL, spaced=5)
    session.advance(12)
    assert [moment.step for moment in session.moments] == [0, 5, 10]
    trainer = Trainer(made(gan_call(SMALL, 2)), seeds=2, batch_size=4)
    means = [trainer.advance(5) for _ in range(2)]
    np.testing.assert_array_equal(session.moments[2].seen["d_loss"], means[1]["d_loss"])
    np.testing.assert_array_equal(session.moments[2].samples, trainer.generators(session.z))
    run = session.run()
    assert run.steps.tolist() == [5, 10] and run.samples.shape == (2, 2, 500, 2)
    assert session.now().step == 12 and len(session.moments) == 3


def test_memory_stays_as_it_is():
    session = Session(SMALL, spaced=1)
    session.advance(3 * MOST)
    assert len(session.moments) <= MOST + 1 and session.spaced == 4
    steps = [moment.step for moment in session.even()]
    assert np.diff(steps).tolist() == [4] * (len(steps) - 1)


def test_a_step_of_one_player_moves_that_one_alone():
    session = Session(SMALL)
    first = session.moments[-1]
    session.d_step()
    second = session.moments[-1]
    np.testing.assert_array_equal(first.samples, second.samples)
    assert np.any(first.discriminators.weights[0] != second.discriminators.weights[0])
    session.g_step()
    third = session.moments[-1]
    np.testing.assert_array_equal(second.discriminators.weights[0], third.discriminators.weights[0])
    assert np.any(second.samples != third.samples) and session.step == 1
    assert session.even() == [first]


def test_numbers_are_taken_over_by_the_running_training():
    session = Session(SMALL)
    session.advance(3)
    before = session.now()
    session.change(SMALL.changed(g_rate=0.0))
    session.advance(3)
    np.testing.assert_array_equal(session.now().samples, before.samples)
    with pytest.raises(ValueError, match="another program"):
        session.change(SMALL.changed(g_hidden=(5,)))


def test_when_all_seeds_have_failed_it_says_so_in_a_line():
    session = Session(SMALL.changed(optimizer="SGD", beta_1=0.0, d_rate=1e30, losses="Wasserstein"))
    session.advance(300)
    assert "stopped being finite" in session.trouble and "\n" not in session.trouble
    step = session.step
    session.advance(10)
    assert session.step == step


@pytest.mark.parametrize(
    "settings",
    [
        SMALL.changed(penalty="R1 and R2", noise=0.1, until=9, decay=0.9, matching=0.5, n_critic=2),
        SMALL.changed(target="bell", latent="slots from -8 to 8, sorted", latent_dim=1),
        SMALL.changed(
            optimizer="SGD", falls=10, target="bell", pretraining=5, start="as in PyTorch"
        ),
        SMALL.changed(
            minibatch=True, d_hidden=(4, 4), losses="hinge", limit="spectral normalisation"
        ),
        SMALL.changed(d_activation="leaky_relu, slope 0.2", matching=1.0, packing=2, beta_2=0.9),
        SMALL.changed(pretraining=3),
        changed(SMALL, {"own": np.arange(8.0).reshape(4, 2) / 8}),
    ],
    ids=["many terms", "slots", "pretrained", "batch", "packs", "pretrained in the plane", "own"],
)
def test_the_code_does_again_what_was_done(settings, tmp_path, monkeypatch):
    session = Session(settings, spaced=4)
    session.advance(6)
    if settings.penalty != "none":
        session.change(settings.changed(weight=0.7, noise=0.3, decay=0.5, matching=2.0))
    if not settings.falls:
        session.change(session.settings.changed(d_rate=0.01))
    session.d_step()
    session.d_step()
    session.g_step()
    session.advance(3)
    text = script(session)
    assert max(map(len, text.splitlines())) <= 100
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(text, "taken away", "exec"), names)
    np.testing.assert_array_equal(names["samples"], session.now().samples)
    assert (tmp_path / "run.npz").exists()


def test_the_code_goes_on_with_the_networks_as_the_session_did(tmp_path, monkeypatch):
    session = Session(SMALL.changed(noise=0.1), spaced=4)
    session.advance(6)
    session.carry_on(session.settings.changed(penalty="R1", losses="hinge", noise=0.0))
    session.advance(5)
    session.change(session.settings.changed(weight=0.7))
    session.g_step()
    session.carry_on(session.settings.changed(packing=2))  # another D, which begins anew
    session.advance(2)
    assert session.step == 14 and [m.step for m in session.moments] == [0, 4, 8, 12]
    text, names = script(session), {}
    assert "gan.changed(generator=trainer.generators)" in text
    monkeypatch.chdir(tmp_path)
    exec(compile(text, "taken away", "exec"), names)
    np.testing.assert_array_equal(names["samples"], session.now().samples)


def test_it_goes_on_from_the_weights_that_it_had():
    session = Session(SMALL)
    session.advance(5)
    before = session.now()
    session.carry_on(SMALL.changed(losses="hinge", g_rate=0.0, d_rate=0.0))
    session.advance(3)
    after = session.now()
    np.testing.assert_array_equal(before.samples, after.samples)
    for old, new in zip(before.discriminators.weights, after.discriminators.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    for settings, told in (
        (SMALL.changed(g_hidden=(5,)), "another G"),
        (SMALL.changed(target="ring"), "another target"),
        (SMALL.changed(seeds=3), "another seeds"),
    ):
        with pytest.raises(ValueError, match=f"^{told}: begin anew"):
            session.carry_on(settings)
    with pytest.raises(ValueError, match="multiple of 3"):
        session.carry_on(SMALL.changed(packing=3))
    assert session.step == 8 and session.settings.losses == "hinge"


def test_only_what_came_after_a_change_is_judged():
    session = Session(SMALL, spaced=2)
    session.advance(6)
    session.judge_anew()
    session.advance(4)
    assert session.run().steps.tolist() == [6, 8, 10]


def test_what_came_before_is_no_record_for_a_diagnosis():
    session = Session(SMALL, spaced=2)
    session.advance(7)
    session.judge_anew()
    assert words.diagnosed(session) is None
    session.advance(1)  # one record
    assert words.diagnosed(session) is None
    session.advance(2)
    assert len(words.diagnosed(session)) == 2


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_can_be_set(name):
    plain, matching = (
        made(gan_call(SMALL.changed(losses=name, matching=weight), 2)).losses
        for weight in (0.0, 0.5)
    )
    assert plain == made(LOSSES[name]) and matching.score is plain.score
    assert (matching.layer, matching.scalars["weight"]) == ("hidden_1", 0.5)


# Words -----------------------------------------------------------------------------------------


def test_a_step_is_told_by_who_moved_and_by_how_much():
    session = Session(SMALL)
    score, real = session.trainer.gan.losses.score, np.zeros((5, 2), "float32")
    before = session.now()
    session.d_step()
    after = session.moments[-1]
    text = words.told_d_step(before, after, 1, score, real, 4)
    assert text.startswith("D's turn. It saw 4 real and 4 generated samples; G stood still.")
    then, now = (words.said(one, 1, before.samples[1], score, real) for one in (before, after))
    assert f"said {then[0]:.3f} on average, and now says {now[0]:.3f}; of" in text
    assert ("better" in text) == (now[0] - now[1] > then[0] - then[1])
    session.g_step()
    text = words.told_g_step(after, session.moments[-1], 1, score, real)
    moved = np.linalg.norm(session.moments[-1].samples[1] - after.samples[1], axis=1).mean()
    assert f"moved by {moved:.3g} on average; D stood still" in text and "D's slope" in text


def test_of_packs_nothing_is_told_that_is_not_there():
    session = Session(SMALL.changed(packing=2))
    before, real = session.now(), np.zeros((5, 2), "float32")
    session.d_step()
    text = words.told_d_step(before, session.now(), 0, session.trainer.gan.losses.score, real, 4)
    assert text.endswith("G stood still.")


def test_the_words_of_all_seeds_are_counted():
    assert words.counted(["near", "lost", "near"]) == "1 of 3 seeds: lost; 2: near"
    session = Session(SMALL)
    text, each = words.verdict(session.now(), session.target)
    assert len(each) == 2 and re.match(r"At step 0, on 500 samples a seed: \d of 2 seeds: ", text)
    moons = Session(SMALL.changed(target="two moons"))
    assert words.verdict(moons.now(), moons.target) == (words.UNJUDGED, None)


def test_only_targets_without_modes_are_not_judged():
    good = np.zeros((2, 500, 2))
    assert words.standing(good, ring(8)) == ["lost", "lost"]
    for target in (points((0.0, 0.0), (0.1, 0.0), std=0.1), ring(8, std=0.0), points((0.0, 0.0))):
        assert words.standing(good, target) is None
    with pytest.raises(ValueError, match="samples has shape"):
        words.standing(np.zeros((2, 500, 3)), ring(8))


def test_the_diagnosis_wants_records():
    session = Session(SMALL, spaced=2)
    assert "wants records" in words.diagnosis_html(words.diagnosed(session), 0)
    session.advance(8)
    text = words.diagnosis_html(words.diagnosed(session), 1)
    assert "<b>Seed 1: " in text and "because" in text and "of 2" in text
