"""Streams of random numbers: none of them twice, and none of them the reader's own."""

import itertools

import numpy as np

from ganlab import streams
from ganlab.streams import stream

PURPOSES = [value for name, value in vars(streams).items() if name.isupper()]


def start(rng):
    return tuple(rng.integers(2**63, size=4))


def test_seeds_purposes_and_numbers_have_streams_of_their_own():
    assert len(set(PURPOSES)) == len(PURPOSES) == 7
    keys = list(itertools.product((0, 1, 2, 7, 2**31 - 1), PURPOSES, (0, 1, 2, 3, 1000)))
    starts = {start(stream(*key)) for key in keys}
    assert len(starts) == len(keys)
    readers = {start(np.random.default_rng(seed)) for seed in (*range(50), 2**31 - 1)}
    assert not starts & readers


def test_a_stream_repeats_itself_and_takes_any_integer():
    wanted = start(stream(3, streams.SHOW, 2))
    assert start(stream(3, streams.SHOW, 2)) == wanted
    assert start(stream(np.int32(3), streams.SHOW, np.int64(2))) == wanted
