"""The compiled loop without any GAN: steps by hand, random numbers by seed, members apart."""

import numpy as np
import pytest

from ganlab import compiling, optimizers, program
from ganlab.backend import keras, tf
from ganlab.networks import mlp
from ganlab.optimizers import recipe_and_rates
from ganlab.program import NEVER, Player, Program, Supply, compiles, shared
from ganlab.streams import stream


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


def line(members=3, optimizer=None, factors=1.0):
    """A player with one weight per member, and each member's rate."""
    optimizer = optimizer or keras.optimizers.SGD(1.0)
    recipe, rates = recipe_and_rates(optimizer, factors, "optimizer", members)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    return Player(model, members, recipe), tf.constant(rates)


# Random numbers -----------------------------------------------------------------------------


def normal(rng):
    return {"z": rng.standard_normal((4, 2)), "u": rng.random((4,))}


def block(seeds, purpose=0, used=0, length=4):
    supply = Supply(normal, seeds, purpose, length)
    supply.used = used
    return {name: np.asarray(value) for name, value in supply.peek()[0].items()}


def test_a_block_has_steps_first_and_then_members():
    found = block([3, 5, 9])
    assert found["z"].shape == (4, 3, 2)
    assert found["u"].shape == (4, 3)
    assert found["z"].dtype == np.float32
    drawn = normal(stream(5, 0))
    np.testing.assert_array_equal(found["z"][:, 1], drawn["z"].astype("float32"))
    np.testing.assert_array_equal(found["u"][:, 1], drawn["u"].astype("float32"))


def test_a_seed_draws_the_same_in_any_company_and_order():
    together, other, alone = block([3, 5, 9]), block([9, 0, 3, 9]), block([5])
    for name in ("z", "u"):
        np.testing.assert_array_equal(together[name][:, [2, 0, 2]], other[name][:, [0, 2, 3]])
        np.testing.assert_array_equal(together[name][:, 1], alone[name][:, 0])


def test_seed_stream_and_block_each_make_other_numbers():
    blocks = [
        block([seed], stream, used) for seed in (1, 2) for stream in (1, 2) for used in (0, 4)
    ]
    for i, one in enumerate(blocks):
        for other in blocks[:i]:
            assert not np.isin(one["u"], other["u"]).any()


def test_used_says_where_in_which_block():
    supply = Supply(normal, [1], 0, 4)
    seen = []
    for used in (0, 1, 3, 4, 6, 11):
        supply.used = used
        found, start, left = supply.peek()
        seen.append((start, left))
        wanted = normal(stream(1, 0, used // 4))["u"].astype("float32")
        np.testing.assert_array_equal(np.asarray(found["u"])[:, 0], wanted)
        assert supply.used == used
    assert seen == [(0, 4), (1, 3), (3, 1), (0, 4), (2, 2), (3, 1)]


def test_going_back_gives_the_same_numbers_again():
    supply = Supply(normal, [1], 0, 4)
    first = np.asarray(supply.peek()[0]["u"])
    supply.used = 9
    assert not np.allclose(supply.peek()[0]["u"], first)
    supply.used = 0
    np.testing.assert_array_equal(supply.peek()[0]["u"], first)


def test_a_rest_that_is_too_short_is_left_unused():
    supply = Supply(normal, [1], 0, 4)
    supply.used = 2
    assert supply.peek(2)[1:] == (2, 2)
    assert supply.used == 2
    found, start, left = supply.peek(3)
    assert (start, left, supply.used) == (0, 4, 4)
    np.testing.assert_array_equal(np.asarray(found["u"])[:, 0], block([1], used=4)["u"][:, 0])


class Later:
    """Stands in for the thread that draws ahead: draws when asked for the result."""

    def submit(self, function, *arguments):
        self.result = lambda: function(*arguments)
        return self


def test_a_block_is_drawn_once_and_once_for_a_repeated_seed(monkeypatch):
    monkeypatch.setattr(program, "_ahead", Later())
    calls = []

    def counted(rng):
        calls.append(1)
        return normal(rng)

    supply = Supply(counted, [5, 2, 5], 0, 4)
    for used in (0, 1, 2, 3):
        supply.used = used
        found = supply.peek()[0]
    assert len(calls) == 2
    np.testing.assert_array_equal(found["u"][:, 0], found["u"][:, 2])


def test_several_blocks_at_once_are_those_blocks_one_after_the_other():
    single, double = Supply(normal, [3, 8], 0, 4), Supply(normal, [3, 8], 0, 4, blocks=2)
    for used in (0, 3, 5, 8, 13):
        single.used = double.used = used
        (one, start, left), (two, start_of_two, left_of_two) = single.peek(), double.peek()
        for name in one:
            assert two[name].shape[0] == 8
            np.testing.assert_array_equal(one[name][start:], two[name][start_of_two:][:left])
        assert (start_of_two, left_of_two) == (used % 8, 8 - used % 8)


def test_which_draws_a_step_of_several_takes_hangs_neither_on_blocks_nor_on_others():
    """After one alone, as `d_step` takes it, pairs leave a rest at the end of each block."""

    def taken(blocks, most):
        supply, found = Supply(normal, [3], 0, 4, blocks=blocks), []
        supply.used = 1
        while len(found) < 12:
            blocks_of_draws, at, left = supply.peek(2)
            steps = min(most, left // 2)
            at_once = np.asarray(blocks_of_draws["u"])[at : at + 2 * steps, 0]
            found += at_once.reshape(steps, -1).tolist()
            supply.used += 2 * steps
        return found[:12]

    assert taken(1, 9) == taken(4, 9) == taken(4, 1) == taken(8, 3)


def test_drawing_ahead_changes_no_number(monkeypatch):
    def some(supply):
        found = []
        for used in (0, 4, 8, 20, 24, 8, 0):
            supply.used = used
            found.append(np.asarray(supply.peek()[0]["z"]))
        return np.stack(found)

    ahead = some(Supply(normal, [1, 7], 2, 4))
    monkeypatch.setattr(program, "_ahead", Later())
    np.testing.assert_array_equal(ahead, some(Supply(normal, [1, 7], 2, 4)))
    assert len(np.unique(ahead[:5, 0, 0, 0])) == 5


def test_an_error_while_drawing_ahead_is_raised_where_the_numbers_are_wanted():
    def breaks(rng):
        if rng.bit_generator.seed_seq.entropy[2] == 1:
            raise RuntimeError("no more numbers")
        return normal(rng)

    supply = Supply(breaks, [1], 0, 4)
    supply.peek()
    supply.used = 4
    with pytest.raises(RuntimeError, match="no more numbers"):
        supply.peek()


# Optimizers ---------------------------------------------------------------------------------

KINDS = ["SGD", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Lion"]
KINDS += ["TorchAdam"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_rate_per_member_is_that_optimizer_with_that_rate(kind):
    make = getattr(keras.optimizers, kind, None) or getattr(optimizers, kind)
    rates = [0.1, 0.0, 0.003]
    player, factors = line(optimizer=make(1.0), factors=rates)
    start = np.array([1.0, 2.0, -1.0], "float32")
    player.weights[0].assign(start[:, None, None])
    alone = [keras.Variable(value) for value in start]
    each = [make(rate) if rate else None for rate in rates]
    for step in range(4):

        def loss(weights, target=0.25 * step):
            return tf.square(weights[0][:, 0, 0] ** 2 - target), None

        player.descend(loss, factors)
        for variable, optimizer in zip(alone, each, strict=True):
            if optimizer:
                gradient = 4 * variable.value * (variable.value**2 - 0.25 * step)
                optimizer.apply([gradient], [variable])
    wanted = [float(variable.value) for variable in alone]
    assert wanted[0] != start[0]
    np.testing.assert_allclose(player.weights[0][:, 0, 0], wanted, rtol=2e-5)


def test_a_rate_is_its_factor_times_the_optimizers():
    recipe, rates = recipe_and_rates(keras.optimizers.Adam(0.5), [1.0, 2.0], "optimizer", 2)
    np.testing.assert_array_equal(rates, [0.5, 1.0])
    other, same = recipe_and_rates(keras.optimizers.Adam(0.25), 3.0, "optimizer", 2)
    np.testing.assert_array_equal(same, [0.75, 0.75])
    assert rates.dtype == same.dtype == np.float32
    assert repr(recipe) == repr(other)  # what a program is keyed by
    momentum, _ = recipe_and_rates(keras.optimizers.Adam(0.5, beta_1=0.5), 1.0, "optimizer", 2)
    assert repr(momentum) != repr(recipe)
    names = [keras.optimizers.Adam(0.5, name=name) for name in ("one", "two")]
    one, two = (recipe_and_rates(named, 1.0, "optimizer", 2)[0] for named in names)
    assert repr(one) == repr(two)


def test_a_schedule_is_part_of_the_program_and_factors_multiply_it():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.01])
    optimizer = keras.optimizers.SGD(schedule)
    recipe, rates = recipe_and_rates(optimizer, [1.0, 2.0], "optimizer", 2)
    np.testing.assert_array_equal(rates, [1.0, 2.0])
    assert repr(recipe) != repr(recipe_and_rates(keras.optimizers.SGD(0.1), 1.0, "o", 2)[0])
    player, factors = line(2, optimizer, [1.0, 2.0])
    for _ in range(4):  # steps 0 and 1 at 0.1, then 0.01
        player.descend(lambda weights: (weights[0][:, 0, 0], None), factors)
    np.testing.assert_allclose(player.weights[0][:, 0, 0], [-0.22, -0.44], rtol=1e-5)


class Halving(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of one's own, that Keras could not find by its name."""

    def __init__(self, first):
        self.first = first

    def __call__(self, step):
        return self.first * 0.5 ** tf.cast(step, tf.float32)

    def get_config(self):
        return {"first": self.first}


def falling(step):
    if step < 100:
        return 1e-3
    return 1e-4


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (falling, "fails: .* not allowed; the step is a tensor: wanted tf.where"),
        (lambda step: 1e-3 / float(step), "fails: .*; the step is a tensor: wanted tf.where"),
        (lambda step: [1e-3, 1e-4][step], "fails: .*; the step is a tensor"),
        (lambda step: 1 / 0, "fails: ZeroDivisionError"),
        (lambda step: -1e-3, "gives -0.001: wanted a finite rate, at least 0"),
        (lambda step: 1e-3 / tf.cast(step, tf.float32), "gives inf: wanted a finite rate"),
        (lambda step: [1e-3, 1e-3], "gives no number: wanted a finite rate"),
        (lambda step: "1e-3", "gives no number: wanted a finite rate"),
        (lambda step: None, "returns None"),
    ],
)
def test_a_schedule_that_no_program_can_hold_is_refused(rate, told):
    class Mine(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return rate(step)

        def get_config(self):
            return {}

    with refused(rf"the schedule of d_optimizer \(Mine\) {told}"):
        recipe_and_rates(keras.optimizers.Adam(Mine()), 1.0, "d_optimizer", 2)


def test_a_schedule_of_ones_own_is_used_and_is_only_equal_to_itself():
    schedule = Halving(0.5)
    player, factors = line(2, keras.optimizers.SGD(schedule), [1.0, 2.0])
    for _ in range(2):
        player.descend(lambda weights: (weights[0][:, 0, 0], None), factors)
    np.testing.assert_allclose(player.weights[0][:, 0, 0], [-0.75, -1.5], rtol=1e-6)
    recipes = [
        repr(recipe_and_rates(keras.optimizers.SGD(given), 1.0, "o", 2)[0])
        for given in (schedule, schedule, Halving(0.5))
    ]
    assert recipes[0] == recipes[1] != recipes[2]


@pytest.mark.parametrize("kind", ["Lamb", "Adafactor", "Ftrl", "Muon"])
def test_optimizers_that_look_across_members_are_refused(kind):
    optimizer = getattr(keras.optimizers, kind)()
    with refused(f"d_optimizer is {kind}, whose steps may look across members: wanted one of SGD"):
        recipe_and_rates(optimizer, 1.0, "d_optimizer", 2)


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ({"clipnorm": 1.0}, "which would mix the members: the length .* wanted clipvalue"),
        ({"global_clipnorm": 1.0}, "which would mix the members: the length .* wanted clipvalue"),
        ({"use_ema": True}, "whose averages .* wanted techniques.averaged_generator"),
        ({"gradient_accumulation_steps": 2}, "so that most steps move nothing: wanted a larger"),
    ],
)
def test_settings_that_ensembles_do_not_serve_are_refused_with_their_reason(setting, why):
    ((name, value),) = setting.items()
    with refused(f"g_optimizer has {name}={value}, {why}"):
        recipe_and_rates(keras.optimizers.Adam(**setting), 1.0, "g_optimizer", 2)


class Mine(keras.optimizers.Adam):
    """May do anything at all."""


def test_other_things_are_refused():
    with refused("d_optimizer is Mine, whose steps"):
        recipe_and_rates(Mine(), 1.0, "d_optimizer", 2)
    for wrong in ("adam", 1e-3, keras.optimizers.Adam, None):
        with refused("d_optimizer is .*: wanted a Keras optimizer", TypeError):
            recipe_and_rates(wrong, 1.0, "d_optimizer", 2)
    with refused("g_optimizer learning rate holds NaN or infinity"):
        recipe_and_rates(keras.optimizers.SGD(np.nan), 1.0, "g_optimizer", 2)
    with refused(r"d_optimizer factors has shape \(3,\)"):
        recipe_and_rates(keras.optimizers.SGD(), [1, 2, 3], "d_optimizer", 2)


# A player -----------------------------------------------------------------------------------


def test_a_step_of_gradient_descent_by_hand():
    """(w x - y)^2 has the gradient 2 x (w x - y): each member with its own rate and data."""
    player, rates = line(optimizer=keras.optimizers.SGD(0.5), factors=[0.2, 1.0, 0.0])
    w, x, y = np.array([[1.0, -2.0, 3.0], [0.5, 1.0, 2.0], [4.0, 0.25, 1.0]], "float32")
    player.weights[0].assign(w[:, None, None])
    np.testing.assert_array_equal(player.values()[0][:, 0, 0], w)
    losses, report = player.descend(
        lambda weights: (tf.square(weights[0][:, 0, 0] * x - y), "seen"), rates
    )
    assert report == "seen"
    np.testing.assert_allclose(losses, (w * x - y) ** 2, rtol=1e-6)
    wanted = w - np.array([0.1, 0.5, 0.0]) * 2 * x * (w * x - y)
    np.testing.assert_allclose(player.weights[0][:, 0, 0], wanted, rtol=1e-6)


def test_two_steps_with_momentum_by_hand():
    player, rates = line(optimizer=keras.optimizers.SGD(1.0, momentum=0.6), factors=[0.1, 0.2, 0.0])
    w, velocity, rate = np.array([1.0, 2.0, 3.0]), np.zeros(3), np.array([0.1, 0.2, 0.0])
    player.weights[0].assign(w[:, None, None])
    for _ in range(2):
        player.descend(lambda weights: (tf.square(weights[0][:, 0, 0]), None), rates)
        velocity = 0.6 * velocity - rate * 2 * w
        w = w + velocity
    np.testing.assert_allclose(player.weights[0][:, 0, 0], w, rtol=1e-6)


def test_a_weight_that_the_loss_leaves_out_stays():
    model = mlp((2, 3, 1))
    recipe, rates = recipe_and_rates(keras.optimizers.SGD(1.0), 1.0, "optimizer", 2)
    player = Player(model, 2, recipe)
    assert [tuple(w.shape) for w in player.weights] == [(2, 2, 3), (2, 3), (2, 3, 1), (2, 1)]
    player.descend(lambda weights: (tf.reduce_sum(weights[2], axis=[1, 2]), None), rates)
    moved = [bool(np.any(np.asarray(weight) != 0)) for weight in player.weights]
    assert moved == [False, False, True, False]


def test_an_average_is_over_the_values_before_each_step():
    """w falls by its rate: from 1, 0.9, 0.8, ...; the average so far is 1, 0.95, 0.9, ..."""
    recipe, rates = recipe_and_rates(keras.optimizers.SGD(1.0), [0.1, 0.0, 0.4], "optimizer", 3)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    player = Player(model, 3, recipe, averaged=True)
    player.weights[0].assign(np.full((3, 1, 1), 1.0))
    for step in range(5):

        def loss(weights, step=step):
            ((seen,),) = ((mean[:, 0, 0] for mean in player.average()),)
            np.testing.assert_allclose(seen, 1 - np.array([0.1, 0.0, 0.4]) * step / 2, rtol=1e-5)
            return weights[0][:, 0, 0], None

        player.descend(loss, rates)


def test_a_player_that_is_not_averaged_keeps_no_average():
    player, rates = line()
    assert player.average() is None
    player.descend(lambda weights: (weights[0][:, 0, 0], None), rates)
    assert player.average() is None
    assert len(player.registers) == len(player.weights) + len(player.optimizer.variables)


# A program ----------------------------------------------------------------------------------


def parabola(compiled, monkeypatch, optimizer=None, tiny=False):
    """w goes towards data[i]: one step of SGD at rate 0.25 takes it half of the way."""
    monkeypatch.setenv("GANLAB_COMPILE", "1" if compiled else "0")
    player, rates = line(optimizer=optimizer or keras.optimizers.SGD(0.25))

    def step(i, data, scalars):
        def loss(weights):
            return tf.square(weights[0][:, 0, 0] - data[i]), None

        losses, _ = player.descend(loss, scalars["rate"])
        return [losses, 2 * losses]

    return Program([player], step, ["loss", "double"], tiny), rates


def run(one, state, data, rates, count):
    state = [tf.constant(state[0])] if len(state) == 1 else state
    new, totals, failed = one(state, tf.constant(data, tf.float32), {"rate": rates}, count)
    return new, totals.numpy(), failed.numpy()


def start(one, *values):
    return [tf.constant(values, shape=(3, 1, 1)), *one.initial_state[1:]]


DATA = np.array([[8.0, 0.0, -8.0], [4.0, 2.0, 4.0], [0.0, 6.0, 1.0], [1.0, 1.0, 1.0]])


@pytest.mark.parametrize("compiled", [True, False])
def test_steps_are_taken_in_order_and_what_was_seen_is_summed(monkeypatch, compiled):
    one, rates = parabola(compiled, monkeypatch)
    assert one.quantities == ("loss", "double")
    assert not one.ready
    begin = start(one, 0.0, 4.0, 0.0)
    state, totals, failed = run(one, begin, DATA, rates, 2)
    assert one.ready
    # Member 0: 0 -> 4 (loss 64) -> 4 (loss 0); 1: 4 -> 2 (16) -> 2 (0); 2: 0 -> -4 (64) -> 0 (64).
    np.testing.assert_allclose(state[0][:, 0, 0], [4.0, 2.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(totals, [[64, 16, 128], [128, 32, 256]], rtol=1e-6)
    assert failed.tolist() == [NEVER] * 3
    # Nothing is remembered: the same call gives the same, and none takes no step.
    for _ in range(2):
        again = run(one, begin, DATA, rates, 2)
        np.testing.assert_array_equal(again[0][0], state[0])
        np.testing.assert_array_equal(again[1], totals)
    nothing, zeros, failed = run(one, begin, DATA, rates, 0)
    np.testing.assert_array_equal(nothing[0], begin[0])
    np.testing.assert_array_equal(zeros, 0)
    assert failed.tolist() == [NEVER] * 3
    # Rates are arguments: only member 1 moves.
    state, _, _ = run(one, begin, DATA, tf.constant([0.0, 0.5, 0.0]), 1)
    np.testing.assert_allclose(state[0][:, 0, 0], [0.0, 0.0, 0.0], atol=1e-6)
    # A bad member is named with the step, counted from 0, at which it went, and the others
    # have the bits they would have had.
    clean = run(one, begin, DATA, rates, 4)
    for bad in (np.nan, np.inf):
        data = DATA.copy()
        data[2, 1] = bad
        state, totals, failed = run(one, begin, data, rates, 4)
        assert failed.tolist() == [NEVER, 2, NEVER]
        for member in (0, 2):
            np.testing.assert_array_equal(state[0][member], clean[0][0][member])
            np.testing.assert_array_equal(totals[:, member], clean[1][:, member])
        assert not np.isfinite(state[0][1]).any()
    # After the last step only the weights can tell.
    state, totals, failed = run(one, begin, DATA, tf.constant([0.25, 0.25, np.inf]), 1)
    assert np.isfinite(totals).all()
    assert failed.tolist() == [NEVER, NEVER, 0]
    state, totals, failed = run(one, begin, DATA, tf.constant([0.25, 0.25, np.inf]), 4)
    assert failed.tolist() == [NEVER, NEVER, 1]
    assert one._run.experimental_get_tracing_count() == 1


def test_what_the_optimizer_remembers_comes_out_and_goes_in(monkeypatch):
    one, rates = parabola(False, monkeypatch, keras.optimizers.Adam(0.25))
    begin = start(one, 0.0, 4.0, 0.0)
    whole, totals, _ = run(one, begin, DATA, rates, 4)
    half, first, _ = run(one, begin, DATA, rates, 2)
    rest, second, _ = run(one, half, DATA[2:], rates, 2)
    assert len(whole) == len(one.initial_state) > 2
    for a, b in zip(whole, rest, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(first + second, totals, rtol=1e-6)
    # Adam's first step is as long as its rate, from a fresh start only.
    fresh, _, _ = run(one, start(one, *half[0].numpy().ravel()), DATA[2:], rates, 2)
    assert not np.allclose(fresh[0], rest[0])
    np.testing.assert_array_equal(one.initial_state[0], np.zeros((3, 1, 1)))


@pytest.mark.parametrize("compiled", [True, False])
def test_averages_come_out_and_go_in(monkeypatch, compiled):
    monkeypatch.setenv("GANLAB_COMPILE", "1" if compiled else "0")
    recipe, rates = recipe_and_rates(keras.optimizers.SGD(0.25), 1.0, "optimizer", 3)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    player = Player(model, 3, recipe, averaged=True)

    def step(i, data, scalars):
        def loss(weights):  # the average is taken as given: half of the way towards it, and on
            (mean,) = player.average()
            return tf.square(weights[0] - mean - data[i][:, None, None])[:, 0, 0], None

        return [player.descend(loss, scalars["rate"])[0]]

    one, w, past, seen = Program([player], step, ["loss"]), np.array([0.0, 4.0, 1.0]), [], 0
    begin = start(one, *w)
    for target in DATA:
        past.append(w)
        apart = w - np.mean(past, axis=0) - target
        seen, w = seen + apart**2, w - 0.5 * apart
    whole, totals, _ = run(one, begin, DATA, rates, 4)
    np.testing.assert_allclose(whole[0][:, 0, 0], w, rtol=1e-5)
    np.testing.assert_allclose(totals[0], seen, rtol=1e-5)
    half, first, _ = run(one, begin, DATA, rates, 2)
    rest, second, _ = run(one, half, DATA[2:], rates, 2)
    np.testing.assert_allclose(rest[0], whole[0], rtol=1e-6)
    np.testing.assert_allclose(first + second, totals, rtol=1e-6)


def test_two_programs_over_the_same_players_do_not_disturb_each_other(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    player, rates = line()

    def towards(target):
        def step(i, data, scalars):
            def loss(weights):
                return tf.square(weights[0][:, 0, 0] - target), None

            return [player.descend(loss, scalars["rate"])[0]]

        return Program([player], step, ["loss"])

    up, down = towards(1.0), towards(-1.0)
    begin, data = start(up, 0.0, 0.0, 0.0), np.zeros((1, 1))
    half = rates / 2
    raised = run(up, begin, data, half, 1)[0]
    np.testing.assert_allclose(run(down, begin, data, half, 1)[0][0], -np.ones((3, 1, 1)))
    np.testing.assert_allclose(run(up, begin, data, half, 1)[0][0], raised[0])
    np.testing.assert_allclose(raised[0], np.ones((3, 1, 1)))


def one_kernel(one, rates):
    """Whether XLA has made one kernel of the program's loop."""
    arguments = (one.initial_state, tf.constant(DATA, tf.float32), {"rate": rates}, tf.constant(4))
    code = one._run.experimental_get_compiler_ir(*arguments)(stage="optimized_hlo")
    return 'xla_cpu_small_call="true"' in code


@pytest.mark.parametrize("tiny", [True, False])
def test_tiny_programs_become_one_kernel_and_others_do_not(tiny, monkeypatch):
    one, rates = parabola(True, monkeypatch, tiny=tiny)
    other, _ = parabola(False, monkeypatch)
    for a, b in zip(
        run(one, start(one, 0.0, 4.0, -4.0), DATA, rates, 3),
        run(other, start(other, 0.0, 4.0, -4.0), DATA, rates, 3),
        strict=True,
    ):
        np.testing.assert_allclose(np.asarray(a[0]), np.asarray(b[0]), rtol=1e-6)
    assert one_kernel(one, rates) == tiny


def test_what_cannot_become_one_kernel_is_compiled_without_a_word(monkeypatch):
    one, rates = parabola(True, monkeypatch, tiny=True)
    wanted = run(one, start(one, 0.0, 4.0, -4.0), DATA, rates, 4)

    def refuse(*_):
        raise tf.errors.UnimplementedError(None, None, "Fusion kind not implemented on CPU")

    one._run, one.ready = refuse, False
    found = run(one, start(one, 0.0, 4.0, -4.0), DATA, rates, 4)
    np.testing.assert_allclose(found[0][0], wanted[0][0], rtol=1e-6)
    assert one._compiled
    assert not one_kernel(one, rates)


@pytest.mark.parametrize("compiled", [True, False])
def test_later_calls_take_data_of_another_length(monkeypatch, compiled):
    """What was traced for one shape is not called with another."""
    one, rates = parabola(compiled, monkeypatch)
    begin, long = start(one, 0.0, 4.0, -4.0), np.concatenate([DATA, 2 * DATA])
    for data, steps in ((DATA, 2), (long, 7), (DATA, 4), (long, 7), (3 * DATA, 4)):
        state, totals, _ = run(one, begin, data, rates, steps)
        w, seen = np.array([0.0, 4.0, -4.0]), 0.0
        for row in data[:steps]:
            seen, w = seen + (w - row) ** 2, (w + row) / 2
        np.testing.assert_allclose(state[0][:, 0, 0], w, atol=1e-5)
        np.testing.assert_allclose(totals, [seen, 2 * seen], rtol=1e-5)
    assert len(one._found) == 2


def test_an_error_later_on_is_not_taken_for_a_missing_xla(monkeypatch):
    one, rates = parabola(True, monkeypatch)
    run(one, start(one, 0.0, 4.0, -4.0), DATA, rates, 1)

    def fails(*_):
        raise tf.errors.ResourceExhaustedError(None, None, "out of memory")

    monkeypatch.setattr(one, "_traced", lambda arguments: fails)
    with pytest.raises(tf.errors.ResourceExhaustedError):
        run(one, start(one, 0.0, 4.0, -4.0), DATA, rates, 1)


def test_an_error_that_comes_uncompiled_too_does_not_turn_compiling_off(monkeypatch):
    one, rates = parabola(True, monkeypatch)

    def fails(*_):
        raise tf.errors.InvalidArgumentError(None, None, "the loss's own")

    monkeypatch.setattr(compiling, "_without_xla", False)
    monkeypatch.setattr(Program, "_loop", fails)
    one._build(compiled=True)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(one, start(one, 0.0, 4.0, -4.0), DATA, rates, 1)
    assert compiles()


def test_the_switch_turns_compiling_off(monkeypatch):
    monkeypatch.setattr(compiling, "_without_xla", False)
    monkeypatch.delenv("GANLAB_COMPILE", raising=False)
    assert compiles()
    monkeypatch.setenv("GANLAB_COMPILE", "1")
    assert compiles()
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    assert not compiles()
    player, _ = line()
    assert not Program([player], None, [])._compiled
    monkeypatch.setenv("GANLAB_COMPILE", "1")
    assert Program([player], None, [])._compiled
    monkeypatch.setattr(compiling, "_without_xla", True)
    assert not compiles()


def test_an_error_of_the_step_itself_reaches_the_caller(monkeypatch):
    monkeypatch.setattr(compiling, "_without_xla", False)
    one, rates = parabola(False, monkeypatch)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(one, start(one, 0.0, 0.0, 0.0), DATA[:1], rates, 2)
    assert not compiling._without_xla


# Programs that are kept ---------------------------------------------------------------------


def test_equal_keys_share_what_was_built(monkeypatch):
    monkeypatch.setattr(program, "_kept", {})
    first = shared(("a", 1), object)
    assert shared(("a", 1), lambda: pytest.fail("built again")) is first
    assert shared(("a", 2), object) is not first


def test_the_last_sixteen_are_kept_and_use_counts(monkeypatch):
    monkeypatch.setattr(program, "_kept", {})
    built = {key: shared(key, object) for key in range(16)}
    assert shared(0, object) is built[0]  # used again, so no longer the oldest
    shared(16, object)
    assert len(program._kept) == 16
    assert shared(0, object) is built[0]
    assert shared(15, object) is built[15]
    assert shared(2, object) is built[2]
    assert shared(1, object) is not built[1]


def test_a_failure_to_build_is_not_kept(monkeypatch):
    monkeypatch.setattr(program, "_kept", {})
    with pytest.raises(ZeroDivisionError):
        shared("key", lambda: 1 / 0)
    assert program._kept == {}
