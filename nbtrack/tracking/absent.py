"""What of MLflow is not here, and what does its caller do instead? Said where the name is asked for."""

from __future__ import annotations

from collections.abc import Iterable

ON_MLFLOW = (
    "MLflow does it on the same folder: `import mlflow; mlflow.set_tracking_uri('nbtrack:///absolute/path/to/mlruns')`."
)
ELSEWHERE = (
    "Give MLflow a database or a server for it: `import mlflow; mlflow.set_tracking_uri('sqlite:///mlflow.db')`."
)
_INSTEAD: dict[str, Iterable[str]] = {
    "nbtrack keeps models among the files of a run, at 'runs:/ID/name', and search_runs finds the run. " + ON_MLFLOW: (
        "search_logged_models get_logged_model create_logged_model create_external_model initialize_logged_model "
        "finalize_logged_model delete_logged_model last_logged_model log_model_params set_logged_model_tags "
        "set_logged_model_tag delete_logged_model_tag log_outputs set_active_model get_active_model_id "
        "clear_active_model list_logged_model_artifacts"
    ).split(),
    "nbtrack has no model registry: load a model by 'runs:/ID/name'. " + ELSEWHERE: (
        "register_model create_registered_model search_registered_models get_registered_model "
        "update_registered_model delete_registered_model rename_registered_model set_registered_model_alias "
        "delete_registered_model_alias set_registered_model_tag create_model_version search_model_versions "
        "get_model_version get_latest_versions get_model_version_by_alias update_model_version delete_model_version "
        "set_model_version_tag transition_model_version_stage copy_model_version set_registry_uri get_registry_uri"
    ).split(),
    "nbtrack keeps no traces. " + ELSEWHERE: (
        "trace start_span start_span_no_context get_trace search_traces get_current_active_span "
        "get_last_active_trace_id update_current_trace log_trace delete_traces set_trace_tag delete_trace_tag "
        "log_feedback log_expectation log_assessment tracing genai openai langchain anthropic register_prompt "
        "load_prompt search_prompts"
    ).split(),
    "nbtrack evaluates nothing by itself: log what you compute with log_metrics and log_table. "
    + ON_MLFLOW: "evaluate validate_evaluation_results make_metric EvaluationMetric MetricThreshold".split(),
    "A script is tracked by `nbtrack run script.py`. " + ON_MLFLOW: "run projects".split(),
}
_WHY = {name: why for why, names in _INSTEAD.items() for name in names}


def absent(owner: str, name: str) -> str:
    """The words of an AttributeError."""
    plain = f"{owner} has no attribute '{name}'"
    return f"{plain}. {_WHY[name]}" if name in _WHY else plain
