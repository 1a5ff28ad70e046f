"""How do runs read where no script runs: in a terminal, an untrusted notebook, a page on a code host?"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from nbtrack.frame import Frame, Text

ROWS = 30
METRICS, PARAMS = 4, 4
LONGEST = 60  # characters of a cell


def plain_rows(frame: Frame) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of the first runs: name, status, start, and the first metrics and params."""
    metrics = list(islice((name for name in frame.columns if name.startswith("metrics.")), METRICS))
    params = list(islice((name for name in frame.columns if name.startswith("params.")), PARAMS))
    names = [name for name in ("run_name", "status", "start_time", *metrics, *params) if name in frame.columns]
    heads = [name.split(".", 1)[-1].replace("run_name", "run").replace("start_time", "started (UTC)") for name in names]
    cells = [[_cell(frame, name, row) for name in names] for row in range(min(ROWS, len(frame)))]
    return heads, cells


def plain_html(frame: Frame, title: str, notes: Sequence[str] = ()) -> str:
    """A table that needs no script. Every value is escaped."""
    heads, cells = plain_rows(frame)
    head = "".join(f"<th>{_escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{_escape(each)}</td>" for each in row) + "</tr>" for row in cells)
    more = f"<p>and {len(frame) - len(cells):,} more runs</p>" if len(frame) > len(cells) else ""
    said = "".join(f"<p>{_escape(note)}</p>" for note in notes)
    hint = "Charts and the table to work with appear where scripts may run: in JupyterLab, trust this notebook."
    return (
        f"<p><b>{_escape(title)}</b> <small>{hint}</small></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}{said}"
    )


def plain_text(frame: Frame, title: str) -> str:
    heads, cells = plain_rows(frame)
    widths = [max(len(head), *(len(row[i]) for row in cells), 0) for i, head in enumerate(heads)] if cells else []
    lines = [title]
    if cells:
        for row in [heads, *cells]:
            lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    if len(frame) > len(cells):
        lines.append(f"… and {len(frame) - len(cells):,} more runs")
    return "\n".join(lines)


def _cell(frame: Frame, name: str, row: int) -> str:
    column = frame.columns[name]
    value = column.at(row)
    if value is None:
        return ""
    if isinstance(column, Text):
        shown = "".join(c if c.isprintable() else "�" for c in " ".join(str(value).split()))
        return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
    if name == "start_time":
        return _moment(float(value))
    return f"{value:.5g}"


def _moment(ms: float) -> str:
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return str(int(ms))


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
