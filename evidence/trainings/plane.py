"""GANs in the plane: on two points, on four, on a circle, and the module's demo on a ring.

Each is a recipe of `ganlab.recipes` with something changed: a setting that is not given is the
recipe's own. All keep 100 records.
"""

import numpy as np

from ganlab import recipes
from ganlab.backend import keras
from ganlab.data import Circle, points
from ganlab.training import Trainer

POST, OURS, MODULE = "deletang2018", "ours on four points", "module"
STD = 0.1  # of the points, without which they could not be judged
TWO_POINTS, CIRCLE = points((-1, 0), (1, 0)), Circle(1.0)  # as the post has them
TWO, FOUR = points((-1, 0), (1, 0), std=STD), recipes.four_points().gan.real
RING = recipes.module().gan.real
RECORDS, STEPS = 100, 5000


def sgd(rate):
    return keras.optimizers.SGD(rate)


def train_post(seeds, *, target):
    """deletang2018's GAN on one of its targets: 20,000 steps."""
    return recipes.deletang2018(target).train(seeds=seeds, records=RECORDS)


def train_ours(seeds, *, target=FOUR, batch_size=16, **recipe):
    """ours on four points, or on another target: 5,000 steps in batches of 16."""
    changed = recipes.four_points(**recipe).changed(real=target, batch_size=batch_size)
    return changed.train(seeds=seeds, records=RECORDS)


def train_module(seeds, *, d_rate=2e-4, g_rate=2e-4, beta_1=0.5, batch_size=64):
    """The module's demo on a ring of 8: 5,000 steps."""
    adams = {
        f"{player}_optimizer": keras.optimizers.Adam(rate, beta_1=beta_1)
        for player, rate in (("d", d_rate), ("g", g_rate))
    }
    changed = recipes.module().changed(batch_size=batch_size, **adams)
    return changed.train(seeds=seeds, records=RECORDS)


def train_from_one_point(seeds, *, spread, optimizer=None, rate=1e-3):
    """ours on four points, begun with a G that makes nothing but (1, 0), spread by so much.

    spread     standard deviation of G's first samples in each direction, the mean of both; G's
               last layer is scaled and moved for it
    optimizer  of both players, a function of the rate; None: the recipe's Adam
    """
    gan = recipes.four_points(d_rate=rate, g_rate=rate).gan
    if optimizer is not None:
        gan = gan.changed(d_optimizer=optimizer(rate), g_optimizer=optimizer(rate))
    trainer = Trainer(gan, seeds=seeds, batch_size=16)
    trainer.begin("g", _moved(trainer, FOUR.modes[0], spread))
    return _recorded(trainer, STEPS)


def train_on(seeds, *, healthy=False, fresh=False):
    """Runs of `collapsing` that go on for another 5,000 steps; optimizers begin anew.

    healthy  whether they go on at the rates of `four_points`
    fresh    whether D begins anew, too

    Returns two runs, before and after.
    """
    recipe = recipes.collapsing()
    before = recipe.train(seeds=seeds, records=RECORDS)
    gan = recipes.four_points().gan if healthy else recipe.gan
    trainer = Trainer(gan, seeds=seeds, batch_size=recipe.batch_size)
    trainer.begin("g", before.generators.weights)
    if not fresh:
        trainer.begin("d", before.discriminators.weights)
    if before.failed:
        trainer.freeze(before.failed)
    return before, _recorded(trainer, STEPS)


def _moved(trainer, to, spread):
    """The generators' weights, with samples around `to`, spread by so much."""
    weights = [np.array(each) for each in trainer.weights("g")]
    made = trainer.generators(trainer.latent.sample(10_000, np.random.default_rng(0)))
    scale = spread / np.sqrt(made.var(axis=1).mean(axis=-1))
    weights[-2] *= scale[:, None, None]
    weights[-1] = to + (weights[-1] - made.mean(axis=1)) * scale[:, None]
    return weights


def _recorded(trainer, steps):
    """What `train_gan` does, for a trainer that was given weights."""
    trainer.record()
    for _ in range(RECORDS):
        trainer.record(trainer.advance(steps // RECORDS))
    return trainer.run()
