"""Does another loss draw digits nearer to real ones, at equal cost?

The GAN of convolutions of I1, 8 x 8 digits, Adam at 1e-3 with beta_1 0.5. What the losses are held
against is the non-saturating one with R1 of weight 3, for 1,200 steps; a loss with cheaper steps
takes more of them, one with dearer steps fewer. No weight and no rate was sought: R1's is that of
I1b.1, R2's the same, the gradient penalty's that of its paper.
"""

from evidence.claims.pictures import A_STEP, LOST, MOST, R1, convolutions
from evidence.outcomes_of_samples import judged_distance
from evidence.trainings.picture_losses import LOSSES, train_with_loss
from ganlab.evidence import Arm, Protocol, Setting

PROTOCOLS = (
    Protocol(
        id="I1d.1",
        source="ganlab",
        notebook="09",
        claim="Losses of later papers draw digits nearer to real ones than the non-saturating one "
        "with R1, at equal cost.",
        measured="Frechet distance as in I1a.1, of each loss against the non-saturating one with "
        "R1; each for as many steps as cost as many passes through G and D; a seed counts from 1.",
        says="With {setting} the digits are nearer on {won} of 100 seeds, with the non-saturating "
        "loss and R1 on {lost}",
        kind="wins",
        direction=-1,
        least=A_STEP,
        worst=LOST,
        settings={
            name: Setting(
                {
                    "this loss": Arm(judged_distance, train_with_loss, {"how": how}),
                    "non-saturating, R1": convolutions(r1=R1),
                },
                most=MOST,
            )
            for name, how in LOSSES.items()
        },
    ),
)
