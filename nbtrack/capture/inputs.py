"""On which earlier inputs of the session does a cell depend?

Names that the cell reads are followed back through the cells that set them, from the newest to the oldest. A cell that
changes a name in place (`config["lr"] = 1`, `model.fit(x)`) counts too, and the search for that name goes on behind it.
Only the text is looked at, nothing is run; `from x import *` may set anything, so such a cell is always taken.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nbtrack.capture.literals import bound_names

Parse = Callable[[str], ast.Module | None]
MOST = 5000  # cells whose names are remembered


@dataclass(frozen=True, slots=True)
class Names:
    """What a cell does with names; `surely` are those that it gives a new value whatever happens."""

    read: frozenset[str]
    touched: frozenset[str]
    surely: frozenset[str]
    all_of_a_module: bool


_known: dict[str, Names | None] = {}  # by source: an earlier cell is asked about again by every later one


def needed_inputs(tree: ast.Module, earlier: Sequence[tuple[int, str]], parse: Parse) -> list[tuple[int, str]]:
    """Those of `earlier` (number and source, oldest first) that the cell needs, oldest first."""
    wanted = set(first_reads(tree))
    found = []
    for number, source in reversed(earlier):
        names = _names_of(source, parse) if source.strip() else None
        if names is not None and (names.touched & wanted or names.all_of_a_module):
            found.append((number, source))
            wanted = (wanted - names.surely) | names.read
    return found[::-1]


def _names_of(source: str, parse: Parse) -> Names | None:
    """None for a cell that is no Python."""
    if source not in _known:
        while len(_known) >= MOST:
            _known.pop(next(iter(_known)), None)
        tree = parse(source)
        _known[source] = None if tree is None else _looked_through(tree)
    return _known[source]


def _looked_through(tree: ast.Module) -> Names:
    return Names(
        read=frozenset(first_reads(tree)),
        touched=frozenset((*bound_names(tree), *changed_names(tree))),
        surely=frozenset(surely_set(tree)),
        all_of_a_module=_imports_all(tree),
    )


def read_names(tree: ast.AST) -> Iterator[str]:
    """Every name that is read anywhere, also inside functions; `x += 1` reads x."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def first_reads(tree: ast.Module) -> Iterator[str]:
    """Names that the cell reads before it sets them itself."""
    yield from _first_reads(tree.body, set())


def _first_reads(statements: Sequence[ast.stmt], own: set[str]) -> Iterator[str]:
    own = set(own)
    for statement in statements:
        if isinstance(statement, ast.For | ast.AsyncFor):
            for part in (statement.target, statement.iter):
                yield from (name for name in read_names(part) if name not in own)
            counter = {node.id for node in ast.walk(statement.target) if isinstance(node, ast.Name)}
            yield from _first_reads(statement.body, own | counter)
            yield from _first_reads(statement.orelse, own)
        else:
            yield from (name for name in read_names(statement) if name not in own)
        own.update(surely_set(ast.Module([statement], [])))


def surely_set(tree: ast.Module) -> Iterator[str]:
    """Names that the cell gives a new value whatever happens: bound at its top level, outside of branches."""
    for statement in tree.body:
        if isinstance(statement, ast.AugAssign):
            continue
        simple = isinstance(statement, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom)
        if simple or isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.With):
            yield from bound_names(ast.Module([statement], []))


def changed_names(tree: ast.Module) -> Iterator[str]:
    """Names whose value the cell changes in place: `a.b = 1`, `a[0] = 1`, `del a[0]`, `a.fit(x)`, `f(a)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield from _root(node)
        elif isinstance(node, ast.Expr):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            if isinstance(call, ast.Call) and not _logs(call):
                for part in [call.func] if isinstance(call.func, ast.Attribute) else call.args:
                    yield from _root(part)


def _logs(call: ast.Call) -> bool:
    """What only writes into a run changes no name: a cell before would else be needed by each one that logs."""
    return isinstance(call.func, ast.Attribute) and call.func.attr.startswith(("log_", "set_tag"))


def _root(node: ast.expr) -> Iterable[str]:
    """`a` of `a.b[0].c`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return [node.id] if isinstance(node, ast.Name) and node.id not in {"print", "display", "get_ipython"} else []


def _imports_all(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree))
