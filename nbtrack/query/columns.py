"""Which column does a name in a filter mean, and what may be asked of it?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from nbtrack.errors import QueryError
from nbtrack.frame import ATTRIBUTES, TIMES
from nbtrack.query.lex import BACK, DOUBLE, SINGLE, Token
from nbtrack.query.suggest import nearest
from nbtrack.query.tree import ATTRIBUTE, BARE, DATASET, METRIC, PARAM, PARTS, TAG, Column

FAMILIES = {
    **dict.fromkeys(("metrics", "metric"), METRIC),
    **dict.fromkeys(("params", "param", "parameters", "parameter"), PARAM),
    **dict.fromkeys(("tags", "tag"), TAG),
    **dict.fromkeys(("attributes", "attribute", "attr", "run"), ATTRIBUTE),
    **dict.fromkeys(("dataset", "datasets"), DATASET),
}
ALIASES = {
    "created": "start_time", "Created": "start_time",
    "run name": "run_name", "Run name": "run_name", "Run Name": "run_name",
}  # fmt: skip
DURATION = "duration"
SEARCHABLE = (*ATTRIBUTES, DURATION)
DATASET_KEYS = ("name", "digest", "context")
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]*")

NUMBER, TIME, SPAN, WORDS, LABEL = "number", "time", "duration", "text", "label"


def kind(column: Column) -> str:
    """What its cells hold: numbers, times, a duration, text, or labels (params and tags: text that may be a number)."""
    if column.family == METRIC:
        return NUMBER
    if column.family in (PARAM, TAG, BARE):
        return LABEL
    if column.key == DURATION and column.family == ATTRIBUTE:
        return SPAN
    return TIME if column.key in TIMES and column.family == ATTRIBUTE else WORDS


def column_of(token: Token, names: Collection[str] | None) -> Column:
    """The column that a name token means. `names` are the frame's, among which a metric, param or tag is found by its
    bare name where only one is called so; None where they are not known yet."""
    head, dot, tail = _split(token.text)
    if not dot:
        return _attribute(_unquoted(head), token, names)
    family = FAMILIES.get(_unquoted(head) if head.startswith("`") else head)
    if family is None:
        return _bare(token.text, token, names) or _unknown_family(head, token, names or ())
    key, part, quoted = _key(tail, token)
    if not key and not quoted:
        message = f"Expected a name after {token.text} such as {token.text}loss."
        raise QueryError(message, start=token.end, end=token.end)
    if family == ATTRIBUTE:
        return _attribute(key, token, names, said=True)
    if family == DATASET and key not in DATASET_KEYS:
        raise QueryError(
            f"Datasets have {_listed(DATASET_KEYS)}, but no {key}.{_meant(nearest(key, DATASET_KEYS))}",
            start=token.start,
            end=token.end,
        )
    return Column(family, key, part, None, quoted, token.start, token.end)


def written(name: str) -> str:
    """A frame's column name as a filter spells it, quoted where it must be."""
    family, dot, key = name.partition(".")
    if not dot or PLAIN.fullmatch(key):
        return name
    quote = next((q for q in "`\"'" if q not in key), "`")
    return f"{family}.{quote}{key}{quote}"


def _split(text: str) -> tuple[str, str, str]:
    if text.startswith("`"):
        end = text.index("`", 1) + 1
        while text[end : end + 1] == "`":
            end = text.index("`", end + 1) + 1
        return text[:end], text[end : end + 1], text[end + 1 :]
    return text.partition(".")


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] in ("`", '"', "'") else text


def _key(tail: str, token: Token) -> tuple[str, str | None, bool]:
    """The key, the part of the history behind a quoted key, and whether it was quoted."""
    match = re.match(rf"{BACK}|{DOUBLE}|{SINGLE}", tail)
    if match is None:
        return tail, None, False
    part = tail[match.end() + 1 :]
    if part and part not in (*PARTS, "at"):
        message = f"A metric has {_listed((*PARTS, 'at(step)'))}, but no {part}."
        raise QueryError(message, start=token.end - len(part), end=token.end)
    return match.group()[1:-1], part or None, True


def _bare(key: str, token: Token, names: Collection[str] | None) -> Column | None:
    """The one metric, param or tag of that name, or of a part of a metric's history; None where there is none."""
    if names is None:
        return Column(BARE, key, start=token.start, end=token.end)
    whole, _, part = key.rpartition(".")
    meant = [family for family in (METRIC, PARAM, TAG) if f"{family}.{key}" in names]
    if not meant and part in (*PARTS, "at") and f"{METRIC}.{whole}" in names:
        meant = [METRIC]
    if len(meant) > 1:
        listed = " and ".join(written(f"{family}.{key}") for family in meant)
        raise QueryError(f"{key} is {listed}. Say which.", start=token.start, end=token.end)
    return Column(meant[0], key, start=token.start, end=token.end) if meant else None


def _attribute(key: str, token: Token, names: Collection[str] | None, *, said: bool = False) -> Column:
    """`said`: the family was written before it."""
    key = ALIASES.get(key, key)
    if key not in SEARCHABLE:
        bare = None if said else _bare(key, token, names)
        if bare is not None:
            return bare
        meant = _meant(nearest(key, (*SEARCHABLE, *(names or ()))))
        message = f"Unknown column {key}.{meant or f' Its attributes are {_listed(SEARCHABLE)}.'}"
        raise QueryError(message, start=token.start, end=token.end)
    return Column(ATTRIBUTE, key, start=token.start, end=token.end)


def _unknown_family(head: str, token: Token, names: Iterable[str]) -> Column:
    meant = nearest(token.text, names)
    family = nearest(head, FAMILIES)
    if meant is None and family is not None:
        meant = family + token.text[len(head) :]
    message = (
        f"{head}. is not a kind of column: expected metrics., params., tags., attributes. or dataset.{_meant(meant)}"
    )
    raise QueryError(message, start=token.start, end=token.start + len(head))


def _meant(name: str | None) -> str:
    return "" if name is None else f" Did you mean {written(name)}?"


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}"
