"""How is git run so that a repository can start no program?

git reads the configuration and the hooks of a repository from its git directory. Here it is given another one: a
temporary folder that leads to the objects, refs and exclude files of the repository and holds a configuration of our
own, with the few settings of the repository that say how its files are stored. Whatever program a repository names
(monitor, hook, filter, pager, signature check, ssh command, upload-pack, protocol helper, text conversion) is unknown
to git then. The configuration of the user still counts, filters included. No protocol is allowed, so that objects
which a partial clone lacks are missing instead of fetched.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbtrack.git.config_file import settings
from nbtrack.git.location import Repository, small_text

TIME_LIMIT_S = 20.0
MAX_OUTPUT_BYTES = 64 << 20
_SHARED = ("objects", "refs", "packed-refs", "reftable", "info", "shallow")
_KEPT_SETTINGS = re.compile(
    r"core\.(repositoryformatversion|filemode|symlinks|ignorecase|precomposeunicode|autocrlf|eol|trustctime|checkstat"
    r"|longpaths|sharedrepository|abbrev)|extensions\.(objectformat|refstorage|preciousobjects)"
)
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9]{0,20}")
_OVER_THE_USERS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.splitIndex": "false",
    "core.quotePath": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "log.showSignature": "false",
    "submodule.recurse": "false",
    "protocol.allow": "never",
}
_KEPT_VARIABLES = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"})


class Git:
    """Commands on one repository; made by `isolated`."""

    def __init__(self, repository: Repository, git_dir: Path) -> None:
        self.repository = repository
        self.git_dir = git_dir
        self.common_dir = repository.common_dir

    def run(
        self,
        *words: str,
        given: bytes = b"",
        variables: Mapping[str, str] | None = None,
        most: int = MAX_OUTPUT_BYTES,
        seconds: float = TIME_LIMIT_S,
    ) -> bytes | None:
        """What git writes; None where it fails, takes too long or writes more than `most` bytes."""
        said, whole = self._said(words, given, variables, most, seconds)
        return said if whole else None

    def text(self, *words: str, **options: Any) -> str | None:
        """The same as text; bytes that are not UTF-8 become surrogates, as in paths of Python."""
        said = self.run(*words, **options)
        return None if said is None else said.decode("utf-8", "surrogateescape")

    def beginning(
        self, *words: str, most: int, variables: Mapping[str, str] | None = None, seconds: float = TIME_LIMIT_S
    ) -> tuple[bytes | None, bool]:
        """The first `most` bytes of what git writes, and whether that is all of it. None where it fails."""
        return self._said(words, b"", variables, most, seconds)

    def _said(
        self, words: Sequence[str], given: bytes, variables: Mapping[str, str] | None, most: int, seconds: float
    ) -> tuple[bytes | None, bool]:
        try:
            with self.started(words, variables, seconds) as (process, _):
                writing = feeding(process, given)
                said = _read(process, most + 1)
                if len(said) > most:
                    return said[:most], False
                writing.join()
                return (said, True) if process.wait() == 0 else (None, False)
        except OSError:
            return None, False

    @contextmanager
    def started(
        self, words: Sequence[str], variables: Mapping[str, str] | None = None, seconds: float = TIME_LIMIT_S
    ) -> Iterator[tuple[subprocess.Popen[bytes], Watchdog]]:
        """git, running; it and all that it started are killed on leaving, and when it has not answered for so many
        seconds. Raises OSError."""
        process = subprocess.Popen(
            self._command(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_environment(), "GIT_DIR": str(self.git_dir), **(variables or {})},
            start_new_session=True,
        )
        watchdog = Watchdog(process, seconds)
        try:
            yield process, watchdog
        finally:
            watchdog.stop()
            if process.poll() is None:
                _kill(process)
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # a writer's last bytes have no reader any more
                    assert pipe is not None
                    pipe.close()
            process.wait()

    def _command(self, words: Sequence[str]) -> list[str]:
        over = [word for key, value in _OVER_THE_USERS.items() for word in ("-c", f"{key}={value}")]
        place = ["-C", str(self.repository.root)]
        if self.repository.work_tree:
            place += ["--work-tree", str(self.repository.work_tree)]
        # A command that takes the index lock could make a commit of the user fail in that instant.
        return ["git", "--no-optional-locks", "--no-pager", *place, *over, *words]


class Watchdog:
    """Kills a process that has been asked and has not answered for so many seconds."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self._stopped = threading.Event()
        self.has_killed = False
        self.asked()
        threading.Thread(target=self._watch, name="nbtrack-git-watchdog", daemon=True).start()

    def asked(self) -> None:
        self._until = time.monotonic() + self._seconds

    def answered(self) -> None:
        self._until = math.inf

    def stop(self) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(min(self._seconds, max(0.0, self._until - time.monotonic()))):
            if time.monotonic() >= self._until:
                self.has_killed = True
                _kill(self._process)
                return


@contextmanager
def isolated(repository: Repository) -> Iterator[Git]:
    """Run git on the repository's objects, refs and files, with none of its settings."""
    folder = Path(tempfile.mkdtemp(prefix="nbtrack-git-"))
    try:
        _fill(folder, repository)
        yield Git(repository, folder)
    finally:
        _remove(folder)


def _fill(folder: Path, repository: Repository) -> None:
    for name in _SHARED:
        _link(repository.common_dir / name, folder / name)
    for name in ("index", *(each.name for each in repository.git_dir.glob("sharedindex.*"))):
        _link(repository.git_dir / name, folder / name)
    (folder / "HEAD").write_text(small_text(repository.git_dir / "HEAD"))  # git takes no link here
    kept = [
        (name, value)
        for name, value in settings(small_text(repository.common_dir / "config"))
        if _KEPT_SETTINGS.fullmatch(name) and _PLAIN_VALUE.fullmatch(value)
    ]
    lines = [f"[{name.rpartition('.')[0]}]\n\t{name.rpartition('.')[2]} = {value}\n" for name, value in kept]
    bare = f"[core]\n\tbare = {str(repository.work_tree is None).lower()}\n"
    (folder / "config").write_text("".join([bare, *lines]), encoding="utf-8")


def _link(target: Path, place: Path) -> None:
    if not target.exists():
        return
    try:
        place.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:  # Windows lets not everybody make symbolic links
        if target.is_dir():
            import _winapi

            _winapi.CreateJunction(str(target), str(place))  # type: ignore[attr-defined,unused-ignore]
        else:
            shutil.copy2(target, place)


def _remove(folder: Path) -> None:
    """Links first, each by itself: what they lead to is the repository's."""
    for place in folder.iterdir():
        if place.is_symlink():
            place.unlink()
        elif place.is_dir() and place.name in _SHARED:
            place.rmdir()  # a junction
    shutil.rmtree(folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    """Without variables that lead git elsewhere, as those of a hook inside which this may run."""
    kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_" or name in _KEPT_VARIABLES}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"}


def feeding(process: subprocess.Popen[bytes], given: bytes) -> threading.Thread:
    """Write to git's input beside the reading of its output: each may be more than a pipe holds."""

    def feed() -> None:
        assert process.stdin is not None
        with contextlib.suppress(OSError), process.stdin:  # git may end before it has read all
            process.stdin.write(given)

    writing = threading.Thread(target=feed, name="nbtrack-git-input", daemon=True)
    writing.start()
    return writing


def _read(process: subprocess.Popen[bytes], most: int) -> bytes:
    """At most so many bytes of what git writes."""
    assert isinstance(process.stdout, io.BufferedReader)
    parts: list[bytes] = []
    while most and (part := process.stdout.read1(min(most, 1 << 20))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group: a filter that git started would go on, and keep its end of the pipe."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
