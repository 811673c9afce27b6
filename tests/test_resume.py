"""A training that was saved on its way and gone on from: the bits of one that was left alone."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ganlab import data, latent, losses, techniques
from ganlab.backend import keras
from ganlab.networks import mlp
from ganlab.optimizers import TorchAdam
from ganlab.runs import RECORDS, Records
from ganlab.training import Scaled, Trainer, train
from ganlab.vae import gaussian, train_vae
from tests.going_on import BELL, FIRST, KINDS, REST, begun, left_by

pytestmark = pytest.mark.rest

SMALL = {"seeds": 2, "batch_size": 8}


def gan(checkpoint=None, **changes):
    given = {"steps": 12, "records": 4, **SMALL, **changes}
    if not isinstance(given["records"], Records):
        given["records"] = Records(given["records"])
    given["records"] = given["records"]._replace(checkpoint=checkpoint)
    return train(mlp((1, 4, 1)), mlp((1, 4, 1)), BELL, latent.Gaussian(), **given)


def same(one, other):
    assert one.steps.tolist() == other.steps.tolist()
    for name in (*RECORDS, "samples"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for role in ("generators", "discriminators"):
        for a, b in zip(getattr(one, role).weights, getattr(other, role).weights, strict=True):
            np.testing.assert_array_equal(a, b)


QUICK = ["plain", "r1", "averaged", "pretrained", "fading noise"]


def gone_on(names, folder):
    """{kind: what was left by a training that was never stopped}; in the folder another process
    goes on from what these were half way."""
    alone = {}
    for name in names:
        trainer = begun(name)
        trainer.save(folder / f"{name}.npz")
        alone[name] = left_by(trainer, REST)
    command = [sys.executable, "-m", "tests.going_on", str(folder)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return alone


@pytest.mark.parametrize(
    "names", [QUICK, pytest.param([*KINDS.keys() - set(QUICK)], marks=pytest.mark.slow)]
)
def test_another_process_goes_on_bit_for_bit(tmp_path, names):
    for name, alone in gone_on(names, tmp_path).items():
        with np.load(tmp_path / f"{name}.after.npz") as found:
            assert set(found.files) == set(alone)
            for part, value in alone.items():
                np.testing.assert_array_equal(found[part], value, err_msg=f"{name}: {part}")
        assert alone["step"] == FIRST + REST
        assert alone["record steps"].tolist() == [0, FIRST, FIRST + REST]


def equal(one, other):
    assert set(one) == set(other)
    for part, value in other.items():
        np.testing.assert_array_equal(one[part], value, err_msg=part)


def test_to_save_moves_nothing(tmp_path):
    one, other = begun("critic"), begun("critic")
    for path in ("a", "b"):
        one.save(tmp_path / path)
    equal(left_by(one, REST), left_by(other, REST))


@pytest.mark.parametrize("go_on", ["advance", "advance_block"])
def test_steps_may_be_counted_by_numpy(tmp_path, go_on):
    trainer = begun("plain")
    step = trainer.step
    getattr(trainer, go_on)(np.int64(2))
    trainer.save(tmp_path / "on.npz")
    trainer.resume(tmp_path / "on.npz")
    assert trainer.step == step + 2


def test_failed_members_stay_failed(tmp_path):
    def broken():
        rates = Scaled(keras.optimizers.SGD(1.0), [1e-3, 1e30])
        networks = mlp((1, 4, 1)), mlp((1, 4, 1)), BELL, latent.Gaussian()
        return Trainer(*networks, d_optimizer=rates, **SMALL)

    one, other = broken(), broken()
    one.advance(9)
    assert list(one.failed) == [1]
    one.save(tmp_path / "half.npz")
    other.resume(tmp_path / "half.npz")
    assert other.failed == one.failed
    equal(left_by(other, 5), left_by(one, 5))


# The checkpoint of `train` ------------------------------------------------------------------


@pytest.mark.parametrize("stopped", [3, 6, 9])
def test_a_training_goes_on_from_its_checkpoint(tmp_path, stopped):
    alone = gan(records=[3, 6, 9])
    path = tmp_path / "half.npz"
    half = gan(steps=stopped, records=[s for s in (3, 6) if s <= stopped], checkpoint=path)
    assert half.steps[-1] == stopped
    same(gan(records=[3, 6, 9], checkpoint=path), alone)
    same(gan(records=[3, 6, 9], checkpoint=path), alone)  # at its end it is there at once


def test_what_is_kept_of_samples_goes_on(tmp_path):
    records = Records([3, 6, 9], 20, lambda samples: samples.mean(axis=1))
    path = tmp_path / "half.npz"
    gan(steps=6, records=records._replace(at=[3]), checkpoint=path)
    one, other = gan(records=records, checkpoint=path), gan(records=records)
    same(one, other)
    np.testing.assert_array_equal(one.kept, other.kept)


def test_an_autoencoder_goes_on_from_its_checkpoint(tmp_path):
    def vae(steps, checkpoint=None):
        networks = mlp((1, 4, 2)), mlp((1, 4, 1)), BELL
        given = {"latent_dim": 1, "likelihood": gaussian(0.1), **SMALL}
        records = Records([4], checkpoint=checkpoint)
        return train_vae(*networks, steps=steps, records=records, **given)

    vae(4, checkpoint=tmp_path / "half.npz")
    one, other = vae(9, checkpoint=tmp_path / "half.npz"), vae(9)
    np.testing.assert_array_equal(one.elbo, other.elbo)
    for a, b in zip(one.decoders.weights, other.decoders.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_fewer_steps_than_were_taken_are_refused(tmp_path):
    gan(checkpoint=tmp_path / "half.npz")
    with pytest.raises(ValueError, match=r"\Acheckpoint .* is at step 12: wanted at least as many"):
        gan(steps=5, records=1, checkpoint=tmp_path / "half.npz")


# Another training ---------------------------------------------------------------------------


def trainer(real=BELL, generator=(1, 4, 1), seeds=(0, 1), **fields):
    networks = mlp(generator), mlp((1, 4, 1)), real, latent.Gaussian()
    return Trainer(*networks, seeds=seeds, batch_size=8, **fields)


@pytest.mark.parametrize(
    "other, told",
    [
        (lambda: trainer(seeds=(0, 2)), "wanted the same seeds"),
        (lambda: trainer(generator=(1, 5, 1)), "wanted equal networks and optimizers"),
        (lambda: trainer(d_optimizer=keras.optimizers.SGD(1e-3)), "wanted equal networks and opt"),
        (lambda: trainer(d_optimizer=keras.optimizers.Adam(2e-3, 0.5)), "wanted the same learning"),
        (lambda: trainer(data.Gaussian(4.0, 0.6)), "wanted the same data"),
        (lambda: trainer(losses=losses.least_squares), "wanted the same"),
        (lambda: trainer(added=techniques.r1(1.0)), "wanted the same"),
        (lambda: trainer(records=Records(samples=7)), "wanted the same Records.samples"),
        (lambda: KINDS["vae"](), "wanted a file of this kind"),
    ],
)
def test_another_training_is_refused_and_left_as_it_was(tmp_path, other, told):
    one = trainer()
    one.advance(5)
    one.save(tmp_path / "half.npz")
    stranger, fresh = other(), other()
    with pytest.raises(ValueError, match=rf"\A[^\n]*half.npz holds another training: {told}"):
        stranger.resume(tmp_path / "half.npz")
    equal(left_by(stranger, 3), left_by(fresh, 3))


ROWS = np.random.default_rng(0).normal(size=(500, 1))
MOVED = np.where(np.arange(500)[:, None] == 1, ROWS + 1e-3, ROWS)  # one, not in the next batch
ADAM = keras.optimizers.Adam
NEAR = {  # pairs that the next step alone does not tell apart
    "a bound": [{"replaced": techniques.weight_clipping(bound)} for bound in (0.05, 0.2)],
    "a decay": [{"replaced": techniques.averaged_generator(decay)} for decay in (0.9, 0.5)],
    "beta_1": [{"d_optimizer": ADAM(1e-3, beta_1=beta)} for beta in (0.5, 0.9)],
    "a beta_1 of NumPy's": [{"d_optimizer": ADAM(1e-3, np.float32(b))} for b in (0.5, 0.75)],
    "another Adam": [{"d_optimizer": kind(1e-3, beta_1=0.5)} for kind in (ADAM, TorchAdam)],
    "a weight": [{"added": techniques.r1(weight)} for weight in (0.1, 0.1001)],
    "a fading": [{"shown": techniques.instance_noise(0.1, until=u)} for u in (30, 35)],
    "a row": [{"real": rows} for rows in (ROWS, MOVED)],
}


@pytest.mark.parametrize("pair", NEAR.values(), ids=list(NEAR))
def test_another_training_that_would_take_the_same_next_step_is_refused(tmp_path, pair):
    one, other, same = trainer(**pair[0]), trainer(**pair[1]), trainer(**pair[0])
    one.advance(5)
    one.save(tmp_path / "half.npz")
    with pytest.raises(ValueError, match=r"\A[^\n]*half.npz holds another training: wanted"):
        other.resume(tmp_path / "half.npz")
    same.resume(tmp_path / "half.npz")
    assert same.step == 5


def test_a_batch_size_may_be_counted_by_numpy(tmp_path):
    networks = mlp((1, 4, 1)), mlp((1, 4, 1)), BELL, latent.Gaussian()
    one, other = (Trainer(*networks, seeds=2, batch_size=size) for size in (8, np.int64(8)))
    one.save(tmp_path / "half.npz")
    other.resume(tmp_path / "half.npz")


def test_another_beta_of_an_autoencoder_is_refused(tmp_path):
    def vae(beta, steps):
        networks = mlp((1, 4, 2)), mlp((1, 4, 1)), BELL
        records = Records([2], checkpoint=tmp_path / "half.npz")
        given = {"latent_dim": 1, "likelihood": gaussian(0.1), "beta": beta, **SMALL}
        return train_vae(*networks, steps=steps, records=records, **given)

    vae(1.0, 2)
    with pytest.raises(ValueError, match="wanted the same"):
        vae(8.0, 4)
    vae(1.0, 4)


def test_a_file_that_does_not_say_how_many_samples_is_gone_on_from(tmp_path):
    """As they were before: `about` is what json makes of a mapping."""

    def saved(one, name):
        one.save(tmp_path / name)
        with np.load(tmp_path / name) as found:
            arrays = dict(found)
        about = json.loads(str(arrays.pop("about")))
        for since in ("samples", "made_of", "numbers", "data"):  # of later versions
            del about[since]
        np.savez(tmp_path / name, about=json.dumps(about), **arrays)
        return tmp_path / name

    one, other = trainer(), trainer()
    one.advance(5)
    path = saved(one, "half.npz")
    other.resume(path)
    equal(left_by(other, 3), left_by(one, 3))
    one.record()
    path = saved(one, "recorded.npz")  # its records tell
    with pytest.raises(ValueError, match=r"\A[^\n]*recorded.npz holds another .* Records.samples"):
        trainer(records=Records(samples=7)).resume(path)
    trainer().resume(path)


def test_a_file_that_is_none_is_refused_in_one_line(tmp_path):
    one = trainer()
    one.save(tmp_path / "half.npz")
    whole = (tmp_path / "half.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.npz").write_text("no training")
    gan(steps=2, records=1).save(tmp_path / "run.npz")
    np.savez(tmp_path / "pickled.npz", about=np.array([{}], object), allow_pickle=True)
    for name in ("cut", "text", "run", "pickled"):
        with pytest.raises(ValueError, match=rf"\A[^\n]*{name}.npz is not a training on its way"):
            one.resume(tmp_path / f"{name}.npz")
    with pytest.raises(FileNotFoundError):
        one.resume(tmp_path / "nowhere.npz")
