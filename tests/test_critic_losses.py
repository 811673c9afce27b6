"""Losses of bare outputs and of pairs, against NumPy in float64 written out in another way."""

import numpy as np
import pytest
from scipy.special import expit

from ganlab import losses
from ganlab.backend import tf

# Unequal in values, so that nothing can be confused with anything else.
REAL = np.array([2.0, -1.0, 1.0, 0.5], "float32")
FAKE = np.array([-0.5, 1.5, 3.0, -1.0], "float32")
NAMES = ["wasserstein", "hinge", "relativistic", "relativistic_average"]


def generator(name, real, fake):
    pair = getattr(losses, name)
    return pair.generator(*([real, fake] if pair.relative else [fake]))


def slopes(loss, *logits):
    logits = [tf.constant(values, tf.float32) for values in logits]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(*logits)
    return [g.numpy() for g in tape.gradient(value, logits, unconnected_gradients="zero")]


def paired(winners, losers):
    """-E log sigmoid(winner - loser), pair by pair, in float64."""
    terms = [
        np.log(expit(np.float64(w) - np.float64(v))) for w, v in zip(winners, losers, strict=True)
    ]
    return -sum(terms) / len(terms)


def averaged(winners, losers):
    """-E log sigmoid(winner - E loser) - E log(1 - sigmoid(loser - E winner)), one by one."""
    total = 0.0
    for i in range(len(winners)):
        beaten = sum(float(losers[j]) for j in range(len(losers))) / len(losers)
        beating = sum(float(winners[j]) for j in range(len(winners))) / len(winners)
        total -= np.log(expit(winners[i] - beaten)) / len(winners)
        total -= np.log(1.0 - expit(losers[i] - beating)) / len(losers)
    return total


# Values -------------------------------------------------------------------------------------


def test_fixed_vectors_give_what_a_hand_finds():
    """Means 0.625 and 0.75; 1 - real is -1, 2, 0, 0.5 and 1 + fake is 0.5, 2.5, 4, 0."""
    np.testing.assert_allclose(losses.wasserstein.discriminator(REAL, FAKE), 0.125, rtol=1e-6)
    np.testing.assert_allclose(losses.wasserstein.generator(FAKE), -0.75, rtol=1e-6)
    np.testing.assert_allclose(losses.hinge.discriminator(REAL, FAKE), 0.625 + 1.75, rtol=1e-6)
    np.testing.assert_allclose(losses.hinge.generator(FAKE), -0.75, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "formula"), [("relativistic", paired), ("relativistic_average", averaged)]
)
def test_relativistic_losses_are_their_formulas(name, formula):
    pair = getattr(losses, name)
    assert pair.relative
    np.testing.assert_allclose(pair.discriminator(REAL, FAKE), formula(REAL, FAKE), rtol=1e-6)
    np.testing.assert_allclose(pair.generator(REAL, FAKE), formula(FAKE, REAL), rtol=1e-6)
    assert abs(formula(REAL, FAKE) - formula(FAKE, REAL)) > 0.1


def test_the_order_of_a_batch_counts_only_in_pairs():
    turned = np.roll(FAKE, 1)
    for name in NAMES:
        d_loss = getattr(losses, name).discriminator
        same = np.allclose(d_loss(REAL, FAKE), d_loss(REAL, turned), rtol=1e-5)
        assert same == (name != "relativistic")


def test_scores_are_read_off_bare_outputs_or_logits():
    np.testing.assert_array_equal(losses.wasserstein.score(REAL), REAL)
    for name in ("hinge", "relativistic", "relativistic_average"):
        np.testing.assert_allclose(getattr(losses, name).score(REAL), expit(REAL), rtol=1e-6)
    assert not losses.wasserstein.relative and not losses.hinge.relative


# Slopes -------------------------------------------------------------------------------------


def test_slopes_of_wasserstein_are_the_same_everywhere():
    real, fake = slopes(losses.wasserstein.discriminator, REAL, FAKE)
    np.testing.assert_allclose(real, -np.ones(4) / 4, rtol=1e-6)
    np.testing.assert_allclose(fake, np.ones(4) / 4, rtol=1e-6)
    for name in ("wasserstein", "hinge"):
        (fake,) = slopes(getattr(losses, name).generator, FAKE)
        np.testing.assert_allclose(fake, -np.ones(4) / 4, rtol=1e-6)


def test_slopes_of_hinge_end_at_the_margin():
    real, fake = slopes(losses.hinge.discriminator, [2.0, -1.0, 1.01, 0.99], [-1.01, -0.99, 3, -2])
    np.testing.assert_allclose(real, [0, -0.25, 0, -0.25], rtol=1e-6)
    np.testing.assert_allclose(fake, [0, 0.25, 0.25, 0], rtol=1e-6)


def test_slopes_of_relativistic_losses_in_closed_form():
    """Of -log sigmoid(a - b) it is sigmoid(b - a), down in a and up in b."""
    lost, won = expit(FAKE - REAL) / 4, expit(REAL - FAKE) / 4
    real, fake = slopes(losses.relativistic.discriminator, REAL, FAKE)
    np.testing.assert_allclose(real, -lost, rtol=1e-5)
    np.testing.assert_allclose(fake, lost, rtol=1e-5)
    real, fake = slopes(losses.relativistic.generator, REAL, FAKE)
    np.testing.assert_allclose(real, won, rtol=1e-5)
    np.testing.assert_allclose(fake, -won, rtol=1e-5)


def test_slopes_of_relativistic_averages_go_through_the_means():
    """Each logit enters its own term, and through a mean all terms of the other kind."""

    def closed(high, low):
        short = expit(low.mean() - high)  # 1 - sigmoid(high - E low), of each
        over = expit(low - high.mean())
        return (-short - over.mean()) / 4, (over + short.mean()) / 4

    wanted = closed(REAL, FAKE)
    found = slopes(losses.relativistic_average.discriminator, REAL, FAKE)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    found = slopes(losses.relativistic_average.generator, REAL, FAKE)
    np.testing.assert_allclose(found, closed(FAKE, REAL)[::-1], rtol=1e-5)


# Far out, and side by side ------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_far_out_logits_stay_finite_and_right(name):
    far, pair = 1e4, getattr(losses, name)
    low, high = np.full(2, -far, "float32"), np.full(2, far, "float32")
    best = {"wasserstein": -2 * far, "hinge": 0, "relativistic": 0, "relativistic_average": 0}
    worst = {"wasserstein": 2 * far, "hinge": 2 * (far + 1), "relativistic": 2 * far,
             "relativistic_average": 4 * far}  # fmt: skip
    assert float(pair.discriminator(high, low)) == pytest.approx(best[name])
    assert float(pair.discriminator(low, high)) == pytest.approx(worst[name])
    if pair.relative:
        assert float(pair.generator(low, high)) == 0.0
        assert float(pair.generator(high, low)) == pytest.approx(worst[name])
    mixed = np.array([-far, far, far, -far], "float32")
    for real, fake in ((mixed, -mixed), (mixed, mixed[::-1]), (low, high)):
        for loss in (pair.discriminator, lambda r, f: generator(name, r, f)):
            assert np.isfinite(loss(real, fake))
            assert all(np.isfinite(slope).all() for slope in slopes(loss, real, fake))


@pytest.mark.parametrize("name", NAMES)
def test_leading_axes_are_members_that_do_not_meet(name):
    real, fake = np.float32(np.random.default_rng(0).normal(size=(2, 3, 7)))
    for loss in (getattr(losses, name).discriminator, lambda r, f: generator(name, r, f)):
        found = loss(real, fake)
        assert found.shape == (3,)
        rows = [loss(real[i], fake[i]) for i in range(3)]
        np.testing.assert_allclose(found, rows, rtol=1e-6)
        for slope in slopes(lambda r, f, loss=loss: loss(r, f)[1], real, fake):
            np.testing.assert_array_equal(slope[[0, 2]], 0)


# Features -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_feature_matching_hands_its_base_the_logits_that_it_wants(name):
    base = getattr(losses, name)
    rng = np.random.default_rng(1)
    features = np.float32(rng.normal(size=(2, 4, 3)))
    apart = float(((features[0].mean(0) - features[1].mean(0)) ** 2).sum())
    pair = losses.feature_matching("hidden_2", 0.5, 2.0, base)
    assert (pair.relative, pair.layer, pair.score) == (base.relative, "hidden_2", base.score)
    logits = [REAL, FAKE] if base.relative else [FAKE]
    found = pair.generator(*logits, *features, **pair.scalars)
    wanted = 0.5 * apart + 2.0 * float(generator(name, REAL, FAKE))
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    found = pair.discriminator(REAL, FAKE, **pair.scalars)
    np.testing.assert_array_equal(found, base.discriminator(REAL, FAKE))
