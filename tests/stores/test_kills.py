"""`kill -9` at random moments: what was acknowledged is on disk, nothing is there twice, no file is torn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NewDatabase = Callable[[int, Path], Path]


def killed(kind: str, kills: int, longest_ms: int, folder: Path, new_database: NewDatabase) -> dict[str, Any]:
    address = str(folder / "mlruns") if kind == "files" else f"sqlite:///{new_database(3, folder)}"
    command = [sys.executable, "-m", "tests.stores.killing", address, str(kills), str(longest_ms), "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def assert_kept(found: dict[str, Any], kills: int) -> None:
    assert found["kills"] == kills
    assert found["hit"] >= kills // 2, "a writer that said nothing shows nothing"
    assert found["lost"] == []
    assert found["twice"] == 0
    # What was under way is there whole or not at all: at most one batch of five points for each kill.
    assert found["points"] <= found["on_disk"] <= found["points"] + 5 * kills
    assert all("no meta.yaml" in damage for damage in found["damages"]), "at most the folder of what never was"


@pytest.mark.parametrize(("kind", "kills", "longest"), [("files", 8, 60), ("sqlite", 4, 150)])
def test_a_few_kills_lose_nothing_that_was_acknowledged(
    kind: str, kills: int, longest: int, tmp_path: Path, new_database: NewDatabase
) -> None:
    assert_kept(killed(kind, kills, longest, tmp_path, new_database), kills)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("kind", "longest"), [("files", 120), ("sqlite", 300)])
def test_two_hundred_and_fifty_kills_lose_nothing_that_was_acknowledged(
    kind: str, longest: int, tmp_path: Path, new_database: NewDatabase
) -> None:
    assert_kept(killed(kind, 250, longest, tmp_path, new_database), 250)
