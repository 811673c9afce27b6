"""The checks behind the exercises, and the quiz.

`check("00.1", answer)` prints one line: correct, not yet (with a hint), or not solved yet.
A wrong answer raises nothing, so "run all" reaches the bottom. `@exercise` registers a check:
a function of the answer that returns a closing sentence or raises `Hint`.
"""

import functools
import html
import pathlib
import textwrap
import tomllib

import numpy as np
from scipy.special import expit

from ganlab.arguments import in_short
from ganlab.course import kept
from ganlab.course.solved import Progress

_CHECKS = {}


class Hint(Exception):
    """What is wrong with an answer: what was given, what is expected, in words."""


def exercise(name):
    """Register the decorated function as the check of exercise `name`, such as "03.1"."""

    def register(function):
        if name in _CHECKS:
            raise ValueError(f"exercise {name!r} has a check already; give another name")
        _CHECKS[name] = function
        return function

    return register


def close(given, wanted, what, *, tolerance=1e-6):
    """Raise a `Hint` unless `given` is `wanted`, an array or a number, within `tolerance`."""
    given, wanted = np.asarray(given, float), np.asarray(wanted, float)
    if given.shape != wanted.shape:
        raise Hint(f"{what} should have shape {wanted.shape}, and has {given.shape}.")
    wrong = ~(np.abs(given - wanted) <= tolerance)  # written so that nan is wrong
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f" at {list(where)}" if where else ""
        raise Hint(f"{what} should be {wanted[where]:.4g}{place}, and is {given[where]:.4g}.")


def check(name, answer):
    """Check an answer, a value or a function, and print one line about it.

    Tries, and what passed, are kept for `progress`; a stub is no try.
    """
    line = verdict(name, answer)
    print(line)
    word = line.removeprefix(f"{name}: ")
    if word.startswith(("correct.", "not yet.")):
        _say(kept.tried(name, word.startswith("correct."), answer))


def _say(note):
    if note:
        print(note)


def verdict(name, answer):
    """Return the line that `check` prints. Raise only if there is no such exercise."""
    if name not in _CHECKS:
        raise ValueError(f"there is no exercise {name!r}; there are: {', '.join(sorted(_CHECKS))}")
    try:
        line = f"correct. {_CHECKS[name](_watched(answer))}"
    except NotImplementedError as stub:
        line = f"not solved yet. {stub}"
    except Hint as hint:
        line = f"not yet. {hint}"
    except Exception as error:
        line = f"not yet. It stops with {type(error).__name__}: {error}"
        if not callable(answer) and "not callable" in line:
            line = f"not yet. Wanted is the function, and this is {in_short(answer)}."
    return " ".join(f"{name}: {line}".split())


def _watched(answer, hint=""):
    """Refuse what a stub is; wrap a function, so that what a stub returns is refused too."""
    if answer is None or answer is ...:
        raise NotImplementedError(hint)
    if not hasattr(answer, "__code__"):
        return answer
    computes = answer.__code__.co_stacksize > 1  # a stub never holds two values at once
    hint = "Nothing is returned: is there a `return`?" if computes else ""
    return lambda *args, **kwargs: _watched(answer(*args, **kwargs), hint)


@exercise("00.1")
def _best_discriminator(answer):
    p, q = np.array([0.1, 0.4, 0.2, 0.0]), np.array([0.3, 0.1, 0.2, 0.5])
    given = answer(p, q)
    if np.shape(given) == p.shape and np.allclose(given, q / (p + q)):
        raise Hint("You give the chance that x is fake; D says how likely it is to be real.")
    close(
        given, [0.25, 0.8, 0.5, 0.0], "For p = (0.1, 0.4, 0.2, 0) and q = (0.3, 0.1, 0.2, 0.5), D*"
    )
    return "Where p equals q the best discriminator says 1/2: it can only guess."


LOGITS = {"real": np.array([2.0, -1.0, 0.5]), "fake": np.array([-1.5, 0.25, 1.2])}


def _cost(logits):
    """Mean of -log D: what a batch costs whoever wants it called real."""
    return np.mean(np.logaddexp(0, -logits))


def _compare_loss(given, wanted, what, mistakes):
    """Raise a `Hint` unless a loss is `wanted`; `mistakes`, {words: value}, are told apart."""
    if np.shape(given) != ():
        raise Hint(f"Wanted is one number, the mean over a batch, and this is {np.shape(given)}.")
    if np.isnan(given):
        raise Hint("It is not a number: a logit may be negative; its sigmoid is the probability.")
    usual = {
        "The sign is turned: a loss is small where its player does well.": -wanted,
        "This is the sum over the batch: take the mean.": 3 * wanted,
    }
    for words, value in {**usual, **mistakes}.items():
        if abs(given - value) < 1e-4:
            raise Hint(words)
    close(given, wanted, f"For {what} the loss", tolerance=1e-4)


def _compare_far_out(given, wanted):
    if not np.isfinite(given):
        raise Hint("Right, but infinite at a logit of -1000, whose sigmoid rounds to 0: log_expit.")
    close(given, wanted, "At logits of -1000 and 1000 the loss")


@exercise("01.1")
def _discriminator_loss(answer):
    real, fake = LOGITS["real"], LOGITS["fake"]
    wanted = 1.468301  # (0.126928 + 1.313262 + 0.474077 + 0.201413 + 0.825939 + 1.463282) / 3
    mistakes = {
        "Real and fake are swapped.": _cost(-real) + _cost(fake),
        "This calls the fake samples real as well.": _cost(real) + _cost(fake),
        "This calls the real samples fake as well.": _cost(-real) + _cost(-fake),
        "This is half of it: each kind has a mean of its own, and the two are added.": wanted / 2,
        "The logit is taken for the probability, or the sigmoid is taken twice.": (
            _cost(expit(real)) + _cost(-expit(fake))
        ),
        "The fake half is missing.": _cost(real),
        "The real half is missing.": _cost(-fake),
    }
    _compare_loss(answer(real, fake), wanted, "real 2, -1, 0.5 and fake -1.5, 0.25, 1.2", mistakes)
    _compare_far_out(answer(np.array([-1000.0, 0.0]), np.array([1000.0, 0.0])), 1000.693147)
    return "A D that says 1/2 to everything pays log 4, about 1.386."


@exercise("01.2")
def _nonsaturating_loss(answer):
    fake, wanted = LOGITS["fake"], 0.846878  # (1.701413 + 0.575939 + 0.263282) / 3
    mistakes = {
        "This is log(1 - D), the minimax loss: it is flat where G is losing.": -_cost(-fake),
        "This is D's half of the matter: G wants its samples called real.": _cost(-fake),
        "The logit is taken for the probability, or the sigmoid is taken twice.": _cost(
            expit(fake)
        ),
    }
    _compare_loss(answer(fake), wanted, "fake -1.5, 0.25, 1.2", mistakes)
    _compare_far_out(answer(np.array([-1000.0, 0.0])), 500.346574)
    return "At a logit of -1000, where G is losing, its slope is still 1."


@exercise("02.1")
def _training_step(answer):
    from ganlab.course import steps  # here, because it loads TensorFlow

    found = steps.tried(answer)
    if hint := steps.hint(found):
        raise Hint(hint)
    (given, *moved), (wanted, *right) = found, steps.known()
    for k, player in enumerate("DG"):  # in the order of the step
        close(given[k], wanted[k], f"On fixed numbers {player.lower()}_loss", tolerance=1e-4)
        close(moved[k], right[k], f"After the step one weight of {player}", tolerance=1e-4)
    return "D moves by its own loss, G by its own, and neither step touches the other's weights."


@exercise("03.1")
def _w1(answer):
    real, fake = np.array([3.0, 4.0, 6.0, 5.0]), np.array([4.5, 2.0, 5.0, 9.0])
    apart = np.sort(real) - np.sort(fake)  # 1, -0.5, 0, -3: moved by 1.125 on average
    cancels = "What is moved left and what is moved right must not cancel."
    mistakes = {
        np.mean(abs(real - fake)): "Samples are paired as they came, and not by their size.",
        np.mean(abs(np.sort(real) - fake)): "Only one of the two batches is sorted.",
        np.mean(apart): cancels,
        -np.mean(apart): cancels,
        np.sum(abs(apart)): "This is the sum over the batch: wanted is the mean.",
        np.mean(apart**2): "This is the mean of squares: W1 takes the distance itself.",
        np.sqrt(np.mean(apart**2)): "This is W2, a root of squares: W1 takes the distance itself.",
    }
    given = answer(real, fake)
    for value, hint in mistakes.items():
        if np.shape(given) == () and abs(given - value) < 1e-6:
            raise Hint(hint)
    close(given, 1.125, "For real 3, 4, 6, 5 and fake 4.5, 2, 5, 9 the distance")
    return "No generator gets 0: two batches of real samples lie apart, too."


@exercise("04.1")
def _mean_closeness(answer):
    # Two kernels of two numbers. By the first the samples are log 2 apart, one after the other;
    # by the second two are equal and the third is far away.
    first = np.log(2) * np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]])
    m = np.stack([first, [[0.0, 0.0], [0.0, 0.0], [50.0, -50.0]]], axis=1)
    given, wanted = answer(m), np.array([[0.375, 0.5], [0.5, 0.5], [0.375, 0.0]])
    if np.shape(given) == wanted.shape and np.allclose(given, 2 * wanted + 1):
        raise Hint("This is the sum over all, the sample itself included, as in the layer.")
    if np.shape(given) == wanted.shape and np.allclose(given, 2 * wanted):
        raise Hint("This is the sum over the others; it still grows with the batch.")
    if np.shape(given) == wanted.shape and np.allclose(given, (2 * wanted + 1) / 3):
        raise Hint("The sample itself is in the mean, with exp(0) = 1: leave it out.")
    close(given, wanted, "For three samples and two kernels the result")
    same = np.ones((5, 1, 3))
    close(answer(same), np.ones((5, 1)), "For five equal samples the result")
    return "Equal samples give 1, in a batch of any size."


@exercise("05.1")
def _feature_distance(answer):
    real = np.array([[0.0, 1.0], [2.0, 3.0], [1.0, 2.0]])  # mean (1, 2)
    fake = np.array([[3.0, -1.0], [1.0, 0.0], [-1.0, -2.0]])  # mean (1, -1)
    given = answer(real, fake)
    pairs = 43.0  # the sum of their squared differences
    if np.shape(given) == () and np.isclose(given, [pairs, pairs**0.5, pairs / 3, pairs / 6]).any():
        raise Hint("You compare pairs: take the mean over the batch first.")
    if np.shape(given) == () and abs(given - 3.0) < 1e-6:
        raise Hint("This is the distance; wanted is its square.")
    if np.shape(given) == () and abs(given - 4.5) < 1e-6:
        raise Hint("This is the mean over the features: take the sum.")
    close(given, 9.0, "For means (1, 2) and (1, -1) the squared distance")
    close(answer(real, real[::-1]), 0.0, "For the same batch in another order it")
    return "The order of a batch means nothing to it, as it should."


@exercise("06.1")
def _modes_held(answer):
    centers = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])

    def held(*counts, off=0, by=(0.0, 0.0), std=0.1, centers=centers):
        """The answer for so many samples at each center, and `off` more beside the last one."""
        around = [np.repeat(centers, counts, axis=0), np.tile(centers[-1] + by, (off, 1))]
        return answer(np.concatenate(around), centers, std)

    if np.shape(held(9, 9, 9, 9)) != ():
        raise Hint(f"Wanted is one number, and this has shape {np.shape(held(9, 9, 9, 9))}.")
    close(held(9, 9, 9, 9), 4, "For nine samples on each of four modes the number")
    uneven = "For 60, 20, 15 and 5 samples on four modes"
    if held(60, 20, 15, 5) == 4:
        raise Hint(f"{uneven} you count all: half of a due share is 12.5, and 5 are fewer.")
    if held(60, 20, 15, 5) == 1:
        raise Hint(f"{uneven} you count one: half of a due share is enough.")
    close(held(60, 20, 15, 5), 3, f"{uneven} the number")
    if held(20, 10, 6, 4, off=60, by=(0.4, 0.0)) == 2:
        raise Hint("You count samples that are 4 standard deviations away from their mode.")
    if held(20, 10, 6, 4, off=60, by=(0.4, 0.0)) == 1:
        raise Hint("You divide by all samples: a share is of the good ones.")
    beside = "For 20, 10, 6 and 4 samples on four modes, and 60 that are not good, the number"
    close(held(20, 10, 6, 4, off=60, by=(0.4, 0.0)), 3, beside)
    if held(10, 10, 10, 0, off=10, by=(0.25, 0.25)) == 4:
        raise Hint("A sample off by 2.5 standard deviations in both coordinates is 3.5 away.")
    close(held(10, 10, 10, 0, off=10, by=(0.25, 0.25)), 3, "With a mode missing the number")
    close(held(40, 9, 7, 0), 3, "With exactly half a due share, 7 of 56 samples, on a mode it")
    close(held(0, 0, 0, 0, off=5, by=(9.0, 9.0)), 0, "Without a good sample the number")
    for off, good in ((2.9, 4), (3.1, 3)):
        for std in (0.1, 0.02):
            beside = f"With a mode's samples {off} standard deviations of {std} away the number"
            close(held(9, 9, 9, 0, off=9, by=(off * std, 0.0), std=std), good, beside)
    eight = {"centers": np.concatenate([centers, 3 * centers])}
    counts = 20, 20, 20, 20, 12, 12, 12, 4
    if held(*counts, **eight) == 4:
        raise Hint("Of eight modes each is due an eighth, and half of that holds it: a sixteenth.")
    close(held(*counts, **eight), 7, "For 120 samples on eight modes, one of which gets 4, it")
    return "Blur costs no mode, a lone sample earns none."


@exercise("07.1")
def _kl_divergence(answer):
    mean = np.array([[1.0, -2.0, 0.0], [0.0, 0.0, 0.0]])
    log_variance = np.log([[4.0, 1.0, 0.5], [1.0, 1.0, 1.0]])
    # (1 + 4 - log 4 - 1 + 4 + 1 - 1 + 0.5 + log 2 - 1) / 2, and of N(0, I) itself
    given, wanted = answer(mean, log_variance), np.array([3.403426, 0.0])

    def gives(other):
        found = np.asarray(given, float)
        return found.shape == np.shape(other) and np.allclose(found, other, atol=1e-4)

    if np.shape(given) == (2, 3):
        raise Hint("Sum over the coordinates of z: one number for each sample.")
    if gives(wanted.mean()) or gives(wanted.sum()):
        raise Hint("Leave the batch as it is: one number for each sample.")
    if gives(-wanted):
        raise Hint("This is minus the KL, as it stands in the ELBO.")
    if gives(2 * wanted):
        raise Hint("The sum is right; it lacks the factor 1/2.")
    if gives(wanted / 3):
        raise Hint("This is the mean over the coordinates of z: take the sum.")
    if gives(wanted + 1.5):
        raise Hint("N(0, I) itself should have 0: is there a minus 1 for each coordinate?")
    if gives(0.5 * np.sum(mean**2 + np.exp(2 * log_variance) - 2 * log_variance - 1, axis=1)):
        raise Hint("log_variance is the log of the variance, not of the standard deviation.")
    if gives(0.5 * np.sum((1 + mean**2) / np.exp(log_variance) + log_variance - 1, axis=1)):
        raise Hint("This is the KL the other way round, of N(0, I) to the code.")
    close(given, wanted, "For the two codes that are tried the KL", tolerance=1e-4)
    return "A code that is N(0, I) costs nothing, and tells nothing."


@exercise("09.1")
def _discriminator_of_digits(answer):
    model = answer()
    if not hasattr(model, "count_params"):
        raise Hint(f"Wanted is a Keras model, and this is a {type(model).__name__}.")
    if model.input_shape != (None, 64):
        raise Hint(f"It takes {model.input_shape}: pictures come flat, keras.Input((64,)).")
    kinds = [type(layer).__name__ for layer in model.layers]
    if "MaxPooling2D" in kinds or "AveragePooling2D" in kinds:
        raise Hint("No pooling: let the convolutions halve the picture by strides of 2.")
    convolutions = [layer for layer in model.layers if type(layer).__name__ == "Conv2D"]
    if len(convolutions) != 2:
        raise Hint(f"It has {len(convolutions)} layers Conv2D: wanted two.")
    if any(tuple(layer.strides) != (2, 2) for layer in convolutions):
        raise Hint("Each convolution should halve height and width: strides=2.")
    shapes = [tuple(layer.output.shape[1:]) for layer in convolutions]
    if shapes != [(4, 4, 16), (2, 2, 32)]:
        told = "padding='same', 16 and then 32 channels"
        raise Hint(f"They give {shapes[0]} and {shapes[1]}: wanted (4, 4, 16), (2, 2, 32); {told}.")
    if any(tuple(layer.kernel_size) != (4, 4) for layer in convolutions):
        raise Hint("The kernels should be 4 x 4, twice the stride.")
    if kinds.count("LeakyReLU") + _activations(model).count("leaky_relu") != 2:
        raise Hint("Behind each convolution wants to stand a leaky ReLU.")
    if model.output_shape != (None, 1):
        raise Hint(f"It gives {model.output_shape}: wanted one logit a picture; Flatten, Dense(1).")
    if kinds[-1] != "Dense" or _activations(model)[-1] != "linear":
        raise Hint("It should end in a logit: a Dense(1) without an activation.")
    if model.count_params() != 8625:
        raise Hint(f"It has {model.count_params()} weights: wanted 8625, with all biases.")
    return "Its 8,625 weights see every place alike; a dense layer of 64 units has half as many."


def _activations(model):
    """The names of the layers' activations, those that have one."""
    found = [getattr(layer, "activation", None) for layer in model.layers]
    return [getattr(each, "__name__", str(each)) for each in found if each is not None]


@exercise("09.2")
def _inception_score(answer):
    table = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0.6, 0.4]])
    mean = table.mean(axis=0)
    each = np.sum(table * np.log(table / mean), axis=1)
    given, wanted = answer(table), np.exp(each.mean())

    def gives(other):
        return np.shape(given) == np.shape(other) and np.allclose(given, other, atol=1e-6)

    if np.shape(given) == (4,):
        raise Hint("One number for all pictures: take the mean of the KL before exp.")
    if gives(each.mean()):
        raise Hint("This is the mean KL; the score is exp of it.")
    if gives(np.exp(each.sum())):
        raise Hint("This takes the sum over the pictures: take the mean.")
    if gives(np.exp(np.sum(mean * np.log(mean / table), axis=1).mean())):
        raise Hint("This is the KL the other way round, of p(y) to p(y|x).")
    if gives(np.exp(np.mean(table * np.log(table / mean)))):
        raise Hint("Sum over the classes; the mean is over the pictures.")
    if gives(np.exp(np.sum(table * np.log(2 * table), axis=1).mean())):
        raise Hint("p(y) is the mean of the rows, not 1 over the number of classes.")
    if gives(np.exp(each.mean() / np.log(2))):
        raise Hint("The logarithm is the natural one, as exp is.")
    close(given, wanted, "For the four rows that are tried the score")
    with np.errstate(all="ignore"):
        sure = answer(np.eye(3))
    if np.isnan(sure):
        raise Hint("For a row that is sure it is not a number: 0 log 0 counts as 0.")
    close(sure, 3.0, "For three sure rows of three classes it", tolerance=1e-3)
    return "A picture whose row is p(y) adds nothing; a sure one of a rare class adds most."


@exercise("10.1")
def _projecting_discriminator(answer):
    model = answer()
    if not hasattr(model, "count_params"):
        raise Hint(f"Wanted is a Keras model, and this is a {type(model).__name__}.")
    if model.input_shape != (None, 74) or model.output_shape != (None, 1):
        told = f"It takes {model.input_shape} and gives {model.output_shape}"
        raise Hint(f"{told}: wanted (None, 74) and (None, 1), one logit a joint point.")
    rng = np.random.default_rng(0)
    for weight in model.trainable_variables:  # biases start at 0, where mistakes would not show
        weight.assign(rng.normal(size=weight.shape) / 4)
    pictures, labels = rng.uniform(-1, 1, (6, 64)), np.concatenate([0 * np.eye(1, 10), np.eye(10)])

    def logits(label):
        return np.ravel(model(np.concatenate([pictures, np.tile(label, (6, 1))], axis=1)))

    each = np.stack([logits(label) for label in labels])  # without a label, then with each
    more = each[1:] - each[0]
    if np.ptp(each[0]) < 1e-3:
        raise Hint("Without a label its logit is the same for all pictures: w f + b is missing.")
    if np.abs(more).max() < 1e-4:
        raise Hint("The label changes nothing: c V f is missing.")
    if np.ptp(more, axis=1).max() < 1e-3:
        raise Hint("A label adds the same to every picture's logit: multiply it with V f.")
    if np.abs(logits(labels[2] + labels[5]) - each[0] - more[1] - more[4]).max() > 1e-3:
        raise Hint("Two labels at once should add up: let no activation stand behind the label.")
    if np.abs(more.sum(axis=0)).max() < 1e-3 or np.ptp(more, axis=0).max() < 1e-3:
        raise Hint("The ten labels should differ: V f is ten numbers, Dense(10) of the features.")
    return "What it says of a picture is a table row: w + V_c, one line of weights for each digit."


@exercise("10.2")
def _area_under_the_curve(answer):
    usual, odd = np.array([0.1, 0.4, 0.4, 0.7, 0.2, 0.8]), np.array([0.4, 0.9, 0.3, 0.5])
    above = np.mean(odd[:, None] > usual)
    ties = np.mean(odd[:, None] == usual)
    given, wanted = answer(usual, odd), above + ties / 2

    def gives(other):
        return np.shape(given) == () and np.allclose(given, other, atol=1e-6)

    if np.shape(given) != ():
        raise Hint(f"One number for all pairs is wanted, and this has shape {np.shape(given)}.")
    if gives(1 - wanted):
        raise Hint("This is the other way round: the odd ones should have the larger score.")
    if gives(above) or gives(above + ties):
        raise Hint("A pair with equal scores counts as one half.")
    if gives(wanted * 24):
        raise Hint("Divide by the number of pairs: a share is wanted.")
    if gives(np.mean(odd > np.median(usual))) or gives(np.mean(odd > usual.mean())):
        raise Hint("Compare each odd score with each usual one, not with their middle.")
    close(given, wanted, "For the ten scores that are tried it")
    return "It needs no threshold: 1 is perfect, 1/2 is guessing, and below that it is upside down."


@exercise("11.1")
def _cycle_error(answer):
    from ganlab.backend import tf  # here, so that checks of numbers do without

    z = tf.constant(np.random.default_rng(0).normal(size=(2, 5, 128)), tf.float32)
    slope = tf.constant([[[2.0]], [[0.5]]])  # of each seed's own

    def generate(points):  # (like b, like a) of (a, b), by two networks that do not meet
        points = tf.convert_to_tensor(points)
        if points.shape != z.shape:
            raise Hint(f"G is given {tuple(points.shape)}: wanted z's shape, (seeds, n, 128).")
        return tf.concat([slope * points[..., :64] + 1.0, points[..., 64:] / 3.0], axis=-1)

    def exchanged(points):
        return tf.roll(points, 64, axis=-1)

    def away(points):
        return np.abs(np.asarray(points) - np.asarray(z))

    back = exchanged(generate(exchanged(generate(z))))
    given, wanted = np.asarray(answer(generate, z)), away(back).mean(axis=(1, 2))

    def gives(other):
        return given.shape == np.shape(other) and np.allclose(given, other, atol=1e-5)

    if given.shape != (2,):
        told = f"and this has shape {given.shape}"
        raise Hint(f"One number for each seed is wanted, the mean over axes 1 and 2, {told}.")
    if gives(away(generate(generate(z))).mean(axis=(1, 2))):
        raise Hint("F is given its own picture: exchange the halves before G is asked again.")
    if gives(away(generate(exchanged(generate(z)))).mean(axis=(1, 2))):
        raise Hint("The second time G gives (like b, like a), too: exchange before you compare.")
    if gives(away(exchanged(generate(generate(z)))).mean(axis=(1, 2))):
        raise Hint(
            "Exchange the halves before G is asked again as well, or F gets its own picture."
        )
    if gives(away(generate(z)).mean(axis=(1, 2))):
        raise Hint("This is there, and not back: ask G once more.")
    if gives((away(back) ** 2).mean(axis=(1, 2))):
        raise Hint("This squares the differences: their absolute values are wanted.")
    if gives(2 * wanted) or gives(away(back).sum(axis=(1, 2))):
        raise Hint("Halved it is: one mean over samples and all 128 numbers.")
    close(given, wanted, "For the two seeds that are tried it", tolerance=1e-4)
    return "Nothing in it looks at what lies between: a is compared with a alone."


@exercise("11.2")
def _modulated_kernels(answer):
    rng = np.random.default_rng(0)
    kernel, scale = rng.normal(size=(3, 2, 4, 5)), rng.uniform(0.5, 2, size=(6, 4))
    scaled = kernel * scale[:, None, None, :, None]
    given, squares = np.asarray(answer(kernel.copy(), scale.copy())), np.square(scaled)

    def gives(other):
        return given.shape == other.shape and np.allclose(given, other, atol=1e-6)

    def over(*axes, of=squares):
        return np.sqrt(np.sum(of, axis=axes, keepdims=True))

    if given.shape == kernel.shape:
        raise Hint("This is one kernel; each sample has its own: begin with scale[:, None, ...].")
    if gives(scaled):
        raise Hint("Scaled it is, and not demodulated yet: divide by the root.")
    if gives(scaled / over(1, 2, 3) ** 2):
        raise Hint("Divide by the root of the sum, not by the sum.")
    if gives(scaled / over(1, 2, 3, of=np.square(kernel)[None])):
        raise Hint("The root is one of the scaled kernel's squares, not of the kernel's.")
    for axes in ((1, 2), (3,), (1, 2, 3, 4), (1, 2, 4), (0, 1, 2, 3)):
        if gives(scaled / over(*axes)):
            raise Hint("Sum over i, j and a, the places and input channels, and over nothing else.")
    if gives(scaled / over(1, 2, 3) * np.sqrt(24)):
        raise Hint("This takes the mean of the squares: the sum is wanted.")
    close(given, scaled / over(1, 2, 3), "The kernels")
    return "A style that doubles all channels changes nothing: only their proportions count."


@exercise("12.1")
def _nearest_glyph(answer):
    rng = np.random.default_rng(0)
    known, labels = rng.uniform(-1, 1, (4, 6)), np.array([7, 3, 3, 5])
    known[2] = 1.0  # bright all over
    pictures = known[[0, 1, 3, 2, 0]] + rng.uniform(-0.3, 0.3, (5, 6))
    away = np.sum((pictures[:, None] - known) ** 2, axis=-1)
    given, place = answer(pictures, known, labels), away.argmin(axis=1)
    if np.shape(given) != (5,):
        raise Hint(f"One label a picture is wanted, (5,) for five, and this is {np.shape(given)}.")
    if np.array_equal(given, place):
        raise Hint("These are the places of the nearest: look up the labels that stand there.")
    if np.array_equal(given, labels[away.argmax(axis=1)]):
        raise Hint("These are the labels of those furthest away: argmin, not argmax.")
    if np.array_equal(given, labels[(pictures @ known.T).argmax(axis=1)]):
        raise Hint("The largest product is not the least distance: bright glyphs would always win.")
    close(given, labels[place], "For five pictures and four glyphs the label")
    return (
        "No network was trained for this judge: it compares all pixels with those of what it knows."
    )


@exercise("12.2")
def _two_wishes(answer):
    digits, fonts = np.array([7, 0, 9, 7]), np.array([1, 5, 0, 3])
    given = np.asarray(answer(digits, fonts), float)
    if given.ndim == 2 and given.shape[1] == 60:
        raise Hint("One of sixty is another way to write it: wanted are 16 numbers, two of them 1.")
    if given.shape != (4, 16):
        raise Hint(f"Wanted are 16 numbers a picture, (4, 16) for four, and this is {given.shape}.")
    rows = np.concatenate([np.eye(10)[digits], np.eye(6)[fonts]], axis=1)
    if np.array_equal(given, np.concatenate([rows[:, 10:], rows[:, :10]], axis=1)):
        raise Hint("The digit comes first, then the font.")
    close(given, rows, "For digits 7, 0, 9, 7 in fonts 1, 5, 0, 3 it")
    return "Two ones a row: what a digit means and what a font means are learned apart."


class Quiz:
    """A question with options a, b, ...: text everywhere, buttons where a kernel runs."""

    def __init__(self, name, question, options, answer, why):
        self.name, self.question, self.correct = name, question, "abcdef"[answer]
        self.options = dict(zip("abcdef", options, strict=False))
        self.why = dict(zip("abcdef", why, strict=False))

    def __repr__(self):
        lines = textwrap.wrap(f"{self.name}  {self.question}", 88)
        for letter, option in self.options.items():
            lines += textwrap.wrap(f"{letter})  {option}", 88, subsequent_indent="    ")
        return "\n".join(lines)

    def feedback(self, letter):
        """Return one line about option `letter`: right or not, and why."""
        if letter not in self.options:
            raise ValueError(f"no option {letter!r}; choose one of {', '.join(self.options)}")
        return f"{letter}: {'right' if letter == self.correct else 'no'}. {self.why[letter]}"

    def answer(self, letter):
        """Print the feedback on option `letter`: the quiz without its buttons."""
        print(self.feedback(letter))
        _say(self._noted(letter))

    def _noted(self, letter):
        return kept.answered(self.name, letter, letter == self.correct)

    @functools.cached_property
    def face(self):
        """The widgets: question, options, button and feedback are its children, in order."""
        import ipywidgets as widgets  # here, so that checks do without

        texts = [(f"{letter})  {option}", letter) for letter, option in self.options.items()]
        options = widgets.RadioButtons(options=texts, value=None, layout={"width": "auto"})
        button, said = widgets.Button(description="check"), widgets.HTML()

        def tell(_):
            if options.value is None:
                said.value = "Choose."
                return
            lines = [self.feedback(options.value), self._noted(options.value)]
            said.value = "<br>".join(html.escape(line) for line in lines if line)

        button.on_click(tell)
        question = widgets.HTML(html.escape(f"{self.name}  {self.question}"))
        return widgets.VBox([question, options, button, said])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {**(self.face._repr_mimebundle_() or {}), "text/plain": repr(self)}


def quiz(name):
    """Return the `Quiz` of that name: shown as text and buttons; `.answer("b")` prints."""
    questions = _questions()
    if name not in questions:
        raise ValueError(f"there is no quiz {name!r}; there are: {', '.join(questions)}")
    return Quiz(name, **questions[name])


def _questions():
    text = pathlib.Path(__file__).with_name("quiz.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def progress():
    """What you have solved so far, over the whole course: a `Progress`, shown as a table.

    progress().code("03.1")             the code that passed, as text
    progress().export("progress.json")  a copy, for another machine: there `take_in` adds it
    progress().reset()                  begin again; the file of before is put aside
    progress().path                     where it is kept
    """
    found, note = kept.read()
    _say(note)
    return Progress(found, sorted(_CHECKS), sorted(_questions()))
