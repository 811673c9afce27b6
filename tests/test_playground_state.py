"""The playground's state as a file, and what else can be taken away."""

import asyncio
import base64
import datetime
import io
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ganlab.course.playground import playground
from ganlab.course.playground.code import script
from ganlab.course.playground.model import Session
from ganlab.course.playground.presets import PRESETS, preset
from ganlab.course.playground.settings import Settings, changed
from ganlab.course.playground.state import FORMAT, loaded, saved

SMALL = Settings(g_hidden=(4,), d_hidden=(4, 4), batch_size=4, seeds=2)
GOOD = {"format": FORMAT, "settings": {}, "events": []}


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def lived():
    session = Session(SMALL.changed(noise=0.1, d_rate=0.1 / 3), spaced=4)
    session.advance(6)
    session.change(session.settings.changed(noise=0.3, g_rate=2e-3))
    session.d_step()
    session.g_step()
    session.g_step()
    session.carry_on(session.settings.changed(penalty="R1", minibatch=True))
    session.advance(3)
    return session


def test_a_file_does_again_what_was_done():
    session = lived()
    text = saved(session)
    assert len(text) < 1000 and json.loads(text)["format"] == FORMAT
    settings, events = loaded(text)
    again = Session(settings, spaced=4)
    for _ in again.repeat(events, at_once=2):
        pass
    np.testing.assert_array_equal(again.now().samples, session.now().samples)
    assert again.settings == session.settings and again.step == session.step
    assert script(again) == script(session)
    assert saved(again) == text


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_read_back(name):
    first, events = loaded(json.dumps({**GOOD, "settings": settings_of(preset(name))}))
    assert first == preset(name) and events == []


def settings_of(settings):
    class Fresh:
        first_settings, events = settings, ()

    return json.loads(saved(Fresh))["settings"]


def test_data_of_ones_own_are_read_back():
    own = changed(SMALL, {"own": np.random.default_rng(0).normal(size=(30, 2))})
    bells = SMALL.changed(target="typed", bells=((1.0,), (-1.5,)))
    for settings in (own, bells):
        assert loaded(json.dumps({**GOOD, "settings": settings_of(settings)}))[0] == settings


@pytest.mark.parametrize(
    ("name", "most", "above"),
    [
        ("seeds", 36, 64),
        ("batch_size", 1024, 2048),
        ("d_hidden", (512,), (1024,)),
        ("decay", 0.9999, 0.99995),
        ("n_critic", 20, 25),
        ("until", 1_000_000, 1_000_001),
        ("first_seed", 2**31, 2**31 + 1),
        ("g_scale", 1e6, 2e6),
        ("bells", [(-10.0,), (10.0,)], [(-10.0,), (11.0,)]),
        ("own", [[1e9, 0.0], [0.0, 1.0]], [[2e9, 0.0], [0.0, 1.0]]),
    ],
)
def test_what_can_be_set_can_be_loaded(name, most, above):
    settings = changed(SMALL, {name: most})
    assert loaded(json.dumps({**GOOD, "settings": settings_of(settings)}))[0] == settings
    with pytest.raises(ValueError, match=f"^{name}"):
        changed(SMALL, {name: above})
    with pytest.raises(ValueError, match=f"^{name}"):
        loaded(json.dumps({**GOOD, "settings": {name: above}}))


def test_whatever_was_trained_is_loaded_or_told_when_it_is_saved():
    class Long:
        first_settings, events = SMALL, [("advance", 2_000_000), ("d_step", 1)]

    assert loaded(saved(Long)) == (SMALL, Long.events)
    Long.events = [("d_step", 1), ("g_step", 1)] * 5001
    with pytest.raises(ValueError, match=r"^the file has 10,002 events: wanted 10,000 at most$"):
        saved(Long)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("", "^the file is no JSON"),
        ("[" * 100_000, "^the file is no JSON"),
        ('{"format": NaN}', "^the file is no JSON"),
        ("x" * 300_001, "^the file has 300,001 bytes: wanted 300,000 at most"),
        ([], "^the file is none of the playground's"),
        ({"format": "another"}, "^the file is none of the playground's: wanted format"),
        ({"format": FORMAT}, "^the file lacks settings or events"),
        ({**GOOD, "settings": {"colour": 1}}, "^there is no setting 'colour'"),
        ({**GOOD, "settings": {"g_hidden": [64, "x"]}}, "^g_hidden: '64,x': wanted 1 to 6"),
        ({**GOOD, "settings": {"g_hidden": {}}}, "^g_hidden: '{}': wanted a number or a name"),
        ({**GOOD, "settings": {"noise": -1}}, "^noise: '-1': wanted a number from 0 to 10"),
        ({**GOOD, "settings": {"seeds": True}}, "^seeds: 'True': wanted"),
        ({**GOOD, "settings": {"d_rate": "1"}}, "^d_rate: '1': wanted a number from 0 to 10"),
        ({**GOOD, "settings": {"target": "__import__"}}, "^target: '__import__': wanted one of"),
        ({**GOOD, "settings": {"target": []}}, "^target: '\\[\\]': wanted one of"),
        ({**GOOD, "settings": {"target": "own"}}, "^target is 'own', and its points are not there"),
        ({**GOOD, "settings": {"own": [[1], [2, 3]]}}, "^own: wanted one number or two"),
        ({**GOOD, "settings": {"own": [[1e99], [2]]}}, "^own: '1e\\+99': wanted a number"),
        ({**GOOD, "settings": {"inputs": [3, 1]}}, "^inputs: wanted the lower number first"),
        ({**GOOD, "events": [["advance", 10**9]]}, "^the file has 1,000,000,000 steps: wanted"),
        ({**GOOD, "events": [["advance", 1.5]]}, "is no event"),
        ({**GOOD, "events": [["advance", -5]]}, "is no event"),
        ({**GOOD, "events": [["pause", 1]]}, "is no event"),
        ({**GOOD, "events": ["advance"]}, "is no event"),
        ({**GOOD, "events": [["change", 3]]}, "is no event"),
        ({**GOOD, "events": [["change", {"x": 3}]]}, "^there is no setting 'x'"),
        ({**GOOD, "events": [["d_step", 1]] * 10_001}, "^the file has 10,001 events"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(state, told):
    text = state if isinstance(state, str) else json.dumps(state)
    with pytest.raises(ValueError, match=told) as error:
        loaded(text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(list(Settings.__dataclass_fields__))


@given(st.dictionaries(NAMES, JSON, max_size=2), st.lists(st.tuples(st.text(), JSON), max_size=2))
def test_whatever_a_file_holds_is_read_or_refused_in_a_line(settings, events):
    text = json.dumps({"format": FORMAT, "settings": settings, "events": events})
    try:
        first, _ = loaded(text)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(first, Settings)


# In the playground -----------------------------------------------------------------------------


@pytest.fixture
def app():
    made = playground(g_hidden=(4,), d_hidden=(4,), batch_size=4, seeds=2)
    yield made
    made.pause()


def upload(app, text):
    data = text.encode()
    file = dict(name="gan.json", type="application/json", size=len(data), content=memoryview(data))
    app.files.upload.value = ({**file, "last_modified": datetime.datetime.now()},)


def held(app):
    link = re.search(
        r'download="([^"]+)" href="data:([^;]+);base64,([^"]+)"', app.files.links.value
    )
    return link[1], link[2], base64.b64decode(link[3])


def test_the_state_is_saved_by_a_link_and_loaded_from_a_file(app):
    app.advance(30)
    app.rates["g_rate"].value = 0.0213
    app.advance(7)
    samples = app.session.now().samples
    app.files.buttons["State"].click()
    name, kind, data = held(app)
    assert (name, kind) == ("gan.json", "application/json")
    other = playground("chasing", seeds=3)
    upload(other, data.decode())
    assert other.files.note.value == "" and other.session.step == 37
    np.testing.assert_array_equal(other.session.now().samples, samples)
    assert other.rates["g_rate"].value == pytest.approx(0.0213)
    assert other.files.upload.value == ()


def test_a_file_is_done_again_while_a_kernel_runs_and_can_be_stopped(app):
    app.advance(1000)
    text = app.state()

    async def loads():
        app.load(text)
        assert app.playing and app.status.value.startswith("Doing again")
        for _ in range(3000):
            if not app.playing:
                break
            await asyncio.sleep(0.01)
        assert app.session.step == 1000 and app.status.value == ""
        app.load(text)
        await asyncio.sleep(0.05)
        app.pause()
        step = app.session.step
        await asyncio.sleep(0.1)
        assert app.session.step == step <= 1000

    asyncio.run(loads())


@pytest.mark.parametrize("text", ["", "{}", '{"format": 1}', "\x00\xff"])
def test_a_bad_file_gets_a_line_and_leaves_the_training_alone(app, text):
    app.advance(3)
    session = app.session
    upload(app, text)
    assert "the file is" in app.files.note.value and app.session is session


def test_a_state_that_could_not_be_loaded_is_told_and_not_saved(app):
    app.session.events = [("d_step", 1), ("g_step", 1)] * 5001
    app.files.buttons["State"].click()
    assert "10,002 events" in app.files.note.value and app.files.links.value == ""
    app.files.buttons["Picture"].click()
    assert app.files.note.value == "" and held(app)[0] == "gan.png"


def test_a_file_that_is_too_large_is_not_read(app):
    upload(app, "[" * 400_000)
    assert "400,000 bytes" in app.files.note.value


def test_the_picture_and_the_film_are_png(app):
    app.advance(200)
    app.files.buttons["Picture"].click()
    name, _, data = held(app)
    assert name == "gan.png" and Image.open(io.BytesIO(data)).size == (990, 478)
    shown = app.picture.value
    app.files.buttons["Film"].click()
    name, kind, data = held(app)
    film = Image.open(io.BytesIO(data))
    assert (name, kind, film.n_frames) == ("gan-film.png", "image/png", 9)
    assert film.size == (990, 478)
    first = np.asarray(film.convert("RGB"))
    film.seek(8)
    assert (first != np.asarray(film.convert("RGB"))).any()
    assert app.picture.value == shown


def test_a_film_has_no_more_pictures_than_it_may(app, monkeypatch):
    from ganlab.course.playground import takeaway

    monkeypatch.setattr(takeaway, "FRAMES", 3)
    app.advance(200)
    assert Image.open(io.BytesIO(app.film())).n_frames == 3
