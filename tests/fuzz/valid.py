"""What a valid argument is, by its name: names mean the same in the whole project.

So a new function is fuzzed without a line here as long as it calls things as others do. `VALID` is
looked up from the narrowest to the widest: function and argument, module and argument, argument.
Values are made anew for each call, for a plot draws on its axes and a generator moves on.
"""

import functools
import tempfile
from pathlib import Path

import numpy as np

from ganlab import data, games, images, latent, losses, techniques
from ganlab.backend import keras, tf
from ganlab.course.diagnosis import diagnose
from ganlab.ensemble import Ensemble
from ganlab.gan import Gan
from ganlab.networks import mlp
from ganlab.plots import figure
from ganlab.style_gan import Styles, style_gan
from ganlab.training import Trainer, train
from ganlab.vae import gaussian, train_vae
from ganlab.vae.autoencoder import Vae

RING = data.ring(4, std=0.1)
BELL = data.Gaussian(0.0, 1.0)


def rng():
    return np.random.default_rng(0)


def drawn(*shape):
    return rng().normal(size=shape)


def logits(*shape):
    return tf.constant(drawn(*shape), tf.float32)


def ax():
    return figure()[1]


@functools.cache
def run():
    return train(
        mlp((1, 3, 1)), mlp((1, 3, 1)), BELL, latent.Gaussian(1), steps=2, seeds=2, batch_size=8,
        records=2,
    )  # fmt: skip


@functools.cache
def styles():
    networks = style_gan(1, (4, 4), channels=1, depth=1, noise=False)
    real = np.clip(drawn(20, 16), -1, 1)
    return Styles.of(train(*networks, real, latent.Gaussian(1), steps=1, seeds=2, batch_size=8))


@functools.cache
def vae_run():
    return train_vae(
        mlp((1, 3, 2)), mlp((1, 3, 1)), BELL, latent_dim=1, likelihood=gaussian(0.1), steps=2,
        seeds=2, batch_size=8, records=2,
    )  # fmt: skip


def gan():
    return Gan(mlp((1, 3, 1)), mlp((1, 3, 1)), BELL, latent.Gaussian(1))


def vae():
    return Vae(mlp((1, 3, 2)), mlp((1, 3, 1)), BELL, 1, gaussian(0.1))


@functools.cache
def trainer():
    return Trainer(gan(), seeds=2, batch_size=8)


@functools.cache
def folder():
    path = Path(tempfile.mkdtemp())
    for i in range(2):
        from PIL import Image

        Image.fromarray(np.full((8, 8), 90 * i, np.uint8)).save(path / f"{i}.png")
    return path


@functools.cache
def pictures():
    return images.digits("test")[:40]


def scratch():
    return Path(tempfile.mkdtemp()) / "file.npz"


@functools.cache
def half():
    trainer().save(path := scratch())
    return path


VALID = {
    # Samples and what they are compared with, in the plane
    "samples": lambda: drawn(2, 12, 2),
    "target": lambda: drawn(12, 2),
    "real": lambda: drawn(12, 2),
    "fake": lambda: drawn(12, 2),
    "held_out": lambda: drawn(12, 2),
    "array": lambda: drawn(12, 2),
    "given": lambda: drawn(12, 2),
    "x": lambda: drawn(12),
    "z": lambda: drawn(12, 1),
    "u": lambda: np.linspace(0.1, 0.9, 5),
    "n": lambda: 12,
    "count": lambda: 4,
    "k": lambda: 3,
    "dim": lambda: 2,
    "rng": rng,
    "seed": lambda: 0,
    "member": lambda: 0,
    "metric": lambda: lambda samples, target: samples.mean(axis=(-1, -2)),
    "bandwidth": lambda: 0.5,
    "name": lambda: "n",
    "value": lambda: 1.0,
    "mixture": lambda: RING,
    "labels": lambda: [1, -1, 1, -1],
    "mean1": lambda: 0.0,
    "mean2": lambda: 1.0,
    "std1": lambda: 1.0,
    "std2": lambda: 2.0,
    "cov1": lambda: np.eye(2),
    "cov2": lambda: 2 * np.eye(2),
    "probabilities": lambda: np.full((6, 4), 0.25),
    "values": lambda: drawn(3, 2),
    "majority": lambda: np.array([[0, 1], [1, 1], [0, 0]]),
    # Numbers of targets and techniques
    "low": lambda: -1.0,
    "high": lambda: 1.0,
    "std": lambda: 0.1,
    "weight": lambda: 1.0,
    "m": lambda: 2,
    "rate": lambda: 0.1,
    "centers": lambda: drawn(4, 2),
    "means": lambda: drawn(3, 2),
    "covariances": lambda: np.eye(2),
    "paths": lambda: [[(0, 0), (1, 0), (1, 1)]],
    # Games
    "p": lambda: np.array([0.25, 0.75]),
    "q": lambda: np.array([0.5, 0.5]),
    "log_p": lambda: np.log([0.25, 0.75]),
    "log_q": lambda: np.log([0.5, 0.5]),
    "logit": lambda: np.array([0.3, -0.3]),
    "edges": lambda: np.linspace(-2, 2, 5),
    "game": games.dirac_gan,
    "g": lambda: 1.0,
    "d": lambda: 0.5,
    "step": lambda: 0.1,
    "steps": lambda: 2,
    # Networks and losses
    "real_logits": lambda: logits(2, 5),
    "fake_logits": lambda: logits(2, 5),
    "logits": lambda: logits(2, 5),
    "outputs": lambda: logits(2, 6),
    "targets": lambda: tf.constant(np.full((2, 5), 0.3), tf.float32),
    "real_label": lambda: 0.9,
    "real_features": lambda: logits(2, 5, 3),
    "fake_features": lambda: logits(2, 5, 3),
    "mean": lambda: logits(2, 5, 1),
    "log_variance": lambda: logits(2, 5, 1),
    "layer": lambda: "hidden_1",
    "sizes": lambda: (1, 4, 1),
    "size": lambda: (8, 8),
    "fan_in": lambda: 3,
    "kernels": lambda: 2,
    "kernel_dim": lambda: 2,
    "block": lambda: 2,
    "latent_dim": lambda: 1,
    "model": lambda: mlp((1, 3, 1)),
    "generator": lambda: mlp((1, 3, 1)),
    "discriminator": lambda: mlp((1, 3, 1)),
    "encoder": lambda: mlp((1, 3, 2)),
    "decoder": lambda: mlp((1, 3, 1)),
    "latent": lambda: latent.Gaussian(1),
    "likelihood": lambda: gaussian(0.1),
    "losses": lambda: losses.nonsaturating,
    "optimizer": lambda: keras.optimizers.Adam(0.01),
    "inputs": lambda: BELL,
    "gan": gan,
    "vae": vae,
    "run": run,
    "seeds": lambda: 2,
    "batch_size": lambda: 8,
    "records": lambda: 1,
    "path": scratch,
    # Plots
    "ax": ax,
    "d_loss": lambda: drawn(3, 2),
    "g_loss": lambda: drawn(3, 2),
    "grid": lambda: np.linspace(-2, 2, 7),
    "label": lambda: "a label",
    "arms": lambda: {"one": drawn(4), "other": drawn(4)},
    "generated": lambda: np.abs(drawn(2, 7)),
    "y": lambda: drawn(12),
    "across": lambda: drawn(12),
    "up": lambda: drawn(12),
    "places": lambda: np.array([0.0, 0.1, 0.5]),
    "rows": lambda: ["a", "b"],
    "columns": lambda: ["c", "d"],
    "names": lambda: ["a", "b"],
    "order": lambda: ["near", "close"],
    "words": lambda: ["near", "close"],
    "counts": lambda: np.array([[1, 2], [3, 4]]),
    "mass": lambda: np.full((3, 2), 0.4),
    "points": lambda: drawn(12, 2),
    "pictures": lambda: np.clip(drawn(5, 64), -1, 1),
    "translation": lambda: "negative",
    # Frechet distances between Gaussians have moments of another shape than those on the line.
    "distances.frechet_of_moments.mean1": lambda: np.zeros(2),
    "distances.frechet_of_moments.mean2": lambda: np.ones(2),
    "metrics.jensen_shannon.samples": lambda: drawn(2, 12, 1),
    "metrics.jensen_shannon.target": lambda: BELL,
    "metrics.noise_floor.repeats": lambda: 4,
    "kernel_density.samples": lambda: drawn(12, 2),
    "kernel_density.kernel_log_density.x": lambda: drawn(6, 2),
    "kernel_density.best_bandwidth.among": lambda: (0.5, 1.0),
    "mode_metrics.samples": lambda: RING.sample((3, 12), rng()),
    "mode_metrics.target": lambda: RING,
    "mode_metrics.hops.samples": lambda: RING.sample((3, 12), rng()),
    "mode_metrics.after_leaving.values": lambda: drawn(3, 2, 4),
    "mode_metrics.after_leaving.records": lambda: 1,
    "endings.target": lambda: RING,
    "course.league.target": lambda: "ring",
    "games.wasserstein.x": lambda: np.array([0.0, 1.0]),
    "games.generator_density.x": lambda: np.linspace(-1, 1, 9),
    "games.cells.sides": lambda: ((0.0, 1.0),),
    "games.cells.n": lambda: 10,
    "games.best_response.game": lambda: games.finite_game([0.25, 0.75]),
    "games.best_response.g": lambda: np.zeros(2),
    "games.best_response.d": lambda: np.zeros(2),
    "games.play.steps": lambda: 3,
    "mixtures.points.centers": lambda: (0.0, 1.0),
    "mixtures.Mixture.std": lambda: 0.1,
    "losses.tanh_squared_error.outputs": lambda: logits(2, 5),
    "images.pictures.Pictures.size": lambda: (8, 8),
    "losses.bounded.low": lambda: 1e-5,
    "losses.bounded_discriminator_loss.low": lambda: 1e-5,
    "losses.bounded_generator_loss.low": lambda: 1e-5,
    "optimizers.recipe_and_rates.factors": lambda: 1.0,
    "factors": lambda: 1.0,
    "members": lambda: 2,
    "role": lambda: "optimizer",
    "networks.dcgan.channels": lambda: 2,
    "ensemble.x": lambda: logits(2, 5, 1),
    "ensemble.weights": lambda: [logits(2, 1, 3), logits(2, 3), logits(2, 3, 1), logits(2, 1)],
    "ensemble.name": lambda: "hidden_1",
    "batch": lambda: 8,
    "parts": lambda: [],
    "training.train.real": lambda: BELL,
    "pretraining.pretrain.target": lambda: BELL.density,
    "pretraining.pretrain.steps": lambda: 2,
    "vae.training.train_vae.real": lambda: BELL,
    "vae.likelihoods.clipped.x": lambda: logits(2, 5),
    "vae.bounds.log_likelihood_bound.run": vae_run,
    "vae.codes.code.outputs": lambda: logits(2, 5, 2),
    "latent.Stratified.low": lambda: -1.0,
    "plots.steps": lambda: [0, 10, 20],
    "mode_plots.steps": lambda: [0, 10, 20],
    "ending_plots.steps": lambda: [0, 10, 20],
    "plots.target": lambda: np.full(7, 0.2),
    "plots.field.x": lambda: drawn(12),
    "plots.swarm.size": lambda: 0.2,
    "plots.heatmap.values": lambda: drawn(2, 2),
    "mode_plots.table.values": lambda: drawn(2, 2),
    "mode_plots.strips.values": lambda: np.array([[0, 1], [1, -1], [2, 2]]),
    "mode_plots.panels.axes": lambda: figure(2)[1],
    "mode_plots.panels.samples": lambda: drawn(2, 12, 2),
    "mode_plots.key.fig": lambda: figure()[0],
    "plots.ensemble_densities.axes": lambda: figure(2)[1],
    "model_plots.beside.axes": lambda: figure(2)[1],
    "model_plots.beside.real": lambda: {"ring": drawn(12, 2)},
    "model_plots.beside.made": lambda: {"a": {"ring": drawn(9, 2)}, "b": {"ring": drawn(9, 2)}},
    "picture_plots.real": lambda: np.clip(drawn(7, 64), -1, 1),
    "images.pictures.Pictures.pictures": lambda: np.clip(drawn(5, 64), -1, 1),
    "images.pictures.Pictures.labels": lambda: np.arange(5),
    "images.pictures.folder.path": folder,
    "images.domains.pictures": pictures,
    "course.diagnosis.diagnose.run": lambda: drawn(4, 12, 1),
    "course.diagnosis.diagnose.target": lambda: BELL,
    "course.diagnosis.kind": lambda: "dropped",
}

# What methods are asked of.
VALID |= {
    "conditions.one_hot.labels": lambda: [2, 0, 1],
    "conditions.one_hot.classes": lambda: 3,
    "conditions.joint.samples": lambda: drawn(12, 2),
    "conditions.joint.conditions": lambda: np.eye(12)[:, :3],
    "conditions.Conditioned.noise": lambda: latent.Gaussian(2),
    "conditions.Conditioned.conditions": lambda: np.eye(3),
    "networks.conditional_dcgan.conditions": lambda: 3,
    "networks.conditional_dcgan.size": lambda: (8, 8),
    "networks.conditional_dcgan.channels": lambda: 2,
    "inversion.invert.x": lambda: drawn(5, 1),
    "inversion.invert.steps": lambda: 2,
    "translation.Unpaired.first": lambda: drawn(12, 2),
    "translation.Unpaired.second": lambda: drawn(12, 2),
    "translation.side_by_side.layers": lambda: lambda: [keras.layers.Dense(2)],
    "translation.cyclegan.channels": lambda: 2,
    "translation.partners_found.made": lambda: drawn(3, 12, 2),
    "translation.partners_found.partners": lambda: drawn(12, 2),
    "layers.Columns.start": lambda: 0,
    "layers.Columns.stop": lambda: 2,
}
VALID |= {
    "style_gan.channels": lambda: 2,
    "style_gan.depth": lambda: 1,
    "style_gan.coarse": lambda: drawn(3, 1),
    "style_gan.fine": lambda: drawn(3, 1),
    "style_gan.noise": lambda: True,
    "styles.shape": lambda: (2, 2, 1),
    "styles.filters": lambda: 2,
    "styles.kernel_size": lambda: 3,
    "disentangling.codes": lambda: drawn(40, 2),
    "disentangling.factor": lambda: drawn(40),
    "disentangling.start": lambda: drawn(5, 2),
    "disentangling.end": lambda: drawn(5, 2),
    "disentangling.make": lambda: np.asarray,
}
INSTANCES = {
    "style_gan.Styles": styles,
    "data.Gaussian": lambda: BELL,
    "data.Uniform": lambda: data.Uniform(0.0, 1.0),
    "data.Samples": lambda: data.Samples(drawn(12)),
    "data.Circle": lambda: data.Circle(1.0, 0.1),
    "data.Mixture": lambda: data.points(-1.0, 1.0, std=0.1),
    "data.GaussianMixture": lambda: data.GaussianMixture([-1.0, 1.0], [0.1, 0.2]),
    "data.Curve": data.two_moons,
    "latent.Gaussian": lambda: latent.Gaussian(1),
    "latent.Stratified": latent.Stratified,
    "images.Judge": images.digit_judge,
    "runs.Run": run,
    "vae.VaeRun": vae_run,
    "training.Trainer": trainer,
    "ensemble.Ensemble": lambda: run().generators,
}
VALID |= {
    "data.Circle.log_density.x": lambda: drawn(5, 2),
    "data.Circle.density.x": lambda: drawn(5, 2),
    "data.Curve.log_density.x": lambda: drawn(5, 2),
    "data.Curve.density.x": lambda: drawn(5, 2),
    "images.Judge.real": lambda: np.clip(drawn(6, 64), -1, 1),
    "images.Judge.least": lambda: 0.9,
    **{
        f"{name}.{argument}!": make
        for name in (
            *("training.train", "training.train_gan", "vae.training.train_vae"),
            *("vae.training.train_this_vae", "pretraining.pretrain", "training.Trainer"),
            "vae.training.VaeTrainer",
        )
        for argument, make in (("steps", lambda: 2), ("seeds", lambda: 2), ("records", lambda: 1))
        if argument == "seeds" or "Trainer" not in name
    },
    "runs.Run.generator.seed!": lambda: 0,
    "runs.Run.discriminator.seed!": lambda: 0,
    "vae.VaeRun.encoder.seed!": lambda: 0,
    "vae.VaeRun.decoder.seed!": lambda: 0,
    "training.Trainer.take_over.gan": lambda: trainer().gan,
    "training.Trainer.resume.path": half,
    "training.Trainer.record.seen": lambda: None,
    "runs.Run.x": lambda: drawn(6),
    "vae.VaeRun.x": lambda: drawn(6),
    "ensemble.Ensemble.times": lambda: 2,
    "ensemble.Ensemble.index": lambda: 1,
    "training.Trainer.steps": lambda: 2,
    "training.Trainer.most": lambda: 2,
}
del diagnose, techniques, Ensemble
