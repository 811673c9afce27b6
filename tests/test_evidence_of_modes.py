"""Outcomes of runs with several modes, on samples and losses made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from evidence import outcomes_of_modes as outcomes
from evidence.league.contestants import REFERENCE
from evidence.trainings import plane
from evidence.trainings.equal_cost import play_for
from ganlab import recipes
from ganlab.league import SAMPLES, TARGETS, Played
from ganlab.training import Records, Trainer

pytestmark = pytest.mark.rest

RECORDS, N = 20, 2000
FOUR = plane.FOUR.modes
NOISE = np.random.default_rng(0).standard_normal((N, 2))
ANGLES = 2 * np.pi * (np.arange(N) + 0.5) / N


def on(*which, width=1.0):
    """N samples spread evenly over these of the four points, (N, 2)."""
    return FOUR[np.resize(which, N)] + width * plane.STD * NOISE


def run(*seeds, **losses):
    """Each seed is (N, 2), the same at all records, or (RECORDS, N, 2)."""
    samples = [np.broadcast_to(seed, (RECORDS, N, 2)) for seed in seeds]
    return SimpleNamespace(samples=np.stack(samples, axis=1), **losses)


def moving(places):
    """At each record all samples on one point, (RECORDS, N, 2)."""
    return np.stack([on(place, width=0.2) for place in places])


FAILED = np.where(np.arange(RECORDS)[:, None, None] < 10, 1.0, np.nan) * on(0)
#            all four,     narrow,                     three,       two,      one,   none
KINDS = run(
    on(0, 1, 2, 3), on(0, 1, 2, 3, width=0.5), on(0, 1, 2), on(0, 2), on(3), 9 + on(0), FAILED
)


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (outcomes.holds_all, [1, 1, 0, 0, 0, 0]),
        (outcomes.holds_all_at_last, [1, 1, 0, 0, 0, 0]),
        (outcomes.holds_several, [1, 1, 1, 1, 0, 0]),
        (outcomes.collapsed, [0, 0, 0, 0, 1, 0]),
        (outcomes.not_steady, [0, 0, 0, 0, 0, 0]),
        (outcomes.chases, [0, 0, 0, 0, 0, 0]),
    ],
)
def test_words_of_made_up_runs(outcome, wanted):
    np.testing.assert_array_equal(outcome(KINDS), [*wanted, np.nan])


def test_how_many_modes_are_held_of_what_the_league_trains():
    played = Played(np.arange(RECORDS), KINDS.samples, plane.FOUR)
    found = outcomes.modes_held(played)
    assert found == pytest.approx([4, 4, 3, 2, 1, 0, np.nan], nan_ok=True)


def test_an_entry_takes_the_steps_that_are_asked_for_as_in_the_league():
    """What is recorded on the way is, bit for bit, what the league's longer training records."""
    entry, target = REFERENCE, TARGETS["three bumps"]
    recipe = entry.recipe(target)
    short = play_for((3, 4), entry=entry, target=target, steps=200)
    long = recipe.train(seeds=(3, 4), steps=300, records=Records(3, samples=SAMPLES))
    assert short.steps.tolist() == [0, 100, 200]
    assert (short.samples == long.samples[:3]).all()


def test_the_distance_of_modes_that_are_missing():
    """Of four, all on j of them: 1 - j / 4, and the few that are not good are taken from excess."""
    off = 1 - np.mean(np.linalg.norm(NOISE, axis=-1) <= 3)  # of perfect modes, 1.1 % in the mean
    wanted = [off, 0, 0.25, 0.5, 0.75, 1]
    np.testing.assert_allclose(outcomes.distance_of_modes(KINDS)[:6], wanted, atol=1e-3)
    assert np.isnan(outcomes.distance_of_modes(KINDS)[6])


def test_who_chases():
    """By the second half of 20 records: ten of them, nine steps from one to the next."""
    half = np.zeros(10, int)
    seeds = {
        "round and round": np.arange(20) % 4,
        "three places": np.arange(20) % 3,
        "to and fro": np.arange(20) % 2,
        "three, seldom": np.array([*half, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2]),
        "at first only": np.array([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, *half]),
        "once": np.array([*half, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]),
    }
    found = outcomes.chases(run(*map(moving, seeds.values())))
    np.testing.assert_array_equal(found, [1, 1, 0, 1, 0, 0])


def test_a_run_that_moves_on_at_its_last_record_is_not_steady():
    last = np.arange(RECORDS)[:, None, None] == RECORDS - 1
    seen = run(np.where(last, on(0, 1, 2, 3), on(0)), on(0))
    np.testing.assert_array_equal(outcomes.not_steady(seen), [1, 0])


def test_a_run_that_hops_holds_all_on_average_and_not_at_its_last_record():
    """Of 40 records the last four, a tenth, are on each of the four points in turn."""
    hopping = np.concatenate([moving(np.arange(20) % 4)] * 2)
    seen = SimpleNamespace(samples=hopping[:, None])
    assert outcomes.holds_all(seen) == 1 and outcomes.holds_all_at_last(seen) == 0


def two(left, off=0.0):
    """A share `left` on (-1, 0), the rest on (1, 0); a share `off` of all is far away."""
    x = np.where(np.arange(N) < left * N, -1.0, 1.0)
    far = np.arange(N) % 100 < 100 * off
    return np.stack([x, np.where(far, 5.0, 0.0)], axis=-1)


def test_two_points_half_each():
    seen = run(two(0.5), two(0.41), two(0.39), two(0.5, off=0.09), two(0.5, off=0.11), FAILED)
    there, evenly = outcomes.on_the_points(seen), outcomes.evenly_on_the_points(seen)
    np.testing.assert_array_equal(there, [1, 1, 1, 1, 0, np.nan])
    np.testing.assert_array_equal(evenly, [1, 1, 0, 1, 0, np.nan])


def circle(angles=ANGLES, radius=1.0):
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def test_the_circle_all_around():
    half = ANGLES / 2
    some = np.where(np.arange(N) % 100 < 11, 0.8, 1.0)[:, None]
    seen = run(circle(), circle(radius=1.09), circle(radius=0.89), circle(half), some * circle())
    np.testing.assert_array_equal(outcomes.on_the_circle(seen), [1, 1, 0, 1, 0])
    np.testing.assert_array_equal(outcomes.evenly_on_the_circle(seen), [1, 1, 0, 0, 0])
    assert np.isnan(outcomes.on_the_circle(run(FAILED))).all()
    assert np.isnan(outcomes.evenly_on_the_circle(run(FAILED))).all()


def test_evenness_is_total_variation_over_eight_sectors():
    """A share t of all samples taken out of one sector and put into another: t apart."""
    angles = ANGLES.copy()
    moved = {0.09: 1, 0.11: 0}
    for share, wanted in moved.items():
        angles[:] = ANGLES
        angles[: int(share * N)] += np.pi  # the first sector holds 0.125 of all
        np.testing.assert_array_equal(outcomes.evenly_on_the_circle(run(circle(angles))), [wanted])


def test_sectors_end_where_the_circle_does():
    """An angle that is hardly below 0 belongs to the last sector, or is as good as 0."""
    angles = np.concatenate([ANGLES[:-1], [-1e-20]])
    np.testing.assert_array_equal(outcomes.evenly_on_the_circle(run(circle(angles))), [1])


def test_out_of_a_collapse():
    before = run(on(0), on(0), on(0), on(0, 1))
    after = run(on(0, 1, 2, 3), on(0, 1), on(2), on(0, 1, 2, 3))
    np.testing.assert_array_equal(outcomes.got_out((before, after)), [1, 1, 0, 0])
    np.testing.assert_array_equal(outcomes.got_all_back((before, after)), [1, 0, 0, 0])
    np.testing.assert_array_equal(outcomes.stayed_in((before, after)), [0, 0, 1, 0])


def test_losses():
    nan = np.nan
    d_loss = np.tile([1.39, 1.39, 1.39, 1.20, nan], (RECORDS, 1))
    d_loss[10, 0], d_loss[-2:, 1], d_loss[-2:, 2] = 1.90, 0.09, 1.50
    seen = run(on(0), on(0), on(0), on(0), FAILED, d_loss=d_loss, g_loss=d_loss)
    np.testing.assert_array_equal(outcomes.d_loss_rose(seen), [1, 0, 0, 0, nan])
    np.testing.assert_array_equal(outcomes.d_loss_rises(seen), [0, 0, 1, 0, nan])
    np.testing.assert_array_equal(outcomes.g_loss_rises(seen), [0, 0, 1, 0, nan])
    np.testing.assert_array_equal(outcomes.d_loss_near_zero(seen), [0, 1, 0, 0, nan])
    np.testing.assert_array_equal(outcomes.d_loss_at_equilibrium(seen), [1, 0, 0, 0, nan])


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    monkeypatch.setattr(plane, "RECORDS", 5)
    monkeypatch.setattr(plane, "STEPS", 5)


@pytest.mark.usefixtures("short")
def test_a_generator_begins_on_one_point_with_the_spread_that_was_asked_for():
    for spread in (0.1, 1e-4):
        begun = plane.train_from_one_point((3, 5), spread=spread)
        first = begun.samples[0].astype(float)
        np.testing.assert_allclose(first.mean(axis=1), [FOUR[0]] * 2, atol=0.2 * spread)
        width = np.sqrt(first.var(axis=1).mean(axis=-1))
        np.testing.assert_allclose(width, spread, rtol=0.1)


@pytest.mark.usefixtures("short")
def test_what_goes_on_begins_where_it_stopped(monkeypatch):
    train = recipes.Recipe.train
    monkeypatch.setattr(recipes.Recipe, "train", lambda *a, **k: train(*a, **{**k, "steps": 5}))
    runs = [plane.train_on((3, 5), healthy=True, fresh=fresh) for fresh in (False, True)]
    (before, after), (_, anew) = runs
    for run in (after, anew):
        np.testing.assert_allclose(run.samples[0], before.samples[-1], rtol=1e-5, atol=1e-6)
    begun = Trainer(recipes.four_points().gan, seeds=(3, 5), batch_size=16).run()
    for run, first in ((after, before), (anew, begun)):  # the steps taken have hardly moved D
        there = run.discriminate(FOUR)
        np.testing.assert_allclose(there, first.discriminate(FOUR), atol=0.05)
    assert np.abs(after.discriminate(FOUR) - anew.discriminate(FOUR)).max() > 0.1
