"""Is what both languages share what the schema says?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_what_was_written_from_the_schema_is_what_the_schema_says_today() -> None:
    """If this fails: run scripts/schema.py and commit what it writes."""
    checked = subprocess.run(
        [sys.executable, "scripts/schema.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (checked.stdout, checked.returncode) == ("", 0)
