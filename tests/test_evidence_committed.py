"""What is committed in evidence/: protocols, trainings and outcomes, in their rooms."""

import importlib
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from evidence import outcomes, outcomes_of_modes, outcomes_of_samples, outcomes_of_styles
from evidence.league.training import play
from evidence.trainings import perspective2016, plane, put_to_use, tables
from evidence.trainings.circle import Sampled
from evidence.trainings.perspective2016 import Followed
from evidence.trainings.tables import Played
from ganlab import inversion, league
from ganlab.evidence import Claim, claim, load_result, protocols
from ganlab.evidence.history import history_page
from ganlab.evidence.ledger import ledger, readme
from ganlab.evidence.protocol import LOOKS, Arm, EvidenceError, Protocol
from ganlab.evidence.store import past_results, stored_ids
from ganlab.evidence.sweep import Sweep
from ganlab.loop import Loop
from ganlab.recipes import Recipe

FOLDER = Path(outcomes.__file__).parent
FILES = sorted((FOLDER / "claims").glob("[!_]*.py"))
MODULES = [importlib.import_module(f"evidence.claims.{path.stem}") for path in FILES]
PROTOCOLS = [protocol for module in MODULES for protocol in module.PROTOCOLS]
ARMS = [
    (protocol, name, arm)
    for protocol in PROTOCOLS
    for setting in protocol.settings.values()
    for name, arm in setting.asked.items()
]
OUTCOMES = [outcomes, outcomes_of_modes, outcomes_of_samples, outcomes_of_styles]
ROOMS = [module.__name__ for module in OUTCOMES]
OF_THE_LEAGUE = {league.close, league.holds_all, league.w1}  # which claims may ask, too
BELL = outcomes.BELL


def bare(outcome):
    return outcome.func if isinstance(outcome, partial) else outcome


def test_ids_are_given_once():
    ids = [protocol.id for protocol in PROTOCOLS]
    assert len(ids) == len(set(ids)) > 40
    assert all(isinstance(protocol, Protocol) for protocol in PROTOCOLS)


def test_what_was_dropped_names_protocols_that_there_are():
    rows = (FOLDER / "dropped.md").read_text(encoding="utf-8").splitlines()
    rows = [row.strip("| ").split(" | ") for row in rows if row.startswith("| ")]
    rows = [row for row in rows if row[0] not in ("old id", "---")]
    old, now = [row[0] for row in rows], {id for row in rows for id in row[1].split(", ")}
    assert all(len(row) == 3 and row[2] for row in rows) and len(old) == len(set(old)) > 50
    assert now <= {protocol.id for protocol in PROTOCOLS} | {*old}


def test_outcomes_and_trainings_stand_in_their_rooms():
    for protocol, name, arm in ARMS:
        assert isinstance(arm, Arm), f"{protocol.id}: {name} is no Arm"
        outcome, training = bare(arm.outcome), arm.training
        in_room = outcome.__module__ in ROOMS or outcome in OF_THE_LEAGUE
        assert in_room, f"{protocol.id}, {name}"
        in_room = training.__module__.startswith("evidence.trainings.") or training is play
        assert in_room, f"{protocol.id}, {name}"


def test_every_outcome_is_asked():
    used = {bare(arm.outcome) for _, _, arm in ARMS}
    helpers = {outcomes.where_finite, outcomes.ended, outcomes_of_modes.ended_with}
    theirs = {
        function
        for module in OUTCOMES
        for name, function in vars(module).items()
        if getattr(function, "__module__", "") == module.__name__ and name[0] != "_"
    }
    assert theirs - helpers == used - OF_THE_LEAGUE


def test_a_training_is_given_in_one_way_so_that_it_is_shared():
    """An arm that writes out what is the training's default anyway would be trained twice."""
    for protocol, name, arm in ARMS:
        usual = arm.training.__kwdefaults__ or {}
        same = [k for k, v in arm.settings.items() if k in usual and usual[k] == v]
        assert not same, f"{protocol.id}, {name}: {same} is the default"


def test_sentences_name_the_setting_where_there_are_several():
    for protocol in PROTOCOLS:
        if len(protocol.settings) > 1:
            assert "{setting}" in protocol.says, protocol.id


@pytest.mark.parametrize("room", ["claims", "trainings"])
def test_every_file_of_a_room_says_what_it_is_about(room):
    for path in (FOLDER / room).glob("[!_]*.py"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith('"""'), f"{path.name} has no docstring"
        assert room != "claims" or "?" in first, f"{path.name} asks no question"


@pytest.fixture
def short(monkeypatch):
    """Trainings that take a step or two, uncompiled, and go through the motions of the rest."""

    def play(self, name, steps, move=True, original=Loop._play):
        calls, seen = getattr(self, "taken", (0, None))
        if calls < 2:
            steps, seen = original(self, name, 1, move)
        else:
            self.step += steps * move
        self.taken = calls + move, seen
        return steps, seen

    monkeypatch.setattr(Loop, "_play", play)
    monkeypatch.setattr(tables, "ROUNDS", 100)
    # Records are most of what is left of the time: eight of them.
    train, follow = Recipe.train, perspective2016.follow
    monkeypatch.setattr(Recipe, "train", lambda *a, **k: train(*a, **{**k, "records": 7}))
    monkeypatch.setattr(perspective2016, "follow", lambda t, steps, _: follow(t, steps, 8))
    monkeypatch.setattr(plane, "RECORDS", 7)
    # And what is fitted beside the GANs, round by round.
    coder, invert = put_to_use.MLPRegressor, inversion.invert
    monkeypatch.setattr(put_to_use, "MLPRegressor", lambda **k: coder(**{**k, "max_iter": 2}))
    monkeypatch.setattr(put_to_use, "_classifier", lambda: LogisticRegression(C=0.1, tol=1.0))
    monkeypatch.setattr(inversion, "invert", partial(invert, steps=2))
    monkeypatch.setenv("GANLAB_COMPILE", "0")


@pytest.mark.rest
@pytest.mark.usefixtures("short")
def test_every_training_runs_and_every_outcome_takes_what_it_returns():
    trained, asked = {}, {}
    for protocol, name, arm in ARMS:
        # Flags may take other paths through a training; the layer is what tests/ knows already.
        flags = {k for k, v in arm.settings.items() if isinstance(v, bool) and k != "minibatch"}
        path = (arm.training, *sorted(flags))
        if path not in trained:
            trained[path] = arm.training((3, 5), **arm.settings)
        key = (bare(arm.outcome), arm.training)
        if key not in asked:
            asked[key] = np.asarray(arm.outcome(trained[path]))
        found = asked[key]
        assert found.shape == (2,), f"{protocol.id}, {name}: {found}"
        compared = {arm for setting in protocol.settings.values() for arm in setting.arms}
        if protocol.kind == "share" and name in compared:  # what is told beside may be any number
            assert set(found[~np.isnan(found)]) <= {0, 1}, f"{protocol.id}, {name}: {found}"
    assert len({training for training, *_ in trained}) >= 44  # none is lost


# Outcomes of arrays made by hand -----------------------------------------------------------

U = (np.arange(2000) + 0.5) / 2000
PERFECT = BELL.quantile(U)[:, None]


def run(*seeds, **more):
    """Ten records all alike of each seed's samples (n, 1); or (records, n, 1) as they are."""
    records = [np.broadcast_to(s, (20, len(U), 1)) if s.ndim == 2 else s for s in seeds]
    return SimpleNamespace(samples=np.stack(records, axis=1), **more)


def spread(mean=4.0, width=1.0):
    return mean + width * (PERFECT - 4.0)


FAILED = np.where(np.arange(20) < 10, 1.0, np.nan)[:, None, None] * PERFECT
HALF = np.concatenate([PERFECT[::2], PERFECT[::2] + 9.0])  # half at the bell, half far right
KINDS = run(PERFECT, spread(width=0.7), spread(4.3), HALF, spread(9.0), FAILED)


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (outcomes.close, [1, 0, 0, 0, 0]),
        (outcomes.narrow, [0, 1, 0, 0, 0]),
        (outcomes.partly, [0, 0, 0, 1, 0]),
        (outcomes.lost, [0, 0, 0, 0, 1]),
        (outcomes.missed, [0, 0, 0, 1, 1]),
        (outcomes.wide, [1, 0, 1, 0, 0]),
        (outcomes.within_a_quarter, [1, 1, 0, 0, 0]),
        (outcomes.came_close, [1, 0, 0, 0, 0]),
        (outcomes.not_steady, [0, 0, 0, 0, 0]),
        (outcomes.right_tail, [0.0015, 0, 0.0085, 0.5, 1]),
    ],
)
def test_words_and_tails_of_made_up_runs(outcome, wanted):
    np.testing.assert_allclose(outcome(KINDS), [*wanted, np.nan], atol=1e-3)


def test_lengths_are_in_the_units_of_the_data():
    w1, width = outcomes.w1_at_the_end(KINDS), outcomes.width_at_the_end(KINDS)
    np.testing.assert_allclose(w1[[0, 2, 4]], [0, 0.3, 5], atol=1e-3)
    np.testing.assert_allclose(width[[0, 1, 2]], [0.5, 0.35, 0.5], atol=1e-3)
    assert np.isnan(w1[5]) and np.isnan(width[5])
    standard = outcomes.STANDARD
    two = run(standard.quantile(U)[:, None] + 2.0)
    np.testing.assert_allclose(outcomes.w1_at_the_end(two, target=standard), [2], atol=1e-3)


def test_a_run_that_was_close():
    """At first perfect, then narrow, wide or lost; or perfect in the last two records of 20."""
    first = np.arange(20)[:, None, None] < 10
    then = [np.where(first, PERFECT, end) for end in (spread(width=0.7), spread(4.3), spread(9.0))]
    runs = run(*then, np.where(first, PERFECT + 1.0, PERFECT), spread(9.0))
    np.testing.assert_array_equal(outcomes.came_close(runs), [1, 1, 1, 1, 0])
    np.testing.assert_array_equal(outcomes.came_close_ended_narrow(runs), [1, 0, 0, 0, 0])
    np.testing.assert_array_equal(outcomes.came_close_stayed_wide(runs), [0, 1, 0, 1, 0])
    np.testing.assert_allclose(outcomes.w1_when_stopped(runs), [0, 0, 0, 0, 5], atol=1e-3)
    np.testing.assert_allclose(outcomes.w1_early(runs), [0, 0, 0, 1, 5], atol=1e-3)


def test_a_run_whose_last_record_is_lost_is_not_steady():
    last = np.arange(20)[:, None, None] == 19
    np.testing.assert_array_equal(
        outcomes.not_steady(run(np.where(last, PERFECT + 9.0, PERFECT), PERFECT)), [1, 0]
    )


def test_a_run_that_settles_stays_within_a_tenth_of_its_first_distance():
    """Means 4 away at first, then 0.3; 0.5; 0.3 but for the last record but one; NaN."""
    off = np.full((20, 4), 4.0)
    off[1:] = [0.3, 0.5, 0.3, 0.3]
    off[-2, 2], off[-1, 3] = -0.5, np.nan
    runs = run(*(PERFECT + column[:, None, None] for column in off.T))
    np.testing.assert_array_equal(outcomes.settles(runs), [1, 0, 0, np.nan])


def test_left_and_right():
    left, right = run(PERFECT - 9.0), run(PERFECT + 9.0)
    assert (outcomes.left_tail(left), outcomes.right_tail(left)) == (1, 0)
    assert (outcomes.left_tail(right), outcomes.right_tail(right)) == (0, 1)


def test_a_cell_of_a_map_is_taken_by_d_then_g():
    standard = outcomes.STANDARD.quantile(U)[:, None]
    samples = np.full((20, 3, 3, 2, len(U), 1), 9.0)
    samples[:, 2, 0, 1] = standard
    cell = partial(outcomes.close_in_cell, target=outcomes.STANDARD)
    np.testing.assert_array_equal(cell(samples, d_rate=2, g_rate=0), [0, 1])
    np.testing.assert_array_equal(cell(samples, d_rate=0, g_rate=2), [0, 0])


def test_scores():
    nan, steps = np.nan, np.arange(20)
    real = np.tile([0.5, 0.58, 0.65, 0.5, nan], (20, 1))
    fake = np.tile([0.5, 0.42, 0.50, 0.3, nan], (20, 1))
    scored = run(*[PERFECT] * 5, real_score=real, fake_score=fake, accuracy=fake, steps=steps)
    np.testing.assert_array_equal(outcomes.scores_at_half(scored), [1, 1, 0, 0, nan])
    np.testing.assert_array_equal(outcomes.accuracy_at_half(scored), [1, 1, 1, 0, nan])
    np.testing.assert_array_equal(outcomes.sure_early(scored), [0, 0, 0, 0, nan])
    real[3, 0], fake[3, 0], real[15, 1], fake[15, 1] = 0.9, 0.3, 1.0, 0.0
    np.testing.assert_array_equal(outcomes.sure_early(scored), [1, 0, 0, 0, nan])
    scored.samples = scored.samples.copy()
    scored.samples[:, 1] += 9.0
    np.testing.assert_array_equal(outcomes.at_half_and_close(scored), [1, 0, 0, 0, nan])
    np.testing.assert_array_equal(outcomes.at_half_and_not_close(scored), [0, 1, 0, 0, nan])


def test_d_is_flat_by_its_end():
    off = np.full((20, 3), 0.3)
    off[-2:] = [0.05, 0.11, np.nan]
    found = outcomes.flat_at_half(Followed(None, off))
    np.testing.assert_array_equal(found, [1, 0, np.nan])


def test_bumps():
    bumps = outcomes.BUMPS.quantile(U)[:, None]
    np.testing.assert_allclose(outcomes.w1_to_bumps(run(bumps, bumps + 1)), [0, 1], atol=2e-3)


def test_tables():
    p = np.array([[0.5, 0.5, 0.0]] * 2)
    q = np.array([[[0.48, 0.49, 0.03]], [[0.44, 0.5, 0.06]]])
    np.testing.assert_array_equal(outcomes.same_frequencies(Played(p, q)), [1, 0])


def test_circles():
    """Seed 0 gives its data back, seed 1 goes all round, seed 2 lies inside."""
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    fresh = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    data = fresh[::125]
    again = np.repeat(data, 125, axis=0)
    samples = np.stack([again, fresh, 0.5 * fresh])
    sampled = Sampled(np.stack([samples] * 2), *(np.stack([x] * 3) for x in (data, again, fresh)))
    np.testing.assert_array_equal(outcomes.makes_new_places(sampled), [0, 1, 0])
    np.testing.assert_allclose(outcomes.w1_to_the_circle(sampled)[1:], [0, 0.5], atol=1e-6)
    assert (outcomes.w1_of_the_data(sampled) > 0.3).all()


def test_the_number_of_settings_and_the_last_looks():
    settings = [setting for protocol in PROTOCOLS for setting in protocol.settings.values()]
    assert len(settings) >= 325  # of which shares are told: none is dropped in silence
    assert {setting.most for setting in settings} <= {LOOKS[0], *LOOKS[3:]}
    # One look alone is for a GAN of which 64 seeds take hours.
    posts = {arm.training for s in settings if s.most == LOOKS[0] for arm in s.asked.values()}
    assert posts == {plane.train_post}


def test_an_id_names_the_last_protocol_and_what_was_dropped_is_said():
    assert claim("C2a").id == claim("C2a.3").id == "C2a.3"
    for id in ("D6a", "C2a.2"):
        with pytest.raises(EvidenceError, match=rf"^{id} was .*: evidence/dropped.md says"):
            claim(id)
    dropped = (FOLDER / "dropped.md").read_text(encoding="utf-8")
    past = [result["id"] for result in past_results() if result.get("verdict") != "identity"]
    assert [id for id in past if f"\n| {id} | " not in dropped] == []


def test_outcomes_of_runs_are_those_that_the_verdict_rests_on():
    """Wins are counted here anew, from the stored runs, by hand."""
    found = claim("E5b")
    for setting in found.settings:
        first, second = found.outcomes(setting).values()
        look = found.look(setting)
        assert len(first) == len(second) == look["seeds"]
        assert np.sum(first - second > 0.1) == look["won"]
        assert np.sum(second - first > 0.1) == look["lost"]
    share = claim("D4")
    (ended,) = share.outcomes(share.settings[0]).values()
    assert ended.sum() == share.look(share.settings[0])["first"]
    for id in ("D1f", "D4"):
        for setting in claim(id).settings:
            outcomes, shares = claim(id).outcomes(setting), claim(id).shares(setting)
            assert shares == {arm: np.mean(ended) for arm, ended in outcomes.items()}
    with pytest.raises(EvidenceError, match="wanted a measured setting of a claim of shares"):
        found.shares(found.settings[0])


def test_outcomes_that_are_not_there_are_asked_for(tmp_path):
    with pytest.raises(EvidenceError, match=r"no setting 'mended' in E5b.2: wanted one of"):
        claim("E5b").outcomes("mended")
    with pytest.raises(EvidenceError, match=r"of its result alone: wanted claim\('E5b.2'\)"):
        Claim(load_result("E5b")).outcomes("samples, no D")
    alone = Claim(load_result("E5b"), tmp_path)
    with pytest.raises(EvidenceError, match=r"run `make evidence ARGS=E5b.2`"):
        alone.outcomes(alone.settings[0])


def test_results_follow_from_the_runs_that_are_stored_and_from_the_protocols_of_today():
    """What `make evidence` would do without training anything."""
    results = Sweep(protocols()).results()  # refuses what another protocol measured
    for id, result in results.items():
        if id not in stored_ids():  # a protocol is committed before its first result
            assert not any(setting["looks"] for setting in result["settings"].values()), id
            continue
        stored = load_result(id)
        assert {name: stored[name] for name in result} == result, id


def test_pages_are_those_of_the_results():
    results, docs = [load_result(id) for id in stored_ids()], FOLDER.parent / "docs"
    wanted = "wanted the page of the results there are: run `make evidence ARGS=A1`"
    for path, text in (
        (docs / "claims.md", ledger(results)),
        (docs / "claims_history.md", history_page(past_results())),
        (FOLDER / "README.md", readme(results)),
    ):
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: {wanted}"
