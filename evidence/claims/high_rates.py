"""Rates of both players so high that nothing holds: are lower ones the remedy?"""

from evidence.outcomes_of_modes import holds_all
from evidence.trainings.plane import OURS, train_ours
from ganlab.evidence import Arm, Protocol, Setting


def _rates(rate):
    return {"d_rate": rate, "g_rate": rate}


PROTOCOLS = (
    Protocol(
        id="F7h.1",
        source="ganlab",
        notebook="06",
        claim="Where both rates are too high a tenth of both mends it.",
        measured="Share of runs that hold every mode at the end with both rates at a tenth, minus "
        "the share with Adam at 0.03, or at 0.1, for both.",
        says="With a tenth of both rates {first} of 100 runs hold all modes, with both too high "
        "{second} ({setting})",
        worst=0,
        settings={
            f"{OURS}, {high:g} to {high / 10:g}": Setting(
                {
                    "a tenth": Arm(holds_all, train_ours, _rates(high / 10)),
                    "too high": Arm(holds_all, train_ours, _rates(high)),
                }
            )
            for high in (0.03, 0.1)
        },
    ),
)
