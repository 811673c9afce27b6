"""What can be taken away of a playground, and done again.

A mixin of the playground, which has `session`, `screen`, `_again`, the clock, and the controls that
are named here.
"""

from ganlab.course.playground import state, words
from ganlab.course.playground.code import script
from ganlab.course.playground.takeaway import filmed
from ganlab.course.turns import alone


class Keeps:
    """The code, the state, the picture, the film."""

    @alone
    def show_code(self):
        """A script that does again what was done here."""
        self.code.value, self.code.layout.display = script(self.session), ""

    @alone
    def state(self):
        """All of this as the text of a small JSON file, for `load`."""
        return state.saved(self.session)

    @alone
    def load(self, text):
        """Does again what is in a file of `state`, to the last bit on the same machine.

        ValueError or TypeError, in one line, leaves all as it is.
        """
        settings, events = state.loaded(text)
        self.pause()
        self._begin(settings)
        self._again = self.session.repeat(events)
        if self.can_play():
            self.say("Doing again what is in the file...")
            self.play()
        else:
            while self._again is not None:
                self._repeat_some()

    def _repeat_some(self):
        """A bit of what is in a file; after the last one it pauses."""
        try:
            next(self._again)
        except StopIteration:
            self._again = None
            self.pause()
            self.screen = self._new_screen(self.session, self.screen.scene)
            self._follow()
            self.say("")
            self._refresh(self.session.now(), diagnose=True)

    @alone
    def film(self):
        """All that was recorded, as the bytes of an animated PNG."""
        given = self.screen, self.member, self.overlay
        target = self.session.target
        made = filmed(self.session, *given, lambda moment: words.standing(moment.samples, target))
        self._refresh()
        return made

    def _state_file(self):
        return "gan.json", "application/json", self.state().encode()

    def _picture_file(self):
        return "gan.png", "image/png", self.screen.png(stored=True)

    def _film_file(self):
        return "gan-film.png", "image/png", self.film()
