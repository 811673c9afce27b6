"""docs/instructor.md names what the notebooks have, and its minutes are theirs."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PARTS = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
_spec = importlib.util.spec_from_file_location("minutes", ROOT / "notebooks/minutes.py")
minutes = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(minutes)
TEXTS = minutes.texts()


def test_minutes_are_those_of_the_notebooks():
    assert minutes.rewritten(PAGE, TEXTS) == PAGE, "run `python notebooks/minutes.py`"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part[:2])
def test_minutes_add_up_and_sections_are_there(part):
    number, title, total = re.match(r"(\d\d) (.+): (\d+) minutes\n", part).groups()
    (path,) = (ROOT / "notebooks" / "text").glob(f"{number}_*.py")
    text = path.read_text(encoding="utf-8")
    assert f"# # {title}\n" in text
    sections = part.split("\n\n")[1].replace("\n", " ").split(f"{minutes.APART}: ")[0]
    assert sum(map(int, re.findall(r" (\d+)[;.]", sections))) == int(total)
    (row,) = re.findall(rf"notebooks/{path.stem}\.ipynb\).*\| (\d+) \| \d+ \|", README)
    assert int(row) == int(total)
    (needed,) = re.findall(r"[Aa]bout (an hour|\d+\s*(?:#\s*)?minutes)", text.split("# %%\n")[0])[
        :1
    ]
    assert needed.split()[0] == ("an" if int(total) == 60 else total)
    skipped = re.findall(r"\*([^*]+)\*", part.split("*May be skipped*:")[1])
    for name in skipped:
        assert f"# ## {name}\n" in text, name


def test_a_page_is_written_anew_where_a_notebook_has_minutes_and_only_there():
    def notebook(*sources):
        cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
        return nbformat.v4.new_notebook(cells=cells)

    timed = notebook(
        "# T\n\n## One\n\n<small>5 min</small>\n\nText.",
        "## Two?\n\n<small>7 min</small>\n\n## Exercises\n\n<small>9 min</small>",
        "## Further reading\n\nText.",
    )
    assert minutes.sections(timed) == [
        ("One", 5),
        ("Two?", 7),
        ("Exercises", 9),
        ("Further reading", None),
    ]
    page = (
        "### 01 T: 3 minutes\n\nOld,\ntwo lines 3.\n\n- *Ask*\n\n### 02 U: 4 minutes\n\nHere 4.\n"
    )
    wanted = page.replace("Old,\ntwo lines 3.", "One 5; Two? 7. Exercises: 9 more.")
    wanted = wanted.replace("3 minutes", "12 minutes")
    assert minutes.rewritten(page, {"01": timed, "02": notebook("## Here\n\nText.")}) == wanted
    with pytest.raises(SystemExit, match="0 parts of notebook 03: wanted one"):
        minutes.rewritten(page, {"03": timed})


def test_there_is_a_part_for_every_notebook():
    numbers = sorted(path.name[:2] for path in (ROOT / "notebooks" / "text").glob("*.py"))
    assert [part[:2] for part in PARTS] == numbers


def test_sections_that_the_plans_name_are_there():
    texts = "".join(path.read_text("utf-8") for path in (ROOT / "notebooks" / "text").glob("*.py"))
    plans = PAGE.split("## Three plans")[1].split("## Notebook by notebook")[0]
    names = [" ".join(name.split()) for name in re.findall(r"\*([^*]+)\*", plans.replace("**", ""))]
    assert len(names) == 7
    for name in names:
        assert f"# ## {name}\n" in texts, name


def test_every_link_is_there():
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
