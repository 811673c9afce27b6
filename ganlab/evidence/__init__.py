"""From noisy training runs to a verdict that anyone can check.

One run proves nothing. What does: a `Protocol` fixed beforehand. Its two arms train on the same
seeds and are compared seed by seed, so that what a seed does to both cancels. A failed seed
counts as the worst outcome: to drop it would flatter its arm. What is compared are shares of runs,
never means: one exploded run in ten would own the mean. Seeds are added, always twice as many,
until the interval of the effect decides; over all its looks a setting errs once in a thousand.

Protocols are the tuples `PROTOCOLS` in evidence/claims/*.py; `claim("C1")` reads a stored result.
"""

from ganlab.evidence.claims import Claim
from ganlab.evidence.command import main
from ganlab.evidence.fingerprint import fingerprint
from ganlab.evidence.protocol import BLOCK, LOOKS, Arm, EvidenceError, Protocol, Setting
from ganlab.evidence.statistics import (
    Estimate,
    difference_interval,
    median_interval,
    share_interval,
    verdict,
)
from ganlab.evidence.store import FOLDER, claim, load_result, protocols
from ganlab.evidence.sweep import Sweep

__all__ = [
    "BLOCK",
    "FOLDER",
    "LOOKS",
    "Arm",
    "Claim",
    "Estimate",
    "EvidenceError",
    "Protocol",
    "Setting",
    "Sweep",
    "claim",
    "difference_interval",
    "fingerprint",
    "load_result",
    "main",
    "median_interval",
    "protocols",
    "share_interval",
    "verdict",
]
