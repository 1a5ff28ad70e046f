"""What becomes of logged values where a server refuses some of them, sends nonsense, or the disk is full?"""

from __future__ import annotations

import json
import os
import threading
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nbtrack.cli import main
from nbtrack.entities import Param
from nbtrack.errors import InvalidValueError, NbtrackError, NotAStoreError, ServerError
from nbtrack.stores.rest import RestStore, link, outbox, spool, unsent
from nbtrack.stores.rest.address import Address
from nbtrack.stores.rest.lines import body_halves, first_parcel, halves, metric_line, run_of

GOOD, CLOSED = "a" * 32, "b" * 32
_opened: list[RestStore] = []
Answering = Callable[[str, dict[str, Any]], tuple[int, Any] | None]


class Fake(BaseHTTPRequestHandler):
    """A server that keeps points and params, and first asks `refuse` about each request."""

    protocol_version = "HTTP/1.1"
    points: defaultdict[str, list[int]]
    params: defaultdict[str, dict[str, str]]
    refuse: Answering

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        path = self.path.removeprefix("/api/2.0/mlflow/")
        refused = type(self).refuse(path, body)
        if refused is not None:
            return self.say(*refused)
        self.points[body.get("run_id", "")] += [each["step"] for each in body.get("metrics", ())]
        self.params[body.get("run_id", "")] |= {each["key"]: each["value"] for each in body.get("params", ())}
        return self.say(200, {})

    def do_GET(self) -> None:
        run_id = self.path.rpartition("run_id=")[2]
        info = {"run_id": run_id, "experiment_id": "0", "lifecycle_stage": "active"}
        self.say(200, {"run": {"info": info, "data": {}}})

    def say(self, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Fake]]:
    monkeypatch.setenv("NBTRACK_UNSENT_DIR", str(tmp_path / "unsent"))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setattr(outbox, "GATHER", 3600.0)  # only what a test calls sends
    kind = type("Kind", (Fake,), {"points": defaultdict(list), "params": defaultdict(dict)})
    kind.refuse = staticmethod(lambda path, body: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        kind.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
        yield kind
        for store in _opened:
            store.link.close()
        _opened.clear()
        server.shutdown()
        thread.join()


def opened(fake: type[Fake]) -> RestStore:
    """As by a process of its own."""
    store = RestStore(Address.of(fake.url))  # type: ignore[attr-defined]
    store.outbox = outbox.Outbox(store.link)
    _opened.append(store)
    return store


def log(store: RestStore, run_id: str, *steps: int) -> None:
    writer = store.writer(run_id)
    for step in steps:
        writer.log_metric("m", 0.5, 1, step)


@pytest.mark.filterwarnings("ignore::nbtrack.errors.NbtrackWarning")
@pytest.mark.parametrize("status", [401, 403, 404, 408, 422, 429, 500, 503])
def test_lines_of_one_run_that_are_not_taken_now_wait_and_others_pass(fake: type[Fake], status: int) -> None:
    store, closed = opened(fake), {CLOSED}
    error = {"error_code": "PERMISSION_DENIED", "message": "closed"}
    fake.refuse = staticmethod(lambda path, body: (status, error) if body.get("run_id") in closed else None)
    log(store, CLOSED, 0, 1)
    log(store, GOOD, 0, 1)
    log(store, CLOSED, 2)
    assert not store.outbox.flush()
    assert fake.points == {GOOD: [0, 1]}
    assert store.damages() == [], "nothing is set aside that may still be taken"
    store.outbox.close()
    later = opened(fake)
    log(later, GOOD, 2)
    later.outbox.flush()
    assert fake.points == {GOOD: [0, 1, 2]}, "the next process is not held up either"
    closed.clear()
    assert later.outbox.flush(every_run=True)
    assert fake.points[CLOSED] == [0, 1, 2]
    later.outbox.close()
    assert not list(Path(os.environ["NBTRACK_UNSENT_DIR"]).rglob("*.log"))


@pytest.mark.filterwarnings("ignore::nbtrack.errors.NbtrackWarning")
def test_a_server_that_fails_for_every_run_is_left_alone_for_a_while(fake: type[Fake]) -> None:
    store, asked = opened(fake), list[str]()
    fake.refuse = staticmethod(lambda path, body: asked.append(body["run_id"]) or (503, {}))  # type: ignore[func-returns-value]
    for number in range(30):
        log(store, f"{number:032x}", 0)
    store.outbox.flush()
    assert len(asked) <= outbox.MOST_REFUSALS + 1
    assert store.outbox.away
    fake.refuse = staticmethod(lambda path, body: None)
    assert store.outbox.flush(every_run=True)
    assert len(fake.points) == 30


@pytest.mark.filterwarnings("ignore::nbtrack.errors.NbtrackWarning")
def test_one_value_that_spoils_a_batch_is_set_aside_alone_and_can_be_sent_again(
    fake: type[Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    store, wrong = opened(fake), {7, 350}
    bad = {"error_code": "INVALID_PARAMETER_VALUE", "message": "out of range"}

    def refuse(path: str, body: dict[str, Any]) -> tuple[int, Any] | None:
        return (400, bad) if any(each["step"] in wrong for each in body.get("metrics", ())) else None

    fake.refuse = staticmethod(refuse)
    log(store, GOOD, *range(500))
    assert store.outbox.flush()
    assert sorted(fake.points[GOOD]) == [step for step in range(500) if step not in wrong]
    (damage,) = store.damages()
    assert "nbtrack doctor --resend" in damage.remedy
    wrong.clear()
    assert store.send_refused_again() == 1
    assert sorted(fake.points[GOOD]) == list(range(500))
    assert store.damages() == []
    assert main(["doctor", "--resend", "--store", "elsewhere"]) == 2
    assert "elsewhere" in capsys.readouterr().err


def test_a_batch_that_is_too_large_is_sent_in_parts(fake: type[Fake]) -> None:
    store = opened(fake)
    fake.refuse = staticmethod(lambda path, body: (413, b"too large") if len(json.dumps(body)) > 3000 else None)
    log(store, GOOD, *range(400))
    assert store.outbox.flush()
    assert sorted(fake.points[GOOD]) == list(range(400))
    store.log_batch(GOOD, params=[Param(f"p{n}", "v" * 100) for n in range(90)])
    assert len(fake.params[GOOD]) == 90
    with pytest.raises(ServerError, match="413"):
        store.log_batch(GOOD, params=[Param("long", "v" * 4000)])


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1, 10**30])
def test_a_step_or_time_beyond_64_bits_is_refused_at_once(fake: type[Fake], step: int) -> None:
    writer = opened(fake).writer(GOOD)
    for values in ((1, step), (step, 1)):
        with pytest.raises(InvalidValueError, match="metric 'm'"):
            writer.log_metric("m", 0.5, *values)


# answers


@pytest.mark.parametrize(
    "answer",
    [
        b"[" * 100_000,
        {"experiments": {"a": 1}},
        {"experiments": [{"experiment_id": 5, "name": 3}]},
        {"experiments": ["x"]},
        {"experiments": [{"experiment_id": "1", "tags": "x"}]},
        {"experiments": [{"experiment_id": "1", "creation_time": "soon"}]},
        {"experiments": 5},
    ],
)
def test_an_answer_of_another_form_is_one_error(fake: type[Fake], answer: Any) -> None:
    fake.refuse = staticmethod(lambda path, body: (200, answer))
    with pytest.raises(NotAStoreError, match="not as an MLflow server does"):
        opened(fake).experiments()


def test_an_error_without_end_is_read_only_at_its_start(fake: type[Fake]) -> None:
    fake.refuse = staticmethod(lambda path, body: (500, b"a " * 10_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(ServerError, match=r"failed \(500: a a a"):
            opened(fake).experiments()
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


def test_an_answer_of_too_many_values_is_not_made_into_objects(
    fake: type[Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MOST_VALUES", 10_000)
    fake.refuse = staticmethod(lambda path, body: (200, b'{"experiments": [' + b"{}," * 10_000 + b"{}]}"))
    with pytest.raises(NotAStoreError, match="more than 10,000 values"):
        opened(fake).experiments()


def test_what_a_server_says_reaches_a_message_without_control_characters(fake: type[Fake]) -> None:
    fake.refuse = staticmethod(lambda path, body: (403, {"error_code": "X", "message": "\x1b[2J\u202etxt.exe"}))
    with pytest.raises(ServerError, match=r"\\x1b\[2J\\u202etxt") as told:
        opened(fake).experiments()
    assert str(told.value).isprintable()


@pytest.mark.parametrize("in_headers", [True, False])
def test_a_server_that_sends_a_byte_now_and_then_is_given_up(
    fake: type[Fake], in_headers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")

    def drip(self: Fake) -> None:
        if not in_headers:
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200 if in_headers else b" " * 200:
                self.wfile.write(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            pass
        self.close_connection = True

    monkeypatch.setattr(fake, "do_POST", drip)
    began = time.monotonic()
    with pytest.raises(ServerError, match="did not answer in time"):
        opened(fake).experiments()
    assert time.monotonic() - began < 12, "20 s without a limit on the whole"


def test_pages_without_end_end(fake: type[Fake]) -> None:
    one = {"experiment_id": "1", "name": "e"}
    fake.refuse = staticmethod(lambda path, body: (200, {"experiments": [one], "next_page_token": "more"}))
    assert [each.name for each in opened(fake).experiments()] == ["e"]
    count = iter(range(10**9))
    fake.refuse = staticmethod(
        lambda path, body: (200, {"experiments": [{**one, "experiment_id": str(next(count))}], "next_page_token": "x"})
    )
    with pytest.raises(NotAStoreError, match="without end"):
        opened(fake).experiments()


# files of this machine


def test_a_full_disk_at_compaction_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "COMPACT_AT", 100)
    kept = spool.Spool.new(tmp_path)
    lines = [metric_line(GOOD, "m", 0.5, 1, step) for step in range(20)]
    for line in lines:
        kept.append(line)
    kept._compact_at = 100
    real, full = os.write, [True]
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:7]) if full[0] else real(file, data))
    kept.sent(len(lines[0]) * 10)
    assert kept.read() == lines[10:]
    assert [path.suffix for path in tmp_path.iterdir()] == [".log"], "and nothing of the attempt is left"
    full[0] = False
    kept.append(lines[0])
    kept.sent(len(lines[10]) * 5)
    assert kept.read() == [*lines[15:], lines[0]]


def test_what_was_kept_in_the_temporary_folder_is_sent_by_the_next_process(
    fake: type[Fake], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("NBTRACK_UNSENT_DIR", str(tmp_path / "file" / "below"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    store = opened(fake)
    log(store, GOOD, 0)
    (kept,) = (tmp_path / "tmp").rglob("*.log")
    assert kept.stat().st_mode & 0o077 == 0
    os.close(store.outbox._spool._file)  # type: ignore[union-attr]  # as its process had died
    store.outbox._spool = None
    assert opened(fake).outbox.flush()
    assert fake.points[GOOD] == [0]


@pytest.mark.parametrize("squat", ["link", "writable"])
def test_a_folder_that_others_could_have_made_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, squat: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first = tmp_path / f"nbtrack-unsent-{os.getuid()}"
    (tmp_path / "theirs").mkdir()
    if squat == "link":
        first.symlink_to(tmp_path / "theirs")
    else:
        first.mkdir()
        first.chmod(0o777)
    taken = unsent.fallback(Path("/nowhere/server"))
    assert taken.parent != first
    assert not unsent.is_own_folder(first)


# lines


def test_a_parcel_is_halved_until_one_value_is_left() -> None:
    parcel = first_parcel([metric_line(GOOD, "m", 0.5, 1, step) for step in range(3)])
    assert [len(half.lines) for half in halves(parcel)] == [1, 2]
    assert halves(halves(parcel)[0]) == []
    both = {"run_id": GOOD, "params": [{"key": "a"}], "tags": [{"key": "b"}]}
    assert body_halves(both) == [
        {"run_id": GOOD, "params": [{"key": "a"}]},
        {"run_id": GOOD, "tags": [{"key": "b"}]},
    ]
    assert first_parcel([b"# a reason\n"]).body is None
    assert first_parcel([b"nonsense\n"]).is_damaged
    assert [run_of(line) for line in (parcel.lines[0], b"# a reason\n", b"[")] == [GOOD, "", ""]


def test_a_password_is_in_no_address_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    import nbtrack

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "x")  # taken back after the test
    nbtrack.set_tracking_uri("http://me:s3cret@127.0.0.1:1/prefix")
    assert nbtrack.get_tracking_uri() == "http://127.0.0.1:1/prefix"
    store = nbtrack.open_store(nbtrack.get_tracking_uri())
    assert isinstance(store, RestStore)
    assert store.link.address.password == "s3cret"
    nbtrack.set_tracking_uri(None)
    with pytest.raises(NbtrackError):
        store.experiments()
