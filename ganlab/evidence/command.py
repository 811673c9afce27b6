"""The command line of `make evidence`."""

import argparse
import sys

from ganlab.evidence.fingerprint import fingerprint
from ganlab.evidence.ledger import ledger, readme
from ganlab.evidence.protocol import EvidenceError
from ganlab.evidence.store import FOLDER, claim, load_result
from ganlab.evidence.sweep import check_result, check_results, measure, protocols


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
        # Before a file is edited: what is measured is the code as it was imported.
        definitions = {id: fingerprint(protocol) for id, (protocol, _) in known.items()}
        for id in args.ids or known:
            stored = ""
            if args.again:
                check_result(load_result(id, folder), known[id][0], definitions[id])
                stored = f"; stored: {claim(id, folder).verdict}"
            print(f"{id}: {measure(*known[id], args.again, definitions[id])['verdict']}{stored}")
        check_results(known, definitions, folder)
        (folder.parent / "docs" / "claims.md").write_text(ledger(folder), encoding="utf-8")
        (folder / "README.md").write_text(readme(folder), encoding="utf-8")
    except EvidenceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
