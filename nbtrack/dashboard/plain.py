"""How do runs read where no script runs: in a terminal, an untrusted notebook, a page on a code host?"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime

from nbtrack.column_formats import column
from nbtrack.dashboard.tree import grown, parents
from nbtrack.frame import Frame, Text
from nbtrack.tracking.authors import autologged, defaults
from nbtrack.tracking.names import AUTOLOGGED_NAMES, LIBRARY

ROWS = 30
METRICS, PARAMS = 4, 4
LONGEST = 60  # characters of a cell


def plain_rows(frame: Frame) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of the first runs, children below their parents: name, status, start, then the metrics and params
    that say most."""
    above = parents(frame)
    rows = grown(range(len(frame)), above)[:ROWS]
    shown = [name for name in ("run_name", "status", "start_time") if name in frame.columns]
    telling = [*_metrics(frame, rows)[:METRICS], *_params(frame, rows)[:PARAMS]]
    columns = [_texts(frame, name, rows) for name in (*shown, *telling)]
    if shown[:1] == ["run_name"]:
        columns[0] = [_branch(row, above) + name for row, name in zip(rows, columns[0], strict=True)]
    heads = [{"run_name": "run", "start_time": "started (UTC)"}.get(name, name) for name in shown]
    heads += [name.split(".", 1)[1] for name in telling]
    return heads, [list(cells) for cells in zip(*columns, strict=True)]


def _branch(row: int, above: Sequence[int]) -> str:
    """What stands before the name of a run inside another."""
    depth = 0
    while (row := above[row]) >= 0:
        depth += 1
    return "\u00a0\u00a0" * (depth - 1) + "└\u00a0" if depth else ""


def _metrics(frame: Frame, rows: Sequence[int]) -> list[str]:
    """The person's own, then autolog's, then the machine's; of each those that most runs have first."""
    own, times = _own(frame, rows, "metrics"), _times(frame, rows, "metrics")
    return sorted(times, key=lambda name: (name.startswith("metrics.system/"), name not in own, -times[name]))


def _params(frame: Frame, rows: Sequence[int]) -> list[str]:
    """Those in which the runs differ, the person's own before a model's, defaults of a library last."""
    own, times = _own(frame, rows, "params"), _times(frame, rows, "params")
    unsaid = {f"params.{key}" for row in rows for key in defaults(_tags(frame, row))}
    alike = {name for name in times if len(rows) > 1 and len({frame.columns[name].at(row) for row in rows}) < 2}
    return sorted(times, key=lambda name: (name in unsaid, name in alike, name not in own, -times[name]))


def _times(frame: Frame, rows: Sequence[int], kind: str) -> dict[str, int]:
    """In how many of the runs each column of the kind has a value."""
    named = (name for name in frame.columns if name.startswith(f"{kind}."))
    counted = {name: sum(frame.columns[name].at(row) is not None for row in rows) for name in named}
    return {name: times for name, times in counted.items() if times}


def _own(frame: Frame, rows: Sequence[int], kind: str) -> set[str]:
    """Columns of which the code of some run has logged a value itself. Runs that autolog made have nothing of that."""
    found: set[str] = set()
    named = [name for name in frame.columns if name.startswith(f"{kind}.")]
    for row in rows:
        tags = _tags(frame, row)
        if LIBRARY not in tags:
            logged = {f"{kind}.{key}" for key in autologged(tags, kind)}
            found |= {name for name in named if name not in logged and frame.columns[name].at(row) is not None}
    return found


def _tags(frame: Frame, row: int) -> dict[str, str]:
    """What nbtrack says of the run's autologging."""
    columns = ((key, frame.columns.get(f"tags.{key}")) for key in (AUTOLOGGED_NAMES, LIBRARY))
    return {key: str(value) for key, each in columns if each is not None and (value := each.at(row)) is not None}


def _texts(frame: Frame, name: str, rows: Sequence[int]) -> list[str]:
    values = frame.columns[name]
    if isinstance(values, Text) or name == "start_time":
        return [_cell(frame, name, row) for row in rows]
    return column([None if (value := values.at(row)) is None else float(value) for row in rows])


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
    values = frame.columns[name]
    value = values.at(row)
    if value is None:
        return ""
    if isinstance(values, Text):
        shown = "".join(c if c.isprintable() else "�" for c in " ".join(str(value).split()))
        return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
    return _moment(float(value))


def _moment(ms: float) -> str:
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return str(int(ms))


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
