"""What does a repository hold, read from git's objects without touching the work tree?

A repository may be a stranger's: nothing that its configuration names (monitors, external diffs, signature checks,
text conversions) is run.
"""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbtrack.errors import NotAStoreError, StoreError

LARGEST = 64 << 20  # bytes of one file that is read
_QUIET = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.quotePath=false")


@dataclass(frozen=True, slots=True)
class Commit:
    """`time` is the committer's, in ms; `ref` is a branch or tag that it is reached from; `changed` are the paths that
    were asked for and differ from every parent's."""

    id: str
    author: str
    time: int
    ref: str
    subject: str
    body: str
    changed: tuple[str, ...]


class Repository:
    """The git repository that holds `folder`. Raises NotAStoreError where there is none."""

    def __init__(self, folder: Path) -> None:
        said = _git(folder, ["rev-parse", "--git-dir"])
        if said is None:
            raise NotAStoreError(
                f"There is no git repository at '{folder}'. Name a folder inside one after git+, and look that git is "
                "installed and may read it (`git -C FOLDER status`)."
            )
        top = _git(folder, ["rev-parse", "--show-toplevel"])  # a bare repository has none
        self.root = Path((top or b"").decode(errors="surrogateescape").strip() or folder)

    def state(self) -> bytes:
        """Whatever moves when a commit becomes reachable: all refs, and HEAD."""
        return b"".join(
            _git(self.root, words) or b""
            for words in (["for-each-ref", "--format=%(objectname) %(refname)"], ["rev-parse", "HEAD"])
        )

    def commits(self, paths: Sequence[str]) -> list[Commit]:
        """Those of all branches and tags that changed one of the pathspecs, newest first. No commit is left out because
        a merge took the other side."""
        mark = secrets.token_hex(8)  # a message may hold any character, and cannot guess this
        shown = mark.join(["", "%H", "%an", "%ct", "%S", "%s", "%b", ""])
        first = (_git(self.root, ["symbolic-ref", "-q", "HEAD"]) or b"HEAD").decode().strip()
        if _git(self.root, ["rev-parse", "-q", "--verify", f"{first}^{{commit}}"]) is None:
            first = "--all"  # nothing committed on this branch yet
        words = ["log", "-z", "--full-history", "--source", "-c", "--name-only", f"--format={shown}", first]
        said = _git(self.root, [*words, "--branches", "--remotes", "--tags", "--", *paths])
        if said is None:
            raise StoreError(f"git could not read the history of '{self.root}'. Try `git -C {self.root} log`.")
        return list(_parsed(said, mark.encode()))

    def read(self, places: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """By place (`COMMIT:path`): the object's id and its bytes. What is missing, no file or too large is left out.

        An object named by several places is read once."""
        asked = list(dict.fromkeys(place for place in places if "\n" not in place))
        said = self._batch("--batch-check=%(objectname) %(objecttype) %(objectsize)", asked)
        known: dict[str, str] = {}
        for place, line in zip(asked, said.decode(errors="replace").splitlines(), strict=True):
            words = line.split(" ")
            if len(words) == 3 and words[1] == "blob" and int(words[2]) <= LARGEST:
                known[place] = words[0]
        blobs = dict(_blobs(self._batch("--batch", list(dict.fromkeys(known.values())))))
        return {place: (name, blobs[name]) for place, name in known.items() if name in blobs}

    def patch(self, commit: str) -> bytes:
        """What the commit changed, against its first parent."""
        words = ["show", "--format=", "--patch", "--first-parent", "--no-ext-diff", "--no-textconv", "--no-color"]
        return _git(self.root, [*words, commit, "--"]) or b""

    def _batch(self, how: str, lines: Sequence[str]) -> bytes:
        if not lines:
            return b""
        given = "".join(f"{line}\n" for line in lines).encode(errors="surrogateescape")
        said = _git(self.root, ["cat-file", how], given)
        if said is None:
            raise StoreError(f"git could not read objects of '{self.root}'. Try `git -C {self.root} fsck`.")
        return said


def _parsed(said: bytes, mark: bytes) -> Iterable[Commit]:
    parts = said.split(mark)[1:]
    for at in range(0, len(parts), 7):
        words = [part.decode(errors="replace") for part in parts[at : at + 6]]
        changed = tuple(
            name for name in parts[at + 6].decode(errors="surrogateescape").strip("\n\0").split("\0") if name
        )
        commit, author, time, ref, subject, body = words
        yield Commit(commit, author, int(time) * 1000, ref, subject, body.strip(), changed)


def _blobs(said: bytes) -> Iterable[tuple[str, bytes]]:
    at = 0
    while at < len(said):
        end = said.index(b"\n", at)
        name, kind, size = said[at:end].decode().split(" ")
        start = end + 1
        at = start + int(size) + 1
        if kind == "blob":
            yield name, said[start : at - 1]


def _git(folder: Path, words: Sequence[str], given: bytes = b"") -> bytes | None:
    command = ["git", "--no-optional-locks", "--no-pager", "-C", str(folder), *_QUIET, *words]
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
