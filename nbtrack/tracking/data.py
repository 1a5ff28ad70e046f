"""Which data did a run use, and how is it told apart from other data?

`from_pandas` and `from_numpy` give MLflow's digest, schema and profile, so that both see one dataset as one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from nbtrack import entities
from nbtrack.entities import DatasetInput, InputTag
from nbtrack.errors import InvalidValueError
from nbtrack.tracking import fingerprints
from nbtrack.tracking.context import context_tags

if TYPE_CHECKING:
    import pandas as pd

CONTEXT = "mlflow.data.context"
_VALUES = ("name", "digest", "source_type", "source", "schema", "profile")
Arrays = NDArray[Any] | Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a dataset came from: `kind` is MLflow's source type ("code", "local", "http", "s3", …)."""

    kind: str
    details: Mapping[str, Any]

    def to_json(self) -> str:
        return json.dumps(self.details)

    def to_dict(self) -> dict[str, Any]:
        return dict(self.details)

    @property
    def uri(self) -> str | None:
        """The path or address, where the source has one."""
        return self.details.get("uri") or self.details.get("url")

    def load(self, dst_path: str | None = None) -> str:
        """The local path of the data, copied to `dst_path` where that is given. Raises InvalidValueError for data that
        do not lie on this machine."""
        if self.kind != "local" or self.uri is None:
            raise InvalidValueError(
                f"The data are at {self.uri or 'no address (their source is code)'}, and nbtrack fetches only local "
                "files. Load them with the library that reads such an address."
            )
        path = Path(unquote(urlsplit(self.uri).path) if self.uri.startswith("file:") else self.uri)
        return str(path if dst_path is None else shutil.copy(path, dst_path))


DatasetSource = Source


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is kept of a dataset; the data themselves are not. `schema` and `profile` are plain dicts."""

    name: str
    digest: str
    source: Source
    schema: Mapping[str, Any] | None = None
    profile: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, str | None]:
        """The values of `to_entity`, by name."""
        entity = self.to_entity()
        return {
            name: getattr(entity, name) for name in ("name", "digest", "source_type", "source", "schema", "profile")
        }

    def to_entity(self) -> entities.Dataset:
        return entities.Dataset(
            name=self.name,
            digest=self.digest,
            source_type=self.source.kind,
            source=self.source.to_json(),
            schema=None if self.schema is None else json.dumps(self.schema),
            profile=None if self.profile is None else json.dumps(self.profile),
        )


def from_pandas(
    df: pd.DataFrame,
    source: str | Path | Source | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """A dataset of a DataFrame. `source` is a path or address; without it, the code that calls is named.

    `targets` and `predictions` name columns, and only have to exist. `digest` replaces the computed one.
    """
    _check_roles(df.columns, targets=targets, predictions=predictions)
    columns = fingerprints.column_schema(df)
    return Dataset(
        name=name or "dataset",
        digest=digest or fingerprints.pandas_digest(df),
        source=source_of(source),
        schema=None if columns is None else {"mlflow_colspec": columns},
        profile={"num_rows": len(df), "num_elements": int(df.size)},
    )


def from_numpy(
    features: Arrays,
    source: str | Path | Source | None = None,
    targets: Arrays | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> Dataset:
    """A dataset of an array, or of a dict of arrays, and of targets of either kind. See `from_pandas`."""
    specs = {
        "features": json.dumps(fingerprints.tensor_schema(features)),
        "targets": None if targets is None else json.dumps(fingerprints.tensor_schema(targets)),
    }
    profile = _profile("features", features) | ({} if targets is None else _profile("targets", targets))
    return Dataset(
        name=name or "dataset",
        digest=digest or fingerprints.numpy_digest(features, targets),
        source=source_of(source),
        schema={"mlflow_tensorspec": specs},
        profile=profile,
    )


def from_polars(
    df: Any,
    source: str | Path | Source | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """A dataset of a polars DataFrame. See `from_pandas`."""
    _check_roles(df.columns, targets=targets, predictions=predictions)
    columns = fingerprints.polars_schema(df)
    return Dataset(
        name=name or "dataset",
        digest=digest or fingerprints.polars_digest(df),
        source=source_of(source),
        schema=None if columns is None else {"mlflow_colspec": columns},
        profile={"num_rows": df.height, "num_elements": df.height * df.width},
    )


def _check_roles(columns: Any, **roles: str | None) -> None:
    """Raise InvalidValueError for a role whose column a DataFrame lacks."""
    for role, column in roles.items():
        if column is not None and column not in columns:
            raise InvalidValueError(f"The DataFrame has no column '{column}' for {role}. It has {list(columns)}.")


def get_source(dataset: Dataset | entities.Dataset | DatasetInput) -> Source:
    """Where a dataset came from: one of `from_pandas` and its like, or one of `run.inputs.dataset_inputs`."""
    if isinstance(dataset, Dataset):
        return dataset.source
    entity = dataset.dataset if isinstance(dataset, DatasetInput) else dataset
    return Source(entity.source_type, json.loads(entity.source or "{}"))


def _profile(name: str, arrays: Arrays) -> dict[str, Any]:
    def each(attribute: Callable[[NDArray[Any]], Any]) -> Any:
        if isinstance(arrays, np.ndarray):
            return attribute(arrays)
        return {key: attribute(array) for key, array in arrays.items()}

    return {
        f"{name}_shape": each(lambda a: a.shape),
        f"{name}_size": each(lambda a: int(a.size)),
        f"{name}_nbytes": each(lambda a: int(a.nbytes)),
    }


def source_of(source: str | Path | Source | None) -> Source:
    """What MLflow would make of `source`: a web address, another address, a local path; nothing is the calling code."""
    if source is None:
        return Source("code", {"tags": context_tags()})
    if isinstance(source, Source):
        return source
    scheme = urlsplit(str(source)).scheme
    if scheme in ("http", "https"):
        return Source("http", {"url": str(source)})
    if len(scheme) <= 1 or scheme == "file":  # one letter is a drive of Windows
        return Source("local", {"uri": str(source)})
    return Source(scheme, {"uri": str(source)})


def dataset_inputs(
    datasets: Sequence[Any],
    contexts: Sequence[str | None],
    tags_list: Sequence[Mapping[str, str] | None],
) -> list[DatasetInput]:
    """The inputs to log, one for each dataset. Raises InvalidValueError where the three do not belong together."""
    if not len(datasets) == len(contexts) == len(tags_list):
        raise InvalidValueError(
            f"log_inputs got {len(datasets)} datasets, {len(contexts)} contexts and {len(tags_list)} tags. "
            "Give as many of each, with None where there is nothing to say."
        )
    inputs = []
    for dataset, context, tags in zip(datasets, contexts, tags_list, strict=True):
        if dataset is None:
            if context or tags:
                raise InvalidValueError("A context or tags were given without a dataset. Pass the dataset too.")
            continue
        noted = [InputTag(key, str(value)) for key, value in (tags or {}).items()]
        if context:
            noted.append(InputTag(CONTEXT, context))
        inputs.append(DatasetInput(_entity(dataset), tuple(noted)))
    return inputs


def _entity(dataset: Any) -> entities.Dataset:
    """Of our dataset, or of one that MLflow's own `mlflow.data` has made."""
    if isinstance(dataset, Dataset):
        return dataset.to_entity()
    told = dataset.to_dict() if type(dataset).__module__.startswith("mlflow.") and hasattr(dataset, "to_dict") else None
    if isinstance(told, dict) and {"name", "digest"} <= told.keys():
        return entities.Dataset(**{name: told[name] for name in _VALUES if told.get(name) is not None})
    raise InvalidValueError(
        f"log_input got a {type(dataset).__name__}, which is no dataset. Give what nbtrack.data.from_pandas(df), "
        "from_polars or from_numpy returns."
    )
