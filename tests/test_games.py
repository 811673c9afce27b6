import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_expit
from scipy.stats import norm

from ganlab import data, latent
from ganlab.games import generator_density, optimal_discriminator, optimal_logit

# N(4, 0.5) against N(mean, std), in nats: KL(p || q), JS, V(D*).
TABLE = [
    (4.0, 0.25, 0.806853, 0.092733, -1.200828),
    (5.0, 0.5, 2.0, 0.336831, -0.712633),
    (0.0, 1.0, 8.318147, 0.681872, -0.022551),
]
SIX_DIGITS = 6e-7
X = np.linspace(-12, 12, 100_001)
TARGET = data.Gaussian(4.0, 0.5)


@pytest.mark.parametrize(("mean", "std", "kl", "js", "value"), TABLE)
def test_divergences_by_quadrature_from_the_optimal_logit(mean, std, kl, js, value):
    fake = data.Gaussian(mean, std)
    p, q = TARGET.density(X), fake.density(X)
    logit = optimal_logit(TARGET.log_density(X), fake.log_density(X))
    assert np.trapezoid(p * logit, X) == pytest.approx(kl, abs=SIX_DIGITS)
    v = np.trapezoid(p * log_expit(logit) + q * log_expit(-logit), X)
    assert v == pytest.approx(value, abs=SIX_DIGITS)
    assert (v + np.log(4)) / 2 == pytest.approx(js, abs=SIX_DIGITS)


@pytest.mark.parametrize(("mean", "std", "kl", "js", "value"), TABLE)
def test_value_by_quadrature_from_the_optimal_discriminator(mean, std, kl, js, value):
    fake = data.Gaussian(mean, std)
    p, q = TARGET.density(X), fake.density(X)
    d = optimal_discriminator(p, q)
    tiny = np.finfo(float).tiny
    v = np.trapezoid(p * np.log(d + tiny) + q * np.log(1 - d + tiny), X)
    assert v == pytest.approx(value, abs=SIX_DIGITS)
    logit = optimal_logit(TARGET.log_density(X), fake.log_density(X))
    seen = p + q > 1e-300
    np.testing.assert_allclose(d[seen], expit(logit)[seen], rtol=1e-9, atol=1e-12)


def test_at_the_equilibrium_the_value_is_minus_log_4():
    p = TARGET.density(X)
    d = optimal_discriminator(p, p)
    np.testing.assert_array_equal(d, 0.5)
    value = np.trapezoid(p * np.log(d) + p * np.log(1 - d), X)
    assert value == pytest.approx(-1.386294, abs=SIX_DIGITS)


def test_collapse_of_eight_modes_onto_one_costs_log_8_in_reverse_kl():
    real, fake = data.Mixture(5.0 * np.arange(8), 0.1), data.Gaussian(15.0, 0.1)
    x = np.linspace(14, 16, 20_001)
    reverse = np.trapezoid(
        -fake.density(x) * optimal_logit(real.log_density(x), fake.log_density(x)), x
    )
    assert reverse == pytest.approx(np.log(8), abs=1e-9)


def test_where_nothing_is_ever_seen():
    np.testing.assert_array_equal(optimal_discriminator([0, 0, 3], [0, 2, 0]), [0.5, 0, 1])
    inf = np.inf
    np.testing.assert_array_equal(optimal_logit([-inf, -inf, 1], [-inf, 2, -inf]), [0, -inf, inf])
    assert optimal_discriminator(np.ones((3, 1)), np.ones(4)).shape == (3, 4)
    # Densities underflow, log densities do not: the ratio of N(0, 1) to N(1, 1) at 100.
    logit = optimal_logit(
        data.Gaussian(0, 1).log_density(100), data.Gaussian(1, 1).log_density(100)
    )
    assert logit == pytest.approx(0.5 - 100)


def cell_edges(z, m):
    return z.quantile(np.clip(np.arange(m + 1) / m, 1e-7, 1 - 1e-7))


@pytest.mark.parametrize("slope", [-2.0, 0.25, 3.0])
def test_linear_map_of_a_uniform_latent_is_uniform(slope):
    x = 1.0 + slope * latent.Uniform(1, -1, 1).quantile(np.linspace(0, 1, 8))
    inside = np.linspace(1 - abs(slope), 1 + abs(slope), 12)
    np.testing.assert_allclose(generator_density(x, inside), 0.5 / abs(slope), rtol=1e-12)
    outside = np.array([-20.0, -10.0, 10.0, 20.0])
    np.testing.assert_allclose(generator_density(x, outside), [0, 1 / 20, 0], atol=1e-15)


def test_linear_map_of_a_gaussian_latent_is_gaussian():
    x = 4.0 + 0.5 * cell_edges(latent.Gaussian(), 20_000)
    # Within 3 standard deviations: the two end cells, which are spread too thin, lie outside.
    edges = np.linspace(2.5, 5.5, 31)
    wanted = np.diff(norm(4, 0.5).cdf(edges)) / np.diff(edges)
    np.testing.assert_allclose(generator_density(x, edges), wanted, rtol=1e-3)


def test_softplus_map_by_change_of_variables():
    """softplus^-1(x) = log(e^x - 1), so P(x) = (log(e^x - 1) + 8) / 16 for z uniform on [-8, 8]."""
    x = np.logaddexp(0, latent.Stratified(-8, 8).quantile(np.linspace(0, 1, 20_001)))
    edges = np.linspace(0.05, 7.9, 60)
    wanted = np.diff((np.log(np.expm1(edges)) + 8) / 16) / np.diff(edges)
    np.testing.assert_allclose(generator_density(x, edges), wanted, rtol=1e-5)


def test_a_map_that_folds_adds_its_two_branches():
    """z^2 for z uniform on [-1, 1] has P(x) = sqrt(x)."""
    x = np.linspace(-1, 1, 20_001) ** 2
    edges = np.linspace(0, 1.5, 16)
    wanted = np.diff(np.sqrt(np.minimum(edges, 1))) / np.diff(edges)
    np.testing.assert_allclose(generator_density(x, edges), wanted, atol=1e-6)


def test_point_masses_fall_in_the_bin_that_holds_them():
    edges = np.array([0.0, 1.0, 2.0, 4.0])
    x = np.array([[0.5] * 5, [1.0] * 5, [4.0] * 5, [5.0] * 5, [0.0] * 5])
    wanted = [[1, 0, 0], [0, 1, 0], [0, 0, 0.5], [0, 0, 0], [1, 0, 0]]
    np.testing.assert_array_equal(generator_density(x, edges), wanted)
    # Half of the latent goes to one point, half is spread over [1, 2].
    np.testing.assert_allclose(generator_density([1.0, 1.0, 2.0], edges), [0, 1, 0])
    np.testing.assert_allclose(generator_density([2.0, 2.0, 1.0], edges), [0, 0.5, 0.25])


def test_what_is_not_finite_is_nan_and_stays_in_its_row():
    x = np.array([[0.0, 1.0, 2.0], [0.0, np.nan, 2.0], [-np.inf, 0.0, 1.0]])
    result = generator_density(x, [0.0, 1.0, 2.0])
    np.testing.assert_allclose(result[0], 0.5)
    assert np.isnan(result[1:]).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    x=st.lists(st.floats(-10, 10), min_size=2, max_size=20),
    widths=st.lists(st.floats(0.01, 5), min_size=1, max_size=10),
)
def test_mass_is_conserved_and_agrees_with_sampling_the_cells(x, widths):
    inner = np.cumsum([-3.0, *widths])
    edges = np.concatenate([[-11.0], inner[inner < 10.9], [11.0]])
    density = generator_density(np.stack([x, x[::-1]]), edges)
    mass = density * np.diff(edges)
    np.testing.assert_allclose(mass.sum(-1), 1, rtol=1e-9)
    assert np.all(density >= 0)
    np.testing.assert_allclose(density[0], density[1], atol=1e-9)
    # 400 midpoints in each cell, counted: every end of a cell in a bin costs one of them at most.
    t = (np.arange(400) + 0.5) / 400
    x = np.array(x)
    spread = (x[:-1, None] + np.diff(x)[:, None] * t).ravel()
    counted = np.histogram(spread, edges)[0] / spread.size
    np.testing.assert_allclose(mass[0], counted, atol=2.01 / 400)


@pytest.mark.parametrize(
    ("x", "edges", "words"),
    [
        ([1.0], [0, 1], r"x has shape \(1,\); wanted"),
        (1.0, [0, 1], r"x has shape \(\); wanted"),
        ([1.0, 2.0], [0], r"edges has shape \(1,\)"),
        ([1.0, 2.0], [0, 1, 1], "increasing"),
    ],
)
def test_bad_input_gets_one_line(x, edges, words):
    with pytest.raises(ValueError, match=words) as caught:
        generator_density(x, edges)
    assert "\n" not in str(caught.value)
