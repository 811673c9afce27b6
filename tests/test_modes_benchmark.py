"""The benchmark of modes held: what it asks of samples, what it keeps, and that it goes on."""

import importlib
import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ganlab import data, losses
from ganlab.backend import keras, tf
from ganlab.optimizers import TorchAdam
from ganlab.techniques import r1

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
modes = importlib.import_module("modes")
sys.path.remove(str(ROOT / "benchmarks"))

pytestmark = pytest.mark.rest

TINY = ["--ring=3", "--radius=0.5", "--std=0.14", "--latent=2", "--hidden=4", "--batch=8"]
TINY += ["--steps=3", "--block=2"]


def report_of(path):
    return json.loads(path.read_text(encoding="utf-8"))


# What is asked of samples


def test_a_perfect_sampler_has_what_is_due():
    ring = data.ring()
    found = modes.judge(ring.sample((20, 10_000), np.random.default_rng(0)), ring)
    np.testing.assert_array_equal(found["covered"], 8)
    assert found["valid"].mean() == pytest.approx(1 - np.exp(-4.5), abs=0.001)
    # Half of what is not valid, twice: it is missing in the modes. And noise, of each share
    # sqrt(2 / pi) times its standard deviation in the mean of its absolute value.
    noise = 0.5 * 8 * np.sqrt(2 / np.pi * 0.1236 * 0.8764 / 10_000)
    assert np.exp(-4.5) < found["tv"].mean() < np.exp(-4.5) + noise
    unequal = data.unequal_ring((1, 2, 3))
    found = modes.judge(unequal.sample((9, 10_000), np.random.default_rng(1)), unequal)
    assert found["tv"].max() < 0.03


def test_quantities_by_hand():
    ring = data.ring(4, 2.0, 0.1)
    x = np.zeros((3, 1000, 2))  # at 0: valid nowhere
    x[0, :500] = ring.modes[0]
    x[0, 500:510] = ring.modes[1] + [0.0, 0.299]  # 1 % in mode 1, within 3 standard deviations
    x[0, 510:519] = ring.modes[2]  # less than 1 %
    x[0, 519:600] = ring.modes[3] + [0.0, -0.301]  # not within
    x[1] = np.repeat(ring.modes, 250, axis=0)
    x[2, 7, 1] = np.nan
    found = modes.judge(x, ring)
    np.testing.assert_array_equal(found["covered"], [2, 4, 0])
    np.testing.assert_allclose(found["valid"], [0.519, 1, 0])
    missing = abs(0.5 - 0.25) + (0.25 - 0.01) + (0.25 - 0.009) + 0.25
    np.testing.assert_allclose(found["tv"], [0.5 * (missing + 0.481), 0, 1])
    np.testing.assert_array_equal(modes.judge(x, ring, least=0.005)["covered"], [3, 4, 0])


def test_the_published_rows_belong_together():
    row = modes.PUBLISHED[10_000]
    found = (np.mean(row["each"]), np.std(row["each"], ddof=1))
    np.testing.assert_allclose(found, row["tv"], atol=0.0006)


# What is trained


def test_without_arguments_it_is_the_published_setting():
    _, settings = modes.parsed([])
    gan = modes.gan_of(settings)
    assert gan.real == data.ring(8, 2.0, 0.1) and gan.latent.dim == 16
    for model, sizes in ((gan.generator, (16, 128, 128, 2)), (gan.discriminator, (2, 128, 128, 1))):
        shapes = list(itertools.pairwise(sizes))
        assert [layer.kernel.shape for layer in model.layers] == shapes
        for layer, fan_in in zip(model.layers, sizes, strict=False):
            assert layer.kernel_initializer.maxval == layer.bias_initializer.maxval == fan_in**-0.5
        assert float(model.layers[0].activation(tf.constant(-1.0))) == pytest.approx(-0.2)
    for optimizer in (gan.d_optimizer, gan.g_optimizer):
        assert type(optimizer) is TorchAdam
        config = optimizer.get_config()
        assert config["learning_rate"] == pytest.approx(2e-4)
        assert (config["beta_1"], config["beta_2"], config["epsilon"]) == (0.5, 0.999, 1e-8)
    assert (settings["batch"], settings["steps"], settings["least"]) == (256, 10_000, 0.01)
    assert modes.published(settings) is modes.PUBLISHED[10_000]
    logits = np.random.default_rng(0).normal(size=(2, 5, 1)).astype("float32")
    both = np.concatenate([logits[0], logits[1]])[:, 0]
    labels = np.repeat([1.0, 0.0], 5)
    wanted = keras.losses.BinaryCrossentropy(from_logits=True)(labels, both)
    found = gan.losses.discriminator(tf.constant(logits[0].T), tf.constant(logits[1].T))
    assert float(found[0]) == pytest.approx(float(wanted), rel=1e-5)


def test_arguments_reach_the_gan():
    words = "--grid 3 --packs 2 --loss hinge --penalty r1 --penalty-weight 0.5 --adam keras"
    _, settings = modes.parsed(f"{words} --bias zeros --n-critic 2".split())
    gan = modes.gan_of(settings)
    assert gan.real == data.grid(3)
    assert gan.discriminator.layers[0].kernel.shape == (4, 128)
    assert gan.losses is losses.hinge and gan.n_critic == 2 and len(gan.shown) == 1
    assert gan.added[0].function is r1(1.0).function and gan.added[0].scalars == {"weight": 0.5}
    assert type(gan.d_optimizer) is keras.optimizers.Adam
    assert isinstance(gan.generator.layers[0].bias_initializer, keras.initializers.Zeros)
    assert modes.published(settings) == {}
    _, settings = modes.parsed(["--weights", "1", "2"])
    assert modes.target_of(settings) == data.unequal_ring((1, 2))


# From end to end


def test_it_measures_draws_and_goes_on(tmp_path, capsys, monkeypatch):
    out, picture = tmp_path / "in/modes.json", tmp_path / "modes.png"
    where = ["--out", str(out), "--picture", str(picture)]
    modes.main([*TINY, *where, "--seeds", "3"])
    said, report = capsys.readouterr().out, report_of(out)
    assert "3 seeds of 3 steps" in said and "TV" in said and "published" not in said
    assert [block["seeds"] for block in report["blocks"]] == [[0, 1], [2]]
    for block in report["blocks"]:
        assert {"covered", "valid", "tv", "seconds", "machine", "versions", "date"} <= set(block)
        assert "tensorflow" in block["versions"]
    assert report["settings"]["ring"] == 3 and "seeds" not in report["settings"]
    tv = [v for block in report["blocks"] for v in block["tv"]]
    assert report["summary"]["tv"]["mean"] == pytest.approx(np.mean(tv), abs=1e-4)
    assert report["summary"]["tv"]["std"] == pytest.approx(np.std(tv, ddof=1), abs=1e-4)
    assert len(set(tv)) == 3  # each seed has its own
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert list(out.parent.iterdir()) == [out]

    trained, original = [], modes.samples_of

    def watched(gan, settings, seeds, progress=None):
        trained.append(list(seeds))
        if len(trained) == 2:
            raise KeyboardInterrupt
        return original(gan, settings, seeds, progress)

    monkeypatch.setattr(modes, "samples_of", watched)
    modes.main([*TINY, *where, "--seeds", "7"])
    assert "Interrupted" in capsys.readouterr().out
    assert report_of(out)["blocks"][:2] == report["blocks"]
    modes.main([*TINY, *where, "--seeds", "7"])
    assert trained == [[3, 4], [5, 6], [5, 6]]
    assert [b["seeds"] for b in report_of(out)["blocks"]] == [[0, 1], [2], [3, 4], [5, 6]]
    modes.main([*TINY, *where, "--draw"])
    assert "7 seeds" in capsys.readouterr().out and len(trained) == 3
    with pytest.raises(SystemExit, match=r"holds ring=3, not 4: wanted another --out\Z"):
        modes.main([*TINY, *where, "--ring", "4"])


def test_a_plan_measures_little_and_keeps_nothing(tmp_path, capsys):
    out = tmp_path / "modes.json"
    modes.main([*TINY, "--seeds", "5", "--plan", "--out", str(out)])
    said = capsys.readouterr().out
    assert said.startswith("5 seeds of 3 steps in 3 blocks: about 0 minutes")
    assert not out.exists()


def test_seeds_that_fail_are_the_worst(tmp_path):
    arguments = [*TINY, "--rate", "1e30", "--adam", "keras", "--steps", "50"]
    _, settings = modes.parsed(arguments)
    gan = modes.gan_of(settings)
    found = modes.judge(modes.samples_of(gan, settings, [0, 1]), gan.real)
    assert found["covered"].tolist() == [0, 0] and found["tv"].tolist() == [1, 1]


def test_the_picture_has_the_published_five_as_dots(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(modes.figures, "render", lambda fig: drawn.append(fig) or b"")
    _, settings = modes.parsed([])
    block = {"seeds": [3, 1, 2], "covered": [8, 7, 7], "valid": [0.9] * 3, "tv": [0.1, 0.2, 0.6]}
    report = {"settings": settings, "blocks": [block]}
    modes.draw(report, tmp_path / "a.png")
    left, right = drawn[0].axes
    dots = [line for line in left.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(dots[0].get_xdata(), [0.176, 0.262, 0.335, 0.193, 0.164])
    assert sum(bar.get_height() for bar in left.patches) == 3
    assert [bar.get_height() for bar in right.patches] == [0] * 7 + [2, 1]
    lines = list(modes.told(report))
    assert lines[1] == "modes covered, of 8  7.33 ± 0.58    published, 5 seeds: 7.60 ± 0.89"
    np.testing.assert_array_equal(modes.together(report)["tv"], [0.2, 0.6, 0.1])


def test_it_runs_as_a_module_and_refuses_in_one_line(tmp_path):
    command = [sys.executable, "-m", "benchmarks.modes", "--draw", "--out", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].endswith("wanted a run without --draw first")


def test_modes_that_overlap_are_refused_before_anything_is_trained(tmp_path, monkeypatch):
    monkeypatch.setattr(modes, "samples_of", None)  # what trains
    wanted = "0.866 standard deviations apart: wanted at least 6"
    with pytest.raises(SystemExit, match=wanted):
        modes.main([*TINY, "--std=1", f"--out={tmp_path / 'modes.json'}"])
