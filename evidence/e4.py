"""highdim2018: do noise, feature matching and minibatch discrimination together do badly?"""

from e1 import MINI, NEARNESS, PLAIN, RATE, cells, close, ends, protocol

PROTOCOLS = (
    protocol(
        id="E4a",
        claim="Noise and feature matching with minibatch discrimination do not perform well: most "
        "runs do not come close.",
        measured="Share of runs whose W1 at the end is at most 0.125, against one half.",
        direction=-1,
        settings=cells(close, MINI[2]),
        **RATE,
    ),
    protocol(
        id="E4b",
        claim="Beside noise and feature matching, minibatch discrimination does harm.",
        measured="W1 to the data at the end with noise and feature matching, with minibatch "
        "discrimination minus without.",
        settings=cells(ends, MINI[2], PLAIN[2]),
        **NEARNESS,
    ),
)
