"""What to try against each fault, with figures from the ledger: the clinic's advice, written once.

`docs/clinic.md` and the diagnosis both take it from here. A case is what is seen, its name, the
test that tells it from the others, and advice. Advice names the setting of a claim that bears it
out; figures and verdict come from there. What a GAN does already is no advice to it: `followed`.
"""

from collections import Counter
from collections.abc import Callable
from itertools import takewhile
from typing import NamedTuple

import numpy as np

from ganlab.course import settings as known
from ganlab.evidence import EvidenceError, claim
from ganlab.evidence.claims import NOT_YET, anchor, in_hundred


class Where(NamedTuple):
    """For which GANs an advice is, in words; `holds` says it of the rates of D and of G."""

    words: str
    holds: Callable


class Advice(NamedTuple):
    """What to try, and the setting of the claim that measured it. `turned` where the claim is of
    what does harm, so that its arms are named the other way round. `share` says, in words, what the
    share of a claim with a single arm is of; of two arms it is not asked. `followed(gan)` says
    whether a `Gan` does so already; None where that is not asked. `on_one_bell` marks what was
    measured on one bell alone, and need not hold with several modes; `harm` what is warned of,
    where the claim is that one does better without; `where` for which GANs it is, None for all:
    of one that is not known the next advice is told, too. `backed` is the verdict that bears it
    out: "contradicted" where the claim is that one does better without it."""

    words: str
    claim: str
    setting: str
    turned: bool = False
    share: str = ""
    followed: Callable | None = None
    on_one_bell: bool = False
    harm: bool = False
    where: Where | None = None
    backed: str = "supported"

    @property
    def sentence(self):
        """The words, and where they hold."""
        words = f"{self.where.words}, {self.words}" if self.where else self.words
        return f"on one bell: {words}" if self.on_one_bell else words


class Case(NamedTuple):
    """A way to fail: `sign` is a number of the code above the table, and what it is then."""

    seen: str
    name: str
    sign: str
    advice: tuple


FOUR = "ours on four points"
# What has no place of its own in a case stands in this order, wherever the evidence puts it.
REMEDIES = {
    "packs of 2": "packs of two",
    "feature matching": "feature matching",
    "Wasserstein, gradient penalty": "a Wasserstein loss with a gradient penalty",
    "relativistic, R1 and R2": "relativistic pairing with R1 and R2",
    "least squares": "least squares",
    "instance noise": "instance noise of a fixed width",
    "unrolled by 5": "a G that looks five steps of D ahead (unrolled, imagined steps of 0.1)",
    "averaged generator": "an averaged generator",
}
# Claims that try one advice in several GANs; those of F6 try several in one.
IN_OTHER_GANS = ("B6d", "C2a", "C2b", "C3", "F5a", "F5b", "F5c", "F7h", "H1b", "H1d")
PLACED = {
    "F6a": ("packs of 2", "feature matching"),
    "F6b": ("relativistic, R1 and R2",),
    "F6c": ("relativistic, R1 and R2", "Wasserstein, gradient penalty", "feature matching"),
}


def _others(claim):
    """Advice for each remedy of a claim that has no place of its own in the claim's case."""
    return [
        Advice(words, claim, setting)
        for setting, words in REMEDIES.items()
        if setting not in PLACED[claim]
    ]


# Claims that ask of the last record what another asks of the last tenth, on average: that one.
AT_LAST = {"F6a": "F6e", "F6b": "F6d"}
ASKS_AT_LAST = ("F7i", "F7j")

# What mends one bell and breaks a ring.
QUICK_D = Advice(
    "on a ring: D ten times as quick as G, in place of equal rates",
    "H2b",
    "equal rates against a quick D",
    harm=True,
)

BOTH_HIGH = Where("where both rates are 0.01 or more", lambda d, g: np.minimum(d, g) >= known.HIGH)
ALIKE_AND_HIGH = Where(
    "where the rates are alike and 0.01 or more",
    lambda d, g: (
        (np.minimum(d, g) >= known.HIGH) & (np.maximum(d, g) <= known.EQUAL * np.minimum(d, g))
    ),
)
G_ABOVE = Where("where G's rate is above D's", lambda d, g: g > known.EQUAL * d)
ABOVE_CALM = Where("where a rate is above 0.003", lambda d, g: np.maximum(d, g) > known.CALM)
# Rates far too high throw G off at once; then it stands still, and D is sure.
TOO_HIGH = Advice(
    "both to a tenth, and once more if they still are (here from 1e-1 to 1e-2)",
    "F7h",
    "ours on four points, 0.1 to 0.01",
    where=BOTH_HIGH,
)

CASES = (
    Case(
        "All samples in one place, and they stay there",
        "collapsed",
        "`word` is *collapsed*, `moves.rate` near 0, and `samples.mean(-2)` stays (with D's "
        "scores `diagnose` may call it *D too strong*, with losses *rate too high*: R1 serves the "
        "first as well)",
        (
            Advice(
                "down to it (here from 3e-2 to 1e-2)",
                "F7i",
                "a collapse, G's rate down to D's",
                where=G_ABOVE,
            ),
            Advice("both to a tenth", "F7i", "a collapse, both to a tenth", where=BOTH_HIGH),
            Advice("R1 on D, weight 0.1", "F6b", "R1", followed=known.with_r1),
            Advice(
                "a new D beside the old G, both at healthy rates (1e-3 here), for it is D that "
                "holds G there (of 100 runs, of which 72 had collapsed)",
                "F4d",
                FOUR,
            ),
            Advice("relativistic pairing with R1 and R2", "F6b", "relativistic, R1 and R2"),
            Advice("minibatch discrimination", "F6b", "minibatch discrimination"),
            *_others("F6b"),
        ),
    ),
    Case(
        "All samples in one place, and in another a while later",
        "chasing",
        "`moves.rate` above 0.1, among three modes or more",
        (
            Advice(
                "down to it (here from 3e-2 to 1e-3)",
                "F7i",
                "a chase, G's rate down to D's",
                where=G_ABOVE,
            ),
            Advice("minibatch discrimination", "F6a", "minibatch discrimination"),
            Advice("packs of two", "F6a", "packs of 2"),
            Advice("feature matching", "F6a", "feature matching"),
            Advice("R1", "F6a", "R1", followed=known.with_r1),
            Advice("D's rate up to G's", "F7i", "a chase, D's rate up to G's"),
            *_others("F6a"),
        ),
    ),
    Case(
        "Modes are missing, and `g_loss` leaps and stays high",
        "D too strong",
        "`word` is *dropped*, `g_loss` ends well above where it began",
        (
            TOO_HIGH,
            Advice(
                "G's rate up towards D's (here from 1e-4 to 3e-3, D at 1e-2, Adam's beta_1 at 0.5)",
                "F7f",
                "ours on four points, G's rate thirtyfold",
            ),
            Advice("relativistic pairing with R1 and R2", "F6c", "relativistic, R1 and R2"),
            Advice(
                "a Wasserstein loss with a gradient penalty", "F6c", "Wasserstein, gradient penalty"
            ),
            Advice("R1 on D", "F6c", "R1", followed=known.with_r1),
            Advice("feature matching", "F6c", "feature matching"),
            Advice("minibatch discrimination", "F6c", "minibatch discrimination"),
            Advice("D's rate down to a tenth", "F7e", "ours on four points, D's rate to a tenth"),
            Advice("a smaller D", "F7e", "ours on four points, smaller D"),
            *_others("F6c"),
        ),
    ),
    Case(
        "Samples are thrown about as one, and both losses look as they should",
        "G too strong",
        "from record to record all samples move as one, or are far wider than the data; D's scores "
        "lie together (`d_loss` near 1.386). Single modes that stay away are *dropped*",
        (
            Advice(
                "both to a tenth (here from 3e-2 to 3e-3)",
                "F7h",
                "ours on four points, 0.03 to 0.003",
                where=ALIKE_AND_HIGH,
            ),
            Advice(
                "D's rate up to G's (here tenfold), and a larger D (here two layers of 16, not one "
                "of 8)",
                "F7g",
                "ours on four points, both",
            ),
            Advice(
                "D's rate up to G's (here tenfold)", "F7g", "ours on four points, D's rate tenfold"
            ),
            Advice("a larger D", "F7g", "ours on four points, larger D"),
        ),
    ),
    Case(
        "Samples stay far from the data, where they began or where they leapt at once",
        "starving",
        "`word` is *lost* at every record, and hardly a sample moves",
        (
            TOO_HIGH,
            Advice(
                "the non-saturating loss in place of minimax",
                "A4b",
                "identity",
                followed=known.nonsaturating,
            ),
        ),
    ),
    Case(
        "Samples go round the data and come back to where they were",
        "turning",
        "their mean goes on moving, smoothly, and the distance to the data does not shrink",
        (
            Advice(
                "Adam's beta_1 at 0.5 in place of 0.9, with which hardly one does (on one bell)",
                "A6a",
                "Adam, beta_1 0.5",
                turned=True,
                share="settle",
                followed=known.low_beta_1,
                backed="contradicted",
            ),
            Advice(
                "R1 on D, weight 1, under Adam with beta_1 0.9 (runs that settle, on one bell)",
                "A6b",
                "Adam, beta_1 0.9",
                followed=known.with_r1,
            ),
            Advice(
                "R1 on D, weight 1, under momentum 0.9 (runs that settle, on one bell)",
                "A6b",
                "momentum 0.9",
            ),
        ),
    ),
    Case(
        "Samples jump from record to record, or losses that are logs of scores end above 5",
        "rate too high",
        "samples move by a sixth of the data's spread or more at each record (`diagnose` says)",
        (
            Advice(
                "both to a tenth (here from 3e-2 to 3e-3)",
                "F7h",
                "ours on four points, 0.03 to 0.003",
                where=ABOVE_CALM,
            ),
            Advice(
                "Adam's beta_1 at 0.5 in place of 0.9 (here at rates of 0.005)",
                "F5a",
                "ours on four points, 0.005",
                followed=known.low_beta_1,
            ),
            Advice(
                "G's rate a tenth of D's, in place of equal rates",
                "B6d",
                "perspective2016 with Adam, G's rate down",
                followed=known.g_at_a_tenth,
                on_one_bell=True,
            ),
            QUICK_D,
        ),
    ),
    Case(
        "Hardly a run gets near, whatever else is tried",
        "rates and sizes",
        "`word` is *lost*, *partly* or *dropped* for most seeds, and nothing else shows; "
        "`diagnose` tells the word",
        (
            Advice(
                "both to a tenth (here on a ring, from 1e-2 to 1e-3, layers of 64; those of 16 "
                "gain less)",
                "F7k",
                "64-64, 0.01 to 0.001",
                where=BOTH_HIGH,
            ),
            Advice(
                "Adam's beta_1 at 0.5 in place of 0.9 (here at rates of 0.005)",
                "F5a",
                "ours on four points, 0.005",
                followed=known.low_beta_1,
            ),
            Advice(
                "with a few dozen units, rates of 0.002 in place of 0.0002, after 5,000 steps",
                "F5b",
                FOUR,
                turned=True,
                followed=known.quick,
                backed="contradicted",
            ),
            Advice(
                "G's rate a tenth of D's, in place of equal rates",
                "B6d",
                "perspective2016 with Adam, G's rate down",
                followed=known.g_at_a_tenth,
                on_one_bell=True,
            ),
            Advice(
                "16 units in G and 16-16 in D, where D is quick already",
                "H1b",
                "the sizes of aylien2016",
                on_one_bell=True,
            ),
            Advice("a G smaller than D", "C2b", "ours after 03", on_one_bell=True),
            Advice("a D larger than G", "C2a", "ours after 03", on_one_bell=True),
            Advice("batches of 16 where they are smaller (here of 4)", "F5c", FOUR),
        ),
    ),
    Case(
        "All is there, but too narrow",
        "narrow",
        "`word` is *narrow*",
        (
            Advice(
                "D ten times as quick as G (3e-3 and 3e-4), in place of 2e-3 for both",
                "H1d",
                "repaired",
                turned=True,
                followed=known.g_at_a_tenth,
                on_one_bell=True,
            ),
            Advice(
                "minibatch discrimination, in a GAN that works otherwise (runs that end narrow)",
                "D1d",
                "ours after 03",
                on_one_bell=True,
            ),
            Advice(
                "minibatch discrimination, in one that does not (runs that end narrow)",
                "D1d",
                "aylien2016 (2017)",
                on_one_bell=True,
            ),
            QUICK_D,
        ),
    ),
    Case(
        "It was good, and then it was not",
        "unsteady",
        "`endings.unsteady(samples, target)` is true (`diagnose` asks that all is lost again, and "
        "again)",
        (
            Advice(
                "both to a tenth (here, on a ring and with R1, from 1e-2 to 1e-3)",
                "F7j",
                "both to a tenth",
                where=BOTH_HIGH,
            ),
            Advice(
                "samples of an averaged generator (here, on a ring and with R1, rates of 1e-2)",
                "F7j",
                "averaged generator",
            ),
            Advice(
                "keep the samples of the first good moment",
                "C3",
                "aylien2016 (2017)",
                on_one_bell=True,
            ),
        ),
    ),
)


def for_some(found):
    """How many advice, from the first on, are for GANs of some rates alone."""
    return len(list(takewhile(lambda advice: advice.where, found)))


class Said(NamedTuple):
    """Advice as the evidence has it: `column` is "first", "open" or "none" (does it help?), `words`
    have the figures, and `id` is the claim they are from, C1.2 say."""

    column: str
    words: str
    id: str


def said(advice):
    """What the ledger says of an advice, a `Said`; EvidenceError where it was not measured."""
    found = claim(advice.claim)
    if not found.settings:  # a mathematical fact, checked and not counted
        return Said("first", f"{advice.sentence}: a mathematical fact", found.id)
    look, verdict = found.look(advice.setting), found.verdicts[advice.setting]
    if look is None:
        raise EvidenceError(
            f"{advice.claim}, {advice.setting!r} has no look: wanted a measured one"
        )
    figures = _figures(look, advice)
    column = {"supported": "first", "contradicted": "none", "no difference that matters": "none"}
    if advice.backed == "contradicted":
        verdict = {"supported": "contradicted", "contradicted": "supported"}.get(verdict, verdict)
    if advice.harm and verdict == "supported":
        verdict = "contradicted"
    no_good = found.estimates[advice.setting].high < found.result["margin"]
    if verdict.startswith("undecided") and no_good and not (advice.turned or advice.harm):
        verdict = "no difference that matters"  # open is only whether it does harm
    words = f"{advice.sentence}: {figures}{_at_last(advice)}{_elsewhere(found, advice)}"
    return Said(column.get(verdict, "open"), words, found.id)


def told(advice):
    """(which column: "first", "open" or "none", the advice with its figures and link)."""
    found = said(advice)
    link = f"[{advice.claim}](claims.md#{anchor(found.id)})"
    return found.column, f"{found.words} ({link})"


def _at_last(advice):
    """What is left of it at one moment, or that the figure is of one, in brackets."""
    if advice.claim in ASKS_AT_LAST:
        return " (at the last record)"
    id = AT_LAST.get(advice.claim)
    if id is None or advice.setting not in claim(id).settings:
        return ""
    look = claim(id).look(advice.setting)
    return f" (at the last record {in_hundred(look['first'], look['seeds'])})"


def _elsewhere(found, advice):
    """What a claim that tries one advice in several GANs found in the others, in brackets."""
    if advice.claim not in IN_OTHER_GANS:
        return ""
    of = found.verdicts[advice.setting]
    others = Counter(
        word.removesuffix(" so far")
        for name, word in found.verdicts.items()
        if name != advice.setting and word not in (of, NOT_YET)
    )
    if not others:
        return ""
    told = [f"in {n} other setting{'s' * (n > 1)} {word}" for word, n in others.items()]
    return f" ({', '.join(told)})"


def _figures(look, advice):
    n, turned = look["seeds"], advice.turned
    if "first" not in look:
        better, worse = in_hundred(look["won"], n), in_hundred(look["lost"], n)
        better, worse = (worse, better) if turned else (better, worse)
        return f"{better} of 100 end nearer to the data, {worse} further away"
    first = in_hundred(look["first"], n)
    if "second" not in look:
        if not advice.share:
            raise EvidenceError(f"{advice.claim} has a single arm: wanted `share`, what it is of")
        return f"{first} of 100 {advice.share}"
    second = in_hundred(look["second"], n)
    if advice.harm:
        return f"{second} of 100, otherwise {first}"
    return (
        f"{second} of 100 fail so, otherwise {first}"
        if turned
        else f"{first} of 100, without {second}"
    )
