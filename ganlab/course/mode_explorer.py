"""The explorer of modes: which of 32 small GANs hold which modes when, and what helps.

It trains G 2-16-16-2 and D 2-16-16-1 by batches of 16, the GAN of notebook 06.
"""

import ipywidgets as widgets
import numpy as np

from ganlab import plots
from ganlab.arguments import seed_tuple, whole
from ganlab.course.explorer import SHAPE, Explorer, rate_slider, turn
from ganlab.data import grid, points, ring
from ganlab.endings import measure
from ganlab.mode_metrics import hops
from ganlab.mode_plots import key, panels, strips

TARGETS = {
    "two points": points((1, 0), (-1, 0), std=0.1),
    "four points": ring(4, radius=1.0, std=0.1),
    "ring of 8": ring(8),
    "grid of 9": grid(3, spacing=1.0, std=0.1),
}
REMEDIES = ("none", "packs of two", "R1, weight 0.1", "R1, weight 1", "minibatch discrimination")
RECORDS = 50


def mode_explorer(*, seeds=32, steps=2000, **start):
    """32 small GANs in the plane, with the target, both learning rates and a remedy to turn.

    `start` sets knobs: target, d_rate, g_rate, remedy. Another target or rate trains in the
    program at hand, a few seconds; another remedy compiles one first.
    """
    knobs = {
        "target": widgets.Dropdown(options=list(TARGETS), value="four points", **SHAPE),
        "d_rate": rate_slider("D's learning rate"),
        "g_rate": rate_slider("G's learning rate"),
        "remedy": widgets.Dropdown(options=REMEDIES, **SHAPE),
    }
    for name in ("target", "remedy"):
        knobs[name].description = name
    # Before there is an explorer, so that it trains only once.
    turn(knobs, {"d_rate": 1e-3, "g_rate": 1e-3, **start})
    alt = (
        "Left: samples of the first seed over the modes. Middle: which mode has the majority, over "
        "time, a row for each seed. Right: how many modes each seed holds."
    )
    return Explorer(
        lambda **values: draw_mode_runs(seeds=seeds, steps=steps, **values), knobs, alt=alt
    )


def draw_mode_runs(*, target, d_rate, g_rate, remedy, seeds=32, steps=2000):
    """Train with these settings and draw: (figure, sentence), as an `Explorer` wants them.

    `target` is a key of `TARGETS`, `remedy` one of `REMEDIES`: the layer of that name takes the
    place of D's second hidden one.
    """
    for name, value, options in (("target", target, TARGETS), ("remedy", remedy, REMEDIES)):
        if value not in options:
            raise ValueError(f"{name}={value!r}: wanted one of {', '.join(options)}")
    run = _trained(TARGETS[target], d_rate, g_rate, remedy, seeds, whole("steps", steps, 2))
    return draw_modes(run.steps, run.samples, TARGETS[target])


def _trained(target, d_rate, g_rate, remedy, seeds, steps):
    from ganlab import techniques  # here, because they load TensorFlow
    from ganlab.backend import keras
    from ganlab.latent import Gaussian
    from ganlab.networks import MinibatchDiscrimination, mlp
    from ganlab.training import train

    sizes, settings = {
        "none": ((2, 16, 16, 1), {}),
        "packs of two": ((4, 16, 16, 1), {"shown": techniques.packing(2)}),
        "R1, weight 0.1": ((2, 16, 16, 1), {"added": techniques.r1(0.1)}),
        "R1, weight 1": ((2, 16, 16, 1), {"added": techniques.r1(1.0)}),
        "minibatch discrimination": ((2, 16, MinibatchDiscrimination(5, 3), 1), {}),
    }[remedy]
    return train(
        mlp((2, 16, 16, 2), "leaky_relu"),
        mlp(sizes, "leaky_relu"),
        target,
        Gaussian(2),
        steps=steps,
        seeds=seed_tuple(seeds),
        batch_size=16,
        d_optimizer=keras.optimizers.Adam(d_rate, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(g_rate, beta_1=0.5),
        records=min(RECORDS, steps),
        **settings,
    )


def draw_modes(steps, samples, target):
    """Who holds which mode when, of samples (records, seeds, n, 2): (figure, sentence)."""
    held, moved, count = measure(samples, target).held, hops(samples, target), len(target.modes)
    order = np.lexsort((np.nan_to_num(moved.rate), held[-1]))[::-1]
    fig, (left, middle, right) = plots.figure(3, width=9.0, height=3.9)
    panels([left], samples[-1, :1], target.modes, target.std)
    left.set_title("samples of the first seed")
    for number, (x, y) in enumerate(target.modes):
        left.text(x, y + 3.7 * target.std, number, ha="center")
    strips(middle, steps, moved.majority[:, order], count + 1)
    middle.set_title("which mode has the majority")
    strips(right, steps, held[:, order], count + 1)
    right.set(title="how many modes are held", ylabel="")
    key(fig, [str(number) for number in range(count + 1)])
    sentence = (
        f"At the end {np.sum(held[-1] == count)} of {held.shape[1]} runs hold all {count} modes, "
        f"{np.sum(held[-1] <= 1)} hold one or none. In {np.sum(moved.rate > 0.1)} the majority "
        "hops at more than one record in ten."
    )
    return fig, sentence
