"""The playground as a reader meets it, in JupyterLab and in voila: by mouse, finger and keyboard.

One page a place: it takes a minute to open. Each test begins where `fresh` puts it.
"""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENT = 120_000  # milliseconds, for what has to be compiled on a busy machine


@pytest.fixture
def fresh(place):
    """The playground at step 0 of its first preset, paused, at a full speed."""
    settled(place)
    if button(place, "Pause").count():
        press(place, "Pause")
        settled(place)
    # A menu sends no second change before the first was answered, but a button does.
    for name in ("repaired", "ours on four points"):
        menu(place, "preset").select_option(name)
        settled(place)
    assert step_of(place) == 0
    menu(place, "speed").select_option("25 steps")
    yield place
    place.check()


def button(place, name):
    # Not exact: an icon is part of a button's name, as a letter of the icons' font.
    return place.page.locator(".jupyter-widgets").get_by_role("button", name=name)


def press(place, name):
    button(place, name).first.click()


def menu(place, label):
    return place.page.get_by_label(label, exact=True).first


def told(place, text):
    return place.page.locator(".widget-html").filter(has_text=text).first


def step_of(place):
    text = told(place, "At step").inner_text() if told(place, "At step").count() else "At step -1,"
    return int(re.search(r"At step (-?[\d,]+),", text)[1].replace(",", ""))


def until_step(place, holds):
    for _ in range(PATIENT // 100):
        if holds(step_of(place)):
            return
        place.page.wait_for_timeout(100)
    place.screenshot(f"{place.name}-stays")
    said = [text for text in place.page.locator(".widget-html").all_inner_texts() if text.strip()]
    raise AssertionError(f"it stays at step {step_of(place)}, and says {said}")


def pad_of(place):
    """The pad, in sight: opened, if no test that failed left it so."""
    pad = place.page.locator("canvas.ganlab-pad").first
    if not pad.is_visible():
        place.page.get_by_text("data of your own", exact=True).click()
    pad.wait_for()
    return pad


def frame_of(place):
    return int(place.canvas.get_attribute("data-frame"))


def pixels(place):
    """What the canvas shows, (height, width, 3)."""
    data = place.canvas.evaluate("canvas => canvas.toDataURL('image/png').split(',')[1]")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), float)


def settled(place):
    """Waits until the kernel has answered to all that was done: it answers one at a time."""
    made(place, "State")
    place.page.wait_for_timeout(300)  # for the browser to draw


def saved(place, name):
    """The bytes of a file that one of the buttons makes."""
    link = made(place, name)
    with place.page.expect_download() as download:
        link.click()
    return download.value.path().read_bytes()


def made(place, name):
    """The link to a file that one of the buttons makes."""
    fresh_link = "document.querySelector('a[download]')?.remove()"  # so that no old one is taken
    place.page.evaluate(fresh_link)
    press(place, name)
    file = {"State": "gan.json", "Picture": "gan.png", "Film": "gan-film.png"}[name]
    link = place.page.locator(f"a[download='{file}']").first
    link.wait_for(timeout=PATIENT)
    return link


def upload(place, path):
    with place.page.expect_file_chooser() as chooser:
        press(place, "Load a state")
    chooser.value.set_files(path)


def test_the_browser_draws_what_matplotlib_draws(fresh):
    for shown in ("what D says", "G as a map of z", "where G is pulled", "D less the best D"):
        menu(fresh, "show").select_option(shown)
        settled(fresh)
        ours = pixels(fresh)
        fresh.screenshot(f"{fresh.name}-{shown}", fresh.canvas)
        theirs = Image.open(io.BytesIO(saved(fresh, "Picture"))).convert("RGB")
        theirs = np.asarray(theirs, float)
        assert ours.shape == theirs.shape == (478, 990, 3)
        apart = np.abs(ours - theirs)
        assert apart.mean() < 5, shown
        blank = np.abs(theirs - theirs.reshape(-1, 3).mean(axis=0)).mean()
        assert blank > 3 * apart.mean(), shown  # an empty canvas would be further away
    menu(fresh, "show").select_option("what D says")


def test_it_plays_pauses_and_answers_while_it_plays(fresh):
    frame = frame_of(fresh)
    press(fresh, "Play")
    until_step(fresh, lambda step: step > 50)
    assert frame_of(fresh) > frame
    menu(fresh, "show").select_option("the best D")
    menu(fresh, "below").select_option("all seeds")
    menu(fresh, "above").select_option("D's scores")
    fresh.page.wait_for_timeout(1500)
    fresh.screenshot(f"{fresh.name}-playing")
    press(fresh, "Pause")
    settled(fresh)
    step = step_of(fresh)
    fresh.page.wait_for_timeout(1500)
    assert step_of(fresh) == step
    for label, first in (("show", "what D says"), ("below", "distance"), ("above", "losses")):
        menu(fresh, label).select_option(first)


def test_a_knob_turned_by_the_keyboard_acts_while_it_plays(fresh):
    press(fresh, "Play")
    until_step(fresh, lambda step: step > 0)
    handle = fresh.page.locator(".jupyter-widgets .noUi-handle").first
    handle.focus()
    handle.press("ArrowRight")
    fresh.page.locator(".widget-readout").filter(has_text="1.3e-3").first.wait_for()
    step = step_of(fresh)
    until_step(fresh, lambda now: now > step)
    press(fresh, "Pause")
    press(fresh, "Show me the code")
    settled(fresh)
    text = fresh.page.locator(".widget-textarea textarea").first.input_value()
    assert "trainer.take_over(" in text and "0.00126" in text


def test_steps_are_told(fresh):
    press(fresh, "Step D")
    told(fresh, "D's turn").wait_for(timeout=PATIENT)
    press(fresh, "Step G")
    told(fresh, "G's turn").wait_for(timeout=PATIENT)
    fresh.screenshot(f"{fresh.name}-told")
    press(fresh, "Slow motion")
    told(fresh, "D's turn").wait_for(timeout=PATIENT)
    press(fresh, "Slow motion")


def test_a_wrong_size_gets_a_line_and_a_right_one_begins_anew(fresh):
    press(fresh, "Step both")
    settled(fresh)
    assert step_of(fresh) == 1
    fresh.page.get_by_text("networks", exact=True).click()
    field = fresh.page.get_by_label("G's hidden layers").first
    for text, line in (("64,,x", "'64,,x': wanted 1 to 6"), ("-1", "'-1': wanted 1 to 6")):
        field.fill(text)
        field.press("Enter")
        told(fresh, line).wait_for()
    settled(fresh)
    assert step_of(fresh) == 1
    fresh.screenshot(f"{fresh.name}-wrong")
    field.fill("8")
    field.press("Enter")
    told(fresh, "Begun anew").wait_for(timeout=PATIENT)
    assert step_of(fresh) == 0
    press(fresh, "Show me the code")
    settled(fresh)
    assert "mlp((2, 8, 2)" in fresh.page.locator(".widget-textarea textarea").first.input_value()
    fresh.page.get_by_text("networks", exact=True).click()


def test_every_preset_opens(fresh):
    options = menu(fresh, "preset").locator("option").all_inner_texts()
    assert len(options) == 13
    for name in options[::-1]:
        before = frame_of(fresh)
        menu(fresh, "preset").select_option(name)
        # A menu's message may be heard after the button's that `settled` presses.
        fresh.page.wait_for_function(
            "before => +document.querySelector('canvas.ganlab-live').dataset.frame > before",
            arg=before,
            timeout=PATIENT,
        )
        settled(fresh)
        fresh.check()
        fresh.screenshot(f"{fresh.name}-preset {name}", fresh.canvas)


def test_data_are_drawn_by_mouse_and_by_keyboard(fresh):
    pad = pad_of(fresh)
    pad.scroll_into_view_if_needed()
    press(fresh, "Train on it")
    told(fresh, "nothing is drawn").wait_for()
    box = pad.bounding_box()
    mouse = fresh.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    for k in range(20):
        mouse.move(box["x"] + 40 + 12 * k, box["y"] + 60 + 8 * k)
    mouse.up()
    fresh.page.locator(".ganlab-said").filter(has_text="1 stroke").first.wait_for()
    fresh.screenshot(f"{fresh.name}-drawn", pad)
    press(fresh, "Train on it")
    told(fresh, "Begun anew").wait_for(timeout=PATIENT)
    assert menu(fresh, "data").input_value() == "own"
    menu(fresh, "data").select_option("ring")
    press(fresh, "Clear")
    pad.focus()
    for key in (" ", *["ArrowRight"] * 5, *["Shift+ArrowUp"] * 3, " ", "ArrowLeft", "Enter"):
        pad.press(key)
    fresh.page.wait_for_function(  # the menu's text, as a reader sees it
        "[...document.querySelectorAll('select')].some("
        "one => one.selectedOptions[0]?.text === 'own')",
        timeout=PATIENT,
    )
    typed = fresh.page.get_by_label("or type").first
    typed.fill("1,,x")
    typed.press("Enter")
    told(fresh, "nothing between two commas").wait_for()
    typed.fill("-2: 0, 0: 1, 2: 0")
    typed.press("Enter")
    told(fresh, "Begun anew").wait_for(timeout=PATIENT)
    settled(fresh)
    fresh.screenshot(f"{fresh.name}-typed", fresh.canvas)
    fresh.page.get_by_text("data of your own", exact=True).click()


def test_a_finger_draws(fresh):
    pad = pad_of(fresh)
    told_of_pad = fresh.page.locator(".ganlab-said").first
    # Twice: what was there is gone when the next stroke comes, however busy the kernel is.
    for _ in range(2):
        press(fresh, "Clear")
        assert told_of_pad.inner_text() == "nothing drawn yet"
        for kind, x in (("pointerdown", 100), ("pointermove", 180), ("pointerup", 180)):
            pad.evaluate(
                """(pad, [kind, x]) => {
                    const box = pad.getBoundingClientRect();
                    pad.setPointerCapture = () => {};
                    const at = { clientX: box.left + x, clientY: box.top + x, bubbles: true };
                    pad.dispatchEvent(
                        new PointerEvent(kind, { pointerType: "touch", pointerId: 5, ...at }));
                }""",
                [kind, x],
            )
        assert told_of_pad.inner_text() == "1 stroke"
    settled(fresh)
    assert told_of_pad.inner_text() == "1 stroke"
    assert pad.evaluate("pad => getComputedStyle(pad).touchAction") == "none"
    fresh.screenshot(f"{fresh.name}-finger", pad.locator(".."))
    fresh.page.get_by_text("data of your own", exact=True).click()


def test_what_the_diagnosis_proposes_is_tried(fresh):
    menu(fresh, "preset").select_option("chasing")
    menu(fresh, "speed").select_option("100 steps")
    press(fresh, "Play")
    until_step(fresh, lambda step: step > 1000)
    press(fresh, "Pause")
    settled(fresh)
    press(fresh, "Try it on this GAN")
    told(fresh, "Tried on the networks as they were").wait_for(timeout=PATIENT)
    fresh.page.wait_for_timeout(1000)
    picture = fresh.page.locator("img.widget-image:visible").last
    picture.scroll_into_view_if_needed()
    fresh.screenshot(f"{fresh.name}-tried", picture)
    assert "After, at step" in told(fresh, "Tried on").inner_text()


def test_what_is_taken_away_is_there(fresh, tmp_path):
    press(fresh, "Step both")
    settled(fresh)
    assert step_of(fresh) == 1
    state = json.loads(saved(fresh, "State"))
    assert state["format"].startswith("ganlab playground") and ["advance", 1] in state["events"]
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    (tmp_path / "good.json").write_text(json.dumps(state), encoding="utf-8")
    press(fresh, "Restart")
    settled(fresh)
    assert step_of(fresh) == 0
    upload(fresh, tmp_path / "bad.json")
    told(fresh, "the file is no JSON").wait_for()
    upload(fresh, tmp_path / "good.json")
    until_step(fresh, lambda step: step == 1)
    film = Image.open(io.BytesIO(saved(fresh, "Film")))
    assert film.format == "PNG"


def test_it_can_be_used_without_a_mouse_and_is_labelled(fresh):
    page = fresh.page
    for role in ("button", "combobox", "slider", "textbox", "spinbutton"):
        for control in page.locator(".jupyter-widgets:visible").get_by_role(role).all():
            name = control.evaluate(
                "one => one.getAttribute('aria-label') || one.labels?.[0]?.textContent"
                " || one.textContent || one.title || one.closest('.widget-inline-hbox')"
                "?.querySelector('label')?.textContent"
            )
            assert name and name.strip(), control.evaluate("one => one.outerHTML")[:300]
    assert "seed" in fresh.canvas.get_attribute("aria-label")
    button(fresh, "Play").first.focus()
    page.keyboard.press("Space")
    until_step(fresh, lambda step: step > 0)
    button(fresh, "Pause").first.focus()
    page.keyboard.press("Space")


def test_it_is_legible_in_a_dark_theme(fresh):
    """The canvas keeps white paper, and what stands beside it follows the theme."""

    def brightness():
        colour = told(fresh, "At step").evaluate("one => getComputedStyle(one).color")
        return min(map(int, re.findall(r"\d+", colour)[:3]))

    assert brightness() < 100
    if fresh.name == "voila":
        return  # its page is light
    change = "() => jupyterapp.commands.execute('apputils:change-theme', {{ theme: {0!r} }})"
    fresh.page.evaluate(change.format("JupyterLab Dark"))
    fresh.page.wait_for_timeout(3000)
    fresh.screenshot(f"{fresh.name}-dark")
    assert (pixels(fresh)[0, 0] == 255).all()
    assert brightness() > 150
    fresh.page.evaluate(change.format("JupyterLab Light"))
    fresh.page.wait_for_timeout(3000)
