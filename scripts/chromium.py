"""Which Chromium or Chrome do the browser tests drive? Prints its path; with --install, installs one if there is none.

NBTRACK_CHROMIUM, else what PATH has, else what playwright has downloaded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
HELP = """No Chromium was found and none could be installed. Do one of these, then run make again:
  apt-get install chromium                     (Debian; as root)
  .venv/bin/python -m playwright install --with-deps chromium
  export NBTRACK_CHROMIUM=/path/to/chrome"""


def find() -> str | None:
    named = os.environ.get("NBTRACK_CHROMIUM")
    if named:
        if not shutil.which(named):
            sys.exit(f"NBTRACK_CHROMIUM is '{named}', which is no program. Correct it or unset it.")
        return shutil.which(named)
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or (MAC if Path(MAC).exists() else downloaded())


def downloaded() -> str | None:
    """Playwright's own Chromium, if it was downloaded and starts (its shared libraries may be missing)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    starts = Path(path).exists() and subprocess.run([path, "--version"], capture_output=True).returncode == 0
    return path if starts else None


def as_root() -> list[str] | None:
    """What to put before a command to run it as root; None where that is impossible without a password."""
    if os.geteuid() == 0:
        return []
    free = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n"] if free else None


def install() -> None:
    root = as_root()
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if root is not None:
        attempts.insert(0, [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"])
        if shutil.which("apt-get"):
            subprocess.run([*root, "apt-get", "update", "-qq"], stdout=sys.stderr)
            attempts.insert(0, [*root, "apt-get", "install", "-y", "-qq", "chromium"])
    for words in attempts:
        print(f"No Chromium here: {' '.join(words)}", file=sys.stderr)
        subprocess.run(words, stdout=sys.stderr)
        if find():
            return


if __name__ == "__main__":
    if "--install" in sys.argv and not find():
        install()
    print(find() or sys.exit(HELP))
