"""How is the model of a fit kept without holding the training up?

It is serialized at once, since the person's next line may change it, within the limits of
`nbtrack.capture.options.model_megabytes` and `model_seconds`; its files are written beside the person's code.
"""

from __future__ import annotations

from typing import Any

from nbtrack.capture.options import options
from nbtrack.errors import guard, warn_once
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.model_forms import Limits, ModelTooLargeError, form_of
from nbtrack.tracking.models import HISTORY, write_model
from nbtrack.tracking.pending import wait_for_writes, write_beside

MODEL = "model"  # where a fit's model lies among the artifacts
BEST_ESTIMATOR = "best_estimator"  # and what a search has found


def keep_model(client: MlflowClient, run_id: str, model: Any, name: str) -> bool:
    """Whether it is on its way. Of a model beyond the limits one warning says what to do."""
    kind, limits = type(model).__name__, Limits(options.model_megabytes * 1e6, options.model_seconds)
    try:
        form = form_of(model, limits)
    except ModelTooLargeError as error:
        warn_once(
            f"The model {kind} was not kept: it has {error}, and models of fits are kept up to "
            f"{options.model_megabytes:g} MB and {options.model_seconds:g} s. Keep it with nbtrack.log_model(model), "
            "or raise nbtrack.capture.options.model_megabytes and model_seconds."
        )
        return False

    def write() -> None:
        with guard(f"keep the model {kind}"):
            write_model(client, run_id, form, name)

    write_beside(run_id, write)
    return True


def copy_model(client: MlflowClient, run_id: str, other: str, name: str) -> None:
    """A kept model into another run of the same store."""
    wait_for_writes(run_id)
    client.log_artifact(other, client.download_artifacts(run_id, name))
    if history := client.get_run(run_id).data.tags.get(HISTORY):
        client.set_tag(other, HISTORY, history.replace(run_id, other))
