"""How are runs and differences listed, as HTML and as text?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from nbtrack.entities import Run
from nbtrack.magics.card import SYSTEM, ended, shown_status
from nbtrack.magics.card_html import code_html, text
from nbtrack.magics.diff import Change, Difference
from nbtrack.magics.words import ICONS, ago, duration, number, short, width
from nbtrack.tracking.authors import persons_own

WIDEST = 28  # characters of a cell
_LINE = "var(--jp-border-color2,rgba(128,128,128,.35))"
_GOOD, _BAD = "var(--jp-success-color1,#388e3c)", "var(--jp-error-color1,#d32f2f)"
_INKS = {"✓": "\x1b[32m", "✗": "\x1b[31m", "■": "\x1b[33m", "●": "\x1b[34m", "◌": "\x1b[33m"}
_BOX = (
    '<div class="nbtrack-table" '
    'style="font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;overflow-x:auto;'
    'color:var(--jp-ui-font-color1,inherit);font-variant-numeric:tabular-nums">'
)


@dataclass(frozen=True, slots=True)
class Table:
    """`right` says of each column whether it holds numbers; `note` stands below."""

    heads: list[str]
    rows: list[list[str]]
    right: list[bool]
    note: str = ""

    def as_text(self, *, most: int = 0, colour: bool = False) -> str:
        """Aligned columns. `most` is how many characters a line may have: columns that would go beyond are left out
        from the right, and named below. `colour` adds what a terminal shows as colours."""
        rows = [
            [short(head, WIDEST) for head in self.heads],
            *[[short(cell, WIDEST) for cell in row] for row in self.rows],
        ]
        wide = [max(width(row[i]) for row in rows) for i in range(len(self.heads))]
        ends = list(accumulate(w + 2 for w in wide))
        shown = max(2, sum(end - 2 <= most for end in ends)) if most else len(wide)
        lines = [self._line(row[:shown], wide, colour) for row in rows]
        if colour:
            lines[0] = f"\x1b[1m{lines[0]}\x1b[0m"
        out = ", ".join(short(head, WIDEST) for head in self.heads[shown:])
        notes = [f"(too narrow for {out})"] if out else []
        return "\n".join([*lines, *notes, *([self.note] if self.note else [])])

    def _line(self, row: list[str], wide: list[int], colour: bool) -> str:
        padded = []
        for cell, most, right in zip(row, wide, self.right, strict=False):
            space = " " * (most - width(cell))
            padded.append(space + cell if right else cell + space)
        line = "  ".join(padded).rstrip()
        ink = _INKS.get(row[0], "") if colour else ""
        return f"{ink}{line[:1]}\x1b[0m{line[1:]}" if ink else line

    def as_html(self) -> str:
        head = self._cells("th", self.heads)
        rows = "".join(f'<tr style="background:transparent">{self._cells("td", row)}</tr>' for row in self.rows)
        note = f'<div style="opacity:.65;margin-top:4px">{text(self.note, 300)}</div>' if self.note else ""
        return (
            f'{_BOX}<table style="border-collapse:collapse;border:none;font-size:13px;color:inherit;margin:2px 0">'
            f'<thead><tr style="background:transparent;border-bottom:1px solid {_LINE}">{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table>{note}</div>"
        )

    def _cells(self, tag: str, row: list[str]) -> str:
        return "".join(self._cell(tag, cell, right) for cell, right in zip(row, self.right, strict=True))

    @staticmethod
    def _cell(tag: str, value: str, right: bool) -> str:
        side = "right" if right else "left"
        soft = "font-weight:600;opacity:.75;" if tag == "th" else ""
        return (
            f'<{tag} style="text-align:{side};padding:3px 18px 3px 0;border:none;white-space:nowrap;{soft}">'
            f"{text(value, 2 * WIDEST)}</{tag}>"
        )


def runs_table(runs: Sequence[Run], experiments: dict[str, str], *, now: int, most: int) -> Table:
    """The first `most` runs, with the metrics that most of them have and the params in which they differ."""
    shown = runs[:most]
    metrics = _shared_metrics(shown)[:4]
    params = _telling_params(shown)[:4]
    heads = ["", "name", "id", "experiment", "started", "took", *metrics, *params]
    right = [*[False] * 5, *[True] * (1 + len(metrics)), *[False] * len(params)]
    rows = [
        [
            ICONS.get(shown_status(run, now), "?"),
            run.info.run_name,
            run.info.run_id[:8],
            experiments.get(run.info.experiment_id, run.info.experiment_id),
            ago(run.info.start_time or now, now),
            duration(ended(run, now) - (run.info.start_time or now)),
            *[number(run.data.metrics[key]) if key in run.data.metrics else "" for key in metrics],
            *[run.data.params.get(key, "") for key in params],
        ]
        for run in shown
    ]
    more = len(runs) - len(shown)
    note = f"and {more:,} more; `%track ls FILTER` narrows, nbtrack.dashboard() shows all" if more else ""
    return Table(heads, rows, right, note)


def _shared_metrics(runs: Sequence[Run]) -> list[str]:
    """Those that several runs have, the most frequent first; all where none is shared. Autolog's come last."""
    counted = Counter(key for run in runs for key in run.data.metrics if not key.startswith(SYSTEM)).most_common()
    keys = [key for key, times in counted if times > 1] or [key for key, _ in counted]
    own = persons_own(runs, "metrics")
    return sorted(keys, key=lambda key: key not in own)


def _telling_params(runs: Sequence[Run]) -> list[str]:
    """Params that are not the same everywhere, the most frequent first, the person's before a model's."""
    counted = Counter(key for run in runs for key in run.data.params)
    different = [key for key, _ in counted.most_common() if len({run.data.params.get(key) for run in runs}) > 1]
    own = persons_own(runs, "params")
    return sorted(different or [key for key, _ in counted.most_common()], key=lambda key: key not in own)


NO_DIFFERENCE = "No difference in code, repository, params, data, metrics, tags or packages."


def difference_text(a: Run, b: Run, found: Difference, *, colour: bool = False) -> str:
    """`colour` adds what a terminal shows as colours."""
    green, red, bold, plain = ("\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m") if colour else ("", "", "", "")
    paint = {"better": green, "worse": red, "+": green, "-": red}

    def line(said: str, mark: str) -> str:
        return f"  {paint[mark]}{said}{plain}" if colour and mark in paint else f"  {said}"

    one, other = (f"{short(run.info.run_name, 60)} ({run.info.run_id[:8]})" for run in (a, b))
    lines = [f"{one} → {other}"]
    for title, changes in _sections(found):
        lines += ["", f"{bold}{title}{plain}", *[line(short(str(change), 150), change.verdict) for change in changes]]
    if found.files:
        lines += ["", f"{bold}files{plain}", *[f"  {short(name, 150)}" for name in _some(found.files)]]
    if found.source:
        lines += ["", f"{bold}code{plain}", *[line(short(text, 400), text[:1]) for text in found.source]]
    return "\n".join(lines if found else [*lines, NO_DIFFERENCE])


def difference_html(a: Run, b: Run, found: Difference) -> str:
    one, other = (f"<b>{text(run.info.run_name, 60)}</b> {text(run.info.run_id[:8], 8)}" for run in (a, b))
    parts = [f"{_BOX}<div>{one} → {other}</div>"]
    for name, changes in _sections(found):
        rows = "".join(_row(change) for change in changes)
        parts.append(
            _heading(name)
            + f'<table style="border-collapse:collapse;border:none;font-size:13px;color:inherit">{rows}</table>'
        )
    if found.files:
        parts.append(_heading("files") + "".join(f"<div>{text(name, 200)}</div>" for name in _some(found.files)))
    if found.source:
        parts.append(_heading("code") + code_html(found.source))
    if not found:
        parts.append(f'<div style="opacity:.65">{NO_DIFFERENCE}</div>')
    return "".join([*parts, "</div>"])


def _some(files: list[str], most: int = 30) -> list[str]:
    more = len(files) - most
    return [*files[:most], f"and {more:,} more"] if more > 0 else files


def _sections(found: Difference) -> list[tuple[str, list[Change]]]:
    named = [
        ("params", found.params),
        ("data", found.data),
        ("metrics", found.metrics),
        ("tags", found.tags),
        ("packages", found.packages),
        ("repository", found.repository),
    ]
    return [(name, changes) for name, changes in named if changes]


def _heading(name: str) -> str:
    return f'<div style="margin-top:8px;font-weight:600;opacity:.75">{name}</div>'


def _row(change: Change) -> str:
    colour = {"better": _GOOD, "worse": _BAD}.get(change.verdict, "inherit")
    cells = (
        (text(change.key, 80), "opacity:.75"),
        ("—" if change.old is None else text(change.old, 120), ""),
        ("→", "opacity:.65"),
        ("—" if change.new is None else text(change.new, 120), "font-weight:600"),
        (text(change.verdict, 10), f"color:{colour}"),
    )
    row = "".join(
        f'<td style="text-align:left;padding:1px 12px 1px 0;border:none;{style}">{cell}</td>' for cell, style in cells
    )
    return f'<tr style="background:transparent">{row}</tr>'
