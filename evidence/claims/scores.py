"""Do D's scores begin near 1 and 0 and end near 1/2, and is that a success?"""

from functools import partial

from evidence import outcomes
from evidence.trainings.bell import LAST, train_last
from evidence.trainings.module import train_demo
from ganlab.evidence import LOOKS, Arm, Protocol, Setting

protocol = partial(Protocol, source="module", notebook="03", reference=0.5, worst=0)


def settings(outcome):
    return {
        name: Setting({"runs": Arm(outcome, training)}, most=most)
        for name, training, most in (("module", train_demo, 4096), (LAST, train_last, LOOKS[-1]))
    }


PROTOCOLS = (
    protocol(
        id="A5a.2",
        claim="Training starts with D near 1 on real and near 0 on fake samples.",
        measured="Share of runs in which the mean score on real samples is at least 1/2 above that "
        "on fake ones at a record of the first half (untrained, the module's D gives about 1/2 to "
        "both), against one half.",
        says="In {first} of 100 runs D is ever sure of real and fake early on ({setting})",
        settings=settings(outcomes.sure_early),
    ),
    protocol(
        id="A5b.2",
        claim="Training ends with D's scores near 1/2 on both.",
        measured="Share of runs whose mean scores on real and on fake samples both end within 0.1 "
        "of 1/2, against one half. They may have begun there (A5a.2): nothing is said of what was "
        "learned.",
        says="In {first} of 100 runs D's scores end near 1/2 ({setting})",
        settings=settings(outcomes.scores_at_half),
    ),
    protocol(
        id="A5c.2",
        claim="D's accuracy ends near 50 %.",
        measured="Share of runs whose D ends with an accuracy within 0.1 of 1/2 on its training "
        "batches, against one half.",
        says="In {first} of 100 runs D's accuracy ends near 50 % ({setting})",
        settings=settings(outcomes.accuracy_at_half),
    ),
    Protocol(
        id="A5d.2",
        source="ganlab",
        claim="Scores that end near 1/2 are no sign of success: more such runs do not end close "
        "than do.",
        measured="Share of runs whose D ends near 1/2, as in A5b.2, and whose G does not end "
        "close, minus the share whose D ends so and whose G ends close. D1b.2 says in how many "
        "runs this GAN ends close, whatever its scores.",
        notebook="03",
        says="Of 100 runs {first} end with scores near 1/2 but not close to the data, {second} "
        "with both",
        worst=0,
        settings={
            LAST: Setting(
                {
                    "at 1/2, not close": Arm(outcomes.at_half_and_not_close, train_last),
                    "at 1/2, close": Arm(outcomes.at_half_and_close, train_last),
                }
            )
        },
    ),
)
