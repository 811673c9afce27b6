"""A measured claim: what each of its settings says, as a sentence, a picture and an estimate."""

import base64
import html
import re
from collections import Counter
from pathlib import Path
from string import Formatter

import numpy as np

from ganlab.evidence.protocol import BLOCK, EvidenceError
from ganlab.evidence.runs import Runs
from ganlab.evidence.statistics import Estimate

# Every word that may stand for a verdict, in the order in which they are counted.
WORDS = ("supported", "contradicted", "no difference that matters", "undecided", "identity")
WORDS += (SO_FAR := "undecided so far", NOT_YET := "not measured yet")
TOLD = 4  # more settings than that are counted below a claim in a notebook, not told one by one
# Where a notebook's links lead.
HOW_TO_READ = "00_start_here.ipynb#How-to-read-a-verdict"
LEDGER = "../docs/claims.md"


class Claim:
    """What a stored `result` says, for a notebook to show, quote and plot.

    runs  the folder of the single runs, which `outcomes` reads; without it there are none

    Texts: `id`, `statement`, `source`, `question`. For each name in `settings`: a word
    `verdicts[setting]`, an `Estimate` `estimates[setting]` (positive: as claimed; None before the
    first look) and `seeds[setting]`, the number of seeds that it rests on. A mathematical identity
    has no settings, and its verdict under the name "identity".
    """

    def __init__(self, result, runs=None):
        self.id, self.result, self._runs = result["id"], result, runs
        self.statement, self.source = one_line(result["claim"]), one_line(result["source"])
        self.question = one_line(result["question"])
        self.settings = list(result.get("settings") or {})
        self.estimates, self.seeds, self.verdicts = {}, {}, {}
        for name in self.settings:
            look = self.look(name)
            ends = look and [float(look[key]) for key in ("effect", "low", "high")]
            self.estimates[name] = Estimate(*ends) if look else None
            self.seeds[name] = look["seeds"] if look else 0
            verdict = result["settings"][name]["verdict"]
            self.verdicts[name] = verdict or (SO_FAR if look else NOT_YET)
        if not self.settings:
            error = result.get("error")
            kept = error is not None and float(error) <= result["tolerance"]
            word = NOT_YET if error is None else "identity" if kept else "contradicted"
            self.verdicts["identity"] = word

    def look(self, setting):
        """Return the last look at a setting as it is stored, or None before the first."""
        looks = self.result["settings"][setting]["looks"]
        return looks[-1] if looks else None

    def outcomes(self, setting):
        """Return what each run of a setting came to, {arm: (seeds,)}, NaN where a run failed.

        First of the arms that are compared, then of what else was asked of the same trainings.

        There are as many seeds as the verdict rests on, in the same order in every arm.
        EvidenceError, in one line, if runs that it rests on are not there.

        >>> claim("C2a").outcomes("ours after 03")  # doctest: +SKIP
        {"D 1-4-1": array([0.31, ...]), "D 1-8-8-8-1": array([0.14, ...])}
        """
        if setting not in self.settings:
            wanted = f"wanted one of {self.settings}"
            raise EvidenceError(f"no setting {setting!r} in {self.id}: {wanted}")
        found, n = {}, self.seeds[setting]
        part = self.result["settings"][setting]
        if self._runs is None:
            raise EvidenceError(
                f"{self.id} was made of its result alone: wanted claim({self.id!r})"
            )
        for arm, key in (part["arms"] | part.get("also", {})).items():
            path = Path(self._runs) / f"{key}.txt"
            blocks = Runs(path).blocks()
            first_seeds = range(self.result["first_seed"], self.result["first_seed"] + n, BLOCK)
            if missing := [first for first in first_seeds if first not in blocks]:
                wanted = f"wanted seeds from {missing[0]} on, run `make evidence ARGS={self.id}`"
                raise EvidenceError(f"runs of {arm!r} are missing in {path}: {wanted}")
            found[arm] = np.concatenate([np.empty(0), *(blocks[first][0] for first in first_seeds)])
        return found

    def shares(self, setting):
        """Return the share of runs with outcome 1, {arm: share}, failed runs as the worst.

        EvidenceError for net wins, whose outcomes are not 0 or 1, and before the first look.
        """
        look = self.look(setting) if setting in self.settings else None
        if look is None or "first" not in look:
            wanted = "wanted a measured setting of a claim of shares"
            raise EvidenceError(f"no shares of {setting!r} in {self.id}: {wanted}")
        counts = look["first"], look.get("second")  # of a single arm there is no second
        arms = self.result["settings"][setting]["arms"]
        return {arm: count / look["seeds"] for arm, count in zip(arms, counts, strict=False)}

    @property
    def verdict(self):
        """The verdict on a single setting; of several, how many have which."""
        words = list(self.verdicts.values())
        return words[0] if len(words) == 1 else counted(words)

    def said(self, setting):
        """Return what came out in a setting, with no verdict; "" before the first look."""
        look = self.look(setting)
        if look is None:
            return ""
        counts = {key: look[key] for key in ("first", "second", "won", "lost") if key in look}
        hundredths = {key: in_hundred(count, look["seeds"]) for key, count in counts.items()}
        return self.result["says"].format(setting=setting, **hundredths).strip(" .\n")

    def sentences(self):
        """Return a sentence for each setting: what came out, with how many seeds, the verdict."""
        if not self.settings:
            word = self.verdicts["identity"]
            kept = {"identity": "Checked, and true to its tolerance: ", NOT_YET: ""}
            return [kept.get(word, "Checked, and not true to its tolerance: ") + f"{word}."]
        fields = {field for _, field, *_ in Formatter().parse(self.result["says"])}
        named = len(self.settings) == 1 or "setting" in fields
        return [
            f"{name}: {word}."
            if word == NOT_YET
            else f"{'' if named else f'{name}: '}{self.said(name)} "
            f"({self.seeds[name]:,} seeds): {word}."
            for name, word in self.verdicts.items()
        ]

    def forest(self, ax=None):
        """Draw the settings as a forest plot into `ax`, or a figure of its own; return the Axes."""
        from ganlab.evidence import forest  # not above: what measures need not load matplotlib

        if not self.settings:
            raise ValueError(f"{self.id} is an identity: wanted a claim with settings to draw")
        result, reference = self.result, self.result["reference"]
        if result["kind"] == "wins":
            label = "net wins: share of seeds as claimed, less that of the opposite"
        else:
            label = "share of runs" if reference is not None else "difference of shares of runs"
        if margin := result["margin"]:
            label += f"\ngrey: too small to matter, within {margin:g}"
        elif reference is not None:
            label += f"; line: the reference, {reference:g}"
        options = dict(margin=result["margin"], label=label)
        if reference is not None:
            options |= dict(zero=reference, direction=result["direction"])
        columns = self.estimates.values(), self.verdicts.values(), self.seeds.values()
        rows = list(zip(self.settings, *columns, strict=True))
        return forest.forest(forest.empty(self.settings) if ax is None else ax, rows, **options)

    def alt(self):
        """Return the alternative text of the forest plot, at most 250 characters."""
        start = f"Forest plot of {self.id}: "
        each = "; ".join(f"{name} {word}" for name, word in self.verdicts.items())
        if len(start + each) <= 250:
            return start + each
        return start + self.verdict

    def __repr__(self):
        again = f'Measure it anew: make evidence ARGS="{self.id} --again"'
        head = f"{self.id} ({self.source}): {self.statement}"
        return "\n".join([head, *self.sentences(), again])

    def _repr_html_(self):
        if len(self.settings) > TOLD:
            told = f"<b>{self.verdict[0].upper()}{self.verdict[1:]}</b>."
        else:
            told = "<br>".join(
                re.sub(f"({word})\\.$", r"<b>\1</b>.", html.escape(sentence))
                for sentence, word in zip(self.sentences(), self.verdicts.values(), strict=True)
            )
        links = (
            f'<a href="{HOW_TO_READ}">How to read a verdict</a> · '
            f'<a href="{LEDGER}#{anchor(self.id)}">{self.id} in the ledger</a> · measure it anew: '
            f'<code>make evidence ARGS="{self.id} --again"</code>'
        )
        head = f"<b>{self.id}</b> {html.escape(self.statement)} ({html.escape(self.source)})"
        return f"<p>{head}</p>\n<p>{told}</p>\n<p><small>{links}</small></p>"

    def _ipython_display_(self):
        # Two outputs: of one with text and picture, front ends show the text alone; and a
        # picture inside the text would be compared, byte by byte, by the notebooks' tests.
        from IPython.display import display

        display({"text/html": self._repr_html_(), "text/plain": repr(self)}, raw=True)
        if any(self.estimates.values()):
            from ganlab.figures import render

            png, alt = base64.b64encode(render(self.forest().figure)).decode(), self.alt()
            picture = {"image/png": png, "text/plain": f"Figure: {alt}"}
            display(picture, raw=True, metadata={"image/png": {"alt": alt}})


def one_line(text):
    """Return a text with each run of blanks and line ends as one blank."""
    return " ".join(text.split())


def in_hundred(count, n):
    """Return how many in a hundred `count` of `n` are, a half rounded up."""
    return (200 * count + n) // (2 * n)


def counted(words):
    """Return how many settings have which verdict, in words: 'supported in 3 settings, ...'."""
    (first, n), *others = sorted(Counter(words).items(), key=lambda item: WORDS.index(item[0]))
    if not others:
        return f"{first} in all {n} settings"
    told = [f"{first} in {n} setting{'s' * (n > 1)}", *(f"{word} in {n}" for word, n in others)]
    return ", ".join(told)


def anchor(id):
    """Return the name of a claim's place in docs/claims.md: "c1-2" of C1.2."""
    return id.lower().replace(".", "-")
