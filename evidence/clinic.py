"""docs/clinic.md: what to do when a GAN has failed, with figures from the ledger.

python -m evidence.clinic    # writes the page; `make evidence` does so too

A case is what is seen, its name, the test that tells it from the others, and advice. Advice names
the setting of a claim that bears it out, and the page takes figures and verdict from there: where
the evidence decides otherwise, advice moves to another column or the page is refused.
"""

from pathlib import Path
from typing import NamedTuple

from ganlab.evidence import EvidenceError, claim
from ganlab.evidence.claims import anchor, in_hundred
from ganlab.evidence.store import write

DOCS = Path(__file__).parents[1] / "docs"


class Advice(NamedTuple):
    """What to try, and the setting of the claim that measured it. `turned` where the claim is of
    what does harm, so that its arms are named the other way round."""

    words: str
    claim: str
    setting: str
    turned: bool = False


class Case(NamedTuple):
    """A way to fail: `sign` is a number of the code above the table, and what it is then."""

    seen: str
    name: str
    sign: str
    advice: tuple


FOUR = "ours on four points"

CASES = (
    Case(
        "All samples in one place, and they stay there",
        "collapsed",
        "`word` is *collapsed*, `moves.rate` near 0",
        (
            Advice("R1 on D, weight 0.1", "F6b", "R1"),
            Advice("a new D beside the old G, for it is D that holds G there", "F4d", FOUR),
            Advice("relativistic pairing with R1 and R2", "F6b", "relativistic, R1 and R2"),
            Advice("packs of two", "F6b", "packs of 2"),
            Advice("an averaged generator", "F6b", "averaged generator"),
            Advice("minibatch discrimination", "F6b", "minibatch discrimination"),
            Advice("feature matching", "F6b", "feature matching"),
        ),
    ),
    Case(
        "All samples in one place, and in another a while later",
        "chasing",
        "`moves.rate` above 0.1",
        (
            Advice("equal rates for G and D", "F3a", FOUR, turned=True),
            Advice("minibatch discrimination", "F6a", "minibatch discrimination"),
            Advice("packs of two", "F6a", "packs of 2"),
            Advice("feature matching", "F6a", "feature matching"),
            Advice("R1", "F6a", "R1"),
            Advice("an averaged generator", "F6a", "averaged generator"),
        ),
    ),
    Case(
        "Modes are missing, and `g_loss` rises all the time",
        "D too strong",
        "`word` is *dropped*, `g_loss` ends well above where it began",
        (
            Advice(
                "G's rate up, thirtyfold here", "F7f", "ours on four points, G's rate thirtyfold"
            ),
            Advice("relativistic pairing with R1 and R2", "F6c", "relativistic, R1 and R2"),
            Advice(
                "a Wasserstein loss with a gradient penalty", "F6c", "Wasserstein, gradient penalty"
            ),
            Advice("R1 on D", "F6c", "R1"),
            Advice("feature matching", "F6c", "feature matching"),
            Advice("minibatch discrimination", "F6c", "minibatch discrimination"),
            Advice("D's rate down to a tenth", "F7e", "ours on four points, D's rate to a tenth"),
            Advice("a smaller D", "F7e", "ours on four points, smaller D"),
            Advice("least squares", "F6c", "least squares"),
            Advice("instance noise of a fixed width", "F6c", "instance noise"),
        ),
    ),
    Case(
        "Modes are missing, and both losses look as they should",
        "G too strong",
        "`word` is *dropped*, *collapsed* or *lost*, `d_loss` near 1.386",
        (
            Advice("D's rate up tenfold, and a larger D", "F7g", "ours on four points, both"),
            Advice("D's rate up tenfold", "F7g", "ours on four points, D's rate tenfold"),
            Advice("a larger D", "F7g", "ours on four points, larger D"),
        ),
    ),
    Case(
        "Hardly a run gets near, whatever else is tried",
        "rates and sizes",
        "`word` is *lost* or *partly* for most seeds",
        (
            Advice("Adam's beta_1 at 0.5 in place of 0.9", "F5a", "ours on four points, 0.005"),
            Advice("rates of 0.002 in place of 0.0002", "F5b", FOUR, turned=True),
            Advice(
                "on one bell: G's rate a tenth of D's, in place of equal rates",
                "B6d",
                "perspective2016 with Adam, G's rate down",
            ),
            Advice("on one bell: a G smaller than D", "C2b", "ours after 03"),
            Advice("on one bell: a D larger than G", "C2a", "ours after 03"),
            Advice("larger batches", "F5c", FOUR),
        ),
    ),
    Case(
        "All is there, but too narrow",
        "narrow",
        "`word` is *narrow*",
        (
            Advice(
                "minibatch discrimination, in a GAN that works otherwise", "D1a", "ours after 03"
            ),
            Advice("minibatch discrimination, in one that does not", "D1a", "aylien2016 (2016)"),
        ),
    ),
    Case(
        "It was good, and then it was not",
        "unsteady",
        "`endings.unsteady(samples, target)` is true",
        (Advice("keep the samples of the best moment", "C3", "aylien2016 (2017)"),),
    ),
)

HEAD = """# The clinic: a GAN has failed, and you have ten minutes

Generated by `make evidence` from the [ledger](claims.md). Figures are runs in a hundred, on small
GANs with known targets; each links to the claim that measured it, where its interval stands.

**1. Look at more than one run, and at more than its end.** Save samples every fifty steps or so, for
eight seeds or more, and name what you see:

```python
import numpy as np
from ganlab import data, endings, mode_metrics

target = data.ring(4, radius=1.0, std=0.1)  # modes and their width, or data.Gaussian(4.0, 0.5)
rng = np.random.default_rng(0)
samples = target.sample((20, 500), rng)  # yours: (records, n, dim) of one run
word = endings.endings(samples[-1], target)  # close, near, narrow, dropped, collapsed or lost
moves = mode_metrics.hops(samples[10:], target)  # the second half; .rate is hops a record
print(word, moves.rate)
```

Where modes are not known, cluster the data once, and take the clusters' centres and widths for a
`data.GaussianMixture`.

**2. Find it here, and try what stands first.** *94 of 100, without 0* is to be read so: with the
remedy 94 runs in a hundred hold all modes at the end (on one bell: end close), and none without it.

| what you see | it is called | the test | try first |
|---|---|---|---|
"""  # noqa: E501

SECTIONS = (
    ("first", "Try"),
    ("open", "May help; too few runs yet to decide"),
    ("none", "Makes no difference, or does harm"),
)

TAIL = """
**3. What the remedies are, in code.** D(x) is the logit; a mean is one over the batch.

| remedy | with `ganlab` | in a loop of your own |
|---|---|---|
| R1 | `added=techniques.r1(0.1)` | add 0.1 / 2 times the mean of the squared slope of D at real samples to D's loss |
| relativistic pairing with R1 and R2 | `losses=losses.relativistic, added=[techniques.r1(0.1), techniques.r2(0.1)]` | D's loss is the mean of softplus(D(fake) - D(real)), G's that of softplus(D(real) - D(fake)); the penalty at fake samples too |
| a Wasserstein loss with a gradient penalty | `losses=losses.wasserstein, added=techniques.gradient_penalty(0.1)` | D's loss is the mean of D(fake) - D(real), G's that of -D(fake); add 0.1 times the mean of (length of D's slope - 1)^2 between real and fake samples |
| packs of two | `shown=techniques.packing(2)`, a D that takes two samples | D is shown two samples side by side |
| minibatch discrimination | `MinibatchDiscrimination(5, 3)` before D's last layer | the layer of Salimans and others, 2016 |
| feature matching | `losses=losses.feature_matching("hidden_2")` | G's loss is the distance of the means of one of D's layers |

**4. Do not trust these.**

- `d_loss` near 0 as the sign of a D that is too strong: {f7b}.
- `d_loss` at 2 log 2 = 1.386 as the sign of health: {f7d}.
- D's scores at 1/2. They say that D cannot tell the samples apart, and not that nobody could.

**5. One change at a time.** A remedy belongs to its fault: {remedies}. All figures are from GANs of a
few dozen units, and the weight of a penalty matters as much as its name. So change one thing, train
eight seeds again, and count.

The pictures behind the words are in notebook [06](../notebooks/06_watch_modes_collapse.ipynb), whose
last sections let you set a recipe of your own against any of these faults.
"""  # noqa: E501


def told(advice):
    """(which column: "first", "open" or "none", the advice with its figures and link)."""
    found = claim(advice.claim)
    look, verdict = found.look(advice.setting), found.verdicts[advice.setting]
    if look is None:
        raise EvidenceError(
            f"{advice.claim}, {advice.setting!r} has no look: wanted a measured one"
        )
    link = f"[{advice.claim}](claims.md#{anchor(found.id)})"
    figures = _figures(look, advice.turned)
    column = {"supported": "first", "contradicted": "none", "no difference that matters": "none"}
    if advice.turned and verdict in ("supported", "contradicted"):
        verdict = "supported"  # harm that is shown, and its opposite the advice
    return column.get(verdict, "open"), f"{advice.words}: {figures} ({link})"


def _figures(look, turned):
    n = look["seeds"]
    if "first" not in look:
        better, worse = in_hundred(look["won"], n), in_hundred(look["lost"], n)
        better, worse = (worse, better) if turned else (better, worse)
        return f"{better} of 100 end nearer to the data, {worse} further away"
    first = in_hundred(look["first"], n)
    if "second" not in look:
        return f"{first} of 100 keep the width"
    second = in_hundred(look["second"], n)
    return (
        f"{second} of 100 fail so, otherwise {first}"
        if turned
        else f"{first} of 100, without {second}"
    )


def row(case):
    """A case in the table: with the first of what helps."""
    best = next(text for column, text in map(told, case.advice) if column == "first")
    name = f"[{case.name}](#{case.name.lower().replace(' ', '-')})"
    return f"| {case.seen} | {name} | {case.sign} | {best} |"


def section(case):
    """All advice of a case, by what the evidence says of it."""
    found = [told(advice) for advice in case.advice]
    lines = [f"### {case.name[0].upper()}{case.name[1:]}", "", f"{case.seen}."]
    for column, heading in SECTIONS:
        if texts := [text for where, text in found if where == column]:
            lines += ["", f"{heading}:", "", *(f"- {text}" for text in texts)]
    return "\n".join(lines) + "\n"


def page():
    """The text of docs/clinic.md."""
    quoted = {}
    for id in ("F7b", "F7d"):
        found = claim(id)
        quoted[id.lower()] = f"{_lower(found.said(FOUR))} ([{id}](claims.md#{anchor(found.id)}))"
    parts = ("R1", "F6b", "F6a"), ("minibatch discrimination", "F6b", "F6a")
    quoted["remedies"] = "; ".join(
        f"with {name} {_of(a, name)} of 100 runs hold all modes where they would collapse, and "
        f"{_of(b, name)} where they would chase"
        for name, a, b in parts
    )
    table = "\n".join(map(row, CASES)) + "\n\n"
    return HEAD + table + "\n".join(map(section, CASES)) + TAIL.format(**quoted)


def _of(id, setting):
    look = claim(id).look(setting)
    return in_hundred(look["first"], look["seeds"])


def _lower(text):
    return text[0].lower() + text[1:]


if __name__ == "__main__":
    write(DOCS / "clinic.md", page())
