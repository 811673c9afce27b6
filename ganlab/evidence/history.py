"""What was measured before: with 32 seeds and 64 more, or by a protocol that was changed.

Those results keep their verdicts and are read no further; claims are now measured anew, under
new ids.
"""

from ganlab.evidence.claims import Claim
from ganlab.evidence.ledger import table

PAGE = """# What was measured before

Until November 2026 every claim was measured with 32 seeds and again with 64 others. **supported**
and **contradicted**: both intervals, of 99 %, lay beyond the margin; **inconclusive**: they did
not, which half the claims were, for so few seeds seldom decide. A claim in several settings had
the verdict of the first, or **depends** where settings contradicted each other. Of a claim whose
protocol was changed since then, the row has a verdict for each setting. The results are in
[evidence/history](../evidence/history); what holds now is in [the ledger](claims.md).

"""


def history_page(results):
    """Return the text of docs/claims_history.md: a row for each of `results`, stored dicts."""
    rows = [("id", "claim", "verdict then", "how measured")]
    for result in results:
        claim = f"{result['claim']} ({result['source']})"
        rows.append((result["id"], claim, _verdict(result), result["measured"]))
    return PAGE + table(rows)


def _verdict(result):
    if "settings" not in result:
        return result["verdict"]
    verdicts = Claim(result).verdicts
    return "; ".join(f"{name}: {verdict}" for name, verdict in verdicts.items())
