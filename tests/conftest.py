"""What do tests of several rooms share?"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.fixture(scope="session")
def unpack() -> Callable[[str, Path], Path]:
    """`unpack("02", folder)` unpacks one of tests/samples by the start of its name; returns where it lies."""

    def unpack_sample(start: str, into: Path) -> Path:
        (packed,) = (TESTS / "samples").glob(f"{start}*.tar.gz")
        with tarfile.open(packed) as archive:
            archive.extractall(into, filter="data")
        return into / packed.name.removesuffix(".tar.gz")

    return unpack_sample


@pytest.fixture
def sample(unpack: Callable[[str, Path], Path], tmp_path: Path) -> Callable[[str], Path]:
    """`sample("02")` unpacks a sample for this test alone; returns its folder."""
    return lambda start: unpack(start, tmp_path / "samples")


def mlflow_python(major: int) -> str:
    """The interpreter that has the real MLflow of this major version. It must be there: `make test` makes it."""
    given = os.environ.get(f"NBTRACK_MLFLOW{major}_PYTHON")
    path = Path(given) if given else TESTS.parent / ".venvs" / f"mlflow{major}" / "bin" / "python"
    assert path.exists(), f"{path} is missing: the interop tests need a real MLflow {major}. Run make test."
    return str(path)


@pytest.fixture(scope="session")
def mlflow3() -> str:
    return mlflow_python(3)


@pytest.fixture(scope="session")
def mlflow2() -> str:
    return mlflow_python(2)
