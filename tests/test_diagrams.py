"""The diagram of a GAN: everything is named, within the frame, apart, and tells without colour."""

import io
from pathlib import Path

import jupytext
import numpy as np
from PIL import Image

from ganlab import plots
from ganlab.course.diagrams import draw_gan


def drawn():
    fig = draw_gan()
    fig.draw_without_rendering()
    return fig, fig.axes[0]


def boxes(fig, ax):
    return {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}


def test_everything_is_named():
    names = boxes(*drawn())
    assert {"z", "G", "D", "real", "fake", "real?"} <= set(names)


def test_words_are_within_the_frame_and_do_not_touch():
    fig, ax = drawn()
    found, frame = boxes(fig, ax), fig.bbox
    assert fig.get_figwidth() == 9.0
    for name, box in found.items():
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1, name
        assert frame.y0 <= box.y0 and box.y1 <= frame.y1, name
        assert not [other for other in found if other != name and box.overlaps(found[other])], name


def test_marks_do_not_lie_on_words():
    fig, ax = drawn()
    for line in ax.lines:
        if line.get_marker() != "None":
            places = ax.transData.transform(line.get_xydata())
            for name, box in boxes(fig, ax).items():
                assert not any(box.contains(*place) for place in places), name


def test_what_is_real_fake_and_taught_differs_in_shape():
    _, ax = drawn()
    assert [line.get_marker() for line in ax.lines][:3] == [".", "x", "o"]
    assert {line.get_linestyle() for line in ax.lines[3:]} == {"--"}
    ways = [text.arrow_patch.get_linestyle() for text in ax.texts if not text.get_text()]
    assert len(ways) == 7 and ways.count("solid") == 5  # the two ways back are dashed


def test_it_reads_in_grey():
    grey = np.asarray(Image.open(io.BytesIO(plots.render(draw_gan()))).convert("L"), float)
    assert grey.shape[1] == 990
    dark = grey < 128  # letters, arrows, rims and marks, on white or pale
    assert 0.01 < dark.mean() < 0.1


def test_00_shows_it_within_its_first_200_words_and_before_any_formula():
    path = Path(__file__).resolve().parents[1] / "notebooks" / "text" / "00_start_here.py"
    words = ""
    for cell in jupytext.read(path, fmt="py:percent").cells:
        if "draw_gan()" in cell.source:
            break
        words += cell.source + " " if cell.cell_type == "markdown" else ""
    assert 50 < len(words.split()) < 200 and "$" not in words
