"""The words for how a run ends, and the numbers behind them, against closed forms."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import binom, chi2, norm, poisson

from ganlab import data, endings, latent, streams
from ganlab.endings import (
    WORDS,
    Bell,
    Modes,
    end_of,
    final_samples,
    last_tenth,
    measure,
    unsteady,
)

BELL, RING = data.Gaussian(4.0, 0.5), data.ring()
TARGETS = {
    "bell": BELL,
    "a mixture of one mode": data.points(-1.0, -1.0, std=2.0),
    "bumps": data.points(-2.0, 0.0, 2.0, std=0.2),
    "ring": RING,
    "grid": data.grid(),
    "unequal": data.points((0, 0), (0, 0), (3, 0), (0, 3), std=0.25),
    "cube": data.points((0, 0, 0), (1, 1, 1), std=0.1),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def normal(mean, std, n=10_000):
    """Evenly spaced quantiles of N(mean, std), (n, 1): a sample without noise."""
    return (mean + std * ndtri((np.arange(n) + 0.5) / n))[:, None]


def at(counts, target=RING):
    """So many samples right on each mode of the target, (n, dim)."""
    return np.repeat(target.modes, counts, axis=0)


def words(samples, target):
    return endings.endings(samples, target).tolist()


# A perfect sampler


@pytest.mark.parametrize("name", TARGETS)
def test_a_perfect_sampler_is_close(name):
    assert words(TARGETS[name].sample((32, 10_000), rng()), TARGETS[name]) == ["close"] * 32


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in list(TARGETS)[:2]])
def test_the_ceiling_of_a_perfect_sampler_of_modes(name):
    """Squared distances are chi squared: cut off at 9, their mean is known."""
    target = TARGETS[name]
    good, shares, width = measure(target.sample((32, 10_000), rng()), target)
    inside = chi2.cdf(9, target.dim)
    np.testing.assert_allclose(
        good.mean(), inside, atol=4 * np.sqrt(inside * (1 - inside) / 320_000)
    )
    np.testing.assert_allclose(shares.mean(axis=0), 1, atol=0.04)
    cut_off = np.sqrt(chi2.cdf(9, target.dim + 2) / inside)
    np.testing.assert_allclose(width.mean(), cut_off, atol=4e-3)


def test_the_ceilings_that_the_docstrings_name():
    assert chi2.cdf(9, 2) == pytest.approx(1 - np.exp(-4.5)) == pytest.approx(0.98889, abs=5e-6)
    for dim, width in ((1, 0.987), (2, 0.974)):
        cut_off = np.sqrt(chi2.cdf(9, dim + 2) / chi2.cdf(9, dim))
        assert cut_off == pytest.approx(width, abs=5e-4)


# One bell

# N(mean, std) against N(4, 0.5): W1 as known to six digits, or its closed form by hand.
BELLS = {
    (4.0, 0.25): ("narrow", 0.199471),
    (4.0, 0.35): ("narrow", 0.15 * np.sqrt(2 / np.pi)),
    (4.0, 0.39): ("narrow", 0.11 * np.sqrt(2 / np.pi)),  # although W1 is below 0.125
    (4.0, 0.41): ("close", 0.09 * np.sqrt(2 / np.pi)),
    (4.124, 0.5): ("close", 0.124),
    (4.126, 0.5): ("near", 0.126),
    (4.2, 0.5): ("near", 0.2),
    (4.0, 0.7): ("near", 0.2 * np.sqrt(2 / np.pi)),
    (5.0, 0.5): ("partly", 1.0),
    (0.0, 1.0): ("lost", 4.0),
}


@pytest.mark.parametrize("fake", BELLS)
def test_a_bell_in_the_wrong_place_or_of_the_wrong_width(fake):
    (mean, std), (word, w1) = fake, BELLS[fake]
    bell = measure(normal(mean, std), BELL)
    assert type(bell) is Bell and bell.words() == word
    share = norm.cdf(5.5, mean, std) - norm.cdf(2.5, mean, std)
    np.testing.assert_allclose(bell, [share, std / 0.5, w1 / 0.5], atol=2e-4)


def test_the_shares_that_bound_lost_and_partly():
    there, away = normal(4.0, 0.3, 10_000), np.full((10_000, 1), 40.0)

    def with_inside(count):
        return np.concatenate([there[5000 - count // 2 :][:count], away[count:]])

    assert words(with_inside(5000), BELL) == "partly"
    assert words(with_inside(1000), BELL) == "partly"
    assert words(with_inside(999), BELL) == "lost"
    assert words(with_inside(8999), BELL) == "partly"
    assert words(with_inside(9000), BELL) == "near"


def test_partly_comes_before_narrow():
    """At 2.8 and 3.2 standard deviations: together they are narrow."""
    samples = np.concatenate([np.full((8, 1), 5.4), np.full((2, 1), 5.6)])
    assert measure(samples, BELL).width < 0.2 and words(samples, BELL) == "partly"


def test_the_edge_is_inside():
    bell = measure(np.array([[2.5], [5.5], [2.499], [5.501]]), BELL)
    assert bell.inside == 0.5


# Several modes


def test_collapsed_onto_one_mode():
    samples = data.points((2, 0), std=0.1).sample((3, 10_000), rng())
    modes = measure(samples, RING)
    assert type(modes) is Modes and modes.words().tolist() == ["collapsed"] * 3
    assert modes.held.tolist() == [1] * 3 and modes.dropped.tolist() == [7] * 3
    np.testing.assert_array_equal(modes.shares, [[8, 0, 0, 0, 0, 0, 0, 0]] * 3)


def test_dropped_modes_are_counted():
    for missing in (1, 3, 6):
        kept = data.Mixture(RING.centers[missing:], RING.std)
        modes = measure(kept.sample(10_000, rng()), RING)
        assert (modes.words(), modes.dropped, modes.held) == ("dropped", missing, 8 - missing)
        np.testing.assert_array_equal(modes.shares[:missing], 0)
        assert modes.width == pytest.approx(0.974, rel=0.05)  # of the held modes alone
        np.testing.assert_allclose(modes.shares[missing:], 8 / (8 - missing), rtol=0.2)


def test_half_of_its_due_share_holds_a_mode():
    # Of 16,000 samples 2,000 are due to each mode.
    others = [2143] * 6 + [2142]
    held, dropped = measure(at([1000, *others]), RING), measure(at([999, 2144, *others[1:]]), RING)
    assert (held.dropped, held.shares[0], held.words()) == (0, 0.5, "narrow")
    assert (dropped.dropped, dropped.shares[0], dropped.words()) == (1, 0.4995, "dropped")


def test_what_is_due_to_a_mode_goes_by_its_weight():
    target = data.points((5, 0), (0, 0), (0, 0), (0, 5), std=0.1)  # due: 1/4, 1/2, 1/4
    modes = measure(np.repeat([(5, 0), (0, 0), (0, 5)], [40, 100, 260], axis=0), target)
    np.testing.assert_allclose(modes.shares, [0.4, 0.5, 2.6])
    assert (modes.held, modes.dropped, modes.words()) == (2, 1, "dropped")
    less = measure(np.repeat([(5, 0), (0, 0), (0, 5)], [40, 99, 261], axis=0), target)
    assert (less.held, less.dropped, less.words()) == (1, 2, "collapsed")


def test_shares_are_in_the_order_of_the_targets_modes():
    target = data.points(4.0, -4.0, 0.0, std=0.5)
    modes = measure(np.repeat([[0.0], [4.0], [-4.0]], [5, 3, 4], axis=0), target)
    np.testing.assert_allclose(modes.shares, [3 / 4, 4 / 4, 5 / 4])


def test_a_blurred_ring_has_dropped_nothing():
    """Three times as wide: 39 % of its samples are good, evenly."""
    modes = measure(data.ring(std=0.3).sample((8, 10_000), rng()), RING)
    assert modes.words().tolist() == ["near"] * 8 and not modes.dropped.any()
    np.testing.assert_allclose(modes.good.mean(), 1 - np.exp(-0.5), atol=0.01)
    cut_off = 3 * np.sqrt(chi2.cdf(1, 4) / chi2.cdf(1, 2))  # beyond one of its deviations
    np.testing.assert_allclose(modes.width.mean(), cut_off, rtol=0.01)


def test_width_is_about_the_samples_own_mean_and_the_median_over_held_modes():
    """Modes of width 0.3, beside the target's modes; then three of eight as wide as the data."""
    r = rng()
    fine = (RING.modes[:, None] + 0.1 * (0.3 * r.standard_normal((8, 1250, 2)) + [1, 1])).copy()
    modes = measure(fine.reshape(-1, 2), RING)
    assert modes.words() == "narrow" and modes.width == pytest.approx(0.3, rel=0.02)
    wide = RING.modes[:, None] + 0.1 * r.standard_normal((8, 1250, 2))
    assert words(np.concatenate([*fine[:5], *wide[5:]]), RING) == "narrow"
    assert words(np.concatenate([*fine[:3], *wide[3:]]), RING) == "close"


def test_width_is_averaged_over_the_coordinates():
    line = np.tile([[0.15, 0.0], [-0.15, 0.0]], (8, 1)) + np.repeat(RING.modes, 2, axis=0)
    assert measure(line, RING).width == pytest.approx(np.sqrt((1.5**2 + 0) / 2))


def test_the_first_word_that_fits():
    away = np.full((1, 2), 50.0)

    def beside(samples, share):
        """The samples, and as many others that they are this share of all."""
        count = round(len(samples) / share) - len(samples)
        return np.concatenate([samples, np.repeat(away, count, axis=0)])

    real = RING.sample(10_000, rng())
    real = real[np.linalg.norm(real[:, None] - RING.modes, axis=-1).min(axis=1) < 0.299][:9000]
    one, even, some = at([90] + [0] * 7), at([20] * 8), at([0] + [20] * 7)
    assert words(beside(one, 0.09), RING) == "lost"  # not collapsed
    assert words(beside(one, 0.1), RING) == "collapsed"
    assert words(one, RING) == "collapsed"  # not narrow
    assert words(some, RING) == "dropped"  # not narrow
    assert words(even, RING) == "narrow"  # not close
    assert words(beside(real, 0.9), RING) == "close"
    assert words(beside(real[:8999], 0.8999), RING) == "near"
    assert words(np.repeat(away, 5, axis=0), RING) == "lost"  # nothing is good


def test_all_words_are_listed():
    assert set(WORDS) == {
        *("lost", "partly", "collapsed", "dropped", "narrow", "close", "near"),
    }


# Seeds side by side


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("target", [BELL, RING], ids=["bell", "ring"])
def test_a_failed_seed_is_lost_and_no_other(target, broken):
    samples = target.sample((3, 2000), rng()).astype(float)
    samples[1, 7, 0] = broken
    before = samples.copy()
    measured = measure(samples, target)
    assert measured.words().tolist() == ["close", "lost", "close"]
    assert all(
        np.isnan(values[1]).all() and np.isfinite(values[[0, 2]]).all() for values in measured
    )
    np.testing.assert_array_equal(samples, before)


def test_a_failed_seed_holds_nothing():
    modes = measure(np.full((5, 2), np.nan), RING)
    assert (modes.held, modes.dropped, modes.words()) == (0, 8, "lost")


@pytest.mark.parametrize("block", [None, 1, 900])
@pytest.mark.parametrize("target", [BELL, RING], ids=["bell", "ring"])
def test_leading_axes_agree_with_a_loop(target, block, monkeypatch):
    samples = target.sample((4 * 3, 150), rng()) * np.linspace(0.2, 1.1, 12)[:, None, None]
    samples = samples.reshape(4, 3, 150, target.dim)
    one_by_one = [[measure(x, target) for x in record] for record in samples]
    if block:
        monkeypatch.setattr(endings, "_BLOCK", block)
    together = measure(samples, target)
    for k, values in enumerate(together):
        np.testing.assert_array_equal(values, [[one[k] for one in record] for record in one_by_one])
    assert together.words().shape == (4, 3) and len(set(together.words().flat)) > 1
    assert together.words().tolist() == [[str(m.words()) for m in record] for record in one_by_one]


def test_32_seeds_of_10_000_samples_take_well_under_a_second():
    samples = RING.sample((32, 10_000), rng())
    seconds = []
    for _ in range(3):
        start = time.process_time()
        measure(samples, RING)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.8


def chance_of_a_dropped_mode(n, modes=25):
    """Of a perfect sampler in the plane, exactly.

    The good samples are binomial in number; given that, the modes' counts are those of independent
    Poisson numbers with that sum, and each has to reach half of its due share.
    """
    chance, inside = 0.0, 1 - np.exp(-4.5)
    for good in range(int(binom.ppf(1e-9, n, inside)), n + 1):
        one = poisson.pmf(np.arange(good + 1), good / modes)
        one[: int(np.ceil(good / modes / 2))] = 0
        total = np.ones(1)
        for _ in range(modes):
            total = np.convolve(total, one)[: good + 1]
        chance += binom.pmf(good, n, inside) * (1 - total[good] / poisson.pmf(good, good))
    return chance


@pytest.mark.parametrize("n", [100, 500])
def test_with_few_samples_a_perfect_sampler_drops_modes_by_chance(n):
    chance = chance_of_a_dropped_mode(n)
    said = endings.endings(data.grid().sample((2000, n), rng()), data.grid()) == "dropped"
    assert said.mean() == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / 2000))


def test_the_chance_that_the_docstrings_name():
    assert round(100 * chance_of_a_dropped_mode(500)) == 12


# What is refused


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (data.Circle(1.0, 0.1), "target is a ganlab.data.Circle: wanted a Gaussian or"),
        (data.Uniform(0, 1), "target is a ganlab.data.Uniform: wanted a Gaussian or a Mixture"),
        (data.Samples(np.zeros((5, 2))), "target is a ganlab.data.Samples: wanted"),
        (np.zeros((5, 2)), "target is a numpy.ndarray: wanted"),
        (latent.Gaussian(2), "target is a ganlab.latent.Gaussian: wanted a Gaussian or a"),
        (data.points((0, 1), (1, 0)), "target has std = 0: wanted modes with a width"),
        (data.ring(1), "target has one mode in dim 2: wanted dim 1, or more modes"),
        (data.ring(32), "target has modes 3.92 standard deviations apart: wanted at least 6"),
        (data.points(0.0, 5.9, std=1.0), "target has modes 5.9 standard deviations apart: wanted"),
    ],
)
def test_a_target_without_separate_modes_is_refused_in_one_line(target, told):
    samples = np.zeros((3, 10, 2))
    for function in (endings.endings, measure, unsteady):
        with pytest.raises((TypeError, ValueError)) as caught:
            function(samples, target)
        assert str(caught.value).startswith(told) and "\n" not in str(caught.value)


def test_six_standard_deviations_apart_are_enough_in_spite_of_rounding():
    assert measure(np.zeros((4, 1)), data.points(0.0, 0.6, std=0.1)).held == 1


@pytest.mark.parametrize(
    ("shape", "target"),
    [((10, 2), BELL), ((10, 1), RING), ((10,), BELL), ((0, 1), BELL), ((), RING)],
)
def test_samples_of_a_wrong_shape_are_refused_in_one_line(shape, target):
    with pytest.raises(ValueError) as caught:
        measure(np.zeros(shape), target)
    wanted = f"samples has shape {shape}: wanted (..., n, {target.dim}), not empty"
    assert str(caught.value) == wanted


def test_unsteady_wants_records():
    with pytest.raises(
        ValueError, match=r"^samples has shape \(9, 1\): wanted \(records, \.\.\., n"
    ):
        unsteady(np.zeros((9, 1)), BELL)


# The end of a run


def test_the_last_tenth_of_the_records():
    values = np.arange(200.0).reshape(100, 2)
    np.testing.assert_array_equal(last_tenth(values), values[90:].mean(axis=0))
    np.testing.assert_array_equal(last_tenth(values[:25]), (values[23] + values[24]) / 2)
    for records in (1, 9, 19):
        np.testing.assert_array_equal(last_tenth(values[:records]), values[records - 1])
    values[95, 0] = np.nan
    np.testing.assert_array_equal(np.isnan(last_tenth(values)), [True, False])


@pytest.mark.parametrize("values", [3.0, [], np.zeros((0, 4))])
def test_no_records_have_no_end(values):
    with pytest.raises(
        ValueError, match=r"^values has shape \([\d, ]*\): wanted \(records, \.\.\.\), not"
    ):
        last_tenth(values)


def test_a_run_that_hops_from_mode_to_mode_is_unsteady():
    """Of 20 records the last tenth is two: one seed stays on a mode, one hops, one hopped before,
    and one failed."""
    stays = np.zeros(20, int)
    hops, hopped = np.arange(20) % 8, np.minimum(np.arange(20), 18) % 8
    on = RING.modes[np.stack([stays, hops, hopped, stays], axis=1)]  # (records, seeds, dim)
    samples = on[:, :, None] + 0.1 * rng().standard_normal((20, 4, 500, 2))
    samples[19, 3] = np.nan
    assert unsteady(samples, RING).tolist() == [False, True, False, False]
    assert unsteady(samples[1:], RING).tolist() == [False] * 4  # 19 records: the last alone
    samples[18, 2] = np.nan
    assert unsteady(samples, RING).tolist() == [False, True, True, False]


def test_each_number_is_averaged_over_the_last_tenth():
    """Inside 1 and 0.82: 0.91 on average. Widths 1 and 0.59: 0.795. W1 is 0.2 / 0.5 = 0.4."""
    away = np.concatenate([normal(4.0, 0.5, 820), np.full((180, 1), 40.0)])
    seeds = [
        [away, normal(4.0, 0.5, 1000)],
        [normal(4.0, 0.295, 1000), normal(4.0, 0.5, 1000)],
        [normal(4.0, 0.31, 1000), normal(4.0, 0.5, 1000)],
        [normal(4.2, 0.5, 1000), normal(4.0, 0.5, 1000)],
    ]
    samples = np.repeat(np.array(seeds).swapaxes(0, 1), [19, 1], axis=0)
    numbers = measure(samples[-2:], BELL)
    end = Bell(*(values.mean(axis=0) for values in numbers))
    np.testing.assert_allclose(end.inside[0], 0.908, atol=2e-3)
    np.testing.assert_allclose(end.width[1:3], [0.795, 0.81], atol=2e-3)
    np.testing.assert_allclose(end.w1[3], 0.2, atol=2e-3)
    assert end.words().tolist() == ["near", "narrow", "close", "close"]
    assert numbers.words()[1].tolist() == ["close"] * 4
    assert unsteady(samples, BELL).tolist() == [True, True, False, False]


def test_one_bad_record_of_three_makes_a_run_unsteady():
    """Inside are 60 %, all and all: 87 % on average, and all in the median."""
    bad = np.concatenate([normal(4.0, 0.5, 600), np.full((400, 1), 5.51)])
    good = normal(4.0, 0.5, 1000)
    assert unsteady(np.array([good] * 27 + [bad, good, good])[:, None], BELL).tolist() == [True]


# Of a run


def a_run(latents, outputs=1, seeds=3, failed=(), scales=(1.0, 0.5, 0.0)):
    """A run whose generators are 4 + scale z / 2, and what they were given."""
    given = []

    def generators(z):
        given.append(np.asarray(z))
        x = np.asarray(z, "float32")[:, :outputs]
        return np.stack([4 + np.float32(0.5 * scale) * x for scale in scales])

    return SimpleNamespace(
        generators=generators, latent=latents, seeds=np.arange(seeds), failed=dict(failed)
    ), given


def test_a_generator_of_one_input_is_followed_along_quantiles():
    run, given = a_run(latent.Gaussian())
    samples = final_samples(run)
    assert samples.shape == (3, 10_000, 1)
    np.testing.assert_allclose(given[0], normal(0.0, 1.0))
    np.testing.assert_allclose(samples[0], normal(4.0, 0.5), rtol=1e-6)
    bell = measure(samples, BELL)
    # 1 / 10,000 for each: no sampling noise, whose standard error would be 0.0005 in a share.
    np.testing.assert_allclose(bell.inside, [norm.cdf(3) - norm.cdf(-3), 1, 1], atol=1e-4)
    np.testing.assert_allclose(bell.width, [0.99993, 0.49997, 0], atol=1e-5)
    np.testing.assert_allclose(bell.w1, np.sqrt(2 / np.pi) * np.array([0, 0.5, 1]), atol=3e-4)
    assert end_of(run, BELL).tolist() == ["close", "narrow", "narrow"]


def test_uniform_latents_have_quantiles_too():
    run, given = a_run(latent.Stratified(-8.0, 8.0))
    final_samples(run, 4)
    np.testing.assert_allclose(given[0], [[-6.0], [-2.0], [2.0], [6.0]])


class Bare(data.Distribution):
    """A latent of one's own, without `quantile`."""

    dim = 1

    def _draw(self, shape, rng):
        return rng.standard_normal(shape)


class Plain:
    """Another, which shares nothing with ganlab's."""

    dim = 1

    def sample(self, n, rng):
        return rng.standard_normal((n, 1), dtype=np.float32)


@pytest.mark.parametrize(
    "latents",
    [latent.Gaussian(2), latent.Stratified(noise=0.5), Bare(), Plain()],
    ids=lambda one: type(one).__name__,
)
def test_others_get_one_fresh_z(latents):
    run, given = a_run(latents)
    samples = final_samples(run, 200)
    (z,) = given
    assert z.shape == (200, latents.dim) and samples.shape == (3, 200, 1)
    np.testing.assert_array_equal(z, latents.sample(200, streams.stream(0, streams.FRESH)))
    np.testing.assert_array_equal(samples, final_samples(run, 200))
    for purpose in set(range(64)) - {streams.FRESH}:  # what training draws for the first seed
        trained = latents.sample(200, rng((0, purpose, 0)))
        assert not np.isin(z[:, 0], trained[:, 0]).any()


def test_a_failed_member_is_lost():
    run, _ = a_run(latent.Gaussian(), failed={0: 17, 2: 3})
    assert end_of(run, BELL, 1000).tolist() == ["lost", "narrow", "lost"]


def test_many_seeds_make_few_samples_at_a_time(monkeypatch):
    run, given = a_run(latent.Gaussian(2), outputs=2)
    whole = final_samples(run, 1000)
    monkeypatch.setattr(endings, "_POINTS", 900)
    np.testing.assert_array_equal(final_samples(run, 1000), whole)
    assert [len(z) for z in given] == [1000, 300, 300, 300, 100]


def test_a_run_without_its_latent_and_a_wrong_n_are_refused():
    run, _ = a_run(None)
    with pytest.raises(
        ValueError, match=r"^this run was saved with a latent of its own class: load"
    ):
        final_samples(run)
    run, _ = a_run(latent.Gaussian())
    with pytest.raises(ValueError, match=r"^n=0: wanted a whole number, at least 1$"):
        end_of(run, BELL, 0)


def test_a_run_of_ganlab_is_judged():
    """Generators with weights by hand: 4 + z / 2, 4 + z / 8, and 0."""
    from ganlab.ensemble import Ensemble
    from ganlab.models import build
    from ganlab.networks import mlp
    from ganlab.runs import RECORDS, Run

    model = mlp((1, 1))
    build(model, 1, "generator")
    weights = [np.array([[[0.5]], [[0.125]], [[0.0]]]), np.array([[4.0], [4.0], [0.0]])]
    generators = Ensemble(model, (7, 8, 9), [w.astype("float32") for w in weights])
    records = {name: np.zeros((1, 3)) for name in RECORDS}
    records |= {"steps": [0], "samples": np.zeros((1, 3, 5, 1))}
    run = Run(records, (7, 8, 9), {}, generators, generators, latent.Gaussian(), None)
    assert end_of(run, BELL).tolist() == ["close", "narrow", "lost"]
    run.failed[1] = 5
    assert end_of(run, BELL).tolist() == ["close", "lost", "lost"]
