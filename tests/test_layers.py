"""No room imports from beside or above it; the table is the plan of the house."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent / "nbtrack"

LAYER = {
    "errors": 0, "entities": 0, "ahead": 0, "error_codes": 0, "absent": 0, "format_rules": 0,
    "formats": 0.5, "column_formats": 0.6,
    "frame": 1, "query": 1, "git": 1,
    "stores": 2,
    "tracking": 3, "capture": 3, "figures": 3,
    "autolog": 4, "magics": 4, "dashboard": 4, "interop": 4,
    "__init__": 6, "demo": 6,
    **dict.fromkeys(  # modules by MLflow's names, which hold what the layers below do
        "artifacts catboost client data exceptions keras keras_tuner lightgbm models optuna protos pyfunc pytorch ray "
        "sklearn statsmodels system_metrics tensorflow transformers types utils xgboost".split(), 5
    ),
    "cli": 7,
}  # fmt: skip
# `query` masks rows of a frame, `errors` is the root of all: these lie beside each other on purpose.
# A figure without a store given reads the one that tracking writes to.
# A tracked cell switches autolog on and off.
# A run says which process writes it, and is told how busy the machine is: `capture` knows both, and nothing of runs.
# Errors have MLflow's codes, and an entity refuses a name that it does not know.
BESIDE = {
    ("errors", "error_codes"),
    ("entities", "errors"),
    ("query", "frame"),
    ("figures", "tracking"),
    ("magics", "autolog"),
    ("tracking", "capture"),
}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" if node.module == "nbtrack" else node.module for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "nbtrack":
                found.add(parts[1] if len(parts) > 1 and parts[1] in LAYER else "__init__")
    return found


def test_every_file_imports_only_from_lower_layers() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        here = room(path)
        for there in imported_rooms(path):
            if there != here and (here, there) not in BESIDE and LAYER[there] >= LAYER[here]:
                wrong.append(f"{path.relative_to(ROOT)} imports {there}")
    assert wrong == []
