"""Which files are a person's work, and which are secrets, caches, environments and what a tracker keeps?"""

from __future__ import annotations

from pathlib import PurePosixPath

from nbtrack.capture.secrets import looks_secret

_FOLDERS = frozenset("mlruns mlartifacts .ipynb_checkpoints __pycache__ node_modules .venv venv site-packages".split())
_SECRET_ENDINGS = frozenset({".pem", ".key", ".p12", ".pfx", ".env", ".netrc", ".keystore", ".jks", ".ppk", ".kdbx"})


def is_ordinary(path: str) -> bool:
    """Neither by its name nor by its folders a secret, a cache or an environment. `path` is relative, with `/`."""
    return not names_secret(path) and not lies_aside(path)


def names_secret(path: str) -> bool:
    """`server.pem`, `prod.env`, `id_rsa`, `credentials.json`, and what lies in a folder of such a name."""
    parts = PurePosixPath(path).parts
    name = parts[-1].lower()
    secret = any(name.endswith(ending) for ending in _SECRET_ENDINGS) or ".env" in name or name.startswith("id_")
    return secret or any(looks_secret(part) for part in parts)


def lies_aside(path: str) -> bool:
    """Does it lie in a cache, an environment or a tracker's folder?"""
    return any(part in _FOLDERS for part in PurePosixPath(path).parts)
