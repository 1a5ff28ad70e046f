"""How does a test get a kernel of an older ipykernel? The same environment, with that ipykernel first on the path."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEWEST = version("ipykernel")
OLDER = [line.partition("==")[2] for line in (ROOT / "tests/kernels.txt").read_text().split() if "==" in line]
VERSIONS = [*OLDER, NEWEST]


def write_spec(kernels: Path, ipykernel: str) -> str:
    """A kernel specification in the folder `kernels`. Gives its name."""
    paths = [str(ROOT)]
    if ipykernel != NEWEST:
        alone = ROOT / ".venvs" / "ipykernel" / ipykernel
        assert (alone / "ipykernel").is_dir(), f"{alone} is missing: ipykernel {ipykernel} is tested. Run make test."
        paths.insert(0, str(alone))
    name = f"ipykernel-{ipykernel}"
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"ipykernel {ipykernel}",
        "language": "python",
        "env": {"PYTHONPATH": ":".join(paths), "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
    }
    (kernels / name).mkdir(parents=True, exist_ok=True)
    (kernels / name / "kernel.json").write_text(json.dumps(spec))
    return name
