"""Which of a cell's assignments are parameters: plain values that the person wrote down?

`lr = 0.1`, `a, b = 1, -2`, `name: str = "mlp"` and `config = {"depth": 3}` (as `config.depth`) are. A name that
the cell also binds to anything else, counts up or fills is state (`total = 0`, `losses = []` before a loop) and is left
out; so are empty lists and dicts, private names, and texts whose names look like secrets.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from nbtrack.capture.secret_names import hides_text
from nbtrack.capture.secrets import holds_secret

LONGEST = 500  # characters of one value; a longer one is data, not a setting
FILLING = frozenset("append extend insert add update setdefault".split())


def literal_params(tree: ast.Module) -> dict[str, str]:
    """Name to value as MLflow's `log_param` would write it, in the order of the cell."""
    written = list(_top_level(tree))
    plain = Counter(name for name, _ in written)
    state = {name for name, times in Counter(bound_names(tree)).items() if times > plain[name]} | set(_filled(tree))
    params: dict[str, str] = {}
    for name, value in written:
        to_be_filled = isinstance(value, list | dict) and not value
        if name not in state and not name.startswith("_") and not to_be_filled:
            params.update(param_items(name, value))
    return params


def settled_literals(tree: ast.Module) -> dict[str, str]:
    """Those that can be kept before the cell has run: assigned once, and not logged by the cell itself."""
    times = Counter(name for name, _ in _top_level(tree))
    logged = set(_logged(tree))
    return {
        key: text for key, text in literal_params(tree).items() if times[key.split(".")[0]] == 1 and key not in logged
    }


def _logged(tree: ast.Module) -> Iterator[str]:
    """Names of params that the code logs: `log_param("lr", …)`, `log_params({"lr": …})`, `log_params(dict(lr=…))`."""
    for node in ast.walk(tree):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or not name.startswith("log_param"):
            continue
        for given in (*node.args, *(each.value for each in node.keywords)):
            keys = given.keys if isinstance(given, ast.Dict) else [given]
            yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
            if isinstance(given, ast.Call):
                yield from (each.arg for each in given.keywords if each.arg)


def _filled(tree: ast.Module) -> Iterator[str]:
    """In loops and functions: `losses` of `losses.append(x)`, `history` of `history["loss"].append(x)` and of
    `history["best"] = x`. Written straight on, `config["seed"] = 1` is one more setting."""
    again = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    repeated = [node for node in ast.walk(tree) if isinstance(node, again)]
    for node in (inner for each in repeated for inner in ast.walk(each)):
        inner: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FILLING:
            inner = node.func.value
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            inner = node.value
        while isinstance(inner, ast.Subscript):
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield inner.id


def param_items(name: str, value: object) -> Iterator[tuple[str, str]]:
    """A value under its name; a dict with text keys as `name.key`, level by level. No secrets, no long values."""
    if isinstance(value, dict) and value and all(_is_key(key) for key in value):
        for key, inner in value.items():
            yield from param_items(f"{name}.{key}", inner)
        return
    if hides_text(name, value):
        return
    text = str(value)
    if len(text) <= LONGEST and not _hides_secret(value) and not holds_secret(text):
        yield name, text


def _is_key(key: object) -> bool:
    return isinstance(key, str) and key.replace("-", "_").isidentifier()


def _hides_secret(value: object) -> bool:
    """A dict inside a list is written as a whole, so its names are looked at here."""
    if isinstance(value, dict):
        return any(hides_text(str(key), inner) or _hides_secret(inner) for key, inner in value.items())
    return isinstance(value, list | tuple | set | frozenset) and any(_hides_secret(inner) for inner in value)


def _top_level(tree: ast.Module) -> Iterator[tuple[str, object]]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _pairs(target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield from _pairs(statement.target, statement.value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, object]]:
    if isinstance(target, ast.Name):
        try:
            yield target.id, ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return
    elif (
        isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    ):
        for one, its in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, its)


def bound_names(tree: ast.Module) -> Iterator[str]:
    """Every binding of a global name in the cell, once per place; what functions and classes bind inside is theirs."""
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            yield from _declared_global(node)
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield from (inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.id
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
        pending.extend(ast.iter_child_nodes(node))


def _declared_global(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Global):
            yield from inner.names
