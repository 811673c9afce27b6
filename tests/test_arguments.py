"""What a reader passes in is taken as meant, or refused in one line."""

import re
import types

import numpy as np
import pytest

from ganlab import arguments, memory
from ganlab.arguments import per_member, record_steps, seed_tuple, whole


def refused(message, kind, function, *arguments):
    with pytest.raises(kind, match=message) as info:
        function(*arguments)
    assert "\n" not in str(info.value)


def test_whole_numbers_come_back_as_int():
    for value in (3, np.int64(3), np.uint8(3)):
        found = whole("steps", value, 3)
        assert found == 3
        assert type(found) is int


@pytest.mark.parametrize("value", [2, -1, 3.0, 3.5, "3", None, True, np.True_, [3], np.nan])
def test_anything_else_is_refused_with_its_name_and_the_least(value):
    refused(r"steps=.*wanted a whole number, at least 3$", ValueError, whole, "steps", value, 3)


def test_a_number_of_seeds_is_the_first_ones():
    assert seed_tuple(3) == (0, 1, 2)
    assert seed_tuple(np.int32(1)) == (0,)
    assert seed_tuple([2**31 - 1]) == (2**31 - 1,)


@pytest.mark.parametrize("given", [[5, 2, 5], (5, 2, 5), np.array([5, 2, 5]), iter([5, 2, 5])])
def test_listed_seeds_keep_their_order_and_may_repeat(given):
    found = seed_tuple(given)
    assert found == (5, 2, 5)
    assert all(type(seed) is int for seed in found)


@pytest.mark.parametrize(
    "given, kind, message",
    [
        (0, ValueError, "seeds=0: wanted a whole number, at least 1"),
        (True, ValueError, "seeds=True"),
        ([], ValueError, "seeds is empty"),
        ([1, -1], ValueError, "each of seeds=-1: wanted a whole number, at least 0"),
        ([1.5], ValueError, "each of seeds=1.5"),
        ([3, 2**31], ValueError, r"seeds has 2147483648: wanted numbers below 2\*\*31"),
        ("12", TypeError, "seeds='12': wanted how many, or a sequence"),
        (b"ab", TypeError, "seeds=b'ab': wanted how many"),
        ({3, 1}, TypeError, "seeds={1, 3}: wanted how many"),
        (2.0, TypeError, "seeds=2.0: wanted how many"),
        (None, TypeError, "seeds=None"),
    ],
)
def test_wrong_seeds_are_refused(given, kind, message):
    refused(message, kind, seed_tuple, given)


@pytest.mark.parametrize(
    "records, steps, wanted",
    [
        (4, 100, [25, 50, 75, 100]),
        (1, 7, [7]),
        (3, 10, [3, 7, 10]),
        (50, 3, [1, 2, 3]),
        (5, 0, []),
        (np.int64(2), 10, [5, 10]),
        ([3, 10], 10, [3, 10]),
        ([7, 3, 3, 0], 10, [3, 7, 10]),
        ([], 10, [10]),
        (np.array([1, 2]), 4, [1, 2, 4]),
        (range(0, 9, 4), 8, [4, 8]),
        ([0], 0, []),
    ],
)
def test_records_are_even_or_where_asked_and_always_last(records, steps, wanted):
    found = record_steps(records, steps)
    assert [int(step) for step in found] == wanted


@pytest.mark.parametrize("records", range(1, 12))
def test_records_are_as_many_as_asked_and_evenly_spread(records):
    gaps = np.diff([0, *record_steps(records, 1000)])
    assert len(gaps) == records
    assert gaps.sum() == 1000
    assert gaps.max() - gaps.min() <= 1


@pytest.mark.parametrize(
    "records, message",
    [
        (0, "records=0: wanted a whole number, at least 1"),
        (True, "records=True"),
        ([11], "records asks for step 11: there are 10 steps"),
        ([-1], "each of records=-1"),
        ([2.5], "each of records=2.5"),
    ],
)
def test_wrong_records_are_refused(records, message):
    refused(message, ValueError, record_steps, records, 10)


def test_records_that_are_no_steps_at_all_are_refused():
    refused("records=2.5: wanted how many, or the steps", TypeError, record_steps, 2.5, 10)
    refused("records=None: wanted how many", TypeError, record_steps, None, 10)


@pytest.mark.parametrize("value", [2, 2.0, np.float64(2), np.array(2), [2, 2, 2], (2.0, 2, 2)])
def test_a_number_is_one_for_every_member(value):
    found = per_member("rate", value, 3)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [2, 2, 2])


def test_members_keep_their_own_numbers():
    np.testing.assert_array_equal(per_member("rate", [1, 2, 3], 3), [1, 2, 3])
    np.testing.assert_array_equal(per_member("rate", [7], 1), [7])


@pytest.mark.parametrize(
    "value, kind, message",
    [
        ([1, 2], ValueError, r"rate has shape \(2,\): wanted a number, or one for each of 3"),
        ([1], ValueError, r"rate has shape \(1,\)"),
        (np.ones((3, 1)), ValueError, r"rate has shape \(3, 1\)"),
        (np.nan, ValueError, "rate holds NaN or infinity"),
        ([1, np.inf, 2], ValueError, "rate holds NaN or infinity"),
        (None, ValueError, "rate"),
        ("fast", TypeError, "rate is 'fast': wanted a number"),
        ([1, [2], 3], TypeError, "rate is "),
        ({}, TypeError, "rate is {}"),
    ],
)
def test_wrong_numbers_per_member_are_refused(value, kind, message):
    refused(message, kind, per_member, "rate", value, 3)


@pytest.fixture
def ten_gigabytes(monkeypatch):
    free = types.SimpleNamespace(available=10_000_000_000)
    monkeypatch.setattr(arguments.psutil, "virtual_memory", lambda: free)


@pytest.mark.parametrize(
    ("given", "told"),
    [  # of 5 GB that may be taken
        (dict(seeds=5, each=10**9), ""),
        (dict(seeds=6, each=10**9), "6 seeds would need about 6.0 GB, seeds=5"),
        (dict(seeds=1, each=10**10), "1 seed would need about 10.0 GB, smaller"),
        (dict(seeds=10, each=0, records=50, record=10**7, samples=500), ""),
        (
            dict(seeds=10, each=0, records=51, record=10**7, samples=500),
            "10 seeds with 51 records of 500 samples would need about 5.1 GB, "
            "seeds=9 or records=50 or samples=490",
        ),
        (  # 4 of 5 GB are needed anyway
            dict(seeds=10, each=4 * 10**8, records=100, record=10**7, samples=500),
            "10 seeds with 100 records of 500 samples would need about 14.0 GB, "
            "seeds=3 or records=10 or samples=50",
        ),
        (  # so would fewer samples alone
            dict(seeds=10, each=10**9, samples=1000, shown=9 * 10**8),
            "10 seeds of 1000 samples would need about 10.0 GB, seeds=5 or samples=444",
        ),
        (  # fewer records would not do
            dict(seeds=10, each=10**9, records=50, record=10**7),
            "10 seeds with 50 records would need about 15.0 GB, seeds=3",
        ),
    ],
)
def test_what_would_not_fit_is_refused_with_what_would(ten_gigabytes, given, told):
    if not told:
        memory.training_fits_memory(**given)
        return
    with pytest.raises(ValueError) as info:
        memory.training_fits_memory(**given)
    need, wanted = told.rsplit(", ", 1)
    at_most = "at most " * ("=" in wanted)
    wanted = "smaller networks or batches" if wanted == "smaller" else at_most + wanted
    assert str(info.value) == (
        f"{need}, more than 50% of the 10.0 GB that are free: wanted {wanted}"
    )
    for name in ("seeds", "records", "samples"):  # what it proposes fits, and one more does not
        if found := re.search(rf"\b{name}=(\d+)", wanted):
            fits = scaled(given, name, int(found[1]))
            memory.training_fits_memory(**fits)
            with pytest.raises(ValueError):
                memory.training_fits_memory(**scaled(given, name, int(found[1]) + 1))


def scaled(given, name, count):
    """The same with another number of seeds, records or samples."""
    if name == "samples":
        share = count / given["samples"]
        shown, record = given.get("shown", 0), given.get("record", 0)
        fewer = dict(samples=count, shown=shown * share, record=record * share)
        return given | fewer | {"each": given["each"] - shown * (1 - share)}
    return given | {name: count}


def test_too_many_seeds_are_refused_before_they_are_counted_out(ten_gigabytes):
    refused("seeds=2000000000 would need", ValueError, seed_tuple, 2 * 10**9)
