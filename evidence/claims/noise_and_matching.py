"""What do highdim2018's six pictures show: noise and feature matching, with and without the layer?

{plain, minibatch discrimination} x {nothing, noise, noise and feature matching}: in the post's
code, in its GAN with the techniques of the papers, and in the mended GAN with those. There noise
starts at half the data's width and fades until the middle of the run.
"""

from functools import partial

from evidence import outcomes
from evidence.trainings.highdim2018 import train_2017_with, train_mended_with, train_post
from ganlab.evidence import Arm, Protocol, Setting

NOTHING, NOISE, MATCHING = "nothing", "noise", "noise and matching"
POSTED = {
    NOTHING: {},
    NOISE: {"noise": 0.001},
    MATCHING: {"noise": 0.001, "matched": "features"},
}
FADING = {
    NOTHING: {"std": 0.0, "until": 2500},
    NOISE: {"std": 0.25, "until": 2500},
    MATCHING: {"std": 0.25, "until": 2500, "matching": 1.0},
}
TRAININGS = {
    "the post's code": (train_post, POSTED),
    "its GAN, techniques mended": (train_2017_with, FADING),
    "both mended": (train_mended_with, FADING),
}


def settings(**arms):
    """A setting for each training; an arm is (outcome, technique, whether with the layer)."""
    return {
        setting: Setting(
            {
                name: Arm(outcome, training, {"minibatch": layer, **techniques[technique]})
                for name, (outcome, technique, layer) in arms.items()
            }
        )
        for setting, (training, techniques) in TRAININGS.items()
    }


def cells(outcome, *arms):
    """A setting for each training, with arms (name, technique, whether with the layer)."""
    return settings(**{name: (outcome, technique, layer) for name, technique, layer in arms})


PLAIN = [(f"plain, {technique}", technique, False) for technique in POSTED]
MINI = [(f"minibatch, {technique}", technique, True) for technique in POSTED]

RATE = {"kind": "rate", "worst": 0, "metric": "share of runs", "reference": 0.5}
NEARNESS = {"metric": "W1 to the data", "margin": 0.05, "worst": float("inf")}
TAIL = {"margin": 0.01, "worst": 1.0}
protocol = partial(Protocol, source="highdim2018", notebook="05")

PROTOCOLS = (
    protocol(
        id="E1a",
        claim="With noise and without minibatch discrimination most runs match the bell.",
        measured="Share of runs whose W1 at the end is at most 0.125, a quarter of the data's "
        "standard deviation, against one half.",
        settings=cells(outcomes.is_close, PLAIN[1]),
        **RATE,
    ),
    protocol(
        id="E1b",
        claim="With noise and without minibatch discrimination a long tail is left on the left.",
        measured="Share of samples more than three standard deviations below the mean minus the "
        "share as far above it.",
        metric="left tail minus right tail",
        settings=settings(
            left=(outcomes.left_tail, NOISE, False),
            right=(outcomes.right_tail, NOISE, False),
        ),
        **TAIL,
    ),
    protocol(
        id="E1c",
        claim="Noise brings the generator without minibatch discrimination nearer to the data.",
        measured="W1 to the data at the end, with noise minus without.",
        direction=-1,
        settings=cells(outcomes.w1_at_the_end, PLAIN[1], PLAIN[0]),
        **NEARNESS,
    ),
    protocol(
        id="E2a",
        claim="Noise with minibatch discrimination is much improved: it ends nearer to the data.",
        measured="W1 to the data at the end with minibatch discrimination, with noise minus "
        "without.",
        direction=-1,
        settings=cells(outcomes.w1_at_the_end, MINI[1], MINI[0]),
        **NEARNESS,
    ),
    protocol(
        id="E2b",
        claim="Noise with minibatch discrimination is less centred around the mean.",
        measured="Standard deviation of the generated samples at the end with minibatch "
        "discrimination, with noise minus without.",
        metric="width",
        margin=0.05,
        worst=0.0,
        settings=cells(outcomes.width_at_the_end, MINI[1], MINI[0]),
    ),
    protocol(
        id="E3a",
        claim="Noise and feature matching without minibatch discrimination: the tail disappears.",
        measured="Share of samples more than three standard deviations below the mean, with noise "
        "and feature matching minus with noise alone.",
        metric="left tail",
        direction=-1,
        settings=cells(outcomes.left_tail, PLAIN[2], PLAIN[1]),
        **TAIL,
    ),
    protocol(
        id="E3b",
        claim="Feature matching beside noise brings the generator without minibatch "
        "discrimination nearer to the data.",
        measured="W1 to the data at the end, with noise and feature matching minus with noise "
        "alone.",
        direction=-1,
        settings=cells(outcomes.w1_at_the_end, PLAIN[2], PLAIN[1]),
        **NEARNESS,
    ),
    protocol(
        id="E4a",
        claim="Noise and feature matching with minibatch discrimination do not perform well: most "
        "runs do not come close.",
        measured="Share of runs whose W1 at the end is at most 0.125, against one half.",
        direction=-1,
        settings=cells(outcomes.is_close, MINI[2]),
        **RATE,
    ),
    protocol(
        id="E4b",
        claim="Beside noise and feature matching, minibatch discrimination does harm.",
        measured="W1 to the data at the end with noise and feature matching, with minibatch "
        "discrimination minus without.",
        settings=cells(outcomes.w1_at_the_end, MINI[2], PLAIN[2]),
        **NEARNESS,
    ),
)
