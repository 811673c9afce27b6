"""Does a StyleGAN's w say more plainly than z what is in the picture, and what do its layers hold?

Rendered shapes of 8 x 8 pixels, whose factors are measured on every picture that is made: where its
light is, how far it spreads, how round it is. Settings are those of notebook 11.
"""

from functools import partial

from evidence.outcomes_of_styles import follows, readable, w_beside_z
from evidence.trainings.styles import train_styles
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # 64 of these GANs take some minutes
A_TWENTIETH = 0.05  # of the variance of a factor, or of all mixed pictures
A_FOURTH_LONGER = 0.1  # log10
UNREAD, LONG = -1.0, 6.0

protocol = partial(Protocol, source="ganlab", notebook="11", kind="wins", least=A_TWENTIETH)
ALL = {"all_kinds": True}


def read(code, factor, **settings):
    return Arm(partial(readable, code=code, factor=factor), train_styles, settings)


def mixed(parent, factor):
    return Arm(partial(follows, parent=parent, factor=factor), train_styles)


def off_w_or_z(factor, **settings):
    return Setting(
        {"w": read("w", factor, **settings), "z": read("z", factor, **settings)},
        most=MOST,
        also={"w of an untrained mapping": read("untrained", factor, **settings)},
    )


PROTOCOLS = (
    protocol(
        id="I4a.1",
        claim="Off w a linear model reads the factors of a picture better than off z.",
        measured="R^2 on 500 codes, by a line fitted to 500 others, of a factor that is measured "
        "on the made picture, off w against off z of length 1; a seed counts from 0.05. Told "
        "beside: the same off the w of a mapping that was not trained.",
        says="Off w more is read on {won} of 100 seeds, off z on {lost} ({setting})",
        worst=UNREAD,
        settings={
            "place of discs": off_w_or_z("place"),
            "size of discs": off_w_or_z("size"),
            "place of discs, bars and crosses": off_w_or_z("place", **ALL),
            "roundness of discs, bars and crosses": off_w_or_z("kind", **ALL),
        },
    ),
    protocol(
        id="I4b.1",
        claim="In a picture of two styles the coarse one decides: the place and the size are those "
        "of its own picture.",
        measured="Share of 500 mixed pictures of discs whose factor is nearer to that of the "
        "picture of the coarse style, against the share nearer to that of the fine style; a seed "
        "counts from 0.05.",
        says="The coarse style decides on {won} of 100 seeds, the fine one on {lost} ({setting})",
        worst=UNREAD,
        settings={
            factor: Setting(
                {"coarse": mixed("coarse", factor), "fine": mixed("fine", factor)}, most=MOST
            )
            for factor in ("place", "size")
        },
    ),
    protocol(
        id="I4c.1",
        claim="Training makes the way along a line in w shorter, beside that along a sphere in z.",
        measured="Mean squared speed of the pixels between the same 500 pairs of pictures of "
        "discs, in w over that in z, as a logarithm to base 10: of trained generators against the "
        "same ones untrained; a seed counts from 0.1, a fourth. (A chord alone is shorter than "
        "its arc: of a linear generator it would be 0.81 of it, trained or not.)",
        says="Training makes the way in w shorter beside z on {won} of 100 seeds, longer on {lost}",
        direction=-1,
        least=A_FOURTH_LONGER,
        worst=LONG,
        settings={
            "discs": Setting(
                {
                    "trained": Arm(partial(w_beside_z, trained=True), train_styles),
                    "untrained": Arm(partial(w_beside_z, trained=False), train_styles),
                },
                most=MOST,
            )
        },
    ),
)
