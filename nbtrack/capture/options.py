"""What is captured of a cell? Each item has its own switch.

    nbtrack.capture.options.snapshot = False

What each costs is in docs/capture.md, as `python -m tests.bench.capture` measured it. "Beside" means that a thread does
it while the cell runs. Environment variables are never captured, nor values of names that look like secrets.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Options:
    """Everything is on but `session`. `--no-capture` switches all of it off for one cell."""

    source: bool = True
    """The cell as written, `cell.py`."""
    inputs: bool = True
    """Earlier inputs that the cell depends on, `inputs.json`, beside."""
    session: bool = False
    """Every earlier input of the session instead, in order, beside; `%%track --session` for one cell."""
    autolog: bool = True
    """Fits of the libraries that `nbtrack.autolog` knows, the first 200 of a cell."""
    values: bool = True
    """Literals and scalars it reads as params, numbers it computes as metrics."""
    masking: bool = True
    """Keys, tokens and passwords that are recognised in all kept texts stand as `[masked by nbtrack]`."""
    output: bool = True
    """What it prints, `output.txt`, up to 1 MB."""
    printed: bool = True
    """Metrics in printed lines that name an epoch or a step."""
    displays: bool = True
    """Figures, tables and HTML it displays."""
    written_files: bool = True
    """Files that it writes below the working folder, as artifacts by their relative path."""
    written_file_megabytes: float = 10
    """The largest such file that is kept; of larger ones size and hash are."""
    written_total_megabytes: float = 50
    """How much of them is kept of one cell."""
    git: bool = True
    """Commit, branch, remote, beside."""
    snapshot: bool = True
    """A commit of the work tree as it was before the cell, beside. A cell that writes into the repository in its very
    first moments waits until the snapshot has read the files."""
    packages: bool = True
    """Names and versions of what is installed, `requirements.txt`, beside."""
    data: bool = True
    """Sampled fingerprints of the tables and arrays it reads."""
    model_megabytes: float = 200
    """The largest model of a fit that is kept after `nbtrack.autolog()`."""
    model_seconds: float = 10
    """How long serializing one may take."""
    system: bool = True
    """CPU, memory, disk and NVIDIA GPU as `system/*` metrics, for cells over 5 seconds, beside."""


options = Options()
