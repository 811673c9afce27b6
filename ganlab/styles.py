"""Layers of a generator that is told a style at every size: StyleGAN in small.

A plain generator is given z once, at its start. Here the start is a constant, and what a picture is
to be like comes in from the side: a vector w, of which every convolution makes a scale for each of
its channels, and noise for each pixel. T. Karras and others, *A Style-Based Generator Architecture
for Generative Adversarial Networks*, CVPR 2019, and *Analyzing and Improving the Image Quality of
StyleGAN*, CVPR 2020, of which the convolution is.

All serve every member of an ensemble at once, and draw nothing: noise is a part of z, so that it
comes from each seed's own stream. `ganlab.style_gan` puts them together.
"""

import math

import numpy as np

from ganlab import convolutions
from ganlab.arguments import fits_memory, whole
from ganlab.backend import keras, tf
from ganlab.guards import several
from ganlab.layers import an_activation, an_initializer

TINY_VARIANCE = 1e-8  # added to what is divided by: as in the papers' code


class _Stacked(keras.layers.Layer):
    """A layer whose one member is an ensemble of one."""

    def __init__(self, **keywords):
        super().__init__(**keywords)

    def call(self, x):
        weights = [tf.convert_to_tensor(weight)[None] for weight in self.trainable_variables]
        several = isinstance(x, (list, tuple))
        return self.call_stacked(weights, [part[None] for part in x] if several else x[None])[0]

    def multiplications(self, batch):
        """How many multiplications it takes for a batch, but for one a number: none."""
        return 0


@keras.saving.register_keras_serializable("ganlab")
class PixelNorm(_Stacked):
    """Each vector of channels brought to a mean square of 1: (..., channels), of the same shape.

    x / sqrt(mean of x^2 + 1e-8), at each pixel by itself; of z, (n, latent dim), it leaves the
    direction alone. T. Karras and others, *Progressive Growing of GANs for Improved Quality,
    Stability, and Variation*, ICLR 2018, 4.2. It looks at one sample alone, and has no weights.
    """

    def compute_output_shape(self, input_shape):
        """The shape of what it gives: that of what it is given."""
        return input_shape

    def call_stacked(self, weights, x):
        """The layer for many members at once: x (seeds, n, ..., channels)."""
        return x * tf.math.rsqrt(tf.reduce_mean(x * x, axis=-1, keepdims=True) + TINY_VARIANCE)


@keras.saving.register_keras_serializable("ganlab")
class LearnedConstant(_Stacked):
    """The same picture (height, width, channels) for every sample, and learned: (n, *shape).

    Of what it is given, (n, ...), it takes nothing but n. Karras and others 2019, section 2.
    """

    def __init__(self, shape, initializer="random_normal", **keywords):
        super().__init__(**keywords)
        self.shape = tuple(whole("each of shape", side, 1) for side in several("shape", shape))
        if not self.shape:
            raise ValueError("shape is (): wanted (height, width, channels)")
        fits_memory("shape", math.prod(self.shape), 4)
        self.initializer = an_initializer("initializer", initializer)

    def build(self, input_shape):
        self.constant = self.add_weight(self.shape, initializer=self.initializer, name="constant")

    def compute_output_shape(self, input_shape):
        """The shape of what it gives."""
        return (input_shape[0], *self.shape)

    def call_stacked(self, weights, x):
        """The layer for many members at once: x (seeds, n, ...)."""
        n = tf.shape(x)[1] if x.shape[1] is None else x.shape[1]
        return tf.broadcast_to(weights[0][:, None], (x.shape[0], n, *self.shape))

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "shape": self.shape, "initializer": initializer}


@keras.saving.register_keras_serializable("ganlab")
class PixelNoise(_Stacked):
    """x (n, height, width, channels) + strength * noise, for [x, noise (n, height * width)].

    A number of noise for each pixel, which all channels of the pixel share, each by its own
    learned strength; strengths begin at 0. Karras and others 2019, section 2. The noise is handed
    over, as a part of z say: the layer draws nothing.
    """

    def build(self, input_shape):
        self.compute_output_shape(input_shape)
        self.strength = self.add_weight((input_shape[0][-1],), initializer="zeros", name="strength")

    def compute_output_shape(self, input_shape):
        """The shape of what it gives; ValueError where noise and pixels are not as many."""
        x, noise = _two("PixelNoise", input_shape, (4, 2), "height * width")
        if noise[1] != x[1] * x[2]:
            wanted = f"wanted [(n, {x[1]}, {x[2]}, {x[3]}), (n, {x[1] * x[2]})]"
            raise ValueError(f"PixelNoise is given {[x, noise]}: {wanted}")
        return x

    def call_stacked(self, weights, inputs):
        """The layer for many members at once: x and noise, each (seeds, n, ...)."""
        x, noise = inputs
        noise = tf.reshape(noise, (x.shape[0], -1, *x.shape[2:4], 1))
        return x + noise * weights[0][:, None, None, None]


@keras.saving.register_keras_serializable("ganlab")
class ModulatedConv2D(_Stacked):
    """A convolution whose channels a style turns up and down: [x, w] to (n, height, width, filters)

    x  (n, height, width, channels)
    w  (n, style dim); of it an affine map makes a scale for each channel, s = w A + a, a from 1

    Each sample has a kernel of its own, k_ijab = s_a K_ijab; with `demodulate` that is divided by
    the root of the sum of its squares over i, j and a, so that inputs of variance 1 make outputs of
    variance 1. Karras and others 2020, equations 1 and 3. To scale what a kernel takes is to scale
    the inputs, and to scale what it gives the outputs: so x is scaled before one convolution for
    all samples, and again behind it. The numbers are the same, and no sample needs a kernel.

    Strides are 1 and padding is "same". After it a bias, and `activation`.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        demodulate=True,
        activation=None,
        kernel_initializer="he_normal",
        **keywords,
    ):
        super().__init__(**keywords)
        self.filters = whole("filters", filters, 1)
        self.kernel_size = whole("kernel_size", kernel_size, 1)
        self.demodulate = bool(demodulate)
        self.activation = an_activation("activation", activation)
        self.kernel_initializer = an_initializer("kernel_initializer", kernel_initializer)

    def build(self, input_shape):
        self.compute_output_shape(input_shape)
        x, w = input_shape
        kernel = (self.kernel_size, self.kernel_size, x[-1], self.filters)
        self.pixels = x[1] * x[2]
        for name, shape, initializer in (
            ("scale_kernel", (w[-1], x[-1]), "glorot_uniform"),
            ("scale_bias", (x[-1],), "ones"),
            ("kernel", kernel, self.kernel_initializer),
            ("bias", (self.filters,), "zeros"),
        ):
            setattr(self, name, self.add_weight(shape, initializer=initializer, name=name))

    def compute_output_shape(self, input_shape):
        """The shape of what it gives; ValueError for anything but pictures and styles."""
        x, _ = _two("ModulatedConv2D", input_shape, (4, 2), "style dim")
        return (*x[:3], self.filters)

    def call_stacked(self, weights, inputs):
        """The layer for many members at once: x (seeds, n, ...) and w (seeds, n, style dim)."""
        x, w = inputs
        scale_kernel, scale_bias, kernel, bias = weights
        scale = tf.matmul(w, scale_kernel) + scale_bias[:, None]  # (seeds, n, channels)
        y = convolutions.same(kernel, x * scale[:, :, None, None])
        if self.demodulate:
            squares = tf.reduce_sum(kernel * kernel, axis=(1, 2))  # (seeds, channels, filters)
            size = tf.matmul(scale * scale, squares) + TINY_VARIANCE
            y = y * tf.math.rsqrt(size)[:, :, None, None]
        return self.activation(y + bias[:, None, None, None])

    def multiplications(self, batch):
        """How many multiplications its larger part takes for a batch: those of the convolution."""
        return batch * self.pixels * math.prod(self.kernel.shape)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "demodulate": self.demodulate,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def _two(name, shapes, ranks, what):
    """The shapes of pictures and of what stands beside them; ValueError for others."""
    found = list(shapes) if isinstance(shapes, (list, tuple)) else [shapes]
    known = [tuple(shape) for shape in found if np.iterable(shape)]
    if tuple(map(len, known)) != ranks or None in (*known[0][1:], *known[1][1:]):
        wanted = f"wanted [(n, height, width, channels), (n, {what})]"
        raise ValueError(f"{name} is given {known or tuple(found)}: {wanted}")
    return known
