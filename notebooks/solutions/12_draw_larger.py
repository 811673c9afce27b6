"""Solutions of the exercises in 12_draw_larger."""

import numpy as np

from ganlab.conditions import one_hot


def read(pictures, known, labels):
    away = [np.sum((known - picture) ** 2, axis=1) for picture in pictures]
    return labels[np.argmin(away, axis=1)]


def two_wishes(digits, fonts):
    return np.concatenate([one_hot(digits, 10), one_hot(fonts, 6)], axis=1)


SOLUTIONS = {"12.1": read, "12.2": two_wishes}
