"""Files of what a dashboard shows, made in the kernel for the export menu of the browser."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

from nbtrack.errors import InvalidValueError

if TYPE_CHECKING:
    import pandas as pd


class Exportable(Protocol):
    """What an export needs of a dashboard."""

    @property
    def runs(self) -> pd.DataFrame: ...

    def page(self) -> str: ...


def export(dash: Exportable, file_format: str) -> dict[str, Any]:
    """The table as Parquet, or all as an HTML page that works offline, in base64.

    Raises InvalidValueError for another format, or where no library writes Parquet.
    """
    match file_format:
        case "html":
            made = dash.page().encode()
        case "parquet":
            made = parquet(dash.runs)
        case other:
            raise InvalidValueError(f"Unknown export format '{other}': use 'html' or 'parquet'.")
    return {"base64": base64.b64encode(made).decode("ascii")}


def parquet(runs: pd.DataFrame) -> bytes:
    """One row per run, as `search_runs` gives them."""
    out = BytesIO()
    try:
        runs.to_parquet(out, index=False)
    except ImportError as error:
        raise InvalidValueError(
            "Writing Parquet needs pyarrow. Install it in the kernel's environment: pip install pyarrow"
        ) from error
    return out.getvalue()
