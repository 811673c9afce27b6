"""The explorers of the notebooks: controls that call games and training, and draw.

Beside each explorer stands the function it draws with, for a still picture of the same.
"""

from functools import partial

import ipywidgets as widgets
import numpy as np
from scipy.special import expit

from ganlab import games, plots
from ganlab.arguments import seed_tuple, whole
from ganlab.course.explorer import (
    SHAPE,
    Explorer,
    choice_slider,
    rate_slider,
    slider,
    started,
    turn,
)
from ganlab.data import Gaussian, number
from ganlab.metrics import noise_floor, wasserstein

BATCHES = (4, 8, 16, 32, 64)
SIZES = {"4": (4,), "8-8": (8, 8), "8-8-8": (8, 8, 8), "16-16": (16, 16)}


def gaussian_explorer(target, latent, *, seeds=32, steps=2000, **start):
    """32 small GANs on a 1D target, with both learning rates, both sizes and the batch to turn.

    `start` sets knobs: d_rate, g_rate, d_hidden, g_hidden, batch_size. Another rate trains in
    the program at hand, a second or two; another size or batch compiles one first.
    """
    knobs = {
        "d_rate": rate_slider("D's learning rate"),
        "g_rate": rate_slider("G's learning rate"),
        "d_hidden": choice_slider("D's hidden layers", SIZES, "8-8-8"),
        "g_hidden": choice_slider("G's hidden layers", SIZES, "4"),
        "batch_size": choice_slider("batch size", BATCHES, 64),
    }
    return _trained(_gaussian_trainer, knobs, start, target, latent, seeds=seeds, steps=steps)


def draw_gaussian_runs(target, latent, *, seeds=32, steps=2000, **knobs):
    """Train with the settings of `gaussian_explorer`, all of them given: (figure, sentence)."""
    return _at_the_end(_gaussian_trainer, target, latent, seeds, steps, knobs)


def _gaussian_trainer(target, latent, *, d_rate, g_rate, d_hidden, g_hidden, batch_size, seeds,
                      steps):  # fmt: skip
    # Here, because they load TensorFlow, and the explorers of theory do without it.
    from ganlab.backend import keras
    from ganlab.networks import mlp
    from ganlab.training import Trainer

    return Trainer(
        mlp((1, *SIZES[g_hidden], 1), "softplus"),
        mlp((1, *SIZES[d_hidden], 1), "tanh"),
        target,
        latent,
        seeds=seeds,
        batch_size=batch_size,
        d_optimizer=keras.optimizers.Adam(d_rate, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(g_rate, beta_1=0.5),
    )


# With how many others D compares each sample, in a layer that replaces its last hidden one; 0: it
# keeps that one. None are all.
LAYERS = {"none": 0, "1 neighbour": 1, "3 neighbours": 3, "all the batch": None}


def technique_explorer(target, latent, *, seeds=32, steps=2000, **start):
    """32 small GANs on a 1D target, with the techniques of Salimans et al. and noise to turn.

    `start` sets knobs: layer, batch_size, noise, matching, real_label. Another noise, matching
    or label trains in the program at hand; another layer or batch compiles one first.
    """
    knobs = {
        "layer": widgets.Dropdown(options=list(LAYERS), description="D compares each sample with"),
        "batch_size": choice_slider("batch size", BATCHES, 16),
        "noise": slider("noise on what D sees, in data's widths", 0.0, 0.0, 1.0, 0.05),
        "matching": slider("weight of feature matching in G's loss", 0.0, 0.0, 2.0),
        "real_label": slider("label of real samples", 1.0, 0.5, 1.0, 0.05),
    }
    for knob in knobs.values():  # the labels are long
        knob.style.description_width, knob.layout.width = "21em", "39em"
    return _trained(
        _technique_trainer, knobs, start, target, latent, seeds=seeds, steps=steps, widths=True
    )


def draw_technique_runs(target, latent, *, seeds=32, steps=2000, **knobs):
    """Train with these techniques, all of them given: (figure, sentence).

    layer       with what D compares each sample, in a `MinibatchDiscrimination` in place of its
                last hidden layer: "1 neighbour", "3 neighbours" or "all the batch"; or "none",
                and the layer stays
    noise       standard deviation of the noise on what D sees, in units of the data's width, at
                the first step; it falls to 0 by the middle of the run
    matching    weight of feature matching on D's last hidden layer, added to G's usual loss
    real_label  what D is to say of real samples, in (0, 1]
    batch_size  samples of each kind in a batch
    """
    return _at_the_end(_technique_trainer, target, latent, seeds, steps, knobs, widths=True)


def _technique_trainer(target, latent, *, layer, batch_size, noise, matching, real_label, seeds,
                       steps):  # fmt: skip
    if layer not in LAYERS:
        raise ValueError(f"layer={layer!r}: wanted one of {', '.join(LAYERS)}")
    noise, matching = number("noise", noise, 0), number("matching", matching, 0)
    real_label = number("real_label", real_label)
    # Here, because they load TensorFlow, and the explorers of theory do without it.
    from ganlab.backend import keras
    from ganlab.losses import feature_matching, smoothed
    from ganlab.networks import MinibatchDiscrimination, mlp
    from ganlab.techniques import instance_noise
    from ganlab.training import Trainer

    last = 8 if layer == "none" else MinibatchDiscrimination(5, 3, neighbours=LAYERS[layer])
    # Nothing is left out at 0, so that another level needs no new program.
    return Trainer(
        mlp((1, 4, 1), "softplus"),
        mlp((1, 8, 8, last, 1), "tanh"),
        target,
        latent,
        seeds=seeds,
        batch_size=batch_size,
        losses=feature_matching("hidden_3", matching, usual=1.0, base=smoothed(real_label)),
        d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        shown=instance_noise(noise * _width(target), until=steps // 2),
    )


# Trainings on the line, drawn ---------------------------------------------------------------


def _watched(make, target, latent, seeds, steps, widths=False, **knobs):
    """Yields (figure, sentence) of generators untrained, while the program is compiled, and after
    a fifth of the steps; returns that of the end. The reader's stop button ends it early."""
    _check_lines(target, latent)
    steps = whole("steps", steps, 2)
    trainer = make(target, latent, seeds=seeds, steps=steps, **knobs)

    def drawn(until=""):
        figure, sentence = _draw_generators(trainer.generators, latent, target, widths)
        return figure, f"{until}{sentence}"

    if not trainer.compiled:
        yield drawn("Not trained yet, for the program has to be compiled, a few seconds. ")
    for until in (steps // 5, steps):
        try:
            if until > trainer.step:
                trainer.advance(until - trainer.step)
        except KeyboardInterrupt:
            return drawn(f"Stopped at step {trainer.step} of {steps}. ")
        if until < steps:
            yield drawn(f"Step {until} of {steps}. ")
    return drawn()


def _at_the_end(make, target, latent, seeds, steps, knobs, widths=False):
    """What `_watched` returns, without what it yields."""
    _check_lines(target, latent)
    steps = whole("steps", steps, 2)
    trainer = make(target, latent, seeds=seeds, steps=steps, **knobs)
    trainer.advance(steps)
    return _draw_generators(trainer.generators, latent, target, widths)


def _draw_generators(generators, latent, target, widths=False):
    """Densities and W1 of an `Ensemble` of generators: (figure, sentence)."""
    u = np.linspace(1e-4, 1 - 1e-4, 1001)
    x = generators(latent.quantile(u)[:, None])
    x[list(generators.failed)] = np.nan  # what is left of them are their last finite weights
    edges = np.linspace(*target.quantile([1e-9, 1 - 1e-9]), 201)
    grid = (edges[1:] + edges[:-1]) / 2
    distances, runs = wasserstein(x, target), f"{len(generators.seeds)} runs"
    fig, (left, right) = plots.figure(2, width=9.0)
    q = games.generator_density(x[..., 0], edges)
    plots.densities(left, grid, target.density(grid), generated=q)
    right.set_xscale("log")
    plots.outcomes(right, {runs: distances}, floor=_floor(target)[1:], label="W1 to the data")
    scale = _width(target)
    right.set_xlim(0.02 * scale, 50 * scale)  # the same for all settings, to compare
    close = np.mean(distances <= 0.25 * scale)
    sentence = f"{close:.0%} of {runs} end within a quarter of the data's width."
    if widths:
        width = np.nanmedian(x.std(axis=(1, 2))) / np.std(target.quantile(u))
        sentence += f" Their median width is {width:.2f} of the data's."
    if generators.failed:
        sentence += f" {len(generators.failed)} stopped being finite on the way."
    return fig, sentence


def _floor(target):
    return noise_floor(wasserstein, target, 500, np.random.default_rng(0), repeats=50)


def _width(target):
    return np.std(target.quantile(np.linspace(0.001, 0.999, 999)))


def _check_lines(target, latent):
    """Tries what drawing the trained will ask of both, before anything is trained."""
    if not all(hasattr(one, "quantile") and one.dim == 1 for one in (target, latent)):
        raise TypeError("target and latent: wanted one-dimensional ones of ganlab, with quantile")
    u = np.array([1e-9, 0.25, 0.5, 0.75, 1 - 1e-9])
    asked = {
        "target.quantile": lambda: target.quantile(u),
        "latent.quantile": lambda: latent.quantile(u),
        "target.density": lambda: target.density(target.quantile(u[1:-1])),
    }
    wanted = "wanted finite numbers, one for each that is given, data.Gaussian() say"
    for what, ask in asked.items():
        try:
            given = np.asarray(ask(), float)
        except Exception as error:
            told = " ".join(str(error).split())
            raise ValueError(f"{what} cannot be drawn: {told}; {wanted}") from error
        if given.shape not in ((3,), (5,)) or not np.isfinite(given).all():
            raise ValueError(f"{what} gives {given.tolist()}; {wanted}")


def _trained(make, knobs, start, target, latent, *, seeds, steps, widths=False):
    """An explorer that trains; the knobs are set first, so that it does so only once."""
    turn(knobs, start)
    many = len(seed_tuple(seeds))
    alt = (
        f"Left: the densities of {many} trained generators over the target. Right: the W1 of each."
    )
    draw = partial(_watched, make, target, latent, seeds, steps, widths)
    return Explorer(draw, knobs, alt=alt)


def density_explorer(**start):
    """Two bell curves whose means and widths can be turned, with D*, JS and V.

    `start` sets knobs: real_mean, real_std, fake_mean, fake_std.
    """
    knobs = {
        "real_mean": slider("mean of the real", 4.0, 0.0, 8.0),
        "real_std": slider("width of the real", 0.5, 0.1, 2.0),
        "fake_mean": slider("mean of the fake", 5.0, 0.0, 8.0),
        "fake_std": slider("width of the fake", 0.5, 0.1, 2.0),
    }
    alt = "The densities of real and fake samples, two bell curves, and the best discriminator D*."
    return started(Explorer(draw_densities, knobs, alt=alt), start)


def draw_densities(*, real_mean=4.0, real_std=0.5, fake_mean=5.0, fake_std=0.5):
    """Two bell curves and D*: (figure, sentence), as an `Explorer` wants them."""
    real, fake = Gaussian(real_mean, real_std), Gaussian(fake_mean, fake_std)
    middles, std = (real_mean, fake_mean), max(real_std, fake_std)
    x, w = games.cells((min(middles) - 9 * std, max(middles) + 9 * std), n=20_000)
    log_p, log_q = real.log_density(x), fake.log_density(x)
    v = games.value(games.optimal_logit(log_p, log_q), log_p, log_q, w)
    js, apart = (f(log_p, log_q, w) for f in (games.jensen_shannon, games.total_variation))
    there, back = games.kl(log_p, log_q, w), games.kl(log_q, log_p, w)

    grid = np.linspace(-4.0, 12.0, 641)
    p, q = real.density(grid), fake.density(grid)
    exact = expit(games.optimal_logit(real.log_density(grid), fake.log_density(grid)))
    fig, ax = plots.figure(width=7.0, height=3.6)
    plots.densities(ax, grid, p, generated=q, kind="exact", exact=exact)
    ax.set_title(f"V(D*) = {v:z.3f},  JS = {js:z.3f}", loc="left")
    sentence = (
        f"The best D errs on {(1 - apart) / 2:.0%} of samples: V(D*) = {v:z.3f}. JS = {js:z.3f}, "
        f"of at most 0.693; KL(p||q) = {there:z.3f}, KL(q||p) = {back:z.3f}."
    )
    return fig, sentence


# The Dirac-GANs on offer; `weight` is the knob called damping, which the first three ignore.
DIRAC = {
    "minimax": lambda weight: games.dirac_gan(),
    "non-saturating": lambda weight: games.dirac_nonsaturating(),
    "Wasserstein": lambda weight: games.dirac_wgan(),
    "Wasserstein + gradient penalty": games.dirac_wgan_gp,
    "minimax + R1": games.dirac_r1,
    "minimax + instance noise": games.dirac_instance_noise,
    "minimax + consensus": games.dirac_consensus,
}
METHODS = {
    "simultaneous": games.simultaneous,
    "alternating": games.alternating(),
    "extragradient": games.extragradient,
}


def dirac_explorer(**start):
    """The smallest GAN: which game, how it is played, how far a step goes, how much damping.

    `start` sets knobs: game, method, step, damping.
    """
    knobs = {
        "game": widgets.Dropdown(options=list(DIRAC), description="game", **SHAPE),
        "method": widgets.Dropdown(options=list(METHODS), description="way of playing", **SHAPE),
        "step": slider("step", 0.2, 0.05, 0.5, 0.05),
        "damping": slider("damping, if any", 0.3, 0.0, 2.0),
    }
    alt = (
        "Left: where both players of the Dirac-GAN are heading, and 200 rounds of play. "
        "Right: the distance from the equilibrium."
    )
    return started(Explorer(draw_dirac, knobs, alt=alt), start)


def draw_dirac(*, game="minimax", method="simultaneous", step=0.2, damping=0.3, rounds=200):
    """Field, path and distance of a Dirac-GAN: (figure, sentence), as an `Explorer` wants them."""
    for name, value, options in (("game", game, DIRAC), ("method", method, METHODS)):
        if value not in options:
            raise ValueError(f"{name}={value!r}: wanted one of {', '.join(options)}")
    played, way = DIRAC[game](damping), METHODS[method]
    g, d = games.play(played, 1.0, 1.0, way, step=step, steps=rounds)
    distance = np.hypot(g, d)
    x, y = np.meshgrid(np.linspace(-2, 2, 13), np.linspace(-2, 2, 13))
    fig, (left, right) = plots.figure(2, width=9.0, height=4.0)
    left.set(xlabel="g, where the fake point is", ylabel="d, the slope of D's logit")
    directions = played.generator(x, y), played.discriminator(x, y)
    plots.field(left, x, y, *directions, paths={f"{rounds} rounds": (g, d)})
    right.set_yscale("log")
    right.plot(distance)
    right.set(xlabel="round", ylabel="distance from the equilibrium", ylim=(1e-3, 10))
    sentence = f"The distance goes from 1.414 to {distance[-1]:.3f} in {rounds} rounds. "
    if distance.max() > 10:
        sentence = f"The distance goes from 1.414 beyond 10 in {np.argmax(distance > 10)} rounds. "
    if "penalty" in game and damping:  # |d| has a kink at 0
        return fig, sentence + "The penalty asks for a slope of 1: nothing settles at the middle."
    factor = np.abs(games.eigenvalues(played, 0.0, 0.0, way, step)).max()
    return fig, sentence + f"Near the middle a round changes it by {100 * (factor - 1):+z.2f} %."
