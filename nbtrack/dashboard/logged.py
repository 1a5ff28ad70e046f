"""What is told of the models that a run logged? Each with its params, its metrics and its files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbtrack.errors import NotFoundError
from nbtrack.stores.base import Store
from nbtrack.stores.names import json_number
from nbtrack.stores.receiving import LoggedModel
from nbtrack.stores.run_models import RunModels, models_in, newest

MOST = 100  # models of one run
STATUS = {1: "being written", 2: "ready", 3: "failed"}


def models(store: Store, run: str) -> dict[str, Any]:
    """`more`: those that are not told."""
    held = models_in(store)
    if held is None:
        return {"models": [], "more": 0}
    links = held.model_links(run)
    made = sorted(links.made, key=lambda each: (each[1], each[0]))
    asked = [*((one, step, False) for one, step in made), *((one, None, True) for one in links.used)]
    return {"models": list(_told(held, asked[:MOST])), "more": max(0, len(asked) - MOST)}


def holder(store: Store) -> RunModels:
    held = models_in(store)
    if held is None:
        raise NotFoundError(f"'{store.uri}' keeps no logged models.")
    return held


def _told(held: RunModels, asked: list[tuple[str, int | None, bool]]) -> Iterator[dict[str, Any]]:
    for model_id, step, used in asked:
        try:
            yield {**_model(held.logged_model(model_id)), "step": step, "used": used}
        except NotFoundError as error:
            yield {"id": model_id, "name": "", "problem": str(error), "used": used}


def _model(model: LoggedModel) -> dict[str, Any]:
    return {
        "id": model.model_id,
        "name": model.name,
        "type": model.model_type or "",
        "status": " ".join(filter(None, (STATUS.get(model.status, ""), model.status_message))),
        "made_at": model.creation_time,
        "params": [list(each) for each in model.params],
        "tags": [list(each) for each in model.tags if not each[0].startswith("mlflow.")],
        "metrics": [[each.key, json_number(each.value), each.step, each.dataset_name] for each in newest(model)],
        "problem": "",
    }
