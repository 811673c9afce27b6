"""What a training left behind, in whatever form: a `Run`, samples over time, or curves."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

from ganlab.own import plain

CURVES = ("d_loss", "g_loss", "real_score", "fake_score")


class Left(NamedTuple):
    """What a training left: samples (records, seeds, n, dim) or None; {curve: (records, seeds)};
    the seeds' names (seeds,); whether there was an axis of seeds; and how many training steps lie
    between two records, where that is known."""

    samples: np.ndarray | None
    curves: dict
    seeds: np.ndarray
    several: bool
    apart: float | None = None


def left_by(run) -> Left:
    """What there is to see of a `Run`, of samples, or of a mapping or table of curves.

    run  a `Run`; samples (records, n, dim) or (records, seeds, n, dim); or a mapping or a frame
         with any of d_loss, g_loss, real_score, fake_score, each (records,) or (records, seeds),
         and perhaps samples
    """
    if hasattr(run, "d_loss") and hasattr(run, "seeds"):
        curves = {name: np.asarray(getattr(run, name), float) for name in CURVES}
        samples = run.samples if run.samples.size else None
        apart = float(np.median(np.diff(run.steps))) if len(run.steps) > 1 else None
        return Left(samples, curves, np.asarray(run.seeds), True, apart)
    if isinstance(run, Mapping) or hasattr(run, "columns"):
        names = list(run.columns if hasattr(run, "columns") else run)
        known = [name for name in (*CURVES, "samples") if name in names]
        _refuse_misspelt(names, known)
        if not known:
            wanted = f"wanted one of {', '.join((*CURVES, 'samples'))}, or more"
            raise ValueError(f"run has {', '.join(map(str, names)) or 'nothing'}: {wanted}")
        given = {name: run[name] for name in known}
        samples = _samples(given.pop("samples")) if "samples" in given else None
        curves = {name: _curve(name, values) for name, values in given.items()}
        several = any(np.ndim(run[name]) == (4 if name == "samples" else 2) for name in known)
    else:
        samples, curves, several = _samples(run), {}, np.ndim(run) == 4
    counts = {name: values.shape[1] for name, values in curves.items()}
    if samples is not None:
        counts["samples"] = samples.shape[1]
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{count} of {name}" for name, count in counts.items())
        raise ValueError(f"run has {told}: wanted as many seeds of each")
    return Left(samples, curves, np.arange(next(iter(counts.values()))), several)


def _refuse_misspelt(names, known):
    """Other columns, a step say, are left aside; one that was to be a curve is not."""
    missing = [name for name in (*CURVES, "samples") if name not in known]
    for name in names:
        if name not in known and (near := get_close_matches(str(name).lower(), missing, 1, 0.85)):
            raise ValueError(f"run has {name!r}: wanted {near[0]!r}, or another name")


def _refuse_unlike(records):
    """Refuses a list whose records cannot be one array, and says why."""
    if any(getattr(one, "requires_grad", False) for one in records):
        raise TypeError("run has tensors that require gradients: wanted them detached")
    shapes = list(dict.fromkeys(np.shape(one) for one in records if hasattr(one, "shape")))
    if len(shapes) > 1:
        told = f"run has records of shapes {shapes[0]} and {shapes[1]}"
        raise ValueError(f"{told}: wanted as many samples in each, of the same latents")


def _samples(value):
    _refuse_unlike(value if isinstance(value, list | tuple) else [value])
    samples = plain("run", value, "a Run, samples (records, n, dim), or a mapping of curves")
    if samples.ndim not in (3, 4) or samples.size == 0 or samples.dtype.kind not in "fiub":
        wanted = "wanted a Run, samples (records, n, dim) or (records, seeds, n, dim), or curves"
        given = f"has shape {samples.shape}" if samples.ndim else f"is a {type(value).__name__}"
        how = {2: "; of a single column as x[..., None]"}.get(samples.ndim, "")
        how = "; pictures flattened to one row each" if samples.ndim > 4 else how
        raise ValueError(f"run {given}: {wanted}{how}")
    if samples.dtype.kind in "iub":  # of which differences may not be such: 3 - 5 of a uint8
        samples = samples.astype(np.float32 if samples.itemsize < 4 else np.float64)
    return samples[:, None] if samples.ndim == 3 else samples


def _curve(name, value):
    curve = plain(name, value, "numbers, (records,) or (records, seeds)")
    if curve.ndim not in (1, 2) or curve.size == 0 or curve.dtype.kind not in "fiub":
        wanted = "wanted numbers, (records,) or (records, seeds)"
        raise ValueError(f"{name} has shape {curve.shape}, of {curve.dtype}: {wanted}")
    return (curve[:, None] if curve.ndim == 1 else curve).astype(float)
