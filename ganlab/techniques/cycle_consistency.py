"""Two halves of G that translate between two kinds of samples: there and back, or not at all."""

from ganlab.arguments import at_least
from ganlab.backend import tf
from ganlab.gan import Added


def cycle_consistency(weight=10.0):
    """weight E |there and back - where it came from|, added to G's loss: CycleGAN's cycle term.

    G takes points (a, b) of two halves as long as each other and makes (b-like, a-like), as those
    of `ganlab.translation` do. What it makes of a is given back to it in b's place, and has to
    become a again; so has b. |...| is the mean over the numbers of both halves. `weight` is a
    number, or one for each member.

    Zhu, Park, Isola and Efros 2017, equations 2 and 3, whose weight is 10; there two sums stand for
    the halves, also of D's losses, and here two means do, so a weight means the same.
    """
    return Added(_not_back, scalars={"weight": at_least("weight", weight, 0)}, to="g")


def identity_loss(weight=5.0):
    """weight E |G of what needs no translation - itself|, added to G's loss.

    The half that makes b-like samples of a is given b, and has to leave it as it is; so has the
    other a. `weight` is a number, or one for each member. Zhu, Park, Isola and Efros 2017, section
    5.2, where it is half that of the cycle term.
    """
    return Added(_changed, scalars={"weight": at_least("weight", weight, 0)}, to="g")


def _exchanged(points):
    """(b, a) for points (a, b)."""
    half = points.shape[-1] // 2
    return tf.concat([points[..., half:], points[..., :half]], axis=-1)


def _made(now, z):
    """What G makes of z; ValueError if it is not of two halves, and as long."""
    made = now.generate(z)
    if z.shape[-1] % 2 or made.shape[-1] != z.shape[-1]:
        told = f"G makes {made.shape[-1]} numbers of {z.shape[-1]}"
        raise ValueError(f"{told}: wanted two halves of equal length, and as many out as in")
    return made


def _not_back(now, weight):
    there = _made(now, now.z)  # not now.fake, which noise may have been put on
    back = _exchanged(now.generate(_exchanged(there)))
    return weight * tf.reduce_mean(tf.abs(back - now.z), axis=(1, 2))


def _changed(now, weight):
    other = _exchanged(now.z)
    return weight * tf.reduce_mean(tf.abs(_made(now, other) - other), axis=(1, 2))
