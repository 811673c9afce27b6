"""Is it enough to let a few samples of the batch into each distance?"""

from evidence import outcomes
from evidence.claims.batch_size import OWN
from evidence.claims.minibatch_discrimination import NEARNESS, minibatch
from ganlab.evidence import Protocol, Setting

FEW = {"2016 code": (11, 3, 1), "2017 code": (7, 3, 1), "mended": (11, 1)}


def few_against_all(name, few, batch):
    """The next `few` samples of the batch in each sum, against all the others."""
    arms = {f"{few} neighbours": {"neighbours": few}, "all": {}}
    return Setting(
        {
            arm: minibatch(outcomes.w1_at_the_end, name, batch_size=batch, **how)
            for arm, how in arms.items()
        }
    )


PROTOCOLS = (
    Protocol(
        id="D3a",
        notebook="04",
        source="aylien2016",
        claim="In a batch of 64, letting only a few samples into each distance ends nearer to the "
        "data.",
        measured="W1 to the data at the end with the next few samples of the batch in each sum "
        "minus with all 63.",
        direction=-1,
        settings={
            f"{name}, {few} of 63": few_against_all(name, few, 64)
            for name, numbers in FEW.items()
            for few in numbers
        },
        **NEARNESS,
    ),
    Protocol(
        id="D3b",
        notebook="04",
        source="aylien2016",
        claim="In a small batch, a single sample in each distance is not enough: it ends further "
        "from the data.",
        measured="W1 to the data at the end with one other sample in each sum minus with all, at "
        "the setting's own batch (12 for the mended GAN).",
        settings={
            f"{name}, 1 of {batch - 1}": few_against_all(name, 1, batch)
            for name, batch in OWN.items()
        },
        **NEARNESS,
    ),
)
