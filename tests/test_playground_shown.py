"""What moves as shapes for a browser, and the canvas that shows them."""

import time

import numpy as np
import pytest

from ganlab.course.playground import live as module
from ganlab.course.playground.canvas import SCORE, Canvas
from ganlab.course.playground.live import Live
from ganlab.course.playground.shown import listed, packed, unpacked
from ganlab.figures import figure


@pytest.fixture
def drawn():
    fig, ax = figure(width=3, height=2)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    return Canvas(fig), ax


def numbers(shape, data):
    return np.frombuffer(data, "<f4", shape["n"], shape["at"]).reshape(-1, 2)


def test_a_line_is_listed_where_matplotlib_draws_it(drawn):
    canvas, ax = drawn
    canvas.moves(ax.plot([0.1, 0.9], [0.05, 0.35], color="#ff0000", lw=3, ls="--", alpha=0.5)[0])
    pixels = canvas.pixels().astype(int)
    _, (shape,), data = canvas.parts()
    assert (shape["k"], shape["c"], shape["a"]) == ("line", "#ff0000", 0.5) and shape["dash"]
    assert shape["w"] == pytest.approx(3 * 110 / 72, abs=0.01)
    (x0, y0), (x1, y1) = numbers(shape, data)
    red = np.argwhere(pixels[..., 0] - pixels[..., 1] > 60)  # (row from the top, column)
    np.testing.assert_allclose(red.min(axis=0), [min(y0, y1), min(x0, x1)], atol=4)
    np.testing.assert_allclose(red.max(axis=0), [max(y0, y1), max(x0, x1)], atol=4)


def test_markers_texts_pictures_areas_and_arrows_are_listed_in_their_order(drawn):
    canvas, ax = drawn
    look = dict(zorder=9, size=8, va="bottom", ha="right", transform=ax.transAxes, clip_on=False)
    canvas.moves(ax.text(0.5, 0.5, "word", **look))
    canvas.moves(ax.text(0.5, 0.5, "", zorder=8))
    values = np.array([[0.0, 1.0], [np.nan, 0.5]])
    picture = ax.imshow(values, extent=(0, 1, 0, 0.5), origin="lower", cmap=SCORE, vmin=0, vmax=1)
    canvas.moves(picture)
    picture.set_zorder(0)
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="auto")
    canvas.moves(ax.plot([0.5], [0.5], ls="", marker="x", ms=4, zorder=3)[0])
    hidden = canvas.moves(ax.plot([0.5], [0.5], ls="", marker="o", ms=4, zorder=4)[0])
    canvas.moves(ax.fill_between([0, 1], [0, 0], [1, 1], zorder=1))
    look = dict(angles="xy", scale_units="xy", scale=1, zorder=5)
    arrows = canvas.moves(ax.quiver([0.0], [0.0], [0.5], [0.25], **look))
    hidden.set_visible(False)
    _, shapes, data = canvas.parts()
    assert [shape["k"] for shape in shapes] == ["picture", "area", "crosses", "arrows", "text"]
    picture, area, cross, arrows, text = shapes
    rgba = np.frombuffer(data, "u1", picture["n"], picture["at"]).reshape(2, 2, 4)
    assert rgba[0, 0, 3] == 0 and (rgba[1, 0] == SCORE(0.0, bytes=True)).all()  # rows from above
    np.testing.assert_allclose(picture["box"][3], ax.bbox.height / 2, atol=0.2)
    height = canvas.fig.bbox.height
    middle = [ax.bbox.x0 + ax.bbox.width / 2, height - ax.bbox.y0 - ax.bbox.height / 2]
    np.testing.assert_allclose(numbers(cross, data)[0], middle, rtol=1e-5)
    start, end = numbers(arrows, data)
    np.testing.assert_allclose(end - start, [ax.bbox.width / 2, -ax.bbox.height / 4], rtol=1e-4)
    assert np.isnan(numbers(area, data)[-1]).all()
    assert (text["t"], text["ha"], text["va"]) == ("word", "right", "bottom")
    assert "clip" in cross and "clip" not in text


def test_another_kind_of_artist_is_refused(drawn):
    canvas, ax = drawn
    canvas.moves(ax.bar([0], [1])[0])
    with pytest.raises(TypeError, match="a Rectangle cannot be listed: wanted one of Line2D"):
        canvas.parts()


def test_a_frame_is_packed_and_unpacked():
    shapes = [{"k": "text", "t": "Ω, 1/2", "at": 0, "n": 2}]
    data = np.array([1.5, np.nan], "<f4").tobytes()
    frame = packed(7, shapes, data)
    assert len(frame) % 4 == 0
    assert unpacked(frame) == (7, shapes, data)


def test_what_stands_still_is_sent_once_and_again_when_it_changes(drawn):
    canvas, ax = drawn
    line = canvas.moves(ax.plot([0, 1], [0, 1])[0])
    shown, sent = Live("a line"), []
    shown.observe(lambda change: sent.append(change["name"]))
    shown.show(canvas)
    line.set_data([0, 1], [1, 0])
    shown.show(canvas)
    assert sent == ["still", "frame", "frame"]
    ax.set_xlim(0, 2)
    canvas.stale()
    shown.show(canvas)
    assert sent == ["still", "frame", "frame", "still", "frame"]
    assert unpacked(shown.frame)[0] == 3 and shown.still.startswith(b"\x89PNG")


def test_no_more_frames_are_sent_than_a_page_draws(drawn, monkeypatch):
    canvas, _ = drawn
    heard = []
    shown = Live("nothing", lambda: heard.append(1))
    for _ in range(2):
        shown._handle_custom_msg({"ready": True}, [])
    assert shown.seen and heard == [1]
    for _ in range(module.AHEAD):
        assert shown.free
        shown.show(canvas)
    assert not shown.free
    shown._handle_custom_msg({"drawn": 1}, [])
    assert shown.free
    shown.show(canvas)
    assert not shown.free
    later = time.monotonic() + module.PATIENCE + 1
    monkeypatch.setattr(module.time, "monotonic", lambda: later)
    assert shown.free  # the page may have been closed, and opened again


def test_nothing_of_a_page_can_break_it():
    shown = Live("nothing")
    for content in ({"drawn": "soon"}, {"drawn": None}, {}, {"else": 1}, {"drawn": 10**9}):
        shown._handle_custom_msg(content, [])
    assert shown.free


def test_listing_keeps_to_the_order_of_drawing_for_all_views():
    assert listed([], 100) == ([], b"")
