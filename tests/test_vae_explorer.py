import numpy as np
import pytest

from ganlab import data, vae
from ganlab.backend import keras
from ganlab.course import vae_explorer as room
from ganlab.course.vae_explorer import BETAS, STDS, draw_vae_runs, vae_explorer
from ganlab.neighbours import precision, recall
from ganlab.networks import mlp

RING = data.ring(8)


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def dots(fig):
    """The values of each row, in order of size."""
    rows = [line.get_xdata() for line in fig.axes[1].lines if line.get_marker() == "o"]
    return [np.asarray(row) for row in rows]


@pytest.mark.parametrize(("std", "beta"), [(0.1, 1.0), (0.5, 10.0)])
def test_it_draws_what_train_vae_makes_of_the_same_settings(std, beta):
    run = vae.train_vae(
        mlp((2, 32, 32, 4), "leaky_relu"),
        mlp((2, 32, 32, 2), "leaky_relu"),
        RING,
        latent_dim=2,
        likelihood=vae.gaussian(std**2),
        beta=beta,
        steps=6,
        seeds=3,
        optimizer=keras.optimizers.Adam(6e-3, beta_1=0.5),
        records=1,
    )
    fig, sentence = draw_vae_runs(RING, std=std, beta=beta, seeds=3, steps=6)
    real = RING.sample(500, np.random.default_rng(0))
    made = run.generate(500), run.generate(500, noise=False)
    wanted = [np.sort(metric(x, real)) for metric in (precision, recall) for x in made]
    for drawn, values in zip(dots(fig), wanted, strict=True):
        assert drawn == pytest.approx(values, abs=0.005)
    assert f"Of the samples {np.median(wanted[0]):.0%} lie" in sentence


def test_the_knobs_reach_the_training(monkeypatch):
    seen = []

    class Trainer(vae.VaeTrainer):
        def __init__(self, *networks, **given):
            seen.append(given)
            super().__init__(*networks, **given)

    monkeypatch.setattr(vae, "VaeTrainer", Trainer)
    app = vae_explorer(RING, seeds=2, steps=2, std=0.3)
    app.knobs["beta"].value = 10.0
    found = [(each["likelihood"].scalars["variance"], each["beta"]) for each in seen]
    assert found == [(pytest.approx(0.09), 1.0), (pytest.approx(0.09), 10.0)]
    assert app.knobs["std"].options == STDS and app.knobs["beta"].options == BETAS
    assert "of 2 VAEs over real points" in repr(app)


def test_something_is_shown_before_the_end():
    watched = room._watched(RING, 2, 10, std=0.1, beta=1.0)
    (first,) = list(watched)
    assert first[1].startswith("Step 2 of 10. Of the samples")


def test_a_stopped_training_is_drawn_as_far_as_it_came(monkeypatch):
    def advance(self, steps, original=vae.VaeTrainer.advance):
        if self.step:
            raise KeyboardInterrupt
        original(self, steps)

    monkeypatch.setattr(vae.VaeTrainer, "advance", advance)
    app = vae_explorer(RING, seeds=2, steps=10)
    assert app.verdict.value.startswith("Stopped at step 2 of 10. Of the samples")


def test_a_seed_that_failed_is_a_cross(monkeypatch):
    def run(self, original=vae.VaeTrainer.run):
        found = original(self)
        found.failed = {1: 1}
        return found

    monkeypatch.setattr(vae.VaeTrainer, "run", run)
    fig, _ = draw_vae_runs(RING, std=0.1, beta=1.0, seeds=3, steps=2)
    assert [len(row) for row in dots(fig)] == [2, 2, 2, 2]
    assert [text.get_text() for text in fig.axes[1].texts] == ["1 failed"] * 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"std": 0}, "std is 0: wanted above 0"),
        ({"beta": -1}, "beta is -1: wanted at least 0"),
        ({"steps": 1}, "steps=1: wanted a whole number, at least 2"),
        ({"seeds": 0}, "seeds=0: wanted a whole number, at least 1"),
    ],
)
def test_a_wrong_setting_gets_one_line(wrong, told):
    with pytest.raises(ValueError, match=f"^{told}") as error:
        draw_vae_runs(RING, **{"std": 0.1, "beta": 1.0, **wrong})
    assert "\n" not in str(error.value)


def test_what_cannot_be_drawn_and_knobs_that_are_not_there_are_refused():
    for target in (data.Gaussian(), np.zeros((5, 2))):
        with pytest.raises(TypeError, match=r"^target: wanted one of ganlab.data in the plane"):
            vae_explorer(target)
    with pytest.raises(ValueError, match=r"^there is no knob 'rate'; there are: std, beta$"):
        vae_explorer(RING, rate=1.0)


def test_a_value_that_a_knob_does_not_offer_is_refused_in_one_line():
    with pytest.raises(ValueError, match=r"^knob std got 0\.4: wanted one of 0\.02, 0\.05, "):
        vae_explorer(RING, std=0.4)
    with pytest.raises(ValueError, match=r"^knob beta got 'much': wanted one of 0\.0, "):
        vae_explorer(RING, beta="much")
