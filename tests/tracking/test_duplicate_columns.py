"""A DataFrame with two columns of one name is a dataset, as for MLflow: the digests are what MLflow 3.17 gives."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import nbtrack


@pytest.mark.parametrize(
    ("rows", "names", "digest"),
    [
        ([[1, 2], [3, 4]], "aa", "db0cd6b6"),
        ([[1, "x"], [3, "y"]], "aa", "c7ac781b"),
        ([["z", "x"], ["w", "y"]], "aa", "fce472fb"),
        ([[1, "x", 2.0], [3, "y", 1.0]], "aab", "b9378204"),
        ([[1, "x", True], [3, "y", False]], "baa", "25ca3314"),
        ([[1, 2, "q"], [3, 4, "r"]], "aab", "666532db"),
    ],
)
def test_it_has_mlflows_digest_and_no_schema(rows: list[list[Any]], names: str, digest: str) -> None:
    found = nbtrack.data.from_pandas(pd.DataFrame(rows, columns=list(names)), source="x.csv")
    assert (found.digest, found.schema) == (digest, None)
    assert found.profile == {"num_rows": 2, "num_elements": 2 * len(names)}
