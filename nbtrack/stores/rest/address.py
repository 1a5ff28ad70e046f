"""Where is a tracking server, and with which credentials and certificates is it asked?

The variables are MLflow's, read anew for each request, so that a person who was refused can set them and go on. What is
secret stays in here: it is in no `repr`, no message and no file of ours.
"""

from __future__ import annotations

import configparser
import os
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nbtrack.errors import NotAStoreError, StoreError

USER, PASSWORD, TOKEN = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"
INSECURE, AUTHORITY, CLIENT = (
    "MLFLOW_TRACKING_INSECURE_TLS",
    "MLFLOW_TRACKING_SERVER_CERT_PATH",
    "MLFLOW_TRACKING_CLIENT_CERT_PATH",
)
DAGSHUB = "dagshub.com"


@dataclass(frozen=True, slots=True)
class Address:
    """`url` has no user, password, query or slash at its end, and may be shown."""

    url: str
    host: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @staticmethod
    def of(text: str) -> Address:
        """Raises NotAStoreError for an address without a host. What follows # or ? belongs to MLflow's own pages."""
        parts = urlsplit(text)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host:
            raise NotAStoreError(
                f"This {parts.scheme}:// address names no server. Write it as in http://localhost:5000."
            )
        name = f"[{host}]" if ":" in host else host
        place = name if port is None else f"{name}:{port}"
        user, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
        return Address(f"{parts.scheme.lower()}://{place}{parts.path.rstrip('/')}", host, user, password)


@dataclass(frozen=True, slots=True)
class Credentials:
    """`header` is what the Authorization header says, or None; `source` says to the person where it came from."""

    header: str | None = field(repr=False)
    source: str


def credentials(address: Address) -> Credentials:
    """As MLflow chooses: the address itself, then user and password, then the token; for DagsHub also its own."""
    if address.user is not None:
        return _basic(address.user, address.password or "", "the address")
    kept = _kept()
    user, password = (os.environ.get(name) or kept.get(name.lower()) for name in (USER, PASSWORD))
    if user and password:
        return _basic(user, password, USER if os.environ.get(USER) else "~/.mlflow/credentials")
    if token := os.environ.get(TOKEN):
        return Credentials(f"Bearer {token}", TOKEN)
    # A token goes to DagsHub's host only, never to another server that happens to be asked.
    if address.host == (urlsplit(os.environ.get("DAGSHUB_CLIENT_HOST", "")).hostname or DAGSHUB):
        if token := os.environ.get("DAGSHUB_USER_TOKEN"):
            return _basic(token, token, "DAGSHUB_USER_TOKEN")
        user, password = os.environ.get("DAGSHUB_USERNAME"), os.environ.get("DAGSHUB_PASSWORD")
        if user and password:
            return _basic(user, password, "DAGSHUB_USERNAME")
    return Credentials(None, "")


def _basic(user: str, password: str, source: str) -> Credentials:
    return Credentials("Basic " + b64encode(f"{user}:{password}".encode()).decode(), source)


def _kept() -> dict[str, str]:
    """The section [mlflow] of MLflow's credentials file; nothing where it cannot be read."""
    reader = configparser.ConfigParser(interpolation=None)
    try:
        reader.read(Path.home() / ".mlflow" / "credentials", "utf-8")
    except (configparser.Error, OSError, RuntimeError, UnicodeDecodeError):
        return {}
    return dict(reader["mlflow"]) if reader.has_section("mlflow") else {}


@dataclass(frozen=True, slots=True)
class Trust:
    """What the TLS variables say now."""

    insecure: bool
    authority: str | None
    client: str | None

    @staticmethod
    def now() -> Trust:
        insecure = os.environ.get(INSECURE, "").lower() in ("true", "1")
        authority = os.environ.get(AUTHORITY) or os.environ.get("REQUESTS_CA_BUNDLE")
        return Trust(insecure, authority or None, os.environ.get(CLIENT) or None)

    def context(self) -> ssl.SSLContext:
        """Raises StoreError where a named file holds no certificate."""
        import httpx

        context = httpx.create_ssl_context(verify=not self.insecure)
        if self.authority and not self.insecure:
            with _usable(AUTHORITY, self.authority):
                folder = os.path.isdir(self.authority)
                context.load_verify_locations(**{"capath" if folder else "cafile": self.authority})
        if self.client:
            with _usable(CLIENT, self.client):
                context.load_cert_chain(self.client)
        return context


@contextmanager
def _usable(variable: str, path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # ssl.SSLError is one
        message = f"{variable}='{path}' could not be used: {error}. Name a PEM file that holds a certificate."
        raise StoreError(message) from error
