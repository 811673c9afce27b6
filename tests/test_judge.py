"""The judge of pictures, and the scores it gives: closed forms, known tables, and its floors."""

import numpy as np
import pytest

from ganlab import images, kernel_distances
from ganlab.images import Judge, Pictures, digit_judge, digits, inception_score, sharpness
from ganlab.images.make_judge import made

JUDGE = digit_judge()


# The inception score ------------------------------------------------------------------------------


def test_sharpness_is_counted_by_hand_and_a_mean_has_less_than_what_it_is_of():
    picture = np.array([[0, 1, 1], [0, 1, 0.5]])  # beside: 1, 0, 1, 0.25; below: 0, 0, 0.25
    assert sharpness(picture.reshape(1, 6), (2, 3)) == pytest.approx(2.5 / 7)
    assert sharpness(np.full((4, 6), 0.3), (2, 3)) == 0
    colour = np.stack([picture, 0 * picture, picture], axis=-1).reshape(1, 18)
    assert sharpness(colour, (2, 3, 3)) == pytest.approx(2.5 / 7 * 2 / 3)
    x = digits("test").array
    both = sharpness(np.stack([x, (x + x[::-1]) / 2]), (8, 8))
    assert both.shape == (2,) and both[1] < 0.8 * both[0]
    assert np.isnan(sharpness(np.full((2, 6), np.nan), (2, 3)))
    with pytest.raises(
        ValueError, match=r"^pictures have shape \(1, 6\), size is \(2, 2\): wanted"
    ):
        sharpness(picture.reshape(1, 6), (2, 2))


def test_inception_score_of_known_tables():
    sure = np.eye(10)
    assert inception_score(sure) == pytest.approx(10)
    assert inception_score(np.tile(sure, (7, 1))) == pytest.approx(10)  # copies cost nothing
    assert inception_score(sure[[3] * 20]) == pytest.approx(1)  # one class only
    assert inception_score(np.full((5, 10), 0.1)) == pytest.approx(1)  # sure of nothing
    assert inception_score(np.repeat(sure[:9], 4, axis=0)) == pytest.approx(9)  # nine of ten
    # Two kinds of picture, each 3/4 sure: log 2 minus the entropy of (1/4, 3/4), in nats.
    table = [[0.75, 0.25], [0.25, 0.75]]
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert inception_score(table) == pytest.approx(np.exp(np.log(2) - entropy))
    # Of unequal shares it is exp of the entropy of the shares.
    shares = np.repeat(np.eye(2), (1, 3), axis=0)
    assert inception_score(shares) == pytest.approx(np.exp(entropy))


def test_inception_score_of_stacks_and_of_what_is_none():
    stack = np.stack([np.eye(3), np.full((3, 3), 1 / 3)])
    np.testing.assert_allclose(inception_score(stack), [3, 1])
    stack[0, 0, 0] = np.nan
    assert np.isnan(inception_score(stack)).tolist() == [True, False]
    with pytest.raises(
        ValueError, match=r"sums to 1\.1, its least 0\.5: wanted rows of 0 to 1 that"
    ):
        inception_score([[0.5, 0.6]])
    p = np.random.default_rng(1).dirichlet(np.ones(10), 200)
    assert inception_score(p.astype(np.float16)) == pytest.approx(inception_score(p), rel=1e-3)
    with pytest.raises(ValueError, match=r"sums to 1\.0"):
        inception_score(p + 2e-4)


# The judge ----------------------------------------------------------------------------------------


def small():
    """A judge of two pixels: features are what is positive of either, and classes go by them."""
    kernels = (np.eye(2), np.array([[4.0, 0.0], [0.0, 4.0]]))
    return Judge(kernels, (np.zeros(2), np.zeros(2)), 1.0)


def test_features_and_probabilities_by_hand():
    x = [[0.5, -0.5], [-1.0, 1.0]]
    np.testing.assert_allclose(small().features(x), [[0.5, 0], [0, 1]])
    p = small().probabilities(x)
    np.testing.assert_allclose(p[:, 0], [1 / (1 + np.exp(-2)), 1 / (1 + np.exp(4))])
    assert small().labels(x).tolist() == [0, 1]
    assert small().sure(x) == 0.5  # 0.88 and 0.98
    np.testing.assert_allclose(small().shares(x), [0.5, 0.5])


def test_frechet_is_that_of_the_features_moments():
    """Positive pixels are their own features; moved by (0.1, 0.2) the distance is 0.05, exactly."""
    x = np.random.default_rng(0).uniform(0.1, 0.5, (400, 2))
    assert small().frechet(x + [0.1, 0.2], x) == pytest.approx(0.05)
    # Scaled about the mean by 2: the traces of the covariance, once.
    wide = x.mean(axis=0) + 0.5 * (x - x.mean(axis=0))
    assert small().frechet(wide, x) == pytest.approx(0.25 * np.trace(np.cov(x.T)))
    assert small().kid(x, wide) == pytest.approx(kernel_distances.kid(x, wide), rel=1e-4)


def test_seeds_are_judged_apart_and_a_broken_one_alone_is_nan():
    x = digits().array[:300].reshape(3, 100, 64).copy()
    apart = [[s(x[i]) for i in range(3)] for s in (JUDGE.inception, JUDGE.sure)]
    np.testing.assert_allclose([JUDGE.inception(x), JUDGE.sure(x)], apart)
    x[1, 5, 7] = np.inf
    test = digits("test")
    for score in (JUDGE.frechet(x, test), JUDGE.inception(x), JUDGE.kid(x, test), JUDGE.sure(x)):
        assert np.isnan(score).tolist() == [False, True, False]
    assert JUDGE.labels(x)[1, 5] == -1


def test_what_is_wrong_is_told_in_one_line():
    with pytest.raises(ValueError, match=r"pictures has shape \(5, 63\): wanted \(..., n, 64\)"):
        JUDGE.features(np.zeros((5, 63)))
    bare = Pictures(np.zeros((3, 2, 2)))
    with pytest.raises(ValueError, match="train has no labels: wanted Pictures with labels"):
        Judge.fit(bare, bare)
    black = np.zeros((4, 4))
    one, other = (Pictures(black, (2, 2), np.array(of)) for of in ([3, 7, 3, 7], [0, 1, 0, 1]))
    with pytest.raises(
        ValueError, match=r"train has the labels \[3, 7\]: wanted 0, 1, \.\.\., such"
    ):
        Judge.fit(one, one)
    with pytest.raises(ValueError, match="test has the label 3, train has not"):
        Judge.fit(other, one)


def test_it_is_as_accurate_as_it_says_on_pictures_it_has_not_learned():
    test = digits("test")
    right = (JUDGE.labels(test) == test.labels).mean()
    assert right == JUDGE.accuracy and right > 0.97


def test_its_script_makes_one_as_good():
    again = made()
    assert abs(again.accuracy - JUDGE.accuracy) < 0.01
    assert [k.shape for k in again.kernels] == [k.shape for k in JUDGE.kernels]


def test_real_pictures_shuffled_ones_and_noise_come_in_this_order():
    rng, test = np.random.default_rng(0), digits("test")
    real = digits().array[:600]
    shuffled = real[:, rng.permutation(64)]
    noise = rng.uniform(-1, 1, real.shape)
    for score in (JUDGE.frechet, JUDGE.kid):
        a, b, c = (score(x, test) for x in (real, shuffled, noise))
        assert a < 3 and 20 * max(a, 1) < min(b, c)
    assert JUDGE.inception(real) > 9 and JUDGE.inception(noise) < 4


def test_frechet_falls_with_n_and_kid_does_not():
    """Of real pictures against real ones: the bias of the one, and that the other has none."""
    whole, rng = digits("all").array, np.random.default_rng(1)
    found = {}
    for n in (50, 400):
        drawn = [rng.permutation(len(whole))[: 2 * n] for _ in range(40)]
        pairs = [(whole[which[:n]], whole[which[n:]]) for which in drawn]
        found[n] = [np.array([s(*pair) for pair in pairs]) for s in (JUDGE.frechet, JUDGE.kid)]
    assert found[50][0].mean() > 4 * found[400][0].mean()
    for fd, kid in found.values():
        assert abs(kid.mean()) < 4 * kid.std() / np.sqrt(len(kid)) and fd.min() > 0


def test_a_judge_of_two_kinds_of_ones_own_saves_and_loads(tmp_path):
    rng = np.random.default_rng(0)
    train, test = (images.shapes(n, rng, side=8) for n in (600, 200))
    train, test = (p[p.labels < 2] for p in (train, test))
    judge = Judge.fit(train, test)
    assert judge.accuracy > 0.9 and judge.probabilities(test).shape == (len(test), 2)
    judge.save(tmp_path / "judge.npz")
    again = Judge.load(tmp_path / "judge.npz")
    np.testing.assert_allclose(again.probabilities(test), judge.probabilities(test))
    assert again.accuracy == judge.accuracy
