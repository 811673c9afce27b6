"""A Keras model as a template: built, checked, cloned, compared."""

import json

import numpy as np

from ganlab.backend import keras


def owners(model):
    """The layers that own weights themselves, in the order of `model.trainable_variables`."""
    parts = getattr(model, "layers", None)
    return [model] if not parts else [leaf for part in parts for leaf in owners(part)]


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


def build(model, dim, role, why=""):
    """Gives `model` its weights if it has none yet, and checks that it can be trained.

    Returns its output size for inputs of size `dim`; `why` tells in an error where that is from.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"{role} is {type(model).__name__}: wanted a Keras model")
    if model.built and (taken := input_size(model)) != dim:
        raise ValueError(f"{role} takes inputs of size {taken}: it will be given size {dim}{why}")
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
