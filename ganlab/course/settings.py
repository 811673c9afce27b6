"""What a GAN does already, of what the clinic advises: its own settings, as far as they are known.

Each function takes a `Gan` and returns whether the advice is followed; False where that cannot be
told, as of a rate that follows a schedule. A `Gan` whose members have rates of their own follows an
advice if all of them do.
"""

import numpy as np

LOW, TENTH, EQUAL = 0.5, 0.15, 1.5  # beta_1, G's rate over D's, their ratio
QUICK, CALM = 1e-3, 3e-3  # rates; the second is that to which F7h brings those that are too high
HIGH = 1e-2  # and with one that is below it nothing was measured
DEFAULT = 1e-3  # rate of `train` where no optimizer is given: Adam's, with beta_1 0.5


def low_beta_1(gan):
    """Whether neither player's beta_1, or momentum, is above 0.5."""
    found = [_momentum(optimizer) for optimizer in _optimizers(gan)]
    return all(value is not None and value <= LOW for value in found)


def g_no_quicker(gan):
    """Whether G is no quicker than D, within half."""
    ratio = _ratio(gan)
    return ratio is not None and bool(np.all(ratio <= EQUAL))


def g_at_a_tenth(gan):
    """Whether G's rate is a tenth of D's or about that, or less."""
    ratio = _ratio(gan)
    return ratio is not None and bool(np.all(ratio <= TENTH))


def quick(gan):
    """Whether both rates are 0.001 or more."""
    rates = [_rate(optimizer) for optimizer in _optimizers(gan)]
    return all(rate is not None and bool(np.all(rate >= QUICK)) for rate in rates)


def rates(gan):
    """The rates of D and of G, each a number or one for each member; None if one is not fixed."""
    found = tuple(_rate(optimizer) for optimizer in _optimizers(gan))
    return None if any(rate is None for rate in found) else found


def low_rates(gan):
    """Whether neither rate is above 0.003."""
    rates = [_rate(optimizer) for optimizer in _optimizers(gan)]
    return all(rate is not None and bool(np.all(rate <= CALM)) for rate in rates)


def nonsaturating(gan):
    """Whether G's loss is another than those that saturate, minimax and clamped."""
    from ganlab import losses  # where there is a Gan, TensorFlow is loaded

    return gan.losses.generator not in (losses.minimax.generator, losses.clamped.generator)


def with_r1(gan):
    """Whether D pays for its slope at real samples."""
    from ganlab.techniques import r1

    return any(term.function is r1(1.0).function for term in gan.added)


def _optimizers(gan):
    return gan.d_optimizer, gan.g_optimizer


def _ratio(gan):
    d_rate, g_rate = map(_rate, _optimizers(gan))
    return None if d_rate is None or g_rate is None else g_rate / d_rate


def _rate(optimizer):
    """The learning rate, a number or one for each member; None where there is no fixed one."""
    if optimizer is None:
        return DEFAULT
    factors = getattr(optimizer, "factors", 1.0)
    optimizer = getattr(optimizer, "optimizer", optimizer)
    rate = getattr(optimizer, "_learning_rate", None)
    if rate is None or callable(rate):
        return None
    typed = float(str(np.float32(rate)))  # Keras keeps 0.01 as 0.0099999998, which is below HIGH
    return typed * np.asarray(factors, float)


def _momentum(optimizer):
    if optimizer is None:
        return LOW
    optimizer = getattr(optimizer, "optimizer", optimizer)
    value = getattr(optimizer, "beta_1", getattr(optimizer, "momentum", None))
    return value if isinstance(value, int | float) else None
