"""How long is it from Shift+Enter to the first rows, in a real JupyterLab, where the store was seen before?"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.bench.generate import STEPS
from tests.bench.stores import BENCH, folder_of
from tests.browser.jupyter import Notebook, Server, chromium_running

ROUNDS = 3
SHORT = 5  # points a metric in a large store: what is shown first does not ask for them, and it is written sooner
LARGE = 20_000
CELLS = ("import nbtrack", 'dash = nbtrack.dashboard("store")\ndash')
SHOW = 1  # the cell that opens the dashboard
SEE = "import sys, nbtrack.stores.open as o; s = o.open_store(sys.argv[1]); s.snapshot(); s.close()"
PAUSE = 1.0  # s that a person takes from the end of the import to the next Shift+Enter
MEMORY = "int(__import__('resource').getrusage(0).ru_maxrss)"  # KiB
CHECKED = 300_000  # ms to wait for the whole store to be checked

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
  return [took, performance.now() - from];
}"""


IS_CHECKED = "() => !document.querySelector('.nbt-notes')?.textContent.includes('being checked')"


@dataclass(frozen=True, slots=True)
class Opened:
    """ms until rows stand there, until the cell has ended and until all is checked; bytes that the kernel took."""

    rows: float
    cell: float
    checked: float
    memory: float


def measure(runs: int) -> Opened:
    """Medians, each round in a kernel of its own. The first opening of all, which reads every run, does not count."""
    store = folder_of(runs, steps=SHORT if runs > LARGE else STEPS)
    os.environ["NBTRACK_CACHE_DIR"] = str(BENCH / "cache")
    subprocess.run([sys.executable, "-c", SEE, str(store)], check=True)
    with tempfile.TemporaryDirectory() as home, chromium_running() as browser:
        server = Server.start(Path(home))
        try:
            found = [_opened(server, browser, store, number) for number in range(ROUNDS)]
        finally:
            server.stop()
    parts = ("rows", "cell", "checked", "memory")
    return Opened(*(statistics.median(getattr(each, part) for each in found) for part in parts))


def _opened(server: Server, browser: Browser, store: Path, number: int) -> Opened:
    folder = server.folder / f"round{number}"
    folder.mkdir()
    (folder / "store").symlink_to(store.resolve())
    notebook = Notebook.open(server, browser, f"{folder.name}/book.ipynb", CELLS)
    notebook.run(0)
    notebook.page.wait_for_timeout(PAUSE * 1000)
    before = int(notebook.ask(MEMORY))
    began = notebook.page.evaluate("performance.now()")
    rows, cell = notebook.page.evaluate(FIRST_ROWS, SHOW)
    notebook.page.wait_for_function(IS_CHECKED, timeout=CHECKED)
    checked = notebook.page.evaluate("performance.now()") - began
    memory = (int(notebook.ask(MEMORY)) - before) * 1024
    notebook.close()
    return Opened(rows, cell, checked, memory)


def told(runs: int, found: Opened) -> str:
    asked = {10_000: " (asked: 1)", 100_000: " (asked: 2)"}.get(runs, "")
    return (
        f"{runs:,} runs seen before: {found.rows / 1000:.2f} s from Shift+Enter to the first rows{asked}, "
        f"{found.cell / 1000:.2f} s to the end of the cell, {found.checked / 1000:.1f} s until all are checked; "
        f"the kernel takes {found.memory / 2**20:.0f} MiB"
    )


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "100000"]):
        print(told(size, measure(size)))
