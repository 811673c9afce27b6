"""Small Keras networks. Discriminators end in a logit; nothing here is trained."""

from ganlab.backend import keras
from ganlab.layers import MinibatchDiscrimination

__all__ = ["MinibatchDiscrimination", "mlp"]


def mlp(sizes, activation="relu", output_activation=None, kernel="glorot_uniform", bias="zeros"):
    """A stack of dense layers, `mlp((1, 8, 8, 8, 1), "tanh")` say.

    `sizes` lists the input, hidden and output sizes; a hidden one may also be a layer of its
    own, `mlp((1, 8, 8, MinibatchDiscrimination(5, 3), 1))` say. The layers are called
    "hidden_1", "hidden_2", ... and "output". The last is linear unless `output_activation` is
    given. `kernel` and `bias` are Keras initializers; every dense layer gets its own copy, so no
    two layers start equal.
    """
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
        options = {
            "activation": output_activation if last else activation,
            "kernel_initializer": keras.initializers.get(kernel).clone(),
            "bias_initializer": keras.initializers.get(bias).clone(),
        }
        kind = type(size) if own[i] else keras.layers.Dense
        options = size.get_config() if own[i] else {"units": int(size), **options}
        layers.append(kind.from_config({**options, "name": "output" if last else f"hidden_{i}"}))
    return keras.Sequential(layers)
