"""Which runs match a question, as a table?"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

from nbtrack.entities import Run, ViewType
from nbtrack.errors import InvalidValueError, NbtrackWarning
from nbtrack.tracking import run_table
from nbtrack.tracking.client import DEFAULT_ID, MlflowClient
from nbtrack.tracking.experiments import experiment_for_runs
from nbtrack.tracking.lookup import check_order, ordered, rows_of

if TYPE_CHECKING:
    import pandas as pd

MOST_IN_A_TABLE = 100_000  # MLflow's default for search_runs


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = MOST_IN_A_TABLE,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pd.DataFrame: ...
@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = MOST_IN_A_TABLE,
    order_by: Sequence[str] | None = None,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> list[Run]: ...
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = MOST_IN_A_TABLE,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas", "list"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pd.DataFrame | list[Run]:
    """The runs that match, as a DataFrame with one row per run, or as a list of `Run`.

    Of the given experiments (ids or names, not both), else of all active ones with `search_all_experiments`, else of
    the active one. Newest first unless `order_by` says otherwise: a list such as ["metrics.loss ASC"].
    Columns: run_id, experiment_id, status, artifact_uri, start_time, end_time (UTC), then `metrics.…` (float64, the
    last value), `params.…` and `tags.…` (text, missing where the run has none). An empty answer has the first six.
    Raises QueryError for a filter or an order that does not parse.
    """
    if output_format not in ("pandas", "list"):
        raise InvalidValueError(f"output_format is {output_format!r}. Use 'pandas' or 'list'.")
    client = MlflowClient()
    ids = _experiment_ids(client, experiment_ids, experiment_names, search_all_experiments)
    check_order(order_by)
    found = ordered(client.store, ids, filter_string, run_view_type, order_by or (), end=max_results)
    order = found.part(0, max_results)
    return (
        run_table.table(found.held.frame().take(order))
        if output_format == "pandas"
        else [row.run for row in rows_of(found.held, order)]
    )


def _experiment_ids(
    client: MlflowClient, ids: Sequence[str] | None, names: Sequence[str] | None, everywhere: bool
) -> list[str]:
    if ids and names:
        raise InvalidValueError("Give experiment_ids or experiment_names, not both.")
    if isinstance(ids, str):
        raise InvalidValueError(f"experiment_ids is the text '{ids}'. Pass a list: ['{ids}'].")
    if ids:
        return [client.get_experiment(one).experiment_id if one == DEFAULT_ID else str(one) for one in ids]
    if not names:
        return [e.experiment_id for e in client.store.experiments()] if everywhere else [experiment_for_runs(client)]
    found = []
    for name in names:
        experiment = client.get_experiment_by_name(name)
        if experiment is None:
            warnings.warn(f"There is no experiment '{name}'; it is left out.", NbtrackWarning, stacklevel=3)
        else:
            found.append(experiment.experiment_id)
    return found
