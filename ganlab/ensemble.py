"""Many copies of one Keras model, one per seed, called as one.

Every weight is stacked on a leading axis, (seeds, *shape), and so is every batch. How an
ensemble is run is decided here and nowhere else.
"""

import functools
import json
import math
import random
import weakref

import numpy as np

from ganlab.backend import keras, tf
from ganlab.networks import TINY

# Layers without weights that act on each number alone serve a stack of batches as they are.
_ELEMENTWISE = (
    keras.layers.Activation,
    keras.layers.ELU,
    keras.layers.LeakyReLU,
    keras.layers.ReLU,
    keras.layers.Rescaling,
)


def is_tiny(model, batch):
    """Whether every layer of the model takes few multiplications for a batch of this size."""
    return all(_is_tiny_layer(layer, batch) for layer in _layers(model))


def _is_tiny_layer(layer, batch):
    if isinstance(layer, keras.layers.Dense):
        return batch * math.prod(layer.kernel.shape) <= TINY
    if hasattr(layer, "multiplications"):
        return layer.multiplications(batch) <= TINY
    return not layer.weights


def _dense(layer, weights, x):
    kernel, batch = weights[0], x.shape[1]
    if batch is not None and _is_tiny_layer(layer, batch):
        x = tf.reduce_sum(x[..., None] * kernel[:, None], axis=2)
    else:
        x = tf.matmul(x, kernel)
    if layer.use_bias:
        x = x + weights[1][:, None]
    return layer.activation(x)


def _mapped(layer, weights, x):
    """Any layer or model, by TensorFlow's vectorising map over the members."""

    def one(arguments):
        return layer.stateless_call(arguments[0], [], arguments[1])[0]

    if x.shape[0] == 1:  # a map over one member is slow, and needs no map
        return one(([weight[0] for weight in weights], x[0]))[None]
    return tf.vectorized_map(one, (weights, x), fallback_to_while_loop=False)


def call(model, weights, x):
    """The outputs (seeds, n, out) of stacked `weights` on x (seeds, n, in)."""
    return call_layers(model, weights, x)[-1]


def call_layers(model, weights, x):
    """What each layer of a `Sequential` puts out, in order; of another model, its outputs."""
    if type(model) is not keras.Sequential:
        return [_call_layer(model, weights, x)]
    weights, outputs = list(weights), [x]
    for layer in model.layers:
        count = len(layer.trainable_variables)
        outputs.append(_call_layer(layer, weights[:count], outputs[-1]))
        del weights[:count]
    return outputs[1:]


def layer_place(model, name):
    """Which of a Sequential's `call_layers` are those of the layer called `name`."""
    if type(model) is not keras.Sequential:
        kind = type(model).__name__
        raise TypeError(f"discriminator is {kind}: a look at {name!r} wants a keras.Sequential")
    names = [layer.name for layer in model.layers]
    if name not in names:
        raise ValueError(f"discriminator has no layer {name!r}: wanted one of {', '.join(names)}")
    return names.index(name)


def _call_layer(layer, weights, x):
    if type(layer) is keras.Sequential:
        return call(layer, weights, x)
    # A function of the reader's own may look along the batch, so it is mapped.
    own = not getattr(layer, "activation", keras.activations.relu).__module__.startswith("keras.")
    plain = not own and len(weights) <= 2  # an activation may have weights of its own
    if type(layer) is keras.layers.Dense and x.shape.rank == 3 and plain:
        return _dense(layer, weights, x)
    if type(layer) in _ELEMENTWISE and not own:
        return layer(x)
    if hasattr(layer, "call_stacked"):  # a layer that knows how to serve all members at once
        return layer.call_stacked(weights, x)
    return _mapped(layer, weights, x)


def _layers(model):
    """The layers that own weights themselves, in the order of `model.trainable_variables`."""
    parts = getattr(model, "layers", None)
    return [model] if not parts else [leaf for part in parts for leaf in _layers(part)]


def clone(model):
    """A model of the same architecture with weights of its own."""
    config = model.get_config()
    if type(model).__init__ is not keras.Model.__init__ and "layers" not in config:
        # A subclassed model's constructor often takes none of Keras's own arguments.
        for name in ("name", "trainable", "dtype"):
            config.pop(name, None)
    try:
        # What a notebook defines is known to Keras by this scope alone.
        with keras.saving.custom_object_scope({own.__name__: own for own in _own(model)}):
            copy = type(model).from_config(config)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{type(model).__name__} cannot be rebuilt, which every seed's own copy needs: "
            "give the class a get_config that returns its constructor's arguments"
        ) from error
    if not copy.built:
        copy(np.zeros((2, input_size(model)), "float32"))
    return copy


def input_size(model):
    """The size of the samples that a built model takes."""
    shape = getattr(model, "input_shape", None) or model.get_build_config()["input_shape"]
    return shape[-1]


def build(model, dim, role):
    """Gives `model` its weights if it has none yet, and checks that it can be trained.

    Returns its output size for inputs of size `dim`.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"{role} is {type(model).__name__}: wanted a Keras model")
    if model.built and (taken := input_size(model)) != dim:
        raise ValueError(f"{role} takes inputs of size {taken}: it will be given size {dim}")
    outputs = model(np.zeros((2, dim), "float32"))
    _refuse_unsupported(model, role)
    if outputs.shape.rank != 2:
        raise ValueError(
            f"{role} gives outputs of shape {tuple(outputs.shape)}: wanted (batch, size)"
        )
    return int(outputs.shape[-1])


def _refuse_unsupported(model, role):
    """One line for each thing that would otherwise be left out without a word."""
    if model.non_trainable_variables:
        names = sorted({v.path.split("/")[-2] for v in model.non_trainable_variables})
        raise ValueError(
            f"{role} keeps state between calls ({', '.join(names)}): wanted layers without "
            "batch normalisation, dropout or frozen weights"
        )
    if model.losses or any(v.regularizer is not None for v in model.trainable_variables):
        raise ValueError(f"{role} has a regularizer: wanted a penalty given to `added`")
    if any(v.constraint is not None for v in model.trainable_variables):
        raise ValueError(f"{role} has a weight constraint, which ensembles do not apply")


def structure(model):
    """What a compiled program may share: equal for models that compute the same function.

    A layer or activation that is not Keras's or ganlab's own may be redefined under its
    old name, as happens in notebooks, so a model holding one is only equal to itself.
    """
    parts = list(_parts(model))
    if _own(model):
        return model
    # In a graph of layers the names say what is joined to what; in a stack they say nothing.
    graph = any(
        isinstance(part, keras.Model) and type(part) is not keras.Sequential for part in parts
    )
    ignored = ("build_config",) if graph else ("build_config", "name")
    config = keras.saving.serialize_keras_object(model)
    return json.dumps(_without(config, ignored), sort_keys=True, default=str)


def _own(model):
    """Classes and functions in the model that are neither Keras's nor ganlab's."""
    pieces = []
    for part in _parts(model):
        pieces += [type(part), getattr(part, "activation", None), getattr(part, "function", None)]
    named = [piece for piece in pieces if hasattr(piece, "__name__")]
    return [p for p in named if not p.__module__.startswith(("keras.", "ganlab."))]


def _parts(model):
    yield model
    for part in getattr(model, "layers", []):
        yield from _parts(part)


def _without(config, ignored):
    if isinstance(config, dict):
        return {
            key: _without(value, ignored)
            for key, value in config.items()
            if key not in ignored and not key.endswith("_initializer")
        }
    return [_without(v, ignored) for v in config] if isinstance(config, (list, tuple)) else config


def initial_weights(model, seeds, stream):
    """Stacked initial weights: each member's are drawn from the model's own initializers.

    Member i's depend on seeds[i], on `stream` (which tells apart networks of one run) and
    on the model, never on the other members. Returns NumPy arrays (seeds, *shape).
    """
    initializers, shapes = _initializers(model), [v.shape for v in model.trainable_variables]
    drawn = {}
    for seed in dict.fromkeys(seeds):
        keys = np.random.SeedSequence([int(seed), stream])
        numbers = [int(n) for n in keys.generate_state(len(shapes) + 1) >> 1]
        if initializers is None:
            drawn[seed] = _rebuilt_weights(model, numbers.pop())
        else:
            drawn[seed] = [
                draw(n, shape)
                for draw, n, shape in zip(initializers, numbers, shapes, strict=False)
            ]
    return [np.stack([drawn[seed][i] for seed in seeds]) for i in range(len(shapes))]


def _initializers(model):
    """How each weight starts, where layers name its initializer as Keras's do; else None."""
    owned = [(layer, weight) for layer in _layers(model) for weight in layer.trainable_variables]
    if [id(w) for _, w in owned] != [id(w) for w in model.trainable_variables]:
        return None
    found = [getattr(layer, f"{weight.name}_initializer", None) for layer, weight in owned]
    if not all(isinstance(initializer, keras.initializers.Initializer) for initializer in found):
        return None
    return [_seeded(initializer) for initializer in found]


def _seeded(initializer):
    """The initializer as a function of (number, shape) that repeats itself."""
    kind, config = type(initializer), initializer.get_config()
    if "seed" in config:
        return lambda n, shape: np.asarray(kind.from_config({**config, "seed": n})(shape))
    constant = functools.cache(lambda shape: np.asarray(initializer(shape)))  # zeros, ones
    return lambda n, shape: constant(shape)


def _rebuilt_weights(model, number):
    """For layers that name no initializers: build the model anew after seeding Python's
    generator, from which Keras draws the seeds of unseeded initializers."""
    state = random.getstate()
    try:
        random.seed(number)
        return [np.asarray(v) for v in clone(model).trainable_variables]
    finally:
        random.setstate(state)


class Ensemble:
    """`seeds` copies of a Keras model, their weights stacked on a leading axis.

    `seeds` (members,) are the random seeds the members started from; `weights` NumPy
    arrays (members, *shape) in the order of `model.trainable_variables`; `failed` the members
    whose training stopped being finite, {member: step}.
    """

    def __init__(self, model, seeds, weights, failed=None):
        self.model, self.failed = model, dict(failed or {})
        self.seeds = tuple(int(seed) for seed in seeds)
        self.weights = [np.asarray(weight) for weight in weights]

    def __call__(self, x):
        """Outputs (members, n, out) for x (n, in), or (members, n, in): one batch each."""
        x = np.asarray(x, "float32")
        if x.ndim == 2:
            x = np.broadcast_to(x, (len(self.seeds), *x.shape))
        return _forward(self.model, len(self.seeds))(self.weights, x).numpy()

    def member(self, index):
        """Member number `index` as a plain Keras model: it saves, loads and predicts."""
        model = clone(self.model)
        for variable, weight in zip(model.trainable_variables, self.weights, strict=True):
            variable.assign(weight[index])
        return model


_by_model = weakref.WeakKeyDictionary()
_by_structure = {}


def _forward(model, members):
    """`call` for this model as a graph, traced once for all models of its structure.

    Its batch is of unknown size: what is traced must not depend on what was asked before.
    """
    kept = _by_model.setdefault(model, {})
    if members not in kept:
        key = structure(model)
        shared = _by_structure.setdefault(key, {}) if isinstance(key, str) else kept
        if members not in shared:
            weights = [tf.TensorSpec((members, *v.shape)) for v in model.trainable_variables]
            shared[members] = tf.function(
                lambda weights, x: call(model, weights, x),
                input_signature=(weights, tf.TensorSpec((members, None, input_size(model)))),
                autograph=False,
            )
        kept[members] = shared[members]
    return kept[members]
