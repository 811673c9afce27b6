import pathlib
import runpy
import subprocess
import sys
import tomllib

import numpy as np
import pytest
from scipy.stats import wasserstein_distance
from sklearn.metrics import roc_auc_score

import ganlab
from ganlab.backend import tf
from ganlab.course import exercises
from ganlab.course.exercises import Hint, check, close, exercise, quiz, verdict
from ganlab.gan import Now
from ganlab.picture_plots import nearest
from ganlab.techniques import cycle_consistency

ROOT = pathlib.Path(ganlab.__file__).parents[1]
QUESTIONS = tomllib.loads((ROOT / "ganlab/course/quiz.toml").read_text(encoding="utf-8"))


@pytest.fixture
def own_checks(monkeypatch):
    monkeypatch.setattr(exercises, "_CHECKS", dict(exercises._CHECKS))


def test_a_correct_answer_gets_one_line_with_a_closing_sentence(capsys):
    check("00.1", lambda p, q: p / (p + q))
    line = capsys.readouterr().out
    assert line.startswith("00.1: correct. Where p equals q") and line.count("\n") == 1


def test_every_exercise_has_a_solution_that_its_check_accepts():
    solutions = {}
    for path in sorted((ROOT / "notebooks" / "solutions").glob("*.py")):
        solutions |= runpy.run_path(str(path))["SOLUTIONS"]
    assert set(solutions) == set(exercises._CHECKS)
    for name, solution in solutions.items():
        assert verdict(name, solution).startswith(f"{name}: correct. ")


def empty(p, q): ...


def documented(p, q):
    """Return the best discriminator."""


def passed(p, q):
    pass


def refused(p, q):
    raise NotImplementedError


def dotted(p, q):
    answer = ...
    return answer


@pytest.mark.parametrize("stub", [None, ..., empty, documented, passed, refused, dotted])
def test_a_stub_is_not_solved_yet(stub, capsys):
    check("00.1", stub)
    assert capsys.readouterr().out == "00.1: not solved yet.\n"


def test_a_forgotten_return_is_named():
    def forgets(p, q):
        _ = p / (p + q)

    assert "is there a `return`?" in verdict("00.1", forgets)


def two_lines(p, q):
    raise ValueError("two\nlines")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda p, q: q / (p + q), "not yet. You give the chance that x is fake"),
        (lambda p, q: p / (p + q) + 0.01, "should be 0.25 at [0], and is 0.26"),
        (lambda p, q: np.full_like(p, np.nan), "should be 0.25 at [0], and is nan"),
        (lambda p, q: 0.5, "should have shape (4,), and has ()"),
        (lambda p: p, "It stops with TypeError"),
        (lambda p, q: "half", "It stops with ValueError"),
        (two_lines, "It stops with ValueError: two lines"),
        (0.5, "Wanted is the function, and this is 0.5."),
    ],
)
def test_a_wrong_answer_gets_a_hint_on_one_line_and_raises_nothing(answer, words, capsys):
    check("00.1", answer)
    line = capsys.readouterr().out
    assert line.startswith("00.1: not yet. ") and words in line and line.count("\n") == 1


def log_d(logits):
    return np.log(1 / (1 + np.exp(-logits)))


def log_not_d(logits):
    return np.log(1 - 1 / (1 + np.exp(-logits)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda real, fake: log_d(real).mean() + log_not_d(fake).mean(), "The sign is turned"),
        (lambda real, fake: -log_d(real).sum() - log_not_d(fake).sum(), "This is the sum"),
        (lambda real, fake: -np.mean([log_d(real), log_not_d(fake)]), "This is half of it"),
        (lambda real, fake: -log_d(fake).mean() - log_not_d(real).mean(), "are swapped"),
        (lambda real, fake: -log_d(real).mean() - log_d(fake).mean(), "the fake samples real"),
        (lambda real, fake: -log_not_d(real).mean() - log_not_d(fake).mean(), "samples fake as"),
        (
            lambda real, fake: -log_d(sigmoid(real)).mean() - log_not_d(sigmoid(fake)).mean(),
            "the sigmoid is taken twice",
        ),
        (lambda real, fake: -np.log(real).mean() - np.log(1 - fake).mean(), "its sigmoid is the"),
        (lambda real, fake: -log_d(real).mean(), "The fake half is missing"),
        (lambda real, fake: -log_not_d(fake).mean(), "The real half is missing"),
        (lambda real, fake: -log_d(real) - log_not_d(fake), "Wanted is one number"),
        (lambda real, fake: -np.max(log_d(real)), "the loss should be 1.468"),
        (lambda real, fake: -log_d(real).mean() - log_not_d(fake).mean(), "Right, but infinite"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_exercise_on_ds_loss_tells_what_is_wrong(answer, words):
    line = verdict("01.1", answer)
    assert line.startswith("01.1: not yet. ") and words in line


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda fake: log_d(fake).mean(), "The sign is turned"),
        (lambda fake: -log_d(fake).sum(), "This is the sum"),
        (lambda fake: log_not_d(fake).mean(), "the minimax loss"),
        (lambda fake: -log_not_d(fake).mean(), "D's half of the matter"),
        (lambda fake: -log_d(sigmoid(fake)).mean(), "the sigmoid is taken twice"),
        (lambda fake: -np.log(fake).mean(), "its sigmoid is the"),
        (lambda fake: -log_d(fake), "Wanted is one number"),
        (lambda fake: -np.max(log_d(fake)), "the loss should be 0.8469"),
        (lambda fake: -log_d(fake).mean(), "Right, but infinite"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_exercise_on_gs_loss_tells_what_is_wrong(answer, words):
    line = verdict("01.2", answer)
    assert line.startswith("01.2: not yet. ") and words in line


STEP = ROOT / "notebooks/solutions/02_pretrain_the_discriminator.py"
D_LINE, G_LINE = "d_weights = D.trainable_variables", "g_weights = G.trainable_variables"
D_APPLY = "d_optimizer.apply(tape.gradient(d_loss, d_weights), d_weights)"
G_APPLY = "g_optimizer.apply(tape.gradient(g_loss, g_weights), g_weights)"
REAL = "-tf.reduce_mean(tf.math.log(d_real))"
FAKE = "- tf.reduce_mean(tf.math.log(1 - d_fake))"
G_LOSS = "g_loss = -tf.reduce_mean(tf.math.log(clamp(D(G(g_z)))))"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"d_real, d_fake =": "d_fake, d_real ="}, "real samples are fake and fake ones real"),
        ({"reduce_mean": "reduce_sum"}, "sums over the batch"),
        ({REAL: f"0.5 * ({REAL}", FAKE: f"{FAKE})"}, "the mean of its two halves"),
        ({FAKE: ""}, "has the real samples only"),
        ({REAL: "0.0 "}, "has the fake samples only"),
        ({"clamp(D(real))": "tf.tanh(D(real))"}, "is not cut: read it as clamp(D(x))"),
        ({G_LOSS: "g_loss = tf.reduce_mean(tf.math.log(1 - clamp(D(G(g_z)))))"}, "the minimax"),
        ({"g_loss = -": "g_loss = "}, "G raises -E log D(fake)"),
        ({D_APPLY: D_APPLY.replace("d_opt", "g_opt"), G_APPLY: G_APPLY.replace("g_opt", "d_opt")},
         "Each optimizer has moved the other's network"),
        ({G_APPLY: G_APPLY.replace("g_opt", "d_opt")}, "d_optimizer has moved G, too"),
        ({D_APPLY: D_APPLY.replace("d_opt", "g_opt")}, "g_optimizer has moved D, too"),
        ({D_LINE: f"{D_LINE} + G.trainable_variables"}, "D's step moves G, too"),
        ({G_LINE: f"{G_LINE} + D.trainable_variables"}, "G's step moves D, too"),
        ({"= D.trainable_variables": "= D.trainable_variables + G.trainable_variables",
          "= G.trainable_variables": "= D.trainable_variables + G.trainable_variables"},
         "Either step moves both players"),
        ({D_LINE: "d_weights = G.trainable_variables"}, "d_loss has moved G and not D"),
        ({G_LINE: "g_weights = D.trainable_variables"}, "g_loss has moved D and not G"),
        ({D_APPLY: "", G_APPLY: f"{G_APPLY}\n    d_optimizer.apply(d_slopes, d_weights)",
          D_LINE: f"{D_LINE}\n    d_slopes = tape.gradient(d_loss, d_weights)"},
         "D moves first, then G"),
        ({"D(G(g_z))": "D(G(d_z))"}, "it has latents of its own, g_z"),
        ({G_APPLY: ""}, "G has not moved"),
        ({D_APPLY: ""}, "D has not moved"),
        ({D_APPLY: "", G_APPLY: ""}, "are the gradients applied"),
        ({"float(d_loss), float(g_loss)": "float(g_loss), float(d_loss)"}, "return d_loss first"),
        ({"float(d_loss), float(g_loss)": "float(d_loss), 2 * float(g_loss)"},
         "On fixed numbers g_loss should be 0.5025, and is 1.005"),
        ({"tape.gradient(d_loss, d_weights)": "[3 * s for s in tape.gradient(d_loss, d_weights)]"},
         "After the step one weight of D should be"),
        ({"return float(d_loss), float(g_loss)": ""}, "not solved yet. Nothing is returned"),
    ],
)  # fmt: skip
def test_the_training_step_tells_what_is_wrong(changes, words):
    code = STEP.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in code
        code = code.replace(old, new)
    names = {}
    exec(compile(code, "step", "exec"), names)
    line = verdict("02.1", names["training_step"])
    assert line.startswith("02.1: not ") and words in line


def held(
    least=0.5,
    reach=3.0,
    modes=None,
    far=None,
    of_all=False,
    all_are_good=False,
    box=False,
    more=False,
):
    """Modes held, or with one of the likely mistakes."""

    def modes_held(samples, centers, std):
        apart = samples[:, None] - centers
        distance = np.abs(apart).max(-1) if box else np.linalg.norm(apart, axis=-1)
        good = (distance.min(1) <= (far or reach * std)) | all_are_good
        counts = np.bincount(distance.argmin(1)[good], minlength=len(centers))
        enough = least * (len(samples) if of_all else good.sum()) / (modes or len(centers))
        return np.sum((counts > enough if more else counts >= enough) & (counts > 0))

    return modes_held


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (held(least=0.04), "half of a due share is 12.5"),  # 1 % of all
        (held(least=1.0), "half of a due share is enough"),
        (held(of_all=True), "a share is of the good ones"),
        (held(all_are_good=True), "4 standard deviations away from their mode"),
        (held(reach=4.5), "4 standard deviations away from their mode"),
        (held(box=True), "in both coordinates is 3.5 away"),
        (held(reach=1.0), "2.9 standard deviations of 0.1 away the number should be 4, and is 3"),
        (held(reach=3.4), "3.1 standard deviations of 0.1 away the number should be 3, and is 4"),
        (held(far=0.3), "3.1 standard deviations of 0.02 away the number should be 3, and is 4"),
        (held(modes=4), "Of eight modes each is due an eighth"),
        (held(more=True), "With exactly half a due share, 7 of 56 samples, on a mode it should"),
        (lambda x, c, s: len(c) if len(x) == 5 else held()(x, c, s), "Without a good sample"),
        (lambda x, c, s: [held()(x, c, s)], "Wanted is one number, and this has shape (1,)"),
        (lambda x, c, s: 1, "should be 4, and is 1"),
    ],
)
def test_the_exercise_on_modes_tells_what_is_wrong(answer, words):
    line = verdict("06.1", answer)
    assert line.startswith("06.1: not yet. ") and words in line


def terms(mean, log_variance):
    """Twice the KL of a code to N(0, I), coordinate by coordinate."""
    return mean**2 + np.exp(log_variance) - log_variance - 1


def reverse(mean, log_variance):
    return (1 + mean**2) / np.exp(log_variance) + log_variance - 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda m, v: -0.5 * terms(m, v).sum(1), "This is minus the KL"),
        (lambda m, v: terms(m, v).sum(1), "it lacks the factor 1/2"),
        (lambda m, v: 0.5 * terms(m, v).mean(1), "This is the mean over the coordinates"),
        (lambda m, v: 0.5 * terms(m, v), "Sum over the coordinates of z"),
        (lambda m, v: 0.5 * terms(m, v).sum(1).mean(), "Leave the batch as it is"),
        (lambda m, v: 0.5 * terms(m, v).sum(), "Leave the batch as it is"),
        (lambda m, v: 0.5 * (terms(m, v) + 1).sum(1), "is there a minus 1"),
        (lambda m, v: 0.5 * terms(m, 2 * v).sum(1), "not of the standard deviation"),
        (lambda m, v: 0.5 * reverse(m, v).sum(1), "the other way round"),
        (lambda m, v: 0.5 * (terms(m, v) + 2 * v).sum(1), "the KL should be 3.403"),
        (lambda m, v: np.zeros(3), "should have shape (2,), and has (3,)"),
    ],
)
def test_the_kl_exercise_tells_what_is_wrong(answer, words):
    line = verdict("07.1", answer)
    assert line.startswith("07.1: not yet. ") and words in line


def d_of_digits(
    strides=2, kernel=4, act="leaky_relu", channels=(16, 32), end=(), bias=True, mid=()
):
    """A discriminator of digits, right but for what is said."""
    from ganlab.backend import keras

    layers, made = keras.layers, []
    for c in channels:
        made += [layers.Conv2D(c, kernel, strides, "same", activation=act, use_bias=bias), *mid]
    last = end or (layers.Flatten(), layers.Dense(1))
    return keras.Sequential([keras.Input((64,)), layers.Reshape((8, 8, 1)), *made, *last])


def flat_layers(*names):
    from ganlab.backend import keras

    made = {"flat": keras.layers.Flatten, "sigmoid": lambda: keras.layers.Dense(1, "sigmoid")}
    return [made.get(name, lambda: keras.layers.AveragePooling2D(1))() for name in names]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: [1, 2], "Wanted is a Keras model, and this is a list"),
        (lambda: d_of_digits(strides=1), "halve height and width: strides=2"),
        (lambda: d_of_digits(channels=(16,)), "It has 1 layers Conv2D: wanted two"),
        (lambda: d_of_digits(channels=(32, 64)), "(4, 4, 32) and (2, 2, 64): wanted (4, 4, 16)"),
        (lambda: d_of_digits(kernel=3), "The kernels should be 4 x 4"),
        (lambda: d_of_digits(act="relu"), "wants to stand a leaky ReLU"),
        (lambda: d_of_digits(end=flat_layers("flat")), "It gives (None, 128): wanted one logit"),
        (lambda: d_of_digits(end=flat_layers("flat", "sigmoid")), "It should end in a logit"),
        (lambda: d_of_digits(bias=False), "It has 8577 weights: wanted 8625"),
        (lambda: d_of_digits(mid=flat_layers("pool")), "No pooling"),
    ],
)
def test_the_exercise_on_a_discriminator_tells_what_is_wrong(make, words):
    line = verdict("09.1", lambda: (make(), 0)[0])
    assert line.startswith("09.1: not yet. ") and words in line


def kl_rows(p, q):
    return np.sum(p * np.log(p / q), axis=1)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda p: kl_rows(p, p.mean(0)).mean(), "the score is exp of it"),
        (lambda p: np.exp(kl_rows(p, p.mean(0))), "take the mean of the KL before exp"),
        (lambda p: np.exp(kl_rows(p, p.mean(0)).sum()), "take the mean"),
        (lambda p: np.exp(kl_rows(p.mean(0), p).mean()), "the other way round"),
        (lambda p: np.exp(np.mean(p * np.log(p / p.mean(0)))), "Sum over the classes"),
        (lambda p: np.exp(kl_rows(p, 1 / p.shape[1]).mean()), "p(y) is the mean of the rows"),
        (lambda p: np.exp(kl_rows(p, p.mean(0)).mean() / np.log(2)), "the natural one"),
        (lambda p: np.exp(kl_rows(p, p.mean(0)).mean()), "0 log 0 counts as 0"),
        (lambda p: 1.0, "For the four rows that are tried the score should be"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_exercise_on_the_inception_score_tells_what_is_wrong(answer, words):
    line = verdict("09.2", answer)
    assert line.startswith("09.2: not yet. ") and words in line


def joint_d(logit=True, label="projected", inputs=74):
    """A discriminator of joint points, right but for what is said."""
    from ganlab.backend import keras
    from ganlab.layers import Columns

    layers, point = keras.layers, keras.Input((inputs,))
    picture, c = Columns(0, 64)(point), Columns(64)(point)
    f = layers.Dense(12, "leaky_relu")(picture)
    if label == "inside":
        return keras.Model(point, layers.Dense(1)(layers.Dense(12, "leaky_relu")(point)))
    V = layers.Dense(10, use_bias=False)(f)
    fits = {
        "projected": lambda: layers.Dot(1)([V, c]),
        "added": lambda: layers.Dense(1)(c),
        "bent": lambda: layers.LeakyReLU()(layers.Dot(1)([V, c])),
        "all alike": lambda: layers.Dot(1)([layers.Concatenate()([layers.Dense(1)(f)] * 10), c]),
    }
    parts = [layers.Dense(1)(f)] * logit + [make() for name, make in fits.items() if name == label]
    return keras.Model(point, layers.Add()(parts) if len(parts) > 1 else parts[0])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: "D", "Wanted is a Keras model, and this is a str"),
        (lambda: joint_d(inputs=75, label=None), "It takes (None, 75) and gives (None, 1): wanted"),
        (lambda: joint_d(logit=False), "w f + b is missing"),
        (lambda: joint_d(label=None), "The label changes nothing"),
        (lambda: joint_d(label="added"), "A label adds the same to every picture"),
        (lambda: joint_d(label="inside"), "let no activation stand behind the label"),
        (lambda: joint_d(label="bent"), "let no activation stand behind the label"),
        (lambda: joint_d(label="all alike"), "The ten labels should differ"),
    ],
)
def test_the_exercise_on_projection_tells_what_is_wrong(make, words):
    line = verdict("10.1", lambda: (make(), 0)[0])
    assert line.startswith("10.1: not yet. ") and words in line


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda usual, odd: np.mean(odd[:, None] > usual, axis=1), "this has shape (4,)"),
        (lambda usual, odd: roc_auc_score([1] * 6 + [0] * 4, [*usual, *odd]), "other way round"),
        (lambda usual, odd: np.mean(odd[:, None] > usual), "counts as one half"),
        (lambda usual, odd: np.mean(odd[:, None] >= usual), "counts as one half"),
        (lambda usual, odd: 24 * roc_auc_score([0] * 6 + [1] * 4, [*usual, *odd]), "Divide by"),
        (lambda usual, odd: np.mean(odd > usual.mean()), "not with their middle"),
        (lambda usual, odd: 0.1, "For the ten scores that are tried it should be"),
    ],
)
def test_the_exercise_on_auc_tells_what_is_wrong(answer, words):
    line = verdict("10.2", answer)
    assert line.startswith("10.2: not yet. ") and words in line


def kernels_of(axes=(1, 2, 3), root=np.sqrt, of_scaled=True, total=np.sum):
    """Modulated kernels, right but for what is said."""

    def answer(kernel, scale):
        scaled = kernel * scale[:, None, None, :, None]
        squares = np.square(scaled if of_scaled else kernel[None])
        return scaled / root(total(squares, axis=axes, keepdims=True))

    return answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda kernel, scale: kernel, "each sample has its own"),
        (lambda kernel, scale: kernel * scale[:, None, None, :, None], "not demodulated yet"),
        (kernels_of(root=np.asarray), "not by the sum"),
        (kernels_of(of_scaled=False), "the scaled kernel's squares"),
        (kernels_of(axes=(1, 2)), "over nothing else"),
        (kernels_of(axes=(1, 2, 3, 4)), "over nothing else"),
        (kernels_of(total=np.mean), "the sum is wanted"),
        (kernels_of(root=np.cbrt), "The kernels should be"),
    ],
)
def test_the_exercise_on_modulation_tells_what_is_wrong(answer, words):
    line = verdict("11.2", answer)
    assert line.startswith("11.2: not yet. ") and words in line


def test_the_solution_on_auc_is_that_of_scikit_learn():
    path = ROOT / "notebooks" / "solutions" / "10_put_it_to_use.py"
    auc, rng = runpy.run_path(str(path))["SOLUTIONS"]["10.2"], np.random.default_rng(0)
    for _ in range(5):
        usual, odd = rng.integers(9, size=30), rng.integers(2, 12, size=8)
        assert auc(usual, odd) == pytest.approx(roc_auc_score([0] * 30 + [1] * 8, [*usual, *odd]))


def turned(x):
    return tf.roll(x, 64, axis=-1)


def mean_away(x, z):
    return tf.reduce_mean(tf.abs(x - z), axis=(1, 2))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda g, z: mean_away(g(g(z)), z), "F is given its own picture"),
        (lambda g, z: mean_away(g(turned(g(z))), z), "exchange before you compare"),
        (lambda g, z: mean_away(turned(g(g(z))), z), "before G is asked again as well"),
        (lambda g, z: mean_away(g(z), z), "there, and not back"),
        (
            lambda g, z: tf.reduce_mean((turned(g(turned(g(z)))) - z) ** 2, axis=(1, 2)),
            "squares the differences",
        ),
        (lambda g, z: 2 * mean_away(turned(g(turned(g(z)))), z), "one mean over samples"),
        (
            lambda g, z: tf.reduce_sum(tf.abs(turned(g(turned(g(z)))) - z), axis=(1, 2)),
            "one mean over samples",
        ),
        (lambda g, z: tf.reduce_mean(g(z)), "One number for each seed"),
        (lambda g, z: mean_away(g(z[0]), z), r"G is given (5, 128): wanted z's shape"),
        (lambda g, z: tf.zeros(2), "For the two seeds that are tried it should be"),
    ],
)
def test_the_exercise_on_the_cycle_tells_what_is_wrong(answer, words):
    line = verdict("11.1", answer)
    assert line.startswith("11.1: not yet. ") and words in line


def test_the_solution_on_the_cycle_is_what_the_technique_adds():
    path = ROOT / "notebooks" / "solutions" / "11_translate_and_style.py"
    solution = runpy.run_path(str(path))["SOLUTIONS"]["11.1"]
    z = tf.constant(np.random.default_rng(3).normal(size=(2, 5, 128)), tf.float32)

    def generate(x):
        return tf.tanh(1.3 * x) + 0.2 * x**2

    function = cycle_consistency(1.0).function
    added = function(Now(0.0, None, generate=generate, z=z), weight=1.0)
    np.testing.assert_allclose(solution(generate, z), added, rtol=1e-5)


def test_checks_see_values_and_objects_as_they_are(own_checks):
    class Model:
        units = 3

        def __call__(self, x):
            return None

    @exercise("99.1")
    def _(answer):
        if answer.units != 3:
            raise Hint("Use three units.")
        return "Three units."

    model = Model()
    assert verdict("99.1", model) == "99.1: correct. Three units."
    model.units = 4
    assert verdict("99.1", model) == "99.1: not yet. Use three units."


def test_names_are_known_and_taken_once(own_checks):
    with pytest.raises(ValueError, match=r"^there is no exercise '77.7'; there are: 00.1"):
        check("77.7", 1)
    with pytest.raises(ValueError, match="has a check already"):
        exercise("00.1")(lambda answer: "")


def test_close_accepts_within_its_tolerance_only():
    close(1.0005, 1.0, "x", tolerance=1e-3)
    with pytest.raises(Hint, match=r"^x should be 1, and is 1.002\.$"):
        close(1.002, 1.0, "x", tolerance=1e-3)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_well_formed(name):
    entry = QUESTIONS[name]
    assert set(entry) == {"question", "options", "answer", "why"}
    assert 2 <= len(entry["options"]) <= 5 and len(set(entry["options"])) == len(entry["options"])
    assert entry["answer"] in range(len(entry["options"]))
    assert len(entry["why"]) == len(entry["options"]) and all(entry["why"])
    assert entry["question"].endswith("?") and name[2] == "."
    shown = repr(quiz(name))
    flat = " ".join(shown.split())
    assert entry["question"] in flat and all(option in flat for option in entry["options"])
    assert not any(why in flat for why in entry["why"])  # the answer is not given away


def test_the_right_answers_are_not_all_on_one_letter():
    assert len({entry["answer"] for entry in QUESTIONS.values()}) > 1


def test_a_quiz_is_answered_without_widgets(capsys):
    quiz("00.1").answer("a")
    quiz("00.1").answer("b")
    right, wrong = capsys.readouterr().out.splitlines()
    assert right.startswith("a: right. D* = p/(p+q)") and wrong.startswith("b: no. Without real")
    with pytest.raises(ValueError, match=r"^no option 'z'; choose one of a, b, c$"):
        quiz("00.1").answer("z")
    with pytest.raises(ValueError, match=r"^there is no quiz 'x'; there are: 00.1"):
        quiz("x")


def test_the_buttons_say_what_the_text_says():
    question = quiz("00.1")
    _, options, button, said = question.face.children
    assert options.value is None
    button.click()
    assert said.value == "Choose."
    options.value = "b"
    button.click()
    assert said.value == question.feedback("b")


def test_a_quiz_displays_as_fixed_text_beside_its_widgets():
    first, second = quiz("03.1")._repr_mimebundle_(), quiz("03.1")._repr_mimebundle_()
    assert first["text/plain"] == second["text/plain"] == repr(quiz("03.1"))
    assert "\na)  The trick helps" in first["text/plain"]
    assert set(first) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert max(map(len, first["text/plain"].splitlines())) <= 88


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, y: abs(x - y).mean(), "as they came"),
        (lambda x, y: abs(np.sort(x) - y).mean(), "Only one of the two"),
        (lambda x, y: abs(x - np.sort(y)).mean(), "Only one of the two"),
        (lambda x, y: x.mean() - y.mean(), "must not cancel"),
        (lambda x, y: abs(x.mean() - y.mean()), "must not cancel"),
        (lambda x, y: abs(np.sort(x) - np.sort(y)).sum(), "This is the sum"),
        (lambda x, y: ((np.sort(x) - np.sort(y)) ** 2).mean(), "the mean of squares"),
        (lambda x, y: ((np.sort(x) - np.sort(y)) ** 2).mean() ** 0.5, "This is W2"),
        (lambda x, y: abs(np.sort(x) - np.sort(y)), "should have shape ()"),
        (lambda x, y: abs(np.sort(x) - np.sort(y)).max(), "should be 1.125, and is 3"),
    ],
)
def test_the_exercise_on_w1_tells_what_is_wrong(answer, words):
    line = verdict("03.1", answer)
    assert line.startswith("03.1: not yet. ") and words in line


def test_the_exercise_on_w1_takes_what_scipy_says():
    assert verdict("03.1", wasserstein_distance).startswith("03.1: correct. ")


@pytest.mark.parametrize("module", ["course.exercises", "exercises", "plots"])
def test_neither_tensorflow_nor_widgets_are_loaded(module):
    code = (
        f"import sys, ganlab.{module}\n"
        "heavy = {'tensorflow', 'keras', 'IPython', 'ipywidgets', 'matplotlib.pyplot'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        (lambda x, y: np.sqrt(np.sum((x.mean(0) - y.mean(0)) ** 2)), "This is the distance"),
        (lambda x, y: np.mean((x.mean(0) - y.mean(0)) ** 2), "the mean over the features"),
        (lambda x, y: np.sum((x - y) ** 2), "You compare pairs"),
        (lambda x, y: np.mean((x - y) ** 2), "You compare pairs"),
    ],
)
def test_mistakes_in_feature_matching_are_told_apart(mistake, told):
    assert told in verdict("05.1", mistake)


def by_nearest(far=False, place=False, product=False):
    """A judge that is right but for what is said."""

    def answer(pictures, known, labels):
        away = ((pictures[:, None] - known) ** 2).sum(axis=-1)
        if product:
            away = -(pictures @ known.T)
        which = (away.argmax if far else away.argmin)(axis=1)
        return which if place else labels[which]

    return answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (by_nearest(place=True), "look up the labels"),
        (by_nearest(far=True), "argmin, not argmax"),
        (by_nearest(product=True), "largest product"),
        (lambda pictures, known, labels: labels, "One label a picture is wanted, (5,) for five"),
        (lambda pictures, known, labels: np.full(5, 3), "For five pictures and four glyphs"),
    ],
)
def test_the_exercise_on_the_nearest_glyph_tells_what_is_wrong(answer, words):
    line = verdict("12.1", answer)
    assert line.startswith("12.1: not yet. ") and words in line


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda digits, fonts: np.eye(60)[6 * digits + fonts], "One of sixty"),
        (lambda digits, fonts: np.eye(10)[digits], "(4, 16) for four, and this is (4, 10)"),
        (
            lambda digits, fonts: np.concatenate([np.eye(6)[fonts], np.eye(10)[digits]], axis=1),
            "The digit comes first",
        ),
        (lambda digits, fonts: np.zeros((4, 16)), "For digits 7, 0, 9, 7 in fonts 1, 5, 0, 3"),
    ],
)
def test_the_exercise_on_two_wishes_tells_what_is_wrong(answer, words):
    line = verdict("12.2", answer)
    assert line.startswith("12.2: not yet. ") and words in line


def test_the_solution_on_the_nearest_glyph_is_that_of_a_tree():
    path = ROOT / "notebooks" / "solutions" / "12_draw_larger.py"
    read, rng = runpy.run_path(str(path))["SOLUTIONS"]["12.1"], np.random.default_rng(0)
    known, pictures = rng.normal(size=(50, 7)), rng.normal(size=(20, 7))
    labels = rng.integers(10, size=50)
    assert read(pictures, known, labels).tolist() == labels[nearest(pictures, known)[1]].tolist()
