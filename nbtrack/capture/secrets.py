"""Which texts are secrets, and what is kept in their place?"""

from __future__ import annotations

import io
import os
import re
import tokenize
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence

from nbtrack.capture.addresses import password_spans
from nbtrack.capture.assigned_secrets import assigned_spans, bare_password_spans
from nbtrack.capture.key_shapes import key_spans
from nbtrack.capture.private_keys import private_key_spans
from nbtrack.capture.rewriting import parsed
from nbtrack.capture.secret_names import is_index, is_plain, looks_secret
from nbtrack.errors import InvalidValueError

__all__ = ["HIDDEN", "MASK", "MASK_NAME", "holds_secret", "looks_secret", "masked", "without_secrets"]

Spans = list[tuple[int, int]]
# Of environment variables the end of the name decides: AUTH_TYPE and TOKEN_FILE are settings.
_VARIABLE = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|(?:TOKEN|KEY|PASS|PWD|AUTH|COOKIE|DSN|BEARER|OTP|PIN)S?_?\d*$",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[/~.]|[A-Za-z]:[\\/]|\w+://[^@]*$")
_WORD = re.compile(r"[a-z]+|[A-Z]+|\d+|[^\w\s]+")
_SHORTEST = 8  # characters of an environment variable's value that is looked for
LONGEST_CODE = 200_000  # characters; of longer texts nobody asks whether they are Python
HIDDEN = "…"
MASK_NAME = "masked_by_nbtrack"  # where code has a name
MASK = "[masked by nbtrack]"  # no character of it is escaped in JSON or HTML


def holds_secret(text: str) -> bool:
    """Has the text anything in it that `masked` would cover?"""
    return len(text) >= _SHORTEST and bool(_secrets(text))


def masked(text: str) -> str:
    """The text with a mask over keys of well-known forms, passwords in addresses and beside their names, and what
    secret environment variables (`*TOKEN`, `*KEY`, `*PASSWORD*`, `*SECRET*`, …) hold; the very same text where there is
    none of them. What was Python still is."""
    spans = _secrets(text)
    if not spans:
        return text
    hidden = _covered(text, spans)
    if len(text) <= LONGEST_CODE and _is_python(text) and not _is_python(hidden):
        return _covered_code(text)
    return hidden


def _covered_code(text: str) -> str:
    """Outside of literals and comments a secret is replaced by a name, and a bare word beside `password=` is one."""
    literals = _literals(text)
    spans = _merged(_sure_spans(text))
    named = [span for span in spans if not _is_inside(span, literals)]
    inside = _merged(span for span in (*spans, *bare_password_spans(text)) if _is_inside(span, literals))
    hidden = _covered(text, sorted([*inside, *named]), named)
    return hidden if _is_python(hidden) else _covered(text, inside)


def _secrets(text: str) -> Spans:
    """Where secrets stand, in order, apart from each other."""
    return _merged([*_sure_spans(text), *bare_password_spans(text)])


def _sure_spans(text: str) -> Iterator[tuple[int, int]]:
    for spans in (key_spans, password_spans, private_key_spans, assigned_spans, _variable_spans):
        yield from spans(text)


def _merged(found: Iterable[tuple[int, int]]) -> Spans:
    spans: Spans = []
    for begin, end in sorted(found):
        if spans and begin <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], end)
        else:
            spans.append((begin, end))
    return spans


def _covered(text: str, spans: Iterable[tuple[int, int]], named: Collection[tuple[int, int]] = ()) -> str:
    parts, at = [], 0
    for begin, end in spans:
        parts += [text[at:begin], MASK_NAME if (begin, end) in named else MASK]
        at = end
    return "".join([*parts, text[at:]])


def _is_python(text: str) -> bool:
    """With IPython's magics in it, too."""
    try:
        parsed(text)
    except (InvalidValueError, RecursionError, MemoryError):
        return False
    return True


def _literals(text: str) -> Spans:
    """Where literals, comments and magics of the code stand."""
    lines, starts = text.splitlines(keepends=True), [0]
    found: Spans = []
    for number, line in enumerate(lines):
        starts.append(starts[-1] + len(line))
        if line.lstrip().startswith(("%", "!", "?")):
            found.append((starts[-2], starts[-1]))
            lines[number] = "\n"
    try:
        for token in tokenize.generate_tokens(io.StringIO("".join(lines)).readline):
            if token.type in _LITERALS:
                (row, column), (last, end) = token.start, token.end
                found.append((starts[row - 1] + column, starts[last - 1] + end))
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass
    return sorted(found)


def _is_inside(span: tuple[int, int], literals: Spans) -> bool:
    at = bisect_right(literals, (span[0], len(literals) and literals[-1][1])) - 1
    return at >= 0 and literals[at][0] <= span[0] and span[1] <= literals[at][1]


_LITERALS = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def _variable_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where what a secret environment variable holds stands as a word of its own."""
    for value in _secret_variables():
        at = text.find(value)
        while at >= 0:
            end = at + len(value)
            if not (_goes_on(text[at - 1 : at], value[0]) or _goes_on(text[end : end + 1], value[-1])):
                yield at, end
            at = text.find(value, end)


def _goes_on(beside: str, edge: str) -> bool:
    return bool(beside) and (beside.isalnum() or beside == "_") and (edge.isalnum() or edge == "_")


def _secret_variables() -> list[str]:
    """What the secret environment variables hold."""
    return [
        value
        for name, value in os.environ.items()
        if _VARIABLE.search(name) and not is_index(name) and not _is_setting(value)
    ]


def _is_setting(value: str) -> bool:
    """A plain word, a path, or an address that names nobody: covering it would spoil texts and hide nothing."""
    return len(value) < _SHORTEST or bool(_PLACE.match(value) or _WORD.fullmatch(value))


def without_secrets(arguments: Sequence[str]) -> list[str]:
    """A command's words, with `…` for what follows `--api-key`, for what `token=` is set to, and for known forms;
    numbers stay."""
    shown: list[str] = []
    hide_next = False
    for word in arguments:
        name, sign, value = word.partition("=")
        secret = looks_secret(name.lstrip("-")) and (word.startswith("-") or bool(sign))
        if hide_next and not word.startswith("-"):
            shown.append(word if is_plain(word) else HIDDEN)
        elif secret and sign:
            shown.append(word if is_plain(value) else f"{name}={HIDDEN}")
        else:
            shown.append(HIDDEN if holds_secret(word) else word)
        hide_next = secret and not sign
    return shown
