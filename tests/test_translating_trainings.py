"""What the claims about translations train, and what they ask of it."""

import numpy as np
import pytest

from evidence import outcomes_of_samples as outcomes
from evidence.trainings import translating
from evidence.trainings.translating import Translated
from ganlab import images

pytestmark = pytest.mark.rest


@pytest.fixture(scope="module")
def test():
    return images.digits("test")


def by_hand(test, made, back):
    """Translations into negatives, one for each seed."""
    made, back = (np.stack(each).astype(float) for each in (made, back))
    return Translated(made, -made, back, test.array, -test.array, test.labels)


def test_outcomes_of_a_right_a_wrong_a_poor_and_a_failed_translator(test):
    """The wrong one exchanges digits, and finds back; the poor one is right, and does not."""
    x, order = test.array, np.argsort(test.labels, kind="stable")
    swapped = np.empty_like(order)
    swapped[order] = np.roll(order, 60)
    nan = np.full_like(x, np.nan)
    found = by_hand(test, [-x, -x[swapped], -x, nan], [x, x, -x, nan])
    accuracy = images.digit_judge().accuracy
    np.testing.assert_array_equal(outcomes.with_their_partner(found), [1, 0, 1, np.nan])
    right = outcomes.still_the_digit(found)
    np.testing.assert_allclose(right[[0, 2]], accuracy, atol=0.01)
    assert right[1] < 0.1 and np.isnan(right[3])
    off = outcomes.brought_back(found)
    np.testing.assert_allclose(off[:2], 0)
    assert off[2] == pytest.approx(2 * np.abs(x).mean(), rel=1e-5) and off[2] > 1
    np.testing.assert_array_equal(outcomes.back_by_a_wrong_way(found), [0, 1, 0, np.nan])


def test_a_way_back_that_costs_more_is_not_counted(test):
    x = test.array
    other = -x[np.roll(np.arange(len(x)), 1)]
    found = by_hand(test, [other, other], [x + 0.19, x + 0.21])
    np.testing.assert_array_equal(outcomes.back_by_a_wrong_way(found), [1, 0])


@pytest.mark.parametrize("translation", ["negative", "mirrored"])
def test_a_generator_that_knows_is_scored_as_right(translation, test, monkeypatch):
    """Scripted runs: the true translation of both halves, and one that leaves all as it is."""
    asked = {}

    class Run:
        failed = (1,)

        def generators(self, points):
            points = np.broadcast_to(points, (2, *np.shape(points)[-2:]))
            halves = points.reshape(2, -1, 2, 8, 8)
            turned = -halves if translation == "negative" else halves[..., ::-1]
            return turned.reshape(points.shape)

    def train(generator, discriminator, data, z, **settings):
        asked.update(settings, data=data, z=z, generator=generator)
        return Run()

    monkeypatch.setattr(translating, "train", train)
    found = translating.train_translators((0, 1), translation=translation, dense=True, cycle=3.0)
    assert outcomes.with_their_partner(found)[0] > 0.99  # some pictures are there twice
    assert outcomes.still_the_digit(found)[0] == pytest.approx(0.97, abs=0.02)
    assert outcomes.brought_back(found)[0] == 0
    for outcome in (outcomes.with_their_partner, outcomes.still_the_digit, outcomes.brought_back,
                    outcomes.back_by_a_wrong_way):  # fmt: skip
        assert np.isnan(outcome(found)[1])
    assert [term.scalars["weight"] for term in asked["added"]] == [3.0, 0.0]
    kinds = [type(layer).__name__ for layer in asked["generator"].layers]
    assert "Conv2D" not in kinds and kinds.count("Dense") == 4
    one, other = asked["z"].first.array, asked["z"].second.array
    assert len(one) + len(other) == 1197
    undone = -other if translation == "negative" else other.reshape(-1, 8, 8)[..., ::-1]
    seen = {bytes(x) for x in np.concatenate([one, undone.reshape(-1, 64)]).astype(np.float32)}
    assert seen == {bytes(x) for x in images.digits("train").array}
    assert np.array_equal(asked["data"].first.array, other)
