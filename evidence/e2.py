"""highdim2018: does noise much improve minibatch discrimination?"""

from e1 import MINI, NEARNESS, cells, ends, protocol, wide

PROTOCOLS = (
    protocol(
        id="E2a",
        claim="Noise with minibatch discrimination is much improved: it ends nearer to the data.",
        measured="W1 to the data at the end with minibatch discrimination, with noise minus "
        "without.",
        direction=-1,
        settings=cells(ends, MINI[1], MINI[0]),
        **NEARNESS,
    ),
    protocol(
        id="E2b",
        claim="Noise with minibatch discrimination is less centred around the mean.",
        measured="Standard deviation of the generated samples at the end with minibatch "
        "discrimination, with noise minus without.",
        metric="width",
        margin=0.05,
        worst=0.0,
        settings=cells(wide, MINI[1], MINI[0]),
    ),
)
