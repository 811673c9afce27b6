"""What plays in the league: techniques with their costs, and entries with their numbers.

A technique is a function of a `Gan` and of its numbers that returns another `Gan`; an `Entry` is a
technique with numbers and optimizers. A new one is a function and a line at the end of
`CONTESTANTS`, whose places are those of the claims' numbers.

Costs are counted in *passes*: a batch of 64 through one network forward is one, backward is two,
one for the slope along the samples and one for that along the weights. G and D count alike. A step
of D takes G forward (1), D forward on two batches (2) and back (4); a step of G takes both forward
(2), D back along its samples (1) and G back (2): 12 in all. Going back through a slope costs twice
what the slope did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from ganlab import losses, recipes, techniques
from ganlab.backend import keras
from ganlab.layers import MinibatchDiscrimination
from ganlab.league import STEPS
from ganlab.networks import mlp

PLAIN_PASSES = 12

# Techniques --------------------------------------------------------------------------------------


def plain(gan):
    return gan


def minimax(gan):
    return gan.changed(losses=losses.minimax)


def least_squares(gan):
    return gan.changed(losses=losses.least_squares)


def hinge(gan):
    return gan.changed(losses=losses.hinge)


def clipped(gan, bound):
    return gan.changed(losses=losses.wasserstein, replaced=techniques.weight_clipping(bound))


def penalised(gan, weight):
    return gan.changed(losses=losses.wasserstein, added=techniques.gradient_penalty(weight))


def r1(gan, weight):
    return gan.changed(added=techniques.r1(weight))


def relativistic(gan):
    return gan.changed(losses=losses.relativistic)


def relativistic_r1_r2(gan, weight):
    both = techniques.r1(weight), techniques.r2(weight)
    return gan.changed(losses=losses.relativistic, added=both)


def normalised(gan):
    return gan.changed(replaced=techniques.spectral_normalisation())


def normalised_hinge(gan):
    return hinge(normalised(gan))


def minibatch(gan, kernels, kernel_dim):
    seen = MinibatchDiscrimination(kernels, kernel_dim)
    return gan.changed(discriminator=mlp((gan.real.dim, 64, 64, seen, 1), "leaky_relu"))


def matched(gan):
    return gan.changed(losses=losses.feature_matching("hidden_2"))


def noisy(gan, std, until=None):
    return gan.changed(shown=techniques.instance_noise(std, until))


def packed(gan, m):
    discriminator = mlp((m * gan.real.dim, 64, 64, 1), "leaky_relu")
    return gan.changed(discriminator=discriminator, shown=techniques.packing(m))


def unrolled(gan, steps, rate):
    return gan.changed(replaced=techniques.unrolled(steps, rate))


def averaged(gan, decay):
    return gan.changed(replaced=techniques.averaged_generator(decay))


# What they cost, and how they play ---------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What a technique adds to the passes of a plain step.

    d_size         a pass of a batch through its D, where the plain D's is 1
    each_d_step    passes more through D in each step of D
    each_g_step    and in each step of G
    """

    d_size: float = 1.0
    each_d_step: float = 0.0
    each_g_step: float = 0.0

    def passes(self, n_critic):
        """Passes for a step of G and the `n_critic` steps of D before it."""
        of_d = 1 + (6 + self.each_d_step) * self.d_size
        of_g = 1 + 2 + (2 + self.each_g_step) * self.d_size
        return n_critic * of_d + of_g


PLAIN = Cost()
# A penalty takes D forward (1), its slope along the samples (1), and both back (4).
ONE_PENALTY, TWO_PENALTIES = Cost(each_d_step=6), Cost(each_d_step=12, each_g_step=1)
REAL_TOO = Cost(each_g_step=1)  # a step of G takes D forward on real samples too
# Multiplications in D with the layer over those without it: (2, 64, 64, 1) has 4,288, and with 5
# kernels of 3 there are 64 x 15 for the rows, 64 x 15 for the distances, and 5 more at the end.
WIDER = Cost(d_size=(4288 + 2 * 64 * 15 + 5) / 4288)
PACKS = {m: Cost(d_size=1 / m) for m in (2, 4)}
# Each imagined step takes D forward on two batches and back (6), and all of it back again (12);
# G's own way through D goes back along D's weights as well (1).
UNROLLED_5 = Cost(each_g_step=5 * 18 + 1)


@dataclass(frozen=True)
class Moves:
    """An optimizer as a value, with a rate of its own for D where `d_rate` is given."""

    rate: float
    beta_1: float = 0.5
    beta_2: float = 0.999
    d_rate: float | None = None
    kind: str = "Adam"

    def optimizers(self):
        """{field of a Gan: its optimizer}."""
        rates = {"d_optimizer": self.d_rate or self.rate, "g_optimizer": self.rate}
        if self.kind == "RMSprop":  # there is no momentum, and beta_2 is what it remembers
            return {name: keras.optimizers.RMSprop(r, rho=self.beta_2) for name, r in rates.items()}
        how = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return {name: keras.optimizers.Adam(r, **how) for name, r in rates.items()}

    def __str__(self):
        d = f"{self.rate:g}" if self.d_rate is None else f"D {self.d_rate:g}, G {self.rate:g}"
        if self.kind == "RMSprop":
            return f"RMSprop {d}"
        betas = (
            ""
            if (self.beta_1, self.beta_2) == (0.5, 0.999)
            else f" ({self.beta_1:g}, {self.beta_2:g})"
        )
        return f"Adam {d}{betas}"


COURSE = Moves(1e-3)
DCGAN = Moves(2e-4)  # Radford, Metz and Chintala 2016


@dataclass(frozen=True)
class Entry:
    """A technique with its numbers, the optimizers, and how many steps D takes to one of G."""

    technique: Callable
    numbers: Mapping = field(default_factory=dict)
    moves: Moves = COURSE
    n_critic: int = 1

    def recipe(self, target):
        """The `recipes.Recipe` of this entry on `target`."""
        recipe = recipes.ours_in_the_plane(target)
        gan = self.technique(recipe.gan, **self.numbers)
        gan = gan.changed(n_critic=self.n_critic, **self.moves.optimizers())
        return replace(recipe, gan=gan, steps=STEPS)


@dataclass(frozen=True)
class Contestant:
    """A technique that enters at the course's rates and as it was published; its cost, its source.

    The source says whose numbers the second entry has; those of its own paper, unless told.
    """

    name: str
    cost: Cost
    course: Entry
    published: Entry
    source: str

    def entries(self):
        """{way: Entry}"""
        return {"course's rates": self.course, "as published": self.published}

    def passes(self, entry):
        """What a step costs, in passes."""
        return self.cost.passes(entry.n_critic)

    def equal_steps(self, entry):
        """Steps that cost what `STEPS` plain ones do, at most `STEPS`; a round number of them."""
        steps = STEPS * PLAIN_PASSES / self.passes(entry)
        return min(STEPS, ceil(steps / 100) * 100)


def _both(name, cost, technique, source, published=DCGAN, *, critic=(1, 1), course=None, its=None):
    """A contestant; `course` and `its` are the numbers of either entry, `critic` their n_critic."""
    course = course or {}
    its = course if its is None else its
    entries = (
        Entry(technique, course, COURSE, critic[0]),
        Entry(technique, its, published, critic[1]),
    )
    return Contestant(name, cost, *entries, source)


CONTESTANTS = (
    _both("plain", PLAIN, plain, "Radford and others 2016"),
    _both("minimax loss", PLAIN, minimax, "Goodfellow and others 2014; Radford's Adam"),
    _both("least squares", PLAIN, least_squares, "Mao and others 2017; Radford's Adam"),
    _both(
        "hinge loss", PLAIN, hinge, "Lim and Ye 2017; as in Miyato and others 2018",
        Moves(2e-4, 0.0, 0.9), critic=(1, 5),
    ),
    _both(
        "Wasserstein, clipped", PLAIN, clipped, "Arjovsky and others 2017",
        Moves(5e-5, beta_2=0.9, kind="RMSprop"), critic=(5, 5), course={"bound": 0.01},
    ),
    _both(
        "WGAN-GP", ONE_PENALTY, penalised, "Gulrajani and others 2017, the code of its toys",
        Moves(1e-4, 0.5, 0.9), critic=(5, 5), course={"weight": 0.1},
    ),
    _both(
        "R1", ONE_PENALTY, r1, "Mescheder and others 2018",
        Moves(1e-4, beta_2=0.99, kind="RMSprop"), course={"weight": 0.1}, its={"weight": 10.0},
    ),
    _both("relativistic pairing", REAL_TOO, relativistic, "Jolicoeur-Martineau 2018"),
    _both(
        "relativistic, R1 and R2", TWO_PENALTIES, relativistic_r1_r2, "Huang and others 2024",
        Moves(2e-4, 0.0, 0.99), course={"weight": 0.1}, its={"weight": 1.0},
    ),
    Contestant(
        "spectral normalisation", PLAIN, Entry(normalised),
        Entry(normalised_hinge, moves=Moves(2e-4, 0.0, 0.9), n_critic=5), "Miyato and others 2018",
    ),
    _both(
        "minibatch discrimination", WIDER, minibatch, "Salimans and others 2016", Moves(3e-4),
        course={"kernels": 5, "kernel_dim": 3},
    ),
    _both("feature matching", REAL_TOO, matched, "Salimans and others 2016", Moves(3e-4)),
    _both(
        "instance noise", PLAIN, noisy, "Sønderby and others 2017; Radford's Adam",
        course={"std": 0.1},
    ),
    _both(
        "noise that fades", PLAIN, noisy, "Sønderby and others 2017; Radford's Adam",
        course={"std": 0.5, "until": 2500},
    ),
    _both(
        "packs of 2", PACKS[2], packed, "Lin and others 2018, the code of its ring",
        Moves(1e-4, 0.8), course={"m": 2},
    ),
    _both(
        "packs of 4", PACKS[4], packed, "Lin and others 2018, the code of its ring",
        Moves(1e-4, 0.8), course={"m": 4},
    ),
    _both(
        "unrolled by 5", UNROLLED_5, unrolled, "Metz and others 2017", Moves(1e-3, d_rate=1e-4),
        course={"steps": 5, "rate": 0.1}, its={"steps": 5, "rate": 0.01},
    ),
    _both(
        "averaged generator", PLAIN, averaged, "Karras and others 2018", Moves(1e-3, 0.0, 0.99),
        course={"decay": 0.999},
    ),
)  # fmt: skip
REFERENCE = CONTESTANTS[0].course  # what all others are held against
