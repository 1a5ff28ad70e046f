from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nbtrack

HEAVY = {"pandas", "plotly", "anywidget", "IPython", "yaml", "ipywidgets", "matplotlib", "PIL", "traitlets"}


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_nbtrack_loads_the_standard_library_and_numpy_at_most() -> None:
    code = "import sys; before = set(sys.modules); import nbtrack; print(*(set(sys.modules) - before))"
    loaded = {name.split(".")[0] for name in python(code).split()}
    assert loaded - set(sys.stdlib_module_names) <= {"nbtrack", "numpy"}


def test_logging_numbers_loads_nothing_heavy(tmp_path: Path) -> None:
    code = f"""
import sys, nbtrack as mlflow
mlflow.set_tracking_uri({str(tmp_path / "mlruns")!r})
with mlflow.start_run():
    mlflow.log_metric("loss", 0.5, step=1)
    mlflow.log_params({{"lr": 0.1}})
    mlflow.log_text("x", "x.txt")
print(*sorted({{name.split(".")[0] for name in sys.modules}}))
"""
    loaded = set(python(code).split())
    # The store reads and writes MLflow's YAML.
    assert (loaded & HEAVY) <= {"yaml"}


def test_every_public_name_is_sorted_and_known_to_type_checkers() -> None:
    tree = ast.parse(Path(nbtrack.__file__).read_text())
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    declared = {
        alias.asname or alias.name for node in checked.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    lazy = {*nbtrack._HOME, *nbtrack._MODULES}
    assert not nbtrack._HOME.keys() & nbtrack._MODULES
    assert declared == lazy
    assert set(nbtrack.__all__) <= lazy
    assert nbtrack.__all__ == sorted(nbtrack.__all__)
    assert lazy | {"last_run"} <= set(dir(nbtrack))


def test_importing_everything_by_a_star_hides_no_library_and_no_name_of_a_persons_own() -> None:
    code = """
sklearn, data = "theirs", "mine"
from nbtrack import *
print(sklearn, data, start_run.__name__, "client" in globals(), "last_run" in globals())
"""
    assert python(code).split() == ["theirs", "mine", "start_run", "False", "False"]


def test_every_tracking_name_resolves() -> None:
    homes = {**nbtrack._HOME, **{name: f"nbtrack.{name}" for name in nbtrack._MODULES - {"figures"}}}
    for name, module in homes.items():
        if not module.startswith(("nbtrack.dashboard", "nbtrack.magics")):
            assert getattr(nbtrack, name) is not None


def test_an_unknown_name_is_an_attribute_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="'nbtrack' has no attribute 'no_such_name'"):
        _ = nbtrack.no_such_name


def test_what_of_mlflow_is_not_here_says_where_it_is_done(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match=r"'search_logged_models'\. .*search_runs.*set_tracking_uri\('nbtrack:///"):
        _ = nbtrack.search_logged_models
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    with pytest.raises(AttributeError, match=r"MlflowClient .*'create_model_version'\. .*no model registry"):
        _ = client.create_model_version
    with pytest.raises(AttributeError, match=r"MlflowClient has no attribute 'no_such_name'$"):
        _ = client.no_such_name
    with pytest.raises(ValueError, match="names a registered model, and nbtrack has no registry"):
        nbtrack.pyfunc.load_model("models:/digits/1")


def test_importing_a_room_does_not_hide_the_public_name_it_shares() -> None:
    code = "import types, nbtrack; nbtrack.dashboard = types.ModuleType('d'); print('dashboard' in vars(nbtrack))"
    assert python(code).strip() == "False"
