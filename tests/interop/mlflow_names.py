"""Which public names of MLflow's tracking API are here? Prints docs/mlflow-names.md.

    .venvs/both/bin/python -m tests.interop.mlflow_names > docs/mlflow-names.md

Needs an environment with nbtrack and MLflow. A name is the same where it takes what MLflow's takes and no difference of
behavior is known, differing where one is noted below or an argument or a method is missing, absent where asking for it
is an AttributeError; the words of that error stand beside it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from nbtrack.absent import why_absent

LIBRARIES = "sklearn xgboost lightgbm catboost statsmodels keras tensorflow pytorch transformers".split()
# Known differences of behavior, by MLflow's name.
NOTES = {
    "mlflow.ActiveRun": "starts nothing: made by `start_run`",
    "mlflow.autolog": "keeps no data sets, no examples of inputs and no traces; says so once where they are asked for",
    "mlflow.log_input": "`model` is ignored",
    "mlflow.log_inputs": "`models` is ignored",
    "mlflow.log_metric": "`model_id` is ignored; `synchronous` changes only what is returned",
    "mlflow.log_metrics": "`model_id` is ignored; `synchronous` changes only what is returned",
    "mlflow.MlflowException": "is `NbtrackError`, of which there are further kinds; no `sqlstate`, no `error_class`",
    "mlflow.exceptions.MlflowException": "is `NbtrackError`, of which there are further kinds; no `sqlstate`",
    "mlflow.exceptions.RestException": "is every error of a store, of a server or not",
    "mlflow.MlflowClient.log_metric": "the data set and the model are ignored",
    "mlflow.MlflowClient.log_inputs": "`models` is ignored",
    "mlflow.artifacts.list_artifacts": "of `runs:/ID` the files of the run, for which MLflow raises",
    "mlflow.data.get_source": "`load` fetches only files of this machine",
    "mlflow.models.infer_signature": "asks MLflow, where it is installed; else None, and a warning",
    "mlflow.models.ModelSignature": "is MLflow's class, where it is installed; else an ImportError that says so",
    "mlflow.models.get_model_info": "has no `signature_dict` and no registry's fields",
    "mlflow.pyfunc.load_model": "loads models of the libraries that `nbtrack.log_model` keeps; `params` are ignored",
    **{
        f"mlflow.{library}.{name}": note
        for library in LIBRARIES
        for name, note in (
            ("autolog", "an argument without effect is told once; see docs/capture.md"),
            ("log_model", "`run_id` and `signature` are heard; what else is given is ignored, a registry told of"),
            ("save_model", "`signature` is heard, what else is given is ignored"),
            ("load_model", "what else is given is ignored"),
        )
    },
}


def own(module: ModuleType) -> list[str]:
    """The public functions and classes that a module defines itself."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
    ]


def areas() -> Iterator[tuple[str, Any, Any, list[str]]]:
    """Title, MLflow's object, ours (None where there is none), and the names in it."""
    mlflow, ours = importlib.import_module("mlflow"), importlib.import_module("nbtrack")
    yield "mlflow", mlflow, ours, [*mlflow.__all__, "RunOperations"]
    client = mlflow.MlflowClient
    yield "mlflow.MlflowClient", client, ours.MlflowClient, [name for name in dir(client) if name[0] != "_"]
    for part, listed in (
        ("tracking", True), ("client", True), ("entities", True), ("data", True), ("models", True),
        ("artifacts", False), ("exceptions", False), ("pyfunc", False), ("system_metrics", False),
        *((name, False) for name in LIBRARIES),
    ):  # fmt: skip
        theirs = importlib.import_module(f"mlflow.{part}")
        listed = listed or (part in LIBRARIES and hasattr(theirs, "__all__"))
        names = [name for name in theirs.__all__ if name[0] != "_"] if listed else own(theirs)
        yield f"mlflow.{part}", theirs, importlib.import_module(f"nbtrack.{part}"), names


def difference(theirs: Any, ours: Any) -> str:
    """What is missing of a function's arguments, or of a class's public methods and properties."""
    if inspect.isclass(theirs) and inspect.isclass(ours):
        if theirs.__name__ == "MlflowClient":  # has a section of its own
            return ""
        wanted = [n for n in dir(theirs) if n[0] != "_" and n not in ("from_proto", "to_proto", "from_dictionary")]
        fields = {*dir(ours), *getattr(ours, "__annotations__", ())}
        lacking = [name for name in wanted if name not in fields and not hasattr(ours, name)]
        return "without " + ", ".join(f"`{name}`" for name in lacking) if lacking else ""
    try:
        wanted, given = inspect.signature(theirs).parameters, inspect.signature(ours).parameters
    except (TypeError, ValueError):
        return ""
    if any(each.kind is each.VAR_KEYWORD for each in given.values()):
        return ""
    lacking = [name for name, each in wanted.items() if name not in given and each.kind is not each.VAR_KEYWORD]
    return "without the argument " + ", ".join(f"`{name}`" for name in lacking) if lacking else ""


def table() -> dict[str, dict[str, tuple[str, str]]]:
    """By area and name: same, differing or absent, and what is to be said of it."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for title, theirs, ours, names in areas():
        rows = found[title] = {}
        for name in sorted(set(names)):
            here = getattr(ours, name, None) if name in dir(ours) or f"{title}.{name}" in NOTES else None
            if here is None:
                rows[name] = ("absent", why_absent(name) or "")
                continue
            said = [NOTES.get(f"{title}.{name}", ""), difference(getattr(theirs, name), here)]
            note = "; ".join(each for each in said if each)
            rows[name] = ("differing" if note else "same", note)
    return found


def page(found: dict[str, dict[str, tuple[str, str]]]) -> Iterator[str]:
    yield "# MLflow's names in nbtrack\n"
    yield (
        "Made by `python -m tests.interop.mlflow_names` from MLflow's tracking API, and checked by a test. *Same* "
        "takes what\nMLflow's takes. *Absent* is an AttributeError (a module: a ModuleNotFoundError) with these "
        "words.\n"
    )
    for title, rows in found.items():
        yield f"## {title}\n"
        same = [f"`{name}`" for name, (kind, _) in rows.items() if kind == "same"]
        if same:
            yield "Same: " + ", ".join(same) + ".\n"
        differing = [(name, note) for name, (kind, note) in rows.items() if kind == "differing"]
        if differing:
            yield "| differing | |\n|---|---|"
            yield from (f"| `{name}` | {note} |" for name, note in differing)
            yield ""
        reasons: dict[str, list[str]] = {}
        for name, (kind, why) in rows.items():
            if kind == "absent":
                reasons.setdefault(why, []).append(f"`{name}`")
        if reasons:
            yield "| absent | what the error says |\n|---|---|"
            yield from (f"| {', '.join(names)} | {why} |" for why, names in reasons.items())
            yield ""


def main() -> None:
    sys.stdout.write("\n".join(page(table())).rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
