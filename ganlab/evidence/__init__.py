"""From noisy training runs to a verdict that anyone can check.

One run proves nothing. What does: a `Protocol` fixed beforehand. Its two arms train on the same
seeds and are compared seed by seed, so that what a seed does to both cancels. A failed seed
counts as the worst outcome: to drop it would flatter its arm. Medians or shares, never means:
one exploded run in ten would own the mean. The 10-90 % spread says how much single runs differ;
the 99 % interval, which shrinks with more seeds, how far luck may have moved the estimate. Then
everything again on fresh seeds: only what clears the margin both times is firm.

Protocols are the tuples `PROTOCOLS` in evidence/claims/*.py; `claim("C1a")` reads a stored result.
"""

from ganlab.evidence.claims import Claim
from ganlab.evidence.command import main
from ganlab.evidence.fingerprint import fingerprint
from ganlab.evidence.ledger import ledger, readme
from ganlab.evidence.protocol import SEED_SETS, Arm, EvidenceError, Protocol, Setting
from ganlab.evidence.statistics import (
    Estimate,
    estimate,
    median_interval,
    share_interval,
    verdict,
)
from ganlab.evidence.store import FOLDER, claim, load_result
from ganlab.evidence.sweep import measure, protocols

__all__ = [
    "FOLDER",
    "SEED_SETS",
    "Arm",
    "Claim",
    "Estimate",
    "EvidenceError",
    "Protocol",
    "Setting",
    "claim",
    "estimate",
    "fingerprint",
    "ledger",
    "load_result",
    "main",
    "measure",
    "median_interval",
    "protocols",
    "readme",
    "share_interval",
    "verdict",
]
