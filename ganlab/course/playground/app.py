"""The playground itself: controls around a session and its screen.

Everything that is decided stands elsewhere: `model` trains, `views` draws, `fields` reads, `words`
tells, `panel` has the controls, `clock` plays, `tries` what is proposed and `keeps` what is taken
away. Here is who calls whom.
"""

import base64
import time
import weakref

import ipywidgets as widgets

from ganlab.arguments import first_line
from ganlab.course.playground import fields, words
from ganlab.course.playground.clock import COMPILING, TEXTS, Clock
from ganlab.course.playground.controls import REFUSED
from ganlab.course.playground.keeps import Keeps
from ganlab.course.playground.model import Session
from ganlab.course.playground.panel import ALT, Panel, targets_of
from ganlab.course.playground.presets import preset
from ganlab.course.playground.scenes import scene
from ganlab.course.playground.settings import changed
from ganlab.course.playground.tries import Tries
from ganlab.course.playground.views import Screen, level_lines
from ganlab.course.turns import alone, in_turn

_ALIVE = weakref.WeakSet()  # all playgrounds there are


class Playground(Clock, Tries, Keeps, Panel, widgets.VBox):
    """A GAN to play with, for `ganlab.course.playground.playground`, which documents it.

    Without a browser `advance`, `d_step` and `g_step` move it, and `picture.value` is the PNG.
    """

    def __init__(self, preset_name="ours on four points", **changes):
        for other in list(_ALIVE):  # a cell that is run again leaves none behind that trains
            other.pause()
        self.session = self.screen = self.diagnosed = self.remedy = self.trial = None
        self._again = None  # what is left to be done of a file that was loaded
        self.member, self.overlay = 0, "D"
        self._words, self._told_at = (None, None), 0.0  # of the picture, and when they were told
        self._quiet = False
        settings = changed(preset(preset_name), changes)
        self._build(preset_name, settings)
        super().__init__(self._rows(), layout={"align_items": "flex-start"})
        in_turn(self)
        self._begin(settings)
        _ALIVE.add(self)

    # A training, from its beginning ---------------------------------------------------------

    @alone
    def _begin(self, settings):
        """A new session; ValueError or TypeError, in one line, leaves the old one as it is."""
        session = Session(settings)
        gan = session.trainer.gan
        drawn = None if self.screen is None else self.screen.scene
        if drawn is None or (drawn.target, drawn.latent) != (session.target, gan.latent):
            drawn = scene(session.target, gan.latent)
        self.session, self.screen = session, self._new_screen(session, drawn)
        self.trial = self._again = None
        self.tell("")
        self.diagnosed, self.diagnosis.value = None, words.diagnosis_html(None, 0)
        self._propose(None)
        self.tried.value, self.tried_picture.layout.display = "", "none"
        self.code.value, self.code.layout.display = "", "none"
        self._follow()
        self._refresh()

    def _new_screen(self, session, drawn):
        gan, curves = session.trainer.gan, (self.upper.value, self.lower.value)
        lines = level_lines(gan.losses)
        return Screen(drawn, gan.losses, session.trainer.seeds, lines, *curves)

    @alone
    def _follow(self):
        """Shows in all controls what is set, without setting it."""
        settings = self.session.settings
        self._quiet = True
        try:
            if self.targets.options != targets_of(settings):
                self.targets.options = targets_of(settings)
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

    @alone
    def _apply(self, settings):
        """Goes over to other settings: at once where they are numbers, else from step 0."""
        if self.session.settings.numbers_only(settings):
            self.session.change(settings)
            self.say("")
            return
        self._begin(settings)  # a clock that runs goes on with the new session
        self.say("Begun anew, for that is another program.")

    # What the reader does -------------------------------------------------------------------

    @alone
    def _field(self, name, text):
        settings = self.session.settings.changed(**{name: fields.read(name, text)})
        self._apply(fields.together(settings, name))

    @alone
    def _tried(self, settings):
        """`_apply` for a control without a line of its own: what is wrong goes into the status."""
        try:
            self._apply(settings)
        except REFUSED as error:
            self._follow()
            self.say(first_line(error))

    def _preset(self, name):
        self._tried_anew(preset(name, seeds=self.session.settings.seeds))

    def _target(self, name):
        if not self._quiet:
            settings = self.session.settings.changed(target=name)
            self._tried(fields.together(settings, "target"))

    @alone
    def _own(self, fields_of_data):
        """What a reader drew or typed."""
        settings = self.session.settings.changed(**fields_of_data)
        self._apply(fields.together(settings, "target"))

    def _rate(self, name):
        if not self._quiet:
            value = float(f"{self.rates[name].value:.3g}")
            self._tried(self.session.settings.changed(**{name: value}))

    def _show_overlay(self, overlay):
        self.overlay = overlay
        self._refresh()

    @alone
    def _show_curves(self, _):
        if self.session is not None:
            self.screen = self._new_screen(self.session, self.screen.scene)
            self._refresh()

    @alone
    def _seed(self, member):
        if not self._quiet:
            self.member = member
            self._refresh(diagnose=not self.playing)

    @alone
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

    @alone
    def _tried_anew(self, settings):
        try:
            self._begin(settings)
        except REFUSED as error:
            self._follow()
            self.say(first_line(error))
        else:
            self.say("")

    # Steps ----------------------------------------------------------------------------------

    @alone
    def advance(self, steps):
        """So many steps of both."""
        if not self.session.compiled():
            self.say(COMPILING)
        self.session.advance(steps)
        self.say("")
        self._refresh(self.session.now(), diagnose=True)
        self._end_of_trial()

    def d_step(self):
        """One step of D, told."""
        self._step("d")

    def g_step(self):
        """One step of G, told."""
        self._step("g")

    @alone
    def _step(self, player):
        session = self.session
        if not session.compiled(player):
            self.say(COMPILING)
        before = session.now()
        (session.d_step if player == "d" else session.g_step)()
        after, score = session.moments[-1], session.trainer.gan.losses.score
        given = before, after, self.member, score, self.screen.scene.real.astype("float32")
        size = session.settings.batch_size
        d_turn = player == "d"
        self.tell(words.told_d_step(*given, size) if d_turn else words.told_g_step(*given))
        self.say("")
        self._refresh()

    # The picture ----------------------------------------------------------------------------

    @alone
    def _refresh(self, moment=None, diagnose=False, part=None):
        session = self.session
        if session is None or self.screen is None:
            return
        last = len(session.moments) - 1
        moment = session.moments[last] if moment is None else moment
        late = time.monotonic() - self._told_at > TEXTS
        if late or not self.playing or diagnose or session.trouble:
            self._tell_all(moment, last, diagnose)
        given = moment, session.moments, self.member, self.overlay, self._words[1]
        self.screen.show(*given, None if diagnose else part)
        if self.live is not None and self.live.seen:
            self.live.show(self.screen.canvas)
        else:
            self.picture.value = self.screen.png()

    def _tell_all(self, moment, last, diagnose):
        """All that is told beside the picture, which changes less often than that."""
        session, self._told_at = self.session, time.monotonic()
        self._words = words.verdict(moment, session.target)
        self.verdict.value = f"<b>{self._words[0]}</b>"
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
            self._propose(self.diagnosed)

    def screen_free(self):
        """Whether whoever shows the picture is through with the last ones."""
        return self.live is None or not self.live.seen or self.live.free

    @alone
    def _drawn_by_a_page(self):
        """A page draws by itself from now on, and the picture gives way."""
        self.picture.layout.display = "none"
        self._refresh()

    # As a cell's output ---------------------------------------------------------------------

    def __repr__(self):
        return f"Playground. Picture: {ALT}"

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        picture = base64.b64encode(self.screen.png(stored=True)).decode()
        return {**bundle, "text/plain": repr(self), "image/png": picture}, {
            "image/png": {"alt": ALT}
        }
