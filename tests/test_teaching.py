"""How the notebooks teach: minutes at sections, an answer to every exercise, and their length.

Each rule is a function that takes a notebook and returns a list of complaints, and each is shown
below a notebook that breaks it.
"""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location("minutes", ROOT / "notebooks/minutes.py")
minutes = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(minutes)
TEXTS = minutes.texts()
NOT_HELD = {("08", "exercises_are_counted")}  # in the playground there is nothing to be checked

WORDS, CELLS, LINES, INCHES = 2200, 25, 20, 9.0
KINDS = {"Write it": "](solutions/", "Predict and run": "<details><summary>Answer</summary>"}
EXERCISE = re.compile(rf"\*\*(\d)\. ({'|'.join(KINDS)})\b")


def prose(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def is_answer(cell):
    return "answer" in cell.metadata.get("tags", ())


def every_section_has_its_minutes(notebook):
    bare = [title for title, found in minutes.sections(notebook) if not found]
    return [f"no minutes below {title!r}" for title in bare if title != minutes.WITHOUT]


def minutes_add_up_to_those_of_the_head(notebook):
    said = re.findall(r"[Aa]bout (an hour|\d+\s+minutes)", notebook.cells[0].source)
    wanted = [60 if each == "an hour" else int(each.split()[0]) for each in said]
    found = minutes.total(notebook)
    return [] if wanted[:1] == [found] else [f"sections take {found} minutes, the head says {said}"]


def every_exercise_has_its_answer(notebook):
    """A linked solution after a check, a folded answer to what is predicted; both are tagged."""
    complaints, waiting = [], []
    for cell in prose(notebook):
        if is_answer(cell):
            fits = [kind for _, kind in waiting if KINDS[kind] in cell.source]
            complaints += [] if len(fits) == 1 else [f"{cell.source[:40]!r} answers {waiting}"]
            waiting = []
            continue
        complaints += [
            f"{mark} in a cell that is not tagged" for mark in KINDS.values() if mark in cell.source
        ]
        waiting += EXERCISE.findall(cell.source)
        complaints += [f"exercise {waiting.pop(0)} has no answer" for _ in waiting[1:]]
    return complaints + [f"exercise {left} has no answer" for left in waiting]


def exercises_are_counted(notebook):
    found = [number for cell in prose(notebook) for number, _ in EXERCISE.findall(cell.source)]
    wanted = [str(number) for number in range(1, len(found) + 1)]
    return [] if found == wanted and found else [f"exercises are numbered {found}"]


def a_lesson_of_its_length(notebook):
    words = minutes.build.words(notebook)
    lines = [len(cell.source.splitlines()) for cell in notebook.cells if cell.cell_type == "code"]
    found = {"words": (words, WORDS), "code cells": (len(lines), CELLS)}
    found["lines in a cell"] = max(lines, default=0), LINES
    return [f"{n} {what}, more than {most}" for what, (n, most) in found.items() if n > most]


def figures_fit_the_page(notebook):
    """JupyterLab shows a picture as wide as its column is, and small print with it."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    widths = [float(found) for found in re.findall(r"\bfigure\([^)]*width=([\d.]+)", code)]
    return [f"a figure is {width} inches wide" for width in widths if width > INCHES]


def nothing_invisible_is_written(notebook):
    r"""A tab where `\text` was meant leaves a formula that is drawn without a complaint."""
    found = [(cell.source, mark) for cell in notebook.cells for mark in cell.source]
    return [
        f"{mark!r} in {s[:40]!r}" for s, mark in found if not (mark.isprintable() or mark == "\n")
    ]


RULES = (
    every_section_has_its_minutes,
    minutes_add_up_to_those_of_the_head,
    every_exercise_has_its_answer,
    exercises_are_counted,
    a_lesson_of_its_length,
    figures_fit_the_page,
    nothing_invisible_is_written,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("number", TEXTS)
def test_notebook_keeps_the_rule(number, rule):
    if (number, rule.__name__) not in NOT_HELD:
        assert rule(TEXTS[number]) == []


def test_solutions_that_are_linked_to_are_there():
    for number, notebook in TEXTS.items():
        for cell in prose(notebook):
            for link in re.findall(r"\]\((solutions/[^)]+)\)", cell.source):
                path = ROOT / "notebooks" / link
                assert path.exists() and path.name.startswith(number), link


# The rules themselves, on a notebook that keeps them all and on ones that break one each.

HEAD = "# T\n\nAbout 12 minutes to read."
ONE = "## One\n\n<small>5 min</small>\n\nText."
TWO = "## Two\n\n<small>7 min</small>\n\n**1. Write it.** A sum."
LINKED = "A [solution](solutions/03_a.py)."
THREE = "## Exercises\n\n<small>9 min</small>\n\n**2. Predict and run.** A train."
FOLDED = "<details><summary>Answer</summary>\n\nIt stops.\n\n</details>"
GOOD = (HEAD, ONE, TWO, LINKED, THREE, FOLDED, "## Further reading\n\nA book.")


def made(*sources, tagged=(LINKED, FOLDED)):
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    for cell in cells:
        cell.metadata["tags"] = ["answer"] if cell.source in tagged else []
    return nbformat.v4.new_notebook(cells=cells)


def good_but(old, new):
    return made(*(source.replace(old, new) for source in GOOD))


BROKEN = [
    (every_section_has_its_minutes, good_but("\n\n<small>7 min</small>", "")),
    (every_section_has_its_minutes, good_but("<small>9 min</small>", "9 min")),
    (minutes_add_up_to_those_of_the_head, good_but("12 minutes", "21 minutes")),
    (minutes_add_up_to_those_of_the_head, good_but("About 12 minutes", "Not long")),
    (every_exercise_has_its_answer, made(*(each for each in GOOD if each != LINKED))),
    (every_exercise_has_its_answer, made(*(each for each in GOOD if each != FOLDED))),
    (every_exercise_has_its_answer, made(HEAD, ONE, TWO, FOLDED, THREE, LINKED)),
    (every_exercise_has_its_answer, made(HEAD, f"{TWO}\n\n{THREE}", FOLDED)),
    (every_exercise_has_its_answer, made(*GOOD, tagged=[LINKED])),
    (every_exercise_has_its_answer, made(*GOOD, tagged=[FOLDED])),
    (exercises_are_counted, good_but("**2.", "**3.")),
    (exercises_are_counted, made(HEAD, ONE)),
    (a_lesson_of_its_length, made(*GOOD, "word " * 2200)),
    (
        a_lesson_of_its_length,
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1") for _ in range(26)]),
    ),
    (
        a_lesson_of_its_length,
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1\n" * 21)]),
    ),
    (nothing_invisible_is_written, good_but("Text.", "$w_\text{7}$")),
    (
        figures_fit_the_page,
        nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("fig, ax = plots.figure(3, width=9.5, height=3)")]
        ),
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_passes_a_good_notebook(rule):
    assert rule(made(*GOOD)) == []


@pytest.mark.parametrize(
    ("rule", "notebook"), BROKEN, ids=[f"{rule.__name__}-{n}" for n, (rule, _) in enumerate(BROKEN)]
)
def test_rule_fails_a_bad_notebook(rule, notebook):
    assert rule(notebook) != []


def test_every_rule_has_a_bad_notebook():
    assert {rule for rule, _ in BROKEN} == set(RULES)
