"""Which experiment does a cell or script choose by a name that is written in it?

`mlflow.set_experiment("churn")` at the top level (also in a `with`, a `try` or `if __name__ == "__main__":`), with a
literal or a name that holds a text for sure. Only the text is looked at, nothing is run.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from types import ModuleType
from typing import Any

from nbtrack.capture.literals import bound_names, literal_params

OURS = ("nbtrack",)
_OTHERS = ("set_tracking_uri",)  # what is set after these is set in another store


def chosen_experiment(tree: ast.Module, space: Mapping[str, Any], modules: Collection[str] = OURS) -> str | None:
    """The name given to the first `set_experiment` of one of `modules`; None where there is none or it is not known."""
    for call in _calls(tree.body):
        function = _function(call.func, tree, space)
        if function is None or function[0] not in modules:
            continue
        if function[1] in _OTHERS:
            return None
        if function[1] == "set_experiment":
            return _text(_first_argument(call), tree, space)
    return None


def _calls(statements: list[ast.stmt]) -> Iterator[ast.Call]:
    """Calls in statements that are run whatever happens, in the order in which they are written."""
    for statement in statements:
        if isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign) and statement.value is not None:
            yield from _calls_in(statement.value)
        elif isinstance(statement, ast.With):
            for item in statement.items:
                yield from _calls_in(item.context_expr)
            yield from _calls(statement.body)
        elif isinstance(statement, ast.Try) or (isinstance(statement, ast.If) and _is_main(statement)):
            yield from _calls(statement.body)


def _calls_in(value: ast.expr) -> list[ast.Call]:
    found = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    return sorted(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0))


def _is_main(statement: ast.If) -> bool:
    return ast.unparse(statement.test) == "__name__ == '__main__'"


def _function(called: ast.expr, tree: ast.Module, space: Mapping[str, Any]) -> tuple[str, str] | None:
    """The package and the name of what is called: of `mlflow.set_experiment`, or `set_experiment` by itself."""
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        home = _imports(tree).get(called.value.id) or _module_name(space.get(called.value.id))
        return None if home is None else (home.partition(".")[0], called.attr)
    if isinstance(called, ast.Name):
        home = _imports(tree).get(called.id) or getattr(space.get(called.id), "__module__", None)
        return (home.partition(".")[0], called.id) if isinstance(home, str) else None
    return None


def _module_name(value: object) -> str | None:
    return value.__name__ if isinstance(value, ModuleType) else None


def _imports(tree: ast.Module) -> dict[str, str]:
    """By name: the module that the cell itself imports it from, or as."""
    found: dict[str, str] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                found[alias.asname or alias.name.partition(".")[0]] = alias.name
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            found.update((alias.asname or alias.name, statement.module) for alias in statement.names)
    return found


def _first_argument(call: ast.Call) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == "experiment_name"), None)
    return call.args[0] if call.args else named


def _text(value: ast.expr | None, tree: ast.Module, space: Mapping[str, Any]) -> str | None:
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else None
    if not isinstance(value, ast.Name):
        return None
    if value.id in set(bound_names(tree)):
        return literal_params(tree).get(value.id)
    known = space.get(value.id)
    return known if isinstance(known, str) else None
