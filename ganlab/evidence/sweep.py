"""Measuring: which blocks of seeds are wanted, and what follows from those that are there.

A `Sweep` says what to run next and takes what was run; it neither trains nor waits. So it is the
same whether units run here, one after the other, or on the machines of a cluster
(`ganlab.evidence.pools`), and so is what comes out.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from textwrap import shorten

import numpy as np

from ganlab.evidence.fingerprint import arm_key, fingerprint, remembering, training_key
from ganlab.evidence.protocol import BLOCK, ERROR, LOOKS, EvidenceError, Protocol
from ganlab.evidence.runs import Runs, versions
from ganlab.evidence.statistics import count, estimate, median_interval, verdict, with_failures
from ganlab.evidence.store import FOLDER, by_id, load_result, save, stored_ids
from ganlab.evidence.unit import Question, Unit

TEXTS = ("claim", "source", "measured", "notebook", "says")  # may be reworded
NUMBERS = ("kind", "direction", "margin", "reference", "least", "worst", "first_seed", "tolerance")
SELDOM = {"level": ERROR, "beyond": None}  # numbers that are stored where they are not these
NOT_TIMED = 1e9  # seconds that a training which was never run counts as: all others go first


@dataclass
class _Measured:
    """A setting of a protocol, on the way to its verdict."""

    protocol: Protocol
    name: str
    keys: dict  # {arm: key of its runs}, of those that are compared and of what else is asked
    trainings: dict  # {arm: key of its training}
    upto: int  # no look at more seeds is asked for; what is stored is looked at anyway
    looks: list = field(default_factory=list)
    medians: dict = field(default_factory=dict)
    firm: str = ""
    failed: str = ""

    @property
    def setting(self):
        return self.protocol.settings[self.name]

    @property
    def most(self):
        return self.setting.most

    @property
    def verdict(self):
        """The firm verdict, or "undecided" after the last look, or "" before it."""
        ended = bool(self.looks) and self.looks[-1]["seeds"] >= self.most
        return self.firm or "undecided" * ended

    @property
    def next(self):
        """The number of seeds of the next look; None if there is none."""
        return None if self.firm or len(self.looks) == len(LOOKS) else LOOKS[len(self.looks)]

    @property
    def is_open(self):
        return bool(self.next) and self.next <= self.upto and not self.failed


class Sweep:
    """Protocols, the runs that are stored, and what they say.

    known   {id: (Protocol, its file)}, as `store.protocols` gives it
    ids     of the protocols that are measured
    upto    no look at more seeds than that, for now
    lifted  whether to go on to the last of `LOOKS`, whatever bounds the settings have
    runs    where runs are stored, `folder`/runs unless told; then it is a rehearsal, and no
            result is stored

    EvidenceError if a stored result was measured by another protocol.
    """

    def __init__(self, known, ids=None, folder=FOLDER, *, upto=LOOKS[-1], lifted=False, runs=None):
        self.known, self.folder, self.rehearsal = known, Path(folder), runs is not None
        self.ids = list(known if ids is None else ids)
        self._own = self.folder == FOLDER
        self._runs_folder = Path(runs or self.folder / "runs")
        self._definitions, self._settings, self._files, self.errors = {}, {}, {}, {}
        with remembering():
            for id in self.ids:
                protocol, _ = known[id]
                self._definitions[id] = fingerprint(protocol)
                if (self.folder / "results" / f"{id}.json").exists() and runs is None:
                    stored = load_result(id, folder)
                    check_result(stored, protocol, self._definitions[id])
                    if protocol.check:
                        self.errors[id] = stored["error"]
                if not protocol.check:
                    self._settings[id] = [
                        self._begin(protocol, name, min(upto, LOOKS[-1] if lifted else s.most))
                        for name, s in protocol.settings.items()
                    ]
        self._asked = set()  # (training, first seed, key of runs) that were given out
        self.evaluate()

    def _begin(self, protocol, name, upto):
        arms = protocol.settings[name].asked
        keys = {arm: arm_key(what) for arm, what in arms.items()}
        for arm, key in keys.items():
            if key not in self._files:
                self._files[key] = Runs(self._runs_folder / f"{key}.txt", described(arms[arm]))
        trainings = {arm: training_key(what) for arm, what in arms.items()}
        return _Measured(protocol, name, keys, trainings, upto)

    # What is there ---------------------------------------------------------------------

    def evaluate(self, ids=None):
        """Look at all that is stored, and return the settings whose verdict changed by it."""
        fallen = []
        for id in self._settings if ids is None else ids:
            for measured in self._settings[id]:
                before = measured.verdict
                while (n := measured.next) and (arms := self._outcomes(measured, n)):
                    self._look(measured, n, arms)
                fallen += [measured] * (measured.verdict != before)
        return fallen

    def _outcomes(self, measured, n):
        """The outcomes of the compared arms on the first n seeds; None if any are missing."""
        found = []
        for arm, key in measured.keys.items():
            blocks = self._files[key].blocks()
            wanted = _first_seeds(measured.protocol, n)
            if any(first not in blocks for first in wanted):
                return None
            if arm in measured.setting.arms:
                found.append(np.concatenate([blocks[first][0] for first in wanted]))
        return found

    def _look(self, measured, n, arms):
        protocol = measured.protocol
        how = {"kind": protocol.kind, "direction": protocol.direction}
        which = {name: getattr(protocol, name) for name in ("worst", "least", "beyond")}
        counts = count(arms, **how, **which)
        found = estimate(counts, **how, reference=protocol.reference, level=protocol.level)
        measured.looks.append(counts | found._asdict())
        measured.firm = verdict(found, protocol.margin)
        if protocol.kind == "wins":
            medians = [median_interval(with_failures(x, protocol.worst))[0] for x in arms]
            measured.medians = dict(zip(measured.setting.arms, medians, strict=True))

    def check(self, id):
        """Measure an identity."""
        self.errors[id] = float(self.known[id][0].check())

    def results(self):
        """Return what follows from the runs that are there, {id: result} as it is stored."""
        return {id: self._result(id) for id in [*self._settings, *self.errors]}

    def _result(self, id):
        protocol, file = self.known[id]
        result = {"id": id, "question": question(file)}
        result |= {name: getattr(protocol, name) for name in (*TEXTS, *NUMBERS)}
        given = {name: getattr(protocol, name) for name in SELDOM}
        result |= {name: number for name, number in given.items() if number != SELDOM[name]}
        result |= {"file": file.relative_to(self.folder).as_posix()}
        result |= {"protocol": self._definitions[id], "settings": {}}
        for m in self._settings.get(id, ()):
            part = {"arms": {arm: m.keys[arm] for arm in m.setting.arms}}
            part |= {"also": {arm: m.keys[arm] for arm in m.setting.also}} if m.setting.also else {}
            part |= {"most": m.most, "looks": m.looks}
            part |= {"medians": m.medians} if m.medians else {}
            result["settings"][m.name] = part | {"verdict": m.verdict}
        if id in self.errors:
            kept = self.errors[id] <= protocol.tolerance
            word = "identity" if kept else "contradicted"
            result |= {"error": self.errors[id], "verdict": word}
        return save(result, None)

    def save(self):
        """Store the results that differ from what is stored; nothing of a rehearsal."""
        for id, result in ({} if self.rehearsal else self.results()).items():
            path = self.folder / "results" / f"{id}.json"
            there = load_result(id, self.folder) if path.exists() else {}
            if any(there.get(name) != value for name, value in result.items()):
                made = {"date": str(date.today()), "versions": versions()}
                save(result | made, path)

    # What is wanted --------------------------------------------------------------------

    def wanted(self):
        """Return the units that the next looks need and that were not given out yet.

        First those of the look that takes least, so that verdicts fall early: many looks at small
        GANs take less than one at a large one. Last those with a training not timed yet: it may
        take hours, which nothing else should wait for.
        """
        needed, costs, took = defaultdict(dict), {}, {}
        for measured in self.open:
            lacking = self._lacking(measured, measured.next)
            for training in {training for training, _ in lacking} - took.keys():
                seconds = self._seconds(training)
                took[training] = NOT_TIMED if seconds is None else seconds
            cost = sum(took[training] for training, _ in lacking)
            for (training, first), arms in lacking.items():
                for arm, key in arms:
                    if (training, first, key) not in self._asked:
                        asked = Question(measured.protocol.id, measured.name, arm, key)
                        needed[training, first].setdefault(key, asked)
                place = (training, first)
                costs[place] = min(cost, costs.get(place, cost))
        units = []
        for (training, first), questions in needed.items():
            some = next(iter(questions.values()))
            arm = self.known[some.protocol][0].settings[some.setting].asked[some.arm]
            name = f"{trained_by(arm)}, seeds {first} to {first + BLOCK - 1}"
            folder = "" if self._own else str(self.folder)
            asked = tuple(questions.values())
            units.append(Unit(folder, training, first, asked, name, costs[training, first]))
            self._asked |= {(training, first, key) for key in questions}
        return sorted(units, key=lambda unit: (unit.cost, unit.first_seed))

    def _lacking(self, measured, seeds):
        """{(training, first seed): [(arm, key)]}: what is missing of the first `seeds` seeds."""
        found = defaultdict(list)
        for arm, key in measured.keys.items():
            blocks = self._files[key].blocks()
            for first in _first_seeds(measured.protocol, seeds):
                if first not in blocks:
                    found[measured.trainings[arm], first].append((arm, key))
        return found

    def take(self, unit, answer):
        """Store the answer to a unit, and return the settings that are decided by it."""
        for key, outcomes in answer.outcomes.items():
            if unit.first_seed not in self._files[key].blocks():
                self._files[key].add(unit.first_seed, outcomes, answer.seconds, answer.versions)
        return self.evaluate(dict.fromkeys(q.protocol for q in self._asking(unit)))

    def give_up(self, unit, reason):
        """Leave the settings undecided that need a unit which cannot be had."""
        for question in self._asking(unit):
            for measured in self._settings[question.protocol]:
                if question.key in measured.keys.values():
                    measured.failed = reason

    def _asking(self, unit):
        """Questions of all settings that hang on a unit."""
        keys = {question.key for question in unit.questions}
        return [
            Question(id, m.name, arm, key)
            for id, settings in self._settings.items()
            for m in settings
            for arm, key in m.keys.items()
            if key in keys
        ]

    @property
    def settings(self):
        return [measured for settings in self._settings.values() for measured in settings]

    @property
    def open(self):
        """The settings that have a look before them."""
        return [measured for measured in self.settings if measured.is_open]

    @property
    def damaged(self):
        """The files of runs that have damaged lines."""
        return [runs.path for runs in self._files.values() if runs.damaged]

    def needed(self, until):
        """Return what open settings lack until a look: (units, seconds, trainings, blocks).

        until  "next", or "upto" for the last look of each
        The seconds are of those trainings that have been timed; counted are those that have not.
        """
        lacking = defaultdict(set)
        for measured in self.open:
            seeds = getattr(measured, until)
            for (training, first), arms in self._lacking(measured, seeds).items():
                lacking[training] |= {(first, key) for _, key in arms}
        seconds, unknown = 0.0, 0
        units = {training: len({first for first, _ in some}) for training, some in lacking.items()}
        for training, number in units.items():
            took = self._seconds(training)
            seconds += number * (took or 0.0)
            unknown += took is None and number > 0
        return sum(units.values()), seconds, unknown, sum(map(len, lacking.values()))

    @property
    def spent(self):
        """What the stored runs took: (units, seconds)."""
        took = {}
        for measured in self.settings:
            for arm, key in measured.keys.items():
                for first, (_, seconds) in self._files[key].blocks().items():
                    place = (measured.trainings[arm], first)
                    took[place] = max(seconds, took.get(place, 0.0))
        return len(took), sum(took.values())

    def _seconds(self, training):
        """What a block of a training took, on one core, where it is known; else None."""
        keys = {k for m in self.settings for a, k in m.keys.items() if m.trainings[a] == training}
        times = [s for key in keys for _, s in self._files[key].blocks().values()]
        return float(np.median(times)) if times else None


def _first_seeds(protocol, n):
    return [protocol.seeds(block)[0] for block in range(n // BLOCK)]


def question(file):
    """Return the first line of a claims file's docstring, which heads the claim in the ledger."""
    import ast

    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].strip()


def described(arm):
    """Return an arm in words: what is asked of what is trained."""
    return f"{_name(arm.outcome)} of {trained_by(arm)}"


def trained_by(arm):
    """Return what an arm trains, in words."""
    settings = ", ".join(f"{k}={_name(v)}" for k, v in arm.settings.items())
    return f"{_name(arm.training)}({settings})"


def _name(value):
    name = getattr(value, "__name__", None) or getattr(
        getattr(value, "func", None), "__name__", None
    )
    text = name or " ".join(repr(value).split())
    return shorten(text, 60, placeholder="...") if " " in text else text[:60]


def check_result(result, protocol, definition):
    """Hold a stored result against its protocol and the fingerprint that has today.

    EvidenceError if they differ; it names what has changed, as far as the result tells.
    """
    if result["protocol"] != definition:
        what = f"{result['id']}: {_changed(result, protocol)} changed after it was measured"
        raise EvidenceError(f"{what}; undo that, and give a new protocol a new id")


def _changed(result, protocol):
    """What differs between a stored result and its protocol, in words."""
    stored = {name: dict(part["arms"]) for name, part in result["settings"].items()}
    named = {name: list(setting.arms) for name, setting in protocol.settings.items()}
    if {name: list(arms) for name, arms in stored.items()} != named:
        return "its settings or the names of their arms"
    before = SELDOM | result
    for name in (*NUMBERS, *SELDOM):
        given = save({name: getattr(protocol, name)}, None)[name]  # as it would be stored
        if name in before and before[name] != given:
            return f"{name} (was {before[name]}, is {given})"
    for name, setting in protocol.settings.items():
        for arm, what in setting.arms.items():
            if arm_key(what) != stored[name][arm]:
                return f"what arm {arm!r} of {name!r} trains or asks"
    return "what its check does"


def check_results(known, folder=FOLDER):
    """Hold every stored result against its protocol: EvidenceError if they differ.

    known  {id: (Protocol, its file)}
    """
    with remembering():
        for id in sorted(stored_ids(folder), key=by_id):
            if id not in known:
                raise EvidenceError(f"{id}.json has no protocol: wanted the one it was measured by")
            check_result(load_result(id, folder), known[id][0], fingerprint(known[id][0]))
