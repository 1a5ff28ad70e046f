"""What has a copy done, and what could it not do?"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """`made`, `completed` and `alike` are runs; `repeats` are points that were twice in the source and are once now.

    `remarks` say what the kind of store changes, `left_out` what the target cannot hold, `differences` what the check
    at the end found; all name the run and the thing. `left_at` are the addresses of artifacts that stay where they are.
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
    left_at: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not self.left_out and not self.differences
