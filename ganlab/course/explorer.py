"""A picture with controls, which is drawn again whenever one of them is turned.

An `Explorer` is live in JupyterLab, a still picture on GitHub and in exports, and a short fixed
text for the tests of the notebooks. Below it stand the controls that the explorers share.
"""

import base64
import html

import ipywidgets as widgets
from traitlets import TraitError

from ganlab.course.turns import alone
from ganlab.figures import places_of, put, render


class Explorer(widgets.VBox):
    """Controls over a picture and a sentence, redrawn whenever a control changes.

    `draw(**values)` is called with the value of each control by name, and returns a figure
    and a sentence about it; it may train, for seconds, and may then yield such pairs on the way
    and return the last: each is shown as soon as it is there. `knobs` is `{name: control}`: give
    sliders `continuous_update=False`. `alt` describes the picture in one line.

    A cell can turn a knob and read the answer: `app.knobs["d_rate"].value = 0.1` returns when
    the picture is up to date, and then `app.verdict.value` is the sentence, as HTML. Changes
    that arrive during a computation are gathered, and the last values win. If `draw` raises,
    the verdict names the error and the error goes on to whoever turned the knob.
    """

    def __init__(self, draw, knobs, *, alt):
        if not alt or "\n" in alt or len(alt) > 250:
            raise ValueError(f"alt is {alt!r}; describe the picture in one line of 1 to 250")
        for name, knob in knobs.items():
            if not isinstance(knob, widgets.ValueWidget):
                raise TypeError(f"knob {name!r} is a {type(knob).__name__}; give a control")
        self.knobs, self._draw, self._alt = dict(knobs), draw, alt
        self._busy = self._stale = self._held = False
        self._places = ()  # of the axes in the picture that is shown
        self.picture, self.verdict = widgets.Image(format="png"), widgets.HTML()
        caption = widgets.HTML(f"<small>{html.escape(alt)}</small>")
        parts = [*self.knobs.values(), self.verdict, self.picture, caption]
        super().__init__(parts, layout={"align_items": "flex-start"})  # pictures keep their shape
        for knob in self.knobs.values():
            knob.observe(self._refresh, "value")
        self._refresh()

    def set(self, **values):
        """Turn several knobs and draw once."""
        self._held = True
        try:
            turn(self.knobs, values)
        finally:
            self._held = False
            self._refresh()

    def _refresh(self, change=None):
        self._stale = True
        if not self._held:
            self._redraw()

    @alone
    def _redraw(self):
        if self._busy:
            return
        self._busy = True
        try:
            while self._stale:
                self._stale = False
                self.verdict.value = "working..."
                drawn = self._draw(**{n: knob.value for n, knob in self.knobs.items()})
                self._present(*(drawn if isinstance(drawn, tuple) else self._last_of(drawn)))
        except BaseException as error:  # also a stop by the reader
            told = " ".join(f"{type(error).__name__}: {error}".split())
            self.verdict.value = html.escape(told, quote=False)
            raise
        finally:
            self._busy = False

    def _present(self, figure, sentence):
        self.picture.value, self._places = render(figure), places_of(figure)
        self.verdict.value = html.escape(sentence, quote=False)

    def _last_of(self, pictures):
        """Show those that are yielded, and return the last."""
        while True:
            try:
                figure, sentence = next(pictures)
            except StopIteration as end:
                return end.value
            if len(self._places) == len(figure.axes):  # the layout before this will do on the way
                put(figure, self._places)
            self._present(figure, sentence)

    def __repr__(self):
        return f"{type(self).__name__} with knobs {', '.join(self.knobs)}. Picture: {self._alt}"

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        picture = base64.b64encode(self.picture.value).decode()
        return {**bundle, "text/plain": repr(self), "image/png": picture}, {
            "image/png": {"alt": self._alt}
        }


def turn(knobs, values):
    """Sets knobs by name, all of them or, at a wrong name, none; ValueError, in one line, for a
    value that a knob does not take."""
    for name in values:
        if name not in knobs:
            raise ValueError(f"there is no knob {name!r}; there are: {', '.join(knobs)}")
    for name, value in values.items():
        try:
            knobs[name].value = value
        except TraitError as error:
            offered = [str(option) for option in getattr(knobs[name], "options", ())]
            wanted = f"one of {', '.join(offered)}" if offered else str(error)
            raise ValueError(f"knob {name} got {value!r}: wanted {wanted}") from None


def started(explorer, start):
    """The explorer with the knobs of `start` turned, if any."""
    if start:
        explorer.set(**start)
    return explorer


# A control with its label: as wide, all of them, as the labels want.
SHAPE = {"style": {"description_width": "10em"}, "layout": {"width": "28em"}}
LOOK = {"continuous_update": False, **SHAPE}


def slider(label, value, low, high, step=0.1):
    """A slider over the numbers from `low` to `high`."""
    return widgets.FloatSlider(value, min=low, max=high, step=step, description=label, **LOOK)


def rate_slider(label):
    """A slider over learning rates from 1e-5 to 0.1, even in their logarithm."""
    return widgets.FloatLogSlider(
        0.002, min=-5, max=-1, step=0.25, description=label, **LOOK, readout_format=".1e"
    )


def choice_slider(label, options, value):
    """A slider over `options`."""
    return widgets.SelectionSlider(options=list(options), value=value, description=label, **LOOK)
