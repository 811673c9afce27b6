"""Should D see real and fake samples as one batch or as two? Asked under the code, never tested."""

from evidence.claims.minibatch_discrimination import MISSES_EVEN, MOST, minibatch
from evidence.outcomes import w1_at_the_end
from evidence.trainings.bell import OURS
from ganlab.evidence import Protocol, Setting

PROTOCOLS = (
    Protocol(
        id="D5.3",
        source="aylien2016",
        claim="Showing D real and fake samples as one batch ends further from the data than "
        "showing them apart.",
        measured="W1 at the end with minibatch discrimination, together against apart; beyond 1, "
        "two widths of the bell, is missed.",
        notebook="04",
        says="With real and fake samples in one batch {won} of 100 runs end further from the data, "
        "{lost} nearer ({setting})",
        settings={
            name: Setting(
                {
                    "together": minibatch(w1_at_the_end, name, together=True),
                    "apart": minibatch(w1_at_the_end, name),
                },
                most=1024 if name == OURS else most,
            )
            for name, most in MOST.items()
        },
        **MISSES_EVEN,
    ),
)
