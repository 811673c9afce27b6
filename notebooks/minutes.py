"""The minutes at the notebooks' sections, and the lines of docs/instructor.md made of them.

    python notebooks/minutes.py     write these lines anew

A section's minutes stand below its heading, `<small>5 min</small>`. Those of all sections but the
exercises add up to what the notebook's head says. A notebook without any is left as it is.
"""

import re
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import build

PAGE = build.NOTEBOOKS.parent / "docs" / "instructor.md"
APART = "Exercises"  # counted beside the minutes of the notebook's head, not among them
WITHOUT = "Further reading"
HEADING = re.compile(r"^## (.+)\n(?:\n<small>(\d+) min</small>)?", re.MULTILINE)


def sections(notebook):
    """Return (title, minutes) of each section; None where a section says none."""
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = HEADING.findall(f"{prose}\n")
    return [(title, int(minutes) if minutes else None) for title, minutes in found]


def total(notebook):
    """Return the minutes of all sections but the exercises."""
    return sum(minutes or 0 for title, minutes in sections(notebook) if title != APART)


def paragraph(notebook):
    """Return the sections with their minutes as docs/instructor.md has them."""
    timed = [(title, minutes) for title, minutes in sections(notebook) if minutes]
    told = "; ".join(f"{title} {minutes}" for title, minutes in timed if title != APART)
    more = [f" {title}: {minutes} more." for title, minutes in timed if title == APART]
    return textwrap.fill(f"{told}.{''.join(more)}", 100, break_on_hyphens=False)


def rewritten(page, notebooks):
    """Return the page with the minutes of `notebooks`, {"03": notebook}, in their parts."""
    for number, notebook in notebooks.items():
        if total(notebook):
            part = re.compile(rf"^### ({number} .+): \d+ minutes\n\n(?:.+\n)+", re.MULTILINE)
            told = rf"### \1: {total(notebook)} minutes\n\n{paragraph(notebook)}\n"
            page, found = part.subn(told, page)
            if found != 1:
                sys.exit(f"{PAGE.name} has {found} parts of notebook {number}: wanted one")
    return page


def texts():
    """Return the notebooks as their texts have them, {"03": notebook}."""
    paths = sorted((build.NOTEBOOKS / "text").glob("*.py"))
    return {path.stem[:2]: build.read_text(path) for path in paths}


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), texts()), encoding="utf-8")
