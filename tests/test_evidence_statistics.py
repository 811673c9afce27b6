"""Intervals that miss as seldom as they say, and the verdicts that follow from outcomes."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from ganlab.evidence.protocol import LOOKS, MARGIN, EvidenceError
from ganlab.evidence.statistics import (
    ERROR,
    LOOK_ERROR,
    Estimate,
    count,
    difference_interval,
    estimate,
    median_interval,
    share_interval,
    verdict,
)

pytestmark = pytest.mark.rest

HERE = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(HERE))
evidence_seeds = importlib.import_module("evidence_seeds")
sys.path.remove(str(HERE))

NONE = "no difference that matters"
SETTINGS = 50_000  # simulated of each case
nan, inf = np.nan, np.inf


# Intervals -----------------------------------------------------------------------------


def exact(successes, n, error):
    """The interval by SciPy's search for the ends, which shares no formula with ours."""
    return stats.binomtest(successes, n).proportion_ci(1 - error, "exact")


@pytest.mark.parametrize("n", [1, 2, 64, 1024, 16384])
@pytest.mark.parametrize("error", [LOOK_ERROR, 0.05])
def test_a_share_has_the_interval_of_clopper_and_pearson(n, error):
    for successes in sorted({0, 1, n // 3, n - 1, n}):
        found = share_interval(successes, n, error)
        low, high = exact(successes, n, error)
        # The search stops at 2e-12.
        assert found == pytest.approx((successes / n, low, high), rel=1e-9, abs=1e-11)
    assert share_interval(0, n, error).low == 0 and share_interval(n, n, error).high == 1


def test_an_interval_without_an_error_given_is_that_of_one_look():
    assert pytest.approx(0.001, rel=1e-12) == ERROR == LOOK_ERROR * 9
    assert len(LOOKS) == 9 and LOOKS[0] == 64 and LOOKS[-1] == 16384
    assert share_interval(20, 64)[1:] == pytest.approx(exact(20, 64, 0.001 / 9), rel=1e-9)
    assert difference_interval(20, 9, 64) == difference_interval(20, 9, 64, 0.001 / 9)


@pytest.mark.parametrize(
    "won, lost, n",
    [(0, 0, 64), (64, 0, 64), (0, 64, 64), (6, 0, 64), (25, 6, 64), (470, 501, 1024)],
)
def test_a_difference_is_that_of_two_intervals_at_half_the_error(won, lost, n):
    plus, minus = exact(won, n, 0.01), exact(lost, n, 0.01)
    wanted = ((won - lost) / n, plus.low - minus.high, plus.high - minus.low)
    assert difference_interval(won, lost, n, 0.02) == pytest.approx(wanted, rel=1e-9, abs=1e-11)


def test_arrays_of_counts_have_the_intervals_of_each():
    won, lost = np.array([0, 3, 64, 0]), np.array([0, 40, 0, 64])
    found = difference_interval(won, lost, 64)
    each = [difference_interval(int(w), int(v), 64) for w, v in zip(won, lost, strict=True)]
    assert np.array_equal(np.transpose(found), each)
    assert np.array_equal(
        np.transpose(share_interval(won, 64)), [share_interval(w, 64) for w in won]
    )


@pytest.mark.parametrize("n", [64, 128])
def test_a_share_lies_outside_its_interval_as_seldom_as_it_says(n):
    # Exactly, without simulation: the probability of all counts whose interval misses.
    counts = np.arange(n + 1)
    low, high = share_interval(counts, n)[1:]
    missed = []
    for share in np.concatenate([np.linspace(0, 1, 501), low, high, np.nextafter(high[:-1], 1)]):
        chance = stats.binom.pmf(counts, n, share)
        for side in (low > share, high < share):
            missed.append(chance[side].sum())
            assert missed[-1] <= LOOK_ERROR / 2 * (1 + 1e-6)
    assert max(missed) > 0.9 * LOOK_ERROR / 2  # so it is not wider than it must be


def bonett_price(won, lost, n, error=LOOK_ERROR):
    """The interval of a difference that the module does not use, as a contrast."""
    p, q = (won + 1) / (n + 2), (lost + 1) / (n + 2)
    half = stats.norm.isf(error / 2) * np.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return Estimate((won - lost) / n, p - q - half, p - q + half)


def missed_exactly(interval, won, lost, n=64):
    """The probability that the interval of n pairs does not hold the true difference."""
    w, v = np.array([(w, v) for w in range(n + 1) for v in range(n + 1 - w)]).T
    _, low, high = interval(w, v, n)
    chance = stats.multinomial.pmf(np.stack([w, v, n - w - v], 1), n, [won, lost, 1 - won - lost])
    return chance[(low > won - lost) | (high < won - lost)].sum()


@pytest.mark.parametrize("effect", [-0.1, 0, 0.1, 0.5])
@pytest.mark.parametrize("more", [0.0, 0.01, 0.1, 0.2])  # shares won and lost above the least
def test_a_difference_lies_outside_its_interval_as_seldom_as_it_says(effect, more):
    won, lost = max(effect, 0.0) + more, max(-effect, 0.0) + more
    assert missed_exactly(difference_interval, won, lost) <= LOOK_ERROR


def test_bonett_and_price_miss_ten_times_as_often_where_none_is_lost():
    # No win in 64 pairs is enough: 0.9 ** 64.
    for error in (0.001, LOOK_ERROR, 0.00001):
        _, low, high = bonett_price(0, 0, 64, error)
        assert verdict(Estimate(0.0, low, high), 0.1) == NONE
    assert missed_exactly(bonett_price, 0.1, 0.0) >= 0.9**64 > 10 * LOOK_ERROR


# Firm verdicts that are false ------------------------------------------------------------


# {case: what is simulated, with a true effect at which each firm verdict is false}
TRUE = {
    f"pairs, effect {sign * margin:+.2f}, {100 * ties:.0f} % ties": dict(
        chances=((1 - ties + margin) / 2, (1 - ties - margin) / 2)[::sign],
        interval=difference_interval,
        margin=margin,
    )
    for margin in (0.1, 0.05)
    for ties in (0.0, 0.5, 0.9, 1 - margin)  # the last: none lost, or none won
    for sign in (1, -1)
} | {
    f"a share of {share} against itself": dict(
        chances=(share,),
        interval=lambda k, n, s=share: Estimate(*(end - s for end in share_interval(k, n))),
        margin=0.0,
    )
    for share in (0.5, 0.25, 0.9)
}
for seed, case in enumerate(TRUE.values()):
    case["seed"] = seed  # or the mirrored cases would be the same draws


def told(name, k, n):
    """How many settings had a false verdict, and the ends of an exact 99 % interval."""
    low, high = (1000 * end for end in exact(k, n, 0.01))
    return f"{name}: {k} of {n}, {1000 * k / n:.2f} in a thousand [{low:.2f}, {high:.2f}]"


def errs_too_often(false, n):
    """True if fewer than one false verdict in a thousand is refuted, erring once in 2,000."""
    return exact(false, n, 0.001).low > 0.001


def false_verdicts(case, **changed):
    verdicts, _ = evidence_seeds.simulate(**case | changed, settings=SETTINGS)
    return int((verdicts != "").sum())


@pytest.mark.parametrize("name", TRUE)
def test_a_firm_verdict_is_false_at_most_once_in_a_thousand(name):
    false = false_verdicts(TRUE[name])
    print(told(name, false, SETTINGS))
    assert not errs_too_often(false, SETTINGS)


def test_the_simulation_would_notice_an_interval_that_is_too_narrow():
    case = TRUE["pairs, effect +0.10, 90 % ties"]
    assert case["chances"] == pytest.approx((0.1, 0.0))
    false = false_verdicts(case, interval=bonett_price)
    print(told("Bonett and Price, none lost", false, SETTINGS))
    assert errs_too_often(false, SETTINGS)

    def undivided(k, n):  # each look errs as often as all of them may
        return Estimate(*(end - 0.5 for end in share_interval(k, n, ERROR)))

    false = false_verdicts(TRUE["a share of 0.5 against itself"], interval=undivided)
    print(told("a share of 0.5, each look 0.001", false, SETTINGS))
    assert errs_too_often(false, SETTINGS)


def two_peaks(rng, n):
    """Outcomes of independent runs near 0 and 2, a tenth failed: smaller is better."""

    def arm(close):
        u = rng.random(n)
        end = np.where(u < close, 0.0, 2.0) + rng.uniform(-0.02, 0.02, n)
        return np.where(u < 0.9, end, nan)

    return arm(0.5 + 1 / 9), arm(0.5)


def heavy_tails(rng, n):
    """Outcomes that differ from seed to seed much more than from arm to arm, and by far."""
    seed = 1000 * rng.standard_cauchy(n)
    return seed + rng.standard_cauchy(n), seed + shift(MARGIN) + rng.standard_cauchy(n)


def wins(shift):
    """Probabilities that the second of `heavy_tails` is larger, or smaller, by more than 2."""
    return stats.cauchy.sf(2.0, shift, 2.0), stats.cauchy.cdf(-2.0, shift, 2.0)


def shift(effect):
    return optimize.brentq(lambda x: np.subtract(*wins(x)) - effect, 0.0, 2.0, xtol=1e-14)


# {case: outcomes, the least difference that counts, probabilities of a win and of a loss}
OUTCOMES = {
    # Close is won against far and failed, far against failed.
    "two peaks": (
        two_peaks,
        0.05,
        ((0.5 + 1 / 9) * 0.5 + (0.4 - 1 / 9) * 0.1, 0.5 * (0.5 - 1 / 9) + 0.4 * 0.1),
    ),
    "heavy tails": (heavy_tails, 2.0, wins(shift(MARGIN))),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes_of_any_shape_have_false_verdicts_as_seldom(name):
    outcomes, least, chances = OUTCOMES[name]
    assert np.subtract(*chances) == pytest.approx(MARGIN)
    options = dict(kind="wins", worst=inf, direction=-1, least=least)
    # What is counted of these outcomes has the probabilities that are simulated next.
    seen = count(outcomes(np.random.default_rng(1), 2**19), **options)
    for key, chance in zip(("won", "lost"), chances, strict=True):
        assert stats.binomtest(seen[key], seen["seeds"], chance).pvalue > 1e-4
        assert not 0.99 < seen[key] / seen["seeds"] / (chance + 0.01) < 1.01  # so that it can fail
    case = dict(chances=chances, interval=difference_interval, margin=MARGIN)
    false = false_verdicts(case)
    print(told(name, false, SETTINGS))
    assert not errs_too_often(false, SETTINGS)


def test_a_true_effect_is_found_and_a_small_one_said_not_to_matter():
    rng, options = np.random.default_rng(4), dict(kind="wins", worst=inf, least=0.1)
    seed = rng.standard_cauchy(4096)
    for move, expected in ((-1.0, "supported"), (1.0, "contradicted"), (0.0, NONE)):
        arms = seed + move + 0.5 * rng.standard_cauchy(4096), seed + 0.5 * rng.standard_cauchy(4096)
        found = estimate(count(arms, direction=-1, **options), kind="wins", direction=-1)
        assert verdict(found, MARGIN) == expected
        mirrored = estimate(count(arms, direction=1, **options), kind="wins", direction=1)
        assert mirrored == pytest.approx((-found.effect, -found.high, -found.low))


# Counts --------------------------------------------------------------------------------


def test_counts_of_shares_are_those_done_by_hand():
    first, second = [1, 1, 1, 0, 0, nan, 1, 0], [0, 1, 0, 1, 0, 0, nan, nan]
    options = dict(kind="share", least=None)
    wanted = {"seeds": 8, "first": 4, "second": 2, "won": 3, "lost": 1}
    assert count((first, second), worst=0, direction=1, **options) == wanted
    assert count((first, second), worst=0, direction=-1, **options) == wanted | {
        "won": 1,
        "lost": 3,
    }
    wanted = {"seeds": 8, "first": 5, "second": 4, "won": 3, "lost": 2}
    assert count((first, second), worst=1, direction=1, **options) == wanted
    assert count((first,), worst=0, direction=1, **options) == {"seeds": 8, "first": 4}
    assert count((first,), worst=1, direction=-1, **options) == {"seeds": 8, "first": 5}
    assert count((np.array(first) == 1,), worst=0, direction=1, **options)["first"] == 4  # booleans


def test_counts_of_wins_are_those_done_by_hand():
    #         won, tie, exactly the least (twice), lost, both failed, each alone, further failures
    first = [0.0, 1.0, 1.0, 1.5, 3.0, nan, nan, 1.0, inf, "nan", 0.5]
    second = [1.0, 1.0, 1.5, 1.0, 1.0, nan, 5.0, nan, -inf, inf, np.nextafter(1.0, 2)]
    options = dict(kind="wins", worst=inf, least=0.5)
    wanted = {"seeds": 11, "won": 3, "lost": 2}
    assert count((first, second), direction=-1, **options) == wanted
    assert count((first, second), direction=1, **options) == wanted | {"won": 2, "lost": 3}
    assert count((second, first), direction=-1, **options) == wanted | {"won": 2, "lost": 3}
    assert count((first, second), direction=-1, kind="wins", worst=inf, least=0.0) == {
        "seeds": 11,
        "won": 4,
        "lost": 3,
    }


def test_of_two_that_are_beyond_neither_wins():
    #         both beyond, and one just; one beyond; just within reach of it; none; failed; both
    first = [5.0, 1.0, 0.5, 0.97, 0.2, nan, nan]
    second = [9.0, 7.0, 9.0, 9.0, 0.4, 9.0, nan]
    options = dict(kind="wins", worst=inf, least=0.05, direction=-1)
    assert count((first, second), **options) == {"seeds": 7, "won": 5, "lost": 1}
    assert count((first, second), beyond=1.0, **options) == {"seeds": 7, "won": 2, "lost": 0}
    assert count((second, first), beyond=1.0, **options) == {"seeds": 7, "won": 0, "lost": 2}


@pytest.mark.parametrize("failed", [nan, inf, -inf, "nan", "inf"])
def test_a_failed_seed_is_the_worst_outcome_and_is_never_dropped(failed):
    good, bad = list(np.linspace(0.0, 0.1, 64)), list(np.linspace(1.0, 1.1, 64))
    options = dict(kind="wins", worst=inf, direction=-1, least=0.05)
    assert count((good, bad), **options) == {"seeds": 64, "won": 64, "lost": 0}
    some = [failed] * 40 + good[40:]
    counts = count((some, bad), **options)
    assert counts == {"seeds": 64, "won": 24, "lost": 40}
    assert estimate(counts, kind="wins", direction=-1).effect == -0.25
    both = count(([failed] * 64, [failed] * 64), **options)
    assert both == {"seeds": 64, "won": 0, "lost": 0}
    # Where larger is better the worst is smallest.
    up = dict(kind="wins", worst=-inf, direction=1, least=0.05)
    assert count((some, [-1.0] * 64), **up) == {"seeds": 64, "won": 24, "lost": 40}


def test_counts_and_estimates_can_be_written_as_json():
    rng = np.random.default_rng(0)
    arms = rng.random((2, 64)) < 0.5
    counts = count(arms, kind="share", worst=0, direction=1)
    assert all(type(value) is int for value in counts.values())
    found = estimate(counts, kind="share", direction=1)
    assert all(type(value) is float for value in found)
    assert json.loads(json.dumps(found)) == list(found)


# Effects and verdicts --------------------------------------------------------------------


def test_a_single_share_is_compared_with_its_reference():
    options = dict(kind="share", reference=0.25)
    low, high = exact(48, 64, LOOK_ERROR)
    found = estimate({"seeds": 64, "first": 48}, direction=1, **options)
    assert found == pytest.approx((0.5, low - 0.25, high - 0.25), rel=1e-9)
    other = estimate({"seeds": 64, "first": 48}, direction=-1, **options)
    assert other == pytest.approx((-0.5, 0.25 - high, 0.25 - low), rel=1e-9)
    assert (verdict(found, 0.0), verdict(other, 0.0)) == ("supported", "contradicted")
    # That all runs succeeded, or none, says more of 0.25 than of 0 or 1.
    for first, direction, reference, expected in (
        (64, 1, 0.25, "supported"),
        (0, 1, 0.25, "contradicted"),
        (0, -1, 0.25, "supported"),
        (64, 1, 1.0, ""),
        (0, -1, 0.0, ""),
        (0, 1, 0.1, ""),
    ):
        counts = {"seeds": 64, "first": first}
        found = estimate(counts, kind="share", direction=direction, reference=reference)
        assert verdict(found, 0.0) == expected


def test_two_shares_differ_by_the_seeds_won_and_lost_as_claimed():
    first, second = np.arange(64) < 50, np.arange(64) % 2
    for direction in (1, -1):
        counts = count((first, second), kind="share", worst=0, direction=direction)
        assert (counts["first"], counts["second"]) == (50, 32)
        found = estimate(counts, kind="share", direction=direction)
        assert found.effect == direction * (50 - 32) / 64
        assert found == difference_interval(counts["won"], counts["lost"], 64)


@pytest.mark.parametrize(
    "won, lost, n, expected",
    [
        (64, 0, 64, "supported"),
        (0, 64, 64, "contradicted"),
        (0, 0, 64, ""),  # that nothing differs takes 128 seeds to say
        (0, 0, 128, NONE),
        (4096, 4096, 8192, NONE),
        (32, 32, 64, ""),
    ],
)
def test_verdicts_on_known_counts(won, lost, n, expected):
    counts = {"seeds": n, "won": won, "lost": lost}
    assert verdict(estimate(counts, kind="wins", direction=-1), MARGIN) == expected


def test_an_end_on_the_margin_decides_nothing():
    for low, high, expected in (
        (0.1, 0.3, ""),
        (np.nextafter(0.1, 1), 0.3, "supported"),
        (-0.3, -0.1, ""),
        (-0.3, np.nextafter(-0.1, -1), "contradicted"),
        (-0.1, 0.05, ""),
        (-0.05, 0.1, ""),
        (np.nextafter(-0.1, 1), np.nextafter(0.1, 0), NONE),
        (0.02, 0.09, NONE),
        (0.05, 0.2, ""),
        (-0.5, 0.5, ""),
    ):
        assert verdict(Estimate((low + high) / 2, low, high), 0.1) == expected
    for low, high in ((0.0, 0.0), (-1e-9, 1e-9), (0.0, 0.1), (-0.1, 0.0)):
        assert verdict(Estimate(0.0, low, high), 0.0) == ""
    assert verdict(Estimate(0.1, 1e-9, 0.2), 0.0) == "supported"
    assert verdict(Estimate(-0.1, -0.2, -1e-9), 0.0) == "contradicted"


def test_wrong_arguments_are_refused_in_one_line():
    share, pair = dict(kind="share", worst=0, direction=1), {"seeds": 64, "won": 1, "lost": 0}
    arms = np.zeros((3, 4))
    for call, said in (
        (lambda: share_interval(65, 64), "65 successes in 64 runs: wanted whole numbers from 0"),
        (lambda: share_interval(-1, 64), "-1 successes in 64 runs"),
        (lambda: share_interval(0, 0), "0 successes in 0 runs"),
        (lambda: share_interval(0.5, 64), "0.5 successes in 64 runs: wanted whole numbers"),
        (lambda: difference_interval(40, 25, 64), "40 won and 25 lost: wanted at most all 64"),
        (lambda: count(arms, **share), "3 arms of kind 'share': wanted two for net wins, one or"),
        (lambda: count((), **share), "0 arms of kind 'share'"),
        (lambda: count(arms[:1], **share | {"kind": "wins"}), "1 arms of kind 'wins'"),
        (lambda: count(([0, 1], [0]), **share), "outcomes (2,), (1,): wanted one for each seed"),
        (lambda: count((arms,), **share), "outcomes (3, 4): wanted one for each seed"),
        (lambda: count(([0, 0.5],), **share), "an outcome 0.5: wanted 0 or 1 for a share"),
        (
            lambda: estimate({"seeds": 64, "first": 1}, kind="share", direction=1),
            "reference None for seeds, first: wanted a reference for a single arm's share",
        ),
        (
            lambda: estimate(pair, kind="wins", direction=1, reference=0.5),
            "reference 0.5 for seeds, won, lost: wanted a reference for a single",
        ),
    ):
        with pytest.raises(EvidenceError) as refused:
            call()
        assert str(refused.value).startswith(said) and "\n" not in str(refused.value)


# Medians, which describe -------------------------------------------------------------------


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


def test_fewer_than_eight_values_bound_nothing():
    assert median_interval(np.arange(7.0))[1:] == (-np.inf, np.inf)
    assert median_interval(np.arange(8.0))[1:] == (0.0, 7.0)
    assert median_interval(np.arange(8.0), error=0.005)[1:] == (-np.inf, np.inf)


def test_infinities_move_a_median_only_by_their_rank():
    x = np.linspace(-1, 1, 33)
    wild = np.where(x > 0.5, np.inf, x)
    assert median_interval(wild) == median_interval(x)
    assert median_interval(np.repeat([1.0, np.inf], [12, 20])).effect == np.inf
    with np.errstate(all="raise"):
        assert np.isnan(median_interval(np.repeat([-np.inf, np.inf], 16)).effect)
    with pytest.raises(ValueError, match=r"^values hold NaN: wanted"):
        median_interval([np.nan, 1.0, 2.0])


# How many seeds a verdict takes ------------------------------------------------------------


def test_the_table_of_seeds_has_a_row_for_each_effect():
    lines = evidence_seeds.table(settings=200)
    assert len({line.count("|") for line in lines}) == 1
    rows = {row[1]: row[2:-1] for row in ([c.strip() for c in line.split("|")] for line in lines)}
    assert rows["0"] == ["4,096 (4,096)", "2,048 (4,096)", "128 (128)", "never (never), 100 %"]
    assert rows["0.5"][2:] == ["64 (128)", "64 (64)"]
    assert evidence_seeds.cell(np.array([64.0] * 8 + [128.0, inf])) == "64 (128), 10 %"


def test_a_simulated_setting_is_looked_at_until_it_decides():
    seen = []

    def interval(won, lost, n):
        seen.append(n)
        assert ((won >= 0) & (won + lost <= n)).all()
        return difference_interval(won, lost, n)

    verdicts, seeds = evidence_seeds.simulate(
        (1.0, 0.0), interval=interval, margin=MARGIN, settings=10
    )
    assert seen == [64] and set(seeds) == {64} and set(verdicts) == {"supported"}
    del seen[:]
    verdicts, seeds = evidence_seeds.simulate(
        (0.3, 0.2), interval=interval, margin=MARGIN, settings=300
    )
    assert tuple(seen) == LOOKS and np.isinf(seeds).mean() > 0.99
    assert ((verdicts == "") == np.isinf(seeds)).all()
