"""How do the pictures of the README come about? The demo in a real JupyterLab, photographed in Chromium into docs/."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator

from tests.browser.jupyter import Notebook, Server, chromium_running

ROOT = Path(__file__).resolve().parents[2]

DOCS = ROOT / "docs"
LARGEST = 300_000  # bytes of one picture

SETUP = """%load_ext nbtrack
import nbtrack
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
digits = load_digits()
X, X_val, y, y_val = train_test_split(digits.data / 16, digits.target, test_size=0.3, random_state=0)"""

TRAIN = """%%track linear -e digits -m val/accuracy:max val/loss:min
lr = {lr}
epochs = 20

model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=lr, random_state=0)
for epoch in range(epochs):
    model.partial_fit(X, y, classes=digits.target_names)
    nbtrack.log_metrics(
        {{
            "train/loss": log_loss(y, model.predict_proba(X)),
            "val/loss": log_loss(y_val, model.predict_proba(X_val)),
            "val/accuracy": model.score(X_val, y_val),
        }},
        step=epoch,
    )"""

SHOW = """dash = nbtrack.dashboard(experiments=["digits-sweep"], order_by=['metrics."val/accuracy" DESC'], height=820)
table = nbtrack.search_runs(experiment_names=["digits-sweep"], order_by=['metrics."val/accuracy" DESC'])
dash.selected = list(table["run_id"][1:6])
dash"""

COMPARE = """nbtrack.compare(*nbtrack.search_runs(experiment_names=["digits"], max_results=2)["run_id"])"""

CELLS = (SETUP, TRAIN.format(lr=0.01), TRAIN.format(lr=0.1), SHOW, COMPARE)
CARD, DASHBOARD, COMPARISON = 2, 3, 4


def main(_: str = "") -> None:
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, chromium_running() as browser:
        server = Server.start(Path(home))
        try:
            _train(server.folder)
            _wide(server, browser, dark=False)
            _narrow(server, browser)
            _wide(server, browser, dark=True)  # last: the server remembers the theme
        finally:
            server.stop()


def _train(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    environment |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-m", "nbtrack.demo.train"], cwd=folder, env=environment, check=True)


def _opened(server: Server, browser: Browser, dark: bool, width: int) -> Notebook:
    """Each picture starts from the same store, so that cells run for one do not show in the next."""
    name = f"{'dark' if dark else 'light'}-{width}"
    place = server.folder / name
    shutil.copytree(server.folder / "mlruns", place / "mlruns")
    notebook = Notebook.open(server, browser, f"{name}/book.ipynb", CELLS, dark=dark)
    notebook.page.set_viewport_size({"width": width, "height": 1100})
    notebook.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    for index in range(len(CELLS)):
        notebook.run(index)
    return notebook


def _wide(server: Server, browser: Browser, dark: bool) -> None:
    notebook = _opened(server, browser, dark, 1400)
    shade = "dark" if dark else "light"
    _photograph(_output(notebook, DASHBOARD), f"dashboard-{shade}")
    _photograph(notebook.page.locator(".jp-Notebook-cell").nth(CARD), f"card-{shade}")
    comparison = _output(notebook, COMPARISON)
    comparison.get_by_role("button", name="Environment").click()  # where the notebook lies is of no interest
    _photograph(comparison, f"compare-{shade}")
    notebook.close()


def _narrow(server: Server, browser: Browser) -> None:
    notebook = _opened(server, browser, False, 640)
    _photograph(_output(notebook, DASHBOARD), "dashboard-narrow")
    notebook.close()


def _output(notebook: Notebook, index: int) -> Locator:
    return notebook.page.locator(".jp-Notebook-cell").nth(index).locator(".jp-OutputArea-output").last


def _photograph(what: Locator, name: str) -> None:
    what.scroll_into_view_if_needed()
    what.page.wait_for_timeout(1200)  # charts are drawn when they come into view
    picture = Image.open(io.BytesIO(what.screenshot())).convert("RGB")
    target = DOCS / f"{name}.png"
    for colours in (256, 128, 64):
        picture.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size < LARGEST:
            break
    else:
        sys.exit(f"{target} has {target.stat().st_size:,} bytes, more than {LARGEST:,}.")
    print(f"{target.relative_to(ROOT)}: {picture.width} × {picture.height}, {target.stat().st_size // 1024} kB")
