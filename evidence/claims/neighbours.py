"""Is it enough to let a few samples of the batch into each distance?"""

from functools import partial

from evidence import outcomes
from evidence.claims.batch_size import MOST_64, OWN, batch
from evidence.claims.minibatch_discrimination import MISSES_EVEN
from evidence.trainings.bell import FIRST, LAST, OURS
from ganlab.evidence import LOOKS, Protocol, Setting

FEW = {FIRST: 11, LAST: 7, OURS: 11}  # as many as all in the small batch

protocol = partial(Protocol, source="aylien2016", notebook="04")


def few_against_all(outcome, name, few, size, most):
    """The next `few` samples of the batch in each sum, against all the others."""
    arms = {
        f"{few} neighbours": batch(outcome, name, size, neighbours=few),
        "all": batch(outcome, name, size),
    }
    return {f"{name}, {few} of {size - 1}": Setting(arms, most=most)}


def at_64(outcome, *names):
    found = {}
    for name in names:
        found |= few_against_all(outcome, name, FEW[name], 64, MOST_64[name])
    return found


def one_of_few(outcome):
    found = {}
    for name, size in OWN.items():
        most = 8192 if name == OURS else LOOKS[-1]
        found |= few_against_all(outcome, name, 1, size, most)
    return found


PROTOCOLS = (
    protocol(
        id="D3a.3",
        claim="In a batch of 64, letting only a few samples into each distance ends nearer to the "
        "data.",
        measured="W1 at the end with the next few samples of the batch in each sum against W1 with "
        "all 63; beyond 1, two widths of the bell, is missed.",
        says="With few samples in each distance {won} of 100 runs end nearer to the data, {lost} "
        "further away ({setting})",
        direction=-1,
        settings=at_64(outcomes.w1_at_the_end, *FEW),
        **MISSES_EVEN,
    ),
    protocol(
        id="D3b.2",
        claim="In a batch of 64, letting only a few samples into each distance misses the bell "
        "less often.",
        measured="Share of runs that end lost or partly, with the next few samples of the batch in "
        "each sum minus with all 63.",
        says="With few samples in each distance {first} of 100 runs end lost or partly, with all "
        "{second} ({setting})",
        direction=-1,
        worst=1,
        settings=at_64(outcomes.missed, OURS),
    ),
    protocol(
        id="D3c.3",
        source="ganlab",
        claim="In a small batch, a single sample in each distance is not enough: it ends further "
        "from the data.",
        measured="W1 at the end with one other sample in each sum against W1 with all; beyond 1, "
        "two widths of the bell, is missed.",
        says="With one sample in each distance {won} of 100 runs end further from the data, {lost} "
        "nearer ({setting})",
        settings=one_of_few(outcomes.w1_at_the_end),
        **MISSES_EVEN,
    ),
)
