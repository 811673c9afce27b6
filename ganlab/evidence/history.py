"""What was measured before looks at doubling numbers of seeds: 32 seeds, and 64 more to confirm.

Those results keep their verdicts and are read no further; claims are now measured anew, under
new ids.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
from scipy import stats

from ganlab.evidence.ledger import table
from ganlab.evidence.statistics import with_failures

LISTED = 9  # more settings than that are counted, not listed

PAGE = """# What was measured before

Until November 2026 every claim was measured with 32 seeds and again with 64 others. **supported**
and **contradicted**: both intervals, of 99 %, lay beyond the margin; **inconclusive**: they did
not, which half the claims were, for so few seeds seldom decide. A claim in several settings had
the verdict of the first, or **depends** where settings contradicted each other. The results are in
[evidence/history](../evidence/history); what holds now is in [the ledger](claims.md).

"""


class Interval(NamedTuple):
    """An estimate, its interval, and the probability with which such intervals hold the truth."""

    effect: float
    low: float
    high: float
    coverage: float


class OldClaim:
    """A claim as it was measured with two sets of seeds, "seeds" and "confirm".

    Text: `id`, `statement`, `source`, `verdict`. For each name in `settings`: arrays
    `outcomes[setting][arm][seed set]`, `(seeds,)`, NaN where a seed failed; an `Interval`
    `estimates[setting][seed set]`; a word `verdicts[setting]`.
    """

    def __init__(self, result):
        self.id, self.statement, self.source = result["id"], result["claim"], result["source"]
        self.result, self.settings = result, list(result["outcomes"])
        self.outcomes = {
            name: {arm: {s: np.array(row[s], float) for s in row} for arm, row in arms.items()}
            for name, arms in result["outcomes"].items()
        }
        self.estimates, self.verdicts = {}, {"identity": result["verdict"]}
        if result["tolerance"] is None:
            self.estimates = {
                name: _estimates(arms, result) for name, arms in self.outcomes.items()
            }
            found = self.estimates.items()
            self.verdicts = {name: _verdict(e.values(), result["margin"]) for name, e in found}
        self.verdict = result["verdict"]

    def _listed(self):  # the settings told one by one: the first alone if there are many
        names = list(self.verdicts)
        return names if len(names) <= LISTED else names[:1]

    def _counts(self):
        counts = Counter(self.verdicts.values()).most_common()
        return f"{len(self.verdicts)} settings: " + ", ".join(f"{n} {word}" for word, n in counts)

    def __repr__(self):
        each = "; ".join(f"{name}: {self.verdicts[name]}" for name in self._listed())
        each += f"; all {self._counts()}" * (len(self.settings) > LISTED)
        words = self.verdict + f" ({each})" * (len(self.settings) > 1)
        again = f'measure it anew with: make evidence ARGS="{self.id} --again"'
        return f"{self.id} ({self.source}): {self.statement}\n{words}; {again}"

    def _repr_markdown_(self):
        result = self.result
        effects = [f"{result['metric']}, margin {result['margin']:g}"]
        for name in self._listed() if self.estimates else ():
            found = self.estimates[name].values()
            pair = [f"{e.effect:+.3f} [{e.low:+.3f}, {e.high:+.3f}]" for e in found]
            numbers = f"{', again '.join(pair)} {result['unit']}".strip()
            effects.append(f"{name}: {numbers} ({self.verdicts[name]})")
        if len(self.estimates) > LISTED:
            effects.append(f"all {self._counts()}")
        about = " + ".join(str(len(result[s])) for s in ("seeds", "confirm"))
        about = f"effect (positive: as claimed), 99 % interval, {about} seeds: "
        if not self.estimates:
            error = self.outcomes["identity"]["check"]["error"]
            effects = [f"largest error {error:.1g}, tolerance {result['tolerance']:.1g}"]
            about = ""
        return (
            f"**{self.id}: {self.verdict}.** {self.statement} ({self.source})\n\n"
            f"{result['measured']}\n\n{about}" + "\n- ".join(effects) + "\n\n"
            f'<small>Measure it anew: `make evidence ARGS="{self.id} --again"`</small>'
        )


def _estimates(arms, result):
    """Return {seed set: Interval} of the effect in one setting, positive where as claimed."""
    found = {}
    for seeds in ("seeds", "confirm"):
        values = [with_failures(arm[seeds], result["worst"]) for arm in arms.values()]
        effect, *ends, coverage = (_rate if result["kind"] == "rate" else _median)(*values)
        reference, direction = result["reference"] or 0.0, result["direction"]
        effect, *ends = (direction * (value - reference) for value in (effect, *ends))
        found[seeds] = Interval(effect, min(ends), max(ends), coverage)
    return found


def _median(first, second=0.0):
    """Return the median of paired differences, between two order statistics (Conover 1999)."""
    unequal = first != second  # inf - inf is left out
    values = np.subtract(first, second, out=0.0 * unequal, where=unequal)
    n, x = len(values), np.sort([-np.inf, *values, np.inf])
    k = int(stats.binom.ppf(0.005, n, 0.5))
    middle = (x[(n + 1) // 2] + x[n // 2 + 1]) / 2
    return middle, x[k], x[n + 1 - k], 1 - 2 * stats.binom.cdf(k - 1, n, 0.5)


def _rate(first, second=None):
    """Return a share (Clopper and Pearson 1934) or a paired difference (Bonett and Price 2012)."""
    n = len(first)
    if second is None:
        test = stats.binomtest(int(np.sum(first)), n)
        return test.statistic, *test.proportion_ci(0.99, "exact"), 0.99
    won, lost = np.sum(first > second), np.sum(first < second)
    p, q = (won + 1) / (n + 2), (lost + 1) / (n + 2)
    half = stats.norm.ppf(0.995) * np.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return (won - lost) / n, max(p - q - half, -1), min(p - q + half, 1), 0.99


def _verdict(estimates, margin):
    """Return the verdict on the estimates of both seed sets: firm only if both are."""
    if all(e.low > margin for e in estimates):
        return "supported"
    return "contradicted" if all(e.high < -margin for e in estimates) else "inconclusive"


def history_page(results):
    """Return the text of docs/claims_history.md: a row for each of `results`, stored dicts."""
    rows = [("id", "claim", "verdict then", "how measured")]
    for result in results:
        claim = f"{result['claim']} ({result['source']})"
        rows.append((result["id"], claim, result["verdict"], result["measured"]))
    return PAGE + table(rows)
