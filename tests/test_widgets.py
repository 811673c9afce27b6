import base64

import ipywidgets
import pytest

from ganlab.plots import figure
from ganlab.widgets import Explorer


def make(draw=None, seen=None):
    def record(d_rate, size):
        if seen is not None:
            seen.append((d_rate, size))
        fig, ax = figure(width=2, height=2)
        ax.plot([0, d_rate], [0, size])
        return fig, f"rate {d_rate} < size {size}"

    knobs = {
        "d_rate": ipywidgets.FloatSlider(0.1, min=0, max=1, continuous_update=False),
        "size": ipywidgets.Dropdown(options=[4, 8], value=4),
    }
    return Explorer(draw or record, knobs, alt="a line")


def test_turning_a_knob_redraws_and_says_so():
    app = make()
    before = bytes(app.picture.value)
    assert before.startswith(b"\x89PNG") and app.verdict.value == "rate 0.1 &lt; size 4"
    app.knobs["size"].value = 8
    assert app.verdict.value == "rate 0.1 &lt; size 8" and app.picture.value != before


def test_several_knobs_are_set_with_one_drawing():
    seen = []
    app = make(seen=seen)
    app.set(d_rate=0.5, size=8)
    assert seen == [(0.1, 4), (0.5, 8)]
    with pytest.raises(ValueError, match=r"^there is no knob 'rate'; there are: d_rate, size$"):
        app.set(rate=1)


def test_it_says_that_it_is_working():
    said = []

    def draw(d_rate, size):
        said.append(app.verdict.value if app else None)
        return figure(width=1, height=1)[0], "done"

    app = None
    app = make(draw)
    app.knobs["size"].value = 8
    assert said == [None, "working..."] and app.verdict.value == "done"


def test_a_burst_of_changes_ends_at_the_last_values():
    seen = []

    def draw(d_rate, size):
        seen.append((d_rate, size))
        if d_rate == 0.2:  # the reader goes on turning while this computes
            for rate in (0.3, 0.4, 0.5):
                app.knobs["d_rate"].value = rate
            app.knobs["size"].value = 8
        return figure(width=1, height=1)[0], f"{d_rate} {size}"

    app = make(draw)
    app.knobs["d_rate"].value = 0.2
    assert seen == [(0.1, 4), (0.2, 4), (0.5, 8)] and app.verdict.value == "0.5 8"


def test_an_error_is_named_raised_and_over_with_the_next_change():
    def draw(d_rate, size):
        if size == 8:
            raise ValueError("8 is\ntoo much")
        return figure(width=1, height=1)[0], "fine"

    app = make(draw)
    with pytest.raises(ValueError, match="too much"):
        app.knobs["size"].value = 8
    assert app.verdict.value == "ValueError: 8 is too much"
    app.knobs["size"].value = 4
    assert app.verdict.value == "fine"


def test_it_is_a_widget_a_picture_and_a_fixed_text_at_once():
    app = make()
    app.knobs["size"].value = 8
    data, metadata = app._repr_mimebundle_()
    assert data["text/plain"] == "Explorer with knobs d_rate, size. Picture: a line"
    assert base64.b64decode(data["image/png"]) == app.picture.value
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata == {"image/png": {"alt": "a line"}}
    assert app.children[-1].value == "<small>a line</small>"
    assert app.picture.tooltip is None  # a tooltip stops JupyterLab from showing an Image


def test_wrong_arguments_get_one_line():
    def draw():
        raise AssertionError("is not reached")

    with pytest.raises(ValueError, match=r"^alt is ''; describe the picture in one line"):
        Explorer(draw, {}, alt="")
    with pytest.raises(TypeError, match=r"^knob 'rate' is a float; give a control$"):
        Explorer(draw, {"rate": 0.1}, alt="a line")
