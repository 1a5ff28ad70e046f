"""How does a cell come to hold other values, with all else as it was written?

The values are found by Python's own reading of the cell and exchanged in its text, from the end, so that comments and
layout stay. Lines that are no Python (magics, shell) are read as `pass`; they keep their text.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping

from nbtrack.errors import InvalidValueError

_OTHER = re.compile(r"[ \t]*([%!?]|[\w.]+\?|[\w, ]+= *[%!])")
_TRACK = re.compile(r"(?m)^%%track(?![\w?])[^\r\n]*")


def with_values(source: str, values: Mapping[str, str]) -> str:
    """The cell with the literals of these names replaced; `config.depth` names a key of a dict.

    A value that is no Python literal is text where a text stood before. A name given to `-p` in the line of `%%track`
    is replaced there too. Raises InvalidValueError for a name that the cell gives no literal, with the nearest one.
    """
    line, in_line = _in_magic(source, values)
    tree = parsed(source)
    places = dict(_places(tree))
    for key in values:
        if key not in places and key not in in_line:
            raise InvalidValueError(_unknown(key, [*places, *_param_keys(source)]))
    text = source.encode()
    starts = _line_starts(text)
    edits = []
    for key, node in places.items():
        if key in values:
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            edits.append((begin, end, _written(key, node, values[key])))
    if in_line:
        match = _TRACK.search(source)
        assert match is not None
        edits.append((len(source[: match.start()].encode()), len(source[: match.end()].encode()), line))
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new.encode() + text[end:]
    return text.decode()


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names and the literals assigned to them at the top level; of several the last one, whose value is the param."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _pairs(target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield from _pairs(statement.target, statement.value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield from _named(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        several = target.elts if len(target.elts) == len(value.elts) else []
        for one, its in zip(several, value.elts, strict=False):
            yield from _pairs(one, its)


def _named(name: str, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if _is_literal(value):
        yield name, value
    if isinstance(value, ast.Dict):
        for key, inner in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from _named(f"{name}.{key.value}", inner)


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _written(key: str, old: ast.expr, new: str) -> str:
    is_text = isinstance(old, ast.Constant) and isinstance(old.value, str)
    try:
        value = ast.literal_eval(new)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        if is_text or (isinstance(old, ast.Constant) and old.value is None):
            return repr(new)
        raise InvalidValueError(
            f"'{key}' is {ast.unparse(old)[:60]} in the cell, and '{new}' is no Python value. Quote it if it is a text."
        ) from None
    return repr(new) if is_text and not isinstance(value, str) and value is not None else new.strip()


def parsed(source: str) -> ast.Module:
    """The cell's Python, each thing at the line and column where it stands in `source`. Raises InvalidValueError."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", source)  # as Python counts them
    for i, line in enumerate(lines):  # the cell magics above the body
        if line.startswith("%%"):
            lines[i] = _blank(line)
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    for _ in range(len(lines) + 1):
        try:
            return ast.parse("".join(lines))
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            if not (0 <= at < len(lines) and _OTHER.match(lines[at]) and lines[at].strip() != "pass"):
                raise InvalidValueError(f"The cell is no Python that can be changed: {error.msg}.") from error
            lines[at] = _blank(lines[at])
        except ValueError as error:
            raise InvalidValueError(f"The cell is no Python that can be changed: {error}.") from error
    raise InvalidValueError("The cell is no Python that can be changed.")


def _blank(line: str) -> str:
    """The same line, doing nothing. Its end stays, so that what follows keeps its place."""
    body = line.rstrip("\r\n")
    return body[: len(body) - len(body.lstrip())] + "pass" + line[len(body) :]


def _line_starts(text: bytes) -> list[int]:
    """Where Python's lines begin, in bytes."""
    return [0, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", text))]


def _in_magic(source: str, values: Mapping[str, str]) -> tuple[str, set[str]]:
    """The line of `%%track` with the new values, and the names that were found there."""
    match = _TRACK.search(source)
    line, found = match[0] if match else "", set()
    for key, value in values.items():
        new = f"{key}={_quoted(value)}".replace("\\", r"\\")
        line, times = re.subn(rf"(?<=\s){re.escape(key)}=('[^']*'|\"[^\"]*\"|\S*)", new, line)
        if times:
            found.add(key)
    return line, found


def _quoted(value: str) -> str:
    if not re.search(r"[\s'\"]", value):
        return value
    return f"'{value}'" if "'" not in value else f'"{value}"'


def _param_keys(source: str) -> list[str]:
    match = _TRACK.search(source)
    return re.findall(r"(?<=\s)([\w.-]+)=", match[0]) if match else []


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return f"The cell assigns no literal to '{key}'. Did you mean '{near[0]}'?"
    said = f"It has {', '.join(dict.fromkeys(known))}." if known else "It has none at all: load it, and edit it there."
    return f"The cell assigns no literal to '{key}'. {said}"
