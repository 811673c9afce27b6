"""What the README promises, tried."""

import re
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence

from ganlab import data, latent
from ganlab.networks import mlp
from ganlab.training import Trainer

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_runs_and_gives_what_it_says(tmp_path, monkeypatch, capsys):
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {}
    for code in blocks:  # one after the other, as a reader does
        exec(compile(code, "README.md", "exec"), names)
    assert names["fake"].shape == (8, 500, 2)
    assert np.isfinite(names["fake"]).all()
    printed = capsys.readouterr().out
    assert "seed by seed" in printed and "at the end it is close" in printed
    assert names["ax"].lines[0].get_ydata()[-1] < 0.1 < names["ax"].lines[0].get_ydata()[0]
    assert (tmp_path / "w1.png").exists()
    assert (tmp_path / "generator.keras").exists()
    assert (tmp_path / "run.npz").exists()


def test_every_link_and_picture_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_notebook_has_its_row():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"(notebooks/{path.name})" in README, path.name


def test_the_technique_of_the_guide_to_contributing_does_what_it_says(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = next(
        block
        for block in re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
        if "def weight_decay" in block
    )
    names = {}
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)
    gan = (mlp((1, 3, 1)), mlp((1, 4, 1)), data.Gaussian(), latent.Gaussian())
    bare = Trainer(*gan, seeds=3)
    decayed = Trainer(*gan, seeds=3, added=names["weight_decay"]([0.0, 0.5, 2.0]))
    kernels = [weight.numpy() for weight in bare.weights("d") if weight.shape.rank == 3]
    squares = sum((kernel**2).sum(axis=(1, 2)) for kernel in kernels)
    added = decayed.d_step()["d_loss"] - bare.d_step()["d_loss"]
    np.testing.assert_allclose(added, [0.0, 0.5, 2.0] * squares, rtol=1e-4, atol=1e-6)


def test_the_claim_of_the_guide_to_contributing_is_a_protocol():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"( *)```python\n(.*?)```", guide, flags=re.DOTALL)
    (code,) = (textwrap.dedent(code) for _, code in blocks if "Protocol(" in code)
    imports, protocol = code.split("\n\n", 1)
    names = {}
    exec(compile(imports, "CONTRIBUTING.md", "exec"), names)
    made = eval(compile(protocol, "CONTRIBUTING.md", "eval"), names)
    assert made.id == "D7.1" and list(made.settings) == ["2017 code"]


def test_the_tour_takes_ninety_seconds_and_few_bytes():
    path = ROOT / "docs/images/tour.png"
    assert path.stat().st_size < 5 * 2**20
    seconds = 0.0
    with Image.open(path) as tour:
        for frame in ImageSequence.Iterator(tour):
            seconds += frame.info["duration"] / 1000
    assert 75 <= seconds <= 105
