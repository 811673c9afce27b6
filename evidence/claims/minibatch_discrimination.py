"""Does minibatch discrimination keep the width of the data, and what does it cost?

D4 is what highdim2018 said of its second try. D6, which counts narrow ends and lost ones, was
written after a look at seeds 0 to 31, so it has seeds of its own.
"""

from evidence import outcomes
from evidence.trainings.aylien2016 import SORTED, train_2016, train_2017
from evidence.trainings.mended import train_mended
from ganlab.evidence import Arm, Protocol, Setting

# The GANs of aylien2016 and a mended one, without the layer and with it. The code with the layer
# sorted real batches, and lowered the rate for it.
PLAIN = {
    "2016 code": (train_2016, {"latent": SORTED}),
    "2017 code": (train_2017, {"latent": SORTED}),
    "mended": (train_mended, {}),
}
LAYER = {
    "2016 code": {"minibatch": True, "rate": 0.005},
    "2017 code": {"minibatch": True},
    "mended": {"minibatch": True},
}
AFTER_2016 = ("2017 code", "mended")


def plain(outcome, name, **settings):
    training, usual = PLAIN[name]
    return Arm(outcome, training, usual | settings)


def minibatch(outcome, name, **settings):
    return plain(outcome, name, **LAYER[name], **settings)


def pairs(outcome):
    """With and without the layer, in four settings, the post's own first."""
    found = {
        name: Setting({"minibatch": minibatch(outcome, name), "plain": plain(outcome, name)})
        for name in PLAIN
    }
    found["2016 code, rate 0.005 in both"] = Setting(
        {
            "minibatch": minibatch(outcome, "2016 code"),
            "plain": plain(outcome, "2016 code", rate=0.005),
        }
    )
    return found


def alone(outcome, names=tuple(PLAIN)):
    return {name: Setting({"minibatch": minibatch(outcome, name)}) for name in names}


# What protocols of a kind have in common.
RATE = {"kind": "rate", "worst": 0}
NEARNESS = {"metric": "W1 to the data", "margin": 0.05, "worst": float("inf")}
ENDINGS = {
    "source": "ganlab",
    "notebook": "04",
    "metric": "difference of shares",
    "seeds": range(96, 128),
    "confirm": range(128, 192),
    "kind": "rate",
    "worst": 1,
}

PROTOCOLS = (
    Protocol(
        id="D1a",
        notebook="04",
        source="aylien2016",
        claim="With minibatch discrimination more runs keep most of the data's width.",
        measured="Share of runs that end with nine tenths of their samples within three standard "
        "deviations of the mean and with more than half the data's width, with minibatch "
        "discrimination minus without.",
        metric="difference of shares",
        margin=0.1,
        settings=pairs(outcomes.keeps_the_width),
        **RATE,
    ),
    Protocol(
        id="D1b",
        notebook="04",
        source="aylien2016",
        claim="With minibatch discrimination most runs keep most of the data's width.",
        measured="Share of runs that keep it, as in D1a, against one half.",
        metric="share of runs",
        reference=0.5,
        settings=alone(outcomes.keeps_the_width),
        **RATE,
    ),
    Protocol(
        id="D1c",
        notebook="04",
        source="aylien2016",
        claim="With minibatch discrimination the generator ends nearer to the data.",
        measured="W1 to the data at the end, with minibatch discrimination minus without.",
        direction=-1,
        settings=pairs(outcomes.w1_at_the_end),
        **NEARNESS,
    ),
    Protocol(
        id="D4a",
        notebook="04",
        source="highdim2018",
        claim="Minibatch discrimination does not work quite as well as intended: most runs do not "
        "come close.",
        measured="Share of runs with minibatch discrimination whose W1 at the end is at most "
        "0.125, a quarter of the data's standard deviation, against one half.",
        metric="share of runs",
        reference=0.5,
        direction=-1,
        settings=alone(outcomes.is_close, AFTER_2016),
        **RATE,
    ),
    Protocol(
        id="D4b",
        notebook="04",
        source="highdim2018",
        claim="With minibatch discrimination the generator ends further from the data.",
        measured="W1 to the data at the end, with minibatch discrimination minus without.",
        settings={name: pairs(outcomes.w1_at_the_end)[name] for name in AFTER_2016},
        **NEARNESS,
    ),
    Protocol(
        id="D6a",
        claim="With minibatch discrimination fewer runs end narrow at the bell.",
        measured="Share of runs that end with nine tenths of their samples within three standard "
        "deviations of the mean but at most half the data's width, with minibatch discrimination "
        "minus without.",
        direction=-1,
        margin=0.05,
        settings=pairs(outcomes.is_narrow),
        **ENDINGS,
    ),
    Protocol(
        id="D6b",
        claim="With minibatch discrimination more runs end away from the bell.",
        measured="Share of runs that end with less than nine tenths of their samples within three "
        "standard deviations of the mean, with minibatch discrimination minus without.",
        margin=0.1,
        settings=pairs(outcomes.is_elsewhere),
        **ENDINGS,
    ),
)
