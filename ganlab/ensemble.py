"""Many copies of one Keras model, one per seed, called as one.

Every weight is stacked on a leading axis, (seeds, *shape), and so is every batch. How an
ensemble is run is decided here and nowhere else: `STACKED` says which layers serve all
members at once, and how; a layer with a method `call_stacked` does so itself; any other is
mapped over the members.
"""

import math
import operator
import weakref
from functools import partial, reduce

import numpy as np

from ganlab import convolutions
from ganlab.arguments import fits_memory, seed_tuple, whole
from ganlab.backend import keras, refuse_unusable, tf
from ganlab.layers import TINY, joined
from ganlab.models import clone, input_size, owners, standing, structure


def is_tiny(model, batch):
    """Whether every layer of the model takes few multiplications for a batch of this size."""
    return all(_is_tiny_layer(layer, batch) for layer in owners(model))


def _is_tiny_layer(layer, batch):
    if isinstance(layer, keras.layers.Dense):
        return batch * math.prod(layer.kernel.shape) <= TINY
    if hasattr(layer, "multiplications"):
        return layer.multiplications(batch) <= TINY
    return not layer.weights


# What layers do for all members at once. Each is `serve(layer, weights, *inputs)`, inputs
# (seeds, n, ...), and gives None where it cannot.


def _dense(layer, weights, x):
    if x.shape.rank != 3 or len(weights) > 2:  # an activation may have weights of its own
        return None
    kernel, batch = weights[0], x.shape[1]
    if None not in (x.shape[-1], kernel.shape[1]) and x.shape[-1] != kernel.shape[1]:
        # A single number would be taken for every input.
        told = f"layer {layer.name!r} is given {x.shape[-1]} numbers a sample"
        raise ValueError(f"{told}: wanted {kernel.shape[1]}")
    if batch is not None and _is_tiny_layer(layer, batch):
        x = tf.reduce_sum(tf.expand_dims(x, -1) * tf.expand_dims(kernel, 1), axis=2)
    else:
        x = tf.matmul(x, kernel)
    if layer.use_bias:
        x = x + tf.expand_dims(weights[1], 1)
    return layer.activation(x)


def _elementwise(layer, weights, x):
    return layer.call(x)  # to call the layer itself would put its name into what is compiled


def _unchanged(layer, weights, x):
    return x


def _merged(merge, layer, weights, inputs):
    return merge(inputs) if len({x.shape.rank for x in inputs}) == 1 else None


def _joined(layer, weights, inputs):
    return joined(inputs, layer.axis if layer.axis < 0 else layer.axis + 1)


def _dotted(layer, weights, inputs):
    """Products of two vectors a sample: what a discriminator projects a condition with."""
    flat = [x.shape.rank for x in inputs] == [3, 3]
    if not flat or layer.normalize or layer.axes not in (1, -1):
        return None
    return tf.reduce_sum(operator.mul(*inputs), axis=-1, keepdims=True)


def _flattened(layer, weights, x):
    if layer.data_format == "channels_first" and x.shape.rank > 3:  # as Keras: channels go last
        x = tf.transpose(x, (0, 1, *range(3, x.shape.rank), 2))
    return tf.reshape(x, (x.shape[0], -1, math.prod(x.shape[2:])))


def _reshaped(layer, weights, x):
    if None in (shape := layer.compute_output_shape((1, *x.shape[2:]))[1:]):
        return None
    return tf.reshape(x, (x.shape[0], -1, *shape))


def _folded(layer, weights, x):
    """What looks at each sample alone and has no weights, on the batches of all members as one."""
    members, n = x.shape[0], tf.shape(x)[1]
    outputs = layer.call(tf.reshape(x, (members * n, *x.shape[2:])))
    return tf.reshape(outputs, (members, n, *outputs.shape[1:]))


STACKED = {
    keras.layers.Dense: _dense,
    keras.layers.Conv2D: convolutions.convolve,
    keras.layers.Conv2DTranspose: convolutions.convolve_transposed,
    keras.layers.AveragePooling2D: _folded,
    keras.layers.GlobalAveragePooling2D: _folded,
    keras.layers.UpSampling2D: _folded,
    keras.layers.ZeroPadding2D: _folded,
    keras.layers.Cropping2D: _folded,
    # Without weights, and on each number alone.
    keras.layers.Activation: _elementwise,
    keras.layers.ELU: _elementwise,
    keras.layers.LeakyReLU: _elementwise,
    keras.layers.ReLU: _elementwise,
    keras.layers.Rescaling: _elementwise,
    keras.layers.InputLayer: _unchanged,
    keras.layers.Identity: _unchanged,
    # What joins the branches of a graph.
    keras.layers.Add: partial(_merged, lambda inputs: reduce(operator.add, inputs)),
    keras.layers.Subtract: partial(_merged, lambda inputs: operator.sub(*inputs)),
    keras.layers.Multiply: partial(_merged, lambda inputs: reduce(operator.mul, inputs)),
    keras.layers.Concatenate: _joined,
    keras.layers.Dot: _dotted,
    keras.layers.Flatten: _flattened,
    keras.layers.Reshape: _reshaped,
}


def call(model, weights, x):
    """The outputs (seeds, n, out) of stacked `weights` on x (seeds, n, in)."""
    return _call(model, weights, x)


def call_layers(model, weights, x):
    """What each of the model's layers puts out, in the order of `model.layers`, where it is a
    Sequential or a graph of layers; of another model, its outputs."""
    if type(model) is keras.Sequential:
        return _call_stack(model, weights, x)
    if _is_graph(model):
        return list(_call_graph(model, weights, x)[1].values())
    return [_call(model, weights, x)]


def layer_place(model, name):
    """Which of the model's `call_layers` are those of the layer called `name`."""
    if type(model) is not keras.Sequential and not _is_graph(model):
        kind = type(model).__name__
        wanted = "wanted a keras.Sequential, or a keras.Model of inputs and outputs"
        raise TypeError(f"discriminator is {kind}: to look at {name!r}, {wanted}")
    names = [layer.name for layer in model.layers]
    if name not in names:
        raise ValueError(f"discriminator has no layer {name!r}: wanted one of {', '.join(names)}")
    if _is_graph(model):
        nodes = [node for nodes in model._nodes_by_depth.values() for node in nodes]
        calls = sum(node.operation is model.get_layer(name) for node in nodes)
        if calls > 1:
            raise ValueError(f"discriminator calls layer {name!r} {calls} times: wanted once")
    return names.index(name)


def _is_graph(model):
    """Whether calling the model is walking through its layers: a subclass may do otherwise."""
    return isinstance(model, keras.Function) and type(model).__module__.startswith("keras.")


def _call(layer, weights, *inputs):
    if type(layer) is keras.Sequential:
        return _call_stack(layer, weights, *inputs)[-1]
    if _is_graph(layer):
        return _call_graph(layer, weights, *inputs)[0]
    if type(layer) in STACKED and not _own_activation(layer):
        outputs = STACKED[type(layer)](layer, weights, *inputs)
        if outputs is not None:
            return outputs
    if hasattr(layer, "call_stacked"):
        return layer.call_stacked(weights, *inputs)
    return _mapped(layer, weights, keras.tree.map_structure(_Stacked, inputs), {})


def _own_activation(layer):
    """Whether a layer has a function of the reader's own, which may look along the batch."""
    activation = getattr(layer, "activation", keras.activations.relu)
    return not (getattr(activation, "__module__", None) or "").startswith("keras.")


def mapped_parts(model):
    """What of a model may go through a map over the members: layers and operations that are
    neither in `STACKED` nor have a `call_stacked` from ganlab, in whatever they stand."""
    if type(model) is keras.Sequential:
        return [part for layer in model.layers for part in mapped_parts(layer)]
    if _is_graph(model):
        return [part for operation in model.operations for part in mapped_parts(operation)]
    if type(model) in STACKED and not _own_activation(model):
        return [] if _served(model) else [model]
    ours = hasattr(model, "call_stacked") and type(model).__module__.startswith("ganlab.")
    return [] if ours else [model]


def _served(layer):
    """Whether what `STACKED` has for a layer of this kind can do all that this one does."""
    if isinstance(layer, keras.layers.Dense):
        return len(layer.weights) < 3
    return not layer.weights or convolutions.serves(layer)


_one_by_one = weakref.WeakSet()


def one_by_one(parts):
    """Have these layers and operations called for one member after the other, where the
    vectorising map cannot serve them. It takes longer to compile, the more members there are."""
    _one_by_one.update(parts)


def _of_layers(model, weights):
    """The weights of each layer of the model; two layers may hold the same."""
    at = dict(zip(map(id, model.trainable_variables), weights, strict=True))
    return [[at[id(variable)] for variable in layer.trainable_variables] for layer in model.layers]


def _call_stack(model, weights, x):
    outputs = [x]
    for layer, own in zip(model.layers, _of_layers(model, weights), strict=True):
        outputs.append(_call(layer, own, outputs[-1]))
    return outputs[1:]


class _Stacked:
    """Marks what has an axis of members, among the constants that a call may hold."""

    def __init__(self, value):
        self.value = value


def _call_graph(model, weights, x):
    """(outputs, {layer's name: its outputs, at its last call}) of a Functional model."""
    owned = {}
    seen = dict.fromkeys(layer.name for layer in model.layers)
    for layer, own in zip(model.layers, _of_layers(model, weights), strict=True):
        owned[id(layer)] = own
        if isinstance(layer, keras.layers.InputLayer):
            seen[layer.name] = x

    def at(operation):  # what Keras is to call in the operation's place
        def served(*arguments, **keywords):
            # Of graphs in graphs Keras notes a mask and the like, and that they are not there.
            keywords = {name: value for name, value in keywords.items() if value is not None}
            parts = keras.tree.flatten((arguments, keywords))
            if id(operation) in owned and not keywords and _all_stacked(parts):
                bare = [keras.tree.map_structure(lambda part: part.value, a) for a in arguments]
                outputs = _call(operation, owned[id(operation)], *bare)
            else:
                outputs = _mapped(operation, owned.get(id(operation), []), arguments, keywords)
            seen.update({operation.name: outputs} if operation.name in seen else {})
            return keras.tree.map_structure(_Stacked, outputs)

        return served

    return model._run_through_graph([_Stacked(x)], at).value, seen


def _all_stacked(parts):
    return all(isinstance(part, _Stacked) for part in parts)


def _mapped(operation, weights, arguments, keywords):
    """Any layer, model or operation, by TensorFlow's vectorising map over the members."""
    parts = keras.tree.flatten((arguments, keywords))
    stacked = [part.value for part in parts if isinstance(part, _Stacked)]

    def one(given):
        weights, values = given
        values = iter(values)
        filled = [next(values) if isinstance(part, _Stacked) else part for part in parts]
        args, named = keras.tree.pack_sequence_as((arguments, keywords), filled)
        if isinstance(operation, keras.layers.Layer):
            return operation.stateless_call(weights, [], *args, **named)[0]
        return operation(*args, **named)

    if stacked[0].shape[0] == 1:  # a map over one member is slow, and needs no map
        alone = one(([weight[0] for weight in weights], [value[0] for value in stacked]))
        return keras.tree.map_structure(lambda value: value[None], alone)
    if operation in _one_by_one:
        members = range(stacked[0].shape[0])
        each = [one(([w[i] for w in weights], [x[i] for x in stacked])) for i in members]
        return keras.tree.map_structure(lambda *values: tf.stack(values), *each)
    return tf.vectorized_map(one, (weights, stacked), fallback_to_while_loop=False)


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

    @classmethod
    def of(cls, model, seeds):
        """The ensemble in which every seed has the weights that a Keras model has now, to train
        on from there: `train(Ensemble.of(trained, 8), discriminator, ..., seeds=8)`. ValueError for
        a model with weights that are not trained, which would be lost."""
        seeds = seed_tuple(seeds)
        if not isinstance(model, keras.Model) or not model.built:
            raise TypeError(f"model is a {type(model).__name__}: wanted a Keras model with weights")
        if len(model.weights) != len(model.trainable_variables):
            learned = {id(variable) for variable in model.trainable_variables}
            other = next(v.path for v in model.weights if id(v) not in learned)
            told = f"model has a weight that is not trained, {other}"
            raise ValueError(f"{told}: wanted layers whose weights are all trained")
        weights = [np.asarray(v) for v in model.trainable_variables]
        return cls(model, seeds, [np.stack([weight] * len(seeds)) for weight in weights])

    def __call__(self, x):
        """Outputs (members, n, out) for x (n, in), or (members, n, in): one batch each."""
        refuse_unusable()
        try:
            x, size = np.asarray(x, "float32"), input_size(self.model)
        except (TypeError, ValueError):
            raise TypeError(f"x is {x!r}: wanted numbers, (n, dim)") from None
        if x.shape[-1:] != (size,) or x.shape[:-2] not in ((), (len(self.seeds),)) or x.ndim < 2:
            wanted = f"(n, {size}) or ({len(self.seeds)}, n, {size})"
            raise ValueError(f"x has shape {x.shape}: wanted {wanted}")
        if x.ndim == 2:
            x = np.broadcast_to(x, (len(self.seeds), *x.shape))
        return _forward(self.model, len(self.seeds))(self.weights, x).numpy()

    def repeated(self, times):
        """An ensemble of this one's members, all of them, and all of them again, `times` times."""
        members, times = range(len(self.seeds)), whole("times", times, 1)
        fits_memory("times", times, sum(weight.nbytes for weight in self.weights))
        failed = {
            len(members) * k + i: self.failed[i]
            for k in range(times)
            for i in members
            if i in self.failed
        }
        weights = [np.concatenate([weight] * times) for weight in self.weights]
        return Ensemble(self.model, self.seeds * times, weights, failed)

    def member(self, index):
        """Member number `index` as a plain Keras model: it saves, loads and predicts."""
        index = whole("index", index, 0)
        if index >= len(self.seeds):
            raise ValueError(f"index={index}: wanted 0 to {len(self.seeds) - 1}")
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
    kept, which = _by_model.setdefault(model, {}), (members, standing(model))
    if which not in kept:
        key = structure(model)
        shared = _by_structure.setdefault(key, {}) if isinstance(key, str) else {}
        if members not in shared:
            shared[members] = _graph(model, members)
        kept[which] = shared[members]
    return kept[which]


def _graph(model, members):
    """Of a model that was trained it is known which layers the vectorising map cannot serve; of
    another this is where it is seen."""
    weights = [tf.TensorSpec((members, *v.shape)) for v in model.trainable_variables]

    def graph():
        return tf.function(
            # Run eagerly, it gets arrays as they were given.
            lambda *given: call(model, *tf.nest.map_structure(tf.convert_to_tensor, given)),
            input_signature=(weights, tf.TensorSpec((members, None, input_size(model)))),
            autograph=False,
        )

    found, mapped = graph(), mapped_parts(model)
    if all(part in _one_by_one for part in mapped):
        return found
    logger, level = tf.get_logger(), tf.get_logger().level
    try:
        logger.setLevel("CRITICAL")  # what the map cannot do it says at length
        found.get_concrete_function()
    except Exception:  # TensorFlow raises many kinds
        one_by_one(mapped)
        return graph()
    finally:
        logger.setLevel(level)
    return found
