"""GANs on N(4, 0.5): the two of aylien2016, and the one that notebook 03 ends with.

Each is a recipe of `ganlab.recipes` with something changed: a setting that is not given is the
recipe's own. `together` says whether D sees real and fake samples as one batch; the settings that
`recipe` stands for are those of the recipe's function.
"""

from ganlab import recipes
from ganlab.gan import Shown

FIRST, LAST, OURS = "aylien2016 (2016)", "aylien2016 (2017)", "ours after 03"


def train_first(seeds, *, batch_size=12, together=False, **recipe):
    """aylien2016 (2016): D is pretrained onto the density, then 1,200 steps of gradient descent."""
    changed = recipes.aylien2016_first(**recipe).changed(batch_size=batch_size)
    return _shown(changed, together).train(seeds=seeds, records=60)


def train_last(seeds, *, batch_size=8, together=False, **recipe):
    """aylien2016 (2017): 5,000 steps of Adam, in batches of 8."""
    changed = recipes.aylien2016_last(**recipe).changed(batch_size=batch_size)
    return _shown(changed, together).train(seeds=seeds, records=100)


def train_ours(seeds, *, batch_size=64, together=False, **recipe):
    """ours after 03: normal latents, default initial weights, 5,000 steps in batches of 64."""
    changed = recipes.ours_after_03(**recipe).changed(batch_size=batch_size)
    return _shown(changed, together).train(seeds=seeds, records=100)


def _shown(recipe, together):
    return recipe.changed(shown=Shown(together=True)) if together else recipe


TRAININGS = {FIRST: train_first, LAST: train_last, OURS: train_ours}
