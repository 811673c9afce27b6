"""Is one D step per G step enough for a Gaussian, and do harder targets need about five?"""

from perspective2016 import POST, at_the_end, train

from ganlab.data import points
from ganlab.evidence import Protocol, Setting

BUMPS = POST._replace(target=points(-2.0, 0.0, 2.0, std=0.2))


def difference(seeds):
    one, five = (at_the_end(train(tuple(seeds), n_critic=k).w1) for k in (1, 5))
    return one - five


def arm(k):
    def outcome(seeds):
        return at_the_end(train(tuple(seeds), BUMPS, n_critic=k, steps=5000).w1)

    return outcome


PROTOCOLS = (
    Protocol(
        id="B5a",
        source="perspective2016",
        claim="One D step per G step is enough for a Gaussian.",
        measured="W1 at the end of 10,000 G steps with one D step each minus W1 with five, against "
        "0.05, the most that may be lost.",
        notebook="02",
        metric="difference of W1",
        direction=-1,
        reference=0.05,
        worst=10.0,
        settings={"the post": Setting({"one minus five": difference})},
    ),
    Protocol(
        id="B5b",
        source="perspective2016",
        claim="A harder target needs about five D steps per G step.",
        measured="The post's GAN on three narrow bumps (at -2, 0 and 2, standard deviation 0.2): "
        "W1 at the end of 5,000 G steps with one D step each minus W1 with five.",
        notebook="02",
        metric="W1 to the data",
        margin=0.05,
        worst=10.0,
        settings={"three bumps": Setting({"one": arm(1), "five": arm(5)})},
    ),
)
