"""Must the discriminator be more powerful than the generator?"""

from functools import partial

from evidence.claims.minibatch_discrimination import MISSES_EVEN
from evidence.outcomes import w1_at_the_end
from evidence.trainings.bell import TRAININGS
from ganlab.evidence import Arm, Protocol, Setting

SMALL, LARGE = (4,), (8, 8, 8)  # hidden units: of the post's G, and of its D
protocol = partial(Protocol, source="aylien2016", notebook="03", **MISSES_EVEN)


def against_the_recipe(first, second, **settings):
    return {
        name: Setting(
            {
                first: Arm(w1_at_the_end, training, settings),
                second: Arm(w1_at_the_end, training),
            }
        )
        for name, training in TRAININGS.items()
    }


PROTOCOLS = (
    protocol(
        id="C2a.3",
        claim="A discriminator no more powerful than the generator does worse.",
        measured="W1 at the end with D 1-4-1, the generator's own size, against W1 with the post's "
        "D 1-8-8-8-1; G is 1-4-1 in both; beyond 1, two widths of the bell, is missed.",
        says="With a D of G's own size {won} of 100 runs of {setting} end further from the data, "
        "{lost} nearer",
        settings=against_the_recipe("D 1-4-1", "D 1-8-8-8-1", d_hidden=SMALL),
    ),
    protocol(
        id="C2b.3",
        claim="A generator as powerful as the discriminator does worse.",
        measured="W1 at the end with G 1-8-8-8-1, the discriminator's own size, against W1 with "
        "the post's G 1-4-1; D is 1-8-8-8-1 in both; beyond 1, two widths of the bell, is missed.",
        says="With a G of D's own size {won} of 100 runs of {setting} end further from the data, "
        "{lost} nearer",
        settings=against_the_recipe("G 1-8-8-8-1", "G 1-4-1", g_hidden=LARGE),
    ),
)
