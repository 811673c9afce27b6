"""Small Keras networks. Discriminators end in a logit; nothing here is trained."""

import operator
from numbers import Real

import numpy as np

from ganlab.arguments import fits_memory, in_short, whole
from ganlab.backend import keras, refuse_unusable
from ganlab.guards import several
from ganlab.layers import Columns, MinibatchDiscrimination, an_activation, an_initializer

__all__ = ["MinibatchDiscrimination", "conditional_dcgan", "dcgan", "mlp", "pytorch_initial"]


def mlp(sizes, activation="relu", output_activation=None, kernel="glorot_uniform", bias="zeros"):
    """A stack of dense layers, `mlp((1, 8, 8, 8, 1), "tanh")` say.

    `sizes` lists the input, hidden and output sizes; a hidden one may also be a layer of its
    own, `mlp((1, 8, 8, MinibatchDiscrimination(5, 3), 1))` say. The layers are called
    "hidden_1", "hidden_2", ... and "output". The last is linear unless `output_activation` is
    given. `kernel` and `bias` are Keras initializers; every dense layer gets its own copy, so no
    two layers start equal. Either may be "pytorch", for PyTorch's default: see `pytorch_initial`.
    """
    refuse_unusable()
    sizes = tuple(several("sizes", sizes))
    own = [isinstance(size, keras.layers.Layer) for size in sizes]
    plain = [size for size, layer in zip(sizes, own, strict=True) if not layer]
    if len(sizes) < 2 or own[0] or own[-1] or not all(map(_is_size, plain)):
        raise ValueError(
            f"sizes={in_short(sizes)}: wanted the input, hidden and output sizes, (1, 4, 1) say"
        )
    inner = [int(size) for size in plain]
    if 4 * sum(map(operator.mul, inner, inner[1:])) > 2**30:
        raise ValueError(f"sizes={in_short(sizes)}: wanted networks of at most 1 GB a member")
    an_activation("activation", activation), an_activation("output_activation", output_activation)
    for name, given in (("kernel", kernel), ("bias", bias)):
        known = isinstance(given, str) and given == "pytorch"
        if not known and not hasattr(an_initializer(name, given), "clone"):  # a function has none
            raise ValueError(f"{name} is {in_short(given)}: wanted an initializer of Keras's")
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


def _is_size(size):
    known = isinstance(size, Real) and not isinstance(size, bool) and np.isfinite(size)
    return known and size == int(size) and 1 <= size < 2**31


def dcgan(latent_dim, size, channels=16):
    """(generator, discriminator) of convolutions, for flat pictures of this size, from -1 to 1.

    size      (height, width), multiples of 4; in colour (height, width, 3)
    channels  of the pictures half as large; those a quarter as large have twice as many

    The generator makes pictures a quarter as large by a dense layer, and doubles them twice by
    transposed convolutions of 4 x 4 in strides of 2, with ReLU, and tanh in the end. The
    discriminator is its mirror image: two such convolutions, leaky ReLU, a dense layer to a logit.
    A kernel twice as large as its stride reaches every pixel equally often. ValueError, in one
    line, for other sizes. After A. Radford and others, *Unsupervised Representation Learning with
    Deep Convolutional Generative Adversarial Networks*, ICLR 2016, without batch normalisation.

        G, D = dcgan(16, (8, 8))
    """
    refuse_unusable()
    latent_dim = whole("latent_dim", latent_dim, 1)
    pixels, larger, smaller = _parts(latent_dim, size, channels)
    return (
        keras.Sequential([keras.Input((latent_dim,)), *larger]),
        keras.Sequential([keras.Input((pixels,)), *smaller, keras.layers.Dense(1)]),
    )


def conditional_dcgan(latent_dim, size, conditions, channels=16):
    """(generator, discriminator) like those of `dcgan`, for pictures with so many `conditions`.

    The generator is given latent_dim + conditions numbers, as `conditions.Conditioned` draws them:
    all of them go into its first layer, and the conditions are handed through behind the picture.
    The discriminator is given the joint point, picture and condition c, and projects: with the
    features f that stand before the logit of `dcgan` its logit is w f + b + c V f, V a matrix. T.
    Miyato and M. Koyama, *cGANs with Projection Discriminator*, ICLR 2018.

        G, D = conditional_dcgan(16, (8, 8), 10)  # (n, 26) to (n, 74), and (n, 74) to (n, 1)
    """
    refuse_unusable()
    latent_dim, conditions = whole("latent_dim", latent_dim, 1), whole("conditions", conditions, 1)
    pixels, larger, smaller = _parts(latent_dim + conditions, size, channels)
    layers = keras.layers
    z = keras.Input((latent_dim + conditions,))
    joint = keras.Input((pixels + conditions,))
    picture, condition = Columns(0, pixels)(joint), Columns(pixels)(joint)
    features = _through(smaller, picture)
    projected = layers.Dense(conditions, use_bias=False)(features)
    logit = layers.Add()([layers.Dense(1)(features), layers.Dot(1)([projected, condition])])
    made = layers.Concatenate()([_through(larger, z), Columns(latent_dim)(z)])
    return keras.Model(z, made), keras.Model(joint, logit)


def _through(stack, x):
    for layer in stack:
        x = layer(x)
    return x


def _parts(inputs, size, channels):
    """(pixels, layers from `inputs` numbers to flat pictures, from flat pictures to features)."""
    channels = whole("channels", channels, 1)
    size = tuple(whole("each of size", side, 1) for side in several("size", size))
    if len(size) not in (2, 3) or size[0] % 4 or size[1] % 4:
        wanted = "wanted (height, width) or (height, width, colours), multiples of 4"
        raise ValueError(f"size={size}: {wanted}")
    fits_memory("channels", channels, 200 * inputs * size[0] * size[1] // 16 + 400 * channels)
    height, width, colours = *size[:2], *(size[2:] or (1,))
    layers, small = keras.layers, (height // 4, width // 4, 2 * channels)
    doubled = dict(kernel_size=4, strides=2, padding="same")
    larger = [
        layers.Dense(small[0] * small[1] * small[2], "relu"),
        layers.Reshape(small),
        layers.Conv2DTranspose(channels, activation="relu", **doubled),
        layers.Conv2DTranspose(colours, activation="tanh", **doubled),
        layers.Flatten(),
    ]
    smaller = [
        layers.Reshape((height, width, colours)),
        layers.Conv2D(channels, activation="leaky_relu", **doubled),
        layers.Conv2D(2 * channels, activation="leaky_relu", **doubled),
        layers.Flatten(),
    ]
    return height * width * colours, larger, smaller


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
