"""Trainings of many kinds, small enough to be saved half way, and gone on from elsewhere.

    python -m tests.going_on FOLDER

goes on from all that is saved in a folder, NAME.npz, for so many steps more as the rest takes, and
leaves the weights, losses and records in NAME.after.npz.
"""

import sys
from pathlib import Path

import numpy as np

from ganlab import data, latent, losses, techniques
from ganlab.backend import keras
from ganlab.layers import MinibatchDiscrimination
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.training import Scaled, Trainer
from ganlab.vae import gaussian
from ganlab.vae.training import VaeTrainer

FIRST, REST = 7, 20  # steps before the file, and after it
BELL = data.Gaussian(4.0, 0.5)
SEEDS = (3, 1, 4)


def _gan(discriminator=None, **fields):
    networks = mlp((1, 4, 1)), mlp((1, 6, 1)) if discriminator is None else discriminator
    return Trainer(*networks, BELL, latent.Gaussian(), seeds=SEEDS, batch_size=8, **fields)


def _pretrained():
    sizes = {"steps": 30, "seeds": SEEDS, "batch_size": 8}
    return _gan(pretrain(mlp((1, 6, 1)), data.Uniform(0.0, 8.0), BELL.density, **sizes)[0])


def _scheduled():
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.5)
    return _gan(g_optimizer=keras.optimizers.SGD(rate, momentum=0.6))


KINDS = {
    "plain": _gan,
    "r1": lambda: _gan(added=techniques.r1([0.1, 1.0, 10.0])),
    "averaged": lambda: _gan(replaced=techniques.averaged_generator(0.9)),
    "pretrained": _pretrained,
    "fading noise": lambda: _gan(shown=techniques.instance_noise(0.5, until=15)),
    "historical": lambda: _gan(added=techniques.historical_averaging(0.1)),
    "spectral": lambda: _gan(replaced=techniques.spectral_normalisation()),
    "critic": lambda: _gan(losses=losses.wasserstein, n_critic=3),
    "schedule": _scheduled,
    "own rates": lambda: _gan(d_optimizer=Scaled(keras.optimizers.Adam(1.0), [1e-2, 1e-3, 1e-4])),
    "minibatch": lambda: _gan(mlp((1, 4, MinibatchDiscrimination(2, 2), 1))),
    "samples": lambda: Trainer(
        *(mlp((2, 4, 2)), mlp((2, 4, 1)), np.random.default_rng(0).normal(size=(50, 2))),
        latent.Gaussian(2),
        seeds=SEEDS,
        batch_size=8,
    ),
    "vae": lambda: VaeTrainer(
        *(mlp((1, 4, 2)), mlp((1, 4, 1)), BELL, 1, gaussian(0.1)), seeds=SEEDS, batch_size=8
    ),
}


def left_by(trainer, steps):
    """{name: array} of all that `steps` more leave: the losses, the state, the records."""
    seen = trainer.advance(steps)
    trainer.record(seen if trainer.__class__ is Trainer else None)
    found = {f"state{i}": np.asarray(value) for i, value in enumerate(trainer._state)}
    found |= {f"record {name}": np.asarray(v) for name, v in trainer._records.items()}
    return found | seen | {"step": np.array(trainer.step)}


def begun(name):
    """A trainer that has taken its first steps, with two records."""
    trainer = KINDS[name]()
    trainer.record()
    trainer.advance(FIRST)
    trainer.record()
    return trainer


def go_on(folder):
    for path in sorted(Path(folder).glob("*.npz")):
        trainer = KINDS[path.stem]()
        trainer.resume(path)
        np.savez(path.with_suffix(".after"), **left_by(trainer, REST))


if __name__ == "__main__":
    go_on(sys.argv[1])
