"""Under which name does code written for MLflow catch our errors?"""

from __future__ import annotations

from nbtrack.errors import NbtrackError

MlflowException = NbtrackError
