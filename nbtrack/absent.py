"""What of MLflow is not here, and what does its caller do instead? Said where the name is asked for."""

from __future__ import annotations

import re

ON_MLFLOW = (
    "MLflow does it on the same folder: `import mlflow; mlflow.set_tracking_uri('nbtrack:///absolute/path/to/mlruns')`."
)
ELSEWHERE = (
    "Give MLflow a database or a server for it: `import mlflow; mlflow.set_tracking_uri('sqlite:///mlflow.db')`."
)
FLAVORS = frozenset(
    "ag2 agno anthropic autogen bedrock claude_code crewai diffusers dspy fastai gemini groq h2o haystack johnsnowlabs "
    "langchain litellm llama_index mistral onnx openai paddle pmdarima prophet promptflow pydantic_ai pyspark "
    "semantic_kernel sentence_transformers shap smolagents spacy spark strands".split()
)
# The first that matches a whole name.
_INSTEAD: tuple[tuple[str, str], ...] = (
    (
        r".*(trace|span|assessment|feedback|expectation|session|tracing|otel).*|log_issue|genai|Issue.*|Link|Document"
        r"|context|InferenceTableLocation|MlflowExperimentLocation|UCSchemaLocation|UnityCatalog",
        "nbtrack keeps no traces. " + ELSEWHERE,
    ),
    (r".*prompt.*", "nbtrack keeps no prompts. " + ELSEWHERE),
    (
        r".*(registered_model|model_version|registry|model_alias|latest_versions|mcp_).*|register_model|MCP.*",
        "nbtrack has no model registry: load a model by 'runs:/ID/name'. " + ELSEWHERE,
    ),
    (
        r".*(logged_model|external_model|active_model|model_params|model_artifacts?|LoggedModel).*|log_outputs"
        r"|import_checkpoints|ActiveModel|RunOutputs",
        "nbtrack keeps models among the files of a run, at 'runs:/ID/name', and search_runs finds the run. "
        + ON_MLFLOW,
    ),
    (
        r".*(workspace|webhook|gateway|budget|endpoint|guardrail).*|Webhook.*|Workspace.*|deployments|login"
        r"|ConnectOptionSettings|EntityAssociationType|Fallback(Config|Strategy)|RoutingStrategy",
        "This is a service of MLflow's server, which nbtrack has none of. " + ELSEWHERE,
    ),
    (
        r"(create|delete|get|search|set|add|remove|load)_(dataset|datasets|dataset_tags?|dataset_to_experiments"
        r"|dataset_from_experiments|delta)|from_(spark|huggingface|tensorflow)|.*(DatasetRecord).*",
        "nbtrack notes datasets of pandas, polars and numpy with log_input; of others, their name, digest and source: "
        "nbtrack.data.Dataset(name, digest, source). " + ON_MLFLOW,
    ),
    (
        r"evaluate|eval_and_log_metrics|validate_evaluation_results|make_metric|list_evaluators|metrics|evaluation"
        r"|Evaluation.*|MetricThreshold|ScorerVersion",
        "nbtrack evaluates nothing by itself: log what you compute with log_metrics and log_table. " + ON_MLFLOW,
    ),
    (r"mlflow.*callback", "autolog() gives a training its own callback: leave this one out. " + ON_MLFLOW),
    (r"run|projects|test|doctor", "A script is tracked by `nbtrack run script.py`. " + ON_MLFLOW),
    (
        r"PythonModel.*|Chat.*|ResponsesAgent|spark_udf|add_to_model|load_pyfunc|save_pyfunc|log_pyfunc|build_docker"
        r"|set_model|set_retriever_schema|set_signature|predict|Model|ModelConfig|ModelInputExample|FlavorBackend"
        r"|Resource.*|(get_)?(default_)?(pip|conda)_(requirements|env).*|get_default_.*|infer_pip_requirements"
        r"|get_model_dependencies|update_model_requirements|add_libraries_to_model|validate_.*|convert_.*"
        r"|EnvType|build_model_env|update_signature.*|get_global_custom_objects|persist_pretrained_model"
        r"|is_gpu_available|AutologHelpers|log_model|save_model|load_checkpoint|load_state_dict|log_state_dict|save_state_dict|generate_signature_output",
        "nbtrack keeps models of the libraries in nbtrack.log_model's documentation, without an example or code of "
        "yours. " + ON_MLFLOW,
    ),
)
_COMPILED = [(re.compile(pattern, re.IGNORECASE), why) for pattern, why in _INSTEAD]


def why_absent(name: str) -> str | None:
    """What to do instead of using this name of MLflow's; None for one that is not known."""
    if name in FLAVORS:
        return (
            f"nbtrack does not watch {name}: log what it trains with log_metrics, and keep its files with "
            "log_artifacts. " + ON_MLFLOW
        )
    return next((why for pattern, why in _COMPILED if pattern.fullmatch(name)), None)


def absent(owner: str, name: str) -> str:
    """The words of an AttributeError, or of the error of an import."""
    plain, why = f"{owner} has no attribute '{name}'", why_absent(name)
    return plain if why is None else f"{plain}. {why}"
