"""How do files, figures and tables get into a run, and out again, by run id?"""

from __future__ import annotations

import json
import posixpath
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from nbtrack.capture.written_files import note_logged
from nbtrack.entities import FileInfo, RunTag
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.stores import Store
from nbtrack.stores.changing import changing
from nbtrack.tracking import images, tables
from nbtrack.tracking.events import announce_run
from nbtrack.tracking.pending import wait_for_writes
from nbtrack.tracking.points import now

if TYPE_CHECKING:
    import pandas as pd

LOGGED_IMAGES = "mlflow.loggedImages"


class ArtifactClient:
    """The part of `MlflowClient` that deals with artifacts. Paths inside a run are relative, with `/`."""

    store: Store

    def log_artifact(self, run_id: str, local_path: str | Path, artifact_path: str | None = None) -> None:
        """Copy a file, or a folder as a whole, into the folder `artifact_path` of the run's artifacts."""
        source = _existing(local_path)
        # resolve() only for names such as "." and "..", which say nothing about the folder they mean
        name = source.name if source.name not in ("", "..") else source.resolve().name
        self._put(run_id, posixpath.join(artifact_path or "", name), source)
        note_logged(source)

    def log_artifacts(self, run_id: str, local_dir: str | Path, artifact_path: str | None = None) -> None:
        """Copy what a folder holds into the folder `artifact_path` of the run's artifacts."""
        folder = _existing(local_dir)
        if not folder.is_dir():
            raise InvalidValueError(f"'{local_dir}' is a file, not a folder. Use log_artifact for one file.")
        self.store.write_artifact(run_id, artifact_path or "", folder)
        note_logged(folder)
        announce_run(self.store.uri, run_id)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Keep `text` as a UTF-8 file."""
        self._put(run_id, artifact_file, text.encode())

    def log_dict(self, run_id: str, dictionary: Mapping[str, Any] | Sequence[Any], artifact_file: str) -> None:
        """Keep a dict or list as YAML where the name ends in .yml or .yaml, else as JSON (what JSON lacks as str)."""
        if artifact_file.endswith((".yml", ".yaml")):
            import yaml

            text = yaml.dump(dictionary, indent=2, default_flow_style=False)
        else:
            text = json.dumps(dictionary, indent=2, default=str)
        self._put(run_id, artifact_file, text.encode())

    def log_stream(self, run_id: str, stream: IO[bytes], artifact_file: str) -> None:
        """Keep what a binary stream yields from where it stands to its end."""
        with self._written(run_id, artifact_file) as path, path.open("wb") as file:
            shutil.copyfileobj(stream, file)

    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None
    ) -> None:
        """Keep a matplotlib or plotly figure; the ending of `artifact_file` chooses the format.

        `save_kwargs` go to `savefig`, `write_html` or `write_image`. A plotly page refers to plotly.js on its CDN
        unless `include_plotlyjs` says otherwise, as in MLflow. Another object is a TypeError.
        """
        with self._written(run_id, artifact_file) as path:
            images.save_figure(figure, path, dict(save_kwargs or {}))

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Keep an image under a name, or as one of a series under `key`.

        `image` is a PIL image, an `Image`, or an array (height, width), (height, width, 1|3|4): integers 0 to 255, or
        floats 0 to 1 (others are rescaled, with a warning). A series has MLflow's file names, with `step` (0) and
        `timestamp` (now, ms), and a small webp beside each. Exactly one of `artifact_file` and `key`, else TypeError.
        """
        images.check_target(artifact_file, key, step, timestamp)
        picture = images.pil_image(image)
        if artifact_file is not None:
            with self._written(run_id, artifact_file) as path:
                picture.save(path)
            return
        assert key is not None
        stem = images.series_stem(key, step or 0, timestamp or now())
        with self._written(run_id, f"{stem}.png") as path:
            picture.save(path)
        with self._written(run_id, f"{stem}+compressed.webp") as path:
            images.thumbnail(picture).save(path)
        self.store.log_batch(run_id, tags=[RunTag(LOGGED_IMAGES, "True")])
        announce_run(self.store.uri, run_id)

    def log_table(self, run_id: str, data: Mapping[str, Any] | pd.DataFrame, artifact_file: str) -> None:
        """Keep a table as .json or .parquet; rows are added to what the run's file of that name holds.

        A dict is columns, or one row of scalars. Images in cells are kept as files under `table_images/`.
        """
        tables.check_name(artifact_file)
        frame = tables.as_frame(data)
        images_of = tables.image_columns(frame)
        for column in images_of:
            frame[column] = frame[column].map(lambda image: self._table_image(run_id, artifact_file, image))
        with changing(self.store, run_id):  # others may add rows to the same table
            if any(file.path == artifact_file for file in self._siblings(run_id, artifact_file)):
                frame = tables.appended(self._read_table(run_id, artifact_file), frame)
            with self._written(run_id, artifact_file) as path:
                tables.write(frame, path)
            noted = self.store.run(run_id).data.tags.get(tables.LOGGED_ARTIFACTS)
            tag = RunTag(tables.LOGGED_ARTIFACTS, tables.noted_with(noted, artifact_file))
            self.store.log_batch(run_id, tags=[tag])
        announce_run(self.store.uri, run_id)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The tables of that name of the experiment's runs (or of `run_ids` among them), one below the other.

        `extra_columns` are columns of `search_runs` to add to each row. Raises NotFoundError where no run has it.
        """
        from nbtrack.tracking.lookup import load_tables

        return load_tables(self.store, self._read_table, experiment_id, artifact_file, run_ids, extra_columns)

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """What one folder of the run's artifacts holds (the top one by default), sorted by path."""
        wait_for_writes(run_id)
        return self.store.list_artifacts(run_id, path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | Path | None = None) -> str:
        """The local path of an artifact, file or folder; "" is all of them.

        Without `dst_path` it is where the store keeps it, if that is on this machine; else a copy, in `dst_path` or in
        a new temporary folder. Raises NotFoundError where there is no such artifact, or no such `dst_path`.
        """
        wait_for_writes(run_id)
        kept = self.store.artifact_dir(run_id)
        if dst_path is None and kept is not None:
            self._is_folder(run_id, path)
            return str(kept / path)
        if dst_path is not None and not Path(dst_path).is_dir():
            raise NotFoundError(f"There is no folder '{dst_path}' to download to. Make it first.")
        target = Path(dst_path or tempfile.mkdtemp(prefix="nbtrack-"))
        self._copy(run_id, path, target)
        return str((target / path).absolute())

    def _copy(self, run_id: str, path: str, target: Path) -> None:
        if self._is_folder(run_id, path):
            (target / path).mkdir(parents=True, exist_ok=True)
            for child in self.store.list_artifacts(run_id, path):
                self._copy(run_id, child.path, target)
            return
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(self.store.read_artifact(run_id, path))

    def _is_folder(self, run_id: str, path: str) -> bool:
        if not path.strip("/"):
            return True
        for file in self._siblings(run_id, path):
            if file.path == posixpath.normpath(path):
                return file.is_dir
        raise NotFoundError(f"Run '{run_id}' has no artifact '{path}'. list_artifacts('{run_id}') shows what it has.")

    def _siblings(self, run_id: str, path: str) -> list[FileInfo]:
        return self.store.list_artifacts(run_id, posixpath.dirname(posixpath.normpath(path)))

    def _read_table(self, run_id: str, artifact_file: str) -> pd.DataFrame:
        return tables.read(self.store.read_artifact(run_id, artifact_file), artifact_file)

    def _table_image(self, run_id: str, artifact_file: str, image: Any) -> dict[str, str]:
        stem = posixpath.join("table_images", posixpath.splitext(artifact_file)[0], str(uuid.uuid4()))
        picture = image if hasattr(image, "resize") else images.pil_image(image)
        save: list[tuple[str, Callable[[], Any]]] = [
            (f"{stem}.png", lambda: picture),
            (f"{stem}.webp", lambda: images.thumbnail(picture)),
        ]
        for name, made in save:
            with self._written(run_id, name) as path:
                made().save(path)
        return {"type": "image", "filepath": save[0][0], "compressed_filepath": save[1][0]}

    @contextmanager
    def _written(self, run_id: str, artifact_file: str) -> Iterator[Path]:
        """A path to write one file to; what is there at the end becomes the artifact."""
        with tempfile.TemporaryDirectory(prefix="nbtrack-") as folder:
            path = Path(folder) / posixpath.basename(posixpath.normpath(artifact_file))
            yield path
            self._put(run_id, artifact_file, path)

    def _put(self, run_id: str, artifact_file: str, data: bytes | Path) -> None:
        self.store.write_artifact(run_id, posixpath.normpath(artifact_file), data)
        announce_run(self.store.uri, run_id)


def _existing(local_path: str | Path) -> Path:
    path = Path(local_path)
    if not path.exists():
        raise InvalidValueError(f"There is no file or folder '{local_path}' (looked in '{Path.cwd()}').")
    return path
