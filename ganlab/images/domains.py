"""Two domains to translate between, whose true translation is known for every picture."""

import numpy as np

from ganlab.guards import guard, one_of
from ganlab.images.pictures import Pictures

# Each is its own inverse, or has one: nothing of a picture is lost on the way.
TRANSLATIONS = {
    "negative": lambda pictures: -pictures,
    "turned": lambda pictures: np.rot90(pictures, axes=(1, 2)),
    "mirrored": lambda pictures: pictures[:, :, ::-1],
}


@guard(pictures=Pictures, translation=one_of(*TRANSLATIONS))
def domains(pictures: Pictures, translation: str = "negative", rng=None):
    """(one domain, the other): all `pictures`, and all of them translated, row by row partners.

    translation  "negative", light and dark exchanged; "turned", by a quarter to the left;
                 "mirrored", left and right exchanged
    rng          with a NumPy Generator the first half of a random order goes to the one domain,
                 and the second half to the other: so no picture has its partner among the data, as
                 where partners are not known. Without, rows are partners: to score with

    >>> from ganlab.images import digits
    >>> light, dark = domains(digits("test"), "negative")
    >>> bool((light.array == -dark.array).all())
    True
    """
    here, there = pictures, pictures
    if rng is not None:
        if not isinstance(rng, np.random.Generator):
            kind = type(rng).__name__
            raise TypeError(f"rng is a {kind}: wanted a NumPy Generator: np.random.default_rng(0)")
        order, half = rng.permutation(len(pictures)), len(pictures) // 2
        here, there = pictures[order[:half]], pictures[order[half:]]
    return here, translated(there, translation)


@guard(pictures=Pictures, translation=one_of(*TRANSLATIONS))
def translated(pictures: Pictures, translation: str) -> Pictures:
    """The true partner of every picture, with its label and factors."""
    images = TRANSLATIONS[translation](pictures.array.reshape(-1, *pictures.size))
    return Pictures(np.ascontiguousarray(images), None, pictures.labels, pictures.factors)
