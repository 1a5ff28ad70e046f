"""Where does an address hold a password, and where only a place for one?

`postgresql://ada:p@ss/word@host/db` holds one; `f"postgresql://{user}:{password}@{host}"`, `mysql://%s:%s@%s`, a
regular expression and the `http://user:password@host` of a manual do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbtrack.capture.key_shapes import is_random

LONGEST = 700  # characters of an address that are looked at
_END = re.compile(r"[\s'\"`<>|\x00-\x1f]|\\[nrt\"']|://")
_HOST = re.compile(r"[\w\[{$%*.-]")
_PORT = re.compile(r"\d{1,5}(?:[/?#,]|\Z)")
_VARIABLE = re.compile(r"\{.*\}|%(?:\(\w+\))?[sdr]|\$\{?\w+\}?|\[.*\]|[*xX•.…-]+|.?")
_REGULAR = re.compile(r"\\[wWdDsSbB.]|\[\^|\(\?|[\])]\+|[\])]\*|\.[*+]")
# Manuals' own: SQLAlchemy's has scott and tiger.
_WORDS = frozenset("password passwd passphrase pass pwd pw secret token key credentials apikey tiger".split())
_PEOPLE = frozenset("user username userid usr uname name login me you someone id u scott".split())
_SLASHED = 8  # characters of a password with a slash in it; what is shorter is a path


def password_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where passwords, and keys that stand in a user's place, are in addresses, as offsets."""
    at = text.find("://")
    while at >= 0:
        begin = at + 3
        sign = text.find("@", begin)
        if sign < 0:
            return
        if sign > begin + LONGEST:
            at = text.find("://", begin)
            continue
        window = text[begin : begin + LONGEST]
        end = _END.search(window)
        is_web = text[max(0, at - 5) : at].lower().endswith(("http", "https"))
        span = _in_address(window[: end.start()] if end else window, is_web) if text[at - 1 : at].isalnum() else None
        if span:
            yield begin + span[0], begin + span[1]
        at = text.find("://", begin)


def _in_address(address: str, is_web: bool) -> tuple[int, int] | None:
    """`address` is what stands behind `://`. Of a web address the user may be a key."""
    authority = address.partition("/")[0]
    at = authority.rfind("@")
    user, colon, _ = authority.partition(":")
    if at < 0:
        return _with_slash(address, len(user) + 1) if colon and "@" not in user else None
    if is_web and is_random(authority[:at].partition(":")[0]) and _HOST.match(address, at + 1):
        return 0, at
    if not colon or len(user) > at:
        return None
    begin = len(user) + 1
    password = address[begin:at]
    if _PORT.match(password) or not _HOST.match(address, at + 1) or is_placeholder(user, password):
        return None
    return begin, at


def _with_slash(address: str, begin: int) -> tuple[int, int] | None:
    """`redis://:ab/cd12efgh@host`: a port and a path hold no `@` before a host, but `http://host:80/a@b` does."""
    at = address.rfind("@")
    password = address[begin:at]
    if at < begin + _SLASHED or _PORT.match(password) or is_placeholder(address[: begin - 1], password):
        return None
    mixed = any(c.isdigit() for c in password) and any(c.isalpha() for c in password)
    return (begin, at) if mixed and re.match(r"[\w.-]+(?::\d+)?(?:[/?#),;\]]|\Z)", address[at + 1 :]) else None


def is_placeholder(user: str, password: str) -> bool:
    """Does the password stand for one: a variable of some language, stars, the user's name again, or a manual's word
    beside a manual's user?"""
    if "{" in password or _VARIABLE.fullmatch(password) or _REGULAR.search(user + ":" + password):
        return True
    known, word = _plain(user), _plain(password)
    return known == word or (word in _WORDS and known in _PEOPLE)


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", "", word.lower()).removeprefix("your").removeprefix("my")
