"""The playground's scenes and its picture: arrays in, pixels out."""

import numpy as np
import pytest
from scipy.special import expit

from ganlab.course.playground import scenes
from ganlab.course.playground.canvas import Canvas, joined, level_line
from ganlab.course.playground.curves import LOWER, UPPER
from ganlab.course.playground.measures import measures
from ganlab.course.playground.model import Session
from ganlab.course.playground.scenes import Line, Plane, of_member, pulls, scene
from ganlab.course.playground.settings import TARGETS, Settings, changed
from ganlab.course.playground.shown import listed
from ganlab.course.playground.stage import IN_COMPANY, OVERLAYS
from ganlab.course.playground.views import Screen, level_lines
from ganlab.data import Gaussian, Samples, points, two_moons
from ganlab.endings import measure
from ganlab.figures import figure
from ganlab.kernel_density import kernel_log_density
from ganlab.losses import hinge, minimax, nonsaturating
from ganlab.metrics import wasserstein

SMALL = Settings(g_hidden=(4,), d_hidden=(4,), batch_size=4, seeds=2)


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", "0")


def opened(settings):
    session = Session(settings, spaced=1)
    gan = session.trainer.gan
    drawn = scene(session.target, gan.latent)
    return session, Screen(drawn, gan.losses, session.trainer.seeds, level_lines(gan.losses))


# Scenes ----------------------------------------------------------------------------------------


def test_scores_are_those_of_one_member_at_the_points():
    session, screen = opened(SMALL)
    moment, drawn = session.now(), screen.scene
    scores = drawn.scores(moment, 1, nonsaturating.score)
    x = np.array([[drawn.x[3], drawn.y[7]]], "float32")
    logit = float(moment.discriminators(x)[1, 0, 0])
    place = 7 * len(drawn.x) + 3
    np.testing.assert_allclose(drawn.at[place], x[0])
    np.testing.assert_allclose(scores[place], expit(logit), rtol=1e-5)


@pytest.mark.parametrize(
    "settings", [SMALL.changed(packing=2), SMALL.changed(minibatch=True, d_hidden=(4, 4))]
)
def test_where_d_judges_in_company_no_point_has_a_score(settings):
    session, screen = opened(settings)
    assert screen.scene.scores(session.now(), 0, nonsaturating.score) is None
    for overlay in OVERLAYS:
        screen.show(session.now(), session.moments, 0, overlay)
    assert screen.stage.show(session.now(), 0, "D", nonsaturating) == IN_COMPANY
    assert not screen.stage._heat.get_visible()


def test_the_best_d_on_the_line_is_p_over_p_plus_q():
    session, screen = opened(SMALL.changed(target="bell", latent_dim=1))
    drawn, moment = screen.scene, session.now()
    assert isinstance(drawn, Line) and drawn.computed
    q = drawn.density(moment, 1)
    p = Gaussian(4.0, 0.5).density(drawn.at)
    shown = p + q > 1e-9
    np.testing.assert_allclose(drawn.best(moment, 1)[shown], (p / (p + q))[shown], atol=1e-5)
    mass = np.sum(q * np.diff(drawn.edges))
    assert 0.98 < mass <= 1.0 + 1e-9
    coarse = drawn.densities(moment)
    assert coarse.shape == (2, 60)
    np.testing.assert_allclose(coarse[1], q.reshape(60, 4).mean(axis=1), atol=0.05 * q.max())


def test_with_several_latents_the_density_is_estimated():
    session, screen = opened(SMALL.changed(target="bell", latent_dim=3))
    drawn = screen.scene
    assert not drawn.computed
    q, samples = drawn.density(session.now(), 0), session.now().samples[0]
    inside = np.mean((samples >= drawn.low) & (samples <= drawn.high))
    assert q.shape == (240,) and 0 < inside < 1
    np.testing.assert_allclose(np.sum(q * np.diff(drawn.edges)), inside)


def test_the_best_d_in_the_plane_is_sure_where_only_one_of_them_is():
    target = TARGETS["two points"]
    session, screen = opened(SMALL.changed(target="two points"))
    drawn, moment = screen.scene, session.now()
    assert isinstance(drawn, Plane) and target.given[0] == (1.0, 0.0)
    best = drawn.best(moment, 0).reshape(len(drawn.y), len(drawn.x))
    i, j = (np.argmin(np.abs(line - at)) for line, at in ((drawn.y, 0.0), (drawn.x, 1.0)))
    samples = moment.samples[0]
    far = np.linalg.norm(samples - [1.0, 0.0], axis=1).min() > 0.4
    assert best[i, j] > 0.9 or not far
    g = samples[np.argmax(np.abs(samples[:, 1]))]
    i, j = (np.argmin(np.abs(line - at)) for line, at in ((drawn.y, g[1]), (drawn.x, g[0])))
    assert best[i, j] < 0.5


@pytest.mark.parametrize("own", ["moons", "blobs", "on the line", "points"])
def test_the_best_d_cannot_tell_data_without_a_density_from_themselves(own, monkeypatch):
    rng = np.random.default_rng(0)
    blobs = [rng.normal(place, 0.1, (100, 2)) for place in ((1, 0), (-1, 0), (0, 1))]
    target = {
        "moons": Samples(two_moons().sample(1000, rng)),
        "blobs": Samples(np.concatenate(blobs)),
        "on the line": Samples(rng.uniform(-1, 1, 1000)),  # beyond the ends there is nothing
        "points": points((1.0, 0.0), (-1.0, 0.0)),
    }[own]
    drawn = scene(target, Gaussian(0.0, 1.0))

    def perfect(ensemble, member):
        return lambda z: target.sample((1, len(z)), np.random.default_rng(5))

    monkeypatch.setattr(scenes, "of_member", perfect)
    moment = opened(SMALL)[0].now()._replace(samples=perfect(None, 0)(np.zeros((500, 1))))
    monkeypatch.setattr(Line, "computed", False)
    best = drawn.best(moment, 0)
    dense = kernel_log_density(target.sample(5000, rng), drawn.at, drawn._width)
    data = dense > dense.max() - np.log(5)
    np.testing.assert_allclose(best[data], 0.5, atol=0.1)
    apart = np.linalg.norm(drawn.at[:, None] - target.sample(1000, rng), axis=-1).min(axis=1)
    beside = (apart > drawn._width) & (apart < 2 * drawn._width)
    assert beside.any() and abs(np.median(best[beside]) - 0.5) < 0.1


def test_the_manifold_is_the_latent_grid_carried_through_g():
    session, screen = opened(SMALL)
    lines = screen.scene.manifold(session.now(), 1, lines=3, points=5)
    assert lines.shape == (6, 5, 2)
    z = np.array([[-2.0, 2.0]], "float32")  # the last point of the first upright line
    np.testing.assert_allclose(lines[0, -1], session.now().generators(z)[1, 0], rtol=1e-5)
    np.testing.assert_allclose(lines[-1, 0], session.now().generators(z)[1, 0], rtol=1e-5)


def test_a_latent_of_one_number_makes_a_single_line():
    session, screen = opened(SMALL.changed(latent="uniform", latent_dim=1))
    lines = screen.scene.manifold(session.now(), 0, points=5)
    assert lines.shape == (1, 5, 2)


@pytest.mark.parametrize("losses", ["non-saturating", "Wasserstein", "relativistic"])
def test_arrows_point_down_the_slope_of_gs_loss(losses):
    session, screen = opened(SMALL.changed(losses=losses))
    moment, real, used = session.now(), screen.scene.real, session.trainer.gan.losses
    places, ways = pulls(moment, 1, used, real)
    d = of_member(moment.discriminators, 1)

    def loss(x):  # one sample, moved; as G's loss has it
        logits = [d(x.astype("float32"))[:, :, 0]]
        if used.relative:
            logits.insert(0, d(real[: len(x)].astype("float32"))[:, :, 0])
        return float(used.generator(*logits)[0]) * len(x)

    step = 1e-2
    for axis in (0, 1):
        there, back = places.copy(), places.copy()
        there[5, axis] += step
        back[5, axis] -= step
        slope = (loss(there) - loss(back)) / (2 * step)
        np.testing.assert_allclose(-slope, ways[5, axis], rtol=0.05, atol=2e-3)


def test_no_arrow_where_no_single_sample_is_pulled():
    for settings in (SMALL.changed(packing=2), SMALL.changed(matching=1.0)):
        session, screen = opened(settings)
        assert pulls(session.now(), 0, session.trainer.gan.losses, screen.scene.real) is None


@pytest.mark.parametrize("name", ["bell", "ring"])
def test_the_floor_is_that_of_the_target_itself(name):
    session, screen = opened(SMALL.changed(target=name, latent_dim=1))
    drawn = screen.scene
    fresh = session.target.sample((40, 500), np.random.default_rng(9))
    middle = np.median(drawn.distances(fresh))
    assert drawn.floor.low < middle < drawn.floor.high
    if name == "bell":
        np.testing.assert_allclose(drawn.distances(fresh), wasserstein(fresh, session.target))
    shifted = fresh + 1.0
    assert np.median(drawn.distances(shifted)) > 5 * drawn.floor.high


def test_data_of_three_columns_cannot_be_drawn():
    with pytest.raises(ValueError, match="the data have 3 columns: wanted 1 or 2"):
        scene(Samples(np.eye(3)), None)


# The canvas ------------------------------------------------------------------------------------


def test_what_moves_is_drawn_and_the_rest_is_kept():
    fig, ax = figure(width=2, height=2)
    canvas = Canvas(fig)
    line = canvas.moves(ax.plot([0, 1], [0, 1], color="k", lw=4)[0])
    text = canvas.moves(ax.text(0.1, 0.8, "one"))
    first = canvas.pixels().copy()
    np.testing.assert_array_equal(first, canvas.pixels())
    line.set_data([0, 1], [1, 0])
    second = canvas.pixels().copy()
    assert (first != second).any()
    line.set_data([0, 1], [0, 1])
    np.testing.assert_array_equal(first, canvas.pixels())  # nothing of the second is left
    text.set_text("two")
    assert (first != canvas.pixels()).any()
    text.set_text("one")  # from what was kept
    np.testing.assert_array_equal(first, canvas.pixels())
    ax.set_xlim(-1, 3)
    canvas.stale()
    assert (first != canvas.pixels()).any()


def test_a_level_line_lies_where_the_values_cross():
    x = np.linspace(0, 1, 11)
    values = np.broadcast_to(x, (11, 11))
    line = level_line(x, x, values, 0.5)
    np.testing.assert_allclose(line[~np.isnan(line[:, 0]), 0], 0.5)
    assert np.isnan(level_line(x, x, 0 * values, 0.5)).all()
    assert joined([]).shape == (1, 2)


# The picture -----------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["bell", "ring", "two moons", "circle"])
def test_the_picture_follows_the_training(target):
    settings = SMALL.changed(target=target, d_rate=0.05, g_rate=0.05)
    session, screen = opened(settings)
    before = session.moments[0]
    session.advance(6)
    after = session.moments[-1]
    pictures = []
    for moment, overlay in ((before, "D"), (after, "D"), (after, "G's gradient"), (before, "D")):
        screen.show(moment, session.moments, 0, overlay)
        assert screen.png().startswith(b"\x89PNG")
        pictures.append(screen.canvas.pixels().copy())
    assert pictures[0].shape == (478, 990, 3)
    assert (pictures[0] != pictures[1]).any() and (pictures[1] != pictures[2]).any()
    np.testing.assert_array_equal(pictures[0], pictures[3])
    assert len(screen.png(stored=True)) < len(screen.png())


@pytest.mark.parametrize("target", ["bell", "ring"])
def test_in_a_film_samples_move_in_each_picture_and_the_rest_by_turns(target):
    session, screen = opened(SMALL.changed(target=target, d_rate=0.05, g_rate=0.05))

    def seen():
        stage, band = screen.stage, screen.curves._pair[0]
        line = target == "bell"
        d = stage._d.get_ydata() if line else stage._heat.get_array()
        samples = stage._q.get_ydata() if line else stage._fake.get_ydata()
        return [np.array(one, float) for one in (samples, d, band._line.get_xdata())]

    def changed(part):
        before = seen()
        session.advance(1)
        screen.show(session.now(), session.moments, 0, part=part)
        pairs = zip(before, seen(), strict=True)
        return [not np.array_equal(one, other) for one, other in pairs]

    screen.show(session.now(), session.moments, 0)
    note = screen.stage._note.get_text()
    assert changed(0) == [True, True, False]
    assert changed(1) == [True, False, True]
    assert changed(None) == [True, True, True]
    assert screen.stage._note.get_text() == note
    for part in (0, 1):  # what lies over them moves in each
        screen.show(session.now(), session.moments, 0, "G's gradient", part=part)
        assert "G's loss pulls" in screen.stage._note.get_text()


@pytest.mark.parametrize("target", ["bell", "ring"])
@pytest.mark.parametrize("drawn", [False, True])
def test_what_a_page_is_sent_is_what_would_be_listed_anew(target, drawn):
    session, screen = opened(SMALL.changed(target=target, d_rate=0.05, g_rate=0.05))
    canvas = screen.canvas
    for part, overlay in ((None, "D"), (0, "D"), (1, "D"), (2, "D*"), (3, "G's gradient")):
        session.advance(2)
        screen.show(session.now(), session.moments, 0, overlay, part=part)
        if drawn:  # by matplotlib, between two pictures of the page
            canvas.pixels()
        _, shapes, numbers = canvas.parts()
        assert (shapes, numbers) == listed(canvas._moving, canvas.fig.bbox.height)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_overlay_has_its_picture_and_its_note(overlay):
    session, screen = opened(SMALL)
    session.advance(2)
    words = measure(session.now().samples, session.target).words()
    screen.show(session.now(), session.moments, 1, overlay, words)
    assert screen.stage._title.get_text() == f"step 2, seed 1: {words[1]}"
    assert OVERLAYS[overlay].split(";")[0] in screen.stage._note.get_text()
    assert screen.png().startswith(b"\x89PNG")


def test_tiles_show_each_seed_in_its_own_square():
    session, screen = opened(SMALL.changed(seeds=5))
    mosaic = screen.mosaic
    samples = np.full((5, 3, 2), np.nan)
    samples[3] = [[0, 0], [100, 0], [0, 0]]  # the second is outside of its tile
    placed = mosaic._placed(samples)
    middle = (0 - screen.scene.low) / (screen.scene.high - screen.scene.low) + mosaic.corners[3]
    np.testing.assert_allclose(placed, [middle, middle])
    assert mosaic.columns == 3 and len(np.unique(mosaic.corners, axis=0)) == 5
    assert session.step == 0


def test_failed_seeds_leave_a_picture():
    session, screen = opened(SMALL)
    session.advance(1)
    moment = session.now()
    broken = moment._replace(
        samples=np.full_like(moment.samples, np.nan),
        seen={name: np.full(2, np.nan) for name in moment.seen},
    )
    for overlay in OVERLAYS:
        screen.show(broken, [broken], 0, overlay)
        assert screen.png().startswith(b"\x89PNG")


def test_axes_widen_as_the_training_goes_on():
    session, screen = opened(SMALL)
    session.advance(1)
    moment = session.now()
    far = moment._replace(step=1300, seen={**moment.seen, "d_loss": np.array([9.0, -3.0])})
    screen.show(far, [moment, far], 0)
    assert screen.curves.top.get_xlim() == (0, 2000)
    low, high = screen.curves.top.get_ylim()
    assert low <= -1.8 and high >= 7.8


def test_level_lines_are_those_of_the_loss():
    assert level_lines(nonsaturating) == {"2 log 2": 2 * np.log(2), "log 2": np.log(2)}
    assert level_lines(minimax) == {"2 log 2": 2 * np.log(2), "-log 2": -np.log(2)}
    assert level_lines(hinge) == {}


@pytest.mark.parametrize("own", [False, True])
def test_the_best_d_on_the_line_is_computed_where_both_densities_are(own):
    settings = SMALL.changed(target="bell", latent_dim=1)
    if own:
        settings = changed(settings, {"own": np.random.default_rng(0).normal(size=50)})
    session, screen = opened(settings)
    screen.show(session.now(), session.moments, 0)
    assert screen.scene.computed and screen.png().startswith(b"\x89PNG")
    assert screen.stage._best.get_label() == ("D* (estimated)" if own else "D* (computed)")


def test_own_points_are_drawn():
    own = np.random.default_rng(0).normal(size=(50, 2))
    session, screen = opened(changed(SMALL, {"own": own}))
    assert not screen.scene.has_density
    screen.show(session.now(), session.moments, 0, "D*")
    assert screen.png().startswith(b"\x89PNG")


# How good the samples are -----------------------------------------------------------------------


def moment_of(session, samples):
    return session.now()._replace(samples=np.asarray(samples, "float32"))


def test_what_can_be_measured_depends_on_the_target():
    found = {name: set(measures(opened(SMALL.changed(target=name))[1].scene)) for name in
             ("bell", "ring", "two moons", "two bells")}  # fmt: skip
    assert found["bell"] == found["two moons"] == {"distance", "JS"}
    assert found["ring"] == found["two bells"] == {"distance", "JS", "modes held"}


@pytest.mark.parametrize("name", ["ring", "two moons", "bell"])
def test_js_is_0_of_the_target_itself_but_for_chance_and_log_2_far_away(name):
    session, screen = opened(SMALL.changed(target=name, latent_dim=3))
    js = measures(screen.scene)["JS"]
    assert "estimated" in js.label
    good = session.target.sample((2, 500), np.random.default_rng(7))
    values = js.of(moment_of(session, good))
    assert (values < 2 * js.floor[1]).all() and values.shape == (2,)
    far = js.of(moment_of(session, good + 100.0))
    np.testing.assert_allclose(far, np.log(2), rtol=1e-3)
    good[1, 0] = np.nan
    assert np.isnan(js.of(moment_of(session, good))).tolist() == [False, True]


def test_js_on_the_line_is_that_of_the_densities():
    session, screen = opened(SMALL.changed(target="bell", latent_dim=1))
    js = measures(screen.scene)["JS"]
    x = np.linspace(-40, 40, 200_001)[:, None]
    p = Gaussian(4.0, 0.5).log_density(x)
    moment = session.now()
    g = of_member(moment.generators, 1)
    u = np.linspace(0, 1, 400_002)[1:-1]
    made = g(moment_latent(session).quantile(u)[:, None])[0, :, 0]
    counts, edges = np.histogram(made, np.r_[-np.inf, screen.scene.edges[::4], np.inf])
    due = np.diff(Gaussian(4.0, 0.5).cdf(np.clip(edges, -1e6, 1e6)[:, None]))
    q = counts / counts.sum()
    m = (due + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.nansum(np.where(one > 0, one * np.log(one / m), 0)) for one in (due, q)]
    assert "computed" in js.label and np.isfinite(p).all()
    np.testing.assert_allclose(js.of(moment)[1], np.mean(parts), atol=0.01)


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_a_seed_that_failed_has_no_density_and_no_js(latent_dim):
    session, screen = opened(SMALL.changed(target="bell", latent_dim=latent_dim))
    moment = session.now()
    moment.samples[1] = np.nan  # as `now` has it of one that failed
    js = measures(screen.scene)["JS"].of(moment)
    assert np.isnan(js).tolist() == [False, True]
    scene = screen.scene
    assert np.isnan(scene.densities(moment)).all(axis=1).tolist() == [False, True]
    for draw in (scene.density, scene.best):  # nor is one drawn of it
        assert np.isfinite(draw(moment, 0)).all() and np.isnan(draw(moment, 1)).all()


def test_a_seed_that_failed_has_no_best_d_in_the_plane():
    session, screen = opened(SMALL.changed(target="ring"))
    moment = session.now()
    moment.samples[1] = np.nan
    assert np.isfinite(screen.scene.best(moment, 0)).all()
    assert np.isnan(screen.scene.best(moment, 1)).all()


def moment_latent(session):
    return session.trainer.gan.latent


def test_modes_held_are_counted():
    session, screen = opened(SMALL.changed(target="ring"))
    held = measures(screen.scene)["modes held"]
    modes = session.target.modes
    samples = np.stack([np.repeat(modes[:3], 100, axis=0), np.repeat(modes, 100, axis=0)[:300]])
    assert held.of(moment_of(session, samples)).tolist() == [3, 3]
    all_of_them = np.stack([np.tile(modes, (30, 1))] * 2)
    assert held.of(moment_of(session, all_of_them)).tolist() == [8, 8]


@pytest.mark.parametrize("lower", LOWER)
@pytest.mark.parametrize("upper", UPPER)
def test_every_curve_has_its_picture(upper, lower):
    session, _ = opened(SMALL.changed(target="ring"))
    session.advance(3)
    gan, moments = session.trainer.gan, session.moments
    drawn = scene(session.target, gan.latent)
    screen = Screen(drawn, gan.losses, session.trainer.seeds, {}, upper, lower)
    screen.show(moments[-1], moments, 1)
    assert screen.png().startswith(b"\x89PNG")
    _, shapes, _ = screen.canvas.parts()
    assert sum(shape["k"] == "area" for shape in shapes) == (2 if lower == "all seeds" else 3)
    name = "d_loss" if upper == "losses" else "real_score"
    line = screen.curves._pair[0]._line.get_ydata()
    np.testing.assert_allclose(line, [np.median(m.seen[name]) for m in moments[1:]], rtol=1e-6)
    failed = moments[-1]._replace(samples=np.full_like(moments[-1].samples, np.nan))
    screen.show(failed, [*moments, failed], 1)
    assert screen.png().startswith(b"\x89PNG")


def test_the_strip_has_a_dot_for_each_seed_and_its_median():
    session, _ = opened(SMALL.changed(target="ring", seeds=5))
    session.advance(4)
    gan, moments = session.trainer.gan, session.moments
    drawn = scene(session.target, gan.latent)
    screen = Screen(drawn, gan.losses, session.trainer.seeds, {}, lower="all seeds")
    screen.show(moments[-1], moments, 2)
    x, y = screen.curves._lower._dots.get_data()
    for row, moment in enumerate((moments[-1], moments[2], moments[0])):
        inside = np.abs(y - row) < 0.4
        far = drawn.distances(moment.samples)
        np.testing.assert_allclose(np.sort(x[inside]), np.sort(far))
        chosen = screen.curves._lower._one.get_data()[0][row]
        np.testing.assert_allclose(chosen, far[2])


def test_only_what_comes_without_a_density_is_without_one():
    class Broken(Gaussian):
        def log_density(self, x):
            raise ValueError("a fault of its own")

    latent = Gaussian(0.0, 1.0)
    assert not Line(Samples(np.arange(9.0)), latent).has_density
    assert not Plane(points((0.0, 0.0), (1.0, 1.0)), latent).has_density
    assert Line(Gaussian(), latent).has_density
    with pytest.raises(ValueError, match="a fault of its own"):
        _ = Line(Broken(), latent)._log_p
