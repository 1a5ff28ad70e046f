"""Which files does a program write, so that nobody wants to read their changes first?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

_FOLDERS = frozenset(
    {
        "mlruns", "mlartifacts", "wandb", "lightning_logs", "tb_logs", "catboost_info", "outputs", "multirun",
        "__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache", "htmlcov",
        "node_modules", "vendor", "dist", "build", ".venv", "venv", ".tox", ".eggs", "__snapshots__",
    }
)  # fmt: skip
_NAMES = frozenset(
    {
        "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "poetry.lock", "pdm.lock", "uv.lock",
        "pipfile.lock", "cargo.lock", "conda-lock.yml", "pixi.lock", "gemfile.lock", "composer.lock", "go.sum",
        "flake.lock", "dvc.lock", ".ds_store", "mlflow.db",
    }
)  # fmt: skip
_ENDINGS = (".pyc", ".min.js", ".min.css", ".map", ".log", ".out", ".tfevents", "_pb2.py", "_pb2_grpc.py", ".db-wal")


def is_generated(path: str) -> bool:
    """By its name and the names of its folders; `path` is one of git."""
    parts = PurePosixPath(path.lower()).parts
    return (
        not _FOLDERS.isdisjoint(parts[:-1])
        or any(part.endswith(".egg-info") for part in parts)
        or (bool(parts) and (parts[-1] in _NAMES or parts[-1].endswith(_ENDINGS) or ".tfevents." in parts[-1]))
    )


def is_below(file: Path, folders: Iterable[Path]) -> bool:
    return any(file.is_relative_to(folder) for folder in folders)
