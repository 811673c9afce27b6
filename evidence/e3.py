"""highdim2018: does feature matching remove the tail?"""

from functools import partial

from e1 import NEARNESS, PLAIN, TAIL, cells, ends, protocol, tail
from highdim2018 import left

PROTOCOLS = (
    protocol(
        id="E3a",
        claim="Noise and feature matching without minibatch discrimination: the tail disappears.",
        measured="Share of samples more than three standard deviations below the mean, with noise "
        "and feature matching minus with noise alone.",
        metric="left tail",
        direction=-1,
        settings=cells(partial(tail, left), PLAIN[2], PLAIN[1]),
        **TAIL,
    ),
    protocol(
        id="E3b",
        claim="Feature matching beside noise brings the generator without minibatch "
        "discrimination nearer to the data.",
        measured="W1 to the data at the end, with noise and feature matching minus with noise "
        "alone.",
        direction=-1,
        settings=cells(ends, PLAIN[2], PLAIN[1]),
        **NEARNESS,
    ),
)
