"""Which metrics, and how much progress, does a training loop print?

`epoch 3 loss=0.12`, `Epoch [3/10], Step [5/90], Loss: 0.5`, `step 40 | val loss 0.31`, Keras's two lines
and tqdm's bars. Only lines that count an epoch or a step give metrics, and only what stands behind the count:
`Version: 3.2 epoch 7` gives none. The line's own count is the first one, not that of `(best epoch 4)`; a number inside
a sentence (`reducing learning rate to 0.001`) is no metric.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass

_COUNT = re.compile(
    r"(?<!best )(?<!since )(?<!until )(?<!next )(?<!last )(?<!previous )"
    r"\b(epoch|step|iter|iteration)s?\b[\s:=#\[(]{0,3}(\d+)(?:\s*(?:/|of)\s*(\d+))?[\])]?",
    re.I,
)
_PAIR = re.compile(
    r"(?P<kind>(?:train|training|val|valid|validation|test|eval)\s+)?(?P<key>[A-Za-z_][\w./-]*)"
    r"(?P<sign>\s*[=:]\s*|\s+)(?P<value>[-+]?(?:\d[\d.,]*|\.\d+)(?<!,)(?:e[-+]?\d+)?|nan|[-+]?inf)(?=%?(?:[\s,;|)\]}]|$))",
    re.I,
)
_PROSE = re.compile(r"[A-Za-z]{2,}[^\w=:,;|()\[\]{}<>/·–—-]*\Z")  # a word of a sentence right before a name
_BEFORE_A_NAME = frozenset(
    "train training val valid validation test eval mean avg average running total final current batch smoothed ema new "
    "learning".split()
)
_NO_NAME = frozenset("to from by at of in than is was for since after over under below above about into and or".split())
_BAR = re.compile(r"(\d+)/(\d+) \[\d")  # tqdm's: 40/100 [00:04<00:06, 9.8it/s]
_BATCHES = re.compile(r"\s*(\d+)/(\d+)\b")  # Keras's: 313/313 ━━━━ 1s 2ms/step - loss: 0.3
_NO_METRIC = frozenset("eta time elapsed seed version took epoch epochs step steps size".split())
_ESCAPE = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
LONGEST = 2000  # characters of a line that is read


@dataclass(frozen=True, slots=True)
class Said:
    """One line's metrics, the step they belong to, and how much of how much is done, where it says so."""

    step: int | None
    metrics: dict[str, float]
    progress: tuple[int, int] | None


def read_line(line: str, epoch: int | None = None) -> Said | None:
    """None for a line without a count. `epoch` is the one announced by a line before, as Keras does."""
    line = _ESCAPE.sub("", line[:LONGEST])
    bar = _BAR.search(line)
    progress = (int(bar[1]), int(bar[2])) if bar else None
    counts = list(_COUNT.finditer(line))
    if counts:
        by_name = {match[1].lower(): match for match in reversed(counts)}
        whole = next((match for match in counts if match[3]), None)
        outer = by_name.get("epoch", whole)
        if progress is None and outer and outer[3]:
            progress = int(outer[2]), int(outer[3])
        return Said(_step(by_name), _pairs(_COUNT.sub(" ; ", line[counts[0].start() :])), progress)
    batches = _BATCHES.match(line) if epoch is not None else None
    if batches and batches[1] == batches[2]:
        return Said(epoch, _pairs(line[batches.end() :]), None)
    return Said(None, {}, progress) if progress else None


def _step(counts: dict[str, re.Match[str]]) -> int:
    """The step, counted through all epochs where both are told with the steps of one epoch."""
    epoch, step = counts.get("epoch"), counts.get("step")
    if epoch and step:
        return int(epoch[2]) * int(step[3]) + int(step[2]) if step[3] else int(step[2])
    return int(next(iter(counts.values()))[2])


def _pairs(text: str) -> dict[str, float]:
    found = {}
    for match in _PAIR.finditer(text):
        key, value = match["key"], _number(match["value"])
        told = any(sign in match["sign"] for sign in "=:")
        if value is None or key.lower() in _NO_METRIC or key.lower() in _NO_NAME:
            continue
        if told or (not _in_sentence(text[: match.start()]) and _is_precise(match["value"])):
            found[f"{match['kind'].strip()}_{key}" if match["kind"] else key] = value
    return found


def _is_precise(value: str) -> bool:
    """A whole number behind a word without a sign counts something."""
    return any(sign in value.lower() for sign in ".,en")


def _in_sentence(before: str) -> bool:
    """Is the word before a name without a sign of none that belongs to a name, such as `mean` of `mean loss 0.3`?"""
    word = _PROSE.search(before)
    return word is not None and re.sub(r"\W+", "", word[0]).lower() not in _BEFORE_A_NAME


def _number(text: str) -> float | None:
    """`0.95`, `1,234.5`; with a decimal comma `0,95` and `1.234,5`; None for `1,234` and lists, which mean anything."""
    if "," not in text:
        return float(text) if text.count(".") < 2 else None
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+\.\d+", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+", text):
        return float(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[-+]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))", text):
        return float(text.replace(",", "."))
    return None


class Printed:
    """Gathers what the lines of a cell say, until somebody takes it."""

    def __init__(self) -> None:
        self.progress: tuple[float, float] | None = None
        self.newest = ""
        self._own: dict[str, int] = {}  # metrics taken from here: how many points
        self._left: set[str] = set()  # metrics that the code was seen to log itself
        self._seen: set[str] = set()  # metrics that have waited
        self._points: list[tuple[str, float, int]] = []
        self._epoch: int | None = None
        self._epochs: int | None = None
        self._by_batches = False  # does it count batches inside its epochs, as Keras does?
        self._lock = threading.Lock()

    def add(self, line: str) -> None:
        self.newest = line
        if self._epochs and (batches := _BATCHES.match(_ESCAPE.sub("", line[:LONGEST]))):
            self._count(int(batches[1]), int(batches[2]))
        low = line[:LONGEST].lower()
        if "epoch" not in low and "step" not in low and "iter" not in low and "[" not in low:
            return
        said = read_line(line, self._epoch)
        if said is None:
            return
        announced = said.step is not None and not said.metrics and said.progress is not None
        with self._lock:
            self._epochs = said.progress[1] if announced and said.progress else self._epochs
            if not (announced and self._by_batches):
                self.progress = said.progress or self.progress
            if said.step is not None:
                self._epoch = said.step if not said.metrics else self._epoch
                self._points += [(key, value, said.step) for key, value in said.metrics.items()]

    def _count(self, done: int, batches: int) -> None:
        """Keras's bar of one epoch: `40/313 ━━`, after `Epoch 2/5`."""
        if self._epoch and self._epochs and 0 < done <= batches:
            self._by_batches = True
            self.progress = self._epoch - 1 + done / batches, self._epochs

    def take(self, logged: Mapping[str, int], *, last: bool = False) -> list[tuple[str, float, int]]:
        """Points since the last call: key, value, step. What the code logs itself is left to it: `logged` counts the
        points of each metric so far. A new metric waits for one more call, or the `last`: code often prints first."""
        with self._lock:
            points, self._points = self._points, []
        for key in [key for key, given in self._own.items() if logged.get(key, 0) > given]:
            del self._own[key]
            self._left.add(key)
        kept: list[tuple[str, float, int]] = []
        waiting: list[tuple[str, float, int]] = []
        for point in points:
            key = point[0]
            if key in self._own or (key not in logged and key not in self._left and (last or key in self._seen)):
                self._own[key] = self._own.get(key, 0) + 1
                kept.append(point)
            elif key not in logged and key not in self._left:
                waiting.append(point)
        self._seen.update(key for key, _, _ in waiting)
        with self._lock:
            self._points[:0] = waiting
        return kept
