"""What does the export menu of a dashboard get from the kernel?"""

from __future__ import annotations

import base64
import importlib.util
from typing import Any

import pandas as pd
import pytest

from nbtrack.dashboard.exports import export
from nbtrack.errors import InvalidValueError


class Shown:
    """A dashboard of two runs."""

    runs = pd.DataFrame({"run_id": ["a", "b"], "metrics.loss": [0.5, float("nan")], "params.lr": ["0.1", None]})

    def page(self) -> str:
        return "<!doctype html><p>é</p>"


def test_a_page_comes_as_utf_8() -> None:
    made = export(Shown(), "html")
    assert base64.b64decode(made["base64"]).decode() == "<!doctype html><p>é</p>"


def test_the_table_comes_as_parquet_or_says_what_is_missing(tmp_path: Any) -> None:
    if importlib.util.find_spec("pyarrow") is None and importlib.util.find_spec("fastparquet") is None:
        with pytest.raises(InvalidValueError, match="pip install pyarrow"):
            export(Shown(), "parquet")
        return
    path = tmp_path / "runs.parquet"
    path.write_bytes(base64.b64decode(export(Shown(), "parquet")["base64"]))
    pd.testing.assert_frame_equal(pd.read_parquet(path), Shown.runs)


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(InvalidValueError, match="'xlsx'"):
        export(Shown(), "xlsx")
