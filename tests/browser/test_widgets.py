"""The notebooks as a learner meets them: in JupyterLab, run from top to bottom, knobs turned."""

import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDGET = """\
import io

import ipywidgets as widgets
from PIL import Image

slider = widgets.IntSlider(value=3, max=9, continuous_update=False)
picture = widgets.Image()


def draw(change):
    {first}
    file = io.BytesIO()
    Image.new("L", (100, 20), color=20 * slider.value).save(file, "png")
    picture.value = file.getvalue()


slider.observe(draw, "value")
slider.value = 4
widgets.VBox([slider, picture])
"""


def put(lab, name, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # else Lab asks
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), lab.folder / name)


def turn_first_slider(lab):
    """Move the first slider of the page by one step; return its picture before and after."""
    handle = lab.page.locator(".jupyter-widgets .noUi-handle").first
    image = lab.page.locator(".widget-image").first
    image.scroll_into_view_if_needed()
    image.wait_for()
    before = lab.picture(image)
    handle.focus()
    handle.press("ArrowRight")
    return before, lab.changed_picture(image, before)


# The checks themselves, on notebooks that have to fail or pass.


def test_error_in_a_cell_is_seen(lab):
    put(lab, "bad.ipynb", "1 / 0")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run_all("bad.ipynb")


def test_turning_a_slider_changes_the_picture(lab):
    put(lab, "widget.ipynb", WIDGET.format(first="pass"))
    lab.run_all("widget.ipynb")
    before, after = turn_first_slider(lab)
    assert before != after
    lab.screenshot("widget")


def test_error_in_a_callback_is_seen(lab):
    put(lab, "callback.ipynb", WIDGET.format(first="1 / (5 - slider.value)"))
    lab.run_all("callback.ipynb")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        turn_first_slider(lab)


# The course.


@pytest.mark.parametrize("name", ["00_start_here", "02_pretrain_the_discriminator"])
def test_notebook_runs(lab, name):
    lab.run_all(f"{name}.ipynb")
    lab.screenshot(name)


@pytest.mark.parametrize(
    "name",
    [
        "01_play_the_minimax_game",
        "03_learn_a_1d_gaussian",
        "04_let_it_see_the_batch",
        "05_add_noise_match_features",
    ],
)
def test_notebook_runs_and_its_widget_answers(lab, name):
    lab.run_all(f"{name}.ipynb")
    before, after = turn_first_slider(lab)
    lab.check()
    lab.screenshot(name, lab.page.locator(".jp-OutputArea-output:has(.noUi-handle)").first)
    assert before != after
