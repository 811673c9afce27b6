"""Where a reader draws or types data of their own."""

from importlib.util import find_spec

import ipywidgets as widgets

from ganlab.course.playground import controls, drawing

HELP = (
    "Draw with the mouse or a finger; or go there by tab, move by the arrow keys, put the pen down "
    "by space, and press enter. Or type: <tt>1 0, -1 0</tt> are bells in the plane, "
    "<tt>-2, 0, 2</tt> bells on the line, <tt>-2: 0, 0: 1, 2: 0</tt> is a density by its heights."
)
PLACES = {"points in the plane": False, "a density on the line": True}


class OwnBox(widgets.VBox):
    """A pad, a field, and a line for what is wrong; `use(fields)` takes over what was drawn.

    fields  {name: value} of `Settings`; what `use` raises of `REFUSED` is told in the line
    """

    def __init__(self, use):
        self._use = use
        self.pad = None
        if find_spec("anywidget") is not None:  # without it there is the field
            from ganlab.course.playground.pad import Pad

            self.pad = Pad(self.take)
            self.pad.observe(self._drawn, "strokes")
        self.place = controls.menu("draw", list(PLACES.items()), False, self._turn)
        self.text = widgets.Text(description="or type", continuous_update=False, **controls.SHAPE)
        self.text.observe(lambda change: change["new"] and self._try(
            lambda: drawing.typed(self.text.value)), "value")  # fmt: skip
        self.note = widgets.HTML(layout={"max_width": "60em"})
        pad = [self.place, self.pad] if self.pad else []
        help_text = widgets.HTML(f"<small>{HELP}</small>", layout={"max_width": "60em"})
        super().__init__([help_text, *pad, self.text, self.note])

    def take(self):
        """Trains on what is drawn."""
        self._try(lambda: drawing.drawn(self.pad.strokes, self.pad.line))

    def _drawn(self, change):
        self.note.value = ""  # what was wrong was so of another drawing

    def _turn(self, line):
        """An empty pad for another kind of data."""
        self.pad.strokes, self.pad.line = [], line

    def _try(self, made):
        try:
            self._use(made())
        except controls.REFUSED as error:
            self.note.value = controls.warned(controls.first_line(error))
        else:
            self.note.value = ""
