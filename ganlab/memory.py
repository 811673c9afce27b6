"""How much memory a training will take, told before it starts."""

import math
from typing import NamedTuple

import psutil

from ganlab.arguments import SHARE

# Copies of each that are there at once at the worst moment, as measured (docs/performance.md).
WEIGHTS = 10  # own, gradients, two of Adam, what a step takes and gives, initial, samples'
BLOCKS = 4  # random numbers: those in use, the next, and what tensors are made of
OUTPUTS = 4  # of every layer for a batch: forward and back, of D's two batches
RECORDS = 2  # as they come, and once more when the run puts them side by side


class Needs(NamedTuple):
    """What a training keeps in memory.

    seeds    how many
    each     bytes of one, whatever is recorded
    shown    bytes of these that go with `samples`
    record   bytes that a record keeps of one
    samples  in a record, of one; None where a function says what of them is kept
    """

    seeds: int
    each: int
    shown: int
    record: int
    samples: int | None

    def refuse_too_large(self, records):
        """ValueError, in one line, where so many records after the first would not fit."""
        one = RECORDS * self.record
        training_fits_memory(
            self.seeds, self.each + one, records, one, self.samples, self.shown + one
        )


def training_fits_memory(seeds, each, records=0, record=0, samples=None, shown=0):
    """Refuses a training that would take more than `SHARE` of the memory that is free.

    seeds    how many there are
    each     bytes that one takes, whatever is recorded
    records  how many records, each of `record` bytes for a seed
    samples  how many samples a record is made of, if fewer of them would be less
    shown    bytes of `each` that go with the samples

    ValueError, in one line, with the numbers of seeds, records or samples that would fit.
    """
    free = psutil.virtual_memory().available
    room, kept = SHARE * free, records * record
    need = seeds * (each + kept)
    if need <= room:
        return
    fewer = {"seeds": room / (each + kept)}
    if kept:
        fewer["records"] = (room / seeds - each) / record
    if samples and kept + shown:
        fewer["samples"] = samples * (room / seeds - each + shown) / (kept + shown)
    fit = [f"{name}={int(count)}" for name, count in fewer.items() if count >= 1]
    what = f"{seeds} seed{'s' * (seeds != 1)}"
    what += f" with {records} records" * bool(kept)
    what += f" of {samples} samples" * ("samples" in fewer)
    raise ValueError(
        f"{what} would need about {need / 1e9:.1f} GB, more than {SHARE:.0%} of the "
        f"{free / 1e9:.1f} GB that are free: wanted "
        + (f"at most {' or '.join(fit)}" if fit else "smaller networks or batches")
    )


def needs_of(seeds, models, batch_size, drawn, records, dim, latent_dim):
    """The `Needs` of a training.

    seeds    how many
    drawn    how many random numbers are handed out at once for one
    records  the `Records` that are taken, of samples of `dim` numbers, made of `latent_dim` each

    ValueError, in one line, where it would not fit, whatever is recorded.
    """
    weights = sum(model.count_params() for model in models)
    outputs = batch_size * sum(map(_numbers_put_out, models))
    shown = 4 * records.samples * (latent_dim + dim)
    each = 4 * (WEIGHTS * weights + OUTPUTS * outputs + BLOCKS * drawn) + shown
    training_fits_memory(seeds, each, samples=records.samples, shown=shown)
    record = records.bytes_each(seeds, dim) / seeds
    return Needs(seeds, each, shown, record, None if records.keep else records.samples)


def room_for_weights(model, seeds):
    """ValueError, in one line, where the weights of so many copies of a model would not fit."""
    training_fits_memory(seeds, 4 * WEIGHTS * model.count_params())


def _numbers_put_out(model):
    """How many numbers the layers put out for a sample, where Keras knows."""
    found = 0
    for layer in model.layers:
        shape = getattr(getattr(layer, "output", None), "shape", None)
        found += math.prod(n or 1 for n in shape[1:]) if shape else 0
    return found
