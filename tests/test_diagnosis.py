"""The diagnosis, on samples whose fault is known because they were made so."""

import json

import numpy as np
import pytest

from evidence import diagnosis as protocol
from evidence import diagnosis_page
from ganlab import data, endings, losses, recipes, techniques
from ganlab.backend import keras
from ganlab.course import diagnosis as module
from ganlab.course import settings
from ganlab.course.advice import CASES
from ganlab.course.diagnosis import Diagnoses, Diagnosis, diagnose, try_first
from ganlab.course.faults import RULES
from ganlab.course.left import left_by
from ganlab.course.reach import pinned
from ganlab.course.signs import Signs, signs
from ganlab.endings import Bell, Modes
from ganlab.evidence import EvidenceError
from ganlab.training import Scaled

FOUR = data.ring(4, radius=1.0, std=0.1)
BELL = data.Gaussian(4.0, 0.5)
RECORDS, N = 40, 400
LEVEL = {"real_score": np.full(RECORDS, 0.5), "fake_score": np.full(RECORDS, 0.5)}
APART = {"real_score": np.full(RECORDS, 0.8), "fake_score": np.full(RECORDS, 0.2)}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def on_modes(held, rng, width=1.0):
    """Samples (records, n, 2) on the modes that `held[record]` lists, evenly."""
    noise = 0.1 * width * rng.standard_normal((N, 2))  # the same latents at each record
    return np.stack([FOUR.modes[np.resize(modes, N)] + noise for modes in held])


def around(centres, std, rng):
    """A cloud (records, n, dim) with the same latents at each record, about these centres."""
    centres = np.asarray(centres, float).reshape(len(centres), 1, -1)
    return centres + std * rng.standard_normal((N, centres.shape[-1]))


class Attached:
    """What PyTorch's tensors show of themselves, as G(z) gives them."""

    requires_grad, shape = True, (30, 2)


def circle(turns, radius=1.0):
    angle = 2 * np.pi * turns * np.arange(RECORDS) / RECORDS
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


# Each kind, made by hand ---------------------------------------------------------------------


def test_modes_that_take_turns_are_a_chase(rng):
    found = diagnose(on_modes([[i % 4] for i in range(RECORDS)], rng), FOUR)
    assert found.kind == "chasing" and "1.00 times a record" in found.because


def test_two_modes_that_take_turns_are_a_chase_where_there_are_two(rng):
    two = data.points((-1, 0), (1, 0), std=0.1)
    samples = two.modes[np.arange(RECORDS) % 2][:, None] + 0.05 * rng.standard_normal((N, 2))
    assert diagnose(samples, two).kind == "chasing"
    assert diagnose(on_modes([[i % 2] for i in range(RECORDS)], rng), FOUR).kind != "chasing"


def test_one_mode_for_good_is_a_collapse(rng):
    assert diagnose(on_modes([[2]] * RECORDS, rng), FOUR).kind == "collapsed"


def test_what_is_missing_for_good_is_dropped(rng):
    assert diagnose(on_modes([[0, 2]] * RECORDS, rng), FOUR).kind == "dropped"


def test_with_a_sure_d_and_a_still_g_it_is_that_d_is_too_strong(rng):
    samples = on_modes([[0, 2]] * RECORDS, rng)
    assert diagnose(APART | {"samples": samples}, FOUR).kind == "D too strong"
    assert diagnose(LEVEL | {"samples": samples}, FOUR).kind == "dropped"


def test_a_sure_d_does_no_harm_where_nothing_is_missing(rng):
    samples = on_modes([[0, 1, 2, 3]] * RECORDS, rng, width=0.5)
    assert diagnose(APART | {"samples": samples}, FOUR).kind == "narrow"


def test_with_a_sure_d_and_a_g_that_jumps_the_rates_are_too_high(rng):
    held = [[0, 1, 2] if i % 2 else [1, 2, 3] for i in range(RECORDS)]
    assert diagnose(APART | {"samples": on_modes(held, rng)}, FOUR).kind == "rate too high"


def test_a_g_that_jumps_before_a_d_that_knows_nothing_is_too_strong(rng):
    samples = around(rng.uniform(-3, 3, (RECORDS, 2)), 0.3, rng)
    assert diagnose(LEVEL | {"samples": samples}, FOUR).kind == "G too strong"
    reversed_scores = {"real_score": APART["fake_score"], "fake_score": APART["real_score"]}
    still = around(np.full((RECORDS, 2), 9.0), 0.3, rng) + 10 * np.eye(RECORDS)[:, :1, None]
    assert diagnose(reversed_scores | {"samples": still}, FOUR).kind == "G too strong"


@pytest.mark.parametrize("turns", [2, 4])
def test_a_way_that_closes_is_turning(turns, rng):
    samples = around(circle(turns, radius=3.0), 0.3, rng)
    assert diagnose(LEVEL | {"samples": samples}, FOUR).kind == "turning"


def test_a_way_that_leads_off_is_not_turning(rng):
    samples = around([[i, 0.0] for i in range(RECORDS)], 0.3, rng)
    assert diagnose(LEVEL | {"samples": samples}, FOUR).kind != "turning"


def test_what_never_leaves_its_start_starves(rng):
    assert diagnose(around(np.zeros(RECORDS), 0.3, rng), BELL).kind == "starving"
    arrives = np.minimum(np.arange(RECORDS) / 10, 4.0)
    assert diagnose(around(arrives, 0.5, rng), BELL).kind == "healthy"


def test_narrow_is_narrow(rng):
    assert diagnose(around(np.full(RECORDS, 4.0), 0.2, rng), BELL).kind == "narrow"
    assert diagnose(on_modes([[0, 1, 2, 3]] * RECORDS, rng, width=0.5), FOUR).kind == "narrow"


def test_modes_that_come_and_go_are_unsteady(rng):
    held = [[0, 1, 2, 3] if i % 4 < 2 else [0, 1, 2] for i in range(RECORDS)]
    found = diagnose(on_modes(held, rng), FOUR)
    assert found.kind == "unsteady" and "50%" in found.because


@pytest.mark.parametrize("target", [FOUR, BELL, data.points((-2,), (0,), (2,), std=0.1)])
def test_a_perfect_sampler_is_left_alone(target, rng):
    found = diagnose(target.sample((RECORDS, 1000), rng), target)
    assert (found.kind, found.try_first) == ("healthy", "")


def test_modes_of_which_no_record_has_all_and_none_is_missing_for_good_are_unsteady(rng):
    held = [[i % 4, (i + 1) % 4, (i + 2) % 4] for i in range(RECORDS)]
    samples = on_modes(held, rng)
    found = diagnose(samples, FOUR)
    assert found.kind == "unsteady" and "modes come and go: 0% of the records" in found.because
    held = [[i % 3, (i + 1) % 3] for i in range(RECORDS)]  # the fourth is never there
    assert diagnose(on_modes(held, rng), FOUR).kind == "dropped"


@pytest.mark.parametrize(("period", "kind"), [(5, "turning"), (8, "turning"), (3, "rate too high")])
def test_a_bell_that_swings_with_one_period_turns(period, kind, rng):
    """Where it swings within three records, that is G going to and fro, and no orbit."""
    swing = 4.0 + 0.7 * np.sin(2 * np.pi * np.arange(60) / period + 1)
    level = {name: np.full(60, 0.5) for name in LEVEL}
    found = diagnose(level | {"samples": around(swing, 0.4, rng)}, BELL)
    assert found.kind == kind
    assert period != 5 or "one period (from 55%), 5 records" in found.because


def test_a_bell_that_jumps_at_random_has_a_rate_too_high(rng):
    samples = around(4.0 + 1.2 * rng.standard_normal(RECORDS), 0.4, rng)
    assert diagnose(LEVEL | {"samples": samples}, BELL).kind == "rate too high"


def test_a_g_that_strays_far_is_too_strong_and_not_turning(rng):
    samples = around(circle(2, radius=9.0), 3.0, rng)
    found = diagnose(LEVEL | {"samples": samples}, FOUR)
    assert found.kind == "G too strong" and "times as wide as the data (from 2)" in found.because
    assert diagnose(samples, FOUR).kind == "turning"  # without scores that is not known


def test_a_g_that_throws_its_samples_about_is_judged_by_what_d_knows(rng):
    samples = around(rng.uniform(-1, 1, (RECORDS, 2)), 0.3, rng)
    for gap, kind in ((0.0, "G too strong"), (0.08, "rate too high"), (0.3, "rate too high")):
        scores = {"real_score": np.full(RECORDS, 0.5 + gap), "fake_score": np.full(RECORDS, 0.5)}
        assert diagnose(scores | {"samples": samples}, FOUR).kind == kind


def test_what_stands_still_far_from_the_data_starves_however_far_it_came(rng):
    places = np.where(np.arange(RECORDS) < 3, 0.0, 9.0)
    assert diagnose(LEVEL | {"samples": around(places, 0.3, rng)}, BELL).kind == "starving"
    moving = places + 0.01 * np.arange(RECORDS)
    assert diagnose(LEVEL | {"samples": around(moving, 0.3, rng)}, BELL).kind == "lost"


def test_what_stops_being_finite_had_a_rate_too_high(rng):
    samples = on_modes([[0, 1, 2, 3]] * RECORDS, rng)
    samples[-3:] = np.nan
    assert diagnose(samples, FOUR).kind == "rate too high"
    assert diagnose({"d_loss": [1.4, 1.4, np.inf]}).kind == "rate too high"


def test_losses_in_the_hundreds_had_a_rate_too_high():
    curves = {"d_loss": np.full(RECORDS, 1.4), "g_loss": np.linspace(0.7, 300, RECORDS)}
    assert diagnose(curves | LEVEL).kind == "rate too high"
    assert diagnose(curves).kind == "unknown"  # in what units is not known without scores


# Advice that would make it worse ------------------------------------------------------------


def test_what_mends_one_bell_is_no_advice_where_there_are_several_modes(rng):
    narrow = on_modes([[0, 1, 2, 3]] * RECORDS, rng, width=0.3)
    found = diagnose(narrow, FOUR)
    assert found.kind == "narrow"
    assert found.try_first.startswith("nothing is known to help with several modes; and this does")
    assert "19 of 100, otherwise 98 (H2b.1)" in found.try_first
    bell = diagnose(around(np.full(RECORDS, 4.0), 0.25, rng), BELL)
    assert bell.kind == "narrow" and bell.try_first.startswith("on one bell: D ten times as quick")
    assert not any("H2b" in each for each in bell.unknown)
    array = diagnose(around(np.zeros(RECORDS), 0.5, rng), rng.standard_normal((1000, 1)))
    assert array.kind == "narrow" and array.try_first.endswith(f"if so, {bell.try_first}")
    assert "if not, modes are missing, and what helps against *dropped*" in array.try_first
    assert any("whether modes are missing" in each and "H2b" in each for each in array.unknown)
    assert try_first("unsteady", several=True).startswith("where both rates are 0.01 or more, both")
    assert "on one bell" not in try_first("unsteady", several=True)


def test_of_curves_alone_a_d_that_wins_is_not_told_to_slow_g(rng):
    """As a GAN on digits had it: G at 1e-4, D at 1e-3."""
    won = {"d_loss": np.linspace(1.4, 7e-4, RECORDS), "g_loss": np.linspace(0.7, 9.2, RECORDS)}
    found = diagnose(
        won | {"real_score": np.full(RECORDS, 0.99), "fake_score": np.full(RECORDS, 0.01)}
    )
    assert found.kind == "rate too high" and found.trust == ""
    assert found.try_first.startswith("G's rate up to D's, if it is below (F7f); else where a")
    assert any(each.startswith("whether D is too strong") for each in found.unknown)
    lost = diagnose(won | LEVEL)  # as high, and D cannot tell
    assert lost.kind == "rate too high" and lost.trust and not lost.try_first.startswith("G's")


@pytest.mark.parametrize("modes", [False, True])
def test_without_modes_a_sure_d_and_a_g_that_jumps_may_be_a_strong_d(modes, rng):
    samples = around(rng.uniform(-1, 1, (RECORDS, 2)), 0.3, rng)
    target = FOUR if modes else FOUR.sample(1000, rng)
    found = diagnose(APART | {"samples": samples}, target)
    assert found.kind == "rate too high"
    assert any("whether D is too strong" in each for each in found.unknown) == (not modes)
    assert any("whether this is chasing" in each for each in found.unknown) == (not modes)


def test_a_clump_that_drifts_may_have_collapsed_and_one_that_hops_may_chase(rng):
    drifts = around(circle(2, radius=0.3) + [1.0, 0.0], 0.05, rng)
    assert diagnose(drifts, FOUR).kind == "collapsed"
    found = diagnose(drifts, FOUR.sample(1000, rng))  # no modes are counted
    assert found.kind != "collapsed"
    assert any("whether it has collapsed" in each for each in found.unknown)
    two = on_modes([[i // 5 % 2] for i in range(RECORDS)], rng)
    found = diagnose(APART | {"samples": two}, FOUR)
    assert found.kind == "collapsed" and "stays" not in found.because
    assert any("whether it stays" in each for each in found.unknown)
    still = diagnose(on_modes([[0]] * RECORDS, rng), FOUR)
    assert still.kind == "collapsed"
    assert not any("whether it" in each and "stays" in each for each in still.unknown)
    hops = diagnose(on_modes([[i % 4] for i in range(RECORDS)], rng), FOUR)
    assert hops.kind == "chasing" and not any("collapsed" in each for each in hops.unknown)


def test_a_strong_d_before_one_mode_alone_may_be_a_collapse(rng):
    alone = diagnose(APART | {"samples": on_modes([[0]] * RECORDS, rng)}, FOUR)
    three = diagnose(APART | {"samples": on_modes([[0, 1, 2]] * RECORDS, rng)}, FOUR)
    assert alone.kind == three.kind == "D too strong"
    told = [any("whether G has collapsed" in each for each in d.unknown) for d in (alone, three)]
    assert told == [True, False]


@pytest.mark.parametrize(
    ("target", "n", "few"),
    [(FOUR, 119, True), (FOUR, 120, False), (BELL, 99, True), (BELL, 100, False)],
)
def test_few_samples_a_record_are_said(target, n, few, rng):
    samples = np.stack([target.sample(n, rng) for _ in range(RECORDS)])
    told = diagnose(samples, target).unknown
    assert any(f"a record has {n} samples" in each for each in told) == few


def test_axes_that_may_be_exchanged_are_said(rng):
    samples = np.stack([FOUR.sample(500, rng) for _ in range(RECORDS)])
    for given, said in ((samples, False), (np.swapaxes(samples, 0, 1), True)):
        told = diagnose(given, FOUR).unknown
        assert any("whether the axes are in order" in each for each in told) == said


# What can be known of what is there ---------------------------------------------------------


@pytest.mark.parametrize("scores", [{}, LEVEL, APART])
def test_of_curves_alone_little_is_known(scores):
    curves = {"d_loss": np.full(RECORDS, 1.39), "g_loss": np.full(RECORDS, 0.69)}
    found = diagnose(curves | scores)
    assert found.kind == "unknown" and found.try_first == ""
    assert any("no samples were kept" in each for each in found.unknown)
    assert any("real_score and fake_score" in each for each in found.unknown) == (not scores)


def test_scores_that_are_no_shares_are_left_aside(rng):
    samples = on_modes([[0, 2]] * RECORDS, rng)
    logits = {"real_score": np.full(RECORDS, 3.0), "fake_score": np.full(RECORDS, -3.0)}
    found = diagnose(logits | {"samples": samples}, FOUR)
    assert found.kind == "dropped" and "in [0, 1]" in found.unknown[0]
    # The same of a D too strong, and only scores would tell.
    assert "whether D is too strong: without its scores" in found.unknown[1]
    assert "too strong" not in str(diagnose(LEVEL | {"samples": samples}, FOUR).unknown)


@pytest.mark.parametrize(("g_loss", "moves"), [(7.0, False), (7.0, True), (4.0, False)])
def test_losses_of_a_rate_too_high_may_be_those_of_a_d_that_has_won(g_loss, moves, rng):
    held = [[0, 1, 2] if moves and i % 2 else [1, 2, 3] for i in range(RECORDS)]
    losses = {"d_loss": np.full(RECORDS, 0.1), "g_loss": np.append(0.7, np.full(39, g_loss))}
    found = diagnose(APART | losses | {"samples": on_modes(held, rng)}, FOUR)
    assert found.kind == ("rate too high" if g_loss > 5.7 else "D too strong")
    doubted = "raise G's first (F7f)" in str(found.unknown)
    assert doubted == (g_loss > 5.7 and not moves)


def test_without_a_target_nothing_is_called_healthy(rng):
    found = diagnose(FOUR.sample((RECORDS, N), rng))
    assert found.kind == "unknown" and "there is no target" in found.unknown[0]


def test_few_records_say_how_it_ends_and_not_how_it_moves(rng):
    found = diagnose(on_modes([[i % 4] for i in range(10)], rng), FOUR)
    assert found.kind == "unknown" and "10 records are kept, wanted 20" in found.unknown[0]


def test_data_without_modes_are_judged_by_distance_and_width(rng):
    points = rng.normal([1.0, 2.0], [1.0, 0.3], (1000, 2))
    fine = np.stack([points[rng.permutation(1000)[:N]] for _ in range(RECORDS)])
    told = diagnose(fine, points)
    assert told.kind == "unknown" and "no fault can be seen without modes" in told.because
    assert (
        diagnose(points.mean(axis=0) + 0.5 * (fine - points.mean(axis=0)), points).kind == "narrow"
    )
    nearer = np.linspace(5.0, 0.5, RECORDS // 2)
    nearer = np.r_[nearer, np.full(RECORDS - len(nearer), 0.5)][:, None, None]
    assert diagnose(fine + nearer, points).kind == "lost"
    assert diagnose(fine + 5.0, points).kind == "starving"
    assert "none that can be counted" in diagnose(fine, points).unknown[0]


def test_how_sure_it_is_of_data_without_modes_is_not_known(rng):
    points = data.ring(4).sample(1000, rng)
    drawn = np.stack([points[rng.permutation(1000)[:N]] for _ in range(RECORDS)])
    told = diagnose(drawn, points)
    assert told.trust == "" and "tried on targets with modes alone" in str(told.unknown)
    told = diagnose(drawn, data.ring(4))
    assert "of 100 were" in told.trust and "targets with modes" not in str(told.unknown)


def test_what_d_sees_through_is_not_called_healthy_without_modes(rng):
    points = data.ring(8).sample(1000, rng)
    half = data.Mixture(data.ring(8).modes[::2], data.ring(8).std)  # four of the eight
    samples = np.stack([half.sample(N, rng) for _ in range(RECORDS)])
    assert diagnose(samples, points).kind == "unknown"
    assert "Missing modes" in diagnose(samples, points).because
    assert diagnose(samples, data.ring(8)).kind != "healthy"


@pytest.mark.parametrize(
    "smear",
    [
        lambda rng: rng.uniform(-1.3, 1.3, (RECORDS, N, 2)),
        lambda rng: rng.normal(0, 0.8, (RECORDS, N, 2)),
    ],
)
def test_a_smear_over_all_modes_is_not_called_healthy(smear, rng):
    target = data.ring(4, radius=1.0, std=0.1)
    samples = smear(rng)
    assert endings.endings(samples[-1], target) == "near"
    told = diagnose(samples, target)
    assert told.kind == "unknown" and "only 1" in told.because and told.trust == ""
    sure = {"real_score": np.full(RECORDS, 0.99), "fake_score": np.full(RECORDS, 0.01)}
    assert diagnose(sure | {"samples": samples}, target).kind == "unknown"
    mostly = np.where(np.arange(N)[:, None] < 0.6 * N, target.sample((RECORDS, N), rng), samples)
    assert diagnose(mostly, target).kind == "healthy"


def test_clusters_too_near_to_count_are_told_with_their_distance(rng):
    near = data.Mixture([(0.0, 0.0), (3.0, 0.0)], 1.0)
    told = diagnose(np.stack([near.sample(N, rng) for _ in range(RECORDS)]), near)
    assert "modes 3 standard deviations apart: wanted at least 6" in str(told.unknown)


@pytest.mark.parametrize("records", [1, 19])
def test_whether_a_collapse_stays_is_not_said_of_few_records(rng, records):
    target = data.ring(4)
    places = target.modes[np.arange(records) % 4]  # it hops at every record
    samples = places[:, None] + 0.01 * rng.normal(size=(records, N, 2))
    told = diagnose(samples, target)
    assert told.kind == "unknown" and told.try_first == "" and told.trust == ""
    assert "stay there (collapsed) or hop (chasing) wants more records" in told.because
    whole = np.stack([target.sample(N, rng) for _ in range(records)])
    assert diagnose(whole, target).kind == "healthy" and diagnose(whole, target).trust == ""


def test_turning_without_modes_may_be_a_chase(rng):
    angle = 2 * np.pi * np.arange(RECORDS) / 8
    centres = np.stack([np.cos(angle), np.sin(angle)], -1)[:, None]
    real = data.ring(4).sample(1000, rng)
    told = diagnose(2 * centres + 0.9 * rng.normal(size=(RECORDS, N, 2)), real)
    assert told.kind == "turning" and "G's rate down to D's helps" in str(told.unknown)
    # What helps against a turn harms a chase: so it does not come first, nor a figure with it.
    assert told.try_first.startswith("G's rate down to D's, if it is above (F7i); else Adam's")
    assert told.trust == ""
    told = diagnose(2 * centres + 0.02 * rng.normal(size=(RECORDS, N, 2)), real)
    assert told.kind == "chasing" and "all samples of a record are in one place" in told.because


def test_starving_is_measured_from_the_start(rng):
    off = np.stack([1.0 + 0.03 * rng.normal(size=(N, 2))] * RECORDS)
    told = diagnose(off, data.ring(4))
    assert told.kind == "starving" and "training's beginning" in str(told.unknown)
    assert "its weights change at a step" in told.unknown[-1]
    moving = off + 1e-3 * rng.normal(size=off.shape)
    assert "its weights" not in str(diagnose(moving, data.ring(4)).unknown)


def test_a_clump_that_moves_does_not_stay(rng):
    """From row to row of data without modes."""
    real = rng.normal(size=(1000, 10))
    samples = real[rng.integers(1000, size=RECORDS)][:, None] + 0.01 * rng.normal(
        size=(RECORDS, N, 10)
    )
    told = diagnose(samples, real)
    assert told.kind == "chasing" and told.trust == ""


def test_a_collapse_of_data_without_modes_is_no_d_too_strong(rng):
    points = data.ring(4).sample(1000, rng)
    narrowing = np.geomspace(1, 0.05, RECORDS // 2)[:, None, None]
    caught = np.concatenate([narrowing, np.full((RECORDS - RECORDS // 2, 1, 1), 0.05)])
    caught = [2.0, 0.0] + caught * (points[:N] - [2.0, 0.0])
    told = diagnose({"samples": caught, "real_score": np.full(RECORDS, 0.8),
                     "fake_score": np.full(RECORDS, 0.2)}, points)  # fmt: skip
    assert told.kind == "collapsed" and "times as wide as the data (below 0.2)" in told.because


def test_columns_of_data_have_units_of_their_own(rng):
    points = rng.normal(size=(1000, 40)) * [1000.0, *[1.0] * 39]
    flat = np.stack([points[:N]] * RECORDS) * [1.0, *[0.0] * 39]  # all but one stand still
    assert diagnose(flat, points).kind in ("narrow", "collapsed")


@pytest.mark.parametrize(("dim", "counted"), [(4, True), (5, False), (20, False)])
def test_modes_are_counted_where_a_perfect_sampler_is_close(rng, dim, counted):
    target = data.Mixture([tuple(row) for row in 10 * np.eye(dim)[:3]], 1.0)
    perfect = np.stack([target.sample(N, rng) for _ in range(RECORDS)])
    told = diagnose(perfect, target)
    assert told.kind == ("healthy" if counted else "unknown")
    assert (f"target has dim {dim}: wanted at most 4" in str(told.unknown)) != counted
    if not counted:
        with pytest.raises(ValueError, match=f"target has dim {dim}: wanted at most 4"):
            endings.endings(perfect[-1], target)


def test_axes_that_look_exchanged_are_told(rng):
    samples = np.stack([data.ring(4).sample((40, 100), rng) for _ in range(8)])
    told = diagnose(samples, data.ring(4))
    assert "8 records and 40 seeds" in str(told[0].unknown)
    assert "records and" not in str(diagnose(samples.swapaxes(0, 1), data.ring(4))[0].unknown)


def test_a_table_is_read_by_its_columns():
    class Table:
        columns = ("step", "d_loss", "g_loss")

        def __getitem__(self, name):
            return {"d_loss": [1.4, 0.9], "g_loss": [0.7, 2.0]}[name]

    found = diagnose(Table())
    assert found.kind == "unknown" and "1.30 above where it began" in found.because


# The signs, against closed forms -------------------------------------------------------------


def test_moves_are_lengths_in_spreads(rng):
    s = signs(left_by(around(np.arange(RECORDS) * 0.1, 0.5, rng)[:, None]), BELL)
    points = BELL.sample(2000, np.random.default_rng(0))
    assert s.move == pytest.approx(0.1 / points.std())
    assert s.straight == pytest.approx(1)
    assert s.turn == pytest.approx((RECORDS / 2 - 2) / (RECORDS / 2 - 1))


def test_the_turn_of_a_circle_is_the_cosine_of_its_step(rng):
    s = signs(left_by(around(circle(4), 0.1, rng)[:, None]), FOUR)
    steps = RECORDS / 2 - 1
    assert s.turn == pytest.approx(np.cos(2 * np.pi * 4 / RECORDS) * (steps - 1) / steps)
    assert s.straight < 0.1


@pytest.mark.parametrize("period", [4, 5, 8])
def test_the_cycle_of_a_circle_is_all_and_of_noise_little(period, rng):
    angle = 2 * np.pi * np.arange(400) / period
    way = np.stack([np.cos(angle), np.sin(angle)], axis=-1) + 0.02 * np.arange(400)[:, None]
    s = signs(left_by(around(way, 0.1, rng)[:, None]), FOUR)
    assert s.cycle > 0.99 and s.period == pytest.approx(
        period, rel=0.02
    )  # its drift does not count
    noise = rng.standard_normal((200, 6, 20, 2)) * 0.01 + rng.standard_normal((200, 6, 1, 2))
    s = signs(left_by(noise), FOUR)
    assert np.all(s.cycle < 0.3) and np.all(s.cycle > 3 / 50)  # of 50 frequencies, three


def test_of_few_records_it_is_not_said_whether_they_go_round(rng):
    """Noise would: with 20 records it has 0.8 of its variance in three frequencies."""
    noise = rng.standard_normal((49, 20, 2)) * 0.01 + rng.standard_normal((49, 1, 2))
    told = "whether the samples go round: {} records are kept, wanted 49"
    assert np.isfinite(signs(left_by(noise[:, None]), FOUR).cycle).all()
    assert told.format(49) not in str(diagnose(noise, FOUR))
    assert np.isnan(signs(left_by(noise[:48, None]), FOUR).cycle).all()
    assert told.format(48) in str(diagnose(noise[:48], FOUR))
    still = on_modes([[0, 1, 2, 3]] * 48, rng)  # where they stay there is nothing to be asked
    assert "go round" not in str(diagnose(still, FOUR))


def test_the_least_share_is_of_all_records_together(rng):
    held = [[0, 1, 2, 3] if i % 2 else [0, 1, 2] for i in range(RECORDS)]
    s = signs(left_by(on_modes(held, rng)[:, None]), FOUR)
    assert s.least == pytest.approx(0.5, abs=0.03)  # a quarter of half the records, due a quarter
    assert signs(left_by(BELL.sample((RECORDS, 1, N), rng)), BELL).least is None


def test_a_mode_is_missing_at_a_record_if_it_is_surely_below_half():
    """Of 400 samples 100 are due to each mode: half are 50, give or take 7."""

    def whole(number):
        modes = np.resize([0, 1, 2], N)
        modes[:number] = 3
        at = np.stack([FOUR.modes[modes]] * RECORDS)
        return signs(left_by(at[:, None]), FOUR).whole[0]

    assert [whole(number) for number in (42, 44, 50)] == [0.0, 1.0, 1.0]


def test_travelled_is_the_share_of_the_way():
    places = np.random.default_rng(0).normal(0, 0.5, (N, 1))
    at = np.concatenate([[0.0], np.full(RECORDS - 1, 1.0)])
    s = signs(left_by((at[:, None, None] + places)[:, None]), data.Gaussian(4.0, 0.5))
    assert s.travelled == pytest.approx(0.25, rel=0.02)


def test_a_rise_is_from_the_start_to_the_last_tenth():
    loss = np.concatenate([np.full(20, 1.0), np.full(20, 3.0)])
    s = signs(left_by({"g_loss": loss, "real_score": loss / 4, "fake_score": loss * 0}))
    assert s.g_rise == pytest.approx(2) and s.gap == pytest.approx(0.75) and s.move is None


def test_a_start_is_the_first_record_and_of_many_steps_the_first_hundredth():
    s = signs(left_by({"g_loss": np.arange(RECORDS)}))
    assert s.g_rise == pytest.approx(np.arange(RECORDS)[-4:].mean())
    s = signs(left_by({"g_loss": np.arange(1000)}))
    assert s.g_rise == pytest.approx(np.arange(1000)[-100:].mean() - np.arange(10).mean())


def test_order_units_and_place_do_not_matter(rng):
    samples = around(circle(3, radius=2.0), 0.3, rng)
    mixed = np.stack([record[rng.permutation(N)] for record in samples])
    wide = data.ring(4, radius=10.0, std=1.0)
    assert [diagnose(samples, FOUR)[:2]] * 2 == [
        diagnose(mixed, FOUR)[:2],
        diagnose(10 * samples, wide)[:2],
    ]


# Many seeds, and words ---------------------------------------------------------------------


def test_each_seed_has_its_own(rng):
    still, hops = on_modes([[2]] * RECORDS, rng), on_modes([[i % 4] for i in range(RECORDS)], rng)
    found = diagnose(np.stack([hops, still, hops], axis=1), FOUR)
    assert isinstance(found, Diagnoses) and found.kinds == ["chasing", "collapsed", "chasing"]
    assert found.summary == "2 of 3 seeds: chasing; 1 of 3: collapsed"
    assert found.counts() == {"chasing": 2, "collapsed": 1}
    assert [each.seed for each in found] == [0, 1, 2]
    one = diagnose(np.stack([hops, still, hops], axis=1), FOUR, seed=1)
    assert one == found[1]
    assert str(found).count("because") == 2 and "**chasing**" in found._repr_markdown_()


def test_a_run_names_its_seeds():
    recipe = recipes.four_points()
    run = recipe.train(seeds=(1_000_003, 1_000_007), steps=100)
    found = diagnose(run, recipe.gan.real)
    assert [each.seed for each in found] == [1_000_003, 1_000_007]
    assert diagnose(run, recipe.gan.real, seed=1_000_007) == found[1]
    assert "beta_1" not in try_first("dropped", run.gan)  # which is 0.5 there
    assert all("beta_1" not in each.try_first for each in found)
    with pytest.raises(
        ValueError, match=r"seed=7 is there 0 times: wanted one of 1000003, 1000007"
    ):
        diagnose(run, recipe.gan.real, seed=7)


def test_it_reads_as_text():
    found = Diagnosis("chasing", "it hops", "equal rates", ("this",), seed=3)
    assert str(found).splitlines() == [
        "seed 3: chasing",
        "  because: it hops",
        "  try first: equal rates",
        "  not known: this",
    ]
    assert found._repr_markdown_().startswith("seed 3: **chasing**\n\n- *because*: it hops\n")
    found = found._replace(try_first="one; else two; else three")
    assert "  try first: one\n  else: two\n  else: three\n" in f"{found}\n"


@pytest.mark.parametrize("kind", dict.fromkeys(rule.kind for rule in RULES))
def test_advice_is_the_clinics(kind):
    told = try_first(kind)
    if kind == "healthy":
        assert told == ""
        return
    page = (protocol.FOLDER.parent / "docs/clinic.md").read_text(encoding="utf-8")
    parts = told.split("; else ")
    # Whether the first is for a GAN that is not known its owner can say.
    assert len(parts) == {"collapsed": 3, "narrow": 1}.get(kind, 2)  # one is all that is firm
    for part in parts:
        words, id = part.removesuffix(")").rsplit(" (", 1)
        assert f"{words} ([{id.split('.')[0]}](" in page


def trained(d_rate=1e-3, g_rate=1e-3, beta_1=0.5, **fields):
    gan = recipes.four_points(d_rate=d_rate, g_rate=g_rate, beta_1=beta_1).gan
    return gan.changed(**fields)


@pytest.mark.parametrize(
    ("kind", "gan", "words"),
    [
        ("dropped", trained(beta_1=0.9), "Adam's beta_1 at 0.5 in place of 0.9"),
        (
            "dropped",
            trained(d_rate=2e-4, g_rate=2e-4),
            "with a few dozen units, rates of 0.002 in place of 0.0002",
        ),
        ("dropped", trained(), "on one bell: G's rate a tenth of D's"),
        (
            "dropped",
            trained(g_rate=1e-4),
            "with a few dozen units, rates of 0.002 in place of 0.0002",
        ),
        ("dropped", trained(d_rate=1e-2), "on one bell: 16 units in G"),
        ("turning", trained(), "R1 on D, weight 1"),
        ("turning", trained(added=techniques.r1(1.0)), "nothing that is known to help"),
        (
            "chasing",
            trained(g_rate=3e-2),
            "where G's rate is above D's, down to it (here from 3e-2",
        ),
        ("collapsed", trained(1e-2, 3e-2), "where G's rate is above D's, down to it (here from"),
        ("collapsed", trained(1e-2, 1e-4), "R1 on D, weight 0.1"),
        ("collapsed", trained(2e-4, 2e-4), "R1 on D, weight 0.1"),
        ("collapsed", trained(1e-2, 1e-2), "where both rates are 0.01 or more, both to a tenth"),
        ("chasing", trained(), "minibatch discrimination"),
        ("collapsed", trained(), "R1 on D, weight 0.1"),
        ("collapsed", trained(added=techniques.r1(0.1)), "a new D beside the old G"),
        ("starving", trained(losses=losses.minimax), "the non-saturating loss"),
        ("starving", trained(), "nothing that was measured and is not done already"),
        ("starving", trained(0.2, 0.2), "where both rates are 0.01 or more, both to a tenth"),
        ("D too strong", trained(5e-2, 5e-2), "where both rates are 0.01 or more, both to a tenth"),
        ("D too strong", trained(1e-2, 1e-4), "G's rate up towards D's"),
        (
            "G too strong",
            trained(3e-2, 3e-2),
            "where the rates are alike and 0.01 or more, both to",
        ),
        ("G too strong", trained(1e-2, 1e-1), "D's rate up to G's (here tenfold), and a larger D"),
        ("turning", trained(1e-4, 1e-4), "R1 on D, weight 1"),
        ("turning", trained(1e-4, 1e-3), "R1 on D, weight 1"),
        ("rate too high", trained(d_rate=3e-2, g_rate=3e-2), "where a rate is above 0.003, both"),
        ("rate too high", trained(d_rate=3e-3, g_rate=1e-2), "where a rate is above 0.003, both"),
        ("rate too high", trained(), "on one bell: G's rate a tenth of D's"),
        ("healthy", trained(), ""),
    ],
)
def test_what_a_gan_does_already_is_not_advised(kind, gan, words):
    told = try_first(kind, gan)
    assert told.startswith(words) and bool(told) == bool(words) and "; else " not in told


def test_rates_that_are_not_known_are_not_taken_for_followed():
    schedule = keras.optimizers.schedules.ExponentialDecay(2e-3, 100, 0.9)
    falling = keras.optimizers.Adam(schedule, beta_1=0.5)
    gan = trained(d_optimizer=falling)
    assert not settings.quick(gan) and not settings.g_no_quicker(gan) and settings.low_beta_1(gan)
    assert settings.rates(gan) is None
    assert try_first("starving", gan).startswith("where both") and "; else " not in try_first(
        "starving", trained(2e-1, 2e-1)
    )
    assert "; else G's rate up" in try_first("D too strong", gan)
    # A rate that is the limit counts as Keras was given it, and not as float32 keeps it.
    assert try_first("rate too high", trained(3e-3, 3e-3))[:11] != "where a rate"
    assert try_first("rate too high", trained(3.1e-3, 3e-3)).startswith(
        "where a rate is above 0.003"
    )
    # Of what is for some rates alone all is told, and what is for any.
    first, second, third = try_first("collapsed").split("; else ")
    assert first.startswith("where G's rate is above D's, down to it (here from 3e-2 to 1e-2)")
    assert second.startswith("where both rates are 0.01") and third.startswith("R1 on D")
    each = Scaled(keras.optimizers.Adam(1.0, beta_1=0.9), np.array([1e-3, 1e-2]))
    gan = trained(d_optimizer=each, g_optimizer=keras.optimizers.Adam(1e-3))
    assert not settings.g_at_a_tenth(gan) and not settings.low_beta_1(gan)  # of one member only
    gan = trained(d_optimizer=None, g_optimizer=None)  # Adam(1e-3, beta_1=0.5), as `train` has it
    assert settings.g_no_quicker(gan) and settings.quick(gan) and settings.low_beta_1(gan)
    gan = trained(d_optimizer=keras.optimizers.SGD(0.1, momentum=0.9))
    assert not settings.low_beta_1(gan)


def test_data_that_are_not_scaled_are_to_be_scaled_first(rng):
    """Lower rates, the advice for such samples, would keep a GAN from ever getting to 10."""
    target, jump = data.Gaussian(10.0, 1.0), rng.normal(scale=0.9, size=(RECORDS, 1, 1))
    samples = 8.0 + jump + 0.4 * rng.normal(size=(RECORDS, N, 1))
    told = diagnose(samples, target)
    assert told.kind == "rate too high" and told.trust == ""
    assert told.try_first.startswith("scale the data to mean 0 and deviation 1; then, if it still")
    assert "far from mean 0" in str(told.unknown) and "(x - x.mean(0)) / x.std(0)" in str(
        told.unknown
    )
    there = diagnose(samples - 10.0, data.Gaussian(0.0, 1.0))
    assert there.kind == told.kind and there.trust and not there.try_first.startswith("scale")
    whole = np.stack([target.sample(N, rng) for _ in range(RECORDS)])
    healthy = diagnose(whole, target)
    assert healthy.kind == "healthy" and healthy.trust and healthy.try_first == ""


def test_without_modes_each_column_is_looked_at_and_the_scores_too(rng):
    """Two columns of which one is too narrow are as wide as they should be on average."""
    real = rng.standard_normal((1000, 2))
    still = rng.standard_normal((N, 2)) + 1e-3 * rng.standard_normal((RECORDS, 1, 1))
    thin = diagnose(still * [0.6, 1.0], real)
    due = 0.6 * still[..., 0].std(axis=1).mean() / real[:, 0].std()
    assert thin.kind == "narrow" and f"{due:.2f} of the width" in thin.because
    well = diagnose(still, real)
    assert well.kind == "unknown" and "no fault can be seen" in well.because and not well.try_first
    seen = diagnose(APART | {"samples": still}, real)
    assert seen.kind == "D too strong" and "0.60 apart" in seen.because
    shaken = still + 0.12 * rng.standard_normal((RECORDS, 1, 2))
    moving = diagnose(APART | {"samples": shaken}, real)
    assert moving.kind == "unknown" and "and yet D tells real from fake" in moving.because
    rates, on_pictures = moving.try_first.split("; else ")
    assert rates == "G's rate up to D's, if it is below (F7f)" and "R1 on D" in on_pictures
    priced = diagnose(APART | {"samples": shaken}, real, gan=trained(added=techniques.r1(0.1)))
    assert "R1" not in priced.try_first
    pictures = diagnose(APART | {"samples": np.tile(still, 4)}, np.tile(real, 4))
    assert pictures.kind == "unknown" and "try R1, too" in str(pictures.unknown)
    lost = diagnose(APART | {"samples": np.tile(still, 4) + 3.0}, np.tile(real, 4))
    ours = trained(1e-3, 1e-3)  # no R1, and rates that are equal already
    known = diagnose(APART | {"samples": np.tile(still, 4) + 3.0}, np.tile(real, 4), gan=ours)
    assert lost.kind == known.kind != "unknown" and "on one bell" not in str(lost)
    first, second = lost.try_first.split("; else ")[:2]
    assert first == "G's rate up to D's, if it is below (F7f)" and second.startswith("on pictures")
    assert known.try_first.startswith("on pictures R1 on D (I1b)")
    few = diagnose(APART | {"samples": still + 3.0}, real)  # one bell, perhaps
    assert few.kind == lost.kind and "R1 on D" not in few.try_first
    thrown = still + rng.normal(scale=0.9, size=(RECORDS, 1, 2))
    two = diagnose(APART | {"samples": thrown}, real, gan=ours)
    eight = diagnose(APART | {"samples": np.tile(thrown, 4)}, np.tile(real, 4), gan=ours)
    assert two.kind == eight.kind == "rate too high"
    assert "on one bell" in two.try_first and "on one bell" not in eight.try_first
    dark = np.concatenate([still * [0.6, 1.0], np.tile(still, 3)], axis=-1)  # one pixel of eight
    assert diagnose(dark, np.tile(real, 4)).kind == "unknown"


def test_all_in_one_place_is_told_g_s_rate_first_whatever_the_word(rng):
    """D's rate up to G's, the advice for a G too strong, left 7 of 8 such runs collapsed."""
    tight = around(1.5 * circle(12.3), 0.02, rng)
    told = diagnose(LEVEL | {"samples": tight}, FOUR)
    assert told.kind == "G too strong" and told.trust == ""
    assert told.try_first.startswith("G's rate down to D's, if it is above (F7i); else ")
    run = LEVEL | {"samples": tight}
    above, equal = (diagnose(run, FOUR, gan=trained(1e-3, rate)) for rate in (3e-2, 1e-3))
    assert above.try_first.startswith("G's rate down") and not equal.trust
    assert "G's rate down" not in equal.try_first  # it is there already

    chase = diagnose(tight, np.concatenate([FOUR.sample(400, rng)] * 2))  # modes that are not known
    assert chase.kind == "chasing" and chase.try_first.count("above") == 1

    held = on_modes([[0]] * RECORDS, rng)
    alone, scored = diagnose(held, FOUR), diagnose(APART | {"samples": held}, FOUR)
    assert alone.kind == "collapsed" and any("F7f" in each for each in alone.unknown)
    assert not any("without its scores" in each for each in scored.unknown)


@pytest.mark.parametrize("end", [-1.0, 0.0, 1.0])
def test_samples_that_stop_at_an_activations_end_before_the_data_do_are_told_so(end, rng):
    """They look like dropped modes, and no rate or loss brings back what a tanh cannot reach."""
    target = data.ring(4, radius=2**0.5, std=0.1)
    free = target.sample(N * RECORDS, rng).reshape(RECORDS, N, 2)
    stopped = np.maximum(free, end) if end <= 0 else np.minimum(free, end)
    told = diagnose(stopped, target)
    assert told.kind != "healthy" and told.trust == ""
    assert told.try_first.startswith("a G that reaches the data: no activation at its end")
    assert f"of its samples lie at {end:g} in some column" in str(told.unknown)
    first, second = diagnose(np.stack([stopped, free], axis=1), target)
    assert first.unknown == told.unknown and "can reach the data" not in str(second.unknown)

    assert not pinned(free, target.sample(500, rng))  # all is there
    # Column by column: the narrow one lies near 0, all of it, in the spread of the wide one.
    real, half = rng.normal(size=(2, 1000, 2)) * [30.0, 0.02] + [100.0, 0.0]
    half = np.where([True, False], 100 + np.abs(half - 100), half)[None]
    assert not pinned(half, real)
    assert pinned(np.where([True, False], half, np.maximum(half, 0.0)), real)
    narrow = on_modes([[0, 1]] * RECORDS, rng, width=0.01)  # at 1 by chance, as the data are
    assert not pinned(narrow, FOUR.sample(500, rng))
    assert not pinned(stopped, stopped[0])  # pictures end where their G does
    assert not pinned(np.where(stopped == end, np.nan, stopped), free[0])
    further = 10.0 if end > 0 else -10.0
    far = diagnose(stopped, free[0] + further)  # scaling comes before all
    assert far.try_first.startswith("scale the data")
    assert "; then, if it still fails, a G that reaches" in far.try_first


def test_swapped_scores_and_losses_that_are_not_finite_have_other_causes_too(rng):
    scores = {"real_score": np.full(RECORDS, 0.2), "fake_score": np.full(RECORDS, 0.8)}
    told = diagnose(scores)
    assert told.kind == "G too strong" and "the right way round" in told.unknown[-1]
    broken = diagnose({"d_loss": [1.0, np.nan], "g_loss": [1.0, 1.0]})
    assert broken.kind == "rate too high" and "a log of 0" in broken.unknown[-1]
    large = {
        "d_loss": [6.0] * RECORDS,
        "real_score": [0.9] * RECORDS,
        "fake_score": [0.1] * RECORDS,
    }
    assert "a log of 0" not in str(diagnose(large).unknown)


def test_advice_has_no_figure_where_there_is_no_ledger(monkeypatch):
    def none(advice):
        raise EvidenceError("no result")

    monkeypatch.setattr(module, "said", none)
    first = next(case for case in CASES if case.name == "chasing").advice[0]
    assert try_first("chasing").startswith(f"{first.sentence} (claim {first.claim}); else ")


def test_how_sure_is_counted_among_the_runs_that_were_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    assert module.how_sure("chasing") == ""  # without the evidence
    cells = {
        "a": {"truth": ["chasing", "lost"], "all": ["chasing"] * 2, "samples": ["lost"] * 2},
        "b": {"truth": ["chasing"] * 2, "all": ["chasing", "lost"], "samples": ["lost"] * 2},
    }
    (tmp_path / "diagnosis.json").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert "67 of 100 were" in module.how_sure("chasing")
    assert "25 of 100 were" in module.how_sure("lost", "samples")
    assert module.how_sure("dropped") == module.how_sure("unknown") == ""


# What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "target", "told"),
    [
        (np.zeros((30, 5)), FOUR, r"run has shape \(30, 5\): wanted a Run, samples"),
        (np.zeros((30, 5)), FOUR, r"or curves; of a single column as x\[\.\.\., None\]"),
        (np.zeros((30, 9, 1, 8, 8)), FOUR, "or curves; pictures flattened to one row each"),
        ("a run", None, "run is a str; wanted a Run, samples"),
        (
            [np.zeros((30, 2)), np.zeros((20, 2))],
            None,
            r"run has records of shapes \(30, 2\) and \(20, 2\): wanted as many samples in each",
        ),
        ([Attached()], None, "run has tensors that require gradients: wanted them detached"),
        (
            np.zeros((30, 9, 8, 8)),
            np.zeros((99, 64)),
            "samples have dim 8, .*: .*, pictures flattened",
        ),
        (None, None, "run is None; wanted a Run, samples"),
        (np.zeros((30, 5, 2)) + 1j, FOUR, "run holds complex numbers"),
        ({"loss": [1, 2]}, None, "run has loss: wanted one of d_loss, g_loss"),
        ({}, None, "run has nothing: wanted one of d_loss"),
        ({"d_loss": [1], "G_loss": [1]}, None, "run has 'G_loss': wanted 'g_loss', or another"),
        ({"d_loss": [1], "real_scores": [1]}, None, "run has 'real_scores': wanted 'real_score'"),
        ({"d_loss": "abc"}, None, r"d_loss is a str; wanted numbers, \(records,\)"),
        (
            {"d_loss": np.ones((5, 2)), "g_loss": np.ones((5, 3))},
            None,
            "run has 2 of d_loss, 3 of g_loss: wanted as many seeds of each",
        ),
        (np.zeros((30, 5, 3)), FOUR, "samples have dim 3, target has dim 2"),
        (np.zeros((30, 5, 2)), "ring", "target is 'ring'; wanted a distribution"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(run, target, told):
    with pytest.raises((TypeError, ValueError), match=told) as refused:
        diagnose(run, target)
    assert "\n" not in str(refused.value)


def test_a_collapse_that_moves_about_is_one_without_scores_too():
    rng = np.random.default_rng(0)
    places = FOUR.modes[0] + 0.05 * rng.normal(size=(40, 1, 2))  # as one, from record to record
    samples = places + 0.02 * rng.normal(size=(40, 300, 2))
    assert diagnose(samples, FOUR).kind == "collapsed"


# The test of the diagnosis -------------------------------------------------------------------


def test_results_are_of_todays_rules_and_the_page_is_of_them():
    found = protocol.stored()  # refuses what other thresholds have made
    alone = protocol.stored(protocol.ALONE)
    assert set(found) <= {cell.name for cell in protocol.CELLS}
    assert diagnosis_page.PAGE.read_text(encoding="utf-8") == diagnosis_page.page(found, alone)


def test_the_first_test_stays_readable():
    first = json.loads((protocol.FOLDER / "diagnosis_first.json").read_text(encoding="utf-8"))
    page = diagnosis_page.PAGE.with_name("diagnosis_first.md").read_text(encoding="utf-8")
    pairs = [
        pair for c in first["cells"].values() for pair in zip(c["truth"], c["all"], strict=True)
    ]
    right = sum(true == said for true, said in pairs)
    assert f"{len(pairs):,} runs" in page and f"**{round(100 * right / len(pairs))} %**" in page
    healthy = [said == "healthy" for true, said in pairs if true == "healthy"]
    assert f"silent on {round(100 * np.mean(healthy))} %" in page
    assert all(f"{name.rsplit(', ', 1)[0]} |" in page for name in first["cells"])


def test_a_confusion_is_counted():
    found = {
        "one": {
            "truth": [["chasing", "G too strong"], ["chasing"], ["chasing"], ["healthy"]],
            "all": ["chasing", "lost", "G too strong", "healthy"],
        }
    }
    found["two"] = {"truth": [["chasing", "G too strong"]], "all": ["G too strong"]}
    assert diagnosis_page.shares(found) == {"chasing": (2, 4), "healthy": (1, 1), "": (3, 5)}
    assert diagnosis_page.strictly(found) == (2, 5)
    lines = diagnosis_page.table(found).splitlines()
    assert lines[0] == ("| what is true | runs | right | chasing | G too strong | healthy | lost |")
    assert lines[2] == "| chasing | 4 | 50 % | **1** | 2 (1) | · | 1 |"
    assert lines[-1] == "| right where it is said |  |  | 100 % | 50 % | 100 % | 0 % |"


def test_what_is_confused_often_is_named():
    words = {"truth": [["dropped", "unsteady"]] * 30, "all": ["lost"] * 12 + ["unsteady"] * 18}
    once = {"truth": [["dropped"]] * 2, "all": ["lost", "chasing"]}
    told = diagnosis_page.shortcomings({"a cell": words, "another": once})
    assert told.startswith("## Where it falls short\n\nOf 14 runs it is wrong.")
    assert "- **dropped, told as lost** (13 of 32, 12 of them in *a cell*)" in told
    assert "chasing" not in told and "in smaller ones there are 1." in " ".join(told.split())


def test_cells_are_of_targets_and_settings_that_were_not_seen_before():
    def line(*places):
        return data.points(*[(x,) for x in places], std=0.1)

    seen = (
        *(FOUR, BELL, data.ring(8, radius=1.5, std=0.1), data.grid(4, spacing=1.0, std=0.1)),
        *(line(-1, 0, 1), line(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5), data.Gaussian(1.0, 1.5)),
        *(data.Gaussian(6.0, 0.8), data.points((5, 5), (6, 5), (5, 6), (6, 6), std=0.1)),
        *(data.ring(6, radius=1.2, std=0.1), data.ring(3, radius=1.0, std=0.1)),
        *(data.grid(2, spacing=1.6, std=0.1), line(-1.8, -0.6, 0.6, 1.8), line(5, 6, 7)),
        *(data.grid(5, spacing=0.8, std=0.1), data.unequal_ring(), data.Gaussian(-3.0, 0.8)),
        *(data.Gaussian(-5.0, 0.5), data.Gaussian(8.0, 1.0)),
    )
    assert not set(map(str, seen)) & set(map(str, protocol.TARGETS.values()))
    first = json.loads((protocol.FOLDER / "diagnosis_first.json").read_text(encoding="utf-8"))
    before = [settings for settings in first["rules"]["settings"].values() if settings]
    assert not [cell.name for cell in protocol.CELLS if cell.numbers in before]
    assert {cell.target for cell in protocol.CELLS} == set(protocol.TARGETS)
    assert len({cell.name for cell in protocol.CELLS}) == len(protocol.CELLS)
    for done in {cell.done for cell in protocol.CELLS}:
        of = [cell for cell in protocol.CELLS if cell.done == done]
        assert len({cell.target for cell in of}) >= 2 and len({cell.setting for cell in of}) >= 3


def made(word, *, modes=True, whole=1.0, falls=0, least=1.0, gap=0.0, **more):
    """`Signs` of one seed of which a word is to be found, by the protocol's own lines."""
    numbers = {"whole": whole, "falls": falls, "least": least, "gap": gap}
    numbers |= {"hops": 0.0, "led": 1, "travelled": 1.0, "move": 0.1} | more
    end = Modes(np.ones(1), np.ones((1, 4)), np.ones(1)) if modes else Bell(*np.ones((3, 1)))
    arrays = {name: np.array([value]) for name, value in numbers.items()}
    return Signs(np.ones(1, bool), word=np.array([word]), end=end, **arrays)


@pytest.mark.parametrize(
    ("done", "signs", "words"),
    [
        ("D too strong", made("close"), "healthy"),
        ("D too strong", made("dropped", whole=0.0, least=0.1, gap=0.4), "D too strong"),
        ("D too strong", made("dropped", whole=0.0, least=0.1), "D too strong, dropped"),
        ("G too strong", made("dropped", whole=0.0, least=0.1), "G too strong"),
        ("G too strong", made("dropped", whole=0.1, least=0.6), "G too strong, unsteady"),
        ("G too strong", made("lost", hops=0.2, led=3), "chasing, G too strong"),
        ("collapsed", made("collapsed", whole=0.0, least=0.0), "collapsed, rate too high"),
        ("collapsed", made("lost", hops=0.2, led=3), "chasing, rate too high"),
        ("turning", made("lost", whole=0.0, least=0.0), "turning"),
        ("starving", made("lost", whole=0.0, least=0.0, travelled=0.1), "starving"),
        ("starving", made("lost", whole=0.0, least=0.0, move=0.0), "starving"),
        ("starving", made("lost", whole=0.0, least=0.0), "lost, D too strong"),
        ("dropped", made("narrow"), "narrow"),
        ("dropped", made("dropped", whole=0.5, falls=9), "unsteady, dropped"),
        ("dropped", made("close", whole=0.5, falls=9), "unsteady"),
        ("dropped", made("near", whole=0.5, falls=1), "healthy"),
        ("narrow", made("partly", modes=False, whole=0.0, least=np.nan), "lost"),
        ("rate too high", made("narrow", modes=False), "rate too high"),
    ],
)
def test_what_is_true_of_a_run_is_what_was_made_and_what_is_seen(done, signs, words):
    assert protocol._words(signs, 0, done, True, False) == words.split(", ")
    assert protocol._words(signs, 0, done, False, False) == ["rate too high"]


def test_a_quick_g_before_a_d_that_knows_nothing_may_be_called_too_strong():
    dropped = made("dropped", whole=0.0, least=0.1)
    assert protocol._words(dropped, 0, "chasing", True, True) == ["dropped", "G too strong"]
    known = made("dropped", whole=0.0, least=0.1, gap=0.3)
    assert protocol._words(known, 0, "chasing", True, True) == ["dropped"]


def test_truth_is_decided_by_what_is_not_shown(rng):
    """Records that are shown chase, those between them hold one mode: the word is of the latter."""

    class Made:
        samples = np.empty((41, 1, 1500, 2))

        real_score = fake_score = np.full((41, 1), 0.5)

    for i in range(41):
        mode = FOUR.modes[i // 2 % 4 if i % 2 == 0 and i else 0]
        Made.samples[i, 0] = mode + 0.05 * rng.standard_normal((1500, 2))
    cell = protocol.Cell("dropped", "", "", {})
    assert protocol.truth(Made, FOUR, cell) == [["collapsed"]]
    assert diagnose(Made.samples[::2, :, :500], FOUR).kinds == ["chasing"]


SIDES = ("real", "fake")


def test_losses_that_are_not_there_are_not_told():
    rising = np.linspace(1.0, 300.0, 60)
    found = diagnose({"g_loss": rising, **{f"{name}_score": np.full(60, 0.5) for name in SIDES}})
    assert found.kind == "rate too high" and "g_loss 28" in found.because
    assert "d_loss" not in found.because and "nan" not in found.because


@pytest.mark.parametrize(
    ("steps", "told"), [(100, True), (1000, False), (2000, False), (4000, True)]
)
def test_records_too_near_or_too_far_apart_are_told(steps, told):
    class Made:
        seeds = (0,)
        samples = np.zeros((21, 1, 50, 2))
        d_loss = g_loss = real_score = fake_score = np.full((21, 1), 0.5)

    Made.steps = np.linspace(0, steps, 21)
    unknown = " ".join(diagnose(Made, FOUR)[0].unknown)
    assert ("records are" in unknown) == told


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "?"])
def test_whole_numbers_are_told_as_any_others(kind, rng):
    """Differences of a uint8 wrap, and it has no -1."""
    pictures = rng.integers(0, 100, (RECORDS, N, 8)).astype(kind)
    assert str(diagnose(pictures, pictures[0])) == str(
        diagnose(pictures.astype(float), pictures[0].astype(float))
    )
