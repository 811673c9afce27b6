"""Are the generators of A2e nearer to the circle than their own data?"""

from a2e import SIZES, outcome

from ganlab.evidence import Protocol, Setting

PROTOCOLS = (
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
        settings={
            name: Setting({"networks": outcome(points, 1), "the data": outcome(points, 2)})
            for name, points in SIZES.items()
        },
    ),
)
