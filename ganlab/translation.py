"""Two kinds of pictures, and no pairs of them: a GAN that translates each kind into the other.

A point is a pair (a, b) whose halves have nothing to do with each other. G has two parts: of (a, b)
it makes (b-like, a-like), the one of a alone and the other of b alone. Data are pairs of that
order, drawn as independently, and D has two parts as well, a logit for each half, whose losses are
averaged. So a CycleGAN is a GAN like any other, and its cycle term is a penalty on G,
`techniques.cycle_consistency`. J.-Y. Zhu, T. Park, P. Isola and A. A. Efros, *Unpaired
Image-to-Image Translation using Cycle-Consistent Adversarial Networks*, ICCV 2017.

    light, dark = images.domains(images.digits(), "negative", np.random.default_rng(0))
    G, D = cyclegan((8, 8))
    z, data = Unpaired(light, dark), Unpaired(dark, light)
    run = train(G, D, data, z, added=cycle_consistency(10.0))
    made = run.generators(conditions.joint(a, b))  # (seeds, n, 128): dark a, and then light b
"""

import numpy as np
from scipy.spatial.distance import cdist

from ganlab.arguments import fits_memory, whole
from ganlab.backend import keras, refuse_unusable
from ganlab.data import Distribution, as_distribution
from ganlab.guards import a_function, guard, several
from ganlab.layers import Columns
from ganlab.metrics import sample_array
from ganlab.networks import dcgan
from ganlab.own import rows


class Unpaired(Distribution):
    """Points (a, b), a from `first` and b from `second`, drawn independently of each other.

    Each is a target of its own, or an array (n, dim), whose rows are drawn with replacement.

    >>> both = Unpaired(np.zeros((5, 2)), np.ones((9, 2)))
    >>> both.dim, both.sample(3, np.random.default_rng(0))[0].tolist()
    (4, [0.0, 0.0, 1.0, 1.0])
    """

    def __init__(self, first, second):
        self.first, self.second = _half("first", first), _half("second", second)
        self.dim = self.first.dim + self.second.dim

    def __repr__(self):
        return f"Unpaired({self.first!r}, {self.second!r})"

    def _draw(self, shape, rng):
        halves = [half.sample(shape[:-1], rng) for half in (self.first, self.second)]
        return np.concatenate(halves, axis=-1)


def _half(name, given):
    """A target, or an array told by its name, as a distribution."""
    if not (hasattr(given, "sample") and hasattr(given, "dim")):
        given = rows(name, given, least=2, dtype=np.float32)
    return as_distribution(given, name)


@guard(layers=a_function)
def side_by_side(layers, dim):
    """A Keras model of two networks that do not meet, (n, 2 dim) to what both give, joined.

    layers  a function without arguments that gives a new list of Keras layers, those of one
            network, which takes (n, dim); it is called twice
    dim     how many numbers each network is given

        side_by_side(lambda: [keras.layers.Dense(64, "relu"), keras.layers.Dense(64, "tanh")], 64)
    """
    refuse_unusable()
    dim = whole("dim", dim, 1)
    fits_memory("dim", dim, 1000)  # for a small first layer of each, say
    point = keras.Input((2 * dim,))
    halves = [Columns(0, dim)(point), Columns(dim)(point)]
    for k, half in enumerate(halves):
        for layer in _layers(layers):
            half = layer(half)
        halves[k] = half
    return keras.Model(point, keras.layers.Concatenate()(halves))


def _layers(layers):
    """A new list of Keras layers."""
    made = several("layers()", layers())
    if not made or not all(isinstance(layer, keras.layers.Layer) for layer in made):
        raise TypeError(f"layers() gives {made}: wanted a list of Keras layers")
    return made


def cyclegan(size, channels=8):
    """(generator, discriminator) of convolutions that translate flat pictures of this size.

    size      (height, width), multiples of 4; in colour (height, width, 3)
    channels  of the pictures half as large; those behind them have twice as many

    Each half of the generator makes a picture half as large by a convolution of 4 x 4 in strides of
    2, goes over it by one of 3 x 3, and doubles it by a transposed one, with ReLU, and tanh in the
    end. So what stands at a place is made of what stood near it. Each half of the discriminator is
    that of `networks.dcgan`. ValueError, in one line, for other sizes. A small form of the networks
    of Zhu and others 2017, section 4, without their normalisation and their residual blocks.

        G, D = cyclegan((8, 8))  # (n, 128) to (n, 128), and (n, 128) to (n, 2)
    """
    refuse_unusable()
    channels = whole("channels", channels, 1)
    size = tuple(whole("each of size", side, 1) for side in several("size", size))
    if len(size) not in (2, 3) or size[2:] not in ((), (3,)) or size[0] % 4 or size[1] % 4:
        wanted = "wanted (height, width) or (height, width, 3), multiples of 4"
        raise ValueError(f"size={size}: {wanted}")
    height, width, colours = *size[:2], *(size[2:] or (1,))
    fits_memory("channels", channels, 4000 * channels + 100 * height * width)  # as it is drawn
    layers, strides = keras.layers, dict(kernel_size=4, strides=2, padding="same")

    def translator():
        return [
            layers.Reshape((height, width, colours)),
            layers.Conv2D(channels, activation="relu", **strides),
            layers.Conv2D(2 * channels, 3, padding="same", activation="relu"),
            layers.Conv2DTranspose(colours, activation="tanh", **strides),
            layers.Flatten(),
        ]

    def critic():
        return dcgan(1, size, channels)[1].layers  # its generator is left where it is

    pixels = height * width * colours
    return side_by_side(translator, pixels), side_by_side(critic, pixels)


def partners_found(made, partners):
    """The share of translations that are nearer to their true partner than to any other, (...).

    `made` are translations (..., n, pixels), a run's say, and `partners` (n, pixels) the true ones,
    in the same order; near is by squared differences of pixels, and a tie counts as missed. NaN
    where a translation is not finite. By luck 1 / n are found.

    >>> partners_found([[0.1, 0.0], [0.9, 0.0], [0.9, 0.0]], [[0, 0], [1, 0], [2, 0]]).round(2)
    np.float64(0.67)
    """
    made = sample_array(made, "made", stacks=False)
    partners = sample_array(partners, "partners", stacks=False)
    if partners.ndim != 2 or made.shape[-2:] != partners.shape or np.isnan(partners).any():
        raise ValueError(
            f"made has shape {made.shape}, partners {partners.shape}: wanted (..., n, pixels) and "
            "(n, pixels), partners finite"
        )
    found = np.array([_found(each, partners) for each in made.reshape(-1, *partners.shape)])
    return found.reshape(made.shape[:-2])[()]


def _found(made, partners):
    if np.isnan(made).any():
        return np.nan
    away = cdist(made, partners, "sqeuclidean")  # exact where they are alike
    own = away.diagonal().copy()
    np.fill_diagonal(away, np.inf)
    return np.mean(own < away.min(axis=1, initial=np.inf))
