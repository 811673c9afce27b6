"""One step of D and one of G, for all members at once: draw, show, judge, penalise, descend."""

from functools import partial

from ganlab.backend import tf
from ganlab.drawn import Batches, drawn_at
from ganlab.ensemble import call, call_layers
from ganlab.gan import Now
from ganlab.lookups import asked, asked_numbers, name_of
from ganlab.program import Player, Program

# What a step of both players reports, averaged over the batch, one number for each member.
QUANTITIES = ("d_loss", "g_loss", "real_score", "fake_score", "accuracy")


class Steps:
    """The two players and the programs that move them; Gans of equal keys share one.

    models, recipes  networks and optimizers, in the order G, D
    feature_layer    which of D's layers the losses look at; None if none
    kept             for each player and each of its `Replaced` the shapes of what is kept
    tiny, key        as in `Program`
    """

    def __init__(self, gan, models, recipes, feature_layer, kept, members, tiny, key=None):
        # Not the Gan itself, whose data would then be kept as long as the program is.
        self.generator, self.discriminator = models
        self.losses, self.shown, self.added = gan.losses, gan.shown, gan.added
        self.replaced, self.together, self.n_critic = gan.replaced, gan.together, gan.n_critic
        self.feature_layer, self.size = feature_layer, gan.real.dim
        self.g, self.d = (
            Player(
                model,
                members,
                recipe,
                averaged=any(term.averaged and name in term.to for term in gan.added),
                kept=kept[name],
            )
            for name, model, recipe in zip("gd", models, recipes, strict=True)
        )
        self.players = {"g": self.g, "d": self.d}
        self.programs = {
            name: Program((self.g, self.d), step, quantities, tiny, key and (name, *key))
            for name, step, quantities in (
                ("both", self._both, QUANTITIES),
                ("d", self._d_step, ("d_loss", *QUANTITIES[2:])),
                ("g", self._g_step, ("g_loss",)),
            )
        }

    # The steps ------------------------------------------------------------------------------

    def _d_step(self, i, data, given):
        moving, scalars = given
        step = moving.step + moving.move * tf.cast(i // self.n_critic, tf.float32)
        drawn = drawn_at(data["d"], i + moving.start["d"])
        fake = call(self.generator, self.in_use("g", self.g.values(), scalars), drawn.z)
        batches = self.show(drawn, fake, step, scalars)

        def loss(weights):
            d_loss, logits = self._d_loss(weights, self.g.values(), batches, scalars)
            score = partial(asked_numbers, "losses.score", self.losses.score)
            return d_loss, [score(each) for each in logits]

        d_loss, (real_score, fake_score) = self.d.descend(loss, moving.rate["d"])
        self._after("d", scalars, moving.move)
        right = tf.cast(real_score > 0.5, tf.float32) + tf.cast(fake_score < 0.5, tf.float32)
        means = [tf.reduce_mean(values, axis=-1) for values in (real_score, fake_score, right / 2)]
        return [d_loss, *means]

    def _g_step(self, i, data, given):
        moving, scalars = given
        step = moving.step + moving.move * tf.cast(i, tf.float32)
        drawn = drawn_at(data["g"], i + moving.start["g"])

        def loss(weights):
            fake = call(self.generator, self.in_use("g", weights, scalars), drawn.z)
            batches = self.show(drawn, fake, step, scalars)
            g_loss, opponent = self.g_loss(weights, batches, scalars)
            return g_loss + self._penalty("g", weights, opponent, weights, batches, scalars), None

        g_loss, _ = self.g.descend(loss, moving.rate["g"])
        self._after("g", scalars, moving.move)
        return [g_loss]

    def _both(self, i, data, given):
        start, step = i * self.n_critic, self._d_step
        d_loss, *means = step(start, data, given)
        if self.n_critic > 1:
            d_loss, *means = tf.while_loop(
                lambda k, *_: k < start + self.n_critic,
                lambda k, *_: (k + 1, *step(k, data, given)),
                (start + 1, d_loss, *means),
            )[1:]
        return [d_loss, *self._g_step(i, data, given), *means]

    # Their parts ----------------------------------------------------------------------------

    def show(self, drawn, fake, step, scalars):
        """The batches as D is shown them."""
        real = drawn.real
        for k, term in enumerate(self.shown):
            if term.function is not None:
                ask = partial(asked_numbers, f"shown[{k}]", term.function, **scalars.shown[k])
                fake = ask(fake, Now(step, drawn.fake_noise[k]))
                if real is not None:
                    real = ask(real, Now(step, drawn.real_noise[k]))
        return Batches(real, fake, drawn.z, step, drawn.added_noise)

    def judge(self, weights, batches):
        """(real_logits, fake_logits), (real_features, fake_features): what D makes of the
        batches. None for what there is not: real ones, or a layer that the losses look at."""

        def judged(x):
            if x is None:
                return None, None
            outputs = call_layers(self.discriminator, weights, x)
            return outputs[-1], None if self.feature_layer is None else outputs[self.feature_layer]

        if self.together:
            both = judged(tf.concat([batches.real, batches.fake], axis=1))
            halves = [(None, None) if x is None else tf.split(x, 2, axis=1) for x in both]
        else:
            halves = list(zip(judged(batches.real), judged(batches.fake), strict=True))
        return [None if x is None else _all_logits(x) for x in halves[0]], halves[1]

    def _d_loss(self, weights, generator, batches, scalars):
        """D's loss (seeds,) and the logits (real, fake), for these weights of D and of G."""
        used = self.in_use("d", weights, scalars)
        logits, _ = self.judge(used, batches)
        d_loss = asked_numbers(
            "losses.discriminator", self.losses.discriminator, *logits, **scalars.losses
        )
        return d_loss + self._penalty("d", weights, used, generator, batches, scalars), logits

    def g_loss(self, weights, batches, scalars):
        """(G's loss (seeds,) for these weights, what D is used with against it)."""
        opponent = self._foreseen(self.d.values(), weights, batches, scalars)
        opponent = self.in_use("d", opponent, scalars)
        logits, features = self.judge(opponent, batches)
        seen = [] if self.feature_layer is None else features
        seen = [*(logits if self.losses.relative else logits[1:]), *seen]
        hint = "" if self.losses.relative else "; real logits come with relative=True alone"
        g_loss = asked_numbers(
            "losses.generator", self.losses.generator, *seen, hint=hint, **scalars.losses
        )
        return g_loss, opponent

    def _penalty(self, player, *given):
        """What is added to a player's losses, (seeds,) or 0; arguments are those of
        `penalties`."""
        return sum(penalty for _, penalty in self.penalties(player, *given))

    def penalties(self, player, weights, discriminator, generator, batches, scalars):
        """(number, what it adds to the player's losses, (seeds,)) of each `Added`: for its own
        weights, for those D is used with, and for G's own."""
        owner = self.players[player]

        def discriminate(x):
            return _mean_logit(call(self.discriminator, discriminator, x))

        def generate(z):
            return call(self.generator, self.in_use("g", generator, scalars), z)

        for k, term in enumerate(self.added):
            if player in term.to:
                now = Now(
                    batches.step,
                    batches.noise[k],
                    discriminate,
                    generate,
                    batches.real,
                    batches.fake,
                    batches.z,
                    weights,
                    owner.average(),
                    self.size,
                )
                penalty = asked_numbers(f"added[{k}]", term.function, now, **scalars.added[k])
                yield k, owner.one_per_member("added function gives", penalty)

    # Weights that take the place of a player's own ------------------------------------------

    def _replacing(self, player, scalars, kept=None):
        """(term, what it keeps, its numbers) for each `Replaced` of the player; what is kept is
        in the registers, or given in lists."""
        if kept is None:
            kept = [
                [tf.convert_to_tensor(register.value) for register in registers]
                for registers in self.players[player].kept
            ]
        mine = [k for k, term in enumerate(self.replaced) if player in term.to]
        return [
            (self.replaced[k], some, scalars.replaced[k])
            for k, some in zip(mine, kept, strict=True)
        ]

    def in_use(self, player, weights, scalars, kept=None):
        """What the player's network computes with."""
        for term, some, numbers in self._replacing(player, scalars, kept):
            if term.in_use:
                found = asked("replaced", term.in_use, weights, some, **numbers)
                weights = _alike(term.in_use, found, weights)
        return weights

    def for_samples(self, weights, scalars, kept):
        """What samples are made with, and what a `Run` keeps of G."""
        for term, some, numbers in self._replacing("g", scalars, kept):
            if term.for_samples:
                found = asked("replaced", term.for_samples, weights, some, **numbers)
                weights = _alike(term.for_samples, found, weights)
        return self.in_use("g", weights, scalars, kept)

    def _foreseen(self, weights, generator, batches, scalars):
        """What a G of these weights plays against, before it is put to use."""

        def loss(other):
            return self._d_loss(other, generator, batches, scalars)[0]

        for term, _, numbers in self._replacing("d", scalars):
            if term.for_opponent:
                weights = asked("replaced", term.for_opponent, weights, loss, **numbers)
        return weights

    def _after(self, player, scalars, move):
        """What follows a step of the player; nothing does where a step moves nothing."""
        owner = self.players[player]
        for term, _, numbers in self._replacing(player, scalars):
            if term.after_step:
                after = asked("replaced", term.after_step, owner.values(), **numbers)
                _assign(owner.weights, _alike(term.after_step, after, owner.values()), move)
        replacing = self._replacing(player, scalars)
        for (term, some, numbers), registers in zip(replacing, owner.kept, strict=True):
            if term.keep:
                kept = asked("replaced", term.keep, some, owner.values(), **numbers)
                _assign(registers, kept, move)


def _alike(function, found, weights):
    """`found`, if they are weights of the same shapes."""
    shapes = [tuple(w.shape) for w in weights]
    given = [tuple(tf.convert_to_tensor(w).shape) for w in found]
    if given != shapes:
        raise ValueError(f"replaced ({name_of(function)}) gives shapes {given}: wanted {shapes}")
    return found


def _assign(registers, values, move):
    for register, value in zip(registers, values, strict=True):
        register.assign(tf.where(move > 0, value, register.value))


def _all_logits(outputs):
    """All logits (seeds, n * k) of outputs (seeds, n, k); k is 1, or more for patches."""
    if outputs.shape[-1] == 1:
        return tf.squeeze(outputs, -1)
    return tf.reshape(outputs, (outputs.shape[0], -1))


def _mean_logit(outputs):
    """A logit (seeds, n) for each sample: the mean where there are several."""
    return tf.squeeze(outputs, -1) if outputs.shape[-1] == 1 else tf.reduce_mean(outputs, axis=-1)
