"""Do scores of pictures notice what is wrong with them?

Real digits, as they are and harmed: whatever the score says of those, it would say of a generator
that makes them.
"""

from functools import partial

from evidence.outcomes_of_samples import (
    beyond_luck_by_frechet,
    beyond_luck_by_inception,
    noticed_by_frechet,
    noticed_by_inception,
)
from evidence.trainings.harmed import harm_beside_others, harm_digits
from ganlab.evidence import Arm, Protocol, Setting

HARM = {
    "a tenth of noise": "noise",
    "blurred": "blur",
    "one digit dropped": "dropped",
    "two pictures a digit, copied": "copies",
}
NUMBERS = (
    "300 of 600 test digits, in the digit judge's features: as they are, and with noise of "
    "deviation 0.1 in pixels from -1 to 1; blurred by 1-2-1 both ways; without one of the digits, "
    "others standing twice; or with two pictures of each digit, fifteen times each"
)


def both(by_frechet, by_inception, training):
    """A setting for each harm: whether either score says so."""
    return {
        name: Setting(
            {
                "Frechet": Arm(by_frechet, training, {"fault": fault}),
                "inception": Arm(by_inception, training, {"fault": fault}),
            }
        )
        for name, fault in HARM.items()
    }


protocol = partial(Protocol, source="module", notebook="09", worst=0)

PROTOCOLS = (
    protocol(
        id="I5a.1",
        claim="A higher inception score means better pictures: what harms them lowers it.",
        measured=f"{NUMBERS}. Share of draws in which the inception score is lower for it, against "
        "one half.",
        says="The inception score falls in {first} of 100 draws ({setting})",
        reference=0.5,
        settings={
            name: Setting({"harmed": Arm(noticed_by_inception, harm_digits, {"fault": fault})})
            for name, fault in HARM.items()
        },
    ),
    protocol(
        id="I5b.1",
        claim="The Frechet distance is the more robust of the two: it notices more often.",
        measured="The same draws. Share in which the Frechet distance to the other 300 grows, "
        "minus the share in which the inception score falls.",
        says="The Frechet distance notices in {first} of 100 draws, the inception score in "
        "{second} ({setting})",
        settings=both(noticed_by_frechet, noticed_by_inception, harm_digits),
    ),
    protocol(
        id="I5c.1",
        claim="It does so beyond the luck of a draw, too: of other pictures, which is what scores "
        "are held against.",
        measured="Share of draws whose Frechet distance is larger than nine tenths of those of 100 "
        "other draws that are not harmed, minus the share whose inception score is lower than nine "
        "tenths of theirs. By luck both are one in ten.",
        says="Beyond luck the Frechet distance notices in {first} of 100 draws, the inception "
        "score in {second} ({setting})",
        settings=both(beyond_luck_by_frechet, beyond_luck_by_inception, harm_beside_others),
    ),
)
