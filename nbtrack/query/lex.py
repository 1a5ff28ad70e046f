"""Into which words does a filter fall?

Quotes are those of MLflow: a text in '…' or "…", a name in `…`, "…" or '…', with nothing escaped inside: a doubled
quote or one behind a backslash does not end the text and stays in it as typed. Beyond MLflow, a name behind its first
dot may hold / : and - unquoted. The same expressions are in js/src/query/lex.ts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbtrack.errors import QueryError

# What separates words: ASCII and Unicode blanks, listed because \s differs between Python and JavaScript.
SPACE = r"\t\n\v\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# ´ and the curly quotes are no letters: they come from pasted text and deserve a message of their own.
OTHER = r"(?:(?![" + SPACE + r"\x80-\xa0\xb4\u2018-\u201f])[^\x00-\x7f])"
LETTER = rf"(?:[A-Za-z0-9_$#@]|{OTHER})"
TAIL = rf"(?:[A-Za-z0-9_$#@.:/\-]|{OTHER})"
SINGLE = r"'(?:''|\\'|[^'])*'"
DOUBLE = r'"(?:""|\\"|[^"])*"'
BACK = r"`(?:``|[^`])*`"

TOKEN = re.compile(
    rf"(?P<space>[{SPACE}]+)"
    rf"|(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?!{LETTER}))"
    rf"|(?P<name>(?:{LETTER}+|{BACK})(?:\.(?:(?:{BACK}|{DOUBLE}|{SINGLE})(?:\.[A-Za-z]+)?|{TAIL}*))?)"
    rf"|(?P<text>{SINGLE}|{DOUBLE})"
    r"|(?P<op>[<>=!~]+)"
    r"|(?P<mark>[(),+\-])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is name, number, text, op, mark or end; places count characters (code points)."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The token in capitals when it may be a keyword, else nothing."""
        return self.text.upper() if self.kind == "name" and self.text.isascii() else ""


def lex(text: str) -> list[Token]:
    """The tokens of `text`, closed by one of kind "end"."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _stray(text, at)
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, match.group(), at, match.end()))
        at = match.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


ADVICE = {
    "&": "Write AND.",
    "|": "Write OR.",
    ";": "A filter is one expression; join its parts with AND or OR.",
}


def _stray(text: str, at: int) -> QueryError:
    character = text[at]
    if character in "'\"`":
        return QueryError(f"The quote {character} is never closed.", start=at, end=len(text))
    if character == "´" or "\u2018" <= character <= "\u201f":
        advice = "Use straight quotes: '…' for text, `…` for a name."
    else:
        advice = ADVICE.get(character, "Quote a name that holds it: metrics.`…`.")
    return QueryError(f"{character} has no meaning here. {advice}", start=at, end=at + 1)
