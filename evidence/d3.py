"""Is it enough to let a few samples of the batch into each distance?"""

from minibatch import NEARNESS, OWN, TRAIN, arm, ends

from ganlab.evidence import Protocol, Setting

FEW = {"2016 code": (11, 3, 1), "2017 code": (7, 3, 1), "mended": (11, 1)}


def limits(outcome, batch_size=None):
    """A few neighbours against all, at a batch of 64 or at the setting's own."""
    return {
        f"{name}, {few} of {(batch_size or OWN[name]) - 1}": Setting(
            {
                f"{few} neighbours": arm(
                    outcome, TRAIN[name], batch_size=batch_size or OWN[name], neighbours=few
                ),
                "all": arm(outcome, TRAIN[name], batch_size=batch_size or OWN[name]),
            }
        )
        for name, numbers in FEW.items()
        for few in (numbers if batch_size else (1,))
    }


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
        settings=limits(ends, 64),
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
        settings=limits(ends),
        **NEARNESS,
    ),
)
