"""A widget of each notebook in JupyterLab: its cell is run and its knob turned.

That notebooks run from top to bottom is nbval's part of `make test`.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PLAYGROUND = "08_playground"  # has a file of its own
COURSE = sorted({path.stem for path in (ROOT / "notebooks/text").glob("*.py")} - {PLAYGROUND})

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
    assert any("ZeroDivisionError" in told for told in lab.failed)  # by what the page received


def test_a_request_to_the_outside_is_seen(lab):
    put(lab, "outside.ipynb", "from IPython.display import HTML\nHTML('<img src=http://a.test/b>')")
    with pytest.raises(AssertionError, match=r"http://a\.test/b"):
        lab.run_all("outside.ipynb")
        lab.page.wait_for_timeout(2000)
        lab.check()


# The course.


def pieces(name):
    """(what a notebook's widget needs, the widget): import cells, the assignments of the names that
    it uses, and its cell; of a notebook without a picture to turn its first question."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    of_widget = re.compile(r"^\w+_explorer\(", re.MULTILINE)
    widget = next((cell for cell in cells if of_widget.search(cell)), None)
    if widget is None:
        widget = next(cell for cell in cells if cell.startswith("quiz("))
    before = [line for cell in cells[: cells.index(widget)] for line in ast.parse(cell).body]
    imports = [
        ast.unparse(line) for line in before if isinstance(line, ast.Import | ast.ImportFrom)
    ]
    return "\n".join([*imports, *needed(widget, before)]), widget


def needed(code, before):
    """The assignments and functions among the lines before that `code` rests on, in their order."""
    wanted, kept = names(ast.parse(code)), []
    for line in reversed(before):
        if wanted & (made := made_by(line)):
            kept.insert(0, ast.unparse(line))
            value = line.value if isinstance(line, ast.Assign) else line
            wanted = wanted - made | names(value)
    return kept


def made_by(line):
    """The names that a line gives a value."""
    if isinstance(line, ast.FunctionDef):
        return {line.name}
    return set().union(*map(names, line.targets)) if isinstance(line, ast.Assign) else set()


def names(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_what_a_widget_needs_is_found():
    before = ast.parse("a = 1\nb = a + 1\nc = train()\nb = b * 2\nd = 3").body
    assert needed("draw(b)", before) == ["a = 1", "b = a + 1", "b = b * 2"]
    before = ast.parse("n = 2\ndef f(x):\n    return x * n\np, q = f(1), 3\nr = 4").body
    assert needed("draw(q)", before) == [ast.unparse(line) for line in before[:3]]


@pytest.mark.parametrize("name", COURSE)
def test_a_widget_of_each_notebook_answers(lab, name):
    put(lab, f"{name}-widget.ipynb", *pieces(name))
    lab.run_all(f"{name}-widget.ipynb")
    if lab.page.locator(".jupyter-widgets .noUi-handle").count():
        before, after = turn_first_slider(lab)
        assert before != after
    else:
        answer_first_question(lab)
    lab.check()
    lab.screenshot(name, lab.page.locator(".jp-OutputArea-output:has(.jupyter-widgets)").first)


def answer_first_question(lab):
    widget = lab.page.locator(".jupyter-widgets")
    said = lab.page.locator(".widget-html-content")
    before = said.all_inner_texts()
    widget.locator("input[type=radio]").first.check()
    widget.get_by_role("button", name="check").first.click()
    for _ in range(100):
        if said.all_inner_texts() != before:
            return
        lab.page.wait_for_timeout(100)
    raise AssertionError(f"nothing was answered: {before}")
