"""What the functions of a Gan are tried on: logits, batches, and weights near the first ones."""

from copy import copy
from types import SimpleNamespace

import numpy as np

from ganlab.backend import tf
from ganlab.drawn import drawing
from ganlab.ensemble import call
from ganlab.gan import Now
from ganlab.trials import MEMBERS, Trial, some_of, wide, written


def of_gan(gan, game, weights, kept, scalars, batch_size):
    """The trials of a Gan's functions; none where all of them are ganlab's.

    game            its `Steps`
    weights, kept   {player: first weights (members, *shape)}, and what is kept beside them
    scalars         the numbers of all members
    """
    terms = (
        *gan.losses,
        *(part for term in (*gan.shown, *gan.added, *gan.replaced) for part in term),
    )
    if not any(written(part) for part in terms if callable(part)):
        return []
    rng = np.random.default_rng(0)
    scalars = some_of(scalars, lambda x: np.where(x == 0, 1, x))  # 0 would take every slope away
    kept = some_of(kept)
    weights = some_of(weights, lambda w: w + 0.1 * rng.standard_normal(w.shape))
    drawn = {player: _drawn(gan, player, batch_size) for player in "dg"}
    return [
        *_of_losses(game, weights, kept, drawn["d"], scalars, rng),
        *_of_shown(gan.shown, drawn["d"], scalars),
        *_of_penalties(game, weights, kept, drawn, scalars),
        *_of_replaced(gan.replaced, weights, kept, scalars),
    ]


def _drawn(gan, player, batch_size):
    """What a step of the player is made of, (members, n, ...)."""
    draw = drawing(gan, player, 1, batch_size)
    each = [tf.nest.flatten(draw(np.random.default_rng(k))) for k in range(MEMBERS)]
    stacked = [
        None if x[0] is None else np.float32(np.concatenate(x)) for x in zip(*each, strict=True)
    ]
    return tf.nest.pack_sequence_as(draw(np.random.default_rng(0)), stacked)


class _Still:
    """A `Player` that stands where it is, with weights of any number of members."""

    def __init__(self, weights, kept):
        self._weights = weights
        self.kept = [[SimpleNamespace(value=value) for value in some] for some in kept]

    def values(self):
        return self._weights

    def average(self):
        return [0.9 * weight for weight in self._weights]

    def one_per_member(self, what, values):
        return values


def _standing(game, weights, kept):
    """The `Steps` with other weights, of any number of members."""
    still = copy(game)
    still.players = {player: _Still(weights[player], kept[player]) for player in "gd"}
    still.g, still.d = still.players["g"], still.players["d"]
    return still


def _batches(still, drawn, scalars):
    fake = call(still.generator, still.in_use("g", still.g.values(), scalars), drawn.z)
    return still.show(drawn, fake, tf.constant(1.0), scalars)


def _of_losses(game, weights, kept, drawn, scalars, rng):
    losses = game.losses
    if not (written(losses.discriminator) or written(losses.generator)):
        return
    still = _standing(game, weights, kept)
    given = tf.nest.map_structure(lambda x: None if x is None else tf.constant(x), drawn)
    try:
        logits, features = still.judge(weights["d"], _batches(still, given, scalars))
    except Exception:  # the reader's code may raise anything, which the training tells
        return
    real, fake = (wide(rng, *x.shape) for x in logits)
    reals, fakes = ([real] if losses.relative else []), [fake]
    if game.feature_layer is not None:
        for some, values in zip((reals, fakes), features, strict=True):
            some.append(rng.standard_normal(values.shape).astype("float32"))

    def of_d(logits, numbers):
        return losses.discriminator(*logits, **numbers)

    def of_g(fakes, reals, numbers):
        order = [reals[0], fakes[0]] if losses.relative else [fakes[0]]
        if game.feature_layer is not None:
            order += [reals[-1], fakes[-1]]
        return losses.generator(*order, **numbers)

    numbers = scalars.losses
    for player, ask, given in (
        ("discriminator", of_d, ([real, fake], numbers)),
        ("generator", of_g, (fakes, reals, numbers)),
    ):
        function = getattr(losses, player)
        if written(function):
            yield Trial(f"losses.{player}", function, ask, given, 0, player)


def _of_shown(terms, drawn, scalars):
    def up_to(k):
        def ask(batch, noise, numbers):
            for term, own, named in zip(terms[: k + 1], noise, numbers, strict=False):
                if term.function is not None:
                    batch = term.function(batch, Now(tf.constant(1.0), own), **named)
            return batch

        return ask

    for k, term in enumerate(terms):
        if written(term.function):
            given = (drawn.real, list(drawn.real_noise), list(scalars.shown))
            yield Trial(f"shown[{k}]", term.function, up_to(k), given, 0, "generator")


def _of_penalties(game, weights, kept, drawn, scalars):
    def of(k, players):
        def ask(weights, kept, drawn, scalars):
            return [one(k, player, weights, kept, drawn, scalars) for player in players]

        return ask, (weights, kept, drawn, scalars)

    def one(k, player, weights, kept, drawn, scalars):
        still = _standing(game, weights, kept)
        used = still.in_use("d", still.d.values(), scalars)
        batches = _batches(still, drawn[player], scalars)
        given = weights[player], used, still.g.values(), batches, scalars
        return next(found for place, found in still.penalties(player, *given) if place == k)

    for k, term in enumerate(game.added):
        if written(term.function):
            learner = {"d": "discriminator", "g": "generator"}.get(term.to, "players")
            yield Trial(f"added[{k}]", term.function, *of(k, term.to), 0, learner)


def _of_replaced(terms, weights, kept, scalars):
    def squares(weights):
        return tf.add_n([tf.reduce_sum(tf.reshape(w, (w.shape[0], -1)) ** 2, 1) for w in weights])

    for player in "gd":
        mine = [(k, term) for k, term in enumerate(terms) if player in term.to]
        learner = "discriminator" if player == "d" else "generator"
        for (k, term), some in zip(mine, kept[player], strict=True):
            for moment, ask in (
                ("after_step", lambda f: lambda own, kept, named: f(own, **named)),
                ("in_use", lambda f: lambda own, kept, named: f(own, kept, **named)),
                ("for_opponent", lambda f: lambda own, kept, named: f(own, squares, **named)),
                ("for_samples", lambda f: lambda own, kept, named: f(own, kept, **named)),
                ("keep", lambda f: lambda own, kept, named: f(kept, own, **named)),
            ):
                function = getattr(term, moment)
                if written(function):
                    given = (weights[player], some, scalars.replaced[k])
                    slopes = 0 if moment == "in_use" else None
                    where = f"replaced[{k}].{moment}"
                    yield Trial(where, function, ask(function), given, slopes, learner)
