"""What every technique and every pair of losses keeps to; a new one joins by a line of a list."""

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
    dim      of z and of samples
    """

    name: str
    make: Callable
    numbers: tuple = ()
    wrong: float = np.nan
    packs: int = 1
    dim: int = 1


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
    Entry("cycle_consistency", added(techniques.cycle_consistency), (0.0, 0.5, 2.0), -1.0, dim=2),
    Entry("gradient_penalty", added(techniques.gradient_penalty), (0.0, 0.5, 2.0), -1.0),
    Entry(
        "gradient_penalty",
        added(lambda target: techniques.gradient_penalty(1.0, target, one_sided=True)),
        (0.0, 0.01, 0.02),
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
    Entry("identity_loss", added(techniques.identity_loss), (0.0, 0.5, 2.0), -1.0, dim=2),
    Entry("packing", lambda _: {"shown": techniques.packing(2)}, packs=2),
    Entry("r1", added(techniques.r1), (0.0, 0.5, 2.0), -1.0),
    Entry("r1", added(lambda weight: techniques.r1(weight, 1)), (0.0, 0.5, 2.0), -1.0, dim=2),
    Entry("r2", added(techniques.r2), (0.0, 0.5, 2.0), -1.0),
    Entry(
        "spectral_normalisation",
        replaced(techniques.spectral_normalisation),
        (0.5, 1.0, 2.0),
        -1.0,
    ),
    Entry("unrolled", replaced(lambda rate: techniques.unrolled(1, rate)), (0.0, 0.1, 0.5), -1.0),
    Entry("weight_clipping", replaced(techniques.weight_clipping), (0.01, 0.1, 9.0), -1.0),
    pair("nonsaturating"),
    pair("minimax"),
    pair("least_squares"),
    pair("wasserstein"),
    pair("hinge"),
    pair("relativistic"),
    pair("relativistic_average"),
    pair("clamped"),
    Entry("bounded", lambda low: {"losses": losses.bounded(low)}, (0.5, 0.6, 0.9), -1.0),
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


NORMAL = keras.initializers.RandomNormal(stddev=0.3)
PLANE = data.ring(4, std=0.5)
AHEAD = keras.initializers.Constant(0.3)  # beyond a clamp at 0 there would be no slope


def trainer(entry, number=None, hidden=(), **changed):
    """Three small GANs with the technique, by its own numbers if none is given."""
    number = np.array(entry.numbers) if number is None else number
    arguments = {
        "real": data.Gaussian(1.0, 0.5) if entry.dim == 1 else PLANE,
        "latent": latent.Gaussian(entry.dim),
        "seeds": 3,
        "batch_size": 4,
        "d_optimizer": keras.optimizers.SGD(0.1),
        "g_optimizer": keras.optimizers.SGD(0.1),
        **entry.make(number),
        **changed,
    }
    shown = entry.packs * entry.dim
    discriminator = mlp((shown, 3, *hidden, 1), "tanh", kernel=NORMAL, bias=AHEAD)
    generator = mlp((entry.dim, 2, entry.dim), "tanh", kernel=NORMAL)
    return Trainer(generator, discriminator, **arguments)


def state(one):
    """All that goes from step to step, and the networks as they are used, (members, ...)."""
    found = [*one.weights("g"), *one.weights("d")]
    found += [value for player in "gd" for kept in one.kept(player) for value in kept]
    found += [weight for ensemble in one._ensembles() for weight in ensemble.weights]
    return [np.asarray(value) for value in found]


def outcome(one, steps=3):
    """What the next steps see, and the state after them."""
    seen = one.advance(steps)
    return [*seen.values(), *state(one)]


def equal(left, right, of=slice(None)):
    return all(np.array_equal(a[of], b[of]) for a, b in zip(left, right, strict=True))


def names(entry):
    return f"{entry.name} {EVERY.index(entry)}"


# For the whole module, so that all tests of one technique come together and share its program.
@pytest.fixture(scope="module", params=EVERY, ids=names)
def entry(request):
    with pytest.MonkeyPatch.context() as patch:
        if hasattr(losses, request.param.name):  # compiled below, without all the rest
            patch.setenv("GANLAB_COMPILE", "0")
        yield request.param


@pytest.fixture(scope="module")
def trained(entry):
    """Three steps of it: (the state before, the outcome, the trainer)."""
    one = trainer(entry)
    return state(one), outcome(one), one


@pytest.fixture
def eager(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def numbered(entry):
    if not entry.numbers:
        pytest.skip("it takes no number")


def moves(one, start, found):
    """Asserts that all is finite, and that all but a bias or so has moved from `start`."""
    assert not one.failed
    assert all(np.isfinite(values).all() for values in found)
    pairs = zip(start, state(one), strict=True)
    assert np.mean([not np.allclose(a, b, atol=1e-6) for a, b in pairs]) > 0.7


def test_it_trains(trained):
    start, found, one = trained
    moves(one, start, found)


def test_uncompiled_agrees(entry, trained, eager):
    if hasattr(losses, entry.name):
        pytest.skip("of losses less is compiled, below")
    for found, wanted in zip(outcome(trainer(entry)), trained[1], strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=1e-5)


def test_members_do_not_meet(entry, trained):
    for player in "gd":
        one = trainer(entry)
        first, *others = (np.array(weight) for weight in one.weights(player))
        first[1] = np.nan
        one.begin(player, [first, *others], one.kept(player))
        assert equal(outcome(one), trained[1], [0, 2])
        assert set(one.failed) == {1}


def test_a_member_depends_on_its_own_number_alone_and_numbers_build_nothing(entry, trained):
    numbered(entry)
    before = len(program._kept), traces()
    for member, number in enumerate(entry.numbers):
        found = outcome(trainer(entry, number))
        assert equal(found, trained[1], member)
        for other in {0, 1, 2} - {member}:
            assert not equal(found, trained[1], other)
    assert (len(program._kept), traces()) == before


def traces():
    games = [game for game in program._kept.values() if hasattr(game, "programs")]
    return sum(p._run.experimental_get_tracing_count() for g in games for p in g.programs.values())


def test_a_run_is_saved_and_loaded(trained, tmp_path):
    one = trained[2]
    one.record()
    run = one.run()
    run.save(tmp_path / "run.npz")
    again = Run.load(tmp_path / "run.npz")
    np.testing.assert_array_equal(run.generate(5), again.generate(5))
    x = np.zeros((2, run.discriminators.model.input_shape[-1]))
    np.testing.assert_array_equal(run.discriminators(x), again.discriminators(x))
    for role in ("generators", "discriminators"):
        mine, loaded = (getattr(each, role) for each in (run, again))
        assert equal(mine.weights, loaded.weights)


def test_a_wrong_number_is_refused_in_one_line(entry):
    numbered(entry)
    for wrong in (entry.wrong, [entry.numbers[1]] * 2, np.array([*entry.numbers[:2], np.nan])):
        with pytest.raises(ValueError, match=r".+: wanted .+") as info:
            trainer(entry, wrong)
        assert "\n" not in str(info.value)


def test_it_goes_with_feature_matching(entry, eager):
    if entry.name == "feature_matching":
        pytest.skip("it is feature matching")
    base = entry.make(np.array(entry.numbers)).get("losses", losses.nonsaturating)
    one = trainer(entry, losses=losses.feature_matching("hidden_1", usual=0.5, base=base))
    moves(one, state(one), outcome(one, 1))


def test_it_goes_with_packing(entry, eager):
    if entry.packs > 1 or hasattr(losses, entry.name):
        pytest.skip("it is packing, or a loss, which sees logits wherever they come from")
    shown = entry.make(np.array(entry.numbers)).get("shown", ())
    shown = [*([shown] if shown else []), techniques.packing(2)]
    one = trainer(entry._replace(packs=2), shown=shown)
    moves(one, state(one), outcome(one, 1))


def test_it_goes_with_minibatch_discrimination(entry, eager):
    if hasattr(losses, entry.name):
        pytest.skip("losses see logits, wherever they come from")
    layer = MinibatchDiscrimination(2, 2, kernel_initializer=NORMAL)
    one = trainer(entry, hidden=[layer])
    moves(one, state(one), outcome(one, 1))


LOSSES = [entry for entry in EVERY if hasattr(losses, entry.name)]


@pytest.mark.parametrize("entry", LOSSES, ids=names)
def test_losses_and_their_slopes_are_the_same_compiled(entry):
    made = entry.make(np.array(entry.numbers))["losses"]
    rng = np.random.default_rng(4)
    given = [tf.constant(rng.normal(size=(3, 5)), tf.float32) for _ in range(2)]
    if made.layer:
        given += [tf.constant(rng.normal(size=(3, 5, 2)), tf.float32) for _ in range(2)]
    numbers = {
        name: tf.reshape(tf.cast(v, tf.float32), (-1, 1)) for name, v in made.scalars.items()
    }

    def both(*given):
        with tf.GradientTape() as tape:
            tape.watch(given)
            d_loss = made.discriminator(*given[:2], **numbers)
            g_loss = made.generator(*given[0 if made.relative else 1 :], **numbers)
            total = tf.reduce_sum(d_loss) + 2.0 * tf.reduce_sum(g_loss)
        return d_loss, g_loss, *tape.gradient(total, given)

    found = tf.function(both, jit_compile=True, autograph=False)(*given)
    for a, b in zip(tf.nest.flatten(found), tf.nest.flatten(both(*given)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
