"""Does a likelihood by kernel densities break down in higher dimension?

The data are N(0, I), whose likelihood is known, and the samplers too: nothing is trained.
"""

from functools import partial

from evidence import outcomes_of_samples as outcomes
from evidence.trainings.parzen import judge_samples
from ganlab.evidence import Arm, Protocol, Setting

DIMS = (1, 2, 8, 32, 64)
NUMBERS = (
    "1,000 samples, bandwidth chosen on 300 points of the data, mean log-likelihood of 300 others"
)


def name(dim):
    return f"{dim} dimension{'s' * (dim > 1)}"


def against_perfect(outcome, arm, width):
    return {
        name(dim): Setting(
            {
                arm: Arm(outcome, judge_samples, {"dim": dim, "width": width}),
                "perfect": Arm(outcome, judge_samples, {"dim": dim}),
            }
        )
        for dim in DIMS
    }


PROTOCOLS = (
    Protocol(
        id="G2a.1",
        source="aylien2016",
        claim="A likelihood by kernel densities breaks down in higher dimension: it is off by more "
        "than a nat, even for a perfect sampler.",
        measured=f"{NUMBERS}: share of draws in which it misses the true one of the same points by "
        "more than 1 nat, against one half. Samples and data are from N(0, I).",
        notebook="07",
        says="In {setting} {first} of 100 estimates are off by more than a nat",
        reference=0.5,
        worst=1,
        settings={
            name(dim): Setting({"perfect": Arm(outcomes.off_by_a_nat, judge_samples, {"dim": dim})})
            for dim in DIMS
        },
    ),
    *(
        partial(Protocol, source="ganlab", notebook="07", kind="wins", least=0.1)(
            id=id,
            claim=f"A likelihood by kernel densities ranks a sampler {what} above a perfect one.",
            measured=f"{NUMBERS}, of {how} against samples of N(0, I), the data's own; a draw "
            "counts from 0.1 nats.",
            says=f"In {{setting}} the sampler {what} is ranked above the perfect one in {{won}} of "
            "100 draws, below it in {lost}",
            worst=float("-inf"),
            settings=against_perfect(outcomes.likelihood_by_kernels, arm, width),
        )
        for id, arm, width, what, how in (
            ("G2b.1", "half as wide", 0.5, "half as wide as the data", "samples of N(0, I / 4)"),
            ("G2c.1", "one point", 0.0, "that only makes the mean", "1,000 times the mean"),
        )
    ),
)
