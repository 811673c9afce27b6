"""Techniques of others, each a file and a value for an argument of `training.train`.

`Shown` for what D is shown, `Added` for penalties, `Replaced` for weights in the place of a
player's own. Techniques that are losses stand in `ganlab.losses`, layers in `ganlab.layers`.
"""

from ganlab.techniques.averaged_generator import averaged_generator
from ganlab.techniques.cycle_consistency import cycle_consistency, identity_loss
from ganlab.techniques.gradient_penalties import gradient_penalty, r1, r2
from ganlab.techniques.historical_averaging import historical_averaging
from ganlab.techniques.instance_noise import instance_noise
from ganlab.techniques.packing import packing
from ganlab.techniques.spectral_normalisation import spectral_normalisation
from ganlab.techniques.unrolled import unrolled
from ganlab.techniques.weight_clipping import weight_clipping

__all__ = [
    "averaged_generator",
    "cycle_consistency",
    "gradient_penalty",
    "historical_averaging",
    "identity_loss",
    "instance_noise",
    "packing",
    "r1",
    "r2",
    "spectral_normalisation",
    "unrolled",
    "weight_clipping",
]
