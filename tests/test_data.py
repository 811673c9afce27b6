import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ganlab import data, latent, metrics
from ganlab.gan import Gan
from ganlab.networks import mlp
from ganlab.pretraining import pretrain

LINES = [
    data.Gaussian(4.0, 0.5),
    data.Uniform(-1.0, 3.0),
    data.Mixture([0.0, 2.0, 2.0, 7.0, 7.0, 7.0, 7.0, 7.0], 0.4),
    data.Samples([3.0, 1.0, 1.0, 2.0]),
    data.points(-1.0, 2.0),
]
PLANES = [
    data.Uniform(-1.0, 3.0, dim=2),
    data.ring(),
    data.grid(3),
    data.points((0, 1), (2, 3)),
    data.Circle(1.0, 0.1),
    data.Circle(),
    data.Samples(np.arange(12.0).reshape(6, 2)),
]


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("target", LINES + PLANES, ids=repr)
def test_samples_have_the_promised_shapes_and_repeat(target):
    for n, shape in [(7, (7,)), ((3, 7), (3, 7)), (np.int64(2), (2,))]:
        drawn = target.sample(n, rng())
        assert drawn.shape == (*shape, target.dim)
        assert drawn.dtype == np.float32
        np.testing.assert_array_equal(drawn, target.sample(n, rng=rng()))
    assert not np.array_equal(target.sample(50, rng(1)), target.sample(50, rng(2)))


@pytest.mark.parametrize("target", LINES + PLANES, ids=repr)
def test_distributions_are_hashable_and_compare_by_value(target):
    if isinstance(target, data.Samples):
        assert repr(target) == f"Samples(array of shape {target.array.shape})"
        twin = target
    else:
        twin = eval(repr(target), vars(data).copy())
    assert twin == target
    assert len({twin, target, data.Gaussian(0.0, 9.0)}) == 2


@pytest.mark.parametrize("target", LINES[:3], ids=repr)
@pytest.mark.parametrize("n", [5_000, (50, 100)])
def test_samples_follow_the_cdf(target, n):
    drawn = target.sample(n, rng(3)).ravel().astype(float)
    assert stats.kstest(drawn, lambda x: target.cdf(x[:, None])).pvalue > 0.01


def test_cdf_density_and_quantile_agree_with_scipy():
    x, u = np.linspace(-2, 9, 45), np.linspace(0.01, 0.99, 33)
    pairs = [
        (data.Gaussian(4.0, 0.5), stats.norm(4, 0.5)),
        (data.Uniform(-1.0, 3.0), stats.uniform(-1, 4)),
        (data.Mixture([1.0], 2.0), stats.norm(1, 2)),
        (data.Mixture([1.0, 1.0], 2.0), stats.norm(1, 2)),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours.density(x), theirs.pdf(x), rtol=1e-12)
        np.testing.assert_allclose(ours.cdf(x), theirs.cdf(x), rtol=1e-12)
        np.testing.assert_allclose(ours.quantile(u), theirs.ppf(u), rtol=1e-12, atol=1e-12)
    mixture = LINES[2]
    parts = [w / 8 * stats.norm(c, 0.4).pdf(x) for w, c in zip((1, 2, 5), (0, 2, 7), strict=True)]
    np.testing.assert_allclose(mixture.density(x), sum(parts), rtol=1e-12)
    plane = rng().normal(size=(4, 5, 2))
    wanted = np.mean([stats.multivariate_normal(c, 0.01).pdf(plane) for c in data.ring().modes], 0)
    np.testing.assert_allclose(data.ring().density(plane), wanted, rtol=1e-10, atol=1e-300)


def test_log_density_does_not_underflow():
    far = np.array([1000.0])
    assert data.Gaussian(0, 1).density(far) == 0
    assert data.Gaussian(0, 1).log_density(far) == pytest.approx(stats.norm.logpdf(1000.0))
    one_mode = data.ring(1, 2.0, 0.1).log_density([300.0, 0.0])
    assert one_mode == pytest.approx(stats.multivariate_normal([2, 0], 0.01).logpdf([300.0, 0.0]))


def test_quantile_at_the_ends_and_outside():
    for target, low, high in [(LINES[0], -np.inf, np.inf), (LINES[1], -1, 3), (LINES[3], 1, 3)]:
        np.testing.assert_array_equal(
            target.quantile([0, 1, -0.1, 1.1, np.nan]), [low, high] + 3 * [np.nan]
        )
    np.testing.assert_array_equal(LINES[2].quantile([0, 1, 2]), [-np.inf, np.inf, np.nan])


def test_point_masses_have_a_step_cdf():
    for target in (data.points(2.0, -1.0), data.Samples([2.0, -1.0])):
        np.testing.assert_array_equal(target.cdf([-2, -1, 0, 2, 3]), [0, 0.5, 0.5, 1, 1])
        np.testing.assert_array_equal(target.quantile([0.1, 0.5, 0.51, 1]), [-1, -1, 2, 2])


def test_a_point_lies_at_itself_though_it_is_kept_in_float32():
    own = data.Samples([0.3, 0.7])
    np.testing.assert_array_equal(own.cdf([0.3, 0.7, 0.2999, 1e99]), [0.5, 1, 0, 1])


@pytest.mark.parametrize("of", [data.points, lambda *x: data.Samples(x)])
def test_of_a_hundred_points_each_hundredth_is_one_of_them(of):
    """0.07 * 100 is a little more than 7 in floating point, and the eighth point would be wrong."""
    target, share = of(*range(1, 101)), np.arange(1, 101) / 100
    np.testing.assert_array_equal(target.quantile(share), np.arange(1, 101))
    np.testing.assert_array_equal(target.cdf(np.arange(1, 101)), share)
    assert target.quantile(0.0) == 1


def test_what_a_distribution_of_ones_own_lacks_is_told():
    class Own(data.Distribution):
        dim = 1

        def _draw(self, shape, rng):
            return rng.normal(size=shape)

    for what in ("cdf", "quantile"):
        with pytest.raises(ValueError, match=f"^this Own comes without a {what}$"):
            getattr(Own(), what)(0.5)
    samples = np.zeros((9, 1))
    with pytest.raises(ValueError, match="target is a Own of dim 1; wanted dim 1 with a quantile"):
        metrics.wasserstein(samples, Own())
    with pytest.raises(ValueError, match=r"^this Own comes without a cdf$|wanted dim 1 with a"):
        metrics.jensen_shannon(samples, Own())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    centers=st.lists(st.floats(-50, 50), min_size=1, max_size=5),
    std=st.floats(0.05, 5),
    u=st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1, max_size=8),
)
def test_cdf_undoes_quantile(centers, std, u):
    u = np.array(u)
    for target in (data.Mixture(centers, std), data.Gaussian(centers[0], std)):
        np.testing.assert_allclose(target.cdf(target.quantile(u)[:, None]), u, rtol=1e-9)
    low, high = centers[0], centers[0] + std
    x = low + std * u
    uniform = data.Uniform(low, high)
    np.testing.assert_allclose(uniform.quantile(uniform.cdf(x[:, None])), x, atol=1e-12)


@pytest.mark.parametrize("target", LINES[:3], ids=repr)
def test_density_on_the_line_integrates_to_one(target):
    x = np.linspace(-9, 12, 200_001)
    assert np.trapezoid(target.density(x), x) == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize(
    "target", [data.ring(), data.grid(2, 1.5, 0.3), data.Circle(1.0, 0.1), PLANES[0]], ids=repr
)
def test_density_in_the_plane_integrates_to_one(target):
    side = np.linspace(-4, 4, 401)
    x = np.stack(np.meshgrid(side, side), -1)
    assert target.density(x).shape == (401, 401)
    assert target.density(x).sum() * (side[1] - side[0]) ** 2 == pytest.approx(1, abs=0.03)


def test_density_takes_points_with_and_without_the_last_axis():
    target, x = data.Gaussian(), np.linspace(3, 5, 6)
    wanted = stats.norm(4, 0.5).pdf(x)
    np.testing.assert_allclose(target.density(x), wanted)
    np.testing.assert_allclose(target.density(x[:, None]), wanted)
    np.testing.assert_allclose(target.density(x.reshape(2, 3, 1)), wanted.reshape(2, 3))
    assert target.density(4.0).shape == ()
    assert target.density(np.float32(x)).dtype == np.float64


def test_expected_log_density_is_minus_the_entropy():
    """N(4, 0.5): -log(2 pi e 0.25) / 2. Ring of 8, modes apart: -log 8 - log(2 pi e std^2)."""
    x = np.linspace(-1, 9, 20_001)
    p = data.Gaussian()
    assert np.trapezoid(p.density(x) * p.log_density(x), x) == pytest.approx(-0.72579, abs=6e-6)
    # By symmetry one mode is enough: 8 times the integral around it.
    side = np.linspace(-0.08, 0.08, 321)
    ring = data.ring(std=0.01)
    around = np.stack(np.meshgrid(side, side), -1) + ring.modes[3]
    mean = 8 * np.sum(ring.density(around) * ring.log_density(around)) * (side[1] - side[0]) ** 2
    assert mean == pytest.approx(4.29302, abs=6e-6)


def test_ring_has_eight_distinct_modes_at_45_degrees_on_radius_2():
    modes = data.ring().modes
    assert len(np.unique(modes.round(6), axis=0)) == 8
    np.testing.assert_allclose(np.linalg.norm(modes, axis=1), 2.0)
    angles = np.degrees(np.arctan2(modes[:, 1], modes[:, 0])) % 360
    np.testing.assert_allclose(angles, np.arange(8) * 45, atol=1e-9)


def test_ring_samples_scatter_round_every_mode_alike():
    ring = data.ring()
    drawn = ring.sample((4, 50_000), rng(1)).reshape(-1, 2)
    distance = np.linalg.norm(drawn[:, None] - ring.modes, axis=-1)
    # A round 2D Gaussian has 1 - exp(-9/2) = 98.889 % within 3 standard deviations.
    assert np.mean(distance.min(1) < 0.3) == pytest.approx(0.98889, abs=0.001)
    assert stats.chisquare(np.bincount(distance.argmin(1), minlength=8)).pvalue > 0.01


def test_a_center_given_three_times_weighs_three_times():
    target = data.points((0, 0), (5, 5), (5, 5), (5, 5))
    assert (target.sample(20_000, rng())[:, 0] == 5).mean() == pytest.approx(0.75, abs=0.012)


def test_grid_is_centred_and_spaced():
    modes = data.grid(5, 2.0).modes
    assert len(np.unique(modes, axis=0)) == 25
    np.testing.assert_array_equal(np.unique(modes), [-4, -2, 0, 2, 4])
    np.testing.assert_array_equal(np.unique(data.grid(2, 1.0).modes), [-0.5, 0.5])


def test_points_have_no_spread():
    drawn = data.points((0, 1), (2, 3)).sample(100, rng())
    assert {tuple(row) for row in drawn.tolist()} == {(0.0, 1.0), (2.0, 3.0)}


def test_circle_sample_is_uniform_in_angle_and_follows_its_density_in_radius():
    drawn = data.Circle(2.0).sample(5_000, rng(2)).astype(float)
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), 2.0, rtol=1e-6)
    angle = np.arctan2(drawn[:, 1], drawn[:, 0])
    assert stats.kstest(angle, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.01
    blurred = data.Circle(1.0, 0.5)
    radius = np.linalg.norm(blurred.sample((50, 100), rng(2)), axis=-1).ravel()
    # The noncentral chi distribution with two degrees of freedom, from scipy.
    rice = stats.rice(1.0 / 0.5, scale=0.5)
    assert stats.kstest(radius, rice.cdf).pvalue > 0.01
    r = np.linspace(0.05, 3, 20)
    wanted = rice.pdf(r) / (2 * np.pi * r)
    np.testing.assert_allclose(blurred.density(np.stack([0 * r, -r], -1)), wanted, rtol=1e-10)


def test_samples_are_copied_and_drawn_with_replacement():
    array = np.array([1.0, 2.0, 3.0])
    target = data.Samples(array)
    array[:] = 99
    counts = np.unique(target.sample(30_000, rng()), return_counts=True)
    np.testing.assert_array_equal(counts[0], [1, 2, 3])
    assert stats.chisquare(counts[1]).pvalue > 0.01
    with pytest.raises(ValueError, match="read-only"):
        target.array[0] = 0


def test_as_distribution_passes_on_or_wraps():
    class Own:
        dim = 1

        def sample(self, n, rng):
            return rng.normal(size=(*np.atleast_1d(n), 1))

    for target in (data.ring(), Own()):
        assert data.as_distribution(target) is target
    wrapped = data.as_distribution([1, 2, 3])
    assert isinstance(wrapped, data.Samples)
    np.testing.assert_array_equal(wrapped.array, [[1.0], [2.0], [3.0]])


def test_your_own_array_will_do_wherever_a_distribution_is_wanted():
    array = rng().normal(4.0, 0.5, (300, 1))
    wrapped = data.Samples(array)
    gan = Gan(mlp((2, 1)), mlp((1, 1)), array, latent.Gaussian(2))
    np.testing.assert_array_equal(gan.real.array, wrapped.array)
    assert gan.real.sample((3, 4), rng()).shape == (3, 4, 1)
    ensemble, _, _ = pretrain(
        mlp((1, 1)), array, data.Gaussian().density, steps=2, seeds=2, batch_size=4
    )
    assert ensemble.seeds == (0, 1)
    x = rng(1).normal(size=(200, 1))
    for metric in (metrics.wasserstein, metrics.jensen_shannon):
        assert metric(x, array) == pytest.approx(metric(x, wrapped), abs=1e-6)
        floors = [metrics.noise_floor(metric, one, 50, rng()) for one in (array, wrapped)]
        np.testing.assert_allclose(*floors, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: data.Gaussian(std=0), ValueError, "std is 0.0"),
        (lambda: data.Gaussian(mean="4"), ValueError, "mean is '4'; wanted a finite number"),
        (lambda: data.Gaussian(mean=np.nan), ValueError, "mean is nan"),
        (lambda: data.Uniform(1, 1), ValueError, "wanted low < high"),
        (lambda: data.Uniform((0, 0), (1, 1)), ValueError, r"low is \(0, 0\); wanted a finite"),
        (lambda: data.Uniform(0, 1, 0), ValueError, "dim=0: wanted a whole number, at least 1"),
        (lambda: data.Mixture([0, 1], -1), ValueError, "std is -1; wanted .* at least 0"),
        (lambda: data.Mixture([0, np.nan], 1), ValueError, "centers has 1 values that are NaN"),
        (lambda: data.points(), ValueError, r"centers has shape \(0,\)"),
        (lambda: data.points((0, 1), 2), TypeError, "centers is a tuple; wanted numbers"),
        (lambda: data.ring(modes=2.5), ValueError, "modes=2.5: wanted a whole number"),
        (lambda: data.Circle(-1), ValueError, "radius is -1"),
        (lambda: data.Samples([1.0]), ValueError, r"shape \(1,\).* n >= 2"),
        (lambda: data.Samples([1.0, np.nan]), ValueError, "has 1 values that are NaN"),
        (lambda: data.Samples([1.0, 1e300]), ValueError, "holds 1e.300; wanted numbers up to"),
        (lambda: data.Samples([1.0, 1e60]), ValueError, "infinite in float32"),
        (lambda: data.Samples(np.zeros((2, 2, 2))), ValueError, r"\(2, 2, 2\)"),
        (lambda: data.as_distribution("ring"), TypeError, r"real is 'ring'; wanted .*Gaussian\(\)"),
        (lambda: data.as_distribution(None), TypeError, "the data is None; wanted numbers"),
        (
            lambda: data.as_distribution([[1, 2], [3]]),
            ValueError,
            "the data has parts of lengths 2 and",
        ),
        (lambda: data.as_distribution(data.Gaussian), TypeError, r"real is <class .*Gaussian\(\)"),
        (lambda: data.Gaussian().sample(3, 0), TypeError, "rng is a int; wanted a NumPy Gen"),
        (
            lambda: data.Gaussian().sample(0, rng()),
            ValueError,
            "n=0: wanted a whole number, at least 1",
        ),
        (lambda: data.Gaussian().sample((2, 1.5), rng()), ValueError, r"n=1\.5: wanted a whole"),
        (lambda: data.points(0, 1).density(0), ValueError, "std = 0 has no density"),
        (lambda: data.Circle().density([0, 0]), ValueError, "std = 0 has no density"),
        (
            lambda: data.Samples([1, 2]).density(0),
            ValueError,
            "this Samples comes without a density",
        ),
        (lambda: data.ring().density([1, 2, 3]), ValueError, r"x has shape \(3,\)"),
        (lambda: data.ring().cdf([0, 0]), ValueError, "has dim 2; cdf wants dim 1"),
        (lambda: data.Circle().quantile(0.5), ValueError, "has dim 2; quantile wants dim 1"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("target", LINES + PLANES, ids=repr)
def test_rng_is_required_and_checked(target):
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'rng'"):
        target.sample(3)
    with pytest.raises(TypeError, match="rng is a RandomState; wanted a NumPy Generator"):
        target.sample(3, np.random.RandomState(0))
