"""Does a CycleGAN find the true translation, and what do its two terms add to it?

Digits of 8 x 8 pixels and their negatives, or mirror images, without pairs: of each test picture
the true partner is known. Translators are of convolutions, which make a place of what is near it,
or dense, which know no places.
"""

from functools import partial

from evidence.outcomes_of_samples import (
    back_by_a_wrong_way,
    brought_back,
    still_the_digit,
    with_their_partner,
)
from evidence.trainings.translating import train_translators
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # 64 GANs of convolutions take minutes
A_TWENTIETH = 0.05  # of the pictures
CYCLE, BOTH = {"cycle": 10.0}, {"cycle": 10.0, "identity": 5.0}
DENSE = {"dense": True}
MIRRORED = {"dense": True, "translation": "mirrored"}

wins = partial(Protocol, source="ganlab", notebook="11", kind="wins", least=A_TWENTIETH, worst=0.0)


def translated(outcome, **settings):
    return Arm(outcome, train_translators, settings)


def compared(outcome, names, first, second, **more):
    """Two arms that differ in the terms alone; what their cycles cost, and the digits kept."""
    arms = dict(zip(names, (first, second), strict=True))
    return Setting(
        {name: translated(outcome, **terms, **more) for name, terms in arms.items()},
        most=MOST,
        also={
            f"{told}, {name}": translated(asked, **terms, **more)
            for told, asked in {"cycle error": brought_back, "digit kept": still_the_digit}.items()
            for name, terms in arms.items()
        },
    )


PROTOCOLS = (
    wins(
        id="I3a.1",
        claim="With the cycle term more pictures are translated into their true partner.",
        measured="Share of 600 test pictures whose translation is nearer to its true partner than "
        "to any other, with the cycle term against without; a seed counts from 0.05.",
        says="With the cycle term more find their partner on {won} of 100 seeds, without on {lost} "
        "({setting})",
        settings={
            "negatives, by convolutions": compared(
                with_their_partner, ("with", "without"), CYCLE, {}
            ),
            "negatives, dense": compared(
                with_their_partner, ("with", "without"), CYCLE, {}, **DENSE
            ),
        },
    ),
    Protocol(
        id="I3b.1",
        source="ganlab",
        notebook="11",
        claim="There and back can be right where there is wrong: dense translators keep the cycle "
        "and exchange the digits.",
        measured="Share of runs with the cycle term in which there and back costs at most 0.2 a "
        "pixel, of pixels from -1 to 1, and the judge reads fewer than half of the test pictures "
        "as the digit they were: dense translators against those of convolutions.",
        says="{first} of 100 runs keep the cycle by a wrong way with dense translators, {second} "
        "with convolutions",
        worst=0,
        settings={
            "negatives": Setting(
                {
                    "dense": translated(back_by_a_wrong_way, **CYCLE, **DENSE),
                    "convolutions": translated(back_by_a_wrong_way, **CYCLE),
                },
                most=MOST,
            ),
        },
    ),
    wins(
        id="I3c.1",
        claim="With an identity loss beside the cycle term more pictures are translated into their "
        "true partner.",
        measured="Share of 600 test pictures whose translation is nearer to its true partner than "
        "to any other, with the identity loss against without; a seed counts from 0.05. (Not the "
        "digit that a judge reads: some 40 of 100 mirrored digits keep it if nothing is done.)",
        says="With the identity loss more find their partner on {won} of 100 seeds, without on "
        "{lost} ({setting})",
        settings={
            "mirrored, dense": compared(
                with_their_partner, ("with", "without"), BOTH, CYCLE, **MIRRORED
            ),
            "negatives, by convolutions": compared(
                with_their_partner, ("with", "without"), BOTH, CYCLE
            ),
        },
    ),
)
