"""What do objects of a repository hold? Read one after the other, so that memory holds one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbtrack.errors import StoreError
from nbtrack.git.command import Git, feeding


@dataclass(frozen=True, slots=True)
class Blob:
    """The content of a file: `size` is in bytes."""

    id: str
    size: int


def find_blobs(git: Git, places: Iterable[str], variables: Mapping[str, str] | None = None) -> dict[str, Blob]:
    """By place (`COMMIT:path`, or `:path` for the index). What is missing or no file is left out.

    Raises StoreError where git fails or takes too long: what was not read is not taken for missing.
    """
    asked = list(dict.fromkeys(place for place in places if "\n" not in place))
    if not asked:
        return {}
    given = "".join(f"{place}\n" for place in asked).encode("utf-8", "surrogateescape")
    words = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)")
    said = git.text(*words, given=given, variables=variables, seconds=60.0 + len(asked) / 1000)
    if said is None:
        raise _unreadable(git)
    found = {}
    for place, line in zip(asked, said.split("\n"), strict=False):
        answer = line.split(" ")
        if len(answer) == 3 and answer[1] == "blob":
            found[place] = Blob(answer[0], int(answer[2]))
    return found


def read_blobs(git: Git, ids: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """Id and content of each blob, in order; None for one that is missing or damaged.

    Raises StoreError where git does not answer in time.
    """
    left = list(dict.fromkeys(ids))
    while left:
        answered = 0
        for name, content in _answers(git, left):
            answered += 1
            yield name, content
        if answered < len(left):  # git ends at an object that is damaged
            yield left[answered], None
        left = left[answered + 1 :]


def _answers(git: Git, ids: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """Up to the first damaged object."""
    try:
        with git.started(("cat-file", "--batch")) as (process, watchdog):
            assert process.stdout is not None
            feeding(process, "".join(f"{name}\n" for name in ids).encode())
            for name in ids:
                watchdog.asked()
                words = process.stdout.readline().decode("ascii", "replace").split()
                size = int(words[2]) if len(words) == 3 else -1
                content = process.stdout.read(size + 1)[:-1] if size >= 0 else None
                if watchdog.has_killed:
                    raise _unreadable(git)
                if not words or (content is not None and len(content) < size):
                    return
                watchdog.answered()
                yield name, content
    except OSError as error:
        raise _unreadable(git) from error


def _unreadable(git: Git) -> StoreError:
    root = git.repository.root
    return StoreError(f"git could not read objects of '{root}', or took too long. Try `git -C '{root}' fsck`.")
