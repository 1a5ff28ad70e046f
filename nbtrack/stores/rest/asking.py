"""How much of a filter and an order can MLflow's own grammar say, so that a server leaves out the rest?

What is asked of the server keeps every run that our filter keeps, and perhaps more: the filter is applied again here.
Pushed are comparisons joined by AND whose meaning is the same on every database behind a server. Left here are OR, NOT,
ILIKE, numbers in params, parts of histories and everything else that MLflow lacks or its databases see differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbtrack.query.tree import (
    ATTRIBUTE,
    DATASET,
    METRIC,
    PARAM,
    PARTS,
    TAG,
    And,
    Column,
    Compare,
    Day,
    Key,
    Node,
    Now,
    Value,
    Within,
)

DAY_MS = 86_400_000
TEXTS = frozenset({"status", "run_name", "user_id", "artifact_uri", "run_id"})
SURE = frozenset({"status", "run_id"})  # of them, those that a database has for every run
TIMES = frozenset({"start_time", "end_time"})
FAMILIES = {METRIC: "metrics", PARAM: "params", TAG: "tags", ATTRIBUTE: "attributes", DATASET: "dataset"}
LARGEST_TEXT = 1000  # characters


@dataclass(frozen=True, slots=True)
class Asked:
    """`exact` says that the server keeps just the runs that our filter keeps."""

    filter: str
    exact: bool


def asked(node: Node | None, now: float) -> Asked:
    """`now` is the moment that `now()` means, in ms since 1970."""
    if node is None:
        return Asked("", True)
    nodes = node.nodes if isinstance(node, And) else (node,)
    said = [_comparison(each, now) for each in nodes]
    return Asked(" AND ".join(text for text in said if text), all(said) and all(_is_exact(each) for each in nodes))


def ordered(keys: Sequence[Key]) -> list[str] | None:
    """The clauses that put runs into our order, or None where no server can be trusted to: how text is sorted is a
    matter of each database."""
    said = []
    for key in keys:
        column = key.column
        ours = column.family == METRIC and column.part is None and not _may_be_part(column)
        if not (ours or (column.family == ATTRIBUTE and column.key in TIMES)) or key.as_number:
            return None
        if (name := _name(column)) is None:
            return None
        said.append(f"{name} {'DESC' if key.descending else 'ASC'}")
    return said


def parts_of(node: Node | None, keys: Sequence[Key]) -> list[str]:
    """The metrics whose whole histories decide: those of which the least, the first or another part is asked."""
    columns = [key.column for key in keys] + list(_columns(node))
    found = []
    for column in columns:
        if column.family == METRIC and column.part not in (None, "at", "last"):
            found.append(column.key)
        elif column.family == METRIC and column.part is None and _may_be_part(column):
            found.append(column.key.rpartition(".")[0])
    return list(dict.fromkeys(found))


def is_beyond_rows(node: Node | None, keys: Sequence[Key]) -> bool:
    """Does it take more than a page of runs to say which of them fit: whole histories, or datasets?"""
    columns = [*_columns(node), *(key.column for key in keys)]
    return any(column.family == DATASET or column.part is not None or _may_be_part(column) for column in columns)


def _columns(node: object) -> Iterator[Column]:
    if isinstance(column := getattr(node, "column", None), Column):
        yield column
    for inside in (*getattr(node, "nodes", ()), getattr(node, "node", None)):
        if inside is not None:
            yield from _columns(inside)


def _may_be_part(column: Column) -> bool:
    """An unquoted `loss.min`: a metric of this name, or the least loss?"""
    return not column.quoted and column.key.rpartition(".")[2] in PARTS and "." in column.key


def _comparison(node: Node, now: float) -> str | None:
    match node:
        case Compare(column, op, value):
            name, said = _name(column), _value(column, op, value, now)
            return None if name is None or said is None else f"{name} {op} {said}"
        case Within(column, values, negated) if column.family == ATTRIBUTE and column.key == "run_id":
            said_values = [_text(each) for each in values]
            if None in said_values:
                return None
            return f"attributes.run_id {'NOT IN' if negated else 'IN'} ({', '.join(map(str, said_values))})"
    return None


def _is_exact(node: Node) -> bool:
    """LIKE treats line ends, and MLflow 2 NaN, in another way than we do; equality of texts is one everywhere."""
    return isinstance(node, Within) or (
        isinstance(node, Compare) and node.op in ("=", "!=") and node.column.family in (PARAM, TAG, ATTRIBUTE)
    )


def _value(column: Column, op: str, value: Value, now: float) -> str | None:
    if column.family == METRIC:
        # MLflow 2 keeps a NaN as 0 in a database, so that `!= 0` would lose it; elsewhere it only finds too much.
        return _number(value) if isinstance(value, float) and op != "!=" else None
    if column.family == ATTRIBUTE and column.key in TIMES:
        return _time(op, value, now)
    if column.family == ATTRIBUTE:
        asked_of = SURE if op == "!=" else TEXTS
        if column.key not in asked_of or value == "":
            return None
    if column.family == DATASET and op != "=":
        return None
    if op == "LIKE" and isinstance(value, str):
        # A pattern that ends in % matches here what it matches in every database, and less. \ and [ escape in some.
        return _text(value) if value.endswith("%") and not set(value) & set("\\[") else None
    return _text(value) if op in ("=", "!=") else None


def _name(column: Column) -> str | None:
    if column.family == METRIC and (column.part is not None or _may_be_part(column)):
        return None
    if column.family in (ATTRIBUTE, DATASET):
        known = column.family == DATASET or column.key in TEXTS | TIMES
        return f"{FAMILIES[column.family]}.{column.key}" if known else None
    if not column.key or set(column.key) & set("`\"'\\\n"):
        return None
    return f"{FAMILIES[column.family]}.`{column.key}`"


def _time(op: str, value: Value, now: float) -> str | None:
    if isinstance(value, Day):
        # A server has whole milliseconds: after a day is after its last one, up to a day is up to it.
        last = int(value.ms) + DAY_MS - 1
        return {"<": str(int(value.ms)), ">=": str(int(value.ms)), ">": str(last), "<=": str(last)}.get(op)
    found = now + value.offset if isinstance(value, Now) else value
    return str(int(found)) if isinstance(found, float) and found.is_integer() and abs(found) < 2**53 else None


def _number(value: float) -> str | None:
    """As MLflow's parser reads numbers: no plus sign, not even in an exponent."""
    return repr(value).replace("e+", "e") if value - value == 0 else None


def _text(value: Value) -> str | None:
    """Quoted, or None for what its parser would not read back: it knows no escapes."""
    if not isinstance(value, str) or len(value) > LARGEST_TEXT or "\\" in value or not value.isprintable():
        return None
    quote = "'" if "'" not in value else '"'
    return None if quote in value else f"{quote}{value}{quote}"
