"""`python -m evidence.league.smears`: how many samples of those that hold all modes are good.

The league stores whether a run holds all modes, not how many of its samples are good. These runs,
of seeds that it does not use, say what its page says of smears. They take a minute or two.
"""

import numpy as np

from evidence.league.contestants import CONTESTANTS
from evidence.league.training import play
from ganlab.endings import at_the_end
from ganlab.league import TARGETS

SEEDS = range(1_000_000, 1_000_016)
CLIPPED = "Wasserstein, clipped"
LOOKED_AT = [
    ("grid", "plain"),
    ("grid", "packs of 2"),
    ("ring", CLIPPED),
    ("unequal ring", CLIPPED),
]  # all of them at the course's rates


def in_hundred(samples, target):
    """Good samples of a hundred at the end, the median over seeds."""
    return 100 * float(np.median(at_the_end(samples, target).good))


def main():
    entries = {contestant.name: contestant.course for contestant in CONTESTANTS}
    for name, contestant in LOOKED_AT:
        played = play(SEEDS, entry=entries[contestant], target=TARGETS[name])
        good = in_hundred(played.samples[1:], played.target)
        print(f"{name}, {contestant}: {good:.0f} of 100 samples are good")
    even = np.random.default_rng(0).uniform(-5, 5, (1, 1, 100_000, 2))
    good = in_hundred(even, TARGETS["grid"])
    print(f"grid, spread evenly over its 25 squares: {good:.0f} of 100 samples are good")


if __name__ == "__main__":
    main()
