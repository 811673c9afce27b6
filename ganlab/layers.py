"""Keras layers that Keras has not: one that looks along the batch, one that shuffles pixels, and
one that takes a part of each sample."""

import numpy as np

from ganlab.arguments import in_short, whole
from ganlab.backend import keras, tf

# A matrix product costs a call of its own, which for a tiny layer takes longer than the
# arithmetic; a multiplication and a sum are fused with their neighbours. The choice is by
# shape alone, so that equal arguments give equal bits. So many multiplications are tiny:
TINY = 4 * 1024


def an_initializer(name, value):
    """A kind: what Keras knows as an initializer."""
    try:
        if value is None or np.ndim(value) or isinstance(value, type):
            raise TypeError
        return keras.initializers.get(value)
    except Exception:
        told = f"{name} is {in_short(value)}"
        raise ValueError(f"{told}: wanted an initializer of Keras's, 'he_normal' say") from None


def an_activation(name, value):
    """A kind: what Keras knows as an activation."""
    try:
        if isinstance(value, type) or np.ndim(value):
            raise TypeError
        return keras.activations.get(value)
    except Exception:
        told = f"{name} is {in_short(value)}"
        raise ValueError(f"{told}: wanted an activation of Keras's, 'tanh' say") from None


@tf.custom_gradient
def _closeness(m, near):
    """Sums over j of near_ji exp(-|m_i - m_j|_1) for m (seeds, kernels, dim, n), `near` (n, n).

    Returns (seeds, kernels, n). The gradient is written out because e is symmetric: both
    ways in which a pair counts share one exponential, which halves the cost of a step.
    """
    apart = [
        tf.expand_dims(part, -2) - tf.expand_dims(part, -1) for part in tf.unstack(m, axis=2)
    ]  # (..., j, i)
    e = tf.exp(-tf.add_n([tf.abs(d) for d in apart]))

    def gradient(g):
        pairs = e * (near * tf.expand_dims(g, -2) + tf.transpose(near) * tf.expand_dims(g, -1))
        parts = [-tf.reduce_sum(pairs * tf.sign(d), axis=-2) for d in apart]
        return tf.stack(parts, axis=2), None

    return tf.reduce_sum(near * e, axis=-2), gradient


def joined(parts, axis):
    """`tf.concat`, of which any number of derivatives can be taken: what XLA makes of the second
    derivative of TensorFlow's own has no third, which unrolling through a slope penalty needs."""

    @tf.custom_gradient
    def forward(*parts):
        return tf.concat(parts, axis), lambda g: tuple(parted(g))

    @tf.custom_gradient
    def parted(whole):
        sizes = [part.shape[axis] for part in parts]
        return tuple(tf.split(whole, sizes, axis)), lambda *g: joined(g, axis)

    return forward(*parts)


@keras.saving.register_keras_serializable("ganlab")
class MinibatchDiscrimination(keras.layers.Layer):
    """Lets each sample see how close the others of its batch are. Salimans et al. 2016, 3.2.

    For features f (n, a) and a kernel T (a, kernels * kernel_dim), each row of M = f T is
    read as `kernels` vectors, and the layer gives (n, a + kernels): f, and beside it

        o_ib = sum over j of exp(-|M_ib - M_jb|_1).

    kernels, kernel_dim  how many vectors, and how long
    neighbours           how many other samples enter each sum: all if None, else the next
                         ones in the batch, whose last sample is followed by its first
    include_self         whether j = i enters too, with exp(0) = 1, as in the paper
    """

    def __init__(
        self,
        kernels,
        kernel_dim,
        neighbours=None,
        include_self=True,
        kernel_initializer="glorot_uniform",
        **keywords,
    ):
        super().__init__(**keywords)
        self.kernels = whole("kernels", kernels, 1)
        self.kernel_dim = whole("kernel_dim", kernel_dim, 1)
        self.neighbours = None if neighbours is None else whole("neighbours", neighbours, 1)
        self.include_self = bool(include_self)
        self.kernel_initializer = an_initializer("kernel_initializer", kernel_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            (input_shape[-1], self.kernels * self.kernel_dim),
            initializer=self.kernel_initializer,
            name="kernel",
        )

    def call(self, x):
        return self.call_stacked([tf.convert_to_tensor(self.kernel)[None]], x[None])[0]

    def call_stacked(self, weights, x):
        """The layer for many members at once: kernel (seeds, a, b), x (seeds, n, a)."""
        (kernel,) = weights
        if x.shape[1] is not None and self.multiplications(x.shape[1]) <= TINY:
            columns = tf.expand_dims(tf.linalg.matrix_transpose(kernel), 2)
            m = tf.reduce_sum(columns * tf.expand_dims(x, 1), axis=-1)
        else:
            m = tf.matmul(kernel, x, transpose_a=True, transpose_b=True)
        m = tf.reshape(m, (kernel.shape[0], self.kernels, self.kernel_dim, -1))
        o = _closeness(m, self._near(tf.shape(x)[1]))
        return joined([x, tf.linalg.matrix_transpose(o)], -1)

    def _near(self, n):
        """1 where sample j, the row, enters the sum of sample i, the column; else 0."""
        i = tf.range(n)
        ahead = (i[:, None] - i) % n
        most = n - 1 if self.neighbours is None else self.neighbours
        least = 0 if self.include_self else 1
        return tf.cast((least <= ahead) & (ahead <= most), tf.float32)

    def multiplications(self, batch):
        """How many of them the layer's larger part takes for a batch: products, or pairs."""
        return batch * max(self.kernel.shape[0], batch) * self.kernels * self.kernel_dim

    def get_config(self):
        return {
            **super().get_config(),
            "kernels": self.kernels,
            "kernel_dim": self.kernel_dim,
            "neighbours": self.neighbours,
            "include_self": self.include_self,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


@keras.saving.register_keras_serializable("ganlab")
class DepthToSpace(keras.layers.Layer):
    """Channels become pixels: (n, height, width, block^2 c) to (n, block height, block width, c).

    Behind a convolution to block^2 as many channels it makes pictures larger without a zero between
    pixels, and without one pixel being reached more often than its neighbour. W. Shi and others,
    *Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
    Neural Network*, CVPR 2016. The order is that of `tf.nn.depth_to_space`: of the channels at a
    place the first c make the upper left pixel, the next c the one to its right.
    """

    def __init__(self, block, **keywords):
        super().__init__(**keywords)
        self.block = whole("block", block, 2)

    def build(self, input_shape):
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape):
        """The shape of what it gives; ValueError where channels do not come out even."""
        if len(input_shape) != 4 or None in input_shape[1:] or input_shape[3] % self.block**2:
            wanted = f"wanted (n, height, width, channels), channels a multiple of {self.block**2}"
            raise ValueError(f"DepthToSpace is given {tuple(input_shape)}: {wanted}")
        n, height, width, channels = input_shape
        return (n, self.block * height, self.block * width, channels // self.block**2)

    def call(self, x):
        return tf.nn.depth_to_space(x, self.block)

    def call_stacked(self, weights, x):
        """The layer for many members at once, which share nothing: x (seeds, n, ...)."""
        y = self.call(tf.reshape(x, (-1, *x.shape[2:])))
        return tf.reshape(y, (x.shape[0], -1, *y.shape[1:]))

    def multiplications(self, batch):
        """How many multiplications it takes: none."""
        return 0

    def get_config(self):
        return {**super().get_config(), "block": self.block}


@keras.saving.register_keras_serializable("ganlab")
class Columns(keras.layers.Layer):
    """Numbers `start` to `stop` of each sample: x[:, start:stop], without `stop` to the end.

    So a network may treat a part of a joint point by itself: of a picture of 64 pixels with its
    label behind it, `Columns(0, 64)` is the picture and `Columns(64)` the label. Plain slices of a
    Keras graph do the same, but member by member.
    """

    def __init__(self, start, stop=None, **keywords):
        super().__init__(**keywords)
        self.start = whole("start", start, 0)
        self.stop = None if stop is None else whole("stop", stop, self.start + 1)

    def build(self, input_shape):
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape):
        """The shape of what it gives; ValueError where a sample has not so many numbers."""
        size = input_shape[-1]
        stop = size if self.stop is None else self.stop
        if len(input_shape) != 2 or stop > size or self.start >= size:
            wanted = f"wanted (n, {max(stop, self.start + 1)}) at least"
            told = f"Columns({self.start}, {self.stop}) is given {tuple(input_shape)}"
            raise ValueError(f"{told}: {wanted}")
        return (input_shape[0], stop - self.start)

    def call(self, x):
        return x[..., self.start : self.stop]

    def call_stacked(self, weights, x):
        """The layer for many members at once: x (seeds, n, size)."""
        return self.call(x)

    def multiplications(self, batch):
        """How many multiplications it takes: none."""
        return 0

    def get_config(self):
        return {**super().get_config(), "start": self.start, "stop": self.stop}
