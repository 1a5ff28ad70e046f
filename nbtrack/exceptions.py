"""Under which names does code written for MLflow catch and raise errors?

Every error of nbtrack is an `MlflowException`; `error_code` says of which kind.
"""

from __future__ import annotations

from nbtrack.errors import NbtrackError, StoreError

MlflowException = NbtrackError
RestException = StoreError  # what a server, or any other store, did not do


def get_error_code(exception: BaseException) -> str | None:
    """The word for the kind of an error of nbtrack's; None for another."""
    return exception.error_code if isinstance(exception, NbtrackError) else None


class ExecutionException(NbtrackError):
    """Never raised: nbtrack runs no MLflow projects."""


class InvalidUrlException(NbtrackError):
    """Never raised: an address that is none is a NotAStoreError."""


class MissingConfigException(NbtrackError):
    """Never raised: a missing file is a NotFoundError or a DamagedError."""


class MlflowNotImplementedException(NbtrackError):
    """Never raised: what is not here is an AttributeError that says what to do instead."""


class MlflowTracingException(NbtrackError):
    """Never raised: nbtrack keeps no traces."""


__all__ = [
    "ExecutionException",
    "InvalidUrlException",
    "MissingConfigException",
    "MlflowException",
    "MlflowNotImplementedException",
    "MlflowTracingException",
    "RestException",
    "get_error_code",
]
