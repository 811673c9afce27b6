"""Small Keras networks. Discriminators end in a logit; nothing here is trained."""

from ganlab.arguments import whole
from ganlab.backend import keras, refuse_unusable
from ganlab.layers import MinibatchDiscrimination

__all__ = ["MinibatchDiscrimination", "mlp", "pytorch_initial"]


def mlp(sizes, activation="relu", output_activation=None, kernel="glorot_uniform", bias="zeros"):
    """A stack of dense layers, `mlp((1, 8, 8, 8, 1), "tanh")` say.

    `sizes` lists the input, hidden and output sizes; a hidden one may also be a layer of its
    own, `mlp((1, 8, 8, MinibatchDiscrimination(5, 3), 1))` say. The layers are called
    "hidden_1", "hidden_2", ... and "output". The last is linear unless `output_activation` is
    given. `kernel` and `bias` are Keras initializers; every dense layer gets its own copy, so no
    two layers start equal. Either may be "pytorch", for PyTorch's default: see `pytorch_initial`.
    """
    refuse_unusable()
    sizes = tuple(sizes)
    own = [isinstance(size, keras.layers.Layer) for size in sizes]
    wrong = [s for s, layer in zip(sizes, own, strict=True) if not layer and (int(s) != s or s < 1)]
    if len(sizes) < 2 or own[0] or own[-1] or wrong:
        raise ValueError(
            f"sizes={sizes!r}: wanted the input, hidden and output sizes, (1, 4, 1) say"
        )
    layers = [keras.Input((int(sizes[0]),))]
    for i, size in enumerate(sizes[1:], 1):
        last = i == len(sizes) - 1
        if own[i]:
            kind, options = type(size), size.get_config()
        else:
            kind, options = (
                keras.layers.Dense,
                {"units": int(size), **_start(kernel, bias, layers, sizes[i - 1])},
            )
            options["activation"] = output_activation if last else activation
        layers.append(kind.from_config({**options, "name": "output" if last else f"hidden_{i}"}))
    return keras.Sequential(layers)


def pytorch_initial(fan_in):
    """PyTorch's default initial values: weights and biases uniform in +-1 / sqrt(fan_in).

    Returns {"kernel_initializer": ..., "bias_initializer": ...}, for any Keras layer that has the
    two; `fan_in` is how many numbers each of its outputs is made of:

        keras.layers.Dense(128, **pytorch_initial(16))                   # after 16 numbers
        keras.layers.Conv2D(32, 5, **pytorch_initial(5 * 5 * channels))

    They are two of Keras's RandomUniform, so they are saved, cloned and drawn for each seed like
    any other; a Keras initializer sees the shape of its own weight alone, in which a bias has no
    number of inputs, so it has to be said. `mlp(sizes, kernel="pytorch", bias="pytorch")` says it
    for each of its layers. ValueError if `fan_in` is no whole number, at least 1.

    PyTorch's documentation of `torch.nn.Linear` and `torch.nn.Conv2d`, "Variables".
    """
    bound = whole("fan_in", fan_in, 1) ** -0.5
    names = ("kernel_initializer", "bias_initializer")
    return {name: keras.initializers.RandomUniform(-bound, bound) for name in names}


def _start(kernel, bias, before, size):
    """The initializers of a dense layer that comes after the layers `before`, the last of which
    is of this size, or a layer of its own."""
    given = {"kernel_initializer": kernel, "bias_initializer": bias}
    if "pytorch" in (kernel, bias):
        own = isinstance(size, keras.layers.Layer)
        default = pytorch_initial(keras.Sequential(before).output_shape[-1] if own else int(size))
        given |= {name: default[name] for name, what in given.items() if what == "pytorch"}
    return {name: keras.initializers.get(what).clone() for name, what in given.items()}
