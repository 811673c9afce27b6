"""How Sphinx builds the website out of what docs/site/build.py has gathered."""

import re
from importlib.metadata import version as installed

from docutils import nodes
from latex2mathml.converter import convert

project, author = "ganlab", "the authors of ganlab"
version = release = installed("ganlab")
html_title, html_theme = "ganlab", "sphinx_book_theme"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton"]
exclude_patterns = [".doctrees", "docs/images", "ganlab", "benchmarks", "evidence/history"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the stored outputs are the course
# A widget is shown by its picture; drawn live it would want a kernel and files from elsewhere.
nb_mime_priority_overrides = [
    ("html", "application/vnd.jupyter.widget-view+json", None),
    ("html", "image/png", 0),
]
nb_ipywidgets_js = {}
html_math_renderer = "mathml"
html_static_path, html_css_files = ["static"], ["narrow.css"]
html_theme_options = {
    "show_navbar_depth": 1,
    "max_navbar_depth": 1,  # all modules at the side of every page were a third of the work
    "collapse_navbar": True,
    "show_toc_level": 2,
    "use_download_button": True,
}
html_show_copyright = html_show_sourcelink = False
html_last_updated_fmt = None
autodoc_member_order = "bysource"
autodoc_typehints = "none"
copybutton_prompt_text = ">>> "
suppress_warnings = [
    "mystnb.unknown_mime_type",
    "myst.header",  # the clinic's faults stand one level lower than what is above them
]


def setup(app):
    app.add_html_math_renderer("mathml", (inline_formula, None), (formula, None))
    app.connect("autodoc-process-docstring", as_written)
    app.connect("doctree-read", keep_anchors)


# Formulas: browsers draw MathML themselves, so no script has to be loaded from elsewhere. -------


def inline_formula(translator, node):
    translator.body.append(_mathml(node, "inline"))
    raise nodes.SkipNode


def formula(translator, node):
    translator.body.append(f'<div class="math">{_mathml(node, "block")}</div>')
    raise nodes.SkipNode


def _mathml(node, display):
    """An upright letter alone is an operator, E say: the converter would lean it."""
    upright = re.sub(r"\\mathrm\{(\w)\}", r"\\operatorname{\1}", node.astext())
    return convert(upright, display=display)


# Docstrings are plain text that aligns its columns; in reStructuredText they would run together. -

TABLE = re.compile(r"^ *\S(.*\S)? {2,}\S", re.MULTILINE)
EMPHASIS = re.compile(r"(?<![\w\\*`])\\\*(\w(?:[\w ]*\w)?)\\\*(?![\w\\*`])")


def as_written(app, what, name, obj, options, lines):
    """Paragraphs as prose; what has columns, is indented or is an example as it is written."""
    paragraphs = re.split(r"\n\n+", "\n".join(lines).strip("\n"))
    lines[:] = []
    for paragraph in paragraphs:
        if TABLE.search(paragraph) or paragraph.startswith((" ", ">>>")):
            language = "pycon" if paragraph.lstrip().startswith(">>>") else "text"
            rows = [f"   {row}" for row in paragraph.split("\n")]
            lines += [f".. code-block:: {language}", "", *rows, ""]
        else:
            text = re.sub(r"([\\*|_])", r"\\\1", paragraph)
            text = EMPHASIS.sub(r"*\1*", text)
            lines += [*re.sub(r"`([^`]*)`(\w?)", _literal, text).split("\n"), ""]


def _literal(match):
    ending = rf"\ {match[2]}" if match[2] else ""  # a letter may not touch the marks
    return "``" + re.sub(r"\\(.)", r"\1", match[1]) + "``" + ending


def keep_anchors(app, doctree):
    """Let links find anchors written as HTML, and headings as JupyterLab names them."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for raw in doctree.findall(nodes.raw):
        for found in re.findall(r'<a id="([^"]+)">', raw.astext()):
            slugs[found] = (raw.line or 0, found, found)
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title).astext()
        slugs.setdefault(title.replace(" ", "-"), (section.line or 0, section["ids"][0], title))
