"""The engine: seeds that do not mix, bits that repeat, and a loop that Keras agrees with."""

import json
import time
import types

import numpy as np
import pytest

from ganlab import arguments as checks
from ganlab import compiling, data, latent, losses, memory, program, training
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.runs import RECORDS, Run
from ganlab.techniques import instance_noise
from ganlab.training import Added, Records, Scaled, Shown, Trainer, TrainingFailed, train

NORMAL = keras.initializers.RandomNormal(stddev=1.0)


def arguments(**changed):
    """The GAN of aylien2016's last code."""
    return {
        "generator": mlp((1, 4, 1), "softplus", kernel=NORMAL),
        "discriminator": mlp((1, 8, 8, 8, 1), "tanh", kernel=NORMAL),
        "real": data.Gaussian(4.0, 0.5),
        "latent": latent.Stratified(-8.0, 8.0, 0.01),
        "seeds": 4,
        "batch_size": 8,
        **changed,
    }


def trainer(**changed):
    return Trainer(**arguments(**changed))


def weights(some_trainer):
    """All weights now: [generators', discriminators'], lists of arrays (members, ...)."""
    return [ensemble.weights for ensemble in some_trainer._ensembles()]


def equal(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


@pytest.fixture
def uncompiled(monkeypatch):
    """For tests to which compiling adds nothing but seconds."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")


# Bits ---------------------------------------------------------------------------------------


def test_the_same_arguments_give_the_same_bits():
    first, second = (train(**arguments(steps=300, records=3)) for _ in range(2))
    for name in (*RECORDS, "samples"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    assert equal(first.generators.weights, second.generators.weights)


def test_another_seed_gives_other_numbers():
    run = train(**arguments(steps=20, records=1, seeds=[1, 2, 1]))
    assert np.array_equal(run.samples[:, 0], run.samples[:, 2])
    assert not np.allclose(run.samples[:, 0], run.samples[:, 1])


def test_records_do_not_change_what_is_trained():
    often, once = (train(**arguments(steps=300, records=n)) for n in (7, 1))
    assert equal(often.generators.weights, once.generators.weights)


def test_a_trainer_has_both_networks_as_they_are_now():
    some = trainer(seeds=3)
    before = some.discriminators.weights
    some.advance(5)
    assert not equal(some.discriminators.weights, before)
    assert equal(some.discriminators.weights, some.run().discriminators.weights)
    assert equal(some.generators.weights, some.run().generators.weights)


@pytest.mark.parametrize("others", [32, 5])
def test_a_seed_alone_starts_as_it_does_among_others(others):
    alone, among = trainer(seeds=[3]), trainer(seeds=others)
    for one, many in zip(weights(alone), weights(among), strict=True):
        assert equal([w[0] for w in one], [w[3] for w in many])
    for _ in range(5):
        a, b = alone.advance(1), among.advance(1)
        for name in RECORDS:
            np.testing.assert_allclose(a[name][0], b[name][3], rtol=1e-5, err_msg=name)


@pytest.mark.rest
def test_compiled_and_uncompiled_agree_over_the_first_steps(monkeypatch):
    compiled = trainer(n_critic=2)
    first = [compiled.advance(1) for _ in range(10)]
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    uncompiled = trainer(n_critic=2)
    assert uncompiled._game is not compiled._game
    for i, seen in enumerate(first):
        again = uncompiled.advance(1)
        for name in RECORDS:
            np.testing.assert_allclose(seen[name], again[name], rtol=2e-4, err_msg=f"{name}, {i}")


def test_a_discriminator_step_leaves_every_generator_weight_and_the_other_way_round():
    one = trainer(d_optimizer=keras.optimizers.SGD(0.1), g_optimizer=keras.optimizers.SGD(0.1))
    g0, d0 = weights(one)
    one.d_step()
    g1, d1 = weights(one)
    assert equal(g0, g1)
    assert not any(np.array_equal(a, b) for a, b in zip(d0, d1, strict=True))
    one.g_step()
    g2, d2 = weights(one)
    assert equal(d1, d2)
    assert not any(np.array_equal(a, b) for a, b in zip(g1, g2, strict=True))


@pytest.mark.usefixtures("uncompiled")
def test_single_steps_add_up_to_steps_of_both():
    by_hand, at_once = trainer(n_critic=3), trainer(n_critic=3)
    for _ in range(4):
        for _ in range(3):
            by_hand.d_step()
        by_hand.g_step()
    at_once.advance(4)
    for a, b in zip(weights(by_hand), weights(at_once), strict=True):
        for left, right in zip(a, b, strict=True):
            np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-6)
    assert by_hand.step == at_once.step == 4


@pytest.mark.usefixtures("uncompiled")
def test_n_critic_discriminator_steps_use_n_critic_batches():
    one = trainer(n_critic=3)
    one.advance(5)
    assert one._supplies["d"].used == 15
    assert one._supplies["g"].used == 5
    assert len(np.unique(np.asarray(one._supplies["d"].peek()[0].real)[:15, 0, 0])) == 15


def test_poisoning_one_seed_leaves_the_bits_of_the_others():
    clean, poisoned = trainer(), trainer()
    g, d = weights(poisoned)
    d = [d[0].copy(), *d[1:]]
    d[0][2, 0, 0] = np.nan
    poisoned._set_weights((g, d))
    clean.advance(50)
    poisoned.advance(50)
    others = [0, 1, 3]
    for a, b in zip(weights(clean), weights(poisoned), strict=True):
        assert equal([w[others] for w in a], [w[others] for w in b])
    assert poisoned.failed == {2: 1}


# Against plain Keras ------------------------------------------------------------------------


def plain_keras_losses(run_trainer, steps, optimizers, member=1):
    """The loop written out for one member, on the very batches that member is given."""
    generator, discriminator = (e.member(member) for e in run_trainer._ensembles())
    d_optimizer, g_optimizer = optimizers
    blocks = {
        p: {n: np.asarray(getattr(s.peek()[0], n)) for n in ("real", "z")}
        for p, s in run_trainer._supplies.items()
    }
    crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)
    seen = []
    for i in range(steps):
        real, z = (blocks["d"][name][i, member] for name in ("real", "z"))
        with tf.GradientTape() as tape:
            real_logits = discriminator(real)
            fake_logits = discriminator(generator(z))
            d_loss = crossentropy(tf.ones_like(real_logits), real_logits)
            d_loss += crossentropy(tf.zeros_like(fake_logits), fake_logits)
        variables = discriminator.trainable_variables
        d_optimizer.apply(tape.gradient(d_loss, variables), variables)
        with tf.GradientTape() as tape:
            fake_logits = discriminator(generator(blocks["g"]["z"][i, member]))
            g_loss = crossentropy(tf.ones_like(fake_logits), fake_logits)
        variables = generator.trainable_variables
        g_optimizer.apply(tape.gradient(g_loss, variables), variables)
        seen.append((float(d_loss), float(g_loss)))
    return np.array(seen)


SCHEDULE = keras.optimizers.schedules.ExponentialDecay(0.03, 5, 0.5, staircase=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.SGD(0.03),
        lambda: keras.optimizers.SGD(SCHEDULE),
        lambda: keras.optimizers.SGD(0.01, momentum=0.6),
        lambda: keras.optimizers.RMSprop(1e-3),
        lambda: keras.optimizers.Adam(1e-3, beta_1=0.5),
        lambda: keras.optimizers.AdamW(1e-3, weight_decay=0.1),
    ],
    ids=["sgd", "schedule", "momentum", "rmsprop", "adam", "adamw"],
)
def test_the_loop_is_the_one_that_keras_would_run(make, monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", str(int(isinstance(make(), keras.optimizers.Adam))))
    one = trainer(d_optimizer=make(), g_optimizer=make(), batch_size=8)
    # Not member 1, whose first steps by momentum are violent: its rounding grows a hundred times a
    # step from the sixth on, while the others' stays below a millionth.
    member = 2
    wanted = plain_keras_losses(one, 20, (make(), make()), member)
    got = [one.advance(1) for _ in range(20)]
    got = np.array([(seen["d_loss"][member], seen["g_loss"][member]) for seen in got])
    np.testing.assert_allclose(got, wanted, rtol=2e-4, atol=1e-5)


# Knobs --------------------------------------------------------------------------------------


def traces():
    """How often any program has been traced so far."""
    games = [game for game in program._kept.values() if hasattr(game, "programs")]
    return sum(p._run.experimental_get_tracing_count() for g in games for p in g.programs.values())


@pytest.mark.rest
def test_another_rate_or_scalar_builds_nothing_anew(monkeypatch):
    monkeypatch.setattr(program, "_kept", {})  # so that none is dropped meanwhile
    adam = keras.optimizers.Adam(0.5)
    train(**arguments(steps=3, records=1, losses=losses.bounded(1e-5), d_optimizer=adam))
    before = traces()
    for rate in (1e-4, np.array([1e-2, 1e-3, 1e-4, 0.0])):
        for low in (1e-3, np.array([1e-5, 1e-4, 1e-3, 1e-2])):
            adam = Scaled(keras.optimizers.Adam(1.0), rate)
            train(**arguments(steps=3, records=1, losses=losses.bounded(low), d_optimizer=adam))
    assert traces() == before
    train(**arguments(steps=3, records=1, batch_size=9))
    assert traces() > before


@pytest.mark.usefixtures("uncompiled")
def test_a_rate_per_member_is_that_member_trained_with_that_rate():
    rates = [1e-2, 1e-3, 0.0, 3e-3]
    together = trainer(
        seeds=[5, 5, 5, 5],
        d_optimizer=Scaled(keras.optimizers.Adam(1.0), np.array(rates)),
        g_optimizer=Scaled(keras.optimizers.Adam(1.0), np.array(rates)),
    )
    start = weights(together)
    together.advance(5)
    for member, rate in enumerate(rates):
        alone = trainer(
            seeds=[5],
            d_optimizer=keras.optimizers.Adam(rate),
            g_optimizer=keras.optimizers.Adam(rate),
        )
        alone.advance(5)
        for one, many in zip(weights(alone), weights(together), strict=True):
            for left, right in zip(one, many, strict=True):
                np.testing.assert_allclose(left[0], right[member], rtol=1e-4, atol=1e-6)
    assert equal([w[2] for w in start[0]], [w[2] for w in weights(together)[0]])


@pytest.mark.usefixtures("uncompiled")
def test_losses_with_scalars_per_member_act_on_that_member_alone():
    wide, mixed = (trainer(losses=losses.bounded(low)) for low in (1e-6, [1e-6, 1e-6, 0.4, 1e-6]))
    a, b = wide.advance(1)["d_loss"], mixed.advance(1)["d_loss"]
    assert np.array_equal(a[[0, 1, 3]], b[[0, 1, 3]])
    assert a[2] > b[2]


@pytest.mark.usefixtures("uncompiled")
def test_labels_may_be_smoothed_for_one_member_alone():
    labels = ([1.0] * 4, [1.0, 1.0, 0.6, 1.0])
    hard, mixed = (trainer(losses=losses.smoothed(label)) for label in labels)
    a, b = hard.advance(1), mixed.advance(1)
    assert np.array_equal(a["d_loss"][[0, 1, 3]], b["d_loss"][[0, 1, 3]])
    assert a["d_loss"][2] != b["d_loss"][2]


def shift(batch, now, size):
    return batch + size * (1.0 if now.noise is None else now.noise)


@pytest.mark.filterwarnings("ignore:.* has no slope")
@pytest.mark.usefixtures("uncompiled")
def test_what_is_shown_reaches_the_discriminator_real_and_fake_alike():
    bare, shown = trainer(), trainer(shown=Shown(shift, scalars={"size": 0.0}))
    unchanged = shown.advance(3)
    for name, value in bare.advance(3).items():
        np.testing.assert_allclose(value, unchanged[name], rtol=1e-5, err_msg=name)
    far = trainer(shown=Shown(lambda batch, now: 0.0 * batch))
    seen = far.advance(1)
    np.testing.assert_allclose(seen["real_score"], seen["fake_score"], rtol=1e-6)


@pytest.mark.usefixtures("uncompiled")
def test_noise_that_is_shown_is_drawn_per_seed_and_batch():
    def draw(rng, shape):
        return rng.standard_normal(shape, dtype=np.float32)

    one = trainer(shown=Shown(shift, draw, {"size": [0.0, 0.1, 0.2, 0.3]}))
    block = one._supplies["d"].peek()[0]
    noise = np.stack([*block.real_noise, *block.fake_noise])
    assert len(np.unique(noise)) > 0.99 * noise.size  # float32 numbers do coincide
    assert np.array_equal(trainer()._supplies["d"].peek()[0].real, block.real)
    bare = trainer()
    a, b = one.advance(2), bare.advance(2)
    np.testing.assert_allclose(a["d_loss"][0], b["d_loss"][0], rtol=1e-6)
    assert not np.allclose(a["d_loss"][1:], b["d_loss"][1:])


@pytest.mark.usefixtures("uncompiled")
def test_what_is_added_is_added_to_the_loss_of_its_member():
    def penalty(now, weight):
        return weight * tf.reduce_mean(tf.square(now.discriminate(now.real)), axis=-1)

    per_member = np.array([0.0, 1.0, 10.0, 0.0])
    plain, with_penalty = (
        trainer(),
        trainer(added=Added(penalty, scalars={"weight": per_member})),
    )
    real = np.asarray(plain._supplies["d"].peek()[0].real)[0]
    logits = plain._ensembles()[1](real)[..., 0]
    a, b = plain.advance(1)["d_loss"], with_penalty.advance(1)["d_loss"]
    np.testing.assert_allclose(b - a, per_member * (logits**2).mean(1), rtol=1e-3, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.* has no slope")
@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("to", ["d", "g", "dg"])
def test_a_penalty_reaches_the_players_it_is_for(to):
    """A penalty without a gradient: it shows in the losses, and nothing moves otherwise."""
    sizes = np.array([0.0, 1.0, 2.0, 30.0])
    one, bare = trainer(added=Added(lambda now, by: by, scalars={"by": sizes}, to=to)), trainer()
    for _ in range(2):
        seen, wanted = one.advance(1), bare.advance(1)
        for player in "dg":
            found = seen[f"{player}_loss"] - wanted[f"{player}_loss"]
            np.testing.assert_allclose(found, sizes * (player in to), atol=1e-4)
    assert all(map(equal, weights(one), weights(bare)))


@pytest.mark.usefixtures("uncompiled")
def test_a_penalty_on_g_goes_through_its_samples_and_its_weights():
    """One step of SGD against the same step with the gradient of the penalty by Keras."""

    def penalty(now, weight):
        squares = tf.reduce_mean(tf.square(now.discriminate(now.fake - now.real)), axis=-1)
        return weight * (squares + tf.reduce_sum(tf.square(now.weights[0]), axis=(1, 2)))

    sgd = {"g_optimizer": keras.optimizers.SGD(0.03)}
    bare = trainer(**sgd)
    one = trainer(added=Added(penalty, scalars={"weight": [0.0, 0.5, 2.0, 0.5]}, to="g"), **sgd)
    drawn, member = one.batches(1), 1
    assert np.array_equal(drawn["g_z"], bare.batches(1)["g_z"])
    generator, discriminator = (ensemble.member(member) for ensemble in one._ensembles())
    with tf.GradientTape() as tape:
        logits = discriminator(generator(drawn["g_z"][0]) - drawn["g_real"][0])
        kernel = tf.convert_to_tensor(generator.trainable_variables[0])
        added = 0.5 * (tf.reduce_mean(logits**2) + tf.reduce_sum(kernel**2))
    slopes = tape.gradient(added, generator.trainable_variables)
    more = one.g_step()["g_loss"] - bare.g_step()["g_loss"]
    np.testing.assert_allclose(more[[0, 1]], [0.0, added], rtol=1e-4, atol=1e-5)
    for with_it, without, slope in zip(weights(one)[0], weights(bare)[0], slopes, strict=True):
        moved = with_it[member] - without[member]
        np.testing.assert_allclose(moved, -0.03 * slope.numpy(), rtol=1e-3, atol=1e-6)
    assert all(map(equal, weights(one)[1:], weights(bare)[1:]))


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("to", ["d", "g", "dg"])
def test_averages_are_kept_of_the_players_that_want_them_alone(to):
    game = trainer(added=[Added(np.sum), Added(np.sum, to=to, averaged=True)])._game
    assert (game.g.average() is not None, game.d.average() is not None) == ("g" in to, "d" in to)


@pytest.mark.filterwarnings("ignore:.* has no slope")
@pytest.mark.usefixtures("uncompiled")
def test_each_penalty_draws_for_itself_and_for_each_player():
    def draw(rng, shape):
        return rng.random((shape[0], shape[1], 3), dtype=np.float32)

    def noise(now, size):
        return size * tf.reduce_sum(now.noise, axis=(1, 2))

    sizes = ({"size": 1.0}, {"size": [0.0, 1.0, 2.0, 3.0]})
    added = [Added(noise, draw, sizes[0], "dg"), Added(noise, draw, sizes[1], "g")]
    one, bare = trainer(added=added), trainer()
    drawn, plain = one.batches(2), bare.batches(2)
    for name, values in plain.items():
        assert np.array_equal(drawn[name], values), name
    sums = {name: drawn[name][0].sum() for name in ("added0", "g_added0", "g_added1")}
    assert "added1" not in drawn
    assert len({round(float(value), 3) for value in sums.values()}) == 3
    seen, wanted = one.advance(1), bare.advance(1)
    more = [seen[name][2] - wanted[name][2] for name in ("d_loss", "g_loss")]
    wanted = [sums["added0"], sums["g_added0"] + 2 * sums["g_added1"]]
    np.testing.assert_allclose(more, wanted, rtol=1e-4)


NOTHING = losses.Losses(lambda real, fake: 0.0 * real[..., 0], lambda fake: 0.0 * fake[..., 0])


@pytest.mark.filterwarnings("ignore:.* has no slope")
@pytest.mark.usefixtures("uncompiled")
def test_extensions_see_the_step_of_g_that_is_taken(monkeypatch):
    """Now.step from 0 on, whatever is recorded, and by blocks of random numbers of two steps."""
    monkeypatch.setattr(training, "_blocks", lambda *_: (2, 1))
    count = Added(lambda now: tf.fill((4,), now.step), to="dg")
    one = trainer(losses=NOTHING, added=count, n_critic=2)
    for steps, mean in ((1, 0.0), (3, 2.0), (4, 5.5)):
        one.record()
        seen = one.advance(steps)
        assert seen["d_loss"].tolist() == seen["g_loss"].tolist() == [mean] * 4
    for _ in range(3):  # steps of D alone do not count
        assert one.d_step()["d_loss"].tolist() == [8.0] * 4
    assert one.g_step()["g_loss"].tolist() == [8.0] * 4
    assert one.d_step()["d_loss"].tolist() == [9.0] * 4


@pytest.mark.usefixtures("uncompiled")
def test_what_d_sees_may_change_with_the_step_and_g_plays_against_the_same():
    """Batches moved far away at step 1 alone: both players see one and the same logit there."""

    def jump(batch, now):
        return batch + tf.where(now.step == 1.0, 1e6, 0.0)

    still = {f"{role}_optimizer": keras.optimizers.SGD(0.0) for role in "gd"}
    one, bare = (trainer(shown=shown, **still) for shown in (Shown(jump), None))
    far = one._ensembles()[1](np.full((1, 1), 1e6))[:, 0, 0].astype(float)
    for step in range(3):
        seen, wanted = one.advance(1), bare.advance(1)
        if step == 1:
            d_loss = np.logaddexp(0, -far) + np.logaddexp(0, far)
            wanted = {"d_loss": d_loss, "g_loss": np.logaddexp(0, -far)}
        for name in ("d_loss", "g_loss"):
            np.testing.assert_allclose(seen[name], wanted[name], rtol=1e-4)


@pytest.mark.usefixtures("uncompiled")
def test_g_is_given_real_samples_only_where_it_looks_at_them():
    bare, together = trainer(), trainer(shown=Shown(together=True))
    matching = trainer(losses=losses.feature_matching("hidden_1"))
    assert "g_real" not in bare.batches(1)
    for one in (together, matching):
        drawn = one.batches(1)
        for name, values in bare.batches(1).items():
            assert np.array_equal(drawn[name], values), name
        assert drawn["g_real"].shape == drawn["real"].shape
        assert np.isin(drawn["g_real"], drawn["real"]).mean() < 0.01  # float32 numbers coincide
        assert abs(drawn["g_real"].mean() - 4.0) < 0.05


@pytest.mark.usefixtures("uncompiled")
def test_aligned_latents_meet_sorted_data_in_the_steps_of_g_too():
    aligned = {"latent": latent.Stratified(-1, 1, aligned=True)}
    drawn = trainer(shown=Shown(together=True), **aligned).batches(1)
    assert (np.diff(drawn["g_real"][..., 0], axis=-1) >= 0).all()


@pytest.mark.usefixtures("uncompiled")
def test_a_run_with_noise_on_its_latent_is_saved_and_loaded(tmp_path):
    noisy = latent.Stratified(-2.0, 2.0, noise=0.25)
    run = train(**arguments(steps=2, records=1, latent=noisy))
    run.save(tmp_path / "run.npz")
    again = Run.load(tmp_path / "run.npz")
    assert again.latent == noisy
    assert np.array_equal(run.generate(5), again.generate(5))


@pytest.mark.usefixtures("uncompiled")
def test_the_first_record_sees_the_noise_of_the_first_step():
    """Records on the spot try many steps, but none of them is taken."""
    whole, fading = (trainer(shown=instance_noise(20.0, until)) for until in (None, 2))
    for one in (whole, fading):
        one.record()
    np.testing.assert_allclose(whole._records["d_loss"], fading._records["d_loss"], rtol=1e-6)


@pytest.mark.usefixtures("uncompiled")
def test_one_penalty_or_loss_for_all_members_is_refused():
    def mixing(now):
        return tf.reduce_mean(tf.square(now.discriminate(now.real)))

    with pytest.raises(ValueError, match=r"added function gives shape \(\): wanted \(4,\)"):
        trainer(added=Added(mixing)).advance(1)
    both = losses.Losses(
        lambda real, fake: tf.reduce_mean(real - fake), lambda fake: tf.reduce_mean(fake)
    )
    with pytest.raises(ValueError, match=r"the loss has shape \(\): wanted \(4,\)"):
        trainer(losses=both).advance(1)


@pytest.mark.usefixtures("uncompiled")
def test_samples_may_be_packed_and_noise_may_have_another_width():
    def packed(batch, now):
        return tf.reshape(batch, (batch.shape[0], -1, 4))

    assert np.isfinite(
        trainer(discriminator=mlp((4, 4, 1)), shown=Shown(packed)).advance(2)["d_loss"]
    ).all()

    def beside(batch, now):
        return tf.concat([batch, now.noise], axis=-1)

    def three(rng, shape):
        return rng.standard_normal((*shape[:2], 3), dtype=np.float32)

    wide = trainer(discriminator=mlp((4, 4, 1)), shown=Shown(beside, three))
    assert np.isfinite(wide.advance(2)["d_loss"]).all()


@pytest.mark.parametrize("lost", [lambda batch, now: batch[:1], lambda batch, now: batch[..., 0]])
def test_what_is_shown_keeps_the_members_apart(lost):
    with pytest.raises(
        ValueError, match=r"shown gives shape .*: wanted \(4, samples, numbers"
    ) as info:
        trainer(shown=Shown(lost))
    assert "\n" not in str(info.value)


# What is recorded ---------------------------------------------------------------------------


def test_a_run_has_the_promised_shapes():
    run = train(**arguments(steps=100, records=4, seeds=3))
    assert list(run.steps) == [0, 25, 50, 75, 100]
    assert all(getattr(run, name).shape == (5, 3) for name in RECORDS)
    assert run.samples.shape == (5, 3, 500, 1)
    assert run.generate(7).shape == (3, 7, 1)
    assert run.discriminate(np.linspace(0, 8, 11)).shape == (3, 11)
    assert list(train(**arguments(steps=10, records=[0, 3])).steps) == [0, 3, 10]


def test_records_keep_as_many_samples_as_they_are_told_to():
    few = train(**arguments(steps=10, records=Records(2, samples=7)))
    many = train(**arguments(steps=10, records=2))
    assert few.samples.shape == (3, 4, 7, 1)
    assert few.kept is None and many.kept is None
    assert equal(few.generators.weights, many.generators.weights)
    assert list(train(**arguments(steps=10, records=Records([3, 10]))).steps) == [0, 3, 10]


@pytest.mark.usefixtures("uncompiled")
def test_records_may_keep_what_a_function_makes_of_samples(tmp_path):
    def moments(samples):
        return np.stack([samples.mean(axis=(1, 2)), samples.std(axis=(1, 2))], axis=-1)

    run = train(**arguments(steps=10, records=Records(2, keep=moments)))
    whole = train(**arguments(steps=10, records=2))
    assert run.samples.shape == (3, 4, 0, 1)
    wanted = np.stack([moments(samples) for samples in whole.samples])
    np.testing.assert_array_equal(run.kept, wanted)
    run.save(tmp_path / "run.npz")
    again = Run.load(tmp_path / "run.npz")
    np.testing.assert_array_equal(again.kept, wanted)
    whole.save(tmp_path / "whole.npz")
    assert Run.load(tmp_path / "whole.npz").kept is None


def longer_each_time():
    calls = []
    return lambda samples: calls.append(1) or samples[:, : len(calls)]


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (longer_each_time(), r"keep gives shape \(4, 3, 1\), and gave \(4, 2, 1\) at the first"),
        (lambda x: x[:, : 1 + int(x.any())] if x.any() else x[:2], r"keep gives shape \(2, 500, 1"),
        (lambda x: 1 // (not x.any()) + x, r"keep \(a lambda .*\) fails: ZeroDivisionError"),
    ],
)
def test_what_keep_does_later_is_told_in_one_line(keep, message):
    with pytest.raises(ValueError, match=message) as info:
        train(**arguments(steps=2, records=Records(2, keep=keep)))
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Records(keep=lambda samples: samples.mean()), r"keep gives shape \(\): wanted \(4, ...\)"),
        (Records(keep=lambda samples: samples[:2]), r"keep gives shape \(2, 500, 1\): wanted"),
        (Records(keep=lambda samples: [[1], [2, 3]]), "keep gives lists that make no array"),
        (Records(keep=lambda samples: samples.nothing), r"keep \(a lambda .*\) fails: Attribute"),
        (Records(keep=lambda samples: None), r"keep \(a lambda .*\) returns None"),
        (Records(samples=0), "samples=0"),
        (Records(at=0), "records=0"),
    ],
)
def test_records_that_cannot_be_kept_are_refused_before_anything_compiles(
    wrong, message, monkeypatch
):
    monkeypatch.setattr(training, "shared", lambda *_: pytest.fail("something was built"))
    with pytest.raises(ValueError, match=message) as info:
        train(**arguments(records=wrong))
    assert "\n" not in str(info.value)


def test_a_record_of_pictures_takes_little_memory_where_little_is_kept(monkeypatch):
    asked = []
    monkeypatch.setattr(memory, "training_fits_memory", lambda *given, **more: asked.append(given))
    keep = Records(2, samples=1000, keep=lambda samples: samples[:, :3])
    train(**arguments(steps=2, records=keep))
    seeds, _, records, record, samples, _ = asked[-1]
    assert (seeds, records, record, samples) == (4, 2, 2 * 4 * 3, None)


def test_the_first_record_is_of_untrained_networks():
    run, fresh = train(**arguments(steps=10, records=1)), trainer()
    wanted = Ensemble(fresh._models[0], fresh.seeds, weights(fresh)[0])(fresh._z)
    assert np.array_equal(run.samples[0], wanted)


def test_records_are_averages_over_the_steps_between():
    run, one = train(**arguments(steps=40, records=2)), trainer()
    steps = [one.advance(1) for _ in range(40)]
    for name in RECORDS:
        mean = np.mean([seen[name] for seen in steps[20:]], axis=0)
        np.testing.assert_allclose(getattr(run, name)[2], mean, rtol=1e-4, err_msg=name)


def test_scores_and_accuracy_are_those_of_the_batch():
    one = trainer()
    drawn = one._supplies["d"].peek()[0]
    block = {"real": np.asarray(drawn.real)[0], "z": np.asarray(drawn.z)[0]}
    generators, discriminators = one._ensembles()
    real, fake = (
        1 / (1 + np.exp(-discriminators(x)[..., 0]))
        for x in (block["real"], generators(block["z"]))
    )
    seen = one.advance(1)
    np.testing.assert_allclose(seen["real_score"], real.mean(1), rtol=1e-5)
    np.testing.assert_allclose(seen["fake_score"], fake.mean(1), rtol=1e-5)
    accuracy = ((real > 0.5).mean(1) + (fake < 0.5).mean(1)) / 2
    np.testing.assert_allclose(seen["accuracy"], accuracy)


def test_members_are_plain_keras_models_that_save_load_and_predict(tmp_path):
    run = train(**arguments(steps=20, records=1))
    z = np.linspace(-8, 8, 9, dtype="float32")[:, None]
    model = run.generator(2)
    model.save(tmp_path / "generator.keras")
    loaded = keras.saving.load_model(tmp_path / "generator.keras")
    np.testing.assert_allclose(loaded.predict(z, verbose=0), run.generators(z)[2], rtol=1e-5)
    scores = 1 / (1 + np.exp(-run.discriminator(2).predict(z, verbose=0)[:, 0]))
    np.testing.assert_allclose(scores, run.discriminate(z)[2], rtol=1e-5)


def test_a_run_is_saved_and_loaded_without_pickle(tmp_path):
    run = train(**arguments(steps=20, records=2))
    run.save(tmp_path / "run.npz")
    again = Run.load(tmp_path / "run.npz")
    for name in (*RECORDS, "steps", "samples", "seeds"):
        assert np.array_equal(getattr(run, name), getattr(again, name)), name
    assert np.array_equal(run.generate(5), again.generate(5))
    assert np.array_equal(run.discriminate([3.0, 4.0]), again.discriminate([3.0, 4.0]))
    with np.load(tmp_path / "run.npz", allow_pickle=False) as file:
        assert json.loads(str(file["about"]))["latent"][0] == "Stratified"


@pytest.mark.usefixtures("uncompiled")
def test_an_array_of_ones_own_can_be_learned():
    rng = np.random.default_rng(0)
    own = rng.normal([1.0, -1.0, 0.0], 0.5, size=(500, 3))
    run = train(
        mlp((2, 16, 3)), mlp((3, 16, 1)), own, latent.Gaussian(2), steps=50, seeds=2, records=1
    )
    assert run.samples.shape == (2, 2, 500, 3)


def test_aligned_latents_meet_sorted_data():
    one = trainer(latent=latent.Stratified(-1, 1, aligned=True))
    drawn = one._supplies["d"].peek()[0]
    block = {"real": np.asarray(drawn.real), "z": np.asarray(drawn.z)}
    assert (np.diff(block["real"][..., 0], axis=-1) >= 0).all()
    assert (np.diff(block["z"][..., 0], axis=-1) > 0).all()
    unsorted = np.asarray(trainer()._supplies["d"].peek()[0].real)[..., 0]
    assert not (np.diff(unsorted, axis=-1) >= 0).all()
    assert np.array_equal(np.sort(unsorted, -1), block["real"][..., 0])


# Trouble ------------------------------------------------------------------------------------


def test_a_seed_that_stops_being_finite_is_frozen_and_named(capsys):
    rates = np.array([1e-3, 1e38, 1e-3, 1e-3])
    sgd = Scaled(keras.optimizers.SGD(1.0), rates)
    # Not the usual losses: a D that is far too sure has no slope, and then nothing moves.
    both = {"d_optimizer": sgd, "g_optimizer": sgd, "losses": losses.least_squares}
    run = train(**arguments(steps=60, records=6, **both))
    assert list(run.failed) == [1]
    assert 1 <= run.failed[1] <= 5
    assert "seed 1 (step" in capsys.readouterr().out
    assert np.isnan(run.d_loss[-1, 1]) and np.isnan(run.samples[-1, 1]).all()
    assert np.isfinite(run.d_loss[:, [0, 2, 3]]).all()
    assert all(np.isfinite(w).all() for w in run.generators.weights)
    # From the very step on of which `failed` tells.
    run = train(**arguments(steps=6, records=6, **both))
    gone = run.steps >= run.failed[1]
    for name in (*RECORDS, "samples"):
        values = getattr(run, name)[:, 1].reshape(len(run.steps), -1)
        np.testing.assert_array_equal(np.isnan(values).any(axis=1), gone, err_msg=name)


@pytest.mark.usefixtures("uncompiled")
def test_when_all_have_failed_the_error_names_the_step_and_the_cause():
    exploding = {"losses": losses.least_squares, "d_optimizer": keras.optimizers.SGD(1e4)}
    wanted = r"all 4 seeds.*step \d.*learning rate.*10000 for the discriminator"
    with pytest.raises(TrainingFailed, match=wanted) as info:
        train(**arguments(steps=200, records=10, **exploding))
    assert "\n" not in str(info.value)
    assert info.value.run.steps[0] == 0
    schedule = keras.optimizers.schedules.ExponentialDecay(1e4, 1000, 0.5)
    exploding["d_optimizer"] = keras.optimizers.SGD(schedule)
    with pytest.raises(TrainingFailed, match=r"up to 1 times its schedule for the discriminator"):
        train(**arguments(steps=200, records=10, **exploding))


def test_an_interruption_returns_what_was_recorded_and_says_so(capsys, monkeypatch):
    calls = []

    def interrupted(self, most, original=Trainer.advance_block):
        calls.append(most)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(self, most)

    monkeypatch.setattr(Trainer, "advance_block", interrupted)
    run = train(**arguments(steps=50, records=5))
    assert list(run.steps) == [0, 10, 20]
    assert "Interrupted at step 20 of 50" in capsys.readouterr().out
    assert run.generate(3).shape == (4, 3, 1)


def test_a_record_at_an_interruption_keeps_what_was_seen(monkeypatch):
    def interrupted(self, most, original=Trainer.advance_block):
        if self.step:
            raise KeyboardInterrupt
        return original(self, 7)

    monkeypatch.setattr(Trainer, "advance_block", interrupted)
    run = train(**arguments(steps=50, records=1))
    assert list(run.steps) == [0, 7]
    assert np.isfinite(run.d_loss).all()


@pytest.mark.parametrize(
    "ending", ["sigmoid", "tanh", keras.Sequential([keras.layers.Dense(1, "sigmoid")])]
)
def test_a_discriminator_that_does_not_end_in_a_logit_is_refused(ending):
    last = keras.layers.Dense(1, ending) if isinstance(ending, str) else ending
    with pytest.raises(ValueError, match=r"discriminator ends in a (sigmoid|tanh): wanted a logit"):
        train(**arguments(discriminator=keras.Sequential([keras.Input((1,)), last])))


@pytest.mark.parametrize("wrong", [{}, {"d_loss": np.zeros(4)}])
def test_a_record_wants_what_advance_returns(wrong):
    with pytest.raises(ValueError, match="wanted what advance returns"):
        trainer().record(wrong)


def test_without_xla_training_runs_uncompiled_and_warns_once(monkeypatch):
    def refuse(*_):
        raise tf.errors.UnimplementedError(None, None, "no XLA here")

    original = program.Program._build

    def build(self, compiled, tiny=False):
        original(self, compiled, tiny)
        if compiled:
            self._run = refuse

    monkeypatch.setattr(program.Program, "_build", build)
    monkeypatch.setattr(compiling, "_without_xla", False)
    monkeypatch.setattr(compiling, "xla_works", lambda: False)
    monkeypatch.setattr(program, "_kept", {})
    with pytest.warns(RuntimeWarning, match="no XLA here") as caught:
        one = trainer()
        one.advance(3)
        trainer(batch_size=5).advance(1)
    assert len(caught) == 1
    assert one.step == 3


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            dict(seeds=3, records=70_000),
            r"3 seeds with 70000 records of 500 samples .* at most records=\d+ or samples=\d+$",
        ),
        (dict(seeds=10**9), "seeds=1000000000 would need .*: wanted at most seeds="),
        (dict(seeds=50_000), "50000 seeds would need .*: wanted at most seeds="),
        (dict(seeds=3, batch_size=10**8), "3 seeds of 500 samples would need .*: wanted smaller"),
        (
            dict(seeds=3, records=Records(1, samples=10**9)),
            r"3 seeds of 1000000000 samples .*: wanted at most samples=\d+$",
        ),
    ],
)
def test_a_training_that_would_not_fit_is_refused_before_a_step(monkeypatch, changed, message):
    free = types.SimpleNamespace(available=500_000_000)
    monkeypatch.setattr(checks.psutil, "virtual_memory", lambda: free)
    monkeypatch.setattr(Trainer, "record", None)
    start = time.monotonic()
    with pytest.raises(ValueError, match=message):
        train(**arguments(steps=70_000, **changed))
    assert time.monotonic() - start < 20
    trainer(seeds=3)  # which fits


class NotALayer:
    pass


def functional():
    x = keras.Input((1,))
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Dense(3, name="hidden_1")(x)))


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"steps": -1}, "steps=-1"),
        ({"steps": 1.5}, "steps=1.5"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"seeds": []}, "seeds is empty"),
        ({"seeds": "three"}, "seeds='three': wanted how many"),
        ({"n_critic": 0}, "n_critic=0"),
        ({"records": 0}, "records=0"),
        ({"records": [7000]}, "step 7000"),
        ({"losses": "wgan"}, "losses is 'wgan'"),
        ({"shown": 3}, "shown holds 3"),
        ({"added": [3]}, "added holds 3"),
        ({"added": None}, "added holds None"),
        ({"added": np.sum}, "added holds <function sum"),
        ({"added": Added(np.sum, to="x")}, "to='x': wanted 'd', 'g' or 'dg'"),
        ({"added": [Added(np.sum), Added(np.sum, to="")]}, "to='': wanted 'd', 'g' or 'dg'"),
        ({"losses": losses.feature_matching("hidden_4")}, "no layer 'hidden_4': wanted one of"),
        (
            {"losses": losses.feature_matching("hidden_2"), "discriminator": functional()},
            "discriminator has no layer 'hidden_2': wanted one of input_layer.*, hidden_1, ",
        ),
        (
            {"losses": losses.feature_matching("hidden_1", [1.0, 2.0])},
            r"losses weight has shape \(2,\)",
        ),
        ({"latent": 16}, "latent is 16"),
        ({"generator": NotALayer()}, "generator is NotALayer"),
        (
            {"generator": mlp((2, 4, 1))},
            "generator takes inputs of size 2: it will be given size 1",
        ),
        ({"generator": mlp((1, 4, 2))}, "generator gives 2 numbers"),
        ({"discriminator": mlp((1, 4, 1), output_activation="sigmoid")}, "ends in a sigmoid"),
        ({"d_optimizer": "adam"}, "d_optimizer is 'adam'"),
        ({"d_optimizer": keras.optimizers.Lamb()}, "Lamb"),
        ({"g_optimizer": keras.optimizers.Adafactor()}, "Adafactor"),
        ({"g_optimizer": keras.optimizers.Adam(clipnorm=1.0)}, "clipnorm=1.0"),
        ({"g_optimizer": Scaled(keras.optimizers.Adam(), [1.0, 2.0])}, r"shape \(2,\)"),
        ({"g_optimizer": Scaled(keras.optimizers.Adam(), np.nan)}, "NaN"),
        ({"losses": losses.bounded([0.1, 0.2, 0.3])}, r"losses low has shape \(3,\)"),
        ({"real": "gaussian"}, "wanted"),
        (
            {
                "real": data.ring(),
                "generator": mlp((1, 2)),
                "discriminator": mlp((2, 1)),
                "latent": latent.Stratified(aligned=True),
            },
            "aligned",
        ),
    ],
)
def test_wrong_arguments_get_one_line_before_anything_compiles(changed, message, monkeypatch):
    monkeypatch.setattr(training, "shared", lambda *_: pytest.fail("something was built"))
    with pytest.raises((TypeError, ValueError), match=message) as info:
        train(**arguments(**changed))
    assert "\n" not in str(info.value)


def test_train_has_at_most_15_arguments():
    assert train.__code__.co_argcount + train.__code__.co_kwonlyargcount <= 15


@pytest.mark.usefixtures("uncompiled")
def test_a_pretrained_discriminator_is_where_training_starts():
    ensemble, _, _ = pretrain(
        mlp((1, 8, 8, 8, 1), "tanh", kernel=NORMAL),
        data.Uniform(-5.0, 5.0),
        data.Gaussian().density,
        steps=10,
        seeds=4,
    )
    one = trainer(discriminator=ensemble)
    assert equal(weights(one)[1], ensemble.weights)
    with pytest.raises(ValueError, match="other seeds"):
        trainer(discriminator=ensemble, seeds=5)


def test_a_run_reads_logits_as_its_losses_do():
    """Also where that is neither a sigmoid nor nothing: the scores of a fixed D, by hand."""
    run = train(
        mlp((1, 2, 1)),
        mlp((1, 3, 1), "tanh"),
        data.Gaussian(),
        latent.Gaussian(),
        losses=losses.clamped,
        steps=2,
        seeds=2,
    )
    outputs = run.discriminators(np.linspace(-2, 2, 9)[:, None])[..., 0]
    wanted = np.clip(np.tanh(outputs), 0.01, 0.99)
    np.testing.assert_allclose(run.discriminate(np.linspace(-2, 2, 9)), wanted, rtol=1e-5)
    rounded = 1e-6  # in a mean of numbers that are all 0.01
    assert ((run.real_score >= 0.01 - rounded) & (run.real_score <= 0.99 + rounded)).all()


def test_a_score_of_your_own_is_not_taken_for_one_of_ours_by_its_name():
    def sigmoid(logits):
        return 0.25 + 0.0 * logits

    own = losses.nonsaturating._replace(score=sigmoid)
    run = train(
        mlp((1, 2, 1)),
        mlp((1, 3, 1)),
        data.Gaussian(),
        latent.Gaussian(),
        losses=own,
        steps=1,
        seeds=2,
    )
    np.testing.assert_allclose(run.discriminate([0.0, 1.0]), 0.25)


# Other numbers on the way


def with_noise(std, rate=1e-3, optimizer=keras.optimizers.Adam):
    return training.Gan(
        mlp((1, 3, 1)),
        mlp((1, 4, 1)),
        data.Gaussian(),
        latent.Gaussian(),
        d_optimizer=optimizer(rate),
        g_optimizer=optimizer(1e-3),
        shown=instance_noise(std),
    )


def test_another_gans_numbers_are_taken_over_from_the_next_step_on():
    one, other = with_noise(0.1), with_noise(0.3, rate=0.05)
    trainer = Trainer(one, seeds=2, batch_size=4)
    fields = {name: getattr(other, name) for name in ("d_optimizer", "shown")}
    trainer.take_over(one.changed(**fields))  # before the first step: as if it had begun so
    seen = trainer.advance(5)
    expected = Trainer(other, seeds=2, batch_size=4).advance(5)
    for name, values in expected.items():
        np.testing.assert_array_equal(seen[name], values)
    trainer.take_over(one)
    trainer.gan.d_optimizer.learning_rate = 0.0  # a rate that is set is still followed
    before = trainer.weights("d")
    trainer.advance(3)
    for old, new in zip(before, trainer.weights("d"), strict=True):
        np.testing.assert_array_equal(old, new)


def test_what_wants_another_program_is_not_taken_over():
    one = with_noise(0.1)
    trainer = Trainer(one, seeds=2, batch_size=4)
    for other, told in (
        (one.changed(shown=()), "another program"),
        (one.changed(n_critic=2), "another program"),
        (one.changed(d_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.1)), "another program"),
        (one.changed(generator=mlp((1, 3, 1))), "another generator"),
        (one.changed(real=data.Gaussian(1.0)), "another real"),
    ):
        with pytest.raises(ValueError, match=f"^gan has {told}: wanted other rates and scalars"):
            trainer.take_over(other)
    assert trainer.gan is one


def test_a_momentum_keeps_its_rate():
    def sgd(rate):
        return keras.optimizers.SGD(rate, momentum=0.5)

    one = with_noise(0.1, optimizer=sgd)
    trainer = Trainer(one, seeds=2, batch_size=4)
    with pytest.raises(ValueError, match=r"^d_optimizer is SGD with momentum, .*wanted the same"):
        trainer.take_over(one.changed(d_optimizer=sgd(0.5)))
    trainer.take_over(one.changed(shown=instance_noise(0.7)))


def test_a_scaled_momentum_and_that_of_rmsprop_keep_their_rates():
    def scaled(rate):
        return Scaled(keras.optimizers.SGD(1.0, momentum=0.5), [rate, rate])

    def rmsprop(rate):
        return keras.optimizers.RMSprop(rate, momentum=0.5)

    for optimizer, kind in ((scaled, "SGD"), (rmsprop, "RMSprop")):
        one = with_noise(0.1, optimizer=optimizer)
        trainer = Trainer(one, seeds=2, batch_size=4)
        with pytest.raises(ValueError, match=f"^d_optimizer is {kind} with momentum, .*the same"):
            trainer.take_over(one.changed(d_optimizer=optimizer(0.5)))


def test_another_layer_to_match_is_another_program():
    one = with_noise(0.1).changed(
        discriminator=mlp((1, 4, 4, 1)), losses=losses.feature_matching("hidden_2")
    )
    trainer = Trainer(one, seeds=2, batch_size=4)
    for layer, told in (("hidden_1", "gan has another program"), ("nonsense", "has no layer 'non")):
        with pytest.raises(ValueError, match=told):
            trainer.take_over(one.changed(losses=losses.feature_matching(layer)))
