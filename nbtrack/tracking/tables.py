"""How is a table kept as an artifact?"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbtrack.errors import DamagedError, InvalidValueError

if TYPE_CHECKING:
    import pandas as pd

LOGGED_ARTIFACTS = "mlflow.loggedArtifacts"
FORBIDDEN = "\"',:[]{}"  # in a name that a tag and a filter must hold


def check_name(artifact_file: str) -> None:
    """ValueError (an InvalidValueError) for a name that no table can have, as in MLflow."""
    for char in FORBIDDEN:
        if char in artifact_file:
            raise InvalidValueError(f"The name of a table may not hold {char}. Rename '{artifact_file}'.")
    if not artifact_file.endswith((".json", ".parquet")):
        raise InvalidValueError(f"A table is kept as .json or .parquet. Rename '{artifact_file}'.")


def as_frame(data: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
    """A DataFrame of its own; a dict of scalars is one row."""
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data.copy(deep=False)
    if not isinstance(data, Mapping):
        raise InvalidValueError(f"A table is a DataFrame or a dict, not a {type(data).__name__}.")
    try:
        return pd.DataFrame(data)
    except ValueError:  # pandas' word for "all scalars"
        return pd.DataFrame([data])


def image_columns(frame: pd.DataFrame) -> list[Any]:
    """The columns whose cells are all images. A column of which only some are is a ValueError."""
    found = []
    for column, dtype in frame.dtypes.items():
        if dtype.kind != "O":
            continue
        are = [_is_image(cell) for cell in frame[column]]
        if any(are) and not all(are):
            raise InvalidValueError(f"Column '{column}' holds images and other things. Keep them in columns apart.")
        if are and all(are):
            found.append(column)
    return found


def _is_image(cell: object) -> bool:
    return callable(getattr(cell, "save", None)) and callable(getattr(cell, "resize", None)) and hasattr(cell, "size")


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` in the format of the ending. Raises InvalidValueError for cells that it cannot hold."""
    try:
        if path.suffix == ".json":
            frame.to_json(path, orient="split", index=False, date_format="iso")
        else:
            frame.to_parquet(path, index=False)
    except ImportError:
        raise
    except Exception as error:  # pandas lets whatever a cell raises through
        raise InvalidValueError(f"The table cannot be kept as '{path.name}': {error}") from error


def read(content: bytes, artifact_file: str) -> pd.DataFrame:
    import pandas as pd

    try:
        if artifact_file.endswith(".json"):
            return pd.read_json(io.BytesIO(content), orient="split")
        return pd.read_parquet(io.BytesIO(content))
    except ValueError as error:
        raise DamagedError(f"'{artifact_file}' does not hold a table: {error}. Log it under another name.") from error


def appended(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    with warnings.catch_warnings():
        # pandas warns that empty columns will some day count towards the type; either type is fine here
        warnings.simplefilter("ignore", FutureWarning)
        return pd.concat([first, second], ignore_index=True)


def noted_with(noted: str | None, artifact_file: str) -> str:
    """The value of the tag that lists a run's tables, with `artifact_file` among them."""
    entries = noted_tables(noted)
    entry = {"path": artifact_file, "type": "table"}
    return json.dumps(entries if entry in entries else [*entries, entry])


def noted_tables(noted: str | None) -> list[Any]:
    """What the tag lists; nothing where it is missing or does not hold a list."""
    try:
        entries = json.loads(noted or "[]")
    except ValueError:
        return []
    return entries if isinstance(entries, list) else []
