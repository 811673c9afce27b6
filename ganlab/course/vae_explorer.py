"""The explorer of GANs beside variational autoencoders of the same size, in the plane.

G and the decoder have the same two hidden layers, and so have D and the encoder; data, batches,
optimizer and steps are the same. It takes the targets of `mode_explorer`, and a circle.
"""

import ipywidgets as widgets
import numpy as np

from ganlab import plots
from ganlab.arguments import above, at_least, seed_tuple, whole
from ganlab.course import mode_explorer
from ganlab.course.explorer import SHAPE, Explorer, choice_slider, turn
from ganlab.data import Circle
from ganlab.endings import final_samples
from ganlab.model_plots import beside
from ganlab.neighbours import precision, recall

TARGETS = {**mode_explorer.TARGETS, "circle": Circle(1.0, 0.1)}
SIZES = (8, 16, 32, 64)
STDS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
BETAS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
JUDGED = 500  # samples of a seed, and real points, that precision and recall are of


def vae_explorer(*, seeds=16, steps=1500, **start):
    """16 GANs beside 16 VAEs, with the target, the size of all networks, and two numbers to turn.

    `start` sets knobs: target, size, the units of each hidden layer, std, that of the decoder's
    noise, and beta, the weight of the KL divergence; the last two are the VAE's alone. Another size
    compiles two programs first; all else trains in those at hand.
    """
    knobs = {
        "target": widgets.Dropdown(options=list(TARGETS), value="ring of 8", **SHAPE),
        "size": choice_slider("units in a layer", SIZES, 32),
        "std": choice_slider("decoder's std", STDS, 0.1),
        "beta": choice_slider("beta", BETAS, 1.0),
    }
    knobs["target"].description = "target"
    turn(knobs, start)  # before there is an explorer, so that it trains only once
    alt = (
        f"Samples of the first of {len(seed_tuple(seeds))} GANs, and of as many VAEs, over real "
        "points; black: the decoder's means. Right: precision and recall of every seed."
    )
    return Explorer(
        lambda **values: draw_vae_runs(seeds=seeds, steps=steps, **values), knobs, alt=alt
    )


def draw_vae_runs(*, target, size, std, beta, seeds=16, steps=1500):
    """Train GANs and VAEs with these settings and draw: (figure, sentence), as an `Explorer` wants.

    target  a key of `TARGETS`
    size    units in each of the two hidden layers of all four networks
    std     standard deviation of the decoder's noise, in the unit of the data, above 0
    beta    weight of the KL divergence, at least 0

    A stop by the reader ends the training at hand: what it came to is drawn.
    """
    if target not in TARGETS:
        raise ValueError(f"target={target!r}: wanted one of {', '.join(TARGETS)}")
    above("std", std, 0), at_least("beta", beta, 0)
    sizes = whole("size", size, 1), seed_tuple(seeds), whole("steps", steps, 2)
    gans, vaes = _trained(TARGETS[target], std, beta, *sizes)
    made = {
        "GAN": final_samples(gans, JUDGED),
        "VAE": _samples(vaes, noise=True),
        "VAE's means": _samples(vaes, noise=False),
    }
    return _draw(target, made, sizes[1][0])


def _trained(target, std, beta, size, seeds, steps):
    """The runs of GANs and of VAEs."""
    from ganlab import vae  # here, because they load TensorFlow
    from ganlab.backend import keras
    from ganlab.latent import Gaussian
    from ganlab.networks import mlp
    from ganlab.training import train

    inner = (size, size)
    rest = {"steps": steps, "seeds": seeds, "batch_size": 32, "records": 2}
    adam = keras.optimizers.Adam(3e-3, beta_1=0.5)
    gans = train(
        mlp((2, *inner, 2), "leaky_relu"),
        mlp((2, *inner, 1), "leaky_relu"),
        target,
        Gaussian(2),
        d_optimizer=adam,
        g_optimizer=adam,
        **rest,
    )
    vaes = vae.train_vae(
        mlp((2, *inner, 4), "leaky_relu"),
        mlp((2, *inner, 2), "leaky_relu"),
        target,
        latent_dim=2,
        likelihood=vae.gaussian(std**2),
        beta=beta,
        optimizer=adam,
        **rest,
    )
    return gans, vaes


def _samples(vaes, noise):
    samples = vaes.generate(JUDGED, noise=noise)
    samples[list(vaes.failed)] = np.nan
    return samples


def _draw(target, made, seed):
    real = TARGETS[target].sample(JUDGED, np.random.default_rng(0))
    fig, axes = plots.figure(3, width=9.0, height=3.7, width_ratios=(1, 1, 1.15))
    pictured = {name: {target: made[name][0]} for name in ("GAN", "VAE")}
    beside(axes[:2], {target: real}, pictured)
    axes[1].plot(*made["VAE's means"][0].T, "k.", ms=1.5)
    for ax, name in zip(axes, pictured, strict=False):
        ax.set(title=f"{name}, seed {seed}", ylabel="")
    judged = {
        (metric.__name__, name): metric(x, real)
        for metric in (precision, recall)
        for name, x in made.items()
    }
    arms = {",\n".join(name): values for name, values in judged.items()}
    plots.outcomes(axes[2], arms, label="share", higher_is_better=True)
    axes[2].set_xlim(-0.03, 1.03)
    middle = {
        kind: ", ".join(f"{name} {np.nanmedian(judged[kind, name]):.0%}" for name in made)
        for kind in ("precision", "recall")
    }
    return fig, "Medians. Precision: {precision}. Recall: {recall}.".format(**middle)
