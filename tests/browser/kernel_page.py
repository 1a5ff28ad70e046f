"""How is an output looked at with the kernel's own answers, but without Jupyter? In a page that asks this process."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import Browser, Page

from nbtrack.dashboard.requests import Request, answers
from nbtrack.dashboard.widget import Dashboard

from .panel_page import is_problem

ROOT = Path(__file__).parents[2]
HTML = "<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><body style='margin:0'>"
DARK = "<style>:root{color-scheme:dark}body{background:#15181d}</style>"


@cache
def bundle() -> str:
    """js/test/page/live.tsx as one script."""
    out = Path(mkdtemp(prefix="nbtrack-page-"))
    try:
        node = [sys.executable, str(ROOT / "scripts/node.py"), "node"]
        subprocess.run([*node, "scripts/testpage.mjs", str(out)], cwd=ROOT / "js", check=True, timeout=120)
        return (out / "live.js").read_text()
    finally:
        shutil.rmtree(out)


def show(browser: Browser, dash: Dashboard, *, width: int = 1200, height: int = 900, dark: bool = False) -> Page:
    """A page with the output of `dash`, live. What the page says of errors is in `page.problems`, and every address
    that it asked the network for in `page.tried`."""
    scheme = "dark" if dark else "light"
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
    )
    page = context.new_page()
    problems: list[str] = []
    tried: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if is_problem(said) else None)
    page.problems, page.tried = problems, tried  # type: ignore[attr-defined]
    page.route("**/*", lambda route: (tried.append(route.request.url), route.abort()))
    html = HTML + (DARK if dark else "")
    page.route("https://plain.test/page", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.expose_function("ask", lambda request: _answers(dash, request))
    page.goto("https://plain.test/page")
    page.add_script_tag(content=bundle(), type="module")
    page.wait_for_function("() => Boolean(window.mount)")
    page.evaluate("given => window.mount(given)", given(dash))
    page.wait_for_selector(".nbt-root > *")
    return page


def given(dash: Dashboard) -> dict[str, object]:
    """What a model has of a dashboard."""
    text = {name: base64.b64encode(getattr(dash, f"packed_{name}")).decode() for name in ("runs", "series")}
    return {**text, **{name: getattr(dash, name) for name in ("frame_kind", "view", "selected", "status")}}


def _answers(dash: Dashboard, request: str) -> str:
    told = []
    try:
        for answer in answers(dash._hub, Request.of({"type": "need", **json.loads(request)})):
            packed = None if answer.packed is None else base64.b64encode(answer.packed).decode()
            told.append({"body": answer.body, "packed": packed, "error": ""})
    except Exception as error:
        told.append({"body": None, "packed": None, "error": str(error)})
    return json.dumps(told)
