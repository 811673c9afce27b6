"""What claims about StyleGANs train, and what they ask of it."""

from types import SimpleNamespace

import numpy as np
import pytest

from evidence import outcomes_of_styles as outcomes
from evidence.trainings import styles as trainings
from ganlab import images

pytestmark = pytest.mark.rest


def rng(seed=0):
    return np.random.default_rng(seed)


def discs(n, seed=0):
    real = images.shapes(4 * n, rng(seed), trainings.SIDE)
    return real[real.labels == trainings.DISC][:n]


def told(**given):
    failed = np.full((1, 50, 64), np.nan)
    return SimpleNamespace(**{k: np.concatenate([x[None], failed]) for k, x in given.items()})


def test_a_factor_that_is_in_the_code_is_read_and_another_is_not():
    made = discs(400)
    code = np.stack([made.factors["x"], made.factors["y"], rng(1).normal(size=400)], axis=1)
    given = SimpleNamespace(
        codes={"w": np.stack([code] * 2)},
        seen=np.stack([made.array, np.full_like(made.array, np.nan)]),
    )
    place, size = (
        outcomes.readable(given, code="w", factor=factor) for factor in ("place", "size")
    )
    assert place[0] > 0.99 and abs(size[0]) < 0.1 and np.isnan([place[1], size[1]]).all()


def test_whom_a_mixed_picture_follows():
    """Its place is that of the one parent, its size that of the other."""
    one, other = discs(50, 1), discs(50, 2)
    given = told(mixed=one.array, coarse=one.array, fine=other.array)
    for factor in ("place", "size"):
        coarse, fine = (
            outcomes.follows(given, parent=parent, factor=factor) for parent in ("coarse", "fine")
        )
        assert coarse[0] == 1 and fine[0] == 0 and np.isnan([coarse[1], fine[1]]).all()


def test_paths_in_w_are_told_beside_those_in_z():
    paths = {"w": [100.0, 0.0, np.nan], "z": [1.0, 1.0, 1.0]}
    paths |= {"untrained w": [1.0, 2.0, 3.0], "untrained z": [2.0, 2.0, 2.0]}
    given = SimpleNamespace(paths={name: np.array(found) for name, found in paths.items()})
    np.testing.assert_allclose(outcomes.w_beside_z(given, trained=True), [2.0, -6.0, np.nan])
    np.testing.assert_allclose(
        outcomes.w_beside_z(given, trained=False), np.log10([0.5, 1.0, 1.5]), atol=1e-12
    )


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(trainings, "STEPS", 2)
    monkeypatch.setattr(trainings, "MANY", 80)
    monkeypatch.setattr(trainings, "PAIRS", 5)
    monkeypatch.setenv("GANLAB_COMPILE", "0")


@pytest.mark.usefixtures("short")
def test_what_is_told_fits_together(monkeypatch):
    seen = []
    train = trainings.train
    monkeypatch.setattr(trainings, "train", lambda *a, **k: seen.append(a[2]) or train(*a, **k))
    found = trainings.train_styles((3, 5))
    assert set(seen[0].labels) == {trainings.DISC}
    assert {name: code.shape for name, code in found.codes.items()} == dict.fromkeys(
        ("z", "w", "untrained"), (2, 80, 16)
    )
    np.testing.assert_allclose(np.linalg.norm(found.codes["z"], axis=-1), 1, rtol=1e-6)
    # Two steps at 1e-3 hardly move the mapping from where it started; another seed's is elsewhere.
    w, first = found.codes["w"], found.codes["untrained"]
    assert np.abs(w - first).mean() < 0.1 * np.abs(w - first[::-1]).mean()
    assert found.seen.shape == (2, 80, 64) and found.mixed.shape == (2, 5, 64)
    assert set(found.paths) == {"z", "w", "untrained z", "untrained w"}
    assert all(np.isfinite(length).all() for length in found.paths.values())
    # A chord is shorter than its arc, and two steps teach nothing.
    for trained in (True, False):
        assert (outcomes.w_beside_z(found, trained=trained) < 0).all()
    assert (found.paths["w"] != found.paths["untrained w"]).all()
