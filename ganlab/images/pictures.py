"""Pictures as a target: flat rows of pixels that know how they are to be looked at."""

import numpy as np
from PIL import Image, ImageOps

from ganlab.arguments import fits_memory, in_short, whole
from ganlab.data import Samples
from ganlab.guards import a_path, guard, one_of, several
from ganlab.own import numbers, plain

SPLIT = 0  # the seed that says which of the digits are held out: never another one
HELD_OUT = 600
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


def _factors(factors):
    if factors is not None and not isinstance(factors, dict):
        raise TypeError(f"factors is {in_short(factors)}: wanted {{name: (n,)}}")
    return factors or {}


class Pictures(Samples):
    """Pictures (n, pixels) from -1, black, to 1, white: what tanh can make. Drawn with replacement.

    pictures  (n, height * width) or (n, height, width); in colour (n, height, width, 3)
    size      (height, width), in colour (height, width, 3); a picture is pixels.reshape(size)
    labels    (n,) whole numbers that say what is seen, or None
    factors   {name: (n,)} what each picture was rendered from; {} if that is not known

    `array` is the float32 copy (n, pixels); `pictures[mask]` are some of them, with their labels
    and factors. ValueError, in one line, for other shapes, and for pixels beyond -1 and 1.
    """

    def __init__(self, pictures, size=None, labels=None, factors=None):
        pictures = numbers("pictures", pictures, "numbers from -1 to 1")
        if pictures.ndim < 2 or pictures.size == 0:
            raise ValueError(f"pictures have shape {pictures.shape}: wanted (n, pixels), not empty")
        if size is None and pictures.ndim < 3:
            raise ValueError(f"pictures have shape {pictures.shape} and no size: wanted size")
        self.size = tuple(
            whole("each of size", s, 1)
            for s in (pictures.shape[1:] if size is None else several("size", size))
        )
        if len(self.size) not in (2, 3) or self.size[2:] not in ((), (3,)):
            raise ValueError(f"size is {self.size}: wanted (height, width) or (height, width, 3)")
        pixels = int(np.prod(self.size))
        if pictures.size != len(pictures) * pixels:
            raise ValueError(f"pictures have shape {pictures.shape}: wanted (n, {pixels})")
        super().__init__(pictures.reshape(len(pictures), pixels))
        low, high = self.array.min(), self.array.max()
        if low < -1 or high > 1:
            told = f"pictures have pixels from {low:.3g} to {high:.3g}"
            raise ValueError(f"{told}: wanted -1 to 1, of bytes say x / 127.5 - 1")
        self.labels = None if labels is None else plain("labels", labels, "whole numbers (n,)")
        self.factors = {name: np.asarray(values) for name, values in _factors(factors).items()}
        for name, values in {"labels": self.labels, **self.factors}.items():
            if values is not None and values.shape != (len(self),):
                raise ValueError(f"{name} has shape {values.shape}: wanted ({len(self)},)")

    def __len__(self):
        return len(self.array)

    def __repr__(self):
        return f"Pictures({len(self)} of {' x '.join(map(str, self.size))})"

    def __getitem__(self, which):
        """Those that a mask (n,), a slice or a list of numbers says: `digits()[labels == 3]`."""
        labels = None if self.labels is None else self.labels[which]
        factors = {name: values[which] for name, values in self.factors.items()}
        return Pictures(self.array[which], self.size, labels, factors)


@guard(part=one_of("train", "test", "all"))
def digits(part="train") -> Pictures:
    """Handwritten digits of 8 x 8 pixels, with their labels 0 to 9.

    E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning
    Repository 1998, 1,797 of them as scikit-learn has them. `part` is "train", 1,197 of them, or
    "test", 600 that no network here and no judge has learned from, always the same; or "all".

    >>> digits(), digits("test")
    (Pictures(1197 of 8 x 8), Pictures(600 of 8 x 8))
    """
    from sklearn.datasets import load_digits  # here: it takes a second

    parts = {"train": slice(HELD_OUT, None), "test": slice(HELD_OUT), "all": slice(None)}
    found = load_digits()
    which = np.random.default_rng(SPLIT).permutation(len(found.data))[parts[part]]
    return Pictures(found.data[which] / 8 - 1, (8, 8), found.target[which])


@guard(path=a_path)
def folder(path, side: int = 16, colour: bool = False) -> Pictures:
    """The pictures in a folder of your own, each cut to its middle square and brought to side x
    side pixels, grey unless `colour` is asked for; in the order of their names. What is transparent
    becomes white.

    A folder of folders gives labels, 0, 1, ... in the order of their names; folders without a
    picture, and those whose names begin with "." or "__", are passed over. ValueError, in one line,
    for a folder without pictures, for pictures that lie beside such folders, for a file that has
    the name of a picture and is none, and for one of more than 16 bits a channel.
    """
    side = whole("side", side, 1)
    fits_memory("side", side, 1200 * side, power=2)  # for each of a hundred pictures, say
    if not path.is_dir():
        raise ValueError(f"{str(path)!r} is not a folder: wanted one with pictures in it")
    kinds = [
        files
        for place in sorted(path.iterdir())
        if place.is_dir() and not place.name.startswith((".", "__")) and (files := _files(place))
    ]
    loose = _files(path)
    if kinds and loose:
        told = f"{str(path)!r} holds {loose[0].name}, and folders of pictures"
        raise ValueError(f"{told}: wanted pictures, or a folder for each label")
    found = [_read(file, side, colour) for files in (loose, *kinds) for file in files]
    labels = [label for label, files in enumerate(kinds) for _ in files]
    if len(found) < 2:
        wanted = f"wanted at least 2, {', '.join(SUFFIXES)}"
        raise ValueError(f"{str(path)!r} holds {len(found)} pictures: {wanted}")
    return Pictures(np.stack(found), labels=labels if kinds else None)


def _files(place):
    """The files in a folder that are called as pictures are, in order."""
    return sorted(p for p in place.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())


def _read(file, side, colour):
    """The middle square of a picture (side, side), or (side, side, 3), from -1 to 1."""
    try:
        with Image.open(file) as opened:
            turned = ImageOps.exif_transpose(opened) if opened.getexif() else opened
            turned.format = opened.format
            picture = _in_eight_bits(turned, file.name).convert("RGB" if colour else "L")
    except OSError as error:
        told = " ".join(str(error).split())
        raise ValueError(f"{file.name} cannot be read as a picture: {told}") from None
    width, height = picture.size
    short = min(width, height)
    left, top = (width - short) // 2, (height - short) // 2
    # Down to a few pixels an average over all that a pixel covers, or thin lines would vanish.
    picture = picture.resize(
        (side, side), Image.Resampling.BOX, (left, top, left + short, top + short)
    )
    return np.asarray(picture, np.float32) / 127.5 - 1


def _in_eight_bits(picture, name):
    """The picture on a white ground, with 8 bits for a grey value: `convert` would cut off whatever
    is above 255, and show what lies below the transparent."""
    if picture.mode in ("I", "F") and picture.format != "PNG":  # a PNG has 16 bits at most
        raise ValueError(f"{name} has more than 16 bits a channel: wanted 8 or 16")
    if picture.mode.startswith("I"):
        grey = np.asarray(picture, np.float64)
        return Image.fromarray(np.round(grey / 257).astype(np.uint8))
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture)
    return picture
