"""Which numbers did the cell compute, and which did it read?

Computed ones become metrics: `accuracy = model.score(x, y)`, and the last expression when it is a number or a dict of
numbers. Read ones become params: `lr` set in an earlier cell and used here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from numbers import Real

from nbtrack.capture.literals import LONGEST, bound_names
from nbtrack.capture.secret_names import hides_text
from nbtrack.capture.secrets import holds_secret

READINGS = frozenset(
    "time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time process_time_ns thread_time "
    "thread_time_ns default_timer timestamp utcnow getpid getppid get_ident get_native_id id".split()
)


def as_number(value: object) -> float | None:
    """A real number that is no bool: int, float, numpy's scalars; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        return float(value)
    except (OverflowError, ValueError, TypeError):
        return None


def computed_numbers(tree: ast.Module, namespace: Mapping[str, object], known: Iterable[str]) -> dict[str, float]:
    """Numbers held at the end by names that the cell assigned at its top level, leaving out `known` (its params).

    Loop variables and counters (`i += 1` by a whole number) are the loop's business, not results; nor is what a clock
    says (`t0 = time.time()`), but the difference of two readings is one.
    """
    skipped = set(known) | set(_counters(tree)) | _readings(tree, namespace)
    found = {}
    for name in dict.fromkeys(_assigned(tree)):
        if name in skipped or name.startswith("_"):
            continue
        number = as_number(namespace.get(name))
        if number is not None:
            found[name] = number
    return found


def _readings(tree: ast.Module, namespace: Mapping[str, object]) -> set[str]:
    """Names that are given nothing but what a clock, or the system of a process, says at that moment."""
    given: dict[str, list[bool]] = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for name, value in (pair for target in targets for pair in _named_values(target, statement.value)):
                given.setdefault(name, []).append(_is_reading(value, namespace))
    return {name for name, readings in given.items() if all(readings)}


def _named_values(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """`a, b = f(), 1` part by part; of what cannot be taken apart each name has all of it."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        apart = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        values = value.elts if apart and isinstance(value, ast.Tuple | ast.List) else [value] * len(target.elts)
        for one, its in zip(target.elts, values, strict=True):
            yield from _named_values(one, its)


def _is_reading(value: ast.expr, namespace: Mapping[str, object]) -> bool:
    """`time.time()`, `perf_counter()`, `timer()` of `from timeit import default_timer as timer`, also rounded, and
    in other units (`time_ns() // 10**6`)."""
    if isinstance(value, ast.BinOp):
        sides = ((value.left, value.right), (value.right, value.left))
        return any(_is_reading(one, namespace) and _is_constant(other) for one, other in sides)
    if not isinstance(value, ast.Call):
        return False
    if isinstance(value.func, ast.Attribute):
        return value.func.attr in READINGS
    if not isinstance(value.func, ast.Name):
        return False
    if value.func.id in ("int", "float", "round") and value.args:
        return _is_reading(value.args[0], namespace)
    return getattr(namespace.get(value.func.id), "__name__", value.func.id) in READINGS


def _is_constant(value: ast.expr) -> bool:
    """`1000`, `10**6`, `-60 * 2`."""
    plain = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    return all(isinstance(node, plain) for node in ast.walk(value))


def _assigned(tree: ast.Module) -> Iterator[str]:
    """By the cell's statements, and by those of a `with` around them (`torch.no_grad()`, a timer): there a plain value
    is no result, and no param either."""
    yield from _bound_by(tree.body)
    for statement in tree.body:
        if isinstance(statement, ast.With | ast.AsyncWith):
            computed = [inner for inner in statement.body if not _is_plain(inner)]
            yield from _assigned(ast.Module(computed, []))


def _bound_by(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def _is_plain(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Constant)


def _counters(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor):
            yield from (name.id for name in ast.walk(node.target) if isinstance(name, ast.Name))
        elif (
            isinstance(node, ast.AugAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, int)
        ):
            yield node.target.id


def result_metrics(tree: ast.Module, result: object) -> dict[str, float]:
    """The cell's last expression as metrics: a dict of numbers by its keys, a number by what is written there."""
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return {}
    name = _name_of(tree.body[-1].value)
    # What `log_param("lr", 7)` gives back was logged already, and was not computed.
    return {} if name.startswith(("log_", "set_")) else result_numbers(result, name)


def result_numbers(result: object, name: str) -> dict[str, float]:
    """The numbers of a dict by their keys, a number as `name`."""
    if isinstance(result, dict):
        numbers = {key: as_number(value) for key, value in result.items() if isinstance(key, str)}
        return {key: value for key, value in numbers.items() if value is not None}
    number = as_number(result)
    return {} if number is None else {name: number}


def _name_of(expression: ast.expr) -> str:
    """`accuracy` for `accuracy`, `score` for `model.score(x, y)`, `result` for anything without a name."""
    if isinstance(expression, ast.Call):
        return _name_of(expression.func)
    if isinstance(expression, ast.Attribute):
        return expression.attr
    if isinstance(expression, ast.Name):
        return expression.id
    if isinstance(expression, ast.Subscript) and isinstance(expression.slice, ast.Constant):
        key = expression.slice.value
        return key if isinstance(key, str) and key.isidentifier() else "result"
    return "result"


def read_scalars(tree: ast.Module, before: Mapping[str, object]) -> dict[str, str]:
    """Settings from earlier cells that this one reads, also through the functions of the notebook that it calls."""
    own = set(bound_names(tree))
    found = {}
    for name in dict.fromkeys(followed(_names(tree), before)):
        value = before.get(name)
        plain = isinstance(value, str | bool | int | float) or as_number(value) is not None
        if name in own or name.startswith("_") or hides_text(name, value) or not plain:
            continue
        if len(text := str(value)) <= LONGEST and not holds_secret(text):
            found[name] = text
    return found


def _names(tree: ast.Module) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def followed(names: Iterable[str], before: Mapping[str, object]) -> Iterator[str]:
    """Those names that are there, and those that the notebook's own functions among them read."""
    pending = list(names)
    seen: set[str] = set()
    while pending:
        name = pending.pop(0)
        if name in seen or name not in before:
            continue
        seen.add(name)
        yield name
        value = before[name]
        code = getattr(value, "__code__", None)
        if code is not None and getattr(value, "__module__", None) == "__main__":
            pending.extend(code.co_names)
