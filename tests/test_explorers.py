import base64
import itertools
import re

import ipywidgets
import numpy as np
import pytest

from ganlab import data, latent, program, training
from ganlab.course.explorer import Explorer
from ganlab.course.explorers import (
    DIRAC,
    METHODS,
    _gaussian_trainer,
    _watched,
    density_explorer,
    dirac_explorer,
    draw_densities,
    draw_dirac,
    draw_gaussian_runs,
    draw_technique_runs,
    gaussian_explorer,
    technique_explorer,
)
from ganlab.figures import render
from ganlab.losses import feature_matching, smoothed
from ganlab.plots import figure
from ganlab.techniques import instance_noise


def make(draw=None, seen=None):
    def record(d_rate, size):
        if seen is not None:
            seen.append((d_rate, size))
        fig, ax = figure(width=2, height=2)
        ax.plot([0, d_rate], [0, size])
        return fig, f"rate {d_rate} < size {size}"

    knobs = {
        "d_rate": ipywidgets.FloatSlider(0.1, min=0, max=1, continuous_update=False),
        "size": ipywidgets.Dropdown(options=[4, 8], value=4),
    }
    return Explorer(draw or record, knobs, alt="a line")


def test_turning_a_knob_redraws_and_says_so():
    app = make()
    before = bytes(app.picture.value)
    assert before.startswith(b"\x89PNG") and app.verdict.value == "rate 0.1 &lt; size 4"
    app.knobs["size"].value = 8
    assert app.verdict.value == "rate 0.1 &lt; size 8" and app.picture.value != before


def test_several_knobs_are_set_with_one_drawing():
    seen = []
    app = make(seen=seen)
    app.set(d_rate=0.5, size=8)
    assert seen == [(0.1, 4), (0.5, 8)]
    with pytest.raises(ValueError, match=r"^there is no knob 'rate'; there are: d_rate, size$"):
        app.set(rate=1)


def test_it_says_that_it_is_working():
    said = []

    def draw(d_rate, size):
        said.append(app.verdict.value if app else None)
        return figure(width=1, height=1)[0], "done"

    app = None
    app = make(draw)
    app.knobs["size"].value = 8
    assert said == [None, "working..."] and app.verdict.value == "done"


def test_a_burst_of_changes_ends_at_the_last_values():
    seen = []

    def draw(d_rate, size):
        seen.append((d_rate, size))
        if d_rate == 0.2:  # the reader goes on turning while this computes
            for rate in (0.3, 0.4, 0.5):
                app.knobs["d_rate"].value = rate
            app.knobs["size"].value = 8
        return figure(width=1, height=1)[0], f"{d_rate} {size}"

    app = make(draw)
    app.knobs["d_rate"].value = 0.2
    assert seen == [(0.1, 4), (0.2, 4), (0.5, 8)] and app.verdict.value == "0.5 8"


def test_an_error_is_named_raised_and_over_with_the_next_change():
    def draw(d_rate, size):
        if size == 8:
            raise ValueError("8 is\ntoo much")
        return figure(width=1, height=1)[0], "fine"

    app = make(draw)
    with pytest.raises(ValueError, match="too much"):
        app.knobs["size"].value = 8
    assert app.verdict.value == "ValueError: 8 is too much"
    app.knobs["size"].value = 4
    assert app.verdict.value == "fine"


def test_it_is_a_widget_a_picture_and_a_fixed_text_at_once():
    app = make()
    app.knobs["size"].value = 8
    data, metadata = app._repr_mimebundle_()
    assert data["text/plain"] == "Explorer with knobs d_rate, size. Picture: a line"
    assert base64.b64decode(data["image/png"]) == app.picture.value
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata == {"image/png": {"alt": "a line"}}
    assert app.children[-1].value == "<small>a line</small>"
    assert app.picture.tooltip is None  # a tooltip stops JupyterLab from showing an Image


def test_wrong_arguments_get_one_line():
    def draw():
        raise AssertionError("is not reached")

    with pytest.raises(ValueError, match=r"^alt is ''; describe the picture in one line"):
        Explorer(draw, {}, alt="")
    with pytest.raises(TypeError, match=r"^knob 'rate' is a float; give a control$"):
        Explorer(draw, {"rate": 0.1}, alt="a line")


# The explorers of notebook 01


def numbers(sentence):
    return [float(number) for number in re.findall(r"-?\d+\.\d+", sentence)]


@pytest.mark.parametrize(
    ("fake", "kl", "js", "value"),  # N(4, 0.5) against N(mean, std), known to six digits
    [
        ((4.0, 0.25), 0.806853, 0.092733, -1.200828),
        ((5.0, 0.5), 2.0, 0.336831, -0.712633),
        ((0.0, 1.0), 8.318147, 0.681872, -0.022551),
    ],
)
def test_the_densities_come_with_their_divergences(fake, kl, js, value):
    fig, sentence = draw_densities(fake_mean=fake[0], fake_std=fake[1])
    shown = numbers(sentence)
    assert shown[:4] == pytest.approx([value, js, 0.693, kl], abs=5.1e-4)
    assert fig.axes[0].get_title("left") == f"V(D*) = {value:.3f},  JS = {js:.3f}"


def test_the_best_discriminator_is_drawn_also_where_densities_underflow():
    fig, sentence = draw_densities(real_mean=0.0, real_std=0.1, fake_mean=8.0, fake_std=0.1)
    exact = next(line for line in fig.axes[1].lines if line.get_label().startswith("D*"))
    x, d = exact.get_data()
    np.testing.assert_allclose(d[x < 3.96], 1)
    np.testing.assert_allclose(d[x > 4.04], 0, atol=1e-9)
    assert "errs on 0%" in sentence and "V(D*) = 0.000" in sentence


def test_the_equilibrium_is_a_coin_flip_worth_minus_log_4():
    _, sentence = draw_densities(fake_mean=4.0)
    assert sentence.startswith("The best D errs on 50% of samples: V(D*) = -1.386. JS = 0.000")


@pytest.mark.parametrize(
    ("game", "method", "damping", "factor"),
    [
        ("minimax", "simultaneous", 0.3, np.sqrt(1 + 0.2**2 / 4)),
        ("minimax", "alternating", 0.3, 1),
        ("non-saturating", "simultaneous", 0.3, np.sqrt(1 + 0.2**2 / 4)),
        ("Wasserstein", "simultaneous", 0.3, np.sqrt(1 + 0.2**2)),
        ("minimax + R1", "simultaneous", 1.0, 1 - 0.2 * 0.5),
        # -s^2/4 +- sqrt(s^4/16 - 1/4) with s = 1
        (
            "minimax + instance noise",
            "simultaneous",
            1.0,
            abs(1 + 0.2 * (-0.25 + 0.1875**0.5 * 1j)),
        ),
    ],
)
def test_the_dirac_gan_comes_with_its_factor_per_round(game, method, damping, factor):
    _, sentence = draw_dirac(game=game, method=method, step=0.2, damping=damping)
    assert 1 + numbers(sentence)[-1] / 100 == pytest.approx(factor, abs=5.1e-5)
    assert "nothing settles" not in sentence


def test_the_dirac_gan_is_played_as_it_says():
    # Mescheder's GAN from (1, 1) for 500 simultaneous rounds of 0.2: the non-saturating one.
    fig, sentence = draw_dirac(game="non-saturating", rounds=500)
    assert "to 0.640 in 500 rounds" in sentence
    field, distance = fig.axes
    assert distance.lines[0].get_ydata()[[0, -1]] == pytest.approx([2**0.5, 0.64021], abs=1e-5)
    assert labels(field) == ["500 rounds"]


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("pair", list(itertools.product(DIRAC, METHODS)), ids="-".join)
def test_no_corner_of_the_dirac_knobs_overflows(pair):
    for step, damping in itertools.product((0.05, 0.5), (0.0, 2.0)):
        _, sentence = draw_dirac(game=pair[0], method=pair[1], step=step, damping=damping)
        assert np.isfinite(numbers(sentence)).all() and "nan" not in sentence
        penalised = pair[0] == "Wasserstein + gradient penalty" and damping > 0
        assert ("asks for a slope of 1" in sentence) == penalised


def test_a_path_that_runs_away_is_told_when_it_is_gone():
    # Wasserstein, both at once: the distance is multiplied by sqrt(1 + h^2) each round.
    _, sentence = draw_dirac(game="Wasserstein", method="simultaneous", step=0.5)
    gone = int(np.ceil(np.log(10 / 2**0.5) / np.log(1.25**0.5)))
    assert f"beyond 10 in {gone} rounds" in sentence


@pytest.mark.parametrize("wrong", [{"game": "chess"}, {"method": "simultaneously"}])
def test_a_game_that_is_not_on_offer_is_named(wrong):
    with pytest.raises(ValueError, match=r"wanted one of (minimax|simultaneous), "):
        draw_dirac(**wrong)


@pytest.mark.parametrize(
    ("explorer", "knob", "to"),
    [
        (density_explorer, "fake_mean", 6.0),
        (density_explorer, "real_std", 1.0),
        (dirac_explorer, "game", "Wasserstein"),
        (dirac_explorer, "method", "alternating"),
        (dirac_explorer, "step", 0.4),
    ],
)
def test_an_explorer_answers_each_knob(explorer, knob, to):
    app = explorer()
    before, said = bytes(app.picture.value), app.verdict.value
    app.knobs[knob].value = to
    assert app.picture.value != before and app.verdict.value != said
    assert explorer(**{knob: to}).verdict.value == app.verdict.value


def test_damping_acts_where_there_is_any():
    app = dirac_explorer(game="minimax + consensus")
    said = app.verdict.value
    app.knobs["damping"].value = 1.0
    assert app.verdict.value != said
    app.set(game="minimax", damping=0.3)
    said = app.verdict.value
    app.knobs["damping"].value = 1.0
    assert app.verdict.value == said


def test_an_unknown_knob_is_named():
    with pytest.raises(ValueError, match=r"^there is no knob 'mean'; there are: real_mean, "):
        density_explorer(mean=3)


# The explorers that train

TARGET, LATENT = data.Gaussian(4.0, 0.5), latent.Gaussian()
NOTHING = {"layer": "none", "batch_size": 16, "noise": 0.0, "matching": 0.0, "real_label": 1.0}
GAUSSIAN = {"d_rate": 2e-3, "g_rate": 2e-3, "d_hidden": "8-8-8", "g_hidden": "4", "batch_size": 16}


@pytest.fixture
def uncompiled(monkeypatch):
    """Compiling would add nothing but seconds."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    monkeypatch.setattr(program, "_kept", {})  # so that none is dropped meanwhile


@pytest.fixture
def trained(monkeypatch):
    """What Trainers were made with, [(networks, arguments, trainer)]. They are ready at once, with
    four generators at the bell: two as wide as the data, one half and one a quarter as wide."""
    calls = []

    class Generators:
        seeds, failed = (0, 1, 2, 3), {}

        def __call__(self, z):
            return np.stack([4 + 0.5 * width * z for width in (0.25, 1, 0.5, 1)])

    class Trainer:
        compiled, generators = True, Generators()

        def __init__(self, generator, discriminator, real, latent, **arguments):
            self.step, self.stops = 0, []
            given = {"real": real, "latent": latent, **arguments}
            calls.append(((generator, discriminator), given, self))

        def advance(self, steps):
            self.step += steps
            self.stops.append(self.step)

    monkeypatch.setattr(training, "Trainer", Trainer)
    return calls


def traces():
    """How often any program has been traced so far."""
    programs = [p for game in program._kept.values() for p in game.programs.values()]
    return sum(p._run.experimental_get_tracing_count() for p in programs)


@pytest.mark.rest
@pytest.mark.usefixtures("uncompiled")
def test_only_another_layer_or_batch_builds_another_program():
    app = technique_explorer(TARGET, LATENT, seeds=2, steps=300)
    before = traces()
    assert before > 0
    seen = [app.picture.value]
    for knob, value in (("noise", 0.5), ("matching", 1.0), ("real_label", 0.8)):
        app.knobs[knob].value = value
        seen.append(app.picture.value)
        assert traces() == before
    for knob, value in (("layer", "1 neighbour"), ("batch_size", 4)):
        app.knobs[knob].value = value
        seen.append(app.picture.value)
        assert traces() > before
        before = traces()
    assert len(set(seen)) == 6  # every knob acts


@pytest.mark.usefixtures("uncompiled")
def test_techniques_turned_down_are_the_plain_gan():
    few = {"seeds": 2, "steps": 60}
    (plain, _), (fig, _) = (
        draw_gaussian_runs(TARGET, LATENT, **GAUSSIAN, **few),
        draw_technique_runs(TARGET, LATENT, **NOTHING, **few),
    )
    for ours, theirs in zip(fig.axes, plain.axes, strict=True):
        assert ours.get_xlim() == theirs.get_xlim()
        for line, other in zip(ours.lines, theirs.lines, strict=True):
            np.testing.assert_allclose(line.get_xydata(), other.get_xydata(), rtol=1e-3, atol=1e-3)


def test_the_techniques_begin_turned_down(trained):
    app = technique_explorer(TARGET, LATENT)
    assert {name: knob.value for name, knob in app.knobs.items()} == NOTHING
    ((_, arguments, trainer),) = trained
    assert (arguments["seeds"], trainer.stops) == (32, [400, 2000])
    alt = "Left: the densities of 32 trained generators over the target. Right: the W1 of each."
    assert alt in repr(app)


@pytest.mark.parametrize("std", [0.5, 2.0])
def test_the_knobs_reach_the_training(trained, std):
    target = data.Gaussian(4.0, std)
    start = {"layer": "3 neighbours", "batch_size": 8, "noise": 0.25, "matching": 1.5}
    technique_explorer(target, LATENT, **start, real_label=0.9, seeds=range(2, 6), steps=21)
    (((generator, discriminator), arguments, trainer),) = trained  # once, with all knobs set
    shown = arguments.pop("shown")
    assert shown[:2] == instance_noise(1.0)[:2] and not shown.together
    assert shown.scalars == pytest.approx({"std": 0.25 * std, "until": 10}, rel=0.01)
    for player in "dg":
        adam = arguments.pop(f"{player}_optimizer")
        assert (type(adam).__name__, adam.beta_1) == ("Adam", 0.5)
        assert float(adam.learning_rate) == pytest.approx(2e-3)
    assert arguments == {
        "real": target,
        "latent": LATENT,
        "seeds": range(2, 6),
        "batch_size": 8,
        "losses": feature_matching("hidden_3", weight=1.5, usual=1.0, base=smoothed(0.9)),
    }
    assert trainer.stops == [4, 21]
    sizes = [[layer.units for layer in m.layers if hasattr(layer, "units")] for m in trained[0][0]]
    assert sizes == [[4, 1], [8, 8, 1]]
    assert generator.layers[0].activation.__name__ == "softplus"
    assert discriminator.layers[0].activation.__name__ == "tanh"


@pytest.mark.parametrize(
    ("layer", "neighbours"), [("1 neighbour", 1), ("3 neighbours", 3), ("all the batch", None)]
)
def test_the_layer_takes_the_place_of_the_last_hidden_one(trained, layer, neighbours):
    draw_technique_runs(TARGET, LATENT, **{**NOTHING, "layer": layer})
    found = trained[0][0][1].get_layer("hidden_3")
    assert (found.kernels, found.kernel_dim, found.neighbours) == (5, 3, neighbours)


def test_without_the_layer_the_last_hidden_one_is_dense(trained):
    draw_technique_runs(TARGET, LATENT, **NOTHING)
    assert [layer.units for layer in trained[0][0][1].layers] == [8, 8, 8, 1]


CLOSE = "50% of 4 runs end within a quarter of the data's width."


def test_a_sentence_says_how_many_are_close_and_how_wide_they_are(trained):
    fig, sentence = draw_technique_runs(TARGET, LATENT, **NOTHING)
    assert sentence == f"{CLOSE} Their median width is 0.75 of the data's."
    assert draw_gaussian_runs(TARGET, LATENT, **GAUSSIAN)[1] == CLOSE
    # Half as wide: W1 is half of E|x - mean|. A quarter: three quarters of it.
    dots = next(line for line in fig.axes[1].lines if line.get_marker() == "o").get_xdata()
    apart = 0.5 * np.sqrt(2 / np.pi)
    np.testing.assert_allclose(dots[2:], [apart / 2, 3 * apart / 4], rtol=0.01)
    top = fig.axes[0].lines[2].get_ydata().max()  # of seed 1, after the target's and that of 0
    assert top == pytest.approx(TARGET.density(4.0), rel=0.01)


def test_something_is_shown_before_the_end(uncompiled):
    """Untrained generators while a program is compiled, and those after a fifth of the steps."""
    settings = {**GAUSSIAN, "seeds": 3, "steps": 50}

    def watched():
        return (yield (yield from _watched(_gaussian_trainer, TARGET, LATENT, **settings)))

    seen = list(watched())
    assert [sentence.split(". ")[0] for _, sentence in seen[:2]] == [
        "Not trained yet, for the program has to be compiled, a few seconds",
        "Step 10 of 50",
    ]
    assert seen[2][1].startswith(("0% of 3 runs", "33% of 3 runs"))
    pictures = [render(figure) for figure, _ in seen]
    assert len(set(pictures)) == 3
    assert pictures[2] == render(draw_gaussian_runs(TARGET, LATENT, **settings)[0])
    assert len(list(watched())) == 2  # compiled


def test_on_the_way_axes_stand_where_they_stood(monkeypatch):
    """Pictures before the last are laid out as the one before them, the last one by itself."""
    shown = []
    monkeypatch.setattr("ganlab.course.explorer.render", lambda f: shown.append(f) or render(f))

    def draw(d_rate, size):
        for lines in (size, size + 2):  # a label of more lines takes more room
            fig, ax = figure()
            ax.set_ylabel("a\n" * lines)
            if lines > size:
                return fig, "at the end"
            yield fig, "on the way"

    app = make(draw)
    app.knobs["size"].value = 8
    left = [fig.axes[0].get_position().x0 for fig in shown]
    assert left[0] < left[1] == left[2] < left[3]


def test_a_stopped_training_is_drawn_as_far_as_it_came(trained, monkeypatch):
    def advance(self, steps):
        if self.step:
            raise KeyboardInterrupt
        self.step += steps

    monkeypatch.setattr(training.Trainer, "advance", advance)
    app = gaussian_explorer(TARGET, LATENT)
    assert app.verdict.value == f"Stopped at step 400 of 2000. {CLOSE}"


def test_a_sentence_says_how_many_failed(trained, monkeypatch):
    monkeypatch.setattr(training.Trainer.generators, "failed", {2: 5}, raising=False)
    sentence = draw_gaussian_runs(TARGET, LATENT, **GAUSSIAN)[1]
    assert sentence == f"{CLOSE} 1 stopped being finite on the way."


def test_a_seed_that_failed_is_not_close_and_is_drawn_as_a_cross(trained, monkeypatch):
    monkeypatch.setattr(training.Trainer.generators, "failed", {1: 5}, raising=False)
    fig, sentence = draw_technique_runs(TARGET, LATENT, **NOTHING)
    assert sentence == (
        "25% of 4 runs end within a quarter of the data's width. Their median width is 0.50 of "
        "the data's. 1 stopped being finite on the way."
    )
    marks = {line.get_marker(): len(line.get_xdata()) for line in fig.axes[1].lines}
    assert (marks["o"], marks["x"]) == (3, 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"layer": "2 neighbours"}, "layer='2 neighbours': wanted one of none, 1 neighbour, 3 nei"),
        ({"noise": -0.1}, "noise is -0.1; wanted a finite number, at least 0"),
        ({"noise": "much"}, "noise is 'much'; wanted a finite number"),
        ({"matching": -1}, "matching is -1; wanted a finite number, at least 0"),
        ({"matching": np.nan}, "matching is nan; wanted a finite number, at least 0"),
        ({"real_label": 0}, "real_label is 0.0: wanted above 0 and at most 1"),
        ({"real_label": 1.1}, "real_label is 1.1: wanted above 0 and at most 1"),
        ({"real_label": "real"}, "real_label is 'real'; wanted a finite number"),
        ({"batch_size": 0}, "batch_size=0: wanted a whole number, at least 1"),
        ({"steps": 1}, "steps=1: wanted a whole number, at least 2"),
        ({"seeds": 0}, "seeds=0: wanted a whole number, at least 1"),
    ],
)
def test_a_wrong_setting_gets_one_line(wrong, told):
    with pytest.raises(ValueError, match=f"^{re.escape(told)}") as caught:
        draw_technique_runs(TARGET, LATENT, **{**NOTHING, **wrong})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("explorer", [gaussian_explorer, technique_explorer])
def test_explorers_that_train_refuse_what_they_cannot_draw(explorer, trained):
    for pair in ((np.zeros((5, 1)), LATENT), (TARGET, latent.Gaussian(2)), (TARGET, None)):
        with pytest.raises(TypeError, match=r"^target and latent: wanted one-dimensional ones"):
            explorer(*pair)
    with pytest.raises(ValueError, match=r"^there is no knob 'dropout'; there are: \w+, \w+, "):
        explorer(TARGET, LATENT, dropout=0.5)
    assert trained == []
