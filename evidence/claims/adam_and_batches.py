"""Is Adam with beta_1 = 0.5 at 0.0002 the stable choice, and are larger batches more stable?"""

from functools import partial

from evidence.outcomes_of_modes import distance_of_modes, holds_all, not_steady
from evidence.trainings.plane import MODULE, OURS, RING, train_module, train_ours
from ganlab.evidence import LOOKS, Arm, Protocol, Setting

MOST = 2048  # seeds of the module's demo: 64 take a minute or two of one core
MOST_BATCHES = 1024
OWN, TENFOLD = 2e-4, 2e-3  # rates of both players
HIGH = 5e-3  # ours


def module(outcome, rate=OWN, **settings):
    rates = {} if rate == OWN else {"d_rate": rate, "g_rate": rate}
    return Arm(partial(outcome, target=RING), train_module, {**rates, **settings})


def ours(outcome, rate=None, **settings):
    rates = {} if rate is None else {"d_rate": rate, "g_rate": rate}
    return Arm(outcome, train_ours, {**rates, **settings})


def compared(first, second, most=LOOKS[-1]):
    """A setting of two arms, (name, how to make it of an outcome), by what is asked of them."""

    def asking(outcome, *also):
        arms = {name: make(outcome) for name, make in (first, second)}
        more = {
            f"{name}, {asked.__name__.replace('_', ' ')}": make(asked)
            for asked in also
            for name, make in (first, second)
        }
        return Setting(arms, most=most, also=more)

    return asking


def betas(arm, rate, most=LOOKS[-1]):
    return compared(
        ("0.5", partial(arm, rate=rate)), ("0.9", partial(arm, rate=rate, beta_1=0.9)), most
    )


def rates(arm, most=LOOKS[-1]):
    return compared(("0.0002", partial(arm, rate=OWN)), ("0.002", partial(arm, rate=TENFOLD)), most)


def batches(arm, large, small, most):
    return compared(
        (f"batch {large}", partial(arm, batch_size=large)),
        (f"batch {small}", partial(arm, batch_size=small)),
        most,
    )


protocol = partial(Protocol, source="module", notebook="06")
distance = {"kind": "wins", "least": 0.05, "worst": float("inf"), "direction": -1}

PROTOCOLS = (
    protocol(
        id="F5a.1",
        claim="With Adam's beta_1 at 0.5 more runs hold all modes than with 0.9.",
        measured="Share of runs that hold every mode at the end with beta_1 = 0.5 minus with 0.9, "
        "both players at the same rate: the module's 0.0002, ten times as much, and on four points "
        "0.005.",
        says="With beta_1 = 0.5 {first} of 100 runs hold all modes, with 0.9 {second} ({setting})",
        worst=0,
        settings={
            f"{MODULE}, {OWN:g}": betas(module, OWN, MOST)(holds_all, not_steady),
            f"{MODULE}, {TENFOLD:g}": betas(module, TENFOLD, MOST)(holds_all, not_steady),
            f"{OURS}, {HIGH:g}": betas(ours, HIGH)(holds_all, not_steady),
        },
    ),
    protocol(
        id="F5b.1",
        claim="At the rate 0.0002 runs end nearer to the data than at ten times that rate.",
        measured="Distance of the modes' shares at the end, in total variation, what lies on no "
        "mode counted as one more: at 0.0002 for both players against 0.002, beta_1 = 0.5, 5,000 "
        "steps; a seed counts from 0.05. How wide a mode is does not count.",
        says="At 0.0002 {won} of 100 runs end nearer to the data than at 0.002, {lost} further "
        "away ({setting})",
        settings={
            MODULE: rates(module, MOST)(distance_of_modes, holds_all, not_steady),
            OURS: rates(ours)(distance_of_modes, holds_all, not_steady),
        },
        **distance,
    ),
    protocol(
        id="F5c.1",
        claim="With larger batches runs end nearer to the data.",
        measured="The same distance with a large batch against a small one, after the same number "
        "of steps: 128 against 32, the ends of the module's range, and on four points 16 against "
        "4; a seed counts from 0.05.",
        says="With the larger batch {won} of 100 runs end nearer to the data, {lost} further away "
        "({setting})",
        settings={
            MODULE: batches(module, 128, 32, MOST_BATCHES)(
                distance_of_modes, holds_all, not_steady
            ),
            OURS: compared(("batch 16", ours), ("batch 4", partial(ours, batch_size=4)))(
                distance_of_modes, holds_all, not_steady
            ),
        },
        **distance,
    ),
)
