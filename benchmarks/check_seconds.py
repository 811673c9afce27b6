"""What trying a Gan costs before it is trained: seconds for each guard, and for all.

python benchmarks/check_seconds.py    # half a minute; `make bench` runs it first

Four small GANs with 8 seeds: dense layers alone, the same with a loss, a penalty and what is shown
of one's own, a D with a layer of one's own, a D with a convolution. The first training of each also
pays for what is remembered afterwards. Compiling is left out: the step in which members are tried
is the program that the training needs anyway.
"""

import functools
import time

import numpy as np

from ganlab import company, fitting, gan, latent, loop, losses, training
from ganlab.backend import keras, tf
from ganlab.gan import Added, Shown
from ganlab.networks import mlp
from ganlab.training import Trainer

AIM = 0.3  # seconds, for a small GAN
GUARDS = (
    (gan, "as_distribution"),
    (gan, "probe"),
    (gan, "reads"),
    (fitting, "refuse_unfaithful"),
    (fitting, "refuse_trained"),
    (fitting, "refuse_bounded"),
    (fitting, "warn_out_of_reach"),
    (training, "of_gan"),
    (loop, "try_out"),
    (loop, "refuse_mixing"),
    (company, "looks_along_batch"),
)
layers = keras.layers


def stack(*parts):
    return keras.Sequential([keras.Input((1,)), layers.Dense(8, "tanh"), *parts])


def doubled(x):
    return 2 * x


def mean_of_minus(fake_logits):
    return -tf.reduce_mean(fake_logits, axis=-1)


def squares(now):
    return tf.reduce_mean(tf.square(now.discriminate(now.real)), axis=-1)


OWN = {
    "losses": losses.nonsaturating._replace(generator=mean_of_minus),
    "added": Added(squares),
    "shown": Shown(lambda batch, now: doubled(batch)),
}
SETTINGS = {
    "dense": (lambda: stack(layers.Dense(1)), {}),
    "functions of one's own": (lambda: stack(layers.Dense(1)), OWN),
    "a layer of one's own": (lambda: stack(layers.Lambda(doubled), layers.Dense(1)), {}),
    "a convolution": (
        lambda: stack(
            layers.Reshape((8, 1)), layers.Conv1D(2, 3), layers.Flatten(), layers.Dense(1)
        ),
        {},
    ),
}


def timed(spent):
    """Has every guard add to `spent` what it takes."""

    def timing(name, function):
        @functools.wraps(function)
        def wrapped(*arguments, **keywords):
            begin = time.perf_counter()
            try:
                return function(*arguments, **keywords)
            finally:
                spent[name] = spent.get(name, 0.0) + time.perf_counter() - begin

        return wrapped

    for module, name in GUARDS:
        setattr(module, name, timing(name, getattr(module, name)))


def main():
    spent, own = {}, np.random.default_rng(0).standard_normal((1000, 1))
    timed(spent)
    for what, (make, functions) in SETTINGS.items():
        for which in ("first", "again"):
            discriminator = make()
            fields = (mlp((1, 8, 1)), discriminator, own, latent.Gaussian(1))
            one = Trainer(*fields, **functions, seeds=8, batch_size=16)
            one.advance(1)
            for part in one.parts.values():  # to time it without compiling
                part.program.apart = part.program.tried = False
            spent.pop("refuse_mixing", None)
            one.advance(1)
            one.run().discriminate(np.zeros(16))
            each = ", ".join(f"{name} {1e3 * value:.0f}" for name, value in spent.items())
            print(f"{what}, {which}: {sum(spent.values()):.2f} s (aim {AIM}); ms: {each}")
            spent.clear()


if __name__ == "__main__":
    main()
