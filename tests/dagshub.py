"""What answers as https://dagshub.com where no network may be used? This, on loopback, for whoever goes by its proxy.

The clients are the real ones and run as they are: they take a proxy and an authority's certificate from the variables
of `environment`. The proxy leads dagshub.com here and nowhere else. The few pages of DagsHub's API that its client asks
for are answered in the shape that it checks; what lies below `OWNER/NAME.mlflow` is a real MLflow server, which whoever
has the token reaches.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers import certificate

HOST, OWNER, TOKEN = "dagshub.com", "somebody", "dhp-0123456789abcdef"
USER = {"id": 1, "login": OWNER, "username": OWNER, "full_name": "Somebody"}
NOT_PASSED_ON = {"host", "authorization", "connection", "transfer-encoding", "content-length", "accept-encoding"}


class DagsHub(ThreadingHTTPServer):
    """`asked` lists each request as `METHOD /path`, and `refused` those without the right token."""

    daemon_threads = True

    def __init__(self, behind: str, pem: Path) -> None:
        self.behind, self.pem = urlsplit(behind), pem
        self.made: set[str] = set()  # repositories, as OWNER/NAME
        self.asked: list[str] = []
        self.refused: list[str] = []
        super().__init__(("127.0.0.1", 0), _Pages)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.proxy = ThreadingHTTPServer(("127.0.0.1", 0), _proxy_to(self.server_port))
        self.proxy.daemon_threads = True

    def environment(self, token: str = TOKEN) -> dict[str, str]:
        """What a client needs in order to come here, and to be let in."""
        proxy = f"http://127.0.0.1:{self.proxy.server_port}"
        return {
            "HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": str(self.pem), "SSL_CERT_FILE": str(self.pem), "DAGSHUB_USER_TOKEN": token,
        }  # fmt: skip


@contextmanager
def dagshub(behind: str, python: str, folder: Path) -> Iterator[DagsHub]:
    """`behind` is the address of the MLflow server; `python` has the package cryptography."""
    site = DagsHub(behind, certificate(python, folder / "dagshub.pem", HOST))
    threads = [threading.Thread(target=each.serve_forever, args=(0.05,)) for each in (site, site.proxy)]
    for thread in threads:
        thread.start()
    try:
        yield site
    finally:
        for each in (site, site.proxy):
            each.shutdown()
            each.server_close()
        for thread in threads:
            thread.join()


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DagsHub

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._chunks()
        path = urlsplit(self.path).path
        self.server.asked.append(f"{self.command} {path}")
        if TOKEN not in self._given():
            self.server.refused.append(f"{self.command} {path}")
            self._send(401, b"Unauthorized", "text/plain")
        elif path.startswith("/api/v1/"):
            self._json(*self._api(path.removeprefix("/api/v1/"), body))
        elif ".mlflow/" in self.path:
            self._pass_on(self.path.split(".mlflow", 1)[1], body)
        else:
            self._send(404, b"<html>Not found</html>", "text/html")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def _given(self) -> list[str]:
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        return b64decode(rest).decode().split(":") if kind == "Basic" else [rest]

    def _chunks(self) -> bytes:
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _api(self, what: str, body: bytes) -> tuple[int, Any]:
        if what == "user":
            return 200, USER
        if what == "user/repos" and self.command == "POST":
            name = parse_qs(body.decode())["name"][0]
            self.server.made.add(f"{OWNER}/{name}")
            return 201, _repository(name)
        wanted = what.removeprefix("repos/")
        return (200, _repository(wanted.split("/")[1])) if wanted in self.server.made else (404, {})

    def _pass_on(self, path: str, body: bytes) -> None:
        to = self.server.behind
        link = HTTPConnection(to.hostname or "", to.port, timeout=120)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in NOT_PASSED_ON}
        link.request(self.command, path, body, headers)
        got = link.getresponse()
        self._send(got.status, got.read(), got.getheader("Content-Type") or "application/octet-stream")
        link.close()

    def _json(self, status: int, what: Any) -> None:
        self._send(status, json.dumps(what).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def _repository(name: str) -> dict[str, Any]:
    """In the shape that DagsHub's client checks."""
    page = f"https://{HOST}/{OWNER}/{name}"
    counts = dict.fromkeys(("size", "stars_count", "forks_count", "watchers_count", "open_issues_count"), 0)
    flags = dict.fromkeys(("private", "fork", "empty", "mirror"), False)
    texts = {"description": "", "default_branch": "main", "created_at": "", "updated_at": ""}
    names = {"name": name, "full_name": f"{OWNER}/{name}", "html_url": page, "clone_url": f"{page}.git"}
    return {"id": 1, "owner": USER, "permissions": {}, **names, **texts, **counts, **flags}


def _proxy_to(port: int) -> type[BaseHTTPRequestHandler]:
    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            if self.path != f"{HOST}:443":
                self.send_error(403)
                return
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", port)) as there:
                _join(self.connection, there)

        def log_message(self, *_: object) -> None: ...

    return Proxy


def _join(one: socket.socket, other: socket.socket) -> None:
    """Bytes go both ways until one side is done."""
    with suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [], 120)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                (other if ready is one else one).sendall(data)
