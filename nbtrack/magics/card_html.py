"""How does a card look in a notebook, in every theme, and where scripts, styles or SVG are taken away?

Inline styles only, because untrusted notebooks lose `<style>`; colours are JupyterLab's variables with a fallback, or
those of the text around. The numbers stand in a table, because a sanitiser that takes the SVG leaves a table whole.
"""

from __future__ import annotations

from html import escape

from nbtrack.magics.card import Card
from nbtrack.magics.card_text import counts, going_on
from nbtrack.magics.sparkline import sparkline
from nbtrack.magics.stop import stop_html
from nbtrack.magics.trace import Trace
from nbtrack.magics.words import ABANDONED, ICONS, STATES, count, duration, number, short

LIMIT = 15_000  # bytes of one card
_COLOURS = {
    "RUNNING": "var(--jp-brand-color1,#1976d2)",
    "FINISHED": "var(--jp-success-color1,#388e3c)",
    "FAILED": "var(--jp-error-color1,#d32f2f)",
    "KILLED": "var(--jp-warn-color1,#f57c00)",
    ABANDONED: "var(--jp-warn-color1,#f57c00)",
}
_LINE = "var(--jp-border-color2,rgba(128,128,128,.35))"
_SOFT = "opacity:.65"
_SIZES = ((12, 24, 48), (10, 16, 32), (8, 10, 24), (6, 8, 16), (4, 4, 12), (2, 2, 8))  # metrics, params, columns


def card_html(card: Card) -> str:
    """At most `LIMIT` bytes: fewer metrics, params and columns are shown, and said so, until it fits."""
    html = ""
    for metrics, params, columns in _SIZES:
        html = _card(card, metrics, params, columns)
        if len(html.encode()) < LIMIT:
            break
    return html


def text(value: str, most: int) -> str:
    """Cut and escaped, for element content and attributes alike."""
    return escape(short(value, most), quote=True)


def _card(card: Card, metrics: int, params: int, columns: int) -> str:
    parts = [
        _head(card),
        _progress(card),
        _error(card),
        _params(card, params),
        _metrics(card, metrics, columns),
        _inner(card),
        _changes(card),
        _foot(card),
    ]
    return (
        '<div class="nbtrack-card" style="box-sizing:border-box;max-width:760px;margin:2px 0 6px;padding:8px 14px;'
        f"border:1px solid {_LINE};border-left:3px solid {_COLOURS.get(card.status, _LINE)};border-radius:4px;"
        "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;line-height:1.5;"
        'color:var(--jp-ui-font-color1,inherit);font-variant-numeric:tabular-nums;overflow-wrap:anywhere">'
        f"{''.join(parts)}</div>"
    )


def _head(card: Card) -> str:
    state = STATES.get(card.status, card.status.lower())
    icon = ICONS.get(card.status, "?")
    note = f' <span style="{_SOFT}">({text(card.note, 100)})</span>' if card.note else ""
    stop = f'<div style="float:right">{stop_html(card.run_id, card.kernel)}</div>' if _can_stop(card) else ""
    return (
        f'{stop}<div><b style="color:{_COLOURS.get(card.status, "inherit")}">{icon} {text(state, 20)}</b> &nbsp;'
        f'<b style="font-size:14px">{text(card.name, 80)}</b>{note} '
        f'<span style="{_SOFT}">&nbsp;in {text(card.experiment, 60)} · {duration(card.duration)}</span></div>'
    )


def _can_stop(card: Card) -> bool:
    return bool(card.kernel) and card.status == "RUNNING"


def _progress(card: Card) -> str:
    parts = [f"<div>{text(' · '.join(going), 200)}</div>"] if (going := going_on(card)) else []
    if card.progress and card.progress[1] > 0:
        share = min(100.0, 100 * card.progress[0] / card.progress[1])
        bar = f'<div style="height:3px;width:{share:.1f}%;background:{_COLOURS["RUNNING"]}"></div>'
        parts.insert(0, f'<div style="height:3px;margin:4px 0 2px;background:{_LINE}">{bar}</div>')
    if card.said and card.status == "RUNNING":
        font = "font-family:var(--jp-code-font-family,monospace);font-size:12px"
        parts.append(f'<div style="{font};{_SOFT}">{text(card.said, 120)}</div>')
    return "".join(parts) if card.status == "RUNNING" else ""


def _error(card: Card) -> str:
    if not card.error:
        return ""
    return f'<div style="color:{_COLOURS["FAILED"]};margin-top:2px">{text(card.error, 240)}</div>'


def _params(card: Card, most: int) -> str:
    first, more = card.shown_params(most)
    if not first:
        return ""
    shown = [
        f'<span style="{_SOFT}">{text(key, 40)}</span>&nbsp;<b style="font-weight:500">{text(value, 48)}</b>'
        for key, value in first
    ]
    if more:
        shown.append(f'<span style="{_SOFT}">and {more:,} more</span>')
    return f'<div style="margin-top:4px">{" &ensp; ".join(shown)}</div>'


def _metrics(card: Card, most: int, columns: int) -> str:
    if not card.metrics:
        return ""
    # Many Jupyter themes stripe and pad tables, and align their cells to the right: all of it is said here.
    rows = [_metric(key, trace, card.directions.get(key), columns) for key, trace in list(card.metrics.items())[:most]]
    more = len(card.metrics) - len(rows)
    said = f'<div style="{_SOFT}">and {count(more, "more metric")}</div>' if more else ""
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:6px 0 2px;border:none;'
        'font-size:13px;color:inherit">'
        f"<tbody>{''.join(rows)}</tbody></table></div>{said}"
    )


def _inner(card: Card) -> str:
    """What other runs that the cell started have logged, and which files are not kept."""
    said = [*(("run inside", line) for line in card.inner), *(("file not kept", line) for line in card.left_out)]
    lines = "".join(f'<div><span style="{_SOFT}">{what}</span> {text(line, 200)}</div>' for what, line in said)
    return f'<div style="margin-top:4px">{lines}</div>' if lines else ""


def _metric(key: str, trace: Trace, way: str | None, columns: int) -> str:
    several = trace.count > 1 and trace.low[0] <= trace.high[0]
    drawn = sparkline(trace.columns, label=f"history of {text(key, 40)}", most=columns) if several else ""
    low, high = (_extreme(name, trace, way) if several else "" for name in ("min", "max"))
    many = f"{trace.count:,} points" if trace.count > 1 else (f"step {trace.step:,}" if trace.step else "")
    cells = (
        ("left", f'<span title="{text(key, 120)}">{text(key, 40)}</span>', ""),
        ("left", drawn, f"color:{_COLOURS['RUNNING']}"),
        ("right", f'<b style="font-weight:600">{number(trace.value)}</b>', ""),
        ("left", low, ""),
        ("left", high, ""),
        ("right", many, _SOFT),
    )
    row = "".join(
        f'<td style="text-align:{side};padding:1px 16px 1px 0;border:none;vertical-align:middle;white-space:nowrap;'
        f'{style}">{cell}</td>'
        for side, cell, style in cells
    )
    return f'<tr style="background:transparent">{row}</tr>'


def _extreme(name: str, trace: Trace, way: str | None) -> str:
    """The lowest or highest value; a star where the person said that it is the best."""
    value, step = trace.low if name == "min" else trace.high
    if way == name:
        return f'<span title="best, at step {step:,}">★ {name} <b style="font-weight:600">{number(value)}</b></span>'
    return f'<span title="at step {step:,}" style="{_SOFT}">{name} {number(value)}</span>'


def _changes(card: Card) -> str:
    if not card.changes and not card.code:
        return ""
    lines = "".join(f"<div{_verdict(change)}>{text(change, 160)}</div>" for change in card.changes[:6])
    if more := len(card.changes) - 6:
        lines += f'<div style="{_SOFT}">and {count(more, "more change")}</div>' if more > 0 else ""
    return (
        f'<div style="margin-top:4px"><span style="{_SOFT}">Changed since the previous run</span>{lines}'
        f"{code_html(card.code) if card.code else ''}</div>"
    )


def _verdict(change: str) -> str:
    """The colour of a metric that got better or worse."""
    status = "FINISHED" if change.endswith("(better)") else "FAILED" if change.endswith("(worse)") else ""
    return f' style="color:{_COLOURS[status]}"' if status else ""


def code_html(lines: list[str]) -> str:
    """A difference in code, coloured."""
    good, bad = _COLOURS["FINISHED"], _COLOURS["FAILED"]
    colours = {"+": f"color:{good}", "-": f"color:{bad}", "@": "opacity:.5", "…": _SOFT}
    shown = "".join(f'<div style="{colours.get(line[:1], "")}">{text(line, 240) or "&nbsp;"}</div>' for line in lines)
    return (
        '<pre style="margin:2px 0;font-family:var(--jp-code-font-family,monospace);font-size:12px;line-height:1.4;'
        f'background:transparent;color:inherit;white-space:pre-wrap">{shown}</pre>'
    )


def _foot(card: Card) -> str:
    said = escape(" · ".join([*counts(card), f"run {short(card.run_id[:8], 8)}"]))
    said += f" · commit {_link(card.commit_page, card.commit[:10])}" if card.commit else ""
    said += f" ({_link(card.comparison_page, 'since the previous run')})" if card.comparison_page else ""
    logged = f"<div>logged automatically: {text(card.autolog, 240)}</div>" if card.autolog else ""
    hint = "" if card.status == "RUNNING" else " · Compare runs with <code>nbtrack.dashboard()</code>"
    return f'<div style="margin-top:4px;font-size:12px;{_SOFT}">{logged}{said}{hint}</div>'


def _link(page: str | None, words: str) -> str:
    if page is None:
        return text(words, 40)
    return f'<a href="{escape(page)}" target="_blank" rel="noopener noreferrer">{text(words, 40)}</a>'
