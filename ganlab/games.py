"""The theory made executable: the value of the game, the best discriminator, and play itself.

Three parts, one after the other. Two known distributions: log densities on common points, of
shape (..., points), and `w`, what each point stands for: the volume of a cell, or 1 on a finite
set. A generator whose density is computed. Then games small enough to play by hand: on a finite
set, where both players are tables, and the Dirac-GAN, where both are one number.

Logarithms are natural, D = sigmoid(logit), and a high D means real. A log density above 709, whose
exponential no float64 holds, gives infinity or NaN.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax

from ganlab.arguments import fits_memory, in_short, whole
from ganlab.guards import a_function, guard, told
from ganlab.own import numbers

# Two known distributions


def cells(*sides, n=None):
    """The middles and the volume of equal cells that fill a box: (x, w), a midpoint rule.

    `sides` holds (low, high) for each dimension; `n` the cells along a side: 100,000 in one
    dimension, 1,000 in two, unless given. Returns x (n,) or (n * n, 2) and w, a number. Sums over
    x with weight w are integrals over the box, so let it hold all of the densities: exact to
    rounding for smooth ones that vanish at its sides, to the width of a cell where one jumps.
    """
    try:
        pairs = [numbers("sides", side) for side in sides]
    except (TypeError, ValueError, OverflowError):
        pairs = [np.zeros(0)]
    if len(sides) not in (1, 2) or not all(map(_is_side, pairs)):
        raise ValueError(
            f"sides={in_short(sides)}: wanted one or two pairs (low, high), finite, low < high"
        )
    n = whole("n", (100_000, 1_000)[len(sides) - 1] if n is None else n, 1)
    fits_memory("n", n, 8 * (3 if len(sides) == 1 else 5 * n), power=len(sides))
    lines = [low + (high - low) * (np.arange(n) + 0.5) / n for low, high in pairs]
    x = lines[0] if len(sides) == 1 else np.stack(np.meshgrid(*lines), -1).reshape(-1, 2)
    return x, float(np.prod([(high - low) / n for low, high in pairs]))


def _is_side(side):
    return side.shape == (2,) and -np.inf < side[0] < side[1] < np.inf


def _mean(log_p, values, w):
    """Sum of w p values over the last axis; where p is 0 even an infinite value adds nothing."""
    p, values = np.broadcast_arrays(np.exp(log_p), values)
    return np.sum(w * np.multiply(p, values, out=np.zeros(p.shape), where=p != 0), axis=-1)


@guard(("logit", "log_p", "log_q", "w"), logit=float, log_p=float, log_q=float, w=float)
def value(logit, log_p, log_q, w=1.0):
    """V(D, G) = E log D(real) + E log(1 - D(fake)), in nats. Goodfellow et al. 2014, eq. 1."""
    return _mean(log_p, log_expit(logit), w) + _mean(log_q, log_expit(np.negative(logit)), w)


@guard(("log_p", "log_q", "w"), log_p=float, log_q=float, w=float)
def kl(log_p, log_q, w=1.0):
    """KL(p || q) = E_p (log p - log q), in nats; for the reverse one swap the arguments."""
    return _mean(log_p, optimal_logit(log_p, log_q), w)


@guard(("log_p", "log_q", "w"), log_p=float, log_q=float, w=float)
def jensen_shannon(log_p, log_q, w=1.0):
    """The mean of KL(p || m) and KL(q || m) with m = (p + q) / 2: 0 to log 2, in nats."""
    log_m = np.logaddexp(log_p, log_q) - np.log(2)
    return 0.5 * (kl(log_p, log_m, w) + kl(log_q, log_m, w))


@guard(("log_p", "log_q", "w"), log_p=float, log_q=float, w=float)
def total_variation(log_p, log_q, w=1.0):
    """Half of the sum of |p - q|: 0 to 1, the largest difference in any event's probability."""
    return 0.5 * np.sum(w * np.abs(np.exp(log_p) - np.exp(log_q)), axis=-1)


@guard(("x", "log_p", "log_q", "w"), x=float, log_p=float, log_q=float, w=float)
def wasserstein(x, log_p, log_q, w=1.0):
    """W1 on the line: the area between both cumulative distributions; x (points,) increases."""
    if np.ndim(x) != 1 or not (np.isfinite(x).all() and np.all(np.diff(x) > 0)):
        raise ValueError(f"x has shape {np.shape(x)}; wanted (points,), finite and increasing")
    between = np.abs(np.cumsum(w * (np.exp(log_p) - np.exp(log_q)), axis=-1))
    return np.sum(between[..., :-1] * np.diff(x), axis=-1)


@guard(("p", "q"), p=float, q=float)
def optimal_discriminator(p, q) -> np.ndarray:
    """D* = p / (p + q), the best answer to real p and fake q (Goodfellow et al. 2014).

    `p` and `q` are densities on the same points, any shapes that broadcast. Where both are 0 no
    point is ever seen and every answer is as good; 1/2 is returned, which says so. Far out, where
    densities underflow to 0, take the sigmoid of `optimal_logit` instead.
    """
    total = p + q
    return np.where(total == 0, 0.5, p / np.where(total == 0, 1, total))


@guard(("log_p", "log_q"), log_p=float, log_q=float)
def optimal_logit(log_p, log_q) -> np.ndarray:
    """log p - log q, the logit of D*, from log densities; 0 where both densities are 0."""
    nowhere = np.isneginf(log_p) & np.isneginf(log_q)
    return np.where(nowhere, 0, log_p) - np.where(nowhere, 0, log_q)


@guard(x=float, edges=float)
def generator_density(x, edges) -> np.ndarray:
    """Density of G(z) for a latent of one variable, averaged over each bin: computed, not sampled.

    `x` (..., m + 1) holds the generator's outputs at the latent quantiles u = 0, 1/m, ..., 1. Each
    of the m cells between neighbours carries probability 1/m; G is taken as linear in u inside a
    cell, so the cell's mass is spread evenly between its two outputs, and the result is exact for
    such maps. `edges` (bins + 1,) increase. Returns float64 (..., bins), NaN where `x` is not
    finite. Mass outside the edges is left out, so `result @ diff(edges)` is the mass inside. A
    cell of no length is a point mass, put into the bin [left, right) that holds it, the last bin
    including its right edge. The quantiles of an unbounded latent are infinite at u = 0 and 1:
    clip u first, for instance to [1e-6, 1 - 1e-6].
    """
    if x.ndim == 0 or x.shape[-1] < 2:
        raise ValueError(f"x has shape {x.shape}; wanted (..., m + 1) with m at least 1")
    if edges.ndim != 1 or len(edges) < 2 or not np.all(np.diff(edges) > 0):
        raise ValueError(f"edges has shape {edges.shape}; wanted (bins + 1,), increasing")
    x = np.where(np.isfinite(x), x, np.nan)
    low = np.minimum(x[..., :-1], x[..., 1:])
    length = np.abs(np.diff(x))
    is_point = length == 0
    divisor = np.where(is_point, 1, length)
    below = []  # the mass below each edge; edge by edge, to need no (..., m, bins) array
    for edge in edges:
        point_below = low <= edge if edge == edges[-1] else low < edge
        share = np.clip(edge - low, 0, length) / divisor + (is_point & point_below)
        below.append(share.mean(axis=-1))
    return np.diff(np.stack(below, axis=-1)) / np.diff(edges)


# Small games, played


class Game(NamedTuple):
    """Where each player is heading at a state, `g` of the generator and `d` of the discriminator.

    `generator(g, d)` and `discriminator(g, d)` give the direction in which that player's own
    objective improves fastest, in the shape of its state; states may have leading axes, for many
    games at once. `best(g)` gives the best discriminator, where there is one.
    """

    generator: Callable
    discriminator: Callable
    best: Callable | None = None


# What a round of a game wants.
def _round(function):
    return told(guard(("g", "d", "step"), game=Game, g=float, d=float, step=float)(function))


@_round
def simultaneous(game, g, d, step):
    """Both players move at once, each by `step` along its direction."""
    return g + step * game.generator(g, d), d + step * game.discriminator(g, d)


def alternating(order="dg"):
    """Players take turns and see each other's last move: "dg", "gd", or "dddg" for 3 D steps."""
    if not isinstance(order, str) or not order or set(order) - {"d", "g"}:
        raise ValueError(
            f"order={in_short(order)}: wanted letters d and g, one for each move: 'dg'"
        )

    def turns(game, g, d, step):
        for player in order:
            if player == "g":
                g = g + step * game.generator(g, d)
            else:
                d = d + step * game.discriminator(g, d)
        return g, d

    return turns


@_round
def extragradient(game, g, d, step):
    """Look one simultaneous step ahead, and move from here in the directions found there."""
    ahead = simultaneous(game, g, d, step)
    return g + step * game.generator(*ahead), d + step * game.discriminator(*ahead)


@told
@guard(game=Game, g=float, step=float)  # of `d` nothing is asked
def best_response(game, g, d, step):
    """D answers as well as can be, whatever it was; then G moves by `step`."""
    if game.best is None:
        raise ValueError("this game has no best discriminator: wanted one with `best`")
    d = game.best(g)
    return g + step * game.generator(g, d), d


@guard(("g", "d", "step"), game=Game, g=float, d=float, method=a_function, step=float)
def play(game, g, d, method=simultaneous, *, step=0.1, steps=100):
    """`steps` rounds of `method`: both players' states (steps + 1, ...), the first as given."""
    steps = whole("steps", steps, 0)
    if method is alternating:
        raise TypeError(
            "method is alternating: wanted alternating(), or an order: alternating('gd')"
        )
    for name, player in (("g", g), ("d", d), ("step", step)):
        if np.size(player) == 0:
            raise ValueError(f"{name} is empty: wanted a state, a number or (n,)")
    # A number beside several is that number for each: so it comes out of the first round.
    states = [tuple(np.broadcast_arrays(g, d)) if np.shape(g) != np.shape(d) else (g, d)]
    for _ in range(steps):
        states.append(method(game, *states[-1], step))
    return tuple(np.stack(players) for players in zip(*states, strict=True))


@guard(game=Game, g=float, d=float, method=a_function, step=float)
def eigenvalues(game, g, d, method=None, step=None):
    """Eigenvalues of the game linearised at a state, an equilibrium say; complex, unordered.

    Without `method` those of the directions, the continuous system: real parts below 0 draw in.
    With `method` and `step` those of one round: absolute values below 1 draw in. `g` and `d` are
    numbers or (n,). By central differences: to about nine digits, half as many where two coincide,
    and without meaning where the directions jump, as those of `dirac_wgan_gp` do at d = 0.
    """
    if (method is None) != (step is None):
        raise ValueError(f"step={in_short(step)}: wanted a step with a method, and none without")
    if np.shape(g) != np.shape(d):
        raise ValueError(f"g has shape {np.shape(g)}, d {np.shape(d)}: wanted the same")
    for name, player in (("g", g), ("d", d)):
        if not np.isfinite(player).all() or player.ndim > 1:
            wanted = "wanted a finite number, or (n,) of them"
            raise ValueError(f"{name} is {in_short(player.tolist())}: {wanted}")
    shape, state = np.shape(g), np.concatenate([np.ravel(g), np.ravel(d)]).astype(float)

    def move(state):
        parts = (part.reshape(shape) for part in np.split(state, 2))
        if method is None:
            g, d = parts
            moved = game.generator(g, d), game.discriminator(g, d)
        else:
            moved = method(game, *parts, step)
        return np.concatenate([np.ravel(part) for part in moved])

    shifts = 1e-5 * np.eye(len(state))
    columns = [(move(state + shift) - move(state - shift)) / 2e-5 for shift in shifts]
    return np.linalg.eigvals(np.stack(columns, axis=-1))


@guard(logit=float)
def minimax_cost(logit):
    """log(1 - D), what a fake sample costs G in the minimax game; its slope is -D."""
    return log_expit(np.negative(logit))


@guard(logit=float)
def nonsaturating_cost(logit):
    """-log D, what it costs instead in the non-saturating game; its slope is -(1 - D)."""
    return -log_expit(logit)


@guard(p=float, cost=a_function)
def finite_game(p, cost=minimax_cost):
    """Real data with frequencies `p` (..., points) against tables: G = softmax(g), D = sigmoid(d).

    G minimises E_q cost(d), D maximises V. The best D is log p - log q, cut to +-30 so that it
    stays finite where p is 0. The game of deletang2018's thought experiment.
    """
    if p.ndim == 0 or p.size == 0:
        given = f"p has shape {p.shape}, no points"
        raise ValueError(f"{given}: wanted frequencies (..., points), none below 0, of sum 1")
    if not np.isclose(p.sum(axis=-1), 1).all() or (p < 0).any():
        given = f"p has shape {p.shape}, least entry {p.min():g}, total {p.sum():g}"
        raise ValueError(f"{given}: wanted frequencies (..., points), none below 0, of sum 1")

    with np.errstate(divide="ignore"):
        log_p = np.log(p)

    def generator(g, d):
        q, costs = softmax(g, axis=-1), cost(d)
        return -q * (costs - np.sum(q * costs, axis=-1, keepdims=True))

    def discriminator(g, d):
        return p * expit(-d) - softmax(g, axis=-1) * expit(d)

    def best(g):
        return np.clip(log_p - log_softmax(g, axis=-1), -30, 30)

    return Game(generator, discriminator, best)


# The Dirac-GAN: real data are the point 0, the generator is the point g, D(x) = sigmoid(d x).
# L. Mescheder, A. Geiger, S. Nowozin, "Which Training Methods for GANs do actually Converge?",
# ICML 2018, where d has the opposite sign. The only equilibrium is g = d = 0. There is no best D:
# the further d goes against the sign of g, the better.


def dirac_gan():
    """The minimax game: V = log D(0) + log(1 - D(g))."""
    return Game(lambda g, d: d * expit(d * g), lambda g, d: -g * expit(d * g))


def dirac_nonsaturating():
    """G maximises log D(g) instead."""
    return dirac_gan()._replace(generator=lambda g, d: d * expit(-d * g))


def dirac_wgan():
    """The Wasserstein game without a bound on D: V = -d g."""
    return Game(lambda g, d: d + 0 * g, lambda g, d: -g + 0 * d)


@guard(gp_weight=float, slope=float)
def dirac_wgan_gp(gp_weight=1.0, slope=1.0):
    """The Wasserstein game with gp_weight / 2 (|d| - slope)^2 taken from D's objective."""
    game = dirac_wgan()

    def discriminator(g, d):
        return game.discriminator(g, d) - gp_weight * (np.abs(d) - slope) * np.sign(d)

    return game._replace(discriminator=discriminator)


@guard(gp_weight=float)
def dirac_r1(gp_weight=1.0):
    """The minimax game with R1, gp_weight / 2 d^2, taken from D's objective."""
    game = dirac_gan()
    return game._replace(discriminator=lambda g, d: game.discriminator(g, d) - gp_weight * d)


@guard(std=float)
def dirac_instance_noise(std=1.0):
    """The minimax game with N(0, std) added to what D sees, real and fake.

    Means by Gauss-Hermite quadrature: to 1e-8 while std |d| is below 2, to 1e-4 at 4.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    if np.ndim(std):
        raise ValueError(f"std has shape {np.shape(std)}: wanted a number")
    noise, weights = std * nodes, weights / np.sqrt(2 * np.pi)

    def mean(function, g, d):
        return np.sum(weights * function(np.expand_dims(g, -1) + noise, np.expand_dims(d, -1)), -1)

    def discriminator(g, d):
        real = mean(lambda x, d: x * expit(-d * x), np.zeros_like(g), d)
        return real - mean(lambda x, d: x * expit(d * x), g, d)

    return Game(lambda g, d: mean(lambda x, d: d * expit(d * x), g, d), discriminator)


@guard(weight=float)
def dirac_consensus(weight=1.0):
    """The minimax game; both players also descend on weight / 2 times the squared directions."""
    game = dirac_gan()

    def own(player, other):  # the gradient of (g^2 + d^2) D(g)^2 / 2 for one of the two
        D = expit(player * other)
        return player * D**2 + (player**2 + other**2) * D**2 * (1 - D) * other

    return Game(
        lambda g, d: game.generator(g, d) - weight * own(g, d),
        lambda g, d: game.discriminator(g, d) - weight * own(d, g),
    )
