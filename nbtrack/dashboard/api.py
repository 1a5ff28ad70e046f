"""How does a person open a dashboard, compare runs, chart a metric, or look at one run?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from nbtrack.dashboard import named
from nbtrack.dashboard.rows import shown_rows
from nbtrack.dashboard.view import default_view, known_view, merged_view
from nbtrack.dashboard.widget import Dashboard
from nbtrack.entities import Experiment, ViewType
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.frame import Row
from nbtrack.query.named import run_ids
from nbtrack.stores.any_store import Address, any_store
from nbtrack.stores.base import Store
from nbtrack.stores.several import SeveralStores
from nbtrack.tracking import run_table
from nbtrack.tracking.client import PARENT
from nbtrack.tracking.finding import frame_naming, runs_where

if TYPE_CHECKING:
    import pandas as pd


def dashboard(
    store: Address | None = None,
    experiments: str | int | Experiment | Iterable[str | int | Experiment] | None = None,
    *,
    filter: str = "",
    order_by: str | Sequence[str] = (),
    columns: str | Sequence[str] | None = None,
    height: int | None = None,
    view: str | Mapping[str, Any] | None = None,
    **settings: Any,
) -> Dashboard:
    """The experiments, runs, charts and comparisons of a store, live.

    `store` is an address or an open store, or a list of them that are shown together with the store as a column; by
    default the one that tracking writes to. `experiments` are names or ids,
    by default every active one; `filter` and `order_by` are as in `search_runs`; `height` is in pixels.

        nbtrack.dashboard(experiments="mnist", filter="metrics.loss < 0.1", order_by=["metrics.loss ASC"])

    What is ticked is `.selected` (run ids) and `.selected_runs` (a DataFrame); both follow the mouse, and `.selected`
    can be set. `view` is the name of a saved view, or settings; whatever else is given goes over it and takes any
    setting of `Dashboard.view`, such as tab="compare", tree=False, or chart={"x": "time", "log_y": True}.
    """
    opened = _store(store)
    given = _given(opened, filter, order_by, view, settings)
    if columns is not None:
        given["columns"] = _texts(columns)
    if height is not None:
        given["height"] = height
    return Dashboard(opened, _experiment_ids(opened, experiments), view=given)


def table(
    store: Address | None = None,
    experiments: str | int | Experiment | Iterable[str | int | Experiment] | None = None,
    *,
    filter: str = "",
    order_by: str | Sequence[str] = (),
    view: str | Mapping[str, Any] | None = None,
    **settings: Any,
) -> pd.DataFrame:
    """The runs that a dashboard's table shows, in its order, as a DataFrame like `search_runs` gives.

        nbtrack.table(experiments="mnist", filter="metrics.loss < 0.1", group=["params.model"])

    Takes what `dashboard` takes. Other than in `search_runs` runs stand under their parents (tree=False: they do not),
    in their groups, and `pinned` ones first; those of closed groups are there too.
    """
    opened = _store(store)
    shown = merged_view(default_view(), _given(opened, filter, order_by, view, settings))
    ids = _experiment_ids(opened, experiments)
    if ids is None:
        ids = [each.experiment_id for each in opened.experiments()]
    rows = shown_rows(opened.snapshot(ids).frame(), shown, opened.history)
    return run_table.table(opened.own_ids(rows) if isinstance(opened, SeveralStores) else rows)


def _given(
    store: Store,
    filter: str,
    order_by: str | Sequence[str],
    view: str | Mapping[str, Any] | None,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """A view, saved under a name or not, with the settings over it."""
    given = known_view(named.load(store.uri, view)) if isinstance(view, str) else dict(view or {})
    given |= settings
    if filter:
        given["filter"] = filter
    if order_by:
        given["order"] = _texts(order_by)
    return given


def compare(*runs: Any, store: Address | None = None, **view: Any) -> Dashboard:
    """Runs side by side: values, packages, code and files. Runs are ids, names, Run objects, or rows of `search_runs`.

        nbtrack.compare("baseline", "wider", compare={"differences": True, "pick": "best"})

    `compare` takes: differences, only what differs; baseline, a run id; pick, which value of a metric ("last", "best",
    "min", "max", or "step" with step=100); file, a path among the runs' files.
    """
    opened, ids = _store_and_runs(store, runs)
    return Dashboard(opened, _experiments_of(opened, ids), frame_kind="compare", view=view, selected=ids, only=ids)


def chart(
    runs: Any = None, metrics: str | Sequence[str] | None = None, *, store: Address | None = None, **chart: Any
) -> Dashboard:
    """Metrics of runs over their steps. Without `runs`, those of the newest run; without `metrics`, all of them.

        nbtrack.chart(["baseline", "wider"], metrics=["train/loss", "val/loss"], smoothing=0.6)

    `runs` is one run or a list, named as in `compare`. `chart` takes the settings of `view["chart"]`: x is "step",
    "time" or "relative" (since the run's start), smoothing 0 to 1, log_x and log_y True or False.
    """
    opened, ids = _store_and_runs(store, _newest(_store(store)) if runs is None else [runs])
    if metrics is not None:
        chart["metrics"] = known_metrics(opened, ids, _texts(metrics))
    view = {"chart": chart}
    return Dashboard(opened, _experiments_of(opened, ids), frame_kind="chart", view=view, selected=ids, only=ids)


def show(run: Any = None, *, store: Address | None = None) -> Dashboard:
    """One run's page: values, charts, files, code, and the way to its parent and children; by default the newest's."""
    opened, ids = _store_and_runs(store, _newest(_store(store)) if run is None else [run])
    rows = opened.snapshot().rows
    view, only = {"tab": "run", "focus": ids[0]}, family(rows, ids[0])
    experiments = sorted({row.run.info.experiment_id for row in rows if row.run.info.run_id in only})
    return Dashboard(opened, experiments, frame_kind="show", view=view, selected=ids[:1], only=only)


def family(rows: Iterable[Row], run: str) -> set[str]:
    """The run with all that hang together with it as parents and children, so that they are a click apart."""
    parents = {row.run.info.run_id: row.run.data.tags.get(PARENT) for row in rows}
    top = _top(parents, run)
    return {run} | {each for each in parents if _top(parents, each) == top}


def _top(parents: Mapping[str, str | None], run: str) -> str:
    """The uppermost run that is there; the last one reached where parents go round in a circle."""
    seen = {run}
    while (above := parents.get(run)) in parents and above not in seen:
        assert above is not None
        run = above
        seen.add(run)
    return run


def known_metrics(store: Store, ids: Sequence[str], asked: list[str]) -> list[str]:
    """The metrics, or formulas of metrics, asked for; InvalidValueError where none of the runs has one of them."""
    there = list(dict.fromkeys(key for run in ids for key in store.run(run).data.metrics))
    for key in (name for each in asked for name in _names_in(each, there)):
        if key not in there:
            near = get_close_matches(key, there, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(there[:20]) or 'none'}."
            raise InvalidValueError(f"No run shown here has a metric '{key}'. {hint}")
    return asked


def _names_in(metric: str, known: list[str]) -> list[str]:
    from nbtrack.figures.expression import names_in, parse_expression

    if metric in known:
        return [metric]
    names = names_in(parse_expression(metric, known))
    return names if any(name in known for name in names) else [metric]  # `val/loss` may be meant as one name


def _texts(given: str | Sequence[str]) -> list[str]:
    """One text is a list of one, not a list of its letters."""
    return [given] if isinstance(given, str) else list(given)


def _store(given: Address | None) -> Store:
    if given is None:
        from nbtrack.tracking.settings import store_at

        return store_at()
    return any_store(given)


def _experiment_ids(store: Store, given: Any) -> list[str] | None:
    if given is None:
        return None
    wanted = [given] if isinstance(given, str | int | Experiment) else list(given)
    if isinstance(store, SeveralStores):
        return [found for each in wanted for found in _ids_of_several(store, each)]
    return [_experiment_id(store, each) for each in wanted]


def _ids_of_several(store: SeveralStores, given: Any) -> list[str]:
    """An experiment of this name in each store that has one."""
    if isinstance(given, Experiment):
        return [given.experiment_id]
    found = store.experiments_named(str(given))
    if not found:
        raise NotFoundError(f"None of the stores {', '.join(store.labels)} has an experiment '{given}'.")
    return found


def _experiment_id(store: Store, given: Any) -> str:
    if isinstance(given, Experiment):
        return given.experiment_id
    known = store.experiments(ViewType.ALL)
    by_name = {each.name: each.experiment_id for each in known}
    if str(given) in by_name:
        return by_name[str(given)]
    if any(each.experiment_id == str(given) for each in known):
        return str(given)
    raise NotFoundError(
        f"There is no experiment '{given}' in the store. It has: {', '.join(sorted(by_name)) or 'none'}."
    )


def _store_and_runs(store: Address | None, runs: Iterable[Any]) -> tuple[Store, list[str]]:
    opened = _store(store)
    runs = list(runs)
    ids = run_ids(frame_naming(opened, runs), runs)
    if not ids:
        raise NotFoundError("There is no run to show. Give an id or a name, or track one first.")
    return opened, ids


def _newest(store: Store) -> list[str]:
    return [run.info.run_id for run in runs_where(store, most=1)]


def _experiments_of(store: Store, ids: Sequence[str]) -> list[str]:
    return sorted({store.run(run).info.experiment_id for run in ids})
