"""Trains the judge of digits and writes it: `python -m ganlab.images.make_judge`."""

from ganlab.images.judge import DIGITS, Judge
from ganlab.images.pictures import digits


def made():
    """The judge as it is trained: a second, and the same numbers each time but for rounding."""
    return Judge.fit(digits("train"), digits("test"))


if __name__ == "__main__":
    judge = made()
    judge.save(DIGITS)
    print(f"{DIGITS.name}: right about {judge.accuracy:.3f} of the test pictures")
