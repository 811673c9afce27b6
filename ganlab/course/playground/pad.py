"""A pad to draw data on: by mouse, by finger, by arrow keys and space."""

from pathlib import Path

import anywidget
import traitlets

from ganlab.course.playground.drawing import RANGE

ALT = (
    "A pad to draw data on. Arrow keys move the pen, with shift further; space puts it down and "
    "lifts it; backspace takes a stroke back; enter trains on what is drawn."
)
STYLE = """
.ganlab-pad { width: 320px; max-width: 100%; height: auto; aspect-ratio: 1; display: block;
  border: 1px solid #888; touch-action: none; cursor: crosshair; }
.ganlab-pad:focus-visible { outline: 3px solid #E69F00; }
.ganlab-said { font-size: 90%; min-height: 1.4em; }
"""


class Pad(anywidget.AnyWidget):
    """`strokes`, [[[x, y], ...], ...], as they are drawn; `line` is whether they are of heights
    over the line, from 0 to 1, and not of points in the plane. `enter()` is called by that key, or
    the pad's button."""

    _esm = Path(__file__).with_name("pad.js").read_text(encoding="utf-8")
    _css = STYLE
    strokes = traitlets.List([]).tag(sync=True)
    line = traitlets.Bool(False).tag(sync=True)
    range = traitlets.List(list(RANGE)).tag(sync=True)
    alt = traitlets.Unicode(ALT).tag(sync=True)

    def __init__(self, enter):
        super().__init__()
        self._enter = enter
        self.on_msg(lambda _, content, buffers: content.get("enter") and self._taken(content))

    def _taken(self, content):
        # Changes of a trait wait until the kernel has time, and this message does not.
        self.strokes = content.get("strokes", self.strokes)
        self._enter()
