"""What does a git configuration file set? Read as text: files that it includes are left out.

The format is that of `git help config`, section "Syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SECTION = re.compile(r'\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]')
_SETTING = re.compile(r"\s*([A-Za-z][\w-]*)\s*(?:=(.*))?$")
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}


def settings(text: str) -> Iterator[tuple[str, str]]:
    """Names such as `remote.origin.url` with their values, in order. Section and key are in lower case."""
    section = ""
    for line in re.sub(r"\\\r?\n", "", text).splitlines():
        rest = line
        if found := _SECTION.match(line):
            name, subsection = found.groups()
            section = name.lower() + ("" if subsection is None else "." + re.sub(r"\\(.)", r"\1", subsection))
            rest = line[found.end() :]
        if section and (found := _SETTING.match(rest)):
            key, value = found.groups()
            yield f"{section}.{key.lower()}", "true" if value is None else _value(value)


def _value(text: str) -> str:
    """Without quotes, escapes and a comment behind it."""
    found, quoted, kept = [], False, 0  # `kept` is how much of `found` stays when blanks at the end are removed
    letters = iter(text.strip())
    for letter in letters:
        if letter == '"':
            quoted = not quoted
            continue
        if letter in "#;" and not quoted:
            break
        if letter == "\\":
            escaped = next(letters, "")
            letter = _ESCAPES.get(escaped, escaped)
        found.append(letter)
        if quoted or not letter.isspace():
            kept = len(found)
    return "".join(found[:kept])
