"""Do more latent dimensions give more variety?

Digits of 8 x 8 pixels, dense layers, the non-saturating loss with R1 of weight 3, 1,200 steps in
batches of 32. Variety is coverage: of 600 digits that nobody learned from, the share that has one
of 600 drawn ones near, in the features of the judge.
"""

from functools import partial

from evidence.outcomes_of_samples import covered_digits
from evidence.trainings.latent_dimensions import train_digits
from ganlab.evidence import Arm, Protocol, Setting

MOST = 2048  # 64 GANs take half a minute


def dimensions(number):
    return Arm(covered_digits, train_digits, {"dimensions": number})


def more_against_fewer(more, fewer):
    arms = {f"{number} dimensions": dimensions(number) for number in (more, fewer)}
    return {f"{more} against {fewer}": Setting(arms, most=MOST)}


protocol = partial(Protocol, source="module", notebook="09")

PROTOCOLS = (
    protocol(
        id="I6a.1",
        claim="More latent dimensions give more variety.",
        measured="Coverage of test digits by drawn ones, in the judge's features, with more latent "
        "dimensions against fewer; a seed counts from 0.02. Of 600 real digits it is about 0.97.",
        says="With more latent dimensions {won} of 100 GANs draw more varied digits, {lost} less "
        "varied ({setting})",
        kind="wins",
        least=0.02,
        worst=0.0,
        settings={
            **more_against_fewer(16, 2),
            **more_against_fewer(64, 16),
        },
    ),
)
