"""What is asked of GANs and VAEs side by side, and of kernel densities: by hand, in closed form."""

import numpy as np
import pytest

from evidence import outcomes_of_samples as outcomes
from evidence.trainings import harmed, parzen, side_by_side
from evidence.trainings.harmed import FAULTS, Harmed, harm_beside_others, harm_digits
from evidence.trainings.parzen import Judged, judge_samples
from evidence.trainings.side_by_side import BELL, MOONS, RING, Generated, train_gans, train_vaes
from ganlab import images, recipes, vae
from ganlab.images.scores import sharpness
from ganlab.vae.training import VaeTrainer

RNG = np.random.default_rng(5)
REAL = RNG.normal(size=(3, 400, 2))
FAR = REAL + 50.0
NONE = np.full_like(REAL, np.nan)


def made(samples, **more):
    fields = {"means": samples, "late": np.stack([samples] * 2), "real": REAL, **more}
    return Generated(samples=samples, **fields)


def test_perfect_samples_cover_and_are_precise_and_far_ones_are_neither():
    mixed = np.stack([REAL[0], FAR[1], NONE[2]])  # a seed each
    assert outcomes.covered(made(mixed)) == pytest.approx([1, 0, np.nan], nan_ok=True)
    assert outcomes.precise(made(mixed)) == pytest.approx([1, 0, np.nan], nan_ok=True)


def test_means_are_judged_for_themselves():
    found = outcomes.precise_means(made(FAR, means=REAL))
    assert found == pytest.approx(np.ones(3)) and (outcomes.precise(made(FAR)) == 0).all()


def test_half_of_the_samples_far_away_is_half_the_precision_and_covers_most():
    half = np.where(np.arange(400)[:, None] < 200, REAL, FAR)
    assert outcomes.precise(made(half)) == pytest.approx(np.full(3, 0.5))
    assert (outcomes.covered(made(half)) > 0.8).all()


def test_a_shift_by_d_is_2_d_over_pi_apart():
    found = outcomes.apart(made(REAL + np.array([0.6, 0.8])))
    assert found == pytest.approx(np.full(3, 2 / np.pi), abs=1e-3)


def test_what_moves_by_d_is_restless_by_as_much():
    ahead = REAL + np.array([3.0, 0.0])
    late = np.stack([REAL, ahead, ahead + np.array([2.0, 0.0])])  # apart by 0, 3 and 5, times 2/pi
    assert outcomes.restless(made(REAL, late=late)) == pytest.approx(np.full(3, 10 / np.pi), 1e-3)
    assert outcomes.restless(made(REAL)) == pytest.approx(np.zeros(3))


def test_more_than_a_nat_either_way_is_off():
    judged = Judged(np.array([-5.0, -3.99, -2.0, -2.9]), np.array([-3.0, -3.0, -3.5, -3.0]))
    assert outcomes.off_by_a_nat(judged).tolist() == [1, 0, 1, 0]
    assert outcomes.likelihood_by_kernels(judged).tolist() == [-5.0, -3.99, -2.0, -2.9]


@pytest.mark.parametrize("dim", [1, 8])
def test_of_one_point_the_kernel_density_is_a_bell(dim):
    """Its log-likelihood is that of N(0, h^2 I), for the best of the bandwidths."""
    judged = judge_samples((3, 4), dim=dim, width=0.0)
    squares = -2 * judged.true - dim * np.log(2 * np.pi)  # mean of |x|^2 over the test points
    by_bandwidth = [
        -0.5 * squares / h**2 - dim * (np.log(h) + 0.5 * np.log(2 * np.pi))
        for h in parzen.best_bandwidth.__defaults__[0]
    ]
    for value, each in zip(judged.by_kernels, np.transpose(by_bandwidth), strict=True):
        assert np.abs(each - value).min() < 1e-9


def test_samplers_of_all_widths_are_judged_by_the_same_points_each_seed_by_its_own():
    found = [judge_samples((3, 4), dim=2, width=width).true for width in (1.0, 0.5)]
    assert (found[0] == found[1]).all() and found[0][0] != found[0][1]


def test_digits_are_harmed_in_one_way_and_no_other():
    digits = images.digits("test")
    pictures, labels = digits.array[:300].astype(float), digits.labels[:300]
    made = {name: harm(pictures, labels, np.random.default_rng(0)) for name, harm in FAULTS.items()}
    assert all(each.shape == pictures.shape for each in made.values())
    assert np.std((made["noise"] - pictures)[np.abs(pictures) < 0.5]) == pytest.approx(0.1, rel=0.1)
    assert made["blur"].mean() == pytest.approx(pictures.mean(), abs=0.02)
    assert sharpness(made["blur"], (8, 8)) < 0.5 * sharpness(pictures, (8, 8))
    known = {picture.tobytes(): label for picture, label in zip(pictures, labels, strict=True)}
    left = [known[picture.tobytes()] for picture in made["dropped"]]
    assert len(set(left)) == 9
    copied, times = np.unique(made["copies"], axis=0, return_counts=True)
    assert (times == 15).all()
    assert np.bincount([known[picture.tobytes()] for picture in copied]).tolist() == [2] * 10


def test_scores_of_harmed_digits_are_those_of_the_judge_on_the_same_draws():
    found = [harm_digits((3, 4), fault=fault) for fault in ("blur", "copies")]
    assert (found[0].inception == found[1].inception).all()
    assert (found[0].frechet == found[1].frechet).all() and np.ptp(found[0].frechet) > 0
    assert 0.5 < found[0].frechet.mean() < 6  # of real digits beside others, at 300
    assert outcomes.noticed_by_frechet(found[0]).tolist() == [1, 1]


def test_what_is_not_harmed_is_beyond_luck_in_one_draw_of_ten(monkeypatch):
    monkeypatch.setitem(FAULTS, "none", lambda pictures, labels, rng: pictures)
    monkeypatch.setattr(harmed, "OTHERS", 20)
    beside = harm_beside_others(range(10), fault="none")
    assert beside.frechet.shape == beside.inception.shape == (10, 20)
    for outcome in (outcomes.beyond_luck_by_frechet, outcomes.beyond_luck_by_inception):
        assert outcome(beside).sum() <= 4  # of 10; by luck 1
    blurred = harm_beside_others((3, 4), fault="blur")
    assert outcomes.beyond_luck_by_frechet(blurred).tolist() == [1, 1]
    assert outcomes.beyond_luck_by_inception(blurred).tolist() == [1, 1]


def test_what_scores_notice():
    some, more = np.array([9.0, 9.0, 9.0]), np.array([8.9, 9.0, 9.1])
    scores = Harmed(some, more, some, more)
    assert outcomes.noticed_by_inception(scores).tolist() == [1, 0, 0]
    assert outcomes.noticed_by_frechet(scores).tolist() == [0, 0, 1]


@pytest.fixture
def begun(monkeypatch):
    """The settings of VAEs, which take no step."""
    seen = []

    def train_vae(encoder, decoder, real, *, steps, records, **settings):
        seen.append({"steps": steps, "networks": (encoder, decoder), "real": real, **settings})
        return original(encoder, decoder, real, steps=0, records=records, **settings)

    original = vae.train_vae
    monkeypatch.setattr(vae, "train_vae", train_vae)
    monkeypatch.setattr(side_by_side, "MANY", 300)
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    return seen


def hidden(model):
    return [layer.units for layer in model.layers[:-1] if hasattr(layer, "units")]


@pytest.mark.parametrize("target", [RING, MOONS, BELL])
def test_the_vae_has_the_size_and_the_budget_of_the_gan(begun, target):
    aim = side_by_side.TARGETS[target]
    recipe = recipes.ours_after_03() if aim.dim == 1 else recipes.ours_in_the_plane(aim)
    train_vaes((3, 5), target=target)
    (given,) = begun
    encoder, decoder = given["networks"]
    assert hidden(encoder) == hidden(recipe.gan.discriminator)
    assert hidden(decoder) == hidden(recipe.gan.generator)
    for ours, theirs in ((encoder, recipe.gan.discriminator), (decoder, recipe.gan.generator)):
        assert (
            ours.layers[0].get_config()["activation"]
            == (theirs.layers[0].get_config()["activation"])
        )
    assert given["latent_dim"] == recipe.gan.latent.dim and given["real"] == recipe.gan.real
    assert (given["steps"], given["batch_size"]) == (recipe.steps, recipe.batch_size)
    for name in ("learning_rate", "beta_1", "beta_2"):
        wanted = recipe.gan.g_optimizer.get_config()[name]
        assert given["optimizer"].get_config()[name] == pytest.approx(wanted)


def test_what_is_generated_is_of_each_seed_its_own(begun):
    found = train_vaes((3, 5), target=RING)
    again = train_vaes((5,), target=RING)
    assert found.samples.shape == found.means.shape == found.real.shape == (2, 300, 2)
    assert found.late.shape[1:] == (2, 500, 2)
    for name in ("samples", "means", "real"):
        both, alone = getattr(found, name), getattr(again, name)
        assert both[1] == pytest.approx(alone[0], abs=1e-5)
        assert np.abs(both[0] - both[1]).max() > 0.1
    # The decoder's noise is that of the target.
    assert np.std(found.samples - found.means) == pytest.approx(0.1, rel=0.05)


def test_a_gan_has_no_noise_of_its_own(monkeypatch):
    monkeypatch.setattr(side_by_side, "MANY", 300)
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    train = recipes.Recipe.train
    monkeypatch.setattr(
        recipes.Recipe, "train", lambda self, **given: train(self, steps=0, **given)
    )
    found = train_gans((3, 5), target=RING)
    assert (found.samples == found.means).all() and found.samples.shape == (2, 300, 2)


def test_a_seed_that_failed_is_nothing(begun, monkeypatch):
    run = VaeTrainer.run

    def failing(self):
        found = run(self)
        found.failed = {1: 7}
        return found

    monkeypatch.setattr(VaeTrainer, "run", failing)
    found = train_vaes((3, 5), target=RING)
    assert np.isnan(found.samples[1]).all() and np.isfinite(found.samples[0]).all()
    assert np.isnan(outcomes.precise(found)).tolist() == [False, True]
