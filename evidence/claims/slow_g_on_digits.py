"""What mends a G that is far slower than D, on pictures: its rate, R1, or both?

Digits of 8 x 8 pixels, dense layers, the non-saturating loss, Adam with beta_1 0.5, 1,200 steps in
batches of 32; D's rate is 5e-3, and G's a 250th of it, 2e-5, before it goes up to D's.
"""

from evidence.claims.pictures import A_STEP, LOST
from evidence.outcomes_of_samples import judged_distance
from evidence.trainings.slow_g_on_digits import D_RATE, SLOW, train_digits
from ganlab.evidence import Arm, Protocol, Setting

MOST = 1024  # 64 GANs take half a minute


def digits(g_rate=SLOW, r1=False):
    return Arm(judged_distance, train_digits, {"g_rate": g_rate, "r1": r1})


AS_IT_WAS, FASTER, PRICED = digits(), digits(D_RATE), digits(r1=True)
BOTH = digits(D_RATE, r1=True)


def beside(name, arm, other_name, other):
    return Setting({name: arm, other_name: other}, most=MOST)


PROTOCOLS = (
    Protocol(
        id="I1f.1",
        source="ganlab",
        notebook="09",
        claim="On digits a G far slower than D comes nearer by its rate, by R1, and most by both.",
        measured="Frechet distance as in I1a.1, of what is tried against what was before; a seed "
        "counts from 1. G's rate is a 250th of D's, and goes up to D's; R1 is of weight 3.",
        says="Of the two ({setting}) the first is nearer on {won} of 100 seeds, the second on "
        "{lost}",
        kind="wins",
        direction=-1,
        least=A_STEP,
        worst=LOST,
        settings={
            "G's rate up, and nothing": beside("G's rate up", FASTER, "as it was", AS_IT_WAS),
            "R1, and nothing": beside("R1", PRICED, "as it was", AS_IT_WAS),
            "both, and G's rate up": beside("both", BOTH, "G's rate up", FASTER),
            "both, and R1": beside("both", BOTH, "R1", PRICED),
        },
    ),
)
