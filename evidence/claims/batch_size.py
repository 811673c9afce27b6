"""With minibatch discrimination, must the batch stay below about 16?"""

from evidence import outcomes
from evidence.claims.minibatch_discrimination import NEARNESS, RATE, minibatch
from ganlab.evidence import Protocol, Setting

OWN = {"2016 code": 12, "2017 code": 8, "mended": 12}  # the batch that each is compared with
LARGER = {"2016 code": (64, 32, 128), "2017 code": (64, 32, 128), "mended": (64,)}


def batches(outcome):
    return {
        f"{name}, {size} against {OWN[name]}": Setting(
            {
                f"batch {batch}": minibatch(outcome, name, batch_size=batch)
                for batch in (size, OWN[name])
            }
        )
        for name, sizes in LARGER.items()
        for size in sizes
    }


PROTOCOLS = (
    Protocol(
        id="D2a",
        notebook="04",
        source="aylien2016",
        claim="With minibatch discrimination a batch well above 16 ends further from the data.",
        measured="W1 to the data at the end with a larger batch minus with the setting's own "
        "(12 for the mended GAN); the number of steps is the same.",
        settings=batches(outcomes.w1_at_the_end),
        **NEARNESS,
    ),
    Protocol(
        id="D2b",
        notebook="04",
        source="aylien2016",
        claim="With minibatch discrimination a batch well above 16 keeps the data's width in fewer "
        "runs.",
        measured="Share of runs that keep it, as in D1a, with a larger batch minus with the "
        "setting's own.",
        metric="difference of shares",
        direction=-1,
        margin=0.1,
        settings=batches(outcomes.keeps_the_width),
        **RATE,
    ),
)
