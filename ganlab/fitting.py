"""Whether the parts of a Gan fit each other: numbers, what D is shown, and the networks."""

import numpy as np

from ganlab import own
from ganlab.arguments import per_member
from ganlab.backend import tf
from ganlab.drawn import Scalars
from ganlab.ensemble import Ensemble
from ganlab.gan import Now
from ganlab.initial import initial_weights
from ganlab.lookups import asked, asked_numbers, is_own, name_of
from ganlab.memory import room_for_weights
from ganlab.models import build
from ganlab.probing import (
    A_LOGIT,
    refuse_bounded,
    refuse_trained,
    refuse_unfaithful,
    warn_out_of_reach,
)
from ganlab.streams import DISCRIMINATOR, GENERATOR


def spread_scalars(gan, members):
    """The numbers of all extensions, shaped to be multiplied with what they act on."""

    def spread(name, extension, rank):
        shape = (members, *[1] * (rank - 1))
        return {
            key: tf.reshape(per_member(f"{name} {key}", value, members), shape)
            for key, value in extension.scalars.items()
        }

    return Scalars(
        spread("losses", gan.losses, 2),
        *(
            tuple(spread(name, term, rank) for term in terms)
            for name, terms, rank in (
                ("shown", gan.shown, 3),
                ("added", gan.added, 1),
                ("replaced", gan.replaced, 1),
            )
        ),
    )


def shown_shape(gan, members, batch_size, scalars):
    """(samples in a batch, the size of each), of one kind, as D is shown them: packs count as one
    sample."""
    size = (batch_size, gan.real.dim)
    for name, terms in (("shown", gan.shown), ("added", gan.added)):
        for k, term in enumerate(terms):
            if term.draw and is_own(getattr(term.draw, "func", term.draw)):
                _refuse_draw(f"the draw of {name}[{k}]", term.draw, (2, *size))
    batch = tf.zeros((members, *size))
    for k, (term, numbers) in enumerate(zip(gan.shown, scalars.shown, strict=True)):
        if term.function is None:
            continue
        noise = None
        if term.draw:
            noise = term.draw(np.random.default_rng(0), (1, *size))
            noise = tf.zeros((members, *np.shape(noise)[1:]))
        given = tuple(batch.shape)
        hint = f"; batch_size={batch_size}"
        now = Now(tf.constant(0.0), noise)
        again = asked_numbers(f"shown[{k}]", term.function, batch, now, hint=hint, **numbers)
        batch = asked_numbers(f"shown[{k}]", term.function, batch, now, hint=hint, **numbers)
        if not np.array_equal(batch, again, equal_nan=True):
            raise ValueError(
                f"shown[{k}] ({name_of(term.function)}) draws random numbers of its own, which "
                "would be the same at every step: wanted noise from `draw`, in `now.noise`"
            )
        if batch.shape.rank != 3 or batch.shape[0] != members:
            shape = f"shown gives shape {tuple(batch.shape)} for {given}"
            raise ValueError(f"{shape}: wanted ({members}, samples, numbers in each)")
    return tuple(batch.shape[1:])


def _refuse_draw(where, draw, shape):
    """Refuses a `draw` whose noise is not that of its `rng`: (batches, n, any) numbers."""

    def drawn(seed):
        found = asked(where, draw, np.random.default_rng(seed), shape)
        found = own.numbers(f"what {where} gives", found, "finite numbers")
        if found.ndim != 3 or found.shape[:2] != shape[:2] or not np.isfinite(found).all():
            wanted = f"wanted {shape[:2]} + (any,), all finite"
            raise ValueError(f"{where} gives {found.shape} for {shape}: {wanted}")
        return found

    one = drawn(0)
    if not np.array_equal(one, drawn(0)):
        raise ValueError(f"{where} does not draw from rng: the same rng gave other noise")
    if np.array_equal(one, drawn(1)) and not (one == one.flat[0]).all():
        raise ValueError(f"{where} does not draw from rng: another rng gave the same noise")


def fitting_networks(gan, seeds, shown):
    """((generator, discriminator) models, (their stacked weights), {members that failed before:
    step}), checked to fit; `shown` is the size of a sample as D is shown it."""
    made = f", made by `shown` of samples of size {gan.real.dim}" * (shown != gan.real.dim)
    models, weights, failed = [], [], {}
    for network, role, given, inputs, why in (
        (GENERATOR, "generator", gan.generator, gan.latent.dim, ""),
        (DISCRIMINATOR, "discriminator", gan.discriminator, shown, made),
    ):
        model, found, some, before = starting(given, seeds, role, network, inputs, why)
        if role == "generator" and found != gan.real.dim:
            raise ValueError(
                f"generator gives {found} numbers for each sample: wanted {gan.real.dim}, "
                "the size of a real sample"
            )
        models.append(model)
        weights.append(some)
        failed |= before
    refuse_bounded(models[1], "discriminator", shown, A_LOGIT)
    warn_out_of_reach(models[0], "generator", gan.latent, gan.real)
    return tuple(models), weights, failed


def starting(given, seeds, role, network, inputs, why=""):
    """(model, the size of its outputs, stacked weights, {members that failed before: 0}) of a
    Keras model, whose initial weights are drawn, or of an `Ensemble` that was trained before.

    `network` tells the networks of one run apart, as in `initial_weights`; `why` says in an error
    where the size of the `inputs` is from.
    """
    ready = isinstance(given, Ensemble)
    model = given.model if ready else given
    found = build(model, inputs, role, why)
    refuse_unfaithful(model, role, inputs)
    if not ready:
        refuse_trained(model, role)
        room_for_weights(model, len(seeds))
        return model, found, initial_weights(model, seeds, network), {}
    if given.seeds != seeds:
        told = f"{_few(given.seeds)}, and not for {_few(seeds)}"
        raise ValueError(f"{role} was trained before for other seeds, {told}: wanted the same")
    return model, found, given.weights, dict.fromkeys(given.failed, 0)


def _few(seeds):
    return ", ".join(map(str, seeds[:6])) + ", ..." * (len(seeds) > 6)
