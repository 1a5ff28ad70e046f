"""Is a weakness known in what nbtrack depends on, in either language? Asks the advisory services of PyPI and npm.

Ends with 1 where one is known, and with 3 where a service did not answer: then nothing is known, which is not "none".
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOUND, UNANSWERED = 1, 3


def asked(command: Sequence[str]) -> tuple[dict[str, Any] | None, str]:
    """The JSON that a tool printed, if it did, and the last line of what it said beside."""
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT)
    said = [line for line in done.stderr.splitlines() if line.strip() and "log of this run" not in line]
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else None, said[-1] if said else ""


def python_packages() -> int:
    options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    found, said = asked(["-m", "pip_audit", "--requirement", "constraints.txt", *options])
    packages = (found or {}).get("dependencies", [])
    answered = [each for each in packages if "vulns" in each]
    if not answered:
        reason = f"it knew none of {len(packages)} packages" if packages else said
        print(f"Python: NOT AUDITED. PyPI's advisory service did not answer ({reason}).")
        return UNANSWERED
    for each in answered:
        for weakness in each["vulns"]:
            fixed = ", ".join(weakness["fix_versions"]) or "no version yet"
            print(f"Python: {each['name']} {each['version']}: {weakness['id']}, mended in {fixed}")
    print(f"Python: {len(answered)} of {len(packages)} packages audited.")
    if len(answered) < len(packages):
        print("  not known there: " + ", ".join(each["name"] for each in packages if "vulns" not in each))
    return FOUND if any(each["vulns"] for each in answered) else 0


def javascript_packages() -> int:
    found, said = asked(["scripts/node.py", "npm", "audit", "--omit=dev", "--json"])
    counts = (found or {}).get("metadata", {}).get("vulnerabilities")
    if counts is None:
        print(f"JavaScript: NOT AUDITED. npm's advisory service did not answer ({said}).")
        return UNANSWERED
    for name, weak in found.get("vulnerabilities", {}).items() if found else ():
        print(f"JavaScript: {name} {weak['range']}: {weak['severity']}")
    print(f"JavaScript: {counts['total']} weaknesses known in what is bundled.")
    return FOUND if counts["total"] else 0


def main() -> int:
    codes = {python_packages(), javascript_packages()}
    return FOUND if FOUND in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
