"""Where do stores differ for reasons of their own? The one table, for the tests and for docs/stores.md.

`python -m tests.contracts.differences` writes it into the page.
"""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "stores.md"
BEGIN, END = "<!-- differences -->\n", "<!-- end -->\n"
BACKENDS = ("files", "sqlite of MLflow 3", "sqlite of MLflow 2", "server")


def _all_sqlite(files: str, sqlite: str, server: str | None = None) -> dict[str, str]:
    """`server` where it is not as the database behind it."""
    return {"files": files, "sqlite of MLflow 3": sqlite, "sqlite of MLflow 2": sqlite, "server": server or sqlite}


# {what: {backend: how}}
DIFFERENCES = {
    "-0.0 comes back as": _all_sqlite("-0.0", "0.0"),
    "the largest number, 1.797…e308, comes back as": _all_sqlite("itself", "inf"),
    "a point that is logged twice is there": _all_sqlite("twice", "once"),
    "the points of a metric come": _all_sqlite("as logged", "by time"),
    "a time in seconds, of MLflow 0.8 and 1.0, is": _all_sqlite("read as seconds", "taken as it is"),
    "the names 'a' and 'a/b' in one run are": _all_sqlite("refused", "kept"),
    "a tag of 9,000 characters is": _all_sqlite("kept", "cut to 8,000"),
    "a batch with a value that is refused leaves": _all_sqlite("what came before it", "nothing"),
    "two data sets of a run come": _all_sqlite("by name", "as logged"),
    "the experiment 'Default' can be": _all_sqlite("emptied", "deleted"),
    "a store that is not there is": _all_sqlite("made", "refused"),
    "logged models of MLflow 3 are": {
        "files": "kept",
        "sqlite of MLflow 3": "kept",
        "sqlite of MLflow 2": "not known",
        "server": "not copied to it",
    },
    # A server tells the newest point of a metric with each run; what was before, only with the history itself.
    "a snapshot counts points that were never read": _all_sqlite("yes", "yes", "no"),
}


def table() -> str:
    """As Markdown, a row for each difference."""
    head = ["", *BACKENDS]
    rows = [[what, *(how[backend] for backend in BACKENDS)] for what, how in DIFFERENCES.items()]
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def page_with_table(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text("utf-8")), "utf-8")
