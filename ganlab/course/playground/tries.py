"""What the diagnosis proposes, tried on the GAN that is there.

A mixin of the playground, which has `session`, `screen`, `remedy`, `trial`, the clock, and the
controls that are named here.
"""

import html

from ganlab.arguments import first_line
from ganlab.course.playground.controls import REFUSED
from ganlab.course.playground.remedies import proposed
from ganlab.course.playground.trial import LONGEST, STEPS, Trial
from ganlab.course.turns import alone


class Tries:
    """The proposal, its trial, and what came of it."""

    def _propose(self, diagnosed):
        """Shows what would be tried for the chosen seed."""
        found = diagnosed and proposed(diagnosed, self.member, self.session.settings)
        self.remedy = found or None
        for one in self.try_buttons:
            one.disabled = self.remedy is None
        told = f"against <i>{found.kind}</i>: {html.escape(found.told)}" if found else ""
        if diagnosed and not found and diagnosed[self.member].kind == "unsteady":
            best = self.session.best(self.screen.scene.distances)
            told = (
                f"Nothing to be trained: move <i>moment</i> back to step {best.step:,}, the best."
            )
        self.proposal.value = told

    @alone
    def try_advice(self, anew=False):
        """Tries what the diagnosis proposes, on all seeds: `anew` from step 0 to the step they are
        at, otherwise for 1,000 steps on the networks as they are. Shows before and after."""
        found, session = self.remedy, self.session
        if found is None:
            return self.say("There is nothing to try: a diagnosis wants records, and a fault.")
        before, told = session.now(), f"{found.told} (against {found.kind})"
        settings = session.settings.changed(**found.changes)
        try:
            if anew:
                self._begin(settings)
            else:
                self._carry_on(settings)
        except REFUSED as error:
            return self.say(first_line(error))
        steps = min(max(before.step, STEPS), LONGEST) if anew else STEPS
        self.trial = Trial(told, before, self.session.step + steps, anew)
        if self.can_play():
            self.say("Trying it...")
            self.play()
        else:
            self.advance(steps)

    def _carry_on(self, settings):
        session = self.session
        if session.settings.numbers_only(settings):
            session.change(settings)
        else:
            session.carry_on(settings)
            self.screen = self._new_screen(session, self.screen.scene)
        session.judge_anew()
        self._follow()

    def _end_of_trial(self):
        """Shows before and after, once it is over."""
        trial, session = self.trial, self.session
        if trial is None or (session.step < trial.ends and not session.trouble):
            return
        self.trial = None
        self.pause()
        after, drawn = session.now(), self.screen.scene
        self.tried.value = f"<b>{html.escape(trial.told(after, drawn))}</b>"
        self.tried_picture.value = trial.png(after, drawn, session.trainer.seeds)
        self.tried_picture.layout.display = ""
        self.say("")
