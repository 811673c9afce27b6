"""What the diagnosis proposes, as settings: so that it can be tried on the spot.

`REMEDIES` has an entry for each setting of the ledger that advice rests on and that can be said
here; numbers are those that were measured. `remedy(kind, settings)` is the first that changes
anything.
"""

from typing import NamedTuple

from ganlab.course.advice import Advice
from ganlab.course.diagnosis import advice_for
from ganlab.course.settings import CALM

OURS = "ours on four points"


def _larger(settings):
    """Twice as wide, and two layers at least."""
    wide = tuple(min(2 * size, 512) for size in settings.d_hidden)
    return wide * 2 if len(wide) == 1 else wide


def _one_bell(settings):
    typed = settings.target == "typed" and len(settings.bells) == 1
    return typed or settings.target in ("bell", "bell around 0")


def _beta(settings):
    adam = settings.optimizer.startswith("Adam")
    return {"beta_1": 0.5} if adam and settings.beta_1 > 0.5 else {}


def _tenth(settings):
    """Both rates to a tenth, unless they are low already."""
    rates = {name: getattr(settings, name) for name in ("d_rate", "g_rate")}
    high = max(rates.values()) > CALM
    return {name: rate / 10 for name, rate in rates.items()} if high else {}


def _packs(settings):
    """Packs of two, if batches can be divided so."""
    return {"packing": 2, "batch_size": settings.batch_size + settings.batch_size % 2}


_WEIGHED = {"weight": 0.1}
# Of F6a, F6b and F6c, under the names that they have there. Feature matching took the place of G's
# loss in them, and is added to it here: so it is not proposed.
_TECHNIQUES = {
    "R1": lambda s: {"penalty": "R1", **_WEIGHED},
    "relativistic, R1 and R2": lambda s: {
        "losses": "relativistic",
        "penalty": "R1 and R2",
        **_WEIGHED,
    },
    "Wasserstein, gradient penalty": lambda s: {
        "losses": "Wasserstein",
        "penalty": "gradient penalty",
        **_WEIGHED,
    },
    "packs of 2": _packs,
    "averaged generator": lambda s: {"decay": 0.999},
    "minibatch discrimination": lambda s: {"minibatch": True},
    "least squares": lambda s: {"losses": "least squares"},
    "instance noise": lambda s: {"noise": 0.1, "until": 0},
}
# {(claim, its setting): what it is in settings, from those that are}
REMEDIES = {
    (claim, name): of for claim in ("F6a", "F6b", "F6c") for name, of in _TECHNIQUES.items()
}
REMEDIES |= {
    ("F7i", "a chase, G's rate down to D's"): lambda s: {"g_rate": min(s.g_rate, s.d_rate)},
    ("F7i", "a collapse, G's rate down to D's"): lambda s: {"g_rate": s.d_rate},
    ("F7i", "a collapse, both to a tenth"): _tenth,
    ("F7f", f"{OURS}, G's rate thirtyfold"): lambda s: {"g_rate": min(30 * s.g_rate, 0.1)},
    ("F7e", f"{OURS}, D's rate to a tenth"): lambda s: {"d_rate": s.d_rate / 10},
    ("F7g", f"{OURS}, both"): lambda s: {
        "d_rate": min(10 * s.d_rate, 0.1),
        "d_hidden": _larger(s),
    },
    ("F7g", f"{OURS}, D's rate tenfold"): lambda s: {"d_rate": min(10 * s.d_rate, 0.1)},
    ("F7g", f"{OURS}, larger D"): lambda s: {"d_hidden": _larger(s)},
    ("F7h", f"{OURS}, 0.03 to 0.003"): _tenth,
    ("F7h", f"{OURS}, 0.1 to 0.01"): _tenth,
    ("F7k", "64-64, 0.01 to 0.001"): _tenth,
    ("F5c", OURS): lambda s: {"batch_size": max(s.batch_size, 16)},
    ("F7j", "both to a tenth"): _tenth,
    ("F7j", "averaged generator"): lambda s: {"decay": 0.999},
    ("A4b", "identity"): lambda s: {"losses": "non-saturating"},
    ("A6a", "Adam, beta_1 0.5"): _beta,
    ("F5a", "ours on four points, 0.005"): _beta,
    ("F5b", OURS): lambda s: {
        "d_rate": max(s.d_rate, 2e-3),
        "g_rate": max(s.g_rate, 2e-3),
    },
    ("B6d", "perspective2016 with Adam, G's rate down"): lambda s: {"g_rate": s.d_rate / 10},
    ("H1d", "repaired"): lambda s: {"d_rate": 3e-3, "g_rate": 3e-4},
}


class Remedy(NamedTuple):
    """What is proposed for `kind`: the advice, its words with figures, and changes of settings."""

    kind: str
    advice: Advice
    words: str
    changes: dict

    @property
    def told(self):
        """The changes as text: 'penalty R1, weight 0.1'."""
        return ", ".join(f"{name} {_value(value)}" for name, value in self.changes.items())


def _value(value):
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def remedy(kind, settings):
    """The first advice for a kind that has a firm verdict and changes these settings; None where
    there is none."""
    for advice, words in advice_for(kind, several=not _one_bell(settings)):
        of = REMEDIES.get((advice.claim, advice.setting))
        is_for = not advice.where or advice.where.holds(settings.d_rate, settings.g_rate)
        if of is None or not is_for:
            continue
        changes = of(settings)
        changes = {name: v for name, v in changes.items() if getattr(settings, name) != v}
        if changes:
            return Remedy(kind, advice, words, changes)
    return None


def proposed(diagnoses, member, settings):
    """The remedy for the chosen seed's kind, or else for the most frequent that has one."""
    kinds = [diagnoses[member].kind, *diagnoses.counts()]
    return next(filter(None, (remedy(kind, settings) for kind in kinds)), None)
