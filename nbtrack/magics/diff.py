"""In what do two runs differ?"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass

from nbtrack.capture.commits import commit_of, named_changes, repository_of
from nbtrack.capture.git import COMMIT, SNAPSHOT
from nbtrack.entities import Run
from nbtrack.errors import NotFoundError
from nbtrack.formats import equal, number
from nbtrack.git.command import isolated
from nbtrack.git.generated import is_below, is_generated
from nbtrack.query.direction import known_direction
from nbtrack.stores import Store
from nbtrack.stores.own_files import own_files

LARGEST = 500_000  # bytes of a source or a list of packages that is compared


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same; None where one run has it not. `verdict` is "better", "worse" or empty."""

    key: str
    old: str | None
    new: str | None
    verdict: str = ""

    def __str__(self) -> str:
        said = f"{self.key} {'—' if self.old is None else self.old} → {'—' if self.new is None else self.new}"
        return f"{said} ({self.verdict})" if self.verdict else said


@dataclass(frozen=True, slots=True)
class Difference:
    """`source` is a unified diff, line by line, without its two headings; `files` are those that differ between the
    two commits, with git's letter for how, where the repository is at hand."""

    repository: list[Change]
    files: list[str]
    data: list[Change]
    params: list[Change]
    metrics: list[Change]
    tags: list[Change]
    packages: list[Change]
    source: list[str]

    def __bool__(self) -> bool:
        return bool(
            self.repository
            or self.files
            or self.data
            or self.params
            or self.metrics
            or self.tags
            or self.packages
            or self.source
        )


def text_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    keys = dict.fromkeys((*new, *old))
    return [Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def metric_changes(old: Mapping[str, float], new: Mapping[str, float], ways: Mapping[str, str]) -> list[Change]:
    """`ways` says of a metric which way is better; without it the known names do, and nobody of others."""
    found = []
    for key in dict.fromkeys((*new, *old)):
        if key.startswith("system/"):  # never twice the same
            continue
        before, after = old.get(key), new.get(key)
        if before is not None and after is not None and equal(before, after):
            continue
        words = [None if value is None else number(value) for value in (before, after)]
        found.append(Change(key, words[0], words[1], _verdict(before, after, ways.get(key) or known_direction(key))))
    return found


def _verdict(before: float | None, after: float | None, way: str | None) -> str:
    if way is None or before is None or after is None or math.isnan(before) or math.isnan(after):
        return ""
    return "better" if (after > before) == (way == "max") else "worse"


def source_changes(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    return list(lines)[2:]


def package_changes(old: str, new: str) -> list[Change]:
    return text_changes(_packages(old), _packages(new)) if old and new and old != new else []


def _packages(text: str) -> dict[str, str]:
    return {name: version for name, _, version in (line.partition("==") for line in text.splitlines()) if name}


def difference(store: Store, a: Run, b: Run, ways: Mapping[str, str]) -> Difference:
    """From `a` to `b`. Tags that only say when and where are left out."""
    return Difference(
        repository=text_changes(_repository(a), _repository(b)),
        files=changed_files(store, a, b),
        data=data_changes(a, b),
        params=text_changes(a.data.params, b.data.params),
        metrics=metric_changes(a.data.metrics, b.data.metrics, ways),
        tags=text_changes(_telling(a), _telling(b)),
        packages=package_changes(*(text_of(store, run, "requirements.txt") for run in (a, b))),
        source=source_changes(*(text_of(store, run, "cell.py") for run in (a, b))),
    )


def data_changes(a: Run, b: Run) -> list[Change]:
    """By the name of the dataset: its digest."""
    old, new = ({one.dataset.name: one.dataset.digest for one in run.inputs.dataset_inputs} for run in (a, b))
    return text_changes(old, new)


def _repository(run: Run) -> dict[str, str]:
    tags = run.data.tags
    named = {"commit": COMMIT, "branch": "mlflow.source.git.branch", "work tree": SNAPSHOT}
    return {name: tags[tag] if name == "branch" else tags[tag][:10] for name, tag in named.items() if tag in tags}


def changed_files(store: Store, a: Run, b: Run) -> list[str]:
    """`M model.py`, by git; empty where the repository of the two is not at hand."""
    one, other = commit_of(a.data.tags), commit_of(b.data.tags)
    if one is None or other is None or one == other:
        return []
    repository = repository_of([one, other], [])
    if repository is None:
        return []
    with isolated(repository) as git:
        named = named_changes(git, one, other)
    own = own_files(store, b.info.run_id)
    kept = [(kind, path) for kind, path in named if not is_below(repository.root / path, own)]
    return [f"{kind} {path}" for kind, path in sorted(kept, key=lambda each: is_generated(each[1]))]


def _telling(run: Run) -> dict[str, str]:
    kept = ("nbtrack.python", "nbtrack.os", "nbtrack.cpu", "nbtrack.memory", "nbtrack.gpu", "mlflow.note.")
    own = {key: value for key, value in run.data.tags.items() if not key.startswith(("mlflow.", "nbtrack."))}
    return {**own, **{key: value for key, value in run.data.tags.items() if key.startswith(kept)}}


def text_of(store: Store, run: Run, path: str) -> str:
    """A text artifact; empty where the run has none."""
    try:
        return store.read_artifact(run.info.run_id, path, LARGEST).decode("utf-8", "replace")
    except NotFoundError:
        return ""
