"""A small G and D on N(4, 0.5), played in ways of which some go round the data.

G has one hidden layer of 8 units, batches are of 64. All keep 200 records over 4,000 steps.
"""

from ganlab import losses, techniques
from ganlab.backend import keras
from ganlab.data import Gaussian
from ganlab.latent import Gaussian as GaussianLatent
from ganlab.networks import mlp
from ganlab.training import train

STEPS, RECORDS = 4000, 200


def train_linear(seeds, *, weight=0.0):
    """The Wasserstein game by plain gradient descent against a D that is one line, D(x) = d x + c:
    the Dirac-GAN's own. R1 has the `weight`."""
    return _train(seeds, (1, 1), losses.wasserstein, keras.optimizers.SGD(0.03), weight)


def train_pair(seeds, *, momentum=None, beta_1=None, weight=0.0):
    """The non-saturating game against a D of two hidden layers of 16.

    Both players take plain steps of 0.03; with `momentum` of 0.01; or with `beta_1` those of Adam,
    1e-3. R1 has the `weight`.
    """
    optimizer = keras.optimizers.SGD(0.03)
    if momentum is not None:
        optimizer = keras.optimizers.SGD(0.01, momentum=momentum)
    if beta_1 is not None:
        optimizer = keras.optimizers.Adam(1e-3, beta_1=beta_1)
    return _train(seeds, (1, 16, 16, 1), losses.nonsaturating, optimizer, weight)


def _train(seeds, d_sizes, loss, optimizer, weight):
    return train(
        mlp((1, 8, 1), "tanh"),
        mlp(d_sizes, "tanh"),
        Gaussian(4.0, 0.5),
        GaussianLatent(),
        losses=loss,
        d_optimizer=optimizer,
        g_optimizer=optimizer,
        added=techniques.r1(weight),
        seeds=seeds,
        steps=STEPS,
        records=RECORDS,
    )
