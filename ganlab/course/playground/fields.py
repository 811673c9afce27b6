"""What a reader may type or choose, read into `Settings` or refused in one line. No widgets.

`FIELDS` lists what there is, by the group in which it is shown. A `Choice` is one of some names, a
`Number` and a `Sizes` are typed: `read(text)` gives the value, or a ValueError that says what was
given and what is wanted. Text is never evaluated.
"""

import math
import re
from typing import NamedTuple

from ganlab.course.playground.settings import (
    ACTIVATIONS,
    LATENTS,
    LIMITS,
    LOSSES,
    OPTIMIZERS,
    OUTPUTS,
    PENALTIES,
    STARTS,
)

MOST_LAYERS, MOST_UNITS = 6, 512


class Choice(NamedTuple):
    """One of some names."""

    label: str
    options: tuple

    def read(self, text):
        """The name itself."""
        if text not in self.options:
            raise ValueError(f"{text!r}: wanted one of {', '.join(self.options)}")
        return text

    def told(self, value):
        """What is shown for a value."""
        return value


class Number(NamedTuple):
    """A number from `low` to `high`, `whole` or not."""

    label: str
    low: float
    high: float
    whole: bool = False

    def read(self, text):
        """The number; "1e-3" and " 64 " are numbers, "64,,x" is none."""
        wanted = (
            f"wanted {'a whole' if self.whole else 'a'} number from {self.low:g} to {self.high:g}"
        )
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"{_short(text)}: {wanted}") from None
        good = math.isfinite(value) and self.low <= value <= self.high
        if not good or (self.whole and value != int(value)):
            raise ValueError(f"{_short(text)}: {wanted}")
        return int(value) if self.whole else value

    def told(self, value):
        """What is shown for a value."""
        return f"{value:g}"


class Sizes(NamedTuple):
    """Sizes of hidden layers, "64, 32"."""

    label: str

    def read(self, text):
        """The sizes, a tuple of whole numbers."""
        wanted = f"wanted 1 to {MOST_LAYERS} whole numbers from 1 to {MOST_UNITS}, as in 64, 32"
        parts = [part.strip() for part in text.split(",")]
        good = 1 <= len(parts) <= MOST_LAYERS and all(re.fullmatch(r"\d{1,4}", p) for p in parts)
        if not good or not all(1 <= int(part) <= MOST_UNITS for part in parts):
            raise ValueError(f"{_short(text)}: {wanted}")
        return tuple(int(part) for part in parts)

    def told(self, value):
        """What is shown for a value."""
        return ", ".join(map(str, value))


def _short(text):
    text = " ".join(text.split())
    return repr(text if len(text) <= 24 else f"{text[:21]}...") if text else "nothing"


YES = ("no", "yes")

# Of settings by their names; `minibatch` is told as yes or no.
FIELDS = {
    "networks": {
        "g_hidden": Sizes("G's hidden layers"),
        "d_hidden": Sizes("D's hidden layers"),
        "g_activation": Choice("G's activation", ACTIVATIONS),
        "d_activation": Choice("D's activation", ACTIVATIONS),
        "g_output": Choice("G's output", OUTPUTS),
        "latent": Choice("latent", tuple(LATENTS)),
        "latent_dim": Number("latent dimension", 1, 64, whole=True),
        "start": Choice("initial weights", tuple(STARTS)),
    },
    "losses and remedies": {
        "losses": Choice("losses", tuple(LOSSES)),
        "matching": Number("feature matching, weight", 0, 100),
        "penalty": Choice("penalty on D", tuple(PENALTIES)),
        "weight": Number("its weight", 0, 1000),
        "limit": Choice("limit on D's weights", tuple(LIMITS)),
        "noise": Number("noise on what D sees", 0, 10),
        "until": Number("it fades until step", 0, 1_000_000, whole=True),
        "packing": Number("samples in a pack", 1, 8, whole=True),
        "minibatch": Choice("minibatch discrimination", YES),
        "decay": Number("averaged G, decay", 0, 0.9999),
    },
    "optimizer and batches": {
        "optimizer": Choice("optimizer", OPTIMIZERS),
        "beta_1": Number("beta_1, or momentum", 0, 0.999),
        "beta_2": Number("beta_2", 0, 0.9999),
        "batch_size": Number("batch size", 2, 1024, whole=True),
        "n_critic": Number("steps of D for one of G", 1, 20, whole=True),
        "pretraining": Number("steps of pretraining D", 0, 5000, whole=True),
        "seeds": Number("seeds", 1, 36, whole=True),
    },
}


def read(name, text):
    """The value of a setting from its field's text."""
    value = field(name).read(text)
    return value == "yes" if name == "minibatch" else value


def told(name, settings):
    """The text of a setting's field."""
    value = getattr(settings, name)
    return YES[value] if name == "minibatch" else field(name).told(value)


def field(name):
    """The field of this name."""
    return next(group[name] for group in FIELDS.values() if name in group)


def together(settings, name):
    """Settings in which what was just set by `name` brings with it what must go with it.

    A latent of slots has one dimension; on the line a pack counts its numbers as any other; what
    cannot go together is refused by whoever builds the Gan, in one line.
    """
    if name == "target" and settings.pretraining:
        return settings.changed(pretraining=0)  # onto a density that D was not to learn
    if name == "latent" and settings.latent.startswith("slots"):
        return settings.changed(latent_dim=1)
    if name == "optimizer" and settings.optimizer != "SGD":
        return settings.changed(falls=0)
    return settings
