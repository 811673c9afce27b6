"""Build the notebooks: `text/NN_verb_topic.py` is run and becomes `NN_verb_topic.ipynb`.

    python notebooks/build.py            all of them
    python notebooks/build.py 03         those whose names begin with 03
    python notebooks/build.py --check    run nothing, only say where text and notebook differ

The text is written in the py:percent format: `# %%` begins a code cell, `# %% [markdown]`
a cell of prose. A cell that raises an error or writes to stderr stops the build, and the
notebook that was there stays as it was. What would differ from one build or machine to the
next without a change in content (identifiers, times, versions, the state of widgets) is
left out.
"""

import argparse
import os
import sys
import time
from itertools import zip_longest
from pathlib import Path

import ipykernel.kernelspec
import jupytext
import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).resolve().parent
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class BuildError(Exception):
    """A notebook that cannot be built; the message names it, the cell and the reason."""


class OwnKernel(KernelSpecManager):
    """Offers one kernel: this Python, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name):
        options = ["--log-level=ERROR"]  # its warnings are of no use to whoever builds
        return KernelSpec(**ipykernel.kernelspec.get_kernel_dict(options))


def read_text(path):
    """Return the notebook that the text at `path` describes, not yet run."""
    notebook = jupytext.read(path, fmt="py:percent")
    cells = [
        _cell(cell.cell_type, cell.source, cell.metadata.get("tags"), f"cell-{position:03d}")
        for position, cell in enumerate(notebook.cells, start=1)
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _cell(cell_type, source, tags, cell_id):
    new = nbformat.v4.new_code_cell if cell_type == "code" else nbformat.v4.new_markdown_cell
    return new(source, id=cell_id, metadata={"tags": tags} if tags else {})


def differences(text, notebook):
    """Return one line for each cell that is not the same in both; both are notebooks."""
    lines = []
    pairs = zip_longest(text.cells, notebook.cells)
    for position, (written, built) in enumerate(pairs, start=1):
        if written is None or built is None:
            missing = "text" if written is None else "notebook"
            lines.append(f"cell {position} is missing from the {missing}")
        elif (written.cell_type, written.source) != (built.cell_type, built.source):
            here, there = _first_difference(written, built)
            lines.append(f"cell {position} differs: {here!r} | {there!r}")
        elif (here := _tags(written)) != (there := _tags(built)):
            lines.append(f"cell {position} has other tags: {here} | {there}")
    return lines


def _tags(cell):
    return list(cell.metadata.get("tags", ()))


def _first_difference(written, built):
    """Return the first line in which two cells differ, or their types if all lines agree."""
    pairs = zip_longest(written.source.splitlines(), built.source.splitlines(), fillvalue="")
    types = (written.cell_type, built.cell_type)
    return next(((here, there) for here, there in pairs if here != there), types)


def words(notebook):
    """Count the words of the prose, as separated by blanks."""
    return sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")


def run(notebook, folder, timeout=120):
    """Run every cell of `notebook` in `folder` and store the outputs in it.

    A cell may take `timeout` seconds. Raises BuildError if a cell raises or writes to stderr.
    """
    os.environ["GANLAB_QUIET"] = "1"  # no progress bars in stored outputs
    os.environ["GANLAB_PROGRESS"] = "0"  # nor what whoever builds has solved
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=OwnKernel()),
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute(cleanup_kc=True)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        reached = [n for n, cell in enumerate(notebook.cells, 1) if cell.get("execution_count")]
        raise BuildError(f"cell {max(reached, default=1)}: {error}") from None
    for position, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise BuildError(f"cell {position} writes to stderr:\n{output.text}")
            # A widget stored without its state would hide the picture stored beside it.
            output.get("data", {}).pop(WIDGET_VIEW, None)
    notebook.metadata = nbformat.from_dict(METADATA)  # the kernel adds its version


def build(text):
    """Run the text at path `text`, write the notebook, and say what it took and holds."""
    start = time.perf_counter()
    notebook = read_text(text)
    target = NOTEBOOKS / f"{text.stem}.ipynb"
    run(notebook, folder=NOTEBOOKS)
    unfinished = target.with_suffix(".unfinished")
    nbformat.write(notebook, unfinished)
    os.replace(unfinished, target)
    code = sum(cell.cell_type == "code" for cell in notebook.cells)
    print(
        f"{target.name}: {time.perf_counter() - start:.0f} s, {code} code cells, "
        f"{words(notebook)} words, {target.stat().st_size / 1000:.0f} KB",
        flush=True,
    )


def check(text):
    """Raise BuildError if the text at path `text` and its notebook hold different cells."""
    target = NOTEBOOKS / f"{text.stem}.ipynb"
    if not target.exists():
        raise BuildError("not built yet")
    lines = differences(read_text(text), nbformat.read(target, as_version=4))
    if lines:
        raise BuildError("text and notebook differ (text | notebook):\n" + "\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="beginnings of notebook names; default: all")
    parser.add_argument("--check", action="store_true", help="only compare text and notebook")
    arguments = parser.parse_args()
    texts = sorted((NOTEBOOKS / "text").glob("*.py"))
    for name in arguments.names:
        if not any(text.stem.startswith(name) for text in texts):
            sys.exit(f"No text begins with {name!r}; there are: {[t.stem for t in texts]}")
    if arguments.names:
        texts = [text for text in texts if text.stem.startswith(tuple(arguments.names))]
    failed = False
    for text in texts:
        try:
            (check if arguments.check else build)(text)
        except BuildError as error:
            failed = True
            print(f"{text.stem}: {error}", file=sys.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main()
