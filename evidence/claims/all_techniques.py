"""Do highdim2018's techniques help as their papers have them, each beside the others?

Noise is as wide as matters, on all that D sees, at the level of E6; matching is of mean features,
as in Salimans et al. 2016.
"""

from functools import partial

from evidence.claims.instance_noise import LARGE, TRAININGS
from evidence.claims.noise_and_matching import NEARNESS
from evidence.outcomes import w1_at_the_end
from ganlab.evidence import Arm, Protocol, Setting


def compared(**cells):
    """Two cells (minibatch, noise, matching) by name, in the two GANs."""
    return {
        setting: Setting(
            {
                name.replace("_", " "): Arm(
                    w1_at_the_end,
                    training,
                    {"minibatch": minibatch, "std": LARGE * noise, "matching": float(matching)},
                )
                for name, (minibatch, noise, matching) in cells.items()
            }
        )
        for setting, training in TRAININGS.items()
    }


protocol = partial(Protocol, source="ganlab", notebook="05", **NEARNESS)

PROTOCOLS = (
    protocol(
        id="E7a",
        claim="Beside mended noise and matching, minibatch discrimination helps.",
        measured="W1 to the data at the end with noise and matching, with minibatch discrimination "
        "minus without.",
        direction=-1,
        settings=compared(minibatch=(True, True, True), plain=(False, True, True)),
    ),
    protocol(
        id="E7b",
        claim="All three techniques together, mended, bring the generator nearer to the data than "
        "none.",
        measured="W1 to the data at the end with minibatch discrimination, noise and matching, "
        "minus with none of them.",
        direction=-1,
        settings=compared(all_three=(True, True, True), nothing=(False, False, False)),
    ),
    protocol(
        id="E7c",
        claim="Without minibatch discrimination, mended matching does harm beside mended noise.",
        measured="W1 to the data at the end with noise and matching minus with noise alone.",
        settings=compared(noise_and_matching=(False, True, True), noise=(False, True, False)),
    ),
)
