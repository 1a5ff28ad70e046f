"""Which runs match a question, as a table?"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

from nbtrack.entities import Run, ViewType
from nbtrack.errors import InvalidValueError, NbtrackWarning
from nbtrack.stores.any_store import Address, any_store
from nbtrack.stores.several import SeveralStores
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
    *,
    store: Address | None = None,
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
    store: Address | None = None,
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
    *,
    store: Address | None = None,
) -> pd.DataFrame | list[Run]:
    """The runs that match, as a DataFrame with one row per run, or as a list of `Run`.

    Of the given experiments (ids or names, not both), else of all active ones with `search_all_experiments`, else of
    the active one. Newest first unless `order_by` says otherwise: a list such as ["metrics.loss ASC"].
    Columns: run_id, experiment_id, status, artifact_uri, start_time, end_time (UTC), then `metrics.…` (float64, the
    last value), `params.…` and `tags.…` (text, missing where the run has none). An empty answer has the first six.
    `store` is an address, or a list of them that are searched together: the answer has the column `store` then, and a
    store that does not answer is named in a warning. Without experiments, all active ones of these stores are searched.
    Raises QueryError for a filter or an order that does not parse.
    """
    if output_format not in ("pandas", "list"):
        raise InvalidValueError(f"output_format is {output_format!r}. Use 'pandas' or 'list'.")
    check_order(order_by)
    opened = None if store is None else any_store(store)
    if isinstance(opened, SeveralStores):
        return _search_several(
            opened,
            several_ids(opened, experiment_ids, experiment_names),
            filter_string,
            run_view_type,
            max_results,
            order_by or (),
            output_format,
        )
    client = MlflowClient() if opened is None else MlflowClient(opened.uri)
    everywhere = search_all_experiments or store is not None
    ids = _experiment_ids(client, experiment_ids, experiment_names, everywhere)
    found = ordered(client.store, ids, filter_string, run_view_type, order_by or (), end=max_results)
    order = found.part(0, max_results)
    return (
        run_table.table(found.held.frame().take(order))
        if output_format == "pandas"
        else [row.run for row in rows_of(found.held, order)]
    )


def _search_several(
    stores: SeveralStores,
    ids: list[str],
    filter_string: str,
    view: int,
    most: int,
    order_by: Sequence[str],
    output_format: str,
) -> pd.DataFrame | list[Run]:
    """Runs and experiments have the ids of their own stores in the answer."""
    found = ordered(stores, ids, filter_string, view, order_by, end=most)
    for member in stores.members:
        if member.fault is not None:
            message = f"The store '{member.label}' does not answer, so its runs are missing: {member.fault}"
            warnings.warn(message, NbtrackWarning, stacklevel=3)
    order = found.part(0, most)
    if output_format == "list":
        return [stores.together.own_run(row.run) for row in rows_of(found.held, order)]
    return run_table.table(stores.own_ids(found.held.frame().take(order)))


def several_ids(stores: SeveralStores, ids: Sequence[str] | None, names: Sequence[str] | None) -> list[str]:
    """Experiments of several stores. The same name, or the same id, may stand for one in each."""
    if ids and names:
        raise InvalidValueError("Give experiment_ids or experiment_names, not both.")
    if isinstance(ids, str):
        raise InvalidValueError(f"experiment_ids is the text '{ids}'. Pass a list: ['{ids}'].")
    if not ids and not names:
        return [each.experiment_id for each in stores.experiments()]
    found: list[str] = []
    for wanted in map(str, ids or names or ()):
        known = stores.experiments_with_id(wanted) if ids else stores.experiments_named(wanted)
        if not known:
            warnings.warn(f"There is no experiment '{wanted}'; it is left out.", NbtrackWarning, stacklevel=3)
        found += known
    return found


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
