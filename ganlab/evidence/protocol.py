"""What is fixed before a claim is measured: its arms, its seeds, and the effect that matters."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ganlab.evidence.trained import trained

BLOCK = 64  # seeds that train together, always as many, so that the same bits come out anywhere
LOOKS = tuple(BLOCK * 2**k for k in range(9))  # numbers of seeds after which a verdict may fall
ERROR = 0.001  # how often a setting may have a false verdict, all its looks together
MARGIN = 0.1  # of a difference of shares and of net wins, unless a protocol says why not


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

    Compared are the first arm and the second, or a single arm's share and the protocol's
    `reference`. `most` is the number of seeds of the last look, one of `LOOKS`: lower than
    the usual where the arms would take over half an hour on two cores. What else is asked of
    the same trainings, to be told beside the verdict, is in `also`: any numbers, which are
    measured on the same seeds and compared with nothing.
    """

    arms: dict[str, Arm]
    most: int = LOOKS[-1]
    also: Mapping[str, Arm] = field(default_factory=dict)

    @property
    def asked(self):
        """All arms by their names, those that are compared first."""
        return {**self.arms, **self.also}


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How one claim is measured. EvidenceError if it is unsound.

    Either `settings`, the first of them the source's own, or, for a mathematical identity,
    `check() -> largest absolute error` with its `tolerance`.

    kind  "share": outcomes are 0 or 1, compared are the shares of 1. "wins": a seed is won by the
          first arm if its outcome is larger by more than `least` (smaller, with direction -1), lost
          if the second's is; compared are the shares of seeds won and lost: net wins.
    says  the result as one sentence to be said aloud: a template in which {first} and {second}
          stand for runs in a hundred with outcome 1, {won} and {lost} for seeds in a hundred,
          {setting} for the setting's name
    """

    id: str  # "C1.2": the second protocol of C1; identities have no number after a dot
    source: str  # "aylien2016"
    claim: str  # the statement, one sentence
    measured: str  # how, in one or two sentences
    notebook: str  # "03"
    says: str = ""
    settings: dict[str, Setting] = field(default_factory=dict)
    kind: str = "share"
    direction: int = 1  # +1: the claim says the first is larger; -1: smaller
    margin: float | None = None  # smallest effect that matters; None: `MARGIN`, 0 at a reference
    reference: float | None = None  # the share that a single arm is compared with
    least: float | None = None  # kind "wins": the smallest difference of outcomes that counts
    worst: float | None = None  # the outcome of seeds that failed
    beyond: float | None = None  # kind "wins": what a larger outcome counts as, two of them as even
    level: float = ERROR  # how often a setting may have a false verdict, all its looks together
    first_seed: int = 10_000  # then the next; exploring uses seeds from 1,000,000 on
    check: Callable[[], float] | None = None
    tolerance: float | None = None

    def __post_init__(self):
        identity = {not self.settings, self.check is not None, self.tolerance is not None}
        arms = {len(setting.arms) for setting in self.settings.values()}
        worst = (0, 1) if self.kind == "share" else {self.worst} - {None}
        for sound, wanted in (
            (len(identity) == 1, "settings, or a check and a tolerance"),
            (
                re.fullmatch(r"[A-Z]\d+[a-z]?" + ("" if self.check else r"\.\d+"), self.id),
                "an id like 'A1' for an identity" if self.check else "an id like 'C1.2' or 'C1b.2'",
            ),
            (self.kind in ("share", "wins"), "kind 'share' or 'wins'"),
            (arms <= {2 if self.reference is None else 1}, "two arms, or one and a reference"),
            (self.reference is None or self.kind == "share", "no reference for net wins"),
            (self.direction in (1, -1), "direction 1 or -1"),
            (self.margin is None or 0 <= self.margin < 1, "a margin of at least 0 and below 1"),
            (
                (self.least is None) == (self.kind == "share") and (self.least or 0) >= 0,
                "the least difference that counts for net wins, and for them alone",
            ),
            (self.check or self.worst in worst, "worst (0 or 1 for a share)"),
            (
                self.beyond is None or (self.kind == "wins" and self.beyond > (self.least or 0)),
                "beyond for net wins alone, and above the least difference that counts",
            ),
            ({s.most for s in self.settings.values()} <= {*LOOKS}, f"most: one of {LOOKS}"),
            (
                not any(s.arms.keys() & s.also.keys() for s in self.settings.values()),
                "names in also that no arm has",
            ),
            (0 < self.level <= ERROR, f"a level above 0 and at most {ERROR:g}"),
            (0 <= self.first_seed <= 1_000_000 - LOOKS[-1], "seeds below 1,000,000"),
            (self.check or self._told() is not None, "a sentence to say aloud"),
        ):
            if not sound:
                raise EvidenceError(f"protocol {self.id!r}: wanted {wanted}")
        if self.margin is None:
            object.__setattr__(self, "margin", 0.0 if self.reference is not None else MARGIN)

    def _told(self):
        """`says` with numbers in it; None if it is empty or names what there is not."""
        wins = {"won": 0, "lost": 0} if self.reference is None else {}
        shares = {"first": 0} if self.kind == "share" else {}
        shares |= {"second": 0} if self.kind == "share" and wins else {}
        try:
            return self.says.format(**wins, **shares, setting="") or None
        except (KeyError, IndexError, ValueError):
            return None

    def seeds(self, block):
        """Return the seeds of a block, a tuple: block 0 holds the first `BLOCK` of them."""
        first = self.first_seed + BLOCK * block
        return tuple(range(first, first + BLOCK))
