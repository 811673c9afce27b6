"""Training the discriminators alone onto a given target, before the game begins."""

import numpy as np

from ganlab import losses as _losses
from ganlab.arguments import in_short, record_steps, seed_tuple, whole
from ganlab.backend import keras, tf
from ganlab.data import as_distribution
from ganlab.ensemble import Ensemble, call, is_tiny
from ganlab.fitting import starting
from ganlab.gan import Scaled
from ganlab.interrupts import held_back
from ganlab.lookups import asked, asked_numbers, is_own, name_of, reads
from ganlab.loop import Loop, Part
from ganlab.models import own_parts, structure
from ganlab.optimizers import recipe_and_rates
from ganlab.probing import A_LOGIT, refuse_bounded
from ganlab.program import Player, Program, Supply, compiles, shared
from ganlab.streams import DISCRIMINATOR, PRETRAIN
from ganlab.trials import of_loss

_BLOCK = 100  # steps whose random numbers are drawn at once


def pretrain(
    discriminator,
    inputs,
    target,
    *,
    loss=_losses.squared_error,
    steps=1000,
    seeds=32,
    batch_size=64,
    optimizer=None,
    records=50,
):
    """Trains one discriminator per seed until D(x) is close to target(x).

    discriminator  Keras model (batch, dim) -> (batch, 1), ending in a logit; a template
    inputs         where x is drawn from: a distribution of `ganlab.data`, or an array
    target         function of x (..., dim) giving the wanted D(x) (...,), in NumPy:
                   a density, or the share of real samples at x
    loss           `losses.squared_error` or `losses.cross_entropy`: (logits, targets) to
                   one loss per member
    optimizer      a Keras optimizer, Adam(1e-3) if not given, or `training.Scaled`
    steps, seeds, batch_size, records
                   as in `training.train`

    Returns (ensemble, steps, loss): the `Ensemble` to hand to `train`, the steps at which
    records were taken, and the loss (records, seeds) averaged over the steps before each.
    Seed s starts from the weights that `train` would start it from.

    A seed that stops being finite is frozen: its loss is NaN from there on, and `train`, given the
    ensemble, counts it as failed from the start. When all have, `TrainingFailed` is raised.
    Interrupting returns what there is.
    """
    seeds, steps = seed_tuple(seeds), whole("steps", steps, 0)
    inputs, batch_size = as_distribution(inputs, "inputs"), whole("batch_size", batch_size, 1)
    stops, members = record_steps(records, steps), len(seeds)
    if isinstance(discriminator, Ensemble):
        raise TypeError("discriminator is an Ensemble, trained before: wanted a Keras model")
    _, size, weights, _ = starting(discriminator, seeds, "discriminator", DISCRIMINATOR, inputs.dim)
    if size != 1:
        raise ValueError("discriminator gives several numbers for each sample: wanted 1, a logit")
    refuse_bounded(discriminator, "discriminator", inputs.dim, A_LOGIT)
    if not callable(loss):
        wanted = "wanted a function of (logits, targets), losses.cross_entropy say"
        raise TypeError(f"loss is a {type(loss).__name__}: {wanted}")
    if not callable(target):
        hint = ": did you mean its .density?" if hasattr(target, "density") else ""
        raise TypeError(f"target is {in_short(target)}: wanted a function of x{hint}")
    given, factors = optimizer if isinstance(optimizer, Scaled) else (optimizer, 1.0)
    given = keras.optimizers.Adam(1e-3) if given is None else given
    recipe, rates = recipe_and_rates(given, factors, "optimizer", members)
    key = (
        "pretrain",
        structure(discriminator),
        reads(recipe),
        loss,
        reads(loss),
        members,
        batch_size,
        compiles(),
    )
    tiny = is_tiny(discriminator, batch_size)
    program = shared(key, lambda: _Pretraining(discriminator, recipe, loss, members, tiny, key))

    _refuse_chance(target, inputs, batch_size)

    def draw(rng):
        x = inputs.sample((_BLOCK, batch_size), rng)
        y = _numbers(asked("target", target, x))
        if y.shape != x.shape[:-1]:
            raise ValueError(f"target gives shape {y.shape} for x {x.shape}: wanted {x.shape[:-1]}")
        if not np.isfinite(y).all():
            raise ValueError("target gives NaN or infinity: wanted finite numbers")
        return {"x": x, "y": y}

    loop = Loop(
        seeds,
        {"d": Part(program, {"d": 1})},
        {"d": program.player},
        {"d": Supply(draw, seeds, PRETRAIN, _BLOCK)},
        {"d": rates},
        own=[name_of(own) for own in (loss, *own_parts(discriminator)) if is_own(own)],
        trials=of_loss("loss", loss, batch_size),
    )
    loop.begin("d", weights)
    reached, recorded = [], []

    def record(means):
        if loop.step in reached[-1:]:  # an interrupt came just after it
            return
        with held_back():
            reached.append(loop.step)
            recorded.append(means[0])

    loop.run_through(stops, record, f"pretraining {members} discriminators")
    ensemble = Ensemble(discriminator, seeds, loop.weights("d"), loop.failed)
    return ensemble, np.array(reached), np.array(recorded)


def _numbers(y):
    try:
        return np.asarray(y, "float32")
    except (TypeError, ValueError):
        raise TypeError(f"target gives a {type(y).__name__}: wanted numbers") from None


def _refuse_chance(target, inputs, batch_size):
    """A target that draws would be another one for every run of the same seed."""
    x = inputs.sample((_BLOCK, batch_size), np.random.default_rng(0))
    one, other = (_numbers(asked("target", target, x)) for _ in range(2))
    if not np.array_equal(one, other, equal_nan=True):
        raise ValueError(
            f"target ({name_of(target)}) gives other numbers for the same x: wanted a function of "
            "x alone, so that a run can be repeated"
        )


class _Pretraining(Program):
    """D alone: one step is a step of descent onto the target."""

    def __init__(self, discriminator, recipe, loss, members, tiny, key):
        self.player = Player(discriminator, members, recipe)

        def step(i, data, given):
            moving, _ = given
            x, y = (tf.gather(data["d"][name], i + moving.start["d"]) for name in ("x", "y"))

            def objective(weights):
                logits = call(discriminator, weights, x)[..., 0]
                return asked_numbers("loss", loss, logits, y), None

            return [self.player.descend(objective, moving.rate["d"])[0]]

        super().__init__([self.player], step, ["loss"], tiny, key)
