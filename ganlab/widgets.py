"""The name under which the notebooks import the explorers of `ganlab.course`."""

from ganlab.course.explorer import Explorer
from ganlab.course.explorers import (
    BATCHES,
    DIRAC,
    LAYERS,
    METHODS,
    SIZES,
    density_explorer,
    dirac_explorer,
    draw_densities,
    draw_dirac,
    draw_gaussian_runs,
    draw_technique_runs,
    gaussian_explorer,
    technique_explorer,
)
from ganlab.course.mode_explorer import draw_mode_runs, mode_explorer
from ganlab.course.picture_explorers import (
    digit_explorer,
    draw_digits,
    draw_fonts,
    draw_styles,
    font_explorer,
    style_explorer,
)
from ganlab.course.playground import playground
from ganlab.course.vae_explorer import draw_vae_runs, vae_explorer

__all__ = [
    "BATCHES",
    "DIRAC",
    "LAYERS",
    "METHODS",
    "SIZES",
    "Explorer",
    "density_explorer",
    "digit_explorer",
    "dirac_explorer",
    "draw_densities",
    "draw_digits",
    "draw_dirac",
    "draw_fonts",
    "draw_gaussian_runs",
    "draw_mode_runs",
    "draw_styles",
    "draw_technique_runs",
    "draw_vae_runs",
    "font_explorer",
    "gaussian_explorer",
    "mode_explorer",
    "playground",
    "style_explorer",
    "technique_explorer",
    "vae_explorer",
]
