"""What has a copy done, what could it not do, and how is it said?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """`made`, `completed` and `alike` are runs; `repeats` are points that were twice in the source and are once now.

    `remarks` say what the kind of store changes; `left_out` is what the target cannot hold, `differences` what the check at the end found; both name run and thing.
    """

    experiments: int = 0
    made: int = 0
    completed: int = 0
    alike: int = 0
    points: int = 0
    files: int = 0
    size: int = 0
    models: int = 0
    repeats: int = 0
    remarks: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not self.left_out and not self.differences

    def lines(self) -> Iterator[str]:
        """The outcome first, then what a person has to look at."""
        runs = self.made + self.completed + self.alike
        parts = [
            f"{self.made:,} copied",
            *([f"{self.completed:,} completed"] if self.completed else []),
            *([f"{self.alike:,} there already"] if self.alike else []),
        ]
        models = f", {_count(self.models, 'logged model')}" if self.models else ""
        yield (
            f"{_count(runs, 'run')} ({', '.join(parts)}) in {_count(self.experiments, 'experiment')}: "
            f"{_count(self.points, 'point')}, {_count(self.files, 'artifact')} ({_size(self.size)}){models}."
        )
        if self.repeats:
            yield f"{_count(self.repeats, 'point')} stood there more than once and {_be(self.repeats)} kept once."
        yield from (f"note: {line}" for line in self.remarks)
        yield from (f"not copied: {line}" for line in self.left_out)
        yield from (f"differs: {line}" for line in self.differences)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
