"""What every technique and every pair of losses keeps to; a new one joins by a line of this list."""

import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from ganlab import data, latent, losses, program, techniques
from ganlab.backend import keras, tf
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.runs import Run
from ganlab.training import Trainer


class Entry(NamedTuple):
    """One of them.

    name     what it is called in `ganlab.techniques` or in `ganlab.losses`
    make     function of a number, or of one for each member: further arguments of a `Trainer`
    numbers  one for each of the three members, all different; none if it takes none
    wrong    a number to be refused
    packs    how many samples D takes as one
    """

    name: str
    make: Callable
    numbers: tuple = ()
    wrong: float = np.nan
    packs: int = 1


def added(make):
    return lambda number: {"added": make(number)}


def replaced(make):
    return lambda number: {"replaced": make(number)}


def matching(weight):
    return {"losses": losses.feature_matching("hidden_1", weight, usual=1.0)}


def pair(name):
    return Entry(name, lambda _: {"losses": getattr(losses, name)})


EVERY = [
    Entry(
        "averaged_generator", replaced(techniques.averaged_generator), (0.0, 0.5, 0.9), wrong=1.0
    ),
    Entry("gradient_penalty", added(techniques.gradient_penalty), (0.0, 0.5, 2.0), -1.0),
    Entry(
        "gradient_penalty",
        added(lambda target: techniques.gradient_penalty(1.0, target, one_sided=True)),
        (0.0, 0.1, 0.3),
        -1.0,
    ),
    Entry("historical_averaging", added(techniques.historical_averaging), (0.0, 0.5, 2.0), -1.0),
    Entry(
        "instance_noise",
        lambda std: {"shown": techniques.instance_noise(std)},
        (0.0, 0.5, 2.0),
        -1.0,
    ),
    Entry(
        "instance_noise",
        lambda until: {"shown": techniques.instance_noise(0.5, until)},
        (1, 2, 50),
        0,
    ),
    Entry("packing", lambda _: {"shown": techniques.packing(2)}, packs=2),
    Entry("r1", added(techniques.r1), (0.0, 0.5, 2.0), -1.0),
    Entry("r2", added(techniques.r2), (0.0, 0.5, 2.0), -1.0),
    Entry(
        "spectral_normalisation",
        replaced(techniques.spectral_normalisation),
        (0.5, 1.0, 2.0),
        -1.0,
    ),
    Entry("unrolled", replaced(lambda rate: techniques.unrolled(2, rate)), (0.0, 0.1, 0.5), -1.0),
    Entry("weight_clipping", replaced(techniques.weight_clipping), (0.01, 0.1, 9.0), -1.0),
    pair("nonsaturating"),
    pair("minimax"),
    pair("least_squares"),
    pair("wasserstein"),
    pair("hinge"),
    pair("relativistic"),
    pair("relativistic_average"),
    pair("clamped"),
    Entry("bounded", lambda low: {"losses": losses.bounded(low)}, (1e-5, 0.3, 0.45), -1.0),
    Entry("smoothed", lambda label: {"losses": losses.smoothed(label)}, (0.5, 0.8, 1.0), 0.0),
    Entry("feature_matching", matching, (0.0, 0.5, 2.0)),
]


def test_the_list_has_every_technique_and_all_losses():
    listed = {entry.name for entry in EVERY}
    made = {
        name
        for name, value in vars(losses).items()
        if isinstance(value, losses.Losses)
        or (inspect.isfunction(value) and "Losses(" in inspect.getsource(value))
    }
    assert listed == set(techniques.__all__) | made


NORMAL = keras.initializers.RandomNormal(stddev=0.7)


def trainer(entry, number=None, hidden=3, **changed):
    """Three small GANs with the technique, by its own numbers if none is given."""
    number = np.array(entry.numbers) if number is None else number
    arguments = {
        "real": data.Gaussian(1.0, 0.5),
        "latent": latent.Gaussian(1),
        "seeds": 3,
        "batch_size": 4,
        "d_optimizer": keras.optimizers.SGD(0.1),
        "g_optimizer": keras.optimizers.SGD(0.1),
        **entry.make(number),
        **changed,
    }
    discriminator = mlp((entry.packs, 3, hidden, 1), "tanh", kernel=NORMAL)
    return Trainer(mlp((1, 2, 1), "tanh", kernel=NORMAL), discriminator, **arguments)


def state(one):
    """All that goes from step to step, and the networks as they are used, (members, ...)."""
    found = [*one.weights("g"), *one.weights("d")]
    found += [value for player in "gd" for kept in one.kept(player) for value in kept]
    found += [weight for ensemble in one._ensembles() for weight in ensemble.weights]
    return [np.asarray(value) for value in found]


def equal(left, right, of=slice(None)):
    return all(np.array_equal(a[of], b[of]) for a, b in zip(left, right, strict=True))


def names(entry):
    return f"{entry.name} {EVERY.index(entry)}"


# For the whole module, so that all tests of one technique come together and share its program.
@pytest.fixture(scope="module", params=EVERY, ids=names)
def entry(request):
    return request.param


@pytest.fixture(scope="module")
def trained(entry):
    """Three steps of it, compiled: (the state before, after, what was seen, a run)."""
    one = trainer(entry)
    start, seen = state(one), one.advance(3)
    after = state(one)
    one.record(seen)
    return start, after, seen, one.run()


def numbered(entry):
    if not entry.numbers:
        pytest.skip("it takes no number")


def test_it_trains(trained):
    start, after, seen, run = trained
    assert all(np.isfinite(values).all() for values in (*after, *seen.values()))
    assert not run.failed
    moved = [not np.allclose(a, b, atol=1e-6) for a, b in zip(start, after, strict=True)]
    assert np.mean(moved) > 0.7  # a bias may stay


def test_uncompiled_agrees(entry, trained, monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    tf.config.run_functions_eagerly(True)
    try:
        one = trainer(entry)
        seen = one.advance(3)
    finally:
        tf.config.run_functions_eagerly(False)
    for name, values in trained[2].items():
        np.testing.assert_allclose(seen[name], values, rtol=2e-4, atol=1e-5, err_msg=name)
    for found, wanted in zip(state(one), trained[1], strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=1e-5)


def test_members_do_not_meet(entry, trained):
    for player in "gd":
        one = trainer(entry)
        first, *others = (np.array(weight) for weight in one.weights(player))
        first[1] = np.nan
        one.begin(player, [first, *others], one.kept(player))
        one.advance(3)
        assert one.failed == {1: 1}
        assert equal(state(one), trained[1], [0, 2])


def test_a_member_depends_on_its_own_number_alone_and_numbers_build_nothing(entry, trained):
    numbered(entry)
    before = len(program._kept), traces()
    for member, number in enumerate(entry.numbers):
        one = trainer(entry, number)
        one.advance(3)
        assert equal(state(one), trained[1], member)
        for other in {0, 1, 2} - {member}:
            assert not equal(state(one), trained[1], other)
    assert (len(program._kept), traces()) == before


def traces():
    games = [game for game in program._kept.values() if hasattr(game, "programs")]
    return sum(p._run.experimental_get_tracing_count() for g in games for p in g.programs.values())


def test_a_run_is_saved_and_loaded(trained, tmp_path):
    run = trained[3]
    run.save(tmp_path / "run.npz")
    again = Run.load(tmp_path / "run.npz")
    np.testing.assert_array_equal(run.generate(5), again.generate(5))
    x = np.zeros((2, run.discriminators.model.input_shape[-1]))
    np.testing.assert_array_equal(run.discriminators(x), again.discriminators(x))
    for mine, loaded in (
        (run.generators, again.generators),
        (run.discriminators, again.discriminators),
    ):
        assert equal(mine.weights, loaded.weights)


def test_a_wrong_number_is_refused_in_one_line(entry):
    numbered(entry)
    for wrong in (entry.wrong, [entry.numbers[1]] * 2, np.array([*entry.numbers[:2], np.nan])):
        with pytest.raises(ValueError, match=r".+: wanted .+") as info:
            trainer(entry, wrong)
        assert "\n" not in str(info.value)


@pytest.mark.parametrize("with_what", ["minibatch discrimination", "feature matching"])
def test_it_goes_with(entry, with_what, monkeypatch):
    changed = {}
    if with_what == "minibatch discrimination":
        changed["hidden"] = MinibatchDiscrimination(2, 2, kernel_initializer=NORMAL)
    elif entry.name == "feature_matching":
        pytest.skip("it is feature matching")
    else:
        base = entry.make(np.array(entry.numbers)).get("losses", losses.nonsaturating)
        changed["losses"] = losses.feature_matching("hidden_2", usual=0.5, base=base)
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    tf.config.run_functions_eagerly(True)
    try:
        one = trainer(entry, **changed)
        start, seen = state(one), one.advance(2)
    finally:
        tf.config.run_functions_eagerly(False)
    assert not one.failed
    assert all(np.isfinite(values).all() for values in (*state(one), *seen.values()))
    moved = [not np.allclose(a, b, atol=1e-6) for a, b in zip(start, state(one), strict=True)]
    assert np.mean(moved) > 0.7
