"""How long is it from Shift+Enter to the first rows, in a real JupyterLab, where the store was seen before?"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.generate import generate
from tests.browser.jupyter import Notebook, Server, chromium

ROUNDS = 3
CELLS = ("import nbtrack", 'nbtrack.dashboard("store")')
SHOW = 1  # the cell that opens the dashboard

# From the key's command to the frame that has rows of the table in it.
FIRST_ROWS = """async (index) => {
  panel.content.activeCellIndex = index;
  const from = performance.now();
  const ran = jupyterapp.commands.execute('notebook:run-cell');
  while (!document.querySelector('.nbt-lines .nbt-row')) {
    if (performance.now() - from > 120000) throw new Error('no rows within two minutes');
    await new Promise(requestAnimationFrame);
  }
  const took = performance.now() - from;
  await ran;
  return took;
}"""


def measure(runs: int) -> float:
    """Median ms. The first opening of all, which reads every run, is not among them."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        server = Server.start(Path(home))
        try:
            for number in range(ROUNDS + 1):
                (server.folder / f"round{number}").mkdir()
            generate(server.folder / "store", runs)
            for number in range(ROUNDS + 1):
                (server.folder / f"round{number}/store").symlink_to(server.folder / "store")
            return statistics.median([_opened(server, browser, number) for number in range(ROUNDS + 1)][1:])
        finally:
            server.stop()
            browser.close()


def _opened(server: Server, browser: Browser, number: int) -> float:
    notebook = Notebook.open(server, browser, f"round{number}/book.ipynb", CELLS)
    notebook.run(0)
    took = float(notebook.page.evaluate(FIRST_ROWS, SHOW))
    total = notebook.page.locator(".nbt-total")
    total.wait_for()
    notebook.page.wait_for_timeout(1000 if number else 5000)  # what was read is kept once it is whole
    notebook.close()
    return took


def told(runs: int, ms: float) -> str:
    return f"Shift+Enter to the first rows of {runs:,} runs seen before: {ms / 1000:.2f} s"
