"""Training the discriminators alone onto a given target, before the game begins."""

import numpy as np

from ganlab import losses as _losses
from ganlab.arguments import record_steps, seed_tuple, whole
from ganlab.backend import keras, tf
from ganlab.data import as_distribution
from ganlab.ensemble import Ensemble, build, call, initial_weights, is_tiny, structure
from ganlab.program import Player, Program, Supply, compiles, recipe_and_rates, shared
from ganlab.progress import bar
from ganlab.training import DISCRIMINATOR, PRETRAIN, Scaled

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
    """
    seeds, steps = seed_tuple(seeds), whole("steps", steps, 0)
    inputs, batch_size = as_distribution(inputs), whole("batch_size", batch_size, 1)
    stops, members = record_steps(records, steps), len(seeds)
    if build(discriminator, inputs.dim, "discriminator") != 1:
        raise ValueError("discriminator gives several numbers for each sample: wanted 1, a logit")
    if not callable(loss):
        wanted = "wanted a function of (logits, targets), losses.cross_entropy say"
        raise TypeError(f"loss is a {type(loss).__name__}: {wanted}")
    if not callable(target):
        hint = ": did you mean its .density?" if hasattr(target, "density") else ""
        raise TypeError(f"target is {target!r}: wanted a function of x{hint}")
    given, factors = optimizer if isinstance(optimizer, Scaled) else (optimizer, 1.0)
    given = keras.optimizers.Adam(1e-3) if given is None else given
    recipe, rates = recipe_and_rates(given, factors, "optimizer", members)
    key = (
        "pretrain",
        structure(discriminator),
        repr(recipe),
        loss,
        members,
        batch_size,
        compiles(),
    )
    tiny = is_tiny(discriminator, batch_size)
    program = shared(key, lambda: _program(discriminator, recipe, loss, members, tiny))
    weights = initial_weights(discriminator, seeds, DISCRIMINATOR)
    state = [*map(tf.constant, weights), *program.initial_state[len(weights) :]]

    def draw(rng):
        x = inputs.sample((_BLOCK, batch_size), rng)
        y = np.asarray(target(x), "float32")
        if y.shape != x.shape[:-1]:
            raise ValueError(f"target gives shape {y.shape} for x {x.shape}: wanted {x.shape[:-1]}")
        if not np.isfinite(y).all():
            raise ValueError("target gives NaN or infinity: wanted finite numbers")
        return {"x": x, "y": y}

    supply = Supply(draw, seeds, PRETRAIN, _BLOCK)
    recorded = []
    try:
        with bar(steps, f"pretraining {members} discriminators") as progress:
            for stop in stops:
                begin, total = supply.used, 0.0
                while supply.used < stop:
                    data, start, left = supply.peek()
                    scalars = {"rate": tf.constant(rates), "start": tf.constant(start)}
                    count = min(left, stop - supply.used)
                    state, sums, _ = program(state, data, scalars, count)
                    supply.used, total = supply.used + count, total + sums.numpy()[0]
                    progress.update(count)
                recorded.append(total / (stop - begin))
    except KeyboardInterrupt:
        print(f"Interrupted at step {supply.used} of {steps}: what is returned ends there.")
    broken = [
        seed for i, seed in enumerate(seeds) if not np.isfinite([r[i] for r in recorded]).all()
    ]
    if broken:
        print(
            f"Not finite to the end: seed {', '.join(map(str, broken))}. Lower the learning rate?"
        )
    ensemble = Ensemble(discriminator, seeds, state[: len(weights)])
    return ensemble, np.array(stops[: len(recorded)]), np.array(recorded)


def _program(discriminator, recipe, loss, members, tiny):
    player = Player(discriminator, members, recipe)

    def step(i, data, scalars):
        x, y = (tf.gather(data[name], i + scalars["start"]) for name in ("x", "y"))

        def objective(weights):
            return loss(call(discriminator, weights, x)[..., 0], y), None

        return [player.descend(objective, scalars["rate"])[0]]

    return Program([player], step, ["loss"], tiny)
