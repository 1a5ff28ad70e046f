"""A tracking server: what goes there and back, who may, and what happens while it is away. The servers are MLflow's."""

from __future__ import annotations

import base64
import json
import math
import os
import signal
import ssl
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest

import nbtrack
from nbtrack.dashboard import files, live, logged
from nbtrack.entities import Metric, Param, Run, RunStatus, RunTag
from nbtrack.errors import InvalidValueError, NbtrackWarning, NotAStoreError, ServerError, StoreError
from nbtrack.query import parse, parse_key
from nbtrack.stores import open_store
from nbtrack.stores.base import Question
from nbtrack.stores.rest import RestStore, asking, pages
from nbtrack.stores.rest.address import Address, credentials
from nbtrack.stores.rest.outbox import Outbox
from nbtrack.stores.rest.spool import unsent_folder
from nbtrack.tracking import finding
from nbtrack.tracking.lookup import find_runs
from tests.servers import PASSWORD, Server, by_command, certificate, fill

VARIABLES = (
    "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "DAGSHUB_USER_TOKEN",
    "DAGSHUB_CLIENT_HOST", "DAGSHUB_USERNAME", "DAGSHUB_PASSWORD", "MLFLOW_TRACKING_INSECURE_TLS",
    "MLFLOW_TRACKING_SERVER_CERT_PATH", "MLFLOW_TRACKING_CLIENT_CERT_PATH", "REQUESTS_CA_BUNDLE",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def store(server3: Server) -> Iterator[RestStore]:
    server3.empty()
    opened = RestStore(Address.of(server3.url))
    yield opened
    opened.close()


def new_run(store: RestStore, name: str = "run") -> Run:
    default = store.default_experiment().experiment_id
    return store.create_run(default, run_name=name, user_id="me", start_time=1000, tags={})


def in_a_process(script: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    root = str(Path(nbtrack.__file__).parents[1])
    whole = {**os.environ, "PYTHONPATH": root, **env}
    return subprocess.run(command, capture_output=True, text=True, env=whole, timeout=120)


# addresses and credentials


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("http://me:s3cret@host:5000/", "http://host:5000"),
        ("https://host/prefix/?token=s3cret#/experiments/1", "https://host/prefix"),
        ("HTTPS://Host.Example:8443", "https://host.example:8443"),
        ("http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_an_address_is_shown_without_what_is_secret_in_it(given: str, shown: str) -> None:
    address = Address.of(given)
    assert address.url == shown
    assert "s3cret" not in repr(address)
    assert "s3cret" not in repr(credentials(address))


@pytest.mark.parametrize("wrong", ["http://", "https:///path", "http://host:port/"])
def test_an_address_without_a_server_is_refused(wrong: str) -> None:
    with pytest.raises(NotAStoreError, match="names no server"):
        Address.of(wrong)


def test_credentials_are_chosen_as_mlflow_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plain, hub = Address.of("http://host"), Address.of("https://dagshub.com/me/repo.mlflow")

    def sources() -> list[str]:
        return [credentials(address).source for address in (Address.of("http://u:p@host"), plain, hub)]

    assert sources() == ["the address", "", ""]
    monkeypatch.setenv("DAGSHUB_USER_TOKEN", "t")
    assert sources() == ["the address", "", "DAGSHUB_USER_TOKEN"], "a token goes to the host that it is for"
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t")
    assert credentials(plain).header == "Bearer t"
    (tmp_path / ".mlflow").mkdir()
    (tmp_path / ".mlflow" / "credentials").write_text(
        "[mlflow]\nmlflow_tracking_username = ada\nmlflow_tracking_password = 100%p\n"
    )
    assert sources()[1] == "~/.mlflow/credentials"
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "eva")
    assert credentials(plain).header == "Basic ZXZhOjEwMCVw", "each of the two falls back to the file"


def test_without_httpx_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NotAStoreError, match="pip install"):
        open_store("http://nowhere.invalid:1")


def test_httpx_is_loaded_only_for_a_server(tmp_path: Path) -> None:
    done = in_a_process(
        """
        import nbtrack, sys
        with nbtrack.start_run():
            nbtrack.log_metric('m', 1)
        nbtrack.flush()
        print('httpx' in sys.modules)
        """,
        NBTRACK_CACHE_DIR=str(tmp_path),
        MLFLOW_TRACKING_URI=str(tmp_path / "mlruns"),
    )
    assert (done.stdout.strip(), done.stderr) == ("False", "")


# what goes wrong


def test_each_failure_says_where_and_what_to_do(server3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    for url, said in {
        "http://no-such-host.invalid": "no host is called 'no-such-host.invalid'",
        "http://127.0.0.1:9": "nothing listens there.*mlflow server",
        server3.url.replace("http:", "https:"): "write http://",
        f"{server3.url}/wrong/prefix": "There is no MLflow tracking server at .*404",
    }.items():
        with pytest.raises((ServerError, NotAStoreError), match=said):
            RestStore(Address.of(url)).experiments()


def test_a_login_is_asked_for_checked_and_never_shown(guarded3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded3.empty()
    store = RestStore(Address.of(guarded3.url))
    with pytest.raises(ServerError, match=r"wants a login \(401\).*MLFLOW_TRACKING_USERNAME"):
        store.experiments()
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "wr0ng-s3cret")
    with pytest.raises(ServerError, match="does not accept the user and password") as told:
        store.experiments()
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    run = new_run(store)  # the same store, without another opening
    store.writer(run.info.run_id).log_metric("m", 1.0, 1, 1)
    store.write_artifact(run.info.run_id, "a.txt", b"x")
    assert store.run(run.info.run_id).data.metrics == {"m": 1.0}
    assert store.read_artifact(run.info.run_id, "a.txt") == b"x"
    in_address = open_store(guarded3.url.replace("http://", f"http://admin:{PASSWORD}@"))
    assert in_address.uri == guarded3.url
    for text in (str(told.value), repr(store), store.uri, repr(vars(store)), in_address.uri, repr(in_address)):
        assert "s3cret" not in text
        assert PASSWORD not in text


def test_a_user_without_the_permission_hears_so(guarded3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded3.empty()
    admin = RestStore(Address.of(guarded3.url.replace("http://", f"http://admin:{PASSWORD}@")))
    run = new_run(admin)
    admin.link.post("users/create", {"username": "bob", "password": "correct-horse-8"})
    bob = RestStore(Address.of(guarded3.url.replace("http://", "http://bob:correct-horse-8@")))
    assert bob.run(run.info.run_id).info.run_name == "run"
    with pytest.raises(ServerError, match="does not allow this"):
        bob.log_batch(run.info.run_id, params=[Param("a", "1")])
    admin.link.ask("DELETE", "/api/2.0/mlflow/users/delete", json={"username": "bob"})


class Door(BaseHTTPRequestHandler):
    """What stands in front of a server: it answers as it was told to, in turn."""

    answers: ClassVar[list[tuple[int, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, body = self.answers.pop(0)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def door(*answers: tuple[int, dict[str, str], bytes], context: ssl.SSLContext | None = None) -> Iterator[RestStore]:
    Door.answers = list(answers)
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as opened:
        if context is not None:
            opened.socket = context.wrap_socket(opened.socket, server_side=True)
        thread = threading.Thread(target=opened.serve_forever, args=(0.05,))
        thread.start()
        store = RestStore(Address.of(f"http{'s' if context else ''}://localhost:{opened.server_port}"))
        yield store
        store.link.close()
        opened.shutdown()
        thread.join()


GOOD = (200, {}, b"{}")


def test_a_server_that_is_busy_is_asked_again_and_one_that_may_have_heard_is_not() -> None:
    busy = (429, {"Retry-After": "0"}, b"slow down")
    with door(busy, (503, {}, b""), GOOD) as store:
        assert store.experiments() == []
    with door((500, {}, b"<html>"), GOOD) as store, pytest.raises(ServerError, match=r"failed \(500\)"):
        store.link.post("runs/create", {}, again=False)


def test_a_door_that_is_no_server_is_told_as_such() -> None:
    with door((200, {}, b"<html>Log in</html>")) as store, pytest.raises(NotAStoreError, match="asks for a login"):
        store.experiments()
    elsewhere = (302, {"Location": "https://me:s3cret@login.example/?next=x"}, b"")
    with door(elsewhere) as store, pytest.raises(NotAStoreError, match=r"leads to https://login\.example\. Use"):
        store.experiments()


def test_certificates_are_checked_as_mlflows_variables_say(
    mlflow3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(mlflow3, tmp_path / "server.pem", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with door(GOOD, GOOD, context=context) as store:
        with pytest.raises(ServerError, match=r"not trusted.*MLFLOW_TRACKING_SERVER_CERT_PATH"):
            store.experiments()
        monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(pem))
        assert store.experiments() == []
        monkeypatch.delenv("MLFLOW_TRACKING_SERVER_CERT_PATH")
        monkeypatch.setenv("MLFLOW_TRACKING_INSECURE_TLS", "true")
        assert store.experiments() == []
        monkeypatch.setenv("MLFLOW_TRACKING_CLIENT_CERT_PATH", str(tmp_path / "none.pem"))
        with pytest.raises(StoreError, match=r"MLFLOW_TRACKING_CLIENT_CERT_PATH.*none\.pem"):
            store.experiments()


# what is logged


def test_more_than_the_server_takes_at_once_arrives_whole(store: RestStore) -> None:
    run_id = new_run(store).info.run_id
    metrics = [Metric(f"m{number % 3}", float(number), 1000 + number, number) for number in range(2500)]
    params = [Param(f"p{number}", str(number)) for number in range(250)]
    tags = [RunTag(f"t{number}", str(number)) for number in range(120)]
    store.log_batch(run_id, metrics, params, tags)
    seen = store.run(run_id).data
    assert len(seen.params) == 250
    assert len(seen.tags) == 121
    assert sum(len(store.history(run_id, f"m{number}")) for number in range(3)) == 2500
    with pytest.raises(InvalidValueError, match="'p249'"):
        store.log_batch(run_id, params=[*(Param(f"q{number}", "1") for number in range(150)), Param("p249", "other")])
    assert len(store.run(run_id).data.params) == 250, "a refused batch leaves nothing behind"


def test_points_of_a_run_that_ends_are_there_before_it_is_seen_to_have_ended(store: RestStore) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    for step in range(1500):
        writer.log_metric("loss", 1 / (step + 1), 1000 + step, step)
    store.update_run(run_id, status=RunStatus.FINISHED, end_time=5000)
    answer = store.link.get("runs/get", run_id=run_id)["run"]  # straight, with nothing sent before
    assert answer["info"]["status"] == "FINISHED"
    assert answer["data"]["metrics"][0]["step"] == 1499
    assert not list(unsent_folder(store.uri).glob("*.log")) or store.outbox.empty


LOGS = """
    import sys, nbtrack
    nbtrack.set_tracking_uri(sys.argv[1])
    run = nbtrack.start_run(run_name=sys.argv[2])
    for step in range(700):
        nbtrack.log_metric("loss", step, step=step)
    print(run.info.run_id, flush=True)
"""


def test_a_script_that_just_ends_leaves_nothing_unsent(store: RestStore) -> None:
    done = in_a_process(LOGS, store.uri, "ends")
    assert done.stderr == ""
    run_id = done.stdout.strip()
    assert store.link.get("runs/get", run_id=run_id)["run"]["info"]["status"] == "FINISHED"
    assert len(store.history(run_id, "loss")) == 700


def test_a_killed_process_loses_no_point_and_the_next_one_sends_them(store: RestStore) -> None:
    kill = LOGS + "    import os\n    os.kill(os.getpid(), 9)\n"
    done = in_a_process(kill, store.uri, "killed")
    assert done.returncode == -signal.SIGKILL
    fresh = Outbox(store.link)  # as a process that starts now has it
    assert fresh.flush()
    assert len(store.history(done.stdout.strip(), "loss")) == 700
    assert not [each for each in unsent_folder(store.uri).glob("*.log") if str(os.getpid()) not in each.name]


def test_who_only_reads_sends_what_a_killed_process_left(store: RestStore) -> None:
    kill = LOGS + "    import os\n    os.kill(os.getpid(), 9)\n"
    run_id = in_a_process(kill, store.uri, "killed").stdout.strip()
    look = """
        import sys, nbtrack
        nbtrack.set_tracking_uri(sys.argv[1])
        print(int(nbtrack.search_runs()["metrics.loss"][0]))
    """
    done = in_a_process(look, store.uri)
    assert (done.stdout.strip(), done.stderr) == ("699", "")
    points = store.link.get("metrics/get-history", run_id=run_id, metric_key="loss")["metrics"]
    assert len(points) == 700


def test_forked_workers_send_their_own_points(store: RestStore) -> None:
    done = in_a_process(
        """
        import multiprocessing, os, sys, nbtrack
        nbtrack.set_tracking_uri(sys.argv[1])
        client = nbtrack.MlflowClient()

        def work(number):
            for step in range(50):
                client.log_metric(run_id, f"worker{number}", step, step=step)
            if number == 1:
                os._exit(0)  # an end without any clearing up

        run_id = nbtrack.start_run().info.run_id
        nbtrack.log_metric("parent", 1.0)
        workers = [multiprocessing.get_context("fork").Process(target=work, args=(n,)) for n in range(2)]
        for each in workers: each.start()
        for each in workers: each.join()
        print(run_id)
        """,
        store.uri,
        PYTHONWARNINGS="ignore::DeprecationWarning",
    )
    assert done.stderr == ""
    run_id = done.stdout.strip()
    Outbox(store.link).flush()
    assert [len(store.history(run_id, key)) for key in ("worker0", "worker1", "parent")] == [50, 50, 1]


def test_a_server_that_is_killed_and_comes_back_has_every_point(server3: Server, store: RestStore) -> None:
    """Counts what was acknowledged against what is there. Params, tags and the end of the run are waiting, too."""
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    acknowledged = 0
    slowest = 0.0

    def log(points: int) -> None:
        nonlocal acknowledged, slowest
        for _ in range(points):
            began = time.thread_time()
            writer.log_metric("loss", 0.5, 1000 + acknowledged, acknowledged)
            slowest = max(slowest, time.thread_time() - began)
            acknowledged += 1

    log(1200)
    server3.kill()
    with pytest.warns(NbtrackWarning, match="cannot be reached.*kept in"):
        store.log_batch(run_id, params=[Param("late", "1")], tags=[RunTag("late", "2")])
    log(500)  # a second warning would be an error
    store.update_run(run_id, status=RunStatus.FINISHED, end_time=9000)
    with pytest.raises(ServerError, match="nothing listens"):
        store.run(run_id)
    server3.start()
    assert store.outbox.flush()
    seen = store.run(run_id)
    assert len(store.history(run_id, "loss")) == acknowledged == 1700
    assert (seen.data.params["late"], seen.data.tags["late"]) == ("1", "2")
    assert (seen.info.status, seen.info.end_time) == ("FINISHED", 9000)
    assert slowest < 0.1, "logging must not wait for a server"


def test_points_that_the_server_will_never_take_are_kept_beside_the_reason(store: RestStore) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    store.link.post("runs/delete", {"run_id": run_id})  # by somebody else
    writer.log_metric("m", 1.0, 1, 1)
    with pytest.warns(NbtrackWarning, match="Values that were logged were not taken"):
        nbtrack.flush()
    kept = unsent_folder(store.uri) / "refused.txt"
    assert f'"{run_id}","m",1.0' in kept.read_text()
    assert [damage.path for damage in store.snapshot().damages] == [str(kept)], "as nbtrack doctor says"
    kept.unlink()
    other = new_run(store).info.run_id
    store.writer(other).log_metric("m", 2.0, 1, 1)
    assert store.run(other).data.metrics == {"m": 2.0}, "what comes behind is not held up"


# questions


@pytest.mark.parametrize(
    ("text", "said", "exact"),
    [
        ("", "", True),
        ("params.lr = '0.1' and tags.`a b` != \"it's\"", "params.`lr` = '0.1' AND tags.`a b` != \"it's\"", True),
        ("metrics.loss < 1e20", "metrics.`loss` < 1e20", False),
        ("status = 'FINISHED' and start_time > '2026-11-01'", "attributes.status = 'FINISHED' AND "
         "attributes.start_time > 1793577599999", False),
        ("start_time <= '2026-11-01' and end_time >= '2026-11-01'", "attributes.start_time <= 1793577599999 AND "
         "attributes.end_time >= 1793491200000", False),
        ("start_time = '2026-11-01'", "", False),
        ("run_name LIKE 'base%'", "attributes.run_name LIKE 'base%'", False),
        ("run_id IN ('a', 'b')", "attributes.run_id IN ('a', 'b')", True),
        ("params.lr = 0.1 and params.opt = 'adam'", "params.`opt` = 'adam'", False),
        ("metrics.loss < 1 or metrics.acc > 0", "", False),
        ("not params.a = 'b'", "", False),
        ("metrics.loss.min < 1", "", False),
        ("metrics.loss != 0", "", False),
        ("params.a ILIKE 'x%' and params.a LIKE '%x' and params.a LIKE 'a[b%'", "", False),
        ("tags.t = 'back\\slash' and duration > '1h' and experiment_id = '1'", "", False),
    ],
)  # fmt: skip
def test_a_filter_is_pushed_as_far_as_every_database_means_the_same(text: str, said: str, exact: bool) -> None:
    assert asking.asked(parse(text), now=0.0) == asking.Asked(said, exact)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["metrics.loss DESC", "start_time"], ["metrics.`loss` DESC", "attributes.start_time ASC"]),
        (["params.lr"], None),
        (["number(params.lr)"], None),
        (["metrics.loss.min"], None),
        (["run_name"], None),
    ],
)
def test_an_order_is_pushed_where_it_is_the_same_everywhere(keys: list[str], said: list[str] | None) -> None:
    assert asking.ordered([parse_key(key) for key in keys]) == said


def some_runs(store: RestStore) -> list[str]:
    """Twelve runs; the loss of run n falls from n to 12 - n."""
    default, ids = store.default_experiment().experiment_id, []
    for number in range(12):
        run = store.create_run(default, run_name=f"run-{number}", user_id="me", start_time=1000 + number, tags={})
        ids.append(run.info.run_id)
        store.log_batch(
            ids[-1],
            [Metric("loss", float(number), 1, 0), Metric("loss", 12.0 - number, 2, 1)],
            [Param("lr", f"1e-{number % 3}"), Param("odd", str(bool(number % 2)))],
        )
    return ids


def test_a_search_answers_as_over_a_folder_and_pages_without_a_gap(store: RestStore, tmp_path: Path) -> None:
    ids = some_runs(store)
    folder = open_store(tmp_path / "mlruns")
    there = folder.default_experiment().experiment_id
    for number in range(12):
        run = folder.create_run(there, run_name=f"run-{number}", user_id="me", start_time=1000 + number, tags={})
        folder.log_batch(
            run.info.run_id,
            [Metric("loss", float(number), 1, 0), Metric("loss", 12.0 - number, 2, 1)],
            [Param("lr", f"1e-{number % 3}"), Param("odd", str(bool(number % 2)))],
        )
    for text, order in [
        ("", []),
        ("metrics.loss > 4 and params.odd = 'True'", ["metrics.loss ASC"]),
        ("metrics.loss > 4 or params.lr = 0.1", ["params.lr", "metrics.loss DESC"]),
        ("metrics.loss.min < 3", ["metrics.loss.first"]),
        ("metrics.loss.at(0) >= 9 and run_name LIKE 'run-1%'", []),
        ("start_time < 1005 and status = 'RUNNING'", ["number(params.lr) DESC"]),
    ]:
        names = [run.info.run_name for run in find_runs(folder, [there], text, 1, 1000, order, None)]
        found: list[str] = []
        token = None
        while True:
            page = find_runs(store, ["0"], text, 1, 3, order, token)
            found += [run.info.run_name for run in page]
            token = page.token
            if token is None:
                break
        assert found == names, text
    assert len(ids) == 12


def test_the_models_that_a_run_logged_are_read_with_their_files(store: RestStore) -> None:
    kept = store.create_experiment("models")
    run = store.create_run(kept, run_name="run", user_id="me", start_time=1000, tags={}).info
    body = {"experiment_id": run.experiment_id, "name": "net", "source_run_id": run.run_id}
    made = store.link.post("logged-models", {**body, "params": [{"key": "units", "value": "64"}]})["model"]["info"]
    store.link.post("runs/outputs", {"run_id": run.run_id, "models": [{"model_id": made["model_id"], "step": 3}]})
    point = {"key": "acc", "value": 0.5, "timestamp": 1, "step": 3, "run_id": run.run_id}
    store.link.post("runs/log-metric", {**point, "model_id": made["model_id"]})
    folder = urlsplit(made["artifact_uri"]).path.strip("/")
    store.link.ask("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{folder}/data/weights.txt", content=b"1 2 3")
    (told,) = logged.models(store, run.run_id)["models"]
    assert (told["name"], told["step"], told["params"]) == ("net", 3, [["units", "64"]])
    assert told["metrics"] == [["acc", 0.5, 3, None]]
    assert [each["path"] for each in files.listing(store, run.run_id, "", told["id"])] == ["data"]
    assert [each["path"] for each in files.listing(store, run.run_id, "data", told["id"])] == ["data/weights.txt"]
    got = files.content(store, run.run_id, "data/weights.txt", 0, told["id"])
    assert (base64.b64decode(got["base64"]), got["size"]) == (b"1 2 3", 5)


def test_what_fits_alone_is_fetched(store: RestStore, monkeypatch: pytest.MonkeyPatch) -> None:
    some_runs(store)
    read: list[int] = []
    real = pages.reading.row
    monkeypatch.setattr(pages.reading, "row", lambda found: read.append(1) or real(found))
    question = Question(parse("params.odd = 'True'"), [parse_key("metrics.loss")], end=2)
    held, skipped = store.narrowed(["0"], question)
    assert (len(held.rows), len(read), skipped) == (3, 3, 0), "two, and one that shows that there are more"
    with pytest.warns(NbtrackWarning, match=r"Did you mean metrics\.loss"):
        find_runs(store, ["0"], "metrics.los > 1", 1, 10, [], None)


def test_a_cell_a_search_and_the_shell_work_with_an_address(store: RestStore) -> None:
    done = in_a_process(
        """
        import sys
        from IPython.core.interactiveshell import InteractiveShell
        shell = InteractiveShell.instance()
        shell.run_line_magic("load_ext", "nbtrack")
        shell.run_cell(f"%%track first --store {sys.argv[1]}\\nlr = 0.1\\nloss = 1 / 3")
        shell.run_cell(f"%%track first --store {sys.argv[1]}\\nlr = 0.2\\nloss = 1 / 4")
        import nbtrack
        nbtrack.set_tracking_uri(sys.argv[1])
        table = nbtrack.search_runs(order_by=["metrics.loss"])
        print(table[["params.lr", "metrics.loss", "status"]].to_csv(index=False))
        from nbtrack.cli import main
        assert main(["ls", "params.lr = '0.2'", "--store", sys.argv[1], "--json"]) == 0
        assert main(["doctor", "--store", sys.argv[1]]) == 0
        """,
        store.uri,
        MLFLOW_TRACKING_URI=store.uri,
    )
    assert done.returncode == 0, done.stderr
    assert "0.2,0.25,FINISHED" in done.stdout
    listed = json.loads(done.stdout[done.stdout.index("[") : done.stdout.rindex("]") + 1])
    assert [run["data"]["params"]["lr"] for run in listed] == ["0.2"]
    assert "2 runs" in done.stdout
    assert b"lr = 0.2" in store.read_artifact(listed[0]["info"]["run_id"], "cell.py")


# many runs


class Ear:
    """A listener that notes how much was there when it was told."""

    def __init__(self, hub: live.Hub) -> None:
        self._hub = hub
        self.heard: list[tuple[int, list[str]]] = []

    def hear(self, content: dict[str, Any], packed: bytes) -> None:
        self.heard.append((len(self._hub.frame()), content["status"]["notes"]))

    def replace_snapshot(self) -> None:
        self.heard.append((len(self._hub.frame()), self._hub.status()["notes"]))

    def refresh_outputs(self, *, only_empty: bool) -> None: ...

    def save_changed_view(self, *, now: bool = False) -> None: ...


def test_a_dashboard_opens_with_the_newest_runs_and_fills_as_pages_arrive(
    server3: Server, store: RestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server3.database, 250)
    monkeypatch.setattr(pages, "LATER", 100)
    first = live.Hub(store, None)
    next(first.catalog.arriving())()
    assert (len(first.frame()), first.frame().columns["run_name"].at(0)) == (100, "run-249")
    first.close()
    hub = live.Hub(store, None)
    ear = Ear(hub)
    hub.listeners.add(ear)
    hub.load()
    assert ear.heard == [(100, [live.COMING]), (200, [live.COMING]), (250, [live.COMING]), (250, [])]
    asked: list[str] = []
    real = store.link.post
    monkeypatch.setattr(store.link, "post", lambda path, body, **how: asked.append(path) or real(path, body, **how))
    RestStore(Address.of(store.uri)).link.post(
        "runs/set-tag", {"run_id": hub.frame().run_ids[3], "key": "t", "value": "1"}
    )
    asked.clear()
    hub.look_now()
    assert hub.frame().columns["tags.t"].at(3) == "1"
    assert len(asked) <= 4, "looking again costs a few requests, however many runs there are"
    hub.close()


def test_one_run_of_many_is_shown_without_waiting_for_all(server3: Server, store: RestStore) -> None:
    fill(server3.database, 300)
    frame = finding.frame_naming(store, ["run-7"])
    assert frame.length == 1
    parts = live.Hub(store, None).catalog.arriving(frame.run_ids)
    assert [row.run.info.run_name for row in next(parts)().rows] == ["run-7"]


def test_what_a_dashboard_shows_and_saves_holds_no_password(guarded3: Server) -> None:
    guarded3.empty()
    address = guarded3.url.replace("http://", f"http://admin:{PASSWORD}@")
    store = RestStore(Address.of(address))
    new_run(store)
    dash = nbtrack.dashboard(store)
    dash._hub.wait()
    for text in (repr(dash), str(dash.get_state()), str(dash._repr_mimebundle_()), dash.code()):
        assert PASSWORD not in text
    dash.close()


@pytest.mark.slow
@pytest.mark.parametrize("major", [3, 2])
def test_the_command_mlflow_server_is_read_and_written(
    major: int, tmp_path: Path, new_database: Callable[[int, Path], Path], request: pytest.FixtureRequest
) -> None:
    new_database(major, tmp_path)
    server = Server(by_command(request.getfixturevalue(f"mlflow{major}")), tmp_path).start()
    try:
        store = RestStore(Address.of(server.url))
        run_id = new_run(store).info.run_id
        values = [1.5, math.nan, math.inf, -math.inf]
        store.log_batch(run_id, [Metric("m", value, 1 + step, step) for step, value in enumerate(values)])
        store.log_batch(run_id, params=[Param("lr", "0.1")], tags=[RunTag("a/b", "é")])
        store.write_artifact(run_id, "folder/a b é.txt", b"hello")
        store.update_run(run_id, status=RunStatus.FAILED, end_time=2000)
        (found,) = find_runs(store, ["0"], "params.lr = '0.1' and status = 'FAILED'", 1, 10, ["metrics.m DESC"], None)
        assert (found.info.run_id, found.data.tags["a/b"]) == (run_id, "é")
        assert [repr(value) for value in store.history(run_id, "m").value.tolist()] == [repr(value) for value in values]
        assert store.list_artifacts(run_id, "folder")[0].path == "folder/a b é.txt"
        assert store.read_artifact(run_id, "folder/a b é.txt") == b"hello"
        assert store.watch().changes(thorough=False).rows[0].run == store.run(run_id)
    finally:
        server.kill()
