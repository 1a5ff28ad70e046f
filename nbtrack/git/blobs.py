"""What do objects of a repository hold? Read one after the other, so that memory holds one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nbtrack.git.command import Git, feeding


@dataclass(frozen=True, slots=True)
class Blob:
    """The content of a file: `size` is in bytes."""

    id: str
    size: int


def find_blobs(git: Git, places: Iterable[str], variables: Mapping[str, str] | None = None) -> dict[str, Blob]:
    """By place (`COMMIT:path`, or `:path` for the index). What is missing or no file is left out."""
    asked = list(dict.fromkeys(place for place in places if "\n" not in place))
    if not asked:
        return {}
    given = "".join(f"{place}\n" for place in asked).encode("utf-8", "surrogateescape")
    words = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)")
    said = git.text(*words, given=given, variables=variables) or ""
    found = {}
    for place, line in zip(asked, said.split("\n"), strict=False):
        answer = line.split(" ")
        if len(answer) == 3 and answer[1] == "blob":
            found[place] = Blob(answer[0], int(answer[2]))
    return found


def read_blobs(git: Git, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Id and content of each blob, in order, up to the first that git cannot read."""
    asked = list(dict.fromkeys(ids))
    if not asked:
        return
    try:
        with git.started(("cat-file", "--batch")) as (process, watchdog):
            assert process.stdout is not None
            feeding(process, "".join(f"{name}\n" for name in asked).encode())
            while heading := process.stdout.readline():
                words = heading.decode("ascii", "replace").split()
                if len(words) != 3:  # "ID missing"
                    continue
                content = process.stdout.read(int(words[2]) + 1)[:-1]
                if len(content) != int(words[2]):
                    return
                watchdog.answered()
                yield words[0], content
                watchdog.asked()
    except OSError:
        return
