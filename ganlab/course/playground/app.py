"""The playground itself: controls around a session and its screen.

Everything that is decided stands elsewhere: `model` trains, `views` draws, `fields` reads, `words`
tells. Here is who calls whom, and the clock: while it plays, a task of the kernel's event loop
trains by short slices, so buttons, sliders and the stop button are heard between two of them.
"""

import asyncio
import base64
import functools
import itertools
import threading
import time
import weakref

import ipywidgets as widgets

from ganlab.arguments import first_line
from ganlab.course.playground import controls, fields, words
from ganlab.course.playground.code import script
from ganlab.course.playground.model import Session
from ganlab.course.playground.presets import PRESETS, preset
from ganlab.course.playground.scenes import scene
from ganlab.course.playground.settings import TARGETS, changed
from ganlab.course.playground.views import Screen, level_lines

ALT = (
    "Left: one seed's samples over what its D says. Middle: all seeds. Right: both losses, and the "
    "distance to the data, median and 10 to 90 % of the seeds; dotted: the seed on the left."
)
COMPILING = "Compiling, a few seconds..."
SPEEDS = {"1 step a picture": 1, "5 steps": 5, "25 steps": 25, "100 steps": 100}
PICTURES = 20  # a second at most
SLOW = 2.0  # seconds for which a step is left to be read
SHARE = 0.1  # of the time while it plays may go into the diagnosis
SHOWS = {"what D says": "D", "the best D": "D*", "D less the best D": "D - D*"}
SHOWS |= {"G as a map of z": "manifold", "where G is pulled": "G's gradient"}


_ALIVE = weakref.WeakSet()  # all playgrounds there are
# Widgets may be heard in another thread than cells are run in, and neither matplotlib's style nor a
# session may be met by two.
_LOCK = threading.RLock()


def _alone(method):
    """A method that no other thread may interrupt by another of these, of any playground."""

    @functools.wraps(method)
    def locked(self, *given, **named):
        with _LOCK:
            return method(self, *given, **named)

    return locked


class Playground(widgets.VBox):
    """A GAN to play with, for `ganlab.course.playground.playground`, which documents it.

    Without a browser `advance`, `d_step` and `g_step` move it, and `picture.value` is the PNG.
    """

    def __init__(self, preset_name="ours on four points", **changes):
        for other in list(_ALIVE):  # a cell that is run again leaves none behind that trains
            other.pause()
        self.session = self.screen = self.diagnosed = self._task = None
        self._turn = None  # a new object whenever playing begins; None while it does not
        self.member, self.overlay = 0, "D"
        self._quiet = False
        self.picture = widgets.Image(format="png", layout={"width": "990px", "max_width": "100%"})
        self.verdict, self.told = widgets.HTML(), widgets.HTML()
        self.diagnosis, self.status = widgets.HTML(), widgets.HTML()
        self.code = controls.script_area()
        settings = changed(preset(preset_name), changes)
        self._build(preset_name, settings)
        super().__init__(self._rows(), layout={"align_items": "flex-start"})
        self._begin(settings)
        _ALIVE.add(self)

    # What there is to turn ------------------------------------------------------------------

    def _build(self, preset_name, settings):
        made = controls
        self.presets = made.menu("preset", PRESETS, preset_name, self._preset)
        self.targets = made.menu("data", _targets(settings), settings.target, self._target)
        self.shows = made.menu("show", SHOWS, "D", self._show_overlay)
        speeds = list(SPEEDS.items())
        self.speed = made.menu("speed", speeds, 5, lambda _: None, "14em", "4em")
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
        self.code_button = made.button("Show me the code", "a script of all this", self.show_code)

    def _rows(self):
        row = {"flex_flow": "row wrap", "align_items": "center"}
        buttons = [self.play_button, self.slow_button, *self.buttons.values(), self.speed]
        return [
            widgets.HBox([self.presets, self.targets, self.shows], layout=row),
            widgets.HBox(buttons, layout=row),
            widgets.HBox([*self.rates.values(), self.status], layout=row),
            self.picture,
            widgets.HBox([self.moment, self.seed], layout=row),
            self.verdict,
            self.told,
            self.diagnosis,
            self.accordion,
            self.code_button,
            self.code,
        ]

    # A training, from its beginning ---------------------------------------------------------

    @_alone
    def _begin(self, settings):
        """A new session; ValueError or TypeError, in one line, leaves the old one as it is."""
        session = Session(settings)
        gan = session.trainer.gan
        drawn = None if self.screen is None else self.screen.scene
        if drawn is None or (drawn.target, drawn.latent) != (session.target, gan.latent):
            drawn = scene(session.target, gan.latent)
        screen = Screen(drawn, gan.losses, session.trainer.seeds, level_lines(gan.losses))
        self.session, self.screen = session, screen
        self.told.value, self.code.value, self.code.layout.display = "", "", "none"
        self._follow()
        self._refresh()

    @_alone
    def _follow(self):
        """Shows in all controls what is set, without setting it."""
        settings = self.session.settings
        self._quiet = True
        try:
            self.targets.value = settings.target
            for name, slider in self.rates.items():
                slider.value = getattr(settings, name)
            self.seed.max = settings.seeds - 1
            self.member = min(self.member, settings.seeds - 1)
            self.seed.value = self.member
        finally:
            self._quiet = False
        for one in self.fields.values():
            one.follow(settings)

    @_alone
    def _apply(self, settings):
        """Goes over to other settings: at once where they are numbers, else from step 0."""
        if self.session.settings.numbers_only(settings):
            self.session.change(settings)
            self.say("")
            return
        playing = self.playing
        self.pause()
        self._begin(settings)
        self.say("Begun anew, for that is another program.")
        if playing:
            self.play()

    # What the reader does -------------------------------------------------------------------

    @_alone
    def _field(self, name, text):
        settings = self.session.settings.changed(**{name: fields.read(name, text)})
        self._apply(fields.together(settings, name))

    @_alone
    def _tried(self, settings):
        """`_apply` for a control without a line of its own: what is wrong goes into the status."""
        try:
            self._apply(settings)
        except (ValueError, TypeError) as error:
            self._follow()
            self.say(first_line(error))

    def _preset(self, name):
        self._tried_anew(preset(name, seeds=self.session.settings.seeds))

    def _target(self, name):
        if not self._quiet:
            settings = self.session.settings.changed(target=name)
            self._tried(fields.together(settings, "target"))

    def _rate(self, name):
        if not self._quiet:
            value = float(f"{self.rates[name].value:.3g}")
            self._tried(self.session.settings.changed(**{name: value}))

    def _show_overlay(self, overlay):
        self.overlay = overlay
        self._refresh()

    @_alone
    def _seed(self, member):
        if not self._quiet:
            self.member = member
            self._refresh(diagnose=not self.playing)

    @_alone
    def _scrub(self, place):
        if not self._quiet:
            self.pause()
            self._refresh(self.session.moments[min(place, len(self.session.moments) - 1)])

    def restart(self):
        """From step 0, with the same seeds."""
        self._tried_anew(self.session.settings)

    def new_seeds(self):
        """From step 0, with seeds that were not used yet."""
        settings = self.session.settings
        self._tried_anew(settings.changed(first_seed=settings.first_seed + settings.seeds))

    @_alone
    def _tried_anew(self, settings):
        playing = self.playing
        self.pause()
        self._begin(settings)
        self.say("")
        if playing:
            self.play()

    @_alone
    def show_code(self):
        """A script that does again what was done here."""
        self.code.value, self.code.layout.display = script(self.session), ""

    def say(self, text):
        """A line above the picture."""
        self.status.value = text

    # Steps ----------------------------------------------------------------------------------

    @_alone
    def advance(self, steps):
        """So many steps of both."""
        if not self.session.compiled():
            self.say(COMPILING)
        self.session.advance(steps)
        self.say("")
        self._refresh(self.session.now(), diagnose=True)

    def d_step(self):
        """One step of D, told."""
        self._step("d")

    def g_step(self):
        """One step of G, told."""
        self._step("g")

    @_alone
    def _step(self, player):
        session = self.session
        if not session.compiled(player):
            self.say(COMPILING)
        before = session.now()
        (session.d_step if player == "d" else session.g_step)()
        after, score = session.moments[-1], session.trainer.gan.losses.score
        given = before, after, self.member, score, self.screen.scene.real.astype("float32")
        if player == "d":
            self.told.value = words.told_d_step(*given, session.settings.batch_size)
        else:
            self.told.value = words.told_g_step(*given)
        self.say("")
        self._refresh()

    # The picture ----------------------------------------------------------------------------

    @_alone
    def _refresh(self, moment=None, diagnose=False):
        session = self.session
        if session is None or self.screen is None:
            return
        last = len(session.moments) - 1
        moment = session.moments[last] if moment is None else moment
        text, standing = words.verdict(moment, session.target)
        self.screen.show(moment, session.moments, self.member, self.overlay, standing)
        self.picture.value = self.screen.png()
        self.verdict.value = f"<b>{text}</b>"
        if session.trouble:
            self.say(session.trouble)
            self.pause()
        self._quiet = True
        try:
            place = next((i for i, one in enumerate(session.moments) if one is moment), last)
            self.moment.max = last
            self.moment.value = place
        finally:
            self._quiet = False
        if diagnose:
            self.diagnosed = words.diagnosed(session)
            self.diagnosis.value = words.diagnosis_html(self.diagnosed, self.member)

    # The clock ------------------------------------------------------------------------------

    @property
    def playing(self):
        """Whether it trains by itself."""
        return self._turn is not None

    def play(self):
        """Trains until `pause`; wants an event loop, which a kernel has."""
        self.play_button.value = True

    def pause(self):
        """Stops after the slice at hand."""
        self.play_button.value = self.slow_button.value = False

    def _play(self, down):
        self._clock(down, self.play_button, self._run)

    def _slow(self, down):
        self._clock(down, self.slow_button, self._run_slowly)

    def _clock(self, down, button, run):
        if button is self.play_button:
            button.description, button.icon = ("Pause", "pause") if down else ("Play", "play")
        if not down:
            if self._turn is not None:
                self._turn = None  # heard by the task before its next slice
                self._refresh(diagnose=True)
            return
        for other in (self.play_button, self.slow_button):
            if other is not button:
                other.value = False
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            button.value = False
            self.say("Nothing plays without a kernel's event loop: call advance(500) instead.")
            return
        self._turn = turn = object()
        self._task = loop.create_task(self._guarded(run, turn))

    async def _guarded(self, run, turn):
        """A failure ends the playing and is told in a line."""
        try:
            if not self.session.compiled():
                self.say(COMPILING)
                await asyncio.sleep(0.1)
            await run(turn)
        except Exception as error:
            self._turn = None
            self.pause()
            self.say(first_line(error))

    async def _run(self, turn):
        told, took = time.perf_counter(), 0.0  # when the diagnosis was last told, and how long
        while self._turn is turn and not self.session.trouble:
            began = time.perf_counter()
            diagnose = began - told > max(3.0, took / SHARE)
            self._slice(diagnose)
            if diagnose:
                told, took = time.perf_counter(), time.perf_counter() - began
            if self.status.value == COMPILING:
                self.say("")
            left = 1 / PICTURES - (time.perf_counter() - began)
            await asyncio.sleep(max(left, 0.005))

    @_alone
    def _slice(self, diagnose):
        self.session.advance(self.speed.value)
        self._refresh(self.session.now(), diagnose=diagnose)

    async def _run_slowly(self, turn):
        players = itertools.cycle([self.d_step, self.g_step])
        while self._turn is turn and not self.session.trouble:
            next(players)()
            await asyncio.sleep(SLOW)

    # As a cell's output ---------------------------------------------------------------------

    def __repr__(self):
        return f"Playground. Picture: {ALT}"

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        picture = base64.b64encode(self.screen.png(stored=True)).decode()
        return {**bundle, "text/plain": repr(self), "image/png": picture}, {
            "image/png": {"alt": ALT}
        }


def _targets(settings):
    """The menu of data; the reader's own are in it where there are any."""
    return (*TARGETS, "own") if settings.own else tuple(TARGETS)
