"""Solutions of the exercises in 11_translate_and_style."""

from ganlab.backend import tf


def cycle_error(generate, z):
    there = tf.roll(generate(z), 64, axis=-1)  # halves exchanged: (like a, like b)
    back = tf.roll(generate(there), 64, axis=-1)
    return tf.reduce_mean(tf.abs(back - z), axis=(1, 2))


SOLUTIONS = {"11.1": cycle_error}
