"""Which pictures are made? Those of the README; or the scenes named, `make screenshots SCENES=table`."""

from __future__ import annotations

import sys

from scripts.screenshots import readme, table

SCENES = {"readme": readme.main, "table": table.main}

if __name__ == "__main__":
    asked = sys.argv[1:] or list(SCENES)
    unknown = [each for each in asked if each not in SCENES]
    if unknown:
        sys.exit(f"There is no scene {unknown[0]}. There are: {', '.join(SCENES)}.")
    for each in asked:
        SCENES[each]()
