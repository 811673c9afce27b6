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


def card(title, lines, seconds):
    """A scene that is read: lines (words in bold or "", words)."""
    fig, ax = stage(title)
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    down = 0.93
    for head, text in lines:
        ax.text(0.02, down, head, va="top", fontsize=12, weight="bold")
        wrapped = textwrap.wrap(text, 66) or [""]
        ax.text(0.19, down, "\n".join(wrapped), va="top", fontsize=12, linespacing=1.5)
        down -= 0.085 * len(wrapped) + 0.05
    yield pixels(fig), seconds


def bells(title, last, run, grid, densities, words):
    """32 generators over their target, from the first record to the last; then how they ended."""
    p, count = data.Gaussian(4.0, 0.5).density(grid), len(densities)
    for i, q in enumerate(densities):
        end = i == count - 1
        fig, axes = stage(last if end else title, 8, 4)
        told = dict(outcome=words, order=WORDS) if end else {}
        plots.ensemble_densities(axes, grid, p, q, top=1.8, **told)
        yield pixels(fig), 6.0 if end else 0.35


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


def in_the_plane(title, last, run, target):
    """Eight GANs in the plane as they learn."""
    told = [str(word) for word in endings(run.samples[-1], target)]
    for i, samples in enumerate(run.samples):
        end = i == len(run.samples) - 1
        fig, axes = stage(last if end else title, 4, 2)
        mode_plots.panels(axes, samples, target.modes, target.std, titles=told if end else None)
        yield pixels(fig), 4.0 if end else 0.42


def chased():
    """Notebook 06's GAN that chases; and what the diagnosis says of it."""
    recipe = recipes.chasing()
    target = recipe.gan.real
    run = recipe.train(seeds=8, records=Records(30, samples=400), steps=1500)
    yield from in_the_plane(
        "Four modes, and G thirty times as quick as D: all samples move on together.",
        "It never ends: a chasing GAN has all in one place, at each look in another.",
        run,
        target,
    )
    found = diagnose(run, target)
    (first,) = {one.kind: one for one in found if one.kind == "chasing"}.values()
    lines = [(found.summary.split(": ")[0] + ":", "chasing"), ("because", first.because)]
    lines += [("try first", first.try_first), ("how sure", first.trust)]
    ask = "Ask what is wrong, with a run or with samples of your own loop"
    yield from card(ask, lines, 9.0)


def held():
    """The course's GAN in the plane."""
    target = ring(8)
    recipe = recipes.ours_in_the_plane(target)
    yield from in_the_plane(
        "Equal rates, two layers of 64: the same code on eight modes.",
        "All eight modes, as in 99 of 100 such runs (claim H2a).",
        recipe.train(seeds=8, records=Records(26, samples=400)),
        target,
    )


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
        wall(ax, run.samples[i][:, :16].reshape(-1, 64), (8, 8), columns=16)  # a row a seed
        yield pixels(fig), 0.56
    yield pixels(fig), 3.0


def ledger():
    """How much is measured, and how to begin."""
    found = [claim(id.split(".")[0]) for id in protocols()]
    words = Counter(word for one in found for word in one.verdicts.values())
    firm = ", ".join(f"{words[word]} {word}" for word in FIRM)
    lines = [
        (f"{len(found)} claims", "each with a protocol that was fixed before its first result"),
        ("firm", f"{firm}; undecided is said, too"),
        ("", ""),
        ("make lab", "installs everything and opens the course"),
        ("make test", "runs all of it"),
    ]
    yield from card("Every claim is measured over many runs", lines, 8.0)


def film(scenes):
    """Writes the frames of all scenes, in 128 colours common to all."""
    frames, seconds = zip(*[frame for scene in scenes for frame in scene], strict=True)
    few = [frame for frame, time in zip(frames, seconds, strict=True) if time > 1] + list(
        frames[::20]
    )
    palette = Image.fromarray(np.concatenate(few)).quantize(128)
    first, *others = (
        Image.fromarray(one).quantize(palette=palette, dither=Image.Dither.NONE) for one in frames
    )
    durations = [round(1000 * one) for one in seconds]
    first.save(OUT, "PNG", optimize=True, save_all=True, append_images=others,
               duration=durations, loop=0)  # fmt: skip
    size = OUT.stat().st_size / 2**20
    print(f"{OUT.name}: {len(frames)} frames, {sum(seconds):.0f} s, {size:.1f} MB")


if __name__ == "__main__":
    film((on_a_bell(), chased(), held(), standing(), digits(), ledger()))
