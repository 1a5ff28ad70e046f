"""How do tests use git, without the settings of whoever runs them?"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def git(folder: Path, *words: str, given: str | None = None) -> str:
    """What git says of `words` in `folder`; commits are a person's of no account here. `given` goes to its stdin."""
    who = {f"GIT_{role}_{what}": "A Person" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    alone = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, env=alone, text=True, input=given).stdout
