"""What claims about the uses of a GAN train, and what they ask of it."""

import numpy as np
import pytest

from evidence import outcomes_of_samples as outcomes
from evidence.trainings import put_to_use
from ganlab import images
from ganlab.networks import conditional_dcgan


def rng(seed=0):
    return np.random.default_rng(seed)


def test_each_seed_has_pictures_of_its_own_and_tests_on_others():
    (a, test, _), (b, other, _) = (put_to_use._split(seed) for seed in (3, 4))
    assert (len(a), len(test)) == (1197, 600) and not np.array_equal(test.array, other.array)
    whole = np.concatenate([a.array, test.array])
    again = np.concatenate([b.array, other.array])
    assert sorted(map(bytes, whole)) == sorted(map(bytes, again))
    np.testing.assert_array_equal(put_to_use._split(3)[1].array, test.array)


def test_a_shift_moves_every_picture_by_up_to_a_pixel():
    pictures = images.digits("test").array[:200]
    moved = put_to_use.shifted(pictures, rng()).reshape(-1, 8, 8)
    seen = set()
    for before, after in zip(pictures.reshape(-1, 8, 8), moved, strict=True):
        ways = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        fits = [way for way in ways if np.array_equal(np.roll(before, way, (0, 1)), after)]
        assert len(fits) == 1
        seen.update(fits)
    assert len(seen) == 9


def test_a_shift_to_the_side_leaves_every_pixel_in_its_row():
    pictures = images.digits("test").array[:200]
    moved = put_to_use.shifted_to_the_side(pictures, rng()).reshape(-1, 8, 8)
    seen = set()
    for before, after in zip(pictures.reshape(-1, 8, 8), moved, strict=True):
        fits = [i for i in (-1, 0, 1) if np.array_equal(np.roll(before, i, 1), after)]
        assert len(fits) == 1
        seen.update(fits)
    assert seen == {-1, 0, 1}


def test_shifts_to_the_side_help_six_pictures_of_the_rare_digit():
    found = put_to_use.train_with_shifts_to_the_side((1_000_008,))
    named = outcomes.named_of_the_rare(found, remedy="shifts to the side")
    assert named.shape == (1,) and 0.4 < named[0] < 0.8
    assert outcomes.named_of_all(found, remedy="shifts to the side")[0] > 0.85


def test_a_smaller_picture_has_the_mean_of_four_pixels():
    picture = np.arange(64.0)
    found = put_to_use.smaller(picture[None])[0]
    assert found.shape == (16,) and found[0] == np.mean([0, 1, 8, 9])
    assert found[7] == np.mean([22, 23, 30, 31])


def test_the_other_discriminator_is_about_as_large_and_heeds_the_label():
    projecting, other = conditional_dcgan(16, (8, 8), 10)[1], put_to_use._told_at_once()
    sizes = [model.count_params() for model in (projecting, other)]
    assert sizes[0] == 9905 and sizes[0] <= sizes[1] < 1.2 * sizes[0]
    points = np.concatenate([np.tile(rng().normal(size=(1, 64)), (10, 1)), np.eye(10)], axis=1)
    assert np.ptp(other(points)) > 1e-4


@pytest.fixture
def scripted(monkeypatch):
    """In place of a GAN of the rare digit: whoever asks for pictures gets these."""

    def give(made):
        monkeypatch.setattr(
            put_to_use, "_made", lambda few, rare, many, seed, _: made(few, rare, many)
        )

    return give


def test_remedies_are_tried_on_the_same_six_and_real_ones_would_help_most(scripted):
    seed, found = 1_000_008, {}
    whole, _, _ = put_to_use._split(seed)
    eights = whole.array[whole.labels == 8]
    asked = []

    def real(few, rare, many):
        asked.append((np.sum(few.labels == 8), rare, many))
        return eights[6 : 6 + many]

    scripted(real)
    found = put_to_use.train_for_a_rare_digit((seed,))
    assert asked == [(6, 8, len(eights) - 6)]
    assert set(found) == {"nothing", "copies", "noise", "shifts", "made"}
    named = {remedy: outcomes.named_of_the_rare(found, remedy=remedy)[0] for remedy in found}
    assert named["made"] > named["copies"] > named["nothing"] and named["made"] > 0.8
    scripted(lambda few, rare, many: np.full((many, 64), np.nan))
    failed = put_to_use.train_for_a_rare_digit((seed,))
    assert np.isnan(outcomes.named_of_all(failed, remedy="made")[0])
    assert outcomes.named_of_all(failed, remedy="copies")[0] == found["copies"][0, 1]


def test_detectors_are_asked_about_a_digit_that_none_has_seen(monkeypatch):
    def by_gan(x, shown, seed, _):
        return {
            "G and D": np.full(len(shown), np.nan),
            "D alone": rng(seed).normal(size=len(shown)),
        }

    monkeypatch.setattr(put_to_use, "_by_gan", by_gan)
    found = put_to_use.train_on_nine_digits((1_000_000, 1_000_008))
    assert np.isnan(outcomes.told_apart(found, detector="G and D")).all()
    assert np.abs(found["D alone"] - 0.5).max() < 0.2
    assert found["nearest"].min() > 0.95 and found["PCA"].min() > 0.75


def test_a_width_is_chosen_that_tells_a_kind_amid_the_others():
    corners = np.array([[0, 0], [6, 0], [-6, 0], [0, 6], [0, -6]])
    points = np.repeat(corners, 40, axis=0) + 0.5 * rng().normal(size=(200, 2))
    labels = np.repeat(np.arange(5), 40)
    assert put_to_use.chosen_width(points, labels) > put_to_use.WIDTHS[0]
    assert put_to_use.chosen_width(points / 6, labels) == put_to_use.WIDTHS[-1]
    far = [[0, 0], [300, 0], [-300, 0], [0, 300], [0, -300]]  # a kernel of 1.0 sees points alone
    wide = np.repeat(far, 40, axis=0) + 25 * rng().normal(size=(200, 2))
    assert put_to_use.chosen_width(wide, labels) == put_to_use.WIDTHS[0]


def test_the_width_of_an_svm_is_chosen_without_the_odd_digit(monkeypatch):
    asked, choose = [], put_to_use.chosen_width

    def watched(pictures, labels):
        asked.append(set(labels))
        return choose(pictures, labels)

    monkeypatch.setattr(put_to_use, "chosen_width", watched)
    found = put_to_use.train_svms_on_nine_digits((1_000_008,))
    assert asked == [set(range(10)) - {8}]
    assert outcomes.told_apart(found, detector="one-class SVM, width chosen")[0] > 0.95


def test_a_line_enlarges_as_normal_equations_and_a_mask_by_hand_do():
    real, test = images.digits("train").array, images.digits("test").array
    x, given = put_to_use.smaller(real), put_to_use.smaller(test)
    centred = x - x.mean(axis=0)
    slopes = np.linalg.solve(centred.T @ centred + np.eye(16), centred.T @ (real - real.mean(0)))
    line = (given - x.mean(axis=0)) @ slopes + real.mean(axis=0)
    plain = put_to_use.enlarge_by_a_line((5, 6), sharpened=False)
    assert plain.pictures.shape == (2, 600, 64) and np.array_equal(plain.truth, test)
    np.testing.assert_allclose(plain.pictures[1], np.clip(line, -1, 1), atol=1e-4)
    wide = np.pad(line.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), mode="edge")
    around = sum(wide[:, i : i + 8, j : j + 8] for i in range(3) for j in range(3)) / 9
    sharpened = line + 0.8 * (line - around.reshape(-1, 64))
    found = put_to_use.enlarge_by_a_line((5,)).pictures[0]
    np.testing.assert_allclose(found, np.clip(sharpened, -1, 1), atol=1e-4)


def test_outcomes_of_enlarged_and_of_asked_pictures_by_hand():
    test = images.digits("test")
    flat = np.full_like(test.array, test.array.mean())
    pictures = np.stack([test.array, test.array + 0.5, flat, np.full_like(flat, np.nan)])
    enlarged = put_to_use.Enlarged(pictures.astype(float), test.array)
    found = outcomes.off_the_truth(enlarged)
    np.testing.assert_allclose(found, [0, 0.5, test.array.std(), np.nan], atol=1e-6)
    np.testing.assert_allclose(outcomes.sharp(enlarged), [1, 1, 0, np.nan], atol=1e-5)
    turned = put_to_use.Enlarged(
        np.stack([test.array[::-1], *pictures[1:].astype(float)]), test.array
    )
    off = outcomes.off_real_ones(turned)  # in another order they are the same pictures
    assert abs(off[0]) < 1e-6 and off[2] > off[1] > 2 and np.isnan(off[3])
    asked = put_to_use.Asked(pictures[[0, 0, 3]], test.labels)
    right = outcomes.as_asked(asked)
    assert right[0] == pytest.approx(images.digit_judge().accuracy, abs=0.01) and np.isnan(right[2])
    wrong = put_to_use.Asked(pictures[:1], (test.labels + 1) % 10)
    assert outcomes.as_asked(wrong)[0] < 0.05
