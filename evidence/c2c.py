"""Is a more powerful discriminator better, whatever the size of the generator?"""

from aylien2016 import at_the_end, distance, train_2017

from ganlab.evidence import Protocol, Setting

GENERATORS = {"G 1-4-1": (1, 4, 1), "G 1-8-1": (1, 8, 1), "G 1-8-8-8-1": (1, 8, 8, 8, 1)}
SMALLER = {"D 1-4-1": (1, 4, 1), "D 1-8-8-1": (1, 8, 8, 1)}
LARGEST = "D 1-8-8-8-1"


def ends(g_sizes, d_sizes):
    def arm(seeds):
        return at_the_end(distance(train_2017(tuple(seeds), g_sizes, d_sizes)))

    return arm


PROTOCOLS = (
    Protocol(
        id="C2c",
        source="aylien2016",
        claim="A more powerful discriminator does better, whatever the generator's size.",
        measured="W1 to the data at the end with a smaller discriminator minus W1 with the "
        "post's D 1-8-8-8-1, for three generators; setting of the 2017 code.",
        notebook="03",
        metric="W1 to the data",
        margin=0.05,
        worst=float("inf"),
        settings={
            f"{g}, {d}": Setting(
                {d: ends(g_sizes, d_sizes), LARGEST: ends(g_sizes, (1, 8, 8, 8, 1))}
            )
            for g, g_sizes in GENERATORS.items()
            for d, d_sizes in SMALLER.items()
        },
    ),
)
