"""The rules of the diagnosis: which signs mean which fault, and from which thresholds on.

Rules are tried from the top, and the first that holds is the diagnosis. What keeps a GAN from
learning (a player too strong, a rate too high) comes before what is then seen (modes dropped), for
it has a remedy of its own. Thresholds were fitted on seeds from 1,000,000 on, and tried on others:
docs/diagnosis.md says how often they are right.

A list of rules is enough. On exploring runs a decision tree of thirty leaves, fitted to the same
signs, was right for 79 in a hundred on targets that were held out, a forest of two hundred trees
for 86; these rules for 82 on cells that they had not seen when they were drawn up, and each tells
what it saw.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ganlab.course.signs import COLLAPSED, WHOLE

GAP = 0.13  # D's scores on real and fake samples: further apart, D tells them from each other
UNSURE = 0.05  # ... and nearer it hardly knows of a difference
LAGS = -0.1  # ... and below that it takes fake ones for real
STILL, JUMPS, RUNS = 0.07, 0.15, 0.4  # a move from record to record, in spreads
WANDERS, JITTERS = 0.3, 0.4  # `wander`: of several modes; of a bell, before it is a fault
TURNS, PERIODIC, STRAIGHT = 0.3, 0.1, 0.5  # `turn`; a move that is a turn at all; `straight`
CYCLES, SWINGS = 0.55, 0.2  # `cycle`, and the `wander` of a centre that swings
QUICKEST = 4  # records to a `period`; a shorter one may be G going to and fro at each record
BLOWN = 2.0  # `own`: the samples of one record, in spreads
HOPS, PLACES = 0.1, 3  # of a chase, as claim F3a has them
STAYS, FROZEN = 0.3, 0.01  # `travelled`, below; a move that is none
SURE = 0.3  # a gap from which on D is so sure that G does not turn about it
THERE = 0.4  # `least`, from: no mode is missing for good; of 500 samples, so below a half
HOLDS, SELDOM, FALLS = 0.8, 0.2, 2  # share of records that are whole: healthy from, never below
EXPLODED = 5.0  # a loss, in nats, of a D with scores in [0, 1]
UNKNOWN, HEALTHY = "unknown", "healthy"
MOST = 0.5  # share of the samples that are in a mode, below which a run that is near may be a smear


class Rule(NamedTuple):
    """`holds(s)` gives (seeds,) of `Signs` in which NaN stands for what is not known; `because` is
    filled in with one seed's signs."""

    kind: str
    holds: Callable
    because: str


def _well(s):
    return (s.whole >= HOLDS) | ((s.falls < FALLS) & (s.whole >= SELDOM))


def _exploded(s):
    large = (s.g_rise >= EXPLODED) | ((s.d_loss >= EXPLODED) & (s.gap > LAGS))
    return large & np.isfinite(s.gap)


def _moving(s):
    around = (s.straight < STRAIGHT) & (s.wander >= SWINGS)
    return (s.move >= PERIODIC) & around & ~(s.gap >= SURE)


def _circling(s):
    """By the period alone; a quick G that strays among modes may look the same to it."""
    quick = (s.cycle >= CYCLES) & (s.period >= QUICKEST)
    return _moving(s) & quick & (s.bell | np.isnan(s.gap))


def _astray(s):
    """Wide, nowhere, and not seen by D: what is left of G before a D that cannot follow."""
    return ~s.bell & (s.own >= BLOWN) & (s.gap < GAP) & (s.whole == 0)


def _wins(s):
    return (s.gap >= GAP) & (s.move < STILL)


def _incomplete(s):
    return ~(np.isin(s.word, WHOLE) & (s.whole >= SELDOM))


def _is(*words):
    return lambda s: np.isin(s.word, words)


RULES = (
    Rule("rate too high", lambda s: ~s.finite, "samples or losses stop being finite"),
    Rule(
        HEALTHY,
        lambda s: _is("close", "near")(s) & _well(s),
        "it ends {word}, and {whole:.0%} of the records in the second half hold everything "
        "(from {HOLDS:.0%}, or from {SELDOM:.0%} if it is not lost again)",
    ),
    Rule(
        HEALTHY,
        lambda s: _is("close")(s) & np.isnan(s.whole),
        "the samples end within a quarter of the data's spread, and as wide",
    ),
    Rule(
        "rate too high",
        _exploded,
        "losses end far above anything that two trained players have: {losses} (from {EXPLODED:g})",
    ),
    Rule(
        "chasing",
        lambda s: (s.hops >= HOPS) & (s.led >= s.places),
        "the majority of the samples passes to another mode {hops:.2f} times a record (from "
        "{HOPS:g}), and {led:.0f} modes have had it (from {places:.0f})",
    ),
    Rule(
        "starving",
        lambda s: _is("lost")(s) & (s.travelled < STAYS) & (s.move < STILL),
        "the samples have come {travelled:.2f} of the way to the data (below {STAYS:g}) and move "
        "{move:.3f} spreads a record (below {STILL:g})",
    ),
    Rule(
        "G too strong",
        lambda s: s.gap <= LAGS,
        "D takes fake samples for real ones: its scores on real samples are {gap:.2f} above those "
        "on fake ones (at most {LAGS:g})",
    ),
    Rule(
        "starving",
        lambda s: _is("lost")(s) & (s.move < FROZEN),
        "the samples are not where the data are, and stand still: they move {move:.4f} spreads a "
        "record (below {FROZEN:g})",
    ),
    Rule(
        "G too strong",
        _astray,
        "the samples of a record are {own:.1f} times as wide as the data (from {BLOWN:g}) and hold "
        "little of them, and D hardly sees it: its scores are {gap:.2f} apart (below {GAP:g})",
    ),
    Rule(
        "turning",
        lambda s: _moving(s) & (s.turn >= TURNS),
        "the samples go on moving, {move:.2f} spreads a record (from {PERIODIC:g}), on a smooth "
        "way (a step's correlation with the next is {turn:.2f}, from {TURNS:g}) that comes back; "
        "{wander:.0%} of what they vary is from record to record (from {SWINGS:.0%})",
    ),
    Rule(
        "turning",
        _circling,
        "the samples go on moving, {move:.2f} spreads a record (from {PERIODIC:g}), and come back: "
        "{cycle:.0%} of what their centre varies has one period (from {CYCLES:.0%}), {period:.0f} "
        "records (from {QUICKEST})",
    ),
    Rule(
        "D too strong",
        lambda s: _wins(s) & _incomplete(s),
        "D tells real from fake, its scores {gap:.2f} apart (from {GAP:g}), while G moves "
        "{move:.3f} spreads a record (below {STILL:g})",
    ),
    Rule(
        "collapsed",
        lambda s: (s.gap >= GAP) & _is("collapsed")(s),
        "it ends collapsed, and D knows it: its scores are {gap:.2f} apart (from {GAP:g})",
    ),
    Rule(
        "rate too high",
        lambda s: (s.gap >= GAP) & (s.move >= JUMPS),
        "D tells real from fake, its scores {gap:.2f} apart (from {GAP:g}), and yet G jumps, "
        "{move:.2f} spreads a record (from {JUMPS:g})",
    ),
    Rule(
        "rate too high",
        lambda s: s.bell & ((s.move >= RUNS) | (s.wander >= JITTERS)),
        "the samples move {move:.2f} spreads a record (too much from {RUNS:g}), {wander:.0%} of "
        "what they vary is from record to record (too much from {JITTERS:.0%}); one is enough",
    ),
    Rule(
        "G too strong",
        lambda s: ~s.bell & (s.wander >= WANDERS) & (s.gap < UNSURE),
        "G throws its samples about as one: {wander:.0%} of what they vary is from record to "
        "record (from {WANDERS:.0%}), and D hardly tells real from fake: its scores are {gap:.2f} "
        "apart (below {UNSURE:g})",
    ),
    Rule(
        "rate too high",
        lambda s: ~s.bell & (s.wander >= WANDERS) & (s.move >= RUNS) & (s.gap >= UNSURE),
        "G throws its samples about as one, {move:.2f} spreads a record (from {RUNS:g}), and D "
        "follows, for it tells real from fake: its scores are {gap:.2f} apart (from {UNSURE:g})",
    ),
    Rule(
        "G too strong",
        lambda s: ~s.bell & (s.wander >= WANDERS) & np.isnan(s.gap) & ~_is("", "collapsed")(s),
        "G throws its samples about as one: {wander:.0%} of what they vary is from record to "
        "record (from {WANDERS:.0%}); without D's scores this may be a rate too high for both as "
        "well",
    ),
    Rule(
        "unsteady",
        lambda s: (s.whole < HOLDS) & (s.whole >= SELDOM) & (s.falls >= FALLS) & ~(s.least < THERE),
        "{whole:.0%} of the records in the second half hold everything (between {SELDOM:.0%} and "
        "{HOLDS:.0%}), and {falls:.0f} times that is lost (from {FALLS})",
    ),
    Rule(
        "unsteady",
        lambda s: (s.whole < SELDOM) & (s.least >= THERE),
        "modes come and go: {whole:.0%} of the records in the second half hold everything (below "
        "{SELDOM:.0%}), and yet the rarest mode has {least:.0%} of its share if they are taken "
        "together (from {THERE:.0%})",
    ),
    Rule(
        "unsteady",
        lambda s: np.isin(s.word, WHOLE) & ~_well(s) & np.isfinite(s.whole),
        "over the last tenth of the records it holds everything on average, but {whole:.0%} of "
        "those in the second half do so (below {HOLDS:.0%})",
    ),
    Rule("narrow", _is("narrow"), "it ends narrow: {width:.2f} of the width (below 0.8)"),
    Rule("collapsed", _is("collapsed"), "it ends collapsed: one mode is held"),
    Rule(
        "dropped", _is("dropped"), "it ends dropped: not all modes are held, and nothing else shows"
    ),
    Rule("lost", _is("lost", "partly"), "it ends {word}, and nothing else shows"),
)
# Before the others, of what was not part of the test: data whose modes are not known, and few
# records; and a smear, which the test took for healthy. Without modes a collapse is known by its
# width; with them one that is held alone has two causes, a D too strong among them.
UNTRIED = (
    Rule(
        UNKNOWN,
        lambda s: s.finite & ~s.bell & _is("near")(s) & _well(s) & (s.good < MOST),
        "every mode has its share, and yet only {good:.0%} of the samples are in one (below "
        "{MOST:.0%}): so it is early in a training, and where samples are smeared over everything. "
        "Train on, and see whether more of them come to be in one",
    ),
    Rule(
        "collapsed",
        lambda s: s.finite & ~s.counted & _is("collapsed")(s) & (s.move < STILL),
        "the samples of a record are {own:.2f} times as wide as the data (below {COLLAPSED:g}), "
        "and stay: they move {move:.3f} spreads a record (below {STILL:g})",
    ),
    Rule(
        "chasing",
        lambda s: s.finite & ~s.counted & _is("collapsed")(s) & (s.move >= STILL),
        "all samples of a record are in one place, {own:.2f} times as wide as the data (below "
        "{COLLAPSED:g}), and it moves {move:.2f} spreads a record (from {STILL:g})",
    ),
    Rule(
        UNKNOWN,
        lambda s: s.finite & _is("collapsed")(s) & np.isnan(s.move),
        "all samples are in one place at the end; whether they stay there (collapsed) or hop "
        "(chasing) wants more records, and the remedies are not the same",
    ),
    Rule(
        "D too strong",
        lambda s: s.finite & ~s.counted & s.few_columns & _is("close")(s) & _wins(s),
        "D tells real from fake, its scores {gap:.2f} apart (from {GAP:g}), while G moves "
        "{move:.3f} spreads a record (below {STILL:g}); one direction at a time, samples lie and "
        "spread as the data do",
    ),
    Rule(
        UNKNOWN,
        lambda s: s.finite & ~s.counted & _is("close")(s) & (s.gap >= GAP),
        "one direction at a time, samples lie and spread as the data do, and yet D tells real from "
        "fake, its scores {gap:.2f} apart (from {GAP:g})",
    ),
    Rule(
        UNKNOWN,
        lambda s: s.finite & ~s.counted & _is("close")(s),
        "no fault can be seen without modes: one direction at a time, samples lie and spread as "
        "the data do. Missing modes and wrong shapes are not seen so",
    ),
)
KINDS = tuple(dict.fromkeys(rule.kind for rule in RULES)) + (UNKNOWN,)
LIMITS = {
    name: value
    for name, value in globals().items()
    # Not of the rules that were tried:
    if isinstance(value, float | int) and name not in ("COLLAPSED", "MOST")
}


def first_that_hold(found):
    """(the first rule that holds for each seed, or None; its sentence, or "") of `Signs`."""
    s, rules = _filled(found), UNTRIED + RULES
    places = np.full(len(found.finite), len(rules))
    for place, rule in reversed(list(enumerate(rules))):
        with np.errstate(invalid="ignore"):
            places[rule.holds(s)] = place
    return [
        (rules[place], _told(rules[place], s, i)) if place < len(rules) else (None, "")
        for i, place in enumerate(places)
    ]


def may_circle(found):
    """Of which seeds (seeds,) of `Signs` there are too few records to say whether they go round."""
    s = _filled(found)
    around = _moving(s) & ~(s.turn >= TURNS)
    return around & np.isnan(s.cycle) & (s.bell | np.isnan(s.gap))


class _Record(dict):
    __getattr__ = dict.__getitem__


def _filled(found):
    """The signs with NaN for what is not known, and what rules ask beside them."""
    n = len(found.finite)
    values = {name: np.full(n, np.nan) if v is None else v for name, v in found._asdict().items()}
    width, shares, good = (getattr(found.end, name, None) for name in ("width", "shares", "good"))
    slimmest = values["own"] if found.slimmest is None else found.slimmest
    values["width"] = slimmest if width is None else width
    values["good"] = np.full(n, np.nan) if good is None else good
    values["few_columns"] = np.full(n, found.slimmest is not None)
    values["word"] = np.full(n, "") if found.word is None else found.word
    values["bell"] = np.full(n, found.on_one_bell)
    values["counted"] = np.full(n, found.end is not None)
    values["losses"] = [
        _losses(*each) for each in zip(values["g_rise"], values["d_loss"], strict=True)
    ]
    values["places"] = np.full(n, PLACES if shares is None else min(PLACES, shares.shape[-1]))
    return _Record(values)


def _losses(g_rise, d_loss):
    """Of the losses those that have exploded."""
    parts = ("g_loss {:.3g} above its start", g_rise), ("d_loss {:.3g}", d_loss)
    return ", ".join(text.format(value) for text, value in parts if value >= EXPLODED)


def _told(rule, s, i):
    signs = {k: v[i] for k, v in s.items() if k != "end"}
    return rule.because.format(**signs, **LIMITS, COLLAPSED=COLLAPSED, MOST=MOST)
