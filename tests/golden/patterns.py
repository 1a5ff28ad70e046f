"""Which texts do regular expressions find? Writes patterns.json, which both languages must answer alike.

python -m tests.golden.patterns
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from nbtrack.query.pattern import searcher

FILE = Path(__file__).with_suffix(".json")
TEXTS = (
    "", "amber-7", "Amber-12", "run 3", "a.b", "a_b", "aab", "AAB", "b\n", "a\nb", "Straße", "STRASSE",
    "İstanbul", "ı", "ſ", "K", "😀", "😀x", "[x]", "a-b", "x{2}", "xx", "é", "$1", "^", "a\\b", "tab\there",
    "nb\xa0sp", "9", "٣",
)  # fmt: skip
BY_HAND = (
    "amber", "(?i)AMBER-[0-9]+$", "^run \\d$", "a.b", "a\\.b", "^.$", "\\w{2,}", "[^a-z]", "[\\d-]", "[]a]",
    "[a", "(a|b", "(?=a)", "(?P<n>a)", "(a)\\1", "a**", "a*+", "a*?", "a{2}{3}", "a{,2}", "a{2", "{", "}", "]",
    "[[]", "[a&&b]", "[a--b]", "[z-a]", "\\p{L}", "\\x41", "\\-", "(?i)straße", "(?i)İ", "[\\s_]",
    "\\S+\\s\\S+", "\\Bb", "\\bb", "^*", "x{2,1}", "x{9999}", "(?i)[A-C]", "😀.", "[😀é]", "()", "(|a)$", "a|",
    "(?:a|b)+b$", "$^", "\\", "*", "b$", "", "(?i)", "(?i)K", "[\\-\\]]", "a$b",
)  # fmt: skip
PIECES = (
    "a", "b", "B", "x", "-", "_", ".", "\\.", "\\d", "\\w", "\\s", "\\D", "[ab]", "[^b]", "[a-z]", "[A-Z_]",
    "[0-9-]", "(", ")", "(?:", "|", "^", "$", "*", "+", "?", "*?", "+?", "{2}", "{1,}", "\\b", "\\B", "é", "😀",
    " ", "\\n", "(?", "[", "]", "&", "~",
)  # fmt: skip


def cases() -> list[tuple[str, list[int] | None]]:
    """Each pattern with the places of the texts in which it is found; None where it is no pattern."""
    random = Random(5)
    made = ("".join(random.choices(PIECES, k=random.randint(1, 7))) for _ in range(900))
    patterns = dict.fromkeys((*BY_HAND, *(("(?i)" if random.random() < 0.3 else "") + each for each in made)))
    return [(each, found(each)) for each in patterns]


def found(pattern: str) -> list[int] | None:
    matches = searcher(pattern)
    return None if matches is None else [place for place, text in enumerate(TEXTS) if matches(text)]


if __name__ == "__main__":
    rows = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases())
    FILE.write_text(f'{{"texts": {json.dumps(TEXTS)},\n"cases": [\n{rows}\n]}}\n', "utf-8")
