"""What brings the digits that a GAN draws near to real ones: convolutions, a penalty, guidelines?

Digits of 8 x 8 pixels, the non-saturating loss, Adam at 1e-3 with beta_1 0.5, 1,200 steps in
batches of 32. Near is by the Frechet distance in a judge's features, to pictures that nobody
learned from.
"""

from functools import partial

from evidence.outcomes_of_samples import judged_distance
from evidence.trainings.pictures import train_convolutions, train_dense
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # 64 GANs of convolutions take minutes
A_STEP = 1.0  # of the distance: what real pictures differ by from real ones, about
LOST = 1000.0  # further away than noise
R1 = 3.0  # its weight


def arm(training, **settings):
    return Arm(judged_distance, training, settings)


convolutions, dense = partial(arm, train_convolutions), partial(arm, train_dense)
GUIDELINES = {
    "up-sampling for transposed convolutions": "transposed",
    "average pooling for strides": "strides",
    "leaky ReLU in G, ReLU in D": "activations",
    "no tanh": "tanh",
}

protocol = partial(
    Protocol,
    source="ganlab",
    notebook="09",
    kind="wins",
    direction=-1,
    least=A_STEP,
    worst=LOST,
)

PROTOCOLS = (
    protocol(
        id="I1a.1",
        claim="Convolutions draw digits nearer to real ones than as many weights in dense layers.",
        measured="Frechet distance in the judge's features, of a GAN of convolutions against one "
        "of dense layers; a seed counts from 1.",
        says="Convolutions draw nearer digits on {won} of 100 seeds, dense layers on {lost} "
        "({setting})",
        settings={
            "without a penalty": Setting(
                {"convolutions": convolutions(), "dense": dense()}, most=MOST
            ),
            "with R1": Setting(
                {"convolutions": convolutions(r1=R1), "dense": dense(r1=R1)}, most=MOST
            ),
        },
    ),
    protocol(
        id="I1b.1",
        claim="With R1 of weight 3 the digits come nearer to real ones.",
        measured="Frechet distance as in I1a.1, with R1 against without; a seed counts from 1.",
        says="With R1 the digits are nearer on {won} of 100 seeds, without on {lost} ({setting})",
        settings={
            "convolutions": Setting(
                {"R1": convolutions(r1=R1), "without": convolutions()}, most=MOST
            ),
            "dense": Setting({"R1": dense(r1=R1), "without": dense()}, most=MOST),
        },
    ),
    protocol(
        id="I1c.1",
        source="module",
        claim="The architecture guidelines of a DCGAN help: with each of them digits come nearer "
        "to real ones than without it.",
        measured="Frechet distance as in I1a.1, of the GAN of convolutions with R1 "
        "against the same with one guideline left out; a seed counts from 1.",
        says="With the guideline the digits are nearer on {won} of 100 seeds, without it on {lost} "
        "({setting})",
        settings={
            name: Setting(
                {
                    "as advised": convolutions(r1=R1),
                    "without": convolutions(r1=R1, without=without),
                },
                most=MOST,
            )
            for name, without in GUIDELINES.items()
        },
    ),
)
