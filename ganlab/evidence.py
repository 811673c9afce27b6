"""From noisy training runs to a verdict that anyone can check.

Runs that differ only in their random numbers can end in different places, so one run proves
nothing. What does: a `Protocol` written beforehand (what is compared, by which number, which
way the claim says it goes, how small an effect no longer matters: the margin). Both arms
train on the same seeds and are compared seed by seed, so that what a seed does to both
cancels; a failed seed counts as the worst outcome, for to drop it would flatter its arm.
Medians or shares of successes, never means: one exploded run in ten would own the mean. The
10-90 % spread says how much single runs differ, and more seeds do not shrink it; the 99 %
interval says how far luck may have moved the estimate, and more seeds do. Then everything
again on fresh seeds: only what clears the margin both times is firm.

Protocols are the tuples `PROTOCOLS` in evidence/*.py; `python -m ganlab.evidence` runs those
without a result; `claim("C1")` reads a stored result, for notebooks.
"""

import argparse
import ast
import hashlib
import html
import importlib
import json
import os
import platform
import re
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from ganlab import __version__
from ganlab.progress import bar

FOLDER = Path(__file__).resolve().parents[1] / "evidence"
CLONE = "evidence is read from a clone of the project with `pip install -e .` run in it"
SEED_SETS = ("seeds", "confirm")  # measured first; measured again on fresh seeds


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
        given = bool(self.settings), self.check is not None, self.tolerance is not None
        counts = {len(setting.arms) for setting in self.settings.values()}
        worst = (0, 1) if self.kind == "rate" else (self.worst,)
        seeds = [*self.seeds, *self.confirm]
        for sound, wanted in (
            (re.fullmatch(r"[A-Z]\d+[a-z0-9]*", self.id), "an id like 'C1' or 'C1b'"),
            (given in [(1, 0, 0), (0, 1, 1)], "settings, or a check and a tolerance"),
            (counts <= {2 if self.reference is None else 1}, "two arms, or one and a reference"),
            (self.kind in ("median", "rate"), "kind 'median' or 'rate'"),
            (self.direction in (1, -1) and self.margin >= 0, "direction 1 or -1, margin >= 0"),
            (not counts or None is not self.worst in worst, "worst (0 or 1 for a rate)"),
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
    x, n = np.sort(values), len(values)
    with np.errstate(invalid="ignore"):  # halfway between -inf and inf is not a number
        middle = (x[(n - 1) // 2] + x[n // 2]) / 2
    k = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5))  # the k-th smallest and largest
    if k == 0:  # fewer than 8 values bound nothing at 99 %
        return Estimate(middle, -np.inf, np.inf, 1.0)
    return Estimate(middle, x[k - 1], x[n - k], 1 - 2 * stats.binom.cdf(k - 1, n, 0.5))


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


def with_failures(outcomes, worst):
    """Return `outcomes` as floats, with `worst` in place of all that are not finite."""
    outcomes = np.asarray(outcomes, dtype=float)
    return np.where(np.isfinite(outcomes), outcomes, float(worst))


def estimate(arms, *, kind, worst, direction=1, reference=None):
    """Return the `Estimate` for the outcomes of one or two `arms`, `(seeds,)` each.

    It is positive where the claim says so. Where both arms failed, the difference is 0.
    """
    arms = [with_failures(arm, worst) for arm in arms]
    shift = 0.0 if reference is None else reference
    if kind == "rate":
        *found, coverage = share_interval(*arms)
    else:
        with np.errstate(invalid="ignore"):  # inf - inf: both failed
            difference = arms[0] - arms[1] if len(arms) == 2 else arms[0]
        *found, coverage = median_interval(np.where(np.isnan(difference), 0.0, difference))
    effect, *ends = (direction * (value - shift) for value in found)
    return Estimate(effect, min(ends), max(ends), coverage)


def verdict(estimates, margin=0.0):
    """Return the verdict on the `estimates` of all seed sets: firm only if every one is."""
    if all(e.low > margin for e in estimates):
        return "supported"
    return "contradicted" if all(e.high < -margin for e in estimates) else "inconclusive"


def judge(result):
    """Return what follows from the outcomes in a `result`: its estimates and its verdict."""
    if result["tolerance"] is not None:
        kept = float(result["outcomes"]["identity"]["check"]["error"]) <= result["tolerance"]
        return {"estimates": {}, "verdict": "identity" if kept else "contradicted"}
    options = {name: result[name] for name in ("kind", "worst", "direction", "reference")}
    estimates, margin = {}, result["margin"]
    for setting, arms in result["outcomes"].items():
        found = [estimate([arm[s] for arm in arms.values()], **options) for s in SEED_SETS]
        small = margin > 0 and all(-margin <= e.low and e.high <= margin for e in found)
        estimates[setting] = {"verdict": verdict(found, margin), "negligible": small}
        for s, e in zip(SEED_SETS, found, strict=True):
            x = {arm: np.sort(with_failures(y[s], result["worst"])) for arm, y in arms.items()}
            spread = {arm: (y[len(y) // 10], y[-1 - len(y) // 10]) for arm, y in x.items()}
            estimates[setting][s] = e._asdict() | {"spread": spread}
    firm = [entry["verdict"] for entry in estimates.values()]
    opposite = {"supported", "contradicted"} <= set(firm)
    return _plain({"estimates": estimates, "verdict": "depends" if opposite else firm[0]})


def fingerprint(path):
    """Return the hash of the protocol file `path` and of the evidence files it imports.

    Comments, formatting and docstrings do not matter; every other word and number does.
    """
    trees, queue = {}, [Path(path)]
    while queue:
        file = queue.pop()
        if file.name not in trees and file.exists():
            tree = ast.parse(file.read_text(encoding="utf-8"))
            trees[file.name] = _skeleton(tree)
            for node in ast.walk(tree):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                queue += [file.with_name(f"{name.split('.')[0]}.py") for name in names]
    return hashlib.sha256(repr(sorted(trees.items())).encode()).hexdigest()[:16]


def _skeleton(node):  # not ast.dump, in which empty fields come and go with Python's version
    if isinstance(node, ast.AST):
        parts = [(k, _skeleton(v)) for k, v in ast.iter_fields(node) if v is not None and v != []]
        return type(node).__name__, parts
    if isinstance(node, list):  # a constant standing alone is a docstring
        alone = [isinstance(x, ast.Expr) and isinstance(x.value, ast.Constant) for x in node]
        return [_skeleton(x) for x, skip in zip(node, alone, strict=True) if not skip]
    return repr(node)


def _plain(value):  # what strict JSON can hold: five digits, and "nan" or "inf" as strings
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | range | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, float):  # np.float64 too
        return float(f"{value:.5g}") if np.isfinite(value) else str(float(value))
    return value


def load_result(id, folder=FOLDER):
    """Return the stored result of a claim as a dict; it has no verdict while unfinished.

    EvidenceError if there is none, or if its protocol changed since.
    """
    path = Path(folder) / "results" / f"{id}.json"
    if not path.exists():
        raise EvidenceError(f"no result {path}: wanted an id from docs/claims.md; {CLONE}")
    result = json.loads(path.read_text(encoding="utf-8"))
    if fingerprint(Path(folder) / result["file"]) != result["protocol"]:
        raise EvidenceError(
            f"{id}: evidence/{result['file']} changed after its result was measured; undo that, "
            "and put the new protocol under a new id into a new file that says why"
        )
    return result


def protocols(folder=FOLDER):
    """Return every protocol, `{id: (Protocol, its file)}`, in the order of the files."""
    found = {}
    sys.path[:0] = [] if str(folder) in sys.path else [str(folder)]  # they may import each other
    for path in sorted(Path(folder).glob("*.py"), key=_order):
        for protocol in getattr(importlib.import_module(path.stem), "PROTOCOLS", ()):
            if protocol.id in found or not protocol.id.lower().startswith(path.stem):
                raise EvidenceError(f"{path.name}: wanted new ids like its name, got {protocol.id}")
            found[protocol.id] = protocol, path
    return found


def _order(path):  # C2 before C10
    return [part.zfill(4) for part in re.split(r"(\d+)", path.stem)]


def _parts(protocol):
    if protocol.check is not None:
        return [("identity", "check", "error")]
    arms = [(name, arm) for name, setting in protocol.settings.items() for arm in setting.arms]
    return [(setting, arm, seed_set) for setting, arm in arms for seed_set in SEED_SETS]


def _measure_part(protocol, setting, arm, seed_set):
    seeds, rate = getattr(protocol, seed_set, ()), protocol.kind == "rate"
    try:
        if protocol.check is not None:
            return float(protocol.check())
        values = np.asarray(protocol.settings[setting].arms[arm](seeds), dtype=float)
    except FloatingPointError:  # TrainingFailed: no seed stayed finite
        values = np.full(len(seeds), np.nan)
    if values.shape != (len(seeds),) or (rate and {*values[np.isfinite(values)]} - {0, 1}):
        wanted = f"{len(seeds)} outcomes" + ", each 0 or 1" * rate
        raise EvidenceError(f"{protocol.id}, arm {arm!r}: wanted {wanted}, got {values.tolist()}")
    return values


def measure(protocol, source, target, advance=lambda: None):
    """Run what the JSON file `target` lacks of `protocol`, which is in the file `source`.

    Each arm on each seed set is saved as soon as it is done, before `advance()` is called.
    Returns the finished result.
    """
    result = {f.name: getattr(protocol, f.name) for f in fields(protocol)}
    del result["settings"], result["check"]
    result = _plain(result) | {"file": source.name, "protocol": fingerprint(source)}
    result = load_result(protocol.id, source.parent) if target.exists() else result
    stopped = []  # training that is interrupted returns what it has, and that is no outcome
    before = signal.signal(
        signal.SIGINT, lambda *args: stopped.append(args) or signal.default_int_handler(*args)
    )
    try:
        for setting, arm, seed_set in _parts(protocol):
            arms = result.setdefault("outcomes", {}).setdefault(setting, {})
            if seed_set not in arms.get(arm, {}):
                outcomes = _measure_part(protocol, setting, arm, seed_set)
                if stopped:
                    raise KeyboardInterrupt
                arms.setdefault(arm, {})[seed_set] = _plain(outcomes)
                result |= {"date": str(date.today()), "versions": _versions()}
                _save(target, result)
            advance()
    finally:
        signal.signal(signal.SIGINT, before)
    finished = result | judge(result)
    if finished != result:  # new, or judged by mended statistics
        _save(target, finished)
    return finished


def _versions():
    own = {"python": platform.python_version(), "ganlab": __version__}
    used = [name for name in ("tensorflow", "keras", "numpy") if name in sys.modules]
    return own | {name: sys.modules[name].__version__ for name in used}


def _save(path, result):
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    text = re.sub(r"\[[^][{}]*\]", lambda row: re.sub(r"\n\s*", " ", row[0]), text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".part").write_text(text + "\n", encoding="utf-8")
    os.replace(path.with_suffix(".part"), path)  # readers see the old file or the new, whole


def _seeds(result):
    return " + ".join(str(len(result[s])) for s in SEED_SETS) if result["estimates"] else "no"


def _effects(result):  # a line of numbers for each setting
    if not result["estimates"]:
        error = float(result["outcomes"]["identity"]["check"]["error"])
        return [f"largest error {error:.1g}, tolerance {result['tolerance']:.1g}"]
    lines, unit = [], result["unit"]
    for setting, entry in result["estimates"].items():
        pair = [Estimate(*(float(entry[s][k]) for k in Estimate._fields)) for s in SEED_SETS]
        numbers = ", again ".join(f"{e.effect:+.3g} [{e.low:+.3g}, {e.high:+.3g}]" for e in pair)
        small = f"; any effect is smaller than {result['margin']:g}" * entry["negligible"]
        lines.append(f"{setting}: {numbers} {unit} ({entry['verdict']}{small})")
    return lines


class Claim:
    """A measured claim, for a notebook to show, quote and plot.

    Text: `id`, `statement`, `source`, `verdict`. For each name in `settings`: arrays
    `outcomes[setting][arm][seed set]`, `(seeds,)`, NaN where a seed failed, and an
    `Estimate` `estimates[setting][seed set]`; the seed sets are "seeds" and "confirm".
    `effect` and `interval` (None for an identity): the first setting's, on fresh seeds.
    `result`: all that is stored.
    """

    def __init__(self, result):
        self.id, self.statement, self.source = result["id"], result["claim"], result["source"]
        self.verdict, self.settings = result["verdict"], list(result["outcomes"])
        self.result, self.effect, self.interval = result, None, None
        self.outcomes = {
            name: {a: {s: np.array(row[s], float) for s in row} for a, row in arms.items()}
            for name, arms in result["outcomes"].items()
        }
        self.estimates = {
            name: {s: Estimate(*(float(e[s][k]) for k in Estimate._fields)) for s in SEED_SETS}
            for name, e in result["estimates"].items()
        }
        if self.estimates:
            self.effect, *ends, _ = self.estimates[self.settings[0]]["confirm"]
            self.interval = tuple(ends)

    def _how(self):
        seeds = _seeds(self.result)
        return f"measured over {seeds} seeds; repeat with: make evidence ARGS={self.id}"

    def __repr__(self):
        each = [f"{k}: {e['verdict']}" for k, e in self.result["estimates"].items()]
        words = self.verdict + f" ({'; '.join(each)})" * (len(each) > 1)
        return f"{self.id} ({self.source}): {self.statement}\n{words}, {self._how()}"

    def _repr_html_(self):
        lines = [self.result["metric"], *_effects(self.result)]
        for name, entry in self.result["estimates"].items():
            arms = (f"{arm} {a} to {b}" for arm, (a, b) in entry["confirm"]["spread"].items())
            lines.append(f"single runs, {name}, from 10 to 90 %: {', '.join(arms)}")
        text, *rest = map(html.escape, [self.statement, *filter(None, lines), self._how()])
        return f"<p>{text}<br><b>{self.verdict}</b><br>{'<br>'.join(rest)}</p>"


def claim(id, folder=FOLDER):
    """Return the `Claim` measured under `id`; EvidenceError says what to do if there is none."""
    result = load_result(id, folder)
    if "verdict" not in result:
        raise EvidenceError(f"{id} is not finished: run `make evidence ARGS={id}`")
    return Claim(result)


LEDGER = """# The claims and their verdicts

Generated by `make evidence`, which measures what has no result in evidence/results yet;
`make evidence ARGS=C1` repeats one claim and compares the verdicts. An effect is the median
difference of two arms paired by seed, or of success rates, or from a reference; positive means as
claimed. In brackets its 99 % interval; *again*: on fresh seeds. Failed seeds count as the worst
outcome. **supported**, **contradicted**: both intervals lie beyond the least effect that matters.
**inconclusive**: they do not. **depends**: supported in one setting, contradicted in another.
**identity**: a mathematical fact, checked to a tolerance.

| id | claim | source | how measured | seeds | effect, 99 % interval | verdict | notebook |
|---|---|---|---|---|---|---|---|
"""


def ledger(folder=FOLDER):
    """Return the text of docs/claims.md: one row for each finished result."""
    rows = []
    for path in sorted((Path(folder) / "results").glob("*.json"), key=_order):
        result = load_result(path.stem, folder)
        if "verdict" in result:
            row = [result[k] for k in ("id", "claim", "source", "measured")] + [_seeds(result)]
            row.append("<br>".join(filter(None, [result["metric"], *_effects(result)])))
            row += [result["verdict"], result["notebook"]]
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n")
    return LEDGER + "".join(rows)


def main(argv=None, folder=FOLDER):
    """Run the command line `python -m ganlab.evidence`, and return its exit status."""
    parser = argparse.ArgumentParser("python -m ganlab.evidence", description="Measure claims.")
    parser.add_argument("ids", nargs="*", help="claims to finish or to repeat; else all unmeasured")
    parser.add_argument("--list", action="store_true", help="only list the claims and verdicts")
    parser.add_argument("--ledger", action="store_true", help="only write docs/claims.md")
    args = parser.parse_args(argv)
    try:
        if not folder.is_dir():
            raise EvidenceError(f"no folder {folder}: {CLONE}")
        if not args.ledger:
            _run(args.ids, args.list, folder)
        if not args.list:
            (folder.parent / "docs" / "claims.md").write_text(ledger(folder), encoding="utf-8")
    except EvidenceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted: what is done is saved, and the same command goes on from there.")
        return 130
    return 0


def _run(ids, only_list, folder):
    known = protocols(folder)
    if unknown := set(ids) - set(known):
        raise EvidenceError(f"no protocol {min(unknown)}: wanted one of {', '.join(known)}")
    files = {id: folder / "results" / f"{id}.json" for id in ids or known}
    stored = {id: load_result(id, folder) if file.exists() else {} for id, file in files.items()}
    old = {id: r.get("verdict", "unfinished" if r else "not measured") for id, r in stored.items()}
    lines = [f"{id}: {state}" for id, state in old.items()] if only_list else []
    jobs = {} if only_list else files
    with bar(sum(len(_parts(known[id][0])) for id in jobs), "measuring", unit="part") as progress:
        for id, target in jobs.items():
            repeat = bool(ids) and "verdict" in stored[id]
            if repeat:  # apart from the stored result, which stays as it is
                target = folder.parent / "build" / "evidence" / target.name
                target.unlink(missing_ok=True)
            found = measure(*known[id], target, progress.update)["verdict"]
            if repeat or "verdict" not in stored[id]:
                lines.append(f"{id}: {found}" + f" (stored: {old[id]})" * repeat)
    print(*lines or ["Every claim has its result."], sep="\n")


if __name__ == "__main__":  # as the module that protocols import, not a second copy of it
    from ganlab.evidence import main

    sys.exit(main())
