"""Should D see real and fake samples as one batch or as two? Asked under the code, never tested."""

from evidence import outcomes
from evidence.claims.minibatch_discrimination import NEARNESS, PLAIN, RATE, minibatch
from ganlab.evidence import Protocol, Setting
from ganlab.training import Shown


def sides(outcome):
    return {
        name: Setting(
            {
                "together": minibatch(outcome, name, shown=Shown(together=True)),
                "apart": minibatch(outcome, name),
            }
        )
        for name in PLAIN
    }


PROTOCOLS = (
    Protocol(
        id="D5a",
        notebook="04",
        source="aylien2016",
        claim="Showing D real and fake samples as one batch ends further from the data than "
        "showing them apart.",
        measured="W1 to the data at the end with minibatch discrimination, together minus apart.",
        settings=sides(outcomes.w1_at_the_end),
        **NEARNESS,
    ),
    Protocol(
        id="D5b",
        notebook="04",
        source="aylien2016",
        claim="Showing D real and fake samples as one batch keeps the data's width in fewer runs.",
        measured="Share of runs that keep it, as in D1a, together minus apart.",
        metric="difference of shares",
        direction=-1,
        margin=0.1,
        settings=sides(outcomes.keeps_the_width),
        **RATE,
    ),
)
