"""Must the discriminator be more powerful than the generator?"""

from aylien2016 import LARGE, SMALL, TRAIN, at_the_end, distance

from ganlab.evidence import Protocol, Setting


def ends(training, g_sizes=SMALL, d_sizes=LARGE):
    def arm(seeds):
        return at_the_end(distance(training(tuple(seeds), g_sizes, d_sizes)))

    return arm


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
            name: Setting({"D 1-4-1": ends(training, d_sizes=SMALL), "D 1-8-8-8-1": ends(training)})
            for name, training in TRAIN.items()
        },
        **COMMON,
    ),
    Protocol(
        id="C2b",
        claim="A generator as powerful as the discriminator does worse.",
        measured="W1 to the data at the end with G 1-8-8-8-1, the discriminator's own size, "
        "minus W1 with the post's G 1-4-1; the discriminator is 1-8-8-8-1 in both.",
        settings={
            name: Setting({"G 1-8-8-8-1": ends(training, g_sizes=LARGE), "G 1-4-1": ends(training)})
            for name, training in TRAIN.items()
        },
        **COMMON,
    ),
)
