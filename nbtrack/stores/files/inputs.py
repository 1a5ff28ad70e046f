"""Which data sets went into a run, and how is that kept?

A data set lies once in its experiment (`datasets/<id>/meta.yaml`), and each run that used it has a pointer
(`inputs/<id>/meta.yaml`). The ids are MLflow's, so that logging the same set twice finds the first.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbtrack.entities import Dataset, DatasetInput, InputTag
from nbtrack.stores.files import codec, disk, links
from nbtrack.stores.files.layout import DATASETS, INPUTS, META, root_of

if TYPE_CHECKING:
    from nbtrack.stores.files.reader import Scan


def read_inputs(scan: Scan) -> tuple[DatasetInput, ...]:
    """The data sets of a run, by name; inputs of other kinds (MLflow's logged models) are passed over."""
    found = []
    if out := links.leads_out(f"{scan.folder}/../{DATASETS}", root_of(scan.folder)):
        scan.damage(f"../{DATASETS}", out.problem, out.remedy)
        return ()
    for name in scan.names(INPUTS):
        link = _read(scan, f"{INPUTS}/{name}")
        if link.get("source_type") != "DATASET":
            continue
        source = str(link.get("source_id", ""))
        if not source.isalnum():
            continue
        place = f"../{DATASETS}/{source}"
        about = _read(scan, place)
        if not about and not os.path.lexists(os.path.join(scan.folder, place)):
            scan.missed(place)
        if about:
            given = link.get("tags")
            tags = given if isinstance(given, Mapping) else {}
            found.append(
                DatasetInput(_dataset(about), tuple(InputTag(str(k), str(v)) for k, v in sorted(tags.items())))
            )
    return tuple(sorted(found, key=lambda each: (each.dataset.name, each.dataset.digest)))


def _read(scan: Scan, path: str) -> Mapping[str, Any]:
    if META not in scan.names(path):
        return {}
    try:
        data, about = disk.read(os.path.join(scan.folder, path, META), 20 * disk.LONGEST_TEXT)
        scan.saw(f"{path}/{META}", about)
        return codec.read_meta(data)
    except disk.Unreadable as error:
        if error.unread or f"{path}/{META}" not in scan.paths:
            scan.failed(f"{path}/{META}", error)
        else:
            scan.damage(f"{path}/{META}", error.problem, error.remedy)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        pass
    return {}


def _dataset(about: Mapping[str, Any]) -> Dataset:
    def text(name: str) -> str | None:
        value = about.get(name)
        return None if value is None else str(value)

    return Dataset(
        name=text("name") or "",
        digest=text("digest") or "",
        source_type=text("source_type") or "",
        source=text("source") or "",
        schema=text("schema"),
        profile=text("profile"),
    )


def write_inputs(run_folder: str, run_id: str, datasets: Sequence[DatasetInput]) -> None:
    for given in datasets:
        dataset_id = _md5(given.dataset.name, given.dataset.digest)
        about = {name: getattr(given.dataset, name) for name in Dataset.__slots__}
        kept = links.inside_run(run_folder, f"../{DATASETS}/{dataset_id}/")
        _write(os.path.normpath(kept), about)
        link = {
            "source_type": "DATASET",
            "source_id": dataset_id,
            "destination_type": "RUN",
            "destination_id": dataset_id,  # MLflow writes the source here, and compares nothing with it
            "tags": {tag.key: tag.value for tag in given.tags},
        }
        _write(links.inside_run(run_folder, f"{INPUTS}/{_md5(dataset_id, run_id)}/"), link)


def _write(folder: str, meta: Mapping[str, Any]) -> None:
    path = os.path.join(folder, META)
    with disk.writing("the data set", path):
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(path):
            disk.write_over(path, codec.write_meta(meta), folder)


def _md5(first: str, second: str) -> str:
    return hashlib.md5((first + second).encode("utf-8"), usedforsecurity=False).hexdigest()
