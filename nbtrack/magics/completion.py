"""What does Tab offer behind `%track`?

The commands, and behind `%track ls` what may stand in a filter: the same columns and values as in the dashboard.
IPython shows of them what begins as the word at the cursor does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nbtrack.errors import NbtrackError
from nbtrack.frame import Frame
from nbtrack.query import complete
from nbtrack.tracking.client import MlflowClient

HOOK = "complete_command"
WORDS = ("%track", "track")


def register(ip: Any, commands: Iterable[str]) -> None:
    known = sorted(commands)

    def hook(_: Any, event: Any) -> list[str]:
        return offered(event.text_until_cursor, event.symbol, known)

    for word in WORDS:
        ip.set_hook(HOOK, hook, str_key=word)


def unregister(ip: Any) -> None:
    for word in WORDS:
        ip.strdispatchers[HOOK].strs.pop(word, None)


def offered(line: str, symbol: str, commands: Iterable[str]) -> list[str]:
    """What may stand in place of `symbol`, the last piece of the line as IPython cuts it: at blanks and quotes."""
    _, _, rest = line.lstrip().partition(" ")
    command, blank, text = rest.lstrip().partition(" ")
    if not blank:
        return [each for each in commands if each.startswith(command)]
    if command != "ls":
        return []
    try:
        frame = MlflowClient().store.snapshot().frame()
    except (NbtrackError, OSError):
        return []
    return list(dict.fromkeys(_fitting(frame, text, symbol)))


def _fitting(frame: Frame, text: str, symbol: str) -> Iterable[str]:
    before = len(text) - len(symbol)
    for each in complete(frame, text, len(text)):
        kept = text[each.start : before]  # what stands before the piece stays: an open quote, `metrics.`
        if each.start >= before:
            yield text[before : each.start] + each.text
        elif each.text.startswith(kept):
            yield each.text[len(kept) :]
