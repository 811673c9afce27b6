"""The hash that holds a result and its protocol together."""

import ast
import hashlib
from pathlib import Path


def fingerprint(path):
    """Return the hash of the protocol file `path` and of the evidence files it imports.

    Comments, formatting and docstrings do not matter; every other word and number does.
    """
    code, files = {}, [Path(path)]
    for file in files:  # which grows meanwhile
        if file.name not in code and file.exists():
            tree = ast.parse(file.read_text(encoding="utf-8"))
            code[file.name] = _skeleton(tree)
            for node in ast.walk(tree):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                files += [file.with_name(f"{name.split('.')[0]}.py") for name in names]
    return hashlib.sha256(repr(sorted(code.items())).encode()).hexdigest()[:16]


def _skeleton(node):  # not ast.dump, in which empty fields come and go with Python's version
    if isinstance(node, ast.AST):
        parts = [(k, _skeleton(v)) for k, v in ast.iter_fields(node) if v not in (None, [])]
        return type(node).__name__, parts
    if isinstance(node, list):  # a constant standing alone is a docstring
        alone = [isinstance(x, ast.Expr) and isinstance(x.value, ast.Constant) for x in node]
        return [_skeleton(x) for x, skip in zip(node, alone, strict=True) if not skip]
    return repr(node)
