"""How are names that no store takes changed so that they can be kept?

Metrics and params that a person writes by hand are refused under such a name, as in MLflow. Names that come from
elsewhere (a fit, a dict of results, another tool's run) are changed by one rule:

- `@` becomes `_at_`, as in MLflow's autolog; any other character that a key cannot hold becomes `_`, and so does a
  part that is empty, `.` or `..`. What is too long is cut.
- A name that is taken then gets `_2`, `_3`, …: `a#b` beside `a_b` is `a_b_2`.
- `loss` beside `loss/train` would be a file and a folder at once: `loss` is kept as `loss_`. Where `loss` was written
  first, the later one is `loss_/train`.

The originals stand in the tag `nbtrack.original_names`, as JSON: `{"metrics": {"F1 _macro_": "F1 (macro)"}}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from nbtrack.stores.names import LONGEST_KEY, is_new_key

ORIGINAL_NAMES = "nbtrack.original_names"
LONGEST_NOTE = 5000  # characters that every MLflow keeps of a tag
LONGEST_PART = 250  # bytes of a file's name, below what every file system takes
_FORBIDDEN = re.compile(r"[^/\w.\- :]")


def storable(name: str) -> str:
    """`name` with nothing in it that a key cannot hold."""
    if is_new_key(name) and name != "." and _fits(name):
        return name
    changed = _FORBIDDEN.sub("_", name.replace("@", "_at_"))
    return _cut("/".join(_part(part) for part in changed.split("/")))


def _part(part: str) -> str:
    """No part is empty or `.`, and none begins with `..`."""
    return f"__{part[2:]}" if part.startswith("..") else "_" if part in ("", ".") else part


def _fits(name: str) -> bool:
    return name.isascii() or all(len(part.encode()) <= LONGEST_PART for part in name.split("/"))


def _cut(name: str, ending: str = "") -> str:
    """At most as long as a key may be, `ending` included."""
    most = LONGEST_KEY - len(ending)
    kept = name if len(name) <= most else name[:most].rstrip("/.")
    if not kept.isascii():
        room = LONGEST_PART - len(ending)
        kept = "/".join(part.encode()[:room].decode(errors="ignore") for part in kept.split("/"))
    return kept + ending


def _folders(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


class StorableNames:
    """The names of one run's metrics, or of its params. The same original has the same name each time.

    `taken` are names that the run has already, `renamed` what was changed of them before, as `original_names` reads it:
    original by name.
    """

    def __init__(self, taken: Iterable[str] = (), renamed: Mapping[str, str] | None = None) -> None:
        self.renamed: dict[str, str] = dict(renamed or {})
        self._name: dict[str, str] = {}  # by original
        self._folders: set[str] = set()
        self._used: set[str] = set()
        for name in taken:
            self._take(self.renamed.get(name, name), name)
        for name, original in self.renamed.items():
            self._take(original, name)

    def of(self, original: str) -> str:
        """The name under which `original` is kept."""
        name = self._name.get(original)
        if name is None:
            name = self._free(storable(original))
            self._take(original, name)
            if name != original:
                self.renamed[name] = original
        return name

    def of_all(self, originals: Iterable[str]) -> dict[str, str]:
        """The same for names that come together: those that need no change keep theirs, whatever their order."""
        wanted = list(dict.fromkeys(originals))
        folders = {folder for name in wanted for folder in _folders(storable(name))}
        for each in sorted(wanted, key=lambda name: (storable(name) != name, name in folders)):
            self.of(each)
        return {each: self._name[each] for each in wanted}

    def _take(self, original: str, name: str) -> None:
        self._name[original] = name
        self._used.add(name)
        self._folders.update(_folders(name))

    def _free(self, name: str) -> str:
        above = ""
        for part in name.split("/")[:-1]:
            above = f"{above}/{part}" if above else part
            longer = above
            while longer in self._used:
                longer += "_"
            if longer != above:
                name, above = longer + name[len(above) :], longer
        name = _cut(name)
        while name in self._folders:
            name = _cut(name, "_")
        count, plain = 1, name
        while name in self._used or name in self._folders:
            count += 1
            name = _cut(plain, f"_{count}")
        return name


def names_note(**names: StorableNames) -> dict[str, str]:
    """The tag that has the originals; empty where nothing was changed. `names` by "metrics" and "params". Of more than
    a tag can hold the first are kept."""
    note: dict[str, dict[str, str]] = {}
    text = ""
    for kind, each in names.items():
        for name, original in each.renamed.items():
            note.setdefault(kind, {})[name] = original
            longer = json.dumps(note, ensure_ascii=False)
            if len(longer) > LONGEST_NOTE:
                return {ORIGINAL_NAMES: text} if text else {}
            text = longer
    return {ORIGINAL_NAMES: text} if text else {}


def original_names(tags: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What `names_note` wrote: by kind the original of each changed name."""
    try:
        note = json.loads(tags.get(ORIGINAL_NAMES, "{}"))
        return {str(kind): {str(name): str(original) for name, original in each.items()} for kind, each in note.items()}
    except (ValueError, AttributeError):
        return {}
