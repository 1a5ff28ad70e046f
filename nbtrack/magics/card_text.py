"""How does a card look in a terminal?"""

from __future__ import annotations

from nbtrack.magics.card import Card
from nbtrack.magics.trace import Trace
from nbtrack.magics.words import ICONS, STATES, count, duration, number, short

MOST = 30  # metrics
WIDTH = 96


def card_text(card: Card) -> str:
    """A few aligned lines, at most about a hundred characters wide."""
    icon, state = ICONS.get(card.status, "?"), STATES.get(card.status) or short(card.status.lower(), 20)
    head = f"{icon} {short(card.name, 60)} · {short(card.experiment, 40)} · {state} {duration(card.duration)}"
    lines = [f"{head} · {short(card.run_id[:8], 8)}"]
    if card.note:
        lines.append(f"  {short(card.note, 100)}")
    if card.error:
        lines.append(f"  {short(card.error, 200)}")
    if going := going_on(card):
        lines.append(f"  {' · '.join(going)}")
    if card.said and card.status == "RUNNING":
        lines.append(f"  > {short(card.said, 90)}")
    lines += _params(card)
    lines += _metrics(card)
    lines += [f"  run inside: {short(line, 200)}" for line in card.inner]
    lines += [f"  file not kept: {short(line, 200)}" for line in card.left_out]
    lines += [f"  changed: {short(change, 100)}" for change in card.changes[:6]]
    lines += [f"  {short(line, 100)}" for line in card.code]
    if card.autolog:
        lines.append(f"  logged automatically: {short(card.autolog, 200)}")
    if counted := counts(card):
        lines.append(f"  {' · '.join(counted)}")
    return "\n".join(lines)


def counts(card: Card) -> list[str]:
    """`3 params`, `2 metrics`, `1 artifact`: what is there."""
    known = (
        (len(card.params), "param"),
        (len(card.metrics), "metric"),
        (len(card.tags), "tag"),
        (card.artifacts, "artifact"),
    )
    return [count(n, noun) for n, noun in known if n] or ([] if card.inner else ["nothing logged"])


def going_on(card: Card) -> list[str]:
    """`40 of 100`, `about 20.0 s left`, `12 points/s`, while the cell runs."""
    if card.status != "RUNNING":
        return []
    said = [f"{int(card.progress[0]):,} of {int(card.progress[1]):,}"] if card.progress else []
    if card.left is not None:
        said.append(f"about {duration(card.left)} left")
    if card.rate >= 0.05:
        said.append(f"{number(round(card.rate, 1))} points/s")
    return said


def _params(card: Card) -> list[str]:
    first, more = card.shown_params(20)
    if not first:
        return []
    shown = [f"{short(key, 40)}={short(value, 40)}" for key, value in first]
    if more:
        shown.append(f"and {more:,} more")
    lines = [""]
    for word in shown:
        if lines[-1] and len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += f"  {word}"
    return lines


def _metrics(card: Card) -> list[str]:
    rows = [(short(key, 40), number(trace.value), _range(trace)) for key, trace in list(card.metrics.items())[:MOST]]
    wide = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
    lines = [f"  {key:<{wide[0]}}  {value:>{wide[1]}}  {rest}".rstrip() for key, value, rest in rows]
    more = len(card.metrics) - len(rows)
    return [*lines, f"  and {count(more, 'more metric')}"] if more else lines


def _range(trace: Trace) -> str:
    if trace.count < 2 or trace.low[0] > trace.high[0]:
        return ""
    return f"min {number(trace.low[0])}  max {number(trace.high[0])}  {count(trace.count, 'point')}"
