"""The README's tour: the course in ninety seconds, one animated picture made of its own films.

    python docs/images/tour.py        trains what it shows, about two minutes; writes tour.png

Each scene is a sentence, and frames with the seconds for which each of them stays. The pictures
are drawn by what draws them in the notebooks; nothing here is staged: the seeds are 0 to 31.
"""

import io
import textwrap
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from ganlab import data, images, latent, mode_plots, plots, recipes
from ganlab.backend import keras
from ganlab.course.diagnosis import diagnose
from ganlab.course.standing import draw_standing
from ganlab.data import ring
from ganlab.endings import endings
from ganlab.evidence import claim, protocols
from ganlab.figures import COLOUR
from ganlab.networks import dcgan, mlp
from ganlab.picture_plots import wall
from ganlab.techniques import r1
from ganlab.training import Records, train

OUT = Path(__file__).with_name("tour.png")
WIDTH, HEIGHT, DPI = 8.0, 4.6, 100
FIRM = ("supported", "contradicted", "no difference that matters")
WORDS = ("close", "near", "narrow", "partly", "lost")


def stage(title, ncols=1, nrows=1, **subplots):
    """(fig, axes) of one frame, with the scene's sentence above."""
    fig, axes = plots.figure(ncols, nrows, width=WIDTH, height=HEIGHT, **subplots)
    fig.set_dpi(DPI)
    fig.suptitle(title, fontsize=14, x=0.02, ha="left", color=COLOUR.ink)
    return fig, axes


def pixels(fig):
    """(height, width, 3) uint8, as large as every other frame."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=DPI)
    return np.asarray(Image.open(buffer).convert("RGB"))


def card(title, text, seconds, footer=""):
    """A scene that is read."""
    fig, ax = stage(title)
    ax.axis("off")
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, 72) or [""]]
    ax.text(0.0, 0.95, "\n".join(lines), va="top", fontsize=12, linespacing=1.7)
    ax.text(0.0, 0.0, footer, va="bottom", fontsize=10, color=COLOUR.quiet)
    yield pixels(fig), seconds


def bells(title, last, run, grid, densities, words):
    """32 generators over their target, from the first record to the last; then how they ended."""
    p, count = data.Gaussian(4.0, 0.5).density(grid), len(densities)
    for i, q in enumerate(densities):
        end = i == count - 1
        fig, axes = stage(last if end else title, 8, 4)
        told = dict(outcome=words, order=WORDS) if end else {}
        plots.ensemble_densities(axes, grid, p, q, top=1.8, **told)
        yield pixels(fig), 6.0 if end else 0.25


def on_a_bell():
    """Notebook 00's GAN."""
    bell = data.Gaussian(mean=4.0, std=0.5)
    networks = mlp((1, 8, 1), "tanh"), mlp((1, 16, 16, 1), "tanh")
    run = train(*networks, bell, latent.Gaussian(), steps=3000, seeds=32,
                records=Records(30, samples=4000))  # fmt: skip
    edges = np.linspace(1.5, 6.5, 81)
    grid, width = (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]
    shown = range(len(run.steps))
    densities = [
        [np.histogram(x, edges)[0] / (x.size * width) for x in run.samples[i]] for i in shown
    ]
    words = endings(run.generate(10_000), bell)
    close = sum(word == "close" for word in words)
    ask = "32 GANs: one code, 32 seeds. How many will end on the blue bell?"
    yield from bells(ask, f"{close} of 32. Had you run it once, you would have seen one of these.",
                     run, grid, densities, words)  # fmt: skip


def in_the_plane(title, last, recipe, records, steps=None):
    """Eight GANs in the plane as they learn."""
    target, more = recipe.gan.real, {} if steps is None else dict(steps=steps)
    run = recipe.train(seeds=8, records=Records(records, samples=400), **more)
    told = [str(word) for word in endings(run.samples[-1], target)]
    for i, samples in enumerate(run.samples):
        end = i == len(run.samples) - 1
        fig, axes = stage(last if end else title, 4, 2)
        mode_plots.panels(axes, samples, target.modes, target.std, titles=told if end else None)
        yield pixels(fig), 4.0 if end else 0.3


def chased():
    """Notebook 06's GAN that chases, late in its training."""
    yield from in_the_plane(
        "Four modes, and G thirty times as quick as D: all samples move on together.",
        "It never ends: a chasing GAN has all in one place, at each look in another.",
        recipes.chasing(), 30, steps=1500,
    )  # fmt: skip


def held():
    """The course's GAN in the plane."""
    yield from in_the_plane(
        "Equal rates, two layers of 64: the same code on eight modes.",
        "All eight modes, as in 99 of 100 such runs (claim H2a).",
        recipes.ours_in_the_plane(ring(8)), 26,
    )  # fmt: skip


def diagnosed():
    """What the diagnosis says of one that goes wrong."""
    run = recipes.collapsing().train(seeds=8, records=40)
    text = str(diagnose(run)[0])
    yield from card("Ask what is wrong, with a run or with samples of your own loop", text, 9.0)


def standing():
    """Where the course's GAN stands."""
    fig = draw_standing("03")
    fig.set_size_inches(WIDTH, HEIGHT)
    fig.suptitle("Each line of dots: 64 runs. One GAN is repaired along the way.", fontsize=14,
                 x=0.02, ha="left")  # fmt: skip
    yield pixels(fig), 8.0


def digits():
    """Notebook 09's film."""
    adam = keras.optimizers.Adam(1e-3, beta_1=0.5)
    run = train(*dcgan(16, (8, 8)), images.digits("train"), latent.Gaussian(16),
                d_optimizer=adam, g_optimizer=adam, added=r1(3.0), steps=1200, seeds=8,
                batch_size=32, records=Records(24, samples=64))  # fmt: skip
    for i in range(len(run.samples)):
        fig, ax = stage(f"Eight DCGANs learn digits at once: step {run.steps[i]}")
        rows = run.samples[i][:, :9].reshape(-1, 64)
        wall(ax, np.concatenate([rows[k::9] for k in range(9)])[:64], (8, 8), columns=16)
        yield pixels(fig), 0.4
    yield pixels(fig), 3.0


def ledger():
    """How much is measured, and how to begin."""
    found = [claim(id.split(".")[0]) for id in protocols()]
    words = Counter(word for one in found for word in one.verdicts.values())
    firm = sum(words[word] for word in FIRM)
    text = f"{len(found)} claims, each with a protocol that was fixed before its first result.\n"
    text += f"{firm} settings have a firm verdict: " + ", ".join(
        f"{words[word]} {word}" for word in FIRM
    )
    text += (
        ".\n\nmake lab     installs everything and opens the course\nmake test    runs all of it"
    )
    yield from card("Every claim is measured over many runs", text, 8.0)


def film(scenes):
    """Writes the frames of all scenes, in 128 colours common to all."""
    frames, seconds = zip(*[frame for scene in scenes for frame in scene], strict=True)
    few = np.concatenate(frames[:: max(1, len(frames) // 24)])
    palette = Image.fromarray(few).quantize(128)
    first, *others = (
        Image.fromarray(one).quantize(palette=palette, dither=Image.Dither.NONE) for one in frames
    )
    durations = [round(1000 * one) for one in seconds]
    first.save(OUT, "PNG", optimize=True, save_all=True, append_images=others,
               duration=durations, loop=0)  # fmt: skip
    size = OUT.stat().st_size / 2**20
    print(f"{OUT.name}: {len(frames)} frames, {sum(seconds):.0f} s, {size:.1f} MB")


if __name__ == "__main__":
    film((on_a_bell(), chased(), diagnosed(), held(), standing(), digits(), ledger()))
