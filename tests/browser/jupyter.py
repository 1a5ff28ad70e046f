"""How does a test drive the real JupyterLab or Notebook 7 in the real Chromium?

One server for all tests of a session, on a free port of this machine, with folders of its own, so that nothing of the
person who runs the tests is read or written.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.kernels import write_spec

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# All else as JupyterLab comes: notebooks are windowed and saved by themselves.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def chromium() -> str:
    """Where the browser is. A machine without one fails the tests, and is told what to do."""
    given = os.environ.get("NBTRACK_CHROMIUM")
    found = given or next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found or not os.path.exists(found):
        raise RuntimeError(
            f"No Chromium or Chrome for the browser tests ({given or 'none on PATH'}). "
            "Install one, or set NBTRACK_CHROMIUM to its path; `playwright install chromium` fetches one."
        )
    return found


@contextmanager
def chromium_running() -> Iterator[Browser]:
    """A browser without a window, which finds this machine alone."""
    alone = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", alone])
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(30_000)
    return context


@dataclass
class Server:
    """A running Jupyter server, whose notebooks lie in `folder`."""

    folder: Path
    process: subprocess.Popen[bytes]
    port: int
    token: str
    log: Path
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def kernels(self) -> Path:
        """Where kernels are found beside the server's own."""
        return Path(self.environment["JUPYTER_DATA_DIR"]) / "kernels"

    @staticmethod
    def start(home: Path) -> Server:
        folder = home / "work"
        folder.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        token = secrets.token_hex(16)
        _write_settings(home / "settings")
        log = home / "server.log"
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--port-retries=0",
            f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--allow-root",
            "--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly", "--LabApp.news_url=", "--LanguageServerManager.autodetect=False",
            "--ServerApp.terminals_enabled=False",
        ]  # fmt: skip
        with log.open("wb") as output:
            environment = _environment(home)
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        server = Server(folder, process, port, token, log, environment)
        server._wait()
        return server

    def _wait(self) -> None:
        until = time.monotonic() + 180  # beside other work a start has taken over a minute
        while time.monotonic() < until:
            try:
                self.ask("/api/status")
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise RuntimeError(f"The Jupyter server did not start:\n{self.log.read_text()[-3000:]}")

    def ask(self, path: str, data: Any = None, method: str | None = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.url + path, body, method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "MLFLOW", "IPYTHON"))}
    own = {name: str(home / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    own |= {"IPYTHONDIR": str(home / "ipython"), "HOME": str(home), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    own |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"), "JUPYTER_PLATFORM_DIRS": "1"}
    own |= {"PYTHONPATH": str(ROOT), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return kept | own


def _write_settings(folder: Path) -> None:
    for plugin, values in SETTINGS.items():
        package, name = plugin.split(":")
        path = folder / package / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))


OPEN = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const until = Date.now() + 30000;
  let panel;
  while (!(panel = [...app.shell.widgets('main')].find((each) => each.context && each.content?.widgets))) {
    if (Date.now() > until) throw new Error('no notebook panel');
    await new Promise((go) => setTimeout(go, 30));
  }
  await panel.context.ready;
  await panel.revealed;
  await panel.sessionContext.ready;
  window.panel = panel;
}"""

RUN = """async (index) => {
  panel.content.activeCellIndex = index;
  panel.content.deselectAll();
  await jupyterapp.commands.execute('notebook:run-cell');
  const cell = panel.content.widgets[index].model.toJSON();
  const failed = (cell.outputs ?? []).find((output) => output.output_type === 'error');
  if (failed) throw new Error(failed.traceback.join('\\n'));
}"""

ASK = """async (expression) => {
  const kernel = panel.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code: '', silent: true, user_expressions: { it: expression } });
  const { content } = await future.done;
  const answer = content.user_expressions.it;
  if (answer.status === 'error') throw new Error(answer.evalue);
  return answer.data['text/plain'];
}"""


@dataclass
class Notebook:
    """One notebook, open in one page."""

    server: Server
    context: BrowserContext
    page: Page
    path: Path
    app: str = "lab"
    kernel: str = "python3"
    shared: bool = False
    problems: list[str] = field(default_factory=list)

    @staticmethod
    def open(
        server: Server,
        browser: Browser,
        name: str,
        cells: Sequence[str] = (),
        *,
        app: str = "lab",
        dark: bool = False,
        ipykernel: str = "",
        among: BrowserContext | None = None,
    ) -> Notebook:
        """A notebook of the given cells, or the file that is there, in JupyterLab or Notebook 7 ("notebooks").

        `among` are pages that share what they have loaded; without, it is alone, as in a browser just started.
        """
        kernel = write_spec(server.kernels, ipykernel) if ipykernel else "python3"
        path = server.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if cells:
            path.write_text(json.dumps(_document(cells, kernel)))
        context = among or new_context(browser)
        notebook = Notebook(server, context, context.new_page(), path, app, kernel, shared=among is not None)
        notebook.page.on("pageerror", lambda error: notebook.problems.append(str(error)))
        notebook.load()
        if dark:
            notebook.page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
        return notebook

    def load(self) -> None:
        """Go to the notebook's address, or reload it, and wait until it can be used."""
        name = self.path.relative_to(self.server.folder).as_posix()
        kernel = {"name": self.kernel}
        data = {"path": name, "name": self.path.name, "type": "notebook", "kernel": kernel}
        self.server.ask("/api/sessions", data, "POST")
        place = f"/lab/workspaces/{secrets.token_hex(4)}/tree/{name}" if self.app == "lab" else f"/notebooks/{name}"
        self.page.goto(f"{self.server.url}{place}?token={self.server.token}", wait_until="commit")
        self.page.wait_for_function("window.jupyterapp?.restored", timeout=60_000)
        self.page.evaluate(OPEN)

    def run(self, index: int) -> None:
        """Run a cell and wait for its end; an error in it is an error here."""
        self.page.evaluate(RUN, index)

    def start(self, index: int) -> None:
        """Run a cell without waiting; `finish` waits."""
        self.page.evaluate(f"(index) => {{ window.running = ({RUN})(index); window.running.catch(() => 0); }}", index)

    def finish(self) -> None:
        self.page.evaluate("window.running")

    def ask(self, expression: str) -> str:
        """The repr of a Python expression in the kernel."""
        return str(self.page.evaluate(ASK, expression))

    def save(self) -> None:
        self.page.evaluate("async () => { await panel.context.save(); }")

    def restart(self) -> None:
        """A new kernel in place of the one that runs."""
        self.page.evaluate("panel.sessionContext.session.kernel.restart()")
        self.page.evaluate("panel.sessionContext.ready")
        self.page.wait_for_function("panel.sessionContext.session.kernel.status === 'idle'")

    def shut_kernel_down(self) -> None:
        for session in self.server.ask("/api/sessions"):
            if session["path"] == self.path.relative_to(self.server.folder).as_posix():
                self.server.ask(f"/api/sessions/{session['id']}", method="DELETE")

    def outputs(self) -> list[dict[str, Any]]:
        """All outputs of the saved notebook."""
        document = json.loads(self.path.read_text())
        return [output for cell in document["cells"] for output in cell.get("outputs", [])]

    def close(self) -> None:
        self.shut_kernel_down()
        if self.shared:
            self.page.close()
        else:
            self.context.close()


def _document(cells: Sequence[str], name: str) -> dict[str, Any]:
    kernel = {"display_name": name, "language": "python", "name": name}
    made = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for i, source in enumerate(cells)
    ]
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
