"""Must the discriminator be more powerful than the generator?"""

from evidence.outcomes import w1_at_the_end
from evidence.trainings.aylien2016 import LARGE, SMALL, TRAININGS, train_2017
from ganlab.evidence import Arm, Protocol, Setting

GENERATORS = {"G 1-4-1": (1, 4, 1), "G 1-8-1": (1, 8, 1), "G 1-8-8-8-1": (1, 8, 8, 8, 1)}
SMALLER = {"D 1-4-1": (1, 4, 1), "D 1-8-8-1": (1, 8, 8, 1)}

COMMON = {
    "source": "aylien2016",
    "notebook": "03",
    "metric": "W1 to the data",
    "margin": 0.05,
    "worst": float("inf"),
}

PROTOCOLS = (
    Protocol(
        id="C2a",
        claim="A discriminator no more powerful than the generator does worse.",
        measured="W1 to the data at the end with D 1-4-1, the generator's own size, minus W1 "
        "with the post's D 1-8-8-8-1; the generator is 1-4-1 in both.",
        settings={
            name: Setting(
                {
                    "D 1-4-1": Arm(w1_at_the_end, training, {"d_sizes": SMALL}),
                    "D 1-8-8-8-1": Arm(w1_at_the_end, training),
                }
            )
            for name, training in TRAININGS.items()
        },
        **COMMON,
    ),
    Protocol(
        id="C2b",
        claim="A generator as powerful as the discriminator does worse.",
        measured="W1 to the data at the end with G 1-8-8-8-1, the discriminator's own size, "
        "minus W1 with the post's G 1-4-1; the discriminator is 1-8-8-8-1 in both.",
        settings={
            name: Setting(
                {
                    "G 1-8-8-8-1": Arm(w1_at_the_end, training, {"g_sizes": LARGE}),
                    "G 1-4-1": Arm(w1_at_the_end, training),
                }
            )
            for name, training in TRAININGS.items()
        },
        **COMMON,
    ),
    Protocol(
        id="C2c",
        claim="A more powerful discriminator does better, whatever the generator's size.",
        measured="W1 to the data at the end with a smaller discriminator minus W1 with the "
        "post's D 1-8-8-8-1, for three generators; setting of the 2017 code.",
        settings={
            f"{g}, {d}": Setting(
                {
                    d: Arm(w1_at_the_end, train_2017, {"g_sizes": g_sizes, "d_sizes": d_sizes}),
                    "D 1-8-8-8-1": Arm(w1_at_the_end, train_2017, {"g_sizes": g_sizes}),
                }
            )
            for g, g_sizes in GENERATORS.items()
            for d, d_sizes in SMALLER.items()
        },
        **COMMON,
    ),
)
