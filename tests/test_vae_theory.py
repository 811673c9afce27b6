"""Autoencoders against what is known: closed forms, probabilistic PCA, entropies, densities."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import bernoulli, multivariate_normal, norm

from ganlab import data, vae
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble
from ganlab.networks import mlp
from ganlab.vae import VaeRun, likelihoods


@pytest.fixture
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


# The divergence -----------------------------------------------------------------------------


@pytest.mark.parametrize("mean, std", [(0.0, 1.0), (0.7, 0.3), (-2.0, 1.6), (0.1, 3.0)])
def test_the_divergence_is_that_of_two_normal_densities(mean, std):
    q, p = norm(mean, std), norm(0, 1)

    def excess(z):
        return q.pdf(z) * (q.logpdf(z) - p.logpdf(z))

    wanted, _ = quad(excess, mean - 12 * std, mean + 12 * std, epsabs=1e-10)
    found = vae.divergence(tf.constant([mean], tf.float64), tf.constant([2 * np.log(std)]))
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-9)


def test_divergences_of_coordinates_add_up():
    mean, std = np.array([0.0, 0.7, -2.0]), np.array([1.0, 0.3, 1.6])
    found = vae.divergence(tf.constant(mean), tf.constant(2 * np.log(std)))
    parts = [
        vae.divergence(tf.constant(mean[i : i + 1]), 2 * np.log(std[i : i + 1])) for i in (1, 2)
    ]
    np.testing.assert_allclose(found, sum(part.numpy() for part in parts), rtol=1e-12)
    # Known: KL(N(4, 0.5) || N(5, 0.5)) = 2, so is that of N(-2, 1) from N(0, 1).
    two = vae.divergence(tf.constant([-2.0]), tf.constant([0.0]))
    np.testing.assert_allclose(two, 2.0, rtol=1e-6)


def test_the_slope_of_the_divergence_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    mean, log_variance = (tf.constant(rng.normal(size=(4, 3))) for _ in range(2))
    with tf.GradientTape() as tape:
        tape.watch([mean, log_variance])
        total = tf.reduce_sum(vae.divergence(mean, log_variance))
    slopes, step = tape.gradient(total, [mean, log_variance]), 1e-5
    for which, slope in enumerate(slopes):
        for place in np.ndindex(4, 3):
            moved = np.zeros((2, 4, 3))
            moved[which][place] = step
            up, down = (
                tf.reduce_sum(vae.divergence(mean + s * moved[0], log_variance + s * moved[1]))
                for s in (1, -1)
            )
            np.testing.assert_allclose(slope[place], (up - down) / (2 * step), rtol=1e-6, atol=1e-9)
    # And in closed form: the mean itself, and (variance - 1) / 2.
    np.testing.assert_allclose(slopes[0], mean)
    np.testing.assert_allclose(slopes[1], 0.5 * (np.exp(log_variance) - 1), rtol=1e-9)


# Likelihoods --------------------------------------------------------------------------------


def test_probabilities_are_those_of_scipy():
    rng = np.random.default_rng(0)
    x, mean, log_variance = rng.normal(size=(3, 2, 5, 3))  # two members, five samples, dim 3
    variance = np.array([0.3, 2.0])
    fixed = vae.gaussian(variance).of_members(2)
    found = fixed.log_probability(tf.constant(mean), tf.constant(x), **fixed.spread(tf.float64))
    wanted = norm(mean, np.sqrt(variance)[:, None, None]).logpdf(x).sum(-1)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)  # scalars are float32
    learned = vae.learned_gaussian(1e-3).of_members(2)
    outputs = tf.constant(np.concatenate([mean, log_variance], -1))
    found = learned.log_probability(outputs, tf.constant(x), **learned.spread(tf.float64))
    np.testing.assert_allclose(found, norm(mean, np.exp(log_variance / 2)).logpdf(x).sum(-1))
    x = rng.integers(2, size=x.shape)
    found = vae.bernoulli.log_probability(tf.constant(mean), tf.constant(x.astype(float)))
    np.testing.assert_allclose(found, bernoulli(1 / (1 + np.exp(-mean))).logpmf(x).sum(-1))


def test_what_is_clipped_moves_back_and_no_further():
    x = tf.constant([-3.0, -1.0, 0.5, 1.0, 3.0, np.nan])
    for sign in (1.0, -1.0):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = likelihoods.clipped(x, -1.0, 1.0)
            slope = sign * tf.reduce_sum(y)
        found = tape.gradient(slope, x).numpy()[:5]
        np.testing.assert_array_equal(y[:5], [-1, -1, 0.5, 1, 1])
        assert np.isnan(y[5])
        # Descent subtracts the slope: from -3 it may only rise, from 3 only fall.
        outside = [0.0, 1.0] if sign > 0 else [-1.0, 0.0]
        np.testing.assert_array_equal(found, [outside[0], sign, sign, sign, outside[1]])


@pytest.mark.usefixtures("uncompiled")
def test_a_likelihood_that_has_no_bound_stops_at_the_least_variance():
    """All data at one point: their best variance is 0, and log p grows like -log(variance) / 2."""
    least = np.array([1e-2, 1e-4])
    run = vae.train_vae(
        mlp((1, 4, 2), "tanh"),
        mlp((1, 4, 2), "tanh"),
        np.full(10, 0.5),
        latent_dim=1,
        likelihood=vae.learned_gaussian(least),
        steps=2000,
        seeds=2,
        batch_size=16,
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-2, 2000)),
        records=20,
    )
    best = -0.5 * np.log(2 * np.pi * least)
    assert (run.elbo < best).all()
    np.testing.assert_allclose(run.elbo[-1], best, atol=0.05)
    found = run.decoders(np.zeros((1, 1)))[:, 0, 1] - np.log(least)
    # Beyond the least only as far as Adam's momentum carries it.
    assert (found < 0.1).all() and (found > -4).all()


# The entropy of the data --------------------------------------------------------------------

ADAM = keras.optimizers.schedules.CosineDecay(1e-2, 3000)


@pytest.mark.parametrize(
    "target, sizes, minus_entropy, at_least",
    [
        (data.Gaussian(4.0, 0.5), (8,), -0.72579, -0.75),
        (data.ring(8, std=0.01), (64,), 4.29302, 1.0),
    ],
    ids=["N(4, 0.5)", "ring"],
)
def test_no_bound_lies_above_minus_the_entropy_of_the_data(target, sizes, minus_entropy, at_least):
    """And each is near enough for a wrong constant, or a divergence that is left out, to show."""
    dim = target.dim
    run = vae.train_vae(
        mlp((dim, *sizes, 2 * dim), "tanh"),
        mlp((dim, *sizes, 2 * dim), "tanh"),
        target,
        latent_dim=dim,
        likelihood=vae.learned_gaussian(1e-5),
        steps=3000,
        seeds=4,
        optimizer=keras.optimizers.Adam(ADAM),
        records=30,
    )
    x = target.sample(10_000, np.random.default_rng(1))
    exact = target.log_density(x)
    np.testing.assert_allclose(exact.mean(), minus_entropy, atol=4 * exact.std() / 100)
    bounds = vae.log_likelihood_bound(run, x, draws=10)
    for found in bounds:
        # By how much each lies above log p(x): the mean of that has the smaller error.
        above = found - exact
        error = above.std(axis=1) / np.sqrt(len(x))
        assert (above.mean(axis=1) < 4 * error).all()
    assert bounds.elbo.mean(axis=1).max() > at_least
    # Records are means over 100 steps of 64 samples.
    assert (run.elbo < minus_entropy + 5 * exact.std() / 80).all()


# Probabilistic PCA --------------------------------------------------------------------------

VARIANCES = np.array([4.0, 2.0, 0.5, 0.25])  # along the principal axes
AXES = np.linalg.qr(np.random.default_rng(5).normal(size=(4, 4)))[0]
COVARIANCE = AXES * VARIANCES @ AXES.T
CENTER = np.array([1.0, -1.0, 0.5, 0.0])


def best_of_two_axes(variance):
    """The expected log likelihood of the best linear model with two latents and this variance,
    Tipping and Bishop 1999: an axis is modelled where the data vary more than the noise does."""
    modelled = np.full(4, variance)
    modelled[:2] = np.maximum(VARIANCES[:2], variance)
    return -0.5 * np.sum(np.log(2 * np.pi * modelled) + VARIANCES / modelled)


def expected_log_likelihood(kernel, bias, variance):
    """That of x = kernel^T z + bias + noise, in closed form, over N(CENTER, COVARIANCE)."""
    modelled = kernel.T @ kernel + variance * np.eye(4)
    away = COVARIANCE + np.outer(CENTER - bias, CENTER - bias)
    _, log_determinant = np.linalg.slogdet(2 * np.pi * modelled)
    return -0.5 * (log_determinant + np.trace(np.linalg.solve(modelled, away)))


def points_of_these_moments(n):
    """x (n, 4) whose mean and covariance are exactly CENTER and COVARIANCE."""
    z = np.random.default_rng(6).normal(size=(n, 4))
    z -= z.mean(axis=0)
    z = z @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T, bias=True))).T
    return CENTER + z * np.sqrt(VARIANCES) @ AXES.T


def linear(decoder_outputs, likelihood, real, seeds, latent_dim=2, steps=4000):
    schedule = keras.optimizers.schedules.CosineDecay(2e-2, steps)
    small = keras.initializers.RandomNormal(stddev=0.1)
    return vae.train_vae(
        mlp((4, 2 * latent_dim), kernel=small),
        mlp((latent_dim, decoder_outputs), kernel=small),
        real,
        latent_dim=latent_dim,
        likelihood=likelihood,
        steps=steps,
        seeds=seeds,
        batch_size=128,
        optimizer=keras.optimizers.Adam(schedule),
        records=1,
    )


@pytest.fixture(scope="module")
def principal():
    """Six linear models with six variances of the noise, of which the third is the best."""
    ml = VARIANCES[2:].mean()  # sigma^2 of Tipping and Bishop: the mean of what is left over
    variance = np.array([0.1, 0.25, ml, 0.6, 1.0, 3.0])
    real = data.GaussianMixture([CENTER], COVARIANCE)
    return linear(4, vae.gaussian(variance), real, 6), variance


def test_a_linear_model_reaches_the_likelihood_of_probabilistic_pca(principal):
    run, variance = principal
    best = np.array([best_of_two_axes(v) for v in variance])
    kernel, bias = run.decoders.weights
    models = zip(kernel, bias, variance, strict=True)
    reached = np.array([expected_log_likelihood(*model) for model in models])
    assert (reached < best + 1e-6).all()
    np.testing.assert_allclose(reached, best, atol=0.01)
    assert reached.argmax() == 2
    bounds = vae.log_likelihood_bound(run, points_of_these_moments(2000), draws=50)
    for found in bounds:
        error = found.std(axis=1) / np.sqrt(2000 * 50)
        assert (found.mean(axis=1) < reached + 5 * error).all()
        np.testing.assert_allclose(found.mean(axis=1), best, atol=0.02)


def test_a_linear_model_finds_the_principal_axes_and_their_variances(principal):
    run, variance = principal
    kernel, bias = run.decoders.weights
    for i, v in enumerate(variance):
        _, size, axes = np.linalg.svd(kernel[i], full_matrices=False)
        explained = np.maximum(VARIANCES[:2] - v, 0)
        np.testing.assert_allclose(size**2, explained, rtol=0.06, atol=0.02)
        found = np.abs(axes @ AXES)[:, :2].diagonal()[explained > 0]
        assert (found > 0.995).all()  # the cosine of the angle to the principal axis
    np.testing.assert_allclose(bias, [CENTER] * 6, atol=0.06)


def test_a_linear_encoder_finds_the_posterior(principal):
    """Its variances along the axes are noise / (variance of the data), or 1 where z says nothing;
    its divergence is the information about z, half the log of what they are divided by."""
    run, variance = principal
    _, std = run.encode(np.tile(CENTER, (1, 1)))
    for i, v in enumerate(variance):
        wanted = np.sort(np.minimum(v / VARIANCES[:2], 1.0))
        np.testing.assert_allclose(np.sort(std[i, 0] ** 2), wanted, rtol=0.1)
    information = [0.5 * np.log(np.maximum(VARIANCES[:2] / v, 1)).sum() for v in variance]
    mean, std = run.encode(points_of_these_moments(2000))
    kl = vae.divergence(tf.constant(mean), tf.constant(2 * np.log(std))).numpy().mean(axis=1)
    np.testing.assert_allclose(kl, information, atol=0.05)


def test_learned_variances_are_those_of_the_noise():
    """Data of one factor and noise of another variance in each number: then no model is better
    than the truth, whose noise does not depend on z. (Two factors of four numbers would leave
    the variances undetermined.)"""
    factor, noise = np.array([1.0, -1.5, 1.0, 0.5]), np.array([0.2, 0.4, 0.6, 0.3])
    real = data.GaussianMixture([CENTER], np.outer(factor, factor) + np.diag(noise))
    run = linear(8, vae.learned_gaussian(), real, 2, latent_dim=1)
    x = real.sample(5000, np.random.default_rng(0))
    above = vae.log_likelihood_bound(run, x, draws=20).elbo - real.log_density(x)
    assert (above.mean(axis=1) < 4 * above.std(axis=1) / np.sqrt(len(x))).all()
    assert (above.mean(axis=1) > -0.03).all()
    found = np.exp(run.decoders(run.encode(x)[0])[..., 4:].mean(axis=1))
    np.testing.assert_allclose(found, [noise, noise], rtol=0.12)


# Bounds on the likelihood -------------------------------------------------------------------


def by_hand(encoder, decoder, variance):
    """A run of one linear model: `encoder` and `decoder` are (kernel, bias)."""
    networks = []
    for sizes, weights in (((3, 4), encoder), ((2, 3), decoder)):
        stacked = [np.asarray(weight, "float32")[None] for weight in weights]
        networks.append(Ensemble(mlp(sizes), [0], stacked))
    records = {name: np.zeros((1, 1)) for name in VaeRun.quantities}
    records |= {"steps": [0], "samples": np.zeros((1, 1, 0, 3))}
    return VaeRun(records, [0], {}, *networks, vae.gaussian(variance))


KERNEL, BIAS = np.array([[0.8, 0.4, -0.4], [-0.4, 0.8, 0.0]]), np.array([0.5, 0.0, -1.0])
NOISE = 0.3


def exact_and_posterior():
    """The exact density of KERNEL^T z + BIAS + noise, and the (kernel, bias) of an encoder that
    gives the mean of the exact posterior, and its variances."""
    exact = multivariate_normal(BIAS, KERNEL.T @ KERNEL + NOISE * np.eye(3))
    precision = np.eye(2) + KERNEL @ KERNEL.T / NOISE
    mean = KERNEL.T @ np.linalg.inv(precision) / NOISE
    kernel = np.concatenate([mean, np.zeros((3, 2))], axis=1)
    log_variance = np.log(np.linalg.inv(precision).diagonal())
    return exact, (kernel, np.concatenate([-BIAS @ mean, log_variance])), precision


def test_with_the_exact_posterior_every_bound_is_the_exact_log_likelihood():
    """The rows of KERNEL are orthogonal, so that the posterior's coordinates are independent."""
    exact, encoder, precision = exact_and_posterior()
    np.testing.assert_allclose(precision[0, 1], 0, atol=1e-12)
    x = exact.rvs(200, random_state=0)
    run = by_hand(encoder, (KERNEL, BIAS), NOISE)
    for draws in (1, 7):
        found = vae.log_likelihood_bound(run, x, draws)
        # Every weight is p(x), whatever z is drawn: no sampling error at all.
        wanted = exact.logpdf(x.astype("float32"))
        np.testing.assert_allclose(found.importance_weighted[0], wanted, atol=2e-5)
    elbo = vae.log_likelihood_bound(run, x, 2000).elbo[0] - wanted
    assert abs(elbo.mean()) < 4 * elbo.std() / np.sqrt(200)


def test_the_importance_weighted_bound_rises_to_the_exact_log_likelihood():
    """With a poor encoder: the mean is off, the variances are too large."""
    exact, (kernel, bias), _ = exact_and_posterior()
    poor = (0.7 * kernel, bias + [0.2, -0.2, 0.8, 0.8])
    run = by_hand(poor, (KERNEL, BIAS), NOISE)
    x = exact.rvs(4000, random_state=1).astype("float32")
    counts, wanted = (1, 4, 16, 64, 1024), exact.logpdf(x)
    found = [vae.log_likelihood_bound(run, x, k, rng=k) for k in counts]
    gaps = np.array([bound.importance_weighted[0] - wanted for bound in found])
    errors = gaps.std(axis=1) / np.sqrt(len(x))
    assert gaps[0].mean() < -0.3  # there is something to rise
    steps = np.diff(gaps.mean(axis=1))
    assert (steps > 3 * np.hypot(errors[1:], errors[:-1])[: len(steps)])[:3].all()
    assert steps[3] > -3 * np.hypot(errors[3], errors[4])
    assert (gaps.mean(axis=1) < 4 * errors).all()
    assert abs(gaps[-1].mean()) < 0.003
    for bound in found:  # the ELBO is the same in expectation, however many draws estimate it
        less = bound.elbo[0] - wanted
        error = less.std() / np.sqrt(len(x))
        assert abs(less.mean() - gaps[0].mean()) < 4 * np.hypot(error, errors[0])
        assert less.mean() < bound.importance_weighted[0].mean() - wanted.mean() + 4 * error


def test_the_elbo_of_a_linear_model_is_its_closed_form():
    """E log p(x|z) over q in closed form, minus the divergence."""
    exact, (kernel, bias), _ = exact_and_posterior()
    kernel, bias = 0.7 * kernel, bias + [0.2, -0.2, 0.8, 0.8]
    x = exact.rvs(50, random_state=1).astype("float32")
    mean, log_variance = np.split(x @ kernel + bias, 2, axis=1)
    variance = np.exp(log_variance)
    spread = variance @ (KERNEL**2).sum(axis=1)
    squared = np.sum((x - mean @ KERNEL - BIAS) ** 2, axis=1) + spread
    reconstruction = -0.5 * (squared / NOISE + 3 * np.log(2 * np.pi * NOISE))
    divergence = 0.5 * np.sum(mean**2 + variance - log_variance - 1, axis=1)
    found = vae.log_likelihood_bound(by_hand((kernel, bias), (KERNEL, BIAS), NOISE), x, 20_000)
    np.testing.assert_allclose(found.elbo[0], reconstruction - divergence, atol=0.1)
    np.testing.assert_allclose(found.elbo.mean(), (reconstruction - divergence).mean(), atol=0.01)


def test_a_bernoulli_bound_approaches_the_exact_probability():
    """All four pictures of two pixels, their probabilities by summing over a grid of z."""
    bits, zero = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.zeros
    networks = [
        Ensemble(mlp(sizes), [0], [np.asarray(w, "float32")[None] for w in weights])
        for sizes, weights in (
            ((2, 2), (zero((2, 2)), zero(2))),  # q(z|x) = p(z)
            ((1, 2), ([[2.0, -1.0]], [0.5, 0.3])),
        )
    ]
    records = {name: zero((1, 1)) for name in VaeRun.quantities}
    records |= {"steps": [0], "samples": zero((1, 1, 0, 2))}
    run = VaeRun(records, [0], {}, *networks, vae.bernoulli)
    z = np.linspace(-8, 8, 4001)
    share = 1 / (1 + np.exp(-(z[:, None] * [2.0, -1.0] + [0.5, 0.3])))
    each = np.prod(np.where(bits[:, None] == 1, share, 1 - share), axis=-1)
    wanted = each @ norm.pdf(z) * (z[1] - z[0])
    np.testing.assert_allclose(wanted.sum(), 1)
    found = vae.log_likelihood_bound(run, bits, draws=100_000)
    np.testing.assert_allclose(found.importance_weighted[0], np.log(wanted), atol=0.02)
    assert (found.elbo[0] < np.log(wanted) - 0.05).all()


def test_many_points_are_taken_a_few_at_a_time(monkeypatch):
    exact, encoder, _ = exact_and_posterior()
    run, x = by_hand(encoder, (KERNEL, BIAS), NOISE), exact.rvs(50, random_state=0)
    whole, sizes = vae.log_likelihood_bound(run, x, 9), []
    original = vae.bounds._log_probability
    monkeypatch.setattr(vae.bounds, "_POINTS", 30)
    monkeypatch.setattr(
        vae.bounds,
        "_log_probability",
        lambda run, z, x: sizes.append(z.shape[1] * z.shape[2]) or original(run, z, x),
    )
    few = vae.log_likelihood_bound(run, x, 9)
    assert max(sizes) <= 30 and sum(sizes) == 9 * 50
    np.testing.assert_allclose(few.importance_weighted, whole.importance_weighted, atol=2e-5)
    assert few.elbo.shape == whole.elbo.shape == (1, 50)
    with pytest.raises(ValueError, match=r"\Adraws=0: wanted a whole number, at least 1\Z"):
        vae.log_likelihood_bound(run, x, 0)
