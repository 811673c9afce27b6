"""A small StyleGAN: z becomes a style, a style becomes a picture. And both halves of a trained run.

The generator is two networks, one behind the other. The *mapping* takes z to w, the style. The
*synthesis* makes a picture of a learned constant, of w, which every convolution is told, and of
noise. So w may be looked at, and two pictures mixed: the coarse layers are told the style of one,
the fine layers that of the other. `ganlab.styles` has the layers and their sources.
"""

from typing import NamedTuple

import numpy as np

from ganlab.arguments import fits_memory, in_short, whole
from ganlab.backend import keras, refuse_unusable
from ganlab.ensemble import Ensemble
from ganlab.guards import several
from ganlab.layers import Columns
from ganlab.networks import dcgan
from ganlab.own import LARGEST, numbers
from ganlab.styles import LearnedConstant, ModulatedConv2D, PixelNoise, PixelNorm

MAPPING, SYNTHESIS = "mapping", "synthesis"  # the names of the generator's two halves


def style_gan(latent_dim, size, channels=16, depth=3, noise=True):
    """(generator, discriminator) for flat pictures of this size, from -1 to 1.

    latent_dim  of what the mapping is given; w has as many numbers
    size        (height, width), multiples of 4; in colour (height, width, 3)
    channels    of the generator's pictures at full and half size; smaller ones have twice as many
    depth       dense layers of the mapping, with leaky ReLU, behind a normalisation of z
    noise       whether each pixel of each size is given noise

    The generator is given latent_dim numbers and behind them the noise, one number a pixel of each
    of the three sizes: `latent.Gaussian(generator.input_shape[-1])` draws both. Of a constant a
    modulated convolution of 3 x 3 makes pictures a quarter as large; they are doubled twice, by
    repeating pixels, with another such convolution behind. Coarse are the first two sizes, fine is
    the last, with what makes colours of channels, and tanh. The discriminator is that of `dcgan`.
    ValueError, in one line, for other sizes.

        G, D = style_gan(16, (8, 8))
        run = train(G, D, real, latent.Gaussian(G.input_shape[-1]), ...)
        styles = Styles.of(run)
    """
    refuse_unusable()
    latent_dim, depth = whole("latent_dim", latent_dim, 1), whole("depth", depth, 1)
    fits_memory("depth", depth, 10**6)  # what Keras makes of a layer, which is no small thing
    discriminator = dcgan(latent_dim, size, channels)[1]  # it refuses what is wrong with the size
    size = tuple(several("size", size))
    pixels = [size[0] * size[1] // part for part in (16, 4, 1)] if noise else []
    z = keras.Input((latent_dim + sum(pixels),))
    w = _mapping(latent_dim, depth)(Columns(0, latent_dim)(z) if noise else z)
    given = [w, w, Columns(latent_dim)(z)] if noise else [w, w]
    synthesis = _synthesis(latent_dim, size, channels, pixels)
    generator = keras.Model(z, synthesis(keras.layers.Concatenate()(given)))
    return generator, discriminator


def _mapping(latent_dim, depth):
    layers = [keras.layers.Dense(latent_dim, "leaky_relu") for _ in range(depth)]
    return keras.Sequential([keras.Input((latent_dim,)), PixelNorm(), *layers], name=MAPPING)


def _synthesis(style_dim, size, channels, pixels):
    """Of the coarse style, the fine one, and noise for each of the sizes, one behind the other."""
    layers, places = keras.layers, np.cumsum([2 * style_dim, *pixels]).tolist()
    point = keras.Input((places[-1],))
    coarse, fine = Columns(0, style_dim)(point), Columns(style_dim, 2 * style_dim)(point)
    height, width, colours = *size[:2], *(size[2:] or (1,))
    x = LearnedConstant((height // 4, width // 4, 2 * channels))(point)
    for k, (filters, style) in enumerate(
        ((2 * channels, coarse), (channels, coarse), (channels, fine))
    ):
        x = layers.UpSampling2D(2)(x) if k else x
        x = ModulatedConv2D(filters, 3)([x, style])
        x = PixelNoise()([x, Columns(*places[k : k + 2])(point)]) if pixels else x
        x = layers.LeakyReLU(0.2)(x)
    x = ModulatedConv2D(colours, 1, demodulate=False, activation="tanh")([x, fine])
    return keras.Model(point, layers.Flatten()(x), name=SYNTHESIS)


class Styles(NamedTuple):
    """Both halves of the generators of a run: all seeds at once, as an `Ensemble` each."""

    mapping: Ensemble
    synthesis: Ensemble

    @classmethod
    def of(cls, run):
        """Those of a `Run` whose generator `style_gan` made; ValueError for another."""
        generators = getattr(run, "generators", None)
        if not isinstance(generators, Ensemble):
            raise TypeError(f"run is {in_short(run)}: wanted the Run of a GAN")
        model, names = generators.model, [layer.name for layer in generators.model.layers]
        if MAPPING not in names or SYNTHESIS not in names:
            wanted = "wanted a run whose generator style_gan made"
            raise ValueError(f"run has a generator of layers {', '.join(names)[:60]}: {wanted}")
        at = {id(v): w for v, w in zip(model.trainable_variables, generators.weights, strict=True)}
        halves = [model.get_layer(name) for name in (MAPPING, SYNTHESIS)]
        each = [[at[id(v)] for v in half.trainable_variables] for half in halves]
        return cls(
            *(
                Ensemble(half, generators.seeds, weights, generators.failed)
                for half, weights in zip(halves, each, strict=True)
            )
        )

    @property
    def noises(self):
        """How many numbers of noise a picture takes."""
        return self.synthesis.model.input_shape[-1] - 2 * self.mapping.model.output_shape[-1]

    def w(self, z):
        """The styles (seeds, n, style dim) of z (n, dim), or (seeds, n, dim); noise behind them is
        left out."""
        z, latent_dim = numbers("z", z, "numbers (n, dim)"), self.mapping.model.input_shape[-1]
        return self.mapping(self._each("z", z[..., :latent_dim] if z.ndim else z, latent_dim))

    def make(self, coarse, fine=None, noise=None):
        """Pictures (seeds, n, pixels) of styles (seeds, n, style dim), or (n, style dim) for all.

        fine   of the last size, if they are to be others than the `coarse` ones
        noise  (n, noises), or (seeds, n, noises); without it 0, which is its mean
        """
        seeds = len(self.synthesis.seeds)
        given = {"coarse": coarse, "fine": coarse if fine is None else fine}
        size = self.mapping.model.output_shape[-1]
        given = {name: self._each(name, value, size) for name, value in given.items()}
        if noise is None:
            noise = np.zeros((*given["coarse"].shape[:2], self.noises))
        given["noise"] = self._each("noise", noise, self.noises)
        counts = {name: value.shape[1] for name, value in given.items()}
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{count} of {name}" for name, count in counts.items())
            raise ValueError(f"{told}: wanted as many of each, for {seeds} seeds")
        return self.synthesis(np.concatenate(list(given.values()), axis=-1))

    def _each(self, name, value, size):
        """The numbers (seeds, n, size), if they are given for all seeds alike or for each."""
        seeds, value = len(self.synthesis.seeds), numbers(name, value, f"numbers (n, {size})")
        if value.ndim < 2 or value.shape[:-2] not in ((), (seeds,)) or value.shape[-1] != size:
            wanted = f"wanted (n, {size}) or ({seeds}, n, {size})"
            raise ValueError(f"{name} has shape {value.shape}: {wanted}")
        if np.nanmax(np.abs(value), initial=0) > LARGEST:
            raise ValueError(f"{name} holds numbers above {LARGEST:.0e}: wanted smaller ones")
        return np.broadcast_to(value, (seeds, *value.shape[-2:]))
