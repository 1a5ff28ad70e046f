"""MLflow's numbers for kinds of errors: `MlflowException(message, error_code=RESOURCE_DOES_NOT_EXIST)`."""

from __future__ import annotations

from nbtrack.error_codes import NUMBERS

ABORTED = NUMBERS["ABORTED"]
ALREADY_EXISTS = NUMBERS["ALREADY_EXISTS"]
BAD_REQUEST = NUMBERS["BAD_REQUEST"]
ENDPOINT_NOT_FOUND = NUMBERS["ENDPOINT_NOT_FOUND"]
INTERNAL_ERROR = NUMBERS["INTERNAL_ERROR"]
INVALID_PARAMETER_VALUE = NUMBERS["INVALID_PARAMETER_VALUE"]
INVALID_STATE = NUMBERS["INVALID_STATE"]
NOT_FOUND = NUMBERS["NOT_FOUND"]
NOT_IMPLEMENTED = NUMBERS["NOT_IMPLEMENTED"]
PERMISSION_DENIED = NUMBERS["PERMISSION_DENIED"]
REQUEST_LIMIT_EXCEEDED = NUMBERS["REQUEST_LIMIT_EXCEEDED"]
RESOURCE_ALREADY_EXISTS = NUMBERS["RESOURCE_ALREADY_EXISTS"]
RESOURCE_CONFLICT = NUMBERS["RESOURCE_CONFLICT"]
RESOURCE_DOES_NOT_EXIST = NUMBERS["RESOURCE_DOES_NOT_EXIST"]
TEMPORARILY_UNAVAILABLE = NUMBERS["TEMPORARILY_UNAVAILABLE"]
UNAUTHENTICATED = NUMBERS["UNAUTHENTICATED"]


class ErrorCode:
    """The words and numbers of MLflow's errors."""

    @staticmethod
    def Name(number: int) -> str:  # MLflow's name
        return next(word for word, each in NUMBERS.items() if each == number)

    @staticmethod
    def Value(word: str) -> int:
        return NUMBERS[word]

    @staticmethod
    def keys() -> list[str]:
        return [*NUMBERS]
