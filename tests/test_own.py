"""What readers hand over: right, or refused in one line, before anything is trained."""

import datetime
import doctest
import warnings
from decimal import Decimal

import numpy as np
import pytest

from ganlab import (
    data,
    distances,
    endings,
    kernel_density,
    kernel_distances,
    latent,
    metrics,
    mode_metrics,
    mode_plots,
    neighbours,
    own,
    plots,
)
from ganlab.course.explorers import gaussian_explorer, technique_explorer
from ganlab.gan import Gan
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.vae import Vae, bernoulli, gaussian


def rng(seed=0):
    return np.random.default_rng(seed)


def refused(call, words, kinds=(TypeError, ValueError)):
    with pytest.raises(kinds, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


class Table:
    """Columns with names over an array, as data frames are."""

    def __init__(self, array, columns):
        self.array, self.columns = array, columns

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


def with_at(value, row, column, shape=(40, 3)):
    x = rng().normal(size=shape).astype(object if not isinstance(value, float) else float)
    x[row, column] = value
    return x


PLANE = rng(1).normal(size=(40, 2))
NAMES = ["width", "day", "price"]


# Own arrays ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        # masked
        (np.ma.masked_less(PLANE, -1.5), "the data has [1-9] masked values in columns 0, 1"),
        (np.ma.masked_equal([3, -999, 5, -999], -999), "the data has 2 masked values;"),
        (list(np.ma.masked_array(PLANE, PLANE[:, :1] > [1, 9])), "the data has .* masked values;"),
        (tuple(np.ma.masked_invalid([[1.0, np.nan], [2, 3]])), "has 1 masked values"),
        # dates
        (np.arange("2020-01", "2022-01", dtype="datetime64[M]"), "the data holds dates; wanted"),
        (np.diff(np.array(["2020", "2021", "2025"], "M8[D]")), "the data holds dates"),
        ([datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)], "the data holds dates"),
        (with_at(np.timedelta64(3, "h"), 5, 1), "holds dates in column 1, counted from 0"),
        (Table(with_at(datetime.datetime(2020, 1, 1), 7, 1), NAMES), "holds dates in column 'day'"),
        # complex
        (np.fft.fft(PLANE[:, 0]), "the data holds complex numbers; wanted real ones"),
        (np.sqrt(PLANE.astype(np.complex64)), "holds complex numbers"),
        ([0.5, 2.0, 1j], "holds complex numbers"),
        (Table(with_at(np.complex128(2), 0, 2), NAMES), "complex numbers in column 'price'"),
        # what is missing, or no number
        (with_at(-np.inf, 3, 2), "has 1 values that are NaN or .* in column 2, counted from 0"),
        (Table(with_at(np.nan, 3, 0), NAMES), "NaN or infinite in float32 in column 'width'"),
        (Table(np.full((9, 6), np.nan), list("abcdef")), "in columns 'a', 'b', 'c' and 3 more"),
        (Table(with_at("n/a", 3, 0), NAMES), "text, or what is missing, in column 'width'; wanted"),
        (with_at(object(), 3, 2), "text, or what is missing, in column 2"),
        ([["1", "x"], ["2", "y"]], "text, or what is missing, in column 1"),
        ({1.0, 2.0}, "the data is a set; wanted numbers"),
        (iter([1.0, 2.0]), "wanted numbers"),
        # too large
        (
            PLANE * 1e20,
            r"values up to .*e\+20 in columns 0, 1, .*overflows float32; wanted at most",
        ),
        ([0, 1, 10**12], r"the data has values up to 1e\+12, whose"),
        (Table(PLANE * [1, -1e10], ["a", "b"]), "e.10 in column 'b', whose fourth power"),
        # not told apart by float32
        (
            2.4e6 + rng().normal(size=(300, 1)),
            r"near 2.4e\+06, which float32 rounds to steps of 0.2",
        ),
        (np.c_[PLANE, 1 + 1e-7 * PLANE], "near 1 in columns 2, 3, counted from 0, .*mean subtract"),
        (20_240_000 + np.arange(500), r"near 2.02e\+07, .*steps of 2, and .* deviation of 144"),
        (Table(np.c_[PLANE, -1e8 + PLANE], list("abcd")), "in columns 'c', 'd', which float32"),
        ((7e8 + 99 * PLANE).astype("float32"), "which float32 rounds to steps of 64"),
        # 0 there
        (1e-50 * PLANE, r"at most .*e-50 in columns 0, 1, .*, which are 0 in float32, or nearly"),
        ((1e-40 * PLANE).astype("float32"), "which are 0 in float32, .*wanted them divided by"),
        (Table(PLANE * [1, 1e-38], ["a", "b"]), "e-38 in column 'b', which are 0 in float32"),
    ],
)
def test_what_would_silently_be_other_numbers_is_refused(given, words):
    refused(lambda: Gan(mlp((2, 2)), mlp((2, 1)), given, latent.Gaussian(2)), words)


@pytest.mark.parametrize(
    "given",
    [
        np.ma.masked_array(PLANE, False),  # nothing is masked
        Table(PLANE, ["a", "b"]),
        PLANE.T,
        rng().integers(0, 5, 30),
        rng().random(30) < 0.4,
        [1, 2, 3],
        [Decimal("0.5"), Decimal("1.5")],
        PLANE.astype(np.float16),
        rng().random((9, 784)),
        (3e6 + PLANE) - 3e6,
        [1e-3, 5e2, -4.0, 2.0],  # far from each other, near 0
        np.c_[PLANE, np.full(40, 5e8)],  # a constant: nothing to tell apart
        np.c_[PLANE, np.zeros(40)],
        [0.1 + 0.2, 0.3, 0.3],  # the same number, but for the rounding of float64
        ["1.5", "2"],
    ],
)
def test_what_is_right_stays_right(given):
    target = data.Samples(given)
    wanted = np.asarray(given if not isinstance(given, Table) else given.array, float)
    np.testing.assert_allclose(target.array, wanted.reshape(len(wanted), -1), rtol=1e-3)
    assert target.sample((2, 100), rng()).shape == (2, 100, target.dim)  # more than there are


def test_numbers_are_told_apart_from_a_hundred_steps_a_deviation_on():
    """At 4096 float32 goes by steps of 2^-11."""
    x = rng().normal(size=1000)
    x = (x - x.mean()) / x.std()
    data.Samples(4097 + 101 * 2.0**-11 * x)
    refused(lambda: data.Samples(4097 + 99 * 2.0**-11 * x), "rounds to steps of 0.000488")


def warned(call):
    """What was warned of, texts."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(one.message) for one in caught]


FAR = [
    (50 + rng(2).normal(size=70), "deviation 1: 50.* and 1"),
    (Table(PLANE * [2_000, 30], ["income", "age"]), "1 in column 'income': .*e.03; GANs train"),
    (Table(PLANE * [2, 0.01], ["height", "share"]), "1 in column 'share': .*0.0.*; GANs train"),
    (PLANE / 1_000, r"in columns 0, 1, counted from 0: .* in the first; .* undone afterwards by"),
    (np.c_[PLANE, -9 + 0.1 * PLANE[:, :1]], "in column 2, counted from 0: -9"),
    (rng().integers(0, 4096, (30, 6)), "in columns 0, 1, 2 and 3 more"),
]


@pytest.mark.parametrize(("given", "words"), FAR)
def test_a_scale_that_trains_badly_is_told_once(given, words):
    own.say.cache_clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Gan(mlp((2, 2)), mlp((2, 1)), given, latent.Gaussian(2))
    assert [one.filename for one in caught] == [__file__]  # and not a line of ganlab's
    own.say.cache_clear()
    told = warned(lambda: data.as_distribution(given))
    assert len(told) == 1 and "\n" not in told[0]
    with pytest.warns(match=words):
        warnings.warn(told[0], stacklevel=1)
    assert warned(lambda: data.as_distribution(given)) == []
    assert warned(lambda: data.as_distribution(data.Samples(given))) == []
    own.say.cache_clear()
    assert len(warned(lambda: data.as_distribution(data.Samples(given)))) == 1
    own.say.cache_clear()
    assert warned(lambda: metrics.noise_floor(lambda x, y: x.mean((1, 2)), given, 9, rng())) == []


def test_a_narrow_column_is_usual_among_many_and_no_matter_where_it_is_not_a_hundredth():
    assert own.scale_note(PLANE * [2, 0.03]) == ""
    many = rng().normal(size=(70, own.FEW + 1)) * np.r_[np.ones(own.FEW), 0.001]
    assert own.scale_note(many) == "" and "column 9" in own.scale_note(many[:, 1:])


def test_lists_that_are_no_array_are_told_their_lengths():
    for given, lengths in (
        ([[1.0, 2.0], [3.0]], "2 and 1"),
        ([[[1.0], [2.0]], [[1.0]]], "2 and 1"),
        ([np.zeros((3, 2)), np.zeros((4, 2))], "3 and 4"),
    ):
        told = f"^x has parts of lengths {lengths}; wanted numbers$"
        with pytest.raises(ValueError, match=told):
            own.plain("x", given, "numbers")


def pictures(invert=False):
    """300 pictures of 12 pixels, divided by 255: dark at the rim, one faint pixel, one grey."""
    x = rng().integers(0, 256, (300, 12))
    x[:, :3], x[1:, 3], x[0, 3], x[:, 4] = 0, 0, 2, 128
    return (255 - x if invert else x) / 255


@pytest.mark.parametrize(
    "given",
    [
        pictures(),
        pictures(invert=True),
        2 * pictures() - 1,
        *(
            target.sample(n, rng(n))
            for n in (50, 2_000)
            for target in (
                data.Gaussian(4.0, 0.5),
                data.ring(),
                data.ring(4, radius=1.0, std=0.1),
                data.grid(),
                data.Circle(),
                data.two_moons(),
                data.Gaussian(40.0, 15.0),
            )
        ),
    ],
    ids=lambda x: str(x.shape),
)
def test_the_courses_own_targets_and_pictures_are_no_cause_to_warn(given):
    assert warned(lambda: data.as_distribution(given)) == []


# Own distributions and latents --------------------------------------------------------------


class Own:
    """A distribution of a reader's own, right unless told otherwise."""

    dim = 2

    def __init__(self, sample=None, dim=None):
        if sample:
            self.sample = sample
        if dim is not None:
            self.dim = dim

    def sample(self, n, rng):
        return rng.normal(size=(*shape(n), 2))


def shape(n):
    return n if isinstance(n, tuple) else (n,)


_COUNT = iter(range(10**9))
_OTHER = np.random.default_rng(5)
_SHIFTED = rng(3).normal(size=(5_000, 2))

WRONG = [
    # another shape
    (Own(lambda n, rng: rng.normal(size=(*shape(n), 1))), r"\(4, 64, 1\); wanted \(4, 64, 2\)"),
    (Own(lambda n, rng: rng.normal(size=shape(n))), r"shape \(4, 64\); wanted"),
    (Own(lambda n, rng: rng.normal(size=(2, *shape(n)))), r"shape \(2, 4, 64\); wanted"),
    (Own(lambda n, rng: rng.normal(size=(int(np.prod(n)), 2))), r"shape \(256, 2\); wanted"),
    (Own(lambda n, rng: rng.normal(size=(4, 64, 2))), r"sample\(5, rng\) has shape .*; wanted \(5"),
    (Own(lambda n, rng: list(rng.normal(size=(*shape(n), 3)))), r"64, 3\); wanted .* dim is 2"),
    # another call
    (Own(lambda n, rng: rng.normal(size=(n, 2))), r"\(\(4, 64\), rng\) raises TypeError"),
    (Own(lambda n: _OTHER.normal(size=(*shape(n), 2))), "raises TypeError: .*; wanted points"),
    (Own(lambda n, seed: np.random.default_rng([seed]).random((*n, 2))), "raises .*Generator"),
    (Own(lambda n, rng: rng.normal(size=(n[0], n[1], 2))), r"sample\(5, rng\) raises TypeError"),
    (Own(lambda n, rng: 1 / 0), "raises ZeroDivisionError: division by zero; wanted points"),
    # no numbers
    (Own(lambda n, rng: np.where(rng.random((*shape(n), 2)) < 0.02, np.nan, 1)),
     "values that are NaN"),
    (Own(lambda n, rng: np.full((*shape(n), 2), np.inf)), "has 512 values that are NaN"),
    (Own(lambda n, rng: rng.normal(size=(*shape(n), 2)) + 0j), "holds complex numbers"),
    (Own(lambda n, rng: np.ma.masked_less(rng.random((*shape(n), 2)), 0.2)), "masked values"),
    (Own(lambda n, rng: None), r"wanted points \(4, 64, 2\)|has shape \(\)"),
    (Own(lambda n, rng: 1e15 * rng.random((*shape(n), 2))), "overflows float32"),
    (Own(lambda n, rng: 1e9 + rng.random((*shape(n), 2))), "which float32 rounds to"),
    # chance from elsewhere
    (Own(lambda n, rng: _OTHER.normal(size=(*shape(n), 2))), "other points for the same state"),
    (Own(lambda n, rng: rng.random((*shape(n), 2)) + next(_COUNT)), "other points for the same st"),
    (Own(lambda n, rng: np.random.default_rng().random((*shape(n), 2))), "so that runs can be rep"),
    # no chance
    (Own(lambda n, rng: np.indices((*shape(n), 2), float)[0]),
     "the same points again and again"),
    (Own(lambda n, rng: np.random.default_rng(3).random((*shape(n), 2))), "the same points again"),
    (Own(lambda n, rng: np.broadcast_to(rng.random((shape(n)[-1], 2)), (*shape(n), 2))),
     "the same points again and again"),
    (Own(lambda n, rng: np.resize(_SHIFTED, (*shape(n), 2))), "the same points again and again"),
    # another dim
    (Own(dim=2.0), r"dim=2\.0: wanted a whole number"),
    (Own(dim=0), "dim=0: wanted a whole number, at least 1"),
    (Own(dim="2"), "dim='2': wanted a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_a_distribution_that_breaks_its_promise_is_refused_wherever_it_goes(wrong, words):
    networks = mlp((2, 2)), mlp((2, 1))
    words = f"(?=(sample|dim))(?=.*({words}))"
    refused(lambda: Gan(*networks, wrong, latent.Gaussian(2)), rf"^real\.{words}")
    refused(lambda: Gan(*networks, data.ring(), wrong), rf"^latent\.{words}")
    refused(lambda: pretrain(mlp((2, 1)), wrong, np.sum, steps=1), rf"^inputs\.{words}")
    make = dict(latent_dim=2, likelihood=gaussian(1.0))
    refused(lambda: Vae(mlp((2, 4)), mlp((2, 2)), wrong, **make), rf"^real\.{words}")
    floor = metrics.noise_floor
    refused(lambda: floor(metrics.wasserstein, wrong, 9, rng()), rf"^target\.{words}")


@pytest.mark.parametrize(
    "right",
    [
        Own(),  # float64
        Own(lambda n, rng: rng.normal(size=(*shape(n), 2)).tolist()),
        Own(lambda n, rng: rng.integers(0, 2, (*shape(n), 2))),
        Own(lambda n, rng: rng.random((*shape(n), 2)) < 0.001),  # hardly ever anything but 0
        Own(lambda n, rng: np.ones((*shape(n), 2))),  # a point
        Own(lambda n, rng: rng.permuted(np.resize([[0.0], [1.0]], (*shape(n), 2)), axis=-2)),
        Own(lambda n, rng: np.sort(rng.random((*shape(n), 2)), axis=-2)),
        Own(dim=np.int64(2)),
    ],
)
def test_a_distribution_that_keeps_its_promise_is_taken(right):
    gan = Gan(mlp((2, 2)), mlp((2, 1)), right, right)
    assert gan.real is right and gan.latent is right


def test_what_is_half_a_distribution_is_told_so():
    half = type("Half", (), {"sample": lambda self, n, rng: rng.normal(size=(n, 1))})()
    refused(lambda: data.as_distribution(half), "real is a Half with `sample` and without `dim`")


def test_every_distribution_of_ganlab_keeps_its_promise(monkeypatch):
    """Their probe is left out for speed, so it is made here."""
    ours = [
        data.Gaussian(), data.Uniform(-1, 1, 3), data.Circle(), data.Circle(1, 0.1), data.ring(),
        data.points(2.0), data.two_moons(), data.GaussianMixture([0, 2], [1, 2]),
        data.line((0, 0), (1, 1)),
        data.Samples(PLANE), latent.Gaussian(3), latent.Uniform(2), latent.Stratified(jitter=None),
        latent.Stratified(),
    ]  # fmt: skip
    for one in ours:
        seen = Own(one.sample, one.dim)
        own.probe("one", seen)
        own.probe("one", one)


# Samples for metrics ------------------------------------------------------------------------

METRICS = [
    metrics.wasserstein,
    distances.frechet,
    distances.sliced_wasserstein,
    kernel_distances.kid,
    lambda x, y: kernel_distances.mmd(x, y, 1.0),
    neighbours.precision,
    neighbours.recall,
    neighbours.density,
    neighbours.coverage,
]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("size", [(8, 9), (12, 700), (7, 64)])
def test_stacks_of_numbers_are_not_taken_for_points_of_many_dimensions(metric, size):
    """(seeds, n) would be so many points in n dimensions."""
    many, few = rng().normal(size=(800, size[1])), rng().normal(size=size)
    n, dim = size
    wanted = rf" has shape \({n}, {dim}\): that is {n} points in {dim} dimensions; wanted "
    refused(lambda: metric(few, many), rf"^samples{wanted}samples\[\.\.\., None\] for {n} seeds")
    refused(lambda: metric(many, few), rf"^(target{wanted}target|real{wanted}real)\[\.\.\., None\]")


@pytest.mark.parametrize("metric", METRICS[1:])
def test_three_axes_are_taken_as_they_are(metric):
    few, other = rng().normal(size=(2, 7, 2)), rng(1).normal(size=(7, 2))
    for x, y in ((few, other), (few[:, :, :1], other[:, :1])):
        assert np.isfinite(metric(x, y)).all() and metric(x, y).shape == (2,)
    if metric is not distances.sliced_wasserstein:  # which wants an rng above the plane
        high = rng().normal(size=(1, 7, 30))
        assert metric(high, high).shape == (1,)
        assert metric(high, data.Samples(high[0])).shape == (1,)  # points for certain


def test_metrics_on_the_line_refuse_stacks_too():
    stack = rng().normal(size=(6, 50))
    for metric in (metrics.wasserstein, metrics.jensen_shannon):
        refused(lambda metric=metric: metric(stack, data.Gaussian()), "for 6 seeds of 50 numbers")
        assert metric(stack[..., None], data.Gaussian()).shape == (6,)
    for judge in (endings.endings, mode_metrics.good_share, mode_metrics.modes_covered):
        refused(
            lambda judge=judge: judge(stack, data.ring()), r"shape \(6, 50\): wanted \(..., n, 2"
        )


def test_a_likelihood_takes_points_alone_so_few_are_few():
    one = rng().normal(size=(1, 20))
    assert kernel_density.kernel_log_density(one, one, 1.0).shape == (1,)
    refused(lambda: kernel_density.kernel_log_density(one[None], one, 1.0), "wanted .n, dim.")


@pytest.mark.parametrize("metric", METRICS[:3])
def test_samples_that_would_become_other_numbers_are_refused(metric):
    good = rng().normal(size=(30, 1))
    for bad, words in (
        (np.ma.masked_less(good, 0.0), "masked values"),
        (good + 1j, "complex numbers"),
        (np.zeros((30, 1), "m8[s]"), "dates"),
        ([["a"], ["b"]], "is a list; wanted"),
    ):
        refused(lambda bad=bad: metric(bad, good), f"^samples .*{words}")
        refused(lambda bad=bad: metric(good, bad), f"^target .*{words}")


def judged(score):
    return lambda x: score(x, data.ring())


@pytest.mark.parametrize(
    "judge",
    [
        judged(endings.endings),
        judged(mode_metrics.good_share),
        judged(mode_metrics.total_variation_of_modes),
        lambda x: mode_metrics.hops([x, x], data.ring()),
    ],
)
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.ma.masked_less(PLANE, 0.0), "masked values"),
        (PLANE + 1j, "complex numbers"),
        (np.zeros((30, 2), "M8[D]"), "dates"),
    ],
)
def test_words_for_endings_are_of_numbers_too(judge, bad, words):
    refused(lambda: judge(bad), f"^samples .*{words}")


# Loops of one's own -------------------------------------------------------------------------

RECORDS, STEPS = 25, np.arange(25) * 100
LINE = [rng(i).normal(4 * min(1, i / 20), 0.5, (400, 1)) for i in range(RECORDS)]  # a list, saved
CLUMP = [data.ring().modes[i // 9] + 0.1 * rng(i).normal(size=(60, 2)) for i in range(RECORDS)]


def test_what_one_run_saved_is_judged_as_several_are():
    bell = data.Gaussian(4.0, 0.5)
    for saved, target in ((LINE, bell), (CLUMP, data.ring())):
        several = np.stack([saved, saved], axis=1)  # (records, seeds, n, dim)
        for judge in (endings.endings, endings.unsteady):
            assert np.array_equal(np.stack([judge(saved, target)] * 2, -1), judge(several, target))
        one, two = endings.at_the_end(saved, target), endings.at_the_end(several, target)
        np.testing.assert_allclose(one[0], two[0][1])
    assert endings.endings(LINE, bell)[[0, -1]].tolist() == ["lost", "close"]
    assert endings.last_tenth(metrics.wasserstein(LINE, bell)).shape == ()
    moved = mode_metrics.hops(CLUMP, data.ring())
    assert moved.rate == pytest.approx(2 / 24) and moved.majority.shape == (RECORDS,)
    real = data.ring().sample(60, rng())
    assert neighbours.coverage(CLUMP, real).shape == distances.frechet(CLUMP, real).shape == (25,)


def test_one_run_is_drawn_as_a_line_a_row_a_panel():
    w1 = metrics.wasserstein(LINE, data.Gaussian())
    _, ax = plots.figure()
    plots.band(ax, list(STEPS), w1.tolist(), "one run")
    assert np.array_equal(ax.lines[0].get_ydata(), w1)
    _, ax = plots.figure()
    plots.losses(ax, STEPS, w1, w1 + 1)
    assert [line.get_ydata()[0] for line in ax.lines[:2]] == [w1[0], w1[0] + 1]
    _, ax = plots.figure()
    plots.outcomes(ax, {"mine": w1[-1], "theirs": [0.1, 0.4]})
    grid = np.linspace(0, 8, 41)
    _, axes = plots.figure(1, 2)
    p = data.Gaussian().density(grid)
    plots.ensemble_densities(axes, grid, p, p / 2, outcome="close")
    assert [ax.get_visible() for ax in np.ravel(axes)] == [True, False]
    assert np.array_equal(np.ravel(axes)[0].lines[0].get_ydata(), p / 2)


def test_modes_of_one_run_are_drawn():
    majority = mode_metrics.hops(CLUMP, data.ring()).majority
    _, ax = plots.figure()
    mode_plots.strips(ax, STEPS.tolist(), majority, 8)
    assert ax.collections[0].get_array().shape == (1, RECORDS)
    _, ax = plots.figure()
    mode_plots.panels([ax], CLUMP[-1], data.ring().modes, 0.1)
    assert np.array_equal(ax.lines[8].get_xydata(), CLUMP[-1])
    _, ax = plots.figure()
    plots.points(ax, data.ring().sample(50, rng()), CLUMP[0].tolist())


def test_arrays_where_a_run_is_wanted_are_told_where_to_go():
    for judge in (lambda x: endings.end_of(x, data.ring()), endings.final_samples):
        for given in (LINE, np.stack(LINE), None):
            refused(
                lambda judge=judge, given=given: judge(given), "wanted a Run; of an array, endi"
            )


@pytest.mark.parametrize(("module", "count"), [(endings, 4), (plots, 6)])
def test_examples(module, count):
    assert doctest.testmod(module, extraglobs={"np": np}) == (0, count)


# Explorers ----------------------------------------------------------------------------------


class Steps(data.Distribution):
    """With a quantile, and a density that is not one."""

    dim = 1

    def __init__(self, density):
        self._density = density

    def _draw(self, shape, rng):
        return rng.random(shape)

    def _quantile(self, u):
        return u

    def density(self, x):
        return self._density(x)


@pytest.mark.parametrize("explorer", [gaussian_explorer, technique_explorer])
@pytest.mark.parametrize(
    ("target", "words"),
    [
        (data.Samples(PLANE[:, 0]), "target.density cannot be drawn: this Samples comes without a"),
        (data.points(0.0, 1.0), "target.density cannot be drawn: a Mixture with std = 0"),
        (Steps(lambda x: np.nan * x), "target.density gives .nan, nan, nan.; wanted finite"),
        (Steps(lambda x: 1.0), "target.density gives 1.0; wanted finite numbers, one for each"),
        (Steps(lambda x: x.no), "target.density cannot be drawn: .*no attribute 'no'"),
    ],
)
def test_an_explorer_refuses_what_it_cannot_draw_before_it_trains(
    explorer, target, words, monkeypatch
):
    def trained(*args, **kwargs):
        raise AssertionError("it trained")

    monkeypatch.setattr("ganlab.training.Trainer.__init__", trained)
    refused(lambda: explorer(target, latent.Gaussian(), seeds=2, steps=10), words, ValueError)


def test_bernoulli_data_of_ones_own_are_still_held_to_the_likelihood():
    make = dict(latent_dim=1, likelihood=bernoulli)
    refused(lambda: Vae(mlp((2, 2)), mlp((1, 2)), PLANE, **make), "^real")
