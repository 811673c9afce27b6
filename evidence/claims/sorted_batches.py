"""Does sorting x and z make learning easier? In two parts: the order, and the even spacing."""

from functools import partial

import numpy as np

from evidence.claims.pretraining import W1
from evidence.outcomes import STANDARD, w1_at_the_end
from evidence.trainings.perspective2016 import MOST, train_post
from ganlab import recipes
from ganlab.backend import tf
from ganlab.evidence import Arm, Protocol, Setting
from ganlab.losses import clamped

NEARNESS = partial(w1_at_the_end, target=STANDARD)


def largest_change():
    """Of D's and G's gradients when sorted batches are shuffled, over ten pairs of networks.

    Relative to the largest gradient. Losses are means over a batch, and no layer looks along it.
    """
    errors = []
    for seed in range(10):
        rng, gan = np.random.default_rng(seed), recipes.perspective2016().gan
        real = np.sort(gan.real.sample(200, rng), axis=0)
        z = gan.latent.sample(200, rng)
        G, D = gan.generator, gan.discriminator
        for weight in [*G.trainable_variables, *D.trainable_variables]:
            weight.assign(rng.standard_normal(weight.shape))
        found = []
        for a, b in ((real, z), (rng.permutation(real), rng.permutation(z))):
            with tf.GradientTape(persistent=True) as tape:
                real_out, fake_out = D(a)[:, 0], D(G(b))[:, 0]
                d_loss = clamped.discriminator(real_out, fake_out)
                g_loss = clamped.generator(fake_out)
            found.append(
                tape.gradient(d_loss, D.trainable_variables)
                + tape.gradient(g_loss, G.trainable_variables)
            )
        for ordered, shuffled in zip(*found, strict=True):
            scale = max(1e-3, np.abs(ordered.numpy()).max())
            errors.append(np.abs(ordered.numpy() - shuffled.numpy()).max() / scale)
    return max(errors)


PROTOCOLS = (
    Protocol(
        id="B2a",
        source="perspective2016",
        claim="The order within a batch makes no difference at all: sorting x and z changes no "
        "gradient.",
        measured="Largest relative change of D's and G's gradients when sorted batches of 200 are "
        "shuffled, ten random pairs of networks; what is left is rounding.",
        notebook="02",
        check=largest_change,
        tolerance=1e-4,
    ),
    Protocol(
        id="B2b.2",
        source="perspective2016",
        claim="Evenly spaced latents (which come sorted) make learning easier than independent "
        "ones.",
        measured="W1 at the end of 10,000 steps with evenly spaced latents on [-3, 3] against W1 "
        "with independent uniform ones; a seed counts from 0.05. Both generators are followed "
        "along the same 500 quantiles.",
        notebook="02",
        says="With evenly spaced latents {won} of 100 runs end nearer to the data, {lost} further "
        "away",
        settings={
            "perspective2016": Setting(
                {
                    "evenly spaced": Arm(NEARNESS, train_post),
                    "independent": Arm(NEARNESS, train_post, {"independent": True}),
                },
                most=MOST,
            )
        },
        **W1,
    ),
)
