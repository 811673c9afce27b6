"""Does a GAN with a remedy cover as much as a VAE, and is it still the sharper of the two?

The remedies are two that keep modes elsewhere in this ledger. Sizes, data, batches and steps are
those of G1.
"""

from functools import partial

from evidence import outcomes_of_samples as outcomes
from evidence.trainings.remedies import r1, relativistic_r1_r2
from evidence.trainings.side_by_side import RING, train_remedied_gans, train_vaes
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # GANs of this size take minutes for 64 seeds
REMEDIES = {"R1": r1, "relativistic, R1 and R2": relativistic_r1_r2}


def against_the_vae(outcome):
    """A setting for each remedy, on the ring."""
    return {
        name: Setting(
            {
                "VAE": Arm(outcome, train_vaes, {"target": RING}),
                "GAN": Arm(outcome, train_remedied_gans, {"target": RING, "remedy": remedy}),
            },
            most=MOST,
        )
        for name, remedy in REMEDIES.items()
    }


protocol = partial(Protocol, source="ganlab", notebook="07", kind="wins", least=0.05, worst=0)

PROTOCOLS = (
    protocol(
        id="G1f.1",
        claim="The VAE covers more of the ring than a GAN with a remedy, too.",
        measured="Coverage as in G1a.1 on the ring of 8, of the VAE against a GAN with R1 of "
        "weight 0.1, or with relativistic pairing and R1 and R2 of 0.1; a seed counts from 0.05.",
        says="The VAE covers more of the data on {won} of 100 seeds, the GAN on {lost} ({setting})",
        settings=against_the_vae(outcomes.covered),
    ),
    protocol(
        id="G1g.1",
        claim="The VAE is more blurred than a GAN with a remedy, too.",
        measured="Precision as in G1b.1 on the ring of 8, of the VAE against the same two GANs; a "
        "seed counts from 0.05.",
        says="The VAE has the lower precision on {won} of 100 seeds, the GAN on {lost} ({setting})",
        direction=-1,
        settings=against_the_vae(outcomes.precise),
    ),
)
