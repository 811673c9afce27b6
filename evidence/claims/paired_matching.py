"""What is paired matching? On sorted batches, a regression of quantiles that needs no D."""

from functools import partial

from evidence import outcomes
from evidence.claims.noise_and_matching import RATE
from evidence.trainings.highdim2018 import train_post
from ganlab.evidence import Arm, Protocol, Setting


def paired(outcome, matched, **settings):
    """highdim2018's code, plain D, with paired matching of D's features or of the samples."""
    return Arm(outcome, train_post, {"noise": 0.001, "matched": matched, **settings})


def sorted_and_not(matched):
    width = outcomes.width_at_the_end
    return Setting(
        {
            "sorted": paired(width, matched),
            "as drawn": paired(width, matched, aligned=False),
        }
    )


protocol = partial(Protocol, source="ganlab", notebook="05")

PROTOCOLS = (
    protocol(
        id="E5a",
        claim="The post's feature matching needs no discriminator: matching the sorted samples "
        "themselves, most runs come close.",
        measured="Share of runs whose W1 at the end is at most 0.125, against one half.",
        settings={"samples, no D": Setting({"close": paired(outcomes.is_close, "samples")})},
        **RATE,
    ),
    protocol(
        id="E5b",
        claim="The post's feature matching keeps the width only because the batches are sorted.",
        measured="Standard deviation of the generated samples at the end, with real batches "
        "sorted minus with real batches as they were drawn.",
        metric="width",
        margin=0.1,
        worst=0.0,
        settings={
            "features": sorted_and_not("features"),
            "samples, no D": sorted_and_not("samples"),
        },
    ),
)
