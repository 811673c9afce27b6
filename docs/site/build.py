"""Build the course as a website in site/: every notebook with its stored outputs, the pages of docs
and evidence, and the package's docstrings. Nothing is run, and no network is asked.

    python docs/site/build.py

The project's own files are the source. They are copied side by side, as they lie here, so that
their links to each other hold; what a website needs beside them (its first page's contents, a page
for each module) is added to the copies.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT, SOURCE = ROOT / "site", ROOT / "build" / "site"
FOLDERS = ("docs", "notebooks", "evidence", "ganlab", "benchmarks")
FILES = ("CONTRIBUTING.md", "CHANGELOG.md", "README.md", "CITATION.cff")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "text", "runs", "site", ".*")

CONTENTS = {
    "The course": "notebooks/*",
    "When a GAN fails": "docs/clinic docs/diagnosis docs/diagnosis_first",
    "What was measured": "docs/claims docs/league docs/scaling docs/performance docs/sources "
    "evidence/README evidence/dropped docs/claims_history",
    "Teaching": "docs/instructor docs/glossary",
    "The package": "api/index docs/reliability docs/design CONTRIBUTING CHANGELOG",
}
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
HREF = re.compile(r'href="([^":#]+)\.(?:md|ipynb)(#[^"]*)?"')


def build(source=SOURCE, out=OUT):
    """Build the site in the folder `out` from copies in the folder `source`; Sphinx's exit status.

    A warning of Sphinx's, such as a link that leads nowhere, is an error.
    """
    gather(source)
    made = source.parent / f"{source.name}-made" / "html"  # what MyST keeps of its own lands beside
    shutil.rmtree(made.parent, ignore_errors=True)
    sphinx = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    settings = ["-c", str(Path(__file__).parent), "-d", str(source / ".doctrees")]
    done = subprocess.run([*sphinx, *settings, str(source), str(made)], check=False)
    if done.returncode == 0:
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(made, out)
    return done.returncode


def gather(source):
    """Copy what the site is made of into `source`, and add its first page and the modules'."""
    shutil.rmtree(source, ignore_errors=True)
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=NOT_COPIED)
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    for path in (*source.glob("*.md"), *source.glob("*/*.md")):
        text = linked(path.read_text(encoding="utf-8"), path.parent.relative_to(source))
        path.write_text(text, encoding="utf-8")
    for path in source.glob("notebooks/*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                text = linked("".join(cell["source"]), Path("notebooks"))
                cell["source"] = text.splitlines(keepends=True)
            for output in cell.get("outputs", ()):
                if described := output.get("metadata", {}).get("image/png", {}).get("alt"):
                    cell["metadata"]["mystnb"] = {"image": {"alt": described}}
                if "text/html" in output.get("data", {}):
                    html = "".join(output["data"]["text/html"])
                    output["data"]["text/html"] = HREF.sub(page_of, html)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    trees = "".join(contents(caption, pages) for caption, pages in CONTENTS.items())
    first = (source / "README.md").rename(source / "index.md")
    first.write_text(first.read_text(encoding="utf-8") + trees, encoding="utf-8")
    describe_modules(source / "api")


def page_of(link):
    """What an HTML link to a page's source becomes: a link to the page."""
    return f'href="{link[1]}.html{(link[2] or "").lower()}"'


def linked(text, folder):
    """The text of a file in `folder` of the project, with links as a website can follow them: the
    README is the first page, and a folder, which has none, loses its link."""

    def turn(link):
        label, to, anchor = link[1], link[2], link[3] or ""
        away = to.startswith(("http:", "https:"))
        if not away and (ROOT / folder / to).is_dir():
            return label
        if not away and (ROOT / folder / to).resolve() == ROOT / "README.md":
            to = to.replace("README.md", "index.md")
        return f"[{label}]({to}{anchor})"

    return LINK.sub(turn, text)


def contents(caption, pages):
    """A table of contents that stands at the side of every page."""
    rows = "\n".join(pages.split())
    return f"\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{rows}\n```\n"


def describe_modules(folder):
    """A page for each module with what is public in it, and one that lists them."""
    modules = []
    for path in sorted((ROOT / "ganlab").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if any(part.startswith("_") for part in parts):
            continue
        about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        modules.append((".".join(parts), about.split("\n\n")[0].replace("\n", " ")))
    folder.mkdir()
    for name, _ in modules:
        rows = [
            "```{eval-rst}",
            f".. automodule:: {name}",
            "   :members:",
            "   :ignore-module-all:",
            "```",
        ]
        page = "\n".join([f"# {name}", "", *rows, ""])
        (folder / f"{name}.md").write_text(page, encoding="utf-8")
    rows = "\n".join(f"| [{name}]({name}.md) | {about} |" for name, about in modules)
    pages = "\n".join(name for name, _ in modules)
    index = (
        f"# Every module\n\n| module | what it has |\n| --- | --- |\n{rows}\n\n"
        f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
    )
    (folder / "index.md").write_text(index, encoding="utf-8")


if __name__ == "__main__":
    status = build()
    if status == 0:
        print(f"Open {OUT / 'index.html'} in a browser.")
    sys.exit(status)
