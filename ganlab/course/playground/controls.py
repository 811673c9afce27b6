"""The controls: labelled fields with a line beside them, buttons, sliders. Only ipywidgets here."""

import html

import ipywidgets as widgets

from ganlab.arguments import first_line
from ganlab.course.playground.fields import FIELDS, Choice, field, told

# What a setting may end in that cannot be: wrong numbers, a pretraining that diverges, no room.
REFUSED = (ValueError, TypeError, ArithmeticError, MemoryError)
SHAPE = {"style": {"description_width": "11.5em"}, "layout": {"width": "24em"}}


class Field(widgets.HBox):
    """A control for one setting, and a line beside it for what is wrong with it.

    `turned(name, text)` is called when the reader has set it; what it raises of `REFUSED` is
    written into `note`, and the text stays to be mended.
    """

    def __init__(self, name, settings, turned):
        self.name, self._turned, self._quiet = name, turned, False
        what, text = field(name), told(name, settings)
        if isinstance(what, Choice):
            self.control = widgets.Dropdown(
                options=what.options, value=text, description=what.label, **SHAPE
            )
        else:
            self.control = widgets.Text(
                text, description=what.label, continuous_update=False, **SHAPE
            )
        self.note = widgets.HTML(layout={"max_width": "30em"})
        self.control.observe(self._on_value, "value")
        super().__init__([self.control, self.note], layout={"align_items": "center"})

    def _on_value(self, change):
        if self._quiet:
            return
        try:
            self._turned(self.name, self.control.value)
        except REFUSED as error:
            self.say(first_line(error))
        else:
            self.say("")

    def say(self, text):
        """Writes one line beside the field; "" clears it."""
        self.note.value = warned(text)

    def follow(self, settings):
        """Shows what is set now, without setting it."""
        self._quiet = True
        try:
            self.control.value = told(self.name, settings)
        finally:
            self._quiet = False
        self.say("")


def warned(text):
    """One line of HTML with a sign before it; "" of nothing."""
    line = " ".join(text.split())
    return f"<b>&#9888;</b> {html.escape(line)}" if line else ""


def groups(settings, turned):
    """({name: Field}, an Accordion of them in their groups, closed)."""
    fields, boxes = {}, []
    for names in FIELDS.values():
        some = {name: Field(name, settings, turned) for name in names}
        fields |= some
        boxes.append(widgets.VBox(list(some.values())))
    accordion = widgets.Accordion(boxes)
    for k, title in enumerate(FIELDS):
        accordion.set_title(k, title)
    return fields, accordion


def button(label, tooltip, pressed, icon=""):
    """A button that calls `pressed()`."""
    made = widgets.Button(
        description=label, tooltip=tooltip, icon=icon, layout={"width": "auto", "flex": "0 0 auto"}
    )
    made.on_click(lambda _: pressed())
    return made


def toggle(label, tooltip, turned, icon=""):
    """A button that stays down; calls `turned(down)`."""
    made = widgets.ToggleButton(
        False,
        description=label,
        tooltip=tooltip,
        icon=icon,
        layout={"width": "auto", "flex": "0 0 auto"},
    )
    made.observe(lambda change: turned(change["new"]), "value")
    return made


def menu(label, options, value, turned, width="17em", label_width="5em"):
    """A dropdown that calls `turned(value)`."""
    made = widgets.Dropdown(
        options=options,
        value=value,
        description=label,
        style={"description_width": label_width},
        layout={"width": width},
    )
    made.observe(lambda change: turned(change["new"]), "value")
    return made


def rate(label, value, turned):
    """A slider over learning rates from 1e-5 to 0.1."""
    made = widgets.FloatLogSlider(
        value,
        min=-5,
        max=-1,
        step=0.1,
        description=label,
        readout_format=".1e",
        continuous_update=False,
        style={"description_width": "9em"},
        layout={"width": "29em"},
    )
    made.observe(lambda change: turned(change["new"]), "value")
    return made


def place_slider(label, high, turned):
    """A slider over the places 0, 1, ... `high`; what stands there is told elsewhere."""
    made = widgets.IntSlider(
        0,
        min=0,
        max=high,
        readout=False,
        description=label,
        style={"description_width": "9em"},
        layout={"width": "29em"},
    )
    made.observe(lambda change: turned(change["new"]), "value")
    return made


def script_area():
    """Where a script stands, to be copied."""
    return widgets.Textarea(
        description="script",
        style={"description_width": "4em"},
        layout={"width": "64em", "max_width": "100%", "height": "22em"},
    )
