"""What techniques that act on weights share."""

from ganlab.backend import tf


def along(scalar, weight):
    """`scalar` (seeds,) with the axes it needs to be multiplied with a weight (seeds, *shape)."""
    return tf.reshape(scalar, (-1, *[1] * (weight.shape.rank - 1)))
