"""Write what Python and TypeScript share from the files of schema/. With --check only compare.

schema/directions.json becomes nbtrack/query/direction_names.py and js/src/query/direction_names.ts, schema/formats.json
nbtrack/format_rules.py and js/src/data/format_rules.ts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOTE = "Written by scripts/schema.py from schema/{name}."


def directions() -> dict[str, Any]:
    """Each phrase with its direction; one that two groups name must have the same in both."""
    schema = json.loads((ROOT / "schema/directions.json").read_text(encoding="utf-8"))
    phrases: dict[str, str] = {}
    for group in schema["groups"]:
        for way in ("min", "max", "void"):
            for phrase in group.get(way, ()):
                if phrases.setdefault(phrase, way) != way:
                    raise SystemExit(f"schema/directions.json: '{phrase}' is {phrases[phrase]} and {way}.")
    rest = ("final", "weak", "raising", "negations", "joins", "positions", "endings")
    return {"phrases": dict(sorted(phrases.items())), **{name: schema[name] for name in rest}}


def formats() -> dict[str, Any]:
    schema = json.loads((ROOT / "schema/formats.json").read_text(encoding="utf-8"))
    return {name: value for name, value in schema.items() if name != "about"}


def as_python(doc: str, constants: dict[str, Any]) -> str:
    lines = [f'"""{doc}"""', "", "from typing import Any", ""]
    lines += [f"{name.upper()}: Any = {json.dumps(value, ensure_ascii=False)}" for name, value in constants.items()]
    return "\n".join(lines) + "\n"


def as_typescript(doc: str, constants: dict[str, Any]) -> str:
    lines = [f"/** {doc} */", ""]
    for name, value in constants.items():
        lines.append(f"export const {name.upper()} = {json.dumps(value, ensure_ascii=False)} as const;")
    return "\n".join(lines) + "\n"


def outputs() -> dict[Path, str]:
    doc = f"The words of metrics' names that say which way is better. {NOTE.format(name='directions.json')}"
    limits = f"The limits of how numbers are written. {NOTE.format(name='formats.json')}"
    return {
        ROOT / "nbtrack/format_rules.py": as_python(limits, formats()),
        ROOT / "js/src/data/format_rules.ts": as_typescript(limits, formats()),
        ROOT / "nbtrack/query/direction_names.py": as_python(doc, directions()),
        ROOT / "js/src/query/direction_names.ts": as_typescript(doc, directions()),
    }


def main(check: bool) -> int:
    stale = [path for path, text in outputs().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is not what its schema says{': run scripts/schema.py' if check else ''}.")
        if not check:
            path.write_text(outputs()[path], encoding="utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
