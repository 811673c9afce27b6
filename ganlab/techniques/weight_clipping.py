"""D kept from being steep by keeping its weights small."""

from ganlab.arguments import at_least
from ganlab.backend import tf
from ganlab.gan import Replaced
from ganlab.techniques.weights import along


def weight_clipping(bound=0.01):
    """After each of D's steps every one of its weights is cut to [-bound, bound].

    `bound` is a number, or one for each member. Arjovsky, Chintala and Bottou 2017, algorithm 1
    (its bound is 0.01).
    """
    return Replaced(after_step=_cut, scalars={"bound": at_least("bound", bound, 0)})


def _cut(weights, bound):
    return [
        tf.clip_by_value(weight, -along(bound, weight), along(bound, weight)) for weight in weights
    ]
