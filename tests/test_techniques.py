"""Techniques of others: each is what its paper says, written out in plain Keras beside it."""

import numpy as np
import pytest
from scipy import stats

from ganlab import data, latent, losses, training
from ganlab.backend import keras, tf
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.runs import RECORDS
from ganlab.techniques import historical_averaging, instance_noise
from ganlab.training import Shown, Trainer

NORMAL = keras.initializers.RandomNormal(stddev=1.0)
RATE, MEMBER = 0.1, 1


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    """Compiling would add nothing but seconds."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def plain():
    return mlp((1, 4, 3, 1), "tanh", kernel=NORMAL)


def minibatch():
    layer = MinibatchDiscrimination(3, 2, kernel_initializer=NORMAL)
    return mlp((1, 4, layer, 1), "tanh", kernel=NORMAL)


DISCRIMINATORS = {"plain": plain, "minibatch": minibatch}


def trainer(discriminator=None, **changed):
    arguments = {
        "real": data.Gaussian(1.0, 0.5),
        "latent": latent.Gaussian(2),
        "seeds": 3,
        "batch_size": 5,
        "d_optimizer": keras.optimizers.SGD(RATE),
        "g_optimizer": keras.optimizers.SGD(RATE),
        **changed,
    }
    return Trainer(mlp((2, 3, 1), "tanh", kernel=NORMAL), discriminator or plain(), **arguments)


def weights(one):
    """All weights now, generators' and discriminators', arrays (members, ...)."""
    return [weight for ensemble in one._ensembles() for weight in ensemble.weights]


def near(left, right, of=slice(None)):
    """Whether two trainers have the same weights, but for rounding."""
    pairs = zip(weights(left), weights(right), strict=True)
    return all(np.allclose(a[of], b[of], rtol=1e-4, atol=1e-5) for a, b in pairs)


# The loop in plain Keras --------------------------------------------------------------------

entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def as_real(logits, label=1.0):
    return entropy(label * tf.ones_like(logits), logits)


def usual(real, fake):
    return as_real(real) + as_real(fake, 0.0)


class Twin:
    """One member's GAN in plain Keras, moved by gradient descent.

    std       standard deviation of the noise on what D sees, a function of the step
    together  whether D is called once, on real and fake samples behind each other
    d_loss    function of the logits (real, fake)
    g_loss    function of D's logits of fake samples and of the outputs of its layer `layer`
    pull      weight of the square of each weight's way from its average
    """

    def __init__(self, one, std=None, together=False, layer="output", d_loss=usual, g_loss=None,
                 pull=0.0):  # fmt: skip
        self.g, self.d = (ensemble.member(MEMBER) for ensemble in one._ensembles())
        seen = [self.d.get_layer(name).output for name in ("output", layer)]
        self.look = keras.Model(self.d.inputs[0], seen)
        self.std, self.together, self.pull = std, together, pull
        self.d_loss, self.g_loss = d_loss, g_loss or (lambda logits, *_: as_real(logits))
        self.past = {"g": [], "d": []}

    def judge(self, real, fake):
        """(logits, outputs of the layer), each of (real, fake)."""
        if not self.together:
            found = [(None, None) if x is None else self.look(x) for x in (real, fake)]
            return list(zip(*found, strict=True))
        n = len(real)
        return [(x[:n], x[n:]) for x in self.look(tf.concat([real, fake], 0))]

    def shown(self, x, noise, step):
        return x if self.std is None or x is None else x + self.std(step) * noise

    def descend(self, player, loss):
        variables = getattr(self, player).trainable_variables
        self.past[player].append([v.numpy().copy() for v in variables])
        means = [np.mean(values, axis=0) for values in zip(*self.past[player], strict=True)]
        with tf.GradientTape() as tape:
            apart = [tf.reduce_sum((v - m) ** 2) for v, m in zip(variables, means, strict=True)]
            value = loss() + self.pull * sum(apart)
        for variable, gradient in zip(variables, tape.gradient(value, variables), strict=True):
            variable.assign_sub(RATE * gradient)
        return float(value)

    def d_step(self, drawn, k, step):
        real = self.shown(drawn["real"][k], drawn.get("real_noise", [None] * 9)[k], step)
        fake = self.g(drawn["d_z"][k])
        fake = self.shown(fake, drawn.get("fake_noise", [None] * 9)[k], step)

        def loss():
            logits, _ = self.judge(real, fake)
            return self.d_loss(*logits)

        return self.descend("d", loss)

    def g_step(self, drawn, step):
        real = drawn.get("g_real", [None])[0]
        real = self.shown(real, drawn.get("g_real_noise", [None])[0], step)

        def loss():
            fake = self.g(drawn["g_z"][0])
            fake = self.shown(fake, drawn.get("g_fake_noise", [None])[0], step)
            (_, logits), features = self.judge(real, fake)
            return self.g_loss(logits, *features)

        return self.descend("g", loss)


def follow(one, steps, n_critic=1, **options):
    """Asserts that the trainer does what its twin does, in losses and in weights."""
    twin, start = Twin(one, **options), weights(one)
    for step in range(steps):
        drawn = one.batches(one.seeds[MEMBER])
        d_loss = [twin.d_step(drawn, k, step) for k in range(n_critic)][-1]
        wanted, seen = [d_loss, twin.g_step(drawn, step)], one.advance(1)
        found = [seen[name][MEMBER] for name in ("d_loss", "g_loss")]
        np.testing.assert_allclose(found, wanted, rtol=1e-4, err_msg=f"step {step}")
    for found, wanted in zip(
        weights(one), (*twin.g.trainable_variables, *twin.d.trainable_variables), strict=True
    ):
        np.testing.assert_allclose(found[MEMBER], wanted, rtol=1e-4, atol=1e-5)
    # An output's bias may stay where a loss looks at differences alone; all the rest moves.
    moved = [not np.allclose(a, b, atol=1e-5) for a, b in zip(start, weights(one), strict=True)]
    assert sum(moved) >= len(moved) - 1


# Instance noise -----------------------------------------------------------------------------


def test_d_sees_the_batches_with_noise_on_them():
    follow(trainer(shown=instance_noise(0.7)), 3, std=lambda step: 0.7)


def test_the_noise_is_standard_normal_and_of_each_batch_its_own():
    drawn = trainer(shown=instance_noise(0.7)).batches(2)
    noise = [drawn[f"{name}_noise"].ravel() for name in ("real", "fake", "g_fake")]
    for one in noise:
        assert stats.kstest(one, "norm").pvalue > 0.001
    assert np.abs(np.corrcoef(noise) - np.eye(3)).max() < 0.05
    # Twice as large a level scales the same noise: what is drawn does not depend on it.
    np.testing.assert_array_equal(
        drawn["real_noise"], trainer(shown=instance_noise(1.4, 9)).batches(2)["real_noise"]
    )


def test_each_member_has_its_own_level_of_noise():
    mixed = trainer(shown=instance_noise([0.0, 0.7, 0.1]))
    follow(mixed, 3, std=lambda step: 0.7)
    for member, other in ((0, {}), (2, {"shown": instance_noise(0.1)})):
        one = trainer(**other)
        one.advance(3)
        assert near(one, mixed, member)
        assert not near(one, mixed)


def test_noise_falls_evenly_to_nothing_over_steps_of_g(monkeypatch):
    monkeypatch.setattr(training, "_blocks", lambda *_: (2, 1))  # so that several are drawn

    def fading():
        noise = instance_noise(0.8, until=[np.inf, 4, 1])
        return trainer(shown=noise, n_critic=2)

    followed, at_once, by_hand = fading(), fading(), fading()
    levels = [0.8, 0.6, 0.4, 0.2, 0.0, 0.0, 0.0]
    follow(followed, 7, n_critic=2, std=lambda step: levels[step])
    at_once.advance(4)
    at_once.advance(3)
    assert near(followed, at_once)
    for _ in range(7):
        by_hand.d_step()
        by_hand.d_step()
        by_hand.g_step()
    assert near(followed, by_hand)


def test_noise_is_whole_at_first_and_gone_from_the_step_named():
    """Of members that do not move, losses say how much noise there is at each step."""
    still = {f"{role}_optimizer": keras.optimizers.SGD(0.0) for role in "gd"}
    noises = {"bare": None, "whole": instance_noise(0.8), "fading": instance_noise(0.8, 4)}
    ones = {name: trainer(shown=noise, **still) for name, noise in noises.items()}
    for step in range(6):
        seen = {name: one.advance(1) for name, one in ones.items()}
        for name in ("d_loss", "g_loss", "real_score", "fake_score"):
            bare, whole, fading = (seen[one][name] for one in ("bare", "whole", "fading"))
            assert np.allclose(fading, whole, rtol=1e-5) == (step == 0)
            assert np.allclose(fading, bare, rtol=1e-5) == (step >= 4)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"std": -0.1}, "std is -0.1: wanted at least 0"),
        ({"std": np.linspace(0.1, -0.1, 32)}, r"std is array\(\[.*: wanted at least 0"),
        ({"std": 0.1, "until": 0}, "until is 0: wanted at least 1"),
        ({"std": 0.1, "until": -3}, "until is -3: wanted"),
        ({"std": 0.1, "until": [5, 0]}, r"until is \[5, 0\]: wanted"),
        ({"std": 0.1, "until": np.nan}, "until is nan: wanted"),
        ({"std": "a"}, "std is 'a': wanted at least 0"),
        ({"std": []}, r"std is \[\]: wanted"),
    ],
)
def test_noise_that_makes_no_sense_is_refused_in_one_line(wrong, message):
    with pytest.raises(ValueError, match=message) as info:
        instance_noise(**wrong)
    assert "\n" not in str(info.value)


# Real and fake together ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize("together", [False, True])
def test_d_gets_one_batch_or_two(kind, together):
    one = trainer(DISCRIMINATORS[kind](), shown=Shown(together=together))
    follow(one, 3, together=together)


def test_together_matters_only_to_a_d_that_looks_along_the_batch():
    for kind, matters in (("plain", False), ("minibatch", True)):
        apart, both = (
            trainer(DISCRIMINATORS[kind](), shown=Shown(together=together))
            for together in (False, True)
        )
        seen = [one.advance(2) for one in (apart, both)]
        for name in ("d_loss", "g_loss", "real_score", "fake_score"):
            assert np.allclose(*(s[name] for s in seen), rtol=1e-4) != matters, name
        assert near(apart, both) != matters


def test_together_with_noise_shows_noise_on_real_and_on_fake():
    one = trainer(minibatch(), shown=instance_noise(0.5, until=2, together=True))
    assert set(one.batches(0)) >= {"g_real", "g_real_noise", "g_fake_noise"}
    follow(one, 3, std=lambda step: [0.5, 0.25, 0.0][step], together=True)


# Feature matching ---------------------------------------------------------------------------


def between_means(real, fake):
    return tf.reduce_sum((tf.reduce_mean(real, 0) - tf.reduce_mean(fake, 0)) ** 2)


def between_pairs(real, fake):
    return tf.norm(tf.reshape(real - fake, [-1]))


@pytest.mark.parametrize(("kind", "layer"), [("plain", "hidden_1"), ("minibatch", "hidden_2")])
def test_g_matches_the_features_of_the_layer_named(kind, layer):
    one = trainer(DISCRIMINATORS[kind](), losses=losses.feature_matching(layer))
    follow(one, 3, layer=layer, g_loss=lambda _, *features: between_means(*features))


def test_features_are_of_what_d_is_shown_one_batch_or_noise():
    one = trainer(
        minibatch(),
        losses=losses.feature_matching("hidden_2", distance=losses.paired_feature_distance),
        shown=instance_noise(0.5, together=True),
    )
    options = {"layer": "hidden_2", "g_loss": lambda _, *features: between_pairs(*features)}
    follow(one, 3, std=lambda step: 0.5, together=True, **options)


def test_a_weight_of_each_members_own_is_put_on_the_features():
    mixed = trainer(losses=losses.feature_matching("hidden_1", [0.0, 2.0, 5.0], [3.0, 1.0, 1.0]))

    def g_loss(logits, *features):
        return as_real(logits) + 2.0 * between_means(*features)

    follow(mixed, 3, layer="hidden_1", g_loss=g_loss)
    other = trainer(losses=losses.feature_matching("hidden_1", 5.0, 1.0))
    bare = trainer(losses=losses.feature_matching("hidden_1", 0.0, 3.0))
    for one, member in ((bare, 0), (other, 2)):
        one.advance(3)
        assert near(one, mixed, member)
        assert not near(one, mixed)


def clipped(logits):
    """log D, with D cut to [0.4, 1]."""
    return tf.math.log(tf.clip_by_value(tf.sigmoid(logits), 0.4, 1.0))


@pytest.mark.parametrize(
    ("factors", "base", "d_loss", "g_loss"),
    [
        (
            (1.0, 0.0),
            losses.smoothed(0.9),
            lambda real, fake: as_real(real, 0.9) + as_real(fake, 0.0),
            as_real,
        ),
        (
            (0.5, 2.0),
            losses.bounded(0.4),
            lambda real, fake: -tf.reduce_mean(clipped(real)) - tf.reduce_mean(clipped(-fake)),
            lambda fake: -tf.reduce_mean(clipped(fake)),
        ),
    ],
    ids=["smoothed", "bounded"],
)
def test_d_learns_by_the_base_and_g_as_far_as_it_is_asked_to(factors, base, d_loss, g_loss):
    one = trainer(losses=losses.feature_matching("hidden_2", *factors, base))

    def both(logits, *features):
        return factors[0] * between_means(*features) + factors[1] * g_loss(logits)

    follow(one, 2, layer="hidden_2", d_loss=d_loss, g_loss=both)


def test_layers_are_told_apart_where_discriminators_differ_in_names_alone():
    def crossed():
        layers = [keras.layers.Dense(4, "tanh", kernel_initializer=NORMAL, name="hidden_2")]
        layers += [keras.layers.Dense(4, "tanh", kernel_initializer=NORMAL, name="hidden_1")]
        return keras.Sequential([keras.Input((1,)), *layers, keras.layers.Dense(1, name="output")])

    straight, matching = mlp((1, 4, 4, 1), "tanh", kernel=NORMAL), losses.feature_matching
    one = trainer(straight, losses=matching("hidden_1"))
    other = trainer(crossed(), losses=matching("hidden_1"))
    same = trainer(crossed(), losses=matching("hidden_2"))
    assert same._game is one._game is not other._game  # it is the layer's place that counts
    options = {"layer": "hidden_1", "g_loss": lambda _, *features: between_means(*features)}
    follow(one, 2, **options)
    follow(other, 2, **options)
    follow(same, 2, **{**options, "layer": "hidden_2"})


def test_a_pretrained_discriminator_can_be_looked_into():
    fresh = trainer()
    ready = fresh._ensembles()[1]
    one = trainer(ready, losses=losses.feature_matching("hidden_1"))
    follow(one, 1, layer="hidden_1", g_loss=lambda _, *features: between_means(*features))


# Historical averaging -----------------------------------------------------------------------


def test_both_players_are_drawn_back_to_their_average():
    one = trainer(added=historical_averaging(0.8), n_critic=2)
    follow(one, 4, n_critic=2, pull=0.8)


def test_averages_go_on_from_call_to_call():
    at_once, by_hand = (trainer(added=historical_averaging(0.8)) for _ in range(2))
    at_once.advance(4)
    at_once.record()  # looks ahead, and leaves everything as it was
    at_once.advance(2)
    for _ in range(6):
        by_hand.d_step()
        by_hand.g_step()
    assert near(at_once, by_hand)


def test_each_member_has_its_own_weight_and_none_changes_nothing():
    mixed = trainer(added=historical_averaging([0.0, 0.8, 0.3]))
    follow(mixed, 4, pull=0.8)
    for member, other in ((0, {}), (2, {"added": historical_averaging(0.3)})):
        one = trainer(**other)
        one.advance(4)
        assert near(one, mixed, member)
        assert not near(one, mixed)


def test_a_member_that_fails_does_not_move_the_averages_of_others():
    clean, poisoned = (trainer(added=historical_averaging(0.8)) for _ in range(2))
    generators, discriminators = (ensemble.weights for ensemble in poisoned._ensembles())
    first = discriminators[0].copy()
    first[2] = np.nan
    poisoned._set_weights((generators, [first, *discriminators[1:]]))
    for one in (clean, poisoned):
        one.advance(4)
        one.advance(4)
    assert poisoned.failed == {2: 1}
    for a, b in zip(weights(clean), weights(poisoned), strict=True):
        np.testing.assert_array_equal(a[:2], b[:2])


@pytest.mark.parametrize("weight", [-1.0, [1.0, -0.1]])
def test_a_weight_below_nothing_is_refused_in_one_line(weight):
    with pytest.raises(ValueError, match=r"weight is .*: wanted at least 0") as info:
        historical_averaging(weight)
    assert "\n" not in str(info.value)


# All of them --------------------------------------------------------------------------------

COMBINED = {
    "nothing": {},
    "noise": {"noise": True},
    "noise, features alone": {"noise": True, "factors": (1.0, 0.0)},
    "noise, features added": {"noise": True, "factors": (1.0, 1.0)},
}


def combined(kind, techniques, together):
    noise = instance_noise(0.5, 10, together) if "noise" in techniques else Shown(together=together)
    matching = {}
    if "factors" in techniques:
        matching = {"losses": losses.feature_matching("hidden_2", *techniques["factors"])}
    adam = {f"{role}_optimizer": keras.optimizers.Adam(1e-2) for role in "gd"}
    return trainer(DISCRIMINATORS[kind](), shown=noise, **matching, **adam)


def trains(one):
    start, seen = weights(one), one.advance(20)
    assert not one.failed
    assert all(np.isfinite(seen[name]).all() for name in RECORDS)
    assert all(np.isfinite(after).all() for after in weights(one))
    assert not np.allclose(start[0], weights(one)[0])


@pytest.mark.parametrize("together", [False, True], ids=["apart", "together"])
@pytest.mark.parametrize("name", COMBINED)
@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_techniques_of_the_course_train_with_each_other(kind, name, together):
    trains(combined(kind, COMBINED[name], together))


def test_all_of_them_compile(monkeypatch):
    slow = combined("minibatch", COMBINED["noise, features added"], True)
    monkeypatch.setenv("GANLAB_COMPILE", "1")
    fast = combined("minibatch", COMBINED["noise, features added"], True)
    slow.advance(3)
    fast.advance(3)
    assert fast._game is not slow._game
    assert near(slow, fast)
    trains(fast)
