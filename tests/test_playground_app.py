"""The playground's controls, turned as a kernel turns them: by traits, within an event loop."""

import asyncio
import base64
import threading

import numpy as np
import psutil
import pytest

from ganlab.course.playground import app as module
from ganlab.course.playground import clock, ownbox, panel, playground
from ganlab.course.playground.model import Session
from ganlab.data import Gaussian
from ganlab.widgets import playground as by_the_notebooks_name

SMALL = {"g_hidden": (4,), "d_hidden": (4,), "batch_size": 4, "seeds": 2}


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    monkeypatch.setattr(clock, "SLOW", 0.05)


@pytest.fixture
def app():
    made = playground(**SMALL)
    yield made
    made.pause()


async def until(holds, seconds=60):
    for _ in range(int(seconds / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def test_it_is_a_widget_a_picture_and_a_fixed_text_at_once(app):
    app.advance(3)
    data, metadata = app._repr_mimebundle_()
    assert data["text/plain"] == f"Playground. Picture: {module.ALT}"
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata == {"image/png": {"alt": module.ALT}}
    assert by_the_notebooks_name is playground


def test_it_plays_and_pauses(app):
    before = app.picture.value

    async def played():
        app.play()
        assert app.playing and app.play_button.description == "Pause"
        await until(lambda: app.session.step >= 60)
        assert app.picture.value != before and "At step" in app.verdict.value
        app.pause()
        step = app.session.step
        await asyncio.sleep(0.3)
        assert app.session.step == step and not app.playing
        assert app.play_button.description == "Play"

    asyncio.run(played())
    assert app.moment.max == len(app.session.moments) - 1 >= 2
    assert "because" in app.diagnosis.value  # told when it stops


def test_a_knob_acts_on_the_training_while_it_plays(app):
    async def played():
        app.play()
        await until(lambda: app.session.step >= 5)
        session, step = app.session, app.session.step
        app.rates["g_rate"].value = 0.0213
        assert app.session is session and app.playing
        await until(lambda: app.session.step > step)
        app.pause()

    asyncio.run(played())
    assert app.session.settings.g_rate == 0.0213
    assert float(app.session.trainer.gan.g_optimizer.learning_rate) == pytest.approx(0.0213)
    assert [what for what, _ in app.session.events] == ["advance", "change", "advance"]


def test_it_goes_on_playing_past_bad_input_and_with_another_program(app):
    async def played():
        app.play()
        await until(lambda: app.session.step >= 5)
        session = app.session
        app.fields["packing"].control.value = "3"
        assert "multiple of 3" in app.fields["packing"].note.value
        step = session.step
        await until(lambda: session.step > step)
        assert app.session is session and app.playing
        app.fields["packing"].control.value = "2"
        assert app.session is not session
        await until(lambda: app.session.step >= 5)
        app.pause()

    asyncio.run(played())
    assert app.session.settings.packing == 2 and app.status.value.startswith("Begun anew")


def test_slow_motion_tells_each_step_and_takes_the_place_of_playing(app):
    seen = []
    app.told.observe(lambda change: change["new"] and seen.append(change["new"][:3]), "value")

    async def played():
        app.play()
        await until(lambda: app.session.step > 0)
        app.slow_button.value = True
        assert not app.play_button.value and app.playing
        await until(lambda: len(seen) >= 4)
        app.pause()
        assert not app.playing

    asyncio.run(played())
    assert seen[:4] == ["D's", "G's", "D's", "G's"]


def test_two_play_side_by_side_and_a_new_one_pauses_those_there_are(app):
    other = playground(**SMALL)

    async def played():
        app.play()
        other.play()
        await until(lambda: min(app.session.step, other.session.step) >= 10)
        third = playground(**SMALL)
        assert not app.playing and not other.playing and third.session.step == 0

    asyncio.run(played())


def test_each_of_two_that_play_shows_both_parts_of_its_picture(app, monkeypatch):
    both = {"one": app, "other": playground(**SMALL)}
    seen = {name: [] for name in both}
    for name, one in both.items():
        monkeypatch.setattr(one.screen, "show", lambda *given, to=seen[name]: to.append(given[-1]))
    for _ in range(4):
        for one in both.values():
            one._slice(diagnose=False)
    assert list(seen.values()) == [[0, 1, 2, 3]] * 2


def test_a_cell_may_move_it_while_another_thread_plays(app):
    failed = []

    def play():  # as where a front end hears widgets in a thread of their own
        async def played():
            app.play()
            await until(lambda: not app.playing)

        try:
            asyncio.run(played())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=play)
    thread.start()
    for _ in range(12):
        app.advance(30)
    app.pause()
    thread.join()
    assert not failed and app.status.value == ""
    assert sum(n for what, n in app.session.events if what == "advance") == app.session.step > 300


def test_without_an_event_loop_it_says_what_to_call(app):
    app.play()
    assert "call advance(500)" in app.status.value
    assert not app.play_button.value and not app.playing


def test_a_failure_while_it_plays_is_told_in_a_line(app, monkeypatch):
    async def played():
        app.play()
        await until(lambda: app.session.step > 0)
        monkeypatch.setattr(app.session, "advance", lambda steps: [][1])
        await until(lambda: not app.playing)

    asyncio.run(played())
    assert app.status.value == "list index out of range" and not app.play_button.value


def test_when_all_seeds_fail_it_pauses_and_says_so(app):
    app.fields["optimizer"].control.value = "SGD"
    app.fields["beta_1"].control.value = "0"
    app.fields["losses"].control.value = "Wasserstein"
    app.session.change(app.session.settings.changed(d_rate=1e30))

    async def played():
        app.play()
        await until(lambda: bool(app.session.trouble))
        await until(lambda: not app.playing)

    asyncio.run(played())
    assert "stopped being finite" in app.status.value
    app.restart()
    assert app.status.value == "" and app.session.step == 0


# Fields ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("g_hidden", "64,,x", "&#x27;64,,x&#x27;: wanted 1 to 6 whole numbers"),
        ("noise", "-1", "&#x27;-1&#x27;: wanted a number from 0 to 10"),
        ("packing", "3", "wanted a multiple of 3"),
        ("noise", "<b>", "&#x27;&lt;b&gt;&#x27;: wanted"),
        ("latent", "slots from -8 to 8, sorted", "aligned latents want data of one dimension"),
    ],
)
def test_bad_input_gets_a_line_and_leaves_the_training_alone(app, name, text, told):
    app.advance(3)
    session, settings = app.session, app.session.settings
    field = app.fields[name]
    field.control.value = text
    assert told in field.note.value and "\n" not in field.note.value
    assert app.session is session and session.settings == settings and session.step == 3
    assert field.control.value == text  # to be mended
    app.advance(1)
    assert session.step == 4


def test_a_mended_field_clears_its_line_and_begins_anew(app):
    app.advance(3)
    field = app.fields["g_hidden"]
    field.control.value = "x"
    field.control.value = "5, 5"
    assert field.note.value == "" and "Begun anew" in app.status.value
    assert app.session.step == 0 and app.session.settings.g_hidden == (5, 5)


def test_numbers_act_at_once_and_choices_begin_anew(app):
    app.fields["penalty"].control.value = "R1"
    app.advance(2)
    app.fields["weight"].control.value = "0.7"
    assert app.session.step == 2
    assert app.session.trainer.gan.added[0].scalars["weight"] == 0.7
    app.fields["losses"].control.value = "hinge"
    assert app.session.step == 0 and app.session.settings.losses == "hinge"


def test_a_preset_sets_every_control_and_keeps_the_number_of_seeds(app):
    app.presets.value = "repaired"
    settings = app.session.settings
    assert isinstance(app.session.target, Gaussian) and settings.seeds == 2
    assert app.targets.value == "bell" and app.fields["g_hidden"].control.value == "16"
    assert app.rates["d_rate"].value == pytest.approx(3e-3)
    app.advance(2)
    app.presets.value = "chasing"  # also where a program would take the numbers over
    assert app.session.step == 0 and app.session.settings.g_rate == 0.03
    assert app.rates["g_rate"].value == pytest.approx(0.03)
    app.presets.value = "D too strong"
    assert app.session.step == 0 and app.rates["d_rate"].value == pytest.approx(0.01)
    app.presets.value = "repaired"
    app.targets.value = "spiral"
    assert app.session.target.dim == 2 and app.session.settings.g_hidden == (16,)
    assert bytes(app.picture.value).startswith(b"\x89PNG")


def test_what_a_rate_cannot_do_is_told_and_the_slider_goes_back(app):
    app.presets.value = "perspective2016"  # SGD with momentum, whose rate falls: begins anew
    app.fields["pretraining"].control.value = "0"
    app.rates["d_rate"].value = 0.01
    assert app.session.settings.d_rate == 0.01 and "Begun anew" in app.status.value


def test_a_pretraining_that_diverges_gets_a_line_and_another_preset_is_told(app, monkeypatch):
    def diverges(settings):
        raise FloatingPointError("all 2 seeds stopped being finite")

    session = app.session
    monkeypatch.setattr(module, "Session", diverges)
    app.fields["pretraining"].control.value = "5"
    assert "stopped being finite" in app.fields["pretraining"].note.value
    app.presets.value = "repaired"
    assert app.status.value == "all 2 seeds stopped being finite"
    assert app.session is session and app.targets.value == "four points"


def test_another_seed_and_another_view_are_drawn(app):
    app.advance(60)
    before = app.picture.value
    app.seed.value = 1
    assert app.picture.value != before and "Seed 1" in app.diagnosis.value
    before = app.picture.value
    app.shows.value = "manifold"
    assert app.picture.value != before


def test_it_goes_back_to_what_was_recorded(app):
    app.advance(60)
    assert app.moment.max == 2
    app.moment.value = 1
    assert "At step 25," in app.verdict.value
    app.moment.value = 0
    assert "At step 0," in app.verdict.value and app.session.step == 60
    app.advance(1)
    assert "At step 61," in app.verdict.value


def test_restart_repeats_and_new_seeds_do_not(app):
    app.advance(5)
    before = app.session.now().samples
    app.buttons["again"].click()
    assert app.session.step == 0
    app.advance(5)
    np.testing.assert_array_equal(app.session.now().samples, before)
    app.buttons["new"].click()
    assert app.session.settings.seed_numbers == (2, 3)
    app.advance(5)
    assert (app.session.now().samples != before).any()


def test_the_code_is_shown_and_hidden_again(app):
    assert app.code.layout.display == "none"
    app.code_button.click()
    assert "gan = Gan(" in app.code.value and app.code.layout.display != "none"
    app.restart()
    assert app.code.value == "" and app.code.layout.display == "none"


def test_every_control_has_a_label(app):
    def controls(widget):
        for child in getattr(widget, "children", ()):
            yield from controls(child)
        if hasattr(widget, "description") and type(widget).__name__ != "HTML":
            yield widget

    found = list(controls(app))
    assert len(found) > 35
    for control in found:
        assert control.description, control


def test_wrong_arguments_get_one_line():
    for arguments, told in (
        ({"preset": "chase"}, "^preset='chase': wanted one of"),
        ({"colour": 1}, "^there is no setting 'colour'"),
        ({"own": np.zeros((3, 4))}, "^own has shape"),
        ({"preset": ["chasing"]}, r"^preset=\['chasing'\]: wanted one of"),
        ({"target": "spirals"}, "^target: 'spirals': wanted one of bell"),
        ({"seeds": 64}, "^seeds: '64': wanted a whole number from 1 to 36"),
    ):
        with pytest.raises(ValueError, match=told):
            playground(**arguments)


def test_own_points_are_trained_on():
    made = playground(own=np.random.default_rng(0).normal(size=(40, 2)), **SMALL)
    made.advance(2)
    assert made.targets.value == "own" and "distance tells" in made.verdict.value
    made.targets.value = "ring"
    assert made.session.settings.target == "ring"
    made.targets.value = "own"
    assert made.session.target.array.shape == (40, 2)


def test_what_is_drawn_is_trained_on(app):
    def take(strokes):
        app.own.pad._handle_custom_msg({"enter": True, "strokes": strokes}, [])

    take([])
    assert "nothing is drawn" in app.own.note.value
    app.own.pad.strokes = [[[0.0, 0.0]]]  # and the second has not been told yet
    take([[[0.0, 0.0], [1.0, 1.0]], [[-1.0, 0.5]]])
    assert len(app.own.pad.strokes) == 2
    assert app.own.note.value == "" and app.targets.value == "own" and app.session.step == 0
    assert app.session.target.array.shape == (1000, 2)
    app.own.place.value = True
    assert app.own.pad.line and app.own.pad.strokes == []
    app.own.pad.strokes = [[[-1.0, 0.1], [0.0, 0.9], [1.0, 0.1]]]
    app.own.pad._handle_custom_msg({"enter": True}, [])
    assert app.session.target.dim == 1
    app.advance(2)


def test_what_is_typed_is_trained_on_and_stays_in_the_menu(app):
    app.own.text.value = "1 0, -1 0, 0 1"
    assert app.targets.value == "typed" and "lost" in app.verdict.value
    app.targets.value = "ring"
    app.targets.value = "typed"
    assert len(app.session.target.modes) == 3


@pytest.mark.parametrize("text", ["64,,x", "1, 1", "<b>"])
def test_bad_data_of_ones_own_gets_a_line_and_leaves_the_training_alone(app, text):
    app.advance(3)
    session = app.session
    app.own.text.value = text
    assert "wanted" in app.own.note.value and "<b>&#9888;</b>" in app.own.note.value
    app.own.take()
    assert "nothing is drawn" in app.own.note.value
    assert app.session is session and session.step == 3
    app.own.text.value = "1, -1"
    assert app.own.note.value == "" and app.session is not session


def test_a_new_training_has_no_diagnosis_of_the_old_one(app):
    app.advance(100)
    assert "because" in app.diagnosis.value
    app.restart()
    assert "wants records" in app.diagnosis.value and app.diagnosed is None


def test_as_fast_as_it_can_it_takes_more_steps_a_picture(app):
    async def played():
        app.speed.value = 0
        app.play()
        await until(lambda: app.session.step >= 100)
        app.pause()

    asyncio.run(played())
    assert app._afford > 1


def test_what_is_noted_is_shown_and_not_asked_for_anew(app, monkeypatch):
    """Noting asks once for samples; a picture of that step asks no more."""
    asked, now = [], Session.now
    monkeypatch.setattr(Session, "now", lambda s, *a, **k: asked.append(s.step) or now(s, *a, **k))
    app.speed.value, app._afford = 0, app.session.spaced - 1
    for _ in range(4):
        app._afford = app.session.spaced - 1
        app._slice(False)
    spaced = app.session.spaced
    assert asked == [spaced - 1, spaced, 2 * spaced - 1, 2 * spaced]
    app.speed.value = spaced  # a speed that a reader has chosen is kept
    app.session.advance(3)
    begun = app.session.step
    app._slice(False)
    assert app.session.step == begun + spaced


@pytest.mark.slow
def test_memory_stays_flat_over_thousands_of_frames(app):
    """A tenth of an hour at 25 frames a second; `benchmarks/playground.py` takes the hour."""
    app.live._handle_custom_msg({"ready": True}, [])  # as a page does that draws
    sizes = []
    for frame in range(9000):
        app.session.advance(1)
        app._refresh(app.session.now())
        if frame in (3000, 8999):
            sizes.append(psutil.Process().memory_info().rss / 2**20)
    assert sizes[1] - sizes[0] < 10, "MB"
    assert len(app.session.moments) <= 241 and len(app.session.events) == 1
    assert app.live.frame and app.picture.layout.display == "none"


def test_without_the_package_for_the_canvas_pictures_do(monkeypatch):
    for place in (panel, ownbox):
        monkeypatch.setattr(place, "find_spec", lambda name: None)
    made = playground(**SMALL)
    made.advance(2)
    assert made.live is None and made.own.pad is None
    assert bytes(made.picture.value).startswith(b"\x89PNG")
    made.own.text.value = "1 0, -1 0"
    assert made.targets.value == "typed"
