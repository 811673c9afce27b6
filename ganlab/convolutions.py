"""Keras's convolutions of pictures, for all members of an ensemble at once.

A convolution is a matrix product once the patches that it looks at stand in columns. With the
batch as the last axis, (seeds, channels, height, width, n), each column is n numbers side by side,
and to shift a picture is to copy whole rows of memory. A convolution in strides of s is one without
strides on the blocks of s x s, each taken for one place with s * s times the channels. A transposed
convolution is the product the other way round: a patch for each place, laid over one another.

Laying patches side by side and laying them over one another are each other's transpose, so the
gradient of one is the other, any number of times: penalties on slopes need the second.
"""

from typing import NamedTuple

from ganlab.backend import keras, tf


class _Side(NamedTuple):
    """One side of the pictures, the height or the width. Numbers of places.

    large, small  of the picture that a convolution is given, and of the one that it gives; of a
                  transposed convolution the other way round
    before        how many of padding stand before the large picture
    blocks        how many strides a kernel spans, rounded up
    long          of the large picture with its padding, where the strides come out even
    """

    kernel: int
    stride: int
    large: int
    small: int
    before: int

    @property
    def blocks(self):
        return -(-self.kernel // self.stride)

    @property
    def long(self):
        return (self.small - 1 + self.blocks) * self.stride


def serves(layer):
    """Whether `convolve` or `convolve_transposed` can do what this layer does."""
    if type(layer) not in (keras.layers.Conv2D, keras.layers.Conv2DTranspose):
        return False
    return (
        layer.data_format == "channels_last"
        and set(layer.dilation_rate) == {1}
        and getattr(layer, "groups", 1) == 1
        and layer.padding in ("same", "valid")
        and getattr(layer, "output_padding", None) is None
        and len(layer.trainable_variables) == 1 + bool(layer.use_bias)
        and getattr(layer, "lora_rank", None) is None
    )


def convolve(layer, weights, x):
    """A `keras.layers.Conv2D`, weights (seeds, *shape), on x (seeds, n, height, width, channels);
    None if it is not one that can be served."""
    if not serves(layer):
        return None
    sides, kernel, x = _prepared(layer, weights[0], x, _side)
    return _finished(layer, weights, _to_small(_blocks(_padded(x, sides), sides), kernel))


def convolve_transposed(layer, weights, x):
    """A `keras.layers.Conv2DTranspose`, likewise."""
    if not serves(layer):
        return None
    sides, kernel, x = _prepared(layer, weights[0], x, _side_of_transposed)
    return _finished(layer, weights, _cropped(_unblocked(_to_large(x, kernel), sides), sides))


def same(kernel, x):
    """A convolution without bias, in strides of 1 with padding "same", for layers that scale around
    it: kernels (seeds, height, width, channels, filters), x (seeds, n, height, width, channels)."""
    each = zip(kernel.shape[1:3], x.shape[2:4], strict=True)
    sides = [_side(size, 1, large, "same") for size, large in each]
    kernel = _in_blocks(tf.transpose(kernel, (0, 4, 3, 1, 2)), sides)
    return tf.transpose(_to_small(_padded(_batch_last(x), sides), kernel), (0, 4, 2, 3, 1))


def _prepared(layer, kernel, x, side):
    """The sides, as `side` gives them; the kernel in blocks; and x with the batch last."""
    each = zip(layer.kernel_size, layer.strides, x.shape[2:4], strict=True)
    sides = [side(*numbers, layer.padding) for numbers in each]
    return sides, _in_blocks(tf.transpose(kernel, (0, 4, 3, 1, 2)), sides), _batch_last(x)


def _finished(layer, weights, y):
    if layer.use_bias:
        y = y + weights[1][:, :, None, None, None]
    return layer.activation(tf.transpose(y, (0, 4, 2, 3, 1)))


def _batch_last(x):
    return tf.transpose(x, (0, 4, 2, 3, 1))


# Sides: as TensorFlow pads ------------------------------------------------------------------------


def _side(kernel, stride, large, padding):
    if padding == "valid":
        return _Side(kernel, stride, large, (large - kernel) // stride + 1, 0)
    small = -(-large // stride)
    before = max((small - 1) * stride + kernel - large, 0) // 2
    return _Side(kernel, stride, large, small, before)


def _side_of_transposed(kernel, stride, small, padding):
    """Those of the convolution whose transpose it is, from the picture that it would give."""
    if padding == "valid":
        return _Side(kernel, stride, (small - 1) * stride + max(kernel, stride), small, 0)
    return _side(kernel, stride, small * stride, padding)


def _padded(x, sides):
    """x with its padding, and without what no stride reaches."""
    widths = [(side.before, max(side.long - side.before - side.large, 0)) for side in sides]
    x = tf.pad(x, [(0, 0), (0, 0), *widths, (0, 0)])
    height, width = (side.long for side in sides)
    return x[:, :, :height, :width]


def _cropped(y, sides):
    """The transpose of `_padded`."""
    (top, left), (height, width) = zip(*((s.before, s.large) for s in sides), strict=True)
    y = y[:, :, top : top + height, left : left + width]
    missing = [(0, side.large - size) for side, size in zip(sides, y.shape[2:4], strict=True)]
    return tf.pad(y, [(0, 0), (0, 0), *missing, (0, 0)]) if any(m for _, m in missing) else y


# Blocks: a stride of s becomes one of 1 -----------------------------------------------------------


def _in_blocks(kernel, sides):
    """(seeds, small, large, h, w) to (seeds, small, s * s * large, h / s, w / s), filled with 0."""
    more = [(0, side.blocks * side.stride - side.kernel) for side in sides]
    kernel = tf.pad(kernel, [(0, 0), (0, 0), (0, 0), *more])
    (h, w), (s, t) = (tuple(side.blocks for side in sides), tuple(side.stride for side in sides))
    members, small, large = kernel.shape[:3]
    kernel = tf.reshape(kernel, (members, small, large, h, s, w, t))
    kernel = tf.transpose(kernel, (0, 1, 4, 6, 2, 3, 5))
    return tf.reshape(kernel, (members, small, s * t * large, h, w))


def _blocks(x, sides):
    """(seeds, c, height, width, n) to (seeds, s * s * c, height / s, width / s, n)."""
    (s, t), (members, c, height, width) = (side.stride for side in sides), x.shape[:4]
    if s == t == 1:
        return x
    x = tf.reshape(x, (members, c, height // s, s, width // t, t, -1))
    x = tf.transpose(x, (0, 3, 5, 1, 2, 4, 6))
    return tf.reshape(x, (members, s * t * c, height // s, width // t, -1))


def _unblocked(x, sides):
    """The transpose of `_blocks`."""
    (s, t), (members, c, height, width) = (side.stride for side in sides), x.shape[:4]
    if s == t == 1:
        return x
    c = c // (s * t)
    x = tf.reshape(x, (members, s, t, c, height, width, -1))
    x = tf.transpose(x, (0, 3, 4, 1, 5, 2, 6))
    return tf.reshape(x, (members, c, height * s, width * t, -1))


# Products -----------------------------------------------------------------------------------------


def _to_small(x, kernel):
    """Every place of the small picture from its patch of x: (seeds, small, h, w, n)."""
    members, small, large, h, w = kernel.shape
    height, width = x.shape[2] - h + 1, x.shape[3] - w + 1
    if small < large:  # cheaper to multiply first, and then to move fewer channels
        flipped = tf.reverse(kernel, (3, 4))
        y = _overlaid(_product(tf.transpose(flipped, (0, 3, 4, 1, 2)), x), h, w)
        return y[:, :, h - 1 : h - 1 + height, w - 1 : w - 1 + width]
    columns = _patches(x, h, w)
    columns = tf.reshape(columns, (members, h * w * large, -1))
    rows = tf.reshape(tf.transpose(kernel, (0, 1, 3, 4, 2)), (members, small, h * w * large))
    return tf.reshape(tf.matmul(rows, columns), (members, small, height, width, -1))


def _to_large(x, kernel):
    """The transpose of `_to_small`: every place of the small picture x adds its patch."""
    _, small, large, h, w = kernel.shape
    if large <= small:
        return _overlaid(_product(tf.transpose(kernel, (0, 3, 4, 2, 1)), x), h, w)
    # Written as what `_to_small` does, on the padded picture, with the kernel turned round.
    x = tf.pad(x, [(0, 0), (0, 0), (h - 1, h - 1), (w - 1, w - 1), (0, 0)])
    return _to_small(x, tf.transpose(tf.reverse(kernel, (3, 4)), (0, 2, 1, 3, 4)))


def _product(kernel, x):
    """kernel (seeds, h, w, a, b) times x (seeds, b, ...): (seeds, h, w, a, ...)."""
    members, h, w, a, b = kernel.shape
    rows = tf.reshape(kernel, (members, h * w * a, b))
    y = tf.matmul(rows, tf.reshape(x, (members, b, -1)))
    return tf.reshape(y, (members, h, w, a, *x.shape[2:4], -1))


def _patches(x, h, w):
    """The patches of x (seeds, c, height, width, n): (seeds, h, w, c, height - h + 1, ..., n)."""

    @tf.custom_gradient
    def forward(x):
        height, width = x.shape[2] - h + 1, x.shape[3] - w + 1
        parts = [x[:, :, i : i + height, j : j + width] for i in range(h) for j in range(w)]
        members, c = x.shape[:2]
        stacked = tf.stack(parts, axis=1)
        stacked = tf.reshape(stacked, (members, h, w, c, height, width, -1))
        return stacked, lambda g: _overlaid(g, h, w)

    return forward(x)


def _overlaid(patches, h, w):
    """The transpose of `_patches`: patches laid over one another, and added."""

    @tf.custom_gradient
    def forward(patches):
        total = tf.add_n(
            [
                tf.pad(
                    patches[:, i, j],
                    [(0, 0), (0, 0), (i, h - 1 - i), (j, w - 1 - j), (0, 0)],
                )
                for i in range(h)
                for j in range(w)
            ]
        )
        return total, lambda g: _patches(g, h, w)

    return forward(patches)
