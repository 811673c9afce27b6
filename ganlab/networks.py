"""Small Keras networks. Discriminators end in a logit; nothing here is trained."""

from ganlab.backend import keras


def mlp(sizes, activation="relu", output_activation=None, kernel="glorot_uniform", bias="zeros"):
    """A stack of dense layers, `mlp((1, 8, 8, 8, 1), "tanh")` say.

    `sizes` lists the input, hidden and output sizes. The last layer is linear unless
    `output_activation` is given. `kernel` and `bias` are Keras initializers; every layer
    gets its own copy, so no two layers start equal.
    """
    sizes = tuple(sizes)
    if len(sizes) < 2 or any(int(size) != size or size < 1 for size in sizes):
        raise ValueError(
            f"sizes={sizes!r}: wanted the input, hidden and output sizes, (1, 4, 1) say"
        )
    sizes, last = [int(size) for size in sizes], len(sizes) - 2
    layers = [
        keras.layers.Dense(
            size,
            activation=output_activation if i == last else activation,
            kernel_initializer=keras.initializers.get(kernel).clone(),
            bias_initializer=keras.initializers.get(bias).clone(),
        )
        for i, size in enumerate(sizes[1:])
    ]
    return keras.Sequential([keras.Input((sizes[0],)), *layers])
