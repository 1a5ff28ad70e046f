"""What does a filter come down to once it is parsed?

A tree of frozen values. Every `Column` keeps its place in the text, so that a complaint made later can point at it.
Kinds of value: metrics hold numbers, times hold instants (ms since 1970), `duration` holds ms, all else holds text.
"""

from __future__ import annotations

from dataclasses import dataclass

METRIC, PARAM, TAG, ATTRIBUTE, DATASET = "metrics", "params", "tags", "attributes", "dataset"
BARE = "bare"  # a name without its family, where it is not known yet which columns there are
PARTS = ("min", "max", "first", "last", "best")


@dataclass(frozen=True, slots=True)
class Column:
    """`part` is what was asked of a metric's history ("min", "at", …); `step` goes with "at".

    An unquoted `metrics.loss.min` stays whole in `key`: only the frame knows whether a metric is called so.
    """

    family: str
    key: str
    part: str | None = None
    step: int | None = None
    quoted: bool = False
    start: int = 0
    end: int = 0

    @property
    def name(self) -> str:
        """The column's name in a frame."""
        return self.key if self.family == ATTRIBUTE else f"{self.family}.{self.key}"


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of asking, plus so many milliseconds."""

    offset: float


@dataclass(frozen=True, slots=True)
class Day:
    """A date without a time of day: the whole day, in UTC, in every comparison."""

    ms: float


Value = float | str | Now | Day


@dataclass(frozen=True, slots=True)
class Compare:
    """`op` is = != < <= > >=, or [NOT] LIKE, ILIKE, RLIKE. A missing cell never matches."""

    column: Column
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class Within:
    """IN and NOT IN. A missing cell matches neither."""

    column: Column
    values: tuple[Value, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Null:
    column: Column
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The rows that `node` leaves out, those with missing cells among them."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    nodes: tuple[Node, ...]


Node = Compare | Within | Null | Not | And | Or


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order. `as_number` sorts text by the numbers it spells."""

    column: Column
    descending: bool
    as_number: bool


def columns_in(node: Node | None) -> list[Column]:
    """Each column that a tree speaks of, as often as it does."""
    match node:
        case None:
            return []
        case And(nodes) | Or(nodes):
            return [column for each in nodes for column in columns_in(each)]
        case Not(inside):
            return columns_in(inside)
        case Null(column) | Within(column) | Compare(column):
            return [column]
