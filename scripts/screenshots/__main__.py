"""Which pictures are made? All; or those named: `make screenshots SCENES="table charts:parallel"`."""

from __future__ import annotations

import sys

from scripts.screenshots import charts, compare, readme, table

ROOMS = {"readme": readme.main, "table": table.main, "charts": charts.main, "compare": compare.main}

if __name__ == "__main__":
    for asked in sys.argv[1:] or list(ROOMS):
        room, _, word = asked.partition(":")
        if room not in ROOMS:
            sys.exit(f"There is no '{room}' to photograph. There are: {', '.join(ROOMS)}.")
        ROOMS[room](word)
