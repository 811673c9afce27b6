"""A fixed classifier that judges pictures: by what it sees in them, and by how sure it is.

Published scores take a large network that was trained on millions of photographs. Of digits that
network knows nothing. So here a small one judges that was trained on the pictures at hand, once,
and is shipped with its accuracy on others: `python -m ganlab.images.make_judge` made it. It is a
layer of rectified units upon another; its features are those of the last layer before the classes.

Each score is *estimated*: it means something beside what real pictures, pictures with their pixels
shuffled, and noise get from the same judge, at the same n.
"""

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganlab.arguments import in_short
from ganlab.distances import frechet
from ganlab.files import written_whole
from ganlab.guards import a_number, a_path, guard
from ganlab.images.pictures import Pictures
from ganlab.images.scores import inception_score
from ganlab.kernel_distances import kid
from ganlab.metrics import as_points, sample_array
from ganlab.own import LARGEST, numbers

DIGITS = Path(__file__).with_name("digit_judge.npz")


class Judge(NamedTuple):
    """A classifier of flat pictures: kernels and biases of its layers, all but the last rectified.

    accuracy  the share of test pictures, not trained on, that it gets right

    Pictures are (..., n, pixels), a `Run`'s samples say; what comes out is float64, NaN for an
    entry that holds a NaN. `real` is `Pictures` or an array (m, pixels).
    """

    kernels: tuple
    biases: tuple
    accuracy: float

    def features(self, pictures):
        """What the last layer before the classes puts out, (..., n, features)."""
        return self._features(pictures, "pictures")

    def _features(self, pictures, name):
        x = self._given(pictures, name)
        for kernel, bias in zip(self.kernels[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ kernel + bias, 0)
        return x

    def probabilities(self, pictures):
        """How likely the judge holds each class, (..., n, classes)."""
        logits = self.features(pictures) @ self.kernels[-1] + self.biases[-1]
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return p / p.sum(axis=-1, keepdims=True)

    def labels(self, pictures):
        """The class that it holds most likely, (..., n); -1 where a pixel is not finite."""
        p = self.probabilities(pictures)
        return np.where(np.isnan(p).any(axis=-1), -1, np.argmax(np.nan_to_num(p), axis=-1))

    def frechet(self, pictures, real):
        """Frechet distance of the features of both (...), as in M. Heusel and others, *GANs Trained
        by a Two Time-Scale Update Rule*, NeurIPS 2017, with this judge in the place of theirs.

        It falls as n grows, whoever made the pictures, so compare at equal n alone. It sees means
        and covariances of features: one that copies what it was trained on scores best.
        """
        return self._compared(frechet, pictures, real)

    def inception(self, pictures):
        """The inception score of its probabilities (...): `inception_score`."""
        return inception_score(self.probabilities(pictures))

    def kid(self, pictures, real):
        """Squared kernel distance of the features of both (...): `kernel_distances.kid`, which has
        no bias: real pictures score 0 on average, whatever n."""
        return self._compared(kid, pictures, real)

    @guard(least=a_number)
    def sure(self, pictures, least=0.9):
        """The share of the pictures for which one class is held at least so likely (...)."""
        p = self.probabilities(pictures).max(axis=-1)
        return np.where(np.isnan(p).any(axis=-1), np.nan, (p >= least).mean(axis=-1))[()]

    def shares(self, pictures):
        """How often each class is seen, (..., classes); NaN where a pixel is not finite."""
        classes = np.arange(len(self.biases[-1]))
        labels = self.labels(pictures)
        shares = (labels[..., None] == classes).mean(axis=-2)
        return np.where((labels < 0).any(axis=-1)[..., None], np.nan, shares)

    @guard(path=a_path)
    def save(self, path):
        """Everything into one .npz file, without pickle."""
        layers = {f"kernel{i}": kernel for i, kernel in enumerate(self.kernels)}
        layers |= {f"bias{i}": bias for i, bias in enumerate(self.biases)}
        with written_whole(path) as file:
            np.savez_compressed(file, accuracy=self.accuracy, **layers)

    @classmethod
    def load(cls, path):
        """The judge of a file that `save` wrote; ValueError, in one line, for another file."""
        with open(a_path("path", path), "rb") as opened:  # one that is not there is told as that
            try:
                found = dict(np.load(opened, allow_pickle=False))
                layers = range(len(found) // 2)  # a damaged name would be of another layer
                kernels = tuple(found[f"kernel{i}"].astype(np.float64) for i in layers)
                biases = tuple(found[f"bias{i}"].astype(np.float64) for i in layers)
                if not len(layers):
                    raise ValueError
                return cls(kernels, biases, float(found["accuracy"]))
            except Exception:  # a damaged archive may raise anything
                told = f"{path} is not a judge: wanted a file that Judge.save wrote"
                raise ValueError(told) from None

    @classmethod
    def fit(cls, train: Pictures, test: Pictures, sizes=(128, 32), seed=0):
        """A judge of your own: trained on labelled pictures, its accuracy told by others.

        Labels are 0, 1, ..., each of them among those of `train`; ValueError, in one line, for
        others.
        """
        from sklearn.neural_network import MLPClassifier  # here: it takes a second

        for name, pictures in (("train", train), ("test", test)):
            if getattr(pictures, "labels", None) is None:
                raise ValueError(f"{name} has no labels: wanted Pictures with labels")
        kinds = np.unique(train.labels)
        if len(kinds) < 2 or not np.array_equal(kinds, np.arange(len(kinds))):
            wanted = "wanted 0, 1, ..., such as np.unique(labels, return_inverse=True)[1]"
            raise ValueError(f"train has the labels {in_short(kinds.tolist())}: {wanted}")
        if len(other := np.setdiff1d(test.labels, kinds)):
            raise ValueError(f"test has the label {other[0]}, train has not: wanted the same ones")
        network = MLPClassifier(sizes, alpha=1e-3, max_iter=400, random_state=seed)
        network.fit(train.array.astype(np.float64), train.labels)
        kernels, biases = tuple(network.coefs_), tuple(network.intercepts_)
        if len(biases[-1]) == 1:  # of two classes it gives one logit: the other's is 0
            kernels = (*kernels[:-1], np.concatenate([0 * kernels[-1], kernels[-1]], axis=1))
            biases = (*biases[:-1], np.concatenate([[0.0], biases[-1]]))
        made = cls(kernels, biases, 0.0)
        right = made.labels(test.array) == test.labels
        return made._replace(accuracy=float(right.mean()))

    def _compared(self, distance, pictures, real):
        """A distance between the features of both; few pictures are points for certain."""
        x, y = self.features(pictures), self._features(_points(real), "real")
        for name, features in (("pictures", x), ("real", y)):
            if features.shape[-2] < 2:
                raise ValueError(f"{name} has 1 picture: wanted at least 2")
        return distance(x[None], y[None])[0]

    def _given(self, pictures, name="pictures"):
        if isinstance(pictures, Pictures):
            pictures = pictures.array
        x = sample_array(pictures, name, stacks=False)
        if np.nanmax(np.abs(x), initial=0) > LARGEST:
            raise ValueError(f"{name} hold numbers above {LARGEST:.0e}: wanted pixels from -1 to 1")
        if x.shape[-1] != len(self.kernels[0]):
            wanted = f"wanted (..., n, {len(self.kernels[0])})"
            raise ValueError(f"{name} has shape {x.shape}: {wanted}")
        return x


def _points(real):
    """`real` as an array (m, pixels)."""
    return real.array if isinstance(real, Pictures) else _flat_rows(real)


def _flat_rows(real):
    real = numbers("real", real, "pictures (m, pixels)")
    if real.ndim != 2:
        raise ValueError(f"real has shape {real.shape}: wanted (m, pixels)")
    return as_points(real, real.shape[-1], False, "real")


@functools.cache
def digit_judge() -> Judge:
    """The judge of `digits`: 64-128-32-10, trained on "train", its accuracy that on "test".

    >>> digit_judge().accuracy > 0.97
    True
    """
    return Judge.load(DIGITS)
