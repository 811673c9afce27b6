"""Does minibatch discrimination keep the width of the data?"""

from minibatch import NEARNESS, RATE, TRAIN, arm, ends, kept, train_2016

from ganlab.evidence import Protocol, Setting


def pairs(outcome):
    """With and without the layer, in four settings, the post's own first."""
    found = {
        name: Setting(
            {
                "minibatch": arm(outcome, training),
                "plain": arm(outcome, training, minibatch=False),
            }
        )
        for name, training in TRAIN.items()
    }
    found["2016 code, rate 0.005 in both"] = Setting(
        {
            "minibatch": arm(outcome, train_2016),
            "plain": arm(outcome, train_2016, minibatch=False, rate=0.005),
        }
    )
    return found


def alone(outcome, names):
    return {name: Setting({"minibatch": arm(outcome, TRAIN[name])}) for name in names}


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
        settings=pairs(kept),
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
        settings=alone(kept, TRAIN),
        **RATE,
    ),
    Protocol(
        id="D1c",
        notebook="04",
        source="aylien2016",
        claim="With minibatch discrimination the generator ends nearer to the data.",
        measured="W1 to the data at the end, with minibatch discrimination minus without.",
        direction=-1,
        settings=pairs(ends),
        **NEARNESS,
    ),
)
