"""With minibatch discrimination, must the batch stay below about 16?"""

from functools import partial

from evidence import outcomes
from evidence.claims.minibatch_discrimination import MISSES_EVEN, minibatch
from evidence.trainings.bell import FIRST, LAST, OURS
from ganlab.evidence import Protocol, Setting

OWN = {FIRST: 12, LAST: 8, OURS: 12}  # the small batch; notebook 03 ends with 64
USUAL = {FIRST: 12, LAST: 8, OURS: 64}  # what the recipes have
MOST_64 = {FIRST: 4096, LAST: 2048, OURS: 2048}  # in batches of 64

protocol = partial(Protocol, source="aylien2016", notebook="04")


def batch(outcome, name, size, **settings):
    """An arm with the layer, as D1's where the batch is the recipe's own."""
    own = {} if size == USUAL[name] else {"batch_size": size}
    return minibatch(outcome, name, **own, **settings)


def larger_and_own(outcome, name, size, most):
    arms = {f"batch {each}": batch(outcome, name, each) for each in (size, OWN[name])}
    return {f"{name}, {size} against {OWN[name]}": Setting(arms, most=most)}


def at_64(outcome):
    found = {}
    for name, most in MOST_64.items():
        found |= larger_and_own(outcome, name, 64, most)
    return found


PROTOCOLS = (
    protocol(
        id="D2a.3",
        claim="With minibatch discrimination a batch well above 16 ends further from the data.",
        measured="W1 at the end with a larger batch against W1 with a small one; the number of "
        "steps is the same; beyond 1, two widths of the bell, is missed.",
        says="With the larger batch {won} of 100 runs end further from the data, {lost} nearer "
        "({setting})",
        settings={
            **at_64(outcomes.w1_at_the_end),
            **larger_and_own(outcomes.w1_at_the_end, FIRST, 32, 8192),
        },
        **MISSES_EVEN,
    ),
    protocol(
        id="D2b.2",
        claim="With minibatch discrimination a batch well above 16 misses the bell more often.",
        measured="Share of runs that end lost or partly, with a batch of 64 minus with a small "
        "one.",
        says="With the larger batch {first} of 100 runs end lost or partly, with the small one "
        "{second} ({setting})",
        worst=1,
        settings=at_64(outcomes.missed),
    ),
)
