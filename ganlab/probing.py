"""Whether a Keras model does in an ensemble what it does alone: tried before it is trained.

An ensemble calls copies that are made of a model's configuration, for all seeds at once, and with
weights that it draws itself. What a model does beside that would be lost without a word. Names do
not tell; calling it twice does, and calling a copy.
"""

import numpy as np

from ganlab import ensemble
from ganlab.arguments import first_line
from ganlab.backend import keras, tf
from ganlab.initial import initializers_of, largest
from ganlab.lookups import is_own
from ganlab.models import clone, in_several_places, own_parts, owned, structure, tied
from ganlab.own import say

A_LOGIT = "a logit, a last Dense(1) of no activation"
_POINTS = 6
_known = {}  # {structure of a model that was tried: whether it is called member by member}


def refuse_unfaithful(model, role, size):
    """Refuses, in one line, a model whose copies in an ensemble would do something else.

    `size` is that of its inputs. Where the vectorising map cannot serve a layer, or loses a
    gradient of the reader's own, the layer is called member by member from now on.
    """
    _refuse_other_kinds(model, role)
    _refuse_masks(model, role)
    mapped = ensemble.mapped_parts(model)
    if not mapped and not own_parts(model) and not tied(model):
        return
    key = structure(model)
    if key not in _known:
        rng = np.random.default_rng(0)
        x = rng.standard_normal((2, _POINTS, size)).astype("float32")
        _refuse_chance(model, role, x[0])
        copy = _refuse_other_copy(model, role, x[0])
        # Weights away from zero, where slopes are the same for all kinds of function.
        weights = [
            np.stack([w + 0.1 * rng.standard_normal(w.shape) for _ in range(2)]).astype("float32")
            for w in map(np.asarray, model.trainable_variables)
        ]
        alone = [_slopes_alone(copy, [w[i] for w in weights], x[i]) for i in range(2)]
        wrong = _differs(model, weights, x, alone)
        if one_by_one := wrong is not None:
            ensemble.one_by_one(mapped)
            if (still := _differs(model, weights, x, alone)) is not None:
                hint = "; wanted a call_stacked that does for all what call does for one"
                own = any(hasattr(part, "call_stacked") for part in mapped)
                raise ValueError(
                    f"{role} cannot be trained for several seeds at once: {still}{hint * own}"
                )
        while len(_known) > 64:
            del _known[next(iter(_known))]
        _known[key] = one_by_one
    if _known[key]:
        ensemble.one_by_one(mapped)


def _refuse_other_kinds(model, role):
    kinds = {keras.config.floatx(), *(v.dtype for v in model.variables), model.compute_dtype}
    kinds |= {getattr(layer, "compute_dtype", "float32") for layer in model.layers}
    for kind in sorted(str(keras.backend.standardize_dtype(kind)) for kind in kinds):
        if kind.startswith(("float", "bfloat")) and kind != "float32":
            raise ValueError(
                f"{role} computes in {kind}: wanted float32, a model made under "
                "keras.config.set_dtype_policy('float32')"
            )


def _refuse_masks(model, role):
    """Layers here are handed numbers alone: what a mask leaves out would count."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Masking) or getattr(layer, "mask_zero", False):
            told = f"{role} has a mask, of layer {layer.name!r}, which others would not see"
            raise ValueError(f"{told}: wanted a model without masks")


def _refuse_chance(model, role, x):
    first = np.asarray(model(x))
    if not np.array_equal(first, np.asarray(model(x)), equal_nan=True):
        raise ValueError(
            f"{role} gives other numbers when it is called twice: its draws would be the same for "
            "all seeds and steps; wanted noise in the latent, or given to `shown`"
        )
    try:
        trained = np.asarray(model(x, training=True))
    except TypeError:  # a model whose call takes no such argument
        return
    if not np.array_equal(first, trained, equal_nan=True):
        raise ValueError(
            f"{role} does something else with training=True, which is never done here: wanted a "
            "model that is the same in training"
        )


def _refuse_other_copy(model, role, x):
    copy, there = clone(model), [np.asarray(v) for v in model.trainable_variables]
    if tied(model) != tied(copy):
        which = ", ".join(in_several_places(model))
        raise ValueError(
            f"{role} has one layer in several places ({which}), which "
            "its get_config does not tell, so that a copy has several: wanted a keras.Model of "
            "inputs and outputs that calls the layer several times"
        )
    if [w.shape for w in there] != [tuple(v.shape) for v in copy.trainable_variables]:
        given = [w.shape for w in there], [tuple(v.shape) for v in copy.trainable_variables]
        raise ValueError(
            f"{role} rebuilt from its get_config has weights {given[1]}, and itself {given[0]}: "
            "wanted a get_config that returns all arguments of the constructor"
        )
    for variable, value in zip(copy.trainable_variables, there, strict=True):
        variable.assign(value)
    given, rebuilt = np.asarray(model(x)), np.asarray(copy(x))
    if given.shape != rebuilt.shape or not np.allclose(given, rebuilt, 1e-4, 1e-5, equal_nan=True):
        raise ValueError(
            f"{role} rebuilt from its get_config is another function of the same weights: wanted "
            "a get_config that returns all arguments of the constructor"
        )
    return copy


def _slopes_alone(model, weights, x):
    """[outputs, slopes of their weighed sum in each weight, and in x] of one Keras model."""
    for variable, value in zip(model.trainable_variables, weights, strict=True):
        variable.assign(value)
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = model(x)
        total = _weighed(outputs[None])
    wanted = [*(v.value for v in model.trainable_variables), x]
    return [outputs, *_slopes(tape, total, wanted)]


def _differs(model, weights, x, alone):
    """What is otherwise for two members at once than for each alone, in words; None if nothing."""

    @tf.function(autograph=False)
    def together(weights, x):
        with tf.GradientTape() as tape:
            tape.watch([weights, x])
            outputs = ensemble.call(model, weights, x)
            total = _weighed(outputs)
        return [outputs, *_slopes(tape, total, [*weights, x])]

    try:
        logger, level = tf.get_logger(), tf.get_logger().level
        logger.setLevel("CRITICAL")  # what the map cannot do it says at length
        found = together([tf.constant(w) for w in weights], tf.constant(x))
    except Exception as error:  # TensorFlow and Keras raise many kinds, and long ones
        return f"{type(error).__name__}: {first_line(error)}"
    finally:
        logger.setLevel(level)
    for place, values in enumerate(found):
        for member in range(2):
            if not np.allclose(values[member], alone[member][place], 1e-3, 1e-4, equal_nan=True):
                if not place:
                    return "their outputs are not those that each has alone"
                return "their slopes are not those that each has alone"
    return None


def _slopes(tape, total, wanted):
    found = tape.gradient(total, wanted, unconnected_gradients="zero")
    return [tf.convert_to_tensor(slope) for slope in found]


def _weighed(outputs):
    """A sum in which every number of an output (members, n, ...) has another weight."""
    size = int(np.prod(outputs.shape[1:]))
    factors = np.cos(np.arange(size)).reshape(outputs.shape[1:])
    return tf.reduce_sum(outputs * tf.constant(factors, outputs.dtype))


def refuse_trained(model, role):
    """Refuses a template whose weights are not as its initializers leave them: seeds draw their
    own, so what it has learned would be gone."""
    layers = [layer for layer, _ in owned(model)]
    found = zip(initializers_of(model) or (), model.trainable_variables, layers, strict=False)
    for initializer, weight, layer in found:
        value = np.asarray(weight)
        if is_own(type(initializer)) or is_own(type(layer)):  # which may begin as it likes
            continue
        if "seed" in initializer.get_config():
            begun = (np.abs(value) <= 1.0001 * largest(initializer, value.shape)).all()
        else:
            begun = np.allclose(value, np.asarray(initializer(value.shape)))
        if not begun:
            raise ValueError(
                f"{role} has been trained before, and every seed draws its own first weights: "
                "wanted a new model, or Ensemble.of(model, seeds) to go on from its weights"
            )


def refuse_bounded(model, role, size, wanted):
    """Refuses a model whose outputs cannot be any number, told from outputs for wide inputs and
    large weights: a sigmoid at the end, by whatever name, leaves them between 0 and 1."""

    def wide(rng):
        return rng.standard_normal((64, size)) * 10.0 ** rng.uniform(-1, 2, (64, 1))

    try:
        low, high = _reached(
            model, wide, lambda low, high: low.min() < -1.001 and high.max() > 1.001
        )
    except Exception as error:  # TensorFlow and Keras raise many kinds, and long ones
        told = f"{role} cannot be called on wide samples, of size 100 say: {first_line(error)}"
        raise ValueError(told) from error
    low, high = low.min(), high.max()
    if not low <= high or (low < -1.001 and high > 1.001):  # nothing finite to judge by, or free
        return
    ending = _named_ending(model)
    within = _between(low, high, low < -1.001, high > 1.001)
    told = f"ends in a {ending}" if ending else f"gives numbers {within} whatever its weights"
    raise ValueError(f"{role} {told}: wanted {wanted}")


def warn_out_of_reach(model, role, latent, real, through=None):
    """Warns, once, where a model's outputs cannot be what the data are: a tanh at its end cannot
    be 4. `through` is what becomes of the outputs (n, any), if they are not the samples."""
    rng = np.random.default_rng(0)
    points = getattr(real, "array", None)
    points = real.sample(1000, rng) if points is None else points
    least, most = points.min(axis=0), points.max(axis=0)
    near = 1e-3 * (most - least)
    large = float(max(1.0, np.abs(points).max()))

    def arrived(low, high):
        return (low <= least + near).all() and (high >= most - near).all()

    try:
        low, high = _reached(
            model, lambda rng: latent.sample(64, rng), arrived, (10 * large, 1.0), through
        )
    except Exception:  # a model that takes some latents and weights alone
        return
    if arrived(low, high) or not np.isfinite([low, high]).all():
        return
    low, high = (np.where(np.abs(end) < near, 0.0, end) for end in (low, high))
    outside = ((points < low - near) | (points > high + near)).mean(axis=0)
    i = int(outside.argmax())
    if outside[i] < 0.01:
        return
    within = _between(low[i], high[i], low[i] <= least[i] + near[i], high[i] >= most[i] - near[i])
    where = f" in column {i}, counted from 0," if len(low) > 1 else ""
    say(
        f"{role} gives numbers {within}{where} whatever its weights, and {outside[i]:.0%} of the "
        f"data, which go from {least[i]:.3g} to {most[i]:.3g}, lie outside: wanted a last layer of "
        "no activation, or data scaled to where it reaches"
    )


def _reached(model, inputs, enough, scales=(1.0,), through=None):
    """(least, largest) of each of a model's outputs for the inputs that `inputs(rng)` gives and
    random weights of several scales, as soon as it is `enough`, or after 16 tries."""
    rng, low, high = np.random.default_rng(0), np.inf, -np.inf
    shapes = [v.shape for v in model.trainable_variables]
    # A free one has gone both ways after two or three; by chance to one side 16 times never.
    for k in range(16):
        scale = 3.0 * scales[k % len(scales)]
        weights = [(scale * rng.standard_normal(shape)).astype("float32") for shape in shapes]
        outputs, _ = model.stateless_call(weights, [], inputs(rng).astype("float32"))
        outputs = np.asarray(outputs if through is None else through(outputs))
        finite = np.where(np.isfinite(outputs), outputs, np.nan)
        low, high = np.fmin(low, np.fmin.reduce(finite)), np.fmax(high, np.fmax.reduce(finite))
        if enough(low, high):
            break
    return low, high


def _between(low, high, any_low, any_high):
    """A range in words, of which one end or the other may not be there."""
    if any_high:
        return f"never below {low:.3g}"
    return f"never above {high:.3g}" if any_low else f"between {low:.3g} and {high:.3g}"


def _named_ending(model):
    last = model
    while getattr(last, "layers", None):
        last = last.layers[-1]
    ending = getattr(last, "activation", None)
    return getattr(ending, "__name__", None) if ending is not keras.activations.linear else None
