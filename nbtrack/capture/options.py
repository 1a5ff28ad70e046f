"""What is captured of a cell? Each item has its own switch, and costs what is written beside it.

    nbtrack.capture.options.snapshot = False

The times are those of an idle laptop, for a short cell in a session of ordinary size. "Beside" means that a thread does
it while the cell runs. Environment variables are never captured, nor values of names that look like secrets.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Options:
    """Everything is on but `session`. `--no-capture` switches all of it off for one cell."""

    source: bool = True
    """The cell as written, `cell.py`: 0.3 ms."""
    inputs: bool = True
    """Earlier inputs that the cell depends on, `inputs.json`: 0.1–1 ms, beside."""
    session: bool = False
    """Every earlier input of the session instead, in order; `%%track --session` for one cell."""
    values: bool = True
    """Literals and scalars it reads as params, numbers it computes as metrics: 0.1–0.6 ms."""
    output: bool = True
    """What it prints, `output.txt`, up to 1 MB: 1 µs a line."""
    printed: bool = True
    """Metrics in printed lines that name an epoch or a step: 10 µs such a line."""
    displays: bool = True
    """Figures, tables and HTML it displays: 0.1–0.4 ms each."""
    git: bool = True
    """Commit, branch, remote: 2–8 ms, beside."""
    snapshot: bool = True
    """A commit of the work tree as it was before the cell: 14–126 ms, beside. A cell that writes into the
    repository in its very first moments waits until the snapshot has read the files."""
    packages: bool = True
    """Names and versions of what is installed, `requirements.txt`: 0.5 ms, beside."""
    data: bool = True
    """Sampled fingerprints of the tables and arrays it reads: 1–4 ms each."""
    system: bool = True
    """CPU, memory, disk and NVIDIA GPU as `system/*` metrics, for cells over 5 seconds: 0.5 ms every 5 seconds."""


options = Options()
