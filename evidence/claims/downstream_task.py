"""What does a task reward: a classifier trained on generated points, tested on real ones?

`aylien2016` names classification as another judge of a generator. The labels are learned with the
points, as one number more; the classifier is a vote of the five nearest generated points.
"""

from functools import partial

from evidence.outcomes_of_samples import solved, solved_by_real
from evidence.trainings.labelled import (
    train_gans_on_a_line,
    train_labelled_gans,
    train_labelled_vaes,
    train_vaes_on_a_line,
)
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # GANs of this size take minutes for 64 seeds
WIDTHS = {"modes apart": {"std": 0.1}, "modes that overlap": {"std": 0.4}}


def compared(**arms):
    """A setting for each width of the modes: `arms` are pairs of an outcome and a training."""
    return {
        setting: Setting({name: Arm(*arm, width) for name, arm in arms.items()}, most=MOST)
        for setting, width in WIDTHS.items()
    }


protocol = partial(Protocol, source="ganlab", notebook="07", kind="wins", worst=0)

PROTOCOLS = (
    protocol(
        id="G3a.1",
        claim="A classifier trained on a VAE's samples is more often right on real points than one "
        "trained on a GAN's.",
        measured="Ring of 8, labels 1 and -1 by turns, points and labels learned together. Share "
        "of 2,000 real points whose label a vote of the five nearest of 2,000 samples gives, of "
        "the VAE against the GAN; a seed counts from 0.02.",
        says="With the VAE's samples the classifier is better on {won} of 100 seeds, with the "
        "GAN's on {lost} ({setting})",
        least=0.02,
        settings=compared(VAE=(solved, train_labelled_vaes), GAN=(solved, train_labelled_gans)),
    ),
    protocol(
        id="G3b.1",
        claim="A classifier trained on a VAE's samples is less often right on real points than one "
        "trained on real points.",
        measured="As in G3a.1, of the VAE against 2,000 other real points; a seed counts from "
        "0.02.",
        says="With the VAE's samples the classifier is worse than with real points on {won} of 100 "
        "seeds, better on {lost} ({setting})",
        direction=-1,
        least=0.02,
        settings=compared(
            VAE=(solved, train_labelled_vaes), real=(solved_by_real, train_labelled_vaes)
        ),
    ),
    protocol(
        id="G3c.1",
        claim="Where modes lie along a line, a classifier trained on a VAE's samples is more often "
        "right on real points than one trained on a GAN's.",
        measured="As in G3a.1, with modes on a line, ten of their widths apart, labels by turns: a "
        "border on either side of each.",
        says="With the VAE's samples the classifier is better on {won} of 100 seeds, with the "
        "GAN's on {lost} ({setting})",
        least=0.02,
        settings={
            f"{count} modes": Setting(
                {
                    "VAE": Arm(solved, train_vaes_on_a_line, {"modes": modes}),
                    "GAN": Arm(solved, train_gans_on_a_line, {"modes": modes}),
                },
                most=MOST,
            )
            for count, modes in (("six", 6), ("eight", 8))
        },
    ),
)
