"""What can be set in the playground, as plain values, and the Gan that it comes to.

`Settings` is a frozen record without widgets and without TensorFlow; `gan_call` says which calls
build it, and `made` makes them. What a reader types is read by `ganlab.course.playground.fields`.
"""

from dataclasses import dataclass, fields, replace

from ganlab.course.playground.calls import Call, Name
from ganlab.course.playground.drawing import bells_width
from ganlab.own import rows

MOST_POINTS = 2000  # of the reader's own, for they are written into the code to take away

TARGETS = {
    "bell": Call("data.Gaussian", (4.0, 0.5)),
    "bell around 0": Call("data.Gaussian", (0.0, 1.0)),
    "two bells": Call("data.points", (-2.0, 2.0), {"std": 0.5}),
    "three bells": Call("data.points", (-4.0, 0.0, 4.0), {"std": 0.5}),
    "two points": Call("data.points", ((1.0, 0.0), (-1.0, 0.0)), {"std": 0.1}),
    "four points": Call("data.ring", (4,), {"radius": 1.0, "std": 0.1}),
    "ring": Call("data.ring", (8,)),
    "small ring": Call("data.ring", (8,), {"radius": 0.8, "std": 0.04}),
    "grid": Call("data.grid", (5,), {"spacing": 1.0, "std": 0.1}),
    "line": Call("data.line"),
    "circle": Call("data.Circle", (1.0,)),
    "two moons": Call("data.two_moons"),
    "spiral": Call("data.spiral"),
}
ACTIVATIONS = ("relu", "leaky_relu", "leaky_relu, slope 0.2", "tanh", "softplus", "elu", "gelu")
OUTPUTS = ("linear", "tanh")
STARTS = {
    "glorot": "glorot_uniform",
    "normal, width 1": Call("keras.initializers.RandomNormal", (), {"stddev": 1.0}),
    "as in PyTorch": "pytorch",
}
LATENTS = {
    "normal": lambda dim: Call("latent.Gaussian", (dim,)),
    "uniform": lambda dim: Call("latent.Uniform", (dim,)),
    "slots from -8 to 8, sorted": lambda dim: Call(
        "latent.Stratified", (-8.0, 8.0), {"jitter": 0.01, "aligned": True}
    ),
    "slots from -3 to 3": lambda dim: Call("latent.Stratified", (-3.0, 3.0), {"jitter": 0.01}),
}
SLOTS = tuple(name for name in LATENTS if name.startswith("slots"))  # of one dimension
LOSSES = {
    "non-saturating": Name("losses.nonsaturating"),
    "minimax": Name("losses.minimax"),
    "least squares": Name("losses.least_squares"),
    "Wasserstein": Name("losses.wasserstein"),
    "hinge": Name("losses.hinge"),
    "relativistic": Name("losses.relativistic"),
    "relativistic, average": Name("losses.relativistic_average"),
    "non-saturating, label 0.9": Call("losses.smoothed", (0.9,)),
    "non-saturating, log of at least 1e-5": Call("losses.bounded", (1e-5,)),
    "clamped tanh": Name("losses.clamped"),
}
PENALTIES = {
    "none": (),
    "R1": ("techniques.r1",),
    "R2": ("techniques.r2",),
    "R1 and R2": ("techniques.r1", "techniques.r2"),
    "gradient penalty": ("techniques.gradient_penalty",),
}
LIMITS = {  # on D's weights
    "none": None,
    "spectral normalisation": Call("techniques.spectral_normalisation"),
    "clipping at 0.1": Call("techniques.weight_clipping", (0.1,)),
}
OPTIMIZERS = ("Adam", "Adam as in PyTorch", "RMSprop", "SGD")
# Those that act on a running training at once; another value of the others trains anew.
NUMBERS = ("d_rate", "g_rate", "noise", "until", "weight", "matching", "decay")


@dataclass(frozen=True)
class Settings:
    """All that is set. Rates, noise, weights and the decay may change while it trains.

    target, latent, losses, penalty, limit, optimizer and start are names in this module's tables;
    `target` may be "own", and then `own` has the points, an array (n, dim) with dim 1 or 2; or
    "typed", and then `bells` has the places of bells.
    """

    target: str = "four points"
    g_hidden: tuple[int, ...] = (16, 16)
    d_hidden: tuple[int, ...] = (16, 16)
    g_activation: str = "leaky_relu"
    d_activation: str = "leaky_relu"
    g_output: str = "linear"
    g_scale: float = 1.0  # what G puts out is multiplied by it
    start: str = "glorot"
    minibatch: bool = False  # minibatch discrimination in place of D's last hidden layer
    packing: int = 1
    latent: str = "normal"
    latent_dim: int = 2
    losses: str = "non-saturating"
    matching: float = 0.0  # weight of feature matching beside G's usual loss; 0: without
    penalty: str = "none"
    weight: float = 0.1  # of the penalty
    limit: str = "none"
    noise: float = 0.0  # standard deviation of instance noise; 0: without
    until: int = 0  # the step by which it has faded to nothing; 0: it stays
    optimizer: str = "Adam"
    d_rate: float = 1e-3
    g_rate: float = 1e-3
    beta_1: float = 0.5
    beta_2: float = 0.999
    falls: int = 0  # steps after which a rate of SGD falls by a twentieth; 0: never
    batch_size: int = 16
    n_critic: int = 1
    decay: float = 0.0  # of an averaged generator; 0: without
    pretraining: int = 0  # steps by which D is trained onto the target's density before
    inputs: tuple[float, float] = (-5.0, 5.0)  # where it is pretrained
    seeds: int = 16
    first_seed: int = 0
    own: tuple | None = None
    bells: tuple | None = None  # the places of bells of the reader's own, which "typed" is

    def changed(self, **values):
        """The same with other values."""
        return replace(self, **values)

    def numbers_only(self, other):
        """Whether `other` differs in nothing but numbers that a running training takes over."""
        same = {name: getattr(self, name) for name in NUMBERS if _kept(name, self, other)}
        return replace(other, **same) == self

    @property
    def seed_numbers(self):
        """The random seeds (seeds,)."""
        return tuple(range(self.first_seed, self.first_seed + self.seeds))


def _kept(name, old, new):
    """Whether this number may go from the one value to the other within a program: what is left
    out at 0 is no part of the program, and a rate that falls belongs to it."""
    if name in ("d_rate", "g_rate"):
        return not old.falls and not new.falls and not (old.optimizer == "SGD" and old.beta_1)
    if name in ("weight", "until"):
        return True
    return (getattr(old, name) > 0) == (getattr(new, name) > 0)


def changed(settings, values):
    """Settings with other values, as a caller gives them by name; `own` is any array of points.

    ValueError or TypeError, in one line, where a name is unknown, a value is none that its field
    takes, or `own` cannot be drawn.
    """
    from ganlab.course.playground.fields import given  # here, because it reads with these tables

    known = [one.name for one in fields(Settings)]
    for name in values:
        if name not in known:
            raise ValueError(f"there is no setting {name!r}; there are: {', '.join(known)}")
    if values.get("own") is not None:
        if len(getattr(values["own"], "shape", ())) and len(values["own"]) > MOST_POINTS:
            shape = tuple(values["own"].shape)  # before anything of it is copied
            raise ValueError(f"own has shape {shape}: wanted at most {MOST_POINTS} rows")
        points = rows("own", values["own"], least=2, dtype="float32")
        if points.shape[1] > 2 or len(points) > MOST_POINTS:
            wanted = f"wanted 1 or 2 columns, and at most {MOST_POINTS} rows"
            raise ValueError(f"own has shape {points.shape}: {wanted}")
        values = {"target": "own", **values, "own": points}
    return given(settings, values)


def target_call(settings):
    """What is to be learned."""
    if settings.target == "own":
        return Call("data.Samples", ([list(point) for point in settings.own],))
    if settings.target == "typed":
        places = tuple(one[0] if len(one) == 1 else one for one in settings.bells)
        return Call("data.points", places, {"std": bells_width(settings.bells)})
    return TARGETS[settings.target]


def networks_calls(settings, dim):
    """G and D for data of so many dimensions."""
    start = STARTS[settings.start]
    generator = _stack(
        (settings.latent_dim, *settings.g_hidden, dim),
        settings.g_activation,
        settings.g_output,
        start,
    )
    if settings.g_scale != 1.0:
        scale = Call("keras.layers.Rescaling", (settings.g_scale,))
        generator = Call("keras.Sequential", ([generator, scale],))
    hidden = settings.d_hidden
    if settings.minibatch:
        hidden = (*hidden[:-1], Call("MinibatchDiscrimination", (5, 3)))
    sizes = (dim * settings.packing, *hidden, 1)
    return generator, _stack(sizes, settings.d_activation, "linear", start)


def _stack(sizes, activation, output, start):
    named = {}
    if activation == "leaky_relu, slope 0.2":
        layers = [sizes[0]]
        for size in sizes[1:-1]:
            if isinstance(size, int):
                layers.append(Call("keras.layers.Dense", (size,)))
                size = Call("keras.layers.LeakyReLU", (), {"negative_slope": 0.2})
            layers.append(size)
        given = ((*layers, sizes[-1]),)
    else:
        given = (sizes, activation)
    if output != "linear":
        named["output_activation"] = output
    if start != "glorot_uniform":
        named["kernel"] = start
        named |= {"bias": "pytorch"} if start == "pytorch" else {}
    return Call("mlp", given, named)


def optimizer_call(settings, player):
    """The optimizer of "d" or "g"."""
    rate, beta = getattr(settings, f"{player}_rate"), settings.beta_1
    if settings.falls:
        schedule = "keras.optimizers.schedules.ExponentialDecay"
        rate = Call(schedule, (rate, settings.falls, 0.95), {"staircase": True})
    if settings.optimizer == "SGD":
        return Call("keras.optimizers.SGD", (rate,), {"momentum": beta} if beta else {})
    if settings.optimizer == "RMSprop":
        return Call("keras.optimizers.RMSprop", (rate,))
    kind = "keras.optimizers.Adam" if settings.optimizer == "Adam" else "optimizers.TorchAdam"
    betas = {"beta_1": beta} | ({} if settings.beta_2 == 0.999 else {"beta_2": settings.beta_2})
    return Call(kind, (rate,), betas)


def gan_call(settings, dim):
    """The `Gan` that these settings come to, with D before any pretraining."""
    named = {"losses": _losses(settings)} if settings.losses != "non-saturating" else {}
    if settings.matching:
        named["losses"] = _losses(settings)
    named |= {f"{player}_optimizer": optimizer_call(settings, player) for player in "dg"}
    if settings.n_critic > 1:
        named["n_critic"] = settings.n_critic
    fades = {"until": settings.until} if settings.until else {}
    shown = [Call("techniques.instance_noise", (settings.noise,), fades)] if settings.noise else []
    if settings.packing > 1:
        shown.append(Call("techniques.packing", (settings.packing,)))
    added = [Call(name, (settings.weight,)) for name in PENALTIES[settings.penalty]]
    replaced = [] if settings.limit == "none" else [LIMITS[settings.limit]]
    if settings.decay:
        replaced.append(Call("techniques.averaged_generator", (settings.decay,)))
    several = {"shown": shown, "added": added, "replaced": replaced}
    named |= {name: terms for name, terms in several.items() if terms}
    parts = networks_calls(settings, dim)
    latent = LATENTS[settings.latent](settings.latent_dim)
    return Call("Gan", (*parts, target_call(settings), latent), named)


def _losses(settings):
    base = LOSSES[settings.losses]
    if not settings.matching:
        return base
    last = len(settings.d_hidden) * (2 if "0.2" in settings.d_activation else 1)
    named = {"usual": 1.0} | ({} if settings.losses == "non-saturating" else {"base": base})
    return Call("losses.feature_matching", (f"hidden_{last}", settings.matching), named)


def pretraining_call(settings, dim):
    """What `pretrain` is given beside D's network, its seeds and the density; None without."""
    if not settings.pretraining:
        return None
    box = Call("data.Uniform", settings.inputs, {"dim": dim} if dim > 1 else {})
    named = {"inputs": box, "steps": settings.pretraining}
    if settings.losses == "clamped tanh":
        named["loss"] = Name("losses.tanh_squared_error")
    return named | {"optimizer": optimizer_call(settings, "d"), "batch_size": settings.batch_size}
