"""What does a store say that nobody can write to?"""

from __future__ import annotations

from typing import Any, NoReturn

from nbtrack.errors import ReadOnlyError


class ReadOnly:
    """The writing half of the contract, refused. `why` completes "'ADDRESS' cannot be written: …"."""

    uri: str
    read_only = True
    why: str

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise ReadOnlyError(f"'{self.uri}' cannot be written: {self.why}")

    create_experiment = rename_experiment = delete_experiment = restore_experiment = _refuse
    set_experiment_tag = delete_experiment_tag = _refuse
    create_run = update_run = delete_run = restore_run = writer = _refuse
    log_batch = replace_params = delete_tag = log_inputs = write_artifact = _refuse
