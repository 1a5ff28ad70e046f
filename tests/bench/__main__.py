"""What does `make bench` do? Measures at the given sizes, and writes .bench/table.md from all that were measured.

python -m tests.bench --runs 1000 10000     the figures of each size stay in .bench/results-SIZE.json
python -m tests.bench --readme              put the table into README.md, between its two marks
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from tests.bench import autolog_costs, browser_charts, browser_open, browser_table, capture, server
from tests.bench.bench_track import measure as measure_track
from tests.bench.rounds import measure
from tests.bench.stores import BENCH
from tests.bench.table import CLOCKS, page

README = BENCH.parent / "README.md"
BEGIN, END = "<!-- bench: made by `make bench-readme` -->\n", "<!-- /bench -->"
TABLE = 100_000  # rows of the table in the browser, however small the stores are
ROUNDS = {1000: 5, 10_000: 3}  # where none are asked for; one for what is larger


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, nargs="*", default=[])
    options.add_argument("--rounds", type=int)
    options.add_argument("--alone", action="store_true", help="without MLflow, which takes minutes at 10,000 runs")
    options.add_argument("--cells", action="store_true", help="also what tracked cells and autolog cost")
    options.add_argument("--server", action="store_true", help="also an MLflow server on loopback")
    options.add_argument("--browser", action="store_true", help="also the table and the charts in Chromium")
    options.add_argument("--readme", action="store_true", help="put the table into README.md")
    options.add_argument("--clock", choices=CLOCKS, default="wall", help="which seconds the table tells: %(choices)s")
    given = options.parse_args()
    BENCH.mkdir(exist_ok=True)
    for runs in given.runs:
        _keep(f"results-{runs}", measure(runs, given.rounds or ROUNDS.get(runs, 1), alone=given.alone))
    if given.cells:
        _keep(
            "cells",
            {"track": [list(row) for row in measure_track()], "autolog": autolog_costs.table(autolog_costs.measure(3))},
        )
        print(f"What is captured of a cell:\n{capture.table(capture.measure())}")
    if given.server:
        for runs in given.runs:
            print(server.told(runs, server.measure(os.environ["NBTRACK_MLFLOW3_PYTHON"], runs)))
    if given.browser:
        print(browser_table.told(browser_table.measure(TABLE)))
        for runs in given.runs:
            print(browser_open.told(runs, browser_open.measure(runs)))
        print(browser_charts.told(browser_charts.measure()))
    results = [json.loads(path.read_text()) for path in BENCH.glob("results-*.json")]
    if not results:
        sys.exit("Nothing was measured yet: make bench")
    cells = BENCH / "cells.json"
    text = page(results, json.loads(cells.read_text()) if cells.exists() else None, given.clock)
    (BENCH / "table.md").write_text(text)
    print(text)
    if given.readme:
        README.write_text(_between_marks(README.read_text(), text))


def _keep(name: str, result: dict[str, Any]) -> None:
    (BENCH / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")


def _between_marks(readme: str, text: str) -> str:
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{README.name} has no place for the table: {BEGIN.strip()} … {END}")
    return f"{before}{begin}{text}{end}{after}"


if __name__ == "__main__":
    main()
