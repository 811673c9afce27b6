"""GANs on four points that go wrong, each with something that is said to help.

A fault is a recipe of `ganlab.recipes`, a remedy a function of its `Gan` that returns another. D's
own two hidden layers of 16 stay, unless a remedy is a D. All keep 100 records over 5,000 steps.
"""

from ganlab import losses, techniques
from ganlab.layers import MinibatchDiscrimination
from ganlab.networks import mlp

RECORDS = 100


def train_remedied(seeds, *, fault, remedy):
    """A recipe that goes wrong, with a remedy."""
    recipe = fault()
    gan = remedy(recipe.gan)
    changed = recipe.changed(
        discriminator=gan.discriminator,
        losses=gan.losses,
        shown=gan.shown,
        added=gan.added,
        replaced=gan.replaced,
    )
    return changed.train(seeds=seeds, records=RECORDS)


def minibatch(gan):
    """5 kernels of 3 in place of D's second hidden layer."""
    seen = MinibatchDiscrimination(5, 3)
    return gan.changed(discriminator=mlp((2, 16, seen, 1), "leaky_relu"))


def matching(gan):
    """Mean features of D's second hidden layer as G's loss."""
    return gan.changed(losses=losses.feature_matching("hidden_2"))


def unrolled(gan):
    """Five steps of D, of 0.1 each."""
    return gan.changed(replaced=techniques.unrolled(5, 0.1))


def least_squares(gan):
    return gan.changed(losses=losses.least_squares)


def wasserstein(gan):
    """With a gradient penalty of weight 0.1, and as many steps of D as of G."""
    return gan.changed(losses=losses.wasserstein, added=techniques.gradient_penalty(0.1))


def r1(gan):
    return gan.changed(added=techniques.r1(0.1))


def relativistic_r1_r2(gan):
    """Relativistic pairing, both penalties with weight 0.1."""
    both = techniques.r1(0.1), techniques.r2(0.1)
    return gan.changed(losses=losses.relativistic, added=both)


def packs(gan):
    """D judges two samples at a time."""
    discriminator = mlp((4, 16, 16, 1), "leaky_relu")
    return gan.changed(discriminator=discriminator, shown=techniques.packing(2))


def noise(gan):
    """Instance noise as wide as the points."""
    return gan.changed(shown=techniques.instance_noise(0.1))


def averaged(gan):
    return gan.changed(replaced=techniques.averaged_generator(0.999))


REMEDIES = {
    "minibatch discrimination": minibatch,
    "feature matching": matching,
    "unrolled by 5": unrolled,
    "Wasserstein, gradient penalty": wasserstein,
    "least squares": least_squares,
    "R1": r1,
    "relativistic, R1 and R2": relativistic_r1_r2,
    "packs of 2": packs,
    "instance noise": noise,
    "averaged generator": averaged,
}
