"""How many seeds a verdict takes, by simulation: a table in Markdown, in a few seconds.

    python benchmarks/evidence_seeds.py

A cell says: the median number of seeds at the look that decided, the 90 % quantile in brackets,
and how many in a hundred settings the last look left undecided, if any.
"""

import numpy as np

from ganlab.evidence.protocol import LOOKS, MARGIN
from ganlab.evidence.statistics import Estimate, difference_interval, share_interval, verdict

EFFECTS = (0.0, 0.05, 0.08, 0.12, 0.15, 0.2, 0.3, 0.5)
HALF = 0.5  # the reference of a single arm's share


def against_half(successes, n):
    """Return the interval of a single arm's share minus 1/2, for arrays of counts."""
    return Estimate(*(share - HALF for share in share_interval(successes, n)))


def simulate(chances, *, interval, margin, settings, seed=0):
    """Return the verdicts of many settings and the seeds each took, "" and infinity for none.

    chances   the probabilities that a seed is won and that it is lost, or a single arm's true share
    interval  function of the counts of the same, arrays, and of the number of seeds, giving an
              `Estimate` of arrays

    Both `(settings,)`. Each setting is looked at after 64, 128, ... seeds until one look decides.
    """
    rng = np.random.default_rng(seed)
    chances = np.clip([*chances, 1 - sum(chances)], 0, 1)  # rounding leaves some below 0
    verdicts, seeds = np.full(settings, "", dtype="<U32"), np.full(settings, np.inf)
    left, counts, before = np.arange(settings), 0, 0
    for n in LOOKS:
        # Seeds are independent, so those of a look add to what was counted without regard to it.
        counts = counts + rng.multinomial(n - before, chances, left.size)[:, :-1]
        number = counts @ [1, n + 1][: counts.shape[1]]  # one for each pair of counts
        _, rows, back = np.unique(number, return_index=True, return_inverse=True)
        found = zip(*interval(*counts[rows].T, n), strict=True)
        said = np.array([verdict(Estimate(*each), margin) for each in found])[back]
        verdicts[left], seeds[left[said != ""]] = said, n
        left, counts, before = left[said == ""], counts[said == ""], n
        if not left.size:
            break
    return verdicts, seeds


def pairs(effect, ties):
    """Return how `simulate` is told of pairs, of which `ties` (at least `effect`) are ties."""
    chances = ((1 - ties + effect) / 2, (1 - ties - effect) / 2)
    return dict(chances=chances, interval=difference_interval, margin=MARGIN)


# {heading: function of the effect, of what is simulated}
COLUMNS = {
    "no ties": lambda effect: pairs(effect, 0.0),
    "half ties": lambda effect: pairs(effect, 0.5),
    "none lost": lambda effect: pairs(effect, 1 - effect),
    "share against 0.5": lambda effect: dict(
        chances=(HALF + effect,), interval=against_half, margin=0.0
    ),
}


def cell(seeds):
    """Return the median, 90 % quantile and undecided share of `seeds` `(settings,)` as words."""
    quantiles = np.quantile(seeds, [0.5, 0.9], method="inverted_cdf")
    middle, most = ("never" if np.isinf(q) else f"{int(q):,}" for q in quantiles)
    undecided = np.isinf(seeds).mean()
    return f"{middle} ({most})" + (f", {100 * undecided:.0f} %" if undecided >= 0.005 else "")


def table(settings=10_000):
    """Return the lines of the table."""
    lines = [("true effect", *COLUMNS), ("---",) * (1 + len(COLUMNS))]
    for effect in EFFECTS:
        found = (simulate(**column(effect), settings=settings)[1] for column in COLUMNS.values())
        lines.append((f"{effect:g}", *map(cell, found)))
    return ["| " + " | ".join(line) + " |" for line in lines]


if __name__ == "__main__":
    print(*table(), sep="\n")
