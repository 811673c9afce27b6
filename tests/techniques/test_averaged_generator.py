"""Averaged generators: samples by an average of G's weights, training as ever."""

import numpy as np
import pytest

from ganlab.runs import Run
from ganlab.techniques import averaged_generator
from tests.techniques.twin import MEMBER, equal, trainer

DECAY = np.array([0.0, 0.5, 0.9])


def own(one):
    return [np.float64(weight) for weight in one.weights("g")]


def average(one):
    return one._ensembles()[0].weights


@pytest.mark.usefixtures("eager")
def test_the_average_is_that_of_the_steps_taken():
    one = trainer(replaced=averaged_generator(DECAY), n_critic=2)
    wanted = own(one)
    for found, weight in zip(average(one), wanted, strict=True):
        np.testing.assert_allclose(found, weight, rtol=1e-6)
    for step in (one.advance, one.advance, lambda _: one.g_step(), lambda _: one.d_step()):
        before = own(one)
        step(1)
        moved = not all(np.array_equal(a, b) for a, b in zip(before, own(one), strict=True))
        if moved:  # a step of D alone leaves it
            for mean, weight in zip(wanted, own(one), strict=True):
                d = DECAY.reshape(-1, *[1] * (mean.ndim - 1))
                mean[:] = d * mean + (1 - d) * weight
        for found, mean in zip(average(one), wanted, strict=True):
            np.testing.assert_allclose(found, mean, rtol=1e-5, atol=1e-6)
    for found, weight in zip(average(one), own(one), strict=True):
        np.testing.assert_array_equal(found[0], np.float32(weight[0]))  # a decay of 0
        assert not np.allclose(found[1:], weight[1:], atol=1e-3)


@pytest.mark.usefixtures("eager")
def test_training_has_the_same_bits_as_without():
    bare, averaged = trainer(), trainer(replaced=averaged_generator(0.9))
    for _ in range(3):
        seen, wanted = averaged.advance(1), bare.advance(1)
        for name in wanted:
            np.testing.assert_array_equal(seen[name], wanted[name])
    assert equal(bare, averaged)
    for found, weight in zip(average(averaged), own(averaged), strict=True):
        assert not np.allclose(found, weight, atol=1e-3)


def test_records_and_samples_are_the_averages(tmp_path):
    one = trainer(replaced=averaged_generator(DECAY))
    one.record(one.advance(3))
    found = one.run()
    z = np.asarray(one._z)
    generator = found.generator(member=MEMBER)
    for variable, weight in zip(generator.trainable_variables, average(one), strict=True):
        np.testing.assert_array_equal(variable, weight[MEMBER])
    wanted = generator(z[MEMBER] if z.ndim == 3 else z).numpy()
    np.testing.assert_allclose(found.samples[-1, MEMBER], wanted, rtol=1e-4, atol=1e-5)
    latents = one.gan.latent.sample(7, np.random.default_rng(5))
    wanted = generator(latents).numpy()
    np.testing.assert_allclose(found.generate(7, 5)[MEMBER], wanted, rtol=1e-4, atol=1e-5)
    found.save(tmp_path / "run.npz")
    again = Run.load(tmp_path / "run.npz")
    for a, b in zip(again.generators.weights, average(one), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.usefixtures("eager")
def test_a_member_that_fails_keeps_its_last_finite_average():
    one = trainer(replaced=averaged_generator(0.5))
    one.advance(1)
    kept = [np.array(weight) for weight in average(one)]
    first, *others = (np.array(weight) for weight in one.weights("g"))
    first[2] = np.nan
    one.begin("g", [first, *others], one.kept("g"))
    one.advance(2)
    assert one.failed == {2: 2}
    for before, after in zip(kept, average(one), strict=True):
        assert np.isfinite(after).all()
        np.testing.assert_array_equal(before[2], after[2])
        assert not np.allclose(before[:2], after[:2])


@pytest.mark.parametrize("decay", [-0.1, 1.0, [0.5, 1.5], np.nan, "a"])
def test_a_decay_that_is_none_is_refused_in_one_line(decay):
    with pytest.raises(ValueError, match=r"decay is .*: wanted at least 0 and below 1") as info:
        averaged_generator(decay)
    assert "\n" not in str(info.value)
