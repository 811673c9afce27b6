import base64
import io
import json
import re
import struct

import matplotlib
import numpy as np
import pytest
from PIL import Image
from scipy.stats import norm

from ganlab import figures, plots
from ganlab.figures import COLOUR, COLOURS

GRID = np.linspace(0, 8, 161)
P = norm.pdf(GRID, 4, 0.5)
Q = np.stack([norm.pdf(GRID, 4 + shift, 0.4) for shift in (-0.5, 0.0, 0.25)])


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax, label):
    return next(each for each in ax.lines if each.get_label().startswith(label))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


# figures


def test_global_settings_and_pyplot_are_left_alone():
    before = dict(matplotlib.rcParams)
    fig, ax = plots.figure()
    plots.densities(ax, GRID, P, generated=Q, learned=P / (P + Q))
    plots.render(fig)
    assert dict(matplotlib.rcParams) == before


def test_the_style_does_not_depend_on_the_readers_own():
    with matplotlib.rc_context({"text.color": "white", "axes.facecolor": "black"}):
        fig, ax = plots.figure(2, width=8)
        assert fig.get_size_inches() == pytest.approx([8, 3.3]) and len(ax) == 2
        plots.densities(ax[0], GRID, P)
        assert ax[0].get_facecolor() == (1, 1, 1, 1)
        assert ax[0].get_legend().get_texts()[0].get_color() == "#333333"


def test_a_rendered_figure_is_a_small_palette_png_on_white():
    fig, ax = plots.figure()
    plots.densities(ax, GRID, P, generated=Q, learned=P / (P + Q), computed=P / (P + Q))
    png = plots.render(fig)
    assert Image.open(io.BytesIO(png)).mode == "P" and len(png) < 45_000
    picture = pixels(png)
    assert picture.shape == (363, 770, 3) and (picture[0] == 255).all()


def test_the_colours_are_okabe_and_itos():
    named = {matplotlib.colors.to_hex(c) for c in matplotlib.color_sequences["okabe_ito"]}
    mine = {each.lower() for each in [*COLOURS, *vars(COLOUR).values()]}
    assert mine - named == {"#1a1a1a", "#7a7a7a"}  # ink and grey


# densities


def test_densities_say_where_each_curve_comes_from():
    _, ax = plots.figure()
    shown = dict(generated=Q[0], samples=[4.0], learned=P, computed=P, exact=P, kind="exact")
    assert plots.densities(ax, GRID, P, **shown) is ax
    assert labels(ax) == [
        "target p (exact)",
        "generator q (estimated)",
        "generator q (exact)",
        "D (learned)",
        "D* (computed)",
        "D* (exact)",
    ]
    right = ax.figure.axes[1]
    looks = [line(right, name).get_linestyle() for name in ("D (l", "D* (c", "D* (e")]
    assert looks == ["-", "--", ":"]
    assert right.get_ylim()[0] == 0 and right.get_ylim()[1] >= 1


def test_one_seed_of_many_is_highlighted():
    _, ax = plots.figure()
    plots.densities(ax, GRID, P, generated=Q, highlight=2)
    np.testing.assert_array_equal(line(ax, "generator").get_ydata(), Q[2])
    thin = [each for each in ax.lines if each.get_linewidth() == 0.6]
    np.testing.assert_array_equal([each.get_ydata() for each in thin], Q)
    assert labels(ax) == ["target p (exact)", "generator q (computed)"]


def test_a_spike_is_cut_off_and_a_given_top_is_kept():
    spike = norm.pdf(GRID, 4, 0.02)
    _, ax = plots.figure(2)
    plots.densities(ax[0], GRID, P, generated=spike)
    plots.densities(ax[1], GRID, P, generated=spike, top=2.5)
    assert ax[0].get_ylim()[1] == pytest.approx(3 * 1.05 * P.max())
    assert ax[1].get_ylim()[1] == 2.5


def test_a_histogram_is_a_density_of_all_samples():
    _, ax = plots.figure()
    samples = np.r_[np.full(50, 4.0), np.full(50, 20.0)]  # half of them are off the grid
    plots.densities(ax, GRID, P, samples=samples[:, None], bins=40)
    heights, edges, _ = ax.patches[0].get_data()
    assert (heights * np.diff(edges)).sum() == pytest.approx(0.5)


def test_a_curve_off_the_grid_is_refused_in_one_line():
    _, ax = plots.figure()
    for curve, given in ((np.ones(5), "5,"), (np.ones((2, 5)), "5, 2")):
        with pytest.raises(
            ValueError, match=rf"^densities\(.*x and y .* shapes \(161,\) and \({given}\)$"
        ):
            plots.densities(ax, GRID, P, generated=curve)


def test_the_legend_covers_no_data_and_stays_in_the_picture():
    for width, ncols in ((6, 1), (9.5, 2)):
        fig, axes = plots.figure(ncols, width=width)
        for ax in np.ravel(axes):
            plots.densities(ax, GRID, P, generated=Q, learned=P, computed=P, exact=P)
        plots.render(fig)
        for ax in np.ravel(axes):
            box = ax.get_legend().get_window_extent()
            assert box.y1 < ax.xaxis.label.get_window_extent().y0 + 1
            assert box.y0 >= 0 and box.x0 >= 0 and box.x1 <= fig.bbox.width


# bands


def test_a_band_is_the_median_and_the_10_to_90_percent_range():
    _, ax = plots.figure()
    values = np.stack([np.arange(11.0), np.arange(11.0) * 10])[:, ::-1]  # quantiles 1, 5, 9
    plots.band(ax, [0, 1], values, "W1", reference={"a perfect sampler": 0.3})
    np.testing.assert_allclose(line(ax, "W1").get_ydata(), [5, 50])
    corners = ax.collections[0].get_paths()[0].vertices
    assert {tuple(c) for c in corners} == {(0.0, 1.0), (0.0, 9.0), (1.0, 10.0), (1.0, 90.0)}
    assert labels(ax) == ["W1", "a perfect sampler"]


def test_failed_seeds_are_counted_in_the_legend():
    values = np.tile(np.arange(4.0), (3, 1))
    values[1:, 3] = np.nan
    values[2] = np.inf
    _, ax = plots.figure()
    plots.band(ax, [0, 1, 2], values[:, :], "std")
    np.testing.assert_array_equal(line(ax, "std").get_ydata(), [1.5, 1.0, np.nan])
    assert labels(ax) == ["std (4 of 4 seeds failed)"]


def test_losses_draw_d_before_g_with_two_cues():
    _, ax = plots.figure()
    d_loss, g_loss = np.full((3, 2), 1.4), np.full((3, 2), 0.7)
    plots.losses(ax, [0, 1, 2], d_loss, g_loss, reference={"2 log 2": 1.386, "log 2": 0.693})
    assert labels(ax) == ["d_loss", "g_loss", "2 log 2", "log 2"]
    d, g = line(ax, "d_loss"), line(ax, "g_loss")
    assert d.get_ydata()[0] == 1.4 and g.get_ydata()[0] == 0.7
    assert d.get_color() != g.get_color() and d.get_linestyle() != g.get_linestyle()
    with pytest.raises(ValueError, match=r"shape \(3, 2\); give \(records, seeds\) with 5"):
        plots.losses(ax, range(5), d_loss, g_loss)


# outcomes


def dots(ax):
    return [each for each in ax.lines if each.get_marker() == "o"]


def test_every_seed_is_a_dot_and_no_two_dots_overlap():
    rng = np.random.default_rng(0)
    arms = {"one": rng.normal(0, 1, 32), "two": rng.normal(3, 0.1, 32)}
    fig, ax = plots.figure(height=3)
    plots.outcomes(ax, arms, label="W1")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["one", "two"]
    assert ax.yaxis_inverted()
    for row, (drawn, values) in enumerate(zip(dots(ax), arms.values(), strict=True)):
        np.testing.assert_array_equal(drawn.get_xdata(), np.sort(values))
        assert np.abs(drawn.get_ydata() - row).max() < 0.45
    plots.render(fig)
    places = ax.transData.transform(dots(ax)[0].get_xydata())
    apart = np.hypot(*(places[:, None] - places[None]).T) + 99 * np.eye(32)
    assert apart.min() > 0.7 * dots(ax)[0].get_markersize() * fig.dpi / 72


def test_the_median_counts_failed_seeds_as_the_worst():
    nine = np.arange(1.0, 10.0)
    two_failed = np.r_[nine, np.nan, np.inf]
    cases = [(nine, False, 5.0), (two_failed, False, 6.0), (two_failed, True, 4.0)]
    for values, higher_is_better, median in cases:
        _, ax = plots.figure()
        plots.outcomes(ax, {"arm": values}, higher_is_better=higher_is_better)
        upright = [each.get_xdata() for each in ax.lines if len(set(each.get_xdata())) == 1]
        assert upright[0][0] == median


@pytest.mark.parametrize("seeds, bars", [(1, 0), (2, 0), (3, 2)])
def test_one_seed_or_two_are_dots_alone(seeds, bars):
    _, ax = plots.figure()
    plots.outcomes(ax, {"arm": np.arange(1.0, seeds + 1)})
    assert len(dots(ax)[0].get_xdata()) == seeds
    assert len(ax.lines) == 1 + bars


@pytest.mark.parametrize("higher_is_better", [False, True])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_failed_seeds_are_crosses_at_the_worse_edge(higher_is_better, scale):
    fig, ax = plots.figure()
    ax.set_xscale(scale)
    arms = {"some": [1.0, 2.0, np.nan, np.inf], "all": [np.nan] * 3, "none": [3.0, 4.0]}
    plots.outcomes(ax, arms, higher_is_better=higher_is_better)
    crosses = [each for each in ax.lines if each.get_marker() == "x"]
    assert [len(each.get_xdata()) for each in crosses] == [2, 3]
    assert [text.get_text() for text in ax.texts] == ["2 failed", "3 failed"]
    edge = crosses[0].get_xdata()[0]
    assert edge < 1 if higher_is_better else edge > 4
    low, high = ax.get_xlim()
    assert low < edge < high and low < 1 and high > 4
    plots.render(fig)


def test_the_floor_and_the_references_are_named():
    _, ax = plots.figure(1, 1)
    plots.outcomes(ax, {"arm": [0.4, 0.5]}, floor=(0.01, 0.02), reference={"at the mean": 0.4})
    assert labels(ax) == ["a perfect sampler", "at the mean"]
    assert ax.get_xlim()[0] < 0.01
    with pytest.raises(ValueError, match=r"^arms have no finite value; give at least one$"):
        plots.outcomes(ax, {"arm": [np.nan]})


def test_the_floor_of_a_band_is_named():
    _, ax = plots.figure(1, 1)
    plots.band(ax, [0, 1], [[0.4, 0.5]] * 2, "runs", floor=(0.01, 0.02))
    assert labels(ax) == ["runs", "a perfect sampler"]
    (floor,) = ax.patches
    assert (floor.get_y(), floor.get_y() + floor.get_height()) == (0.01, 0.02)


# grids, panels, points


def test_a_heatmap_writes_every_number_readably():
    _, ax = plots.figure()
    plots.heatmap(ax, [[0.0, 1.0, np.nan]], [8], [1, 2, 4], label="W1", names=("D", "G"))
    assert [text.get_text() for text in ax.texts] == ["0.00", "1.00", "failed"]
    assert [text.get_color() for text in ax.texts] == ["white", "black", "black"]
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("D", "G")
    with pytest.raises(ValueError, match=r"^values have shape \(1, 2\); the labels want \(2, 1\)$"):
        plots.heatmap(ax, [[0.0, 1.0]], [1, 2], [1])


def test_each_seed_has_a_panel_and_each_word_a_look():
    fig, axes = plots.figure(2, 2)
    generated = np.array([Q[0], Q[1], np.full(len(GRID), np.nan)])
    words, order = ["narrow", "good", "failed"], ["good", "narrow", "failed"]
    plots.ensemble_densities(axes, GRID, P, generated, outcome=words, order=order)
    drawn = [ax.lines[0] for ax in axes.ravel()[:3]]
    np.testing.assert_array_equal(drawn[1].get_ydata(), Q[1])
    assert len({(each.get_color(), each.get_linestyle()) for each in drawn}) == 3
    assert [text.get_text() for text in fig.legends[0].get_texts()] == [
        "good: 1 of 3",
        "narrow: 1 of 3",
        "failed: 1 of 3",
    ]
    assert axes[1, 0].texts[0].get_text() == "failed" and not axes[1, 1].get_visible()
    with pytest.raises(ValueError, match=r"at most 4 seeds, one a panel"):
        plots.ensemble_densities(axes, GRID, P, np.ones((5, len(GRID))))


def test_what_lies_beyond_a_panel_is_marked_at_its_side():
    _, axes = plots.figure(4)
    samples = np.zeros((4, 100, 1)) + 4.0
    samples[0] = -1.0
    samples[1, :30], samples[1, 30:50] = -5.0, 9.0
    samples[2, :9] = 8.5  # fewer than a tenth
    plots.ensemble_densities(axes, GRID, P, np.ones((4, len(GRID))), beyond=samples)
    marks = [[(text.get_text(), text.get_ha()) for text in ax.texts] for ax in axes]
    assert marks[0] == [("\u25c0 100%", "left")]
    assert marks[1] == [("\u25c0 30%", "left"), ("20% \u25b6", "right")]
    assert marks[2:] == [[], []]


def test_points_differ_in_shape_and_scales_are_equal():
    _, ax = plots.figure()
    real, fake = np.array([[0.0, 1.0]]), np.array([[2.0, 3.0]])
    plots.points(ax, real, fake)
    assert [each.get_marker() for each in ax.lines] == ["o", "x"]
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), fake)
    assert ax.get_aspect() == 1
    with pytest.raises(ValueError, match=r"^fake has shape \(4,\); give \(n, 2\)$"):
        plots.points(ax, real, np.ones(4))


# films and show


def film(ax, i):
    plots.densities(ax, GRID, P, generated=norm.pdf(GRID, 2 + i / 4, 0.5), top=1)
    ax.set(title=f"step {i}", ylim=(0, 10.0**i))  # wider and wider tick labels


def test_a_film_without_frames_is_refused():
    with pytest.raises(ValueError, match="frames=0"):
        plots.animate(film, 0)


def test_a_film_is_an_animated_png_whose_frames_share_palette_and_layout():
    made = plots.animate(film, 4, fps=5, figsize=(4, 3))
    assert repr(made) == "Animation(frames=4, fps=5)"
    picture = Image.open(io.BytesIO(made.png))
    assert picture.format == "PNG" and picture.n_frames == 4 and picture.size == (400, 300)
    frames, lasts = [], []
    for i in range(4):
        picture.seek(i)
        frames.append(np.asarray(picture.convert("RGB")).astype(int))
        lasts.append(picture.info["duration"])
    assert lasts == [200, 200, 200, 2000]
    assert (frames[0][:, 0] == 255).all() and (frames[0] != frames[3]).any()
    for colour in ((0xD5, 0x5E, 0x00), (0x00, 0x72, 0xB2)):  # of the generator, of the target
        assert np.abs(frames[0] - colour).max(2).min() < 12
    changed = (frames[0] != frames[3]).any(2)
    assert not changed[-60:].any()  # axis and legend stay where they are
    assert made.png.count(b"PLTE") == 1
    count = struct.unpack(">I", made.png[made.png.index(b"acTL") + 4 :][:4])[0]
    assert count == 4


def test_thirty_frames_stay_small():
    assert len(plots.animate(film, 30).png) < 300_000


@pytest.fixture
def displayed(monkeypatch):
    import IPython.display

    calls = []
    keep = lambda data, raw, metadata=None: calls.append((data, metadata))  # noqa: E731
    monkeypatch.setattr(IPython.display, "display", keep)
    return calls


def test_show_gives_one_picture_and_one_caption(displayed):
    fig, ax = plots.figure()
    plots.densities(ax, GRID, P)
    assert plots.show(fig, alt="D* < 1/2 where\n q is denser") is None
    (picture, described), (caption, _) = displayed
    alt = "D* < 1/2 where q is denser"
    assert picture.keys() == {"image/png", "text/plain"}
    assert picture["text/plain"] == f"Figure: {alt}" and described == {"image/png": {"alt": alt}}
    assert caption["text/plain"] == alt and "D* &lt; 1/2" in caption["text/html"]
    json.dumps(displayed)  # plain text only, as the kernel's messages need
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", picture["image/png"])


def test_what_a_cell_ends_with_is_shown():
    """By IPython's own rules, which know a figure of pyplot alone."""
    from IPython.core.formatters import DisplayFormatter

    fig, made = plots.figure()[0], plots.animate(film, 2)
    for shown, png in ((fig, figures.render(fig)), (made, made.png)):
        assert DisplayFormatter().format(shown)[0]["image/png"] == png


def test_a_caption_may_be_named(displayed):
    text = figures.caption("03.untrained")
    assert "32 untrained generators" in text
    plots.show(plots.figure()[0], "03.untrained")
    assert displayed[1][0]["text/plain"] == text
    for missing in ("03.no-such-picture", "99.untrained"):
        with pytest.raises(ValueError, match=f"no caption '{missing}'.*captions/"):
            plots.show(plots.figure()[0], missing)
    assert figures.caption("03.5 of all runs") == "03.5 of all runs"


def test_show_takes_films_and_closes_pyplot_figures(displayed):
    made = plots.animate(film, 2)
    plots.show(made, alt="two frames")
    assert base64.b64decode(displayed[0][0]["image/png"]) == made.png
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, _ = plt.subplots()
    plots.show(fig, alt="a figure of pyplot")
    assert not plt.get_fignums()
    plots.show(made, alt="two frames")  # pyplot knows nothing of films


@pytest.mark.parametrize("alt", ["", "  \n", None, "x" * 251])
def test_a_figure_without_a_description_is_refused(alt, displayed):
    with pytest.raises(ValueError, match=r"^alt has \d+ characters; describe the picture"):
        plots.show(plots.figure()[0], alt=alt)
    assert not displayed


# fields


def arrows(ax):
    (quiver,) = ax.collections
    return quiver


def test_a_field_has_unit_arrows_darker_where_it_is_longer():
    x, y = np.meshgrid([-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0])
    _, ax = plots.figure()
    assert plots.field(ax, x, y, -3 * y, 3 * x) is ax
    quiver = arrows(ax)
    np.testing.assert_allclose(quiver.XY, np.stack([x.ravel(), y.ravel()], -1))
    lengths = np.hypot(quiver.U, quiver.V)
    np.testing.assert_allclose(lengths, [1, 1, 1, 1, 0, 1, 1, 1, 1])  # nowhere to go at 0
    corner = np.array([6.0, -3.0]) / 45**0.5  # of (-3 y, 3 x) at (-1, -2)
    np.testing.assert_allclose([quiver.U[0], quiver.V[0]], corner)
    grey = quiver.to_rgba(quiver.get_array())[:, 0]
    assert grey[0] < grey[3] < grey[4]  # the corner, the side, the middle
    assert ax.get_xlim() == (-1, 1) and ax.get_ylim() == (-2, 2) and ax.get_aspect() == 1
    assert ax.get_legend() is None


def test_a_path_runs_from_a_ring_to_a_dot_and_is_cut_off_at_the_frame():
    x, y = np.meshgrid([-1.0, 1.0], [-1.0, 1.0])
    _, ax = plots.figure()
    paths = {"out": ([0.0, 5.0], [0.0, 7.0]), "in": ([1.0, 0.5, 0.0], [1.0, 0.0, 0.0])}
    plots.field(ax, x, y, y, x, paths=paths)
    assert ax.get_xlim() == (-1, 1) and labels(ax) == ["out", "in"]
    out, ring, dot, *_ = ax.lines
    assert ring.get_markerfacecolor() == "white" and ring.get_xydata().tolist() == [[0, 0]]
    assert dot.get_markerfacecolor() != "white" and dot.get_xydata().tolist() == [[5, 7]]
    assert out.get_linestyle() != line(ax, "in").get_linestyle()


def test_a_field_of_two_shapes_is_refused_in_one_line():
    _, ax = plots.figure()
    with pytest.raises(ValueError, match=r"^x, y, across and up have shapes .*; give one shape"):
        plots.field(ax, np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(2))
