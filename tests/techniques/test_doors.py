"""The doors that techniques come in by: several shown, patches, `Now` and `Replaced`."""

import numpy as np
import pytest

from ganlab import data, latent, losses
from ganlab.backend import tf
from ganlab.networks import mlp
from ganlab.techniques import instance_noise
from ganlab.training import Added, Gan, Replaced, Shown
from tests.techniques.twin import (
    MEMBER,
    NORMAL,
    equal,
    follow,
    minibatch,
    near,
    plain,
    trainer,
    weights,
)

pytestmark = pytest.mark.usefixtures("eager")

# Several shown, one after the other ---------------------------------------------------------


def bent(batch, now, factor):
    return tf.tanh(factor * batch)


BENT = Shown(bent, scalars={"factor": 2.0})


def test_what_d_is_shown_goes_through_each_in_turn():
    one = trainer(shown=[instance_noise(0.5), BENT, instance_noise(0.2, until=2)])
    assert {"real_noise", "real_noise2", "g_fake_noise2"} <= set(one.batches(0))
    assert "real_noise1" not in one.batches(0)  # there is nothing to draw

    def shown(x, noises, step):
        faded = 0.2 * max(1 - step / 2, 0)
        return tf.tanh(2.0 * (x + 0.5 * noises[0])) + faded * noises[2]

    follow(one, 3, shown=shown)


def test_their_order_matters():
    orders = ([instance_noise(0.5), BENT], [BENT, instance_noise(0.5)])
    first, second = (trainer(shown=shown) for shown in orders)
    follow(second, 2, shown=lambda x, noises, step: tf.tanh(2.0 * x) + 0.5 * noises[1])
    first.advance(2)
    assert not near(first, second)


def test_a_second_one_draws_beside_the_first_and_not_in_its_place():
    """In D's step what is drawn before its real noise, and in G's the fake noise, stay as they
    were; each has noise of its own."""
    alone = trainer(shown=instance_noise(0.5)).batches(1)
    both = trainer(shown=[instance_noise(0.5), instance_noise(0.5)]).batches(1)
    for name in ("real", "d_z", "fake_noise", "g_z", "g_fake_noise"):
        np.testing.assert_array_equal(alone[name], both[name])
    noise = [both[f"{kind}_noise{k}"].ravel() for kind in ("real", "fake") for k in ("", 1)]
    assert np.abs(np.corrcoef(noise) - np.eye(4)).max() < 0.06


def test_one_that_shows_nothing_new_changes_nothing():
    bare, more = trainer(), trainer(shown=[Shown(), Shown()])
    for one in (bare, more):
        one.advance(2)
    assert equal(bare, more)


# Several logits a sample --------------------------------------------------------------------


def patches():
    return mlp((1, 4, 3, 3), "tanh", kernel=NORMAL)


@pytest.mark.parametrize("together", [False, True])
def test_each_logit_of_each_sample_counts_as_much(together):
    follow(trainer(patches(), shown=Shown(together=together)), 3, together=together)


def test_relativistic_patches_are_compared_place_by_place():
    def paired(winner, loser):
        return -tf.reduce_mean(tf.math.log(tf.sigmoid(winner - loser)))

    one = trainer(patches(), losses=losses.relativistic)
    follow(one, 2, relative=True, d_loss=paired, g_loss=lambda r, f, *_: paired(f, r))


def test_scores_and_accuracy_are_over_all_patches_and_discriminate_is_their_mean():
    kept = {}

    def look(now):
        kept.update(x=now.real.numpy(), logits=now.discriminate(now.real).numpy())
        return tf.zeros(3)

    one = trainer(patches(), added=Added(look))
    drawn, (generators, discriminators) = one.batches(MEMBER), one._ensembles()
    seen = one.d_step()
    real, fake = drawn["real"][0], generators.member(MEMBER)(drawn["d_z"][0])
    logits = [discriminators.member(MEMBER)(x).numpy() for x in (real, fake)]
    scores = [1 / (1 + np.exp(-each)) for each in logits]
    for name, score in zip(("real_score", "fake_score"), scores, strict=True):
        np.testing.assert_allclose(seen[name][MEMBER], score.mean(), rtol=1e-5)
    right = ((scores[0] > 0.5).mean() + (scores[1] < 0.5).mean()) / 2
    np.testing.assert_allclose(seen["accuracy"][MEMBER], right, rtol=1e-6)
    assert kept["logits"].shape == (3, 5)
    np.testing.assert_allclose(kept["logits"][MEMBER], logits[0].mean(1), rtol=1e-5)


# Now ----------------------------------------------------------------------------------------


def there_and_back(now, weight):
    """What a cycle does: a sample is to say what z it was made of."""
    return weight * tf.reduce_mean(tf.square(now.generate(now.z) - now.z), axis=(1, 2))


@pytest.mark.parametrize("to", ["g", "dg"])
def test_a_penalty_on_what_g_makes_of_z(to):
    added = Added(there_and_back, scalars={"weight": [0.0, 0.7, 2.0]}, to=to)
    one = trainer(outputs=2, real=data.ring(3, 1.0, 0.5), added=added)

    def penalty(twin, used, real, fake, z, noise):
        return 0.7 * tf.reduce_mean((twin.g(z) - z) ** 2)

    follow(one, 3, g_penalty=penalty, d_penalty=penalty if to == "dg" else None)
    bare = trainer(outputs=2, real=data.ring(3, 1.0, 0.5))
    bare.advance(3)
    assert near(one, bare, 0)
    assert not near(one, bare)


def test_generate_and_discriminate_may_look_at_anything():
    """A gradient of G goes through D's view of samples of other latents."""

    def function(now):
        return tf.reduce_mean(now.discriminate(2.0 * now.generate(-now.z)), axis=1)

    def penalty(twin, used, real, fake, z, noise):
        return tf.reduce_mean(twin.call_d(used, 2.0 * twin.g(-z)))

    follow(trainer(minibatch(), added=Added(function, to="g")), 2, g_penalty=penalty)


def test_a_noise_of_its_own_is_handed_to_an_added_function():
    def function(now):
        return tf.reduce_mean(now.discriminate(now.real + now.noise) ** 2, axis=1)

    def penalty(twin, used, real, fake, z, noise):
        return tf.reduce_mean(twin.call_d(used, real + noise) ** 2)

    added = Added(function, lambda rng, shape: rng.random(shape))
    follow(trainer(added=added), 2, d_penalty=penalty)


# Replaced -----------------------------------------------------------------------------------


def doubled(weights, kept):
    return [2.0 * weight for weight in weights]


def test_g_computes_with_what_takes_the_place_of_its_weights():
    one = trainer(replaced=Replaced(in_use=doubled, to="g"))
    own = [np.asarray(weight) for weight in one.weights("g")]
    for mine, used in zip(own, one._ensembles()[0].weights, strict=True):
        np.testing.assert_array_equal(2 * mine, used)
    kept = {}

    def look(now):
        kept.update(fake=now.fake, again=now.generate(now.z), weights=now.weights)
        return tf.zeros(3)

    looking = trainer(replaced=Replaced(in_use=doubled, to="g"), added=Added(look, to="g"))
    generator, drawn = looking._ensembles()[0].member(MEMBER), looking.batches(MEMBER)
    looking.g_step()
    np.testing.assert_allclose(kept["fake"][MEMBER], generator(drawn["g_z"][0]), rtol=1e-5)
    np.testing.assert_array_equal(kept["fake"], kept["again"])
    for mine, seen in zip(own, kept["weights"], strict=True):  # as they are trained
        np.testing.assert_array_equal(mine, seen)


def test_what_is_kept_goes_from_step_to_step_of_each_player():
    counted = Replaced(
        start=lambda weights: [np.zeros(3), np.full((3, 2), 5.0)],
        keep=lambda kept, weights, by: [kept[0] + by, kept[1] + weights[-1][:, :1]],
        scalars={"by": [1.0, 2.0, 0.5]},
        to="dg",
    )
    one, bare = (trainer(replaced=more, n_critic=2) for more in (counted, ()))
    sums = {player: np.full((3, 2), 5.0) for player in "gd"}
    for _ in range(2):
        for _ in range(2):
            one.d_step()
            sums["d"] += np.asarray(one.weights("d")[-1])[:, :1]
        one.g_step()
        sums["g"] += np.asarray(one.weights("g")[-1])[:, :1]
    for player, steps in (("d", 4), ("g", 2)):
        ((count, total),) = one.kept(player)
        np.testing.assert_allclose(count, steps * np.array([1.0, 2.0, 0.5]))
        np.testing.assert_allclose(total, sums[player], rtol=1e-5)
    bare.advance(2)
    assert near(one, bare)


def test_several_take_each_others_place_in_turn():
    def shifted(weights, kept):
        return [weight + 1.0 for weight in weights]

    one = trainer(replaced=[Replaced(in_use=doubled), Replaced(in_use=shifted)])
    for own, used in zip(one.weights("d"), one._ensembles()[1].weights, strict=True):
        np.testing.assert_allclose(used, 2 * np.asarray(own) + 1, rtol=1e-6)
    follow(one, 2, used=lambda variables: [2.0 * v + 1.0 for v in variables])


def test_a_step_tried_without_moving_leaves_what_is_kept():
    counted = Replaced(start=lambda w: [np.zeros(3)], keep=lambda kept, w: [kept[0] + 1.0])
    one = trainer(replaced=counted)
    before = weights(one)
    one._play("both", 2, move=False)
    np.testing.assert_array_equal(one.kept("d")[0][0], 0)
    for old, new in zip(before, weights(one), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"added": Added(there_and_back, to="gd")}, ValueError, "to='gd': wanted 'd', 'g' or"),
        ({"replaced": Replaced(in_use=doubled, to="")}, ValueError, "to='': wanted 'd', 'g' or"),
        (
            {"replaced": Replaced(for_opponent=doubled, to="g")},
            ValueError,
            "for_opponent with to='g': wanted 'd'",
        ),
        (
            {"replaced": Replaced(for_opponent=doubled, to="dg")},
            ValueError,
            "for_opponent with to='dg': wanted 'd'",
        ),
        (
            {"replaced": Replaced(for_samples=doubled)},
            ValueError,
            "for_samples with to='d': wanted 'g'",
        ),
        ({"replaced": [doubled]}, TypeError, "replaced holds .*: wanted a Replaced"),
        ({"shown": [BENT, instance_noise]}, TypeError, "shown holds .*: wanted a Shown"),
        ({"added": there_and_back}, TypeError, "added holds .*: wanted an Added$"),
    ],
)
def test_a_door_that_is_none_is_refused_in_one_line(fields, error, message):
    networks = mlp((2, 3, 1)), plain()
    with pytest.raises(error, match=message) as info:
        Gan(*networks, data.Gaussian(), latent.Gaussian(2), **fields)
    assert "\n" not in str(info.value)


def test_a_penalty_without_one_number_for_each_member_is_refused():
    one = trainer(added=Added(lambda now: tf.reduce_mean(now.real)))
    with pytest.raises(ValueError, match=r"added function gives shape \(\): wanted \(3,\)"):
        one.advance(1)
