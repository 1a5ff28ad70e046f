"""Which Python does a cell hold, its magics aside?"""

from __future__ import annotations

import ast
from typing import Any

RUNS_PYTHON = frozenset({"time", "capture", "prun", "track"})  # cell magics whose body is the cell's own Python


def python_of(ip: Any, source: str) -> ast.Module | None:
    """The cell's tree with the bodies of `%%time` and its like in place; None where it is no Python."""
    try:
        tree = ast.parse(ip.transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    body: list[ast.stmt] = []
    for statement in tree.body:
        inner = _body_of_magic(statement)
        inside = python_of(ip, inner) if inner is not None else None
        body.extend(inside.body if inside else [statement])
    return ast.Module(body, [])


def _body_of_magic(statement: ast.stmt) -> str | None:
    """The text behind `get_ipython().run_cell_magic("time", "", "…")`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and len(call.args) == 3):
        return None
    name, body = call.args[0], call.args[2]
    if call.func.attr != "run_cell_magic" or not (isinstance(name, ast.Constant) and isinstance(body, ast.Constant)):
        return None
    return body.value if name.value in RUNS_PYTHON and isinstance(body.value, str) else None
