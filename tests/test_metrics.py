import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm, wasserstein_distance

from ganlab import data, distances, kernel_distances, neighbours
from ganlab.labelled import task_accuracy
from ganlab.metrics import (
    NoiseFloor,
    frechet_gaussian,
    jensen_shannon,
    noise_floor,
    wasserstein,
    wasserstein_gaussian,
)

GAUSSIAN = data.Gaussian(4.0, 0.5)
HYPOTHESIS = settings(max_examples=40, deadline=None, derandomize=True)
numbers = st.lists(st.floats(-100, 100), min_size=1, max_size=30)


def rng(seed=0):
    return np.random.default_rng(seed)


def column(values):
    return np.asarray(values, dtype=float)[:, None]


# Closed forms for N(4, 0.5) against N(mean, std): W1, its digits, squared Frechet distance.
@pytest.mark.parametrize(
    ("mean", "std", "w1", "digits", "frechet"),
    [(4, 0.25, 0.199471, 6, 0.0625), (5, 0.5, 1, 12, 1), (0, 1, 4.0000, 4, 16.25)],
)
def test_closed_forms_of_two_gaussians(mean, std, w1, digits, frechet):
    assert wasserstein_gaussian(4.0, 0.5, mean, std) == pytest.approx(w1, abs=0.6 * 10**-digits)
    assert wasserstein_gaussian(mean, std, 4, 0.5) == wasserstein_gaussian(4, 0.5, mean, std)
    assert frechet_gaussian(4, 0.5, mean, std) == pytest.approx(frechet, abs=1e-12)


@HYPOTHESIS
@given(mean=st.floats(-3, 3), std=st.floats(0.05, 3))
def test_wasserstein_gaussian_is_the_mean_distance_of_the_quantiles(mean, std):
    z = np.linspace(-9, 9, 100_001)
    by_hand = np.trapezoid(np.abs(0.5 * z - mean - std * z) * norm.pdf(z), z)
    assert wasserstein_gaussian(0, 0.5, mean, std) == pytest.approx(by_hand, abs=1e-7)


def test_closed_forms_take_arrays():
    means = np.array([4.0, 5.0, 4.0])
    np.testing.assert_allclose(
        wasserstein_gaussian(4, 0.5, means, [0.5, 0.5, 0.25]), [0, 1, 0.199471], atol=6e-7
    )
    np.testing.assert_allclose(frechet_gaussian(4, 0.5, means, [0.5, 0.5, 0.25]), [0, 1, 0.0625])


def test_wasserstein_of_dense_quantiles_is_the_closed_form():
    u = (np.arange(20_000) + 0.5) / 20_000
    for mean, std in [(4, 0.25), (5, 0.5), (0, 1)]:
        dense = column(data.Gaussian(mean, std).quantile(u))
        wanted = wasserstein_gaussian(4, 0.5, mean, std)
        assert wasserstein(dense, GAUSSIAN) == pytest.approx(wanted, abs=1e-4)
        assert wasserstein(dense, GAUSSIAN.quantile(u)) == pytest.approx(wanted, abs=1e-4)


def test_wasserstein_to_a_distribution_is_the_integral_between_the_cdfs():
    for n in (3, 40):
        x = GAUSSIAN.sample(n, rng(n)).astype(float) - 0.2
        nodes = np.concatenate([[-4], np.sort(x[:, 0]), [12]])
        # W1 is also the area between the two cdfs, piece by piece where one is constant.
        area = sum(
            quad(lambda t, step=i / n: abs(step - norm.cdf(t, 4, 0.5)), a, b, limit=200)[0]
            for i, (a, b) in enumerate(pairwise(nodes))
        )
        assert wasserstein(x, GAUSSIAN) == pytest.approx(area, abs=0.5e-5)


@HYPOTHESIS
@given(a=numbers, b=numbers)
def test_wasserstein_agrees_with_scipy_and_is_symmetric(a, b):
    a, b = column(a), column(b)
    wanted = wasserstein_distance(a[:, 0], b[:, 0])
    assert wasserstein(a, b) == pytest.approx(wanted, abs=1e-9)
    assert wasserstein(b, a) == pytest.approx(wanted, abs=1e-9)
    assert wasserstein(a, b[:, 0]) == pytest.approx(wanted, abs=1e-9)


@HYPOTHESIS
@given(a=numbers, shift=st.floats(-50, 50), scale=st.floats(0.01, 20), seed=st.integers(0, 999))
def test_wasserstein_translates_and_scales(a, shift, scale, seed):
    a = column(a)
    b = rng(seed).normal(size=a.shape)
    assert wasserstein(a, rng(seed).permutation(a)) == 0
    assert wasserstein(a + shift, a) == pytest.approx(abs(shift), abs=1e-9)
    assert wasserstein(-scale * a, -scale * b) == pytest.approx(scale * wasserstein(a, b), rel=1e-9)
    plane = rng(seed).normal(size=(10, 2))
    step = shift * np.array([0.6, -0.8])
    assert wasserstein(plane + step, plane) == pytest.approx(abs(shift), abs=1e-9)


def test_wasserstein_in_the_plane_solves_the_transport_problem():
    a, b = rng(1).normal(size=(12, 2)), rng(2).normal(size=(12, 2)) + 1
    cost = np.linalg.norm(a[:, None] - b, axis=-1)
    rows = np.kron(np.eye(12), np.ones(12))
    columns = np.kron(np.ones(12), np.eye(12))
    plan = linprog(cost.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.full(24, 1 / 12))
    assert wasserstein(a, b) == pytest.approx(plan.fun, rel=1e-9)


@pytest.mark.parametrize("dim", [1, 2])
def test_wasserstein_works_on_the_last_two_axes(dim):
    samples = rng().normal(size=(3, 4, 9, dim))
    for m in (9, 7) if dim == 1 else (9,):
        targets = rng(1).normal(size=(4, m, dim))
        result = wasserstein(samples, targets)
        assert result.shape == (3, 4)
        for i, j in np.ndindex(3, 4):
            assert result[i, j] == pytest.approx(wasserstein(samples[i, j], targets[j]))
    if dim == 1:
        result = wasserstein(samples, GAUSSIAN)
        assert result.shape == (3, 4)
        assert result[2, 1] == pytest.approx(wasserstein(samples[2, 1], GAUSSIAN))


def test_own_data_as_a_target_counts_as_an_array():
    array = rng().normal(size=13).astype(np.float32)
    samples = rng(1).normal(size=(7, 1))
    wanted = wasserstein_distance(samples[:, 0], array)
    assert wasserstein(samples, data.Samples(array)) == pytest.approx(wanted, rel=1e-9)
    plane, other = rng(2).normal(size=(2, 6, 2)).astype(np.float32)
    assert wasserstein(plane, data.Samples(other)) == wasserstein(plane, other)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_entry_that_is_not_finite_is_nan_and_leaves_the_others_alone(bad):
    line, plane = rng().normal(size=(3, 8, 1)), rng().normal(size=(3, 8, 2))
    calls = [
        lambda x: wasserstein(x, np.arange(8.0)),
        lambda x: wasserstein(x, np.arange(5.0)),
        lambda x: wasserstein(x, GAUSSIAN),
        lambda x: jensen_shannon(x, GAUSSIAN),
    ]
    for samples, call in [(line, call) for call in calls] + [
        (plane, lambda x: wasserstein(x, rng(5).normal(size=(8, 2))))
    ]:
        clean, dirty = call(samples), samples.copy()
        dirty[1, 3, 0] = bad
        result = call(dirty)
        assert np.isnan(result[1])
        np.testing.assert_array_equal(result[[0, 2]], clean[[0, 2]])


def test_jensen_shannon_of_the_binned_frequencies_is_scipys():
    samples = data.Gaussian(4.3, 0.4).sample((2, 500), rng())
    edges = norm(4, 0.5).ppf(np.linspace(0, 1, 21))
    for row, result in zip(samples, jensen_shannon(samples, GAUSSIAN), strict=True):
        fake = np.histogram(row, edges)[0] / 500
        assert result == pytest.approx(jensenshannon(fake, np.full(20, 1 / 20)) ** 2, rel=1e-9)


def test_jensen_shannon_ends_at_zero_and_log_2():
    u = (np.arange(1000) + 0.5) / 1000
    assert jensen_shannon(column(GAUSSIAN.quantile(u)), GAUSSIAN) == pytest.approx(0, abs=1e-15)
    far = jensen_shannon(np.full((10, 1), 99.0), GAUSSIAN, bins=1000)
    # All mass in one of 1,000 bins that holds 1/1,000 of the target: log 2 but for that overlap.
    p = np.eye(1000)[0]
    assert far == pytest.approx(jensenshannon(p, np.full(1000, 1 / 1000)) ** 2)
    assert 0.68 < far < np.log(2)


def test_jensen_shannon_tends_to_the_closed_form():
    """JS of N(4, 0.5) and N(5, 0.5) is 0.336831, by quadrature; 400 bins lose little of it."""
    samples = data.Gaussian(5.0, 0.5).sample((4, 200_000), rng())
    assert jensen_shannon(samples, GAUSSIAN, 400).mean() == pytest.approx(0.336831, abs=0.004)
    assert jensen_shannon(samples, GAUSSIAN, 20).mean() < 0.336831


@pytest.mark.parametrize("bins", [5, 20])
def test_expected_jensen_shannon_of_a_perfect_sampler(bins):
    n = 50 * bins
    scores = jensen_shannon(GAUSSIAN.sample((4_000, n), rng(7)), GAUSSIAN, bins)
    first_order = (bins - 1) / (8 * n)
    standard_error = scores.std() / np.sqrt(len(scores))
    assert abs(scores.mean() - 1.01 * first_order) < 4 * standard_error + 0.005 * first_order
    few = jensen_shannon(GAUSSIAN.sample((4_000, 5 * bins), rng(7)), GAUSSIAN, bins).mean()
    assert few == pytest.approx(1.1 * (bins - 1) / (40 * bins), rel=0.03)


def test_jensen_shannon_takes_own_data_even_with_ties():
    array = np.repeat([1.0, 2.0, 3.0], [50, 30, 20])
    assert jensen_shannon(column(array), array) == 0
    two = np.array([1.0, 3.0])
    wanted = jensenshannon([0.5, 0, 0.5], [0.5, 0.3, 0.2]) ** 2
    assert jensen_shannon(column(two), array, bins=10) == pytest.approx(wanted)
    smooth = rng().normal(size=1000)
    assert jensen_shannon(column(smooth), smooth) == pytest.approx(0, abs=1e-4)
    # Not float32: 0.7 is above its nearest one.
    tied = np.repeat(np.arange(1, 6) / 10 + 0.2, 20)
    assert jensen_shannon(column(tied), tied) == 0
    assert jensen_shannon(column(smooth.round(1)), smooth.round(1)) == pytest.approx(0, abs=1e-6)


def test_noise_floor_of_the_ring_in_two_dimensions():
    """Real against real, n = 1000: POT's emd2, an independent solver, gave 0.122 on average over
    40 pairs, with a standard deviation of 0.029."""
    floor = noise_floor(wasserstein, data.ring(), 1000, rng(), repeats=9, two_sample=True)
    assert 0.09 < floor.median < 0.155
    assert floor.low < floor.median < floor.high


def test_noise_floor_in_one_dimension():
    """The mean of W1 between F_n and F tends to E|bridge|: integral of sqrt(2 F (1 - F) / pi n)."""
    n = 400
    floor = noise_floor(wasserstein, GAUSSIAN, n, rng(), repeats=1000)
    assert isinstance(floor, NoiseFloor)
    mean, _ = quad(lambda t: np.sqrt(2 / (np.pi * n) * norm.cdf(t) * norm.sf(t)), -9, 9)
    assert floor.median == pytest.approx(0.5 * mean, rel=0.12)
    assert floor.low < floor.median < 0.5 * mean < floor.high
    means = noise_floor(lambda x, target: x.mean(axis=(-2, -1)), GAUSSIAN, n, rng(), repeats=4000)
    np.testing.assert_allclose(means, norm(4, 0.5 / 20).ppf([0.5, 0.1, 0.9]), atol=0.002)
    again = noise_floor(wasserstein, GAUSSIAN, n, rng(), repeats=1000)
    assert again == floor


PLANE = np.zeros((5, 2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: wasserstein(np.zeros(5), GAUSSIAN), r"samples has shape \(5,\); wanted"),
        (lambda: wasserstein(np.zeros((0, 1)), GAUSSIAN), "not empty"),
        (lambda: wasserstein(PLANE, np.zeros((4, 2))), "5 points, target 4; wanted as many"),
        (lambda: wasserstein(np.zeros((2001, 2)), np.zeros((2001, 2))), "at most 2000"),
        (lambda: wasserstein(PLANE, np.zeros(5)), "samples have dim 2, target has dim 1"),
        (lambda: wasserstein(PLANE, data.ring()), r"a Mixture of dim 2; .* target\.sample"),
        (lambda: jensen_shannon(PLANE, data.ring()), "one coordinate at a time"),
        (lambda: jensen_shannon(np.zeros((5, 1)), GAUSSIAN, bins=1), "bins=1: wanted"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_no_tensorflow_is_loaded():
    code = "import sys; from ganlab import data, latent, games, metrics; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "ganlab.metrics" in loaded.stdout.split()
    assert not {"tensorflow", "keras", "matplotlib"} & set(loaded.stdout.split())


def test_points_without_a_width_are_held_by_their_own_samples():
    target = data.points(0.1, 0.7)  # neither of which float32 has
    samples = target.sample((4, 2000), rng())
    assert jensen_shannon(samples, target, 2).max() < 0.002
    assert target.cdf(np.unique(samples)).tolist() == [0.5, 1.0]


def test_a_distribution_of_ones_own_may_have_a_std_for_each_of_its_modes():
    class Own(data.Gaussian):
        pass

    own = Own(4.0, 0.5)
    vars(own).update(std=np.array([0.5]))
    assert jensen_shannon(GAUSSIAN.sample((2, 500), rng()), own).shape == (2,)


def test_a_table_with_a_column_called_dim_is_data():
    class Table:  # as pandas has them
        dim = "a column"

        def sample(self, n):
            raise AssertionError("drawn from")

        def __array__(self, dtype=None, copy=None):
            return np.array([[0.0], [1.0]], dtype)

    assert wasserstein(np.array([[1.0], [2.0]]), Table()) == pytest.approx(1.0)


@pytest.mark.parametrize("other", [3, 7])
def test_leading_axes_that_do_not_go_together_are_told_in_one_line(other):
    samples, target = np.zeros((4, 5, 20, 2)), np.zeros((other, 20, 2))
    told = (
        rf"^samples have shape \(4, 5, 20, 2\), (target|real) has shape \({other}, 20, 2\): wanted"
    )
    scores = [wasserstein, distances.frechet, distances.sliced_wasserstein, kernel_distances.kid]
    scores += [neighbours.precision, neighbours.recall, neighbours.density, neighbours.coverage]
    scores += [task_accuracy, lambda x, y: kernel_distances.mmd(x, y, 1.0)]
    for score in scores:
        with pytest.raises(ValueError, match=told):
            score(samples, target)
