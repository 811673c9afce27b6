"""Messages of a page that a kernel hears in two threads, as JupyterLab's subshells have it."""

import json
import threading
import time

import ipywidgets as widgets
import matplotlib
import pytest

from ganlab.course.explorer import Explorer
from ganlab.course.playground import playground
from ganlab.course.playground.ownbox import OwnBox
from ganlab.course.turns import alone, in_turn
from ganlab.figures import styled
from ganlab.plots import figure

SMALL = {"g_hidden": (4,), "d_hidden": (4,), "batch_size": 4, "seeds": 2}
PATIENCE = 30  # seconds


def message(widget, data):
    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})


def update(widget, state):
    message(widget, {"method": "update", "state": state, "buffer_paths": []})


class InAnotherThread:
    """Runs `function(*given)`; `end` waits for it, and raises what it raised."""

    def __init__(self, function, *given):
        self.error = None
        self.thread = threading.Thread(target=self._run, args=(function, given), daemon=True)
        self.thread.start()

    def _run(self, function, given):
        try:
            function(*given)
        except BaseException as error:
            self.error = error

    def end(self):
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        if self.error is not None:
            raise self.error


class Held:
    """A function that says when it was called, and returns when it is let go."""

    def __init__(self):
        self.called, self.free = threading.Event(), threading.Event()

    def __call__(self, *given):
        self.called.set()
        assert self.free.wait(PATIENCE)


def test_what_is_typed_while_a_drawing_is_taken_over_is_told_after_it():
    use = Held()
    box = in_turn(OwnBox(use))
    enter = {"method": "custom", "content": {"enter": True, "strokes": [[[0, 0], [1, 1]]]}}
    drawing = InAnotherThread(message, box.pad, enter)
    assert use.called.wait(PATIENCE)
    typing = InAnotherThread(update, box.text, {"value": "1,,x"})
    time.sleep(0.2)
    assert box.note.value == ""
    use.free.set()
    drawing.end()
    typing.end()
    assert "nothing between two commas" in box.note.value


def controls_of(box):
    for one in getattr(box, "children", ()):
        yield one
        yield from controls_of(one)


def test_no_control_of_a_playground_answers_while_another_thread_is_at_work(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    app = playground(**SMALL)
    found = [app, *controls_of(app)]
    assert len(found) > 60 and app.own.pad in found and app.live in found
    held = Held()
    work = InAnotherThread(alone(held))
    assert held.called.wait(PATIENCE)
    told = []
    for one in found:
        one.on_msg(lambda *_: told.append(1))
    waiting = [InAnotherThread(message, one, {"method": "custom", "content": {}}) for one in found]
    time.sleep(0.2)
    assert told == []
    held.free.set()
    for one in [work, *waiting]:
        one.end()
    assert len(told) == len(found)


@pytest.fixture
def drawings():
    """Two explorers with knobs a and b, what they drew, and what holds them where a is 2."""
    held, drawn, at_work = Held(), [], []

    def draw(**values):
        assert not at_work
        at_work.append(1)
        if values["a"] == 2:
            held()
        drawn.append(values)
        at_work.clear()
        return figure(1)[0], json.dumps(values)

    apps = []
    for _ in range(2):
        knobs = {name: widgets.IntSlider(1, continuous_update=False) for name in "ab"}
        apps.append(Explorer(draw, knobs, alt="a picture"))
    drawn.clear()
    return apps, drawn, held


@pytest.mark.parametrize("other", [0, 1])
def test_two_knobs_turned_in_two_threads_are_drawn_one_after_the_other(drawings, other):
    apps, drawn, held = drawings
    first = InAnotherThread(update, apps[0].knobs["a"], {"value": 2})
    assert held.called.wait(PATIENCE)
    second = InAnotherThread(update, apps[other].knobs["b"], {"value": 3})
    time.sleep(0.2)
    assert drawn == []
    held.free.set()
    first.end()
    second.end()
    assert drawn == [{"a": 2, "b": 1}, {"a": 1 if other else 2, "b": 3}]
    assert apps[other].verdict.value == json.dumps(drawn[-1])


def test_two_threads_that_draw_leave_no_style_behind():
    before, first, second = dict(matplotlib.rcParams), Held(), Held()
    drawing = InAnotherThread(styled(first))
    assert first.called.wait(PATIENCE)
    other = InAnotherThread(styled(second))
    time.sleep(0.2)
    first.free.set()
    drawing.end()
    assert second.called.wait(PATIENCE)
    second.free.set()
    other.end()
    assert dict(matplotlib.rcParams) == before
