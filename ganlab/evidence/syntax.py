"""Code as plain data, equal for equal code: without place, layout, prose, or names from outside.

Python's own tables of names (`symtable`, bytecode) differ from version to version, and so does
`ast.dump`, in which empty fields come and go. So scopes are found here, on the syntax tree.
"""

import ast
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from ganlab.evidence.protocol import EvidenceError

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# Fields of nodes that determine nothing.
PROSE = ("annotation", "kind", "ctx")


class Source(NamedTuple):
    """A module: its tree, imports, functions by (name, first line), and compiled code."""

    tree: ast.Module
    imports: dict
    functions: dict
    compiled: set


def source_of(file):
    """Return the `Source` of a file; EvidenceError if it has none."""
    try:
        return _parsed(Path(file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        raise EvidenceError(f"no source {file}: wanted code in a file") from None


@lru_cache(maxsize=64)
def _parsed(text):
    tree, functions = ast.parse(text), {}
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            # As Python counts: decorators belong to a function.
            first = min(n.lineno for n in (node, *getattr(node, "decorator_list", ())))
            functions.setdefault((getattr(node, "name", "<lambda>"), first), []).append(node)
    compiled = [compile(text, "", "exec", dont_inherit=True)]
    for code in compiled:  # which grows meanwhile
        compiled += [part for part in code.co_consts if isinstance(part, CodeType)]
    return Source(tree, imports(own(tree.body)), functions, set(compiled))


def function_node(code):
    """Return the node of the function or lambda that was compiled to `code`.

    EvidenceError if its file has changed since, or has several of that name on one line.
    """
    source, where = source_of(code.co_filename), Path(code.co_filename).name
    found = source.functions.get((code.co_name, code.co_firstlineno), ())
    if code not in source.compiled:
        what = f"{code.co_name} is not as {where}, line {code.co_firstlineno}, has it"
        raise EvidenceError(f"{what}: wanted a file that did not change since it was imported")
    if len(found) != 1:
        what = f"{where}, line {code.co_firstlineno}, has {len(found)} of {code.co_name}"
        raise EvidenceError(f"{what}: wanted one on a line")
    return found[0]


def class_node(cls, file):
    """Return the node of a class that stands in the module `file`, or in another class there."""
    node = source_of(file).tree
    for name in cls.__qualname__.split("."):
        inside = [n for n in node.body if isinstance(n, ast.ClassDef) and n.name == name]
        if len(inside) != 1:
            raise EvidenceError(f"{Path(file).name} has {len(inside)} of class {name}: wanted one")
        node = inside[0]
    return node


def imports(nodes):
    """Return {name: (module, name there)} for what `nodes` import.

    The name there is None for a whole module. Dots at the start of a module's name are kept.
    """
    found = {}
    for node in nodes:
        for alias in node.names if isinstance(node, ast.Import) else ():
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            found[alias.asname or whole] = whole, None
        for alias in node.names if isinstance(node, ast.ImportFrom) else ():
            module = "." * node.level + (node.module or "")
            found[alias.asname or alias.name] = module, alias.name
    return found


def own(nodes):
    """Yield the nodes of a scope, and of the scopes inside it what is evaluated outside them."""
    for node in nodes:
        inside = ast.iter_child_nodes(node)
        if isinstance(node, COMPREHENSIONS):
            yield from (n for n in own(inside) if isinstance(n, ast.NamedExpr))  # binds outside
            inside = [node.generators[0].iter]
        elif isinstance(node, FUNCTIONS):
            inside = [*getattr(node, "decorator_list", ()), *_defaults(node.args)]
        elif isinstance(node, ast.ClassDef):
            inside = [*node.decorator_list, *node.bases, *node.keywords]
        yield node
        yield from own(inside)


def _defaults(args):
    return [*args.defaults, *filter(None, args.kw_defaults)]


def parameters(args):
    """Return the names of a function's parameters, kind by kind."""
    several = [[arg.arg for arg in kind] for kind in (args.posonlyargs, args.args, args.kwonlyargs)]
    return [*several, *(arg and arg.arg for arg in (args.vararg, args.kwarg))]


@lru_cache(maxsize=4096)
def bound(nodes, names=()):
    """Return {name: None, or its import} for what a scope of these `nodes` binds itself.

    nodes, names  tuples: statements, and names bound without one, such as parameters
    """
    names, outside = set(names), set()
    for node in own(nodes):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.NamedExpr):
            names.add(node.target.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            names |= {node.name} - {None}
        elif isinstance(node, ast.MatchMapping):
            names |= {node.rest} - {None}
        elif isinstance(node, ast.Nonlocal):
            outside |= set(node.names)
        elif isinstance(node, ast.Global):
            raise EvidenceError(f"global {node.names[0]}: wanted a function of its arguments alone")
    imported = imports(own(nodes))
    if twice := names & set(imported):
        raise EvidenceError(f"{min(twice)} is imported and bound again: wanted two names")
    return dict.fromkeys(names - outside) | imported


class Reader:
    """Reads syntax as nested lists; `resolve` says what stands for names bound outside.

    `resolve(name, attributes, imported)` gets a name, the attributes that are looked up on it
    (those of `a.b.c` are b and c), and where the code itself imports it from, if it does. It
    returns what stands for them and how many attributes that takes in.
    """

    def __init__(self, resolve):
        self.resolve = resolve

    def function(self, node, scopes=()):
        """Return parameters and body, without name, defaults and decorators."""
        body = node.body if isinstance(node.body, list) else [node.body]
        given = parameters(node.args)
        names = [name for kind in given[:3] for name in kind] + [n for n in given[3:] if n]
        inside = bound(tuple(body), tuple(names)), "function"
        return [given, self.read(body, (*scopes, inside))]

    def class_(self, node, scopes=()):
        """Return decorators, bases and body, without the name."""
        outside = self.read([*node.decorator_list, *node.bases, *node.keywords], scopes)
        return [outside, self.read(node.body, (*scopes, (bound(tuple(node.body)), "class")))]

    def read(self, node, scopes):
        """Return a node, or a list of them, in `scopes`, the outermost first."""
        if isinstance(node, list):
            return [self.read(part, scopes) for part in node if not _is_silent(part, scopes)]
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._name(node, scopes)
        kind = type(node).__name__
        if isinstance(node, FUNCTIONS):
            outside = [*getattr(node, "decorator_list", ()), *_defaults(node.args)]
            missing = [default is None for default in node.args.kw_defaults]
            heads = [getattr(node, "name", None), len(node.args.defaults), missing]
            return [kind, heads, self.read(outside, scopes), self.function(node, scopes)]
        if isinstance(node, ast.ClassDef):
            return [kind, node.name, self.class_(node, scopes)]
        if isinstance(node, COMPREHENSIONS):
            return [kind, *self._comprehension(node, scopes)]
        if isinstance(node, ast.AnnAssign) and scopes[-1][1] != "class":
            node = ast.Assign(targets=[node.target], value=node.value)
            kind = "Assign"
        if not isinstance(node, ast.AST):
            return repr(node)
        parts = [(k, v) for k, v in ast.iter_fields(node) if k not in PROSE and v not in (None, [])]
        return [kind, [[k, self.read(v, scopes)] for k, v in parts]]

    def _comprehension(self, node, scopes):
        targets = [n for g in node.generators for n in ast.walk(g.target)]
        names = {n.id for n in targets if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        inside = (*scopes, (dict.fromkeys(names), "comprehension"))
        loops = [
            [
                self.read(g.iter, inside if i else scopes),
                self.read([g.target, *g.ifs], inside),
                g.is_async,
            ]
            for i, g in enumerate(node.generators)
        ]
        made = [getattr(node, field, None) for field in ("key", "value", "elt")]
        return loops, self.read([part for part in made if part], inside)

    def _name(self, node, scopes):
        base, attributes = node, []
        while isinstance(base, ast.Attribute):
            base, attributes = base.value, [base.attr, *attributes]
        if not isinstance(base, ast.Name):
            return ["Attribute", self.read(node.value, scopes), node.attr]
        # The names of a class are not seen by the functions in it.
        seen = [names for names, kind in scopes[:-1] if kind != "class"]
        seen += [names for names, _ in scopes[-1:]]
        holder = next((names for names in reversed(seen) if base.id in names), None)
        if holder is not None and holder[base.id] is None:
            meaning, used = ["Name", base.id], 0
        elif isinstance(node.ctx, ast.Load):
            meaning, used = self.resolve(base.id, attributes, holder and holder[base.id])
        else:
            raise EvidenceError(f"{base.id} is changed: wanted a function of its arguments alone")
        for attribute in attributes[used:]:
            meaning = ["Attribute", meaning, attribute]
        return meaning


def _is_silent(node, scopes):
    """Whether a statement determines nothing: a docstring, say, or an import, read where used."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.AnnAssign):  # in a class it may be a field
        return node.value is None and scopes[-1][1] != "class"
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass))
