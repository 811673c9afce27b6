"""The notebooks as files: they agree with their text, were run, and keep to the house's form.

That they run again and give the same outputs is nbval's part of `make test`.
Each rule is a function that takes a notebook and returns a list of complaints, and each is
shown below a notebook that breaks it.
"""

import base64
import importlib.util
import re
import tomllib
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(path.stem for path in (ROOT / "notebooks/text").glob("*.py"))
# What opens the course may be shorter than a lesson; in the playground the reader turns knobs in
# place of running cells.
SHORT = ("00_start_here", "08_playground")

_spec = importlib.util.spec_from_file_location("notebooks_build", ROOT / "notebooks/build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

# The first code cell of every notebook.
FIRST_CELL = """\
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )
"""

FORBIDDEN = {  # what strict comparison of outputs, or a page without a kernel, cannot cope with
    r"\binteract(ive|ive_output|_manual)?\(": "`interact` leaves outputs that differ on every run",
    r"\bOutput\(": "an `Output` widget hides what it shows from the tests",
    r"\bclear_output\b": "`clear_output` leaves outputs that depend on timing",
    r"\bdisplay_id\b": "a display that is updated later is stored as it was at first",
    r"%matplotlib\s+(notebook|widget)": "figures of this backend are not stored",
}


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def texts(output):
    """Return the texts that a reader sees of one output."""
    data = output.get("data", {})
    shown = [value for kind, value in data.items() if kind.startswith("text/")]
    return [*shown, output.get("text", "")]


def every_cell_was_run_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts {counts}"]


def no_errors_and_nothing_on_stderr(notebook):
    return [
        f"{output.output_type}: {output.get('text', output.get('evalue'))}"
        for output in outputs(notebook)
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def nothing_forbidden(notebook):
    return [
        why
        for cell in code_cells(notebook)
        for pattern, why in FORBIDDEN.items()
        if re.search(pattern, cell.source)
    ]


def no_widget_state(notebook):
    stored = ["widget state in the metadata"] if "widgets" in notebook.metadata else []
    views = [o for o in outputs(notebook) if build.WIDGET_VIEW in o.get("data", {})]
    return stored + ["a widget's view without the widget" for _ in views]


def under_a_megabyte(notebook):
    size = len(nbformat.writes(notebook).encode())
    return [] if size < 1_000_000 else [f"{size:,} bytes"]


def cells_of_at_most_25_lines(notebook):
    lengths = [len(cell.source.splitlines()) for cell in code_cells(notebook)]
    return [
        f"{length} lines in code cell {n}" for n, length in enumerate(lengths, 1) if length > 25
    ]


def figures_have_alternative_text(notebook):
    bare = 0
    for output in outputs(notebook):
        if "image/png" in output.get("data", {}):
            metadata = output.metadata
            alt = metadata.get("image/png", {}).get("alt") or metadata.get("alt") or ""
            bare += not alt.strip()
    return [f"{bare} pictures without alternative text"] if bare else []


def captions_are_out_of_sight(notebook):
    """What a picture shows would tell what the reader is to predict."""
    shown = [cell.source for cell in code_cells(notebook) if re.search(r"\balt\s*=", cell.source)]
    return [f"{source.splitlines()[0]!r} has its caption in the cell" for source in shown]


def no_long_numbers_in_text(notebook):
    """Digits beyond the third differ between processors: they belong into figures."""
    found = [
        number
        for output in outputs(notebook)
        for text in texts(output)
        for number in re.findall(r"\d*\.\d{4,}|\b\d+\.?\d*e[-+]?\d+\b", text)
    ]
    return [f"{number} in an output" for number in found]


def no_arrays_in_text(notebook):
    """A row of measured numbers has one among them that another processor rounds otherwise."""
    found = [
        text[place.start() :].splitlines()[0]
        for output in outputs(notebook)
        for text in texts(output)
        if (place := re.search(r"\[\s*-?\d*\.\d", text))
    ]
    return [f"{numbers} in an output: wanted a figure" for numbers in found]


def no_python_version_in_text(notebook):
    """The stored outputs have to agree with every Python that the course supports."""
    found = [v for o in outputs(notebook) for t in texts(o) for v in re.findall(r"\b3\.1\d\b", t)]
    return [f"{version} in an output" for version in found]


def opens_with_title_and_promises(notebook):
    first = notebook.cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        return ["the first cell is no title"]
    # "*You will* ...", "*You will learn*", "**Need**": emphasised, whatever stands around it.
    promises = {part: rf"\*(you )?(will )?{part}\b" for part in ("learn", "need")}
    promises["you will"] = r"\*you will\b"
    return [
        f"no *{part}* in the first cell"
        for part, pattern in promises.items()
        if not re.search(pattern, first.source, flags=re.IGNORECASE)
    ]


def says_first_how_to_install(notebook):
    cells = code_cells(notebook)
    if cells and cells[0].source == FIRST_CELL.rstrip():
        return []
    return [f"the first code cell is not:\n{FIRST_CELL}"]


def colours_are_those_of_the_course(notebook):
    """matplotlib looks "C0" up in its own settings, which the course leaves alone."""
    pattern = r"""(color|[cef]c|m[ef]c|c)=f?["']C[\d{][^\n]*|["']C\d[-.:ox][^\n]*|f["']C\{[^\n]*"""
    return [
        f"{found[0]} in a code cell: wanted one of plots.COLOUR or plots.COLOURS"
        for cell in code_cells(notebook)
        if (found := re.search(pattern, cell.source))
    ]


def no_address_in_code(notebook):
    """Code from an address is run as the reader: none that is not known to be ours."""
    pattern = r"\bhttps?:|\bgit\b.*\bclone\b|\bgit\+"
    return [
        f"{found[0]} in a code cell"
        for cell in code_cells(notebook)
        if (found := re.search(pattern, cell.source))
    ]


def within_the_budget(notebook):
    """A lesson's length; see `SHORT` for the exception."""
    words, cells = build.words(notebook), len(code_cells(notebook))
    complaints = [] if words <= 2500 else [f"{words} words, more than 2,500"]
    return complaints if cells <= 30 else [*complaints, f"{cells} code cells, more than 30"]


def long_enough_for_a_lesson(notebook):
    words, cells = build.words(notebook), len(code_cells(notebook))
    complaints = [] if words >= 1200 else [f"{words} words, fewer than 1,200"]
    return complaints if cells >= 15 else [*complaints, f"{cells} code cells, fewer than 15"]


RULES = (
    every_cell_was_run_in_order,
    no_errors_and_nothing_on_stderr,
    nothing_forbidden,
    no_widget_state,
    under_a_megabyte,
    cells_of_at_most_25_lines,
    figures_have_alternative_text,
    captions_are_out_of_sight,
    no_long_numbers_in_text,
    no_arrays_in_text,
    no_python_version_in_text,
    opens_with_title_and_promises,
    says_first_how_to_install,
    no_address_in_code,
    colours_are_those_of_the_course,
    within_the_budget,
    long_enough_for_a_lesson,
)


def read(name):
    path = ROOT / f"notebooks/{name}.ipynb"
    assert path.exists(), f"{name} is not built yet: run `make notebooks`"
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_agrees_with_its_text(name):
    text = build.read_text(ROOT / f"notebooks/text/{name}.py")
    assert build.differences(text, read(name)) == [], "run `make notebooks`"


def test_every_caption_is_of_one_picture():
    named, used = [], []
    for path in sorted((ROOT / "ganlab/captions").glob("*.toml")):
        captions = tomllib.loads(path.read_text(encoding="utf-8"))
        named += [f"{path.stem}.{name}" for name in captions]
        assert all(0 < len(text) <= 250 for text in captions.values())
    for name in NAMES:
        text = (ROOT / f"notebooks/text/{name}.py").read_text(encoding="utf-8")
        used += re.findall(r'"(\d\d\.[a-z][a-z0-9-]*)"', text)
    assert sorted(used) == sorted(named)


def test_every_notebook_has_a_text():
    assert sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_notebook_keeps_the_rule(name, rule):
    if name in SHORT and rule is long_enough_for_a_lesson:
        return
    assert rule(read(name)) == []


# The rules themselves, on a notebook that keeps them all and on ones that break one each.


def code(source="x = 1", count=1, **output):
    outputs = [nbformat.v4.new_output(**output)] if output else []
    return nbformat.v4.new_code_cell(source, execution_count=count, outputs=outputs)


def prose(source):
    return nbformat.v4.new_markdown_cell(source)


def figure(**metadata):
    return {"output_type": "display_data", "data": {"image/png": "AAAA"}, "metadata": metadata}


def printed(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def notebook_with(*cells, **metadata):
    """Return a notebook that keeps every rule, followed by `cells`."""
    title = prose("# Try it\n\n*You will* try. *You learn* this. *You need* nothing.")
    body = [prose("word " * 600), prose("word " * 600)]
    body += [code(count=n) for n in range(2, 15)]
    body += [code(count=15, **figure(**{"image/png": {"alt": "a line"}}))]
    cells = [title, code(FIRST_CELL.rstrip(), count=1), *body, *cells]
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def notebook_without(position):
    notebook = notebook_with()
    del notebook.cells[position]
    return notebook


def titled(title):
    notebook = notebook_with()
    notebook.cells[0].source = title
    return notebook


BROKEN = [
    (every_cell_was_run_in_order, notebook_with(code(count=None))),
    (every_cell_was_run_in_order, notebook_with(code(count=17))),
    (no_errors_and_nothing_on_stderr, notebook_with(code(**printed("careful", name="stderr")))),
    (
        no_errors_and_nothing_on_stderr,
        notebook_with(code(output_type="error", ename="E", evalue="no", traceback=[])),
    ),
    (nothing_forbidden, notebook_with(code("interact(f, x=1)"))),
    (nothing_forbidden, notebook_with(code("out = widgets.Output()"))),
    (nothing_forbidden, notebook_with(code("from IPython.display import clear_output"))),
    (nothing_forbidden, notebook_with(code("display(fig, display_id=True)"))),
    (nothing_forbidden, notebook_with(code("%matplotlib notebook"))),
    (no_widget_state, notebook_with(widgets={"state": {}})),
    (
        no_widget_state,
        notebook_with(code(output_type="display_data", data={build.WIDGET_VIEW: {}})),
    ),
    (
        under_a_megabyte,
        notebook_with(
            code(
                output_type="display_data",
                data={"image/png": base64.b64encode(bytes(800_000)).decode()},
            )
        ),
    ),
    (cells_of_at_most_25_lines, notebook_with(code("x = 1\n" * 26))),
    (figures_have_alternative_text, notebook_with(code(**figure()))),
    (figures_have_alternative_text, notebook_with(code(**figure(alt=" ")))),
    (captions_are_out_of_sight, notebook_with(code('show(fig, alt="many spikes")'))),
    (captions_are_out_of_sight, notebook_with(code("Explorer(draw, knobs,\n         alt='one')"))),
    (no_long_numbers_in_text, notebook_with(code(**printed("loss 0.6931")))),
    (no_long_numbers_in_text, notebook_with(code(**printed("loss 1e-05")))),
    (
        no_long_numbers_in_text,
        notebook_with(code(output_type="display_data", data={"text/plain": "1.23456"})),
    ),
    (no_arrays_in_text, notebook_with(code(**printed("errors: [ 0.15 0.16]")))),
    (no_python_version_in_text, notebook_with(code(**printed("Python 3.11 is fine.")))),
    (opens_with_title_and_promises, notebook_without(0)),
    (opens_with_title_and_promises, titled("## Try\n*You will* try, *learn* and *need*.")),
    (opens_with_title_and_promises, titled("# Try\nYou will try. *Learn*: this. *Need*: that.")),
    (opens_with_title_and_promises, titled("# Try\n*You will* try. *Need*: that.")),
    (opens_with_title_and_promises, titled("# Try\n*You will* try. *Learn*: this.")),
    (says_first_how_to_install, notebook_without(1)),
    (no_address_in_code, notebook_with(code("# see https://example.org"))),
    (no_address_in_code, notebook_with(code('os.system("git clone --quiet somewhere")'))),
    (no_address_in_code, notebook_with(code("%pip install git+ssh://example.org/x"))),
    (colours_are_those_of_the_course, notebook_with(code('ax.plot(x, y, "C0-", lw=1)'))),
    (colours_are_those_of_the_course, notebook_with(code('ax.plot(x, y, color="C3")'))),
    (colours_are_those_of_the_course, notebook_with(code('ax.plot(x, y, f"C{k}" + "-:"[k])'))),
    (within_the_budget, notebook_with(prose("word " * 1300))),
    (within_the_budget, notebook_with(*[code() for _ in range(16)])),
    (long_enough_for_a_lesson, nbformat.v4.new_notebook(cells=[prose("word " * 1300)])),
    (long_enough_for_a_lesson, nbformat.v4.new_notebook(cells=[code() for _ in range(20)])),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_passes_a_good_notebook(rule):
    assert rule(notebook_with()) == []


@pytest.mark.parametrize(
    ("rule", "notebook"), BROKEN, ids=[f"{rule.__name__}-{n}" for n, (rule, _) in enumerate(BROKEN)]
)
def test_rule_fails_a_bad_notebook(rule, notebook):
    assert rule(notebook) != []


def test_the_first_cell_says_in_two_lines_what_to_do_where_the_course_is_missing(monkeypatch):
    exec(FIRST_CELL, {})  # says nothing where it is installed
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"copy its folder .*\n%pip install -e ") as error:
        exec(FIRST_CELL, {})
    assert len(str(error.value).splitlines()) == 2


def test_every_rule_has_a_bad_notebook():
    assert {rule for rule, _ in BROKEN} == set(RULES)
