"""Where does a text hold a private key between its header and its footer, and where does it only name the header?

PEM (RFC 7468, RFC 1421), OpenSSH, PGP (RFC 9580) and PuTTY. Masked is what lies between; quotes around its lines stay,
so that code with a key in it still is code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbtrack.capture.key_shapes import is_random

LONGEST = 20_000  # characters of one key
_HEADER = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_FOOTER = re.compile(r"-----END ")
_BODY = re.compile(r"(?:[A-Za-z0-9+/=\s:,.-]|\\r|\\n|\\\n)++")
_HEADERS = re.compile(r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Cipher): [^\n\\]{0,80}")
_FIRST = re.compile(r"(?:[\s\"',+()]|\\r|\\n|\\\n){0,40}+([A-Za-z0-9+/]{24,}+={0,2})")
_NEXT = re.compile(r"(?:[\s\"',+()]|\\r|\\n|\\\n){1,40}+(=?[A-Za-z0-9+/]{24,}+={0,2})")
_LAST = re.compile(
    r"(?:(?:\s|\\r|\\n){1,8}+(=?[A-Za-z0-9+/]{1,23}+={0,2})(?=[\s\"']|\\n|\Z)"
    r"|(?:[\s\"',+()]|\\r|\\n){1,40}+([A-Za-z0-9+/]{1,23}+={0,2})(?=(?:[\s\"',+()]|\\r|\\n){1,40}+-----END ))"
)
_BLANK = re.compile(r"(?:\s|\\n){0,4}+")
_PUTTY = re.compile(r"Private-Lines: {0,3}\d{1,4}(?:\s|\\r|\\n){1,4}")


def private_key_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the bodies of private keys stand, as offsets; one span for each line where quotes are between."""
    if "PRIVATE KEY" in text:
        for header in _HEADER.finditer(text):
            yield from _body(text, header.end())
    if "Private-Lines" in text:
        for header in _PUTTY.finditer(text):
            yield from _lines(text, header.end())


def _body(text: str, begin: int) -> Iterator[tuple[int, int]]:
    footer = _FOOTER.search(text, begin, begin + LONGEST)
    if footer and (body := _BODY.fullmatch(text, begin, footer.start())):
        if any(c.isalnum() for c in body[0].replace("\\n", "").replace("\\r", "")):
            yield body.span()
        return
    yield from _lines(text, begin)


def _lines(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Line by line of base64, until something else comes."""
    for _ in range(5):  # what an encrypted key says of itself
        blank = _BLANK.match(text, begin)
        said = _HEADERS.match(text, blank.end() if blank else begin)
        if said is None:
            break
        begin = said.end()
    line = _FIRST.match(text, begin)
    if line is None or not is_random(line[1]):
        return
    while line:
        yield line.span(1)
        begin = line.end()
        line = _NEXT.match(text, begin)
    if last := _LAST.match(text, begin):
        yield last.span(1 if last[1] else 2)
