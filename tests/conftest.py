"""What do tests of several rooms share?"""

from __future__ import annotations

import gzip
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.servers import PASSWORD, Forge, Server

TESTS = Path(__file__).parent

# How long one example takes says how busy the machine is; what must be fast is measured in tests/bench.
hypothesis.settings.register_profile("nbtrack", deadline=None)
hypothesis.settings.load_profile("nbtrack")


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What stores remember between processes goes there, also from the processes that tests start."""
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    os.environ["NBTRACK_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["NBTRACK_UNSENT_DIR"] = str(tmp_path_factory.mktemp("unsent"))


def mlflow_variables_as_before() -> Iterator[None]:
    """`set_experiment` sets MLFLOW_EXPERIMENT_ID for the children of its process: not for those of the tests after."""
    before = {name: value for name, value in os.environ.items() if name.startswith("MLFLOW_")}
    yield
    for name in [name for name in os.environ if name.startswith("MLFLOW_") and name not in before]:
        del os.environ[name]
    os.environ.update(before)


of_each_file = pytest.fixture(scope="module", autouse=True)(mlflow_variables_as_before)
of_each_test = pytest.fixture(autouse=True)(mlflow_variables_as_before)


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


def empty_database(major: int, folder: Path) -> Path:
    """A mlflow.db in `folder` as the real MLflow 2.22.5 or 3.17.2 makes it; making one takes it 10 s."""
    (packed,) = (TESTS / "samples").glob(f"empty_mlflow{major}*.db.gz")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mlflow.db"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


@pytest.fixture(scope="session")
def new_database() -> Callable[[int, Path], Path]:
    return empty_database


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


@pytest.fixture(scope="session")
def forge(mlflow3: str) -> Iterator[Forge]:
    """Starts servers of MLflow 3; the first takes as long as importing MLflow."""
    made = Forge(mlflow3)
    yield made
    made.close()


@pytest.fixture(scope="session")
def server3(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server of MLflow 3 for the whole session; `server3.empty()` before a test that counts what is there."""
    folder = tmp_path_factory.mktemp("server3")
    empty_database(3, folder)
    server = Server(forge, folder).start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def guarded3(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with MLflow's basic-auth app; its user `admin` has the password of `tests.servers`."""
    folder = tmp_path_factory.mktemp("guarded3")
    empty_database(3, folder)
    secrets = {"MLFLOW_FLASK_SERVER_SECRET_KEY": "for tests", "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD}
    server = Server(forge, folder, app="basic-auth", env=secrets).start()
    yield server
    server.kill()
