"""Should D be much quicker than G?

On one bell it should (H1d): there the repaired GAN has a D ten times as quick. Here it is thirty
times as quick, on every target of the league, in the networks of the league.
"""

from functools import partial

from evidence.league.contestants import REFERENCE, Entry, Moves, plain
from evidence.league.training import play
from ganlab import league
from ganlab.evidence import Arm, Protocol, Setting

# The two rates multiply to 1.2e-6 and, where they are equal, to 1e-6.
THIRTYFOLD = Entry(plain, moves=Moves(2e-4, d_rate=6e-3))
MOST = 1024  # seeds: 64 take two minutes
NO_RUN_ENDS_CLOSE = ("ring", "grid", "unequal ring")  # of the plain GAN, as the league found


def compared(name, target):
    outcome = partial(
        league.holds_all if name in NO_RUN_ENDS_CLOSE else league.close, steps=league.STEPS
    )
    return Setting(
        {
            "thirtyfold": Arm(outcome, play, {"entry": THIRTYFOLD, "target": target}),
            "equal": Arm(outcome, play, {"entry": REFERENCE, "target": target}),
        },
        most=MOST,
    )


PROTOCOLS = (
    Protocol(
        id="H3a.1",
        source="ganlab",
        notebook="06",
        claim="With a D thirty times as quick as G more runs end well than with equal rates, "
        "whatever the target.",
        measured="Share of runs of the league's plain GAN that end well after 5,000 steps, with D "
        "at 0.006 and G at 0.0002 minus with both at 0.001. To end well is to end close on the "
        "bell, three bumps and the circle, and to hold all modes on the ring, the grid and the "
        "unequal ring, where no run of the plain GAN ends close.",
        says="With a D thirty times as quick {first} of 100 runs end well, with equal rates "
        "{second} ({setting})",
        worst=0,
        settings={name: compared(name, target) for name, target in league.TARGETS.items()},
    ),
)
