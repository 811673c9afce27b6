"""Does a VAE of the same size do the job, and is it blurred?

"The same size": decoder as generator, encoder as discriminator; the same data, batches, optimizer
and number of steps. Sizes and targets are ours: the post says "with same parameters, layer size
etc", shows a circle, and calls the result blurry.
"""

from functools import partial

from evidence import outcomes_of_samples as outcomes
from evidence.trainings.side_by_side import BELL, CIRCLE, MOONS, RING, train_gans, train_vaes
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # GANs of this size take minutes for 64 seeds
PLANE = (CIRCLE, RING, MOONS)


def vae_and_gan(outcome, *targets, of_gan=None):
    return {
        target: Setting(
            {
                "VAE": Arm(outcome, train_vaes, {"target": target}),
                "GAN": Arm(of_gan or outcome, train_gans, {"target": target}),
            },
            most=MOST,
        )
        for target in targets
    }


protocol = partial(Protocol, notebook="07", kind="wins")

PROTOCOLS = (
    protocol(
        id="G1a.1",
        source="ganlab",
        claim="A VAE of the same size does the job: it covers more of the data than the GAN.",
        measured="Share of 2,000 real points with one of 2,000 samples nearer than their fifth "
        "neighbour (coverage), of the VAE against the GAN; a seed counts from 0.05. The decoder is "
        "told the data's noise, which the GAN is not.",
        says="The VAE covers more of the data on {won} of 100 seeds, the GAN on {lost} ({setting})",
        least=0.05,
        worst=0,
        settings=vae_and_gan(outcomes.covered, *PLANE),
    ),
    protocol(
        id="G1b.1",
        source="deletang2018",
        claim="The VAE's result is blurry: fewer of its samples lie where the data are.",
        measured="Share of 2,000 samples within reach of 2,000 real points (precision, fifth "
        "neighbour), of the VAE against the GAN; a seed counts from 0.05. The decoder is told the "
        "data's noise. Means: the decoder's, without its noise.",
        says="The VAE has the lower precision on {won} of 100 seeds, the GAN on {lost} ({setting})",
        direction=-1,
        least=0.05,
        worst=0,
        settings={
            **vae_and_gan(outcomes.precise, *PLANE),
            **{
                f"{target}, means": setting
                for target, setting in vae_and_gan(
                    outcomes.precise_means, *PLANE, of_gan=outcomes.precise
                ).items()
            },
        },
    ),
    protocol(
        id="G1c.1",
        source="ganlab",
        claim="All in all the VAE ends further from the data than the GAN.",
        measured="Sliced W1 between 2,000 samples and as many real points (on the line W1), of the "
        "VAE against the GAN; a seed counts from 0.02.",
        says="The VAE ends further away on {won} of 100 seeds, the GAN on {lost} ({setting})",
        least=0.02,
        worst=float("inf"),
        settings=vae_and_gan(outcomes.apart, *PLANE, BELL),
    ),
    protocol(
        id="G1d.1",
        source="ganlab",
        claim="At the end of a training a VAE's samples move less than a GAN's.",
        measured="Range of the sliced W1 between samples and real points over the last ten of 50 "
        "records, from the same z, of the VAE against the GAN; a seed counts from 0.01.",
        says="The VAE moves less at the end on {won} of 100 seeds, the GAN on {lost} ({setting})",
        direction=-1,
        least=0.01,
        worst=float("inf"),
        settings=vae_and_gan(outcomes.restless, *PLANE),
    ),
    protocol(
        id="G1e.1",
        source="ganlab",
        claim="A decoder that learns its variance is less blurred than one told the data's own.",
        measured="Precision, as in G1b.1, with a learned variance for each number of x against a "
        "variance fixed at that of the data's noise; a seed counts from 0.05.",
        says="With a learned variance the precision is higher on {won} of 100 seeds, lower on "
        "{lost}",
        least=0.05,
        worst=0,
        settings={
            RING: Setting(
                {
                    "learned": Arm(outcomes.precise, train_vaes, {"target": RING, "learned": True}),
                    "fixed": Arm(outcomes.precise, train_vaes, {"target": RING}),
                },
                most=MOST,
            )
        },
    ),
)
