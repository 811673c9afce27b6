"""From noisy training runs to a verdict that anyone can check.

One run proves nothing. What does: a `Protocol` fixed beforehand. Its two arms train on the same
seeds and are compared seed by seed, so that what a seed does to both cancels. A failed seed
counts as the worst outcome: to drop it would flatter its arm. Medians or shares, never means:
one exploded run in ten would own the mean. The 10-90 % spread says how much single runs differ;
the 99 % interval, which shrinks with more seeds, how far luck may have moved the estimate. Then
everything again on fresh seeds: only what clears the margin both times is firm.

Protocols are the tuples `PROTOCOLS` in evidence/*.py; `claim("C1a")` reads a stored result.
"""

import argparse
import ast
import hashlib
import importlib
import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from platform import python_version
from typing import NamedTuple

import numpy as np
from scipy import stats

from ganlab.progress import bar

FOLDER = Path(__file__).resolve().parents[1] / "evidence"
CLONE = "evidence is read from a clone of the project with `pip install -e .` run in it"
SEED_SETS = ("seeds", "confirm")  # measured first; measured again on fresh seeds
LISTED = 9  # more settings than that are counted, not listed


class EvidenceError(ValueError):
    """A protocol or a stored result that cannot be used; the message is one line."""


@dataclass(frozen=True)
class Setting:
    """`arms[name](seeds)` gives one outcome per seed, `(len(seeds),)`, NaN where it failed.

    An outcome is the metric averaged over the last tenth of a run's records. Compared are
    the first arm minus the second, or a single arm minus the protocol's `reference`.
    """

    arms: dict[str, Callable[[Sequence[int]], np.ndarray]]


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


class Estimate(NamedTuple):
    """An estimate, its interval, and the probability with which such intervals hold the truth."""

    effect: float
    low: float
    high: float
    coverage: float


def median_interval(values, confidence=0.99):
    """Return the `Estimate` of a median from `values` `(n,)`, infinities allowed.

    A value falls below the true median with probability 1/2, whatever the distribution, so
    the number that do is binomial, and two order statistics bracket the median with a known
    probability of at least `confidence` (ties only raise it). W. J. Conover, Practical
    Nonparametric Statistics (3rd ed., 1999), section 3.2.
    """
    n, x = len(values), np.sort([-np.inf, *values, np.inf])
    k = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5))  # 0 if n < 8, which bounds nothing
    with np.errstate(invalid="ignore"):  # halfway between -inf and inf is not a number
        middle = (x[(n + 1) // 2] + x[n // 2 + 1]) / 2
    return Estimate(middle, x[k], x[n + 1 - k], 1 - 2 * stats.binom.cdf(k - 1, n, 0.5))


def share_interval(first, second=None, confidence=0.99):
    """Return the `Estimate` of a success rate, or of the difference of two paired ones.

    `first`, `second`: 0 or 1, `(n,)`. One rate: the exact interval of Clopper and Pearson,
    Biometrika 26 (1934) 404-413. Two: only pairs that disagree carry information; coverage
    is approximate; D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a
    difference of binomial proportions based on paired data", J. Educ. Behav. Stat. 37 (2012).
    """
    n = len(first)
    if second is None:
        test = stats.binomtest(int(np.sum(first)), n)
        return Estimate(test.statistic, *test.proportion_ci(confidence, "exact"), confidence)
    won, lost = np.sum(first > second), np.sum(first < second)
    p, q = (won + 1) / (n + 2), (lost + 1) / (n + 2)
    half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return Estimate((won - lost) / n, max(p - q - half, -1), min(p - q + half, 1), confidence)


def _with_failures(outcomes, worst):
    outcomes = np.asarray(outcomes, dtype=float)
    return np.where(np.isfinite(outcomes), outcomes, float(worst))


def estimate(arms, *, kind, worst, direction=1, reference=None):
    """Return the `Estimate` for the outcomes of one or two `arms`, `(seeds,)` each.

    It is positive where the claim says so. Where both arms failed, the difference is 0.
    """
    arms = [_with_failures(arm, worst) for arm in arms]
    if kind == "rate":
        found = share_interval(*arms)
    else:
        first, second = arms if len(arms) == 2 else (arms[0], 0.0)
        unequal = first != second  # inf - inf is left out
        found = median_interval(np.subtract(first, second, out=0.0 * unequal, where=unequal))
    effect, *ends = (direction * (value - (reference or 0.0)) for value in found[:3])
    return Estimate(effect, min(ends), max(ends), found.coverage)


def verdict(estimates, margin=0.0):
    """Return the verdict on the `estimates` of all seed sets: firm only if every one is."""
    if all(e.low > margin for e in estimates):
        return "supported"
    return "contradicted" if all(e.high < -margin for e in estimates) else "inconclusive"


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

    def _cells(self):  # of the ledger's row
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
                x = np.sort(_with_failures(outcomes["confirm"], result["worst"]))
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
        cells = dict(zip(HEADINGS, self._cells(), strict=True))
        effects = cells[HEADINGS[5]].replace("\n", "\n- ")  # the metric, then the settings
        about = f"{HEADINGS[5]}, {cells['seeds']} seeds: " if self.estimates else ""
        return (
            f"**{self.id}: {self.verdict}.** {self.statement} ({self.source})\n\n"
            f"{cells[HEADINGS[3]]}\n\n{about}{effects}\n\n"
            f'<small>Measure it anew: `make evidence ARGS="{self.id} --again"`</small>'
        )


def _table(rows):  # in Markdown
    cells = [[text.replace("|", "\\|").replace("\n", "<br>") for text in row] for row in rows]
    cells.insert(1, ["---"] * len(cells[0]))
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def fingerprint(path):
    """Return the hash of the protocol file `path` and of the evidence files it imports.

    Comments, formatting and docstrings do not matter; every other word and number does.
    """
    code, files = {}, [Path(path)]
    for file in files:  # which grows meanwhile
        if file.name not in code and file.exists():
            tree = ast.parse(file.read_text(encoding="utf-8"))
            code[file.name] = _skeleton(tree)
            for node in ast.walk(tree):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                files += [file.with_name(f"{name.split('.')[0]}.py") for name in names]
    return hashlib.sha256(repr(sorted(code.items())).encode()).hexdigest()[:16]


def _skeleton(node):  # not ast.dump, in which empty fields come and go with Python's version
    if isinstance(node, ast.AST):
        parts = [(k, _skeleton(v)) for k, v in ast.iter_fields(node) if v not in (None, [])]
        return type(node).__name__, parts
    if isinstance(node, list):  # a constant standing alone is a docstring
        alone = [isinstance(x, ast.Expr) and isinstance(x.value, ast.Constant) for x in node]
        return [_skeleton(x) for x, skip in zip(node, alone, strict=True) if not skip]
    return repr(node)


def load_result(id, folder=FOLDER):
    """Return the stored result of a claim as a dict; it has no verdict while unfinished.

    EvidenceError if there is none, or if its protocol changed since.
    """
    path = Path(folder) / "results" / f"{id}.json"
    if not path.exists():
        raise EvidenceError(f"no result {path}: wanted an id from docs/claims.md; {CLONE}")
    result = json.loads(path.read_text(encoding="utf-8"))
    if fingerprint(Path(folder) / result["file"]) != result["protocol"]:
        what = f"{id}: evidence/{result['file']} changed after its result was measured"
        raise EvidenceError(f"{what}; undo that, and give a new protocol a new id in a new file")
    return result


def claim(id, folder=FOLDER):
    """Return the `Claim` measured under `id`; EvidenceError says what to do if there is none."""
    result = load_result(id, folder)
    if "verdict" not in result:
        raise EvidenceError(f"{id} is not finished: run `make evidence ARGS={id}`")
    return Claim(result)


LEDGER = """# The claims and their verdicts

Generated by `make evidence`, which measures what has no result in evidence/results yet;
`make evidence ARGS="C1a --again"` measures one claim anew and compares. An effect is the median
difference of two arms paired by seed, or of success rates, or from a reference; positive means as
claimed. In brackets its 99 % interval; *again*: on fresh seeds. Failed seeds count as the worst
outcome. **supported**, **contradicted**: both intervals lie beyond the least effect that matters
(the margin). **inconclusive**: they do not. A claim measured in several settings has the verdict
of the first, which is the source's own where that is known, unless it **depends**: supported in
one, contradicted in another. **identity**: a mathematical fact, checked to a tolerance.

A2e and A2f replace A2c and A2d, whose seeds shared four data sets: their intervals are too narrow.

"""
HEADINGS = ("id", "claim", "source", "how measured", "seeds")
HEADINGS += ("effect (positive: as claimed), 99 % interval", "single runs, 10-90 %")
HEADINGS += ("verdict", "notebook")


def ledger(folder=FOLDER):
    """Return the text of docs/claims.md: one row for each finished result."""
    ids = [path.stem for path in (Path(folder) / "results").glob("*.json")]
    ids.sort(key=lambda id: [part.zfill(4) for part in re.split(r"(\d+)", id)])  # C2 before C10
    results = [load_result(id, folder) for id in ids]
    rows = [Claim(result)._cells() for result in results if "verdict" in result]
    return LEDGER + _table([HEADINGS, *rows])


def protocols(folder=FOLDER):
    """Return every protocol, `{id: (Protocol, its file)}`."""
    found = {}
    sys.path[:0] = [] if str(folder) in sys.path else [str(folder)]  # they may import each other
    for path in sorted(Path(folder).glob("*.py")):
        for protocol in getattr(importlib.import_module(path.stem), "PROTOCOLS", ()):
            if protocol.id in found or not protocol.id.lower().startswith(path.stem):
                raise EvidenceError(f"{path.name}: wanted new ids like its name, got {protocol.id}")
            found[protocol.id] = protocol, path
    if not found:
        raise EvidenceError(f"no protocols in {folder}: {CLONE}")
    return found


def measure(protocol, file, again=False):
    """Return the finished result of `protocol`, which is in the evidence file `file`.

    Each arm on each seed set is saved as soon as it is done, and what is saved is not run
    again. With `again=True` everything is run, and nothing is read or saved.
    """
    target = None if again else file.parent / "results" / f"{protocol.id}.json"
    if target and target.exists():
        result = load_result(protocol.id, file.parent)
    else:
        result = {f.name: getattr(protocol, f.name) for f in fields(protocol)}
        del result["settings"], result["check"]
        result |= {"file": file.name, "protocol": fingerprint(file), "outcomes": {}}
    arms = [(name, arm) for name, setting in protocol.settings.items() for arm in setting.arms]
    parts = [(*arm, s) for arm in arms for s in SEED_SETS] or [("identity", "check", "error")]
    with bar(len(parts), f"{protocol.id}, safe to interrupt", unit="part") as progress:
        for name, arm, seed_set in parts:
            done = result["outcomes"].setdefault(name, {}).setdefault(arm, {})
            if seed_set not in done:
                done[seed_set] = _outcomes(protocol, name, arm, seed_set)
                used = [x for x in ("ganlab", "tensorflow", "keras", "numpy") if x in sys.modules]
                versions = {name: sys.modules[name].__version__ for name in used}
                versions["python"] = python_version()
                result = _save(result | {"date": str(date.today()), "versions": versions}, target)
            progress.update()
    found = Claim(result)
    numbers = {k: {s: e._asdict() for s, e in v.items()} for k, v in found.estimates.items()}
    return _save(result | {"estimates": numbers, "verdict": found.verdict}, target)


def _outcomes(protocol, name, arm, seed_set):
    if protocol.check:
        return float(protocol.check())
    seeds, rate = getattr(protocol, seed_set), protocol.kind == "rate"
    try:
        values = np.asarray(protocol.settings[name].arms[arm](seeds), dtype=float)
    except FloatingPointError:  # TrainingFailed: no seed stayed finite
        values = np.full(len(seeds), np.nan)
    if values.shape != (len(seeds),) or (rate and {*values[np.isfinite(values)]} - {0, 1}):
        wanted = f"{len(seeds)} outcomes" + ", each 0 or 1" * rate
        raise EvidenceError(f"{protocol.id}, arm {arm!r}: wanted {wanted}, got {values.tolist()}")
    return values


def _save(result, path):  # and return what was saved
    result = json.loads(  # five digits; "nan" and "inf" are strings, for strict JSON has neither
        json.dumps(result, default=lambda array: np.asarray(array).tolist()),
        parse_float=lambda text: float(f"{float(text):.5g}"),
        parse_constant=lambda text: str(float(text)),
    )
    if path:
        text = json.dumps(result, indent=1, ensure_ascii=False)
        text = re.sub(r"\[[^][{}]*\]", lambda row: re.sub(r"\n\s*", " ", row[0]), text)
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".part").write_text(text + "\n", encoding="utf-8")
        os.replace(path.with_suffix(".part"), path)  # readers see the old or the new, whole
    return result


def main(argv=None, folder=FOLDER):
    """Run the command line `python -m ganlab.evidence`, and return its exit status."""
    parser = argparse.ArgumentParser("python -m ganlab.evidence", description="Measure claims.")
    parser.add_argument("ids", nargs="*", help="claims to measure, C1a say; without any, all")
    parser.add_argument("--again", action="store_true", help="measure anew, only to compare")
    args = parser.parse_args(argv)
    import ganlab.backend  # noqa: F401 - quietly, before a protocol imports Keras

    try:
        known = protocols(folder)
        if unknown := set(args.ids) - set(known):
            raise EvidenceError(f"no protocol {min(unknown)}: wanted one of {', '.join(known)}")
        for id in args.ids or known:
            stored = f"; stored: {claim(id, folder).verdict}" if args.again else ""
            print(f"{id}: {measure(*known[id], args.again)['verdict']}{stored}")
        (folder.parent / "docs" / "claims.md").write_text(ledger(folder), encoding="utf-8")
    except EvidenceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":  # as the module that protocols import, not a second copy of it
    from ganlab.evidence import main

    # Ctrl-C would make training return what it has, which is no outcome: end at once instead.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
