"""How does one see that D or G is too strong, and what mends it?"""

from functools import partial

from evidence.outcomes_of_modes import (
    d_loss_at_equilibrium,
    d_loss_near_zero,
    d_loss_rises,
    d_loss_rose,
    g_loss_rises,
    holds_all,
)
from evidence.trainings.plane import MODULE, OURS, RING, train_module, train_ours
from ganlab.evidence import LOOKS, Arm, Protocol, Setting

MOST = 2048  # seeds of the module's demo: 64 take a minute or two of one core
SMALL = (8,)  # D's hidden units; its own are (16, 16)

# The recipes d_too_strong and g_too_strong, and the module's demo with one rate fiftyfold.
STRONG_D = {MODULE: {"d_rate": 1e-2}, OURS: {"d_rate": 1e-2, "g_rate": 1e-4}}
STRONG_G = {
    MODULE: {"g_rate": 1e-2},
    OURS: {"d_rate": 3e-4, "g_rate": 3e-3, "d_hidden": SMALL},
}
TRAININGS = {MODULE: (train_module, MOST), OURS: (train_ours, LOOKS[-1])}


def strong_and_not(outcome, strong, *also):
    """For each GAN the fault, and its recipe without it."""
    found = {}
    for name, (training, most) in TRAININGS.items():
        arms = {
            "too strong": Arm(outcome, training, strong[name]),
            "healthy": Arm(outcome, training),
        }
        more = {asked.__name__: Arm(asked, training, strong[name]) for asked in also}
        found[name] = Setting(arms, most=most, also=more)
    return found


def mended(strong, remedies):
    """A setting for each of `remedies`, {what it is: (GAN, its settings)}, against the fault."""
    found = {}
    for what, (name, changes) in remedies.items():
        training, most = TRAININGS[name]
        holding = partial(holds_all, target=RING) if name == MODULE else holds_all
        arms = {
            "mended": Arm(holding, training, changes),
            "too strong": Arm(holding, training, strong[name]),
        }
        found[f"{name}, {what}"] = Setting(arms, most=most)
    return found


protocol = partial(Protocol, source="module", notebook="06", worst=0)

PROTOCOLS = (
    protocol(
        id="F7a.1",
        claim="Where D is too strong g_loss rises.",
        measured="Share of runs whose g_loss ends at least 0.1 above what it is before the first "
        "step, with D's rate fifty times the module's (on four points D a hundred times as quick "
        "as G), minus with the rates as they should be (the module's own, of which F5b.1 says how "
        "far they get in so many steps).",
        says="With D too strong g_loss rises in {first} of 100 runs, with healthy rates in "
        "{second} ({setting})",
        settings=strong_and_not(g_loss_rises, STRONG_D),
    ),
    protocol(
        id="F7b.1",
        claim="And d_loss is near zero.",
        measured="Share of the same runs whose d_loss ends below 0.1, against one half.",
        says="With D too strong d_loss ends below 0.1 in {first} of 100 runs ({setting})",
        reference=0.5,
        settings={
            name: Setting({"runs": Arm(d_loss_near_zero, training, STRONG_D[name])}, most=most)
            for name, (training, most) in TRAININGS.items()
        },
    ),
    protocol(
        id="F7c.1",
        claim="Where G is too strong d_loss rises.",
        measured="Share of runs whose d_loss is at a record or more at least 0.5 above what it is "
        "before the first step, with G's rate fifty times the module's (on four points with a D of "
        "one hidden layer of 8, a tenth as quick as G), minus with the rates and sizes as they "
        "should be.",
        says="With G too strong d_loss rises at some time in {first} of 100 runs, with healthy "
        "rates in {second} ({setting})",
        settings=strong_and_not(d_loss_rose, STRONG_G, d_loss_rises),
    ),
    protocol(
        id="F7d.1",
        source="ganlab",
        claim="d_loss ends at log 4 where G is too strong as it does where all is well.",
        measured="Share of the same runs whose d_loss ends within 0.1 of log 4, the loss of a D "
        "that can tell nothing apart, with G too strong minus with healthy rates. *No difference "
        "that matters* bears it out.",
        says="With G too strong d_loss ends near log 4 in {first} of 100 runs, with healthy rates "
        "in {second} ({setting})",
        settings=strong_and_not(d_loss_at_equilibrium, STRONG_G),
    ),
    protocol(
        id="F7e.1",
        claim="Where D is too strong a smaller rate or a smaller D mends it.",
        measured="Share of runs that hold every mode at the end with D weakened, minus with D too "
        "strong: D's rate cut to the module's own, of which F5b.1 says how far they get in so many "
        "steps (on four points to a tenth), or D with one hidden layer of 8.",
        says="With D weakened {first} of 100 runs hold all modes, with D too strong {second} "
        "({setting})",
        settings=mended(
            STRONG_D,
            {
                "D's rate down": (MODULE, {}),
                "D's rate to a tenth": (OURS, {"g_rate": 1e-4}),
                "smaller D": (OURS, {**STRONG_D[OURS], "d_hidden": SMALL}),
            },
        ),
    ),
    protocol(
        id="F7f.1",
        source="ganlab",
        claim="It is G's rate that has to go up.",
        measured="Share of runs that hold every mode at the end with D's rate as it is and G's "
        "raised, to D's own in the module's demo and to 0.003 on four points, minus with D too "
        "strong.",
        says="With G's rate raised {first} of 100 runs hold all modes, with D too strong {second} "
        "({setting})",
        settings=mended(
            STRONG_D,
            {
                "G's rate up": (MODULE, {"d_rate": 1e-2, "g_rate": 1e-2}),
                "G's rate thirtyfold": (OURS, {"d_rate": 1e-2, "g_rate": 3e-3}),
            },
        ),
    ),
    protocol(
        id="F7g.1",
        claim="Where G is too strong a larger D or a higher rate of D mends it.",
        measured="Share of runs that hold every mode at the end with D strengthened, minus with G "
        "too strong: D's rate raised to G's, D with two hidden layers of 16, or both.",
        says="With D strengthened {first} of 100 runs hold all modes, with G too strong {second} "
        "({setting})",
        settings=mended(
            STRONG_G,
            {
                "D's rate up": (MODULE, {"d_rate": 1e-2, "g_rate": 1e-2}),
                "D's rate tenfold": (OURS, {**STRONG_G[OURS], "d_rate": 3e-3}),
                "larger D": (OURS, {"d_rate": 3e-4, "g_rate": 3e-3}),
                "both": (OURS, {"d_rate": 3e-3, "g_rate": 3e-3}),
            },
        ),
    ),
)
