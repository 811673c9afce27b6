"""The command line of `make evidence`."""

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from ganlab.evidence.history import history_page
from ganlab.evidence.ledger import ledger, ledger_picture, readme
from ganlab.evidence.pools import Cluster, Here
from ganlab.evidence.protocol import BLOCK, LOOKS, EvidenceError
from ganlab.evidence.runs import Runs
from ganlab.evidence.store import FOLDER, load_result, past_results, protocols, stored_ids, write
from ganlab.evidence.sweep import Sweep, check_results
from ganlab.evidence.unit import THREADS
from ganlab.progress import bar

SAVED = 20  # seconds after which results are stored anew
LINE = 700  # bytes of a stored block


class Stopped(BaseException):
    """Ctrl-C. Of a KeyboardInterrupt training would make a shorter run, which is no outcome."""


def _stop(signum, frame):
    raise Stopped


def main(argv=None, folder=FOLDER, pages=None):
    """Run the command line `python -m ganlab.evidence`, and return its exit status.

    `pages(folder)` writes what is made of the results; `write_pages` unless told.
    """
    args = _parser().parse_args(argv)
    args.pages = pages or write_pages
    before = signal.signal(signal.SIGINT, _stop)
    try:
        return _main(args, folder)
    except EvidenceError as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        print("Interrupted. What was finished is stored; run it again to go on.", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGINT, before)


def _main(args, folder):
    for name, value in THREADS.items():
        os.environ.setdefault(name, value)

    known = protocols(folder)
    ids = [name for id in args.ids for name in _named(id, known)] or list(known)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) if args.again else None
        sweep = Sweep(known, ids, folder, upto=args.upto, lifted=args.lift, runs=fresh)
        if args.plan:
            print(plan(sweep))
            return 0
        try:
            failed = measure(sweep, args)
        except BaseException:  # pages are those of the results, whatever ended the measurement
            with contextlib.suppress(EvidenceError):
                if not args.again:
                    args.pages(folder)
            raise
        if args.again:
            _compare(sweep, fresh, folder)
        else:
            args.pages(folder)
            check_results(known, folder)
    return 1 if failed else 0


def _parser():
    parser = argparse.ArgumentParser(
        "python -m ganlab.evidence",
        description="Measure claims: as many seeds as it takes, on this machine's cores or a "
        "cluster. What is stored is not measured again; safe to interrupt.",
    )
    parser.add_argument("ids", nargs="*", help="claims to measure, C1 or C1.2 say; else all")
    parser.add_argument("--plan", action="store_true", help="say what it would take, and stop")
    parser.add_argument("--again", action="store_true", help="measure anew, only to compare")
    parser.add_argument(
        "--upto", type=int, choices=LOOKS, default=LOOKS[-1], metavar="SEEDS",
        help=f"no more seeds than that for now, one of {', '.join(map(str, LOOKS))}",
    )  # fmt: skip
    parser.add_argument(
        "--lift", action="store_true", help="beyond the bounds of settings that take long"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="of a Dask cluster, tcp://host:8786 say; `none`: here, one after the other",
    )  # fmt: skip
    parser.add_argument("--processes", type=int, help="on this machine; else one a core")
    return parser


def _named(id, known):
    """The ids of protocols that `id` names: with its revision, or without."""
    found = [name for name in known if name == id or name.partition(".")[0] == id]
    if not found:
        raise EvidenceError(f"no protocol {id}: wanted one of {', '.join(known)}")
    return found


def measure(sweep, args):
    """Run what a `Sweep` wants until it wants no more, and return {what failed: why}."""
    failed = {}
    for id, (protocol, _) in sweep.known.items():
        if protocol.check and id in sweep.ids and id not in sweep.errors:
            sweep.check(id)
    for path in sweep.damaged:
        print(f"{path.name} has damaged lines: those blocks are measured again", flush=True)
    units = sweep.wanted()
    if not units:
        sweep.save()
        return failed
    pool = Here() if args.scheduler == "none" else Cluster(args.scheduler, args.processes)
    print(f"{len(units)} trainings of {BLOCK} seeds to begin with, {pool.told}.", flush=True)
    try:
        with bar(len(units), "safe to interrupt", unit="unit", delay=0) as progress:
            _finish(sweep, pool, units, progress, failed)
    finally:
        pool.close()
        with contextlib.suppress(EvidenceError):  # what ended the measurement is told
            sweep.save()
    sweep.save()  # says so if it could not be
    for name, reason in failed.items():
        print(f"failed: {name}: {reason}", file=sys.stderr)
    return failed


def _finish(sweep, pool, units, progress, failed):
    """Run `units`, and what is wanted after them."""
    pool.submit(units)
    saved = time.monotonic()
    while len(pool):
        unit, answer = pool.next()
        if isinstance(answer, BaseException):
            reason = " ".join(f"{type(answer).__name__}: {answer}".split())[:300]
            failed[unit.name] = reason
            sweep.give_up(unit, reason)
        else:
            for measured in sweep.take(unit, answer):
                progress.write(_fallen(measured), file=sys.stdout)
        more = sweep.wanted()
        pool.submit(more)
        progress.total += len(more)
        progress.update()
        if time.monotonic() - saved > SAVED:
            sweep.save()
            saved = time.monotonic()


def _fallen(measured):
    seeds = f"{measured.looks[-1]['seeds']:,} seeds"
    return f"{measured.protocol.id}, {measured.name}: {measured.verdict} ({seeds})"


def _compare(sweep, fresh, folder):
    """Say of each setting what was found now and what is stored, verdict and single runs."""
    for id, result in sweep.results().items():
        try:
            stored = load_result(id, folder)
        except EvidenceError:
            stored = {"settings": {}}
        if "error" in result:
            _told(id, result, stored, "")
        for name, now in result["settings"].items():
            other, both = _otherwise(now["arms"].values(), fresh, folder / "runs")
            runs = f", {other:,} of {both:,} runs came out otherwise" if both else ""
            _told(f"{id}, {name}", now, stored["settings"].get(name, {}), runs)


def _told(what, now, then, runs):
    there = f"{then['verdict'] or 'undecided so far'}{runs}" if then else "nothing yet"
    print(f"{what}: {now['verdict'] or 'undecided so far'}; stored: {there}")


def _otherwise(keys, *folders):
    """Of the runs of arms that are in both folders: how many differ in a digit, and their number.

    On a processor with other instructions sums are rounded otherwise, and runs come out otherwise.
    """
    other = both = 0
    for key in keys:
        blocks = [Runs(folder / f"{key}.txt").blocks() for folder in folders]
        for first_seed in blocks[0].keys() & blocks[1].keys():
            now, then = (of[first_seed][0] for of in blocks)
            other += int(np.sum((now != then) & ~(np.isnan(now) & np.isnan(then))))
            both += BLOCK
    return other, both


def write_pages(folder=FOLDER):
    """Write what is made of the results: docs/claims.md with its picture, and others."""
    from ganlab.figures import render

    results, docs = [load_result(id, folder) for id in stored_ids(folder)], folder.parent / "docs"
    write(docs / "claims.md", ledger(results))
    write(folder / "README.md", readme(results))
    if past := past_results(folder):
        write(docs / "claims_history.md", history_page(past))
    write(docs / "images" / "ledger.png", render(ledger_picture(results)))


def plan(sweep):
    """Return what settings took and what the open ones would take: units, core-hours and disk."""
    rows = {"at the next look": "next", "at the most": "upto"}
    lines = [f"{len(sweep.open)} of {len(sweep.settings)} settings have looks before them."]
    units, seconds = sweep.spent
    lines.append(f"so far: {units:,} units of {BLOCK} seeds, {seconds / 3600:.1f} core-hours")
    for words, until in rows.items():
        blocks, seconds, unknown, lines_added = sweep.needed(until)
        hours = f"{seconds / 3600:.1f} core-hours"
        hours += f" and those of {unknown} trainings not timed yet" * bool(unknown)
        disk = lines_added * LINE / 2**20
        lines.append(f"{words}: {blocks:,} units of {BLOCK} seeds, {hours}, {disk:.1f} MB of disk")
    return "\n".join(lines)
