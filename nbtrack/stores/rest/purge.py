"""What of a deleted run can be removed from a server?

Its artifacts, where the server passes them on. The run itself only who runs the server can remove: `mlflow gc`.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from nbtrack.entities import RunInfo
from nbtrack.errors import StoreError
from nbtrack.stores.purging import check
from nbtrack.stores.rest import RestStore
from nbtrack.stores.rest.artifacts import PROXY, proxied
from nbtrack.stores.walk import all_files


class RestPurger:
    def __init__(self, store: RestStore) -> None:
        self._store = store

    def deleted_at(self, run_id: str) -> int | None:
        """A server does not tell."""
        return None

    def artifacts(self, info: RunInfo) -> Path | str | None:
        return Path(info.run_id) if self._folder(info) else info.artifact_uri or None

    def measure(self, place: Path | str) -> tuple[int, int]:
        files = list(all_files(self._store, str(place)))
        return len(files), sum(file.file_size or 0 for file in files)

    def remove_artifacts(self, run_id: str) -> None:
        info = self._store.run(run_id).info
        check(info)
        if folder := self._folder(info):
            self._store.link.ask("DELETE", PROXY + quote(folder))

    def remove_run(self, run_id: str) -> None:
        raise StoreError(
            "A server removes runs only from its own machine, where its database is. There: "
            f"mlflow gc --backend-store-uri URI --run-ids {run_id}"
        )

    def remove_empty_experiments(self) -> list[str]:
        return []

    def _folder(self, info: RunInfo) -> str | None:
        """Where the server keeps them, if the address ends as MLflow makes it."""
        folder = proxied(info)
        as_made = folder is not None and f"/{folder}".endswith(f"/{info.run_id}/artifacts") and ".." not in folder
        return folder if as_made else None
