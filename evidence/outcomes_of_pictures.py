"""What drawn pictures came to, by the judge of digits: one number a seed, NaN for one that failed.

Of the `Drawn` of trainings/pictures.py.
"""

from ganlab import images


def judged_distance(drawn):
    """Frechet distance to test pictures, in the judge's features; of real ones it is 1 to 2."""
    return images.digit_judge().frechet(drawn.pictures, drawn.test)
