"""Weight clipping: after each of its steps D's weights are cut to a box."""

import numpy as np
import pytest

from ganlab import losses
from ganlab.techniques import weight_clipping
from tests.techniques.twin import equal, follow, trainer


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("n_critic", [1, 3])
def test_d_is_cut_after_each_of_its_steps(n_critic):
    one = trainer(replaced=weight_clipping(0.4), losses=losses.wasserstein, n_critic=n_critic)
    follow(
        one,
        3,
        n_critic=n_critic,
        clip=0.4,
        d_loss=lambda real, fake: (sum(fake[:, 0]) - sum(real[:, 0])) / len(fake),
        g_loss=lambda fake, *_: -sum(fake[:, 0]) / len(fake),
    )


@pytest.mark.usefixtures("eager")
def test_one_step_is_the_bare_step_cut_and_g_is_not_cut():
    bound = np.array([0.01, 0.5, 100.0])
    bare, cut = trainer(), trainer(replaced=weight_clipping(bound))
    bare.d_step()
    cut.d_step()
    for free, bounded in zip(bare.weights("d"), cut.weights("d"), strict=True):
        limit = bound.astype("float32").reshape(-1, *[1] * (free.ndim - 1))
        np.testing.assert_array_equal(bounded, np.clip(free, -limit, limit))
    assert equal(bare, cut, slice(2, 3))
    before = [np.asarray(weight) for weight in cut.weights("g")]
    assert max(np.abs(weight).max() for weight in before) > 1
    cut.g_step()
    assert max(np.abs(weight).max() for weight in cut.weights("g")) > 1
    for weight in cut.weights("d"):  # a step of G leaves D as it is
        assert np.abs(weight[0]).max() <= np.float32(0.01)


def test_what_a_run_keeps_is_within_the_bound_and_a_record_moves_nothing():
    one = trainer(replaced=weight_clipping([0.01, 0.1, 0.2]))
    bare = trainer()
    for each in (one, bare):
        each.record()
    assert equal(one, bare)
    for name in ("d_loss", "real_score", "fake_score", "g_loss"):
        found, wanted = (each.run().__dict__[name] for each in (one, bare))
        np.testing.assert_array_equal(found, wanted)  # of D as it is before any step
    one.advance(5)
    for weight in one.run().discriminators.weights:
        for member, bound in enumerate((0.01, 0.1, 0.2)):
            assert np.abs(weight[member]).max() <= np.float32(bound)
            assert np.abs(weight[member]).max() > 0.001


@pytest.mark.usefixtures("eager")
def test_a_member_that_failed_stays_where_it_was():
    one = trainer(replaced=weight_clipping(0.01))
    first, *others = (np.array(weight) for weight in one.weights("g"))
    first[2] = np.nan
    one.begin("g", [first, *others])
    start = [np.asarray(weight) for weight in one.weights("d")]
    one.advance(2)
    assert one.failed == {2: 1}
    for before, after in zip(start, one.weights("d"), strict=True):
        np.testing.assert_array_equal(after[2], before[2])
        assert np.abs(after[:2]).max() <= np.float32(0.01)


@pytest.mark.parametrize("bound", [-0.01, [0.1, -0.1], np.nan, "a"])
def test_a_bound_below_nothing_is_refused_in_one_line(bound):
    with pytest.raises(ValueError, match=r"bound is .*: wanted at least 0") as info:
        weight_clipping(bound)
    assert "\n" not in str(info.value)
