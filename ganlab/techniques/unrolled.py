"""G plays against what D will be after some steps more."""

import functools

from ganlab.arguments import at_least, whole
from ganlab.backend import tf
from ganlab.gan import Replaced
from ganlab.techniques.weights import along


def unrolled(steps, rate):
    """G's loss is taken against D after `steps` more of its steps, and its slope goes through them.

    The steps of D are imagined: they are made on the batches of G's own step, with D's whole
    loss, and forgotten afterwards; D itself learns as ever. They are plain gradient descent with
    learning rate `rate`, a number or one for each member. An inner Adam, such as D's own, would
    make steps whose length does not shrink with the slope, and would have to be given what D's
    Adam remembers; so a `rate` is not D's learning rate. On a ring of 8, at the start, a step
    with a rate of 0.1 moves a D of 2-64-64-1 as far as a step of Adam at 1e-3.

    Metz, Poole, Pfau and Sohl-Dickstein 2017, section 2.2.
    """
    scalars = {"rate": at_least("rate", rate, 0)}
    return Replaced(for_opponent=_ahead(whole("steps", steps, 1)), scalars=scalars)


@functools.cache  # the same function each time, so that it is not compiled anew
def _ahead(steps):
    def ahead(weights, loss, rate):
        for _ in range(steps):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(weights)
                total = tf.reduce_sum(loss(weights))
            slopes = tape.gradient(total, weights, unconnected_gradients="zero")
            weights = [
                weight - along(rate, weight) * slope
                for weight, slope in zip(weights, slopes, strict=True)
            ]
        return weights

    return ahead
