"""The playground as a reader meets it: in JupyterLab, with the mouse and the keyboard."""

import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = (
    "from ganlab.widgets import playground",
    "app = playground('ours on four points')\napp.advance(1)\napp",
)


@pytest.fixture
def opened(lab):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # else Lab asks
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata=kernel), lab.folder / "play.ipynb"
    )
    lab.run_all("play.ipynb")
    lab.image = lab.page.locator(".widget-image").first
    lab.image.scroll_into_view_if_needed()
    return lab


def press(lab, name):
    # Not exact: an icon is part of a button's name, as a letter of the icons' font.
    lab.page.locator(".jupyter-widgets").get_by_role("button", name=name).first.click()


def step_of(lab):
    text = lab.page.locator(".widget-html b").filter(has_text="At step").first.inner_text()
    return int(text.split("At step ")[1].split(", on")[0].replace(",", ""))


def test_it_plays_pauses_and_answers_while_it_plays(opened):
    lab = opened
    before, step = lab.picture(lab.image), step_of(lab)
    press(lab, "Play")
    lab.changed_picture(lab.image, before)
    lab.page.wait_for_timeout(3000)
    lab.check()
    assert step_of(lab) > step
    lab.page.get_by_label("show", exact=True).select_option("the best D")
    lab.page.wait_for_timeout(1000)
    lab.screenshot("playing")
    press(lab, "Pause")
    lab.page.wait_for_timeout(2000)
    step = step_of(lab)
    lab.page.wait_for_timeout(1500)
    assert step_of(lab) == step
    lab.check()


def test_a_step_is_told_and_a_wrong_size_gets_a_line(opened):
    lab = opened
    press(lab, "Step D")
    lab.page.locator(".widget-html").filter(has_text="D's turn").first.wait_for(timeout=60_000)
    step = step_of(lab)
    lab.page.get_by_text("networks", exact=True).click()
    field = lab.page.get_by_label("G's hidden layers")
    field.fill("64,,x")
    field.press("Enter")
    lab.page.locator(".widget-html").filter(has_text="'64,,x': wanted 1 to 6").wait_for()
    assert step_of(lab) == step
    lab.screenshot("wrong size")
    field.fill("8")
    field.press("Enter")
    lab.page.locator(".widget-html").filter(has_text="Begun anew").wait_for(timeout=60_000)
    assert step_of(lab) == 0
    press(lab, "Show me the code")
    lab.page.wait_for_timeout(500)
    assert "mlp((2, 8, 2)" in lab.page.locator(".widget-textarea textarea").input_value()
    lab.screenshot("code")
    lab.check()
