"""Converging to the data set X, or to the set A that X was drawn from?

Tabular players on a finite set; and networks on finite samples of a circle. In A2c and A2d four
samples served all seeds, and the fresh seeds too, so their intervals are too narrow: runs on one
sample are alike. A2e and A2f ask the same again with a sample for each seed.
"""

from functools import partial

from evidence import outcomes
from evidence.trainings.circle import train_on_sample
from evidence.trainings.tables import play_minimax
from ganlab.evidence import Arm, Protocol, Setting
from ganlab.games import alternating, best_response, extragradient, simultaneous

METHODS = {
    "D at its best": best_response,
    "turns": alternating("dg"),
    "at once": simultaneous,
    "extragradient": extragradient,
}
SIZES = {"16 points": 16, "64 points": 64}  # ours: the post names no size
SHARE_BY_RECORD = partial(outcomes.share_of_new_places, by_record=True)
NEARNESS = {"networks": outcomes.w1_to_the_circle, "the data": outcomes.w1_of_the_data}


def tables(outcome):
    return {
        name: Setting({"tables": Arm(outcome, play_minimax, {"method": method})})
        for name, method in METHODS.items()
    }


def networks(arms, **how):
    """A setting for each size of the data; `arms` are outcomes by name."""
    return {
        name: Setting(
            {
                arm: Arm(outcome, train_on_sample, {"points": points, **how})
                for arm, outcome in arms.items()
            }
        )
        for name, points in SIZES.items()
    }


PROTOCOLS = (
    Protocol(
        id="A2a",
        source="deletang2018",
        claim="With tabular models on a finite set the generator converges to the data's own "
        "frequencies.",
        measured="60 places, 30 data points drawn among them, minimax game, step 4, 20,000 rounds: "
        "total variation between G and the data over the last tenth, against 0.05. Players move in "
        "four ways.",
        notebook="01",
        metric="total variation",
        direction=-1,
        reference=0.05,
        worst=1.0,
        settings=tables(outcomes.total_variation),
    ),
    Protocol(
        id="A2b",
        source="deletang2018",
        claim="With tabular models the generator only ever outputs data points.",
        measured="The same games: the share of G that lies off the data, against 0.05.",
        notebook="01",
        metric="share off the data",
        direction=-1,
        reference=0.05,
        worst=1.0,
        settings=tables(outcomes.mass_off_the_data),
    ),
    Protocol(
        id="A2c",
        source="deletang2018",
        claim="Networks generalise: they also output what is not in the data.",
        measured="A small GAN on a finite sample of a circle of radius 1, 5,000 steps: share of "
        "its samples within 0.1 of the circle and further than 0.1 from every data point, against "
        "0.05 (tables: 0; evenly over the circle: about 0.6 with 16 points, 0.1 with 64).",
        notebook="01",
        metric="share of samples",
        reference=0.05,
        worst=0.0,
        settings=networks({"networks": SHARE_BY_RECORD}, shared=4),
    ),
    Protocol(
        id="A2d",
        source="deletang2018",
        claim="Networks sample from the set that the data were drawn from, not from the data.",
        measured="W1 between 500 points of the circle and 500 samples of the GANs of A2c, minus "
        "W1 between the same points and 500 draws from the data: negative if G is nearer to the "
        "circle than its own data are.",
        notebook="01",
        metric="difference of W1",
        direction=-1,
        worst=10.0,
        settings=networks(NEARNESS, shared=4),
    ),
    Protocol(
        id="A2e",
        source="deletang2018",
        claim="Networks generalise: they also output what is not in the data.",
        measured="A small GAN (G 2-64-64-2, D 2-64-64-1; sizes are ours) on a finite sample of a "
        "circle of radius 1, another one for each seed, after 5,000 steps: share of its samples "
        "within 0.1 of the circle and further than 0.1 from every data point, against 0.05.",
        notebook="01",
        metric="share of samples",
        reference=0.05,
        worst=0.0,
        settings=networks({"networks": outcomes.share_of_new_places}),
    ),
    Protocol(
        id="A2f",
        source="deletang2018",
        claim="Networks sample from the set that the data were drawn from, not from the data.",
        measured="The GANs of A2e: W1 between 500 fresh points of the circle and 500 samples of G, "
        "against W1 between the same points and 500 draws from the data. As claimed if G is nearer "
        "to the circle than its own data are.",
        notebook="01",
        metric="difference of W1",
        direction=-1,
        worst=10.0,
        settings=networks(NEARNESS),
    ),
)
