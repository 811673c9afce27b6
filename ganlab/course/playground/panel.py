"""The panel: all controls of the playground, and where they stand.

A mixin of the playground, which has a method for whatever is turned: `_preset`, `_target`, `_rate`,
`_show_overlay`, `_show_curves`, `_own`, `_seed`, `_scrub`, `_field`, `try_advice`, `load`,
`_state_file`, `_picture_file`, `_film_file`, and those of the clock.
"""

from importlib.util import find_spec

import ipywidgets as widgets

from ganlab.course.playground import controls
from ganlab.course.playground.curves import LOWER, UPPER
from ganlab.course.playground.ownbox import OwnBox
from ganlab.course.playground.presets import PRESETS
from ganlab.course.playground.settings import TARGETS
from ganlab.course.playground.takeaway import TakeAway

ALT = (
    "Left: one seed's samples over what its D says. Middle: all seeds. Right: both losses, and the "
    "distance to the data, median and 10 to 90 % of the seeds; dotted: the seed on the left."
)
FASTEST = 0  # as many steps as there is time for
SPEEDS = {"1 step a picture": 1, "5 steps": 5, "25 steps": 25, "100 steps": 100}
SPEEDS |= {"as fast as it can": FASTEST}
SHOWS = {"what D says": "D", "the best D": "D*", "D less the best D": "D - D*"}
SHOWS |= {"G as a map of z": "manifold", "where G is pulled": "G's gradient"}
ROW = {"flex_flow": "row wrap", "align_items": "center"}


class Panel:
    """Builds the controls, as attributes, and lays them out."""

    def _build(self, preset_name, settings):
        made = controls
        self.picture = widgets.Image(format="png", layout={"width": "990px", "max_width": "100%"})
        self.live = live_picture(ALT, self._drawn_by_a_page)
        self.verdict, self.told = widgets.HTML(), widgets.HTML()
        self.diagnosis, self.status = widgets.HTML(), widgets.HTML()
        self.proposal, self.tried = widgets.HTML(), widgets.HTML()
        self.tried_picture = widgets.Image(
            format="png", layout={"width": "990px", "max_width": "100%", "display": "none"}
        )
        what = "the proposed change, on all seeds"
        self.try_buttons = [
            made.button("Try it on this GAN", f"{what}, as they are", self.try_advice, "medkit"),
            made.button("Try it from step 0", f"{what}, begun anew", lambda: self.try_advice(True)),
        ]
        for one in self.try_buttons:
            one.disabled = True
        self.code = made.script_area()
        self.presets = made.menu("preset", PRESETS, preset_name, self._preset)
        self.targets = made.menu("data", targets_of(settings), settings.target, self._target)
        self.shows = made.menu("show", SHOWS, "D", self._show_overlay)
        self.upper = made.menu("above", UPPER, UPPER[0], self._show_curves, "13em", "4em")
        self.lower = made.menu("below", LOWER, LOWER[0], self._show_curves, "13em", "4em")
        speeds = list(SPEEDS.items())
        self.speed = made.menu("speed", speeds, 5, lambda _: None, "15em", "4em")
        self.play_button = made.toggle("Play", "train and watch; again: pause", self._play, "play")
        self.slow_button = made.toggle(
            "Slow motion", "step by step, told in words", self._slow, "film"
        )
        one = "one step of"
        self.buttons = {
            "d": made.button("Step D", f"{one} the discriminator", self.d_step),
            "g": made.button("Step G", f"{one} the generator", self.g_step),
            "both": made.button("Step both", f"{one} each", lambda: self.advance(1)),
            "again": made.button("Restart", "from step 0, the same seeds", self.restart, "undo"),
            "new": made.button("New seeds", "from step 0, seeds not used yet", self.new_seeds),
        }
        self.rates = {
            name: made.rate(label, getattr(settings, name), lambda value, n=name: self._rate(n))
            for name, label in (("d_rate", "D's learning rate"), ("g_rate", "G's learning rate"))
        }
        self.moment = made.place_slider("moment", 0, self._scrub)
        self.seed = made.place_slider("seed on the left", settings.seeds - 1, self._seed)
        self.fields, self.accordion = made.groups(settings, self._field)
        self.own = OwnBox(self._own)
        titles = [self.accordion.get_title(k) for k in range(len(self.accordion.children))]
        self.accordion.children = [*self.accordion.children, self.own]
        for k, title in enumerate([*titles, "data of your own"]):
            self.accordion.set_title(k, title)
        self.code_button = made.button("Show me the code", "a script of all this", self.show_code)
        self.files = TakeAway(
            {
                "State": ("a small file that repeats all this", self._state_file),
                "Picture": ("what is shown, as PNG", self._picture_file),
                "Film": ("all that was recorded, as animated PNG", self._film_file),
            },
            self.load,
        )

    def _rows(self):
        buttons = [self.play_button, self.slow_button, *self.buttons.values(), self.speed]
        return [
            widgets.HBox(
                [self.presets, self.targets, self.shows, self.upper, self.lower], layout=ROW
            ),
            widgets.HBox(buttons, layout=ROW),
            widgets.HBox([*self.rates.values(), self.status], layout=ROW),
            self.told,  # above the picture, where it is read while the samples move
            self.picture,
            *([self.live] if self.live else []),
            widgets.HBox([self.moment, self.seed], layout=ROW),
            widgets.HTML(f"<small>{ALT}</small>", layout={"max_width": "990px"}),
            self.verdict,
            self.diagnosis,
            widgets.HBox([*self.try_buttons, self.proposal], layout=ROW),
            self.tried,
            self.tried_picture,
            self.accordion,
            widgets.HBox([self.code_button, self.files], layout=ROW),
            self.code,
        ]


def live_picture(alt, heard):
    """The canvas that a browser draws; None without the package that it needs: then pictures do."""
    if find_spec("anywidget") is None:
        return None
    from ganlab.course.playground.live import Live

    return Live(alt, heard)


def targets_of(settings):
    """The menu of data; the reader's own are in it where there are any."""
    own = [name for name, data in (("own", settings.own), ("typed", settings.bells)) if data]
    return (*TARGETS, *own)
