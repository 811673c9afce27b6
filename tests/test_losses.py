"""Loss pairs against numbers worked out elsewhere, to 30 digits, from the explicit formulas."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, logit
from scipy.stats import norm

from ganlab import losses
from ganlab.backend import tf

# Unequal in values and in number, so that nothing can be confused with anything else.
REAL = np.array([2.0, -1.0, 1.0, 0.5], "float32")
FAKE = np.array([-0.5, 1.5, 3.0, -1.0, 0.25], "float32")
TARGETS = np.array([0.1, 0.7, 0.0, 1.0, 0.4], "float32")
# (discriminator's loss, generator's loss, discriminator's loss with real and fake swapped)
KNOWN = {
    "minimax": (1.8295378367916147, -1.2726557442267335, 1.8045378367916147),
    "nonsaturating": (1.8295378367916147, 0.6226557442267335, 1.8045378367916147),
    "least_squares": (1.9125, 1.10625, 1.8875),
}
NAMES = sorted(KNOWN)


def numbers(*values):
    return [np.asarray(value, "float32") for value in values]


def gradient(loss, *arguments):
    """The loss's gradients with respect to each argument."""
    arguments = [tf.constant(argument) for argument in numbers(*arguments)]
    with tf.GradientTape() as tape:
        tape.watch(arguments)
        value = loss(*arguments)
    return [g.numpy() for g in tape.gradient(value, arguments)]


# Values -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_fixed_unequal_vectors_give_the_known_numbers(name):
    pair, (d_loss, g_loss, swapped) = getattr(losses, name), KNOWN[name]
    np.testing.assert_allclose(pair.discriminator(REAL, FAKE), d_loss, rtol=1e-6)
    np.testing.assert_allclose(pair.generator(FAKE), g_loss, rtol=1e-6)
    np.testing.assert_allclose(pair.discriminator(FAKE, REAL), swapped, rtol=1e-6)


def test_bounded_losses_give_the_known_numbers():
    # low bites at D(-1) = 0.27 and high at D(2) = 0.88, D(1.5) = 0.82 and D(3) = 0.95.
    pair = losses.bounded(0.3, 0.8)
    d_loss = pair.discriminator(REAL, FAKE, **pair.scalars)
    np.testing.assert_allclose(d_loss, 1.3578584968804278, rtol=1e-6)
    np.testing.assert_allclose(pair.generator(FAKE, **pair.scalars), 0.6400552622026612, rtol=1e-6)
    pair = losses.bounded(0.4)
    d_loss = pair.discriminator(REAL, FAKE, **pair.scalars)
    np.testing.assert_allclose(d_loss, 1.1468112647189609, rtol=1e-6)
    np.testing.assert_allclose(pair.generator(FAKE, **pair.scalars), 0.5317043026367297, rtol=1e-6)


def test_pretraining_losses_give_the_known_numbers():
    np.testing.assert_allclose(losses.squared_error(FAKE, TARGETS), 0.311799582041747, rtol=1e-6)
    np.testing.assert_allclose(losses.cross_entropy(FAKE, TARGETS), 1.252655744226734, rtol=1e-6)


def test_at_the_optimum_the_value_is_that_of_theory():
    undecided = np.zeros(3, "float32")
    for pair in (losses.minimax, losses.nonsaturating):
        d_loss = float(pair.discriminator(undecided, undecided))
        assert d_loss == pytest.approx(2 * math.log(2), rel=1e-6)
        assert pair.score(undecided).numpy() == pytest.approx(0.5)
    assert float(losses.nonsaturating.generator(undecided)) == pytest.approx(math.log(2), rel=1e-6)
    assert float(losses.minimax.generator(undecided)) == pytest.approx(-math.log(2), rel=1e-6)
    half = np.full(3, 0.5, "float32")
    assert float(losses.least_squares.discriminator(half, half)) == pytest.approx(0.25)
    assert float(losses.least_squares.generator(half)) == pytest.approx(0.125)


@pytest.mark.parametrize(
    "mean, std, value", [(5.0, 0.5, -0.712633), (4.0, 0.25, -1.200828), (0.0, 1.0, -0.022551)]
)
def test_the_optimal_discriminator_loses_what_theory_says(mean, std, value):
    """V(D*) of N(4, 0.5) against N(mean, std): the loss at the logits log p - log q."""
    p, q = norm(4.0, 0.5), norm(mean, std)
    u = (np.arange(20_000) + 0.5) / 20_000  # quantiles in place of random points
    real, fake = (p.logpdf(x) - q.logpdf(x) for x in (p.ppf(u), q.ppf(u)))
    d_loss = losses.nonsaturating.discriminator(*numbers(real, fake))
    assert float(d_loss) == pytest.approx(-value, abs=1e-4)


def test_the_score_of_a_logit():
    for pair in (losses.minimax, losses.nonsaturating, losses.bounded()):
        np.testing.assert_allclose(pair.score(REAL), expit(REAL), rtol=1e-6)
    np.testing.assert_array_equal(losses.least_squares.score(REAL), REAL)


@pytest.mark.parametrize("label", [0.9, 0.6])
@pytest.mark.parametrize(("p", "q"), [(0.3, 0.3), (0.7, 0.1), (0.05, 0.6)])
def test_smoothed_labels_move_the_best_discriminator(label, p, q):
    """D* = label p / (p + q): there, and nowhere else, the loss at a point has no slope."""
    best = logit(label * p / (p + q))

    def slope(at):
        at = tf.constant([at], "float32")
        with tf.GradientTape() as tape:
            tape.watch(at)
            unseen = tf.constant([0.0])
            both = losses.smoothed(label).discriminator
            nothing = both(unseen, unseen, label)
            real, fake = (both(*pair, label) for pair in ((at, unseen), (unseen, at)))
            loss = p * real + q * fake - (p + q) * nothing / 2
        return float(tape.gradient(loss, at)[0])

    assert slope(best) == pytest.approx(0, abs=1e-6)
    assert slope(best - 0.5) < 0 < slope(best + 0.5)


def test_a_label_of_one_smooths_nothing_and_g_is_never_smoothed():
    plain, none = losses.nonsaturating, losses.smoothed(1.0)
    d_loss = none.discriminator(REAL, FAKE, **none.scalars)
    np.testing.assert_allclose(d_loss, plain.discriminator(REAL, FAKE), rtol=1e-6)
    some = losses.smoothed(0.9)
    np.testing.assert_allclose(some.generator(FAKE, **some.scalars), plain.generator(FAKE))
    # 0.1 of every real label goes from log D to log(1 - D), which costs 0.1 times the mean logit
    d_loss = some.discriminator(REAL, FAKE, **some.scalars)
    wanted = plain.discriminator(REAL, FAKE) + 0.1 * REAL.mean()
    np.testing.assert_allclose(d_loss, wanted, rtol=1e-6)
    np.testing.assert_array_equal(losses.smoothed([0.9, 0.8]).scalars["real_label"], [0.9, 0.8])


@pytest.mark.parametrize("label", [0.0, 1.1, [0.9, -0.1], np.nan])
def test_a_label_that_is_no_probability_is_refused(label):
    with pytest.raises(ValueError, match="wanted above 0 and at most 1"):
        losses.smoothed(label)


def test_a_clamped_tanh_gives_the_known_numbers_and_nothing_beyond_the_clamp():
    """D = tanh of -2, 0.5, 3, cut to [0.01, 0.99]: 0.01, 0.462117157, 0.99."""
    real, fake = numbers([0.5, 3.0], [-2.0, 0.5])
    D = [0.01, 0.46211715726, 0.99]
    np.testing.assert_allclose(losses.clamped.score([-2.0, 0.5, 3.0]), D, rtol=1e-6)
    d_loss = -math.log(D[1]) / 2 - math.log(D[2]) / 2 - math.log(0.99) / 2 - math.log(1 - D[1]) / 2
    np.testing.assert_allclose(losses.clamped.discriminator(real, fake), d_loss, rtol=1e-5)
    g_loss = -math.log(0.01) / 2 - math.log(D[1]) / 2
    np.testing.assert_allclose(losses.clamped.generator(fake), g_loss, rtol=1e-5)
    squares = ((math.tanh(-2.0) - 0.25) ** 2 + (D[1] - 0.25) ** 2) / 2
    targets = np.full(2, 0.25, "float32")
    np.testing.assert_allclose(losses.tanh_squared_error(fake, targets), squares, rtol=1e-5)
    outputs = tf.constant([-2.0, 0.5, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        g_loss = losses.clamped.generator(outputs)
    slopes = tape.gradient(g_loss, outputs).numpy()
    np.testing.assert_allclose(slopes, [0, -(1 - D[1] ** 2) / D[1] / 3, 0], rtol=1e-5)


REAL_FEATURES = np.array([[1.0, -2.0], [3.0, 0.5], [-1.0, 0.0], [2.0, 4.0]], "float32")
FAKE_FEATURES = np.array([[0.5, 1.0], [-1.5, 2.0], [0.0, -3.0], [2.0, 0.25]], "float32")


def test_distances_of_features_by_hand():
    # means (1.25, 0.625) and (0.25, 0.0625); differences (0.5, -3), (4.5, -1.5), (-1, 3), (0, 3.75)
    found = losses.feature_distance(REAL_FEATURES, FAKE_FEATURES)
    np.testing.assert_allclose(found, 1.0**2 + 0.5625**2, rtol=1e-6)
    found = losses.paired_feature_distance(REAL_FEATURES, FAKE_FEATURES)
    squares = 0.25 + 9 + 20.25 + 2.25 + 1 + 9 + 0 + 14.0625
    np.testing.assert_allclose(found, math.sqrt(squares), rtol=1e-6)
    # Batches of unequal sizes have means too: (1, -0.5) of the first three, (0.25, 0.0625).
    found = losses.feature_distance(REAL_FEATURES[:3], FAKE_FEATURES)
    np.testing.assert_allclose(found, 0.75**2 + 0.5625**2, rtol=1e-6)


@pytest.mark.parametrize("name", ["feature_distance", "paired_feature_distance"])
def test_distances_of_features_keep_members_apart(name):
    distance = getattr(losses, name)
    rng = np.random.default_rng(2)
    real, fake = numbers(*rng.normal(size=(2, 3, 5, 4)))
    found = distance(real, fake)
    assert found.shape == (3,)
    for i in range(3):
        np.testing.assert_allclose(found[i], distance(real[i], fake[i]), rtol=1e-6)


def test_the_order_of_a_batch_counts_only_in_pairs():
    turned = np.roll(FAKE_FEATURES, 1, axis=0)
    means, pairs = losses.feature_distance, losses.paired_feature_distance
    np.testing.assert_allclose(
        means(REAL_FEATURES, turned), means(REAL_FEATURES, FAKE_FEATURES), rtol=1e-6
    )
    assert abs(pairs(REAL_FEATURES, turned) - pairs(REAL_FEATURES, FAKE_FEATURES)) > 0.1
    both = pairs(np.roll(REAL_FEATURES, 1, axis=0), turned)
    np.testing.assert_allclose(both, pairs(REAL_FEATURES, FAKE_FEATURES), rtol=1e-6)


def test_feature_matching_has_the_discriminator_of_its_base_and_the_distance_for_g():
    apart = 1.0**2 + 0.5625**2  # as above
    features = (REAL_FEATURES, FAKE_FEATURES)
    for base in (losses.nonsaturating, losses.bounded(0.3, 0.8), losses.least_squares):
        d_loss = base.discriminator(REAL, FAKE, **base.scalars)
        g_loss = base.generator(FAKE, **base.scalars)
        cases = (((1.0, 0.0), apart), ((0.5, 1.0), g_loss + 0.5 * apart), ((0.0, 2.0), 2 * g_loss))
        for factors, wanted in cases:
            pair = losses.feature_matching("hidden_2", *factors, base)
            assert (pair.layer, pair.score) == ("hidden_2", base.score)
            found = pair.generator(FAKE, *features, **pair.scalars)
            np.testing.assert_allclose(found, wanted, rtol=1e-6)
            found = pair.discriminator(REAL, FAKE, **pair.scalars)
            np.testing.assert_array_equal(found, d_loss)
    pairs = losses.feature_matching("hidden_1", distance=losses.paired_feature_distance)
    found = pairs.generator(FAKE, *features, **pairs.scalars)
    np.testing.assert_allclose(found, losses.paired_feature_distance(*features))
    assert losses.Losses(None, None).layer is None


def test_the_functions_of_feature_matching_are_the_same_for_equal_calls():
    """A program is keyed by them: the layer, the weight and the base's numbers are no part."""
    matching = losses.feature_matching
    assert matching("hidden_1")[:3] == matching("hidden_2")[:3]
    assert matching("hidden_1", 0.5)[:3] == matching("hidden_1", [1.0, 2.0])[:3]
    assert matching("hidden_1", usual=1.0)[:3] == matching("hidden_1")[:3]
    smooth = [matching("hidden_1", 2.0, base=losses.smoothed(label)) for label in (0.8, 0.9)]
    assert smooth[0][:3] == smooth[1][:3]
    assert smooth[1].scalars == {"real_label": 0.9, "weight": 2.0, "usual": 0.0}
    others = [
        matching("hidden_1"),
        matching("hidden_1", base=losses.minimax),
        matching("hidden_1", distance=losses.paired_feature_distance),
    ]
    assert len({other[:3] for other in others}) == 3


def test_the_bounds_of_the_sources_are_the_default_and_are_run_time_numbers():
    assert losses.bounded().scalars == {"low": 1e-5, "high": 1.0}
    assert losses.bounded(0.01, 0.99).scalars == {"low": 0.01, "high": 0.99}
    for bounds, told in (
        ((0.9, 0.1), r"^low=0\.9, high=0\.1: wanted low below high$"),
        (([0.1, 0.5], [0.4, 0.5]), r"^low=0\.5, high=0\.5: wanted low below high$"),
        (([0.1, 0.5], 0.5), r"^low=0\.5, high=0\.5: wanted low below high$"),
        ((0.1, 2.0), "^high=2: wanted at most 1"),
    ):
        with pytest.raises(ValueError, match=told):
            losses.bounded(*bounds)
    assert losses.bounded([0.1, 0.5], [0.3, 0.9]).scalars["high"] is not None  # member by member
    # The functions are the same objects, whatever the bounds: a program is keyed by them.
    assert losses.bounded(0.1)[:3] == losses.bounded(0.2, 0.9)[:3]


# Gradients ----------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [-50.0, -3.0, -0.5, 0.0, 2.0, 50.0])
def test_gradients_of_the_generators_are_those_of_theory(at):
    (saturating,) = gradient(losses.minimax.generator, [at])
    (nonsaturating,) = gradient(losses.nonsaturating.generator, [at])
    # -D and -(1 - D), each as an expression that rounds to nothing nowhere.
    np.testing.assert_allclose(saturating, [-1 / (1 + math.exp(-at))], rtol=1e-5)
    np.testing.assert_allclose(nonsaturating, [-1 / (1 + math.exp(at))], rtol=1e-5)


@pytest.mark.parametrize("at", [-50.0, -3.0, 0.0, 2.0, 50.0])
def test_gradients_of_the_discriminator_are_those_of_theory(at):
    real, fake = gradient(losses.nonsaturating.discriminator, [at, 0.0], [at, 0.0, 0.0])
    np.testing.assert_allclose(real[0], -1 / (1 + math.exp(at)) / 2, rtol=1e-5)
    np.testing.assert_allclose(fake[0], 1 / (1 + math.exp(-at)) / 3, rtol=1e-5)


def test_gradients_of_least_squares_are_linear():
    real, fake = gradient(losses.least_squares.discriminator, REAL, FAKE)
    np.testing.assert_allclose(real, (REAL - 1) / 4, rtol=1e-6)
    np.testing.assert_allclose(fake, FAKE / 5, rtol=1e-6)
    np.testing.assert_allclose(
        gradient(losses.least_squares.generator, FAKE)[0], (FAKE - 1) / 5, rtol=1e-6
    )


def test_gradients_of_cross_entropy_are_the_error():
    (found,) = gradient(lambda logits: losses.cross_entropy(logits, TARGETS), FAKE)
    np.testing.assert_allclose(found, (expit(FAKE) - TARGETS) / 5, rtol=1e-5)


def test_gradients_of_distances_are_those_of_theory_and_nothing_at_nothing():
    real, fake = gradient(losses.feature_distance, REAL_FEATURES, FAKE_FEATURES)
    slope = 2 * (REAL_FEATURES.mean(0) - FAKE_FEATURES.mean(0)) / 4
    np.testing.assert_allclose(real, np.tile(slope, (4, 1)), rtol=1e-5)
    np.testing.assert_allclose(fake, np.tile(-slope, (4, 1)), rtol=1e-5)
    real, fake = gradient(losses.paired_feature_distance, REAL_FEATURES, FAKE_FEATURES)
    apart = REAL_FEATURES - FAKE_FEATURES
    np.testing.assert_allclose(real, apart / np.linalg.norm(apart), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(fake, -apart / np.linalg.norm(apart), rtol=1e-5, atol=1e-7)
    # One member is where it should be, the other is not: the first must not spoil the second.
    fake = np.stack([REAL_FEATURES, FAKE_FEATURES])
    for distance in (losses.feature_distance, losses.paired_feature_distance):
        assert distance(REAL_FEATURES, REAL_FEATURES) == 0
        found = gradient(distance, np.stack([REAL_FEATURES] * 2), fake)
        for slopes in found:
            np.testing.assert_array_equal(slopes[0], 0)
            assert np.abs(slopes[1]).max() > 0.1


def test_beyond_a_bound_there_is_no_gradient_and_within_it_the_usual_one():
    low, high = 0.1, 0.9
    at = logit([0.05, 0.0999, 0.11, 0.5, 0.89, 0.901, 0.99])
    inside = np.array([0, 0, 1, 1, 1, 0, 0])
    (found,) = gradient(lambda x: losses.bounded_generator_loss(x, low, high), at)
    np.testing.assert_allclose(found, -inside * (1 - expit(at)) / 7, rtol=1e-5)
    real, fake = gradient(lambda r, f: losses.bounded_discriminator_loss(r, f, low, high), at, at)
    np.testing.assert_allclose(real, -inside * (1 - expit(at)) / 7, rtol=1e-5)
    np.testing.assert_allclose(fake, inside * expit(at) / 7, rtol=1e-5)
    assert np.abs(found).max() > 0.01


# Stability ----------------------------------------------------------------------------------


@pytest.mark.parametrize("far", [1000.0, 1e8])
def test_far_out_logits_stay_finite_and_right(far):
    wrong, right = numbers([-far], [far])
    for pair in (losses.minimax, losses.nonsaturating):
        assert float(pair.discriminator(wrong, right)) == 2 * far
        assert float(pair.discriminator(right, wrong)) == 0.0
    assert float(losses.nonsaturating.generator(wrong)) == far
    assert float(losses.nonsaturating.generator(right)) == 0.0
    assert float(losses.minimax.generator(wrong)) == 0.0
    assert float(losses.minimax.generator(right)) == -far
    assert float(losses.cross_entropy(wrong, np.float32(0.75))) == 0.75 * far
    assert float(losses.cross_entropy(right, np.float32(0.75))) == 0.25 * far
    assert float(losses.squared_error(right, np.float32(0.75))) == 0.0625
    # The floor of aylien2016: -log 1e-5 each.
    floor, pair = -math.log(1e-5), losses.bounded()
    found = float(pair.discriminator(wrong, right, **pair.scalars))
    assert found == pytest.approx(2 * floor, rel=1e-6)
    assert float(pair.generator(wrong, **pair.scalars)) == pytest.approx(floor, rel=1e-6)
    assert float(pair.generator(right, **pair.scalars)) == 0.0


@pytest.mark.parametrize("name", [*NAMES, "bounded"])
def test_gradients_of_far_out_logits_are_finite(name):
    pair = losses.bounded() if name == "bounded" else getattr(losses, name)
    far = np.array([-1000.0, 1000.0], "float32")
    for found in (
        *gradient(lambda r, f: pair.discriminator(r, f, **pair.scalars), far, far),
        *gradient(lambda f: pair.generator(f, **pair.scalars), far),
    ):
        assert np.isfinite(found).all()


# One member and many ------------------------------------------------------------------------


def test_leading_axes_are_members_that_do_not_meet():
    rng = np.random.default_rng(0)
    real, fake, targets = numbers(*rng.normal(size=(2, 3, 7)), rng.random((3, 7)))
    for pair in (losses.minimax, losses.nonsaturating, losses.least_squares):
        d_loss, g_loss = pair.discriminator(real, fake), pair.generator(fake)
        assert d_loss.shape == g_loss.shape == (3,)
        for i in range(3):
            np.testing.assert_allclose(d_loss[i], pair.discriminator(real[i], fake[i]), rtol=1e-6)
            np.testing.assert_allclose(g_loss[i], pair.generator(fake[i]), rtol=1e-6)
    for loss in (losses.squared_error, losses.cross_entropy):
        rows = [loss(fake[i], targets[i]) for i in range(3)]
        np.testing.assert_allclose(loss(fake, targets), rows, rtol=1e-6)


def test_bounds_may_differ_between_members():
    rng = np.random.default_rng(1)
    real, fake = numbers(*rng.normal(size=(2, 3, 7)))
    low, high = numbers([[0.1], [0.3], [1e-5]], [[0.9], [1.0], [0.7]])
    d_loss = losses.bounded_discriminator_loss(real, fake, low, high)
    g_loss = losses.bounded_generator_loss(fake, low, high)
    for i in range(3):
        p, q, bounds = expit(real[i]), expit(fake[i]), (low[i, 0], high[i, 0])
        wanted = -np.log(np.clip(p, *bounds)).mean() - np.log(np.clip(1 - q, *bounds)).mean()
        np.testing.assert_allclose(d_loss[i], wanted, rtol=1e-5)
        np.testing.assert_allclose(g_loss[i], -np.log(np.clip(q, *bounds)).mean(), rtol=1e-5)


# Properties ---------------------------------------------------------------------------------

logits = arrays("float32", st.integers(1, 6), elements=st.floats(-20, 20, width=32))
ABOUT = dict(rtol=1e-5, atol=1e-6)


@given(logits, logits)
def test_losses_of_the_discriminator_are_never_negative(real, fake):
    for name in NAMES:
        assert float(getattr(losses, name).discriminator(real, fake)) >= 0


@given(logits, logits)
def test_the_two_games_have_the_same_discriminator(real, fake):
    d_loss = losses.nonsaturating.discriminator(real, fake)
    np.testing.assert_array_equal(losses.minimax.discriminator(real, fake), d_loss)
    # What D pays for taking a real sample as such is what G pays for a fake one.
    parts = losses.nonsaturating.generator(real) - losses.minimax.generator(fake)
    np.testing.assert_allclose(d_loss, parts, **ABOUT)


@given(logits, logits)
def test_swapping_the_players_and_the_signs_changes_nothing(real, fake):
    for loss in (
        losses.nonsaturating.discriminator,
        lambda r, f: losses.bounded_discriminator_loss(r, f, 0.01, 0.99),
    ):
        np.testing.assert_allclose(loss(real, fake), loss(-fake, -real), **ABOUT)
    loss = losses.least_squares.discriminator
    np.testing.assert_allclose(loss(real, fake), loss(1 - fake, 1 - real), rtol=1e-4, atol=1e-5)


@given(logits, logits, st.integers(0, 5), st.floats(0.125, 5, width=32))
def test_each_logit_pulls_in_its_own_direction(real, fake, place, by):
    """One real logit up: D pays less. One fake logit up: D pays more and G pays less."""
    real, fake = np.tanh(real / 10) * 5, np.tanh(fake / 10) * 5  # where float32 sees the change
    up_real, up_fake = real.copy(), fake.copy()
    up_real[place % len(real)] += by
    up_fake[place % len(fake)] += by
    d_loss, g_loss = losses.nonsaturating[:2]
    assert d_loss(up_real, fake) < d_loss(real, fake) < d_loss(real, up_fake)
    assert g_loss(up_fake) < g_loss(fake)
    assert losses.minimax.generator(up_fake) < losses.minimax.generator(fake)


@given(logits, st.floats(0.0009765625, 0.5, width=32), st.floats(0.5, 1.0, width=32))
def test_bounds_are_a_clip_before_the_logarithm(fake, low, high):
    clipped = np.clip(expit(fake.astype(float)), low, high)
    g_loss = losses.bounded_generator_loss(fake, low, high)
    np.testing.assert_allclose(g_loss, -np.log(clipped).mean(), **ABOUT)


@given(logits)
def test_bounds_that_bind_nothing_change_nothing(fake):
    free = losses.bounded_generator_loss(fake, 1e-30, 1.0)
    np.testing.assert_allclose(free, losses.nonsaturating.generator(fake), **ABOUT)


@given(logits, st.floats(0, 1, width=32))
def test_cross_entropy_is_least_where_the_score_is_the_target(found, target):
    target = np.float32(target)
    least = -sum(p * math.log(p) for p in (float(target), 1 - float(target)) if p > 0)
    assert float(losses.cross_entropy(found, target)) >= least - 1e-5
    if 0.001 < target < 0.999:
        at = np.array([logit(target)], "float32")
        assert float(losses.cross_entropy(at, target)) == pytest.approx(least, abs=1e-5)


@given(logits)
def test_targets_of_one_and_zero_make_cross_entropy_the_losses_of_the_game(found):
    ones, zeros = np.ones_like(found), np.zeros_like(found)
    as_real, as_fake = losses.cross_entropy(found, ones), losses.cross_entropy(found, zeros)
    np.testing.assert_allclose(as_real, losses.nonsaturating.generator(found), **ABOUT)
    np.testing.assert_allclose(as_fake, -losses.minimax.generator(found), **ABOUT)


def test_names_of_scalars_that_feature_matching_has_itself_are_refused():
    base = losses.Losses(
        lambda r, f, weight: tf.reduce_mean(weight * (f - r), -1),
        lambda f, weight: -tf.reduce_mean(f, -1),
        scalars={"weight": 5.0},
    )
    with pytest.raises(ValueError, match="base has scalars of the name weight: wanted other"):
        losses.feature_matching("hidden_1", base=base)
    with pytest.raises(ValueError, match="of the name usual and weight"):
        losses.feature_matching("hidden_1", base=losses.feature_matching("hidden_1"))
