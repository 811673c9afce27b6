"""What a run leaves behind: asked by seed or by member, saved and loaded whole."""

import zipfile

import numpy as np
import pytest
from scipy.special import expit

from ganlab import checkpoint, latent, losses
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble
from ganlab.images.judge import Judge, digit_judge
from ganlab.initial import initial_weights
from ganlab.models import build
from ganlab.networks import mlp
from ganlab.runs import RECORDS, SCORES, Run

SEEDS = (7, 3, 7)
ABOUT = dict.fromkeys((*checkpoint._WANTED, "step", "failed", "used"))


class Doubled(keras.layers.Layer):
    """A layer of one's own, as a notebook defines one."""

    def __init__(self, units, **keywords):
        super().__init__(**keywords)
        self.units = units

    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1], self.units), initializer="random_normal")

    def call(self, x):
        return 2 * x @ self.factor

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Whole(keras.Model):
    """A model of one's own."""

    def __init__(self, units=3, **keywords):
        super().__init__(**keywords)
        self.units = units
        self.hidden, self.out = keras.layers.Dense(units, "tanh"), keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Shifted:
    """A latent of one's own."""

    dim = 1

    def sample(self, n, rng):
        return rng.standard_normal((n, 1), dtype=np.float32) + 5


def ensemble(model, inputs, stream=0):
    build(model, inputs, "model")
    return Ensemble(model, SEEDS, initial_weights(model, SEEDS, stream))


def a_run(generator=None, discriminator=None, latents=None, failed=(), score=tf.sigmoid):
    """A run of three members and two records, made by hand."""
    rng = np.random.default_rng(0)
    latents = latents or latent.Gaussian(2)
    records = {name: rng.normal(size=(2, 3)) for name in RECORDS}
    records |= {"steps": [0, 10], "samples": rng.normal(size=(2, 3, 5, 1))}
    for member in dict(failed):
        records["d_loss"][1, member] = np.nan
        records["samples"][1, member] = np.nan
    return Run(
        records,
        SEEDS,
        failed,
        ensemble(generator or mlp((latents.dim, 4, 1), "tanh"), latents.dim),
        ensemble(discriminator or mlp((1, 4, 1), "tanh"), 1, stream=1),
        latents,
        score,
    )


def there_and_back(run, folder, **arguments):
    run.save(folder / "run.npz")
    return Run.load(folder / "run.npz", **arguments)


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


# What can be asked --------------------------------------------------------------------------


def test_records_are_arrays_over_records_and_seeds():
    run = a_run()
    assert run.steps.tolist() == [0, 10]
    assert run.seeds.tolist() == [7, 3, 7]
    assert all(getattr(run, name).shape == (2, 3) for name in RECORDS)
    assert len({getattr(run, name).tobytes() for name in RECORDS}) == len(RECORDS)
    assert run.samples.shape == (2, 3, 5, 1)
    assert repr(run) == "Run of 3 seeds over 10 steps"
    assert "2 of them not finite" in repr(a_run(failed={0: 4, 2: 5}))


def test_generators_are_given_the_same_z_and_draw_it_from_the_latent():
    run = a_run()
    z = latent.Gaussian(2).sample(4, np.random.default_rng(9))
    wanted = np.stack([np.asarray(run.generator(member=i)(z)) for i in range(3)])
    np.testing.assert_allclose(run.generate(4, 9), wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(run.generate(4, np.random.default_rng(9)), run.generate(4, 9))
    np.testing.assert_array_equal(run.generate(4), run.generate(4, 0))
    assert not np.allclose(run.generate(4, 9), run.generate(4))
    assert run.generate(4).shape == (3, 4, 1)


def test_scores_are_probabilities_or_bare_outputs():
    x = np.linspace(-2, 2, 5, dtype="float32")
    run, bare = a_run(), a_run(score=tf.identity)
    logits = np.stack([np.asarray(run.discriminator(member=i)(x[:, None]))[:, 0] for i in range(3)])
    np.testing.assert_allclose(run.discriminate(x), expit(logits), rtol=1e-5)
    np.testing.assert_allclose(bare.discriminate(x), logits, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(run.discriminate(x[:, None]), run.discriminate(x))
    np.testing.assert_array_equal(run.discriminate(list(x)), run.discriminate(x))
    assert not np.allclose(logits[0], logits[1])


def halved(logits):
    return 0.5 * logits


def test_a_score_of_your_own_is_used_but_not_saved(tmp_path):
    bare, run = a_run(score=tf.identity), a_run(score=halved)
    np.testing.assert_allclose(run.discriminate([0.5, 1]), 0.5 * bare.discriminate([0.5, 1]))
    again = there_and_back(run, tmp_path)
    np.testing.assert_array_equal(again.discriminators([[0.5]]), run.discriminators([[0.5]]))
    with refused("saved with a score of its own: use run.discriminators"):
        again.discriminate([0.5])


def test_every_score_of_the_losses_has_a_name_to_be_saved_under():
    pairs = (value for value in vars(losses).values() if isinstance(value, losses.Losses))
    assert {pair.score for pair in pairs} == set(SCORES.values())


def test_scores_in_two_dimensions():
    run = a_run()
    run.discriminators = ensemble(mlp((2, 1)), 2)
    assert run.discriminate(np.zeros((4, 2))).shape == (3, 4)
    for wrong in (np.zeros(4), np.zeros((4, 1)), np.zeros((3, 4, 2)), 0.5):
        with refused(r"x has shape .*: wanted \(n, 2\)"):
            run.discriminate(wrong)


def test_a_seed_names_its_own_networks():
    run = a_run()
    x, z = np.ones((2, 1), "float32"), np.ones((2, 2), "float32")
    np.testing.assert_allclose(run.generator(3)(z), run.generators(z)[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        run.discriminator(3)(x), run.discriminators(x)[1], rtol=1e-5, atol=1e-6
    )
    for member in range(3):
        found = run.generator(member=member)(z)
        np.testing.assert_allclose(found, run.generators(z)[member], rtol=1e-5, atol=1e-6)
        found = run.discriminator(member=member)(x)
        np.testing.assert_allclose(found, run.discriminators(x)[member], rtol=1e-5, atol=1e-6)
    assert isinstance(run.generator(3), keras.Model)
    assert run.generator(3) is not run.generator(3)


@pytest.mark.parametrize("ask", ["generator", "discriminator"])
def test_a_seed_that_names_no_single_network_is_refused(ask):
    run = a_run()
    with refused(r"seed=5 is not in this run: it has seeds 7, 3, 7"):
        getattr(run, ask)(5)
    with refused(r"seed 7 was trained 2 times: name one by member="):
        getattr(run, ask)(7)
    with refused("is not in this run"):
        getattr(run, ask)()
    run.seeds = np.arange(32)
    with refused("it has seeds 0, 1, 2, 3, 4, 5, 6, 7, ..."):
        getattr(run, ask)(99)


@pytest.mark.parametrize("seed", [3, 5, 7])
@pytest.mark.parametrize("ask", ["generator", "discriminator"])
def test_a_seed_beside_a_member_is_refused(ask, seed):
    with refused(f"seed={seed} and member=1 are both given: wanted one"):
        getattr(a_run(), ask)(seed, member=1)


@pytest.mark.parametrize("member", [3, -1, 0.5, "0"])
def test_a_member_that_is_not_there_is_refused(member):
    with refused(f"member={member!r}: wanted 0 to 2"):
        a_run().generator(member=member)


# Saved and loaded ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "latents",
    [
        latent.Gaussian(3),
        latent.Uniform(2, -2.0, 3.0),
        latent.Stratified(-1.0, 2.0),
        latent.Stratified(-1.0, 2.0, None, aligned=True),
    ],
    ids=["gaussian", "uniform", "stratified", "aligned"],
)
def test_a_run_comes_back_whole(tmp_path, latents):
    run = a_run(latents=latents)
    again = there_and_back(run, tmp_path)
    for name in (*RECORDS, "steps", "samples", "seeds"):
        np.testing.assert_array_equal(getattr(again, name), getattr(run, name), err_msg=name)
        assert getattr(again, name).dtype == getattr(run, name).dtype
    for role in ("generators", "discriminators"):
        for one, two in zip(getattr(run, role).weights, getattr(again, role).weights, strict=True):
            np.testing.assert_array_equal(one, two)
        assert getattr(again, role).seeds == SEEDS
    assert again.latent == latents
    np.testing.assert_array_equal(again.generate(6), run.generate(6))
    np.testing.assert_array_equal(again.discriminate([0.5, 1.0]), run.discriminate([0.5, 1.0]))
    z = latents.sample(6, np.random.default_rng(0))
    np.testing.assert_allclose(again.generator(3)(z), run.generators(z)[1], rtol=1e-5, atol=1e-6)
    assert again.failed == {}
    assert repr(again) == repr(run)


def test_failed_members_and_the_kind_of_score_come_back(tmp_path):
    run = a_run(failed={2: 5, 0: 10}, score=tf.identity)
    again = there_and_back(run, tmp_path)
    assert again.failed == {2: 5, 0: 10}
    np.testing.assert_array_equal(again.d_loss, run.d_loss)
    np.testing.assert_array_equal(again.samples, run.samples)
    np.testing.assert_array_equal(again.discriminate([9.0]), run.discriminate([9.0]))
    assert again.discriminate(np.linspace(-90, 90, 5)).min() < 0  # no sigmoid does that


def test_a_saved_run_can_be_saved_again(tmp_path):
    once = there_and_back(a_run(failed={1: 3}), tmp_path)
    twice = there_and_back(once, tmp_path)
    np.testing.assert_array_equal(once.generate(3), twice.generate(3))
    assert twice.failed == {1: 3}


def test_a_file_has_the_name_it_was_given(tmp_path):
    run = a_run()
    for name in (tmp_path / "run", str(tmp_path / "run.ganlab")):
        run.save(name)
        np.testing.assert_array_equal(Run.load(name).generate(2), run.generate(2))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "run.ganlab"]


def test_there_is_no_pickle_in_the_file(tmp_path):
    a_run(failed={1: 3}).save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "fiuU" for name in file.files)
    with zipfile.ZipFile(tmp_path / "run.npz") as archive:
        # A pickle of protocol 2 and later starts with 0x80 after the header of an array.
        assert all(name.endswith(".npy") for name in archive.namelist())
        assert all(b"'|O'" not in archive.read(name)[:128] for name in archive.namelist())


def test_pickle_is_not_read_either(tmp_path):
    a_run().save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as file:
        arrays = dict(file)
    arrays["d_loss"] = np.array([{"a": 1}], dtype=object)
    np.savez(tmp_path / "bad.npz", **arrays)
    with refused("bad.npz is not a run: wanted a file that Run.save wrote"):
        Run.load(tmp_path / "bad.npz")


def test_a_file_that_is_no_run_is_refused(tmp_path):
    (tmp_path / "text").write_text("no run")
    (tmp_path / "empty").write_text("")
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    for path in tmp_path.iterdir():
        with refused(f"{path.name} is not a run"):
            Run.load(path)
    with pytest.raises(FileNotFoundError):
        Run.load(tmp_path / "nowhere.npz")


def test_a_damaged_file_is_refused_or_read_right(tmp_path):
    """Cut off anywhere, or with a byte that is another one, wherever it is."""
    run, rng = a_run(), np.random.default_rng(0)
    run.save(tmp_path / "run.npz")
    whole = (tmp_path / "run.npz").read_bytes()
    damaged = [whole[:length] for length in rng.integers(0, len(whole), 40)]
    for place in rng.integers(0, len(whole), 160):
        damaged.append(bytearray(whole))
        damaged[-1][place] ^= rng.integers(1, 256)
    read = 0
    for content in damaged:
        (tmp_path / "bad.npz").write_bytes(content)
        try:
            found = Run.load(tmp_path / "bad.npz")
        except ValueError as error:
            assert str(error).endswith("is not a run: wanted a file that Run.save wrote")
        else:  # the archive has bytes that nobody reads: dates, and who made it
            np.testing.assert_array_equal(found.generate(2), run.generate(2))
            np.testing.assert_array_equal(found.d_loss, run.d_loss)
            read += 1
    assert read < len(damaged) / 2


def test_a_damaged_name_is_refused_whichever_it_is(tmp_path):
    """An archive has sums of what it holds, and none of the names: an array is lost without."""
    run, judge = a_run(), digit_judge()
    run.kept = np.zeros((2, 3))
    files = {"run": (run.save, Run.load), "judge": (judge.save, Judge.load)}
    files["way"] = (
        lambda path: checkpoint.write(path, [1.0, 2.0], {"steps": [0], "samples": [[0.0]]}, ABOUT),
        checkpoint.read,
    )
    for kind, (save, load) in files.items():
        save(tmp_path / kind)
        load(tmp_path / kind)
        with np.load(tmp_path / kind) as file:
            held = dict(file)
        for name in held:
            bad = {("d" if n[0] == "l" else "l") + n[1:] if n == name else n: held[n] for n in held}
            np.savez(tmp_path / "bad.npz", **bad)
            with pytest.raises(ValueError, match=f"{kind if kind != 'way' else 'a training'}"):
                load(tmp_path / "bad.npz")


def test_an_interrupted_save_leaves_the_file_of_before(tmp_path, monkeypatch):
    run = a_run()
    run.save(tmp_path / "run.npz")
    before = (tmp_path / "run.npz").read_bytes()

    def half(file, **_):
        file.write(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", half)
    with pytest.raises(KeyboardInterrupt):
        run.save(tmp_path / "run.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    assert (tmp_path / "run.npz").read_bytes() == before


def test_a_latent_of_ones_own_is_handed_in_again(tmp_path):
    run = a_run(latents=Shifted())
    alone = there_and_back(run, tmp_path)
    with refused("load it with latent="):
        alone.generate(3)
    assert alone.discriminate([1.0]).shape == (3, 1)
    again = there_and_back(run, tmp_path, latent=Shifted())
    np.testing.assert_array_equal(again.generate(3), run.generate(3))


def test_a_latent_that_is_handed_in_goes_before_the_saved_one(tmp_path):
    run = a_run()
    again = there_and_back(run, tmp_path, latent=latent.Uniform(2))
    assert again.latent == latent.Uniform(2)


def test_layers_of_ones_own_are_named_when_loading(tmp_path):
    own = keras.Sequential([keras.Input((2,)), Doubled(4), keras.layers.Dense(1)])
    with keras.saving.custom_object_scope({"Doubled": Doubled}):
        run = a_run(own)
    again = there_and_back(run, tmp_path, custom_objects={"Doubled": Doubled})
    np.testing.assert_array_equal(again.generate(3), run.generate(3))
    assert isinstance(again.generators.model.layers[0], Doubled)
    with refused(
        "the generator cannot be rebuilt: wanted custom_objects to say what Doubled is", TypeError
    ):
        Run.load(tmp_path / "run.npz")


def test_a_model_of_ones_own_is_named_when_loading(tmp_path):
    run = a_run(Whole())
    again = there_and_back(run, tmp_path, custom_objects={"Whole": Whole})
    np.testing.assert_array_equal(again.generate(3), run.generate(3))
    z = np.ones((2, 2), "float32")
    np.testing.assert_allclose(again.generator(3)(z), run.generators(z)[1], rtol=1e-5, atol=1e-6)


def test_functional_models_come_back(tmp_path):
    z = keras.Input((2,))
    hidden = keras.layers.Dense(2, "tanh")(z)
    run = a_run(keras.Model(z, keras.layers.Dense(1)(keras.layers.add([z, hidden]))))
    again = there_and_back(run, tmp_path)
    np.testing.assert_array_equal(again.generate(3), run.generate(3))
