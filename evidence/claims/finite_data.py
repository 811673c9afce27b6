"""Does a GAN converge to its data, or to the set that they were drawn from?

Tabular players on a finite set; and networks on finite samples of a circle, one for each seed.
"""

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
MOST = 2048  # 64 seeds, each with data of its own, are trained one after the other


def networks(outcome, points):
    return Arm(outcome, train_on_sample, {"points": points})


PROTOCOLS = (
    Protocol(
        id="A2a.2",
        source="deletang2018",
        claim="With tabular models on a finite set the generator converges to the data's own "
        "frequencies, and so outputs nothing but data points.",
        measured="60 places, 30 data points drawn among them, minimax game, step 4, 20,000 rounds: "
        "share of games in which G's frequencies over the last tenth lie within 0.05 of the data's "
        "in total variation, which bounds the share off the data too, against one half. Players "
        "move in four ways.",
        notebook="01",
        says="With tables, {first} of 100 games end at the data's own frequencies ({setting})",
        reference=0.5,
        worst=0,
        settings={
            name: Setting({"tables": Arm(outcomes.same_frequencies, play_minimax, {"method": how})})
            for name, how in METHODS.items()
        },
    ),
    Protocol(
        id="A2b.2",
        source="deletang2018",
        claim="Networks generalise: they also output what is not in the data.",
        measured="A small GAN (G 2-64-64-2, D 2-64-64-1; sizes are ours) on 16 points of a circle "
        "of radius 1, 5,000 steps: share of runs with more than 5 % of samples within 0.1 of the "
        "circle and further than 0.1 from every data point, against one half. (Evenly over the "
        "circle 60 % are; a blur over the plane passes, too: asked is whether data are copied.)",
        notebook="01",
        says="{first} of 100 networks put more than a twentieth of their samples on the circle but "
        "near no data point",
        reference=0.5,
        worst=0,
        settings={
            "16 points": Setting({"networks": networks(outcomes.makes_new_places, 16)}, most=MOST)
        },
    ),
    Protocol(
        id="A2c.2",
        source="deletang2018",
        claim="Networks sample from the set that the data were drawn from: they are nearer to it "
        "than their own data are.",
        measured="W1 between 500 fresh points of the circle and 500 samples of the GANs of A2b.2, "
        "against W1 between the same points and 500 draws from the data; a seed counts from 0.01.",
        notebook="01",
        says="Of 100 networks trained on {setting} of a circle {won} are nearer to it than their "
        "data, {lost} further away",
        kind="wins",
        direction=-1,
        least=0.01,
        worst=float("inf"),
        settings={
            f"{points} points": Setting(
                {
                    "networks": networks(outcomes.w1_to_the_circle, points),
                    "the data": networks(outcomes.w1_of_the_data, points),
                },
                most=MOST,
            )
            for points in (16, 64)
        },
    ),
)
