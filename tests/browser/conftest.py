"""One Jupyter server and one Chromium for all browser tests of a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .jupyter import Notebook, Server, chromium_running, new_context
from .traffic import Traffic

expect.set_options(timeout=15_000)  # machines with two cores are slow to draw the first time


@pytest.fixture(scope="session")
def traffic() -> Iterator[Traffic]:
    """Of the browser of all tests."""
    with chromium_running() as started:
        yield Traffic(started)


@pytest.fixture(scope="session")
def browser(traffic: Traffic) -> Browser:
    return traffic.browser


@pytest.fixture(autouse=True)
def nothing_is_asked_of_a_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever view a test looks at, in whatever form: its page asks this machine alone."""
    yield
    if "browser" in request.fixturenames:
        traffic: Traffic = request.getfixturevalue("traffic")
        remote, traffic.remote = traffic.remote, []
        assert remote == []


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server.start(tmp_path_factory.mktemp("jupyter"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Iterator[BrowserContext]:
    """Where one page has loaded JupyterLab, the next takes half the time."""
    context = new_context(browser)
    yield context
    context.close()


@pytest.fixture
def notebook(
    server: Server, browser: Browser, pages: BrowserContext, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """Opens notebooks in folders of their own; closes them and their kernels afterwards."""
    opened: list[Notebook] = []

    def open_notebook(*cells: str, name: str = "", alone: bool = False, **options: Any) -> Notebook:
        where = name or f"{request.node.name}-{len(opened)}/book.ipynb"
        opened.append(Notebook.open(server, browser, where, cells, among=None if alone else pages, **options))
        return opened[-1]

    yield open_notebook
    for each in opened:
        each.close()


@pytest.fixture
def offline_page(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page whose every request to a network is refused, and the list of what was tried."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    tried: list[str] = []

    def refuse(route: object) -> None:
        tried.append(route.request.url)  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    context.route(lambda url: not url.startswith(("file:", "blob:", "data:")), refuse)
    yield page, tried
    context.close()
