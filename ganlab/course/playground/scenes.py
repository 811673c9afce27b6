"""From a moment to what a view draws of it: arrays, labelled by how they are known.

A `Plane` is the scene of data in the plane, a `Line` that of data on the line; `scene` picks one.
What belongs to the target is computed once. All of it is NumPy; networks are asked as `Ensemble`s.
"""

from functools import cached_property

import numpy as np
from scipy.special import expit

from ganlab import games
from ganlab.company import looks_along_batch
from ganlab.data import Cube
from ganlab.distances import sliced_wasserstein
from ganlab.distributions import Distribution
from ganlab.ensemble import Ensemble
from ganlab.kernel_density import kernel_log_density
from ganlab.metrics import noise_floor, wasserstein

CELLS = 56  # of D's heatmap, each way
ARROWS = 48
DRAWN = 4000  # samples from which a density is estimated


def scene(target, latent):
    """The scene of a target: `Line` or `Plane`; ValueError for other dimensions."""
    if target.dim > 2:
        raise ValueError(f"the data have {target.dim} columns: wanted 1 or 2, to be drawn")
    return (Line if target.dim == 1 else Plane)(target, latent)


def of_member(ensemble, member):
    """One member's network, as an `Ensemble` of one."""
    weights = [weight[member : member + 1] for weight in ensemble.weights]
    return Ensemble(ensemble.model, ensemble.seeds[member : member + 1], weights)


class Scene:
    """What line and plane share: the target, points of it, D's score where it has one."""

    def __init__(self, target, latent):
        self.target, self.latent = target, latent
        self.real = np.asarray(target.sample(1000, np.random.default_rng(1)), float)
        seen = np.vstack([self.real, 0 * self.real[:1]])  # an untrained G starts around 0
        middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
        reach = max(0.7 * np.ptp(seen, axis=0).max(), 1e-3)
        self.low, self.high = middle - reach, middle + reach

    @cached_property
    def has_density(self):
        """Whether the target has a density: points of the reader's own, and bells without a width,
        have none. Any other that raises when it is asked has a fault, which is to be seen."""
        own = type(self.target).log_density is not Distribution.log_density
        return own and getattr(self.target, "std", 1.0) > 0

    def scores(self, moment, member, score):
        """D's score at the scene's points (points,), or None where no single point has one: packs
        and batches are judged in company."""
        d = of_member(moment.discriminators, member)
        if d.model.input_shape[-1] != self.target.dim or looks_along_batch(d):
            return None
        return np.asarray(score(d(self.at)[0, :, 0]))

    @cached_property
    def _log_p(self):
        """log of the target's density at the points, exact; by kernels where it has none."""
        if self.has_density:
            return self.target.log_density(self.at)
        points = self.target.sample(DRAWN, np.random.default_rng(6))
        return kernel_log_density(points, self.at, self._width)

    @property
    def _width(self):
        """Of the kernels by which densities are estimated from samples."""
        return 0.025 * float(np.max(self.high - self.low))

    def best(self, moment, member):
        """D* = p / (p + q) at the scene's points, q estimated from 4,000 samples. p is exact; where
        the target has no density it is estimated too, from as many samples by kernels of the same
        width, so that both are blurred alike and D* of a perfect G is 1/2."""
        z = self.latent.sample(DRAWN, np.random.default_rng(3))
        if not _finite(moment.samples[member]):
            return np.full(len(self.at), np.nan)
        samples = of_member(moment.generators, member)(z)[0]
        p, width = self._log_p, self._width / 2
        # A kernel's tail says nothing of where no sample is; nor is p + q above 0 there.
        if not self.has_density:
            p, width = np.maximum(p, -30), self._width
        q = np.maximum(kernel_log_density(samples, self.at, width), -30)
        return expit(np.clip(games.optimal_logit(p, q), -30, 30))


class Plane(Scene):
    """Data in the plane: at (cells * cells, 2) are the points of the heatmap, row by row from
    below."""

    metric = "sliced W1 to the data"

    def __init__(self, target, latent):
        super().__init__(target, latent)
        self.x = np.linspace(self.low[0], self.high[0], CELLS)
        self.y = np.linspace(self.low[1], self.high[1], CELLS)
        self.at = np.stack(np.meshgrid(self.x, self.y), -1).reshape(-1, 2).astype("float32")
        self._fixed = np.asarray(target.sample(500, np.random.default_rng(2)), float)

    def manifold(self, moment, member, lines=13, points=61):
        """A grid of latents carried through G: lines (lines, points, 2). Of more than two latents
        the first two; of one, all it can make as a single line."""
        g, ends = of_member(moment.generators, member), np.array([0.02, 0.98])
        low, high = self._latent_range(ends)
        fine, coarse = np.linspace(low, high, points), np.linspace(low, high, lines)
        if self.latent.dim == 1:
            return g(fine[:, None])[0][None]
        z = np.zeros((2 * lines, points, self.latent.dim), "float32")
        z[:lines, :, 0], z[:lines, :, 1] = coarse[:, None], fine
        z[lines:, :, 0], z[lines:, :, 1] = fine, coarse[:, None]
        return g(z.reshape(-1, self.latent.dim))[0].reshape(2 * lines, points, 2)

    def _latent_range(self, ends):
        """Where nearly all of a latent's numbers lie, each alike: (2,)."""
        if self.latent.dim == 1:
            return np.ravel(self.latent.quantile(ends))
        if isinstance(self.latent, Cube):
            return self.latent.low + ends * (self.latent.high - self.latent.low)
        return np.array([-2.0, 2.0])

    def distances(self, samples):
        """How far samples (..., n, 2) are from the data (...), estimated."""
        return sliced_wasserstein(samples, self._fixed, directions=12)

    @cached_property
    def floor(self):
        """(median, low, high) of the same for a perfect sampler."""

        def metric(samples, _):
            return self.distances(samples)

        return noise_floor(metric, self.target, 500, np.random.default_rng(4), repeats=60)


class Line(Scene):
    """Data on the line: at (points, 1) lie evenly, in the middle of cells."""

    metric = "W1 to the data"

    def __init__(self, target, latent):
        super().__init__(target, latent)
        self.edges = np.linspace(self.low[0], self.high[0], 241)
        self.at = ((self.edges[1:] + self.edges[:-1]) / 2)[:, None].astype("float32")
        self._u = np.linspace(1e-4, 1 - 1e-4, 2001)

    @cached_property
    def p(self):
        """The target's density at the points."""
        return np.exp(self._log_p)

    @property
    def computed(self):
        """Whether G's density is computed, and not estimated: where it has one latent."""
        return self.latent.dim == 1

    def density(self, moment, member):
        """One generator's density at the points (points,)."""
        return self._densities(of_member(moment.generators, member), moment.samples[[member]], 1)[0]

    def densities(self, moment):
        """All generators' densities, each over four cells together: (seeds, points / 4)."""
        return self._densities(moment.generators, moment.samples, 4)

    def _densities(self, g, samples, step):
        if self.computed:
            x = g(self.latent.quantile(self._u[::step])[:, None])[..., 0]
            found = games.generator_density(x, self.edges[::step])
        else:
            edges = self.edges[::4]
            counts = np.stack([np.histogram(one[..., 0], edges)[0] for one in samples])
            found = np.repeat(counts / samples.shape[1] / np.diff(edges), 4 // step, axis=1)
        return np.where(_finite(samples)[:, None], found, np.nan)

    def best(self, moment, member):
        """D* = p / (p + q) at the points, of G's density as it is drawn; where the target has no
        density of both as estimated, as in the plane."""
        if not self.has_density:
            return super().best(moment, member)
        with np.errstate(divide="ignore"):
            return expit(games.optimal_logit(self._log_p, np.log(self.density(moment, member))))

    def distances(self, samples):
        """W1 of samples (..., n, 1) to the data (...)."""
        return wasserstein(samples, self.target)

    @cached_property
    def floor(self):
        """(median, low, high) of the same for a perfect sampler."""
        return noise_floor(wasserstein, self.target, 500, np.random.default_rng(4), repeats=60)


def _finite(samples):
    """Of samples (..., n, dim), whether all are numbers (...). Those of a seed that failed are not,
    though its last finite weights are kept."""
    return np.isfinite(samples).all(axis=(-2, -1))


def pulls(moment, member, losses, real):
    """Where G's loss would have its samples go: (places, directions), (arrows, dim) each; or None
    where no single sample is pulled: D judges packs or batches, or the loss looks at features.

    A direction is minus the slope of G's loss by that sample, times the number of samples; `real`
    (n, dim) are as many real samples, which a relativistic loss compares with.
    """
    from ganlab.backend import tf  # here, because it is the only function that needs it

    d, dim = of_member(moment.discriminators, member), real.shape[1]
    if d.model.input_shape[-1] != dim or losses.layer or looks_along_batch(d):
        return None
    x, real = (tf.constant(one[:ARROWS], tf.float32) for one in (moment.samples[member], real))
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = d_logits(d, x)
        scalars = {k: np.ravel(v)[member % np.size(v)] for k, v in losses.scalars.items()}
        given = [d_logits(d, real)[None]] if losses.relative else []
        loss = tf.reduce_sum(losses.generator(*given, logits[None], **scalars)) * len(x)
    return x.numpy(), -tape.gradient(loss, x).numpy()


def d_logits(ensemble, x):
    """Logits (n,) of an `Ensemble` of one at x (n, dim), with a slope."""
    from ganlab.ensemble import call

    return call(ensemble.model, ensemble.weights, x[None])[0, :, 0]
