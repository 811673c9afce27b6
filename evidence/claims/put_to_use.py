"""Does a GAN help a rare class, find what was never seen, and make small pictures larger?

Digits of 8 x 8 pixels, and a simple method beside each use. Settings are those of notebook 10; of
the first uses each seed has pictures of its own, and a digit of its own.
"""

from functools import partial

from evidence.outcomes_of_samples import (
    as_asked,
    named_of_all,
    named_of_the_rare,
    off_the_truth,
    sharp,
    told_apart,
)
from evidence.trainings.put_to_use import (
    train_conditional,
    train_for_a_rare_digit,
    train_on_nine_digits,
    train_to_enlarge,
)
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # 64 GANs of convolutions take minutes, and some are trained one by one
A_TWENTIETH = 0.05  # of pictures named, as asked, or pairs told apart
LOST, FAR = 0.0, 10.0

protocol = partial(Protocol, source="module", notebook="10", kind="wins", least=A_TWENTIETH)


def helped(remedy, of=named_of_the_rare):
    return Arm(partial(of, remedy=remedy), train_for_a_rare_digit)


def detector(name):
    return Arm(partial(told_apart, detector=name), train_on_nine_digits)


REMEDIES = {
    "nothing": "nothing",
    "copies, or a weight": "copies",
    "copies with noise": "noise",
    "copies with shifts": "shifts",
}
DETECTORS = ("PCA", "autoencoder", "one-class SVM", "nearest")
NEAR = {"fooling": 0.0, "error": 3.0}
BOTH = {"error": 3.0}


def enlarged(outcome, **settings):
    return Arm(outcome, train_to_enlarge, settings)


PROTOCOLS = (
    protocol(
        id="I2a.1",
        claim="Pictures that a conditional GAN makes of a rare class help a classifier to find it, "
        "more than what is simpler.",
        measured="Share of the test pictures of a digit of which 6 in 120 are left that a logistic "
        "regression names rightly, with made pictures for the missing ones against another remedy; "
        "a seed counts from 0.05. Told beside: the share of all test pictures.",
        says="Made pictures find more on {won} of 100 seeds, the other on {lost} ({setting})",
        worst=LOST,
        settings={
            setting: Setting(
                {"made": helped("made"), setting: helped(remedy)},
                most=MOST,
                also={
                    "all, made": helped("made", named_of_all),
                    f"all, {setting}": helped(remedy, named_of_all),
                },
            )
            for setting, remedy in REMEDIES.items()
        },
    ),
    protocol(
        id="I2b.1",
        claim="How badly a GAN reconstructs a picture tells a digit that it never saw, better than "
        "simpler methods do.",
        measured="Area under the curve of test pictures of the unseen digit against the others: "
        "distance to the nearest picture that G makes, in pixels and in D's features, against "
        "another method's score; a seed counts from 0.05. Told beside: D's score alone.",
        says="The GAN tells unseen digits better on {won} of 100 seeds, the other method on {lost} "
        "({setting})",
        worst=LOST,
        settings={
            name: Setting(
                {"G and D": detector("G and D"), name: detector(name)},
                most=MOST,
                also={"D alone": detector("D alone")},
            )
            for name in DETECTORS
        },
    ),
    protocol(
        id="I2c.1",
        claim="An adversarial loss enlarges pictures further from the truth than the squared error "
        "does.",
        source="ganlab",
        measured="Root mean squared error of 8 x 8 test digits made from 4 x 4, with the "
        "adversarial loss against the squared error alone; a seed counts from 0.05.",
        says="The adversarial loss ends further off on {won} of 100 seeds, the squared error on "
        "{lost} ({setting})",
        worst=FAR,
        settings={
            "adversarial alone": Setting(
                {"adversarial": enlarged(off_the_truth), "near": enlarged(off_the_truth, **NEAR)},
                most=MOST,
            ),
            "adversarial and squared error": Setting(
                {
                    "both": enlarged(off_the_truth, **BOTH),
                    "near": enlarged(off_the_truth, **NEAR),
                },
                most=MOST,
            ),
        },
    ),
    protocol(
        id="I2d.1",
        claim="An adversarial loss enlarges pictures to sharper ones than the squared error does.",
        measured="Sharpness, the mean squared difference of neighbouring pixels, as a share of "
        "that of the true pictures; a seed counts from 0.05.",
        says="The adversarial loss ends sharper on {won} of 100 seeds, the squared error on {lost} "
        "({setting})",
        worst=LOST,
        settings={
            "adversarial alone": Setting(
                {"adversarial": enlarged(sharp), "near": enlarged(sharp, **NEAR)}, most=MOST
            ),
            "adversarial and squared error": Setting(
                {"both": enlarged(sharp, **BOTH), "near": enlarged(sharp, **NEAR)}, most=MOST
            ),
        },
    ),
    protocol(
        id="I2e.1",
        claim="A discriminator that projects the label, and whose slope in the label is free, has "
        "the digits drawn that are asked for.",
        source="ganlab",
        measured="Share of 600 pictures that the judge reads as the digit asked for, against a "
        "discriminator that is told otherwise; a seed counts from 0.05.",
        says="Projection with a free slope has more digits as asked on {won} of 100 seeds, the "
        "other on {lost} ({setting})",
        worst=LOST,
        settings={
            "the label as channels beside the picture": Setting(
                {
                    "projected": Arm(as_asked, train_conditional),
                    "channels": Arm(as_asked, train_conditional, {"projected": False}),
                },
                most=MOST,
            ),
            "R1 on the slope in the label, too": Setting(
                {
                    "projected": Arm(as_asked, train_conditional),
                    "priced": Arm(as_asked, train_conditional, {"label_priced": True}),
                },
                most=MOST,
            ),
        },
    ),
)
