"""A notebook's cells run in another order than they stand in, each twice: nothing raises, and every
text that is shown is the stored one.

Another order is legal where a cell comes after those that define what it uses, and before those
that define it anew: `orders` reads it off the code. What a cell changes without naming it, such as
the state of a generator of random numbers, counts as defined anew by each cell that uses it.
"""

import ast
import copy
import importlib.util
import random
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.rest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
QUICK = "00"  # the notebook that CI tries
# Names whose calls move them on.
MOVED = ("rng", "trainer", "film")

_spec = importlib.util.spec_from_file_location("notebooks_build", ROOT / "notebooks/build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)


def names(code):
    """(names that a cell's code uses, names that it defines or changes)."""
    used, defined = set(), set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
            if node.id in MOVED:
                defined.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            defined |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            defined |= _root(node)  # `app.knobs["rate"].value = 0.1` changes `app`
        elif isinstance(node, ast.AugAssign):
            used |= _root(node.target)
    return used, defined


def _root(node):
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def earlier(codes):
    """For each cell the cells that have to come before it in any legal order."""
    found = []
    for i, code in enumerate(codes):
        used, defined = names(code)
        before = set()
        for j in range(i):
            others_used, others_defined = names(codes[j])
            if others_defined & (used | defined) or others_used & defined:
                before.add(j)
        found.append(before)
    return found


def shuffled(codes, seed):
    """A legal order of the cells, drawn at random."""
    draw, before, order = random.Random(seed), earlier(codes), []
    while len(order) < len(codes):
        free = [i for i in range(len(codes)) if i not in order and before[i] <= set(order)]
        order.append(draw.choice(free))
    return order


def goes_on(code):
    """Whether a cell goes on with a training that an earlier one has begun: run again, it is to go
    further, so it is run once."""
    return ".advance(" in code and "playground(" not in code


def texts(cell):
    """The texts that a cell shows."""
    shown = []
    for output in cell.outputs:
        if output.output_type == "stream":
            shown.append(output.text)
        elif "text/plain" in output.get("data", {}):
            shown.append(output["data"]["text/plain"])
    return "".join(shown)


@pytest.mark.parametrize(
    "path",
    [p if p.stem.startswith(QUICK) else pytest.param(p, marks=pytest.mark.slow) for p in NOTEBOOKS],
    ids=lambda path: path.stem,
)
def test_cells_run_twice_and_in_another_order(path):
    stored = nbformat.read(path, as_version=4)
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    order = shuffled([cell.source for cell in cells], seed=path.stem)
    again = copy.deepcopy(stored)
    run = [i for i in order for _ in range(1 if goes_on(cells[i].source) else 2)]
    again.cells = [copy.deepcopy(cells[i]) for i in run]
    for number, cell in enumerate(again.cells):
        cell.id, cell.outputs, cell.execution_count = f"again-{number}", [], None
    build.run(again, folder=ROOT / "notebooks", timeout=600)
    for number, cell in enumerate(again.cells):
        place = run[number]
        assert texts(cell) == texts(cells[place]), f"{path.stem}, code cell {place + 1}"


def test_the_order_is_read_off_the_code():
    codes = ["import math", "x = 1", "y = x + math.pi", "z = 2", "x = 3", "print(x, z)"]
    assert earlier(codes) == [set(), set(), {0, 1}, set(), {1, 2}, {1, 3, 4}]
    orders = {tuple(shuffled(codes, seed)) for seed in range(50)}
    assert len(orders) > 5
    for order in orders:
        place = {i: order.index(i) for i in range(6)}
        assert place[1] < place[2] < place[4] < place[5] and place[3] < place[5]


def test_what_is_changed_counts_as_defined():
    codes = ["app = f()", "app.knobs['rate'].value = 1", "app.show()", "app.rate = 2"]
    assert earlier(codes) == [set(), {0}, {0, 1}, {0, 1, 2}]
    assert earlier(["rng = f()", "a = rng.normal()", "b = rng.normal()"])[2] == {0, 1}
