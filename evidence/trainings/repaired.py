"""The course's own GANs that work: on the bell and on the ring, whole or with one thing changed.

A technique is a function of a `Gan` that returns another. What `recipe` stands for are the
settings of the recipe's function; one that is not given is the recipe's own. All keep 100 records
over 5,000 steps.
"""

from evidence.trainings.remedies import averaged, matching, r1
from ganlab import recipes, techniques

RECORDS = 100


def train_repaired(seeds, *, technique=None, **recipe):
    """repaired, on the bell, with one technique more or without."""
    return _with(technique, recipes.repaired(**recipe)).train(seeds=seeds, records=RECORDS)


def train_in_the_plane(seeds, *, technique=None, **recipe):
    """ours in the plane, on the ring of 8, with one technique more or without."""
    recipe = recipes.ours_in_the_plane(**recipe)
    return _with(technique, recipe).train(seeds=seeds, records=RECORDS)


def _with(technique, recipe):
    if technique is None:
        return recipe
    gan = technique(recipe.gan)
    return recipe.changed(
        losses=gan.losses, shown=gan.shown, added=gan.added, replaced=gan.replaced
    )


def fading(gan):
    """Noise of half the bell's width that has faded by the middle."""
    return gan.changed(shown=techniques.instance_noise(0.25, until=2500))


def averaged_r1(gan):
    """R1, and samples of the averaged generator."""
    return averaged(r1(gan))


TECHNIQUES = {
    "noise that fades": fading,
    "feature matching": matching,
    "R1": r1,
    "averaged generator": averaged,
}
