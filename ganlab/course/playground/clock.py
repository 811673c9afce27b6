"""The clock: training by short slices in a kernel's event loop, so buttons are heard between two.

A mixin of the playground, which has `session`, `status`, `speed`, two buttons, `d_step`, `g_step`,
`screen_free`, `trial`, `_again`, `_repeat_some` and `_refresh`.
"""

import asyncio
import itertools
import time

from ganlab.arguments import first_line
from ganlab.course.turns import alone

COMPILING = "Compiling, a few seconds..."
PICTURES = 30  # a second at most
PACE = 27  # pictures a second where it trains as fast as it can
LEAST = 2.5  # ... and for how many times as long as a picture takes it trains at least
PAUSE = 0.003  # seconds between two slices, in which buttons are heard
TEXTS = 0.25  # seconds between two tellings of what is seen, in words
SLOW = 2.0  # seconds for which a step is left to be read
SHARE = 0.05  # of the time while it plays may go into the diagnosis


class Clock:
    """Play, pause and slow motion."""

    _turn = None  # a new object whenever playing begins; None while it does not
    _task = None
    _afford = 1  # steps for which there is time between two pictures
    _seen = 0.01  # seconds that a picture takes, of late
    _part = 0  # the number of the next picture that is shown while it plays

    @property
    def playing(self):
        """Whether it trains by itself."""
        return self._turn is not None

    @staticmethod
    def can_play():
        """Whether there is an event loop to play in."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return False
        return True

    @alone
    def play(self):
        """Trains until `pause`; wants an event loop, which a kernel has."""
        self.play_button.value = True

    @alone
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
        if not self.can_play():
            button.value = False
            self.say("Nothing plays without a kernel's event loop: call advance(500) instead.")
            return
        self._turn = turn = object()
        self._task = asyncio.get_running_loop().create_task(self._guarded(run, turn))

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
            await asyncio.sleep(max(left if self.speed.value else 0.0, PAUSE))

    @alone
    def _slice(self, diagnose):
        if self._again is not None:
            self._repeat_some()
            return self._refresh() if self.screen_free() else None
        session, wanted = self.session, self.speed.value or self._afford
        steps = wanted
        if not self.speed.value and steps <= session.spaced:
            # What is noted is shown, and not asked for anew a few steps later.
            steps = min(steps, session.spaced - session.step % session.spaced)
        if self.trial is not None:
            steps = max(min(steps, self.trial.ends - session.step), 1)
        began = time.perf_counter()
        session.advance(steps)
        trained = time.perf_counter()
        if diagnose or self.screen_free():
            last = session.moments[-1]
            moment = last if last.step == session.step else session.now()
            self._refresh(moment, diagnose=diagnose, part=self._part)
            self._part += 1
            if not diagnose:
                self._seen += 0.2 * (time.perf_counter() - trained - self._seen)
        if not self.speed.value and 2 * steps >= wanted:  # fewer tell little of how many it can
            time_for_it = max(1 / PACE - self._seen - PAUSE, LEAST * self._seen)
            spent = (trained - began) / time_for_it
            # At most twice as many as before, so one hiccup does no harm.
            self._afford = min(max(1, round(steps / max(spent, 0.5))), 2000)
        self._end_of_trial()

    async def _run_slowly(self, turn):
        players = itertools.cycle([self.d_step, self.g_step])
        while self._turn is turn and not self.session.trouble:
            next(players)()
            await asyncio.sleep(SLOW)

    @alone
    def tell(self, text):
        """What a step did, above the picture."""
        self.told.value, self.told.layout.display = text, "" if text else "none"

    @alone
    def say(self, text):
        """A line beside the rates."""
        self.status.value = text
