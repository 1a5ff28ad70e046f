r"""Which regular expressions does RLIKE take? Those that Python and JavaScript read alike, as js/src/query/pattern.ts.

A pattern is sought anywhere in a text; its case counts unless it begins with (?i). It may hold . ^ $ | ( ) (?: ) [ ],
* + ? {n,m} with or without a ? behind, \d \w \s \D \W \S (of ASCII), \b, \t \n, and \ before any other sign. What the
two languages read differently, or only one of them knows, is refused: backreferences, lookaround, named groups.
Matching takes time in proportion to the text (automaton.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nbtrack.query.automaton import TooLargeError, compiled
from nbtrack.query.like import fold

SETS = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
SIGN = r"[^A-Za-z0-9]"
TOKEN = re.compile(
    r"\\(?P<set>[dwsDWS])"
    r"|(?P<kept>\\[btn]|\((?!\?)|\(\?:|\)|\||\^)"
    rf"|\\(?P<escaped>{SIGN})"
    rf"|\[(?P<negated>\^?)(?P<members>(?:\\[dwstn]|\\{SIGN}|[^\]\\])+)\]"
    r"|(?P<times>(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})\??(?![*+]))"
    r"|(?P<end>\$)|(?P<any>\.)"
    r"|(?P<plain>[^\\\[(*+?])",
    re.DOTALL,
)
MEMBER = re.compile(rf"\\(?P<set>[dws])|(?P<kept>\\[tn])|(?P<range>-(?=[^-]))|\\?(?P<plain>{SIGN}|.)", re.DOTALL)
IGNORING_CASE = "(?i)"
REFUSED = {
    "backreferences": r"\\[1-9]|\\k|\(\?P=",
    "lookahead": r"\(\?[=!]",
    "lookbehind": r"\(\?<[=!]",
    "named groups": r"\(\?P?<",
    "atomic groups": r"\(\?>",
    "possessive repeats": r"[*+?}]\+",
}


def searcher(pattern: str) -> Callable[[str], bool] | None:
    """A test for texts; None where the pattern is none of these."""
    ignoring = pattern.startswith(IGNORING_CASE)
    source = _translated(pattern.removeprefix(IGNORING_CASE), ignoring=ignoring)
    if source is None:
        return None
    try:
        re.compile(source, re.ASCII)  # is it sound? re would need exponential time for some texts
        search = compiled(source)
    except (re.error, OverflowError, RecursionError, TooLargeError):
        return None
    return (lambda text: search(fold(text))) if ignoring else search


def refused(pattern: str) -> str | None:
    """What of other regular expressions a pattern holds that RLIKE does not take, by its name."""
    bare = re.sub(r"\\\\|\[(?:\\.|[^\]\\])*\]", "", pattern, flags=re.DOTALL)
    return next((name for name, sign in REFUSED.items() if re.search(sign, bare)), None)


def _translated(pattern: str, *, ignoring: bool) -> str | None:
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        match = TOKEN.match(pattern, at)
        if match is None:
            return None
        parts.append(_part(match, ignoring))
        at = match.end()
    return "".join(parts)


def _part(match: re.Match[str], ignoring: bool) -> str:
    found = match.groupdict()
    if name := found["set"]:
        return f"[{'' if name in SETS else '^'}{SETS[name.lower()]}]"
    if members := found["members"]:
        return f"[{found['negated']}{''.join(_member(each, ignoring) for each in MEMBER.finditer(members))}]"
    if found["end"]:
        return r"\Z"
    if found["any"]:
        return r"[^\n]"
    return found["kept"] or found["times"] or _literal(found["escaped"] or found["plain"], ignoring)


def _member(match: re.Match[str], ignoring: bool) -> str:
    if match["set"]:
        return SETS[match["set"]]
    return match["kept"] or match["range"] or _literal(match["plain"], ignoring)


def _literal(sign: str, ignoring: bool) -> str:
    """Signs by their number, because each language wants others of them escaped."""
    if sign.isascii() and not sign.isalnum():
        return f"\\x{ord(sign):02x}"
    return fold(sign) if ignoring else sign
