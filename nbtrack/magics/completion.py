"""What does Tab offer behind `%track`, and in the filter of `search_runs` and `dashboard`?

The commands, and where a filter stands the same columns and values as in the dashboard, each with how many runs have it
and of what it ranges: JupyterLab shows that beside them, a terminal the words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from nbtrack.errors import NbtrackError
from nbtrack.frame import Frame
from nbtrack.query import Suggestion, complete
from nbtrack.tracking.client import MlflowClient

HOOK = "complete_command"
WORDS = ("%track", "track")
MANY = 5_000  # runs
# A filter as far as it is typed: behind `%track ls`, or in the quotes of an argument.
_LS = re.compile(r"^\s*%?track\s+ls\s+(?P<filter>[^\n]*)$")
_ARGUMENT = re.compile(
    r"\b(?:search_runs|dashboard|table)\s*\((?:(?!\n\S).)*\bfilter(?:_string)?\s*=\s*"
    r"(?P<quotes>\"\"\"|\"|')(?P<filter>(?:(?!(?P=quotes)).)*)$",
    re.S,
)


def register(ip: Any, commands: Iterable[str]) -> None:
    known = sorted(commands)

    def hook(_: Any, event: Any) -> list[str]:
        return commands_for(event.text_until_cursor, known)

    for word in WORDS:
        ip.set_hook(HOOK, hook, str_key=word)
    ip.Completer.custom_matchers.append(filters)


def unregister(ip: Any) -> None:
    for word in WORDS:
        ip.strdispatchers[HOOK].strs.pop(word, None)
    if filters in ip.Completer.custom_matchers:
        ip.Completer.custom_matchers.remove(filters)


def commands_for(line: str, commands: Iterable[str]) -> list[str]:
    _, _, rest = line.lstrip().partition(" ")
    command, blank, _ = rest.lstrip().partition(" ")
    return [] if blank else [each for each in commands if each.startswith(command)]


@context_matcher()  # type: ignore[untyped-decorator]
def filters(context: CompletionContext) -> SimpleMatcherResult:
    """What may stand at the cursor, where that is in a filter."""
    before = context.full_text.split("\n")[: context.cursor_line]
    found = _LS.search(context.text_until_cursor) or _ARGUMENT.search("\n".join([*before, context.text_until_cursor]))
    frame = _known() if found else None
    if found is None or frame is None:
        return SimpleMatcherResult(completions=[])
    text = found["filter"]
    offers = complete(frame, text, len(text))
    fragment = text[offers[0].start :] if offers else ""
    quotes = (found.groupdict().get("quotes") or "")[:1]
    fitting = [each for each in offers if not quotes or quotes not in each.text]  # it would end the argument
    shown = [SimpleCompletion(each.text, type=_said(each)) for each in fitting]
    return SimpleMatcherResult(completions=shown, matched_fragment=fragment, suppress=True, ordered=True)


def _known() -> Frame | None:
    """The runs as they are; of very many, which take seconds to check, as they were when last seen."""
    try:
        watch = MlflowClient().store.watch()
        before = watch.remembered()
        return (before if len(before.rows) > MANY else watch.snapshot()).frame()
    except (NbtrackError, OSError):
        return None


def _said(offer: Suggestion) -> str:
    runs = f"{offer.count:,} run{'s' * (offer.count != 1)}" if offer.count else ""
    numbers = [f"{each:.4g}" for each in offer.examples if isinstance(each, int | float)]
    ranging = " … ".join(dict.fromkeys(numbers)) or ", ".join(str(each)[:16] for each in offer.examples)
    return " · ".join(filter(None, (runs, ranging))) or offer.kind
