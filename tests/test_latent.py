import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ganlab import latent

ALL = [
    latent.Gaussian(),
    latent.Gaussian(16),
    latent.Uniform(),
    latent.Uniform(3, 0.0, 2.0),
    latent.Stratified(),
    latent.Stratified(-3, 3, jitter=None, aligned=True),
    latent.Stratified(-3, 3, noise=0.5),
]


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("z", ALL, ids=repr)
def test_samples_have_the_promised_shapes_and_repeat(z):
    for n, shape in [(7, (7,)), ((3, 7), (3, 7)), (1, (1,))]:
        drawn = z.sample(n, rng())
        assert drawn.shape == (*shape, z.dim)
        assert drawn.dtype == np.float32
        np.testing.assert_array_equal(drawn, z.sample(n, rng=rng()))
    assert not np.array_equal(z.sample(50, rng(1)), z.sample(50, rng(2)))
    batches = z.sample((2, 5), rng())
    assert not np.array_equal(batches[0], batches[1])
    assert eval(repr(z), vars(latent).copy()) == z
    assert len({z, eval(repr(z), vars(latent).copy())}) == 1


@pytest.mark.parametrize("n", [5_000, (50, 100)])
def test_samples_follow_scipy(n):
    oracles = [
        (latent.Gaussian(2), stats.norm()),
        (latent.Uniform(2, -1, 3), stats.uniform(-1, 4)),
    ]
    for z, oracle in oracles:
        drawn = z.sample(n, rng(4)).reshape(-1, 2).astype(float)
        assert stats.kstest(drawn[:, 0], oracle.cdf).pvalue > 0.01
        assert stats.kstest(drawn[:, 1], oracle.cdf).pvalue > 0.01
        assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.05


def test_stratified_with_jitter_is_the_recipe_of_the_2016_codes():
    """linspace(-range, range, N) + random(N) * 0.01, as in aylien2016 and perspective2016."""
    slots = np.linspace(-8, 8, 12)
    drawn = latent.Stratified().sample((2_000, 12), rng())[..., 0].astype(float)
    moved = drawn - slots
    assert moved.min() > -1e-6
    assert moved.max() < 0.01 + 1e-6
    # The jitter is uniform on [0, 0.01], and independent between slots and batches.
    assert stats.kstest(moved.ravel() / 0.01, stats.uniform(-1e-4, 1.0002).cdf).pvalue > 0.001
    assert np.abs(np.corrcoef(moved.T) - np.eye(12)).max() < 0.1


def test_stratified_without_jitter_number_fills_each_stratum():
    z = latent.Stratified(-3, 3, jitter=None)
    drawn = z.sample((2_000, 6), rng())[..., 0].astype(float)
    strata = drawn - np.arange(-3, 3)
    assert strata.min() > -1e-6
    assert strata.max() < 1 + 1e-6
    assert stats.kstest(strata.ravel(), "uniform").pvalue > 0.01


def test_zero_jitter_is_the_bare_grid():
    drawn = latent.Stratified(-3, 3, jitter=0).sample((2, 4), rng())
    np.testing.assert_array_equal(drawn[..., 0], [[-3, -1, 1, 3]] * 2)


@pytest.mark.parametrize("jitter", [None, 0.01])
def test_noise_is_gaussian_on_every_point_of_the_strata(jitter):
    """linspace(low, high, n) + jitter * U(0, 1) + N(0, std), as in highdim2018."""
    bare = latent.Stratified(-3, 3, jitter).sample((1, 9), rng())
    noisy = latent.Stratified(-3, 3, jitter, noise=1e-9).sample((1, 9), rng())
    np.testing.assert_allclose(noisy, bare, atol=1e-6)  # the same points are moved
    drawn = latent.Stratified(-3, 3, jitter, noise=0.5).sample((4_000, 9), rng())[..., 0]
    width = 6 / 9 if jitter is None else jitter
    left = -3 + 6 * np.arange(9) / 9 if jitter is None else np.linspace(-3, 3, 9)
    moved = drawn.astype(float) - left
    # A sum of a uniform and a Gaussian variable, told by its mean and its spread.
    np.testing.assert_allclose(moved.mean(0), width / 2, atol=0.05)
    np.testing.assert_allclose(moved.std(0), np.hypot(width / np.sqrt(12), 0.5), rtol=0.05)
    assert np.abs(np.corrcoef(moved.T) - np.eye(9)).max() < 0.1
    if jitter:
        p = stats.kstest((moved[:200].ravel() - width / 2) / 0.5, "norm").pvalue
        assert p > 0.001


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    low=st.floats(-100, 100),
    width=st.floats(0.1, 100),
    n=st.integers(1, 200),
    seed=st.integers(0, 2**32),
)
def test_stratified_is_sorted_and_inside(low, width, n, seed):
    z = latent.Stratified(low, low + width, jitter=None).sample(n, rng(seed))[:, 0]
    assert np.all(np.diff(z) >= 0)
    rounding = 1e-6 * (abs(low) + width)
    assert z[0] >= low - rounding
    assert z[-1] <= low + width + rounding
    jitter = 0.5 * width / n
    z = latent.Stratified(low, low + width, jitter).sample(n, rng(seed))[:, 0]
    assert np.all(np.diff(z) >= 0)
    assert z[-1] <= low + width + jitter + rounding


def test_quantiles():
    u = np.array([0, 0.1, 0.5, 0.9, 1, -0.1, 1.1, np.nan])
    np.testing.assert_allclose(latent.Gaussian().quantile(u), stats.norm.ppf(u))
    np.testing.assert_allclose(
        latent.Uniform(1, -2, 6).quantile(u), stats.uniform(-2, 8).ppf(u), atol=1e-15
    )
    for options in ({}, {"jitter": None}, {"noise": 0.5}):
        z = latent.Stratified(-8, 8, **options)
        np.testing.assert_allclose(z.quantile(u), stats.uniform(-8, 16).ppf(u), atol=1e-14)


def test_aligned_is_only_a_flag():
    plain, aligned = latent.Stratified(), latent.Stratified(aligned=True)
    np.testing.assert_array_equal(plain.sample(9, rng()), aligned.sample(9, rng()))
    assert aligned.aligned and not plain.aligned and aligned != plain


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: latent.Gaussian(0), ValueError, "dim=0: wanted a whole number, at least 1"),
        (lambda: latent.Gaussian(1.5), ValueError, "dim=1.5"),
        (lambda: latent.Uniform(1, 2, 2), ValueError, "wanted low < high"),
        (lambda: latent.Stratified(1, -1), ValueError, "low is 1.0, high is -1.0"),
        (lambda: latent.Stratified(jitter=-1), ValueError, "jitter is -1"),
        (lambda: latent.Stratified(noise=-0.1), ValueError, "noise is -0.1"),
        (lambda: latent.Gaussian(2).quantile(0.5), ValueError, "has dim 2; quantile wants dim 1"),
        (lambda: latent.Stratified().sample((3, 0), rng()), ValueError, "n=0: wanted a whole"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("z", ALL, ids=repr)
def test_rng_is_required_and_checked(z):
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'rng'"):
        z.sample(3)
    with pytest.raises(TypeError, match="rng is a RandomState; wanted a NumPy Generator"):
        z.sample(3, np.random.RandomState(0))
