"""A training on its way, in a file: what it holds, and whether it is that of another training."""

import hashlib
import json

import numpy as np

from ganlab.backend import tf
from ganlab.files import written_whole
from ganlab.guards import a_path

OTHER = "another training"
_WANTED = {
    "kind": "a file of this kind of training",
    "seeds": "the same seeds",
    "records": "the same Records.keep",
    "samples": "the same Records.samples",
    "rates": "the same learning rates",
    "drawn": "the same data, latent, noise and batch size",
    "seen": "the same losses, techniques and scalars",
    "made_of": "the same optimizers, losses, techniques, n_critic and batch size",
    "numbers": "the same scalars",
    "data": "the same data",
}
_SINCE = ("made_of", "numbers", "data")  # older files do not say these


def write(path, state, records, about):
    """One .npz file of a list of tensors, {name: list of a record each}, and what json takes."""
    arrays = {f"state{i}": np.asarray(value) for i, value in enumerate(state)}
    arrays |= {f"record {name}": np.asarray(values) for name, values in records.items()}
    with written_whole(a_path("path", path)) as file:
        np.savez(file, about=json.dumps(about), **arrays)


def read(path):
    """(state, records, about) of what `write` wrote; ValueError, in one line, for other files."""
    path = a_path("path", path)
    with open(path, "rb") as opened:  # a file that is not there is told as that
        try:
            arrays = dict(np.load(opened, allow_pickle=False))
            about = json.loads(str(arrays.pop("about")))
            count = sum(name.startswith("state") for name in arrays)
            state = [arrays[f"state{i}"] for i in range(count)]
            before = "record "
            records = {n[len(before) :]: list(v) for n, v in arrays.items() if n.startswith(before)}
            if len(state) + len(records) < len(arrays):
                raise ValueError  # a damaged name
            records["steps"] = [int(step) for step in records["steps"]]
            about.setdefault("samples", _shown_in(records))  # older files do not say
            about |= {name: about.get(name) for name in _SINCE}
            if not {*_WANTED, "step", "failed", "used"} <= set(about):
                raise ValueError
        except Exception:  # a damaged archive may raise anything: lengths, codes, checksums
            wanted = "wanted a file that a Trainer saved"
            raise ValueError(f"{path} is not a training on its way: {wanted}") from None
    return state, records, about


def _shown_in(records):
    """How many samples a record holds; None where there is no record, or none is kept in it."""
    return (*np.shape(records["samples"]), 0, 0, 0)[2] or None


def refuse_others(path, about, now, names):
    """ValueError, in one line, where a training differs from the saved one in one of `names`."""
    for name in names:
        then = about[name]
        same = then == now[name] or (name in ("samples", *_SINCE) and then is None)
        if name == "seen":  # another processor rounds otherwise
            same = np.shape(then) == np.shape(now[name])
            same = same and np.allclose(then, now[name], rtol=1e-3, atol=1e-5)
        if not same:
            raise ValueError(f"{path} holds {OTHER}: wanted {_WANTED[name]}")


def numbers_in(scalars):
    """All numbers of nested scalars, in their order."""
    leaves = [np.ravel(np.asarray(leaf, float)) for leaf in tf.nest.flatten(scalars)]
    return np.concatenate(leaves).tolist() if leaves else []


def digest_of_data(real):
    """Stands for the numbers of data that are an array; "" for a distribution, of which what is
    drawn tells."""
    array = getattr(real, "array", None)
    return "" if array is None else hashlib.sha256(np.asarray(array).tobytes()).hexdigest()


def digest(block, at, left):
    """Stands for the random numbers of the next step in a block that a `Supply` has drawn."""
    parts = [part for part in tf.nest.flatten(block) if part is not None]
    content = b"".join(np.asarray(part[at]).tobytes() for part in parts)
    return hashlib.sha256(content).hexdigest()
