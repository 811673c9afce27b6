"""What do highdim2018's six pictures show: noise and feature matching, with and without the layer?

{plain, minibatch discrimination} x {nothing, noise, noise and feature matching}: in the post's
code; and with the techniques of the papers in the GAN that notebook 03 ends with. There noise
starts at half the data's width and fades until the middle of the run.
"""

from functools import partial

from evidence import outcomes
from evidence.claims.minibatch_discrimination import MISSES_EVEN, W1
from evidence.trainings.bell import OURS, train_last, train_ours
from evidence.trainings.techniques import train_highdim2018, train_ours_with
from ganlab.evidence import LOOKS, Arm, Protocol, Setting

NOTHING, NOISE, MATCHING = "nothing", "noise", "noise and matching"
FADING = {"std": 0.25, "until": 2500}
POST, PAPERS = "highdim2018", f"{OURS}, the papers' techniques"
TRAININGS = {
    POST: {
        NOTHING: (train_last, {}),
        NOISE: (train_highdim2018, {}),
        MATCHING: (train_highdim2018, {"matched": "features"}),
    },
    PAPERS: {
        NOTHING: (train_ours, {}),
        NOISE: (train_ours_with, FADING),
        MATCHING: (train_ours_with, {**FADING, "matching": True}),
    },
}


def arm(outcome, setting, technique, layer):
    training, settings = TRAININGS[setting][technique]
    return Arm(outcome, training, {"minibatch": True, **settings} if layer else settings)


def cells(outcome, *arms, names=(POST, PAPERS)):
    """A setting for each GAN; `arms` are (technique, whether with the layer)."""
    most = 2048 if any(layer for _, layer in arms) else 16384
    return {
        name: Setting(
            {
                f"{'minibatch' if layer else 'plain'}, {technique}": arm(
                    outcome, name, technique, layer
                )
                for technique, layer in arms
            },
            most=most if name == PAPERS else LOOKS[-1],
        )
        for name in names
    }


def tails():
    arms = {"left": outcomes.left_tail, "right": outcomes.right_tail}
    return Setting({name: arm(outcome, POST, NOISE, False) for name, outcome in arms.items()})


TAIL = {"kind": "wins", "least": 0.01, "worst": 1.0}
HALF = {"reference": 0.5, "worst": 0}
protocol = partial(Protocol, source="highdim2018", notebook="05")

PROTOCOLS = (
    protocol(
        id="E1a.2",
        claim="With noise and without minibatch discrimination most runs match the bell.",
        measured="Share of runs that end close, against one half.",
        says="With noise {first} of 100 runs end close",
        settings=cells(outcomes.close, (NOISE, False), names=(POST,)),
        **HALF,
    ),
    protocol(
        id="E1b.2",
        claim="With noise and without minibatch discrimination a long tail is left on the left.",
        measured="Share of samples more than three standard deviations below the mean against the "
        "share as far above it; a seed counts from a hundredth of its samples.",
        says="With noise {won} of 100 runs have more samples far left of the bell than far right, "
        "{lost} fewer",
        settings={POST: tails()},
        **TAIL,
    ),
    protocol(
        id="E1c.3",
        claim="Noise brings the generator without minibatch discrimination nearer to the data.",
        measured="W1 at the end with noise against W1 without; beyond 1, two widths of the bell, "
        "is missed.",
        says="With noise {won} of 100 runs end nearer to the data, {lost} further away ({setting})",
        direction=-1,
        settings=cells(outcomes.w1_at_the_end, (NOISE, False), (NOTHING, False)),
        **MISSES_EVEN,
    ),
    protocol(
        id="E2.3",
        claim="Noise with minibatch discrimination is much improved: it ends nearer to the data.",
        measured="W1 at the end with minibatch discrimination, with noise against without; beyond "
        "1, two widths of the bell, is missed.",
        says="Beside minibatch discrimination, with noise {won} of 100 runs end nearer to the "
        "data, {lost} further away ({setting})",
        direction=-1,
        settings=cells(outcomes.w1_at_the_end, (NOISE, True), (NOTHING, True)),
        **MISSES_EVEN,
    ),
    protocol(
        id="E3a.2",
        claim="Noise and feature matching without minibatch discrimination: the tail disappears.",
        measured="Share of samples more than three standard deviations below the mean, with noise "
        "and feature matching against with noise alone; a seed counts from a hundredth of its "
        "samples.",
        says="With feature matching beside noise {won} of 100 runs have fewer samples far left of "
        "the bell, {lost} more",
        direction=-1,
        settings=cells(outcomes.left_tail, (MATCHING, False), (NOISE, False), names=(POST,)),
        **TAIL,
    ),
    protocol(
        id="E3b.2",
        claim="Feature matching beside noise brings the generator without minibatch "
        "discrimination nearer to the data.",
        measured="W1 at the end with noise and feature matching against W1 with noise alone; a "
        "seed counts from 0.05.",
        says="With feature matching beside noise {won} of 100 runs end nearer to the data, {lost} "
        "further away ({setting})",
        direction=-1,
        settings=cells(outcomes.w1_at_the_end, (MATCHING, False), (NOISE, False)),
        **W1,
    ),
    protocol(
        id="E4.2",
        claim="Noise and feature matching with minibatch discrimination do not perform well: most "
        "runs do not come close.",
        measured="Share of runs that end close, against one half. Close asks for 0.8 of the data's "
        "width, and paired matching on sorted batches of 8 aims at some 0.75 of it (E5a.2).",
        says="With noise, feature matching and minibatch discrimination {first} of 100 runs end "
        "close",
        direction=-1,
        settings=cells(outcomes.close, (MATCHING, True), names=(POST,)),
        **HALF,
    ),
)
