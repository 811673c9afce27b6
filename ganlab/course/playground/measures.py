"""How good the samples of a moment are, a number a seed, beside what a perfect sampler would score.

`measures(scene)` lists what can be measured of a target; each is asked once a moment.
"""

import functools
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ganlab import games
from ganlab.course.playground.model import SAMPLES
from ganlab.course.playground.words import judged
from ganlab.data import Gaussian
from ganlab.endings import measure
from ganlab.metrics import noise_floor

SIDE = 14  # cells each way in the plane, for the Jensen-Shannon divergence
DRAWN = 200_000  # samples of a target, to count what is due to each of those


class Measure(NamedTuple):
    """A number for each seed.

    label    what it is, and whether it is computed or estimated
    of       of a `Moment`: (seeds,)
    floor    (low, high): where eight tenths of perfect samplers are; of what is computed, and of
             modes held, a band about the best value
    limits   of its axis
    log      whether that is logarithmic
    """

    label: str
    of: Callable
    floor: tuple
    limits: tuple
    log: bool = False


class Measures(Mapping):
    """{name: Measure} of a `Line` or a `Plane`: "distance", "JS", and where there are modes "modes
    held". Each is made when it is first asked for, for a floor takes a while."""

    def __init__(self, scene):
        self._scene, self._made = scene, {}
        self._makers = {"distance": _distance, "JS": _divergence}
        if judged(scene.target) and not isinstance(scene.target, Gaussian):
            self._makers["modes held"] = _held

    def __getitem__(self, name):
        if name not in self._made:
            self._made[name] = self._makers[name](self._scene)
        return self._made[name]

    def __iter__(self):
        return iter(self._makers)

    def __len__(self):
        return len(self._makers)


measures = functools.lru_cache(maxsize=4)(Measures)  # of one scene there is one


def _distance(scene):
    low, high = scene.floor.low, scene.floor.high
    limits = 0.5 * low, max(float(np.max(scene.high - scene.low)), 4 * high)
    return Measure(scene.metric, lambda m: scene.distances(m.samples), (low, high), limits, True)


def _held(scene):
    modes = len(scene.target.modes)

    def of(moment):
        return np.asarray(measure(moment.samples, scene.target).held, float)

    floor = 0.98 * modes, 1.02 * modes
    return Measure(f"modes held, of {modes}", of, floor, (-0.03 * modes, 1.08 * modes))


def _divergence(scene):
    """Jensen-Shannon, in nats, of shares of cells: at most log 2."""
    if scene.target.dim == 1 and scene.computed:
        due = _with_the_rest(scene.p.reshape(-1, 4).mean(axis=1) * np.diff(scene.edges[::4]))

        def of(moment):
            shares = scene.densities(moment) * np.diff(scene.edges[::4])
            return _js(_with_the_rest(shares), due)

        return Measure("JS (computed), in nats", of, (0.0, 0.004), (0, 0.72))
    sides = list(np.linspace(scene.low, scene.high, SIDE + 1).T)
    if scene.target.dim == 1:
        sides = [scene.edges[::4]]
    rng = np.random.default_rng(5)
    due = _counted(scene.target.sample((1, DRAWN), rng), sides)[0]

    def estimated(samples, _=None):
        return _js(_counted(samples, sides), due)

    floor = noise_floor(estimated, scene.target, SAMPLES, rng, repeats=60)
    label = "JS (estimated), in nats"
    return Measure(label, lambda m: estimated(m.samples), (floor.low, floor.high), (0, 0.72))


def _with_the_rest(shares):
    """Shares (..., cells) and one cell more, for all that lies elsewhere."""
    rest = np.maximum(1 - shares.sum(axis=-1, keepdims=True), 0)
    return np.concatenate([shares, rest], axis=-1)


def _counted(samples, sides):
    """Shares (seeds, cells and the rest) of samples (seeds, n, dim); NaN where one is NaN."""
    shares = np.stack([np.histogramdd(one, sides)[0].ravel() / len(one) for one in samples])
    finite = np.isfinite(samples).all(axis=(1, 2))
    return _with_the_rest(np.where(finite[:, None], shares, np.nan))


def _js(q, p):
    """Of shares q (seeds, cells) and p (cells,); NaN where q is."""
    found = np.full(len(q), np.nan)
    known = np.isfinite(q).all(axis=-1)
    with np.errstate(divide="ignore"):
        found[known] = games.jensen_shannon(np.log(p), np.log(q[known]))
    return found
