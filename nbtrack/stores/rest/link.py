"""How is one question put to a server, how often, and what is said when no good answer comes?

A question is asked again after 429 and 5xx and where no connection came about, a few seconds in all: a person waits for
it. One that makes something new is not repeated when it may have been heard.
"""

from __future__ import annotations

import os
import random
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from nbtrack.errors import AlreadyExistsError, InvalidValueError, NotAStoreError, NotFoundError, ServerError, visible
from nbtrack.stores.rest.address import AUTHORITY, INSECURE, PASSWORD, TOKEN, USER, Address, Trust, credentials
from nbtrack.stores.rest.answers import Answer
from nbtrack.stores.rest.deadline import watch_deadlines, within, without_deadline

PACKING = ("content-encoding", "content-length", "transfer-encoding")  # headers of a body as it travels
MOST_BYTES = 200_000_000  # of one answer, unpacked
MOST_ERROR_BYTES = 1_000_000  # that are read of an answer which is an error
MOST_VALUES = 20_000_000  # of one answer in JSON: as objects of Python they take many times their bytes
API = "/api/2.0/mlflow/"
CONNECT_S, ANSWER_S = 5.0, 60.0
PAUSES = (0.3, 1.0, 2.0)  # s before each repetition, a little more or less
LONGEST_PAUSE = 20.0  # s that a server's Retry-After is obeyed
BUSY = (408, 429, 502, 503, 504)


class AnswerTooLarge(NotAStoreError):
    """An answer of more bytes than are read."""


class Link:
    """The connections to one server, shared by threads. A forked child makes its own."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._made: tuple[int, Trust] | None = None
        self._client: httpx.Client | None = None
        self._making = threading.Lock()

    def get(self, path: str, /, **params: Any) -> Answer:
        return self._json(self.ask("GET", API + path, params=params))

    def post(self, path: str, body: Mapping[str, Any], *, again: bool = True, once: bool = False) -> Answer:
        """`again=False` for what must not happen twice, `once` where the caller itself tries again later."""
        return self._json(self.ask("POST", API + path, again=again, once=once, json=dict(body)))

    def ask(self, method: str, path: str, *, again: bool = True, once: bool = False, **what: Any) -> httpx.Response:
        """A good answer. Raises NotFoundError, InvalidValueError for what the server refuses, else ServerError."""
        for pause in () if once else _pauses():
            try:
                return self._good(self._send(method, path, what))
            except ServerError as error:
                if not error.passing or (error.heard and not again):
                    raise
                time.sleep(min(error.wait or pause, LONGEST_PAUSE))
        return self._good(self._send(method, path, what))

    @contextmanager
    def stream(self, path: str, /, **params: Any) -> Iterator[httpx.Response]:
        """A good answer whose body is still to be read."""
        with (
            self._told(),
            within(answer_seconds()),
            self._connection().stream("GET", self.address.url + path, **self._with(params=params)) as got,
        ):
            self._good(got if got.status_code == 200 else self._read(got))
            with without_deadline():  # a large file takes as long as it takes, while its bytes come
                yield got

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = self._made = None

    def forget(self) -> None:
        """In a forked child: what is open belongs to the parent."""
        self._client = self._made = None
        self._making = threading.Lock()

    def _send(self, method: str, path: str, what: dict[str, Any]) -> httpx.Response:
        with (
            self._told(),
            within(answer_seconds()),
            self._connection().stream(method, self.address.url + path, **self._with(**what)) as got,
        ):
            return self._read(got)

    def _read(self, answer: httpx.Response) -> httpx.Response:
        """The answer with all of its body; not more than fits, nor for longer than is allowed."""
        content = bytearray()
        for part in answer.iter_bytes():
            content += part
            if answer.status_code >= 400 and len(content) > MOST_ERROR_BYTES:
                del content[MOST_ERROR_BYTES:]
                break
            if len(content) > MOST_BYTES:
                raise AnswerTooLarge(
                    f"The server at {self.address.url} answers with more than {MOST_BYTES:,} bytes. Check the address, "
                    "or ask for less at once."
                )
        unpacked = [(name, value) for name, value in answer.headers.items() if name not in PACKING]
        whole = httpx.Response(answer.status_code, headers=unpacked, content=bytes(content), request=answer.request)
        whole.next_request = answer.next_request
        return whole

    def _with(self, **what: Any) -> dict[str, Any]:
        header = credentials(self.address).header
        return {**what, "headers": {"Authorization": header} if header else {}}

    def _connection(self) -> httpx.Client:
        wanted = os.getpid(), Trust.now()
        with self._making:
            if self._client is None or self._made != wanted:
                self._client = httpx.Client(
                    verify=wanted[1].context(),
                    timeout=httpx.Timeout(answer_seconds(), connect=CONNECT_S),
                    headers={"User-Agent": "nbtrack"},
                )
                watch_deadlines(self._client)
                self._made = wanted
            return self._client

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            raise ServerError(
                f"The server at {self.address.url} did not answer in time. Check the address and the network, or try "
                "again: it may be busy (MLFLOW_HTTP_REQUEST_TIMEOUT sets how many seconds to wait)."
            ) from error
        except httpx.DecodingError as error:
            raise NotAStoreError(f"The server at {self.address.url} sends what cannot be unpacked: {error}.") from error
        except httpx.TransportError as error:
            because, passing = self._why(error)
            raise ServerError(
                f"The server at {self.address.url} cannot be reached: {because}",
                passing=passing,
                heard=not isinstance(error, httpx.ConnectError),
            ) from error

    def _why(self, error: Exception) -> tuple[str, bool]:
        """What the person can do about it, and whether it may pass by itself."""
        for cause in _causes(error):
            if isinstance(cause, socket.gaierror):
                found = f"no host is called '{self.address.host}' here. Check its spelling and the network connection."
                return found, False
            if isinstance(cause, ssl.SSLCertVerificationError):
                return (
                    f"its certificate is not trusted ({cause.verify_message}). Name the authority's certificate in "
                    f"{AUTHORITY}, or set {INSECURE}=true where you trust the network."
                ), False
            if isinstance(cause, ssl.SSLError):
                found = (
                    f"https failed ({cause.reason or cause}). If it speaks plain http, write http:// in the address."
                )
                return found, False
            if isinstance(cause, ConnectionRefusedError):
                found = "nothing listens there (connection refused). Start it with `mlflow server`, or check the port."
                return found, True
        return f"{error or type(error).__name__}. Check the address and the network connection.", True

    def _json(self, answer: httpx.Response) -> Answer:
        if sum(map(answer.content.count, (b",", b"{", b"["))) > MOST_VALUES:
            raise AnswerTooLarge(
                f"The server at {self.address.url} answers with more than {MOST_VALUES:,} values. Check the address, "
                "or ask for less at once."
            )
        try:
            found = answer.json()
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise NotAStoreError(
                f"{self.address.url} answers, but not as an MLflow server does: it sent a page. Check the address, "
                "and whether a proxy asks for a login there."
            )
        return Answer(found, self.address.url)

    def _good(self, answer: httpx.Response) -> httpx.Response:
        status = answer.status_code
        if 200 <= status < 300:
            return answer
        code, said = _said(answer)
        if code in ("RESOURCE_DOES_NOT_EXIST", "RESOURCE_NOT_FOUND", "NOT_FOUND"):
            raise NotFoundError(f"The server at {self.address.url} says: {said}")
        if code == "RESOURCE_ALREADY_EXISTS":
            raise AlreadyExistsError(f"The server at {self.address.url} refuses: {said}")
        if status == 400:
            hint = " Restore it with restore_run()." if "Current state is deleted" in said and "run" in said else ""
            raise InvalidValueError(f"The server at {self.address.url} refuses: {said}{hint}")
        raise self._failure(answer, said)

    def _failure(self, answer: httpx.Response, said: str) -> ServerError | NotAStoreError:
        url, status = self.address.url, answer.status_code
        if status == 401:
            source = credentials(self.address).source
            tried = f"does not accept the user and password, or the token, of {source}" if source else "wants a login"
            return ServerError(
                f"The server at {url} {tried} (401). Set {USER} and {PASSWORD}, or {TOKEN}, in os.environ; "
                "the next call uses them.",
                status=status,
            )
        if status == 403:
            return ServerError(
                f"The server at {url} does not allow this (403{': ' + said if said else ''}). Ask whoever runs it for "
                "the permission, or log in as another user.",
                status=status,
            )
        if 300 <= status < 400:
            there = Address.of(str(answer.next_request.url)).url if answer.next_request else "elsewhere"
            return NotAStoreError(f"{url} leads to {there}. Use the address that answers itself.")
        if status in (404, 405):
            return NotAStoreError(
                f"There is no MLflow tracking server at {url}: it answered {status}. Check the address; it is what "
                "opens MLflow's own pages, without what follows #."
            )
        return ServerError(
            f"The server at {url} failed ({status}{': ' + said if said else ''}). Try again, or look at its log.",
            status=status,
            passing=status in BUSY or status == 500,
            heard=status not in (429, 503),
            wait=_seconds(answer.headers.get("Retry-After")),
        )


def answer_seconds() -> float:
    """How long an answer may take, from the question to its last byte."""
    given = os.environ.get("MLFLOW_HTTP_REQUEST_TIMEOUT")
    return float(given) if given and given.isdigit() else ANSWER_S


def _pauses() -> list[float]:
    given = os.environ.get("MLFLOW_HTTP_REQUEST_MAX_RETRIES")
    most = int(given) if given and given.isdigit() else len(PAUSES)
    return [pause * random.uniform(0.7, 1.3) for pause in PAUSES[:most]]


def _said(answer: httpx.Response) -> tuple[str, str]:
    """The server's error code and message; no code where a proxy or a web page answered."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        text = answer.text.strip()
        return "", "" if text.startswith("<") else visible(" ".join(text.split())[:200])
    if not isinstance(body, dict):
        return "", ""
    # The server names its SQL and parameters after the first line: nothing that helps the person.
    message = str(body.get("message") or body.get("detail") or "").split("\n", 1)[0]
    code = str(body.get("error_code") or ("NOT_FOUND" if answer.status_code == 404 else ""))
    return code, visible(message[:500])


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
