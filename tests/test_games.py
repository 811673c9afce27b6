import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.spatial.distance import jensenshannon
from scipy.special import erf, expit, ndtr, softmax
from scipy.stats import entropy, norm, wasserstein_distance

from ganlab import data, games, latent
from ganlab.games import (
    alternating,
    best_response,
    cells,
    eigenvalues,
    extragradient,
    finite_game,
    generator_density,
    jensen_shannon,
    kl,
    minimax_cost,
    nonsaturating_cost,
    optimal_discriminator,
    optimal_logit,
    play,
    simultaneous,
    total_variation,
    value,
    wasserstein,
)

SIX_DIGITS = 6e-7
LOG_2, LOG_4 = np.log(2), np.log(4)
X, W = cells((-25, 25), n=50_000)
TARGET = data.Gaussian(4.0, 0.5)

# Known densities: closed forms


def logs(*distributions, x=X):
    return [distribution.log_density(x) for distribution in distributions]


def gaussian_kl(m1, s1, m2, s2):
    return np.log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - 0.5


def gaussian_w1(m1, s1, m2, s2):
    d, s = abs(m1 - m2), max(abs(s1 - s2), 1e-9)
    return s * np.sqrt(2 / np.pi) * np.exp(-(d**2) / (2 * s**2)) + d * erf(d / (s * np.sqrt(2)))


@pytest.mark.parametrize(
    ("mean", "std", "wanted_kl", "js", "best_value", "w1"),
    [
        (4.0, 0.25, 0.806853, 0.092733, -1.200828, 0.199471),
        (5.0, 0.5, 2.0, 0.336831, -0.712633, 1.0),
        (0.0, 1.0, 8.318147, 0.681872, -0.022551, 4.0),
    ],
)
def test_published_numbers_of_a_gaussian_against_another(mean, std, wanted_kl, js, best_value, w1):
    p, q = logs(TARGET, data.Gaussian(mean, std))
    assert kl(p, q, W) == pytest.approx(wanted_kl, abs=SIX_DIGITS)
    assert jensen_shannon(p, q, W) == pytest.approx(js, abs=SIX_DIGITS)
    assert value(optimal_logit(p, q), p, q, W) == pytest.approx(best_value, abs=SIX_DIGITS)
    assert wasserstein(X, p, q, W) == pytest.approx(w1, abs=SIX_DIGITS)
    seen = np.exp(p) + np.exp(q) > 1e-300
    found = optimal_discriminator(np.exp(p), np.exp(q))[seen]
    np.testing.assert_allclose(found, expit(optimal_logit(p, q))[seen], rtol=1e-9, atol=1e-12)


PAIRS = [(4, 0.5, 4, 0.25), (4, 0.5, 5, 0.5), (4, 0.5, 0, 1), (-1, 0.3, 1, 2), (0, 1, 0.1, 1)]


@pytest.mark.parametrize("pair", [*PAIRS, *((*pair[2:], *pair[:2]) for pair in PAIRS)])
def test_gaussians_in_both_directions(pair):
    p, q = logs(data.Gaussian(*pair[:2]), data.Gaussian(*pair[2:]))
    assert kl(p, q, W) == pytest.approx(gaussian_kl(*pair), rel=1e-9)
    assert wasserstein(X, p, q, W) == pytest.approx(gaussian_w1(*pair), abs=SIX_DIGITS)
    best = value(optimal_logit(p, q), p, q, W)
    assert best == pytest.approx(-LOG_4 + 2 * jensen_shannon(p, q, W), rel=1e-9)
    if pair[1] == pair[3]:
        wanted = 2 * ndtr(abs(pair[0] - pair[2]) / (2 * pair[1])) - 1
        assert total_variation(p, q, W) == pytest.approx(wanted, abs=SIX_DIGITS)


def test_gaussians_in_two_dimensions():
    x, w = cells((-8, 8), (-7, 9), n=500)
    p, q = logs(data.points((0, 0), std=1.0), data.points((0, 1), std=0.5), x=x)
    wanted = gaussian_kl(0, 1, 0, 0.5) + gaussian_kl(0, 1, 1, 0.5)
    assert kl(p, q, w) == pytest.approx(wanted, rel=1e-9)
    best = value(optimal_logit(p, q), p, q, w)
    assert best == pytest.approx(-LOG_4 + 2 * jensen_shannon(p, q, w), rel=1e-9)


def test_a_ring_collapsed_onto_one_mode():
    x, w = cells((-3, 3), (-3, 3), n=300)
    p, q = logs(data.ring(8, 2.0, 0.1), data.points((2, 0), std=0.1), x=x)
    assert kl(q, p, w) == pytest.approx(np.log(8), rel=1e-9)
    assert total_variation(p, q, w) == pytest.approx(7 / 8, rel=1e-9)
    js = (np.log(1 / 8 / (9 / 16)) / 8 + 7 / 8 * LOG_2 + np.log(16 / 9)) / 2
    assert jensen_shannon(p, q, w) == pytest.approx(js, rel=1e-9)
    assert value(optimal_logit(p, q), p, q, w) == pytest.approx(-LOG_4 + 2 * js, rel=1e-9)


@pytest.mark.parametrize(
    ("p", "sides"), [(TARGET, [(-1, 9)]), (data.ring(5, 2.0, 0.2), [(-4, 4), (-4, 4)])]
)
def test_at_the_equilibrium(p, sides):
    x, w = cells(*sides, n=400)
    (p,) = logs(p, x=x)
    np.testing.assert_array_equal(optimal_discriminator(np.exp(p), np.exp(p)), 0.5)
    assert value(optimal_logit(p, p), p, p, w) == pytest.approx(-1.386294, abs=SIX_DIGITS)
    for distance in (kl, jensen_shannon, total_variation):
        assert distance(p, p, w) == pytest.approx(0, abs=1e-12)


def test_a_mixture_against_a_gaussian_by_adaptive_quadrature():
    real, fake = data.Mixture((-2.0, 0.5), 0.6), data.Gaussian(0.5, 1.2)
    p, q = logs(real, fake)

    def integral(function):
        return quad(lambda x: function(real.density(x), fake.density(x), x), -12, 12, limit=300)[0]

    logit = 0.3 * X - 1  # a D that is far from the best one
    D = lambda x: 1 / (1 + np.exp(1 - 0.3 * x))  # noqa: E731
    wanted = integral(lambda p, q, x: p * np.log(D(x)) + q * np.log(1 - D(x)))
    assert value(logit, p, q, W) == pytest.approx(wanted, abs=1e-9)
    m = integral(lambda p, q, x: (p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q))) / 2)
    assert jensen_shannon(p, q, W) == pytest.approx(m, abs=1e-9)
    assert kl(q, p, W) == pytest.approx(integral(lambda p, q, x: q * np.log(q / p)), abs=1e-9)
    wanted = integral(lambda p, q, x: abs(real.cdf(x) - fake.cdf(x)))
    assert wasserstein(X, p, q, W) == pytest.approx(wanted, abs=SIX_DIGITS)


# Finite distributions: other packages, and what holds for all of them

COUNTS = st.lists(st.integers(0, 5), min_size=6, max_size=6).filter(any)


def frequencies(counts):
    p = np.array(counts) / np.sum(counts)
    return p, np.log(p, out=np.full(p.shape, -np.inf), where=p > 0)


@given(COUNTS, COUNTS, st.lists(st.floats(-800, 800), min_size=6, max_size=6))
def test_finite_distributions_with_scipy_and_any_discriminator(p, q, logit):
    (p, log_p), (q, log_q) = frequencies(p), frequencies(q)
    x = np.array([-3.0, -1.0, 0.0, 0.5, 4.0, 5.0])
    js = jensen_shannon(log_p, log_q)
    assert kl(log_p, log_q) == pytest.approx(entropy(p, q), abs=1e-12)
    assert js == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)
    assert total_variation(log_p, log_q) == pytest.approx(abs(p - q).sum() / 2, abs=1e-12)
    assert wasserstein(x, log_p, log_q) == pytest.approx(wasserstein_distance(x, x, p, q))
    assert js == pytest.approx(jensen_shannon(log_q, log_p), abs=1e-12)
    assert js <= LOG_2 + 1e-12
    assert kl(log_p, log_q) >= -1e-12
    best = value(optimal_logit(log_p, log_q), log_p, log_q)
    assert best == pytest.approx(-LOG_4 + 2 * js, abs=1e-12)
    assert best - value(logit, log_p, log_q) >= -1e-12


# Tails, and points that nobody visits


def test_where_nothing_is_ever_seen():
    np.testing.assert_array_equal(optimal_discriminator([0, 0, 3], [0, 2, 0]), [0.5, 0, 1])
    inf = np.inf
    np.testing.assert_array_equal(optimal_logit([-inf, -inf, 1], [-inf, 2, -inf]), [0, -inf, inf])
    assert optimal_discriminator(np.ones((3, 1)), np.ones(4)).shape == (3, 4)
    # Densities underflow, log densities do not: the ratio of N(0, 1) to N(1, 1) at 100.
    far = logs(data.Gaussian(0, 1), data.Gaussian(1, 1), x=100)
    assert optimal_logit(*far) == pytest.approx(0.5 - 100)


def test_uniforms_that_never_meet_are_as_far_apart_as_can_be():
    p, q = logs(data.Uniform(-2, -1), data.Uniform(1, 2))
    for left, right in ((p, q), (q, p)):
        assert kl(left, right, W) == np.inf
        assert jensen_shannon(left, right, W) == pytest.approx(LOG_2)
        assert total_variation(left, right, W) == pytest.approx(1)
        assert value(optimal_logit(left, right), left, right, W) == 0
        assert value(optimal_logit(right, left), left, right, W) == -np.inf  # sure, and wrong
    assert wasserstein(X, p, q, W) == pytest.approx(3)


def test_a_uniform_against_a_gaussian_whose_density_underflows():
    x, w = cells((-100, 100), n=200_000)
    p, q = logs(data.Uniform(-1, 1), data.Gaussian(0, 1), x=x)
    assert np.exp(q).min() == 0
    assert kl(p, q, w) == pytest.approx(1 / 6 + 0.5 * np.log(2 * np.pi) - LOG_2)
    assert kl(q, p, w) == np.inf
    outside = 2 * norm.cdf(-1) * LOG_2

    def inside(x):
        p, q = 0.5, norm.pdf(x)
        return p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q))

    js = (quad(inside, -1, 1)[0] + outside) / 2
    assert jensen_shannon(p, q, w) == pytest.approx(js, abs=SIX_DIGITS)
    best = value(optimal_logit(p, q), p, q, w)
    assert best == pytest.approx(-LOG_4 + 2 * js, abs=2 * SIX_DIGITS)


def test_batches_agree_with_one_at_a_time():
    x, w = cells((-8, 8), n=500)
    p = np.stack(logs(*(data.Gaussian(m, 1.0) for m in (-1, 0, 2)), x=x))[:, None]
    q = np.stack(logs(data.Gaussian(1.0, 0.5), data.Uniform(-1, 1), x=x))
    logit = optimal_logit(p, q)
    assert value(logit, p, q, w).shape == (3, 2)
    for i, j in np.ndindex(3, 2):
        one, other = p[i, 0], q[j]
        assert value(logit, p, q, w)[i, j] == value(logit[i, j], one, other, w)
        assert value(x / 9, p, q, w)[i, j] == value(x / 9, one, other, w)
        for distance in (kl, jensen_shannon, total_variation):
            assert distance(p, q, w)[i, j] == distance(one, other, w)
        assert wasserstein(x, p, q, w)[i, j] == wasserstein(x, one, other, w)


def test_cells_fill_the_box_and_integrate():
    x, w = cells((-1, 3), n=4)
    np.testing.assert_array_equal(x, [-0.5, 0.5, 1.5, 2.5])
    assert w == 1
    assert len(cells((0, 1))[0]) == 100_000
    x, w = cells((0, 1), (-1, 4), n=10)  # a midpoint rule is exact where no variable is squared
    integral = w * np.sum(1 + x[:, 0] + 3 * x[:, 1] + 2 * x[:, 0] * x[:, 1])
    assert integral == pytest.approx(5 + 5 / 2 + 3 * 15 / 2 + 2 * (1 / 2) * (15 / 2))
    assert cells((0, 1), (0, 1))[0].shape == (1_000_000, 2)


# The density of a generator of one variable


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


@settings(max_examples=60)
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


# Ways to play


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        (simultaneous, (0.5, -1.5)),
        (alternating(), (0.25, -1.5)),
        (alternating("dg"), (0.25, -1.5)),
        (alternating("gd"), (0.5, -1.25)),
        (alternating("ddg"), (0, -2)),
        (extragradient, (0.25, -1.25)),
    ],
)
def test_one_round_by_hand(method, wanted):
    """V = -d g from g = 1, d = -1 with step 1/2: G heads along d, D along -g."""
    assert method(games.dirac_wgan(), 1.0, -1.0, 0.5) == wanted
    g, d = play(games.dirac_wgan(), 1, -1, method, step=0.5, steps=2)
    assert (g[1], d[1]) == wanted
    assert (g[0], d[0], g.shape, d.shape) == (1, -1, (3,), (3,))
    assert (g[2], d[2]) == method(games.dirac_wgan(), *wanted, 0.5)


def test_best_response_moves_d_first_and_g_once():
    game = games.Game(lambda g, d: 10 * d, None, best=lambda g: g + 1)
    assert best_response(game, 1.0, 77.0, 0.1) == (3.0, 2.0)


@pytest.mark.parametrize(
    ("game", "method", "distance"),
    [
        (games.dirac_gan(), alternating("gd"), 1.4210),
        (games.dirac_nonsaturating(), alternating("gd"), 0.28392),
        (games.dirac_r1(0.3), alternating("gd"), 2.301e-7),
        (games.dirac_gan(), simultaneous, 3.0969),
        (games.dirac_nonsaturating(), simultaneous, 0.64021),
        (games.dirac_r1(0.3), simultaneous, 2.643e-6),
    ],
)
def test_distances_after_500_steps(game, method, distance):
    """Computed from the paper's equations, in which psi = -d."""
    g, d = play(game, 1, -1, method, step=0.2, steps=500)
    assert np.hypot(g[-1], d[-1]) == pytest.approx(distance, rel=2e-4)


def test_by_default_100_simultaneous_steps_of_a_tenth():
    """Each turns (g, d) about 0 and lengthens it by sqrt(1 + 0.1^2)."""
    g, d = play(games.dirac_wgan(), 3, 4)
    assert g.shape == (101,)
    assert np.hypot(g[-1], d[-1]) == pytest.approx(5 * 1.01**50)


def test_many_games_are_played_at_once():
    g, d = np.array([[0.5], [-1.0]]), np.array([1.0, 0.0, -3.0])
    starts = np.broadcast_arrays(g, d)
    for make in (
        games.dirac_wgan,
        games.dirac_r1,
        games.dirac_instance_noise,
        games.dirac_consensus,
    ):
        assert make().generator(g, d).shape == make().discriminator(g, d).shape == (2, 3)
        many = play(make(), *starts, extragradient, steps=5)
        for i, j in np.ndindex(2, 3):
            one = play(make(), g[i, 0], d[j], extragradient, steps=5)
            np.testing.assert_allclose([player[:, i, j] for player in many], one, rtol=1e-12)


# The Dirac-GAN


def assert_eigenvalues(found, wanted, atol=1e-8):
    np.testing.assert_allclose(np.sort_complex(found), np.sort_complex(wanted), atol=atol)


def both(middle, square):
    """The solutions of (x - middle)^2 = square."""
    return middle + np.array([-1, 1]) * np.sqrt(square + 0j)


@pytest.mark.parametrize(
    ("game", "wanted"),
    [
        (games.dirac_gan(), both(0, -0.25)),
        (games.dirac_nonsaturating(), both(0, -0.25)),
        (games.dirac_wgan(), both(0, -1)),
        (games.dirac_wgan_gp(0.8, slope=0), both(-0.4, 0.16 - 1)),
        *((games.dirac_r1(w), both(-w / 2, w**2 / 4 - 0.25)) for w in (0.0, 0.3, 0.9, 1.5, 4.0)),
        *((games.dirac_instance_noise(s), both(-s * s / 4, s**4 / 16 - 0.25)) for s in (0.3, 1, 2)),
        *((games.dirac_consensus(w), both(-w / 4, -0.25)) for w in (0.0, 0.5, 1.0, 3.0)),
    ],
)
def test_eigenvalues_of_the_continuous_system(game, wanted):
    assert_eigenvalues(eigenvalues(game, 0, 0), wanted)


def test_r1_with_weight_1_is_critical():
    assert_eigenvalues(eigenvalues(games.dirac_r1(1), 0.0, 0.0), [-0.5, -0.5], atol=1e-4)


@pytest.mark.parametrize("step", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("game", [games.dirac_gan(), games.dirac_r1(0.3), games.dirac_wgan()])
def test_eigenvalues_of_one_round(game, step):
    moves = step * eigenvalues(game, 0, 0)
    assert_eigenvalues(eigenvalues(game, 0, 0, simultaneous, step), 1 + moves)
    assert_eigenvalues(eigenvalues(game, 0, 0, extragradient, step), 1 + moves + moves**2)


@pytest.mark.parametrize(("step", "size"), [(0.2, 1.00499), (0.01, 1.0000125), (2, np.sqrt(2))])
def test_simultaneous_steps_always_spiral_out(step, size):
    found = np.abs(eigenvalues(games.dirac_gan(), 0, 0, simultaneous, step))
    np.testing.assert_allclose(found, size, rtol=5e-6)


@pytest.mark.parametrize("order", ["dg", "gd", "dddg", "ddgg", "gddg", "dgggg"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.99, 1.01, 2.0])
def test_alternating_steps_circle_up_to_the_critical_step(order, share):
    """|eigenvalue| = 1 up to sqrt(n_g n_d) h / 2 = 2, where each player's moves are in a row."""
    step = 4 * share / np.sqrt(order.count("g") * order.count("d"))
    found = eigenvalues(games.dirac_gan(), 0, 0, alternating(order), step)
    middle = 1 - 2 * share**2  # both eigenvalues multiply to 1
    assert_eigenvalues(found, both(middle, middle**2 - 1), atol=1e-6)
    largest = np.abs(found).max()
    assert largest == pytest.approx(1, abs=1e-7) if share < 1 else largest > 1.3


def gan_value(g, d):
    return np.log(0.5) - np.logaddexp(0, d * g)


def noisy_value(g, d, std=0.6):
    """E log D + E log(1 - D) with N(0, std) added to both, by adaptive quadrature."""

    def noisy(e):
        return -norm.pdf(e) * np.logaddexp([0, 0], [-d * std * e, d * (g + std * e)]).sum()

    return quad(noisy, -12, 12, epsabs=1e-13, limit=200)[0]


def consensus(g, d, weight=0.4, h=1e-4):
    """weight / 2 times the squared gradient of V, by differences."""
    by_g = (gan_value(g + h, d) - gan_value(g - h, d)) / (2 * h)
    by_d = (gan_value(g, d + h) - gan_value(g, d - h)) / (2 * h)
    return weight / 2 * (by_g**2 + by_d**2)


@pytest.mark.parametrize(
    ("game", "minimised", "maximised"),
    [
        (games.dirac_gan(), gan_value, gan_value),
        (games.dirac_nonsaturating(), lambda g, d: np.logaddexp(0, -d * g), gan_value),
        (games.dirac_wgan(), lambda g, d: -d * g, lambda g, d: -d * g),
        (
            games.dirac_wgan_gp(0.7, slope=1.5),
            lambda g, d: -d * g,
            lambda g, d: -d * g - 0.7 / 2 * (abs(d) - 1.5) ** 2,
        ),
        (games.dirac_r1(0.3), gan_value, lambda g, d: gan_value(g, d) - 0.3 / 2 * d**2),
        (games.dirac_instance_noise(0.6), noisy_value, noisy_value),
        (
            games.dirac_consensus(0.4),
            lambda g, d: gan_value(g, d) + consensus(g, d),
            lambda g, d: gan_value(g, d) - consensus(g, d),
        ),
    ],
)
@pytest.mark.parametrize(("g", "d"), [(0.7, 1.2), (-1.5, 0.4), (1.1, -2.0), (-0.3, -0.8), (2, 0.1)])
def test_players_of_a_dirac_gan_follow_their_gradients(game, minimised, maximised, g, d):
    h = 1e-4
    by_g = (minimised(g + h, d) - minimised(g - h, d)) / (2 * h)
    by_d = (maximised(g, d + h) - maximised(g, d - h)) / (2 * h)
    assert game.generator(g, d) == pytest.approx(-by_g, abs=1e-6)
    assert game.discriminator(g, d) == pytest.approx(by_d, abs=1e-6)
    assert game.best is None


# The finite game

P = np.array([0.5, 0.3, 0.15, 0.05])


@pytest.mark.parametrize("cost", [minimax_cost, nonsaturating_cost])
def test_players_of_the_finite_game_follow_their_gradients(cost):
    game, states = finite_game(P, cost), np.random.default_rng(0).normal(size=(2, 5, 4))

    def minimised(g, d):
        return softmax(g) @ (np.log(1 - expit(d)) if cost is minimax_cost else -np.log(expit(d)))

    def maximised(g, d):
        return P @ np.log(expit(d)) + softmax(g) @ np.log(1 - expit(d))

    by_g, by_d = np.zeros((2, 5, 4))
    for (i, j), shift in zip(np.ndindex(5, 4), [*(1e-5 * np.eye(4))] * 5, strict=True):
        g, d = states[:, i]
        by_g[i, j] = (minimised(g + shift, d) - minimised(g - shift, d)) / 2e-5
        by_d[i, j] = (maximised(g, d + shift) - maximised(g, d - shift)) / 2e-5
    np.testing.assert_allclose(game.generator(*states), -by_g, atol=1e-8)
    np.testing.assert_allclose(game.discriminator(*states), by_d, atol=1e-8)


def test_finite_games_with_different_data_are_played_at_once():
    p, (g, d) = np.stack([P, P[::-1]]), np.random.default_rng(1).normal(size=(2, 2, 4))
    many = play(finite_game(p), g, d, best_response, steps=5)
    many += play(finite_game(p), g, d, alternating(), steps=5)
    for i in range(2):
        one = play(finite_game(p[i]), g[i], d[i], best_response, steps=5)
        one += play(finite_game(p[i]), g[i], d[i], alternating(), steps=5)
        np.testing.assert_allclose([player[:, i] for player in many], one, rtol=1e-12)


def test_the_best_discriminator_of_the_finite_game():
    game = finite_game([0.5, 0.5, 0.0])
    g = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 5.0], [-900.0, 0.0, -900.0]])
    best = game.best(g)
    np.testing.assert_allclose(best[0], [np.log(1.5), np.log(1.5), -30])
    np.testing.assert_array_equal(best[2], [30, np.log(0.5), -30])  # no mass left to take a log of
    np.testing.assert_allclose(game.discriminator(g, best), 0, atol=1e-12)


@pytest.mark.parametrize("cost", [minimax_cost, nonsaturating_cost])
@pytest.mark.parametrize(
    "method", [best_response, alternating("dg"), alternating("dddg"), simultaneous, extragradient]
)
def test_g_learns_the_frequencies_and_leaves_what_is_not_data(cost, method):
    starts = np.array([[0.0, 1, -1, 2], [3, 0, 0, 0]])
    g, _ = play(finite_game(P, cost), starts, 0.5 * starts, method, step=1.0, steps=2500)
    np.testing.assert_allclose(softmax(g[-1], axis=-1), [P, P], atol=1e-6)
    p, start = np.array([0.5, 0.4, 0.1, 0.0]), np.zeros(4)
    g, _ = play(finite_game(p, cost), start, start, method, step=1.0, steps=2500)
    q = softmax(g, axis=-1)
    assert abs(q[-1] - p).sum() / 2 < 2e-3
    assert q[-1, 3] < 1e-3 < q[0, 3]


def test_eigenvalues_of_the_finite_game():
    """Two equal points: with u = g_1 - g_2, v = d_1 - d_2: u' = v / 4, v' = -(u + v) / 4."""
    found = eigenvalues(finite_game([0.5, 0.5]), np.zeros(2), np.zeros(2))
    assert_eigenvalues(found, [0, -1 / 4, *both(-1 / 8, -3 / 64)])


@pytest.mark.parametrize("cost", [minimax_cost, nonsaturating_cost])
@pytest.mark.parametrize("point", range(4))
def test_an_undersampled_point_is_pulled_up_and_no_other(cost, point):
    q = np.where(np.arange(4) == point, P / 4, P)
    g, game = np.log(q / q.sum()), finite_game(P, cost)
    direction = game.generator(g, game.best(g))
    assert np.flatnonzero(direction > 0).tolist() == [point]
    after = softmax(best_response(game, g, None, 0.01)[0])
    assert softmax(g)[point] < after[point] < P[point]


def test_a_perfect_discriminator_silences_the_minimax_cost_only():
    """Two bumps that all but never meet: log p - log q is steep, but D is 0 wherever G is."""
    x = np.arange(10.0)
    p, q = softmax(-((x - 7) ** 2)), -((x - 2) ** 2)
    d = finite_game(p).best(q)
    assert expit(d) @ softmax(q) < 1e-3
    assert expit(-d) @ p < 1e-3
    saturating = finite_game(p).generator(q, d)
    nonsaturating = finite_game(p, nonsaturating_cost).generator(q, d)
    assert abs(saturating).max() < 2e-3
    assert abs(nonsaturating).max() > 1
    assert nonsaturating[3] > 1  # the side of G's bump that faces the data


def test_slopes_of_the_costs():
    logit, h = np.linspace(-8, 8, 33), 1e-5
    for cost, slope in [(minimax_cost, -expit(logit)), (nonsaturating_cost, expit(logit) - 1)]:
        found = (cost(logit + h) - cost(logit - h)) / (2 * h)
        np.testing.assert_allclose(found, slope, atol=1e-9)
    np.testing.assert_array_equal(minimax_cost([-1000.0, 0.0, 1000.0]), [0, -LOG_2, -1000])
    np.testing.assert_array_equal(nonsaturating_cost([-1000.0, 0.0, 1000.0]), [1000, LOG_2, 0])


# Bad input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: generator_density([1.0], [0, 1]), r"x has shape \(1,\); wanted"),
        (lambda: generator_density(1.0, [0, 1]), r"x has shape \(\); wanted"),
        (lambda: generator_density([1.0, 2.0], [0]), r"edges has shape \(1,\)"),
        (lambda: generator_density([1.0, 2.0], [0, 1, 1]), "increasing"),
        (cells, r"sides=\(\): wanted one or two pairs"),
        (lambda: cells(0, 1), r"sides=\(0, 1\): wanted one or two pairs"),
        (lambda: cells((1, 0)), "low < high"),
        (lambda: cells((0, np.inf)), "finite"),
        (lambda: cells((0, 1), (0, 1), (0, 1)), "one or two"),
        (lambda: cells((0, 1), n=0), "n=0: wanted a whole number, at least 1"),
        (lambda: cells((0, 1), n=2.5), "n=2.5: wanted"),
        (
            lambda: wasserstein([1.0, 0.0], [0, 0], [0, 0]),
            r"\(2,\); wanted \(points,\), finite and increasing",
        ),
        (lambda: wasserstein([np.nan], [0], [0]), "wanted .points,., finite and increasing"),
        (lambda: wasserstein([[0, 1], [2, 3]], [0, 0], [0, 0]), r"x has shape \(2, 2\)"),
        (lambda: alternating(""), "order='': wanted letters d and g"),
        (lambda: alternating("DG"), "order='DG': wanted"),
        (lambda: best_response(games.dirac_gan(), 1.0, 1.0, 0.1), "no best discriminator"),
        (lambda: eigenvalues(games.dirac_gan(), 0, 0, simultaneous), "step=None: wanted a step"),
        (lambda: eigenvalues(games.dirac_gan(), 0, 0, step=0.1), "step=0.1: wanted a step"),
        (lambda: eigenvalues(games.dirac_gan(), 0, [0, 0]), r"d \(2,\): wanted the same"),
        (lambda: play(games.dirac_gan(), 1, 1, steps=-1), "steps"),
        (lambda: finite_game([0.5, 0.6]), r"p has shape \(2,\), .* total 1.1: wanted"),
        (lambda: finite_game([[0.5, 0.5], [1.0, 1.0]]), "of sum 1"),
        (lambda: finite_game([1.5, -0.5]), "least entry -0.5, total 1: wanted .* none below 0"),
        (lambda: finite_game(1.0), r"p has shape \(\), .* wanted"),
        (lambda: finite_game([np.nan, 1.0]), "total nan: wanted"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_way_of_playing_without_its_order_is_named():
    with pytest.raises(TypeError, match=r"wanted alternating\(\)"):
        play(games.dirac_gan(), 1.0, 1.0, alternating)


def test_a_number_beside_several_is_that_number_for_each():
    g, d = games.play(games.dirac_gan(), np.zeros(4), 1.0, steps=3)
    alone = games.play(games.dirac_gan(), 0.0, 1.0, steps=3)
    assert g.shape == d.shape == (4, 4)
    assert (g == alone[0][:, None]).all() and (d == alone[1][:, None]).all()
