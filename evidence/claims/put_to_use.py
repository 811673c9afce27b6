"""Does a GAN help a rare class, find what was never seen, and make small pictures larger?

Digits of 8 x 8 pixels, and a simple method beside each use. Settings are those of notebook 10; of
the first uses each seed has pictures of its own, and a digit of its own.
"""

from functools import partial

from evidence.outcomes_of_samples import (
    as_asked,
    named_of_all,
    named_of_the_rare,
    off_real_ones,
    off_the_truth,
    sharp,
    told_apart,
)
from evidence.trainings.put_to_use import (
    enlarge_by_a_line,
    train_conditional,
    train_for_a_rare_digit,
    train_on_nine_digits,
    train_svms_on_nine_digits,
    train_to_enlarge,
    train_with_shifts_to_the_side,
)
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # 64 GANs of convolutions take minutes, and some are trained one by one
A_TWENTIETH = 0.05  # of pictures named, as asked, or pairs told apart
LOST, FAR = 0.0, 10.0
A_STEP = 1.0  # of the Frechet distance: what real pictures differ by from real ones, about
LOST_TO_SIGHT = 1000.0  # further away than noise

protocol = partial(Protocol, source="module", notebook="10", kind="wins", least=A_TWENTIETH)


def helped(remedy, of=named_of_the_rare):
    aside = remedy == "shifts to the side"
    training = train_with_shifts_to_the_side if aside else train_for_a_rare_digit
    return Arm(partial(of, remedy=remedy), training)


def detector(name):
    chosen = name == "one-class SVM, width chosen"
    training = train_svms_on_nine_digits if chosen else train_on_nine_digits
    return Arm(partial(told_apart, detector=name), training)


REMEDIES = {
    "nothing": "nothing",
    "copies, or a weight": "copies",
    "copies with noise": "noise",
    "copies with shifts": "shifts",
    "copies with shifts to the side": "shifts to the side",
}
DETECTORS = {
    "PCA": "PCA",
    "autoencoder": "autoencoder",
    "one-class SVM, default width": "one-class SVM",
    "one-class SVM, width chosen": "one-class SVM, width chosen",
    "nearest": "nearest",
}
NEAR = {"fooling": 0.0, "error": 3.0}
BOTH = {"error": 3.0}


def enlarged(outcome, **settings):
    return Arm(outcome, train_to_enlarge, settings)


def by_a_line(outcome):
    return {
        "a line": Arm(outcome, enlarge_by_a_line, {"sharpened": False}),
        "a line, sharpened": Arm(outcome, enlarge_by_a_line),
    }


PROTOCOLS = (
    protocol(
        id="I2a.1",
        claim="Pictures that a conditional GAN makes of a rare class help a classifier to find it, "
        "more than what is simpler.",
        measured="Share of the test pictures of a digit of which 6 in some 120 are left that a "
        "logistic regression names rightly, with made pictures for the missing ones against "
        "another remedy; a seed counts from 0.05. Shifts are by up to a pixel, each way and round "
        "the edge, or to the side alone. Told beside: the share of all test pictures.",
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
        "distance to the nearest picture that G makes, in pixels and, with a weight of 0.1 that "
        "hardly counts, in D's features, against another method's score; a seed counts from 0.05. "
        "An SVM's width is scikit-learn's default, or the one of four that tells best the digits "
        "it did see, each left out in turn. Told beside: D's score alone.",
        says="The GAN tells unseen digits better on {won} of 100 seeds, the other method on {lost} "
        "({setting})",
        worst=LOST,
        settings={
            setting: Setting(
                {"G and D": detector("G and D"), setting: detector(name)},
                most=MOST,
                also={"D alone": detector("D alone")},
            )
            for setting, name in DETECTORS.items()
        },
    ),
    protocol(
        id="I2c.1",
        claim="An adversarial loss enlarges pictures further from the truth than the squared error "
        "does.",
        source="ganlab",
        measured="Root mean squared error of 8 x 8 test digits made from 4 x 4, with the "
        "adversarial loss against the squared error alone; a seed counts from 0.05. Told beside: a "
        "linear regression, plain and sharpened.",
        says="The adversarial loss ends further off on {won} of 100 seeds, the squared error on "
        "{lost} ({setting})",
        worst=FAR,
        settings={
            "adversarial alone": Setting(
                {"adversarial": enlarged(off_the_truth), "near": enlarged(off_the_truth, **NEAR)},
                most=MOST,
                also=by_a_line(off_the_truth),
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
        "that of the true pictures; a seed counts from 0.05. It is no measure of how real a "
        "picture looks, for a filter raises it. Told beside: a linear regression, plain and "
        "sharpened.",
        says="The adversarial loss ends sharper on {won} of 100 seeds, the squared error on {lost} "
        "({setting})",
        worst=LOST,
        settings={
            "adversarial alone": Setting(
                {"adversarial": enlarged(sharp), "near": enlarged(sharp, **NEAR)},
                most=MOST,
                also=by_a_line(sharp),
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
    protocol(
        id="I2f.1",
        claim="An adversarial loss enlarges pictures to ones that are, all together, more like "
        "real ones than the squared error, or a filter, makes them.",
        measured="Frechet distance to the true pictures, in the judge's features, of 8 x 8 test "
        "digits made from 4 x 4; a seed counts from 1, which is what real digits differ by from "
        "real ones.",
        says="The adversarial loss ends more like real ones on {won} of 100 seeds, the other on "
        "{lost} ({setting})",
        direction=-1,
        least=A_STEP,
        worst=LOST_TO_SIGHT,
        settings={
            "adversarial alone": Setting(
                {"adversarial": enlarged(off_real_ones), "near": enlarged(off_real_ones, **NEAR)},
                most=MOST,
            ),
            "adversarial and squared error": Setting(
                {
                    "both": enlarged(off_real_ones, **BOTH),
                    "near": enlarged(off_real_ones, **NEAR),
                },
                most=MOST,
            ),
            "both, against a line that is sharpened": Setting(
                {
                    "both": enlarged(off_real_ones, **BOTH),
                    "a line, sharpened": by_a_line(off_real_ones)["a line, sharpened"],
                },
                most=MOST,
            ),
        },
    ),
)
