"""What is trained, as values: a `Gan`, and what may be given to it. Nothing here is compiled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ganlab import losses as _losses
from ganlab.arguments import in_short, whole
from ganlab.backend import keras, tf
from ganlab.compiling import compiles
from ganlab.data import Distribution, as_distribution
from ganlab.ensemble import Ensemble
from ganlab.lookups import is_own, name_of, reads
from ganlab.models import own_parts, structure
from ganlab.own import probe


class Now(NamedTuple):
    """The step being taken, as the function of a `Shown` or an `Added` sees it.

    step         steps of G taken before this one, a float
    noise        what `draw` drew, (seeds, n, dim), for as many samples as are in a batch, also
                 where packing shows fewer; None without a `draw`

    and for an `Added` also

    discriminate function giving D's logit (seeds, n) of x (seeds, n, dim); the mean where
                 D gives a sample several
    generate     function giving G's samples (seeds, n, dim) of z (seeds, n, latent dim)
    real, fake   the batches as D is shown them, (seeds, n, dim)
    z            what the fake batch was made of, (seeds, n, latent dim)
    weights      those of the player whose loss it is, arrays (seeds, *shape)
    averages     what each weight was on average until now, if `averaged`
    size         the numbers in a sample, of which D may be shown several as one
    """

    step: tf.Tensor
    noise: tf.Tensor | None
    discriminate: Callable | None = None
    generate: Callable | None = None
    real: tf.Tensor | None = None
    fake: tf.Tensor | None = None
    z: tf.Tensor | None = None
    weights: list | None = None
    averages: list | None = None
    size: int | None = None


class Shown(NamedTuple):
    """What D is shown instead of the bare batches.

    function  `function(batch, now, **scalars)` returns what D sees of a batch (seeds, n, dim),
              real or fake; `now` is a `Now`, scalars come as (seeds, 1, 1)
              or of another length and width: packing gives (seeds, n / 2, 2 * dim)
    draw      `draw(rng, shape)` draws the noise the function wants for batches of shape
              (batches, n, dim), one seed at a time, in NumPy
    scalars   floats, or arrays with one value per member; another value needs no new program.
              What else a function looks up is read once, when its program is built; so are
              random numbers that it draws itself, which is refused
    together  whether D gets real and fake samples as one batch, real before fake, and not
              as two: to a D that looks along the batch it makes a difference
    """

    function: Callable | None = None
    draw: Callable | None = None
    scalars: Mapping = {}
    together: bool = False


class Added(NamedTuple):
    """A penalty added to D's loss, to G's, or to both.

    function  `function(now, **scalars)` returns a penalty (seeds,); `now` is a `Now`,
              scalars come as (seeds,)
    draw, scalars
              as in `Shown`
    to        whose losses: "d", "g" or "dg"
    averaged  whether it wants `now.averages`
    """

    function: Callable
    draw: Callable | None = None
    scalars: Mapping = {}
    to: str = "d"
    averaged: bool = False


class Replaced(NamedTuple):
    """Weights that take the place of a player's own, at one moment or another.

    `weights` are lists of arrays (seeds, *shape), in the order of the Keras model's trainable
    variables; functions return such lists. Each of the four moments is optional:

    after_step    `after_step(weights, **scalars)`: what a step of the player leaves behind
    in_use        `in_use(weights, kept, **scalars)`: what its network computes with, while it
                  is trained and ever after; gradients go through it
    for_opponent  `for_opponent(weights, loss, **scalars)`: what the other player plays
                  against, whose gradient goes through it; `loss(weights)` is this player's
                  own loss (seeds,) on the batches at hand. For "d" alone
    for_samples   `for_samples(weights, kept, **scalars)`: what samples are made with, in
                  records and by a `Run`, before `in_use` is put to them. For "g" alone

    and some of them need what is kept from step to step:

    start, keep   `start(weights)` gives the first `kept`, arrays (seeds, *any) in NumPy;
                  `keep(kept, weights, **scalars)` the next, after each step of the player
    scalars       as in `Shown`; they come as (seeds,)
    to            whose weights: "d", "g" or "dg"
    """

    after_step: Callable | None = None
    in_use: Callable | None = None
    for_opponent: Callable | None = None
    for_samples: Callable | None = None
    start: Callable | None = None
    keep: Callable | None = None
    scalars: Mapping = {}
    to: str = "d"


class Scaled(NamedTuple):
    """An optimizer whose learning rate is multiplied by a factor of each member's own.

    `Scaled(keras.optimizers.Adam(1.0), rates)` gives member i the learning rate rates[i].
    """

    optimizer: keras.optimizers.Optimizer
    factors: np.ndarray


@dataclass(frozen=True)
class Gan:
    """Two players, what they play for, and how they move: all that a seed has to do with.

    The fields are the arguments of `ganlab.training.train`, which documents them; `shown`,
    `added` and `replaced` may be one value or several, and are kept as tuples. Wrong ones are
    refused in one line. How many seeds are trained, by what batches and for how long is not
    part of a Gan: see `train_gan`.
    """

    generator: keras.Model
    discriminator: Any  # a keras.Model, or the Ensemble that `pretrain` returns
    real: Distribution
    latent: Distribution
    losses: _losses.Losses = _losses.nonsaturating
    d_optimizer: keras.optimizers.Optimizer | Scaled | None = None
    g_optimizer: keras.optimizers.Optimizer | Scaled | None = None
    n_critic: int = 1
    shown: Shown | Sequence[Shown] | None = ()
    added: Added | Sequence[Added] = ()
    replaced: Replaced | Sequence[Replaced] = ()

    def __post_init__(self):
        if not isinstance(self.losses, _losses.Losses):
            raise TypeError(
                f"losses is {in_short(self.losses)}: wanted a Losses, losses.minimax say"
            )
        for role in ("generator", "discriminator"):
            if not isinstance(given := getattr(self, role), (keras.Model, Ensemble)):
                raise TypeError(f"{role} is {type(given).__name__}: wanted a Keras model")
        for name in ("d_optimizer", "g_optimizer"):
            given = getattr(self, name)
            bare = given.optimizer if isinstance(given, Scaled) else given
            if bare is not None and not isinstance(bare, keras.optimizers.Optimizer):
                wanted = "wanted a Keras optimizer, Adam(1e-3) say"
                raise TypeError(f"{name} is {in_short(bare)}: {wanted}")
        latent = self.latent
        if isinstance(latent, type) or not (hasattr(latent, "sample") and hasattr(latent, "dim")):
            array = isinstance(latent, (list, tuple)) or hasattr(latent, "__array__")
            rows = ", or data.Samples(array), which draws its rows" * array
            wanted = f"wanted one of ganlab.latent, Gaussian(2) say{rows}"
            raise TypeError(f"latent is {in_short(latent)}: {wanted}")
        probe("latent", latent)
        vars(self).update(
            real=as_distribution(self.real),
            n_critic=whole("n_critic", self.n_critic, 1),
            shown=_several("shown", () if self.shown is None else self.shown, Shown),
            added=_several("added", self.added, Added),
            replaced=_several("replaced", self.replaced, Replaced),
        )
        for term in (*self.added, *self.replaced):
            if term.to not in ("d", "g", "dg"):
                raise ValueError(f"to={term.to!r}: wanted 'd', 'g' or 'dg'")
        for term in self.replaced:
            if term.keep and not term.start:
                raise ValueError("a Replaced has keep and no start: wanted what is kept at first")
            for moment, player in (("for_opponent", "d"), ("for_samples", "g")):
                if getattr(term, moment) and term.to != player:
                    raise ValueError(f"{moment} with to={term.to!r}: wanted {player!r}")
        if sum(term.for_samples is not None for term in self.replaced) > 1:
            raise ValueError("several of replaced say what samples are made with: wanted one")
        if self.aligned and self.real.dim != 1:
            raise ValueError(f"aligned latents want data of one dimension, not {self.real.dim}")

    def changed(self, **fields):
        """The same Gan with other values for some of its fields."""
        return replace(self, **fields)

    @property
    def aligned(self):
        """Whether real batches are sorted, as the latents are."""
        return getattr(self.latent, "aligned", False)

    @property
    def together(self):
        """Whether D gets real and fake samples as one batch."""
        return any(term.together for term in self.shown)

    @property
    def foresees(self):
        """Whether G plays against other weights than D's own."""
        return any(term.for_opponent for term in self.replaced)

    @property
    def g_sees_real(self):
        """Whether G's step needs real samples too."""
        return bool(
            self.losses.layer is not None
            or self.losses.relative
            or self.together
            or self.foresees
            or any("g" in term.to for term in self.added)
        )

    @property
    def own(self):
        """What the Gan holds of functions and layers that are the reader's, in words."""
        players = ("discriminator", "generator")
        found = [(f"losses.{player}", getattr(self.losses, player)) for player in players]
        for name in ("shown", "added", "replaced"):
            for k, term in enumerate(getattr(self, name)):
                found += [(f"{name}[{k}]", part) for part in term if callable(part)]
        for player in players:
            given = getattr(self, player)
            model = given.model if isinstance(given, Ensemble) else given
            found += [(f"in the {player}", part) for part in own_parts(model)]
        named = [(where, what) for where, what in found if is_own(getattr(what, "func", what))]
        return [f"{name_of(what)} ({where})" for where, what in named]

    def key(self, models, recipes, members, batch_size):
        """What decides which program trains the Gan: equal keys may share one.

        `models` and `recipes` are the networks and optimizers in the order G, D. Numbers that
        are given at run time are left out: rates and scalars.
        """
        terms = (*self.shown, *self.added, *self.replaced)
        functions = [term._replace(scalars=tuple(sorted(term.scalars)))._asdict() for term in terms]
        for term in functions:
            term.pop("draw", None)
        losses = self.losses._replace(scalars=tuple(sorted(self.losses.scalars)), layer=None)
        return (
            *(structure(model) for model in models),
            reads(recipes),
            losses,
            tuple(tuple(term.items()) for term in functions),
            reads((losses, functions)),
            (self.n_critic, members, batch_size, self.real.dim, self.latent.dim),
            compiles(),
        )


def _several(name, given, kind):
    """One value or several as a tuple, all of this kind."""
    given = tuple(given) if type(given) in (list, tuple) else (given,)
    for term in given:
        if not isinstance(term, kind):
            article = "an" if kind is Added else "a"
            uncalled = str(getattr(term, "__module__", "")).startswith("ganlab.techniques")
            hint = f", {term.__name__}(...) say" if uncalled else ""
            raise TypeError(
                f"{name} holds {in_short(term)}: wanted {article} {kind.__name__}{hint}"
            )
    return given
