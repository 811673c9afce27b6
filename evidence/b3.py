"""Does scaling G's output to the range of the data make learning easier?"""

from perspective2016 import at_the_end, train

from ganlab.evidence import Protocol, Setting


def arm(scale, output):
    def outcome(seeds):
        return at_the_end(train(tuple(seeds), scale=scale, output=output).w1)

    return outcome


PROTOCOLS = (
    Protocol(
        id="B3",
        source="perspective2016",
        claim="Scaling the generator's output to the range of the data makes learning easier.",
        measured="W1 at the end of 10,000 steps with the output times 5 minus W1 with the output "
        "as it is; with the post's tanh at the end of G, which without the factor cannot leave "
        "[-1, 1], and with a linear end.",
        notebook="02",
        metric="W1 to the data",
        direction=-1,
        margin=0.05,
        worst=10.0,
        settings={
            "tanh end (the post)": Setting({"times 5": arm(5.0, "tanh"), "bare": arm(1.0, "tanh")}),
            "linear end": Setting({"times 5": arm(5.0, None), "bare": arm(1.0, None)}),
        },
    ),
)
