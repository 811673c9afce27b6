"""Would early stopping at a similarity threshold help?

How many runs never reach it is what C1a.2 leaves.
"""

from evidence import outcomes
from evidence.claims.narrowing import CODES
from evidence.trainings.bell import TRAININGS
from ganlab.evidence import Arm, Protocol, Setting

PROTOCOLS = (
    Protocol(
        id="C3.2",
        source="aylien2016",
        notebook="03",
        claim="Stopping as soon as the two distributions are similar enough helps.",
        measured="W1 at the end against W1 at the first record that is close, which is picked by "
        "the true density; runs without one go on to the end. A seed counts from 0.025, half of "
        "what counts elsewhere: W1 of a close run is at most 0.125.",
        says="Stopped as soon as they are close {won} of 100 runs of {setting} are nearer to the "
        "data than at the end, {lost} further away",
        kind="wins",
        least=0.025,
        worst=float("inf"),
        settings={
            name: Setting(
                {
                    "trained to the end": Arm(outcomes.w1_at_the_end, TRAININGS[name]),
                    "stopped": Arm(outcomes.w1_when_stopped, TRAININGS[name]),
                }
            )
            for name in CODES
        },
    ),
)
