"""Do highdim2018's techniques help as their papers have them, each beside the others?

Noise is as wide as matters, on all that D sees, at the level of E6; matching is of mean features,
as in Salimans et al. 2016.
"""

from functools import partial

from evidence.claims.instance_noise import LARGE, WITH_TECHNIQUES
from evidence.claims.minibatch_discrimination import W1
from evidence.outcomes import w1_at_the_end
from evidence.trainings.bell import LAST, OURS, TRAININGS
from ganlab.evidence import LOOKS, Arm, Protocol, Setting

NOISE = {"std": LARGE}
BOTH = {"std": LARGE, "matching": True}
ALL = {"minibatch": True, **BOTH}


def compared(**cells):
    """Two cells by name, each the settings of its techniques, in the two GANs."""
    layer = any("minibatch" in cell for cell in cells.values())
    return {
        gan: Setting(
            {
                name.replace("_", " "): Arm(
                    w1_at_the_end, WITH_TECHNIQUES[gan] if cell else TRAININGS[gan], cell
                )
                for name, cell in cells.items()
            },
            most=2048 if layer and gan == OURS else LOOKS[-1],
        )
        for gan in (LAST, OURS)
    }


protocol = partial(Protocol, source="ganlab", notebook="05", **W1)

PROTOCOLS = (
    protocol(
        id="E7a.2",
        claim="Beside noise and matching as their papers have them, minibatch discrimination "
        "helps.",
        measured="W1 at the end with noise and matching, with minibatch discrimination against "
        "without; a seed counts from 0.05.",
        says="Beside noise and matching, minibatch discrimination makes {won} of 100 runs of "
        "{setting} end nearer to the data, {lost} further away",
        direction=-1,
        settings=compared(minibatch=ALL, plain=BOTH),
    ),
    protocol(
        id="E7b.2",
        claim="All three techniques together, as their papers have them, bring the generator "
        "nearer to the data than none.",
        measured="W1 at the end with minibatch discrimination, noise and matching, against W1 with "
        "none of them; a seed counts from 0.05.",
        says="With all three techniques {won} of 100 runs of {setting} end nearer to the data than "
        "with none, {lost} further away",
        direction=-1,
        settings=compared(all_three=ALL, nothing={}),
    ),
    protocol(
        id="E7c.2",
        claim="Without minibatch discrimination, matching of means does harm beside noise.",
        measured="W1 at the end with noise and matching against W1 with noise alone; a seed counts "
        "from 0.05.",
        says="Matching of means beside noise makes {won} of 100 runs of {setting} end further from "
        "the data, {lost} nearer",
        settings=compared(noise_and_matching=BOTH, noise=NOISE),
    ),
)
