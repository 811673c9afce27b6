"""The explorer of variational autoencoders in the plane: how noisy the decoder is, and beta."""

from functools import partial

import numpy as np

from ganlab import plots
from ganlab.arguments import above, at_least, seed_tuple, whole
from ganlab.course.explorer import Explorer, choice_slider, turn
from ganlab.neighbours import precision, recall

STDS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
BETAS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
JUDGED = 500  # samples of a seed, and real points, that precision and recall are of


def vae_explorer(target, *, seeds=32, steps=1500, **start):
    """32 VAEs (2-32-32-4 and 2-32-32-2) on a target in the plane, with two knobs.

    `start` sets knobs: std, the standard deviation of the decoder's noise, and beta, the weight of
    the KL divergence. Both are numbers that the program at hand takes: nothing is compiled anew.
    """
    knobs = {
        "std": choice_slider("decoder's std", STDS, 0.1),
        "beta": choice_slider("beta", BETAS, 1.0),
    }
    turn(knobs, start)
    alt = (
        f"Left: samples of the first of {len(seed_tuple(seeds))} VAEs over real points. Right: "
        "precision and recall of each, of its samples and of the decoder's means."
    )
    return Explorer(partial(_watched, target, seeds, steps), knobs, alt=alt)


def draw_vae_runs(target, *, std, beta, seeds=32, steps=1500):
    """Train with these settings, as `vae_explorer` does: (figure, sentence).

    std   standard deviation of the decoder's noise, in the unit of the data, above 0
    beta  weight of the KL divergence, at least 0
    """
    steps, trainer = whole("steps", steps, 2), _trainer(target, seeds, std, beta)
    trainer.advance(steps)
    return _draw(trainer, target)


def _trainer(target, seeds, std, beta):
    above("std", std, 0), at_least("beta", beta, 0)
    if getattr(target, "dim", None) != 2:
        raise TypeError("target: wanted one of ganlab.data in the plane, data.ring() say")
    # Here, because they load TensorFlow, and the explorers of theory do without it.
    from ganlab import vae
    from ganlab.backend import keras
    from ganlab.networks import mlp

    return vae.VaeTrainer(
        mlp((2, 32, 32, 4), "leaky_relu"),
        mlp((2, 32, 32, 2), "leaky_relu"),
        target,
        latent_dim=2,
        likelihood=vae.gaussian(std**2),
        beta=beta,
        seeds=seeds,
        optimizer=keras.optimizers.Adam(6e-3, beta_1=0.5),
    )


def _watched(target, seeds, steps, **knobs):
    """Yields the pictures on the way, and returns that of the end, as `Explorer` wants them."""
    steps, trainer = whole("steps", steps, 2), _trainer(target, seeds, **knobs)
    for until in (steps // 5, steps):
        try:
            if until > trainer.step:
                trainer.advance(until - trainer.step)
        except KeyboardInterrupt:
            figure, sentence = _draw(trainer, target)
            return figure, f"Stopped at step {trainer.step} of {steps}. {sentence}"
        if until < steps:
            figure, sentence = _draw(trainer, target)
            yield figure, f"Step {until} of {steps}. {sentence}"
    return _draw(trainer, target)


def _draw(trainer, target):
    run = trainer.run()
    real = target.sample(JUDGED, np.random.default_rng(0))
    made = {"samples": run.generate(JUDGED), "means": run.generate(JUDGED, noise=False)}
    for x in made.values():
        x[list(run.failed)] = np.nan
    fig, (left, right) = plots.figure(2, width=9.0, height=4.2)
    plots.points(left, real, made["samples"][0])
    reach = 1.3 * np.abs(real).max()
    left.set(xlim=(-reach, reach), ylim=(-reach, reach))
    judged = {
        (metric.__name__, name): metric(x, real)
        for metric in (precision, recall)
        for name, x in made.items()
    }
    arms = {",\n".join(name): values for name, values in judged.items()}
    plots.outcomes(right, arms, label="share", higher_is_better=True)
    right.set_xlim(-0.03, 1.03)
    middle = {name: f"{np.nanmedian(values):.0%}" for name, values in judged.items()}
    sentence = (
        f"Of the samples {middle['precision', 'samples']} lie where the data are, and "
        f"{middle['recall', 'samples']} of the data lie where samples are; of the means "
        f"{middle['precision', 'means']} and {middle['recall', 'means']} (medians)."
    )
    return fig, sentence
