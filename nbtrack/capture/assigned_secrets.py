"""Which texts does code, a setting or a command line give to a name that looks like a secret?

`password = "hunter2-x"`, `{"api_key": "…"}`, `os.environ["TOKEN"] = "…"`, `DB_PASSWORD=…`, `--api-key …`. Of what is
named a password anything counts that has letters and digits or signs; of a token or a key only what looks drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nbtrack.capture.key_shapes import is_random
from nbtrack.capture.secret_names import looks_secret

_WORDS = (
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "key",
    "credential",
    "auth",
    "cookie",
    "dsn",
    "bearer",
)
_PASSWORDS = _WORDS[:4]
_PASSWORD = re.compile(r"(?:passw(?:or)?d|passphrase|pwd)s?\d*\Z", re.IGNORECASE)
_HEAD = re.compile(r"(?:(?P<dashes>--?)|(?P<call>\([\"']))?(?P<name>[A-Za-z_][\w.-]{0,60})?\Z")
_TAIL = re.compile(
    r"(?P<name>[\w-]{0,30}+)(?:"
    r"(?P<closed>[\"'])?\]?[ \t]{0,3}+(?::[ \t]{0,3}+str[ \t]{0,3}+)?"
    r"(?P<sign>={1,2}>?|:|!=|,(?=[ \t]{0,3}[\"']))[ \t]{0,3}+"
    r"|(?P<gap>[ \t]++))"
    r"(?:[rRbBuU]{0,2}(?P<quote>[\"'])(?P<quoted>[^\"'\s\\]{8,500}+)(?P=quote)"
    r"|(?P<bare>[A-Za-z0-9+/_~=-]{8,500}+)(?![\w.(\[]))"
)
# `host=h password=x port=5`, `…;Password=x;…`, `password: x`, `--password x`: not the `f(a, password=x)` of code.
_BARE = re.compile(r"\d*(?:=|: |(?P<gap> ))(?P<value>[^\s\"'`;&,(){}<>]{8,200}+)(?=[\s;&\"']|\Z)")
_BEFORE_BARE = re.compile(r"(?:[\s;&?\"']|\A)(?P<dashes>--?)?[\w-]{0,40}\Z")
# A line of a file of settings, which is no way to write Python.
_SETTING = re.compile(
    r"^(?:export )?[A-Z][A-Z0-9_]{0,40}"
    r"(?:PASSWORD|PASSWD|PASSPHRASE|PWD)\d{0,2}=(?P<value>[^\s\"'`;&,(){}<>$]{8,200}+)$",
    re.MULTILINE,
)
_COMMAND = re.compile(
    r"\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,100}:(?P<curl>[^\s\"'{$<%]{4,200})"
    r"|\blogin\s{1,3}\S{1,100}\s{1,20}password\s{1,3}(?P<netrc>[^\s{$<%]{4,200})"
)
_NO_VALUE = re.compile(r"[<\[{$%(].*|.*(?:\{.*\}|://|\.\.\.|…).*|[~./].*|[*xX]+")


def assigned_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where such texts stand, without their quotes, as offsets."""
    for begin, end in _places(text, _WORDS):
        tail = _TAIL.match(text, end)
        if tail is None:
            continue
        head = _HEAD.search(text[max(0, begin - 60) : begin])
        name = f"{(head and head['name']) or ''}{text[begin:end]}{tail['name']}"
        kind = "quoted" if tail["quote"] else "bare"
        if _gives(head, tail) and looks_secret(name) and _is_secret(name, tail[kind], bare=kind == "bare"):
            yield tail.span(kind)
    if "=" in text and any(word in text for word in ("PASS", "PWD")):
        yield from (match.span("value") for match in _SETTING.finditer(text) if _is_mixed_value(match["value"]))
    if "curl" in text or "login" in text:
        yield from (match.span(match.lastgroup or 0) for match in _COMMAND.finditer(text))


def _places(text: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where any of the words stands, in any case."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter whose small form is two
        lowered = "".join(c.lower() if c.isascii() else c for c in text)
    for word in words:
        at = lowered.find(word)
        while at >= 0:
            yield at, at + len(word)
            at = lowered.find(word, at + len(word))


def _gives(head: re.Match[str] | None, tail: re.Match[str]) -> bool:
    """Is there a sign between name and value, or what stands for one: `--name value`, `setdefault("NAME", "value")`?"""
    if tail["gap"]:
        return bool(head and head["dashes"])
    return tail["sign"] != "," or bool(tail["closed"] and head and head["call"])


def bare_password_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where a password stands without quotes in a setting, a command line or an address of a database."""
    for begin, end in _places(text, _PASSWORDS):
        value = _BARE.match(text, end)
        before = _BEFORE_BARE.search(text[max(0, begin - 60) : begin]) if value else None
        if value and before and (before["dashes"] or not value["gap"]) and _is_mixed_value(value["value"]):
            yield value.span("value")


def _is_mixed_value(value: str) -> bool:
    return not _NO_VALUE.fullmatch(value) and _is_mixed(value)


def _is_secret(name: str, value: str, *, bare: bool) -> bool:
    if bare or not _PASSWORD.search(name):
        return is_random(value) and any(c.isdigit() for c in value) and not _NO_VALUE.fullmatch(value)
    return _is_mixed_value(value)


def _is_mixed(value: str) -> bool:
    """Letters, and digits or two kinds of letters and a sign: no word, no name of a setting."""
    both = any(c.islower() for c in value) and any(c.isupper() for c in value) and not value.isalnum()
    return any(c.isalpha() for c in value) and (any(c.isdigit() for c in value) or both)
