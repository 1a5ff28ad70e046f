"""How is the panel below the table looked at without Jupyter? Over made-up runs, in a plain page of Chromium."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

ROOT = Path(__file__).parents[2]
Opener = Callable[..., Page]


def built(folder: Path) -> Path:
    """The pages of js/test/page, each as one script, in `folder`."""
    node = [sys.executable, str(ROOT / "scripts/node.py"), "node"]
    subprocess.run([*node, "scripts/testpage.mjs", str(folder)], cwd=ROOT / "js", check=True, timeout=120)
    return folder


def served(page: Page, name: str, script: str) -> None:
    """Let `page` find one of them under https://plain.test/page?…"""
    html = (
        "<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><body style='margin:0'><div id=host></div>"
        f"<script type=module src={name}.js></script>"
    )
    page.route(f"**/{name}.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.route("**/page?*", lambda route: route.fulfill(body=html, content_type="text/html"))


def is_problem(said: ConsoleMessage) -> bool:
    """The browser tells of what a sandbox or its policy kept from running or loading; that is what they are for."""
    kept = said.text.startswith("Blocked script execution") or re.search("violates the .*Content Security", said.text)
    return said.type in ("error", "warning") and not kept


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """js/test/page/panel.tsx as one script."""
    return (built(tmp_path_factory.mktemp("page")) / "panel.js").read_text()


@pytest.fixture
def panel(browser: Browser, script: str) -> Iterator[Opener]:
    """Opens the page with settings of its address; afterwards it must have said no error."""
    contexts = []
    problems: list[str] = []

    def open_panel(*, width: int = 1200, height: int = 900, dark: bool = False, **settings: object) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if is_problem(said) else None)
        served(page, "panel", script)
        page.goto(f"https://plain.test/page?{urlencode(settings)}")
        page.wait_for_selector(".nbt-root > *")
        return page

    yield open_panel
    for context in contexts:
        context.close()
    assert not problems, problems
