"""Statistics with known answers, and the verdicts that follow from outcomes."""

from math import comb

import numpy as np
import pytest
from scipy import stats

from ganlab import evidence
from ganlab.evidence import Claim, estimate, median_interval, verdict


def judged(first, second, *, confirm=None, **options):
    """The claim that follows from the outcomes of two arms in the setting "only"."""
    confirm = (first, second) if confirm is None else confirm
    setting = {
        "A": {"seeds": list(first), "confirm": list(confirm[0])},
        "B": {"seeds": list(second), "confirm": list(confirm[1])},
    }
    result = dict.fromkeys(("id", "claim", "source", "metric", "unit", "measured", "notebook"), "")
    result |= {"kind": "median", "worst": np.inf, "direction": -1, "margin": 0.0}
    result |= {"reference": None, "tolerance": None, "outcomes": {"only": setting}}
    return Claim(result | {"seeds": first, "confirm": confirm[0]} | options)


def pair(shift, rng):
    """Outcomes of two arms on both seed sets, the second higher by `shift`, heavy-tailed."""
    draw = [(stats.t.rvs(2, size=n, random_state=rng), n) for n in (32, 64)]
    return [(x, x + shift + 0.3 * stats.t.rvs(2, size=n, random_state=rng)) for x, n in draw]


# Statistics ----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [8, 9, 32, 33, 64, 200])
def test_the_interval_of_a_median_is_the_one_of_scipy(n):
    x = np.random.default_rng(n).standard_cauchy(n)
    found = median_interval(x)
    theirs = stats.quantile_test(x, q=0, p=0.5).confidence_interval(0.99)
    assert (found.low, found.high) == (theirs.low, theirs.high)
    assert found.effect == pytest.approx(np.median(x))
    # A sign test at 1 % rejects every median outside the interval and none inside.
    for q, inside in (
        (found.low, True),
        (found.high, True),
        (found.low, False),
        (found.high, False),
    ):
        q = np.nextafter(q, found.effect if inside else np.copysign(np.inf, q - found.effect))
        assert (stats.binomtest(int(np.sum(x < q)), n).pvalue > 0.01) == inside
    rank = int(np.sum(x < found.low)) + 1
    assert found.coverage == pytest.approx(1 - 2 * sum(comb(n, i) for i in range(rank)) / 2**n)
    assert 0.99 <= found.coverage < 0.9975


def test_fewer_than_eight_values_bound_nothing():
    assert median_interval(np.arange(7.0))[1:] == (-np.inf, np.inf, 1.0)
    assert median_interval(np.arange(8.0))[1:3] == (0.0, 7.0)


@pytest.mark.parametrize("n", [32, 64])
@pytest.mark.parametrize(
    "draw, truth",
    [
        (lambda rng, shape: np.exp(3 * rng.normal(size=shape)), 1.0),
        (lambda rng, shape: rng.standard_cauchy(shape), 0.0),
        (lambda rng, shape: rng.pareto(0.5, shape), 3.0),
        # a quarter of the differences infinite: failed seeds
        (lambda rng, shape: np.where((u := rng.random(shape)) < 0.75, u, np.inf), 0.5),
    ],
    ids=["lognormal", "cauchy", "pareto", "infinite"],
)
def test_the_interval_covers_as_often_as_it_says(draw, truth, n):
    trials = 1000
    x = draw(np.random.default_rng(7), (trials, n))
    found = [median_interval(row) for row in x]
    covered = sum(e.low <= truth <= e.high for e in found)
    assert stats.binomtest(covered, trials, found[0].coverage).pvalue > 1e-3


def test_infinities_move_a_median_only_by_their_rank():
    x = np.linspace(-1, 1, 33)
    wild = np.where(x > 0.5, np.inf, x)
    assert median_interval(wild) == median_interval(x)
    assert median_interval(np.repeat([1.0, np.inf], [12, 20])).effect == np.inf
    with np.errstate(all="raise"):
        assert np.isnan(median_interval(np.repeat([-np.inf, np.inf], 16)).effect)


@pytest.mark.parametrize("won, n", [(0, 32), (1, 32), (20, 32), (64, 64)])
def test_one_rate_has_the_exact_interval(won, n):
    x = np.arange(n) < won
    found = estimate([x], kind="rate", worst=0, reference=0.25)
    low = stats.beta.ppf(0.005, won, n - won + 1) if won else 0.0
    high = stats.beta.ppf(0.995, won + 1, n - won) if won < n else 1.0
    assert found[:3] == pytest.approx((won / n - 0.25, low - 0.25, high - 0.25))
    other = estimate([x], kind="rate", worst=0, reference=0.25, direction=-1)
    assert other[:3] == pytest.approx((0.25 - won / n, 0.25 - high, 0.25 - low))


def test_two_rates_agree_with_the_published_example():
    # statpsych (CRAN), ci.prop.ps(.05, f00=12, f01=4, f10=26, f11=6): 0.2548067, 0.6251933;
    # f01 counts pairs whose first outcome is 1 and whose second is 0, so second - first.
    first = np.repeat([0, 1, 0, 1], [12, 4, 26, 6])
    second = np.repeat([0, 0, 1, 1], [12, 4, 26, 6])
    found = evidence.share_interval(second, first, confidence=0.95)
    assert found[:3] == pytest.approx((22 / 48, 0.2548067, 0.6251933), abs=1e-7)


def test_two_rates_cover_about_as_often_as_they_say():
    rng, trials = np.random.default_rng(0), 2000
    hits = 0
    for _ in range(trials):
        u = rng.random(64)
        first, second = (u < 0.7) * 1.0, ((u + 0.3 * rng.random(64)) < 0.7) * 1.0
        found = evidence.share_interval(first, second)
        hits += found.low <= 0.15 <= found.high
    assert hits / trials > 0.98


# Verdicts ------------------------------------------------------------------------------


@pytest.mark.parametrize("direction, expected", [(-1, "supported"), (1, "contradicted")])
def test_a_true_effect_is_found(direction, expected):
    first, confirm = pair(1.0, np.random.default_rng(3))
    found = judged(*first, confirm=confirm, direction=direction, margin=0.2)
    assert found.verdict == expected
    for seeds in evidence.SEED_SETS:
        assert -direction * found.estimates["only"][seeds].effect == pytest.approx(1.0, abs=0.4)
    # The same effect does not matter if only larger ones do.
    found = judged(*first, confirm=confirm, direction=direction, margin=3.0)
    assert found.verdict == "inconclusive"


def test_both_seed_sets_must_agree():
    clear, none = np.arange(1.0, 33.0), np.tile([-1.0, 1.0], 16)
    zero = np.zeros(32)
    for first, confirm, expected in (
        (clear, clear, "supported"),
        (clear, none, "inconclusive"),
        (none, clear, "inconclusive"),
        (clear, -clear, "inconclusive"),
        (-clear, -clear, "contradicted"),
        (zero, zero, "inconclusive"),
    ):
        found = judged(first, zero, confirm=(confirm, zero), direction=1)
        assert found.verdict == expected == found.verdicts["only"]


def test_no_effect_is_called_inconclusive_at_the_stated_rate():
    rng, firm, single = np.random.default_rng(11), 0, 0
    for _ in range(1000):
        sets = pair(0.0, rng)
        found = [estimate(arms, kind="median", worst=np.inf) for arms in sets]
        single += found[0].low > 0 or found[0].high < 0
        firm += verdict(found) != "inconclusive"
    # One set of 32 errs with probability 0.7 %; both, in the same direction, with 3 in 100,000.
    one_sided = [stats.binom.cdf(k - 1, n, 0.5) for k, n in ((9, 32), (22, 64))]
    assert 2 * one_sided[0] * one_sided[1] == pytest.approx(2.85e-5, rel=0.01)
    assert stats.binomtest(single, 1000, 2 * one_sided[0]).pvalue > 1e-3
    assert firm == 0  # more than none in a thousand: 2.8 %


def test_a_failed_seed_is_the_worst_outcome_and_is_never_dropped():
    good = np.linspace(0.0, 0.1, 32)
    bad = good + 1.0
    assert judged(good, bad).verdict == "supported"  # A is lower than B
    for failure in (np.nan, np.inf, -np.inf, "nan", "inf"):  # as strings in stored results
        some = [failure if s < 20 else x for s, x in enumerate(good)]
        found = judged(some, bad)
        assert found.verdict == "inconclusive"  # without the failed ones it would stand
        assert found.estimates["only"]["seeds"].effect == -np.inf
        assert f"only, A: {good[23]:.3f} to inf\n" in found.cells()[6] + "\n"
    failed = np.full(32, np.nan)
    assert judged(failed, bad).verdict == "contradicted"
    rates = judged(good > 0.05, good > 1, kind="rate", worst=0)  # which have no such spread
    assert rates.verdict == "contradicted" and rates.cells()[6] == ""
    both = judged(failed, failed, margin=0.1)
    assert both.verdict == "inconclusive" and both.estimates["only"]["seeds"][:3] == (0, 0, 0)
    # A rate: a failed seed is no success.
    rate = estimate([[1.0] * 16 + [np.nan] * 16], kind="rate", worst=0, reference=0.0)
    assert rate.effect == 0.5


def test_the_spread_is_that_of_single_runs_on_fresh_seeds():
    rng = np.random.default_rng(5)
    sets = rng.normal(size=(2, 2, 32))
    told = judged(*sets[0], confirm=sets[1]).cells()[6]
    low, high = np.quantile(sets[1], [0.1, 0.9], method="inverted_cdf", axis=1)
    expected = [f"only, {n}: {a:.3f} to {b:.3f}" for n, a, b in zip("AB", low, high, strict=True)]
    assert told.splitlines() == expected


def test_one_arm_is_compared_with_its_reference():
    x = {"A": {s: list(np.linspace(0.4, 0.6, 32)) for s in evidence.SEED_SETS}}
    for reference, expected in ((0.3, "supported"), (0.5, "inconclusive"), (0.9, "contradicted")):
        options = {"direction": 1, "worst": -np.inf, "outcomes": {"only": x}}
        found = judged([], [], reference=reference, **options)
        assert found.verdict == expected
        assert found.estimates["only"]["confirm"].effect == pytest.approx(0.5 - reference)


def test_opposite_firm_verdicts_depend_on_the_setting():
    zero = [0.0] * 32

    def setting(x):
        return {
            "A": dict.fromkeys(evidence.SEED_SETS, [x] * 32),
            "B": dict.fromkeys(evidence.SEED_SETS, zero),
        }

    for values, expected in (
        ((1, -1), "depends"),
        ((0, 1, -1), "depends"),
        ((1, 0), "supported"),
        ((0, 1), "inconclusive"),  # the first setting is the source's own
    ):
        settings = {f"setting {i}": setting(x) for i, x in enumerate(values)}
        assert judged(zero, zero, direction=1, outcomes=settings).verdict == expected
    assert "depends (a: supported; b: contradicted);" in repr(
        judged(zero, zero, direction=1, outcomes={"a": setting(1), "b": setting(-1)})
    )
