"""What does one run's folder say, and what in it cannot be read?

Nothing in here raises for what a file holds: what cannot be read becomes a `Damage`, and the rest of the run is read.
"""

from __future__ import annotations

import os
import stat
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbtrack.entities import LifecycleStage, Run, RunData, RunInfo, RunInputs, RunStatus
from nbtrack.frame import Row
from nbtrack.stores.base import Damage
from nbtrack.stores.files import codec, disk, inputs, links
from nbtrack.stores.files.disk import is_passing
from nbtrack.stores.files.layout import ARTIFACTS, INPUTS, META, METRICS, PARAMS, TAGS, root_of, shown
from nbtrack.stores.files.shelf import NO_INPUTS, Held
from nbtrack.stores.files.stamps import ABSENT, STAMP, same, signature_of, stamp
from nbtrack.stores.files.summaries import Found, summarised_all
from nbtrack.stores.files.ticks import tick_ns
from nbtrack.stores.names import is_key, is_run_id

NAME_TAG = "mlflow.runName"
_LIVE = frozenset({RunStatus.RUNNING.name, RunStatus.SCHEDULED.name})
_STATUS = {int(status): status.name for status in RunStatus}
_FOREIGN = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", ".gitkeep", ".gitignore"})
YOUNG_NS = 5_000_000_000  # so old a folder without meta.yaml is not in the making any more
_DEEPEST = 40  # folders within metrics/, from slashes in a name


@dataclass(slots=True)
class Scan:
    """One reading of one folder: what was wrong, and the signature that tells a later look whether to read again."""

    folder: str
    damages: list[Damage] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    stamps: array[int] = field(default_factory=lambda: array("q"))  # four numbers a path
    unread: int = 0  # when something could not be looked at, or was still being made
    partial: bool = False  # something could not be read for a reason that may pass

    def saw(self, path: str, about: os.stat_result) -> None:
        """Remember what a path looked like when it was read."""
        self.paths.append(path)
        # As bare numbers, because of so many small objects Python's collector would look at each, again and again.
        self.stamps.extend(stamp(about))

    def missed(self, path: str) -> None:
        """Remember that a path beside the run was not there: it may come, and the run does not change by it."""
        self.paths.append(path)
        self.stamps.extend(ABSENT)

    def newest(self) -> int:
        """When anything that was seen changed last (ns)."""
        return max(self.unread, *self.stamps[2::STAMP], *self.stamps[3::STAMP])

    def tick(self) -> int:
        """So long (ns) a file here may change without its times moving."""
        return tick_ns(self.folder, self.stamps[3::STAMP])

    def damage(self, path: str, problem: str, remedy: str) -> None:
        full = os.path.join(self.folder, path) if path else self.folder
        self.damages.append(Damage(shown(full), problem, remedy))

    def failed(self, path: str, error: Exception) -> None:
        """Something is there and was not read: say so, and never take it for read."""
        problem, remedy = _words(error)
        self.damage(path, problem, remedy)
        if isinstance(error, disk.Unreadable) and not error.unread:
            _saw_unread(self, path)
            return
        self.unread = time.time_ns()
        self.partial = self.partial or (
            error.passing if isinstance(error, disk.Unreadable) else isinstance(error, OSError) and is_passing(error)
        )

    def names(self, path: str) -> list[str]:
        """What a folder holds; nothing where it is missing. It becomes part of the signature."""
        full = f"{self.folder}/{path}"
        try:
            about = os.lstat(full)
            if stat.S_ISLNK(about.st_mode):
                if out := links.leads_out(full, root_of(self.folder), self.folder):
                    self.damage(path, out.problem, out.remedy)
                    return []
                about = os.stat(full)  # with a slash at its end, a path means the folder behind the link
            names = sorted(os.listdir(full))  # so that runs with the same files share one list of paths
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self.failed(path, error)
            return []
        self.saw(path + "/", about)
        return names


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A run as last read. `held` is None where there is nothing to show; `racy` where a file was changing meanwhile;
    `live` where more is to come; `partial` where something could not be read for a reason that may pass.

    `paths` are relative to the run's folder, those of folders end with a slash; `signature` is how they all looked.
    """

    held: Held | None
    damages: tuple[Damage, ...]
    paths: tuple[str, ...]
    signature: bytes
    racy: bool
    live: bool
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A run's folder as it was read, with its metrics' files still unread: those of many runs are read together."""

    scan: Scan
    began: int
    info: RunInfo | None
    metrics: list[tuple[str, bytes]]
    params: dict[str, str]
    tags: dict[str, str]
    inputs: RunInputs


def open_run(folder: str, run_id: str, experiment_id: str) -> Opened:
    """Everything in a run's folder but its artifacts, as of now. FileNotFoundError where there is no such folder."""
    began = time.time_ns()
    scan = Scan(folder)
    info = _read_info(scan, run_id, experiment_id)
    if info is None:
        return Opened(scan, began, None, [], {}, {}, NO_INPUTS)
    metrics = list(_values(scan, METRICS, disk.LARGEST_FILE))
    params, tags = texts_under(scan, PARAMS), texts_under(scan, TAGS)
    if links.is_link(folder):
        tags[links.LINKED] = shown(os.path.realpath(folder))
    if out := links.leads_out(f"{folder}/{ARTIFACTS}", root_of(folder), folder):
        scan.damage(ARTIFACTS, out.problem, out.remedy)
    given = RunInputs(inputs.read_inputs(scan)) if scan.names(INPUTS) else NO_INPUTS
    return Opened(scan, began, info, metrics, params, tags, given)


def read_runs(opened: Sequence[Opened]) -> list[Reading]:
    """What the folders come down to, in their order."""
    found = iter(summarised_all([data for run in opened for _, data in run.metrics]))
    return [_reading(run, [(key, data, next(found)) for key, data in run.metrics]) for run in opened]


def read_run(folder: str, run_id: str, experiment_id: str) -> Reading:
    return read_runs([open_run(folder, run_id, experiment_id)])[0]


def _reading(run: Opened, found: list[tuple[str, bytes, Found]]) -> Reading:
    scan, info = run.scan, run.info
    racy = run.began - scan.newest() < scan.tick()
    metrics = {}
    for key, data, (summary, bad, cut) in found:
        # The open end of a file that is being written is no damage: its rest comes, and the run is read again.
        if (bad or summary is None) and not (racy and data[-1:] != b"\n" and len(bad) < 2):
            _tell_bad_lines(scan, key, bad)
        if cut:
            _tell_cut(scan, key, cut)
        if summary is not None:
            metrics[key] = summary
    held = None
    if info is not None:
        if not info.run_name and NAME_TAG in run.tags:
            info = replace(info, run_name=run.tags[NAME_TAG])
        shown_metrics = {key: summary.last for key, summary in metrics.items()}
        held = Held(Row(Run(info, RunData(shown_metrics, run.params, run.tags), run.inputs), metrics))
    live = info is None or info.status in _LIVE
    damages, paths = tuple(scan.damages), shared(tuple(scan.paths))
    return Reading(held, damages, paths, signature_of(scan.stamps), racy or scan.partial, live, scan.partial)


_paths: dict[tuple[str, ...], tuple[str, ...]] = {}


def shared(paths: tuple[str, ...]) -> tuple[str, ...]:
    """One copy of the same paths: runs of one experiment mostly have the same files."""
    if len(_paths) > 10_000:
        _paths.clear()
    return _paths.setdefault(paths, paths)


def unchanged(folder: str, reading: Reading, *, only_meta: bool = False, unlinked: bool = False) -> bool:
    """Does every file and folder that the reading came from still look the same? As `stamps.same`."""
    return same(folder, reading.paths, reading.signature, only_meta=only_meta, unlinked=unlinked)


def _read_info(scan: Scan, run_id: str, experiment_id: str) -> RunInfo | None:
    try:
        scan.saw("", os.stat(scan.folder))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(scan.folder) from error
    except OSError as error:
        scan.failed("", error)
        return None
    try:
        meta, about = read_meta_file(os.path.join(scan.folder, META))
    except FileNotFoundError:
        # Ahead of this clock lies a folder of another machine's, or one in which something was made this instant.
        if is_run_id(run_id) and abs(time.time_ns() - os.lstat(scan.folder).st_mtime_ns) < YOUNG_NS:
            scan.unread = time.time_ns()  # somebody is making it: look again
        elif os.path.lexists(os.path.join(scan.folder, disk.COPYING)):
            scan.damage(
                "", "is half a run: a copy stopped here", "Run the same nbtrack copy again, or delete the folder."
            )
        else:
            remedy = "Restore meta.yaml from a copy, or move the folder away."
            scan.damage("", "has no meta.yaml, so it is no run", remedy)
        return None
    except (disk.Unreadable, IsADirectoryError, NotADirectoryError) as error:
        scan.failed(META, error)
        return RunInfo(run_id, experiment_id, status="", lifecycle_stage=LifecycleStage.ACTIVE)
    scan.saw(META, about)
    for problem, remedy in (
        *mistaken_identity(meta, run_id, experiment_id),
        *odd_times(meta, "start_time", "end_time"),
        *_odd_status(meta),
    ):
        scan.damage(META, problem, remedy)
    return run_info(meta, run_id, experiment_id)


def _words(error: Exception) -> tuple[str, str]:
    if isinstance(error, disk.Unreadable):
        return error.problem, error.remedy
    if isinstance(error, PermissionError):
        return f"cannot be listed: {error.strerror}", "Give yourself permission to read it (chmod u+rx)."
    if isinstance(error, OSError) and not isinstance(error, IsADirectoryError | NotADirectoryError):
        return f"cannot be listed: {error.strerror}", disk.hint(error)
    return "is a folder where a file belongs", "Move it away."


def _saw_unread(scan: Scan, path: str) -> None:
    """Sign a path that could not be read too, so that mending it is noticed."""
    try:
        scan.saw(path, os.lstat(os.path.join(scan.folder, path)))
    except OSError:
        scan.unread = time.time_ns()


def read_meta_file(path: str) -> tuple[dict[str, Any], os.stat_result]:
    """A meta.yaml. MLflow empties it for an instant when it writes; so a fresh empty one is read again."""
    for patience in (0.001, 0.004, 0.02, 0.1, 0.2, None):
        data, about = disk.read(path, disk.LONGEST_TEXT)
        if data or patience is None or time.time() - about.st_mtime > 2:
            break
        time.sleep(patience)
    return codec.read_meta(data), about


def mistaken_identity(meta: Mapping[str, Any], run_id: str, experiment_id: str) -> list[tuple[str, str]]:
    """Where a meta.yaml and its folder disagree about what run this is."""
    found = []
    named = meta.get("run_id", meta.get("run_uuid", run_id))
    if str(named) != run_id:
        problem = f"says that it is run '{str(named)[:80]}'; the folder's name is taken"
        found.append((problem, "Correct run_id in it, or delete the folder if it is a copy."))
    of = meta.get("experiment_id", experiment_id)
    if str(of) != experiment_id:
        problem = f"says that it belongs to experiment '{str(of)[:80]}'; the folder it lies in is taken"
        found.append((problem, f"Correct experiment_id in it to '{experiment_id}', or move the folder."))
    return found


def run_info(meta: Mapping[str, Any], run_id: str, experiment_id: str) -> RunInfo:
    """What a meta.yaml says of a run, with MLflow's defaults for what it does not say."""
    status = meta.get("status", int(RunStatus.RUNNING))
    stage = meta.get("lifecycle_stage")
    return RunInfo(
        run_id=run_id,
        experiment_id=experiment_id,
        user_id=_text(meta.get("user_id")),
        status=_STATUS.get(status, "") if isinstance(status, int) else _text(status),
        start_time=moment(meta.get("start_time")),
        end_time=moment(meta.get("end_time")),
        lifecycle_stage=LifecycleStage.DELETED if stage == LifecycleStage.DELETED else LifecycleStage.ACTIVE,
        artifact_uri=_text(meta.get("artifact_uri")),
        run_name=_text(meta.get("run_name")),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def moment(value: object) -> int | None:
    """Milliseconds, where a number says so."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if number and abs(value) < 2**53 else None  # type: ignore[call-overload, arg-type]


def odd_times(meta: Mapping[str, Any], *names: str) -> Iterator[tuple[str, str]]:
    """Where they are no time; MLflow cannot read what the file is of then."""
    for name in names:
        value = meta.get(name)
        if value is not None and moment(value) is None:
            yield f"has {str(value)[:60]!r} as its {name}", "Correct it to milliseconds since 1970."


def _odd_status(meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    status = meta.get("status")
    if not (status is None or status in RunStatus.__members__ or (type(status) is int and status in _STATUS)):
        known = ", ".join(f"{number} {name}" for number, name in _STATUS.items())
        yield f"has {str(status)[:60]!r} as its status", f"Correct it to one of {known}."


def _values(scan: Scan, sub: str, limit: int, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder, by its key."""
    prefix = f"{scan.folder}/{sub}/"
    for name in scan.names(sub):
        if name in _FOREIGN or not is_key(name):
            scan.damage(f"{sub}/{name}", "was put there by another program; MLflow may stumble over it", "Delete it.")
            continue
        path = f"{sub}/{name}"
        try:
            data, about = disk.read(prefix + name, limit)
        except IsADirectoryError:
            if depth < _DEEPEST:
                yield from _values(scan, path, limit, depth + 1)
            continue
        except FileNotFoundError:
            continue  # deleted since it was listed
        except (disk.Unreadable, NotADirectoryError) as error:
            scan.failed(path, error)
            continue
        scan.saw(path, about)
        yield (path.partition("/")[2] if depth else name), data


def texts_under(scan: Scan, sub: str) -> dict[str, str]:
    """The params or tags in a folder, by key."""
    texts = {}
    for key, data in _values(scan, sub, disk.LONGEST_TEXT):
        try:
            texts[key] = codec.text_of(data)
        except disk.Unreadable as error:
            scan.damage(f"{sub}/{key}", error.problem, error.remedy)
    return texts


def _tell_cut(scan: Scan, key: str, cut: int) -> None:
    points = "points" if cut > 1 else "point"
    scan.damage(
        f"{METRICS}/{key}",
        f"has {cut:,} {points} whose step or time is no whole number; the fraction is cut",
        "Nothing is lost here, but MLflow cannot read the metric. Write whole numbers there if it should.",
    )


def _tell_bad_lines(scan: Scan, key: str, bad: list[int]) -> None:
    path = f"{METRICS}/{key}"
    if not bad:
        scan.damage(path, "is empty", "Delete it; MLflow cannot read the run otherwise.")
        return
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    lines = ", ".join(map(str, bad[:3])) + more
    plural = "lines" if len(bad) > 1 else "line"
    scan.damage(
        path,
        f"{plural} {lines} cannot be read as 'timestamp value step'; the other lines are shown",
        f"Correct or delete {plural} {lines}; MLflow cannot read the run otherwise.",
    )
