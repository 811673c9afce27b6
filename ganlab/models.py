"""A Keras model as a template: built, checked, cloned, compared."""

import contextlib
import functools
import json
import warnings

import numpy as np

from ganlab.arguments import first_line
from ganlab.backend import keras, refuse_unusable
from ganlab.lookups import is_own, layer_attributes, reads

# What does the work of a layer that is refused for its state.
INSTEAD = {
    keras.layers.BatchNormalization: "LayerNormalization and GroupNormalization are served",
    keras.layers.SpectralNormalization: "techniques.spectral_normalisation() is served",
    **dict.fromkeys(
        (
            keras.layers.Dropout,
            keras.layers.SpatialDropout1D,
            keras.layers.SpatialDropout2D,
            keras.layers.AlphaDropout,
            keras.layers.GaussianDropout,
            keras.layers.GaussianNoise,
        ),
        "noise on what D sees is techniques.instance_noise(std)",
    ),
}


def owners(model):
    """The layers that own weights themselves, in the order of `model.trainable_variables`; one
    that stands in several places several times."""
    parts = getattr(model, "layers", None)
    return [model] if not parts else [leaf for part in parts for leaf in owners(part)]


def owned(model):
    """[(layer, weight)] of the layers' trainable weights, each once, with the first that has it."""
    first = {}
    for layer in owners(model):
        for weight in layer.trainable_variables:
            first.setdefault(id(weight), (layer, weight))
    return list(first.values())


def tied(model):
    """Which weights each layer has, by number, where a layer or a weight stands in several places;
    else an empty list."""
    parts = list(map(id, _parts(model)))
    found = {id(weight): i for i, weight in enumerate(model.trainable_variables)}
    places = [[found[id(w)] for w in layer.trainable_variables] for layer in owners(model)]
    twice = len(set(parts)) < len(parts) or sum(map(len, places)) > len(found)
    return places if twice else []


def in_several_places(model):
    """The layers that stand in several places of the model, in words."""
    parts = list(_parts(model))
    twice = dict.fromkeys(part for part in parts if sum(part is other for other in parts) > 1)
    return [f"{type(part).__name__} {part.name}" for part in twice] or ["a weight of two layers"]


def keeping_ties(model=None):
    """While this lasts, Keras notes which layers of the model are one and the same, and reads such
    notes. Where there are none it does not: it goes by addresses, which may be given out twice."""
    if model is not None and not tied(model):
        return contextlib.nullcontext()
    from keras.src.saving.serialization_lib import ObjectSharingScope  # after `ganlab.backend`

    return ObjectSharingScope()


def clone(model):
    """A model of the same architecture with weights of its own."""
    with (
        _functions_named(model) as (named, places),
        keeping_ties(model),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # Keras's own, of what is made and forgotten here
        try:
            config = model.get_config()
            if type(model).__init__ is not keras.Model.__init__ and "layers" not in config:
                # A subclassed model's constructor often takes none of Keras's own arguments.
                for name in ("name", "trainable", "dtype"):
                    config.pop(name, None)
            # What a notebook defines is known to Keras by this scope alone.
            own = {p.__name__: p for p in own_parts(model) if hasattr(p, "__name__")}
            with keras.saving.custom_object_scope(own | named):
                copy = type(model).from_config(config)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise TypeError(
                f"{_not_rebuilt(model)} cannot be rebuilt, which every seed's own copy needs: "
                "give the class a get_config that returns its constructor's arguments"
            ) from error
        if not copy.built:
            copy(np.zeros((2, input_size(model)), "float32"))
        copied = list(_parts(copy))
        for place, name, function in places:
            setattr(copied[place], name, function)
    return copy


def _not_rebuilt(model):
    """The name of the class that does not come back from its own configuration: an initializer's
    or a layer's in the model, the innermost; else that of the model."""
    parts = list(_parts(model))
    held = [v for part in parts for v in _set_by_the_reader(part).values() if _is_own_kind(type(v))]
    for thing in (*held, *(part for part in reversed(parts) if _is_own_kind(type(part)))):
        try:
            type(thing).from_config(thing.get_config())
        except Exception:  # whatever the reader's class raises
            return type(thing).__name__
    return type(model).__name__


@contextlib.contextmanager
def _functions_named(model):
    """Gives every function of the reader's own in the model a name by which Keras finds it again,
    while this lasts: a lambda has none, two may have the same, a partial is no function to Keras.

    Gives {name: function} and [(which part, attribute, function)].
    """
    named, places = {}, []
    parts = list(_parts(model))
    try:
        for place, part in enumerate(parts):
            for attribute, value in _set_by_the_reader(part).items():
                if _is_bare(value):
                    name = f"own_function_{len(named)}"
                    places.append((place, attribute, value))
                    named[name] = _stand_in(value, name)
                    setattr(part, attribute, named[name])
        yield named, places
    finally:
        for place, attribute, value in places:
            setattr(parts[place], attribute, value)


def _is_bare(value):
    """Whether this is a function of the reader's own, or made of one."""
    if not callable(value) or isinstance(value, type) or hasattr(value, "get_config"):
        return False
    return isinstance(value, functools.partial) or is_own(value)


def _stand_in(function, name):
    def named(*arguments, **keywords):
        return function(*arguments, **keywords)

    named.__name__ = named.__qualname__ = name
    return named


def input_size(model):
    """The size of the samples that a built model takes."""
    shape = getattr(model, "input_shape", None) or model.get_build_config()["input_shape"]
    return shape[-1]


def build(model, dim, role, why=""):
    """Gives `model` its weights if it has none yet, and checks that it can be trained.

    Returns its output size for inputs of size `dim`; `why` tells in an error where that is from.
    """
    refuse_unusable()
    if not isinstance(model, keras.Model):
        raise TypeError(f"{role} is {type(model).__name__}: wanted a Keras model")
    _refuse_several_inputs(model, role)
    if model.built and (taken := input_size(model)) != dim:
        raise ValueError(f"{role} takes inputs of size {taken}: it will be given size {dim}{why}")
    try:
        outputs = model(np.zeros((2, dim), "float32"))
    except Exception as error:  # Keras and TensorFlow raise many kinds, and long ones
        told = first_line(error)
        raise ValueError(
            f"{role} cannot be called on samples (batch, {dim}){why}: {told}"
        ) from error
    if isinstance(outputs, (list, tuple, dict)):
        kind, count = type(outputs).__name__, len(outputs)
        raise ValueError(f"{role} gives a {kind} of {count}: wanted one output, (batch, size)")
    _refuse_unsupported(model, role)
    if outputs.shape.rank != 2:
        raise ValueError(
            f"{role} gives outputs of shape {tuple(outputs.shape)}: wanted (batch, size)"
        )
    return int(outputs.shape[-1])


def _refuse_several_inputs(model, role):
    inputs = getattr(model, "inputs", None) or ()
    if len(inputs) > 1:
        names = ", ".join(given.name for given in inputs)
        raise ValueError(
            f"{role} takes {len(inputs)} inputs ({names}): wanted one (batch, size), in which what "
            "belongs together stands side by side"
        )


def _refuse_unsupported(model, role):
    """One line for each thing that would otherwise be left out without a word."""
    if model.non_trainable_variables:
        state = {id(v) for v in model.non_trainable_variables}
        keeping = [
            part
            for part in _parts(model)
            if part is not model and any(id(v) in state for v in part.variables)
        ]
        who = ", ".join(dict.fromkeys(f"{type(part).__name__} {part.name}" for part in keeping))
        instead = {INSTEAD[kind] for kind in map(type, keeping) if kind in INSTEAD}
        raise ValueError(
            f"{role} keeps state between calls ({who or type(model).__name__}): wanted no batch "
            "normalisation, dropout, recurrent layers or frozen weights"
            + "".join(f"; {cure}" for cure in sorted(instead))
        )
    if model.losses or any(v.regularizer is not None for v in model.trainable_variables):
        raise ValueError(f"{role} has a regularizer: wanted a penalty given to `added`")
    if any(v.constraint is not None for v in model.trainable_variables):
        raise ValueError(f"{role} has a weight constraint, which ensembles do not apply")


def structure(model):
    """What a compiled program may share: equal for models that compute the same function.

    A layer or activation that is not Keras's or ganlab's own may be redefined under its
    old name, as happens in notebooks, so a model holding one is only equal to itself, and
    that as long as nothing in it is changed.
    """
    parts = list(_parts(model))
    if own := own_parts(model):
        return (reads(model), *(reads(part) for part in (*parts, *own)))
    # In a graph of layers the names say what is joined to what; in a stack they say nothing.
    graph = any(
        isinstance(part, keras.Model) and type(part) is not keras.Sequential for part in parts
    )
    ignored = ("build_config",) if graph else ("build_config", "name")
    config = keras.saving.serialize_keras_object(model)
    told = json.dumps(_without(config, ignored), sort_keys=True, default=str)
    return told + (str(ties) if (ties := tied(model)) else "")


def standing(model):
    """What a model's layers are set to at this moment, to be compared: quicker than `structure`,
    and equal only for the same model."""
    return tuple(
        tuple((name, reads(value)) for name, value in _set_by_the_reader(part).items())
        for part in _parts(model)
    )


def own_parts(model):
    """Classes and functions in the model that are neither Keras's nor ganlab's."""
    pieces = []
    for part in _parts(model):
        pieces.append(type(part))
        for value in _set_by_the_reader(part).values():
            pieces.append(value if _is_bare(value) else type(value))
    return list(dict.fromkeys(p for p in pieces if _is_bare(p) or _is_own_kind(p)))


def _is_own_kind(kind):
    """Whether this is a class of the reader's own that Keras would have to be told of."""
    return isinstance(kind, type) and is_own(kind) and hasattr(kind, "get_config")


def _set_by_the_reader(part):
    """A layer's attributes but for those that Keras gives every layer."""
    common = layer_attributes()
    return {
        name: value
        for name, value in vars(part).items()
        if name not in common and not isinstance(value, keras.Variable)
    }


def _parts(model):
    """The model, its layers, theirs, and what wrappers hold."""
    yield model
    for part in getattr(model, "layers", None) or getattr(model, "_layers", []):
        yield from _parts(part)


def _without(config, ignored):
    if isinstance(config, dict):
        return {
            key: _without(value, ignored)
            for key, value in config.items()
            if key not in ignored and not key.endswith("_initializer")
        }
    return [_without(v, ignored) for v in config] if isinstance(config, (list, tuple)) else config
