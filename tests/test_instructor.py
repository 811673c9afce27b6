"""docs/instructor.md names what the notebooks have."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PARTS = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part[:2])
def test_minutes_add_up_and_sections_are_there(part):
    number, title, total = re.match(r"(\d\d) (.+): (\d+) minutes\n", part).groups()
    (path,) = (ROOT / "notebooks" / "text").glob(f"{number}_*.py")
    text = path.read_text(encoding="utf-8")
    assert f"# # {title}\n" in text
    sections = part.split("\n\n")[1].replace("\n", " ")
    minutes = [int(found) for found in re.findall(r" (\d+)[;.]", sections)]
    assert sum(minutes) == int(total)
    (row,) = re.findall(rf"notebooks/{path.stem}\.ipynb\).*\| (\d+) \| \d+ \|", README)
    assert int(row) == int(total)
    (needed,) = re.findall(r"[Aa]bout (an hour|\d+\s*(?:#\s*)?minutes)", text.split("# %%\n")[0])[
        :1
    ]
    assert needed.split()[0] == ("an" if int(total) == 60 else total)
    skipped = re.findall(r"\*([^*]+)\*", part.split("*May be skipped*:")[1])
    for name in skipped:
        assert f"# ## {name}\n" in text, name


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
