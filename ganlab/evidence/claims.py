"""A measured claim: its estimates and verdicts, and how it reads in notebooks and the ledger."""

from collections import Counter

import numpy as np

from ganlab.evidence.protocol import SEED_SETS
from ganlab.evidence.statistics import estimate, verdict, with_failures

LISTED = 9  # more settings than that are counted, not listed
# Of the ledger's columns.
HEADINGS = ("id", "claim", "source", "how measured", "seeds")
HEADINGS += ("effect (positive: as claimed), 99 % interval", "single runs, 10-90 %")
HEADINGS += ("verdict", "notebook")


class Claim:
    """What follows from the outcomes in a `result`, for a notebook to show, quote and plot.

    Text: `id`, `statement`, `source`, `verdict`. For each name in `settings`: arrays
    `outcomes[setting][arm][seed set]`, `(seeds,)`, NaN where a seed failed; an `Estimate`
    `estimates[setting][seed set]`; a word `verdicts[setting]`. Seed sets: "seeds", "confirm".
    """

    def __init__(self, result):
        self.id, self.statement, self.source = result["id"], result["claim"], result["source"]
        self.result, self.settings, self.estimates = result, list(result["outcomes"]), {}
        self.outcomes = {
            name: {arm: {s: np.array(row[s], float) for s in row} for arm, row in arms.items()}
            for name, arms in result["outcomes"].items()
        }
        if result["tolerance"] is not None:
            kept = self.outcomes["identity"]["check"]["error"] <= result["tolerance"]
            self.verdicts = {"identity": "identity" if kept else "contradicted"}
        else:
            options = {k: result[k] for k in ("kind", "worst", "direction", "reference")}
            for name, arms in self.outcomes.items():
                pairs = {s: [arm[s] for arm in arms.values()] for s in SEED_SETS}
                self.estimates[name] = {s: estimate(pairs[s], **options) for s in SEED_SETS}
            found = self.estimates.items()
            self.verdicts = {name: verdict(e.values(), result["margin"]) for name, e in found}
        words = list(self.verdicts.values())  # the first setting is the source's own
        self.verdict = "depends" if {"supported", "contradicted"} <= set(words) else words[0]

    def _listed(self):  # the settings told one by one: the first alone if there are many
        names = list(self.verdicts)
        return names if len(names) <= LISTED else names[:1]

    def _counts(self):
        counts = Counter(self.verdicts.values()).most_common()
        return f"{len(self.verdicts)} settings: " + ", ".join(f"{n} {word}" for word, n in counts)

    def cells(self):
        """Return the texts of the claim's row in the ledger, in the order of `HEADINGS`."""
        result, runs = self.result, []
        effects = [f"{result['metric']}, margin {result['margin']:g}"]
        for name, found in self.estimates.items():
            if name not in self._listed():
                continue
            pair = [f"{e.effect:+.3f} [{e.low:+.3f}, {e.high:+.3f}]" for e in found.values()]
            numbers = f"{', again '.join(pair)} {result['unit']}".strip()
            effects.append(f"{name}: {numbers} ({self.verdicts[name]})")
            arms = self.outcomes[name] if result["kind"] == "median" else {}
            for arm, outcomes in arms.items():
                x = np.sort(with_failures(outcomes["confirm"], result["worst"]))
                runs.append(f"{name}, {arm}: {x[len(x) // 10]:.3f} to {x[-1 - len(x) // 10]:.3f}")
        if len(self.estimates) > LISTED:
            effects.append(f"all {self._counts()}")
        seeds = " + ".join(str(len(result[s])) for s in SEED_SETS)
        if not self.estimates:
            error, seeds = self.outcomes["identity"]["check"]["error"], "none"
            effects = [f"largest error {error:.1g}, tolerance {result['tolerance']:.1g}"]
        texts = result["measured"], seeds, "\n".join(effects), "\n".join(runs)
        return self.id, self.statement, self.source, *texts, self.verdict, result["notebook"]

    def __repr__(self):
        each = "; ".join(f"{name}: {self.verdicts[name]}" for name in self._listed())
        each += f"; all {self._counts()}" * (len(self.settings) > LISTED)
        words = self.verdict + f" ({each})" * (len(self.settings) > 1)
        again = f'measure it anew with: make evidence ARGS="{self.id} --again"'
        return f"{self.id} ({self.source}): {self.statement}\n{words}; {again}"

    def _repr_markdown_(self):
        cells = dict(zip(HEADINGS, self.cells(), strict=True))
        effects = cells[HEADINGS[5]].replace("\n", "\n- ")  # the metric, then the settings
        about = f"{HEADINGS[5]}, {cells['seeds']} seeds: " if self.estimates else ""
        return (
            f"**{self.id}: {self.verdict}.** {self.statement} ({self.source})\n\n"
            f"{cells[HEADINGS[3]]}\n\n{about}{effects}\n\n"
            f'<small>Measure it anew: `make evidence ARGS="{self.id} --again"`</small>'
        )
