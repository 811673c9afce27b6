"""What is fixed before a claim is measured: its arms, its seeds, and the effect that matters."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ganlab.evidence.trained import trained

SEED_SETS = ("seeds", "confirm")  # measured first; measured again on fresh seeds


class EvidenceError(ValueError):
    """A protocol or a stored result that cannot be used; the message is one line."""


@dataclass(frozen=True)
class Arm:
    """What is trained, and what is asked of it: `outcome(training(seeds, **settings))`.

    outcome   function of what the training returns, giving `(len(seeds),)`, NaN where a seed failed
    training  `training(seeds, **settings)` for a tuple of seeds; what it returned is kept a while,
              so that other arms may ask other things of it
    settings  {parameter: value}
    """

    outcome: Callable
    training: Callable
    settings: Mapping = field(default_factory=dict)

    def __call__(self, seeds):
        return self.outcome(trained(self.training, self.settings, tuple(seeds)))


@dataclass(frozen=True)
class Setting:
    """`arms[name](seeds)` gives one outcome per seed, `(len(seeds),)`, NaN where it failed.

    Compared are the first arm minus the second, or a single arm minus the protocol's
    `reference`.
    """

    arms: dict[str, Arm]


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How one claim is measured. EvidenceError if it is unsound.

    Either `settings`, the first of them the source's own, or, for a mathematical identity,
    `check() -> largest absolute error` with its `tolerance`.
    """

    id: str  # "C1b"
    source: str  # "aylien2016"
    claim: str  # the statement, one sentence
    measured: str  # how, in one or two sentences
    notebook: str  # "03"
    settings: dict[str, Setting] = field(default_factory=dict)
    metric: str = ""
    unit: str = ""
    kind: str = "median"  # or "rate": outcomes are 0 or 1
    direction: int = 1  # +1: the claim says the difference is positive; -1: negative
    margin: float = 0.0  # smallest effect that matters, in the metric's unit
    worst: float | None = None  # the metric's worst value, given to seeds that failed
    reference: float | None = None  # what a single arm is compared with
    seeds: Sequence[int] = range(32)
    confirm: Sequence[int] = range(32, 96)
    check: Callable[[], float] | None = None
    tolerance: float | None = None

    def __post_init__(self):
        identity = {not self.settings, self.check is not None, self.tolerance is not None}
        arms = {len(setting.arms) for setting in self.settings.values()}
        worst = (0, 1) if self.kind == "rate" else {self.worst} - {None}
        seeds = [*self.seeds, *self.confirm]
        for sound, wanted in (
            (re.fullmatch(r"[A-Z]\d+[a-z0-9]*", self.id), "an id like 'C1' or 'C1b'"),
            (len(identity) == 1, "settings, or a check and a tolerance"),
            (arms <= {2 if self.reference is None else 1}, "two arms, or one and a reference"),
            (self.kind in ("median", "rate"), "kind 'median' or 'rate'"),
            (self.direction in (1, -1) and self.margin >= 0, "direction 1 or -1, margin >= 0"),
            (self.check or self.worst in worst, "worst (0 or 1 for a rate)"),
            (len(set(seeds)) == len(seeds), "fresh seeds to confirm, none used twice"),
        ):
            if not sound:
                raise EvidenceError(f"protocol {self.id!r}: wanted {wanted}")
