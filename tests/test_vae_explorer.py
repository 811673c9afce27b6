import re

import numpy as np
import pytest

from ganlab import data, latent, training, vae
from ganlab.backend import keras
from ganlab.course.vae_explorer import BETAS, SIZES, STDS, TARGETS, draw_vae_runs, vae_explorer
from ganlab.endings import final_samples
from ganlab.neighbours import precision, recall
from ganlab.networks import mlp

KNOBS = {"target": "ring of 8", "size": 8, "std": 0.1, "beta": 1.0}


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


@pytest.fixture
def trained(monkeypatch):
    """What `train` and `train_vae` are called with; they take two steps of two seeds."""
    seen = []

    def watch(module, name, original):
        def called(*networks, **given):
            seen.append((networks, given))
            return original(*networks, **{**given, "steps": 2, "seeds": 2})

        monkeypatch.setattr(module, name, called)

    watch(training, "train", training.train)
    watch(vae, "train_vae", vae.train_vae)
    return seen


def dots(fig):
    """The values of each row, in order of size."""
    rows = [line.get_xdata() for line in fig.axes[2].lines if line.get_marker() == "o"]
    return [np.asarray(row) for row in rows]


def adam():
    return keras.optimizers.Adam(3e-3, beta_1=0.5)


@pytest.mark.parametrize(
    ("target", "std", "beta"), [("ring of 8", 0.1, 1.0), ("circle", 0.5, 10.0)]
)
def test_it_draws_what_training_makes_of_the_same_settings(target, std, beta):
    real = TARGETS[target]
    sizes = {"steps": 6, "seeds": 3, "batch_size": 32, "records": 1}
    vaes = vae.train_vae(
        mlp((2, 16, 16, 4), "leaky_relu"),
        mlp((2, 16, 16, 2), "leaky_relu"),
        real,
        latent_dim=2,
        likelihood=vae.gaussian(std**2),
        beta=beta,
        optimizer=adam(),
        **sizes,
    )
    gans = training.train(
        mlp((2, 16, 16, 2), "leaky_relu"),
        mlp((2, 16, 16, 1), "leaky_relu"),
        real,
        latent.Gaussian(2),
        d_optimizer=adam(),
        g_optimizer=adam(),
        **sizes,
    )
    fig, sentence = draw_vae_runs(target=target, size=16, std=std, beta=beta, seeds=3, steps=6)
    points = real.sample(500, np.random.default_rng(0))
    made = [final_samples(gans, 500), vaes.generate(500), vaes.generate(500, noise=False)]
    wanted = [metric(x, points) for metric in (precision, recall) for x in made]
    for drawn, values in zip(dots(fig), wanted, strict=True):
        assert drawn == pytest.approx(np.sort(values), abs=0.005)
    assert f"Precision: GAN {np.median(wanted[0]):.0%}, VAE {np.median(wanted[1]):.0%}," in sentence
    assert sentence.endswith(f"VAE's means {np.median(wanted[5]):.0%}.")
    gan, auto = fig.axes[:2]
    assert [ax.get_title() for ax in (gan, auto)] == ["GAN, seed 0", "VAE, seed 0"]
    assert np.allclose(gan.lines[1].get_xydata(), made[0][0], atol=1e-5)
    assert np.allclose(auto.lines[1].get_xydata(), made[1][0], atol=1e-5)
    assert np.allclose(auto.lines[2].get_xydata(), made[2][0], atol=1e-5)


def test_the_knobs_reach_both_trainings(trained):
    app = vae_explorer(seeds=[3, 4], steps=20, std=0.3, target="grid of 9")
    app.knobs["beta"].value = 10.0
    app.set(size=16, target="circle")
    assert len(trained) == 6  # both at the start, and at each turn
    gans, vaes = trained[::2], trained[1::2]
    for (networks, given), (others, vae_given) in zip(gans, vaes, strict=True):
        assert networks[2] is others[2]
        for each in (given, vae_given):
            assert (each["seeds"], each["steps"]) == ((3, 4), 20)
    assert [networks[2] for networks, _ in gans] == [
        TARGETS[name] for name in ("grid of 9", "grid of 9", "circle")
    ]
    units = [{model.layers[0].units for model in networks[:2]} for networks, _ in trained]
    assert units == [{32}] * 4 + [{16}] * 2
    found = [(given["likelihood"].scalars["variance"], given["beta"]) for _, given in vaes]
    assert found == [(pytest.approx(0.09), beta) for beta in (1.0, 10.0, 10.0)]
    assert app.knobs["std"].options == STDS and app.knobs["beta"].options == BETAS
    assert app.knobs["size"].options == SIZES
    assert "of 2 GANs, and of as many VAEs" in repr(app)


def test_every_target_has_the_noise_that_the_decoder_is_told_at_first(trained):
    app = vae_explorer(steps=20)
    assert {target.std for target in TARGETS.values()} == {app.knobs["std"].value} == {0.1}
    assert [len(networks) for networks, _ in trained] == [4, 3]


def test_a_stopped_training_is_drawn_as_far_as_it_came(monkeypatch):
    def advance(self, steps, original=vae.VaeTrainer.advance):
        if self.step >= 5:
            raise KeyboardInterrupt
        return original(self, steps)

    monkeypatch.setattr(vae.VaeTrainer, "advance", advance)
    app = vae_explorer(seeds=2, steps=10, size=8)
    assert app.verdict.value.startswith("Medians. Precision: GAN ")


def test_a_seed_that_failed_is_a_cross(monkeypatch):
    def failing(module, name, original):
        def called(*networks, **given):
            found = original(*networks, **given)
            found.failed = {1: 1}
            return found

        monkeypatch.setattr(module, name, called)

    failing(training, "train", training.train)
    failing(vae, "train_vae", vae.train_vae)
    fig, _ = draw_vae_runs(**KNOBS, seeds=3, steps=2)
    assert [len(row) for row in dots(fig)] == [2] * 6
    assert [text.get_text() for text in fig.axes[2].texts] == ["1 failed"] * 6


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"std": 0}, "std is 0: wanted above 0"),
        ({"beta": -1}, "beta is -1: wanted at least 0"),
        ({"steps": 1}, "steps=1: wanted a whole number, at least 2"),
        ({"seeds": 0}, "seeds=0: wanted a whole number, at least 1"),
        ({"size": 0}, "size=0: wanted a whole number, at least 1"),
        ({"target": "moons"}, "target='moons': wanted one of two points, four points, ring of 8,"),
        ({"target": data.ring()}, "target=Mixture"),
    ],
)
def test_a_wrong_setting_gets_one_line(wrong, told):
    with pytest.raises((ValueError, TypeError), match=f"^{re.escape(told)}") as error:
        draw_vae_runs(**{**KNOBS, **wrong})
    assert "\n" not in str(error.value)


def test_a_knob_that_is_not_there_is_refused(trained):
    with pytest.raises(
        ValueError, match=r"^there is no knob 'rate'; there are: target, size, std, beta$"
    ):
        vae_explorer(rate=1.0)
    assert trained == []


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ({"std": 0.4}, r"^knob std got 0\.4: wanted one of 0\.02, 0\.05, "),
        ({"beta": "much"}, r"^knob beta got 'much': wanted one of 0\.0, "),
        ({"size": 33}, r"^knob size got 33: wanted one of 8, 16, 32, 64$"),
    ],
)
def test_a_value_that_a_knob_does_not_offer_is_refused_in_one_line(start, told, trained):
    with pytest.raises(ValueError, match=told):
        vae_explorer(**start)
    assert trained == []
