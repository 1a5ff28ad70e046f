"""What do all pages of a browser ask for that does not lie on this machine?"""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Request

# Pages under this name are made up by the tests, which answer for it themselves.
_HERE = re.compile(r"(?:https?|wss?)://(?:127\.0\.0\.1|localhost|plain\.test)[:/]|(?:data|blob|file|about):")
# What nbconvert's own template asks of each page that it makes.
NBCONVERTS_OWN = re.compile(
    r"https://(cdnjs\.cloudflare\.com|cdn\.jsdelivr\.net|unpkg\.com)/[^?]*(mathjax|require|mermaid|html-manager)", re.I
)


class Traffic:
    """`remote` fills with the addresses that pages, their frames and workers ask for; a browser's from its start on."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.remote: list[str] = []
        browser.on("context", self._follow)

    def _follow(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("page", lambda page: page.on("websocket", lambda socket: self._note(socket.url)))

    def _asked(self, request: Request) -> None:
        if not (NBCONVERTS_OWN.match(request.url) and request.frame.url.startswith("file:")):
            self._note(request.url)

    def _note(self, url: str) -> None:
        if not _HERE.match(url):
            self.remote.append(url)

    def _failed(self, request: Request) -> None:
        """What a policy of the page forbids is told as a request, and never leaves the browser."""
        if "csp" in (request.failure or "").lower() and request.url in self.remote:
            self.remote.remove(request.url)
