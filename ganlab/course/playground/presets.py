"""Recipes read back into `Settings`, so that a preset is the recipe and not a copy of its numbers.

`PRESETS` lists their names in the order of the menu; `preset` reads one. What a recipe has that no
setting says is refused, and a test trains each both ways.
"""

import re

from ganlab.course.playground.calls import made
from ganlab.course.playground.settings import LATENTS, LOSSES, STARTS, TARGETS, Settings

# The menu: what starts well, what goes wrong, what the posts had.
PRESETS = (
    "ours on four points",
    "ours in the plane",
    "repaired",
    "ours after 03",
    "chasing",
    "collapsing",
    "D too strong",
    "G too strong",
    "module",
    "deletang2018",
    "aylien2016 (2016)",
    "aylien2016 (2017)",
    "perspective2016",
)


def preset(name, **seeds):
    """The `Settings` of a recipe by its name; `seeds` may give `seeds` and `first_seed`."""
    from ganlab.recipes import RECIPES  # here, because it loads TensorFlow

    if not isinstance(name, str) or name not in RECIPES:
        raise ValueError(f"preset={name!r}: wanted one of {', '.join(PRESETS)}")
    return of_recipe(RECIPES[name]()).changed(**seeds)


def of_recipe(recipe):
    """A `Recipe` as `Settings`; ValueError where it has what they cannot say."""
    gan, found = recipe.gan, {"batch_size": recipe.batch_size, "n_critic": recipe.gan.n_critic}
    if gan.shown or gan.added or gan.replaced:
        raise ValueError("the recipe has techniques, which this reading does not know")
    found["target"] = _named(TARGETS, gan.real)
    found["losses"] = _named(LOSSES, gan.losses)
    found["latent_dim"] = gan.latent.dim
    slots = {name: call(gan.latent.dim) for name, call in LATENTS.items()}
    found["latent"] = _named(slots, gan.latent)
    found |= _optimizers(gan.d_optimizer, gan.g_optimizer)
    for player, model in (("g", gan.generator), ("d", gan.discriminator)):
        sizes, activation, output, scale, start = _layers(model)
        found |= {f"{player}_hidden": sizes, f"{player}_activation": activation, "start": start}
        if player == "g":
            found |= {"g_output": output, "g_scale": scale}
    if recipe.pretraining:
        box = recipe.pretraining["inputs"]
        found |= {"pretraining": recipe.pretraining["steps"], "inputs": (box.low, box.high)}
    return Settings(**found)


def _named(table, value):
    """Which entry of a table of calls makes this value."""
    for name, call in table.items():
        if made(call) == value:
            return name
    raise ValueError(f"the recipe has {value!r}: wanted one of {', '.join(table)}")


def _layers(model):
    """(hidden sizes, activation, G's output, its scale, how weights start) of a stack."""
    layers, scale = list(model.layers), 1.0
    if type(layers[-1]).__name__ == "Rescaling":
        scale = float(layers.pop().scale)
    *hidden, last = (layer for layer in layers if type(layer).__name__ == "Dense")
    slopes = {layer.negative_slope for layer in layers if type(layer).__name__ == "LeakyReLU"}
    if len(slopes) > 1 or len(layers) != len(hidden) + 1 + bool(slopes) * len(hidden):
        raise ValueError(f"the recipe has layers {[type(layer).__name__ for layer in layers]}")
    activation = f"leaky_relu, slope {slopes.pop():g}" if slopes else hidden[0].activation.__name__
    start = _start(last.kernel_initializer)
    return tuple(int(layer.units) for layer in hidden), activation, last.activation.__name__, (
        scale
    ), start  # fmt: skip


def _start(initializer):
    config = initializer.get_config()
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(initializer).__name__).lower()
    if kind == "glorot_uniform":
        return "glorot"
    if kind == "random_normal" and config["stddev"] == 1.0:
        return "normal, width 1"
    raise ValueError(f"the recipe starts weights by {kind}: wanted one of {', '.join(STARTS)}")


def _optimizers(d_optimizer, g_optimizer):
    """Settings of both optimizers, which differ in their rates alone."""
    d, g = ({**o.get_config(), "kind": type(o).__name__} for o in (d_optimizer, g_optimizer))
    rates, falls = {}, 0
    for player, config in (("d", d), ("g", g)):
        rate = config.pop("learning_rate")
        config.pop("name")
        if isinstance(rate, dict):
            falls = int(rate["config"]["decay_steps"])
            rate = rate["config"]["initial_learning_rate"]
        rates[f"{player}_rate"] = float(f"{rate:.6g}")  # it was float32 on the way
    if d != g:
        raise ValueError(f"the recipe's optimizers differ: {d} and {g}")
    beta = d["momentum"] if d["kind"] == "SGD" else d["beta_1"]
    found = {"optimizer": d["kind"], "beta_1": beta, "falls": falls, **rates}
    return found | ({} if d["kind"] == "SGD" else {"beta_2": d["beta_2"]})
