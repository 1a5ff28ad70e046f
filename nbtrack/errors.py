"""What can go wrong, and how is it told to the person?

    NbtrackError
    ├── StoreError            a store cannot be opened, read or written
    │   ├── NotAStoreError        the address names something that is no store
    │   ├── ReadOnlyError         the store cannot be written here
    │   ├── NotFoundError         no such experiment, run, metric or artifact
    │   ├── DamagedError          a file of the store does not hold what it should
    │   └── ServerError           a server does not answer, fails, or does not let this person in
    ├── InvalidValueError     a key, value or argument that no store takes (also a ValueError)
    │   └── AlreadyExistsError    the name of an experiment is taken
    └── QueryError            a filter or an order that does not parse, with its place (also a ValueError)

Every message names the thing, the place and the next step.
"""

from __future__ import annotations

import json
import os
import re
import sys
import sysconfig
import warnings
from types import FrameType, TracebackType

from nbtrack.error_codes import (
    HTTP_STATUS,
    INTERNAL_ERROR,
    INVALID_PARAMETER_VALUE,
    PERMISSION_DENIED,
    RESOURCE_ALREADY_EXISTS,
    RESOURCE_DOES_NOT_EXIST,
    word_of,
    word_of_status,
)


def visible(text: str) -> str:
    """The text with what would hide, reorder or overwrite the text around it shown as an escape, such as `\\x1b`.

    Names and messages come from strangers: control characters steer a terminal, directional marks turn words around.
    """
    if text.isprintable():
        return text
    return "".join(c if c in "\n\t" or c.isprintable() or not _STEERS.match(c) else _escaped(c) for c in text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


# Control characters, line and paragraph separators, directional marks, marks without width, halves of pairs.
_STEERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]"
)


class NbtrackError(Exception):
    """The root of every error that nbtrack raises on purpose; `nbtrack.MlflowException` is another name of it.

    Code written for MLflow raises and asks it as MLflow's: `error_code` is a word such as "RESOURCE_DOES_NOT_EXIST", or
    the number that MLflow has for it. Other keywords become part of `serialize_as_json()`.
    """

    def __init__(self, message: object = "", error_code: str | int | None = None, **kwargs: object) -> None:
        super().__init__(message)
        self.message = str(message)
        self.json_kwargs = kwargs
        self._code = None if error_code is None else word_of(error_code)

    @property
    def error_code(self) -> str:
        """MLflow's word for the kind of error."""
        if self._code is not None:
            return self._code
        return next((code for kind, code in _KINDS if isinstance(self, kind)), INTERNAL_ERROR)

    def serialize_as_json(self) -> str:
        return json.dumps({"error_code": self.error_code, "message": self.message, **self.json_kwargs}, default=str)

    def get_http_status_code(self) -> int:
        """What MLflow's server answers such an error with."""
        return HTTP_STATUS.get(self.error_code, 500)

    @classmethod
    def invalid_parameter_value(cls, message: object, **kwargs: object) -> NbtrackError:
        return cls(message, error_code=INVALID_PARAMETER_VALUE, **kwargs)

    def __str__(self) -> str:
        return visible(super().__str__())


class StoreError(NbtrackError):
    """A store cannot be opened, read or written."""


class NotAStoreError(StoreError):
    """The address names something that is not a store."""


class ReadOnlyError(StoreError):
    """The store cannot be written, by permission or by nature."""


class NotFoundError(StoreError):
    """There is no such experiment, run, metric or artifact in the store."""


class DamagedError(StoreError):
    """A file of the store does not hold what it should; the message names it."""


class ServerError(StoreError):
    """A server does not answer, fails, or does not let this person in.

    `status` is HTTP's word for its answer. `passing` says that it may be well again in a moment, `wait` (s) when;
    `heard` that it may have done what it was asked.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        passing: bool = False,
        heard: bool = True,
        wait: float | None = None,
    ) -> None:
        super().__init__(message, word_of_status(status))
        self.status = status
        self.passing = passing
        self.heard = heard
        self.wait = wait


class InvalidValueError(NbtrackError, ValueError):
    """A key, value or argument that cannot be stored or understood."""


class AlreadyExistsError(InvalidValueError):
    """The name of an experiment is taken, perhaps since a moment ago by another process."""


class QueryError(NbtrackError, ValueError):
    """A filter or order that does not parse. `start` and `end` are offsets into the text, in characters.

    Once whoever was asked has put the whole `text` here, the error shows the place in it.
    """

    text = ""

    def __init__(self, message: str, *, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.start = start
        self.end = end

    def __str__(self) -> str:
        message = super().__str__()
        return message if not self.text.strip() else f"{message}\n{_pointed_at(self.text, self.start, self.end)}"


_KINDS: tuple[tuple[type[NbtrackError], str], ...] = (
    (AlreadyExistsError, RESOURCE_ALREADY_EXISTS),
    (InvalidValueError, INVALID_PARAMETER_VALUE),
    (QueryError, INVALID_PARAMETER_VALUE),
    (NotFoundError, RESOURCE_DOES_NOT_EXIST),
    (NotAStoreError, INVALID_PARAMETER_VALUE),
    (ReadOnlyError, PERMISSION_DENIED),
)


SHOWN = 60  # characters of a text on either side of the place that an error shows in it


def _pointed_at(text: str, start: int, end: int) -> str:
    """The place and what is around it, with a mark below."""
    line = "".join(" " if letter.isspace() else letter for letter in text)
    first = max(0, start - SHOWN)
    before = ("…" if first else "") + line[first:start]
    after = line[start : max(end, start) + SHOWN] + ("…" if max(end, start) + SHOWN < len(line) else "")
    return f"    {before}{after}\n    {' ' * len(before)}{'^' * max(1, min(end, len(line)) - start)}"


class NbtrackWarning(UserWarning):
    """Something was not tracked or not read; the person's work goes on."""


_told: set[str] = set()


def warn_once(message: str) -> None:
    """Warn with `message` the first time it occurs in this process; later ones are silent."""
    message = visible(message)
    if message not in _told:
        _told.add(message)
        file, line = _persons_line()
        warnings.warn_explicit(message, NbtrackWarning, file, line)


def _persons_line() -> tuple[str, int]:
    """Where in the person's own code we are: a warning that shows a line of ours or of a library's says nothing."""
    paths = sysconfig.get_paths()
    libraries = (os.path.dirname(__file__), *(paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")))
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith((*libraries, "<frozen ")):
        frame = frame.f_back
    return ("<nbtrack>", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)


class guard:
    """Turn any error inside into one warning, so that tracking never ends the person's cell.

    `what` completes "nbtrack could not …". It keeps nothing, so that one serves for a whole loop: a class of its own is
    entered in a fifth of the time of a generator.
    """

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if not isinstance(error, Exception):
            return None
        self.tell(error)
        return True

    def tell(self, error: Exception) -> None:
        """What leaving with this error does. For code in a person's loop, where even a `with` shows."""
        warn_once(f"nbtrack could not {self.what}: {type(error).__name__}: {error}")
