"""Does the generator go round the modes for ever, and can one that has collapsed get out?"""

from functools import partial

from evidence.outcomes_of_modes import (
    chases,
    collapsed,
    got_all_back,
    got_out,
    holds_several,
    stayed_in,
)
from evidence.trainings.plane import OURS, sgd, train_from_one_point, train_on, train_ours
from ganlab.evidence import Arm, Protocol, Setting

# D's rate, and G's: the recipes chasing and collapsing.
CHASING = {"d_rate": 1e-3, "g_rate": 3e-2}
COLLAPSING = {"d_rate": 1e-2, "g_rate": 3e-2}
TINY, MODES_OWN = 1e-4, 0.1  # spreads on the one point
WAYS = {OURS: {}, f"{OURS}, by SGD": {"optimizer": sgd, "rate": 0.03}}


def changed_and_not(outcome, **rates):
    arms = {"changed": Arm(outcome, train_ours, rates), "healthy": Arm(outcome, train_ours)}
    return {OURS: Setting(arms, also={"collapsed": Arm(collapsed, train_ours, rates)})}


def after(spread, **how):
    return Arm(holds_several, train_from_one_point, {"spread": spread, **how})


def stays_and_gets_out(**how):
    return Setting({"stays": Arm(stayed_in, train_on, how), "out": Arm(got_out, train_on, how)})


protocol = partial(Protocol, source="deletang2018", notebook="06", worst=0)

PROTOCOLS = (
    protocol(
        id="F3a.1",
        claim="On four points, with other settings, the GAN does not converge: the generator keeps "
        "moving from one point to the next.",
        measured="Share of runs in which, over the second half of 5,000 steps, the majority of the "
        "samples passes to another point between a tenth of the records or more (one every 50 "
        "steps), and three points or more have had it: with G thirty times as quick as D, minus "
        "with equal rates. The post does not say what it changed.",
        says="With G thirty times as quick as D {first} of 100 runs keep chasing, with equal rates "
        "{second}",
        settings=changed_and_not(chases, **CHASING),
    ),
    protocol(
        id="F3b.1",
        source="ganlab",
        claim="If D is ten times as quick as there, more generators end on one point.",
        measured="Share of runs that end collapsed, with D at 0.01 and G at 0.03, minus with D at "
        "0.001.",
        says="With the quicker D {first} of 100 runs end on one point and no other, with the "
        "slower one {second}",
        settings={
            OURS: Setting(
                {
                    "quicker D": Arm(collapsed, train_ours, COLLAPSING),
                    "slower D": Arm(collapsed, train_ours, CHASING),
                },
                also={"chases": Arm(chases, train_ours, COLLAPSING)},
            )
        },
    ),
    protocol(
        id="F4a.1",
        claim="A generator that makes one point only, with next to no spread, cannot get out.",
        measured="Share of runs that hold two of four points or more after 5,000 steps at healthy "
        "rates, G having begun on (1, 0) with a standard deviation of 0.0001, a thousandth of the "
        "point's own, beside a D that is untrained, against one half.",
        says="Of 100 generators that begin on one point with hardly any spread {first} get out "
        "({setting})",
        direction=-1,
        reference=0.5,
        settings={name: Setting({"runs": after(TINY, **how)}) for name, how in WAYS.items()},
    ),
    protocol(
        id="F4b.1",
        claim="It is the spread that decides: of generators on one point fewer get out with next "
        "to none than with that of the point.",
        measured="The share of F4a.1 with a standard deviation of 0.0001, minus that with 0.1.",
        says="With hardly any spread {first} of 100 generators get out, with the point's own "
        "{second} ({setting})",
        direction=-1,
        settings={
            name: Setting({"tiny": after(TINY, **how), "own": after(MODES_OWN, **how)})
            for name, how in WAYS.items()
        },
    ),
    protocol(
        id="F4c.1",
        claim="Of the generators that have collapsed in training, more stay collapsed than get "
        "out.",
        measured="As F3b.1 with the quicker D for 5,000 steps, then as many again with both "
        "networks as they are, optimizers and batches begun anew: share of runs that have "
        "collapsed and hold less than two points after, minus the share that have collapsed and "
        "then hold two or more.",
        says="Of 100 runs {first} collapse and stay so, {second} collapse and get out ({setting})",
        settings={
            "at the rates that collapsed them": stays_and_gets_out(),
            "at healthy rates": stays_and_gets_out(healthy=True),
        },
    ),
    protocol(
        id="F4d.1",
        source="ganlab",
        claim="What holds a collapsed generator is D: with a D begun anew more runs get all points "
        "back than with the D that was there.",
        measured="As F4c.1, at healthy rates from then on: share of runs that have collapsed and "
        "hold all four points after another 5,000 steps, with a D begun anew minus with the D "
        "that was there. The generator is the same, and the new D begins with the old one's "
        "initial weights.",
        says="Of 100 runs {first} collapse and get all points back with a new D, with the old one "
        "{second}",
        settings={
            OURS: Setting(
                {
                    "new D": Arm(got_all_back, train_on, {"healthy": True, "fresh": True}),
                    "old D": Arm(got_all_back, train_on, {"healthy": True}),
                }
            )
        },
    ),
)
