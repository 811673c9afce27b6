"""From what a training left behind to words: what happens, how it is known, what to try first.

    print(diagnose(run, target))  # of a Run, of saved samples, of curves of losses and scores

What is measured stands in `signs`, the rules with their thresholds in `faults`, the advice in
`advice`. docs/diagnosis.md says how often it is right.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ganlab.arguments import in_short
from ganlab.course import settings
from ganlab.course.advice import CASES, for_some, said
from ganlab.course.faults import (
    GAP,
    HEALTHY,
    KINDS,
    LAGS,
    STILL,
    UNKNOWN,
    first_that_hold,
    may_circle,
)
from ganlab.course.left import left_by
from ganlab.course.reach import pinned
from ganlab.course.signs import COLLAPSED, FEW, ROUNDS, points_of, signs
from ganlab.data import Mixture
from ganlab.endings import endings
from ganlab.evidence import FOLDER, EvidenceError
from ganlab.evidence.claims import in_hundred
from ganlab.guards import guard, one_of
from ganlab.own import scale_note

LEAST_SAMPLES, SAMPLES_A_MODE = (
    100,
    30,
)  # samples of a record, and for each of several modes; fewer say little
CLUSTERED = 4  # columns, at most, of data whose modes are to be found; of more nothing is one bell
NEVER = 1e-5  # spreads a record, of a G that does not move at all
SPACING = 20, 120  # steps from record to record within which moves may be compared with those tried
FROM_THE_START = (
    "whether the first record is that of the training's beginning: of one that was saved later "
    "this word is told of whatever stays off the data"
)
LIKE_A_CHASE = (
    "whether this is chasing: without modes it looks the same, and then G's rate down to D's helps "
    "(F7i)"
)
LIKE_A_STRONG_D = (
    "whether D is too strong: that it is sure is a sign of that, too. If G's rate is below D's, "
    "raise G's first (F7f); on pictures try R1, too (I1b)"
)
ON_ONE_BELL_ALONE = (
    "whether modes are missing: with several, a D ten times as quick as G drops some (H2b)"
)
LIKE_A_COLLAPSE = (
    "whether it has collapsed: all samples of a record are in one place. If G's rate is above D's, "
    "bring it down to D's first (F7i)"
)
LIKE_A_SLOW_CHASE = (
    "whether it stays: most samples have passed to another mode at times, but among fewer than "
    "three, or seldom. G's rate down to D's helps in either case (F7i)"
)
ONE_MODE_ALONE = (
    "whether G has collapsed: one mode is held, and it stays. If G's rate is not below D's, or "
    "raising it frees no other mode, try what helps against a collapse: R1 (F6b)"
)
LIKE_COLLAPSES = "chasing", "turning", "G too strong", "rate too high"
LIKE_CHASES = "turning", "rate too high", "G too strong"
DROPPED_BY_D = "whether D is too strong: without its scores that looks the same (F7f)"
SEE_WHAT_IS_MISSING = (
    "see whether recall and coverage are those of real data: if not, modes are missing, and what "
    "helps against *dropped* comes first"
)
SWAPPED = "whether the scores are the right way round: real_score is D's on real samples"
DOES_NOT_LEARN = (
    "whether G learns at all: its samples do not move; see that its weights change at a step"
)
NOT_FINITE = (
    "whether rates are the cause: a log of 0, a division or a NaN in the data ends so as well"
)
REACHING = "a G that reaches the data: no activation at its end, or data scaled to where it reaches"
SCALE = "scale the data to mean 0 and deviation 1"
_SHOWN = one_of("all", "samples", "curves")
# Under which of the clinic's names the advice for a kind stands, where the names differ.
ADVICE = {"dropped": "rates and sizes", "lost": "rates and sizes"}
_KIND = one_of(*dict.fromkeys([*KINDS, *(case.name for case in CASES)]))


class Diagnosis(NamedTuple):
    """What happens to one GAN (`kind`), how that is known, what to try first, what is not known,
    and how far to trust it: how often such a word was right when the diagnosis was tried."""

    kind: str
    because: str
    try_first: str
    unknown: tuple = ()
    seed: int | None = None
    trust: str = ""

    def _lines(self):
        yield "because", self.because
        if self.try_first:
            first, *others = self.try_first.split("; else ")
            yield "try first", first
            yield from (("else", each) for each in others)
        yield from (("not known", each) for each in self.unknown)
        if self.trust:
            yield "how sure", self.trust

    def __str__(self):
        told = [f"  {name}: {text}" for name, text in self._lines()]
        head = self.kind if self.seed is None else f"seed {self.seed}: {self.kind}"
        return "\n".join([head, *told])

    def _repr_markdown_(self):
        head = "" if self.seed is None else f"seed {self.seed}: "
        told = [f"- *{name}*: {text}" for name, text in self._lines()]
        return "\n".join([f"{head}**{self.kind}**", "", *told])


class Diagnoses(Sequence):
    """One `Diagnosis` for each seed, and what they come to together."""

    def __init__(self, each):
        self._each = tuple(each)

    def __len__(self):
        return len(self._each)

    def __getitem__(self, place):
        return self._each[place]

    @property
    def kinds(self):
        """Each seed's kind, a list."""
        return [each.kind for each in self]

    def counts(self):
        """{kind: how many seeds}, the most frequent first."""
        return dict(Counter(self.kinds).most_common())

    @property
    def summary(self):
        """'5 of 8 seeds: chasing; 3 of 8: dropped'."""
        n = len(self)
        told = [f"{count} of {n}: {kind}" for kind, count in self.counts().items()]
        return "; ".join(told).replace(":", f" seed{'s' * (n > 1)}:", 1)

    def _examples(self):
        first = {}
        for each in self:
            first.setdefault(each.kind, each)
        return [first[kind] for kind in self.counts()]

    def __str__(self):
        return "\n".join([self.summary, *map(str, self._examples())])

    __repr__ = __str__

    def _repr_markdown_(self):
        return "\n\n".join([self.summary, *(each._repr_markdown_() for each in self._examples())])


def _a_gan(name, value):
    """A kind: a `Gan`, told by what it has: to ask for its class would load TensorFlow."""
    if not hasattr(value, "d_optimizer"):
        raise TypeError(f"{name} is {in_short(value)}: wanted a Gan")
    return value


@guard(gan=_a_gan)
def diagnose(run, target=None, seed=None, gan=None):
    """What happens in a training: a `Diagnosis`, or `Diagnoses`, one for each seed.

    run     a `Run`; samples over time, an array or a list (records, n, dim) of one GAN or (records,
            seeds, n, dim) of several, best of the same latents at each record; or a mapping or
            frame of curves, {"d_loss": ..., "g_loss": ..., "real_score": ..., "fake_score": ...},
            each (records,) or (records, seeds), any of them, and perhaps "samples"; as long as
            each was saved, for only the ends of curves are looked at
    target  what is to be learned: a distribution of `ganlab.data`, or data (n, dim). With a
            `Gaussian`, or a `Mixture` of modes apart, all kinds can be told; with other data no
            modes are counted; without one it is not known how the samples ought to be
    seed    one of the run's seeds, or of samples the place among them: its `Diagnosis` alone
    gan     the `Gan` that was trained, if there is one: what it does already is then not advised.
            It changes no diagnosis. A `Run` that was not loaded from a file knows its own

    Scores are D's means on real and on fake samples, in [0, 1]; others are left aside. How far
    samples move from record to record depends on how far apart records are: thresholds are for one
    every fifty steps or so, and of a `Run` with others that is said under `unknown`.

    >>> falling = {"d_loss": [1.4, 0.9, 0.7], "g_loss": [0.7, 1.5, 2.5]}
    >>> diagnose(falling).kind  # of losses alone little can be known
    'unknown'
    """
    left, gan = left_by(run), getattr(run, "gan", None) if gan is None else gan
    found = signs(left, target)
    lacking, points = _lacking(found, left, target), _points(left, target)
    shown = "curves" if left.samples is None else "samples" if found.gap is None else "all"
    pictures = _many_columns(found, left, target)
    several = pictures or (found.end is not None and not found.on_one_bell)
    told, each = {}, []
    for i, (rule, because) in enumerate(first_that_hold(found)):
        kind = rule.kind if rule else UNKNOWN
        if kind not in told:
            # Samples without modes, and few records, were not part of the test: there is no figure.
            of_the_test = found.end is not None and found.move is not None
            sure = how_sure(kind, shown) if shown == "curves" or of_the_test else ""
            told[kind] = try_first(kind, gan, several), sure
        name = int(left.seeds[i]) if left.several else None
        first, trust = told[kind]
        doubts = _other_words(kind, found, i, left, target)
        if not {LIKE_A_STRONG_D, LIKE_A_CHASE, LIKE_A_COLLAPSE}.isdisjoint(doubts):
            trust = ""  # the word's own advice may make it worse, and a figure would sound sure
            before = _rates_first(kind, doubts, gan, pictures)
            first = "; else ".join(filter(None, [*before, first]))
        if ON_ONE_BELL_ALONE in doubts:
            first = f"{SEE_WHAT_IS_MISSING}; if so, {first}"
        # What would go wrong whatever else is done comes first, and leaves no figure beside it.
        for doubt, remedy in _before_all(left, i, points):
            if kind != HEALTHY:
                trust, then = "", f"; then, if it still fails, {first}" if first else ""
                first, doubts = f"{remedy}{then}", (doubt, *doubts)
        more = lacking + doubts
        why = because or _nothing(found, i)
        each.append(Diagnosis(kind, why, first, more, name, trust))
    if seed is not None:
        known = isinstance(seed, (int, np.integer))
        places = np.flatnonzero(left.seeds == seed) if known else []
        if len(places) != 1:
            there = ", ".join(map(str, left.seeds[:8])) + ", ..." * (len(left.seeds) > 8)
            told = f"seed={in_short(seed)} is there {len(places)} times"
            raise ValueError(f"{told}: wanted one of {there}")
        return each[places[0]]
    return Diagnoses(each) if left.several else each[0]


@guard(kind=_KIND, gan=_a_gan, several=bool)
def try_first(kind, gan=None, several=False):
    """The clinic's first advice for a kind, with its figure and claim, that a `Gan` does not follow
    already; "" where there is none. `several`: as for `advice_for`."""
    found = advice_for(kind, gan, several)
    if found or not _written(kind):
        # Whether the first is for a GAN that is not known, or followed there, its owner can say.
        first = found[0][0] if found else None
        rates = _rates(gan)
        known = not first or (rates is not None if first.where else gan or not first.followed)
        some = for_some(each for each, _ in found) if rates is None else 0
        asked = max(1 if known else 2, some + 1)
        return "; else ".join(words for _, words in found[:asked])
    advice = _open(kind, gan)
    if several and any(each.on_one_bell for each in advice):
        warned = [f"and this does harm, {_said(each)[0]}" for each in advice if each.harm]
        return "; ".join(["nothing is known to help with several modes", *warned])
    which = "is known to help" if advice else "was measured"
    return f"nothing that {which} and is not done already"


@guard(kind=_KIND, gan=_a_gan, several=bool)
def advice_for(kind, gan=None, several=False):
    """[(advice, its words with figure and claim)], in the clinic's order: what it has for a kind,
    the evidence bears out and a `Gan` does not follow already. `several` says that the data are
    known to have several modes: what was measured on one bell alone is left out then."""
    advice = [one for one in _open(kind, gan) if not (several and one.on_one_bell)]
    found = [(one, *_said(one)) for one in advice]
    return [(one, words) for one, words, helps in found if helps]


def _said(advice):
    """(its words with figure and claim, whether the evidence bears it out)."""
    try:
        told = said(advice)
    except EvidenceError:  # a package without its ledger: the advice stands, its figure is there
        return f"{advice.sentence} (claim {advice.claim})", not advice.harm
    return f"{told.words} ({told.id})", told.column == "first"


def _rates_first(kind, doubts, gan, pictures):
    """What of the rates is to be tried before a word's own advice, unless a `Gan` is known to be
    otherwise: what helps against a G too strong, or a turn, harms a chase and keeps a collapse.
    After that R1, where these are `pictures`."""
    rates = _rates(gan)
    above = rates is None or np.any(rates[1] > settings.EQUAL * rates[0])
    below = rates is None or np.any(rates[0] > settings.EQUAL * rates[1])
    in_one_place = LIKE_A_CHASE in doubts or LIKE_A_COLLAPSE in doubts
    if in_one_place and above and kind != "chasing":  # whose own advice it is
        yield "G's rate down to D's, if it is above (F7i)"
    if LIKE_A_STRONG_D in doubts:
        if below:  # before R1, which does little on digits where G's rate is far below (I1f)
            yield "G's rate up to D's, if it is below (F7f)"
        if (pictures or kind == UNKNOWN) and not (gan and settings.with_r1(gan)):
            yield "on pictures R1 on D (I1b)"


def _written(kind):
    """What stands in the clinic for a kind."""
    name = ADVICE.get(kind, kind)
    return next((case.advice for case in CASES if case.name == name), ())


def _open(kind, gan):
    """Of that what may be for a `Gan`, and what it does not follow already."""
    found, rates = _written(kind), _rates(gan)
    if rates is not None:
        found = [each for each in found if not each.where or np.any(each.where.holds(*rates))]
    return [each for each in found if gan is None or not (each.followed and each.followed(gan))]


def _rates(gan):
    return None if gan is None else settings.rates(gan)


@guard(kind=_KIND, shown=_SHOWN)
def how_sure(kind, shown="all"):
    """How many of the runs that were told a kind had it, when the diagnosis was tried; "" where
    none was told it, or the package is without its evidence.

    shown  by what it was told: "all", "samples" alone, or "curves" of losses and scores alone
    """
    pairs = [] if kind == UNKNOWN else tried(shown)
    right = [said in true for true, said in pairs if said == kind]
    if not right:
        return ""
    share = in_hundred(sum(right), len(right))
    return f"of runs told so in a test on other GANs {share} of 100 were (docs/diagnosis.md)"


@guard(shown=_SHOWN)
def tried(shown="all"):
    """[(the words that are true, the word that is said)] of every run on which the diagnosis was
    tried, by what it was `shown`; [] where the package is without its evidence."""
    alone = FOLDER / "diagnosis_alone.json"  # samples alone, since their rule was mended
    path = alone if shown == "samples" and alone.exists() else FOLDER / "diagnosis.json"
    if not path.exists():
        return []
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"].values()
    return [pair for c in cells for pair in zip(c["truth"], c[shown], strict=True)]


def _other_words(kind, found, i, left, target):
    """What else a word may be, where the signs of one seed are those of another fault as well."""
    # Losses of a D that wins by far pass the bound of two trained players, with any rates; and how
    # samples move was compared with GANs of modes that are known.
    tried = found.end is not None and found.move is not None and found.move[i] >= STILL
    sure = found.gap is not None and found.gap[i] >= GAP
    without_modes = _without_modes(found, left, target)
    in_one_place = found.own is not None and found.own[i] < COLLAPSED and target is not None
    three = kind == "chasing" and not without_modes  # then modes were counted
    hopped = found.hops is not None and found.hops[i] > 0
    doubts = {
        LIKE_A_CHASE: kind in LIKE_CHASES and without_modes,
        LIKE_A_COLLAPSE: kind in LIKE_COLLAPSES and in_one_place and not three,
        LIKE_A_SLOW_CHASE: kind == "collapsed" and hopped,
        ONE_MODE_ALONE: kind == "D too strong"
        and found.word is not None
        and found.word[i] == "collapsed",
        FROM_THE_START: kind == "starving" and left.apart is None,
        LIKE_A_STRONG_D: (kind == "rate too high" and found.finite[i] and sure and not tried)
        or (kind == UNKNOWN and without_modes and sure)
        or (kind != "D too strong" and sure and _many_columns(found, left, target)),
        DROPPED_BY_D: kind in ("dropped", "collapsed") and found.gap is None,
        ON_ONE_BELL_ALONE: kind == "narrow" and found.end is None,
        SWAPPED: kind == "G too strong" and found.gap is not None and found.gap[i] <= LAGS,
        DOES_NOT_LEARN: kind != HEALTHY and found.move is not None and found.move[i] < NEVER,
        NOT_FINITE: kind == "rate too high" and not found.finite[i],
    }
    return tuple(doubt for doubt, there in doubts.items() if there)


def _nothing(found, i):
    """Why nothing can be said."""
    if found.word is None and found.move is not None:
        return (
            "nothing in how the samples move points to a fault; whether they are right is not known"
        )
    if found.gap is not None and found.gap[i] >= GAP:
        return (
            f"D tells real from fake, its scores {found.gap[i]:.2f} apart (from {GAP:g}): so it is "
            "where D is too strong, and where G has collapsed or drops modes"
        )
    if found.g_rise is not None and found.g_rise[i] >= 0.1:
        return (
            f"g_loss ends {found.g_rise[i]:.2f} above where it began: so it is where D is too "
            "strong (F7a), and where G has collapsed"
        )
    return (
        "the curves are those of a GAN in which all is well, and of one whose G is too strong (F7d)"
    )


def _without_modes(found, left, target):
    return left.samples is not None and target is not None and found.end is None


def _many_columns(found, left, target):
    """Whether these are pictures, or other data that are no bell and whose modes nobody counts."""
    return _without_modes(found, left, target) and left.samples.shape[-1] > CLUSTERED


def _points(left, target):
    """Points of the target (m, dim), where there are samples to be compared with them."""
    known = left.samples is not None and target is not None
    return points_of(target, left.samples.shape[-1]) if known else None


def _before_all(left, i, points):
    """(a doubt, its remedy) of each that there is of one seed; the one to be told first is last."""
    if points is None:
        return []
    edge, note = pinned(left.samples[:, i], points), scale_note(points)
    unscaled = f"whether anything is wrong but the scale: {note}"
    found = [(str(edge), REACHING)] if edge else []
    return [*found, (unscaled, SCALE)] if note else found


def _uncounted(target):
    """Why no modes are counted."""
    if isinstance(target, Mixture):
        try:
            endings(np.zeros((1, target.dim)), target)
        except ValueError as error:
            return str(error)
    return "the target has none that can be counted"


def _lacking(found, left, target):
    """What could not be known, a sentence each."""
    lacking = []
    if left.samples is None:
        lacking.append("where the samples are and how they move: no samples were kept")
    else:
        if target is None:
            lacking.append("whether the samples are right: there is no target")
        elif found.end is None:
            lacking.append(f"which modes are held: {_uncounted(target)}")
            lacking.append("how sure this is: it was tried on targets with modes alone")
        records, seeds, n, _ = left.samples.shape
        if left.several and records < FEW <= seeds:
            lacking.append(
                f"whether the axes are in order: of (records, seeds, n, dim) there are {records} "
                f"records and {seeds} seeds"
            )
        if not left.several and records > n:
            lacking.append(
                f"whether the axes are in order: of (records, n, dim) there are {records} records "
                f"and {n} samples in each"
            )
        wanted = max(LEAST_SAMPLES, SAMPLES_A_MODE * len(getattr(target, "modes", ())))
        if n < wanted:
            lacking.append(
                f"whether widths and shares are right: a record has {n} samples, wanted {wanted} "
                "or more"
            )
        if found.move is None:
            wanted = f"{len(left.samples)} records are kept, wanted {FEW}"
            lacking.append(f"how the samples move: {wanted}")
        elif may_circle(found).any():
            wanted = f"{records} records are kept, wanted {2 * ROUNDS - 1}"
            lacking.append(f"whether the samples go round: {wanted}")
        elif left.apart is not None and not SPACING[0] <= left.apart <= SPACING[1]:
            lacking.append(
                f"whether the thresholds hold here: records are {left.apart:g} steps apart, and "
                f"they were tried where it is fifty (wanted {SPACING[0]} to {SPACING[1]})"
            )
    if found.gap is None:
        lacking.append("whether D tells real from fake: wanted real_score and fake_score in [0, 1]")
    return tuple(lacking)
