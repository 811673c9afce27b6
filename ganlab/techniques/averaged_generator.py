"""Samples by an average of the generators that training went through."""

from ganlab.arguments import below_one
from ganlab.gan import Replaced
from ganlab.techniques.weights import along


def averaged_generator(decay=0.999):
    """Samples are made by a moving average of G's weights; training itself does not change.

    After each step of G, average = decay x average + (1 - decay) x weights; it starts from G's
    initial weights. Records, `Run.generate`, `Run.generators` and a saved run have the average.
    `decay` is a number in [0, 1), or one for each member; at 0 it is G itself. Karras and others
    2018, appendix A (0.999 there); Yazici and others 2019.
    """
    scalars = {"decay": below_one("decay", decay)}
    return Replaced(for_samples=_average, start=list, keep=_moved, scalars=scalars, to="g")


def _average(weights, average, decay):
    return average


def _moved(average, weights, decay):
    return [
        along(decay, weight) * mean + (1.0 - along(decay, weight)) * weight
        for mean, weight in zip(average, weights, strict=True)
    ]
