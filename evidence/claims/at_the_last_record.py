"""Does what ends a collapse or a chase hold at one moment, too, and which rate has to move?

F6 judges the last tenth of the records on average. A run that hops through all points within these
500 steps holds them all there, and none but one in the samples that one looks at.
"""

from functools import partial

from evidence.claims.chasing import CHASING, COLLAPSING
from evidence.claims.remedies import MOST
from evidence.outcomes_of_modes import holds_all, holds_all_at_last
from evidence.trainings.plane import train_ours
from evidence.trainings.remedies import REMEDIES, train_remedied
from ganlab import recipes
from ganlab.evidence import Arm, Protocol, Setting

HELPED = ("R1", "relativistic, R1 and R2", "minibatch discrimination")  # those of F6b
ENDED = ("minibatch discrimination", "packs of 2", "feature matching")  # the chase, those of F6a


def at_last(train, how, fault):
    """A setting: with a change against the fault as it is, and what the average says of it."""
    return Setting(
        {
            "changed": Arm(holds_all_at_last, train, how),
            "as it is": Arm(holds_all_at_last, train_ours, fault),
        },
        also={"on average": Arm(holds_all, train, how)},
        most=MOST,
    )


def with_remedies(names, recipe, fault):
    """{name: setting} of remedies against a fault, a recipe, and its rates."""
    return {
        name: at_last(train_remedied, {"fault": recipe, "remedy": REMEDIES[name]}, fault)
        for name in names
    }


protocol = partial(Protocol, source="ganlab", notebook="06", worst=0)

PROTOCOLS = (
    protocol(
        id="F6d.1",
        claim="With what relieves collapse all points are held at the last record, too.",
        measured="Share of runs on four points, at the collapsing rates, whose last record alone "
        "holds all four after 5,000 steps, with three remedies that helped in F6b.1, on the same "
        "runs, minus without.",
        says="With {setting} {first} of 100 collapsing runs hold all four points at the last "
        "record, without it {second}",
        settings=with_remedies(HELPED, recipes.collapsing, COLLAPSING),
    ),
    protocol(
        id="F6e.1",
        claim="With what ends a chase all points are held at the last record, too.",
        measured="As F6d.1, at the chasing rates, with the three remedies that helped in F6a.1, on "
        "the same runs, minus without.",
        says="With {setting} {first} of 100 chasing runs hold all four points at the last record, "
        "without it {second}",
        settings=with_remedies(ENDED, recipes.chasing, CHASING),
    ),
    protocol(
        id="F7i.1",
        claim="Of a GAN that collapses or chases it is G's rate that has to come down: then all "
        "points are held at the last record.",
        measured="As F6d.1, with rates changed in place of a remedy: from a collapse (D at 0.01, G "
        "at 0.03) G's down to D's, or both to a tenth; from a chase (D at 0.001, G at 0.03) G's "
        "down to D's, or D's up to G's.",
        says="{first} of 100 runs hold all four points at the last record, as it was {second} "
        "({setting})",
        settings={
            f"a {name}, {words}": at_last(train_ours, rates, fault)
            for name, words, rates, fault in (
                ("collapse", "G's rate down to D's", {"d_rate": 1e-2, "g_rate": 1e-2}, COLLAPSING),
                ("collapse", "both to a tenth", {"d_rate": 1e-3, "g_rate": 3e-3}, COLLAPSING),
                ("chase", "G's rate down to D's", {"d_rate": 1e-3, "g_rate": 1e-3}, CHASING),
                ("chase", "D's rate up to G's", {"d_rate": 3e-2, "g_rate": 3e-2}, CHASING),
            )
        },
    ),
)
