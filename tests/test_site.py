"""The website: what it is gathered from, and that it is whole and asks nobody for anything."""

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytest.importorskip("sphinx", reason='wanted: pip install -e ".[site]"')

pytestmark = pytest.mark.rest


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"site_{name}", ROOT / f"docs/site/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a website that is built as `make site` builds it, but beside the project's."""
    out = tmp_path_factory.mktemp("site")
    code = (
        "import runpy, sys\n"
        "from pathlib import Path\n"
        "made = runpy.run_path(sys.argv[1])\n"
        "sys.exit(made['build'](Path(sys.argv[2]), Path(sys.argv[3])))"
    )
    arguments = (ROOT / "docs/site/build.py", out / "source", out / "site")
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return out / "site"


class Page(HTMLParser):
    """Where a page's links go, what it loads, and which anchors it has."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.anchors, self.pictures = [], [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[key] for key in ("id", "name") if key in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "img":
            self.pictures.append((found["src"], found.get("alt")))
        if tag in ("script", "img", "iframe", "source") and "src" in found:
            self.loads.append(found["src"])
        if tag == "link" and found.get("rel") in ("stylesheet", "preload", "icon"):
            self.loads.append(found["href"])


@pytest.fixture(scope="module")
def pages(site):
    found = {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}
    assert len(found) > 60
    return found


def test_every_page_of_the_course_is_there(site):
    for name in ("index", "docs/clinic", "docs/claims", "docs/league", "docs/glossary", "search"):
        assert (site / f"{name}.html").exists(), name
    for notebook in ROOT.glob("notebooks/*.ipynb"):
        assert (site / "notebooks" / f"{notebook.stem}.html").exists(), notebook.stem
    page = (site / "api/ganlab.training.html").read_text(encoding="utf-8")
    assert 'id="ganlab.training.train"' in page


def test_links_arrive(site, pages):
    lost = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ("", "#"):
                continue
            to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not to.exists() or (to in pages and anchor and anchor not in pages[to].anchors):
                lost.append(f"{path.relative_to(site)}: {link}")
    assert lost == []


def test_nothing_is_loaded_from_elsewhere(site, pages):
    there = [(path, load) for path, page in pages.items() for load in page.loads]
    away = [(str(path.relative_to(site)), load) for path, load in there if "//" in load[:8]]
    assert away == [] and len(there) > 300


def test_pictures_of_notebooks_keep_their_descriptions(site, pages):
    seen = {}
    for path, page in pages.items():
        if path.parent.name == "notebooks":
            silent = [src for src, alt in page.pictures if not alt or alt.startswith("..")]
            assert silent == [], path.name
            seen[path.stem] = len(page.pictures)
    for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"):
        stored = path.read_text(encoding="utf-8").count('"image/png": "')
        assert seen[path.stem] >= stored >= 3, path.stem


def test_formulas_are_drawn_by_the_browser(site):
    page = (site / "notebooks/01_play_the_minimax_game.html").read_text(encoding="utf-8")
    assert page.count("<math ") > 20 and "$$" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.S)
    assert "&amp;#x" not in page


def test_links_to_folders_and_to_the_readme_are_turned():
    build = loaded("build")
    text = "[a](claims) [b](../README.md#two-commands) [c](../docs/clinic.md) ![d](claims)"
    turned = build.linked(text, Path("evidence"))
    assert turned == "a [b](../index.md#two-commands) [c](../docs/clinic.md) ![d](claims)"


def test_docstrings_keep_their_columns_and_their_examples():
    prose = "One `x`s * y_, *close* or `*x*` of *args."
    lines = [prose, "", "a   what a is", "b   what b is", "", ">>> f(1)", "2"]
    loaded("conf").as_written(None, "function", "f", None, None, lines)
    assert lines == [
        *("One ``x``\\ s \\* y\\_, *close* or ``*x*`` of \\*args.", ""),
        *(".. code-block:: text", "", "   a   what a is", "   b   what b is", ""),
        *(".. code-block:: pycon", "", "   >>> f(1)", "   2", ""),
    ]
